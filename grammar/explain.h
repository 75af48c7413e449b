/* explain.h: faults of syntax in plain words. Internal to grammar/. */
#ifndef FERRY_GRAMMAR_EXPLAIN_H
#define FERRY_GRAMMAR_EXPLAIN_H

#include "grammar/build.h"

/* `found` (TOK_…) stands at `at` where only one of the n expected tokens could. Reports it, unless
 * the filter or scanner has reported that very place, and starts skipping (build.h). */
void explain_unexpected(parse *p, int found, span at, const int *expected, unsigned n);
/* The parser's stack is full. */
void explain_exhausted(parse *p, span at);

/* Whether a word ends what is being skipped: a line, a bracket, the head of a block. */
bool explain_ends_skip(int kind);

#endif
