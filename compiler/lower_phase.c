/* lower_phase.c: the phases of a block: in written order, or side by side (phase_graph.h).
 *
 * A phase that stands in an order with every other one runs in the fiber of its block, and those
 * between two such phases become fibers of their own, forked at once, each of which first waits for
 * its siblings. (Forking a phase only when its turn comes would need a fiber that waits for several
 * sets at a time.)
 *
 * What a phase names is read elsewhere as a fact (function.c), and only where the phase surely ran
 * before: `before` says so. Time is the longest path, plus what resources make wait.
 */
#include "compiler/expiry.h"
#include "compiler/hold.h"
#include "compiler/phase_graph.h"
#include "compiler/places.h"
#include "compiler/rowset.h"

/* --- one phase ----------------------------------------------------------------------------------
 */

/* Whether all that stands in a block is in branches that are not taken here. */
static bool nothing_left(compiler *c, node block)
{
    bool branches = false;
    ast_each(tree(c), block, n)
    {
        if (ast_is(tree(c), n, NODE_ON_FAILURE) || ast_is(tree(c), n, NODE_ALLOW))
            continue;
        node of = n, taken = 0;
        for (branches = true; ast_is(tree(c), of, NODE_IF); of = taken) {
            int known = condition_known(c, ast_condition(tree(c), of));
            if (known < 0)
                return false;
            taken = known ? ast_body(tree(c), of) : ast_otherwise(tree(c), of);
        }
        if (of == n || (taken && !nothing_left(c, taken)))
            return false;
    }
    return branches;
}

/* A phase of which nothing is left in this application of a playbook is no part of the program: it
 * waits for no window. Beside others it stays, empty, because they may wait for it. */
static bool phase_gone(compiler *c, node n)
{
    return c->depth && !c->generic && nothing_left(c, ast_body(tree(c), n));
}

static void window_wait(compiler *c, phase *p, node window)
{
    value w = window_named(c, window);
    p->window_row = -1;
    if (w.kind == V_ERROR)
        return;
    p->window = site_new(c, SITE_WINDOW, TEXT(""), at_node(c, window));
    site_emit(c, OP_WINDOW, p->window, REG_NOTHING, &w, 1, at_node(c, window));
    c->in_window = at_node(c, window);
    p->window_row = w.kind == V_CONST && !w.unknown ? w.constant : -1;
    c->window_row = p->window_row;
}

/* Its statements, into the current function. */
static void phase_walk(compiler *c, phase *p)
{
    node n = p->at, body = ast_body(tree(c), n), window = ast_window(tree(c), n);
    fields f;
    fields_read(c, BLOCK_phase, body, (span){0, 0}, &f);
    p->line = c->plan ? c->plan->lines.n : 0;
    plan_line *l = plan_add(c, PLAN_PHASE, n);
    text prefix = c->plan ? c->plan->prefix : TEXT("");
    if (l) {
        c->plan->prefix = l->path;
        c->plan->depth++;
    }
    scope s = scope_enter(c, SCOPE_PHASE, n, ast_name_text(tree(c), n), body);
    span was_in = c->in_window;
    size_t held_before = c->fn->holds.n;
    p->in = c->back;
    p->fn = c->fn;
    c->back.failing = (span){0, 0};
    if (window) {
        window_wait(c, p, window);
        on_failure_hours(c, body); /* whoever is asked then is asked inside the window */
    }
    watched around = watch_begin(c);
    statements(c, body);
    c->fn->forward += watch_end(c, around);
    scope_leave(c, &s, at_node(c, n));
    c->in_window = was_in;
    p->forward = c->fn->forward - s.forward;
    p->back = c->fn->back - s.back;
    p->turns = c->beside.start ? hold_turns(c, c->fn, held_before, c->lanes - 1) : 0;
    p->out = c->back;
    p->failing = c->back.failing;
    if (!c->plan)
        return;
    c->plan->prefix = prefix;
    c->plan->depth--;
    if (window)
        c->plan->lines.p[p->line].window = text_copy(c->memory, ast_name_text(tree(c), window));
}

/* `back`: worst case of undoing what its block may have done when it ends. */
static void phase_prove(compiler *c, const phase *p, duration back)
{
    if (p->window) {
        p->window->s.worst_forward = p->forward + p->turns;
        p->window->s.worst_back = back;
        if (p->window_row >= 0)
            window_proof(c, p->at, (uint32_t)p->window_row, p->forward + p->turns, back);
    }
    if (!c->plan)
        return;
    c->plan->lines.p[p->line].worst = p->forward;
    c->plan->lines.p[p->line].worst_back = p->back;
}

/* --- side by side -------------------------------------------------------------------------------
 */

typedef struct {
    size_t *at; /* indices of phases, in an order in which they can run */
    size_t n;
    size_t locals; /* names before it */
} group;

/* Names of phases that are not surely over are out of reach while `p` is walked. */
static void names_hide(compiler *c, const phases *all, const group *g, const phase *p)
{
    for (size_t i = g->locals; i < c->locals.n; i++) {
        local *l = &c->locals.p[i];
        size_t of = l->phase ? l->phase - 1u : all->n;
        l->beside = p && of < all->n && !bit(p->before, of);
    }
}

static void names_of(compiler *c, size_t from, size_t phase_index)
{
    for (size_t i = from; i < c->locals.n; i++)
        c->locals.p[i].phase = (uint32_t)phase_index + 1;
}

/* What surely happened before it. */
static back_state back_before(const phases *all, const group *g, const phase *p, back_state in)
{
    for (size_t i = 0; i < g->n; i++) {
        const phase *x = &all->p[g->at[i]];
        if (p && !bit(p->before, g->at[i]))
            continue;
        in.approved |= x->out.approved;
        if (x->out.sealed.start)
            in.sealed = x->out.sealed;
    }
    return in;
}

/* Waits for those of its group that it waits for directly; the others are before those. */
static void siblings_wait(compiler *c, const phases *all, const group *g, const phase *p,
                          const uint32_t *handle, func *outer)
{
    value *v = arena_array(c->memory, value, g->n);
    uint32_t n = 0;
    for (size_t i = 0; i < g->n; i++) {
        size_t k = g->at[i];
        bool covered = !bit(p->before, k);
        for (size_t x = 0; x < g->n && !covered; x++)
            covered = bit(p->before, g->at[x]) && bit(all->p[g->at[x]].before, k);
        if (!covered)
            v[n++] = (value){.kind = V_REG, .t = TYPE_FIBER, .reg = handle[i], .owner = outer};
    }
    span at = phase_span(c, p);
    uint32_t run = materialise_run(c, v, n, at);
    if (n)
        emit(c, OP_JOIN, REG_NOTHING, run, n, at);
}

static void phase_fork(compiler *c, const phases *all, const group *g, size_t i, uint32_t *handle)
{
    phase *p = &all->p[g->at[i]];
    func *outer = c->fn;
    csite *s = site_new(c, SITE_FORK, TEXT(""), phase_span(c, p));
    handle[i] = reg_new(c, TYPE_FIBER);
    func *body = site_function(c, s, FN_BODY, EFFECT_WRITE);
    siblings_wait(c, all, g, p, handle, outer);
    function_fork(body);
    size_t from = c->locals.n;
    names_hide(c, all, g, p);
    const lane *way = lane_enter(c, LANE_PHASE, g, g->at[i], all);
    phase_walk(c, p);
    lane_leave(c, way);
    names_of(c, from, g->at[i]);
    emit_return(c, NULL, 0, phase_span(c, p));
    body->did = EFFECT_WRITE;
    function_fork_end(body);
    site_function_end(c, body);
    site_emit(c, OP_FORK, s, handle[i], NULL, 0, phase_span(c, p));
}

/* What cannot go back must come last: beside a step that can fail it may come first. */
static void sealed_proof(compiler *c, const phases *all, const group *g)
{
    for (size_t i = 0; i < g->n; i++)
        for (size_t k = 0; k < g->n; k++) {
            const phase *p = &all->p[g->at[i]], *x = &all->p[g->at[k]];
            bool seals = p->out.sealed.start && p->out.sealed.start != p->in.sealed.start;
            if (!seals || !x->failing.start || i == k || phases_in_order(all, g->at[i], g->at[k]))
                continue;
            diagnostic *d = fault(c, DIAG_E0405, x->failing,
                                  "this step can fail and go back, but what runs beside it cannot");
            diag_label_add(c->d, d, p->out.sealed, "irreversible");
            diag_help_add(c->d, d, "let the irreversible step come after both phases");
            return;
        }
}

/* Longest paths, each phase with what it waits for its resources. */
static void group_time(compiler *c, const phases *all, const group *g, duration *forward,
                       duration *back)
{
    func **beside = arena_array(c->memory, func *, g->n);
    *forward = *back = 0;
    for (size_t i = 0; i < g->n; i++) {
        phase *p = &all->p[g->at[i]];
        size_t n = 0;
        for (size_t k = 0; k < g->n; k++)
            if (k != i && !phases_in_order(all, g->at[i], g->at[k]))
                beside[n++] = all->p[g->at[k]].fn;
        p->forward += hold_beside(c, p->fn, beside, n);
        p->until = p->until_back = 0;
        for (size_t k = 0; k < i; k++) {
            const phase *x = &all->p[g->at[k]];
            if (!bit(p->before, g->at[k]))
                continue;
            p->until = x->until > p->until ? x->until : p->until;
            p->until_back = x->until_back > p->until_back ? x->until_back : p->until_back;
        }
        p->until += p->forward;
        p->until_back += p->back;
        *forward = p->until > *forward ? p->until : *forward;
        *back = p->until_back > *back ? p->until_back : *back;
    }
}

/* For the plan: which lines a phase waits for. */
static void group_plan(compiler *c, const phases *all, const group *g)
{
    for (size_t i = 0; i < g->n && c->plan; i++) {
        const phase *p = &all->p[g->at[i]];
        plan_line *l = &c->plan->lines.p[p->line];
        size_t *waits = arena_array(c->memory, size_t, g->n);
        l->beside = all->p[g->at[0]].line + 1;
        l->waits = waits;
        for (size_t k = 0; k < i; k++)
            if (bit(p->before, g->at[k]))
                waits[l->wait_count++] = all->p[g->at[k]].line;
    }
}

static void group_lower(compiler *c, const phases *all, const group *g)
{
    uint32_t *handle = arena_array(c->memory, uint32_t, g->n);
    c->repeated_paths += 2;
    value *joined = arena_array(c->memory, value, g->n);
    back_state in = c->back;
    duration forward, back;
    span at = phase_span(c, &all->p[g->at[0]]);
    size_t expiring_from = expiry_mark(c);
    for (size_t i = 0; i < g->n; i++) {
        c->back = back_before(all, g, &all->p[g->at[i]], in);
        phase_fork(c, all, g, i, handle);
    }
    names_hide(c, all, g, NULL);
    c->back = back_before(all, g, NULL, in);
    sealed_proof(c, all, g);
    for (size_t i = 0; i < g->n; i++)
        joined[i] = (value){.kind = V_REG, .t = TYPE_FIBER, .reg = handle[i], .owner = c->fn};
    uint32_t run = materialise_run(c, joined, (uint32_t)g->n, at);
    emit(c, OP_JOIN, REG_NOTHING, run, (uint32_t)g->n, at);
    group_time(c, all, g, &forward, &back);
    c->fn->forward += forward;
    c->fn->back += back;
    c->fn->did = EFFECT_WRITE;
    for (size_t i = 0; i < g->n; i++) {
        hold_merge(c->fn, all->p[g->at[i]].fn, 1);
        expiry_leave(c, expiring_from, all->p[g->at[i]].fn);
        c->fn->keeps |= all->p[g->at[i]].fn->keeps;
        c->fn->fibers += 1 + all->p[g->at[i]].fn->fibers;
        phase_prove(c, &all->p[g->at[i]], c->fn->back);
    }
    group_plan(c, all, g);
}

/* --- the block ----------------------------------------------------------------------------------
 */

/* The phases of one segment, from order[from] on; returns where the next one begins. */
static size_t segment_lower(compiler *c, const phases *all, size_t from)
{
    size_t i = from, segment = all->p[all->order[from]].segment;
    while (i < all->n && all->p[all->order[i]].segment == segment) {
        phase *p = &all->p[all->order[i]];
        if (phase_is_alone(all, all->order[i])) {
            if (!phase_gone(c, p->at)) {
                phase_walk(c, p);
                phase_prove(c, p, c->fn->back);
            }
            i++;
            continue;
        }
        group *g = arena_new(c->memory, group); /* as lanes it outlives the walk (places.h) */
        *g = (group){all->order + i, 0, c->locals.n};
        for (; i < all->n && all->p[all->order[i]].segment == segment &&
               !phase_is_alone(all, all->order[i]);
             i++)
            g->n++;
        group_lower(c, all, g);
    }
    return i;
}

void lower_phase(compiler *c, node n)
{
    phase p = {.at = n};
    if (phase_gone(c, n))
        return;
    phase_walk(c, &p);
    phase_prove(c, &p, c->fn->back);
}

void lower_sequence(compiler *c, node body)
{
    phases *all = arena_new(c->memory, phases);
    size_t next = 0, i = 0;
    phases_read(c, body, all);
    ast_each(tree(c), body, n)
    {
        if (!ast_is(tree(c), n, NODE_PHASE))
            statement(c, n);
        else if (next < all->n && all->p[all->order[next]].segment == all->p[i++].segment)
            next = segment_lower(c, all, next);
    }
}
