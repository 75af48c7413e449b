/* simulate_result.c: what both sides of a channel answered, compared by the rules of the
 * simulation, as the result of the operation.
 *
 * Of live traffic what stands alone at its edges is left out: when the first look found a document
 * on one side only, its other half may have come before, and at the last it may be on its way.
 * Judging those would make every busy channel differ.
 */
#include "stdlib/simulate/simulate_parts.h"

#include "base/decimal.h"
#include "stdlib/compare/prove.h"

#include <stdlib.h>
#include <string.h>

void answers_release(answers *a)
{
    vec_release(&a->file);
    vec_release(&a->elapsed);
    *a = (answers){0};
}

/* --- the rules --- */

static size_t text_list(const json_document *d, const char *name, arena *memory, const text **out)
{
    uint32_t rules = json_member(d, 0, TEXT("rules"));
    uint32_t list = rules == 0 ? 0 : json_member(d, rules, text_of(name));
    size_t n = list == 0 ? 0 : d->node[list].count;
    text *texts = arena_array(memory, text, n);
    for (uint32_t i = 0; i < n; i++)
        texts[i] = json_text(memory, d, json_element(d, list, i));
    *out = texts;
    return n;
}

static bool read_rules(const operation_request *q, arena *memory, compare_options *o,
                       operation_result *r)
{
    const json_document *d = q->arguments;
    uint32_t rules = json_member(d, 0, TEXT("rules"));
    uint32_t list = rules == 0 ? 0 : json_member(d, rules, TEXT("constrain"));
    uint32_t n = list == 0 ? 0 : d->node[list].count;
    compare_constraint *c = arena_array(memory, compare_constraint, n);
    o->keys = text_list(d, "key", memory, &o->key);
    o->ignores = text_list(d, "ignore", memory, &o->ignore);
    for (uint32_t i = 0, at = list + 1; i < n; i++, at = d->node[at].next) {
        text word = json_text(memory, d, at), message;
        c[i].ref = json_key(memory, d, at);
        if (compare_bound_read(memory, word, &c[i], &message))
            continue;
        refused(r, memory, "`%.*s` is no rule for `%.*s`: %.*s", TEXT_ARG(word), TEXT_ARG(c[i].ref),
                TEXT_ARG(message));
        return false;
    }
    o->constrain = c;
    o->constraints = n;
    return true;
}

static void read_map(const operation_request *q, arena *memory, compare_options *o)
{
    const json_document *d = q->arguments;
    uint32_t rules = json_member(d, 0, TEXT("rules"));
    uint32_t map = rules == 0 ? 0 : json_member(d, rules, TEXT("map"));
    uint32_t n = map == 0 ? 0 : d->node[map].count;
    compare_mapping *m = arena_array(memory, compare_mapping, n);
    for (uint32_t i = 0, at = map + 1; i < n; i++, at = d->node[at].next)
        m[i] = (compare_mapping){json_key(memory, d, at), json_text(memory, d, at), {0}};
    o->map = m;
    o->maps = n;
}

/* --- the result --- */

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Nearest rank: the smallest value that at least 95 of 100 do not exceed. */
static void put_p95(json_writer *w, const answers *a, const char *name, arena *memory)
{
    size_t n = a->elapsed.n;
    duration *sorted = arena_array(memory, duration, n);
    if (n != 0) {
        memcpy(sorted, a->elapsed.p, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, by_value);
    }
    json_add_object(w, name);
    json_put_key(w, "p95");
    json_put_decimal(w, n == 0 ? QUANTITY_NA : sorted[(n * 95 + 99) / 100 - 1], SCALE_SECONDS);
    json_object_end(w);
}

static uint64_t violations_of(const compare_result *c, const compare_options *o)
{
    uint64_t n = 0;
    for (size_t i = 0; i < c->pairs; i++)
        for (size_t k = 0; k < c->pair[i].differences; k++) {
            const compare_difference *x = &c->pair[i].difference[k];
            for (size_t m = 0; x->class == CLASS_DEFECT && m < o->constraints; m++)
                n += text_starts(x->rule, o->constrain[m].ref) &&
                     x->rule.n > o->constrain[m].ref.n && x->rule.p[o->constrain[m].ref.n] == ' ';
        }
    return n;
}

/* Counts that no field of its own has. What did not match stands in the evidence. */
static void put_sums(json_writer *w, const answers side[SIDES], size_t samples,
                     const compare_result *c)
{
    json_add_object(w, "json");
    json_add_int(w, "duplicate", (int64_t)c->duplicate);
    json_add_int(w, "legacy_failed", (int64_t)side[0].failed);
    json_add_int(w, "modern_failed", (int64_t)side[1].failed);
    json_add_int(w, "samples", (int64_t)samples);
    json_add_int(w, "unreadable", (int64_t)c->unreadable);
    json_object_end(w);
}

static int by_type(const void *a, const void *b)
{
    const compare_pair *x = *(const compare_pair *const *)a, *y = *(const compare_pair *const *)b;
    return text_compare(x->type, y->type);
}

/* What a type of document is called: its own number, else the format it is in. */
static text type_shown(const compare_pair *p)
{
    return p->type.n != 0 ? p->type : text_of(document_kind_word(p->kind));
}

/* [{"count":310,"matched":309,"mismatches":1,"type":"850"}…], by type. */
static void put_documents(json_writer *w, const compare_result *c, arena *memory)
{
    compare_pair **pair = arena_array(memory, compare_pair *, c->pairs);
    for (size_t i = 0; i < c->pairs; i++) {
        pair[i] = &c->pair[i];
        pair[i]->type = type_shown(pair[i]);
    }
    if (c->pairs != 0)
        qsort(pair, c->pairs, sizeof *pair, by_type);
    json_add_array(w, "documents");
    for (size_t i = 0, from = 0, matched = 0; i < c->pairs; i++) {
        matched += pair[i]->verdict == VERDICT_MATCHED;
        if (i + 1 < c->pairs && text_equal(pair[i]->type, pair[i + 1]->type))
            continue;
        json_object(w);
        json_add_int(w, "count", (int64_t)(i + 1 - from));
        json_add_int(w, "matched", (int64_t)matched);
        json_add_int(w, "mismatches", (int64_t)(i + 1 - from - matched));
        json_add_text(w, "type", pair[i]->type);
        json_object_end(w);
        from = i + 1, matched = 0;
    }
    json_array_end(w);
}

static void put_counts(json_writer *w, const compare_result *c, uint64_t violations)
{
    const struct {
        const char *name;
        uint64_t n;
    } counts[] = {{"compared", c->compared},
                  {"extra", c->extra},
                  {"mismatches", c->compared - c->matched},
                  {"missing", c->missing},
                  {"violations", violations}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        json_add_int(w, counts[i].name, (int64_t)counts[i].n);
    json_put_key(w, "match");
    json_put_decimal(w, c->match, SCALE_PERCENT);
}

/* Defects put into copies of what legacy answered: made only where the program reads how many of
 * them these rules find, for it is hundreds of comparisons. */
static void put_detection(json_writer *w, const operation_request *q, const compare_options *o,
                          const compare_input *legacy, arena *memory)
{
    prove_result proof;
    if (!wants(q, "detection"))
        return;
    prove_rules(memory, o, legacy, &proof);
    json_put_key(w, "detection");
    json_put_decimal(w, proof.detection, SCALE_PERCENT);
}

/* Scanned only where the program reads it, as above; `list` is what the evidence says. */
static void put_exposed(json_writer *w, const operation_request *q, const answers side[SIDES],
                        const compare_result *c, arena *memory, text *list)
{
    buffer b = {0};
    json_writer exposures;
    if (!wants(q, "exposed"))
        return;
    json_begin(&exposures, &b, 0);
    uint64_t n = simulate_exposed(memory, side, c, &exposures);
    *list = text_copy(memory, buffer_view(&b));
    buffer_release(&b);
    json_add_int(w, "exposed", (int64_t)n);
}

/* --- live traffic --- */

static const sighting *sighting_of(const traffic *t, int side, text name)
{
    for (size_t i = 0; name.p != NULL && i < t->n[side]; i++)
        if (text_equal(t->of[side][i].name, name))
            return &t->of[side][i];
    return NULL;
}

/* Leaves out the pairs at the edges; returns when a document last did not match, or the beginning.
 */
static instant edges_leave(const traffic *t, compare_result *c)
{
    instant last = t->begun;
    size_t kept = 0;
    for (size_t i = 0; i < c->pairs; i++) {
        const compare_pair *p = &c->pair[i];
        const sighting *s[SIDES] = {sighting_of(t, 0, p->legacy_name),
                                    sighting_of(t, 1, p->modern_name)};
        bool missing = p->verdict == VERDICT_MISSING, extra = p->verdict == VERDICT_EXTRA;
        if ((missing && s[0] != NULL && s[0]->edge) || (extra && s[1] != NULL && s[1]->edge)) {
            c->compared--;
            *(missing ? &c->missing : &c->extra) -= 1;
            continue;
        }
        for (int k = 0; k < SIDES && p->verdict != VERDICT_MATCHED; k++)
            last = s[k] != NULL && s[k]->seen > last ? s[k]->seen : last;
        c->pair[kept++] = *p;
    }
    c->pairs = kept;
    c->match = c->compared == 0
                   ? QUANTITY_NA
                   : decimal_muldiv((int64_t)c->matched, UNIT_PERCENT, (int64_t)c->compared);
    return last;
}

void simulate_conclude(const operation_request *q, const answers side[SIDES], size_t samples,
                       const traffic *live, arena *memory, operation_result *r)
{
    compare_options o = {.kind = KIND_UNKNOWN};
    compare_result c;
    text exposures = {0};
    buffer b;
    json_writer w;
    if (!read_rules(q, memory, &o, r))
        return;
    read_map(q, memory, &o);
    compare_input legacy = {side[0].file.p, side[0].file.n};
    compare_input modern = {side[1].file.p, side[1].file.n};
    compare_run(memory, &o, &legacy, &modern, &c);
    instant last = live != NULL ? edges_leave(live, &c) : 0;
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    put_counts(&w, &c, violations_of(&c, &o));
    put_documents(&w, &c, memory);
    put_detection(&w, q, &o, &legacy, memory);
    put_exposed(&w, q, side, &c, memory, &exposures);
    if (live != NULL) {
        json_put_key(&w, "held");
        json_put_decimal(&w, c.compared == 0 ? QUANTITY_NA : live->ended - last, SCALE_SECONDS);
    }
    put_sums(&w, side, samples, &c);
    for (int i = 0; i < SIDES; i++)
        put_p95(&w, &side[i], side_name[i], memory);
    json_object_end(&w);
    *r = (operation_result){.status = OUTCOME_OK,
                            .result = text_copy(memory, buffer_view(&b)),
                            .evidence = simulate_evidence(side, samples, &c, exposures, memory)};
    buffer_release(&b);
    for (int i = 0; i < SIDES; i++)
        if (side[i].first_failure.n != 0)
            r->detail = side[i].first_failure;
}
