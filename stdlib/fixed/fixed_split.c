/* fixed_split.c: where records begin and end. Six ways: a binary length before each, a sign at the
 * start of each, separators with an end mark, a length that its row has, a width without line
 * breaks, lines. */
#include "stdlib/document/encoding_pages.h"
#include "stdlib/fixed/fixed_read.h"

#include <string.h>

static void add(fixed_records *out, text source, size_t from, size_t to)
{
    vec_push(out, (fixed_record){.raw = text_slice(source, from, to),
                                 .offset = from,
                                 .row = FIXED_NONE,
                                 .opener = FIXED_NONE,
                                 .lines = 1});
}

/* EBCDIC as characters, every byte another one: of images, too, no two may become alike. */
static text from_ebcdic(arena *a, text raw, uint32_t number)
{
    uint16_t page[256];
    encoding_page(ENCODING_CP037, page);
    page[0x15] = 0x85;
    char *p = arena_alloc(a, sizeof number + raw.n * 3 + 1, 1), *to = p + sizeof number;
    memcpy(p, &number, sizeof number);
    for (size_t i = 0; i < raw.n; i++)
        to += encoding_put(page[(unsigned char)raw.p[i]], to);
    return (text){p + sizeof number, (size_t)(to - p) - sizeof number};
}

text fixed_ebcdic_bytes(arena *a, text characters)
{
    uint16_t page[256];
    encoding_page(ENCODING_CP037, page);
    page[0x15] = 0x85;
    char *p = arena_alloc(a, characters.n + 1, 1), put[8];
    size_t n = 0;
    for (size_t at = 0, step; at < characters.n; at += step) {
        unsigned char c = (unsigned char)characters.p[at];
        step = c < 0x80 ? 1 : c < 0xe0 ? 2 : 3;
        text one = text_slice(characters, at, at + step);
        for (int i = 0; i < 256; i++)
            if (text_equal(one, (text){put, encoding_put(page[i], put)})) {
                p[n++] = (char)i;
                break;
            }
    }
    return (text){p, n};
}

/* The first record begins with a letter or digit, which EBCDIC has where ASCII has none. */
static bool is_ebcdic(uint32_t prefix, text s)
{
    return s.n > prefix && (unsigned char)s.p[prefix] >= 0xc1 && (unsigned char)s.p[prefix] <= 0xf9;
}

/* The last record, as characters. */
static void decode_last(arena *a, fixed_records *out)
{
    vec_last(out).raw = from_ebcdic(a, vec_last(out).raw, (uint32_t)out->n - 1);
    vec_last(out).joined = true;
}

/* A length that leads behind the end takes what there is. */
static void by_prefix(arena *a, uint32_t prefix, text s, fixed_records *out)
{
    bool ebcdic = is_ebcdic(prefix, s);
    for (size_t at = 0; at < s.n;) {
        size_t n = 0;
        for (uint32_t i = 0; i < prefix && at < s.n; i++)
            n = n << 8 | (unsigned char)s.p[at++];
        size_t end = n < s.n - at ? at + n : s.n;
        add(out, s, at, end);
        at = end;
        if (ebcdic)
            decode_last(a, out);
    }
}

/* Fields in binary are few beside blanks, letters and digits. */
static bool is_mostly_ebcdic(text record)
{
    size_t ebcdic = 0, ascii = 0;
    for (size_t i = 0; i < record.n; i++) {
        unsigned char c = (unsigned char)record.p[i];
        ebcdic += c == 0x40 || (c >= 0xc1 && c <= 0xf9);
        ascii += c == ' ' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    }
    return ebcdic > ascii;
}

/* Bytes of a binary field may look like a line break: records are as long as the layout says, and a
 * break between two of them is nobody's. */
static void by_width(arena *a, uint32_t width, text s, fixed_records *out)
{
    bool ebcdic = is_mostly_ebcdic(text_slice(s, 0, width));
    for (size_t at = 0; at < s.n;) {
        size_t end = at + width < s.n ? at + width : s.n;
        add(out, s, at, end);
        if (ebcdic)
            decode_last(a, out);
        at = end;
        at += at < s.n && s.p[at] == '\r';
        at += at < s.n && s.p[at] == '\n';
    }
}

/* Line ends and blanks before the next start belong to nobody. */
static void by_start(text start, text s, fixed_records *out)
{
    const char *p = memmem(s.p, s.n, start.p, start.n);
    for (size_t at = p ? (size_t)(p - s.p) : s.n; at < s.n;) {
        text rest = text_slice(s, at + start.n, s.n);
        p = memmem(rest.p, rest.n, start.p, start.n);
        size_t end = p ? (size_t)(p - s.p) : s.n, to = end;
        while (to > at && (s.p[to - 1] == '\n' || s.p[to - 1] == '\r'))
            to--;
        add(out, s, at, to);
        at = end;
    }
}

/* Bytes of the first n characters. A record of as many bytes as it has places is cut by bytes,
 * whatever they are. */
size_t fixed_place(text raw, uint32_t width, uint32_t n)
{
    size_t i = 0;
    if (raw.n == width || text_utf8_prefix(raw) < raw.n)
        return n < raw.n ? n : raw.n;
    for (; i < raw.n; i++)
        if (((unsigned char)raw.p[i] & 0xc0) != 0x80 && n-- == 0)
            break;
    return i;
}

/* The row of a record that begins with these characters, by `select` alone; NULL: none. */
static const fixed_row *row_at(const fixed_layout *l, text head)
{
    for (const fixed_row *row = l->row; row < l->row + l->rows; row++) {
        bool holds = true;
        for (uint32_t k = 0; k < row->tests && holds; k++) {
            const fixed_test *t = &row->test[k];
            holds = t->field.n > 0;
            for (uint32_t i = 0; i < t->values && !holds; i++)
                holds =
                    text_equal(text_slice(head, t->start, t->start + t->value[i].n), t->value[i]);
        }
        if (holds)
            return row;
    }
    return NULL;
}

enum { SELECTED_WITHIN = 64 }; /* where rows of a length have what they are told by */

/* Where the record at `at` ends: behind its length, or where its line does. */
static size_t length_end(const fixed_layout *l, text s, size_t at, bool ebcdic)
{
    arena scratch = {0};
    text head = text_slice(s, at, at + SELECTED_WITHIN), rest = text_slice(s, at, s.n);
    if (ebcdic)
        head = from_ebcdic(&scratch, head, 0);
    const fixed_row *row = row_at(l, head);
    arena_release(&scratch);
    const char *nl = l->binary ? NULL : memchr(rest.p, '\n', rest.n);
    size_t line = nl ? (size_t)(nl - rest.p) : rest.n, n = line;
    line -= nl && line && rest.p[line - 1] == '\r';
    if (row && row->length)
        n = l->binary ? row->length : fixed_place(text_slice(rest, 0, line), 0, row->length);
    return at + (n < line ? n : line);
}

/* Blanks at the end of a line belong to nobody. */
static void by_length(arena *a, const fixed_layout *l, text s, fixed_records *out)
{
    bool ebcdic = l->binary && is_mostly_ebcdic(text_slice(s, 0, l->row[0].length));
    for (size_t at = 0; at < s.n;) {
        size_t end = length_end(l, s, at, ebcdic);
        if (l->binary || text_trim(text_slice(s, at, end)).n) {
            add(out, s, at, end);
            if (ebcdic)
                decode_last(a, out);
        }
        at = end > at ? end : at + (s.p[at] != '\r' && s.p[at] != '\n');
        at += at < s.n && s.p[at] == '\r';
        at += at < s.n && s.p[at] == '\n';
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Does a record begin here: digits, as many as the first selector has, and a separator. */
static bool begins(const fixed_layout *l, text s, size_t at)
{
    const fixed_row *row = l->row;
    size_t n = row->tests && row->test->values ? row->test->value->n : 0;
    if (n == 0 || at + n >= s.n || s.p[at + n] != l->separator)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!is_digit(s.p[at + i]))
            return false;
    return true;
}

static size_t skip_blanks(text s, size_t at)
{
    while (at < s.n && strchr(" \t\r\n", s.p[at]) && s.p[at])
        at++;
    return at;
}

/* The end mark may stand in a text, and a text may be broken over lines: a record ends where
 * another begins behind a mark or a line break, or nothing does. */
static size_t separated_end(const fixed_layout *l, text s, size_t at, size_t *next)
{
    for (size_t i = at; i < s.n; i++) {
        bool line = s.p[i] == '\n' || s.p[i] == '\r';
        bool mark = l->end.n && text_starts(text_slice(s, i, s.n), l->end);
        if (!line && !mark)
            continue;
        *next = skip_blanks(s, i + (mark ? l->end.n : 1));
        if (*next == s.n || begins(l, s, *next))
            return i;
        i = *next - 1; /* the line breaks on the way lead to the same place */
    }
    return *next = s.n;
}

/* Pieces are gathered and copied once: a record that thousands continue would cost their square. */
static void finish(arena *a, fixed_records *out, buffer *joined)
{
    if (joined->n) {
        uint32_t number = (uint32_t)out->n - 1;
        char *p = arena_alloc(a, sizeof number + joined->n, 1);
        memcpy(p, &number, sizeof number);
        memcpy(p + sizeof number, joined->p, joined->n);
        vec_last(out).raw = (text){p + sizeof number, joined->n};
        vec_last(out).joined = true;
    }
    buffer_clear(joined);
}

static void join(char separator, fixed_record *r, text more, buffer *joined)
{
    if (!joined->n)
        buffer_text(joined, r->raw);
    buffer_char(joined, separator);
    buffer_text(joined, more);
    r->lines++;
}

static void by_separator(arena *a, const fixed_layout *l, text s, fixed_records *out)
{
    size_t next;
    buffer joined = {0};
    for (size_t at = skip_blanks(s, 0); at < s.n; at = next) {
        size_t end = separated_end(l, s, at, &next);
        text raw = text_slice(s, at, end), code = text_slice(raw, 0, l->continuation.n);
        bool more = l->continuation.n && out->n && text_equal(code, l->continuation) &&
                    raw.n > code.n && raw.p[code.n] == l->separator;
        if (more) {
            join(l->separator, &vec_last(out), text_slice(raw, code.n + 1, raw.n), &joined);
            continue;
        }
        finish(a, out, &joined);
        add(out, s, at, end);
    }
    finish(a, out, &joined);
    buffer_release(&joined);
}

enum { UTF8_LONGEST = 4 };

/* Bytes of the first record of a line. It is looked for in no more of the line than it can take:
 * a file may be one line. One character more, so that a whole record ends before what the window
 * cuts.
 */
static size_t first_record(const fixed_layout *l, text rest)
{
    text window = text_slice(rest, 0, ((size_t)l->width + 1) * UTF8_LONGEST);
    size_t sound = text_utf8_prefix(window);
    size_t cut = fixed_place(text_slice(window, 0, sound), l->width, l->width);
    bool whole = cut < sound || sound == rest.n;
    return whole ? cut : fixed_place(window, l->width, l->width);
}

/* A line that is longer by more than blanks holds several records, or ones without line breaks. */
static void line(const fixed_layout *l, text s, size_t at, size_t end, fixed_records *out)
{
    text trimmed = text_trim(text_slice(s, at, end));
    size_t filled = trimmed.n ? (size_t)(trimmed.p + trimmed.n - s.p) : at;
    while (l->width && end - at > l->width) {
        size_t cut = first_record(l, text_slice(s, at, end));
        if (at + cut >= filled)
            break;
        add(out, s, at, at + cut);
        at += cut;
    }
    if (end > at)
        add(out, s, at, end);
}

static void by_line(const fixed_layout *l, text s, fixed_records *out)
{
    for (size_t at = 0; at < s.n;) {
        const char *nl = memchr(s.p + at, '\n', s.n - at);
        size_t next = nl ? (size_t)(nl - s.p) + 1 : s.n, end = next;
        while (end > at && (s.p[end - 1] == '\n' || s.p[end - 1] == '\r' || s.p[end - 1] == 0x1a))
            end--;
        line(l, s, at, end, out);
        at = next;
    }
}

void fixed_split(arena *a, const fixed_layout *l, text source, fixed_records *out)
{
    if (l->prefix)
        by_prefix(a, l->prefix, source, out);
    else if (l->lengths)
        by_length(a, l, source, out);
    else if (l->binary && l->width)
        by_width(a, l->width, source, out);
    else if (l->starts.n)
        by_start(l->starts, source, out);
    else if (l->separator)
        by_separator(a, l, source, out);
    else
        by_line(l, source, out);
}
