/* footprint.c: which writes meet: the places of a request, and who is in no order with whom.
 *
 * A place is hashed to 64 bits: a collision refuses a write that would have been well, and once in
 * 2^64 pairs. Fibers are in no order when their ways part at two children of one group of which
 * neither waited for the other; groups are in an order (saga.c).
 */
#include "bytecode/signature.h"
#include "bytecode/vocabulary.h"
#include "vm/state.h"

#include <string.h>

static uint64_t place_hash(uint32_t connector, text name)
{
    buffer b;
    uint64_t h;
    buffer_init(&b);
    buffer_printf(&b, "%u ", connector);
    buffer_text(&b, name);
    sha256 s = sha256_of(b.p, b.n);
    buffer_release(&b);
    memcpy(&h, s.byte, sizeof h);
    return h ? h : 1;
}

void request_places(vm *m, uint32_t site, text request, uint64_t place[2])
{
    const image_site *s = &m->image->sites[site];
    signature sig = signature_read(operation_rows[s->operation].arguments);
    uint32_t which = signature_places(&sig, text_of(operation_rows[s->operation].name)), n = 0;
    json_document d;
    place[0] = place[1] = 0;
    if (!json_read(&m->turn, request, &d, NULL))
        return;
    uint32_t arguments = json_member(&d, 0, TEXT("arguments"));
    for (uint32_t k = 0; k < sig.parameters && arguments && n < 2; k++) {
        uint32_t node = which >> k & 1 ? json_member(&d, arguments, sig.parameter[k].name) : 0;
        if (node)
            place[n++] = place_hash(s->connector, json_raw(&d, node));
    }
    if (!which && arguments)
        place[0] = place_hash(s->connector, json_raw(&d, arguments));
}

static bool ran_after(const vm *m, const fiber *a, const fiber *b, unsigned depth)
{
    for (size_t k = 0; k < a->after.n && depth; k++) {
        const fiber *x = fiber_at(m, a->after.p[k]);
        if (x == b || (x && x->parent == a->parent && ran_after(m, x, b, depth - 1)))
            return true;
    }
    return false;
}

static uint32_t group_of(const fiber *parent, const fiber *child)
{
    for (size_t k = parent->saga.n; k-- > 0;)
        if (parent->saga.p[k].kind == ENTRY_CHILD && parent->saga.p[k].child == child->id)
            return parent->saga.p[k].ordinal;
    return NO_INDEX;
}

/* Their ancestors, or themselves, that are children of one fiber; false where there are none. */
static bool siblings_of(const vm *m, const fiber **f, const fiber **g)
{
    for (const fiber *x = *f; fiber_at(m, x->parent); x = fiber_at(m, x->parent))
        for (const fiber *y = *g; fiber_at(m, y->parent); y = fiber_at(m, y->parent))
            if (x->parent == y->parent) {
                *f = x, *g = y;
                return x != y;
            }
    return false;
}

static bool in_no_order(const vm *m, const fiber *f, const fiber *g)
{
    if (!siblings_of(m, &f, &g))
        return false;
    const fiber *parent = fiber_at(m, f->parent);
    return group_of(parent, f) == group_of(parent, g) && !ran_after(m, f, g, DEPTH_LIMIT) &&
           !ran_after(m, g, f, DEPTH_LIMIT);
}

static bool same_place(const entry *e, const uint64_t place[2])
{
    for (int i = 0; i < 2 && e->kind == ENTRY_STEP; i++)
        if (place[i] && (place[i] == e->place[0] || place[i] == e->place[1]))
            return true;
    return false;
}

const fiber *place_taken(const vm *m, const fiber *f, const uint64_t place[2], const entry **of)
{
    for (size_t k = 0; k < m->fibers.n; k++) {
        const fiber *g = m->fibers.p[k];
        for (size_t i = 0; g && g != f && i < g->saga.n; i++) {
            *of = &g->saga.p[i];
            if (same_place(*of, place) && in_no_order(m, f, g))
                return g;
        }
    }
    return NULL;
}
