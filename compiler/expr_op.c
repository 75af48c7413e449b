/* expr_op.c: operators, with their units; constants are folded as the machine would compute them.
 *
 * Narrowing: what a condition in `where` or `if` says of absence and kind holds in what it guards.
 * It is kept as the canonical source of the expression, because values are immutable.
 */
#include "compiler/expr.h"
#include "bytecode/vocabulary.h"
#include "compiler/modules.h"

/* --- narrowing -----------------------------------------------------------------------------------
 */

/* The kinds that `right` names: one, or a list of them; 0 when it is something else. */
static uint32_t kinds_named(const compiler *c, node right)
{
    const ast *t = tree(c);
    type of = type_make(TYPE_ENUM, ENUM_kind);
    uint32_t kinds = 0;
    if (ast_is(t, right, NODE_NAME)) {
        int kind = enum_code(of, ast_name_text(t, right));
        return kind >= 0 ? 1u << kind : 0;
    }
    if (!ast_is(t, right, NODE_LIST))
        return 0;
    ast_each_as(t, right, ROLE_element, e)
    {
        int kind = ast_is(t, e, NODE_NAME) ? enum_code(of, ast_name_text(t, e)) : -1;
        if (kind < 0)
            return 0;
        kinds |= 1u << kind;
    }
    return kinds;
}

static bool is_kind(const ast *t, node n)
{
    return ast_is(t, n, NODE_MEMBER) && text_is(ast_name_text(t, n), "kind");
}

static void narrow_on(compiler *c, node n)
{
    const ast *t = tree(c);
    if (!ast_is(t, n, NODE_BINARY))
        return;
    ast_op op = (ast_op)ast_aux(t, n);
    node left = ast_left(t, n), right = ast_right(t, n);
    if (op == OP_and) {
        narrow_on(c, left);
        narrow_on(c, right);
    } else if (op == OP_ne && ast_is(t, right, NODE_ABSENT))
        vec_push(&c->narrow, (narrowing){canonical(c, t, left), 0});
    else if ((op == OP_eq || op == OP_in || op == OP_ne) && is_kind(t, left)) {
        uint32_t kinds = kinds_named(c, right);
        if (kinds)
            vec_push(&c->narrow, (narrowing){canonical(c, t, ast_value(t, left)),
                                             op == OP_ne ? ~kinds : kinds});
    }
}

size_t narrow_begin(compiler *c, node condition)
{
    size_t mark = c->narrow.n;
    if (condition)
        narrow_on(c, condition);
    return mark;
}

void narrow_end(compiler *c, size_t mark)
{
    c->narrow.n = mark;
}

bool narrowed(const compiler *c, text key, uint32_t *kinds)
{
    bool found = false;
    *kinds = 0;
    for (size_t i = c->narrow.n; i > c->narrow_from; i--)
        if (text_equal(c->narrow.p[i - 1].key, key)) {
            uint32_t also = c->narrow.p[i - 1].kinds;
            *kinds = *kinds && also ? *kinds & also : *kinds | also;
            found = true;
        }
    return found;
}

/* --- conversions
 * ---------------------------------------------------------------------------------- */

static int64_t convert_const(conversion_id id, int64_t v)
{
    const conversion_row *by = &conversion_rows[id];
    int from = type_rows[by->from].scale, to = type_rows[by->to].scale;
    int128 n = (int128)v * by->multiply, d = by->divide;
    if (to >= from)
        n *= decimal_power(to - from);
    else
        d *= decimal_power(from - to);
    return decimal_fit(decimal_divide(n, d));
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

/* --- folding
 * ------------------------------------------------------------------------------------------ */

static bool is_known(const compiler *c, value v)
{
    return c->folding && v.kind == V_CONST && !v.unknown;
}

static value truth(bool is)
{
    return value_const(TYPE_BOOL, is);
}

static int order_of(value a, value b)
{
    if (type_family(a.t) == 't')
        return text_compare(a.string, b.string);
    return a.constant < b.constant ? -1 : a.constant > b.constant;
}

static value fold_comparison(ast_op op, value a, value b)
{
    int order = order_of(a, b);
    switch (op) {
    case OP_eq: return truth(order == 0);
    case OP_ne: return truth(order != 0);
    case OP_lt: return truth(order < 0);
    case OP_le: return truth(order <= 0);
    case OP_gt: return truth(order > 0);
    default: return truth(order >= 0);
    }
}

/* --- logic
 * ------------------------------------------------------------------------------------------- */

static value logic(compiler *c, node n, opcode op)
{
    node right = ast_right(tree(c), n);
    value a = expect(c, ast_left(tree(c), n), TYPE_BOOL);
    int64_t decides = op == OP_OR; /* alone, whatever the other is */
    if (is_known(c, a) && a.constant == decides)
        return a;
    size_t mark = narrow_begin(c, op == OP_AND ? ast_left(tree(c), n) : 0);
    value b = expect(c, right, TYPE_BOOL);
    narrow_end(c, mark);
    if (is_known(c, b) && (is_known(c, a) || b.constant == decides))
        return b;
    if (a.kind == V_ERROR || b.kind == V_ERROR)
        return value_error();
    span at = at_node(c, n);
    uint32_t x = materialise(c, a, a.shown, at), y = materialise(c, b, b.shown, at);
    uint32_t r = reg_new(c, TYPE_BOOL);
    emit(c, op, r, x, y, at);
    return value_reg(c, r, TYPE_BOOL);
}

static value negate(compiler *c, value v, span at)
{
    if (is_known(c, v))
        return truth(v.constant != 1);
    uint32_t x = materialise(c, v, v.shown, at), r = reg_new(c, TYPE_BOOL);
    emit(c, OP_NOT, r, x, 0, at);
    return value_reg(c, r, TYPE_BOOL);
}

value expr_unary(compiler *c, node n, type want)
{
    node of = ast_value(tree(c), n);
    if (ast_aux(tree(c), n) == OP_not) {
        value v = expect(c, of, TYPE_BOOL);
        return v.kind == V_ERROR ? v : negate(c, v, at_node(c, n));
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

/* --- comparison
 * ---------------------------------------------------------------------------------------- */

/* A constant that is none: by itself, or in a place that takes none. */
static bool is_absent(value v)
{
    return type_id_of(v.t) == T_ABSENT || (type_maybe(v.t) && v.constant == QUANTITY_NONE);
}

static value compare_none(compiler *c, node n, node of, bool equal)
{
    value v = expr(c, of, T_ANY);
    if (v.kind == V_LAZY)
        v = coerce(c, v, TYPE_JSON, of);
    if (v.kind == V_ERROR)
        return v;
    if (v.kind == V_WORD) {
        unknown_name_of(c, of, v.string);
        return value_error();
    }
    if (is_known(c, v))
        return truth(is_absent(v) == equal);
    span at = at_node(c, n);
    uint32_t x = materialise(c, v, v.shown, at), r = reg_new(c, TYPE_BOOL);
    emit(c, OP_ISNONE, r, x, 0, at);
    value is = value_reg(c, r, TYPE_BOOL);
    return equal ? is : negate(c, is, at);
}

/* The types of both sides of a comparison decide each other: bare words and json yield. */
static bool compared(compiler *c, node n, value *a, value *b)
{
    node left = ast_left(tree(c), n), right = ast_right(tree(c), n);
    *a = expr(c, left, T_ANY);
    bool open = a->kind == V_WORD || a->kind == V_LAZY;
    *b = expr(c, right, open ? T_ANY : type_sure(a->t));
    if (a->kind == V_ERROR || b->kind == V_ERROR)
        return false;
    if (a->kind == V_WORD && b->kind == V_WORD) {
        unknown_name_of(c, left, a->string);
        return false;
    }
    bool both_open = open && (b->kind == V_WORD || b->kind == V_LAZY);
    type x = type_id_of(a->t) == TYPE_SERIES ? type_element(c, a->t) : type_sure(a->t);
    type y = type_id_of(b->t) == TYPE_SERIES ? type_element(c, b->t) : type_sure(b->t);
    type common = both_open ? TYPE_JSON : open ? y : x;
    if (common == T_RECORD)
        common = TYPE_JSON;
    size_t said = c->d->list.n;
    type of_left = type_id_of(a->t) == TYPE_SERIES ? type_element(c, a->t) : a->t;
    *a = coerce(c, *a, common, left);
    *b = coerce(c, *b, common, right);
    bool wrong_right = a->kind != V_ERROR && b->kind == V_ERROR;
    type beside = wrong_right ? of_left : common;
    if (wrong_right != (b->kind != V_ERROR && a->kind == V_ERROR) && c->d->list.n > said &&
        type_id_of(beside) < TYPE_COUNT)
        diag_label_add(c->d, vec_last(&c->d->list), at_node(c, wrong_right ? left : right), "%.*s",
                       TEXT_ARG(type_a(c, type_sure(beside))));
    return a->kind != V_ERROR && b->kind != V_ERROR && one_currency(c, n, *a, *b);
}

static value ordered(compiler *c, node n, value a, value b, ast_op op)
{
    span at = at_node(c, n);
    bool words = type_family(a.t) == 't', swap = op == OP_gt || op == OP_ge;
    bool text_not = words && (op == OP_le || op == OP_ge);
    if (text_not)
        swap = !swap; /* a <= b is not b < a */
    uint32_t x = materialise(c, swap ? b : a, (swap ? b : a).shown, at);
    uint32_t y = materialise(c, swap ? a : b, (swap ? a : b).shown, at);
    uint32_t r = reg_new(c, TYPE_BOOL);
    bool strict = op == OP_lt || op == OP_gt;
    emit(c, words ? OP_TLT : strict ? OP_LT : OP_LE, r, x, y, at);
    value v = value_reg(c, r, TYPE_BOOL);
    return text_not ? negate(c, v, at) : v;
}

static value equality(compiler *c, node n, value a, value b, bool equal)
{
    span at = at_node(c, n);
    uint32_t x = materialise(c, a, a.shown, at), y = materialise(c, b, b.shown, at);
    uint32_t r = reg_new(c, TYPE_BOOL);
    bool words = type_family(a.t) == 't';
    emit(c, words ? OP_TEQ : equal ? OP_EQ : OP_NE, r, x, y, at);
    value v = value_reg(c, r, TYPE_BOOL);
    return words && !equal ? negate(c, v, at) : v;
}

static value comparison(compiler *c, node n, ast_op op)
{
    bool equal = op == OP_eq || op == OP_ne;
    if (equal && ast_is(tree(c), ast_right(tree(c), n), NODE_ABSENT))
        return compare_none(c, n, ast_left(tree(c), n), op == OP_eq);
    value a, b;
    if (!compared(c, n, &a, &b))
        return value_error();
    char family = type_family(a.t);
    bool fits = equal ? family && family != 'l' && family != 'h' && a.t != TYPE_SECRET
                      : family == 'q' || a.t == TYPE_TEXT || (family == 'w' && a.t != TYPE_BOOL);
    if (!fits) {
        fault_at(c, E0301, n, "`%s` does not compare values of type %.*s", ast_op_text(op),
                 TEXT_ARG(type_text(c, a.t)));
        return value_error();
    }
    if (is_known(c, a) && is_known(c, b))
        return fold_comparison(op, a, b);
    return equal ? equality(c, n, a, b, op == OP_eq) : ordered(c, n, a, b, op);
}

/* `a in …` where both sides are known: 1, 0; -1 where they are not. */
static int fold_membership(compiler *c, value a, node right)
{
    const cell *held = list_known(c, right);
    bool all = true;
    if (held) {
        for (uint32_t i = 0; i < held->n; i++)
            if (type_family(a.t) == 't' ? text_equal(a.string, c->texts.p[held->values[i]])
                                        : a.constant == held->values[i])
                return 1;
        return 0;
    }
    if (!ast_is(tree(c), right, NODE_LIST))
        return -1;
    ast_each_as(tree(c), right, ROLE_element, e)
    {
        value b = ast_is(tree(c), e, NODE_COMPREHENSION) ? value_error() : expect(c, e, a.t);
        if (is_known(c, b) && order_of(a, b) == 0)
            return 1;
        all &= is_known(c, b);
    }
    return all ? 0 : -1;
}

static value membership(compiler *c, node n)
{
    node left = ast_left(tree(c), n), right = ast_right(tree(c), n);
    value a = expr(c, left, T_ANY);
    bool open = a.kind == V_WORD || a.kind == V_LAZY;
    int folded = is_known(c, a) && !open ? fold_membership(c, a, right) : -1;
    if (folded >= 0)
        return truth(folded);
    value b = expr(c, right, open || a.kind == V_ERROR ? T_ANY : type_list_of(c, a.t));
    if (a.kind == V_ERROR || b.kind == V_ERROR)
        return value_error();
    if (b.kind == V_LAZY)
        b = coerce(c, b, type_list_of(c, open ? TYPE_TEXT : type_sure(a.t)), right);
    if (b.kind != V_ERROR && type_id_of(b.t) != TYPE_LIST)
        fault_at(c, E0307, right, "`in` needs a list, this is %.*s", TEXT_ARG(type_a(c, b.t)));
    if (b.kind == V_ERROR || type_id_of(b.t) != TYPE_LIST)
        return value_error();
    a = coerce(c, a, type_element(c, b.t), left);
    if (a.kind == V_ERROR)
        return a;
    span at = at_node(c, n);
    uint32_t x = materialise(c, a, a.shown, at), y = materialise(c, b, b.shown, at);
    uint32_t r = reg_new(c, TYPE_BOOL);
    emit(c, OP_IN, r, x, y, at);
    return value_reg(c, r, TYPE_BOOL);
}

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
    if (is_known(c, a))
        return is_absent(a) ? expr(c, right, want) : a;
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

value expr_binary(compiler *c, node n, type want)
{
    ast_op op = (ast_op)ast_aux(tree(c), n);
    switch (op) {
    case OP_or: return logic(c, n, OP_OR);
    case OP_and: return logic(c, n, OP_AND);
    case OP_eq:
    case OP_ne:
    case OP_lt:
    case OP_le:
    case OP_gt:
    case OP_ge: return comparison(c, n, op);
    case OP_in: return membership(c, n);
    case OP_coalesce: return coalesce(c, n, want);
    default: return arithmetic(c, n);
    }
}

/* Both branches are computed: expressions are pure or read, so that nothing happens twice. */
value expr_choice(compiler *c, node n, type want)
{
    node then = ast_then(tree(c), n), otherwise = ast_otherwise(tree(c), n);
    value test = expect(c, ast_condition(tree(c), n), TYPE_BOOL);
    if (is_known(c, test))
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
