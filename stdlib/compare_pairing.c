/* compare_pairing.c: which modern document answers which of legacy.
 *
 * Pairing goes in passes over what is not paired yet, from the strongest evidence to the weakest.
 * A pass gives each document a label; two that alone have a label are paired. Where several have it,
 * what they say decides (compare_content.h). What that leaves over of one key is paired in order; of
 * one file only where both sides have as many and none of them was alike, which is a change that all
 * of them have: a document that is lost never shifts those behind it. A document never pairs by its
 * place among others of another file. In the end all that is left is paired by content, or missing
 * and extra.
 */
#include "stdlib/compare_content.h"

typedef enum {
    BY_FILE_AND_KEY, /* same file name, type and business key */
    BY_KEY,
    BY_FILE,        /* no key on either side: same file name and type */
    BY_LONE_FILE,   /* files of one document each, of the same name, whose keys disagree */
    BY_BROKEN_FILE, /* one side cannot be read */
    BY_CONTENT,     /* what is left of one kind, type and list */
    PASSES
} pairing_pass;

typedef struct {
    text label;
    uint32_t at;
    bool modern;
} labelled;

static int by_label(const void *a, const void *b)
{
    const labelled *x = a, *y = b;
    int c = text_compare(x->label, y->label);
    if (c == 0)
        c = x->modern - y->modern;
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

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

static bool label(comparison *c, const side *s, size_t i, pairing_pass p, text *out)
{
    const unit *u = &s->unit[i];
    arena *a = c->memory;
    text file = file_of(c, u);
    bool broken = u->from->broken;
    switch (p) {
    case BY_FILE_AND_KEY:
        *out = text_joined(a, text_joined(a, file, '\n', u->type), '\n', u->key);
        return u->key.n && !c->options->keys;
    case BY_KEY: *out = text_joined(a, u->type, '\n', u->key); return u->key.n > 0;
    case BY_FILE: *out = text_joined(a, file, '\n', u->type); return u->key.n == 0 && !broken;
    case BY_LONE_FILE: *out = file; return !c->options->keys && !broken && lone(s, i);
    case BY_CONTENT:
        *out = text_joined(a, text_of(document_kind_word(u->from->kind)), '\n', u->type);
        *out = text_joined(a, *out, '\n', u->list);
        return !broken;
    default: *out = file; return true;
    }
}

static size_t gather(comparison *c, const side *s, pairing_pass p, bool modern, labelled *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s->units; i++)
        if (s->unit[i].partner == WHOLE && label(c, s, i, p, &out[n].label)) {
            out[n].at = (uint32_t)i;
            out[n++].modern = modern;
        }
    return n;
}

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
static uint32_t *left(comparison *c, const side *s, const labelled *list, size_t n, size_t *out)
{
    uint32_t *at = arena_array(c->scratch, uint32_t, n);
    *out = 0;
    for (size_t i = 0; i < n; i++)
        if (s->unit[list[i].at].partner == WHOLE)
            at[(*out)++] = list[i].at;
    return at;
}

/* n documents of legacy and m of modern, behind them, that share a label. */
static void pair_several(comparison *c, pairing_pass p, const labelled *list, size_t n, size_t m)
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

static void pair_group(comparison *c, pairing_pass p, const labelled *list, size_t n, size_t m)
{
    compare_evidence by = p <= BY_KEY ? EVIDENCE_KEY : EVIDENCE_FILE;
    if (n * m > 1 && p <= BY_FILE)
        pair_several(c, p, list, n, m);
    else
        for (size_t i = 0; i < n && i < m; i++)
            if (may_join(c, p, list[i].at, list[n + i].at))
                join(c, list[i].at, list[n + i].at, by);
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
static void pair_rest(comparison *c, pairing_pass p, const labelled *list, size_t n, size_t m)
{
    const unit *like = n ? &c->legacy.unit[list[0].at] : &c->modern.unit[list[0].at];
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

/* Calls `pair` with the documents of each label, those of legacy in front. */
static void each_label(comparison *c, pairing_pass p, labelled *list, size_t n,
                       void (*pair)(comparison *c, pairing_pass p, const labelled *list, size_t n,
                                    size_t m))
{
    if (n)
        qsort(list, n, sizeof *list, by_label);
    for (size_t i = 0, end; i < n; i = end) {
        size_t middle = i;
        for (end = i + 1; end < n && text_equal(list[end].label, list[i].label);)
            end++;
        while (middle < end && !list[middle].modern)
            middle++;
        pair(c, p, list + i, middle - i, end - middle);
    }
}

static void run_pass(comparison *c, pairing_pass p)
{
    labelled *list = arena_array(c->memory, labelled, c->legacy.units + c->modern.units);
    size_t n = gather(c, &c->legacy, p, false, list);
    n += gather(c, &c->modern, p, true, list + n);
    each_label(c, p, list, n, p == BY_CONTENT ? pair_rest : pair_group);
}

void compare_pair_units(comparison *c)
{
    for (pairing_pass p = 0; p < PASSES; p++)
        run_pass(c, p);
}
