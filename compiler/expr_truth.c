/* expr_truth.c: conditions: logic, comparison, membership, and what a condition says.
 *
 * Narrowing: what a condition in `where` or `if` says of absence and kind holds in what it guards.
 * It is kept as the canonical source of the expression, because values are immutable.
 */
#include "compiler/expr.h"
#include "compiler/data.h"

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

/* --- folding
 * ------------------------------------------------------------------------------------------ */

bool value_known(const compiler *c, value v)
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

value expr_logic(compiler *c, node n, opcode op)
{
    node right = ast_right(tree(c), n);
    value a = expect(c, ast_left(tree(c), n), TYPE_BOOL);
    int64_t decides = op == OP_OR; /* alone, whatever the other is */
    if (value_known(c, a) && a.constant == decides)
        return a;
    size_t mark = narrow_begin(c, op == OP_AND ? ast_left(tree(c), n) : 0);
    value b = expect(c, right, TYPE_BOOL);
    narrow_end(c, mark);
    if (value_known(c, b) && (value_known(c, a) || b.constant == decides))
        return b;
    if (a.kind == V_ERROR || b.kind == V_ERROR)
        return value_error();
    span at = at_node(c, n);
    uint32_t x = materialise(c, a, a.shown, at), y = materialise(c, b, b.shown, at);
    uint32_t r = reg_new(c, TYPE_BOOL);
    emit(c, op, r, x, y, at);
    return value_reg(c, r, TYPE_BOOL);
}

value expr_not(compiler *c, value v, span at)
{
    if (value_known(c, v))
        return truth(v.constant != 1);
    uint32_t x = materialise(c, v, v.shown, at), r = reg_new(c, TYPE_BOOL);
    emit(c, OP_NOT, r, x, 0, at);
    return value_reg(c, r, TYPE_BOOL);
}

/* --- comparison
 * ---------------------------------------------------------------------------------------- */

bool value_absent(value v)
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
    if (value_known(c, v))
        return truth(value_absent(v) == equal);
    span at = at_node(c, n);
    uint32_t x = materialise(c, v, v.shown, at), r = reg_new(c, TYPE_BOOL);
    emit(c, OP_ISNONE, r, x, 0, at);
    value is = value_reg(c, r, TYPE_BOOL);
    return equal ? is : expr_not(c, is, at);
}

/* Whether 1 or 100 means all, nobody but the writer knows: an edit that drops the sign could make a
 * limit a hundred times what it was. */
static void share_help(compiler *c, diagnostic *g)
{
    diag_help_clear(g);
    diag_help_add(c->d, g,
                  "make the other side a percent where it is read: `ratio(x)` when 1 means all, "
                  "`percent(x)` when 100 does");
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
    if (wrong_right && c->d->list.n > said && ast_is(tree(c), right, NODE_PERCENT) &&
        type_id_of(beside) == TYPE_NUMBER)
        share_help(c, vec_last(&c->d->list));
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
    return text_not ? expr_not(c, v, at) : v;
}

static value equality(compiler *c, node n, value a, value b, bool equal)
{
    span at = at_node(c, n);
    uint32_t x = materialise(c, a, a.shown, at), y = materialise(c, b, b.shown, at);
    uint32_t r = reg_new(c, TYPE_BOOL);
    bool words = type_family(a.t) == 't';
    emit(c, words ? OP_TEQ : equal ? OP_EQ : OP_NE, r, x, y, at);
    value v = value_reg(c, r, TYPE_BOOL);
    return words && !equal ? expr_not(c, v, at) : v;
}

value expr_comparison(compiler *c, node n, ast_op op)
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
    if (value_known(c, a) && value_known(c, b))
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
            if (type_family(a.t) == 't' ? text_equal(a.string, text_kept(c, held->values[i]))
                                        : a.constant == held->values[i])
                return 1;
        return 0;
    }
    if (!ast_is(tree(c), right, NODE_LIST))
        return -1;
    ast_each_as(tree(c), right, ROLE_element, e)
    {
        value b = ast_is(tree(c), e, NODE_COMPREHENSION) ? value_error() : expect(c, e, a.t);
        if (value_known(c, b) && order_of(a, b) == 0)
            return 1;
        all &= value_known(c, b);
    }
    return all ? 0 : -1;
}

value expr_membership(compiler *c, node n)
{
    node left = ast_left(tree(c), n), right = ast_right(tree(c), n);
    value a = expr(c, left, T_ANY);
    bool open = a.kind == V_WORD || a.kind == V_LAZY;
    int folded = value_known(c, a) && !open ? fold_membership(c, a, right) : -1;
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
