/* compare_long.c: long lists of which each element has its partner in its own place.
 *
 * To open a list of a hundred thousand elements, align it and number it took as long as reading
 * half of the file, mostly for memory that nothing else needed. Where both sides have as many
 * elements, and each that differs is followed by equal ones, alignment would pair all that are
 * equal place by place (align.c, is_exchanged); what is left over is aligned here by itself. If
 * that pairs place by place, too, nothing has moved and nothing is missing, and only what differs
 * is looked at; if not, the list is walked as any other.
 */
#include "stdlib/compare/compare_walk.h"

enum {
    LONG = 4096, /* elements; shorter lists are aligned by a table */
    SURE = 8,    /* equal ones behind one that differs, as in align.c */
    NAMES = 16   /* of elements, that are counted */
};

/* An element that differs, and its number among its namesakes. */
typedef struct {
    uint32_t place, nth;
    unsigned name; /* in in_step.name */
} changed;

typedef struct {
    uint64_t name[NAMES];
    uint32_t count[NAMES], n;
    unsigned names;
    VEC(changed) list;
} in_step;

/* Counts one more element of a name; NAMES where there are too many names. */
static unsigned name_of(in_step *s, uint64_t called)
{
    unsigned i = 0;
    while (i < s->names && s->name[i] != called)
        i++;
    if (i == NAMES)
        return NAMES;
    if (i == s->names) {
        s->name[i] = called;
        s->names++;
    }
    s->count[i]++;
    return i;
}

/* Do both sides go on place by place to their ends? */
static bool keep_step(const walk *w, uint32_t l, uint32_t m, in_step *s)
{
    uint32_t at_l = 0, at_m = 0, equal = SURE;
    uint64_t print_l, print_m, called_l, called_m;
    for (;; s->n++) {
        bool more = w->l->next(w->l, l, &at_l, &print_l, &called_l);
        if (w->m->next(w->m, m, &at_m, &print_m, &called_m) != more)
            return false;
        if (!more)
            return equal >= SURE && s->n >= LONG;
        unsigned name = called_l == called_m ? name_of(s, called_l) : NAMES;
        bool same = print_l == print_m;
        if (name == NAMES || (!same && equal < SURE))
            return false;
        if (!same)
            vec_push(&s->list, (changed){s->n, s->count[name] - 1, name});
        equal = same ? equal + 1 : 0;
    }
}

static uint32_t *open_changed(comparison *c, document_tree *t, uint32_t node, const in_step *s)
{
    uint32_t *list = arena_array(c->scratch, uint32_t, s->list.n), first = t->nodes;
    for (size_t i = 0; i < s->list.n; i++)
        list[i] = s->list.p[i].place;
    t->open_some(c->scratch, t, node, list, s->list.n);
    t->node[node].first = first;
    t->node[node].count = t->nodes - first;
    for (size_t i = 0; i < s->list.n; i++)
        list[i] = first + (uint32_t)i;
    return list;
}

static align_item *items(arena *a, const document_tree *t, const uint32_t *list, size_t n)
{
    align_item *out = arena_array(a, align_item, n);
    for (size_t i = 0; i < n; i++) {
        const document_node *d = &t->node[list[i]];
        out[i] = (align_item){.print = d->print, .name = walk_called(d)};
    }
    return out;
}

/* Is each left over to be paired with what stands in its place? */
static bool stay(walk *w, const uint32_t *l, const uint32_t *m, size_t n)
{
    asked_keys asked = {w->c, {w->l, w->m}, {l, m}};
    align_keys keys = {walk_key, &asked};
    align_match *match;
    arena *a = w->c->scratch;
    size_t k =
        align_items_keyed(a, items(a, w->l, l, n), n, items(a, w->m, m, n), n, &keys, &match);
    for (size_t i = 0; i < k; i++)
        if (match[i].legacy != match[i].modern)
            return false;
    return true;
}

static size_t step(walk *w, const document_node *parent, const document_node *d, const in_step *s,
                   const changed *x)
{
    if (parent->shape == SHAPE_LIST)
        return path_add(w->c, "[%u]", x->place);
    if (d->name.n == 0)
        return w->c->path.n;
    if (s->count[x->name] > 1)
        return path_add(w->c, "/%.*s[%u]", TEXT_ARG(d->name), x->nth + 1);
    return path_add(w->c, "/%.*s", TEXT_ARG(d->name));
}

static void compare_changed(walk *w, const uint32_t *l, const uint32_t *m,
                            const document_node *parent, const in_step *s)
{
    for (size_t i = 0; i < s->list.n; i++) {
        size_t back = step(w, parent, &w->l->node[l[i]], s, &s->list.p[i]);
        walk_nodes(w, l[i], m[i]);
        path_cut(w->c, back);
    }
}

bool walk_in_place(walk *w, uint32_t l, uint32_t m)
{
    in_step s = {0};
    bool kept = w->l->next && w->m->next && !w->c->options->unordereds && keep_step(w, l, m, &s);
    if (kept) {
        const document_node parent = w->l->node[l]; /* a copy: opening moves the nodes */
        uint32_t *of_l = open_changed(w->c, w->l, l, &s), *of_m = open_changed(w->c, w->m, m, &s);
        kept = stay(w, of_l, of_m, s.list.n);
        if (kept)
            compare_changed(w, of_l, of_m, &parent, &s);
        walk_close(w->l, l);
        walk_close(w->m, m);
    }
    vec_release(&s.list);
    return kept;
}
