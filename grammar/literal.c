/* literal.c: see literal.h. */
#include "grammar/literal.h"

#include <ctype.h>
#include <string.h>

static void add_utf8(buffer *b, uint32_t c)
{
    if (c < 0x80) {
        buffer_char(b, (char)c);
        return;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    buffer_char(b, (char)((more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0) | c >> 6 * more));
    while (more--)
        buffer_char(b, (char)(0x80 | (c >> 6 * more & 0x3f)));
}

/* Reads the escape at from.p[i], a backslash; returns the index behind it. */
static size_t add_escape(buffer *b, text from, size_t i)
{
    if (i + 1 >= from.n) {
        buffer_char(b, '\\');
        return i + 1;
    }
    char c = from.p[i + 1];
    if (c == 'u' && i + 2 < from.n && from.p[i + 2] == '{') {
        uint32_t point = 0;
        size_t at = i + 3;
        for (; at < from.n && isxdigit((unsigned char)from.p[at]) && point <= 0x10ffff; at++) {
            int digit = tolower((unsigned char)from.p[at]);
            point = point * 16 + (uint32_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
        }
        add_utf8(b, point <= 0x10ffff ? point : 0xfffd);
        return at + 1;
    }
    buffer_char(b, c == 'n' ? '\n' : c == 't' ? '\t' : c);
    return i + 2;
}

/* Blanks to take off each line of a body that ends at offset `close`, where its quotes begin. */
static size_t body_indent(const ast *t, size_t open, size_t close)
{
    size_t at = close;
    while (at > open && (t->bytes.p[at - 1] == ' ' || t->bytes.p[at - 1] == '\t'))
        at--;
    return at > open && t->bytes.p[at - 1] == '\n' ? close - at : 0;
}

typedef struct {
    size_t indent;
    bool escaped;
    bool line_start; /* the stretch begins a line */
} text_layout;

static text unfold(text from, text_layout how, arena *memory)
{
    if (!how.escaped && !how.indent && !(from.n && memchr(from.p, '\r', from.n)))
        return from;
    buffer b = {0};
    bool start = how.line_start;
    for (size_t i = 0; i < from.n;) {
        for (size_t cut = 0;
             start && cut < how.indent && i < from.n && (from.p[i] == ' ' || from.p[i] == '\t');
             cut++)
            i++;
        start = false;
        if (i >= from.n)
            break;
        if (from.p[i] == '\\' && how.escaped) {
            i = add_escape(&b, from, i);
            continue;
        }
        if (from.p[i] == '\r' && i + 1 < from.n && from.p[i + 1] == '\n')
            i++;
        start = from.p[i] == '\n';
        buffer_char(&b, from.p[i++]);
    }
    text out = text_copy(memory, buffer_view(&b));
    buffer_release(&b);
    return out;
}

/* Takes off the line break behind the opening quotes, and that of the line of the closing ones. */
static text body_edges(text from, bool opens, bool closes, bool *line_start)
{
    size_t skip = opens && text_starts(from, TEXT("\r\n")) ? 2
                  : opens && text_starts(from, TEXT("\n")) ? 1
                                                           : 0;
    *line_start = skip > 0;
    from = text_slice(from, skip, from.n);
    size_t end = from.n;
    while (closes && end && (from.p[end - 1] == ' ' || from.p[end - 1] == '\t'))
        end--;
    if (closes && end && from.p[end - 1] == '\n')
        return text_slice(from, 0, end > 1 && from.p[end - 2] == '\r' ? end - 2 : end - 1);
    /* `"""` NL blanks `"""`: nothing between the two line breaks that do not count. */
    return closes && skip && end == 0 ? TEXT("") : from;
}

text literal_text(const ast *t, node n, arena *memory)
{
    text all = ast_source_text(t, n);
    size_t quotes = ast_is(t, n, NODE_BLOCK_TEXT) ? 3 : 1;
    if (all.n < 2 * quotes)
        return TEXT("");
    text from = text_slice(all, quotes, all.n - quotes);
    text_layout how = {.escaped = ast_aux(t, n) & TEXT_ESCAPED};
    if (quotes == 3) {
        const ast *file = ast_piece(t, ast_span(t, n));
        size_t open = ast_span(t, n).start - file->base + quotes;
        how.indent = body_indent(file, open, open + from.n);
        from = body_edges(from, true, true, &how.line_start);
    }
    return unfold(from, how, memory);
}

text literal_part(const ast *t, node interpolated, node part, arena *memory)
{
    text from = ast_source_text(t, part);
    text_layout how = {.escaped = ast_aux(t, part) & TEXT_ESCAPED};
    if (ast_aux(t, interpolated) & TEXT_BLOCK) {
        span all = ast_span(t, interpolated), at = ast_span(t, part);
        const ast *file = ast_piece(t, all);
        how.indent = body_indent(file, all.start - file->base + 3, all.end - file->base - 3);
        from = body_edges(from, at.start == all.start + 3, at.end + 3 == all.end, &how.line_start);
    }
    return unfold(from, how, memory);
}

text literal_digits(const ast *t, node n)
{
    text all = ast_source_text(t, n);
    size_t i = 0;
    while (i < all.n && (isdigit((unsigned char)all.p[i]) || all.p[i] == '_' || all.p[i] == '.'))
        i++;
    return text_slice(all, 0, i);
}

bool literal_weekday_time(const ast *t, node n, int *weekday, int *minute)
{
    static const char days[] = "montuewedthufrisatsun";
    text all = ast_source_text(t, n);
    if (all.n != 9)
        return false;
    const char *p = all.p;
    int hour = (p[4] - '0') * 10 + p[5] - '0', min = (p[7] - '0') * 10 + p[8] - '0';
    for (*weekday = 0; *weekday < 7 && memcmp(days + 3 * *weekday, p, 3) != 0;)
        ++*weekday;
    *minute = hour * 60 + min;
    return *weekday < 7 && hour < 24 && min < 60;
}
