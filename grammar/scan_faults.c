/* scan_faults.c: words, numbers and signs that are no Ferry, see scan_actions.h: each is reported
 * with the edit that makes it Ferry, and reading goes on as if that stood there. */
#include "grammar/scan_parts.h"
#include "grammar/foreign.h"
#include "grammar/parser.h"

#include <string.h>

/* --- words and numbers ------------------------------------------------------------------------ */

/* Lone quotes behind the words that begin before `at`, or 0. */
static uint32_t quote_behind(const scan *s, uint32_t at, char behind)
{
    char c = behind, last = '_';
    for (; c == ' ' || scan_is_wordy(c); c = ++at < s->length ? s->bytes[at] : '\n')
        last = c;
    if (c != '"' || last == ' ' || s->texts)
        return 0;
    const char *rest = s->bytes + at + 1;
    return rest[strcspn(rest, "\"\n")] == '"' ? 0 : at;
}

/* moveAcme, pre-move, HTTPGateway as names: move_acme, pre_move, http_gateway. */
static text as_name(arena *memory, text word)
{
    buffer b = {0};
    for (size_t i = 0; i < word.n; i++) {
        char c = word.p[i], before = i ? word.p[i - 1] : '_';
        bool hump = isupper((unsigned char)c) && before != '_' && before != '-' &&
                    (!isupper((unsigned char)before) ||
                     (i + 1 < word.n && islower((unsigned char)word.p[i + 1])));
        if (hump)
            buffer_char(&b, '_');
        if (b.n || isalpha((unsigned char)c))
            buffer_char(&b, c == '-' ? '_' : (char)tolower((unsigned char)c));
    }
    text out = text_copy(memory, buffer_view(&b));
    buffer_release(&b);
    return out;
}

bool scan_respelt(const scan *s, text word)
{
    return names_find(&s->respelt, word) != 0;
}

void scan_respell(scan *s, uint32_t at, uint32_t length)
{
    text word = scan_word(s, at, length);
    text right = s->diags ? as_name(s->diags->memory, word) : TEXT("");
    uint32_t id = names_find(&s->respelt, word);
    if (id) {
        if (right.n)
            diag_edit_more(s->diags, s->said.p[id - 1], scan_span(s, at, at + length), right);
        return;
    }
    diagnostic *g =
        SCAN_FAULT(s, E0107, at, at + length,
                   "`%.*s` is no name: names have small letters, digits and `_`", TEXT_ARG(word));
    if (!g)
        return;
    if (right.n)
        diag_suggest(s->diags, g, scan_span(s, at, at + length), right, "write `%.*s`",
                     TEXT_ARG(right));
    if (!s->said.n)
        names_init(&s->respelt, s->diags->memory);
    names_add(&s->respelt, word);
    vec_push(&s->said, g);
}

void scan_bad_name(scan *s, uint32_t at, uint32_t length, char behind)
{
    if (length > SCAN_NAME)
        return; /* scan_token reports it */
    uint32_t quote = quote_behind(s, at + length, behind);
    if (quote && s->unclosed != s->base + quote)
        scan_report_unopened(s, at, quote);
    if (quote)
        return;
    scan_respell(s, at, length);
}

int scan_foreign(scan *s, token *t, uint32_t at, uint32_t length)
{
    if (length > SCAN_NAME) /* scan_token reports it */
        return scan_token(s, t, TOK_FAULTY, at, length);
    text wrong = scan_word(s, at, length);
    text right = s->diags ? foreign_literal(wrong, s->diags->memory) : TEXT("");
    diagnostic *g = right.n ? SCAN_FAULT(s, E0108, at, at + length, "`%.*s` is written `%.*s`",
                                         TEXT_ARG(wrong), TEXT_ARG(right))
                            : SCAN_FAULT(s, E0108, at, at + length,
                                         "`%.*s` is no number, time or date", TEXT_ARG(wrong));
    if (right.n)
        diag_suggest(s->diags, g, scan_span(s, at, at + length), right, "write `%.*s`",
                     TEXT_ARG(right));
    else if (g)
        diag_help_add(s->diags, g,
                      "numbers look like 5_000 or 99.5, durations like 1h30m, times of day like "
                      "22:00, dates like 2027-03-13");
    return scan_token(s, t, TOK_FAULTY, at, length);
}

/* Units fall and stand once each: 1h30m, never 30m1h. */
void scan_check_duration(scan *s, uint32_t at, uint32_t length)
{
    static const char order[] = "wdhmsx"; /* x: milliseconds */
    const char *left = order;
    for (uint32_t i = at; i < at + length; i++) {
        char unit = s->bytes[i];
        if (!isalpha((unsigned char)unit))
            continue;
        if (unit == 'm' && i + 1 < at + length && s->bytes[i + 1] == 's') {
            unit = 'x';
            i++;
        }
        const char *found = strchr(left, unit);
        if (!found) {
            diagnostic *g =
                SCAN_FAULT(s, E0108, at, at + length,
                           "the parts of a duration stand in the order w d h m s ms, each once");
            text right =
                g ? foreign_duration(scan_word(s, at, length), s->diags->memory) : TEXT("");
            if (right.n)
                diag_suggest(s->diags, g, scan_span(s, at, at + length), right, "write `%.*s`",
                             TEXT_ARG(right));
            return;
        }
        left = found + 1;
    }
}

/* --- signs of other languages ------------------------------------------------------------------
 */

void scan_instead(scan *s, uint32_t at, uint32_t length, const char *right, char behind)
{
    diagnostic *g = SCAN_FAULT(s, E0106, at, at + length, "`%.*s` is no sign of Ferry",
                               TEXT_ARG(scan_word(s, at, length)));
    bool tight = isalpha((unsigned char)right[0]) && !scan_is_blank(behind);
    if (g)
        diag_suggest(s->diags, g, scan_span(s, at, at + length),
                     tight ? text_format(s->diags->memory, "%s ", right) : text_of(right),
                     "write `%s`", right);
}

void scan_unquoted(scan *s, uint32_t at, uint32_t length)
{
    text zone_text = scan_word(s, at, length);
    diagnostic *g = SCAN_FAULT(s, E0104, at, at + length, "a zone is a text, and stands in quotes");
    if (g)
        diag_suggest(s->diags, g, scan_span(s, at, at + length),
                     text_format(s->diags->memory, "\"%.*s\"", TEXT_ARG(zone_text)),
                     "write \"%.*s\"", TEXT_ARG(zone_text));
}

void scan_word_instead(scan *s, uint32_t at, uint32_t length, const char *right)
{
    diagnostic *g = SCAN_FAULT(s, E0106, at, at + length, "`%.*s` is written `%s`",
                               TEXT_ARG(scan_word(s, at, length)), right);
    if (g)
        diag_suggest(s->diags, g, scan_span(s, at, at + length), text_of(right), "write `%s`",
                     right);
}

/* Behind `at` and blanks; the byte there, 0 at the end of the file. */
static uint32_t behind_blanks(const scan *s, uint32_t at, char behind, char *found)
{
    for (; scan_is_blank(behind); behind = ++at < s->length ? s->bytes[at] : 0)
        ;
    *found = behind;
    return at;
}

void scan_semicolon(scan *s, uint32_t at, char next)
{
    diagnostic *g =
        SCAN_FAULT(s, E0106, at, at + 1, "`;` is no sign of Ferry: a line's end ends it");
    char found;
    uint32_t behind = behind_blanks(s, at + 1, next, &found);
    bool more = found && !strchr("\n}/#", found);
    if (g && more)
        diag_suggest(s->diags, g, scan_span(s, at, behind), TEXT("\n"), "begin a new line");
    else if (g)
        diag_suggest(s->diags, g, scan_span(s, at, at + 1), TEXT(""), "leave it out");
    s->newline = true;
}

void scan_comment_sign(scan *s, uint32_t at, uint32_t length)
{
    diagnostic *g = SCAN_FAULT(s, E0106, at, at + length, "`%.*s` begins no comment",
                               TEXT_ARG(scan_word(s, at, length)));
    if (g)
        diag_suggest(s->diags, g, scan_span(s, at, at + length), TEXT("//"), "write `//`");
}

/* The lines between the signs, each behind `//`. */
static text as_line_comments(arena *memory, text inside)
{
    buffer b = {0};
    for (size_t i = 0; i < inside.n;) {
        const char *end = memchr(inside.p + i, '\n', inside.n - i);
        size_t to = end ? (size_t)(end - inside.p) : inside.n;
        text line = text_trim(text_slice(inside, i, to));
        if (text_starts(line, TEXT("* ")))
            line = text_slice(line, 2, line.n);
        buffer_printf(&b, "%s//%s%.*s", i ? "\n" : "", line.n ? " " : "", TEXT_ARG(line));
        i = to + 1;
    }
    text out = text_copy(memory, buffer_view(&b));
    buffer_release(&b);
    return out;
}

void scan_block_comment(scan *s, uint32_t at, uint32_t length, char next)
{
    if (memchr(s->bytes + at, '\n', length))
        s->newline = true;
    diagnostic *g = SCAN_FAULT(s, E0106, at, at + 2, "`/*` begins no comment");
    text all = scan_word(s, at, length);
    char found;
    behind_blanks(s, at + length, next, &found);
    bool alone = all.n > 4 && text_ends(all, TEXT("*/")) && (!found || found == '\n');
    if (g && alone)
        diag_suggest(s->diags, g, scan_span(s, at, at + length),
                     as_line_comments(s->diags->memory, text_slice(all, 2, all.n - 2)),
                     "write `//` before each line of it");
    else if (g)
        diag_help_add(s->diags, g, "write `//` before each line of it");
}

void scan_quotes(scan *s, uint32_t at, uint32_t length)
{
    diagnostic *g = SCAN_FAULT(s, E0106, at, at + 3, "typographic quotes enclose no text");
    if (!g)
        return;
    diag_suggest(s->diags, g, scan_span(s, at, at + 3), TEXT("\""), "write `\"`");
    uint32_t end = at + length;
    if (length >= 6 && memcmp(s->bytes + end - 3, "\xe2\x80", 2) == 0)
        diag_edit_more(s->diags, g, scan_span(s, end - 3, end), TEXT("\""));
    else if (s->bytes[end - 1] == '\'')
        diag_edit_more(s->diags, g, scan_span(s, end - 1, end), TEXT("\""));
}

/* Signs that programs other than editors of code put in for plain ones. */
static const struct {
    const char *bytes, *name, *plain;
} dressed[] = {
    {"\xc2\xa0", "a no-break space", " "},
    {"\xe2\x80\xaf", "a narrow no-break space", " "},
    {"\xe2\x80\x8b", "a zero-width space", ""},
    {"\xef\xbb\xbf", "a byte order mark", ""},
    {"\xe2\x80\x93", "`–`", "-"},
    {"\xe2\x80\x94", "`—`", "-"},
    {"\xe2\x88\x92", "`−`", "-"},
    {"\xe2\x89\xa5", "`≥`", ">="},
    {"\xe2\x89\xa4", "`≤`", "<="},
    {"\xe2\x89\xa0", "`≠`", "!="},
    {"\xc3\x97", "`×`", "*"},
    {"\xe2\x80\xa6", "`…`", ""},
};

void scan_unknown(scan *s, uint32_t at, uint32_t length)
{
    text word = scan_word(s, at, length);
    if (at == 0 && text_equal(word, TEXT("\xef\xbb\xbf")))
        return; /* a byte order mark */
    for (size_t i = 0; i < sizeof dressed / sizeof *dressed; i++)
        if (text_is(word, dressed[i].bytes)) {
            diagnostic *g =
                SCAN_FAULT(s, E0106, at, at + length, "%s is no sign of Ferry", dressed[i].name);
            if (g && *dressed[i].plain)
                diag_suggest(s->diags, g, scan_span(s, at, at + length), text_of(dressed[i].plain),
                             "write `%s`", dressed[i].plain);
            else if (g)
                diag_suggest(s->diags, g, scan_span(s, at, at + length), TEXT(""), "leave it out");
            return;
        }
    if (length == 1 && !isprint((unsigned char)word.p[0]))
        SCAN_FAULT(s, E0106, at, at + 1, "a control character (0x%02x) stands here",
                   (unsigned char)word.p[0]);
    else
        SCAN_FAULT(s, E0106, at, at + length, "`%.*s` is no sign of Ferry",
                   TEXT_ARG(text_slice(word, 0, text_utf8_prefix(text_slice(word, 0, 40)))));
}
