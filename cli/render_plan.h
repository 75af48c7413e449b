/* render_plan.h: the reviewer's hour: what a migration would do, when, and how far the way back is.
 */
#ifndef FERRY_CLI_RENDER_PLAN_H
#define FERRY_CLI_RENDER_PLAN_H

#include "cli/plan_time.h"

void render_plan(cli *c, buffer *out, const terminal *t, const program *p, const planned *plan,
                 instant now);
/* One object of the array that is open. */
void render_plan_json(json_writer *w, const program *p, const planned *plan);

/* The plan of that migration (empty: of all) into c->result, as --format and --at say.
 * CODE_DIFFERENT where one does not fit its window and --detailed-exitcode asks for it. */
exit_code plan_show(cli *c, const program *p, text name);

const char *plan_kind_word(plan_kind k); /* "step" */
const char *plan_back_word(plan_back k); /* "undo" */

#endif
