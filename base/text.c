/* text.c: see text.h. */
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int text_compare(text a, text b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    if (order)
        return order;
    return a.n < b.n ? -1 : a.n > b.n;
}

bool text_starts(text t, text prefix)
{
    return t.n >= prefix.n && text_equal((text){t.p, prefix.n}, prefix);
}

bool text_ends(text t, text suffix)
{
    return t.n >= suffix.n && text_equal((text){t.p + t.n - suffix.n, suffix.n}, suffix);
}

ptrdiff_t text_find(text t, char c)
{
    const char *at = t.n ? memchr(t.p, c, t.n) : NULL;
    return at ? at - t.p : -1;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

text text_trim(text t)
{
    while (t.n && is_blank(t.p[0])) {
        t.p++;
        t.n--;
    }
    while (t.n && is_blank(t.p[t.n - 1]))
        t.n--;
    return t;
}

text text_copy(arena *a, text t)
{
    return (text){arena_copy(a, t.p, t.n), t.n};
}

text text_format(arena *a, const char *format, ...)
{
    char most[512]; /* of nearly all: printing twice, once to measure, takes twice as long */
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    size_t n = (size_t)vsnprintf(most, sizeof most, format, args);
    va_end(args);
    if (n < sizeof most) {
        va_end(again);
        return text_copy(a, (text){most, n});
    }
    char *p = arena_alloc(a, n + 1, 1);
    vsnprintf(p, n + 1, format, again);
    va_end(again);
    return (text){p, n};
}

static uint64_t load(const char *p, size_t n)
{
    uint64_t w = 0;
    memcpy(&w, p, n);
    return w;
}

/* The last bytes, at most eight, without a copy of unknown length: names and values are short, and
 * that copy was what hashing them cost. Reads that overlap see some bytes twice. */
static uint64_t tail(const char *p, size_t n)
{
    if (n >= 4)
        return load(p, 4) | load(p + n - 4, 4) << 32;
    if (n == 0)
        return 0;
    return (uint64_t)(unsigned char)p[0] | (uint64_t)(unsigned char)p[n / 2] << 8 |
           (uint64_t)(unsigned char)p[n - 1] << 16;
}

uint64_t text_hash(text t)
{
    uint64_t h = 0x9e3779b97f4a7c15u ^ t.n;
    for (; t.n > 8; t.p += 8, t.n -= 8) {
        h = (h ^ load(t.p, 8)) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
    }
    h = (h ^ tail(t.p, t.n)) * 0xc4ceb9fe1a85ec53u;
    return h ^ h >> 29;
}

/* Four chains, which the processor runs side by side. */
uint64_t text_hash_long(text t)
{
    uint64_t h[4] = {1, 2, 3, 4};
    for (; t.n >= 32; t.p += 32, t.n -= 32)
        for (int i = 0; i < 4; i++) {
            h[i] = (h[i] ^ load(t.p + 8 * i, 8)) * 0xff51afd7ed558ccdu;
            h[i] ^= h[i] >> 32;
        }
    return text_hash((text){(const char *)h, sizeof h}) ^ text_hash(t);
}

unsigned text_distance(text a, text b, unsigned limit)
{
    enum { LONGEST = 64 };
    if (a.n > LONGEST || b.n > LONGEST)
        return limit + 1;
    unsigned rows[3][LONGEST + 1];
    unsigned *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= b.n; j++)
        last[j] = (unsigned)j;
    for (size_t i = 1; i <= a.n; i++) {
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b.n; j++) {
            unsigned best = last[j - 1] + (a.p[i - 1] != b.p[j - 1]);
            if (last[j] + 1 < best)
                best = last[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] &&
                before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            now[j] = best;
        }
        unsigned *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[b.n] <= limit ? last[b.n] : limit + 1;
}

ptrdiff_t text_nearest(text wrong, const text *candidates, size_t n)
{
    unsigned limit = wrong.n <= 4 ? 1 : wrong.n <= 8 ? 2 : 3, best = limit + 1;
    ptrdiff_t at = -1;
    for (size_t i = 0; i < n; i++) {
        unsigned d = text_distance(wrong, candidates[i], limit);
        if (d < best && d < candidates[i].n) {
            best = d;
            at = (ptrdiff_t)i;
        }
    }
    return at;
}

/* Bytes of the well-formed sequence at p, or 0. Unicode 15, table 3-7: no overlong forms, no
 * surrogates, nothing above U+10FFFF. */
static size_t utf8_length(const unsigned char *p, size_t n)
{
    unsigned char c = p[0];
    size_t need = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
    if (need == 0 || need > n)
        return 0;
    for (size_t i = 1; i < need; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) || (c == 0xf0 && p[1] < 0x90) ||
        (c == 0xf4 && p[1] > 0x8f))
        return 0;
    return need;
}

size_t text_utf8_prefix(text t)
{
    size_t i = 0;
    while (i < t.n) {
        uint64_t eight;
        /* Mostly ASCII: eight bytes without a high bit are eight characters. */
        if (t.n - i >= sizeof eight) {
            memcpy(&eight, t.p + i, sizeof eight);
            if (!(eight & 0x8080808080808080u)) {
                i += sizeof eight;
                continue;
            }
        }
        size_t step = utf8_length((const unsigned char *)t.p + i, t.n - i);
        if (!step)
            break;
        i += step;
    }
    return i;
}

void buffer_init(buffer *b)
{
    *b = (buffer){0};
}

void buffer_release(buffer *b)
{
    free(b->p);
    buffer_init(b);
}

void buffer_clear(buffer *b)
{
    b->n = 0;
}

void buffer_reserve(buffer *b, size_t more)
{
    if (b->room - b->n >= more)
        return;
    if (more > SIZE_MAX / 4 || b->n > SIZE_MAX / 4)
        memory_exhausted();
    size_t room = b->room ? b->room * 2 : 256;
    if (room < b->n + more)
        room = b->n + more;
    b->p = memory_resize(b->p, room);
    b->room = room;
}

void buffer_add(buffer *b, const void *bytes, size_t n)
{
    if (!n)
        return;
    buffer_reserve(b, n);
    memcpy(b->p + b->n, bytes, n);
    b->n += n;
}

void buffer_text(buffer *b, text t)
{
    buffer_add(b, t.p, t.n);
}

void buffer_cstr(buffer *b, const char *s)
{
    buffer_add(b, s, strlen(s));
}

void buffer_char(buffer *b, char c)
{
    buffer_add(b, &c, 1);
}

void buffer_vprintf(buffer *b, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    buffer_reserve(b, 64);
    size_t room = b->room - b->n, n = (size_t)vsnprintf(b->p + b->n, room, format, args);
    if (n >= room) {
        buffer_reserve(b, n + 1);
        vsnprintf(b->p + b->n, n + 1, format, again);
    }
    va_end(again);
    b->n += n;
}

void buffer_printf(buffer *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buffer_vprintf(b, format, args);
    va_end(args);
}

text buffer_view(const buffer *b)
{
    return (text){b->p ? b->p : "", b->n};
}

const char *buffer_string(buffer *b)
{
    buffer_char(b, 0);
    b->n--;
    return b->p;
}

void text_percent_encode(text t, buffer *out)
{
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     (c != 0 && strchr("-._~", c) != NULL);
        if (plain)
            buffer_char(out, (char)c);
        else
            buffer_printf(out, "%%%02X", c);
    }
}

bool text_is_file_part(text t)
{
    return t.n != 0 && !text_is(t, ".") && !text_is(t, "..") && memchr(t.p, '/', t.n) == NULL &&
           memchr(t.p, 0, t.n) == NULL;
}
