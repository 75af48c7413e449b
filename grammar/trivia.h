/* trivia.h: what stands between the tokens: comments and blank lines, by place. */
#ifndef FERRY_GRAMMAR_TRIVIA_H
#define FERRY_GRAMMAR_TRIVIA_H

#include "grammar/words.h"

/* A token of the source, with what the filter made of it. An interpolated text is one token. */
typedef struct {
    int kind; /* TOK_…; TOK_COMMENT */
    span at;
    bool starts; /* a statement */
    bool line;   /* first on its line */
    bool blank;  /* a blank line stands before it */
    bool gap;    /* a blank stands before it on its line */
} piece;

typedef VEC(piece) pieces;

/* All tokens and comments of a source without faults, in order. `bytes` as for words_open. */
void trivia_read(pieces *out, text bytes);

#endif
