/* exec.h: the dispatcher: everything an instruction does without waiting.
 *
 * A fiber is plain data: frames, registers, heap. exec_run runs its innermost frame until it meets
 * an instruction whose `wait` is 1 (opcodes.def). That one belongs to the run time, which performs
 * it (at once or many turns later), writes its results through exec_register, steps over it with
 * exec_advance and calls exec_run again.
 *
 * The run time calls functions of a site with exec_push: the frame lies above the waiting one, may
 * itself wait, and when it returns exec_run says EXEC_RETURNED with the results at exec_results.
 * Pure functions are simply called to their end with exec_pure.
 */
#ifndef FERRY_VM_EXEC_H
#define FERRY_VM_EXEC_H

#include "vm/value.h"

typedef struct {
    uint32_t function;
    uint32_t pc;   /* instruction within the function that runs next */
    uint32_t base; /* of its registers within the fiber's; frames are contiguous */
    uint32_t into; /* register of the fiber that takes the first result; NO_INDEX: exec_push made
                      this frame, its return goes to the run time */
} exec_frame;

typedef struct {
    exec_frame *frame; /* frame[frames - 1] is the innermost */
    uint32_t frames, frame_room;
    int64_t *reg; /* registers of all frames */
    uint32_t registers, register_room;
    heap heap;
} exec_fiber;

/* Room for the deepest chain of the image (limits depth and registers): frames never move. */
void exec_fiber_init(exec_fiber *f, const image *i);
void exec_fiber_release(exec_fiber *f);
/* Whether frames that came from a snapshot are ones that the image allows: functions, pc, bases,
 * `into`. exec_run may be called only on fibers for which this holds. */
bool exec_fiber_valid(const exec_fiber *f, const image *i);
/* Dead weight out, live handles copied into a fresh heap in register order: afterwards fibers that
 * are equal by content are equal by bytes. Handles from before are void. */
void exec_fiber_normalise(exec_fiber *f, const image *i);

typedef struct {
    const image *image;
    uint64_t fuel; /* instructions left in this turn; counted down */
    bool assumes;  /* a branch is taken where its condition is not available (untold.c) */
    /* Statistic s of a series whose handle is `series`; QUANTITY_NA while it has no sample. NULL
     * where there is no run: then all are NA. */
    int64_t (*series)(void *self, int64_t series, statistic_id s);
    void *self;
} exec_context;

typedef enum {
    EXEC_WAIT,     /* the innermost frame stands at an instruction with wait = 1 */
    EXEC_RETURNED, /* the frame that exec_push made is gone; see exec_results */
    EXEC_FUEL,     /* no fuel left; the fiber stands where it was and may go on with more */
    EXEC_MEMORY,   /* its heap is full: the run time fails the fiber */
    EXEC_CORRUPT   /* frames deeper than the image allows: only from a hostile snapshot */
} exec_status;

/* Pushes a frame of `function` with its parameters from args (handles of this fiber's heap); the
 * other registers start not available. false when the frames are full. */
bool exec_push(exec_fiber *f, const image *i, uint32_t function, const int64_t *args, uint32_t n);
/* Results of the frame that just returned to the run time (as many as its function has), valid
 * until the next push or run. */
const int64_t *exec_results(const exec_fiber *f);
exec_status exec_run(exec_context *c, exec_fiber *f);

/* The instruction at which the innermost frame stands, its registers and their types; `f` has a
 * frame. */
const insn *exec_instruction(const exec_fiber *f, const image *i);
int64_t *exec_register(const exec_fiber *f, uint32_t r);
type_word exec_type(const exec_fiber *f, const image *i, uint32_t r);
void exec_advance(exec_fiber *f, uint32_t skip); /* over this instruction and `skip` more */
void exec_pop(exec_fiber *f);                    /* drops the innermost frame without results */

/* Runs a pure function to its end: results to `results` (room for all of them), handles in `h`,
 * where the arguments' handles are, too. EXEC_RETURNED on success. */
exec_status exec_pure(exec_context *c, uint32_t function, const int64_t *args, uint32_t n,
                      int64_t *results, heap *h);

#endif
