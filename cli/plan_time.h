/* plan_time.h: when each line of a plan is likely to be done, and at the latest.
 *
 * Lines run one after the other; the elements of a loop in its lanes, each in the first that is
 * free; phases side by side each after those it waits for; an observation beside what follows it.
 * The likely time adds the middle of each estimate and nothing where there is none; the latest adds
 * worst cases, and trusts a block's own where the compiler knows one (it has counted retries and
 * what runs in parallel). A phase with a window starts the clock at the window's start.
 */
#ifndef FERRY_CLI_PLAN_TIME_H
#define FERRY_CLI_PLAN_TIME_H

#include "cli/program.h"

enum { PLANNED_LATER = 60 };

typedef struct {
    const plan_window *window;     /* as declared; NULL in a slot that is not used */
    interval span;                 /* the occurrence that is planned for */
    duration written;              /* its length by the clock on the wall */
    bool known;                    /* there is one, and its zone could be loaded */
    interval later[PLANNED_LATER]; /* those behind it: a phase that does not fit any more waits */
    size_t laters, nights;         /* nights: in how many the phases end at worst; 1 where in one */
    const zone *zone;
    duration forward, back; /* worst of the phases that wait for it */
    duration walked_back;   /* of those that were looked at */
    duration watch;         /* how much of `forward` only watches */
    instant turn_back_by;
    duration lead; /* at the latest, from the run's start until the first phase waits for it */
    const plan_line *expiring; /* whose undo is the first to expire; NULL: none does */
    instant no_return;         /* then, counted from when that line is likely done */
    bool used, fits;
    duration spare; /* of one window for all its phases; negative where they take more */
} planned_window;

typedef struct {
    const planned_window *window; /* whose start the times count from; NULL: from the run's start */
    duration begin;               /* since then, when it likely begins */
    duration likely, latest;      /* since then, at the end of the line */
    bool timed;                   /* it takes, or may take, time */
    instant due;                  /* of what people do; QUANTITY_NONE where only the run knows */
} planned_line;

typedef struct {
    const plan_migration *migration;
    planned_line *line;     /* one for each line of it */
    planned_window *window; /* one for each window of it */
    bool fits;              /* every window that is used */
    const zone *zone;       /* in which moments outside of windows are shown */
    instant from;           /* from when windows were looked for */
    bool *inner; /* by line: a phase that waits for the window in which it already is, that of a
                    phase around it, which counts it */
} planned;

bool plan_is_block(plan_kind k); /* its lines stand below it */
/* Whether two lines are phases that may run at the same time. */
bool plan_beside(const plan_migration *m, size_t a, size_t b);

/* plan_due.c: fills in what depends on the zone and on the windows that were found. */
void plan_dues(cli *c, const program *of, planned *p, instant from);

/* `from`: windows are looked for from then on. */
void plan_times(cli *c, const program *p, const plan_migration *m, instant from, planned *out);

#endif
