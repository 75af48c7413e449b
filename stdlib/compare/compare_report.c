/* compare_report.c: the result as the JSON that DESIGN promises, and the rules that were used. */
#include "base/decimal.h"
#include "stdlib/compare/compare.h"

static void put_optional(json_writer *w, const char *key, text t)
{
    json_put_key(w, key);
    if (t.p)
        json_put_text(w, t);
    else
        json_put_null(w);
}

static void put_count(json_writer *w, const char *key, uint64_t n)
{
    json_put_key(w, key);
    json_put_int(w, (int64_t)n);
}

static void put_flag(json_writer *w, const char *key)
{
    json_put_key(w, key);
    json_put_bool(w, true);
}

static void put_difference(json_writer *w, const compare_difference *d)
{
    json_object(w);
    json_put_key(w, "path");
    json_put_text(w, d->path);
    put_optional(w, "legacy", d->legacy);
    put_optional(w, "modern", d->modern);
    json_put_key(w, "class");
    json_put_cstr(w, compare_class_word(d->class));
    json_put_key(w, "rule");
    json_put_text(w, d->rule);
    json_object_end(w);
}

void compare_write_pair(json_writer *w, const compare_pair *p)
{
    json_object(w);
    json_put_key(w, "key");
    json_put_text(w, p->key);
    json_put_key(w, "verdict");
    json_put_cstr(w, compare_verdict_word(p->verdict));
    json_put_key(w, "kind");
    json_put_cstr(w, document_kind_word(p->kind));
    if (p->type.n) {
        json_put_key(w, "type");
        json_put_text(w, p->type);
    }
    put_optional(w, "legacy_file", p->legacy_file);
    put_optional(w, "modern_file", p->modern_file);
    if (p->evidence >= EVIDENCE_CONTENT) {
        json_put_key(w, "paired_by");
        json_put_cstr(w, compare_evidence_word(p->evidence));
    }
    if (p->evidence == EVIDENCE_CONTENT)
        put_count(w, "alike", p->alike);
    json_put_key(w, "differences");
    json_array(w);
    for (size_t i = 0; i < p->differences; i++)
        put_difference(w, &p->difference[i]);
    json_array_end(w);
    if (p->omitted)
        put_count(w, "omitted", p->omitted);
    json_object_end(w);
}

void compare_write_sums(json_writer *w, const compare_result *r)
{
    put_count(w, "compared", r->compared);
    put_count(w, "matched", r->matched);
    put_count(w, "different", r->different);
    put_count(w, "missing", r->missing);
    put_count(w, "extra", r->extra);
    put_count(w, "duplicate", r->duplicate);
    put_count(w, "unreadable", r->unreadable);
    if (r->by_content)
        put_count(w, "paired_by_content", r->by_content);
    if (r->by_place)
        put_count(w, "paired_by_place", r->by_place);
    json_put_key(w, "match");
    /* At SCALE_PERCENT 100% is 10^8, so two decimals fewer make percent. */
    json_put_decimal(w, r->match, SCALE_PERCENT - 2);
    json_put_key(w, "rules");
    json_array(w);
    for (size_t i = 0; i < r->uses; i++) {
        json_object(w);
        json_put_key(w, "rule");
        json_put_text(w, r->use[i].rule);
        json_put_key(w, "class");
        json_put_cstr(w, compare_class_word(r->use[i].class));
        put_count(w, "count", r->use[i].count);
        put_count(w, "pairs", r->use[i].pairs);
        if (r->use[i].blind)
            put_flag(w, "blind");
        if (r->use[i].money)
            put_count(w, "money", r->use[i].money);
        json_object_end(w);
    }
    json_array_end(w);
}
