/* compare_pairing.c: which modern document answers which of legacy.
 *
 * Pairing goes in passes over what is not paired yet, from the strongest evidence to the weakest.
 * A pass gives each document a label; two that alone have a label are paired. Where several have
 * it, what they say decides (compare_content.h). What that leaves over of one key is paired in
 * order; of one file only where both sides have as many and none of them was alike, which is a
 * change that all of them have: a document that is lost never shifts those behind it. A document
 * never pairs by its place among others of another file. In the end all that is left is paired by
 * content, or missing and extra.
 */
#include "stdlib/compare/compare_content.h"

typedef enum {
    BY_FILE_AND_KEY, /* same file name, type and business key */
    BY_KEY,
    BY_FILE,        /* no key on either side: same file name and type */
    BY_LONE_FILE,   /* files of one document each, of the same name, whose keys disagree */
    BY_BROKEN_FILE, /* one side cannot be read */
    BY_CONTENT,     /* what is left of one kind, type and list */
    PASSES
} pairing_pass;

/* What a document is known by in a pass. */
typedef struct {
    text file, type, key;
    document_kind kind;
    uint32_t print; /* of type and key, in a pass that asks for both: made when both were read */
} label;

static bool lone(const side *s, size_t i)
{
    return (i == 0 || s->unit[i - 1].from != s->unit[i].from) &&
           (i + 1 == s->units || s->unit[i + 1].from != s->unit[i].from);
}

/* With one file on each side names do not count. */
static text file_of(const comparison *c, const unit *u)
{
    return c->legacy.files == 1 && c->modern.files == 1 ? (text){0} : u->from->name;
}

/* The label of a document that takes part in the pass; false: it does not. */
static bool label_of(const comparison *c, const side *s, size_t i, pairing_pass p, label *out)
{
    const unit *u = &s->unit[i];
    text file = file_of(c, u), none = {0};
    bool broken = u->from->broken;
    switch (p) {
    case BY_FILE_AND_KEY:
        *out = (label){file, u->type, u->key, 0, u->print};
        return u->key.n && !c->options->keys;
    case BY_KEY: *out = (label){none, u->type, u->key, 0, u->print}; return u->key.n > 0;
    case BY_FILE: *out = (label){file, u->type, none, 0, 0}; return u->key.n == 0 && !broken;
    case BY_LONE_FILE:
        *out = (label){file, none, none, 0, 0};
        return !c->options->keys && !broken && lone(s, i);
    case BY_CONTENT: *out = (label){none, u->type, u->list, u->from->kind, 0}; return !broken;
    default: *out = (label){file, none, none, 0, 0}; return true;
    }
}

/* --- documents by label, found by hash: sorting them was a sixth of comparing X12 --- */

enum { NO_GROUP = UINT32_MAX };

/* Both sides are counted through, modern behind legacy. */
typedef struct {
    uint32_t hash; /* 0: empty */
    uint32_t group;
} slot;

typedef struct {
    uint32_t n[2]; /* documents of legacy, of modern */
    uint32_t first;
    uint32_t of; /* a document of that label */
} group;

typedef struct {
    const comparison *c;
    pairing_pass by;
    slot *slot;
    size_t mask;
    uint32_t *group_of; /* by document, or NO_GROUP */
    group *group;       /* in order of their first documents */
    uint32_t groups;
    uint32_t *list; /* the documents of one group after those of another */
} grouping;

static bool label_at(const grouping *g, uint32_t i, label *out)
{
    size_t before = g->c->legacy.units;
    return i < before ? label_of(g->c, &g->c->legacy, i, g->by, out)
                      : label_of(g->c, &g->c->modern, i - before, g->by, out);
}

static uint64_t hash_of(const label *l)
{
    uint64_t h = l->print ? l->print : text_hash(l->type) * 3 ^ text_hash(l->key) ^ l->kind;
    if (l->file.n)
        h ^= text_hash(l->file) * 5;
    return h * UINT64_C(0x9e3779b97f4a7c15);
}

static bool same_label(const label *a, const label *b)
{
    return text_equal(a->key, b->key) && text_equal(a->type, b->type) &&
           text_equal(a->file, b->file) && a->kind == b->kind;
}

/* The group of a label; NO_GROUP where there is none yet and `of` is WHOLE, else a new one. */
static uint32_t group_of(grouping *g, const label *what, uint32_t of)
{
    uint64_t h = hash_of(what);
    uint32_t high = (uint32_t)(h >> 32) | 1;
    label other;
    for (size_t at = h >> 20 & g->mask;; at = (at + 1) & g->mask) {
        slot *x = &g->slot[at];
        if (x->hash == high && label_at(g, g->group[x->group].of, &other) &&
            same_label(&other, what))
            return x->group;
        if (x->hash)
            continue;
        if (of == WHOLE)
            return NO_GROUP;
        g->group[g->groups].of = of;
        *x = (slot){high, g->groups++};
        return x->group;
    }
}

static grouping grouping_new(arena *a, const comparison *c, pairing_pass p)
{
    size_t n = c->legacy.units + c->modern.units;
    grouping g = {.c = c, .by = p, .mask = 15};
    g.group_of = arena_array(a, uint32_t, n);
    label what;
    size_t labels = 0;
    for (size_t i = 0; i < n; i++) {
        const unit *u =
            i < c->legacy.units ? &c->legacy.unit[i] : &c->modern.unit[i - c->legacy.units];
        bool in = u->partner == WHOLE && label_at(&g, (uint32_t)i, &what);
        g.group_of[i] = in ? 0 : NO_GROUP;
        labels += in;
    }
    while (g.mask < labels + labels / 4) /* half of it where each has a partner */
        g.mask = g.mask * 2 + 1;
    g.slot = arena_array(a, slot, g.mask + 1);
    g.group = arena_array(a, group, labels);
    g.list = arena_array(a, uint32_t, labels);
    return g;
}

/* Documents in their order, those of legacy in front. */
static void gather(grouping *g)
{
    size_t before = g->c->legacy.units, n = before + g->c->modern.units;
    label what;
    for (size_t i = 0; i < n; i++)
        if (g->group_of[i] != NO_GROUP && label_at(g, (uint32_t)i, &what)) {
            g->group_of[i] = group_of(g, &what, (uint32_t)i);
            g->group[g->group_of[i]].n[i >= before]++;
        }
    uint32_t end = 0;
    for (uint32_t k = 0; k < g->groups; k++) {
        g->group[k].first = end;
        end += g->group[k].n[0] + g->group[k].n[1];
    }
    for (size_t i = 0; i < n; i++)
        if (g->group_of[i] != NO_GROUP)
            g->list[g->group[g->group_of[i]].first++] = (uint32_t)(i < before ? i : i - before);
    for (uint32_t k = 0; k < g->groups; k++)
        g->group[k].first -= g->group[k].n[0] + g->group[k].n[1];
}

/* --- pairs --- */

static bool may_join(const comparison *c, pairing_pass p, uint32_t l, uint32_t m)
{
    return p != BY_BROKEN_FILE || c->legacy.unit[l].from->broken || c->modern.unit[m].from->broken;
}

static void join(comparison *c, uint32_t l, uint32_t m, compare_evidence by)
{
    unit *x = &c->legacy.unit[l], *y = &c->modern.unit[m];
    x->partner = m;
    y->partner = l;
    x->evidence = y->evidence = by;
}

/* Those of list[from, to) that have no partner. */
static uint32_t *left(comparison *c, const side *s, const uint32_t *list, size_t n, size_t *out)
{
    uint32_t *at = arena_array(c->scratch, uint32_t, n);
    *out = 0;
    for (size_t i = 0; i < n; i++)
        if (s->unit[list[i]].partner == WHOLE)
            at[(*out)++] = list[i];
    return at;
}

/* n documents of legacy and m of modern, behind them, that share a label. */
static void pair_several(comparison *c, pairing_pass p, const uint32_t *list, size_t n, size_t m)
{
    bool keyed = p <= BY_KEY;
    compare_evidence by = keyed ? EVIDENCE_KEY : EVIDENCE_PLACE;
    content_group g = {.belong = keyed,
                       .alone = true,
                       .as = keyed && (n == 1 || m == 1) ? EVIDENCE_KEY : EVIDENCE_CONTENT};
    g.legacy = left(c, &c->legacy, list, n, &g.legacies);
    g.modern = left(c, &c->modern, list + n, m, &g.moderns);
    content_pair(c, &g);
    const uint32_t *l = left(c, &c->legacy, list, n, &g.legacies);
    const uint32_t *r = left(c, &c->modern, list + n, m, &g.moderns);
    bool in_order = keyed || (n == m && g.legacies == n);
    for (size_t i = 0; in_order && i < g.legacies && i < g.moderns; i++)
        join(c, l[i], r[i], by);
    arena_clear(c->scratch);
}

static void pair_group(comparison *c, pairing_pass p, const uint32_t *list, size_t n, size_t m)
{
    compare_evidence by = p <= BY_KEY ? EVIDENCE_KEY : EVIDENCE_FILE;
    if (n * m > 1 && p <= BY_FILE)
        pair_several(c, p, list, n, m);
    else
        for (size_t i = 0; i < n && i < m; i++)
            if (may_join(c, p, list[i], list[n + i]))
                join(c, list[i], list[n + i], by);
}

/* Documents of one type that share no number can have been numbered anew. */
static bool shares_keys(const comparison *c, const unit *like)
{
    for (size_t i = 0; i < c->legacy.units; i++) {
        const unit *u = &c->legacy.unit[i];
        if (u->partner != WHOLE && u->evidence == EVIDENCE_KEY && content_alike(u, like))
            return true;
    }
    return false;
}

/* What the other passes left of one type. */
static void pair_rest(comparison *c, pairing_pass p, const uint32_t *list, size_t n, size_t m)
{
    const unit *like = n ? &c->legacy.unit[list[0]] : &c->modern.unit[list[0]];
    content_group g = {.as = EVIDENCE_CONTENT};
    (void)p;
    g.legacy = left(c, &c->legacy, list, n, &g.legacies);
    g.modern = left(c, &c->modern, list + n, m, &g.moderns);
    g.keys_tell = n && m && (c->options->keys || shares_keys(c, like));
    content_pair(c, &g);
    if (m)
        content_mark_again(c, like);
    arena_clear(c->scratch);
}

static void run_pass(comparison *c, pairing_pass p)
{
    arena a = {0};
    grouping g = grouping_new(&a, c, p);
    gather(&g);
    for (uint32_t k = 0; k < g.groups; k++) {
        const group *x = &g.group[k];
        if (p == BY_CONTENT)
            pair_rest(c, p, g.list + x->first, x->n[0], x->n[1]);
        else
            pair_group(c, p, g.list + x->first, x->n[0], x->n[1]);
    }
    arena_release(&a);
}

static bool any_alone(const side *s)
{
    for (size_t i = 0; i < s->units; i++)
        if (s->unit[i].partner == WHOLE)
            return true;
    return false;
}

/* A modern document without a partner whose key a paired one has is there twice. */
static void mark_duplicates(comparison *c)
{
    arena a = {0};
    label what;
    grouping g = grouping_new(&a, c, BY_KEY);
    gather(&g);
    for (size_t i = 0; i < c->modern.units; i++) {
        if (c->modern.unit[i].partner == WHOLE || !label_of(c, &c->modern, i, BY_KEY, &what))
            continue;
        uint32_t k = group_of(&g, &what, WHOLE);
        const group *x = k == NO_GROUP ? NULL : &g.group[k];
        for (uint32_t j = 0; x && j < x->n[1]; j++)
            c->modern.unit[g.list[x->first + x->n[0] + j]].again = true;
    }
    arena_release(&a);
}

void compare_pair_units(comparison *c)
{
    for (pairing_pass p = 0; p < PASSES; p++)
        if (any_alone(&c->legacy) || any_alone(&c->modern))
            run_pass(c, p);
    if (any_alone(&c->modern))
        mark_duplicates(c);
}
