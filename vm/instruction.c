/* instruction.c: instructions that wait or touch the run: most become an activity of their fiber,
 * the others end where they begin; and the facts that fibers put for each other.
 */
#include "vm/state.h"

#include <string.h>

/* --- facts --- */

static size_t fact_place(const fiber *f, uint32_t id)
{
    size_t k = 0;
    while (k < f->facts.n && f->facts.p[k].id < id)
        k++;
    return k;
}

const fact *fiber_fact(const vm *m, const fiber *f, uint32_t id, const fiber **of)
{
    for (; f; f = fiber_at(m, f->parent)) {
        size_t k = fact_place(f, id);
        *of = f;
        if (k < f->facts.n && f->facts.p[k].id == id)
            return &f->facts.p[k];
    }
    return NULL;
}

/* A block that is begun anew puts its facts anew: the newest counts. */
static void put_fact(vm *m, fiber *f, const insn *i)
{
    fiber *of = fiber_at(m, f->parent) ? fiber_at(m, f->parent) : f;
    type_word t = exec_type(&f->x, m->image, i->b);
    fact new = {i->a, value_copy(m->image, &f->x.heap, &of->keep, t, *exec_register(&f->x, i->b))};
    size_t k = fact_place(of, i->a);
    if (k == of->facts.n || of->facts.p[k].id != i->a) {
        vec_push(&of->facts, new);
        memmove(of->facts.p + k + 1, of->facts.p + k, (of->facts.n - 1 - k) * sizeof new);
    }
    of->facts.p[k] = new;
    of->ran = true;
}

static void get_fact(vm *m, fiber *f, const insn *i)
{
    const fiber *of;
    const fact *known = fiber_fact(m, f, i->b, &of);
    type_word t = exec_type(&f->x, m->image, i->a);
    *exec_register(&f->x, i->a) =
        known ? value_copy(m->image, &of->keep, &f->x.heap, t, known->value) : QUANTITY_NA;
}

/* --- what begins --- */

static const uint8_t instruction_activity[OP_COUNT] = {
    [OP_READ] = ACT_READ + 1,     [OP_SIM] = ACT_READ + 1,    [OP_STEP] = ACT_WRITE + 1,
    [OP_DO] = ACT_DO + 1,         [OP_TASK] = ACT_TASK + 1,   [OP_APPROVE] = ACT_APPROVE + 1,
    [OP_SETTLE] = ACT_SETTLE + 1, [OP_GATE] = ACT_GATE + 1,   [OP_WINDOW] = ACT_WINDOW + 1,
    [OP_SLEEP] = ACT_SLEEP + 1,   [OP_UNTIL] = ACT_UNTIL + 1, [OP_JOIN] = ACT_JOIN + 1,
    [OP_EACH] = ACT_EACH + 1,     [OP_LEAVE] = ACT_LEAVE + 1, [OP_LIVE] = ACT_LIVE + 1,
};

unsigned instruction_starts(unsigned op)
{
    return op < OP_COUNT && instruction_activity[op] ? instruction_activity[op] - 1u : ACT_COUNT;
}

/* Instructions that end where they begin; the rest become activities. */
cause instruction_begin(vm *m, fiber *f)
{
    const insn *i = exec_instruction(&f->x, m->image);
    if (instruction_activity[i->op]) {
        uint32_t site =
            i->op == OP_SETTLE || i->op == OP_LEAVE || i->op == OP_JOIN ? NO_INDEX : i->b;
        fiber_push(f, instruction_activity[i->op] - 1, site)->flags = ACT_INSTRUCTION;
        return CAUSE_BEGIN;
    }
    switch (i->op) {
    case OP_PUT: put_fact(m, f, i); break;
    case OP_GET: get_fact(m, f, i); break;
    case OP_SCOPE: instruction_begin_scope(m, f, i); break;
    case OP_FORK: instruction_fork(m, f, i); break;
    case OP_OBSERVE: instruction_observe(m, f, i); break;
    case OP_ARM: instruction_arm(m, f, i); break;
    case OP_NOTIFY: instruction_notify(m, f, i); break;
    case OP_FAIL: {
        text why = value_text(m->image, &f->x.heap, *exec_register(&f->x, i->b));
        fiber_why(f, "%.*s", TEXT_ARG(why));
        return CAUSE_FAILED;
    }
    default: vm_broken(m, "an instruction that waits for nothing"); return CAUSE_NONE;
    }
    if (m->ended)
        return CAUSE_NONE;
    exec_advance(&f->x, 0);
    return CAUSE_FRAME;
}
