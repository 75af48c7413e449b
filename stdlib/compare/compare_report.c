/* compare_report.c: the result as the JSON that DESIGN promises, and the rules that were used. */
#include "base/decimal.h"
#include "stdlib/compare/compare.h"

static void put_difference(json_writer *w, const compare_difference *d)
{
    json_object(w);
    json_add_text(w, "path", d->path);
    json_add_optional(w, "legacy", d->legacy);
    json_add_optional(w, "modern", d->modern);
    json_add_cstr(w, "class", compare_class_word(d->class));
    json_add_text(w, "rule", d->rule);
    json_object_end(w);
}

void compare_write_pair(json_writer *w, const compare_pair *p)
{
    json_object(w);
    json_add_text(w, "key", p->key);
    json_add_cstr(w, "verdict", compare_verdict_word(p->verdict));
    json_add_cstr(w, "kind", document_kind_word(p->kind));
    if (p->type.n)
        json_add_text(w, "type", p->type);
    json_add_optional(w, "legacy_file", p->legacy_file);
    json_add_optional(w, "modern_file", p->modern_file);
    if (p->evidence >= EVIDENCE_CONTENT)
        json_add_cstr(w, "paired_by", compare_evidence_word(p->evidence));
    if (p->evidence == EVIDENCE_CONTENT)
        json_add_int(w, "alike", p->alike);
    json_add_array(w, "differences");
    for (size_t i = 0; i < p->differences; i++)
        put_difference(w, &p->difference[i]);
    json_array_end(w);
    if (p->omitted)
        json_add_int(w, "omitted", p->omitted);
    json_object_end(w);
}

void compare_write_sums(json_writer *w, const compare_result *r)
{
    json_add_int(w, "compared", r->compared);
    json_add_int(w, "matched", r->matched);
    json_add_int(w, "different", r->different);
    json_add_int(w, "missing", r->missing);
    json_add_int(w, "extra", r->extra);
    json_add_int(w, "duplicate", r->duplicate);
    json_add_int(w, "unreadable", r->unreadable);
    if (r->by_content)
        json_add_int(w, "paired_by_content", r->by_content);
    if (r->by_place)
        json_add_int(w, "paired_by_place", r->by_place);
    json_put_key(w, "match");
    /* At SCALE_PERCENT 100% is 10^8, so two decimals fewer make percent. */
    json_put_decimal(w, r->match, SCALE_PERCENT - 2);
    json_add_array(w, "rules");
    for (size_t i = 0; i < r->uses; i++) {
        json_object(w);
        json_add_text(w, "rule", r->use[i].rule);
        json_add_cstr(w, "class", compare_class_word(r->use[i].class));
        json_add_int(w, "count", r->use[i].count);
        json_add_int(w, "pairs", r->use[i].pairs);
        if (r->use[i].blind)
            json_add_bool(w, "blind", true);
        if (r->use[i].money)
            json_add_int(w, "money", r->use[i].money);
        json_object_end(w);
    }
    json_array_end(w);
}
