/* csv_cell.c: fields and rows byte by byte, which is what the masks of csv_scan.c must agree with,
 * and what decides where quotes are not as they should be. */
#include "stdlib/csv/csv_read.h"

#include <endian.h>
#include <string.h>

static bool ends_cell(const csv_dialect *d, char c)
{
    return c == d->separator || csv_ends_row(c);
}

static size_t plain_end(const csv_dialect *d, text s, size_t at)
{
    while (at < s.n && !ends_cell(d, s.p[at]))
        at++;
    return at;
}

/* Fields are short: a call of memchr for each took longer than what it looks at. */
static inline size_t find(text s, size_t at, char c)
{
    const uint64_t every = UINT64_C(0x0101010101010101), all = every * (unsigned char)c;
    for (; s.n - at >= 8; at += 8) {
        uint64_t w;
        memcpy(&w, s.p + at, sizeof w);
        w = le64toh(w) ^ all;
        w = (w - every) & ~w & (every << 7); /* the lowest bit set is that of the first c */
        if (w)
            return at + (unsigned)__builtin_ctzll(w) / 8;
    }
    while (at < s.n && s.p[at] != c)
        at++;
    return at;
}

/* Likewise where a backslash may stand before a quote. */
static size_t closing_escaped(const csv_dialect *d, text s, size_t at, csv_cell *out, bool *lines)
{
    for (size_t i = at + 1; i < s.n; i++) {
        bool more = i + 1 < s.n;
        if (csv_ends_row(s.p[i]))
            *lines = true;
        bool both = s.p[i] == d->quote && more && s.p[i + 1] == d->quote;
        if (both || (s.p[i] == '\\' && more)) {
            out->decode = true;
            i++;
        } else if (s.p[i] == d->quote) {
            return i;
        }
    }
    return s.n;
}

/* The closing quote of the field whose opening one is at `at`; s.n where there is none. */
static size_t closing(const csv_dialect *d, text s, size_t at, csv_cell *out)
{
    size_t i = find(s, at + 1, d->quote);
    while (i + 1 < s.n && s.p[i + 1] == d->quote) {
        out->decode = true;
        i = find(s, i + 2, d->quote);
    }
    return i;
}

static bool holds_lines(text s, size_t from, size_t to)
{
    while (from < to && !csv_ends_row(s.p[from]))
        from++;
    return from < to;
}

/* Blanks behind a closing quote are what people type. Something else there says that the quote is
 * none: one that never closed, if lines lie between, whose "closing" quote opens a later field. */
void csv_cell_read(const csv_dialect *d, text s, size_t at, csv_cell *out)
{
    bool lines = false;
    *out = (csv_cell){.from = at};
    if (at >= s.n || s.p[at] != d->quote) {
        out->end = out->to = plain_end(d, s, at);
        return;
    }
    size_t close = d->escapes ? closing_escaped(d, s, at, out, &lines) : closing(d, s, at, out);
    size_t behind = close + 1;
    while (behind < s.n && (s.p[behind] == ' ' || (s.p[behind] == '\t' && d->separator != '\t')))
        behind++;
    if (close < s.n && (behind >= s.n || ends_cell(d, s.p[behind]))) {
        out->from = at + 1;
        out->to = close;
        out->end = behind < s.n ? behind : s.n;
        return;
    }
    bool open = close == s.n || (d->escapes ? lines : holds_lines(s, at + 1, close));
    out->fault = open ? CSV_FAULT_OPEN : CSV_FAULT_BEHIND;
    out->decode = false;
    out->end = out->to = plain_end(d, s, open ? at : close);
}

static size_t plain_fields(const csv_dialect *d, text s, size_t at, size_t *end)
{
    size_t n = 1;
    for (; at < s.n && !csv_ends_row(s.p[at]); at++)
        n += s.p[at] == d->separator;
    *end = at;
    return n;
}

void csv_walk_row(const csv_dialect *d, text s, size_t at, csv_walk *out)
{
    csv_cell cell;
    *out = (csv_walk){0};
    if (at < s.n && s.p[at] == '#') {
        out->fields = plain_fields(d, s, at, &out->end);
        out->comment = out->fields != d->columns;
        if (out->comment)
            return;
        out->fields = 0;
    }
    for (;; at = cell.end + 1) {
        csv_cell_read(d, s, at, &cell);
        if (cell.fault && !out->fault) {
            out->fault = cell.fault;
            out->fault_at = at;
            out->fault_field = out->fields;
        }
        out->fields++;
        if (cell.end >= s.n || s.p[cell.end] != d->separator)
            break;
    }
    out->end = cell.end;
}

static bool takes_next(const csv_dialect *d, text t, size_t i)
{
    if (i + 1 >= t.n)
        return false;
    char c = t.p[i], next = t.p[i + 1];
    return (c == d->quote && next == c) ||
           (d->escapes && c == '\\' && (next == d->quote || next == c));
}

static text decoded(arena *a, const csv_dialect *d, text t)
{
    char *copy = arena_copy(a, t.p, t.n);
    size_t n = 0;
    for (size_t i = 0; i < t.n; i++) {
        i += takes_next(d, t, i);
        copy[n++] = t.p[i];
    }
    return (text){copy, n};
}

/* A row has no line breaks but those within quotes. */
bool csv_next(arena *a, const csv_dialect *d, text row, size_t *at, text *out)
{
    csv_cell cell;
    if (*at > row.n)
        return false;
    if (*at == row.n || row.p[*at] != d->quote) {
        size_t end = find(row, *at, d->separator);
        *out = text_slice(row, *at, end);
        *at = end + 1;
        return true;
    }
    csv_cell_read(d, row, *at, &cell);
    *out = text_slice(row, cell.from, cell.to);
    if (cell.decode)
        *out = decoded(a, d, *out);
    *at = cell.end + 1;
    return true;
}

bool csv_field(arena *a, const csv_table *t, text row, uint32_t n, text *out)
{
    size_t at = 0;
    for (uint32_t i = 0; csv_next(a, &t->dialect, row, &at, out); i++)
        if (i == n)
            return true;
    *out = (text){0};
    return false;
}
