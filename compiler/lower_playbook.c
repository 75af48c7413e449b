/* lower_playbook.c: playbooks: applied, and by themselves.
 *
 * Each `apply` compiles the playbook's body anew, with its constant arguments in place: sites hold
 * connectors and roles as static rows, and a copy is cheaper than the machinery to share them. What
 * is not constant becomes a parameter of the copy.
 */
#include "compiler/data.h"
#include "compiler/modules.h"
#include "compiler/parameters.h"

enum { NESTING = 32 };

/* --- apply
 * ------------------------------------------------------------------------------------------------------
 */

static void playbook_body(compiler *c, decl *d)
{
    node body = ast_body(tree(c), d->at);
    fields f;
    fields_read(c, BLOCK_playbook, body, (span){0, 0}, &f);
    lower_sequence(c, body);
}

static duration take_watching(compiler *c, duration was)
{
    duration w = c->watching;
    c->watching = was;
    return w;
}

static void apply_playbook(compiler *c, node n, decl *d, parameters *ps)
{
    value pass[PARAMETERS];
    span at = at_node(c, n);
    node as = ast_named(tree(c), n);
    text name = text_copy(c->memory, as ? ast_name_text(tree(c), as) : name_text(c, d->name));
    text path = text_format(c->memory, "%.*s/%u.%.*s", TEXT_ARG(c->fn->name), c->fn->serial++,
                            TEXT_ARG(name));
    func *f = func_new(c, path, NULL, NULL, EFFECT_WRITE), *outer = c->fn;
    plan_line *l = plan_add(c, PLAN_APPLY, n);
    if (l) { /* a playbook is no part of the paths of what it does */
        l->name = name;
        l->path = c->plan->prefix;
        c->plan->depth++;
    }
    duration watching = c->watching;
    c->watching = 0;
    place_in was = body_enter(c, d->home, f);
    uint32_t count = parameters_bind(c, f, ps, pass);
    /* `as` makes it a part of paths: move.orders.switch.route is what people say, not which
     * playbook holds it. */
    scope s = scope_enter(c, SCOPE_PLAYBOOK, d->at, as ? name : TEXT(""), ast_body(tree(c), d->at));
    playbook_body(c, d);
    f->forward += take_watching(c, watching);
    scope_leave(c, &s, d->place);
    emit_return(c, NULL, 0, d->place);
    f->did = EFFECT_WRITE;
    body_leave(c, &was);
    if (c->plan)
        c->plan->depth--;
    outer->forward += f->forward;
    outer->back += f->back;
    outer->did = EFFECT_WRITE;
    uint32_t run = materialise_run(c, pass, count, at);
    emit(c, OP_CALL, REG_NOTHING, f->index, run, at);
}

static decl *playbook_named(compiler *c, node n)
{
    node callee = ast_callee(tree(c), n);
    decl *d = path_find(c, callee, "the playbook");
    if (!d || d->bad || d->later || d->kind == DECL_LATER)
        return NULL;
    if (d->kind != DECL_PLAYBOOK) {
        fault_at(c, E0210, callee, "`%.*s` is %s, not a playbook",
                 TEXT_ARG(ast_source_text(tree(c), callee)), decl_text(d->kind));
        return NULL;
    }
    if (d->busy) {
        fault_at(c, E0207, n, "`%.*s` applies itself: every playbook ends",
                 TEXT_ARG(name_text(c, d->name)));
        return NULL;
    }
    return d;
}

void lower_apply(compiler *c, node n)
{
    parameters ps;
    decl *d = playbook_named(c, n);
    if (!d || c->depth == NESTING)
        return;
    module *here = c->mod;
    c->mod = d->home;
    parameters_read(c, d->at, &ps);
    c->mod = here;
    arguments_take(c, n, &ps);
    c->mod = d->home;
    defaults_take(c, n, here, &ps);
    c->mod = here;
    if (!ps.good)
        return;
    d->busy = true;
    c->depth++;
    apply_playbook(c, n, d, &ps);
    c->depth--;
    d->busy = false;
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
    value pass[PARAMETERS];
    func *f = func_new(c, name_text(c, d->name), NULL, NULL, EFFECT_WRITE);
    migration_frame none = {.window = -1};
    place_in was = body_enter(c, d->home, f);
    c->generic = true;
    c->migration = &none;
    c->back = (back_state){0};
    parameters_read(c, d->at, &ps);
    for (uint32_t i = 0; i < ps.n; i++) {
        if (ps.p[i].otherwise)
            expect_const(c, ps.p[i].otherwise, ps.p[i].t);
        ps.p[i].v = any_value(f, ps.p[i].t);
    }
    parameters_bind(c, f, &ps, pass);
    d->busy = true;
    scope s =
        scope_enter(c, SCOPE_PLAYBOOK, d->at, name_text(c, d->name), ast_body(tree(c), d->at));
    playbook_body(c, d);
    scope_leave(c, &s, d->place);
    d->busy = false;
    c->watching = 0;
    c->migration = NULL;
    c->generic = false;
    body_leave(c, &was);
}
