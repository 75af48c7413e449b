/* align.c: pairs siblings in passes, each taking only what the passes before left over: common
 * ends, longest common subsequence, equal content elsewhere, name and key, name in order. */
#include "stdlib/compare/align.h"

#include <stdlib.h>

typedef struct {
    const align_item *l, *m;
    size_t ln, mn;
    int32_t *of_l, *of_m; /* partner of each, or -1 */
    arena *memory;
    const align_keys *keys; /* NULL: in the items */
} aligner;

static void join(aligner *x, size_t i, size_t j)
{
    x->of_l[i] = (int32_t)j;
    x->of_m[j] = (int32_t)i;
}

static bool same(const align_item *a, const align_item *b)
{
    return a->print == b->print && a->name == b->name;
}

/* The classic table over l[from_l..to_l) and m[from_m..to_m), whose cells fit ALIGN_CELLS. */
static void subsequence_by_table(aligner *x, size_t from_l, size_t to_l, size_t from_m, size_t to_m)
{
    size_t n = to_l - from_l, m = to_m - from_m, w = m + 1;
    uint32_t *t = calloc((n + 1) * w, sizeof *t);
    if (!t)
        memory_exhausted();
    for (size_t i = n; i-- > 0;)
        for (size_t j = m; j-- > 0;) {
            uint32_t down = t[(i + 1) * w + j], right = t[i * w + j + 1];
            t[i * w + j] = same(&x->l[from_l + i], &x->m[from_m + j]) ? t[(i + 1) * w + j + 1] + 1
                           : down > right                             ? down
                                                                      : right;
        }
    for (size_t i = 0, j = 0; i < n && j < m;) {
        if (same(&x->l[from_l + i], &x->m[from_m + j])) {
            join(x, from_l + i++, from_m + j++);
        } else if (t[(i + 1) * w + j] >= t[i * w + j + 1]) {
            i++;
        } else {
            j++;
        }
    }
    free(t);
}

typedef struct {
    uint64_t print;
    size_t at;
    bool modern;
} entry;

static int by_print(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->print != y->print)
        return x->print < y->print ? -1 : 1;
    if (x->modern != y->modern)
        return x->modern - y->modern;
    return x->at < y->at ? -1 : x->at > y->at;
}

static int by_place(const void *a, const void *b)
{
    const align_match *x = a, *y = b;
    return (x->legacy > y->legacy) - (x->legacy < y->legacy);
}

/* What occurs exactly once on each side, in legacy order. */
static size_t singles(aligner *x, size_t from_l, size_t to_l, size_t from_m, size_t to_m,
                      align_match **out)
{
    size_t n = 0, all = (to_l - from_l) + (to_m - from_m);
    entry *e = arena_array(x->memory, entry, all);
    for (size_t i = from_l; i < to_l; i++)
        e[n++] = (entry){x->l[i].print ^ x->l[i].name, i, false};
    for (size_t j = from_m; j < to_m; j++)
        e[n++] = (entry){x->m[j].print ^ x->m[j].name, j, true};
    qsort(e, n, sizeof *e, by_print);
    align_match *found = arena_array(x->memory, align_match, all);
    size_t k = 0;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && e[end].print == e[i].print;)
            end++;
        if (end - i == 2 && !e[i].modern && e[i + 1].modern)
            found[k++] = (align_match){(int32_t)e[i].at, (int32_t)e[i + 1].at, false};
    }
    qsort(found, k, sizeof *found, by_place);
    *out = found;
    return k;
}

/* The longest rising run of modern places, by patience sorting: items are added in legacy order,
 * and only those at `end`, `before[end]`, … belong to it. */
typedef struct {
    const align_match *of;
    size_t *pile, *before, length;
} rising;

static rising rising_new(arena *memory, const align_match *of, size_t n)
{
    return (rising){of, arena_array(memory, size_t, n + 1), arena_array(memory, size_t, n + 1), 0};
}

static void rising_add(rising *r, size_t i)
{
    size_t lo = 0, hi = r->length;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (r->of[r->pile[mid]].modern < r->of[i].modern)
            lo = mid + 1;
        else
            hi = mid;
    }
    r->before[i] = lo ? r->pile[lo - 1] : SIZE_MAX;
    r->pile[lo] = i;
    if (lo == r->length)
        r->length++;
}

static size_t rising_end(const rising *r)
{
    return r->length ? r->pile[r->length - 1] : SIZE_MAX;
}

static void subsequence_by_singles(aligner *x, size_t from_l, size_t to_l, size_t from_m,
                                   size_t to_m)
{
    align_match *s;
    size_t n = singles(x, from_l, to_l, from_m, to_m, &s);
    rising r = rising_new(x->memory, s, n);
    for (size_t i = 0; i < n; i++)
        rising_add(&r, i);
    for (size_t i = rising_end(&r); i != SIZE_MAX; i = r.before[i])
        join(x, (size_t)s[i].legacy, (size_t)s[i].modern);
}

enum { SURE = 8 };

/* Of a long list, an item that has another in its place and is followed by equal ones was changed
 * there: a table or a sort of all behind it would find no more. */
static bool is_exchanged(const aligner *x, size_t l, size_t m, size_t le, size_t me)
{
    if (le - l <= SURE || me - m <= SURE || (le - l + 1) <= ALIGN_CELLS / (me - m + 1))
        return false;
    for (size_t i = 1; i <= SURE; i++)
        if (!same(&x->l[l + i], &x->m[m + i]))
            return false;
    return true;
}

static void pair_in_order(aligner *x)
{
    size_t l = 0, m = 0, le = x->ln, me = x->mn;
    for (; l < le && m < me; l++, m++)
        if (same(&x->l[l], &x->m[m]))
            join(x, l, m);
        else if (!is_exchanged(x, l, m, le, me))
            break;
    for (; le > l && me > m && same(&x->l[le - 1], &x->m[me - 1]); le--, me--)
        join(x, le - 1, me - 1);
    if (l == le || m == me)
        return;
    if ((le - l + 1) <= ALIGN_CELLS / (me - m + 1))
        subsequence_by_table(x, l, le, m, me);
    else
        subsequence_by_singles(x, l, le, m, me);
}

typedef enum { BY_CONTENT, BY_KEY, BY_NAME } pass;

static uint64_t mixed(uint64_t a, uint64_t b)
{
    uint64_t h = (a ^ (b + UINT64_C(0x9e3779b97f4a7c15))) * UINT64_C(0xff51afd7ed558ccd);
    return h ^ (h >> 32);
}

/* What two items must share in a pass; false: the item takes no part in it. */
static bool shared(const aligner *x, size_t i, bool modern, pass p, uint64_t *out)
{
    const align_item *it = modern ? &x->m[i] : &x->l[i];
    uint64_t key = p != BY_KEY ? 0 : x->keys ? x->keys->of(x->keys->context, i, modern) : it->key;
    *out = p == BY_CONTENT ? mixed(it->print, it->name)
           : p == BY_KEY   ? mixed(key, it->name)
                           : it->name;
    return p != BY_KEY || key;
}

static size_t gather(const aligner *x, bool modern, pass p, entry *out)
{
    const int32_t *taken = modern ? x->of_m : x->of_l;
    size_t k = 0, n = modern ? x->mn : x->ln;
    for (size_t i = 0; i < n; i++) {
        uint64_t h;
        if (taken[i] < 0 && shared(x, i, modern, p, &h))
            out[k++] = (entry){h, i, modern};
    }
    return k;
}

/* Pairs leftovers that share the pass's property, the first with the first. */
static void pair_leftovers(aligner *x, pass p)
{
    entry *e = arena_array(x->memory, entry, x->ln + x->mn);
    size_t n = gather(x, false, p, e);
    n += gather(x, true, p, e + n);
    qsort(e, n, sizeof *e, by_print);
    for (size_t i = 0, end; i < n; i = end) {
        size_t middle = i;
        for (end = i + 1; end < n && e[end].print == e[i].print;)
            end++;
        while (middle < end && !e[middle].modern)
            middle++;
        for (size_t l = i, m = middle; l < middle && m < end; l++, m++)
            join(x, e[l].at, e[m].at);
    }
}

/* A pair of ordered items has moved when an ordered pair before it in legacy stands behind it in
 * modern; of a block that moved, the smaller part is what is marked: the rest is a longest rising
 * run. */
static void mark_moved(aligner *x, align_match *out, size_t n)
{
    rising r = rising_new(x->memory, out, n);
    for (size_t i = 0; i < n; i++) {
        if (out[i].legacy < 0 || out[i].modern < 0 || x->l[out[i].legacy].unordered)
            continue;
        out[i].moved = true;
        rising_add(&r, i);
    }
    for (size_t i = rising_end(&r); i != SIZE_MAX; i = r.before[i])
        out[i].moved = false;
}

/* Legacy order; extras stand where modern has them, behind the partner of what is before them. */
static size_t emit(aligner *x, align_match *out)
{
    size_t n = 0, m = 0;
    for (size_t l = 0; l < x->ln; l++) {
        for (; m < x->mn && x->of_m[m] < (int32_t)l; m++)
            if (x->of_m[m] < 0)
                out[n++] = (align_match){-1, (int32_t)m, false};
        out[n++] = (align_match){(int32_t)l, x->of_l[l], false};
    }
    for (; m < x->mn; m++)
        if (x->of_m[m] < 0)
            out[n++] = (align_match){-1, (int32_t)m, false};
    return n;
}

size_t align_items_keyed(arena *a, const align_item *legacy, size_t n, const align_item *modern,
                         size_t m, const align_keys *keys, align_match **out)
{
    aligner x = {legacy, modern, n, m, arena_array(a, int32_t, n), arena_array(a, int32_t, m),
                 a,      keys};
    for (size_t i = 0; i < n; i++)
        x.of_l[i] = -1;
    for (size_t j = 0; j < m; j++)
        x.of_m[j] = -1;
    pair_in_order(&x);
    pair_leftovers(&x, BY_CONTENT);
    pair_leftovers(&x, BY_KEY);
    pair_leftovers(&x, BY_NAME);
    *out = arena_array(a, align_match, n + m);
    size_t found = emit(&x, *out);
    mark_moved(&x, *out, found);
    return found;
}

size_t align_items(arena *a, const align_item *legacy, size_t n, const align_item *modern, size_t m,
                   align_match **out)
{
    return align_items_keyed(a, legacy, n, modern, m, NULL, out);
}
