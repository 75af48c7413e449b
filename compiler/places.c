/* places.c: see places.h.
 *
 * What a write touches is its connector and the places among its arguments (signature_places), or
 * all of its arguments where none is one. Two writes are in no order when the ways to them part at
 * elements of one parallel loop, or at phases beside each other. An argument that only the run
 * knows is left to the machine, which refuses the second write.
 */
#include "compiler/places.h"

#include <stdlib.h>

struct lane {
    const lane *outer;
    const void *from;
    const phases *order;
    size_t branch, depth;
    lane_kind kind;
};

typedef struct {
    text key;
    span at, applied;
    const lane *way;
    size_t n; /* in the order of the walk */
} placed;

struct places {
    text path;
    const lane *way;
    VEC(placed) named;
    VEC(placed) rounds;
    VEC(placed) written;
};

void places_begin(compiler *c)
{
    c->places = arena_new(c->memory, places);
}

text places_enter(compiler *c, text name, span at)
{
    if (!c->places)
        return TEXT("");
    text was = c->places->path;
    if (at.start && name.n)
        places_name(c, name, at);
    if (name.n)
        c->places->path = was.n ? text_format(c->memory, "%.*s.%.*s", TEXT_ARG(was), TEXT_ARG(name))
                                : text_copy(c->memory, name);
    return was;
}

void places_leave(compiler *c, text was)
{
    if (c->places)
        c->places->path = was;
}

void places_name(compiler *c, text name, span at)
{
    places *p = c->places;
    if (!p)
        return;
    text path = text_format(c->memory, "%.*s%s%.*s", TEXT_ARG(p->path), p->path.n ? "." : "",
                            TEXT_ARG(name));
    vec_push(&p->named, (placed){path, at, c->applied, p->way, p->named.n});
}

size_t places_named(const compiler *c)
{
    return c->places ? c->places->named.n : 0;
}

void places_round(compiler *c, text name, span at, size_t before)
{
    places *p = c->places;
    if (!p || p->named.n == before)
        return;
    text path = text_format(c->memory, "%.*s%s%.*s", TEXT_ARG(p->path), p->path.n ? "." : "",
                            TEXT_ARG(name));
    vec_push(&p->rounds, (placed){path, at, c->applied, p->way, p->rounds.n});
}

const lane *lane_enter(compiler *c, lane_kind kind, const void *from, size_t branch,
                       const phases *order)
{
    if (!c->places)
        return NULL;
    const lane *was = c->places->way;
    lane *l = arena_new(c->memory, lane);
    *l = (lane){was, from, order, branch, was ? was->depth + 1 : 1, kind};
    c->places->way = l;
    return was;
}

void lane_leave(compiler *c, const lane *was)
{
    if (c->places)
        c->places->way = was;
}

/* --- writes -------------------------------------------------------------------------------------
 */

static bool scalar_known(compiler *c, value v, buffer *out)
{
    if (v.kind != V_CONST || v.unknown)
        return false;
    if (type_family(v.t) == 't')
        buffer_text(out, v.string);
    else
        buffer_printf(out, "%lld", (long long)v.constant);
    buffer_char(out, '\n');
    return true;
}

static bool argument_known(compiler *c, node n, value v, buffer *out)
{
    if (!n) {
        buffer_char(out, '\n');
        return true;
    }
    if (!ast_is(tree(c), n, NODE_LIST))
        return scalar_known(c, v, out);
    ast_each_as(tree(c), n, ROLE_element,
                e) if (!scalar_known(c, expr(c, e, TYPE_TEXT), out)) return false;
    return true;
}

static void written(compiler *c, node call, buffer *key)
{
    places *p = c->places;
    text copy = text_copy(c->memory, buffer_view(key));
    vec_push(&p->written, (placed){copy, at_node(c, call), c->applied, p->way, p->written.n});
}

void places_write(compiler *c, node call, int64_t connector, const signature *sig, text operation,
                  const node *at, const value *v)
{
    uint32_t which = signature_places(sig, operation);
    buffer whole;
    if (!c->places || connector < 0)
        return;
    buffer_init(&whole);
    bool known = true;
    buffer_printf(&whole, "%lld\n", (long long)connector);
    for (uint32_t i = 0; i < sig->parameters; i++) {
        buffer one;
        buffer_init(&one);
        buffer_printf(&one, "%lld\n", (long long)connector);
        if (which >> i & 1 && argument_known(c, at[i], v[i], &one))
            written(c, call, &one);
        else if (!which)
            known &= argument_known(c, at[i], v[i], &whole);
        buffer_release(&one);
    }
    if (!which && known)
        written(c, call, &whole);
    buffer_release(&whole);
}

/* --- proofs -------------------------------------------------------------------------------------
 */

/* Where the ways to a and b part; false where one goes on from the other. */
static bool ways_part(const lane *a, const lane *b, const lane **at_a, const lane **at_b)
{
    while (a && b && a->depth > b->depth)
        a = a->outer;
    while (a && b && b->depth > a->depth)
        b = b->outer;
    *at_a = *at_b = NULL;
    for (; a && b && a != b; a = a->outer, b = b->outer)
        *at_a = a, *at_b = b;
    return *at_a && (*at_a)->from == (*at_b)->from && (*at_a)->branch != (*at_b)->branch;
}

static bool side_by_side(const placed *a, const placed *b)
{
    const lane *x, *y;
    if (!ways_part(a->way, b->way, &x, &y) || x->kind == LANE_BRANCH)
        return false;
    return x->kind == LANE_ELEMENT || !phases_in_order(x->order, x->branch, y->branch);
}

static bool one_of_two(const placed *a, const placed *b)
{
    const lane *x, *y;
    return ways_part(a->way, b->way, &x, &y) && x->kind == LANE_BRANCH;
}

static int by_key(const void *l, const void *r)
{
    const placed *a = l, *b = r;
    int order = text_compare(a->key, b->key);
    return order ? order : (a->n > b->n) - (a->n < b->n);
}

/* The place of b, or of what applies it where a stands in the same text. */
static span place_of(const placed *a, const placed *b)
{
    return a->at.start == b->at.start && b->applied.start ? b->applied : b->at;
}

static void written_twice(compiler *c, const placed *a, const placed *b)
{
    if (a->at.start == b->at.start && a->applied.start == b->applied.start) {
        const lane *x, *y;
        diagnostic *g =
            fault(c, DIAG_E0412, a->at, "two elements that run side by side both write this");
        if (ways_part(a->way, b->way, &x, &y) && x->kind == LANE_ELEMENT)
            diag_label_add(c->d, g, *(const span *)x->from, "side by side here");
        diag_note(c->d, g, "one of them going back would undo it under the other");
        return;
    }
    span at = place_of(a, b), first = place_of(b, a);
    diagnostic *g =
        fault(c, DIAG_E0412, at, "what runs beside this writes the same, in no order with it");
    diag_label_add(c->d, g, first, "written here, too");
    diag_note(c->d, g, "one of them going back would undo it under the other");
    diag_help_add(c->d, g, "let one come after the other, or write it once before both");
}

static void named_twice(compiler *c, const placed *a, const placed *b)
{
    span at = place_of(a, b), first = place_of(b, a);
    diagnostic *g = fault(c, DIAG_E0217, at, "`%.*s` is the path of two things", TEXT_ARG(b->key));
    if (first.start != at.start)
        diag_label_add(c->d, g, first, "the first one");
    diag_help_add(c->d, g,
                  "let a playbook be a part of its paths, `apply … as NAME`, or use two phases");
}

/* Which of both would `rollback --channel orders` send back? Said once of two loops. */
static void looped_twice(compiler *c, const placed *a, const placed *b)
{
    span at = place_of(a, b), first = place_of(b, a);
    diagnostic *g = fault(c, DIAG_E0217, at,
                          "a round of this loop has the path `%.*s`, which one "
                          "of another loop has",
                          TEXT_ARG(b->key));
    diag_label_add(c->d, g, first, "the other loop");
    diag_help_add(c->d, g, "do both in one loop, or give each loop a phase of its own");
}

/* What stands in rounds of one path is told by the loops. */
static void leave_rounds(places *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->named.n; i++) {
        bool below = false;
        for (size_t k = 0; k < p->rounds.n && !below; k++) {
            text key = p->rounds.p[k].key, own = p->named.p[i].key;
            below = own.n > key.n && own.p[key.n] == '.' && text_starts(own, key);
        }
        if (!below)
            p->named.p[kept++] = p->named.p[i];
    }
    p->named.n = kept;
}

/* Of each key the first two that meet. */
static void pairs(compiler *c, placed *p, size_t n, bool (*meet)(const placed *, const placed *),
                  void (*report)(compiler *, const placed *, const placed *))
{
    enum { LOOKED_AT = 256 /* of one key: beyond it the machine decides */ };
    if (n)
        qsort(p, n, sizeof *p, by_key);
    for (size_t from = 0, to; from < n; from = to) {
        bool found = false;
        for (to = from + 1; to < n && text_equal(p[to].key, p[from].key); to++)
            for (size_t k = from; k < to && k < from + LOOKED_AT && !found; k++)
                if (meet(&p[k], &p[to])) {
                    report(c, &p[k], &p[to]);
                    found = true;
                }
    }
}

static bool both_stand(const placed *a, const placed *b)
{
    return !one_of_two(a, b);
}

void places_end(compiler *c)
{
    places *p = c->places;
    c->places = NULL;
    unsigned before = (unsigned)c->d->errors;
    pairs(c, p->written.p, p->written.n, side_by_side, written_twice);
    unsigned loops = (unsigned)c->d->errors;
    pairs(c, p->rounds.p, p->rounds.n, both_stand, looped_twice);
    if ((unsigned)c->d->errors != loops)
        leave_rounds(p);
    pairs(c, p->named.p, p->named.n, both_stand, named_twice);
    c->met += (unsigned)c->d->errors - before;
    vec_release(&p->written);
    vec_release(&p->named);
    vec_release(&p->rounds);
}
