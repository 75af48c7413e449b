/* vm.h: the machine. A run is a function of its image and its inputs.
 *
 * A turn takes the state and one input and runs every runnable fiber, by ascending id, until all
 * wait; what it derives is queued as outputs. There is no other time than the `at` of inputs, no
 * other randomness than none, no I/O. The host's loop (drive.h) is
 *
 *     drain arrivals -> append inputs -> turns -> append outputs -> commit -> submit
 *
 * so nothing is submitted before its commit. The state can be saved, loaded and hashed between
 * turns; equal states have equal bytes. vm_save/vm_load use a canonical serialisation, validated at
 * load against the image as any foreign bytes are.
 */
#ifndef FERRY_VM_VM_H
#define FERRY_VM_VM_H

#include "base/json.h"
#include "bytecode/image.h"

typedef enum {
#define EVENT(id, name, group, fields) EVENT_##id,
#include "vm/events.def"
#undef EVENT
    EVENT_COUNT
} event_kind;

/* What the machine derives from inputs. It is raised whenever a machine would derive other events,
 * or another state, from the inputs of a journal: a run stands in the journal of the version that
 * began it (START, `machine`; 1 where it says nothing), and is replayed by that version alone. */
enum { VM_VERSION = 3 };

typedef enum { OUTCOME_OK, OUTCOME_REFUSED, OUTCOME_UNKNOWN } outcome_status;

/* What the host is to do after the commit. */
typedef enum {
    SUBMIT_NOTHING, /* only an event */
    SUBMIT_REQUEST, /* perform: read or write of `operation`; answer with an OUTCOME of (fiber, n)
                     */
    SUBMIT_PROBE,   /* ask whether the write with `key` happened: ok = it did (with its values),
                       refused = surely not, unknown */
    SUBMIT_WITHDRAW /* forget the timer or call of (fiber, n); an answer that still comes is dropped
                     */
} vm_submit;

typedef struct {
    event_kind kind;
    instant at;        /* never before the previous input's */
    uint32_t fiber, n; /* of an OUTCOME: which request it answers */
    text body;         /* JSON; see events.def */
} vm_input;

typedef struct {
    event_kind kind; /* EVENT_COUNT where it is only a submission and no event (reads) */
    vm_submit submit;
    uint32_t fiber, n, site;
    sha256 key;   /* idempotency key of a write; zero otherwise */
    text body;    /* of the event, and of the request: {"operation":…,"connector":row or
                     null,"arguments":{…},"shape":[[path,type]…],"timeout":µs,"path":…} */
    text request; /* the request to submit, where submit is REQUEST or PROBE */
} vm_output;

typedef enum {
    RUN_NEW,
    RUN_RUNNING,
    RUN_WAITING,
    RUN_PAUSED,
    RUN_ROLLING_BACK,
    RUN_COMPLETED,
    RUN_ROLLED_BACK,
    RUN_PARTIAL,
    RUN_STOPPED,
    RUN_STUCK
} run_state;

typedef struct vm vm;

vm *vm_new(const image *i); /* the image outlives it */
void vm_free(vm *m);

/* Would this input be accepted? Pure. NULL, or what is wrong with it, for people ("no approval
 * named `gö`; waiting: go"), in `scratch`. */
const char *vm_admit(const vm *m, const vm_input *in, arena *scratch);
/* Runs one turn. The input must have been admitted. false only when a limit of the image (fibers,
 * fuel, memory) stopped the run: it ends as `stuck` with an END event that says which. Outputs are
 * valid until the next turn. */
bool vm_turn(vm *m, const vm_input *in);
bool vm_next(vm *m, vm_output *out); /* the outputs of the last turn, in order */
/* When the next timer is due; QUANTITY_MAX when none is. */
instant vm_deadline(const vm *m);
/* Requests that were submitted and not answered, for a host that starts over: reads are simply
 * submitted again; of a write the host must answer `unknown`, unless it knows better. Call with i =
 * 0, 1, … until false. */
bool vm_outstanding(vm *m, uint32_t i, vm_output *out);

/* RUN_STUCK without an END event: an undo failed and everything else is done; `resolve` lets it go
 * on, and it then ends otherwise. With an END event: a limit of the image. */
run_state vm_state(const vm *m);
bool vm_waits_for_people(const vm *m); /* nothing but people or time can move it */
void vm_save(vm *m, buffer *out);
bool vm_load(vm *m, text saved); /* false: not a state of this image; the machine is then unusable
                                    but for vm_free */
sha256 vm_hash(vm *m);

/* The run as people see it, written as members of an open JSON object: state, progress, phases
 * [{name, state}], steps [{path, state, title, attempt}], waiting [{kind, name, path, title, who,
 * until, since, question, answers}], turn_back_by (null: no window, or it goes back),
 * turn_back_passed, window {start, end}, in_doubt, stuck. */
void vm_describe(const vm *m, json_writer *w);

#endif
