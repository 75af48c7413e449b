/* order.c: owns who calls whom, and the canonical order of functions: Kahn's algorithm with a heap
 * of ranks, so that the order depends on names and calls only. */
#include "bytecode/layout.h"
#include "bytecode/vocabulary.h"

#include <stdlib.h>

void site_functions(const image_site *s, uint32_t out[SITE_FUNCTIONS])
{
    const uint32_t all[SITE_FUNCTIONS] = {s->title, s->args, s->check, s->undo, s->find, s->body};
    for (int k = 0; k < SITE_FUNCTIONS; k++)
        out[k] = all[k];
}

void insn_callees(const insn *x, const image_site *sites, uint32_t site_count,
                  void (*see)(void *self, uint32_t function), void *self)
{
    const op_row *op = &op_rows[x->op];
    if (op->operand[1] == F_)
        see(self, x->b);
    if (op->operand[1] != S_ || x->b >= site_count)
        return;
    uint32_t f[SITE_FUNCTIONS];
    site_functions(&sites[x->b], f);
    for (int k = 0; k < SITE_FUNCTIONS; k++)
        if (f[k] != NO_INDEX)
            see(self, f[k]);
}

static void mark_reached(void *self, uint32_t function)
{
    ((bool *)self)[function] = true;
}

/* A callee stands below its caller: one pass from above sees each function after all that lead to
 * it. */
void image_reach(const image *i, uint32_t entry, bool *reached)
{
    reached[i->entries[entry].function] = true;
    for (uint32_t f = i->function_count; f-- > 0;)
        for (uint32_t k = 0; reached[f] && k < i->functions[f].instructions; k++)
            insn_callees(&i->code[i->functions[f].code + k], i->sites, i->site_count, mark_reached,
                         reached);
}

typedef struct {
    const uint32_t *rank;
    uint32_t *item, n;
} ranked_heap;

static void heap_push(ranked_heap *h, uint32_t x)
{
    uint32_t at = h->n++;
    for (; at && h->rank[h->item[(at - 1) / 2]] > h->rank[x]; at = (at - 1) / 2)
        h->item[at] = h->item[(at - 1) / 2];
    h->item[at] = x;
}

static uint32_t heap_pop(ranked_heap *h)
{
    uint32_t top = h->item[0], x = h->item[--h->n], at = 0;
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= h->n)
            break;
        if (child + 1 < h->n && h->rank[h->item[child + 1]] < h->rank[h->item[child]])
            child++;
        if (h->rank[h->item[child]] >= h->rank[x])
            break;
        h->item[at] = h->item[child];
        at = child;
    }
    h->item[at] = x;
    return top;
}

/* The edges turned round: callers of each function. */
static uint32_t *callers_of(arena *a, uint32_t n, const uint32_t *first, const uint32_t *callee,
                            uint32_t **caller)
{
    uint32_t *start = arena_array(a, uint32_t, (size_t)n + 2);
    *caller = arena_array(a, uint32_t, first[n]);
    for (uint32_t e = 0; e < first[n]; e++)
        start[callee[e] + 2]++;
    for (uint32_t k = 2; k <= n; k++)
        start[k] += start[k - 1];
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t e = first[i]; e < first[i + 1]; e++)
            (*caller)[start[callee[e] + 1]++] = i;
    return start;
}

bool function_order(uint32_t n, const uint32_t *rank, const uint32_t *first, const uint32_t *callee,
                    uint32_t *order)
{
    arena a = {0};
    uint32_t *caller, *start = callers_of(&a, n, first, callee, &caller);
    uint32_t *open = arena_array(&a, uint32_t, n), placed = 0;
    ranked_heap h = {rank, arena_array(&a, uint32_t, (size_t)n + 1), 0};
    for (uint32_t i = 0; i < n; i++)
        if (!(open[i] = first[i + 1] - first[i]))
            heap_push(&h, i);
    while (h.n) {
        uint32_t f = heap_pop(&h);
        order[placed++] = f;
        for (uint32_t e = start[f]; e < start[f + 1]; e++)
            if (!--open[caller[e]])
                heap_push(&h, caller[e]);
    }
    arena_release(&a);
    return placed == n;
}
