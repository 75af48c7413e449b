/* expr_call.c: calls: conversions, builtins, comprehensions, functions of the program. */
#include "compiler/expr.h"
#include "bytecode/signature.h"
#include "bytecode/vocabulary.h"
#include "compiler/modules.h"
#include "compiler/workdays.h"

/* --- comprehensions
 * -------------------------------------------------------------------------------- */

csite *closure_new(compiler *c)
{
    csite *s = arena_new(c->memory, csite);
    s->outer = c->fn;
    vec_push(&c->closures, s);
    return s;
}

/* The function of one element: (element, captures) -> (kept, value). */
static func *element_function(compiler *c, csite *s)
{
    text name = text_format(c->memory, "%.*s/%u.each", TEXT_ARG(c->fn->name), c->fn->serial++);
    func *f = func_new(c, name, c->fn, s, EFFECT_PURE);
    f->element = true;
    c->fn = f;
    return f;
}

static uint32_t element_register(compiler *c, type t)
{
    vec_push(&c->fn->regs, (vreg){t, REG_ELEMENT, 0, NULL});
    return (uint32_t)c->fn->regs.n - 1;
}

static type reduced_type(compiler *c, opcode op, type t)
{
    switch (op) {
    case OP_RANY:
    case OP_RALLOF: return TYPE_BOOL;
    case OP_RCOUNT: return TYPE_NUMBER;
    case OP_RLIST: return type_list_of(c, t);
    case OP_RMIN:
    case OP_RMAX:
    case OP_RMEAN: return t | T_MAYBE;
    default: return t;
    }
}

static value reduce(compiler *c, opcode op, value list, csite *s, func *f, type t, span at)
{
    uint32_t run = captures_run(c, list, s, at);
    type result = reduced_type(c, op, t);
    uint32_t r = reg_new(c, result);
    emit(c, op, r, f->index, run, at);
    value got = value_reg(c, r, result);
    got.reduced = type_maybe(result);
    return got;
}

static value source_list(compiler *c, node n)
{
    value list = expr(c, n, T_ANY);
    if (list.kind == V_LAZY)
        list = coerce(c, list, type_list_of(c, TYPE_JSON), n);
    if (list.kind == V_WORD)
        list = coerce(c, list, T_ANY, n);
    if (list.kind != V_ERROR && type_id_of(list.t) != TYPE_LIST) {
        fault_at(c, E0307, n, "a list is needed here, this is %.*s", TEXT_ARG(type_a(c, list.t)));
        return value_error();
    }
    return list;
}

static value element_result(compiler *c, node n, opcode op, type want)
{
    if (op == OP_RCOUNT) {
        expr(c, n, T_ANY);
        return value_const(TYPE_NUMBER, UNIT_NUMBER);
    }
    if (op == OP_RANY || op == OP_RALLOF)
        return expect(c, n, TYPE_BOOL);
    value v = expr(c, n, want);
    return coerce(c, v, v.kind == V_LAZY ? (want == T_ANY ? TYPE_NUMBER : want) : type_sure(v.t),
                  n);
}

value comprehension(compiler *c, node n, opcode op, type want, span at)
{
    node where = ast_where(tree(c), n);
    value list = source_list(c, ast_source(tree(c), n));
    if (list.kind == V_ERROR)
        return list;
    uint32_t from = materialise(c, list, list.shown, at);
    rowset rows = list.rows;
    list = value_reg(c, from, list.t);
    list.rows = rows;
    csite *s = closure_new(c);
    func *f = element_function(c, s);
    size_t block = block_begin(c);
    type element = type_element(c, list.t);
    local_add(c, ast_name(tree(c), n), ast_name_span(tree(c), n),
              element_value(c, list, element_register(c, element), element));
    value keep = where ? expect(c, where, TYPE_BOOL) : value_const(TYPE_BOOL, 1);
    size_t mark = narrow_begin(c, where);
    value v = element_result(c, ast_value(tree(c), n), op, want);
    narrow_end(c, mark);
    bool good = keep.kind != V_ERROR && v.kind != V_ERROR;
    type t = type_sure(v.t);
    if (good)
        emit_return(c, (value[]){keep, v}, 2, at);
    c->locals.n = block;
    c->fn = f->outer;
    return good ? reduce(c, op, list, s, f, t, at) : value_error();
}

/* `count(list)`, `sum(list)`, `any(list)`: over the elements themselves. */
static value reduce_list(compiler *c, node call, opcode op)
{
    node n = ast_arg(tree(c), call);
    span at = at_node(c, call);
    value list = source_list(c, n);
    if (list.kind == V_ERROR)
        return list;
    if (op == OP_RCOUNT) {
        uint32_t from = materialise(c, list, list.shown, at), r = reg_new(c, TYPE_NUMBER);
        emit(c, OP_LEN, r, from, 0, at);
        return value_reg(c, r, TYPE_NUMBER);
    }
    uint32_t from = materialise(c, list, list.shown, at);
    list = value_reg(c, from, list.t);
    csite *s = closure_new(c);
    func *f = element_function(c, s);
    type element = type_element(c, list.t);
    value v = value_reg(c, element_register(c, element), element);
    emit_return(c, (value[]){value_const(TYPE_BOOL, 1), v}, 2, at);
    c->fn = f->outer;
    bool fits =
        op == OP_RANY || op == OP_RALLOF ? element == TYPE_BOOL : type_family(element) == 'q';
    if (!fits) {
        fault_at(c, E0301, call, "this does not work on %.*s", TEXT_ARG(type_a(c, list.t)));
        return value_error();
    }
    return reduce(c, op, list, s, f, element, at);
}

/* --- the functions of the language
 * ------------------------------------------------------------------ */

static const struct {
    const char *name;
    opcode op;
} reductions[] = {{"any", OP_RANY}, {"all", OP_RALLOF}, {"count", OP_RCOUNT}, {"sum", OP_RSUM},
                  {"min", OP_RMIN}, {"max", OP_RMAX},   {"mean", OP_RMEAN},   {"list", OP_RLIST}};

static value two_of(compiler *c, node call, opcode op)
{
    node left = ast_arg(tree(c), call), right = ast_more(tree(c), left);
    value a = expr(c, left, T_ANY), b = expr(c, right, T_ANY);
    a = coerce(c, a, a.kind == V_LAZY ? type_sure(b.t) : type_sure(a.t), left);
    b = coerce(c, b, a.kind == V_ERROR ? T_ANY : type_sure(a.t), right);
    if (a.kind == V_ERROR || b.kind == V_ERROR)
        return value_error();
    span at = at_node(c, call);
    uint32_t x = materialise(c, a, a.shown, at), y = materialise(c, b, b.shown, at);
    uint32_t r = reg_new(c, a.t);
    emit(c, op, r, x, y, at);
    return value_reg(c, r, a.t);
}

static value reduction_call(compiler *c, node n, opcode op, type want)
{
    node arg = ast_arg(tree(c), n);
    uint32_t count = ast_how_many(tree(c), n, ROLE_arg);
    if (count == 1 && ast_is(tree(c), arg, NODE_COMPREHENSION))
        return comprehension(c, arg, op, op == OP_RLIST ? T_ANY : want, at_node(c, n));
    if (count == 2 && (op == OP_RMIN || op == OP_RMAX))
        return two_of(c, n, op == OP_RMIN ? OP_MIN : OP_MAX);
    if (count == 1)
        return reduce_list(c, n, op);
    fault_at(c, E0305, n, "this takes one list, or `x for x in list`");
    return value_error();
}

static node only_argument(compiler *c, node n)
{
    node arg = ast_arg(tree(c), n);
    if (arg && !ast_more(tree(c), arg) && !ast_is(tree(c), arg, NODE_NAMED_ARG) &&
        !ast_is(tree(c), arg, NODE_COMPREHENSION))
        return arg;
    fault_at(c, E0305, n, "this takes one argument");
    return 0;
}

static bool conversion_call(compiler *c, node n, text name, value *out)
{
    for (uint32_t i = 0; i < CONVERSION_COUNT; i++) {
        const conversion_row *by = &conversion_rows[i];
        if (!text_is(name, by->name))
            continue;
        node arg = only_argument(c, n);
        type from = type_make(by->from, 0);
        value v = arg ? expr(c, arg, from) : value_error();
        if (v.kind != V_ERROR && type_id_of(v.t) != by->from)
            v = coerce(c, v, from, arg);
        else if (v.kind != V_ERROR)
            v = coerce(c, v, type_sure(v.t), arg);
        *out = v.kind == V_ERROR ? v : convert(c, v, (conversion_id)i, at_node(c, n));
        return true;
    }
    return false;
}

/* number(x), text(x), bool(x): what a json value is to be. */
static bool demand_call(compiler *c, node n, text name, value *out)
{
    type t = text_is(name, "number") ? TYPE_NUMBER
             : text_is(name, "text") ? TYPE_TEXT
             : text_is(name, "bool") ? TYPE_BOOL
                                     : T_ANY;
    if (t == T_ANY)
        return false;
    node arg = only_argument(c, n);
    *out = arg ? expect(c, arg, t) : value_error();
    return true;
}

static bool builtin_call(compiler *c, node n, text name, value *out)
{
    for (uint32_t i = 0; i < BUILTIN_COUNT; i++) {
        if (!text_is(name, builtin_rows[i].name))
            continue;
        signature s = signature_read(builtin_rows[i].signature);
        value v[SIGNATURE_PARAMETERS];
        uint32_t k = 0;
        *out = value_error();
        if (ast_how_many(tree(c), n, ROLE_arg) != s.parameters) {
            fault_at(c, E0305, n, "`%.*s` takes %u arguments", TEXT_ARG(name), s.parameters);
            return true;
        }
        bool good = true;
        ast_each_as(tree(c), n, ROLE_arg, arg)
        {
            node of = ast_is(tree(c), arg, NODE_NAMED_ARG) ? ast_value(tree(c), arg) : arg;
            v[k] = expect(c, of, type_make(s.parameter[k].type, 0));
            good &= v[k++].kind != V_ERROR;
        }
        if (!good)
            return true;
        type t = type_make(s.result.type, 0);
        uint32_t run = materialise_run(c, v, k, at_node(c, n)), r = reg_new(c, t);
        emit(c, OP_BI, r, i, run, at_node(c, n));
        *out = value_reg(c, r, t);
        return true;
    }
    return false;
}

static value secret_call(compiler *c, node n)
{
    node arg = only_argument(c, n);
    value v = arg ? expect_const(c, arg, TYPE_TEXT) : value_error();
    v.t = v.kind == V_ERROR ? T_ERROR : TYPE_SECRET;
    return v;
}

static value abs_call(compiler *c, node n)
{
    node arg = only_argument(c, n);
    value v = arg ? expr(c, arg, T_ANY) : value_error();
    v = arg ? coerce(c, v, v.kind == V_LAZY ? TYPE_NUMBER : type_sure(v.t), arg) : v;
    if (v.kind == V_ERROR)
        return v;
    uint32_t from = materialise(c, v, v.shown, at_node(c, n)), r = reg_new(c, v.t);
    emit(c, OP_ABS, r, from, 0, at_node(c, n));
    return value_reg(c, r, v.t);
}

static void unknown_function(compiler *c, node callee, text name)
{
    text candidates[64];
    size_t count = 0;
    for (size_t i = 0; i < sizeof reductions / sizeof *reductions; i++)
        candidates[count++] = text_of(reductions[i].name);
    candidates[count++] = TEXT("workdays_before");
    candidates[count++] = TEXT("workdays_after");
    for (size_t i = 0; i < CONVERSION_COUNT; i++)
        candidates[count++] = text_of(conversion_rows[i].name);
    for (size_t i = 0; i < BUILTIN_COUNT; i++)
        candidates[count++] = text_of(builtin_rows[i].name);
    for (size_t i = 0; i < c->mod->decls.n && count < 64; i++)
        if (c->mod->decls.p[i]->kind == DECL_FN)
            candidates[count++] = name_text(c, c->mod->decls.p[i]->name);
    span at = ast_name_span(tree(c), callee);
    static const char *const synonyms[][2] = {
        {"maximum", "max"}, {"minimum", "min"}, {"average", "mean"}, {"avg", "mean"},
        {"len", "length"},  {"size", "count"},  {"exists", "any"},   {"every", "all"}};
    diagnostic *g = fault(c, DIAG_E0201, at, "the function `%.*s` is not known", TEXT_ARG(name));
    for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++)
        if (text_is(name, synonyms[i][0])) {
            diag_suggest(c->d, g, at, text_of(synonyms[i][1]), "in Ferry it is `%s`",
                         synonyms[i][1]);
            return;
        }
    suggest(c, g, at, name, candidates, count);
}

static void help_apply(compiler *c, const decl *d, text name, diagnostic *g)
{
    if (d->kind == DECL_PLAYBOOK)
        diag_help_add(c->d, g, "a playbook is run by a statement of its own: apply %.*s(…)",
                      TEXT_ARG(name));
}

static value named_call(compiler *c, node n, node callee, type want)
{
    text name = ast_name_text(tree(c), callee);
    value v;
    decl *d = decl_at(c, ast_name(tree(c), callee), at_node(c, callee));
    if (d && d->kind == DECL_FN)
        return fn_call(c, d, n);
    for (size_t i = 0; i < sizeof reductions / sizeof *reductions; i++)
        if (text_is(name, reductions[i].name))
            return reduction_call(c, n, reductions[i].op, want);
    if (text_is(name, "secret"))
        return secret_call(c, n);
    if (text_is(name, "abs"))
        return abs_call(c, n);
    if (workdays_call(c, n, name, &v))
        return v;
    if (conversion_call(c, n, name, &v) || demand_call(c, n, name, &v) ||
        builtin_call(c, n, name, &v))
        return v;
    if (d && d->bad)
        return value_error();
    if (d)
        help_apply(c, d, name,
                   fault_at(c, E0210, callee, "`%.*s` is %s, not a function", TEXT_ARG(name),
                            decl_text(d->kind)));
    else
        unknown_function(c, callee, name);
    return value_error();
}

/* What lists of other languages can do. */
static void list_method_help(compiler *c, diagnostic *g, text name)
{
    static const char *const known[][2] = {
        {"filter", "a loop takes a condition: for each c in list where c.kind == edi"},
        {"where", "a loop takes a condition: for each c in list where c.kind == edi"},
        {"map", "a list of what is made of each: list(c.name for c in list)"},
        {"sort", "a loop takes an order: for each c in list by c.risk.score"},
        {"sort_by", "a loop takes an order: for each c in list by c.risk.score"},
        {"order_by", "a loop takes an order: for each c in list by c.risk.score"},
        {"size", "how many there are is count(list)"},
        {"length", "how many there are is count(list)"},
        {"count", "how many there are is count(list)"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text_is(name, known[i][0])) {
            diag_help_add(c->d, g, "%s", known[i][1]);
            return;
        }
}

value expr_call(compiler *c, node n, type want)
{
    node callee = ast_callee(tree(c), n);
    if (ast_is(tree(c), callee, NODE_NAME))
        return named_call(c, n, callee, want);
    operation_call call = operation_of(c, n);
    if (call.bad)
        return value_error();
    if (call.operation != NO_INDEX)
        return operation_read(c, n, &call);
    if (ast_is(tree(c), callee, NODE_MEMBER)) {
        value of = expr(c, ast_value(tree(c), callee), T_ANY);
        decl *d =
            of.kind == V_MODULE && of.home ? decl_find(of.home, ast_name(tree(c), callee)) : NULL;
        if (d && d->kind == DECL_FN)
            return fn_call(c, d, n);
        if (of.kind == V_ERROR || (of.kind == V_MODULE && !of.home))
            return value_error();
    }
    diagnostic *g = fault_at(c, E0210, callee, "this cannot be called");
    if (ast_is(tree(c), callee, NODE_MEMBER))
        list_method_help(c, g, ast_name_text(tree(c), callee));
    return value_error();
}
