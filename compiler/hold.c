/* hold.c: see hold.h.
 *
 * A hold is a step with its resources and its worst case. Whoever waits for a resource waits while
 * somebody holds it, and each hold happens once: so the sum of the holds of the others is a bound,
 * whatever the order in which they come. Where a capacity serves k at once, one waits only while
 * all k are taken, hence a k-th of the sum.
 */
#include "compiler/hold.h"
#include "compiler/data.h"

void hold_add(compiler *c, const value *rows, const uint32_t *counts, uint32_t n, duration worst)
{
    held_units *list = arena_array(c->memory, held_units, n);
    uint32_t known = 0;
    for (uint32_t i = 0; i < n; i++)
        if (rows[i].constant >= 0 && !rows[i].unknown)
            list[known++] = (held_units){(uint32_t)rows[i].constant, counts[i]};
    if (known)
        vec_push(&c->fn->holds, (hold){list, known, worst});
}

void hold_merge(func *to, const func *from, int64_t times)
{
    for (size_t i = 0; i < from->holds.n; i++) {
        hold h = from->holds.p[i];
        h.worst *= times > 0 ? times : 1;
        vec_push(&to->holds, h);
    }
}

static int64_t capacity_of(const compiler *c, uint32_t resource)
{
    const row *r = row_by_final(c, TABLE_RESOURCE, resource);
    return r ? r->number : 1;
}

duration hold_turns(compiler *c, const func *f, size_t from, int64_t others)
{
    duration sum = 0;
    for (size_t i = from; i < f->holds.n && others > 0; i++) {
        const hold *h = &f->holds.p[i];
        duration most = 0;
        for (uint32_t k = 0; k < h->n; k++) {
            int64_t at_once = capacity_of(c, h->of[k].resource) / h->of[k].count;
            if (at_once > others)
                continue;
            duration d = h->worst * others / (at_once > 1 ? at_once : 1);
            most = d > most ? d : most;
        }
        sum += most;
    }
    return sum;
}

/* The most that one step of `f` takes of it. */
static uint32_t need_of(const func *f, uint32_t resource)
{
    uint32_t most = 0;
    for (size_t i = 0; i < f->holds.n; i++)
        for (uint32_t k = 0; k < f->holds.p[i].n; k++)
            if (f->holds.p[i].of[k].resource == resource && f->holds.p[i].of[k].count > most)
                most = f->holds.p[i].of[k].count;
    return most;
}

static bool is_short(compiler *c, const func *f, func *const *beside, size_t n, uint32_t resource)
{
    int64_t need = need_of(f, resource);
    if (!need)
        return false;
    for (size_t i = 0; i < n; i++)
        need += need_of(beside[i], resource);
    return need > capacity_of(c, resource);
}

duration hold_beside(compiler *c, const func *f, func *const *beside, size_t n)
{
    duration sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < beside[i]->holds.n; k++) {
            const hold *h = &beside[i]->holds.p[k];
            bool waits = false;
            for (uint32_t x = 0; x < h->n; x++)
                waits |= is_short(c, f, beside, n, h->of[x].resource);
            sum += waits ? h->worst : 0;
        }
    return sum;
}
