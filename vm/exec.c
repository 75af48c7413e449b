/* exec.c: owns frames: pushing, returning, checking those of a snapshot, and calls from outside. */
#include "vm/exec_parts.h"

#include "bytecode/vocabulary.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void make_room(exec_fiber *f, uint32_t frames, uint32_t registers)
{
    *f = (exec_fiber){.frame_room = frames, .register_room = registers};
    f->frame = calloc((size_t)frames + 1, sizeof *f->frame);
    f->reg = calloc((size_t)registers + 1, sizeof *f->reg);
    if (!f->frame || !f->reg)
        memory_exhausted();
}

void exec_fiber_init(exec_fiber *f, const image *i)
{
    make_room(f, i->limits->depth, i->limits->registers);
}

void exec_fiber_release(exec_fiber *f)
{
    free(f->frame);
    free(f->reg);
    heap_release(&f->heap);
    *f = (exec_fiber){0};
}

bool exec_fiber_valid(const exec_fiber *f, const image *i)
{
    uint32_t top = 0;
    if (f->frames > f->frame_room || f->registers > f->register_room)
        return false;
    for (uint32_t k = 0; k < f->frames; k++) {
        const exec_frame *frame = &f->frame[k];
        if (frame->function >= i->function_count || frame->base != top)
            return false;
        const image_function *row = &i->functions[frame->function];
        if (frame->pc >= row->instructions || row->registers > f->register_room - top)
            return false;
        if (frame->into != NO_INDEX && (!k || frame->into < f->frame[k - 1].base ||
                                        frame->into > top || row->results > top - frame->into))
            return false;
        top += row->registers;
    }
    return f->registers == top;
}

bool exec_push_into(exec_fiber *f, const image *i, uint32_t function, const int64_t *args,
                    uint32_t n, uint32_t into)
{
    const image_function *row = &i->functions[function];
    assert(n == row->parameters);
    if (f->frames >= f->frame_room || row->registers > f->register_room - f->registers)
        return false;
    int64_t *reg = f->reg + f->registers;
    /* args may lie in these very registers: results of the frame before. */
    memmove(reg, args, n * sizeof *reg);
    for (uint32_t r = n; r < row->registers; r++)
        reg[r] = QUANTITY_NA;
    f->frame[f->frames++] = (exec_frame){function, 0, f->registers, into};
    f->registers += row->registers;
    return true;
}

bool exec_push(exec_fiber *f, const image *i, uint32_t function, const int64_t *args, uint32_t n)
{
    static const int64_t none[1] = {0};
    return exec_push_into(f, i, function, n ? args : none, n, NO_INDEX);
}

const int64_t *exec_results(const exec_fiber *f)
{
    return f->reg + f->registers;
}

const insn *exec_instruction(const exec_fiber *f, const image *i)
{
    const exec_frame *frame = &f->frame[f->frames - 1];
    return &i->code[i->functions[frame->function].code + frame->pc];
}

int64_t *exec_register(const exec_fiber *f, uint32_t r)
{
    assert(f->frame[f->frames - 1].base + r < f->registers);
    return &f->reg[f->frame[f->frames - 1].base + r];
}

type_word exec_type(const exec_fiber *f, const image *i, uint32_t r)
{
    return i->types[i->functions[f->frame[f->frames - 1].function].types + r];
}

void exec_advance(exec_fiber *f, uint32_t skip)
{
    f->frame[f->frames - 1].pc += 1 + skip;
}

void exec_pop(exec_fiber *f)
{
    f->registers = f->frame[--f->frames].base;
}

exec_status exec_nested(machine *m, uint32_t function, const int64_t *args, uint32_t n,
                        const int64_t **results)
{
    uint32_t frames = m->f->frames, registers = m->f->registers;
    if (!exec_push(m->f, m->i, function, args, n))
        return EXEC_CORRUPT;
    exec_status s = exec_run(m->c, m->f);
    *results = exec_results(m->f);
    if (s != EXEC_RETURNED) {
        m->f->frames = frames;
        m->f->registers = registers;
    }
    return s;
}

exec_status exec_pure(exec_context *c, uint32_t function, const int64_t *args, uint32_t n,
                      int64_t *results, heap *h)
{
    const image_function *row = &c->image->functions[function];
    assert(row->effect == EFFECT_PURE);
    exec_fiber f;
    make_room(&f, c->image->limits->depth, row->depth);
    f.heap = *h;
    exec_status s = EXEC_CORRUPT;
    if (exec_push(&f, c->image, function, args, n))
        s = exec_run(c, &f);
    if (s == EXEC_RETURNED && row->results)
        memcpy(results, exec_results(&f), row->results * sizeof *results);
    *h = f.heap;
    f.heap = (heap){0};
    exec_fiber_release(&f);
    return s;
}
