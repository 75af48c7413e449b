/* measure.c: owns cost, depth and frame sizes, by one pass in function order (callees are lower).
 */
#include "bytecode/layout.h"
#include "bytecode/vocabulary.h"

static uint64_t add_cost(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static void take_callee(measure *m, uint32_t *registers, const measure *callee)
{
    *registers = callee->registers > *registers ? callee->registers : *registers;
    m->frames = callee->frames > m->frames ? callee->frames : m->frames;
    m->assesses |= callee->assesses;
}

measure measure_function(const image *i, uint32_t f, const measure *below)
{
    const image_function *row = &i->functions[f];
    measure m = {.cost = row->instructions};
    uint32_t registers = 0;
    for (uint32_t k = 0; k < row->instructions; k++) {
        const insn *x = &i->code[row->code + k];
        if (op_rows[x->op].operand[1] == F_) {
            /* A reduction runs its function once for each element; counted as the list limit of
             * one, because lengths are known only at run time, where fuel counts them. */
            take_callee(&m, &registers, &below[x->b]);
            m.cost = add_cost(m.cost, below[x->b].cost);
        } else if (op_rows[x->op].operand[1] == S_) {
            uint32_t s[SITE_FUNCTIONS];
            site_functions(&i->sites[x->b], s);
            for (int n = 0; n < SITE_FUNCTIONS - 1; n++)
                if (s[n] != NO_INDEX)
                    take_callee(&m, &registers, &below[s[n]]);
        }
        m.assesses |= x->op == OP_ASSESS;
    }
    m.registers = row->registers + registers;
    m.frames++;
    return m;
}

void measure_limits(const image *i, const measure *m, image_limits *to)
{
    to->registers = to->depth = to->series = 0;
    for (uint32_t f = 0; f < i->function_count; f++) {
        to->registers = m[f].registers > to->registers ? m[f].registers : to->registers;
        to->depth = m[f].frames > to->depth ? m[f].frames : to->depth;
    }
    for (uint32_t s = 0; s < i->site_count; s++)
        to->series += i->sites[s].kind == SITE_OBSERVE;
}
