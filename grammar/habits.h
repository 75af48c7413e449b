/* habits.h: what people bring along from other languages, read as what they meant; see mend.h.
 *
 * Each habit is seen in the filter, before the parser: it is reported once, with the edit that
 * makes it Ferry, and the parser gets the tokens of the right spelling. So one habit is one message
 * and hides nothing behind it.
 */
#ifndef FERRY_GRAMMAR_HABITS_H
#define FERRY_GRAMMAR_HABITS_H

#include "grammar/words.h"

/* Looks at the token ahead; true when it reported and mended something. */
bool habit_mend(words *w);
/* A statement ends before the token ahead; true when the brace of its block was forgotten, which is
 * supplied then. */
bool habit_open_block(words *w);
/* What Ferry has instead of a word that begins a statement elsewhere; NULL for other words. */
const char *habit_instead(text wrong, bool file);

#endif
