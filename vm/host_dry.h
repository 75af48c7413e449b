/* host_dry.h: the host of a dry run: nobody is called, nothing is read, and the clock is virtual.
 *
 * Every request is answered at once, as done, without values, and as one that nobody tells the
 * answer of: what depends on it is not available, and the machine assumes that it goes well
 * (untold.c). Windows are computed, for their answer depends on nothing but the calendar. People
 * say yes. Under a step's estimate no time passes: when things would be likely is what `plan` is
 * for.
 */
#ifndef FERRY_VM_HOST_DRY_H
#define FERRY_VM_HOST_DRY_H

#include "vm/host.h"

typedef struct host_dry host_dry;

/* `window` performs the operation `window`, pure arithmetic that lives above the machine. */
host_dry *host_dry_new(instant start, const operation_entry *window);
void host_dry_free(host_dry *d);
host host_dry_host(host_dry *d);

#endif
