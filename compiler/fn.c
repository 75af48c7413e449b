/* fn.c: functions: compiled once, for any row; proved for the rows of each call. */
#include "compiler/modules.h"
#include "compiler/parameters.h"

static void fn_compile(compiler *c, decl *d)
{
    parameters ps;
    text name = text_format(c->memory, "fn %.*s%s%.*s", TEXT_ARG(d->home->qualifier),
                            d->home->qualifier.n ? "." : "", TEXT_ARG(name_text(c, d->name)));
    func *f = func_new(c, name, NULL, NULL, EFFECT_PURE);
    place_in was = body_enter(c, d->home, f);
    parameters_read(c, d, &ps);
    for (uint32_t i = 0; i < ps.n; i++)
        ps.p[i].v = (value){.kind = V_REG, .t = ps.p[i].t, .owner = f};
    parameters_bind(c, f, &ps, arena_array(c->memory, value, ps.n));
    d->result = type_named(c, ast_type(tree(c), d->at));
    node of = ast_value(tree(c), d->at);
    value v = expect(c, of, d->result);
    if (v.kind == V_ERROR || !ps.good)
        d->bad = true;
    else
        emit_return(c, &v, 1, at_node(c, of));
    body_leave(c, &was);
    d->function = f->index;
    d->done = true;
    c->fns++;
}

static bool fn_ready(compiler *c, decl *d, span at)
{
    if (decl_busy(c, d)) {
        diagnostic *g =
            fault(c, DIAG_E0207, d->place, "`%.*s` calls itself", TEXT_ARG(name_text(c, d->name)));
        diag_label_add(c->d, g, at, "from here");
        d->bad = true;
        return false;
    }
    if (!d->done && !d->bad && c->apart) {
        c->given_up = true;
        return false;
    }
    if (!d->done && !d->bad) {
        decl_begin(c, d);
        fn_compile(c, d);
        decl_end(c);
    }
    return !d->bad;
}

void fn_check(compiler *c, decl *d)
{
    fn_ready(c, d, d->place);
}

/* What the caller's condition says of an argument holds for the parameter. */
static void narrowings_pass(compiler *c, text argument, text own_name, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        narrowing own = c->narrow.p[i];
        if (!argument.n || !text_starts(own.key, argument) ||
            (own.key.n > argument.n && own.key.p[argument.n] != '.'))
            continue;
        text rest = text_slice(own.key, argument.n, own.key.n);
        own.key = text_format(c->memory, "%.*s%.*s", TEXT_ARG(own_name), TEXT_ARG(rest));
        vec_push(&c->narrow, own);
    }
}

/* A function is compiled once, for any row. Which rows come is known at its calls: its body is
 * walked again with them, for the proof of presence alone. */
static void fn_presence(compiler *c, decl *d, const parameters *ps, const value *pass)
{
    bool rows = false;
    for (uint32_t i = 0; i < ps->n; i++)
        rows |= pass[i].rows.known && type_id_of(pass[i].t) == TYPE_ROW;
    if (!rows || c->generic || c->lenient || c->folding || c->depth >= 8)
        return;
    code_mark mark = code_now(c);
    size_t from = c->narrow_from, to = c->narrow.n;
    func *f = func_new(c, TEXT("presence"), NULL, NULL, EFFECT_PURE);
    place_in was = body_enter(c, d->home, f);
    for (uint32_t i = 0; i < ps->n; i++) {
        value own = value_reg(c, reg_new(c, ps->p[i].t), ps->p[i].t);
        own.rows = pass[i].rows;
        vec_push(&c->locals, (local){.name = ps->p[i].name, .v = own, .at = ps->p[i].at});
        narrowings_pass(c, pass[i].shown, name_text(c, ps->p[i].name), from, to);
    }
    c->depth++;
    expect(c, ast_value(tree(c), d->at), d->result);
    c->depth--;
    body_leave(c, &was);
    code_discard(c, mark);
}

/* In a walk that folds, a call whose arguments are known is known: its body, with them in place. */
static bool fn_known(compiler *c, decl *d, const parameters *ps, const value *pass, value *out)
{
    if (!c->folding || c->depth >= 8)
        return false;
    for (uint32_t i = 0; i < ps->n; i++)
        if (pass[i].kind != V_CONST || pass[i].unknown)
            return false;
    code_mark mark = code_now(c);
    func *f = func_new(c, TEXT("known"), NULL, NULL, EFFECT_PURE);
    place_in was = body_enter(c, d->home, f);
    for (uint32_t i = 0; i < ps->n; i++)
        vec_push(&c->locals, (local){.name = ps->p[i].name, .v = pass[i], .at = ps->p[i].at});
    c->depth++;
    *out = expect(c, ast_value(tree(c), d->at), d->result);
    c->depth--;
    body_leave(c, &was);
    code_discard(c, mark);
    return out->kind == V_CONST && !out->unknown;
}

value fn_call(compiler *c, decl *d, node call)
{
    value folded;
    parameters ps;
    span at = at_node(c, call);
    if (!fn_ready(c, d, at))
        return value_error();
    if (!parameters_take(c, d, call, &ps))
        return value_error();
    value *pass = arena_array(c->memory, value, ps.n);
    for (uint32_t i = 0; i < ps.n; i++)
        pass[i] = ps.p[i].v;
    fn_presence(c, d, &ps, pass);
    if (fn_known(c, d, &ps, pass, &folded))
        return folded;
    uint32_t run = materialise_run(c, pass, ps.n, at), r = reg_new(c, d->result);
    emit(c, OP_CALL, r, d->function, run, at);
    return value_reg(c, r, d->result);
}
