/* x12_walk.c: one segment after the other, and the elements of one.
 *
 * Terminators are found in blocks (base/scan.h); elements are not looked for: a segment is cut at
 * its separators only when someone asks. Reading a file and walking over a set of it are the same
 * walk.
 */
#include "stdlib/x12/x12_read.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

bool x12_is_layout(const x12_separators *by, char c)
{
    unsigned char u = (unsigned char)c;
    if (u > ' ')
        return u >= 0x80 && u < 0xc0 && (unsigned char)by->terminator >= 0xc2;
    return c == '\r' || c == '\n' || ((c == ' ' || c == '\t') && c != by->element);
}

/* BIN and BDS carry their length in front of raw bytes that may hold any separator: returns where
 * the terminator is to be looked for. */
static size_t past_binary(const x12_walk *w, size_t at)
{
    text s = text_slice(w->ends.source, at, w->ends.source.n);
    if (s.n < 4 || s.p[3] != w->by.element ||
        (memcmp(s.p, "BIN", 3) != 0 && memcmp(s.p, "BDS", 3) != 0))
        return at;
    uint32_t n = s.p[1] == 'I' ? 1 : 2;
    text length = x12_element(text_slice(s, 0, 64), w->by.element, n);
    if (!x12_is_digits(length, 1, 15))
        return at;
    size_t data = (size_t)(length.p + length.n + 1 - w->ends.source.p);
    size_t bytes = strtoul(length.p, NULL, 10);
    return data <= w->ends.source.n && bytes <= w->ends.source.n - data ? data + bytes : at;
}

void x12_walk_over(x12_walk *w, const x12_separators *by, text source, size_t at)
{
    scan_set ends = scan_any_of(&by->terminator, 1);
    w->by = *by;
    w->at = at;
    w->terminated = true;
    scan_start(&w->ends, &ends, source, at);
}

void x12_walk_set(x12_walk *w, const x12_file *f, const x12_set *s)
{
    x12_walk_over(w, x12_separators_of(f, s), s->whole, 0);
}

bool x12_walk_next(x12_walk *w, text *segment)
{
    text s = w->ends.source;
    size_t at = w->at;
    while (at < s.n && x12_is_layout(&w->by, s.p[at]))
        at++;
    if (at >= s.n)
        return false;
    size_t from = s.p[at] == 'B' ? past_binary(w, at) : at;
    size_t end = scan_next(&w->ends);
    if (end < from) { /* a line feed that is both terminator and layout, or binary data */
        scan_seek(&w->ends, from);
        end = scan_next(&w->ends);
    }
    w->terminated = end < s.n;
    w->at = end + w->terminated;
    if (w->by.terminator == '\n' && end > at && s.p[end - 1] == '\r')
        end--;
    *segment = (text){s.p + at, end - at};
    return true;
}

/* A terminator that neither stands in a tag nor belongs to the layout. */
static bool is_plain(const x12_separators *by)
{
    unsigned char t = (unsigned char)by->terminator;
    return ispunct(t) && t != (unsigned char)by->element;
}

/* Whether the four bytes begin a segment that carries data and no raw bytes: a tag of two or three,
 * in front of a separator, of which no envelope and no BIN or BDS begins. */
static inline bool is_ordinary(const char *p, char separator)
{
    bool two = p[2] == separator;
    if (!is_upper(p[0]) || !is_tag_byte(p[1]) || !(two || (is_tag_byte(p[2]) && p[3] == separator)))
        return false;
    return two ? p[0] != 'S' && p[0] != 'G'
               : !(p[0] == 'I' && p[2] == 'A') && !(p[0] == 'B' && (p[1] == 'I' || p[1] == 'D'));
}

size_t x12_walk_ordinary(x12_walk *w, size_t *end)
{
    const char *p = w->ends.source.p;
    size_t n = 0, last = w->ends.source.n, at = w->at;
    if (!is_plain(&w->by))
        return 0;
    for (;;) {
        while (at < last && (p[at] == '\n' || p[at] == '\r'))
            at++;
        if (last - at < 4 || !is_ordinary(p + at, w->by.element))
            return n;
        size_t to = scan_next(&w->ends);
        if (to == last)
            return n;
        n++;
        *end = to;
        w->at = at = to + 1;
    }
}

bool x12_next(x12_walk *w, text *segment)
{
    while (x12_walk_next(w, segment))
        if (segment->n)
            return true;
    return false;
}

text x12_element(text segment, char separator, uint32_t n)
{
    if (segment.n == 0)
        return segment;
    const char *p = segment.p, *end = segment.p + segment.n;
    for (; n > 0; n--) {
        p = p < end ? memchr(p, separator, (size_t)(end - p)) : NULL;
        if (!p)
            return (text){end, 0};
        p++;
    }
    const char *q = p < end ? memchr(p, separator, (size_t)(end - p)) : NULL;
    return (text){p, (size_t)((q ? q : end) - p)};
}

const x12_separators *x12_separators_of(const x12_file *f, const x12_set *s)
{
    return &f->interchange[s->interchange].separators;
}

text x12_set_element(const x12_file *f, const x12_set *s, text segment, uint32_t n)
{
    return x12_element(segment, x12_separators_of(f, s)->element, n);
}

/* Without the CR of a terminator that is LF. */
static text without_return(const x12_separators *by, text t)
{
    return text_slice(t, 0, t.n - (by->terminator == '\n' && text_ends(t, TEXT("\r"))));
}

text x12_set_header(const x12_file *f, const x12_set *s)
{
    const x12_separators *by = x12_separators_of(f, s);
    const char *end = memchr(s->whole.p, by->terminator, s->whole.n);
    return without_return(by, end ? (text){s->whole.p, (size_t)(end - s->whole.p)} : s->whole);
}

text x12_set_trailer(const x12_file *f, const x12_set *s)
{
    const x12_separators *by = x12_separators_of(f, s);
    const char *p = s->closed ? memrchr(s->whole.p, by->terminator, s->whole.n) : NULL;
    const char *end = s->whole.p + s->whole.n;
    if (!p)
        return (text){end, 0};
    for (p++; p < end && x12_is_layout(by, *p);)
        p++;
    return (text){p, (size_t)(end - p)};
}

text x12_set_body(const x12_file *f, const x12_set *s)
{
    text header = x12_set_header(f, s);
    const char *from = header.p + header.n, *to = x12_set_trailer(f, s).p;
    return (text){from, to > from ? (size_t)(to - from) : 0};
}

text x12_set_type(const x12_file *f, const x12_set *s)
{
    return text_trim(x12_set_element(f, s, x12_set_header(f, s), 1));
}

text x12_set_control(const x12_file *f, const x12_set *s)
{
    return text_trim(x12_set_element(f, s, x12_set_header(f, s), 2));
}

text x12_find(const x12_file *f, const x12_set *s, text tag)
{
    x12_walk w;
    text t;
    x12_walk_set(&w, f, s);
    while (x12_next(&w, &t))
        if (text_starts(t, tag) && (t.n == tag.n || t.p[tag.n] == w.by.element))
            return t;
    return (text){s->whole.p + s->whole.n, 0};
}
