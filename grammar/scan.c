/* scan.c: tokens and texts, see scan_actions.h; what is no Ferry stands in scan_faults.c. */
#include "grammar/scan_parts.h"
#include "grammar/literal.h"
#include "grammar/parser.h"

#include <string.h>

void scan_check_length(scan *s, uint32_t at, uint32_t length, int kind)
{
    uint32_t most = kind == TOK_NAME ? SCAN_NAME : SCAN_LONGEST;
    if (length > most && kind != TOK_COMMENT)
        SCAN_FAULT(s, E0110, at, at + 32, "%s of %u bytes is too long; the limit is %u",
                   kind == TOK_NAME ? "a name" : "a literal", length, most);
}

/* --- texts ------------------------------------------------------------------------------------ */

static void scan_unterminated(scan *s, uint32_t at, uint32_t end, const char *quotes)
{
    if (s->unclosed == s->base + at)
        return;
    s->unclosed = s->base + at;
    uint32_t shown = end > at + 1 && !memchr(s->bytes + at, '\n', end - at) ? end : at + 1;
    diagnostic *g = SCAN_FAULT(s, E0104, at, shown, "this text has no closing %s", quotes);
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
            SCAN_FAULT(s, E0110, s->start, s->start + 1, "texts inside texts nest deeper than %d",
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

/* Where a text that is not closed probably ends: before the brackets that close what was open
 * around it, or the brace of a block. */
static uint32_t probable_end(const scan *s, uint32_t at, uint32_t length)
{
    const char *p = s->bytes + at;
    uint32_t n = length;
    for (bool more = true; more && n > 1;) {
        while (n > 1 && scan_is_blank(p[n - 1]))
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
    diagnostic *g = SCAN_FAULT(s, E0104, at, at + n, "this text has no closing %s", quote);
    if (g)
        diag_suggest(s->diags, g, scan_span(s, at + n - (curly ? 3 : 0), at + n), text_of(quote),
                     "a text ends on its line; a longer one stands between \"\"\"");
    return n;
}

void scan_report_unopened(scan *s, uint32_t start, uint32_t quote)
{
    s->unclosed = s->base + quote;
    diagnostic *g = SCAN_FAULT(s, E0104, start, quote + 1, "this text has no opening \"");
    if (g)
        diag_suggest(s->diags, g, scan_span(s, start, start), TEXT("\""), "add `\"`");
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
            SCAN_FAULT(s, E0104, start - s->base, at + 1, "a `{` of this text is not closed");
        if (g)
            diag_suggest(s->diags, g, scan_span(s, at, at), TEXT("}"), "add `}`");
        scan_token(s, t, TOK_TAIL, at, 1);
        return 1;
    }
    if (at && scan_is_wordy(s->bytes[at - 1])) {
        uint32_t start = at;
        while (start && scan_is_wordy(s->bytes[start - 1]))
            start--;
        if (s->unclosed != s->base + at)
            scan_report_unopened(s, start, at);
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
        SCAN_FAULT(s, E0105, at, at + length, "`%.*s` is no character of Unicode",
                   TEXT_ARG(scan_word(s, at, length)));
}

void scan_bad_escape(scan *s, uint32_t at, uint32_t length)
{
    s->flags |= TEXT_ESCAPED;
    if (length < 2)
        return; /* the text is cut right behind it and reported for that */
    unsigned char c = (unsigned char)s->bytes[at + 1];
    diagnostic *g = c < 0x80 && isgraph(c)
                        ? SCAN_FAULT(s, E0105, at, at + 2, "`\\%c` is no escape", c)
                        : SCAN_FAULT(s, E0105, at, at + 1, "a backslash stands before no escape");
    if (g)
        diag_suggest(s->diags, g, scan_span(s, at, at + 1), TEXT("\\\\"),
                     "write `\\\\` for a backslash; the escapes are \\n \\t \\\" \\\\ \\{ \\} "
                     "\\u{hex}; a pattern stands between '…'");
}
