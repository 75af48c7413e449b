/* verify_use.c: owns the typing rule of instructions that name a site: its kind, the operands that
 * lead, the captures behind them, and its results. */
#include "bytecode/verify.h"

static const type_word number = TYPE_WORD(TYPE_NUMBER, 0), fiber = TYPE_WORD(TYPE_FIBER, 0);

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
    {OP_LIVE, SITE_SIMULATE, 1, TYPE_DURATION},
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
    if (!typing_many_results(x->op))
        return true;
    if (!typing_registers_ok(c, x->a, s->shape_count))
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

bool site_use_ok(const checker *c, const insn *x)
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
    bool ok = s->kind == use->kind && typing_registers_ok(c, x->c, use->leading + s->captures);
    if (x->op == OP_SIM || x->op == OP_LIVE)
        ok = ok && s->operation == (x->op == OP_LIVE ? OPERATION_LIVE : OPERATION_SIMULATE);
    if (ok && x->op == OP_EACH) {
        element = typing_element_of(c, c->type[x->c]);
        ok = element != NO_INDEX && c->type[x->c + 1] == number;
    } else if (ok && use->leading)
        ok = typing_all_of_type(c, x->c, use->leading, use->lead);
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
