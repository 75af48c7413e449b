/* text.h: slices of bytes, and a growing buffer.
 *
 * A `text` is a view: pointer and length, never NUL-terminated by contract, never owned. What it
 * points into (a source, an arena, the image) outlives it. Text is UTF-8 where it came from people
 * and bytes where it came from partners; nothing here assumes which. A `buffer` owns heap memory
 * and is where output is assembled.
 */
#ifndef FERRY_BASE_TEXT_H
#define FERRY_BASE_TEXT_H

#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

typedef struct {
    const char *p;
    size_t n;
} text;

#define TEXT(literal) ((text){(literal), sizeof(literal) - 1})
/* For printf: printf("%.*s", TEXT_ARG(t)). */
#define TEXT_ARG(t) (int)(t).n, (t).p

/* These stand here because comparing names is what compiling mostly does: as calls they were
 * a twentieth of it. */
/* A view of a NUL-terminated string; NULL gives the empty text. */
static inline text text_of(const char *cstr)
{
    return cstr ? (text){cstr, strlen(cstr)} : TEXT("");
}
static inline bool text_equal(text a, text b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool text_is(text a, const char *cstr)
{
    return text_equal(a, text_of(cstr));
}
/* The bytes of a text of at most eight as one number: with their count they tell such texts apart.
 * Two loads that overlap, because a copy of a variable length is a call. */
static inline uint64_t text_short(text t)
{
    uint32_t low = 0, high = 0;
    if (t.n >= 4) {
        memcpy(&low, t.p, 4);
        memcpy(&high, t.p + t.n - 4, 4);
    } else if (t.n) {
        low = (unsigned char)t.p[0];
        high = (uint32_t)(unsigned char)t.p[t.n / 2] << 8 | (unsigned char)t.p[t.n - 1];
    }
    return (uint64_t)high << 32 | low;
}
int text_compare(text a, text b); /* by bytes, as memcmp; a prefix sorts first */
bool text_starts(text t, text prefix);
bool text_ends(text t, text suffix);
ptrdiff_t text_find(text t, char c); /* index of the first c, or -1 */
/* Clamped to t. Called for each field of a table. */
static inline text text_slice(text t, size_t from, size_t to)
{
    if (to > t.n)
        to = t.n;
    if (from > to)
        from = to;
    return (text){from ? t.p + from : t.p, to - from}; /* a zeroed text has no p to add to */
}
text text_trim(text t);           /* without leading and trailing blanks, tabs, CR and LF */
text text_copy(arena *a, text t); /* the copy is followed by a NUL that does not count */
text text_format(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
uint64_t
text_hash(text t); /* for tables in memory only; not stable between versions, never stored */
uint64_t
text_hash_long(text t); /* another one, likewise; several times as fast over a whole file */

/* Levenshtein distance with adjacent transpositions, cut off at `limit` (returns limit + 1 when it
 * is larger). */
unsigned text_distance(text a, text b, unsigned limit);
/* The candidate nearest to `wrong`, or -1 when none is near enough to be a plausible slip: at most
 * one edit for up to four characters, two up to eight, three beyond. Ties go to the first. */
ptrdiff_t text_nearest(text wrong, const text *candidates, size_t n);
/* Length of the well-formed UTF-8 prefix of t, in bytes; equals t.n when all of it is. */
size_t text_utf8_prefix(text t);

typedef struct {
    char *p;
    size_t n, room;
} buffer;

void buffer_init(buffer *b);
void buffer_release(buffer *b);
void buffer_clear(buffer *b); /* empties, keeps its memory */
void buffer_reserve(buffer *b, size_t more);
void buffer_add(buffer *b, const void *bytes, size_t n);
void buffer_text(buffer *b, text t);
void buffer_cstr(buffer *b, const char *s);
void buffer_char(buffer *b, char c);
void buffer_printf(buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buffer_vprintf(buffer *b, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
text buffer_view(const buffer *b);
const char *buffer_string(buffer *b); /* NUL-terminated view, valid until the buffer changes */

/* Adds t with every byte but the unreserved ones (RFC 3986, 2.3) as %XX. */
void text_percent_encode(text t, buffer *out);
/* Whether t can stand between two `/` of a path and lead to no other folder: not empty, `.` or
 * `..`, without `/` and NUL. */
bool text_is_file_part(text t);

#endif
