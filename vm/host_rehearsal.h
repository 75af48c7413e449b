/* host_rehearsal.h: the live host on rehearsal addresses, with a clock that jumps.
 *
 * While a call is under way time passes as it does; when there is nothing to wait for but a timer,
 * the clock jumps to it. People say yes (drive_people.c), unless `ask`: then they are asked, and
 * the clock stands still for them.
 */
#ifndef FERRY_VM_HOST_REHEARSAL_H
#define FERRY_VM_HOST_REHEARSAL_H

#include "vm/host_live.h"

typedef struct host_rehearsal host_rehearsal;

/* The virtual clock begins at `start`; a resumed run's clock never goes back (drive.h). */
host_rehearsal *host_rehearsal_new(const operation_entry *table, size_t n, instant start, bool ask);
void host_rehearsal_free(host_rehearsal *r);
host host_rehearsal_host(host_rehearsal *r);

/* false where a connector that the program writes to has no `rehearsal` address; `why` names each.
 */
bool host_rehearsal_check(const image *program, arena *memory, text *why);

#endif
