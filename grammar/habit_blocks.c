/* habit_blocks.c: brackets and blocks as other languages write them, see habits.h. What begins a
 * block, and whether one was meant, is told by the statement under way and by the line ends around
 * the bracket. */
#include "grammar/habits.h"
#include "grammar/habit_parts.h"
#include "grammar/mend.h"
#include "grammar/parser.h"

#include <string.h>

/* A statement that is not over before its block. */
static bool starts_block(int kind)
{
    switch (kind) {
    case TOK_CUSTOMER:
    case TOK_CHANNEL:
    case TOK_CONNECTOR:
    case TOK_PHASE:
    case TOK_STEP:
    case TOK_TASK:
    case TOK_MIGRATION:
    case TOK_PLAYBOOK:
    case TOK_FACTOR:
    case TOK_RESOURCE:
    case TOK_ROLE:
    case TOK_SIMULATE:
    case TOK_TEST:
    case TOK_RISK:
    case TOK_CHANGE:
    case TOK_INSERT:
    case TOK_FOR:
    case TOK_IF: return true;
    default: return false;
    }
}

static bool wants_block(const words *w)
{
    if (w->previous == TOK_ELSE)
        return true;
    if (w->previous == TOK_RBLOCK || words_at_start(w))
        return false;
    return starts_block(w->first.kind);
}

bool habit_block_ahead(const words *w)
{
    if (w->ahead.kind != TOK_LBRACE || w->first.kind < TOK_FIRST_WORD)
        return false;
    const char *p = habit_behind(w);
    p += strspn(p, " \t\r");
    if (*p != '\n')
        return false;
    p += strspn(p, " \t\r\n");
    size_t n = strcspn(p, " :\t\r\n");
    return starts_block(w->first.kind) && p[n] != ':' && *p != '}' && *p != '"';
}

/* `members "ann", "ben"`: a list without its brackets. */
static bool bare_list(words *w)
{
    if (!words_in_lines(w) || !w->open.n || w->first.kind != TOK_NAME ||
        w->first.at.end != w->end || w->previous != TOK_NAME || w->ahead.newline ||
        w->ahead.kind != TOK_TEXT)
        return false;
    const char *p = habit_behind(w), *end = NULL;
    for (p += strspn(p, " "); *p == ','; p += strspn(p, " ")) {
        p += 1 + strspn(p + 1, " ");
        size_t n = *p == '"' ? strcspn(p + 1, "\"\n") : 0;
        if (*p != '"' || p[n + 1] != '"')
            return false;
        p += n + 2;
        end = p;
    }
    if (!end || *p == ']')
        return false;
    span here = {w->ahead.at.start, w->ahead.at.start};
    uint32_t close = w->scan.base + (uint32_t)(end - w->scan.bytes);
    diagnostic *g =
        habit_report(w, DIAG_E0101, (span){here.start, close}, "a list stands between `[` and `]`");
    if (g) {
        diag_suggest(w->scan.diags, g, here, TEXT("["), "add them");
        diag_edit_more(w->scan.diags, g, (span){close, close}, TEXT("]"));
    }
    habit_supply(w, TOK_LBRACKET);
    return w->list_ahead = true;
}

/* `members "ann", "ben"]`: the bracket that opens the list was forgotten. */
static bool unopened_list(words *w)
{
    if (!words_in_lines(w) || w->first.kind != TOK_NAME || w->first.at.end != w->end ||
        w->previous != TOK_NAME || w->ahead.newline || w->ahead.kind == TOK_LBRACKET || !w->open.n)
        return false;
    /* The `]` that has no partner, outside of any round bracket. */
    const char *p = habit_bytes(w, w->ahead.at.start);
    bool round = *p == '(';
    int open = 0, around = 0;
    for (p += round; *p && *p != '\n' && open >= 0 && around >= 0; p++) {
        if (*p == '"' || *p == '\'')
            p += strcspn(p + 1, *p == '"' ? "\"\n" : "'\n") + 1;
        if (!*p || *p == '\n' || (*p == '/' && p[1] == '/'))
            break;
        open += (*p == '[') - (*p == ']');
        around += (*p == '(') - (*p == ')');
    }
    if (open >= 0 || around)
        return false;
    span here = {w->ahead.at.start, w->ahead.at.start + round};
    span close = {w->scan.base + (uint32_t)(p - 1 - w->scan.bytes),
                  w->scan.base + (uint32_t)(p - w->scan.bytes)};
    habit_report_edit(w, DIAG_E0103, round ? here : close,
                      round ? "`(` stands where `[` is needed" : "`]` closes nothing", here,
                      TEXT("["), round ? "a list stands between `[` and `]`" : "add `[`");
    if (round) {
        w->ahead.kind = TOK_LBRACKET;
        return true;
    }
    habit_supply(w, TOK_LBRACKET);
    return true;
}

/* `phase move (` at the end of a line, `apply move{c}` in the middle of one. */
static bool other_bracket(words *w)
{
    const char *p = habit_behind(w);
    p += strspn(p, " \t\r");
    bool last = *p == '\n' || !*p;
    bool waits = w->first.kind == TOK_WAIT && w->previous != TOK_WAIT && !words_at_start(w);
    if (w->ahead.kind == TOK_LPAREN && words_in_lines(w) && (wants_block(w) || waits) && last) {
        habit_report_edit(w, DIAG_E0101, w->ahead.at, "expected `{`, found `(`", w->ahead.at,
                          TEXT("{"), "a block stands between `{` and `}`");
        w->ahead.kind = TOK_LBRACE;
        return true;
    }
    if (w->ahead.kind == TOK_LBRACE && w->ahead.at.start == w->end && w->previous == TOK_NAME &&
        !last) {
        habit_report_edit(w, DIAG_E0101, w->ahead.at, "expected `(`, found `{`", w->ahead.at,
                          TEXT("("), "arguments stand between `(` and `)`");
        w->ahead.kind = TOK_LPAREN;
        return true;
    }
    return false;
}

/* `)` or `]` on a line of its own, as deep as the block that it ends. */
static bool other_closing(words *w)
{
    if ((w->ahead.kind != TOK_RPAREN && w->ahead.kind != TOK_RBRACKET) || !w->ahead.newline ||
        words_innermost(w) != TOK_LBLOCK ||
        words_indent(w, w->ahead.at.start) != words_indent(w, vec_last(&w->open).at.start))
        return false;
    diagnostic *g =
        habit_report(w, DIAG_E0103, w->ahead.at, "a closing bracket stands where `}` is needed");
    if (g) {
        diag_label_add(w->scan.diags, g, vec_last(&w->open).at, "to close this one");
        diag_suggest(w->scan.diags, g, w->ahead.at, TEXT("}"), "write `}`");
    }
    w->ahead.kind = TOK_RBRACE;
    return true;
}

/* `phase move:` and lines that are indented below it. */
static bool colon_block(words *w)
{
    const char *p = habit_behind(w);
    if (w->ahead.kind != TOK_COLON || !words_in_lines(w) || !wants_block(w) ||
        p[strspn(p, " \t\r")] != '\n')
        return false;
    diagnostic *g =
        habit_report(w, DIAG_E0101, w->ahead.at, "expected a block in braces, found `:`");
    if (g)
        diag_help_add(w->scan.diags, g,
                      "a block stands between `{` and `}`; indentation alone means nothing");
    habit_drop(w);
    habit_supply(w, TOK_LBLOCK);
    return true;
}

bool habit_open_block(words *w)
{
    if (!words_in_lines(w) || !wants_block(w) || w->ahead.kind == TOK_YYEOF ||
        words_indent(w, w->ahead.at.start) <= words_indent(w, w->end - 1))
        return false;
    span here = {w->end, w->end};
    if (habit_is_text(w->ahead.kind)) {
        habit_report_edit(w, DIAG_E0101, w->ahead.at, "a title stands on the line of its name",
                          (span){w->end, w->ahead.at.start}, TEXT(" "), "write it there");
        w->ahead.newline = false;
        return true;
    }
    habit_report_edit(w, DIAG_E0101, here, "expected a block, found the end of the line", here,
                      TEXT(" {"), "add `{`");
    habit_supply(w, TOK_LBLOCK);
    return true;
}

bool habit_mend_block(words *w)
{
    return colon_block(w) || other_bracket(w) || other_closing(w) || unopened_list(w) ||
           bare_list(w);
}
