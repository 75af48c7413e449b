/* habits.c: see habits.h. Conditions, loops, fields and texts as elsewhere; brackets and blocks
 * stand in habit_blocks.c. */
#include "grammar/habits.h"
#include "grammar/habit_parts.h"
#include "grammar/mend.h"
#include "grammar/parser.h"
#include "grammar/scan_actions.h"

#include <ctype.h>
#include <string.h>

static const struct {
    const char *word;
    enum { FILE_ONLY = 1, BLOCK_ONLY, EITHER } place;
    const char *instead;
} habits[] = {
#define FILE                        FILE_ONLY
#define BLOCK                       BLOCK_ONLY
#define BOTH                        EITHER
#define HABIT(word, place, instead) {word, place, instead},
#include "grammar/habits.def"
#undef FILE
#undef BLOCK
#undef BOTH
};

const char *habit_instead(text wrong, bool file)
{
    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
        if (text_is(wrong, habits[i].word) && habits[i].place != (file ? BLOCK_ONLY : FILE_ONLY))
            return habits[i].instead;
    return NULL;
}

/* --- what stands around ----------------------------------------------------------------------- */

const char *habit_bytes(const words *w, uint32_t position)
{
    return w->scan.bytes + (position - w->scan.base);
}

const char *habit_behind(const words *w)
{
    return habit_bytes(w, w->ahead.at.end);
}

bool habit_is_text(int kind)
{
    return kind == TOK_TEXT || kind == TOK_RAW || kind == TOK_BODY || kind == TOK_HEAD;
}

diagnostic *habit_report(words *w, diag_code code, span at, const char *message)
{
    w->scan.failed = true;
    return w->scan.diags ? diag_add(w->scan.diags, code, at, "%s", message) : NULL;
}

void habit_report_edit(words *w, diag_code code, span at, const char *message, span edit, text with,
                       const char *help)
{
    diagnostic *g = habit_report(w, code, at, message);
    if (g)
        diag_suggest(w->scan.diags, g, edit, with, "%s", help);
}

void habit_drop(words *w)
{
    bool newline = w->ahead.newline;
    words_fetch(w, &w->ahead);
    w->ahead.newline |= newline;
}

void habit_supply(words *w, int kind)
{
    w->waiting[w->waits++] = kind;
}

static text ahead_text(const words *w)
{
    return (text){habit_bytes(w, w->ahead.at.start), w->ahead.at.end - w->ahead.at.start};
}

/* A keyword behind which stands the name that it gives. */
static bool gives_name(int kind)
{
    switch (kind) {
    case TOK_CUSTOMER:
    case TOK_CHANNEL:
    case TOK_PHASE:
    case TOK_STEP:
    case TOK_TASK:
    case TOK_ROLE:
    case TOK_RESOURCE:
    case TOK_PLAYBOOK:
    case TOK_MIGRATION:
    case TOK_FACTOR:
    case TOK_CONNECTOR:
    case TOK_APPROVE:
    case TOK_SIMULATE:
    case TOK_OBSERVE:
    case TOK_TABLE:
    case TOK_CALENDAR:
    case TOK_LET:
    case TOK_FN: return true;
    default: return false;
    }
}

static bool is_name(text t)
{
    size_t n = 0;
    while (n < t.n && (islower((unsigned char)t.p[n]) || t.p[n] == '_' ||
                       (n && isdigit((unsigned char)t.p[n]))))
        n++;
    return t.n && n == t.n && t.p[0] != '_';
}

/* The token ahead gets to stand for the bytes up to `end`. */
static void extend(words *w, int kind, span at)
{
    token t = w->ahead;
    uint32_t end = at.end;
    token next;
    do
        words_fetch(w, &next);
    while (next.at.start < end && next.kind != TOK_YYEOF);
    t.kind = kind;
    t.at = at;
    w->ahead = t;
    w->queued = next;
    w->is_queued = true;
}

static bool ends_value(const words *w)
{
    return w->previous && !words_at_start(w) && !words_needs_more(w->previous);
}

/* --- conditions ------------------------------------------------------------------------------- */

/* `=` where values are compared: nothing is defined there. */
static bool single_equals(words *w)
{
    if (w->ahead.kind != TOK_ASSIGN || !ends_value(w))
        return false;
    switch (w->first.kind) {
    case TOK_IF:
    case TOK_REQUIRE:
    case TOK_EXPECT:
    case TOK_WAIT:
    case TOK_ROLLBACK:
    case TOK_PAUSE:
    case TOK_ALERT: break;
    case TOK_FOR:
        if (words_innermost(w) == TOK_LBRACE)
            return false;
        break;
    case TOK_NAME:
        if (!w->open.n || w->first.at.end == w->end || words_innermost(w) == TOK_LBRACE)
            return false;
        break;
    default: return false;
    }
    habit_report_edit(w, DIAG_E0101, w->ahead.at, "expected `==`, found `=`", w->ahead.at,
                      TEXT("=="), "`=` defines, `==` compares");
    w->ahead.kind = TOK_EQ;
    return true;
}

static bool is_word(const words *w, const char *spelling)
{
    return w->ahead.kind == TOK_NAME && text_is(ahead_text(w), spelling);
}

static bool other_else(words *w)
{
    if (w->previous != TOK_RBLOCK ||
        !(is_word(w, "elif") || is_word(w, "elsif") || is_word(w, "elseif")))
        return false;
    habit_report_edit(w, DIAG_E0101, w->ahead.at, "expected `else`, found another language's word",
                      w->ahead.at, TEXT("else if"), "write `else if`");
    w->ahead.kind = TOK_IF;
    habit_supply(w, TOK_ELSE);
    return true;
}

/* `if c then {`: a block follows its condition. */
static bool then_block(words *w)
{
    if (w->first.kind != TOK_IF || !words_in_lines(w) || !is_word(w, "then") ||
        habit_behind(w)[strspn(habit_behind(w), " \t")] != '{')
        return false;
    habit_report_edit(w, DIAG_E0101, w->ahead.at, "a block follows its condition without `then`",
                      (span){w->end, w->ahead.at.end}, TEXT(""), "leave it out");
    habit_drop(w);
    return true;
}

/* `require c, "why"`, `require c "why"`. */
static bool require_reason(words *w)
{
    bool comma = w->ahead.kind == TOK_COMMA;
    if (w->first.kind != TOK_REQUIRE || !words_in_lines(w) || !ends_value(w) || w->ahead.newline ||
        (comma ? strcspn(habit_behind(w), "\"'\n") != strspn(habit_behind(w), " \t")
               : !habit_is_text(w->ahead.kind)))
        return false;
    span at = comma ? w->ahead.at : (span){w->ahead.at.start, w->ahead.at.start};
    habit_report_edit(w, DIAG_E0101, comma ? at : w->ahead.at,
                      comma ? "expected `else`, found `,`" : "expected `else` before the reason",
                      at, comma ? TEXT(" else") : TEXT("else "), "the reason stands behind `else`");
    if (comma)
        habit_drop(w);
    habit_supply(w, TOK_ELSE);
    return true;
}

/* --- loops ------------------------------------------------------------------------------------ */

static bool loop_words(words *w)
{
    span at = w->ahead.at;
    if (w->previous == TOK_FOR && w->first.kind == TOK_FOR && words_in_lines(w) &&
        w->ahead.kind == TOK_NAME && !is_word(w, "each")) {
        habit_report_edit(w, DIAG_E0101, at, "expected `each` before the name of an element",
                          (span){at.start, at.start}, TEXT("each "), "write `for each`");
        habit_supply(w, TOK_EACH);
        return true;
    }
    if (words_at_start(w) && w->open.n && is_word(w, "foreach")) {
        habit_report_edit(w, DIAG_E0101, at, "`foreach` is two words in Ferry", at,
                          TEXT("for each"), "write `for each`");
        habit_supply(w, TOK_FOR);
        w->ahead.kind = TOK_EACH;
        return true;
    }
    if (w->before == TOK_EACH && w->previous == TOK_NAME && is_word(w, "of")) {
        habit_report_edit(w, DIAG_E0101, at, "expected `in`, found the word `of`", at, TEXT("in"),
                          "write `in`");
        w->ahead.kind = TOK_IN;
        return true;
    }
    return false;
}

/* --- fields as in YAML, JSON, HCL ------------------------------------------------------------- */

/* 4,200,000 and 99,9: a comma parts fields of a list, so only where none is open. */
static bool number_with_commas(words *w)
{
    if (w->ahead.kind != TOK_NUMBER || w->first.kind != TOK_NAME || words_at_start(w) ||
        !words_in_lines(w) || !w->open.n)
        return false;
    const char *p = habit_behind(w), *end = p;
    while (*end == ',' && isdigit((unsigned char)end[1]))
        end += 1 + strspn(end + 1, "0123456789");
    if (end == p)
        return false;
    if (*end == '.' && isdigit((unsigned char)end[1]))
        end += 1 + strspn(end + 1, "0123456789");
    end += *end == '%';
    if (end[0] == ' ' && isupper((unsigned char)end[1]) && isupper((unsigned char)end[2]) &&
        isupper((unsigned char)end[3]) && !isalnum((unsigned char)end[4]))
        end += 4;
    span at = {w->ahead.at.start, w->scan.base + (uint32_t)(end - w->scan.bytes)};
    extend(w, TOK_FAULTY, at);
    token t;
    bool newline = w->ahead.newline;
    scan_foreign(&w->scan, &t, at.start - w->scan.base, at.end - at.start);
    w->ahead.newline = newline;
    return true;
}

/* `volume 40 per day, partner "G"` and `},`: a line's end ends a field. */
static bool field_comma(words *w)
{
    bool field = w->open.n && (w->first.kind == TOK_NAME || w->first.kind == TOK_TEXT) &&
                 w->first.at.end < w->end;
    if (w->ahead.kind != TOK_COMMA || !words_in_lines(w) ||
        !(field || w->first.kind == TOK_LET || w->previous == TOK_RBLOCK))
        return false;
    const char *p = habit_behind(w);
    size_t gap = strspn(p, " \t\r");
    bool last = p[gap] == '\n' || p[gap] == '}' || p[gap] == '/' || !p[gap];
    span cut = w->ahead.at;
    text with = TEXT("");
    if (!last) {
        cut.end += (uint32_t)gap;
        with = TEXT("\n");
    }
    habit_report_edit(w, DIAG_E0106, w->ahead.at,
                      "`,` ends nothing here: a line's end ends a field", cut, with,
                      last ? "leave it out" : "begin a new line");
    habit_drop(w);
    w->ahead.newline = true;
    return true;
}

/* `"criticality": "high"`. */
static bool quoted_key(words *w)
{
    text t = ahead_text(w);
    if (!words_at_start(w) || !w->open.n || (w->ahead.kind != TOK_TEXT && w->ahead.kind != TOK_RAW))
        return false;
    const char *p = habit_behind(w);
    size_t gap = strspn(p, " \t");
    text inner = text_slice(t, 1, t.n - 1);
    if (p[gap] != ':' || !is_name(inner))
        return false;
    size_t colon = gap + 1, rest = colon + strspn(p + colon, " \t");
    span all = {w->ahead.at.start, w->ahead.at.end + (uint32_t)rest};
    diagnostic *g =
        habit_report(w, DIAG_E0101, (span){all.start, w->ahead.at.end + (uint32_t)colon},
                     "a field's name stands without quotes, its value behind a space");
    if (g)
        diag_suggest(w->scan.diags, g, all,
                     text_format(w->scan.diags->memory, "%.*s ", TEXT_ARG(inner)),
                     "write `%.*s` without quotes and colon", TEXT_ARG(inner));
    extend(w, TOK_NAME, (span){all.start, all.end});
    w->ahead.at = (span){all.start + 1, all.start + 1 + (uint32_t)inner.n};
    return true;
}

/* `customer "acme" {`. What is no name is left to the parser, with the message given here. */
static bool quoted_name(words *w)
{
    if (!gives_name(w->previous) || (w->ahead.kind != TOK_TEXT && w->ahead.kind != TOK_RAW))
        return false;
    text t = ahead_text(w), inner = text_slice(t, 1, t.n - 1);
    span at = w->ahead.at;
    if (is_name(inner)) {
        habit_report_edit(w, DIAG_E0101, at, "expected a name, found a text", at, inner,
                          "names stand without quotes");
        w->ahead.kind = TOK_NAME;
        w->ahead.at = (span){at.start + 1, at.end - 1};
        return true;
    }
    diagnostic *g = habit_report(w, DIAG_E0101, at, "expected a name, found a text");
    if (g)
        diag_help_add(w->scan.diags, g,
                      "a short name stands first, a title behind it: customer acme \"ACME Works\"");
    return false;
}

/* `phase pre-check`: one name with `-` in it. Its later uses are joined as well. */
static bool hyphenated(words *w)
{
    if (w->ahead.kind != TOK_NAME || *habit_behind(w) != '-')
        return false;
    const char *p = habit_behind(w);
    while (*p == '-' && islower((unsigned char)p[1]))
        p += 1 + strspn(p + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");
    span at = {w->ahead.at.start, w->scan.base + (uint32_t)(p - w->scan.bytes)};
    text whole = {habit_bytes(w, at.start), at.end - at.start};
    if (at.end == w->ahead.at.end || !(gives_name(w->previous) || scan_respelt(&w->scan, whole)))
        return false;
    scan_respell(&w->scan, at.start - w->scan.base, at.end - at.start);
    extend(w, TOK_NAME, at);
    return true;
}

/* `compliance:` and items behind dashes below it, as in YAML. */
static bool dashed_list(words *w)
{
    const char *p = habit_behind(w), *end = NULL;
    if (w->ahead.kind != TOK_COLON || !words_in_lines(w) || !w->open.n ||
        w->first.kind != TOK_NAME || w->first.at.end != w->end)
        return false;
    buffer list = {0};
    for (p += strspn(p, " \t\r"); *p == '\n';) {
        const char *item = p + strspn(p, " \t\r\n");
        if (item[0] != '-' || item[1] != ' ')
            break;
        item += 1 + strspn(item + 1, " \t");
        size_t n = strcspn(item, "\r\n");
        text one = text_trim((text){item, n});
        buffer_printf(&list, "%s%.*s", end ? ", " : " [", TEXT_ARG(one));
        end = one.p + one.n;
        p = item + n + strspn(item + n, "\r");
    }
    if (end) {
        buffer_char(&list, ']');
        span all = {w->ahead.at.start, w->scan.base + (uint32_t)(end - w->scan.bytes)};
        habit_report_edit(w, DIAG_E0101, w->ahead.at,
                          "expected a list in brackets, found `:` and dashes", all,
                          buffer_view(&list), "a list stands between brackets");
        extend(w, TOK_FAULTY, all);
    }
    buffer_release(&list);
    return end != NULL;
}

/* --- texts ------------------------------------------------------------------------------------ */

/* f"…": every text interpolates. */
static bool text_prefix(words *w)
{
    text t = ahead_text(w);
    const char *p = habit_behind(w);
    if (w->ahead.kind != TOK_NAME || t.n > 2 || (*p != '"' && *p != '\'') ||
        strspn(t.p, "fru") < t.n || !memchr(p + 1, *p, strcspn(p + 1, "\n")))
        return false;
    habit_report_edit(
        w, DIAG_E0106, w->ahead.at, "nothing stands before the quotes of a text", w->ahead.at,
        TEXT(""), "leave it out: every text between \" takes values in braces, as in \"{c.name}\"");
    habit_drop(w);
    return true;
}

/* "{{x}}": the inner braces are read as round brackets. */
static bool double_braces(words *w)
{
    span at = w->ahead.at;
    if (w->ahead.kind == TOK_LBRACE && at.start == w->end &&
        (w->previous == TOK_HEAD || w->previous == TOK_MID)) {
        const char *p = habit_behind(w);
        size_t n = strcspn(p, "}:\"\n");
        if (p[n] != '}' || p[n + 1] != '}')
            return false;
        diagnostic *g = habit_report(w, DIAG_E0101, (span){at.start - 1, at.end},
                                     "one pair of braces takes a value into a text");
        if (g) {
            uint32_t close = at.end + (uint32_t)n;
            diag_suggest(w->scan.diags, g, at, TEXT(""), "write one pair");
            diag_edit_more(w->scan.diags, g, (span){close, close + 1}, TEXT(""));
        }
        w->ahead.kind = TOK_LPAREN;
        return true;
    }
    if (w->ahead.kind == TOK_RBRACE && words_innermost(w) == TOK_LPAREN &&
        *habit_bytes(w, vec_last(&w->open).at.start) == '{') {
        w->ahead.kind = TOK_RPAREN;
        return true;
    }
    return false;
}

bool habit_mend(words *w)
{
    if (w->stopped || w->waits)
        return false;
    return single_equals(w) || other_else(w) || then_block(w) || require_reason(w) ||
           loop_words(w) || number_with_commas(w) || field_comma(w) || quoted_key(w) ||
           quoted_name(w) || dashed_list(w) || hyphenated(w) || text_prefix(w) ||
           double_braces(w) || habit_mend_block(w);
}
