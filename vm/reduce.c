/* reduce.c: owns reductions over lists and ORDER. The function runs once for each element, above
 * the frame of the instruction; when fuel or memory ends in between, the instruction has not
 * happened. */
#include "vm/exec_parts.h"

#include "bytecode/vocabulary.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    uint32_t kept;
    int128 sum;
    int64_t best;  /* of RMIN and RMAX */
    int any, all;  /* Kleene */
    bool unknown;  /* whether a keep or a value is not available */
    int64_t *list; /* of RLIST */
} tally;

static void take(tally *t, const machine *m, int64_t keep, int64_t value)
{
    int kept = truth_of(keep), v = truth_of(value);
    int both = kept < v ? kept : v, either = -kept > v ? -kept : v;
    t->any = both > t->any ? both : t->any;
    t->all = either < t->all ? either : t->all;
    t->unknown |= kept == 0;
    if (kept <= 0)
        return;
    if (m->x->op == OP_RLIST)
        t->list[t->kept] = value;
    else if (m->x->op != OP_RCOUNT && value_absent(value))
        t->unknown = true;
    else {
        bool better = m->x->op == OP_RMIN ? value < t->best : value > t->best;
        t->best = !t->kept || better ? value : t->best;
        t->sum += value;
    }
    t->kept++;
}

static int64_t outcome(const tally *t, machine *m)
{
    switch (m->x->op) {
    case OP_RANY: return of_truth(t->any);
    case OP_RALLOF: return of_truth(t->all);
    default: break;
    }
    if (t->unknown)
        return QUANTITY_NA;
    switch (m->x->op) {
    case OP_RCOUNT: return t->kept * UNIT_NUMBER;
    case OP_RSUM: return decimal_fit(t->sum);
    case OP_RMEAN: return t->kept ? decimal_fit(decimal_divide(t->sum, t->kept)) : QUANTITY_NONE;
    case OP_RLIST: {
        int64_t *e, list = heap_list(m->i, &m->f->heap, t->kept, &e);
        if (list != QUANTITY_NA && t->kept)
            memcpy(e, t->list, t->kept * sizeof *e);
        return list;
    }
    default: return t->kept ? t->best : QUANTITY_NONE;
    }
}

/* A copy of the list's elements: running the function may move the heap. NULL where it is empty. */
static int64_t *copy_elements(const machine *m, uint32_t *n)
{
    const int64_t *e = value_list(&m->f->heap, m->r[m->x->c], n);
    int64_t *copy = *n ? malloc(*n * sizeof *copy) : NULL;
    if (*n && !copy)
        memory_exhausted();
    if (*n)
        memcpy(copy, e, *n * sizeof *copy);
    return copy;
}

/* The parameters: the element, then r[c+1]…. */
static int64_t *arguments(const machine *m, uint32_t *n)
{
    *n = m->i->functions[m->x->b].parameters;
    int64_t *args = malloc(*n * sizeof *args);
    if (!args)
        memory_exhausted();
    memcpy(args, &m->r[m->x->c], *n * sizeof *args);
    return args;
}

typedef void (*answer_seen)(void *self, machine *m, uint32_t k, const int64_t *answer);

/* Runs the function for each of the n elements; `see` is given what it says of element k. */
static exec_status each_answer(machine *m, const int64_t *element, uint32_t n, answer_seen see,
                               void *self)
{
    uint32_t parameters;
    int64_t *args = arguments(m, &parameters);
    exec_status s = EXEC_RETURNED;
    for (uint32_t k = 0; k < n && s == EXEC_RETURNED; k++) {
        const int64_t *answer;
        args[0] = element[k];
        s = exec_nested(m, m->x->b, args, parameters, &answer);
        if (s == EXEC_RETURNED)
            see(self, m, k, answer);
    }
    free(args);
    return s;
}

static void tally_answer(void *self, machine *m, uint32_t k, const int64_t *answer)
{
    take(self, m, answer[0], m->i->functions[m->x->b].results > 1 ? answer[1] : 0);
}

exec_status exec_reduce(machine *m)
{
    if (value_absent(m->r[m->x->c])) {
        m->r[m->x->a] = QUANTITY_NA;
        return EXEC_RETURNED;
    }
    uint32_t n;
    int64_t *element = copy_elements(m, &n);
    tally t = {.any = -1, .all = 1, .list = calloc((size_t)n + 1, sizeof *t.list)};
    if (!t.list)
        memory_exhausted();
    exec_status s = each_answer(m, element, n, tally_answer, &t);
    if (s == EXEC_RETURNED)
        m->r[m->x->a] = outcome(&t, m);
    free(t.list);
    free(element);
    return s;
}

typedef struct {
    const machine *m;
    int64_t *key; /* keys of element k from k * keys on */
    uint32_t keys;
} ordering;

static int rank_of(int64_t v)
{
    return v == QUANTITY_NA ? 2 : v == QUANTITY_NONE;
}

static int compare_keys(const machine *m, type_word type, int64_t a, int64_t b)
{
    if (rank_of(a) || rank_of(b))
        return rank_of(a) - rank_of(b);
    if (type_rows[TYPE_ID(type)].family == 't')
        return text_compare(value_text(m->i, &m->f->heap, a), value_text(m->i, &m->f->heap, b));
    return (a > b) - (a < b);
}

static int compare_elements(const void *l, const void *r, void *self)
{
    const ordering *o = self;
    uint32_t a = *(const uint32_t *)l, b = *(const uint32_t *)r;
    const image_function *row = &o->m->i->functions[o->m->x->b];
    for (uint32_t k = 0; k < o->keys; k++) {
        int order = compare_keys(o->m, o->m->i->types[row->result_types + k],
                                 o->key[(size_t)a * o->keys + k], o->key[(size_t)b * o->keys + k]);
        if (order)
            return order;
    }
    return (a > b) - (a < b); /* stable */
}

static void keep_keys(void *self, machine *m, uint32_t k, const int64_t *answer)
{
    const ordering *o = self;
    memcpy(o->key + (size_t)k * o->keys, answer, o->keys * sizeof *o->key);
}

static int64_t sorted(machine *m, const int64_t *element, uint32_t n, ordering *o)
{
    uint32_t *at = calloc((size_t)n + 1, sizeof *at);
    if (!at)
        memory_exhausted();
    for (uint32_t k = 0; k < n; k++)
        at[k] = k;
    if (n)
        qsort_r(at, n, sizeof *at, compare_elements, o);
    int64_t *e, list = heap_list(m->i, &m->f->heap, n, &e);
    for (uint32_t k = 0; k < n && list != QUANTITY_NA; k++)
        e[k] = element[at[k]];
    free(at);
    return list;
}

exec_status exec_order(machine *m)
{
    if (value_absent(m->r[m->x->c])) {
        m->r[m->x->a] = QUANTITY_NA;
        return EXEC_RETURNED;
    }
    uint32_t n, keys = m->i->functions[m->x->b].results;
    int64_t *element = copy_elements(m, &n);
    ordering o = {m, calloc((size_t)n * keys + 1, sizeof *o.key), keys};
    if (!o.key)
        memory_exhausted();
    exec_status s = each_answer(m, element, n, keep_keys, &o);
    if (s == EXEC_RETURNED)
        m->r[m->x->a] = sorted(m, element, n, &o);
    free(o.key);
    free(element);
    return s;
}
