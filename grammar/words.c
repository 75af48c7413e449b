/* words.c: see words.h. The words are found by a small table that each parse fills from
 * keywords.def: 64 insertions, cheaper than asking the names of the whole compilation. */
#include "grammar/words.h"
#include "grammar/habits.h"
#include "grammar/mend.h"
#include "grammar/parse.h"
#include "grammar/parser.h"

#include <string.h>

typedef enum { ALWAYS, DECL, ITEM, BOTH, TRIGGER, FAILURE, INSERT } word_place;
typedef enum { NONE, OPERATOR, OPERAND, STARTS } word_trait;

typedef struct {
    text word;
    int kind;
    word_place place;
    word_trait trait;
} word_entry;

static const word_entry entries[] = {
#define WORD(word, token, place, trait) {{word, sizeof(word) - 1}, TOK_##token, place, trait},
#include "grammar/keywords.def"
};
enum { ENTRIES = sizeof entries / sizeof *entries, LONGEST_WORD = 9 };

/* What is asked of each token, in one look. */
enum {
    MORE = 1,   /* something must follow, whatever the line */
    RECORD = 2, /* a `{` behind it opens a record */
    OPENS = 4,
    CLOSES = 8,
    BEGINS = 16,  /* a statement begins behind it */
    RESTARTS = 32 /* what stands behind it is as high as what stood first between these brackets */
};
enum { SIGN = MORE | RECORD };

static const uint8_t marks[] = {
    [TOK_COMMA] = SIGN | RESTARTS, [TOK_DOT] = SIGN,      [TOK_COLON] = SIGN, [TOK_ASSIGN] = SIGN,
    [TOK_EQ] = SIGN,               [TOK_NE] = SIGN,       [TOK_LT] = SIGN,    [TOK_LE] = SIGN,
    [TOK_GT] = SIGN,               [TOK_GE] = SIGN,       [TOK_PLUS] = SIGN,  [TOK_MINUS] = SIGN,
    [TOK_STAR] = SIGN,             [TOK_SLASH] = SIGN,    [TOK_COALESCE] = SIGN,
    [TOK_LPAREN] = OPENS,          [TOK_LBRACKET] = OPENS, [TOK_LBRACE] = OPENS,
    [TOK_LBLOCK] = OPENS | BEGINS, [TOK_HEAD] = OPENS,
    [TOK_RPAREN] = CLOSES,         [TOK_RBRACKET] = CLOSES, [TOK_RBRACE] = CLOSES,
    [TOK_TAIL] = CLOSES,           [TOK_MID] = CLOSES | RESTARTS,
    [TOK_NL] = BEGINS,             [TOK_START_FILE] = BEGINS,
#define WORD(word, token, place, trait)                                                            \
    [TOK_##token] = trait == OPERAND ? 0 : trait == OPERATOR ? MORE | RECORD : MORE,
#include "grammar/keywords.def"
};

static unsigned hash_of(text t)
{
    const unsigned char *p = (const unsigned char *)t.p;
    return (p[0] * 7u + p[t.n - 1] * 31u + p[t.n / 2] * 3u + (unsigned)t.n * 13u) & 255;
}

static const word_entry *find_word(const words *w, text t)
{
    if (t.n < 2 || t.n > LONGEST_WORD)
        return NULL;
    for (unsigned i = hash_of(t); w->slot[i]; i = (i + 1) & 255)
        if (text_equal(entries[w->slot[i] - 1].word, t))
            return &entries[w->slot[i] - 1];
    return NULL;
}

bool words_indented(const words *w, uint32_t at)
{
    return words_indent(w, at) > 0;
}

bool words_stands_inside(text t)
{
    for (size_t i = 0; i < ENTRIES; i++)
        if (entries[i].place == ITEM && text_equal(entries[i].word, t))
            return true;
    return false;
}

text words_nearest(text wrong, bool file)
{
    text candidates[ENTRIES];
    size_t n = 0;
    for (size_t i = 0; i < ENTRIES; i++) {
        word_place where = entries[i].place;
        if (where == BOTH || where == (file ? DECL : ITEM) || (!file && entries[i].trait == STARTS))
            candidates[n++] = entries[i].word;
    }
    if (file && words_stands_inside(wrong))
        return TEXT(""); /* `channel` is no slip of `channels` */
    ptrdiff_t at = text_nearest(wrong, candidates, n);
    return at < 0 ? TEXT("") : candidates[at];
}

/* --- tokens ahead ------------------------------------------------------------------------------
 */

static void stop(words *w, span at, const char *what)
{
    if (w->scan.diags)
        diag_add(w->scan.diags, DIAG_E0110, at, "%s; reading stops here", what);
    w->scan.failed = true;
    w->stopped = true;
}

/* A comment was read into *t: the token behind it and those that follow it. */
static void fetch_documented(words *w, token *t)
{
    span doc = t->at;
    bool newline = false;
    for (; t->kind == TOK_COMMENT; scan_next(&w->scan, t)) {
        doc.end = t->at.end;
        newline |= t->newline;
    }
    t->newline |= newline;
    vec_push(&w->docs, (words_doc){doc, t->at.start});
}

void words_fetch(words *w, token *t)
{
    if (w->is_queued) {
        w->is_queued = false;
        *t = w->queued;
        return;
    }
    scan_next(&w->scan, t);
    if (t->kind == TOK_COMMENT)
        fetch_documented(w, t);
    if (++w->tokens > PARSE_TOKENS && !w->stopped)
        stop(w, t->at, "the file has too many words and signs");
}

void words_open(words *w, text bytes, uint32_t base, bool value, diagnostics *d)
{
    *w = (words){.value = value, .keep = SIZE_MAX, .end = base};
    w->waiting[w->waits++] = value ? TOK_START_VALUE : TOK_START_FILE;
    for (size_t i = 0; i < ENTRIES; i++) {
        unsigned h = hash_of(entries[i].word);
        while (w->slot[h])
            h = (h + 1) & 255;
        w->slot[h] = (uint8_t)(i + 1);
    }
    scan_open(&w->scan, bytes, base, d);
    words_fetch(w, &w->ahead);
}

void words_close(words *w)
{
    scan_close(&w->scan);
    vec_release(&w->open);
    vec_release(&w->docs);
}

/* --- context -----------------------------------------------------------------------------------
 */

int words_innermost(const words *w)
{
    return w->innermost;
}

/* Whether line ends count here: in a file and in blocks. */
bool words_in_lines(const words *w)
{
    return w->innermost ? w->innermost == TOK_LBLOCK : !w->value;
}

static void enter(words *w, words_context context)
{
    vec_push(&w->open, context);
    w->innermost = context.kind;
}

static void leave(words *w)
{
    w->open.n--;
    w->innermost = w->open.n ? vec_last(&w->open).kind : 0;
}

/* The height of what stands first in the innermost context. */
static uint32_t lowest(const words *w)
{
    return w->open.n ? vec_last(&w->open).height + 1 : 0;
}

bool words_at_start(const words *w)
{
    return marks[w->previous] & BEGINS;
}

static text bytes_of(const words *w, token t)
{
    return (text){w->scan.bytes + (t.at.start - w->scan.base), t.at.end - t.at.start};
}

/* Whether the word is a keyword when it begins a statement here. */
static bool begins(const words *w, const word_entry *e)
{
    return e->place == BOTH || e->place == (w->open.n ? ITEM : DECL);
}

static bool follows(const words *w, word_place where)
{
    switch (where) {
    case TRIGGER:
        return w->previous == TOK_ROLLBACK || w->previous == TOK_PAUSE || w->previous == TOK_ALERT;
    case FAILURE: return w->previous == TOK_ON;
    case INSERT: return w->previous == TOK_INSERT;
    default: return false;
    }
}

static const word_entry *entry_ahead(const words *w)
{
    return w->ahead.kind == TOK_NAME && w->previous != TOK_DOT ? find_word(w, bytes_of(w, w->ahead))
                                                               : NULL;
}

bool words_needs_more(int kind)
{
    return marks[kind] & MORE;
}

static bool is_keyword(int kind)
{
    return kind >= TOK_FIRST_WORD;
}

/* Whether a line that begins with the token ahead goes on with the statement before. */
static bool goes_on(const words *w, const word_entry *e)
{
    int kind = w->ahead.kind;
    if (e)
        return e->place == ALWAYS && !(e->trait == STARTS && w->open.n);
    return kind == TOK_LBRACE || (words_needs_more(kind) && kind != TOK_COLON) || kind == TOK_AND ||
           kind == TOK_OR;
}

/* Whether the word ahead is followed by an operand on its line, which no value allows: it begins a
 * statement. The scanner's one token ahead is the word itself, so the bytes behind it are looked
 * at. */
bool words_heads_statement(const words *w)
{
    const char *p = w->scan.bytes + (w->ahead.at.end - w->scan.base);
    const char *gap = p;
    while (*p == ' ' || *p == '\t')
        p++;
    if (p == gap)
        return false;
    size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (n == 0)
        return *p == '"' || (*p == '{' && !words_needs_more(w->previous));
    const word_entry *next = find_word(w, (text){p, n});
    return !next || next->place != ALWAYS || next->trait == OPERAND;
}

/* Whether the line end before the token ahead ends a statement. */
static bool ends_statement(const words *w, const word_entry *e)
{
    if (!w->ahead.newline && w->ahead.kind != TOK_YYEOF)
        return false;
    if (w->value && !w->open.n)
        return w->ahead.kind == TOK_YYEOF && w->previous != TOK_NL;
    if (!words_in_lines(w) || words_at_start(w) || w->ahead.kind == TOK_RBRACE)
        return false;
    if (w->ahead.kind == TOK_YYEOF)
        return true;
    if (goes_on(w, e))
        return false;
    /* A statement cut off in the middle is a fault of its line, not of the next statement. */
    return !words_needs_more(w->previous) ||
           (e && begins(w, e) && (is_keyword(w->previous) || words_heads_statement(w)));
}

/* --- brackets ----------------------------------------------------------------------------------
 */

int words_closing(int kind)
{
    switch (kind) {
    case TOK_LPAREN: return TOK_RPAREN;
    case TOK_LBRACKET: return TOK_RBRACKET;
    case TOK_LBRACE: return TOK_RBRACE;
    case TOK_LBLOCK: return TOK_RBLOCK;
    default: return TOK_TAIL;
    }
}

static void supply(words *w, word *out, int kind)
{
    *out = (word){.kind = kind, .at = {w->end, w->end}, .level = (uint32_t)w->open.n};
    w->before = w->previous;
    w->previous = kind;
}

/* What a habit left out. */
static void supply_waiting(words *w, word *out)
{
    int kind = w->waiting[--w->waits];
    if (words_at_start(w))
        w->first = (token){.kind = kind, .at = {w->ahead.at.start, w->ahead.at.start}};
    supply(w, out, kind);
    if (kind == TOK_LBLOCK || kind == TOK_LBRACKET) {
        bool assumed = kind == TOK_LBLOCK || w->list_ahead;
        w->list_ahead = false;
        enter(w, (words_context){kind, out->at, w->height, assumed});
        w->height++;
    }
}

static void close_top(words *w, word *out)
{
    words_context top = vec_last(&w->open);
    supply(w, out, words_closing(top.kind));
    leave(w);
    w->height = top.height;
}

/* --- the next word -------------------------------------------------------------------------------
 */

/* Whether the brace just taken, behind `previous`, is a record's or a block's. */
static int kind_of_brace(const words *w)
{
    bool record = (marks[w->previous] & RECORD) || w->first.kind == TOK_GIVEN;
    return !words_in_lines(w) || (record && !w->block_ahead) ? TOK_LBRACE : TOK_LBLOCK;
}

/* Whether the word just taken is a keyword in its place; the token behind it is the one ahead. */
static int kind_of_word(const words *w, const word_entry *e)
{
    if (e->place == ALWAYS)
        return w->ahead.kind == TOK_COLON ? TOK_NAME : e->kind;
    if (follows(w, e->place) || (words_in_lines(w) && words_at_start(w) && begins(w, e)))
        return e->kind;
    return TOK_NAME;
}

static void count_height(words *w, int kind, span at)
{
    if (marks[kind] & RESTARTS)
        w->height = lowest(w);
    else if ((marks[kind] & MORE) || kind == TOK_ELSE)
        w->height++;
    if (w->height > PARSE_NESTING && !w->stopped)
        stop(w, at, "this nests too deeply, or is too long an expression");
}

bool words_is_closing(int kind)
{
    return marks[kind] & CLOSES;
}

/* Whether the token ahead closes another bracket than the innermost, or nothing. */
static bool in_doubt(words *w)
{
    int kind = w->ahead.kind, open = words_innermost(w);
    if (words_is_closing(kind))
        w->doubt |= kind == TOK_RBRACE ? open != TOK_LBRACE && open != TOK_LBLOCK
                    : kind == TOK_MID  ? open != TOK_HEAD
                                       : !open || words_closing(open) != kind;
    return w->doubt;
}

/* Takes the token ahead and gives it as `kind`. */
static void take(words *w, word *out, const word_entry *e)
{
    token t = w->ahead;
    w->block_ahead = t.kind == TOK_LBRACE && habit_block_ahead(w);
    words_fetch(w, &w->ahead);
    int kind = t.kind == TOK_LBRACE ? kind_of_brace(w) : e ? kind_of_word(w, e) : t.kind;
    if (words_at_start(w)) {
        w->first = t;
        w->first.kind = kind;
        w->outside = w->outside && (w->open.n || kind < TOK_FIRST_WORD);
        w->height = lowest(w);
    }
    *out = (word){kind, t.at, t.aux, (uint32_t)w->open.n};
    if (marks[kind] & OPENS) {
        enter(w, (words_context){kind, t.at, w->height, false});
        w->height++;
    } else if (words_is_closing(kind) && kind != TOK_MID) {
        if (w->innermost == TOK_LBLOCK)
            out->kind = kind = TOK_RBLOCK;
        w->height = lowest(w);
        leave(w);
    }
    count_height(w, kind, t.at);
    w->before = w->previous;
    w->previous = kind;
    w->end_before = w->end;
    w->newline_before = t.newline;
    w->end = t.at.end;
}

/* What comes before the token ahead: what was left out, and what is to be closed. */
static bool supply_owed(words *w, word *out)
{
    if (w->waits) {
        supply_waiting(w, out);
        return true;
    }
    if (w->keep != SIZE_MAX && w->open.n > w->keep) {
        close_top(w, out);
        return true;
    }
    w->keep = SIZE_MAX;
    return false;
}

/* Whether something was mended, so that the token ahead is to be looked at anew. */
static bool mends(words *w, const word_entry *e)
{
    return words_mend(w, e && e->place == ALWAYS, w->ahead.newline && goes_on(w, e)) ||
           (ends_statement(w, e) && habit_open_block(w));
}

static void drop_rest(words *w)
{
    while (w->ahead.kind != TOK_YYEOF)
        scan_next(&w->scan, &w->ahead);
    w->scan.diags = NULL;
}

void words_next(words *w, word *out)
{
    const word_entry *e;
    do {
        if (supply_owed(w, out))
            return;
        if (w->stopped)
            drop_rest(w);
        e = entry_ahead(w);
    } while (!w->plain && mends(w, e));
    if (w->plain && in_doubt(w))
        supply(w, out, TOK_YYEOF);
    else if (ends_statement(w, e))
        supply(w, out, TOK_NL);
    else if (w->ahead.kind == TOK_YYEOF)
        supply(w, out, TOK_YYEOF);
    else
        take(w, out, e);
}
