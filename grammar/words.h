/* words.h: the filter between scanner and parser.
 *
 * It sees one token ahead and gets nothing back from the parser. It decides
 *   - which line ends are statements' ends (TOK_NL), by the token before and the word behind;
 *   - which words are keywords, by their place (keywords.def);
 *   - whether a brace is a record's or a block's, by the token before it;
 * and it hands the parser balanced brackets only: what is missing is supplied, what is too much is
 * dropped, each with its diagnostic. Without that guarantee the recovery of the parser would have
 * to guess where a bracket ends, and one forgotten `)` would cost the rest of the file.
 */
#ifndef FERRY_GRAMMAR_WORDS_H
#define FERRY_GRAMMAR_WORDS_H

#include "grammar/scan.h"

typedef struct {
    int kind;        /* TOK_LPAREN, TOK_LBRACKET, TOK_LBRACE, TOK_LBLOCK, TOK_HEAD */
    span at;         /* of the opening token */
    uint32_t height; /* of the tree inside, see words */
    bool assumed;    /* a block whose brace was forgotten: a line that is no deeper ends it */
} words_context;

typedef struct {
    span at;
    uint32_t before; /* position of the token behind it */
} words_doc;

typedef struct {
    scan scan;
    token ahead;
    token first;  /* of the statement under way */
    int previous, before; /* kinds of the token given last, and of the one before */
    uint32_t end, end_before; /* where it ended, and the one before it */
    bool newline_before;      /* a line ended between the two */
    token queued; /* behind the one ahead, where a habit took some bytes together */
    bool is_queued;
    bool list_ahead;  /* the bracket that is supplied next closes with its line */
    bool block_ahead; /* the brace just taken is a block's, whatever stands before it */
    int waiting[2]; /* tokens that are supplied before the one ahead, the next one last */
    unsigned waits;
    VEC(words_context) open;
    int innermost; /* kind of the last of them, 0 for none */
    size_t keep;     /* contexts that stay open; those above are being closed by supplied tokens */
    uint32_t height; /* bound for the height of the tree here: brackets and operators around */
    uint32_t tokens;
    bool value;   /* one value instead of a file: lines do not count */
    bool outside; /* statements of a block that was closed too early were met: said once */
    bool stopped; /* a limit was met: only closing tokens follow */
    bool plain;          /* nothing is mended: the first sign that something might have to be ends it */
    bool doubt;          /* that sign was met */
    bool by_indent;      /* braces of blocks are paired by indentation where they do not pair */
    bool unbalanced;     /* the braces of blocks did not pair */
    uint8_t slot[256];   /* words by hash, 1 + index */
    VEC(words_doc) docs; /* `///` blocks in order */
} words;

typedef struct {
    int kind;
    span at;
    uint32_t aux;
    uint32_t level; /* how many contexts are open around it; brackets stand outside, their closing
                       partners inside */
} word;

/* `plain`: for source without faults, which nearly all is. What mends faults looks at every word; left
 * out, filtering takes half the time. Where it ends in doubt, a full reading tells what is wrong.
 * `by_indent`: a line that begins no deeper than the block around it shows that block to be closed
 * too late, and a `}` deeper than its block to be one too many. Only for a file whose braces do not
 * pair, which the `unbalanced` of a first reading says: indentation means nothing in Ferry. */
void words_open(words *w, text bytes, uint32_t base, bool value, diagnostics *d);
void words_close(words *w);
void words_next(words *w, word *out); /* as scan_next */

/* The word nearest to `wrong` that could begin a statement here (file: outside braces), or an empty
 * text. */
text words_nearest(text wrong, bool file);
/* Whether blanks stand before the line of a position. */
bool words_indented(const words *w, uint32_t at);
/* A word that begins statements inside braces only: `channel`, `step`. */
bool words_stands_inside(text t);

#endif
