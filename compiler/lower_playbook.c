/* lower_playbook.c: playbooks applied, functions called, types named.
 *
 * Each `apply` compiles the playbook's body anew, with its constant arguments in place: sites hold
 * connectors and roles as static rows, and a copy is cheaper than the machinery to share them. What
 * is not constant becomes a parameter of the copy.
 */
#include "compiler/lower.h"
#include "compiler/data.h"
#include "compiler/modules.h"

enum { PARAMETERS = 24, NESTING = 32 };

/* --- types
 * --------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    type t;
} plain_types[] = {{"bool", TYPE_BOOL},         {"number", TYPE_NUMBER}, {"percent", TYPE_PERCENT},
                   {"duration", TYPE_DURATION}, {"rate", TYPE_RATE},     {"date", TYPE_DATE},
                   {"clock", TYPE_CLOCK},       {"text", TYPE_TEXT},     {"json", TYPE_JSON},
                   {"instant", TYPE_INSTANT},   {"secret", TYPE_SECRET}, {"money", TYPE_MONEY}};
enum { PLAIN_TYPES = sizeof plain_types / sizeof *plain_types };

static type row_type_named(compiler *c, node n, text name)
{
    static const struct {
        const char *name;
        uint32_t table;
    } tables[] = {{"customer", TABLE_CUSTOMER},
                  {"role", TABLE_ROLE},
                  {"resource", TABLE_RESOURCE},
                  {"window", TABLE_WINDOW},
                  {"channel", TABLE_CHANNEL}};
    int kind = enum_code(type_make(TYPE_ENUM, ENUM_connector), name);
    if (kind >= 0)
        return type_of_row(TABLE_CONNECTOR, kind);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (!text_is(name, tables[i].name))
            continue;
        node label = ast_label(tree(c), n);
        if (!label || tables[i].table != TABLE_CHANNEL)
            return type_of_row(tables[i].table, -1);
        int channel = enum_code(type_make(TYPE_ENUM, ENUM_kind), ast_name_text(tree(c), label));
        if (channel < 0)
            fault_at(c, E0304, label, "`%.*s` is no kind of channel",
                     TEXT_ARG(ast_name_text(tree(c), label)));
        return channel < 0 ? T_ERROR : type_of_row(TABLE_CHANNEL, channel);
    }
    return T_ANY;
}

static type type_word_named(compiler *c, node n)
{
    text name = ast_name_text(tree(c), n), candidates[PLAIN_TYPES + 8];
    for (size_t i = 0; i < PLAIN_TYPES; i++)
        if (text_is(name, plain_types[i].name))
            return plain_types[i].t;
    type t = row_type_named(c, n, name);
    if (t != T_ANY)
        return t;
    for (uint32_t e = 0; e < ENUM_FIXED; e++)
        if (text_equal(name, type_text(c, type_make(TYPE_ENUM, e))))
            return type_make(TYPE_ENUM, e);
    for (size_t i = 0; i < PLAIN_TYPES; i++)
        candidates[i] = text_of(plain_types[i].name);
    static const char *const rows[] = {"customer", "channel", "role", "resource",
                                       "window",   "dir",     "exec", "http"};
    for (size_t i = 0; i < 8; i++)
        candidates[PLAIN_TYPES + i] = text_of(rows[i]);
    diagnostic *g = fault_at(c, E0211, n, "`%.*s` is no type", TEXT_ARG(name));
    suggest(c, g, ast_name_span(tree(c), n), name, candidates, PLAIN_TYPES + 8);
    return T_ERROR;
}

type type_named(compiler *c, node n)
{
    type t;
    if (ast_is(tree(c), n, NODE_TYPE_LIST)) {
        t = type_named(c, ast_type(tree(c), n));
        t = t == T_ERROR ? t : type_list_of(c, t);
    } else
        t = type_word_named(c, n);
    return t != T_ERROR && ast_aux(tree(c), n) ? t | T_MAYBE : t;
}

/* --- parameters
 * ------------------------------------------------------------------------------------------ */

typedef struct {
    uint32_t name;
    span at;
    type t;
    node otherwise;
    value v;
    bool given;
} parameter;

typedef struct {
    parameter p[PARAMETERS];
    uint32_t n;
    bool good;
} parameters;

static void parameters_read(compiler *c, node of, parameters *out)
{
    *out = (parameters){.good = true};
    ast_each_as(tree(c), of, ROLE_param, p)
    {
        if (out->n == PARAMETERS) {
            later(c, at_node(c, p),
                  "more than %d parameters parse, but this version does not "
                  "execute them",
                  PARAMETERS);
            out->good = false;
            return;
        }
        type t = type_named(c, ast_type(tree(c), p));
        out->good &= t != T_ERROR;
        out->p[out->n++] = (parameter){.name = ast_name(tree(c), p),
                                       .at = ast_name_span(tree(c), p),
                                       .t = t,
                                       .otherwise = ast_value(tree(c), p)};
    }
}

static bool is_static(type t)
{
    if (type_id_of(t) != TYPE_ROW)
        return false;
    uint32_t table = type_table(t);
    return table == TABLE_CONNECTOR || table == TABLE_ROLE || table == TABLE_RESOURCE;
}

static parameter *parameter_for(compiler *c, node arg, parameters *ps, uint32_t position)
{
    text known[PARAMETERS];
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
            ps->good = false;
            continue;
        }
        if (p->given)
            fault_at(c, E0305, arg, "the argument `%.*s` is given twice",
                     TEXT_ARG(name_text(c, p->name)));
        p->given = true;
        p->v = is_static(p->t) ? expect_const(c, of, p->t) : expect(c, of, p->t);
        ps->good &= p->v.kind != V_ERROR;
    }
}

static void defaults_take(compiler *c, node call, module *caller, parameters *ps)
{
    for (uint32_t i = 0; i < ps->n; i++) {
        parameter *p = &ps->p[i];
        if (p->given)
            continue;
        if (p->otherwise)
            p->v = expect(c, p->otherwise, p->t);
        else if (ps->good) {
            module *here = c->mod;
            c->mod = caller;
            diagnostic *g = fault_at(c, E0305, call, "the argument `%.*s` is missing",
                                     TEXT_ARG(name_text(c, p->name)));
            diag_label_add(c->d, g, p->at, "it has no default");
            c->mod = here;
            p->v = value_error();
        } else
            p->v = value_error();
        ps->good &= p->v.kind != V_ERROR;
    }
}

/* --- leaving one body for another
 * --------------------------------------------------------------------------- */

typedef struct {
    module *mod;
    func *fn;
    size_t visible, locals, narrow, narrow_from;
    bool lenient, trigger;
} place_in;

static place_in body_enter(compiler *c, module *m, func *f)
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

static void body_leave(compiler *c, const place_in *was)
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

/* Names the parameters inside the new body; returns the registers to pass. */
static uint32_t parameters_bind(compiler *c, func *f, parameters *ps, value *pass)
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
        local_add(c, p->name, p->at, v);
    }
    f->parameters = n;
    return n;
}

/* --- fn
 * ------------------------------------------------------------------------------------------------------
 */

static void fn_compile(compiler *c, decl *d)
{
    parameters ps;
    value pass[PARAMETERS];
    text name = text_format(c->memory, "fn %.*s%s%.*s", TEXT_ARG(d->home->qualifier),
                            d->home->qualifier.n ? "." : "", TEXT_ARG(name_text(c, d->name)));
    func *f = func_new(c, name, NULL, NULL, EFFECT_PURE);
    place_in was = body_enter(c, d->home, f);
    parameters_read(c, d->at, &ps);
    for (uint32_t i = 0; i < ps.n; i++)
        ps.p[i].v = (value){.kind = V_REG, .t = ps.p[i].t, .owner = f};
    parameters_bind(c, f, &ps, pass);
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
}

static bool fn_ready(compiler *c, decl *d, span at)
{
    if (d->busy) {
        diagnostic *g =
            fault(c, DIAG_E0207, d->place, "`%.*s` calls itself", TEXT_ARG(name_text(c, d->name)));
        diag_label_add(c->d, g, at, "from here");
        d->bad = true;
        return false;
    }
    if (!d->done && !d->bad) {
        d->busy = true;
        fn_compile(c, d);
        d->busy = false;
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

value fn_call(compiler *c, decl *d, node call)
{
    parameters ps;
    value pass[PARAMETERS];
    span at = at_node(c, call);
    if (!fn_ready(c, d, at))
        return value_error();
    module *here = c->mod;
    c->mod = d->home;
    parameters_read(c, d->at, &ps);
    c->mod = here;
    arguments_take(c, call, &ps);
    c->mod = d->home;
    defaults_take(c, call, here, &ps);
    c->mod = here;
    if (!ps.good)
        return value_error();
    for (uint32_t i = 0; i < ps.n; i++)
        pass[i] = ps.p[i].v;
    fn_presence(c, d, &ps, pass);
    uint32_t run = materialise_run(c, pass, ps.n, at), r = reg_new(c, d->result);
    emit(c, OP_CALL, r, d->function, run, at);
    return value_reg(c, r, d->result);
}

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
    if (is_static(t) || type_is_row(t, TABLE_WINDOW))
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
