/* mend.c: brackets that do not pair and signs that no sentence has, see mend.h. What is missing is
 * supplied by words_next, which closes the contexts above `keep`; what is too much is dropped here.
 */
#include "grammar/mend.h"
#include "grammar/habits.h"
#include "grammar/parser.h"

#include <string.h>

static const char *bracket_text(int kind)
{
    switch (kind) {
    case TOK_LPAREN: return "(";
    case TOK_LBRACKET: return "[";
    case TOK_RPAREN: return ")";
    case TOK_RBRACKET: return "]";
    case TOK_RBRACE:
    case TOK_RBLOCK: return "}";
    default: return "{";
    }
}

static void report_unclosed(words *w)
{
    words_context top = vec_last(&w->open);
    w->scan.failed = true;
    if (!w->scan.diags || top.kind == TOK_HEAD || w->stopped || top.assumed)
        return;
    const char *open = bracket_text(top.kind), *close = bracket_text(words_closing(top.kind));
    diagnostic *g = diag_add(w->scan.diags, DIAG_E0102, top.at,
                             top.kind == TOK_LBLOCK ? "the block that begins here is not closed"
                                                    : "`%s` is not closed",
                             open);
    span here = {w->end, w->end};
    if (top.kind == TOK_LBLOCK && w->ahead.kind == TOK_YYEOF)
        diag_label_add(w->scan.diags, g, here, "the file ends before its `}`");
    else if (top.kind == TOK_LBLOCK)
        diag_label_add(w->scan.diags, g, w->ahead.at, "a `}` is missing before this line");
    else
        diag_suggest(w->scan.diags, g, here, text_of(close), "add `%s`", close);
}

/* A closing token is ahead: how many contexts stay open below its partner, or SIZE_MAX. */
static size_t partner(const words *w, int kind)
{
    for (size_t n = w->open.n; n; n--) {
        int open = w->open.p[n - 1].kind;
        bool fits = kind == TOK_RBRACE ? open == TOK_LBRACE || open == TOK_LBLOCK
                    : kind == TOK_MID  ? open == TOK_HEAD
                                       : words_closing(open) == kind;
        if (fits)
            return n - 1;
        if (open == TOK_HEAD || open == TOK_LBLOCK)
            break;
    }
    return SIZE_MAX;
}

static void report_stray(words *w)
{
    const char *sign = bracket_text(w->ahead.kind);
    w->scan.failed = true;
    /* Behind a text that nested too deeply nothing pairs any more; that was said. */
    if (!w->scan.diags || w->scan.deep || (w->outside && !w->open.n))
        return;
    if (!w->open.n || vec_last(&w->open).kind == TOK_LBLOCK ||
        vec_last(&w->open).kind == TOK_HEAD) {
        diagnostic *g =
            diag_add(w->scan.diags, DIAG_E0103, w->ahead.at, "`%s` closes nothing", sign);
        diag_suggest(w->scan.diags, g, w->ahead.at, TEXT(""), "leave it out");
        return;
    }
    words_context top = vec_last(&w->open);
    const char *right = bracket_text(words_closing(top.kind));
    diagnostic *g = diag_add(w->scan.diags, DIAG_E0103, w->ahead.at,
                             "`%s` stands where `%s` is needed", sign, right);
    diag_label_add(w->scan.diags, g, top.at, "to close this one");
    diag_suggest(w->scan.diags, g, w->ahead.at, text_of(right), "write `%s`", right);
}

/* Whether the bracket that is open was forgotten on a line before. */
static bool bracket_forgotten(const words *w, bool reserved)
{
    int top = words_innermost(w);
    if (!w->ahead.newline || w->ahead.kind != TOK_NAME || reserved ||
        (top != TOK_LPAREN && top != TOK_LBRACKET && top != TOK_LBRACE))
        return false;
    return words_heads_statement(w);
}

static size_t lines_below(const words *w)
{
    size_t n = w->open.n;
    while (n && w->open.p[n - 1].kind != TOK_LBLOCK && w->open.p[n - 1].kind != TOK_HEAD)
        n--;
    return n;
}

static bool same_line(const words *w, uint32_t from, uint32_t to)
{
    return !memchr(w->scan.bytes + (from - w->scan.base), '\n', to - from);
}

/* `f(a, b}` within one line of a longer block: the brace was meant for the bracket. */
static bool stands_for_other(const words *w)
{
    int top = words_innermost(w);
    if (w->ahead.kind != TOK_RBRACE || (top != TOK_LPAREN && top != TOK_LBRACKET) ||
        !same_line(w, vec_last(&w->open).at.start, w->ahead.at.start))
        return false;
    for (size_t n = w->open.n; n; n--)
        if (same_line(w, w->open.p[n - 1].at.start, w->ahead.at.start) &&
            (w->open.p[n - 1].kind == TOK_LBRACE || w->open.p[n - 1].kind == TOK_LBLOCK))
            return false;
    return true;
}

/* A closing token is ahead that is not the innermost one's. true when tokens are to be supplied. */
static bool mend_closing(words *w)
{
    size_t below = stands_for_other(w) ? SIZE_MAX : partner(w, w->ahead.kind);
    if (below == SIZE_MAX) {
        w->unbalanced |= !stands_for_other(w) && w->ahead.kind == TOK_RBRACE;
        report_stray(w);
        if (w->open.n && lines_below(w) < w->open.n)
            w->keep = w->open.n - 1; /* it stands for the one that is needed */
        bool newline = w->ahead.newline;
        w->end = w->keep == SIZE_MAX ? w->end : w->ahead.at.end;
        words_fetch(w, &w->ahead);
        w->ahead.newline |= newline;
        return true;
    }
    if (below + 1 == w->open.n)
        return false;
    report_unclosed(w);
    w->keep = below + 1;
    return true;
}

/* How far the line that holds a position is indented. */
uint32_t words_indent(const words *w, uint32_t at)
{
    const char *start = w->scan.bytes + (at - w->scan.base);
    while (start > w->scan.bytes && start[-1] != '\n')
        start--;
    return (uint32_t)strspn(start, " \t");
}

/* Whether the line holds closing braces only before a position: `} }`. */
static bool only_braces_before(const words *w, uint32_t at)
{
    const char *p = w->scan.bytes + (at - w->scan.base), *from = p;
    while (p > w->scan.bytes && strchr("} \t", p[-1]))
        p--;
    return (p == w->scan.bytes || p[-1] == '\n') && memchr(p, '}', (size_t)(from - p));
}

/* By indentation: a block that ends before this line, or a `}` that ends none. true when the token
 * ahead is to be looked at again. */
static bool mend_by_indent(words *w, bool continues)
{
    bool second = w->ahead.kind == TOK_RBRACE && only_braces_before(w, w->ahead.at.start);
    if (!w->by_indent || (!w->ahead.newline && !second) || words_innermost(w) != TOK_LBLOCK ||
        w->ahead.kind == TOK_YYEOF)
        return false;
    uint32_t here = words_indent(w, w->ahead.at.start);
    uint32_t block = words_indent(w, vec_last(&w->open).at.start);
    bool closes = w->ahead.kind == TOK_RBRACE;
    if (closes && here > block) {
        report_stray(w);
        words_fetch(w, &w->ahead);
        w->ahead.newline = true;
        return true;
    }
    if (closes ? here >= block || w->open.n < 2 : here > block || continues)
        return false;
    report_unclosed(w);
    w->keep = w->open.n - 1;
    return true;
}

static void drop_sign(words *w, const char *what)
{
    const char *behind = w->scan.bytes + (w->ahead.at.end - w->scan.base);
    uint32_t blanks = (uint32_t)strspn(behind, " \t");
    span cut = w->ahead.at;
    bool apart = cut.start > w->end;
    cut.end += apart ? blanks : 0;
    const char *sign = w->ahead.kind == TOK_ASSIGN ? "=" : ":";
    w->scan.failed = true;
    if (w->scan.diags) {
        diagnostic *g = diag_add(w->scan.diags, DIAG_E0101, w->ahead.at,
                                 "expected a value or a block, found `%s`", sign);
        diag_suggest(w->scan.diags, g, cut, apart || blanks ? TEXT("") : TEXT(" "),
                     "%s stands behind a space, without `%s`", what, sign);
    }
    words_fetch(w, &w->ahead);
}

/* `tier = 2`, `tier: 2` and `customer acme: {`, as YAML and other languages have them: no sentence
 * of Ferry, so the sign can be dropped and its value be read. */
static bool mend_sign(words *w)
{
    bool colon = w->ahead.kind == TOK_COLON;
    if ((!colon && w->ahead.kind != TOK_ASSIGN) || w->previous != TOK_NAME || !words_in_lines(w))
        return false;
    const char *behind = w->scan.bytes + (w->ahead.at.end - w->scan.base);
    bool field = w->open.n && w->first.kind == TOK_NAME && w->first.at.end == w->end;
    if (colon && behind[strspn(behind, " \t")] == '{')
        drop_sign(w, "a block");
    else if (field)
        drop_sign(w, "a field's value");
    else
        return false;
    return true;
}

static void mend_end(words *w)
{
    w->unbalanced |= words_innermost(w) == TOK_LBLOCK;
    report_unclosed(w);
    w->keep = words_innermost(w) == TOK_LBLOCK ? 0 : lines_below(w);
}

/* A block whose brace was forgotten ends with its indentation. */
static bool mend_assumed(words *w, bool continues)
{
    if (words_innermost(w) == TOK_LBRACKET && vec_last(&w->open).assumed &&
        (w->ahead.newline || w->ahead.kind == TOK_RBRACE || w->ahead.kind == TOK_YYEOF)) {
        w->keep = w->open.n - 1;
        return true;
    }
    if (words_innermost(w) != TOK_LBLOCK || !vec_last(&w->open).assumed || !w->ahead.newline ||
        w->ahead.kind == TOK_YYEOF || w->ahead.kind == TOK_RBRACE || continues ||
        words_indent(w, w->ahead.at.start) > words_indent(w, vec_last(&w->open).at.start))
        return false;
    w->keep = w->open.n - 1;
    return true;
}

bool words_mend(words *w, bool reserved, bool continues)
{
    if (habit_mend(w) || mend_assumed(w, continues))
        return true;
    int top = words_innermost(w);
    bool before_block = (top == TOK_LPAREN || top == TOK_LBRACKET) && habit_block_ahead(w);
    if (before_block || bracket_forgotten(w, reserved)) {
        report_unclosed(w);
        w->keep = lines_below(w);
        return true;
    }
    if (w->ahead.kind == TOK_YYEOF && w->open.n) {
        mend_end(w);
        return true;
    }
    return mend_by_indent(w, continues) || mend_sign(w) ||
           (words_is_closing(w->ahead.kind) && mend_closing(w));
}
