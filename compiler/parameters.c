/* parameters.c: see parameters.h. */
#include "compiler/parameters.h"
#include "compiler/platform.h"

void parameters_read(compiler *c, const decl *d, parameters *out)
{
    module *here = c->mod;
    c->mod = d->home;
    uint32_t written = ast_how_many(tree(c), d->at, ROLE_param);
    *out = (parameters){.p = arena_array(c->memory, parameter, written), .good = true};
    ast_each_as(tree(c), d->at, ROLE_param, p)
    {
        if (ast_is(tree(c), p, NODE_ERROR)) {
            out->unread = true;
            out->good = false;
            continue;
        }
        type t = type_named(c, ast_type(tree(c), p));
        out->good &= t != T_ERROR;
        out->p[out->n++] = (parameter){.name = ast_name(tree(c), p),
                                       .at = ast_name_span(tree(c), p),
                                       .t = t,
                                       .otherwise = ast_value(tree(c), p)};
    }
    c->mod = here;
}

static bool is_platform(type t)
{
    return type_is_row(t, TABLE_CONNECTOR) && type_row_kind(t) < 0;
}

bool type_is_static(type t)
{
    if (type_id_of(t) != TYPE_ROW)
        return false;
    uint32_t table = type_table(t);
    return table == TABLE_CONNECTOR || table == TABLE_ROLE || table == TABLE_RESOURCE;
}

value argument_value(compiler *c, node n, type t)
{
    value v = type_is_static(t) ? expect_const(c, n, t) : expect(c, n, t);
    return v.kind != V_ERROR && is_platform(t) && !platform_fits(c, v, n) ? value_error() : v;
}

static parameter *parameter_for(compiler *c, node arg, parameters *ps, uint32_t position)
{
    text *known = arena_array(c->memory, text, ps->n);
    if (ps->unread)
        return NULL;
    if (!ast_is(tree(c), arg, NODE_NAMED_ARG)) {
        if (position < ps->n)
            return &ps->p[position];
        fault_at(c, E0305, arg, "there are more arguments than the %u it takes", ps->n);
        return NULL;
    }
    for (uint32_t i = 0; i < ps->n; i++) {
        known[i] = name_text(c, ps->p[i].name);
        if (ps->p[i].name == ast_name(tree(c), arg))
            return &ps->p[i];
    }
    text name = ast_name_text(tree(c), arg);
    span at = ast_name_span(tree(c), arg);
    diagnostic *g = fault(c, DIAG_E0305, at, "there is no parameter `%.*s`", TEXT_ARG(name));
    suggest(c, g, at, name, known, ps->n);
    return NULL;
}

/* Values of the arguments, in the module and function of the call. */
static void arguments_take(compiler *c, node call, parameters *ps)
{
    uint32_t position = 0;
    ast_each_as(tree(c), call, ROLE_arg, arg)
    {
        parameter *p = parameter_for(c, arg, ps, position++);
        node of = ast_is(tree(c), arg, NODE_NAMED_ARG) ? ast_value(tree(c), arg) : arg;
        if (!p) {
            expr(c, of, T_ANY);
            ps->good = false;
            continue;
        }
        if (p->given)
            fault_at(c, E0305, arg, "the argument `%.*s` is given twice",
                     TEXT_ARG(name_text(c, p->name)));
        p->given = true;
        p->v = argument_value(c, of, p->t);
        ps->good &= p->v.kind != V_ERROR;
    }
}

static value argument_missing(compiler *c, node call, const parameter *p)
{
    diagnostic *g =
        fault_at(c, E0305, call, "the argument `%.*s` is missing", TEXT_ARG(name_text(c, p->name)));
    diag_label_add(c->d, g, p->at, "it has no default");
    return value_error();
}

static value default_value(compiler *c, const decl *d, const parameter *p)
{
    module *here = c->mod;
    c->mod = d->home;
    value v = expect(c, p->otherwise, p->t);
    c->mod = here;
    return v;
}

void defaults_take(compiler *c, const decl *d, node call, parameters *ps)
{
    for (uint32_t i = 0; i < ps->n; i++) {
        parameter *p = &ps->p[i];
        if (p->given)
            continue;
        p->v = p->otherwise ? default_value(c, d, p)
               : ps->good   ? argument_missing(c, call, p)
                            : value_error();
        ps->good &= p->v.kind != V_ERROR;
    }
}

bool parameters_take(compiler *c, const decl *d, node call, parameters *out)
{
    parameters_read(c, d, out);
    arguments_take(c, call, out);
    defaults_take(c, d, call, out);
    return out->good;
}

/* --- leaving one body for another
 * --------------------------------------------------------------------------- */

place_in body_enter(compiler *c, module *m, func *f)
{
    place_in was = {c->mod,      c->fn,          c->visible, c->locals.n,
                    c->narrow.n, c->narrow_from, c->lenient, c->trigger};
    c->mod = m;
    c->fn = f;
    c->visible = c->locals.n;
    c->narrow_from = c->narrow.n;
    c->lenient = c->trigger = false;
    return was;
}

void body_leave(compiler *c, const place_in *was)
{
    c->mod = was->mod;
    c->fn = was->fn;
    c->visible = was->visible;
    c->locals.n = was->locals;
    c->narrow.n = was->narrow;
    c->narrow_from = was->narrow_from;
    c->lenient = was->lenient;
    c->trigger = was->trigger;
}

uint32_t parameters_bind(compiler *c, func *f, parameters *ps, value *pass)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < ps->n; i++) {
        parameter *p = &ps->p[i];
        value v = p->v;
        if (v.kind == V_REG) {
            pass[n] = v;
            vec_push(&f->regs, (vreg){type_sure(v.t), REG_PARAM, n++, NULL});
            value own = value_reg(c, (uint32_t)f->regs.n - 1, v.t);
            own.rows = v.rows;
            v = own;
        }
        v.shown = TEXT("");
        v.platform = is_platform(p->t);
        local_add(c, p->name, p->at, v);
    }
    f->parameters = n;
    return n;
}
