/* image_plan.h: what a migration of an image would do, as the lines of a plan.
 *
 * An image holds no plan. Its code says what stands where: phases, steps, gates, votes and watches in
 * their order, with their conditions as they were written and the constants in them. Elements of
 * loops are not told apart, and there is neither a source nor a title that depends on values.
 */
#ifndef FERRY_CLI_IMAGE_PLAN_H
#define FERRY_CLI_IMAGE_PLAN_H

#include "cli/program.h"

/* The field that holds the constants of a condition, which its text may call by a name. */
#define IMAGE_PLAN_NUMBERS "numbers in it"

/* Lives in c->memory and in the image. */
void image_plan(cli *c, const image *i, const image_entry *e, plan_migration *out);

#endif
