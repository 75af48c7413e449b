/* verify_typing.c: owns the operand ranges and the typing rule of each instruction. Types hold
 * without dataflow, because every register has one type in its function and starts not available,
 * which every type has. */
#include "bytecode/verify.h"

#include "bytecode/signature.h"

#include <string.h>

static const type_word truth = TYPE_WORD(TYPE_BOOL, 0), number = TYPE_WORD(TYPE_NUMBER, 0),
                       words = TYPE_WORD(TYPE_TEXT, 0), json = TYPE_WORD(TYPE_JSON, 0),
                       percent = TYPE_WORD(TYPE_PERCENT, 0), span = TYPE_WORD(TYPE_DURATION, 0),
                       moment = TYPE_WORD(TYPE_INSTANT, 0), rate = TYPE_WORD(TYPE_RATE, 0),
                       fiber = TYPE_WORD(TYPE_FIBER, 0);

/* n registers from r on exist; with none, r is 0 so that there is one way to write it. */
bool typing_registers_ok(const checker *c, uint32_t r, uint32_t n)
{
    return n ? r < c->row->registers && n <= c->row->registers - r : r == 0;
}

static bool types_match(const checker *c, uint32_t r, const type_word *wanted, uint32_t n)
{
    if (!typing_registers_ok(c, r, n))
        return false;
    for (uint32_t k = 0; k < n; k++)
        if (c->type[r + k] != wanted[k])
            return false;
    return true;
}

bool typing_all_of_type(const checker *c, uint32_t r, uint32_t n, type_word wanted)
{
    if (!typing_registers_ok(c, r, n))
        return false;
    for (uint32_t k = 0; k < n; k++)
        if (c->type[r + k] != wanted)
            return false;
    return true;
}

static bool in_family(type_word w, const char *families)
{
    return strchr(families, family_of(w)) != NULL;
}

/* A quantity that can be scaled: all but instants. */
static bool scales(type_word w)
{
    return family_of(w) == 'q' && TYPE_ID(w) != TYPE_INSTANT;
}

type_word typing_element_of(const checker *c, type_word list)
{
    return TYPE_ID(list) == TYPE_LIST ? c->v->i->list_types[TYPE_PARAMETER(list)] : NO_INDEX;
}

static bool operand_ok(const checker *c, const insn *x, uint32_t at, operand kind, uint16_t value)
{
    const image *i = c->v->i;
    switch (kind) {
    case O_: return value == 0;
    case D_:
    case R_: return value < c->row->registers;
    case J_: return value < c->row->instructions - at - 1;
    case T_: return value < i->table_count;
    case F_: return value < c->index;
    case S_: return value < i->site_count;
    case H_: return value < c->v->getters;
    case B_: return value < BUILTIN_COUNT;
    case Y_: return value < i->record_count;
    case V_: return value < CONVERSION_COUNT;
    case G_: return value < c->v->limits->facts;
    case N_: /* with the typing rule, which knows how many; so C_, whose table is in a type */
    case C_:
    case I_:
    case K_:
    case X_: return true;
    }
    return false;
}

/* Whether D_ stands for as many registers as something has results, possibly none. */
bool typing_many_results(uint16_t op)
{
    return op == OP_CALL || op == OP_READ || op == OP_DO || op == OP_STEP || op == OP_SIM ||
           op == OP_LIVE;
}

bool operands_ok(const checker *c, const insn *x, uint32_t at)
{
    const op_row *op = &op_rows[x->op];
    const uint16_t value[3] = {x->a, x->b, x->c};
    for (int k = 0; k < 3; k++) {
        if ((k == 0 && typing_many_results(x->op)) || (k == 2 && op->operand[1] == K_))
            continue;
        if (!operand_ok(c, x, at, op->operand[k], value[k]))
            return false;
    }
    return true;
}

static bool constant_ok(const checker *c, const insn *x)
{
    verifier *v = c->v;
    uint32_t k = x->b | (uint32_t)x->c << 16;
    if (x->op == OP_LDI)
        return value_ok(v, c->type[x->a], (int16_t)x->b);
    if (x->op == OP_LDN)
        return x->b <= 1;
    if (x->op == OP_LDT)
        return family_of(c->type[x->a]) == 't' && text_ok(v, k);
    if (k >= v->i->constants)
        return false;
    v->constant_used[k] = 1;
    return value_ok(v, c->type[x->a], v->i->constant[k]);
}

static bool table_ok(const checker *c, const insn *x)
{
    const image *i = c->v->i;
    type_word to = c->type[x->a], row = c->type[x->b];
    if (x->op == OP_ALL)
        return type_is_list_of(c->v, to, TYPE_WORD(TYPE_ROW, x->b));
    if (TYPE_ID(row) != TYPE_ROW)
        return false;
    uint32_t t = TYPE_PARAMETER(row);
    if (x->op == OP_REL)
        return i->tables[x->c].parent == t && type_is_list_of(c->v, to, TYPE_WORD(TYPE_ROW, x->c));
    if (x->c >= i->tables[t].columns)
        return false;
    const image_column *column = &i->columns[i->tables[t].first_column + x->c];
    return column->list ? type_is_list_of(c->v, to, column->type) : to == column->type;
}

static bool convert_ok(type_word to, type_word from, uint16_t k)
{
    const conversion_row *row = &conversion_rows[k];
    bool currency = row->to == TYPE_MONEY || row->to == TYPE_REVENUE;
    return TYPE_ID(to) == row->to && TYPE_ID(from) == row->from &&
           TYPE_PARAMETER(to) == (currency ? TYPE_PARAMETER(from) : 0);
}

static bool sum_ok(type_word a, type_word b, type_word c, bool minus)
{
    if (TYPE_ID(b) != TYPE_INSTANT)
        return scales(a) && a == b && b == c;
    return (c == span && a == moment) || (minus && c == moment && a == span);
}

static bool arithmetic_ok(const checker *c, const insn *x)
{
    const type_word a = c->type[x->a], b = c->type[x->b];
    const type_word r = op_rows[x->op].operand[2] == R_ ? c->type[x->c] : a;
    switch (x->op) {
    case OP_ADD: return sum_ok(a, b, r, false);
    case OP_SUB: return sum_ok(a, b, r, true);
    case OP_MIN:
    case OP_MAX: return a == b && b == r && in_family(a, "qw");
    case OP_NEG:
    case OP_ABS: return a == b && scales(a);
    case OP_MULN:
    case OP_DIVN: return a == b && scales(a) && r == number;
    case OP_MULP:
    case OP_DIVP: return a == b && scales(a) && r == percent;
    case OP_RATIO: return b == r && scales(b) && a == number;
    case OP_CVT: return convert_ok(a, b, x->c);
    case OP_RXD: return a == number && b == rate && r == span;
    case OP_NPD: return a == rate && b == number && r == span;
    default: return false;
    }
}

static bool logic_ok(const checker *c, const insn *x)
{
    const type_word a = c->type[x->a], b = c->type[x->b];
    const type_word r = op_rows[x->op].operand[2] == R_ ? c->type[x->c] : a;
    switch (x->op) {
    case OP_EQ:
    case OP_NE: return a == truth && b == r && in_family(b, "qwr");
    case OP_LT:
    case OP_LE: return a == truth && b == r && in_family(b, "qw");
    case OP_TEQ:
    case OP_TLT: return a == truth && b == r && family_of(b) == 't' && TYPE_ID(b) != TYPE_SECRET;
    case OP_IN: return a == truth && typing_element_of(c, r) == b && in_family(b, "qwtr");
    case OP_AND:
    case OP_OR: return a == truth && b == truth && r == truth;
    case OP_NOT: return a == truth && b == truth;
    case OP_ISNA:
    case OP_ISNONE: return a == truth;
    case OP_COAL: return a == b && b == r;
    case OP_SEL: return b == truth && typing_all_of_type(c, x->c, 2, a);
    default: return false;
    }
}

/* What JGET can make of a json value: scalars whose form json has, enums by name, lists of them. */
static bool is_json_form(const checker *c, type_word w)
{
    while (TYPE_ID(w) == TYPE_LIST)
        w = typing_element_of(c, w);
    return w == truth || w == number || w == words || w == json || TYPE_ID(w) == TYPE_ENUM;
}

static bool text_rule_ok(const checker *c, const insn *x)
{
    const image *i = c->v->i;
    type_word a = c->type[x->a];
    if (x->op == OP_CAT)
        return a == words && typing_all_of_type(c, x->b, x->c, words);
    if (x->op == OP_FMT) {
        type_word b = c->type[x->b];
        while (TYPE_ID(b) == TYPE_LIST)
            b = typing_element_of(c, b);
        return a == words && x->c <= 1 && type_is_plain(b);
    }
    if (x->op == OP_JGET) {
        c->v->getter_used[x->c] = 1;
        return c->type[x->b] == json && a == i->fields[x->c].type && is_json_form(c, a);
    }
    const image_record *r = &i->records[x->b];
    c->v->record_used[x->b] = 1;
    if (a != json || !typing_registers_ok(c, x->c, r->leaves))
        return false;
    for (uint32_t k = 0; k < r->leaves; k++)
        if (c->type[x->c + k] != i->leaves[r->first_leaf + k].type)
            return false;
    return true;
}

static bool call_ok(const checker *c, const insn *x)
{
    const image *i = c->v->i;
    const image_function *f = &i->functions[x->b];
    return f->effect <= c->row->effect && types_match(c, x->c, types_of(i, x->b), f->parameters) &&
           types_match(c, x->a, results_of(i, x->b), f->results);
}

static bool builtin_ok(const checker *c, const insn *x)
{
    const image *i = c->v->i;
    signature g = signature_read(builtin_rows[x->b].signature);
    if (!typing_registers_ok(c, x->c, g.parameters))
        return false;
    for (uint32_t k = 0; k < g.parameters; k++)
        if (!signature_fits(&g.parameter[k], c->type[x->c + k], i->list_types, i->list_type_count))
            return false;
    return signature_fits(&g.result, c->type[x->a], i->list_types, i->list_type_count);
}

/* A pure function of (element, r[c+1]…) over the list in r[c]. */
static bool over_list_ok(const checker *c, const insn *x)
{
    const image *i = c->v->i;
    const image_function *f = &i->functions[x->b];
    return x->c < c->row->registers && f->effect == EFFECT_PURE && f->parameters >= 1 &&
           typing_registers_ok(c, x->c, f->parameters) &&
           typing_element_of(c, c->type[x->c]) == types_of(i, x->b)[0] &&
           (f->parameters == 1 ||
            types_match(c, x->c + 1u, types_of(i, x->b) + 1, f->parameters - 1u));
}

static bool reduction_ok(const checker *c, const insn *x)
{
    const image *i = c->v->i;
    const image_function *f = &i->functions[x->b];
    type_word a = c->type[x->a];
    if (!over_list_ok(c, x))
        return false;
    const type_word *r = results_of(i, x->b);
    if (x->op == OP_ORDER) {
        for (uint32_t k = 0; k < f->results; k++)
            if (!in_family(r[k], "qwtr") || TYPE_ID(r[k]) == TYPE_SECRET)
                return false;
        return f->results >= 1 && a == c->type[x->c];
    }
    if (f->results < 1 || r[0] != truth || f->results > 2)
        return false;
    if (x->op == OP_RCOUNT)
        return a == number;
    if (f->results != 2)
        return false;
    switch (x->op) {
    case OP_RANY:
    case OP_RALLOF: return a == truth && r[1] == truth;
    case OP_RMIN:
    case OP_RMAX: return a == r[1] && in_family(a, "qw");
    case OP_RSUM:
    case OP_RMEAN: return a == r[1] && scales(a);
    default: return type_is_list_of(c->v, a, r[1]);
    }
}

static bool assess_ok(const checker *c, const insn *x)
{
    type_word row = c->type[x->b], a = c->type[x->a];
    bool subject =
        row == TYPE_WORD(TYPE_ROW, TABLE_CUSTOMER) || row == TYPE_WORD(TYPE_ROW, TABLE_CHANNEL);
    return subject && x->c < 3 + c->v->i->enums[ENUM_category].members &&
           a == (x->c == 1 ? TYPE_WORD(TYPE_ENUM, ENUM_level) : number);
}

static bool series_ok(const checker *c, const insn *x)
{
    type_word b = c->type[x->b], a = c->type[x->a];
    if (TYPE_ID(b) != TYPE_SERIES || x->c >= STATISTIC_COUNT)
        return false;
    if (x->c == STATISTIC_SAMPLES || x->c == STATISTIC_GAPS)
        return a == number;
    return a == TYPE_PARAMETER(b) && (x->c != STATISTIC_MEAN || scales(a));
}

static bool fact_ok(const checker *c, uint16_t fact, type_word type)
{
    type_word *known = &c->v->fact[fact];
    if (*known == NO_INDEX && fact != c->v->facts)
        return false;
    if (*known == NO_INDEX) {
        *known = type;
        c->v->facts++;
    }
    return *known == type && type != fiber;
}

static bool end_ok(const checker *c, const insn *x)
{
    const image *i = c->v->i;
    if (x->op == OP_FAIL)
        return c->type[x->b] == words;
    return x->b == c->row->results && types_match(c, x->a, results_of(i, c->index), x->b);
}

/* --- one rule an instruction ---------------------------------------------------------------------
 */

static bool move_ok(const checker *c, const insn *x)
{
    return c->type[x->a] == c->type[x->b];
}

static bool list_ok(const checker *c, const insn *x)
{
    type_word element = typing_element_of(c, c->type[x->a]);
    return element != NO_INDEX && typing_all_of_type(c, x->b, x->c, element);
}

static bool index_ok(const checker *c, const insn *x)
{
    return typing_element_of(c, c->type[x->b]) == c->type[x->a] && c->type[x->c] == number;
}

static bool length_ok(const checker *c, const insn *x)
{
    return typing_element_of(c, c->type[x->b]) != NO_INDEX && c->type[x->a] == number;
}

static bool any_ok(const checker *c, const insn *x)
{
    (void)c, (void)x;
    return true;
}

static bool unless_ok(const checker *c, const insn *x)
{
    return c->type[x->a] == truth;
}

static bool put_ok(const checker *c, const insn *x)
{
    return fact_ok(c, x->a, c->type[x->b]);
}

static bool get_ok(const checker *c, const insn *x)
{
    return fact_ok(c, x->b, c->type[x->a]);
}

static bool settle_ok(const checker *c, const insn *x)
{
    return TYPE_ID(c->type[x->b]) == TYPE_SERIES;
}

static bool join_ok(const checker *c, const insn *x)
{
    return x->c >= 1 && typing_all_of_type(c, x->b, x->c, fiber);
}

/* An instruction without a rule is refused. */
static bool (*const rules[OP_COUNT])(const checker *c, const insn *x) = {
    [OP_LDK] = constant_ok,     [OP_LDI] = constant_ok,     [OP_LDT] = constant_ok,
    [OP_LDN] = constant_ok,     [OP_MOV] = move_ok,         [OP_LDC] = table_ok,
    [OP_REL] = table_ok,        [OP_ALL] = table_ok,        [OP_LIST] = list_ok,
    [OP_IDX] = index_ok,        [OP_LEN] = length_ok,       [OP_ADD] = arithmetic_ok,
    [OP_SUB] = arithmetic_ok,   [OP_MIN] = arithmetic_ok,   [OP_MAX] = arithmetic_ok,
    [OP_NEG] = arithmetic_ok,   [OP_ABS] = arithmetic_ok,   [OP_MULN] = arithmetic_ok,
    [OP_MULP] = arithmetic_ok,  [OP_DIVN] = arithmetic_ok,  [OP_DIVP] = arithmetic_ok,
    [OP_RATIO] = arithmetic_ok, [OP_CVT] = arithmetic_ok,   [OP_RXD] = arithmetic_ok,
    [OP_NPD] = arithmetic_ok,   [OP_EQ] = logic_ok,         [OP_NE] = logic_ok,
    [OP_LT] = logic_ok,         [OP_LE] = logic_ok,         [OP_TEQ] = logic_ok,
    [OP_TLT] = logic_ok,        [OP_IN] = logic_ok,         [OP_AND] = logic_ok,
    [OP_OR] = logic_ok,         [OP_NOT] = logic_ok,        [OP_ISNA] = logic_ok,
    [OP_ISNONE] = logic_ok,     [OP_COAL] = logic_ok,       [OP_SEL] = logic_ok,
    [OP_JMP] = any_ok,          [OP_JNA] = any_ok,          [OP_LEAVE] = any_ok,
    [OP_JN] = unless_ok,        [OP_FMT] = text_rule_ok,    [OP_CAT] = text_rule_ok,
    [OP_REC] = text_rule_ok,    [OP_JGET] = text_rule_ok,   [OP_CALL] = call_ok,
    [OP_BI] = builtin_ok,       [OP_RANY] = reduction_ok,   [OP_RALLOF] = reduction_ok,
    [OP_RCOUNT] = reduction_ok, [OP_RSUM] = reduction_ok,   [OP_RMIN] = reduction_ok,
    [OP_RMAX] = reduction_ok,   [OP_RMEAN] = reduction_ok,  [OP_RLIST] = reduction_ok,
    [OP_ORDER] = reduction_ok,  [OP_ASSESS] = assess_ok,    [OP_PUT] = put_ok,
    [OP_GET] = get_ok,          [OP_SGET] = series_ok,      [OP_SETTLE] = settle_ok,
    [OP_JOIN] = join_ok,        [OP_RET] = end_ok,          [OP_FAIL] = end_ok,
    [OP_READ] = site_use_ok,    [OP_DO] = site_use_ok,      [OP_STEP] = site_use_ok,
    [OP_TASK] = site_use_ok,    [OP_APPROVE] = site_use_ok, [OP_SIM] = site_use_ok,
    [OP_LIVE] = site_use_ok,    [OP_OBSERVE] = site_use_ok, [OP_ARM] = site_use_ok,
    [OP_GATE] = site_use_ok,    [OP_WINDOW] = site_use_ok,  [OP_SLEEP] = site_use_ok,
    [OP_UNTIL] = site_use_ok,   [OP_NOTIFY] = site_use_ok,  [OP_FORK] = site_use_ok,
    [OP_EACH] = site_use_ok,    [OP_SCOPE] = site_use_ok,
};

bool typing_ok(const checker *c, const insn *x)
{
    return rules[x->op] != NULL && rules[x->op](c, x);
}
