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
static bool registers_ok(const checker *c, uint32_t r, uint32_t n)
{
    return n ? r < c->row->registers && n <= c->row->registers - r : r == 0;
}

static bool types_match(const checker *c, uint32_t r, const type_word *wanted, uint32_t n)
{
    if (!registers_ok(c, r, n))
        return false;
    for (uint32_t k = 0; k < n; k++)
        if (c->type[r + k] != wanted[k])
            return false;
    return true;
}

static bool all_of_type(const checker *c, uint32_t r, uint32_t n, type_word wanted)
{
    if (!registers_ok(c, r, n))
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

static type_word element_of(const checker *c, type_word list)
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
static bool many_results(uint16_t op)
{
    return op == OP_CALL || op == OP_READ || op == OP_DO || op == OP_STEP || op == OP_SIM;
}

bool operands_ok(const checker *c, const insn *x, uint32_t at)
{
    const op_row *op = &op_rows[x->op];
    const uint16_t value[3] = {x->a, x->b, x->c};
    for (int k = 0; k < 3; k++) {
        if ((k == 0 && many_results(x->op)) || (k == 2 && op->operand[1] == K_))
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
    case OP_IN: return a == truth && element_of(c, r) == b && in_family(b, "qwtr");
    case OP_AND:
    case OP_OR: return a == truth && b == truth && r == truth;
    case OP_NOT: return a == truth && b == truth;
    case OP_ISNA:
    case OP_ISNONE: return a == truth;
    case OP_COAL: return a == b && b == r;
    case OP_SEL: return b == truth && all_of_type(c, x->c, 2, a);
    default: return false;
    }
}

/* What JGET can make of a json value: scalars whose form json has, enums by name, lists of them. */
static bool is_json_form(const checker *c, type_word w)
{
    while (TYPE_ID(w) == TYPE_LIST)
        w = element_of(c, w);
    return w == truth || w == number || w == words || w == json || TYPE_ID(w) == TYPE_ENUM;
}

static bool text_rule_ok(const checker *c, const insn *x)
{
    const image *i = c->v->i;
    type_word a = c->type[x->a];
    if (x->op == OP_CAT)
        return a == words && all_of_type(c, x->b, x->c, words);
    if (x->op == OP_FMT) {
        type_word b = c->type[x->b];
        while (TYPE_ID(b) == TYPE_LIST)
            b = element_of(c, b);
        return a == words && x->c <= 1 && type_is_plain(b);
    }
    if (x->op == OP_JGET) {
        c->v->getter_used[x->c] = 1;
        return c->type[x->b] == json && a == i->fields[x->c].type && is_json_form(c, a);
    }
    const image_record *r = &i->records[x->b];
    c->v->record_used[x->b] = 1;
    if (a != json || !registers_ok(c, x->c, r->leaves))
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
    if (!registers_ok(c, x->c, g.parameters))
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
           registers_ok(c, x->c, f->parameters) &&
           element_of(c, c->type[x->c]) == types_of(i, x->b)[0] &&
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

typedef struct {
    uint16_t op;
    site_kind kind;
    uint8_t leading; /* operands from r[c] on that are no captures */
    type_word lead;  /* their type; NO_INDEX: checked apart */
} site_use;

static const site_use site_uses[] = {
    {OP_READ, SITE_READ, 0, 0},
    {OP_DO, SITE_DO, 0, 0},
    {OP_STEP, SITE_STEP, 0, 0},
    {OP_TASK, SITE_TASK, 1, TYPE_INSTANT},
    {OP_APPROVE, SITE_APPROVE, 1, TYPE_INSTANT},
    {OP_SIM, SITE_SIMULATE, 0, 0},
    {OP_OBSERVE, SITE_OBSERVE, 2, TYPE_DURATION},
    {OP_ARM, SITE_TRIGGER, 1, TYPE_DURATION},
    {OP_GATE, SITE_GATE, 0, 0},
    {OP_WINDOW, SITE_WINDOW, 1, TYPE_ROW | TABLE_WINDOW << 8},
    {OP_SLEEP, SITE_SLEEP, 1, TYPE_DURATION},
    {OP_UNTIL, SITE_UNTIL, 3, TYPE_DURATION},
    {OP_NOTIFY, SITE_NOTIFY, 0, 0},
    {OP_FORK, SITE_FORK, 0, 0},
    {OP_EACH, SITE_EACH, 2, NO_INDEX},
};

static bool site_results_ok(const checker *c, const insn *x, const image_site *s)
{
    const image *i = c->v->i;
    if (!many_results(x->op))
        return true;
    if (!registers_ok(c, x->a, s->shape_count))
        return false;
    for (uint32_t k = 0; k < s->shape_count; k++)
        if (c->type[x->a + k] != i->fields[s->shape + k].type)
            return false;
    return true;
}

/* The site is numbered by its first use, and its functions are lower than this one. */
static bool site_order_ok(const checker *c, const insn *x)
{
    verifier *v = c->v;
    uint32_t f[SITE_FUNCTIONS];
    if (x->b > v->next_site)
        return refuse(v, x, "site %u is out of order", x->b);
    v->next_site += x->b == v->next_site;
    site_functions(&v->i->sites[x->b], f);
    for (int k = 0; k < SITE_FUNCTIONS; k++)
        if (f[k] != NO_INDEX && f[k] >= c->index)
            return refuse(v, x, "site %u names a function that is not below", x->b);
    return true;
}

static bool site_ok(const checker *c, const insn *x)
{
    verifier *v = c->v;
    const image_site *s = &v->i->sites[x->b];
    if (!site_order_ok(c, x))
        return false;
    if (x->op == OP_SCOPE)
        return (s->kind == SITE_SCOPE && !s->captures &&
                verify_site_functions(v, x, s, NULL, NO_INDEX)) ||
               (s->kind != SITE_SCOPE && refuse(v, x, "instruction and site do not match"));
    const site_use *use = site_uses;
    while (use->op != x->op)
        use++;
    type_word element = NO_INDEX;
    bool ok = s->kind == use->kind && registers_ok(c, x->c, use->leading + s->captures);
    if (ok && x->op == OP_EACH) {
        element = element_of(c, c->type[x->c]);
        ok = element != NO_INDEX && c->type[x->c + 1] == number;
    } else if (ok && use->leading)
        ok = all_of_type(c, x->c, use->leading, use->lead);
    if (ok && x->op == OP_OBSERVE) {
        ok = TYPE_ID(c->type[x->a]) == TYPE_SERIES;
        element = TYPE_PARAMETER(c->type[x->a]);
    }
    if (x->op == OP_FORK)
        ok = ok && c->type[x->a] == fiber;
    if (!ok || !site_results_ok(c, x, s))
        return refuse(v, x, "operands of %s do not fit its site", op_rows[x->op].mnemonic);
    return verify_site_functions(v, x, s, c->type + x->c + use->leading, element);
}

static bool end_ok(const checker *c, const insn *x)
{
    const image *i = c->v->i;
    if (x->op == OP_FAIL)
        return c->type[x->b] == words;
    return x->b == c->row->results && types_match(c, x->a, results_of(i, c->index), x->b);
}

bool typing_ok(const checker *c, const insn *x)
{
    switch ((opcode)x->op) {
    case OP_LDK:
    case OP_LDI:
    case OP_LDT:
    case OP_LDN: return constant_ok(c, x);
    case OP_MOV: return c->type[x->a] == c->type[x->b];
    case OP_LDC:
    case OP_REL:
    case OP_ALL: return table_ok(c, x);
    case OP_LIST:
        return element_of(c, c->type[x->a]) != NO_INDEX &&
               all_of_type(c, x->b, x->c, element_of(c, c->type[x->a]));
    case OP_IDX: return element_of(c, c->type[x->b]) == c->type[x->a] && c->type[x->c] == number;
    case OP_LEN: return element_of(c, c->type[x->b]) != NO_INDEX && c->type[x->a] == number;
    case OP_ADD:
    case OP_SUB:
    case OP_MIN:
    case OP_MAX:
    case OP_NEG:
    case OP_ABS:
    case OP_MULN:
    case OP_MULP:
    case OP_DIVN:
    case OP_DIVP:
    case OP_RATIO:
    case OP_CVT:
    case OP_RXD:
    case OP_NPD: return arithmetic_ok(c, x);
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_TEQ:
    case OP_TLT:
    case OP_IN:
    case OP_AND:
    case OP_OR:
    case OP_NOT:
    case OP_ISNA:
    case OP_ISNONE:
    case OP_COAL:
    case OP_SEL: return logic_ok(c, x);
    case OP_JMP:
    case OP_JNA:
    case OP_LEAVE: return true;
    case OP_JN: return c->type[x->a] == truth;
    case OP_FMT:
    case OP_CAT:
    case OP_REC:
    case OP_JGET: return text_rule_ok(c, x);
    case OP_CALL: return call_ok(c, x);
    case OP_BI: return builtin_ok(c, x);
    case OP_RANY:
    case OP_RALLOF:
    case OP_RCOUNT:
    case OP_RSUM:
    case OP_RMIN:
    case OP_RMAX:
    case OP_RMEAN:
    case OP_RLIST:
    case OP_ORDER: return reduction_ok(c, x);
    case OP_ASSESS: return assess_ok(c, x);
    case OP_PUT: return fact_ok(c, x->a, c->type[x->b]);
    case OP_GET: return fact_ok(c, x->b, c->type[x->a]);
    case OP_SGET: return series_ok(c, x);
    case OP_SETTLE: return TYPE_ID(c->type[x->b]) == TYPE_SERIES;
    case OP_JOIN: return x->c >= 1 && all_of_type(c, x->b, x->c, fiber);
    case OP_RET:
    case OP_FAIL: return end_ok(c, x);
    case OP_READ:
    case OP_DO:
    case OP_STEP:
    case OP_TASK:
    case OP_APPROVE:
    case OP_SIM:
    case OP_OBSERVE:
    case OP_ARM:
    case OP_GATE:
    case OP_WINDOW:
    case OP_SLEEP:
    case OP_UNTIL:
    case OP_NOTIFY:
    case OP_FORK:
    case OP_EACH:
    case OP_SCOPE: return site_ok(c, x);
    case OP_COUNT: break;
    }
    return false;
}
