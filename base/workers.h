/* workers.h: one job in several threads, for what falls into parts that share nothing.
 *
 *     workers_run(read_part, &parts, n);      read_part(&parts, 0) … read_part(&parts, n - 1)
 *
 * Whoever cuts the work decides whether it is large enough to be worth a thread (starting one costs as
 * much as reading some 10 kB of source), and sees to it that the result does not depend on how many
 * there are. A part keeps to its own arena, names and diagnostics: none of them locks.
 */
#ifndef FERRY_BASE_WORKERS_H
#define FERRY_BASE_WORKERS_H

enum { WORKERS_MOST = 8 };

typedef void worker_job(void *context, unsigned index);

/* How many processors this process may use, 1 to WORKERS_MOST. */
unsigned workers_available(void);
/* Does the job for each index below n, which is at most WORKERS_MOST, and returns when all are done:
 * index 0 in the caller's thread, the others each in one of its own. Those for which the system
 * gives no thread are done by the caller, too. */
void workers_run(worker_job *job, void *context, unsigned n);

#endif
