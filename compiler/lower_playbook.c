/* lower_playbook.c: playbooks: applied, and by themselves.
 *
 * Each `apply` compiles the playbook's body anew, with its constant arguments in place: sites hold
 * connectors and roles as static rows, and a copy is cheaper than the machinery to share them. What
 * is not constant becomes a parameter of the copy.
 */
#include "compiler/data.h"
#include "compiler/expiry.h"
#include "compiler/hold.h"
#include "compiler/modules.h"
#include "compiler/parameters.h"

enum { NESTING = 32 };

/* --- apply
 * ------------------------------------------------------------------------------------------------------
 */

/* Of one phase: the statements that stand outside of phases, and that phase. */
static void one_phase(compiler *c, node body, uint32_t name)
{
    ast_each(tree(c), body, n) if (!ast_is(tree(c), n, NODE_PHASE)) statement(c, n);
    else if (ast_name(tree(c), n) == name) lower_phase(c, n);
}

static void playbook_body(compiler *c, decl *d, uint32_t only)
{
    node body = ast_body(tree(c), d->at);
    fields f;
    fields_read(c, BLOCK_playbook, body, (span){0, 0}, &f);
    if (only)
        one_phase(c, body, only);
    else
        lower_sequence(c, body);
}

static func *function_of(compiler *c, const decl *d, text as)
{
    text name = as.n ? as : name_text(c, d->name);
    text path = text_format(c->memory, "%.*s/%u.%.*s", TEXT_ARG(c->fn->name), c->fn->serial++,
                            TEXT_ARG(name));
    return func_new(c, path, NULL, NULL, EFFECT_WRITE);
}

void playbook_apply(compiler *c, node n, decl *d, parameters *ps, text as, node only)
{
    value *pass = arena_array(c->memory, value, ps->n);
    span at = at_node(c, n);
    func *outer = c->fn, *f = function_of(c, d, as);
    uint32_t phase = only ? ast_name(tree(c), only) : 0;
    plan_line *l = plan_add(c, PLAN_APPLY, n);
    text prefix = c->plan ? c->plan->prefix : TEXT("");
    if (l) { /* a playbook is a part of the paths of what it does only where `as` names it */
        l->name = as.n ? as : text_copy(c->memory, name_text(c, d->name));
        l->path = !as.n      ? prefix
                  : prefix.n ? text_format(c->memory, "%.*s.%.*s", TEXT_ARG(prefix), TEXT_ARG(as))
                             : as;
        c->plan->prefix = l->path;
        c->plan->depth++;
        plan_lost(c, d);
    }
    watched around = watch_begin(c);
    place_in was = body_enter(c, d->home, f);
    uint32_t count = parameters_bind(c, f, ps, pass);
    /* `as` makes it a part of paths: move.orders.switch.route is what people say, not which
     * playbook holds it. */
    size_t expiring_from = expiry_mark(c);
    scope s = scope_enter(c, SCOPE_PLAYBOOK, d->at, as, ast_body(tree(c), d->at));
    playbook_body(c, d, phase);
    f->forward += watch_end(c, around);
    expiry_proof(c, expiring_from, f);
    scope_leave(c, &s, d->place);
    emit_return(c, NULL, 0, d->place);
    f->did = EFFECT_WRITE;
    body_leave(c, &was);
    if (c->plan) {
        c->plan->depth--;
        c->plan->prefix = prefix;
    }
    outer->forward += f->forward;
    outer->back += f->back;
    hold_merge(outer, f, 1);
    outer->keeps |= f->keeps;
    outer->fibers += f->fibers;
    outer->did = EFFECT_WRITE;
    uint32_t run = materialise_run(c, pass, count, at);
    emit(c, OP_CALL, REG_NOTHING, f->index, run, at);
}

/* What this migration applies instead; inside of that itself the standard one may be meant. */
static decl *substituted(compiler *c, decl *d)
{
    for (size_t i = 0; c->migration && i < c->migration->substitution_count; i++) {
        substitution *s = &c->migration->substitutions[i];
        if (s->to != d || decl_busy(c, s->from))
            continue;
        s->used = true;
        return s->from;
    }
    return d;
}

static decl *playbook_at(compiler *c, node path)
{
    decl *d = path_find(c, path, "the playbook");
    if (!d || d->bad)
        return NULL;
    if (d->kind == DECL_PLAYBOOK)
        return d;
    fault_at(c, E0210, path, "`%.*s` is %s, not a playbook",
             TEXT_ARG(ast_source_text(tree(c), path)), decl_text(d->kind));
    return NULL;
}

/* Whether d, as it is applied, has the phase that `only` names. */
static bool has_phase(compiler *c, const decl *d, node only)
{
    const ast *t = &d->home->tree;
    text known[64], name = ast_name_text(tree(c), only);
    size_t n = 0;
    ast_each(t, ast_body(t, d->at), p)
    {
        if (!ast_is(t, p, NODE_PHASE))
            continue;
        if (text_equal(ast_name_text(t, p), name))
            return true;
        if (n < 64)
            known[n++] = ast_name_text(t, p);
    }
    diagnostic *g = fault_at(c, E0212, only, "`%.*s` has no phase `%.*s`",
                             TEXT_ARG(name_text(c, d->name)), TEXT_ARG(name));
    suggest(c, g, at_node(c, only), name, known, n);
    diag_label_add(c->d, g, d->place, "this playbook");
    return false;
}

static decl *playbook_named(compiler *c, node n, node *only)
{
    node callee = ast_callee(tree(c), n);
    decl *named = playbook_at(c, callee), *d = named ? substituted(c, named) : NULL;
    *only = named ? path_behind(c, callee, named) : 0;
    if (d && decl_busy(c, d)) {
        fault_at(c, E0207, n, "`%.*s` applies itself: every playbook ends",
                 TEXT_ARG(name_text(c, d->name)));
        return NULL;
    }
    return d && *only && !has_phase(c, d, *only) ? NULL : d;
}

void lower_apply(compiler *c, node n)
{
    parameters ps;
    node only, as = ast_named(tree(c), n);
    decl *d = playbook_named(c, n, &only);
    if (d && c->depth == NESTING && !told_before(c, c, TEXT("depth"), (span){0, 0}))
        told_first(c, c, TEXT("depth"),
                   fault_at(c, E0110, n, "playbooks apply one another more than %d deep", NESTING));
    if (!d || c->depth == NESTING)
        return;
    span applied = c->applied;
    if (!parameters_take(c, d, n, &ps))
        return;
    if (!c->mod->embedded)
        c->applied = at_node(c, n);
    decl_begin(c, d);
    c->depth++;
    c->repeated_paths++;
    playbook_apply(c, n, d, &ps, as ? text_copy(c->memory, ast_name_text(tree(c), as)) : TEXT(""),
                   only);
    c->depth--;
    decl_end(c);
    c->applied = applied;
}

/* --- one for another
 * ---------------------------------------------------------------------------------------- */

/* Whether every call of `to` is one of `from`, too. */
static bool stands_for(compiler *c, node n, const decl *from, const decl *to)
{
    parameters mine, its;
    parameters_read(c, from, &mine);
    parameters_read(c, to, &its);
    diagnostic *g = NULL;
    const char *lead = "it cannot stand for";
    text other = ast_source_text(tree(c), ast_target(tree(c), n));
    for (uint32_t i = 0; i < its.n && !g; i++) {
        const parameter *p = &its.p[i], *own = i < mine.n ? &mine.p[i] : NULL;
        text name = name_text(c, p->name);
        if (!own || own->name != p->name)
            g = fault_at(c, E0216, ast_source(tree(c), n),
                         "%s `%.*s`: its parameter %u is not `%.*s`", lead, TEXT_ARG(other), i + 1,
                         TEXT_ARG(name));
        else if (own->t != p->t && mine.good && its.good)
            g = fault_at(c, E0216, ast_source(tree(c), n),
                         "%s `%.*s`: `%.*s` is of type %.*s, not %.*s", lead, TEXT_ARG(other),
                         TEXT_ARG(name), TEXT_ARG(type_text(c, own->t)),
                         TEXT_ARG(type_text(c, p->t)));
    }
    for (uint32_t i = its.n; i < mine.n && !g; i++)
        if (!mine.p[i].otherwise)
            g = fault_at(c, E0216, ast_source(tree(c), n),
                         "%s `%.*s`: its parameter `%.*s` has no default", lead, TEXT_ARG(other),
                         TEXT_ARG(name_text(c, mine.p[i].name)));
    if (g)
        diag_label_add(c->d, g, to->place, "this is applied in places that are not yours");
    return !g;
}

static bool twice(compiler *c, const migration_frame *m, const substitution *s)
{
    for (size_t i = 0; i < m->substitution_count; i++) {
        if (m->substitutions[i].to != s->to)
            continue;
        diagnostic *g = fault_at(c, E0121, s->at, "`%.*s` is replaced twice",
                                 TEXT_ARG(name_text(c, s->to->name)));
        diag_label_add(c->d, g, at_node(c, m->substitutions[i].at), "first replaced here");
        return true;
    }
    return false;
}

void substitutions_read(compiler *c, node body, migration_frame *m)
{
    size_t room = 0;
    ast_each(tree(c), body, n) room += ast_is(tree(c), n, NODE_USE_FOR);
    m->substitutions = room ? arena_array(c->memory, substitution, room) : NULL;
    ast_each(tree(c), body, n)
    {
        if (!ast_is(tree(c), n, NODE_USE_FOR))
            continue;
        substitution s = {.from = playbook_at(c, ast_source(tree(c), n)),
                          .to = playbook_at(c, ast_target(tree(c), n)),
                          .at = n};
        if (s.from && s.to && !twice(c, m, &s) && stands_for(c, n, s.from, s.to))
            m->substitutions[m->substitution_count++] = s;
    }
}

void substitutions_warn(compiler *c, const migration_frame *m)
{
    for (size_t i = 0; i < m->substitution_count && !c->d->errors; i++)
        if (!m->substitutions[i].used)
            fault_at(
                c, W0202, m->substitutions[i].at, "nothing here applies `%.*s`",
                TEXT_ARG(ast_source_text(tree(c), ast_target(tree(c), m->substitutions[i].at))));
}

/* --- a playbook by itself
 * -------------------------------------------------------------------------------------------- */

static value any_value(func *f, type t)
{
    if (type_is_static(t) || type_is_row(t, TABLE_WINDOW))
        return (value){.kind = V_CONST, .t = t, .constant = NO_ROW, .unknown = true};
    return (value){.kind = V_REG, .t = t, .owner = f};
}

void lower_playbook_generic(compiler *c, decl *d)
{
    parameters ps;
    code_mark mark = code_now(c);
    size_t fns = c->fns;
    func *f = func_new(c, name_text(c, d->name), NULL, NULL, EFFECT_WRITE);
    migration_frame none = {.window = -1};
    place_in was = body_enter(c, d->home, f);
    c->generic = true;
    c->migration = &none;
    c->back = (back_state){0};
    parameters_read(c, d, &ps);
    for (uint32_t i = 0; i < ps.n; i++) {
        if (ps.p[i].otherwise)
            expect_const(c, ps.p[i].otherwise, ps.p[i].t);
        ps.p[i].v = any_value(f, ps.p[i].t);
    }
    parameters_bind(c, f, &ps, arena_array(c->memory, value, ps.n));
    decl_begin(c, d);
    scope s =
        scope_enter(c, SCOPE_PLAYBOOK, d->at, name_text(c, d->name), ast_body(tree(c), d->at));
    playbook_body(c, d, 0);
    scope_leave(c, &s, d->place);
    decl_end(c);
    c->watching = (watched){0, 0};
    c->migration = NULL;
    c->generic = false;
    body_leave(c, &was);
    if (c->fns == fns) /* else a function of another module was compiled meanwhile, for all */
        code_discard(c, mark);
}
