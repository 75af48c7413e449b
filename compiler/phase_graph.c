/* phase_graph.c: see phase_graph.h.
 *
 * A phase begins when those are done that it waits for: all that are written before it, or those
 * that its `after` names. What is written between phases waits for all before it, and what is
 * behind it for it; phases between two such statements are a segment.
 */
#include "compiler/phase_graph.h"

#include <string.h>

static void bit_set(uint64_t *set, size_t i)
{
    set[i / 64] |= UINT64_C(1) << i % 64;
}

static void phase_twice(compiler *c, const phases *all, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (ast_name(tree(c), all->p[k].at) != ast_name(tree(c), all->p[i].at))
            continue;
        diagnostic *g = fault(c, DIAG_E0202, phase_span(c, &all->p[i]),
                              "there are two phases `%.*s`", TEXT_ARG(phase_name(c, &all->p[i])));
        diag_label_add(c->d, g, phase_span(c, &all->p[k]), "the first one");
        return;
    }
}

static size_t phase_find(const compiler *c, const phases *all, uint32_t name)
{
    size_t i = 0;
    while (i < all->n && ast_name(tree(c), all->p[i].at) != name)
        i++;
    return i;
}

static void unknown_phase(compiler *c, const phases *all, node after)
{
    text candidates[64], name = ast_name_text(tree(c), after);
    size_t k = 0;
    for (; k < all->n && k < 64; k++)
        candidates[k] = phase_name(c, &all->p[k]);
    diagnostic *g = fault_at(c, E0506, after, "there is no phase `%.*s` here", TEXT_ARG(name));
    suggest(c, g, at_node(c, after), name, candidates, k);
}

/* What `after` names; false where there is none, or it cannot be understood. */
static bool waits_named(compiler *c, const phases *all, phase *p)
{
    bool good = ast_after(tree(c), p->at) != 0;
    ast_each_as(tree(c), p->at, ROLE_after, a)
    {
        size_t k = phase_find(c, all, ast_name(tree(c), a));
        if (k < all->n)
            bit_set(p->waits, k);
        else if (!text_is(ast_name_text(tree(c), a), "start")) {
            unknown_phase(c, all, a);
            good = false;
        }
    }
    return good;
}

/* A statement between two phases waits for the first, and the second for it: an `after` that says
 * otherwise would be ignored. */
static void between_check(compiler *c, const phases *all, size_t i)
{
    const phase *p = &all->p[i];
    for (size_t k = 0; k < i; k++) {
        if (all->p[k].segment == p->segment || bit(p->before, k))
            continue;
        diagnostic *g =
            fault_at(c, E0509, ast_after(tree(c), p->at), "`%.*s` cannot run beside `%.*s`",
                     TEXT_ARG(phase_name(c, p)), TEXT_ARG(phase_name(c, &all->p[k])));
        diag_label_add(c->d, g, phase_span(c, &all->p[k]), "this one is before it");
        diag_note(
            c->d, g,
            "a statement stands between them, which runs after all that is written before it");
        diag_help_add(c->d, g, "put the statement into a phase, or before the first phase");
        return;
    }
}

/* One circle among phases that never begin, as it is met by following what they wait for. */
static void circle_report(compiler *c, const phases *all, const bool *placed)
{
    size_t at = 0, next[64], n = 0;
    while (placed[at])
        at++;
    bool *seen = arena_array(c->memory, bool, all->n);
    for (size_t k; !seen[at]; at = k) {
        seen[at] = true;
        for (k = 0; placed[k] || !bit(all->p[at].waits, k);)
            k++;
    }
    for (size_t k = at;;) {
        size_t to = 0;
        if (n < 64)
            next[n++] = k;
        while (placed[to] || !bit(all->p[k].waits, to))
            to++;
        k = to;
        if (k == at)
            break;
    }
    const phase *first = &all->p[next[0]], *then = &all->p[next[n > 1]];
    diagnostic *g = n == 1 ? fault(c, DIAG_E0508, phase_span(c, first), "`%.*s` waits for itself",
                                   TEXT_ARG(phase_name(c, first)))
                           : fault(c, DIAG_E0508, phase_span(c, first),
                                   "`%.*s` waits for `%.*s`, which in turn waits for `%.*s`",
                                   TEXT_ARG(phase_name(c, first)), TEXT_ARG(phase_name(c, then)),
                                   TEXT_ARG(phase_name(c, first)));
    for (size_t k = 1; k < n; k++)
        diag_label_add(c->d, g, phase_span(c, &all->p[next[k]]), "waits for `%.*s`%s",
                       TEXT_ARG(phase_name(c, &all->p[next[(k + 1) % n]])),
                       ast_after(tree(c), all->p[next[k]].at) ? ""
                                                              : ", which is written before it");
    for (size_t k = 0; k < all->n; k++) {
        bool inside = placed[k];
        for (size_t x = 0; x < n; x++)
            inside |= next[x] == k;
        if (!inside)
            diag_label_add(c->d, g, phase_span(c, &all->p[k]), "never begins either");
    }
}

/* In an order in which they can run: of those whose turn it is the first that is written. */
static bool phases_order(compiler *c, phases *all)
{
    bool *placed = arena_array(c->memory, bool, all->n + 1);
    size_t done = 0;
    for (size_t i = 0; i < all->n;) {
        bool ready = !placed[i];
        for (size_t k = 0; k < all->n && ready; k++)
            ready = !bit(all->p[i].waits, k) || placed[k];
        if (!ready) {
            i++;
            continue;
        }
        placed[i] = true;
        all->order[done++] = i;
        i = 0;
    }
    if (done == all->n)
        return true;
    circle_report(c, all, placed);
    for (size_t i = 0; i < all->n; i++)
        all->order[i] = i;
    return false;
}

/* Of what it waits for, and all before that. Those it waits for are done. */
static void before_take(const phases *all, phase *p)
{
    for (size_t k = 0; k < all->n; k++)
        for (size_t w = 0; bit(p->waits, k) && w < all->words; w++)
            p->before[w] |= all->p[k].before[w];
    for (size_t w = 0; w < all->words; w++)
        p->before[w] |= p->waits[w];
}

static void phases_list(compiler *c, phases *all)
{
    size_t segment = 0, n = 0;
    ast_each(tree(c), all->body, item) all->n += ast_is(tree(c), item, NODE_PHASE);
    all->p = arena_array(c->memory, phase, all->n + 1);
    all->order = arena_array(c->memory, size_t, all->n + 1);
    all->words = all->n / 64 + 1;
    ast_each(tree(c), all->body, item)
    {
        if (!ast_is(tree(c), item, NODE_PHASE)) {
            segment += is_statement(c, item);
            continue;
        }
        all->p[n++] = (phase){.at = item,
                              .segment = segment,
                              .waits = arena_array(c->memory, uint64_t, all->words),
                              .before = arena_array(c->memory, uint64_t, all->words)};
    }
}

/* Whether a named order leaves out what a statement between forces: looked at without those edges.
 */
static void between_proof(compiler *c, const phases *all)
{
    phases free = *all;
    free.p = arena_array(c->memory, phase, all->n + 1);
    for (size_t i = 0; i < all->n; i++) {
        phase *p = &free.p[i];
        *p = all->p[i];
        p->before = arena_array(c->memory, uint64_t, all->words);
        if (p->named) {
            p->waits = arena_array(c->memory, uint64_t, all->words);
            waits_named(c, all, p);
        }
    }
    for (size_t i = 0; i < all->n; i++)
        before_take(&free, &free.p[all->order[i]]);
    for (size_t i = 0; i < all->n; i++)
        if (free.p[i].named)
            between_check(c, &free, i);
}

void phases_read(compiler *c, node body, phases *all)
{
    *all = (phases){.body = body};
    phases_list(c, all);
    for (size_t i = 0; i < all->n; i++) {
        phase *p = &all->p[i];
        phase_twice(c, all, i);
        p->named = waits_named(c, all, p);
        for (size_t k = 0; k < i; k++)
            if (!p->named || all->p[k].segment != p->segment)
                bit_set(p->waits, k);
    }
    bool good = phases_order(c, all);
    for (size_t i = 0; i < all->n && !good; i++) {
        memset(all->p[i].waits, 0, all->words * sizeof(uint64_t));
        for (size_t k = 0; k < i; k++)
            bit_set(all->p[i].waits, k);
    }
    for (size_t i = 0; i < all->n; i++)
        before_take(all, &all->p[all->order[i]]);
    between_proof(c, all);
}

bool phases_in_order(const phases *all, size_t i, size_t k)
{
    return bit(all->p[i].before, k) || bit(all->p[k].before, i);
}

bool phase_is_alone(const phases *all, size_t i)
{
    for (size_t k = 0; k < all->n; k++)
        if (k != i && !phases_in_order(all, i, k))
            return false;
    return true;
}
