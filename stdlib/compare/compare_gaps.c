/* compare_gaps.c: rows that nothing answered at their place: those that are found in another gap
 * have moved, the rest of each gap is aligned. */
#include "stdlib/compare/align.h"
#include "stdlib/compare/compare_rows.h"

#include <string.h>

static void add_answer(row_walk *w, const stray *l, const stray *m, bool moved)
{
    uint32_t order = l ? l->row : m->before;
    vec_push(&w->answers, (answer){l ? l->row : WHOLE, m ? m->row : WHOLE, order, moved});
}

static int by_what(const void *a, const void *b, void *of_key)
{
    const stray *x = *(stray *const *)a, *y = *(stray *const *)b;
    uint64_t p = of_key ? x->key : x->print, q = of_key ? y->key : y->print;
    if (p != q)
        return p < q ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* The first of modern's that says the same, or has the key; of them one of the same gap. */
static stray *same_of(row_walk *w, const stray *l, bool of_key)
{
    uint64_t wanted = of_key ? l->key : l->print;
    size_t lo = 0, hi = w->by_what.n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        const stray *m = w->by_what.p[mid];
        if ((of_key ? m->key : m->print) < wanted)
            lo = mid + 1;
        else
            hi = mid;
    }
    stray *first = NULL;
    for (; lo < w->by_what.n; lo++) {
        stray *m = w->by_what.p[lo];
        if ((of_key ? m->key : m->print) != wanted)
            break;
        if (m->gap == l->gap && !m->done)
            return m;
        first = first || m->done ? first : m;
    }
    return first;
}

/* Rows of two gaps answer each other where they say the same, or have a key that their neighbours
 * do not have. */
static void find_moved(row_walk *w, bool of_key)
{
    vec_clear(&w->by_what);
    for (size_t i = 0; i < w->m.n; i++)
        if (!w->m.p[i].done)
            vec_push(&w->by_what, &w->m.p[i]);
    if (w->by_what.n)
        qsort_r(w->by_what.p, w->by_what.n, sizeof *w->by_what.p, by_what, of_key ? w : NULL);
    for (size_t i = 0; i < w->l.n; i++) {
        stray *l = &w->l.p[i], *m = l->done || (of_key && !l->key) ? NULL : same_of(w, l, of_key);
        if (!m || m->gap == l->gap || (of_key && !row_answers_by_key(w, l->row, m->row)))
            continue;
        l->done = m->done = true;
        add_answer(w, l, m, true);
    }
}

/* The rows of one gap that were not found elsewhere; returns how many, and where they are. */
static size_t items(arena *a, const strays *list, size_t *at, uint32_t gap, align_item **out,
                    uint32_t **row)
{
    size_t from = *at, n = 0;
    while (*at < list->n && list->p[*at].gap == gap)
        ++*at;
    *out = arena_array(a, align_item, *at - from);
    *row = arena_array(a, uint32_t, *at - from);
    for (size_t i = from; i < *at; i++) {
        const stray *s = &list->p[i];
        if (s->done)
            continue;
        (*row)[n] = (uint32_t)i;
        (*out)[n++] = (align_item){.print = s->print, .name = 1, .key = s->key};
    }
    return n;
}

/* Pairs of a gap that have little in common are none; false: there were some, which are apart now.
 */
static bool take_apart(row_walk *w, const align_match *match, size_t n, const uint32_t *of_l,
                       const uint32_t *of_m)
{
    bool sound = true;
    for (size_t i = 0; i < n; i++) {
        if (match[i].legacy < 0 || match[i].modern < 0)
            continue;
        stray *l = &w->l.p[of_l[match[i].legacy]], *m = &w->m.p[of_m[match[i].modern]];
        if (l->print == m->print || (l->key && l->key == m->key) ||
            row_resembles(w, l->row, m->row))
            continue;
        l->done = m->done = true;
        add_answer(w, l, NULL, false);
        add_answer(w, NULL, m, false);
        sound = false;
    }
    return sound;
}

static void add_answers(row_walk *w, const align_match *match, size_t n, const uint32_t *of_l,
                        const uint32_t *of_m)
{
    for (size_t i = 0; i < n; i++)
        add_answer(w, match[i].legacy < 0 ? NULL : &w->l.p[of_l[match[i].legacy]],
                   match[i].modern < 0 ? NULL : &w->m.p[of_m[match[i].modern]], match[i].moved);
}

/* Aligned again without those that were taken apart: they would make others seem to have moved. */
static void align_gap(row_walk *w, arena *a, uint32_t gap, size_t *l, size_t *m)
{
    size_t from_l = *l, from_m = *m;
    bool sound = false;
    while (!sound) {
        align_item *x, *y;
        align_match *match;
        uint32_t *of_l, *of_m;
        *l = from_l;
        *m = from_m;
        size_t n = items(a, &w->l, l, gap, &x, &of_l), k = items(a, &w->m, m, gap, &y, &of_m);
        size_t found = align_items(a, x, n, y, k, &match);
        sound = take_apart(w, match, found, of_l, of_m);
        if (sound)
            add_answers(w, match, found, of_l, of_m);
        arena_clear(a);
    }
}

void row_pair_strays(row_walk *w)
{
    arena a = {0};
    size_t l = 0, m = 0;
    find_moved(w, false);
    find_moved(w, true);
    for (uint32_t gap = 1; gap <= w->gaps; gap++)
        align_gap(w, &a, gap, &l, &m);
    arena_release(&a);
}
