/* render_assess.h: the risk of a customer, with each point of its score explained. */
#ifndef FERRY_CLI_RENDER_ASSESS_H
#define FERRY_CLI_RENDER_ASSESS_H

#include "cli/assessed.h"

void render_assess(buffer *out, const terminal *t, const assessed *a);
/* One object of the array `customers`. Numbers are exact. */
void render_assess_json(json_writer *w, const assessed *a);

#endif
