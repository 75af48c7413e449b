/* json_lex.h: the words of JSON: what stands between two places of its grammar. Shared by the files
 * of json.h only.
 *
 * Each takes the place where something begins and returns the place behind it, or NULL with the
 * fault in the lexer. They are here to be inlined: a value has eight bytes, and a call for each of
 * its parts cost as much as reading them. Eight bytes at once in plain registers; wider ones do not
 * pay for words that are so short.
 */
#ifndef FERRY_BASE_JSON_LEX_H
#define FERRY_BASE_JSON_LEX_H

#include "base/json.h"

#include <endian.h>
#include <string.h>

typedef struct {
    const char *start, *end;
    json_fault fault;
} json_lexer;

static inline const char *lex_fault(json_lexer *x, const char *p, const char *message)
{
    x->fault = (json_fault){(size_t)(p - x->start), message};
    return NULL;
}

/* The byte at p; 0 at the end, which no place of the grammar accepts either. */
static inline char lex_peek(const json_lexer *x, const char *p)
{
    return p < x->end ? *p : 0;
}

#define LEX_EIGHT(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Eight bytes, the first in the lowest place. */
static inline uint64_t lex_load(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return le64toh(w);
}

/* --- hashes: what is equal has equal ones; whole words, and one with the rest and its length ---
 */

static const uint64_t LEX_SEED = UINT64_C(0x9e3779b97f4a7c15);

static inline uint64_t lex_hash_word(uint64_t h, uint64_t w)
{
    h = (h ^ w) * UINT64_C(0xff51afd7ed558ccd);
    return h ^ h >> 32;
}

/* The n < 8 bytes left over are the lowest of w. */
static inline uint64_t lex_hash_rest(uint64_t h, uint64_t w, unsigned n)
{
    w &= (UINT64_C(1) << 8 * n) - 1;
    h = (h ^ (w | (uint64_t)n << 56)) * UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 29;
}

/* Of the bytes as they stand. */
static inline uint64_t lex_hash(const json_lexer *x, const char *p, size_t n)
{
    uint64_t h = LEX_SEED, w = 0;
    for (; n >= 8; p += 8, n -= 8)
        h = lex_hash_word(h, lex_load(p));
    if (x->end - p >= 8) {
        w = lex_load(p);
    } else {
        memcpy(&w, p, n);
        w = le64toh(w);
    }
    return lex_hash_rest(h, w, (unsigned)n);
}

/* json_print.c: of the inside of a text with escapes, by what it says. */
uint64_t lex_hash_decoded(text raw);

/* --- blanks --- */

/* Indentation, mostly. */
static inline const char *lex_spaces(const json_lexer *x, const char *p)
{
    for (; x->end - p >= 8; p += 8) {
        uint64_t other = lex_load(p) ^ LEX_EIGHT(' ');
        if (other)
            return p + (unsigned)__builtin_ctzll(other) / 8;
    }
    while (p < x->end && *p == ' ')
        p++;
    return p;
}

static inline const char *lex_blanks(const json_lexer *x, const char *p)
{
    while (p < x->end && (unsigned char)*p <= ' ') {
        if (*p == ' ')
            p++; /* one, behind a colon or a comma */
        else if (*p == '\n' || *p == '\r' || *p == '\t')
            p = lex_spaces(x, p + 1);
        else
            break;
    }
    return p;
}

/* --- texts --- */

/* Where eight bytes hold a quote, a backslash or a control character: the lowest bit that is set is
 * the high bit of the first of them. (Those above it may be wrong: a subtraction borrows.) */
static inline uint64_t lex_stops(uint64_t w)
{
    uint64_t quote = w ^ LEX_EIGHT('"'), slash = w ^ LEX_EIGHT('\\');
    return (((w - LEX_EIGHT(0x20)) & ~w) | ((quote - LEX_EIGHT(1)) & ~quote) |
            ((slash - LEX_EIGHT(1)) & ~slash)) &
           LEX_EIGHT(0x80);
}

/* json.c: any text, from its opening quote. */
const char *lex_any_text(json_lexer *x, const char *p, bool *escaped, uint64_t *hash);

/* A text from its opening quote to behind its closing one. UTF-8 is only looked at where there are
 * bytes above 0x7f. */
static inline const char *lex_text(json_lexer *x, const char *open, bool *escaped, uint64_t *hash)
{
    uint64_t h = LEX_SEED;
    *escaped = false;
    for (const char *p = open + 1; x->end - p >= 8; p += 8) {
        uint64_t w = lex_load(p), stop = lex_stops(w);
        unsigned n = stop ? (unsigned)__builtin_ctzll(stop) / 8 : 8;
        uint64_t kept = stop ? w & ((UINT64_C(1) << 8 * n) - 1) : w;
        if ((kept & LEX_EIGHT(0x80)) || (stop && p[n] != '"'))
            break;
        if (stop) {
            *hash = lex_hash_rest(h, kept, n);
            return p + n + 1;
        }
        h = lex_hash_word(h, w);
    }
    return lex_any_text(x, open, escaped, hash);
}

/* --- numbers and words --- */

static inline bool lex_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline const char *lex_digits(json_lexer *x, const char *p)
{
    const char *first = p;
    for (; x->end - p >= 8; p += 8) {
        uint64_t w = lex_load(p) ^ LEX_EIGHT('0');
        uint64_t other = (((w & LEX_EIGHT(0x7f)) + LEX_EIGHT(0x76)) | w) & LEX_EIGHT(0x80);
        if (other) {
            p += (unsigned)__builtin_ctzll(other) / 8;
            return p > first ? p : lex_fault(x, p, "expected a digit");
        }
    }
    while (p < x->end && lex_is_digit(*p))
        p++;
    return p > first ? p : lex_fault(x, p, "expected a digit");
}

static inline const char *lex_number(json_lexer *x, const char *p)
{
    p += lex_peek(x, p) == '-';
    const char *first = p;
    p = lex_digits(x, p);
    if (p && *first == '0' && p > first + 1)
        return lex_fault(x, first, "a number must not begin with a 0");
    if (p && lex_peek(x, p) == '.')
        p = lex_digits(x, p + 1);
    if (p && (lex_peek(x, p) == 'e' || lex_peek(x, p) == 'E')) {
        p++;
        p = lex_digits(x, p + (lex_peek(x, p) == '+' || lex_peek(x, p) == '-'));
    }
    return p;
}

static inline const char *lex_word(json_lexer *x, const char *p, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(x->end - p) < n || memcmp(p, word, n) != 0)
        return lex_fault(x, p, "expected a value");
    return p + n;
}

/* Anything but an object or an array, by its first byte; its print. */
static inline const char *lex_scalar(json_lexer *x, const char *p, json_kind *kind, bool *escaped,
                                     uint64_t *hash)
{
    const char *from = p;
    *hash = ~UINT64_C(0); /* null, false, true: each its own by its kind */
    switch (lex_peek(x, p)) {
    case '"': *kind = JSON_TEXT; return lex_text(x, p, escaped, hash);
    case 't': *kind = JSON_TRUE; return lex_word(x, p, "true");
    case 'f': *kind = JSON_FALSE; return lex_word(x, p, "false");
    case 'n': *kind = JSON_NULL; return lex_word(x, p, "null");
    default: break;
    }
    if (lex_peek(x, p) != '-' && !lex_is_digit(lex_peek(x, p)))
        return lex_fault(x, p, p < x->end ? "expected a value" : "the text ends too early");
    *kind = JSON_NUMBER;
    p = lex_number(x, p);
    if (p)
        *hash = lex_hash(x, from, (size_t)(p - from));
    return p;
}

/* --- what stands between values --- */

typedef struct {
    const char *start, *end; /* without its quotes */
    uint64_t hash;
    bool escaped;
} lex_key;

/* A key at p to behind its colon. */
static inline const char *lex_member(json_lexer *x, const char *p, lex_key *key)
{
    if (lex_peek(x, p) != '"')
        return lex_fault(x, p, "expected a key in double quotes");
    key->start = p + 1;
    p = lex_text(x, p, &key->escaped, &key->hash);
    if (!p)
        return NULL;
    key->end = p - 1;
    p = lex_blanks(x, p);
    return lex_peek(x, p) == ':' ? p + 1 : lex_fault(x, p, "expected ':'");
}

/* Behind a value in a container: a comma, or its end. *more: another one follows, at the place that
 * is returned. */
static inline const char *lex_after(json_lexer *x, const char *p, bool object, bool *more)
{
    p = lex_blanks(x, p);
    char c = lex_peek(x, p);
    *more = c == ',';
    if (*more)
        return lex_blanks(x, p + 1);
    if (c == (object ? '}' : ']'))
        return p + 1;
    return lex_fault(x, p, object ? "expected ',' or '}'" : "expected ',' or ']'");
}

#endif
