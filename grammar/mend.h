/* mend.h: what the filter of words.h does about brackets that do not pair, and about signs that
 * people bring along from other languages; shared by words.c and mend.c only.
 */
#ifndef FERRY_GRAMMAR_MEND_H
#define FERRY_GRAMMAR_MEND_H

#include "grammar/words.h"

/* Looks at the token ahead and reports and mends one fault, if any. true when it did: contexts
 * above `keep` are to be closed, or another token is ahead now. `reserved`: the word ahead is a
 * keyword everywhere; `continues`: its line goes on with the statement before. */
bool words_mend(words *w, bool reserved, bool continues);

void words_fetch(words *w, token *t); /* the next token of the scanner, comments taken out */
int words_innermost(const words *w); /* kind of the innermost context, 0 for none */
bool words_in_lines(const words *w); /* line ends count here: in a file and in blocks */
/* The word ahead is followed by an operand on its line, which no value allows. */
bool words_heads_statement(const words *w);
bool words_at_start(const words *w);    /* the token ahead begins a statement */
bool words_needs_more(int kind);        /* something must follow it, whatever the line */
uint32_t words_indent(const words *w, uint32_t at); /* of the line that holds a position */
/* A `{` that ends its line and begins the block of the statement under way, whatever stands open. */
bool habit_block_ahead(const words *w);
int words_closing(int opening);
bool words_is_closing(int kind);

#endif
