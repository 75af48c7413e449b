/* compare.c: the run: load both sides, pair, compare each pair, judge sequences, count. */
#include "base/decimal.h"
#include "stdlib/compare_parts.h"
#include "stdlib/mask.h"

#include <string.h>

static const char *const verdict_words[VERDICT_COUNT] = {"matched", "different", "missing",
                                                         "extra",   "duplicate", "unreadable"};

const char *compare_verdict_word(compare_verdict v)
{
    return verdict_words[v];
}

const char *compare_class_word(compare_class c)
{
    static const char *const words[] = {"defect", "noise", "constrained"};
    return words[c];
}

/* "850 4711", "prices.json", "orders.edi 997"; a row's or element's key alone. */
static text key_shown(comparison *c, const unit *u)
{
    text name = u->key.n ? u->key : u->from->name;
    text key = name;
    if (u->type.n && u->key.n)
        key = text_joined(c->memory, u->type, ' ', name);
    else if (u->type.n)
        key = text_joined(c->memory, name, ' ', u->type);
    return mask_text(c->memory, key);
}

static void unreadable(comparison *c, const unit *u, bool modern)
{
    const document_fault *f = u->from->broken;
    place_ref nowhere = {0};
    size_t back = path_add(c, "byte[%zu]", f->offset);
    judge(c, &nowhere, modern ? (text){0} : f->message, modern ? f->message : (text){0},
          CLASS_DEFECT, text_format(c->memory, "fault %.*s", TEXT_ARG(f->code)).p);
    path_cut(c, back);
}

static void compare_units(comparison *c)
{
    document_kind l = c->l->from->kind, m = c->m->from->kind;
    place_ref nowhere = {0};
    if (l != m) {
        judge(c, &nowhere, text_of(document_kind_word(l)), text_of(document_kind_word(m)),
              CLASS_DEFECT, "kind");
        return;
    }
    compare_format_of(c->l)->compare(c);
}

static void finish_pair(comparison *c, compare_pair *p)
{
    p->differences = c->differences.n;
    p->difference = arena_array(c->memory, compare_difference, c->differences.n);
    if (c->differences.n)
        memcpy(p->difference, c->differences.p, c->differences.n * sizeof *c->differences.p);
    p->omitted = c->omitted;
    p->defects = c->defects;
    vec_clear(&c->differences);
    arena_clear(c->scratch);
    c->omitted = c->defects = 0;
    path_cut(c, 0);
}

static void run_pair(comparison *c, unit *l, unit *m)
{
    compare_pair *p = &c->out->pair[c->out->pairs];
    const unit *u = l ? l : m;
    *p = (compare_pair){.key = key_shown(c, u), .kind = u->from->kind, .type = u->type};
    if (l)
        p->legacy_file = l->from->name, l->pair = (uint32_t)c->out->pairs;
    if (m)
        p->modern_file = m->from->name, m->pair = (uint32_t)c->out->pairs;
    c->out->pairs++;
    c->l = u;
    c->m = m ? m : u;
    bool broken_l = l && l->from->broken, broken_m = m && m->from->broken;
    if (broken_l)
        unreadable(c, l, false);
    if (broken_m)
        unreadable(c, m, true);
    p->verdict = broken_l || broken_m ? VERDICT_UNREADABLE
                 : !m                 ? VERDICT_MISSING
                 : !l                 ? VERDICT_EXTRA
                                      : VERDICT_MATCHED;
    if (p->verdict == VERDICT_MATCHED)
        compare_units(c);
    finish_pair(c, p);
}

typedef struct {
    text type, key;
    bool paired;
    uint32_t at;
} identity;

static int by_identity(const void *a, const void *b)
{
    const identity *x = a, *y = b;
    int c = text_compare(x->type, y->type);
    if (c == 0)
        c = text_compare(x->key, y->key);
    if (c == 0)
        c = y->paired - x->paired;
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

/* An extra document whose key a paired one has is there twice. */
static void mark_duplicates(comparison *c)
{
    identity *list = arena_array(c->memory, identity, c->modern.units);
    size_t n = 0;
    for (size_t i = 0; i < c->modern.units; i++) {
        const unit *u = &c->modern.unit[i];
        if (u->key.n)
            list[n++] = (identity){u->type, u->key, u->partner != WHOLE, (uint32_t)i};
    }
    if (n)
        qsort(list, n, sizeof *list, by_identity);
    for (size_t i = 0, first = 0; i < n; i++) {
        if (!text_equal(list[i].type, list[first].type) ||
            !text_equal(list[i].key, list[first].key))
            first = i;
        compare_pair *p = &c->out->pair[c->modern.unit[list[i].at].pair];
        if (i != first && list[first].paired && p->verdict == VERDICT_EXTRA)
            p->verdict = VERDICT_DUPLICATE;
    }
}

void pair_add(comparison *c, uint32_t pair, compare_difference d)
{
    compare_pair *p = &c->out->pair[pair];
    compare_difference *list = arena_array(c->memory, compare_difference, p->differences + 1);
    if (p->differences)
        memcpy(list, p->difference, p->differences * sizeof *list);
    list[p->differences++] = d;
    p->difference = list;
    p->defects += d.class == CLASS_DEFECT;
}

static void count(compare_result *r)
{
    uint64_t n[VERDICT_COUNT] = {0};
    for (size_t i = 0; i < r->pairs; i++) {
        compare_pair *p = &r->pair[i];
        if (p->verdict == VERDICT_MATCHED && p->defects)
            p->verdict = VERDICT_DIFFERENT;
        n[p->verdict]++;
    }
    r->compared = r->pairs;
    r->matched = n[VERDICT_MATCHED];
    r->different = n[VERDICT_DIFFERENT];
    r->missing = n[VERDICT_MISSING];
    r->extra = n[VERDICT_EXTRA];
    r->duplicate = n[VERDICT_DUPLICATE];
    r->unreadable = n[VERDICT_UNREADABLE];
    r->match = decimal_muldiv((int64_t)r->matched, UNIT_PERCENT, (int64_t)r->compared);
}

static int by_rule(const void *a, const void *b)
{
    const compare_use *x = a, *y = b;
    int c = text_compare(x->rule, y->rule);
    return c ? c : (int)x->class - (int)y->class;
}

/* Rules of the user that never applied are listed too: a mistyped reference must not look like one
 * that found nothing to forgive. */
static void list_uses(comparison *c)
{
    const compare_options *o = c->options;
    for (size_t i = 0; i < o->ignores; i++) {
        compare_use *u = use_add(c, rule_name_ignore(c->memory, o->ignore[i]), CLASS_NOISE, 0);
        u->blind = u->pairs > 1 && u->pairs == c->out->compared;
    }
    for (size_t i = 0; i < o->constraints; i++)
        use_add(c, rule_name_bound(c->memory, &o->constrain[i]), CLASS_CONSTRAINED, 0);
    for (size_t i = 0; i < o->maps; i++)
        use_add(c, rule_name_map(c->memory, &o->map[i]), CLASS_CONSTRAINED, 0);
    if (c->uses.n)
        qsort(c->uses.p, c->uses.n, sizeof *c->uses.p, by_rule);
    c->out->uses = c->uses.n;
    c->out->use = arena_array(c->memory, compare_use, c->uses.n);
    if (c->uses.n)
        memcpy(c->out->use, c->uses.p, c->uses.n * sizeof *c->uses.p);
}

void compare_run(arena *a, const compare_options *options, const compare_input *legacy,
                 const compare_input *modern, compare_result *out)
{
    arena scratch = {0};
    comparison c = {.memory = a, .scratch = &scratch, .options = options, .out = out};
    *out = (compare_result){0};
    buffer_init(&c.path);
    compare_load(&c, legacy, &c.legacy);
    compare_load(&c, modern, &c.modern);
    compare_pair_units(&c);
    out->pair = arena_array(a, compare_pair, c.legacy.units + c.modern.units);
    for (size_t i = 0; i < c.legacy.units; i++) {
        unit *l = &c.legacy.unit[i];
        run_pair(&c, l, l->partner == WHOLE ? NULL : &c.modern.unit[l->partner]);
    }
    for (size_t i = 0; i < c.modern.units; i++)
        if (c.modern.unit[i].partner == WHOLE)
            run_pair(&c, NULL, &c.modern.unit[i]);
    mark_duplicates(&c);
    compare_sequences(&c);
    count(out);
    list_uses(&c);
    vec_release(&c.uses);
    vec_release(&c.differences);
    buffer_release(&c.path);
    arena_release(&scratch);
}
