/* diff.h: what two programs would do differently, as a reviewer has to weigh it.
 *
 * Two compilations are compared by what the plan knows of them, not by their text: comments, layout
 * and names of files are not part of a program. Lines of a migration are paired by kind and path;
 * those without a name of their own (gates, triggers) by their condition, then by their order.
 *
 * WEAKER and SAFER are said only where the direction is certain: a limit of which a single number
 * has changed, votes, a check or a watch that came or went. Everything else is CHANGED.
 */
#ifndef FERRY_CLI_DIFF_H
#define FERRY_CLI_DIFF_H

#include "cli/plan_time.h"

typedef enum {
    DIFF_WEAKER,  /* less would stop it, or less can be taken back */
    DIFF_SAFER,   /* the opposite */
    DIFF_CHANGED, /* neither, or not to be told */
    DIFF_MOVED,   /* comes at another place; so does its undo */
    DIFF_TIME,    /* how long it takes, when it may */
    DIFF_DATA     /* customers, channels, roles, connectors */
} diff_verdict;

typedef struct {
    diff_verdict verdict;
    text path, what;   /* where, and what of it: "undo", "votes" */
    text was, is;      /* empty where there was, or is, nothing */
    const program *of; /* whose source `at` is in; NULL: no place */
    span at;
} diff_change;

typedef struct {
    cli *c;
    VEC(diff_change) changes;
    unsigned steps, tasks, gates, votes, watches; /* that stayed as they were */
} diff_list;

/* One migration. `from`: from when windows are looked for. */
void diff_migration(diff_list *d, const program *old, const plan_migration *a, const program *new,
                    const plan_migration *b, instant from);
/* Rows of customers, channels, roles, resources and connectors. */
void diff_data(diff_list *d, const image *a, const image *b);
/* Rows of windows: their rules as an image holds them, where there is no plan that tells more. */
void diff_windows(diff_list *d, const image *a, const image *b);

/* --- of the parts ------------------------------------------------------------------------------
 */

void diff_add(diff_list *d, diff_verdict v, const program *of, const plan_line *at,
              const char *what, text was, text is);
/* How a condition has changed: the direction for a gate, and the number that differs. False where
 * more than one number differs. */
bool diff_limit(text was, text is, diff_verdict *for_gate, text *number_was, text *number_is);
/* Two lines that are one and the same. */
void diff_line(diff_list *d, const program *p, const plan_line *a, const plan_line *b);
/* A line that came (`came`) or went. */
void diff_alone(diff_list *d, const program *p, const plan_line *l, bool came);
const char *diff_word(diff_verdict v); /* "WEAKER" */

#endif
