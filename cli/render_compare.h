/* render_compare.h: what a comparison found, for people. */
#ifndef FERRY_CLI_RENDER_COMPARE_H
#define FERRY_CLI_RENDER_COMPARE_H

#include "cli/term.h"
#include "stdlib/compare.h"
#include "stdlib/prove.h"

/* Pairs with a defect, each with its differences in two lines like diff's; then the sums. With
 * `all` also what matched, and what was noise or constrained. */
void render_compare(buffer *out, const terminal *t, const compare_result *r, bool all);

/* How many of the defects that were put in are found, by their kind, and some that are not. */
void render_proof(buffer *out, const terminal *t, const prove_result *r);

#endif
