/* host_live.h: the host that performs, with whatever operations it is given as a table.
 *
 * A request becomes a call of its operation, which finishes at once or goes on as a job; poll(2)
 * waits for the jobs of all runs. Deadlines are of the monotonic clock: setting the clock of the
 * day neither cuts a call nor lengthens it.
 */
#ifndef FERRY_VM_HOST_LIVE_H
#define FERRY_VM_HOST_LIVE_H

#include "vm/host.h"

typedef struct host_live host_live;

/* rehearsal: operations are asked to use rehearsal addresses. The table outlives the host. */
host_live *host_live_new(const operation_entry *table, size_t n, bool rehearsal);
void host_live_free(host_live *l);
host host_live_host(host_live *l);

/* For hosts that stand on this one. */
void host_live_serve(void *self, uint32_t run_index, const host_run *run);
void host_live_submit(void *self, uint32_t run_index, const vm_output *out);
bool host_live_busy(const host_live *l);
/* As host.poll, but waits for a time at most; QUANTITY_MAX: as long as it takes. */
size_t host_live_wait(host_live *l, duration most_time, int wake_fd, host_answer *answers,
                      size_t most);
void host_live_close(void *self);

#endif
