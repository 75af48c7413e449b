/* expr_op.c: operators that compute, with their units; constants are folded as the machine would
 * compute them. Conditions are in expr_truth.c. */
#include "compiler/expr.h"
#include "bytecode/vocabulary.h"

/* --- conversions
 * ---------------------------------------------------------------------------------- */

/* As the machine does it: multiply and divide are of the words, scales included. */
static int64_t convert_const(conversion_id id, int64_t v)
{
    return decimal_muldiv(v, conversion_rows[id].multiply, conversion_rows[id].divide);
}

value convert(compiler *c, value v, conversion_id id, span at)
{
    type to = type_make(conversion_rows[id].to, 0);
    if (id == CONVERSION_PER_YEAR || id == CONVERSION_PER_MONTH)
        to = type_make(TYPE_REVENUE, type_parameter(v.t));
    if (v.kind == V_CONST && !v.unknown)
        return value_const(to, convert_const(id, v.constant));
    uint32_t from = materialise(c, v, v.shown, at), r = reg_new(c, to);
    emit(c, OP_CVT, r, from, id, at);
    return value_reg(c, r, to);
}

value expr_per(compiler *c, node n)
{
    static const struct {
        const char *unit;
        conversion_id id;
    } units[] = {{"second", CONVERSION_PER_SECOND}, {"minute", CONVERSION_PER_MINUTE},
                 {"hour", CONVERSION_PER_HOUR},     {"day", CONVERSION_PER_DAY},
                 {"week", CONVERSION_PER_WEEK},     {"month", CONVERSION_PER_MONTH},
                 {"year", CONVERSION_PER_YEAR}};
    text unit = ast_name_text(tree(c), n), candidates[7];
    node of = ast_value(tree(c), n);
    for (size_t i = 0; i < 7; i++) {
        candidates[i] = text_of(units[i].unit);
        if (!text_is(unit, units[i].unit))
            continue;
        value v = expr(c, of, i < 5 ? TYPE_NUMBER : TYPE_MONEY);
        if (i < 5)
            v = coerce(c, v, TYPE_NUMBER, of);
        else if (v.kind != V_ERROR && type_id_of(v.t) != TYPE_MONEY) {
            fault_at(c, E0302, n,
                     "`per %.*s` is for money: a rate is per second, minute, hour, day or week",
                     TEXT_ARG(unit));
            return value_error();
        }
        return v.kind == V_ERROR ? v : convert(c, v, units[i].id, at_node(c, n));
    }
    span at = ast_name_span(tree(c), n);
    diagnostic *g = fault(c, DIAG_E0302, at, "`%.*s` is no unit of time", TEXT_ARG(unit));
    suggest(c, g, at, unit, candidates, 7);
    return value_error();
}

/* --- arithmetic
 * ------------------------------------------------------------------------------------- */

static value fold(opcode op, type t, int64_t a, int64_t b)
{
    switch (op) {
    case OP_ADD: return value_const(t, decimal_add(a, b));
    case OP_SUB: return value_const(t, decimal_sub(a, b));
    case OP_MULN: return value_const(t, decimal_muldiv(a, b, UNIT_NUMBER));
    case OP_MULP: return value_const(t, decimal_muldiv(a, b, UNIT_PERCENT));
    case OP_DIVN: return value_const(t, decimal_muldiv(a, UNIT_NUMBER, b));
    default: return value_error();
    }
}

static value operate(compiler *c, opcode op, value a, value b, type t, node n)
{
    if (a.kind == V_CONST && b.kind == V_CONST && !a.unknown && !b.unknown) {
        value v = fold(op, t, a.constant, b.constant);
        if (v.kind == V_CONST && v.constant != QUANTITY_NA)
            return v;
        if (v.kind == V_CONST)
            fault_at(c, E0308, n, "the result does not fit, or divides by zero");
        if (v.kind == V_CONST)
            return value_error();
    }
    if ((a.unknown || b.unknown) && a.kind == V_CONST && b.kind == V_CONST)
        return (value){.kind = V_CONST, .t = t, .unknown = true};
    span at = at_node(c, n);
    uint32_t x = materialise(c, a, a.shown, at), y = materialise(c, b, b.shown, at);
    uint32_t r = reg_new(c, t);
    emit(c, op, r, x, y, at);
    return value_reg(c, r, t);
}

static value no_such_operation(compiler *c, node n, value a, value b)
{
    diagnostic *g = fault_at(c, E0302, n, "`%s` does not fit %.*s and %.*s",
                             ast_op_text((ast_op)ast_aux(tree(c), n)), TEXT_ARG(type_a(c, a.t)),
                             TEXT_ARG(type_a(c, b.t)));
    diag_label_add(c->d, g, at_node(c, ast_left(tree(c), n)), "%.*s", TEXT_ARG(type_text(c, a.t)));
    diag_label_add(c->d, g, at_node(c, ast_right(tree(c), n)), "%.*s", TEXT_ARG(type_text(c, b.t)));
    return value_error();
}

static value add_or_sub(compiler *c, node n, value a, value b, opcode op)
{
    uint32_t x = type_id_of(a.t), y = type_id_of(b.t);
    if (x == TYPE_INSTANT && y == TYPE_DURATION)
        return operate(c, op, a, b, a.t, n);
    if (x == TYPE_INSTANT && y == TYPE_INSTANT && op == OP_SUB)
        return operate(c, op, a, b, TYPE_DURATION, n);
    if (a.t == b.t && type_family(a.t) == 'q' && x != TYPE_INSTANT)
        return operate(c, op, a, b, a.t, n);
    return no_such_operation(c, n, a, b);
}

static value multiply(compiler *c, node n, value a, value b)
{
    uint32_t x = type_id_of(a.t), y = type_id_of(b.t);
    if (x == TYPE_RATE && y == TYPE_DURATION)
        return operate(c, OP_RXD, a, b, TYPE_NUMBER, n);
    if (x == TYPE_DURATION && y == TYPE_RATE)
        return operate(c, OP_RXD, b, a, TYPE_NUMBER, n);
    if (type_family(a.t) == 'q' && x != TYPE_INSTANT && (y == TYPE_NUMBER || y == TYPE_PERCENT))
        return operate(c, y == TYPE_NUMBER ? OP_MULN : OP_MULP, a, b, a.t, n);
    if (type_family(b.t) == 'q' && y != TYPE_INSTANT && (x == TYPE_NUMBER || x == TYPE_PERCENT))
        return operate(c, x == TYPE_NUMBER ? OP_MULN : OP_MULP, b, a, b.t, n);
    return no_such_operation(c, n, a, b);
}

static value divide(compiler *c, node n, value a, value b)
{
    uint32_t x = type_id_of(a.t), y = type_id_of(b.t);
    if (x == TYPE_NUMBER && y == TYPE_DURATION)
        return operate(c, OP_NPD, a, b, TYPE_RATE, n);
    if (y == TYPE_NUMBER && type_family(a.t) == 'q')
        return operate(c, OP_DIVN, a, b, a.t, n);
    if (a.t == b.t && type_family(a.t) == 'q' && x != TYPE_INSTANT)
        return operate(c, OP_RATIO, a, b, TYPE_NUMBER, n);
    if (y == TYPE_PERCENT && type_family(a.t) == 'q')
        return operate(c, OP_DIVP, a, b, a.t, n);
    return no_such_operation(c, n, a, b);
}

/* Both sides; a json side takes the type of the other, or number. */
static bool sides(compiler *c, node n, value *a, value *b)
{
    node left = ast_left(tree(c), n), right = ast_right(tree(c), n);
    *a = expr(c, left, T_ANY);
    *b = expr(c, right, T_ANY);
    type x = a->kind == V_LAZY ? TYPE_NUMBER : T_ANY, y = b->kind == V_LAZY ? TYPE_NUMBER : T_ANY;
    if (a->kind != V_LAZY && a->kind != V_WORD && type_maybe(a->t))
        x = type_sure(a->t);
    if (b->kind != V_LAZY && b->kind != V_WORD && type_maybe(b->t))
        y = type_sure(b->t);
    if (type_id_of(a->t) == TYPE_SERIES)
        x = type_element(c, a->t);
    if (type_id_of(b->t) == TYPE_SERIES)
        y = type_element(c, b->t);
    *a = coerce(c, *a, x, left);
    *b = coerce(c, *b, y, right);
    return a->kind != V_ERROR && b->kind != V_ERROR && one_currency(c, n, *a, *b);
}

static value arithmetic(compiler *c, node n)
{
    value a, b;
    if (!sides(c, n, &a, &b))
        return value_error();
    switch ((ast_op)ast_aux(tree(c), n)) {
    case OP_add: return add_or_sub(c, n, a, b, OP_ADD);
    case OP_sub: return add_or_sub(c, n, a, b, OP_SUB);
    case OP_div: return divide(c, n, a, b);
    case OP_share:
        if (type_id_of(a.t) == TYPE_PERCENT)
            return multiply(c, n, b, a);
        return no_such_operation(c, n, a, b);
    default: return multiply(c, n, a, b);
    }
}

/* --- choice
 * ------------------------------------------------------------------------------------------- */

static value coalesce(compiler *c, node n, type want)
{
    node left = ast_left(tree(c), n), right = ast_right(tree(c), n);
    value a = expr(c, left, want);
    if (a.kind == V_LAZY) {
        value b = expr(c, right, want);
        a = coerce(c, a, b.kind == V_LAZY ? want : type_sure(b.t), left);
    }
    if (a.kind == V_ERROR)
        return a;
    if (value_known(c, a))
        return value_absent(a) ? expr(c, right, want) : a;
    if (type_id_of(a.t) == T_ABSENT) /* `none ?? 3`: the right side in any case */
        return expr(c, right, want);
    type t = type_sure(a.t);
    value b = expect(c, right, t | T_MAYBE);
    if (b.kind == V_ERROR)
        return b;
    span at = at_node(c, n);
    uint32_t x = materialise(c, a, a.shown, at), y = materialise(c, b, b.shown, at);
    uint32_t r = reg_new(c, t);
    emit(c, OP_COAL, r, x, y, at);
    return value_reg(c, r, type_maybe(b.t) || type_id_of(b.t) == T_ABSENT ? t | T_MAYBE : t);
}

/* Both branches are computed: expressions are pure or read, so that nothing happens twice. */
value expr_choice(compiler *c, node n, type want)
{
    node then = ast_then(tree(c), n), otherwise = ast_otherwise(tree(c), n);
    value test = expect(c, ast_condition(tree(c), n), TYPE_BOOL);
    if (value_known(c, test))
        return expr(c, test.constant == 1 ? then : otherwise, want);
    size_t mark = narrow_begin(c, ast_condition(tree(c), n));
    value a = expr(c, then, want);
    type t = want != T_ANY ? want : a.kind == V_LAZY || a.kind == V_WORD ? T_ANY : type_sure(a.t);
    narrow_end(c, mark);
    value b = expr(c, otherwise, t);
    if (t == T_ANY && b.kind != V_LAZY && b.kind != V_WORD)
        t = type_sure(b.t);
    a = coerce(c, a, t, then);
    b = coerce(c, b, t, otherwise);
    if (test.kind == V_ERROR || a.kind == V_ERROR || b.kind == V_ERROR)
        return value_error();
    span at = at_node(c, n);
    value both[2] = {a, b};
    uint32_t k = materialise(c, test, test.shown, at), run = materialise_run(c, both, 2, at);
    uint32_t r = reg_new(c, a.t);
    emit(c, OP_SEL, r, k, run, at);
    return value_reg(c, r, a.t);
}

/* --- dispatch
 * ----------------------------------------------------------------------------------------- */

value expr_unary(compiler *c, node n, type want)
{
    node of = ast_value(tree(c), n);
    if (ast_aux(tree(c), n) == OP_not) {
        value v = expect(c, of, TYPE_BOOL);
        return v.kind == V_ERROR ? v : expr_not(c, v, at_node(c, n));
    }
    value v = expr(c, of, want);
    v = coerce(c, v, v.kind == V_LAZY ? TYPE_NUMBER : type_sure(v.t), of);
    if (v.kind == V_ERROR)
        return v;
    if (type_family(v.t) != 'q' || type_id_of(v.t) == TYPE_INSTANT) {
        fault_at(c, E0301, n, "%.*s has no negative", TEXT_ARG(type_a(c, v.t)));
        return value_error();
    }
    if (v.kind == V_CONST) {
        v.constant = -v.constant;
        return v;
    }
    uint32_t x = materialise(c, v, v.shown, at_node(c, n)), r = reg_new(c, v.t);
    emit(c, OP_NEG, r, x, 0, at_node(c, n));
    return value_reg(c, r, v.t);
}

value expr_binary(compiler *c, node n, type want)
{
    ast_op op = (ast_op)ast_aux(tree(c), n);
    switch (op) {
    case OP_or: return expr_logic(c, n, OP_OR);
    case OP_and: return expr_logic(c, n, OP_AND);
    case OP_eq:
    case OP_ne:
    case OP_lt:
    case OP_le:
    case OP_gt:
    case OP_ge: return expr_comparison(c, n, op);
    case OP_in: return expr_membership(c, n);
    case OP_coalesce: return coalesce(c, n, want);
    default: return arithmetic(c, n);
    }
}
