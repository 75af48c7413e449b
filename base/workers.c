/* workers.c: see workers.h. Threads are started for each run and not kept: a process has a few runs,
 * each of many milliseconds. */
#include "base/workers.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

unsigned workers_available(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < 1 ? 1 : n > WORKERS_MOST ? WORKERS_MOST : (unsigned)n;
}

typedef struct {
    worker_job *job;
    void *context;
    unsigned index;
    pthread_t thread;
    bool started;
} worker;

static void *work(void *of)
{
    worker *w = of;
    w->job(w->context, w->index);
    return NULL;
}

void workers_run(worker_job *job, void *context, unsigned n)
{
    worker of[WORKERS_MOST];
    for (unsigned i = 1; i < n; i++) {
        of[i] = (worker){.job = job, .context = context, .index = i};
        of[i].started = pthread_create(&of[i].thread, NULL, work, &of[i]) == 0;
    }
    job(context, 0);
    for (unsigned i = 1; i < n; i++)
        if (of[i].started)
            pthread_join(of[i].thread, NULL);
        else
            job(context, i);
}
