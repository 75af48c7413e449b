/* habit_parts.h: what the habits of habits.c and habit_blocks.c share; for these two only. */
#ifndef FERRY_GRAMMAR_HABIT_PARTS_H
#define FERRY_GRAMMAR_HABIT_PARTS_H

#include "grammar/words.h"

/* Brackets and blocks as elsewhere, asked after the habits of statements. true as habit_mend. */
bool habit_mend_block(words *w);

/* The bytes at a position, and those behind the token ahead. */
const char *habit_bytes(const words *w, uint32_t position);
const char *habit_behind(const words *w);

bool habit_is_text(int kind); /* a token that is a text, or begins one */

/* Each reports; NULL when nobody listens. The second with one edit. */
diagnostic *habit_report(words *w, diag_code code, span at, const char *message);
void habit_report_edit(words *w, diag_code code, span at, const char *message, span edit, text with,
                       const char *help);

void habit_drop(words *w);             /* the token ahead is left out */
void habit_supply(words *w, int kind); /* and this one given before the one ahead */

#endif
