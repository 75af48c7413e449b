/* x12_unique.c: control numbers that must not be there twice: ST02 within a group, ISA13 between
 * two parties within a file. Numbers that rise are unique as they stand; others are sorted. */
#include "stdlib/x12/x12_read.h"

#include <string.h>

typedef struct {
    text who, control; /* who: the parties in front of the control number, or empty */
    uint32_t at;
} numbered;

static int by_number(const void *a, const void *b)
{
    const numbered *x = a, *y = b;
    int c = text_compare(x->who, y->who);
    if (c == 0)
        c = text_compare(x->control, y->control);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

static bool repeats(const numbered *list, size_t i)
{
    return i > 0 && text_equal(list[i].who, list[i - 1].who) &&
           text_equal(list[i].control, list[i - 1].control);
}

void x12_check_sets(x12_reader *r)
{
    if (!r->unsorted)
        return;
    const x12_group *g = &vec_last(&r->groups);
    numbered *list = malloc(g->sets * sizeof *list);
    if (!list)
        memory_exhausted();
    for (uint32_t i = 0; i < g->sets; i++) {
        text whole = r->sets.p[g->set + i].whole;
        const char *end = memchr(whole.p, r->walk.by.terminator, whole.n);
        text st = end ? (text){whole.p, (size_t)(end - whole.p)} : whole;
        list[i] = (numbered){{0}, text_trim(x12_element(st, r->walk.by.element, 2)), i};
    }
    qsort(list, g->sets, sizeof *list, by_number);
    for (uint32_t i = 0; i < g->sets; i++)
        if (repeats(list, i))
            x12_fault(r, FAULT_SET_NOT_UNIQUE,
                      (size_t)(r->sets.p[g->set + list[i].at].whole.p - r->source.p),
                      text_format(r->memory, "ISA[%zu].GS[%u].ST[%u].ST.02", r->interchanges.n,
                                  vec_last(&r->interchanges).groups, list[i].at + 1),
                      NULL);
    free(list);
}

/* ISA05 to ISA08 stand together: one view is the parties. */
static text parties(const x12_interchange *i)
{
    return (text){i->isa[5].p, (size_t)(i->isa[8].p + i->isa[8].n - i->isa[5].p)};
}

static bool rise(const x12_reader *r)
{
    for (size_t i = 1; i < r->interchanges.n; i++) {
        const x12_interchange *x = &r->interchanges.p[i - 1], *y = &r->interchanges.p[i];
        if (!x->header.p || !text_equal(parties(x), parties(y)) ||
            text_compare(x->isa[13], y->isa[13]) >= 0)
            return false;
    }
    return true;
}

void x12_check_interchanges(x12_reader *r)
{
    if (rise(r))
        return;
    numbered *list = malloc(r->interchanges.n * sizeof *list);
    size_t n = 0;
    if (!list)
        memory_exhausted();
    for (uint32_t i = 0; i < r->interchanges.n; i++)
        if (r->interchanges.p[i].header.p)
            list[n++] = (numbered){parties(&r->interchanges.p[i]), r->interchanges.p[i].isa[13], i};
    qsort(list, n, sizeof *list, by_number);
    for (size_t i = 0; i < n; i++)
        if (repeats(list, i))
            x12_fault(r, FAULT_DUPLICATE, r->interchanges.p[list[i].at].start,
                      text_format(r->memory, "ISA[%u].ISA.13", list[i].at + 1), NULL);
    free(list);
}
