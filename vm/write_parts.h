/* write_parts.h: what the files of reads and writes share.
 *
 *     step.c      the step
 *     do.c        reads, and the writes of an undo
 *     intent.c    what is recorded before a write, and the request itself
 */
#ifndef FERRY_VM_WRITE_PARTS_H
#define FERRY_VM_WRITE_PARTS_H

#include "vm/state.h"

/* Waits until the next try. */
void write_pause(vm *m, fiber *f, activity *a);
/* The registers that take the results of the site. */
int64_t *write_results(const vm *m, fiber *f, const activity *a);
void write_results_clear(const vm *m, fiber *f, const activity *a);
/* Whether the try ended with the process: kept until somebody takes it. */
void write_note_lost(vm *m, activity *a);
bool write_take_lost(activity *a);
/* Calls the check of the site; `a` is then in `phase`. */
go write_check(vm *m, fiber *f, activity *a, uint32_t phase);

/* The request of a write and its key; false where an argument is not available (fiber.why). */
bool intent_request(vm *m, fiber *f, activity *a, sha256 *key, buffer *request);
/* Whether the undo of a step that has not begun could be asked for: false (fiber.why) where a value
 * that it was to keep is not available, which no later answer would mend. */
bool intent_way_back(vm *m, fiber *f, const activity *a);
/* Records the intent; the request is submitted once that is committed. */
void intent_submit(vm *m, fiber *f, activity *a, const sha256 *key, text request);

#endif
