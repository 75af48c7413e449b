/* scan.c: the actions of the scanner's rules, see scan_actions.h. */
#include "grammar/scan_actions.h"
#include "grammar/foreign.h"
#include "grammar/literal.h"
#include "grammar/parser.h"

#include <ctype.h>
#include <string.h>

static span span_at(const scan *s, uint32_t at, uint32_t end)
{
    return (span){s->base + at, s->base + end};
}

static text word_at(const scan *s, uint32_t at, uint32_t length)
{
    return (text){s->bytes + at, length};
}

/* Reports, unless nobody listens: the formatter scans again what was already found good. */
#define FAULT(s, code, at, end, ...)                                                               \
    ((s)->failed = true,                                                                           \
     (s)->diags ? diag_add((s)->diags, DIAG_##code, span_at(s, at, end), __VA_ARGS__) : NULL)

static void check_length(scan *s, uint32_t at, uint32_t length, int kind)
{
    uint32_t most = kind == TOK_NAME ? SCAN_NAME : SCAN_LONGEST;
    if (length > most && kind != TOK_COMMENT)
        FAULT(s, E0110, at, at + 32, "%s of %u bytes is too long; the limit is %u",
              kind == TOK_NAME ? "a name" : "a literal", length, most);
}

int scan_token(scan *s, token *t, int kind, uint32_t at, uint32_t length)
{
    if (length > SCAN_NAME)
        check_length(s, at, length, kind);
    *t = (token){.kind = kind, .at = span_at(s, at, at + length), .newline = s->newline};
    s->newline = false;
    return kind;
}

/* --- texts ------------------------------------------------------------------------------------ */

void scan_unterminated(scan *s, uint32_t at, uint32_t end, const char *quotes)
{
    if (s->unclosed == s->base + at)
        return;
    s->unclosed = s->base + at;
    uint32_t shown = end > at + 1 && !memchr(s->bytes + at, '\n', end - at) ? end : at + 1;
    diagnostic *g = FAULT(s, E0104, at, shown, "this text has no closing %s", quotes);
    if (g && strlen(quotes) == 1)
        diag_help_add(s->diags, g, "a text ends on its line; a longer one stands between \"\"\"");
}

bool scan_line_end(scan *s, token *t, uint32_t at)
{
    if (s->texts && !s->text[s->texts - 1].body) {
        scan_text *top = &s->text[--s->texts];
        scan_unterminated(s, top->start - s->base, at, "\"");
        /* One report for texts inside texts that end together. */
        if (s->texts && !s->text[s->texts - 1].body)
            s->unclosed = s->text[s->texts - 1].start;
        scan_token(s, t, TOK_TAIL, at, 0);
        return true;
    }
    if (s->texts && at == s->length) {
        scan_text *top = &s->text[--s->texts];
        scan_unterminated(s, top->start - s->base, at, "\"\"\"");
        scan_token(s, t, TOK_TAIL, at, 0);
        return true;
    }
    s->newline = true;
    return false;
}

void scan_brace_open(scan *s)
{
    if (s->texts)
        s->text[s->texts - 1].braces++;
}

bool scan_brace_close(scan *s, uint32_t at)
{
    if (!s->texts)
        return false;
    scan_text *top = &s->text[s->texts - 1];
    if (top->braces) {
        top->braces--;
        return false;
    }
    s->start = at;
    s->inside = true;
    s->body = top->body;
    s->flags = top->body ? TEXT_BLOCK : 0;
    return true;
}

void scan_text_begin(scan *s, uint32_t at, bool body)
{
    s->start = at;
    s->inside = false;
    s->body = body;
    s->flags = body ? TEXT_BLOCK : 0;
}

static int text_token(scan *s, token *t, int kind, uint32_t end)
{
    scan_token(s, t, kind, s->start, end - s->start);
    t->aux = s->flags;
    return kind;
}

int scan_text_end(scan *s, token *t, uint32_t at, uint32_t quotes)
{
    if (s->inside)
        s->texts--;
    return text_token(s, t, s->inside ? TOK_TAIL : s->body ? TOK_BODY : TOK_TEXT, at + quotes);
}

int scan_text_brace(scan *s, token *t, uint32_t at)
{
    if (s->inside)
        return text_token(s, t, TOK_MID, at + 1);
    if (s->texts == SCAN_TEXTS) {
        if (!s->deep)
            FAULT(s, E0110, s->start, s->start + 1, "texts inside texts nest deeper than %d",
                  SCAN_TEXTS);
        s->deep = true;
        return text_token(s, t, s->body ? TOK_BODY : TOK_TEXT, at + 1);
    }
    s->text[s->texts++] = (scan_text){.start = s->base + s->start, .body = s->body};
    return text_token(s, t, TOK_HEAD, at + 1);
}

int scan_text_cut(scan *s, token *t, uint32_t at)
{
    uint32_t start = s->inside ? s->text[s->texts - 1].start - s->base : s->start;
    scan_unterminated(s, start, at, s->body ? "\"\"\"" : "\"");
    return scan_text_end(s, t, at, 0);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_wordy(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Where a text that is not closed probably ends: before the brackets that close what was open
 * around it, or the brace of a block. */
static uint32_t probable_end(const scan *s, uint32_t at, uint32_t length)
{
    const char *p = s->bytes + at;
    uint32_t n = length;
    for (bool more = true; more && n > 1;) {
        while (n > 1 && is_blank(p[n - 1]))
            n--;
        char c = p[n - 1], opening = c == ')' ? '(' : c == ']' ? '[' : c == '}' ? '{' : 0;
        more = n > 1 && (c == ',' || c == '{' || (opening && !memchr(p, opening, n)));
        n -= more;
    }
    return n;
}

/* The end of the first closing typographic quotes, or 0. */
static uint32_t curly_end(const scan *s, uint32_t at, uint32_t length)
{
    for (uint32_t i = 1; i + 2 < length; i++) {
        const unsigned char *p = (const unsigned char *)s->bytes + at + i;
        if (p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0x9c && p[2] <= 0x9f)
            return i + 3;
    }
    return 0;
}

uint32_t scan_cut_short(scan *s, uint32_t at, uint32_t length)
{
    const char quote[] = {s->bytes[at], 0};
    uint32_t curly = curly_end(s, at, length), n = curly ? curly : probable_end(s, at, length);
    s->unclosed = s->base + at;
    if (s->deep)
        return n; /* nothing pairs any more; that was said */
    diagnostic *g = FAULT(s, E0104, at, at + n, "this text has no closing %s", quote);
    if (g)
        diag_suggest(s->diags, g, span_at(s, at + n - (curly ? 3 : 0), at + n), text_of(quote),
                     "a text ends on its line; a longer one stands between \"\"\"");
    return n;
}

/* `quote` closes a text that has no opening quotes; its first word is at `start`. */
static void report_unopened(scan *s, uint32_t start, uint32_t quote)
{
    s->unclosed = s->base + quote;
    diagnostic *g = FAULT(s, E0104, start, quote + 1, "this text has no opening \"");
    if (g)
        diag_suggest(s->diags, g, span_at(s, start, start), TEXT("\""), "add `\"`");
}

uint32_t scan_lone_quote(scan *s, token *t, uint32_t at, uint32_t length)
{
    s->opening = s->texts && s->text[s->texts - 1].body;
    if (s->opening) {
        scan_text_begin(s, at, false);
        return 1;
    }
    if (s->texts) {
        uint32_t start = s->text[--s->texts].start;
        diagnostic *g =
            FAULT(s, E0104, start - s->base, at + 1, "a `{` of this text is not closed");
        if (g)
            diag_suggest(s->diags, g, span_at(s, at, at), TEXT("}"), "add `}`");
        scan_token(s, t, TOK_TAIL, at, 1);
        return 1;
    }
    if (at && is_wordy(s->bytes[at - 1])) {
        uint32_t start = at;
        while (start && is_wordy(s->bytes[start - 1]))
            start--;
        if (s->unclosed != s->base + at)
            report_unopened(s, start, at);
        return 1;
    }
    uint32_t n = scan_cut_short(s, at, length);
    scan_token(s, t, TOK_TEXT, at, n);
    return n;
}

void scan_check_code_point(scan *s, uint32_t at, uint32_t length)
{
    uint32_t point = 0;
    for (uint32_t i = at + 3; i + 1 < at + length && point <= 0x10ffff; i++) {
        int c = tolower((unsigned char)s->bytes[i]);
        point = point * 16 + (uint32_t)(isdigit(c) ? c - '0' : c - 'a' + 10);
    }
    s->flags |= TEXT_ESCAPED;
    if (point == 0 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        FAULT(s, E0105, at, at + length, "`%.*s` is no character of Unicode",
              TEXT_ARG(word_at(s, at, length)));
}

void scan_bad_escape(scan *s, uint32_t at, uint32_t length)
{
    s->flags |= TEXT_ESCAPED;
    if (length < 2)
        return; /* the text is cut right behind it and reported for that */
    unsigned char c = (unsigned char)s->bytes[at + 1];
    diagnostic *g = c < 0x80 && isgraph(c)
                        ? FAULT(s, E0105, at, at + 2, "`\\%c` is no escape", c)
                        : FAULT(s, E0105, at, at + 1, "a backslash stands before no escape");
    if (g)
        diag_suggest(s->diags, g, span_at(s, at, at + 1), TEXT("\\\\"),
                     "write `\\\\` for a backslash; the escapes are \\n \\t \\\" \\\\ \\{ \\} "
                     "\\u{hex}; a pattern stands between '…'");
}

/* --- words and numbers ------------------------------------------------------------------------ */

/* Lone quotes behind the words that begin before `at`, or 0. */
static uint32_t quote_behind(const scan *s, uint32_t at, char behind)
{
    char c = behind, last = '_';
    for (; c == ' ' || is_wordy(c); c = ++at < s->length ? s->bytes[at] : '\n')
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
    for (size_t i = 0; i < s->respelt.n; i++)
        if (text_equal(s->respelt.p[i].word, word))
            return true;
    return false;
}

void scan_respell(scan *s, uint32_t at, uint32_t length)
{
    text word = word_at(s, at, length);
    text right = s->diags ? as_name(s->diags->memory, word) : TEXT("");
    for (size_t i = 0; i < s->respelt.n; i++)
        if (text_equal(s->respelt.p[i].word, word)) {
            if (right.n)
                diag_edit_more(s->diags, s->respelt.p[i].said, span_at(s, at, at + length), right);
            return;
        }
    diagnostic *g = FAULT(s, E0107, at, at + length,
                          "`%.*s` is no name: names have small letters, digits and `_`",
                          TEXT_ARG(word));
    if (!g)
        return;
    if (right.n)
        diag_suggest(s->diags, g, span_at(s, at, at + length), right, "write `%.*s`",
                     TEXT_ARG(right));
    vec_push(&s->respelt, (scan_spelling){word, g});
}

void scan_bad_name(scan *s, uint32_t at, uint32_t length, char behind)
{
    if (length > SCAN_NAME)
        return; /* scan_token reports it */
    uint32_t quote = quote_behind(s, at + length, behind);
    if (quote && s->unclosed != s->base + quote)
        report_unopened(s, at, quote);
    if (quote)
        return;
    scan_respell(s, at, length);
}

int scan_foreign(scan *s, token *t, uint32_t at, uint32_t length)
{
    if (length > SCAN_NAME) /* scan_token reports it */
        return scan_token(s, t, TOK_FAULTY, at, length);
    text wrong = word_at(s, at, length);
    text right = s->diags ? foreign_literal(wrong, s->diags->memory) : TEXT("");
    diagnostic *g =
        right.n ? FAULT(s, E0108, at, at + length, "`%.*s` is written `%.*s`", TEXT_ARG(wrong),
                        TEXT_ARG(right))
                : FAULT(s, E0108, at, at + length, "`%.*s` is no number, time or date",
                        TEXT_ARG(wrong));
    if (right.n)
        diag_suggest(s->diags, g, span_at(s, at, at + length), right, "write `%.*s`",
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
                FAULT(s, E0108, at, at + length,
                      "the parts of a duration stand in the order w d h m s ms, each once");
            text right = g ? foreign_duration(word_at(s, at, length), s->diags->memory) : TEXT("");
            if (right.n)
                diag_suggest(s->diags, g, span_at(s, at, at + length), right, "write `%.*s`",
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
    diagnostic *g = FAULT(s, E0106, at, at + length, "`%.*s` is no sign of Ferry",
                          TEXT_ARG(word_at(s, at, length)));
    bool tight = isalpha((unsigned char)right[0]) && !is_blank(behind);
    if (g)
        diag_suggest(s->diags, g, span_at(s, at, at + length),
                     tight ? text_format(s->diags->memory, "%s ", right) : text_of(right),
                     "write `%s`", right);
}

void scan_unquoted(scan *s, uint32_t at, uint32_t length)
{
    text zone_text = word_at(s, at, length);
    diagnostic *g = FAULT(s, E0104, at, at + length, "a zone is a text, and stands in quotes");
    if (g)
        diag_suggest(s->diags, g, span_at(s, at, at + length),
                     text_format(s->diags->memory, "\"%.*s\"", TEXT_ARG(zone_text)),
                     "write \"%.*s\"", TEXT_ARG(zone_text));
}

void scan_word_instead(scan *s, uint32_t at, uint32_t length, const char *right)
{
    diagnostic *g = FAULT(s, E0106, at, at + length, "`%.*s` is written `%s`",
                          TEXT_ARG(word_at(s, at, length)), right);
    if (g)
        diag_suggest(s->diags, g, span_at(s, at, at + length), text_of(right), "write `%s`", right);
}

/* Behind `at` and blanks; the byte there, 0 at the end of the file. */
static uint32_t behind_blanks(const scan *s, uint32_t at, char behind, char *found)
{
    for (; is_blank(behind); behind = ++at < s->length ? s->bytes[at] : 0)
        ;
    *found = behind;
    return at;
}

void scan_semicolon(scan *s, uint32_t at, char next)
{
    diagnostic *g = FAULT(s, E0106, at, at + 1, "`;` is no sign of Ferry: a line's end ends it");
    char found;
    uint32_t behind = behind_blanks(s, at + 1, next, &found);
    bool more = found && !strchr("\n}/#", found);
    if (g && more)
        diag_suggest(s->diags, g, span_at(s, at, behind), TEXT("\n"), "begin a new line");
    else if (g)
        diag_suggest(s->diags, g, span_at(s, at, at + 1), TEXT(""), "leave it out");
    s->newline = true;
}

void scan_comment_sign(scan *s, uint32_t at, uint32_t length)
{
    diagnostic *g = FAULT(s, E0106, at, at + length, "`%.*s` begins no comment",
                          TEXT_ARG(word_at(s, at, length)));
    if (g)
        diag_suggest(s->diags, g, span_at(s, at, at + length), TEXT("//"), "write `//`");
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
    diagnostic *g = FAULT(s, E0106, at, at + 2, "`/*` begins no comment");
    text all = word_at(s, at, length);
    char found;
    behind_blanks(s, at + length, next, &found);
    bool alone = all.n > 4 && text_ends(all, TEXT("*/")) && (!found || found == '\n');
    if (g && alone)
        diag_suggest(s->diags, g, span_at(s, at, at + length),
                     as_line_comments(s->diags->memory, text_slice(all, 2, all.n - 2)),
                     "write `//` before each line of it");
    else if (g)
        diag_help_add(s->diags, g, "write `//` before each line of it");
}

void scan_quotes(scan *s, uint32_t at, uint32_t length)
{
    diagnostic *g = FAULT(s, E0106, at, at + 3, "typographic quotes enclose no text");
    if (!g)
        return;
    diag_suggest(s->diags, g, span_at(s, at, at + 3), TEXT("\""), "write `\"`");
    uint32_t end = at + length;
    if (length >= 6 && memcmp(s->bytes + end - 3, "\xe2\x80", 2) == 0)
        diag_edit_more(s->diags, g, span_at(s, end - 3, end), TEXT("\""));
    else if (s->bytes[end - 1] == '\'')
        diag_edit_more(s->diags, g, span_at(s, end - 1, end), TEXT("\""));
}

/* Signs that programs other than editors of code put in for plain ones. */
static const struct {
    const char *bytes, *name, *plain;
} dressed[] = {
    {"\xc2\xa0", "a no-break space", " "},     {"\xe2\x80\xaf", "a narrow no-break space", " "},
    {"\xe2\x80\x8b", "a zero-width space", ""}, {"\xef\xbb\xbf", "a byte order mark", ""},
    {"\xe2\x80\x93", "`–`", "-"},               {"\xe2\x80\x94", "`—`", "-"},
    {"\xe2\x88\x92", "`−`", "-"},               {"\xe2\x89\xa5", "`≥`", ">="},
    {"\xe2\x89\xa4", "`≤`", "<="},              {"\xe2\x89\xa0", "`≠`", "!="},
    {"\xc3\x97", "`×`", "*"},                   {"\xe2\x80\xa6", "`…`", ""},
};

void scan_unknown(scan *s, uint32_t at, uint32_t length)
{
    text word = word_at(s, at, length);
    if (at == 0 && text_equal(word, TEXT("\xef\xbb\xbf")))
        return; /* a byte order mark */
    for (size_t i = 0; i < sizeof dressed / sizeof *dressed; i++)
        if (text_is(word, dressed[i].bytes)) {
            diagnostic *g = FAULT(s, E0106, at, at + length, "%s is no sign of Ferry", dressed[i].name);
            if (g && *dressed[i].plain)
                diag_suggest(s->diags, g, span_at(s, at, at + length), text_of(dressed[i].plain),
                             "write `%s`", dressed[i].plain);
            else if (g)
                diag_suggest(s->diags, g, span_at(s, at, at + length), TEXT(""), "leave it out");
            return;
        }
    if (length == 1 && !isprint((unsigned char)word.p[0]))
        FAULT(s, E0106, at, at + 1, "a control character (0x%02x) stands here",
              (unsigned char)word.p[0]);
    else
        FAULT(s, E0106, at, at + length, "`%.*s` is no sign of Ferry",
              TEXT_ARG(text_slice(word, 0, text_utf8_prefix(text_slice(word, 0, 40)))));
}
