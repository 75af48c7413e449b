/* exec_parts.h: what the files of the dispatcher share.
 *
 *     exec.c      frames, and calling from outside
 *     dispatch.c  the switch over instructions
 *     reduce.c    reductions and ORDER
 *     textual.c   FMT, CAT, REC, JGET, and the builtins on texts
 */
#ifndef FERRY_VM_EXEC_PARTS_H
#define FERRY_VM_EXEC_PARTS_H

#include "vm/exec.h"

/* One instruction being run: r are the frame's registers, t their types. */
typedef struct {
    exec_context *c;
    exec_fiber *f;
    const image *i;
    const insn *x;
    int64_t *r;
    const type_word *t;
} machine;

/* Each writes r[a]; texts and lists go to the fiber's heap. */
void exec_format(machine *m);
void exec_concatenate(machine *m);
void exec_record(machine *m);
void exec_json_get(machine *m);
void exec_builtin(machine *m);

/* Runs the function of the instruction over its list. Leaves frames and pc as they were when it is
 * not EXEC_RETURNED. */
exec_status exec_reduce(machine *m);
exec_status exec_order(machine *m);

/* Runs a pure function above the innermost frame to its end; *results are valid until the next
 * push. */
exec_status exec_nested(machine *m, uint32_t function, const int64_t *args, uint32_t n,
                        const int64_t **results);
/* Pushes a frame whose first result goes to register `into` of the fiber. */
bool exec_push_into(exec_fiber *f, const image *i, uint32_t function, const int64_t *args,
                    uint32_t n, uint32_t into);

/* Kleene's truth: false < not available < true; everything that is neither 0 nor 1 is NA. */
static inline int truth_of(int64_t v)
{
    return v == 1 ? 1 : v == 0 ? -1 : 0;
}

static inline int64_t of_truth(int t)
{
    return t > 0 ? 1 : t < 0 ? 0 : QUANTITY_NA;
}

#endif
