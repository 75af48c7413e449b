/* plan_order.h: a loop by risk in the order in which the machine will take it.
 *
 * The compiler knows no scores: they are the machine's. Where a loop is `by x.risk.score` of rows
 * of the program, its elements are put in order here; of another key that only the machine knows,
 * the line keeps its `by`, and what is shown says so.
 */
#ifndef FERRY_CLI_PLAN_ORDER_H
#define FERRY_CLI_PLAN_ORDER_H

#include "cli/program.h"

/* A copy with its lines in order. Lives in c->memory. */
void plan_order(cli *c, const program *p, const plan_migration *m, plan_migration *out);

#endif
