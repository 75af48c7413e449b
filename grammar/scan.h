/* scan.h: bytes -> tokens, without context (ferry.l).
 *
 * The scanner knows texts and their interpolations, literals, words and signs; it does not know
 * which words are keywords nor which newlines count: words.h does. Positions are base + offset.
 */
#ifndef FERRY_GRAMMAR_SCAN_H
#define FERRY_GRAMMAR_SCAN_H

#include "base/diag.h"
#include "base/intern.h"

enum {
    SCAN_TEXTS = 32,        /* texts inside the braces of texts */
    SCAN_LONGEST = 1 << 20, /* bytes of one token; bodies are the long ones */
    SCAN_NAME = 128,        /* bytes of one name */
};

typedef struct {
    int kind; /* TOK_… of the generated parser.h; words are TOK_NAME, comments TOK_COMMENT */
    span at;
    uint32_t aux; /* text flags of literal.h; the indentation of a body's closing quotes << 8 */
    bool newline; /* a line break stands before it */
} token;

typedef struct {
    uint32_t start;  /* position of its first quotes */
    uint32_t braces; /* open ones inside the interpolation under way */
    bool body;       /* in """ quotes */
} scan_text;

typedef struct scan {
    const char *bytes;
    uint32_t length, base;
    diagnostics *diags;
    void *flex;
    scan_text text[SCAN_TEXTS];
    names respelt;          /* names that are not written as names, and what was said of each: */
    VEC(diagnostic *) said; /* by id - 1; its edits take in every place of the name */
    uint32_t texts;     /* interpolations under way */
    uint32_t start;     /* offset of the first byte of the token under way */
    uint32_t flags;     /* text flags of the token under way */
    uint32_t unclosed;  /* position of the last text reported as unterminated */
    bool inside;        /* the token under way began behind an interpolation */
    bool newline;       /* seen since the last token */
    bool keep_comments; /* comments are tokens */
    bool body;          /* the text under way is in """ quotes */
    bool opening;       /* the lone quotes just seen begin a text after all */
    bool deep;          /* too many texts inside texts were reported */
    bool failed;        /* a fault was reported */
} scan;

/* `bytes` are followed by two NUL bytes and are written to while scanning; d may be NULL (nothing
 * is reported then). scan_close restores the bytes. */
void scan_open(scan *s, text bytes, uint32_t base, diagnostics *d);
void scan_close(scan *s);
/* The next token; at the end TOK_YYEOF, again and again. Written where it is to stay: a token that
 * is copied right behind being written stalls, which took a third of the time of scanning. */
void scan_next(scan *s, token *t);

#endif
