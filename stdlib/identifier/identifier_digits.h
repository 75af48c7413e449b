/* identifier_digits.h: digits, capitals and check sums as the checks of identifiers share them. Not
 * for use outside of identifier_*.c. */
#ifndef FERRY_STDLIB_IDENTIFIER_DIGITS_H
#define FERRY_STDLIB_IDENTIFIER_DIGITS_H

#include "base/text.h"

#include <string.h>

static inline unsigned at(text t, size_t i)
{
    return (unsigned)(t.p[i] - '0');
}

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static inline bool digits_only(text t)
{
    for (size_t i = 0; i < t.n; i++)
        if (!is_digit(t.p[i]))
            return false;
    return true;
}

static inline bool all_alike(text t)
{
    for (size_t i = 1; i < t.n; i++)
        if (t.p[i] != t.p[0])
            return false;
    return true;
}

/* Digits from…to as a number; at most 18 of them. */
static inline uint64_t number(text t, size_t from, size_t to)
{
    uint64_t n = 0;
    for (size_t i = from; i < to; i++)
        n = n * 10 + at(t, i);
    return n;
}

static inline bool is_one_of(char c, const char *set)
{
    return c && strchr(set, c) != NULL;
}

/* ISO/IEC 7812-1, annex B. */
static inline bool luhn(text digits)
{
    unsigned sum = 0;
    for (size_t i = 0; i < digits.n; i++) {
        unsigned d = at(digits, digits.n - 1 - i);
        sum += i % 2 == 0 ? d : d > 4 ? d * 2 - 9 : d * 2;
    }
    return sum % 10 == 0;
}

static inline unsigned weighted(text digits, const char *weights)
{
    unsigned sum = 0;
    for (size_t i = 0; weights[i]; i++)
        sum += at(digits, i) * (unsigned)(weights[i] - '0');
    return sum;
}

/* The sum of the digits of each product: the check of German social insurance. */
static inline unsigned crosswise(text digits, const char *weights)
{
    unsigned sum = 0;
    for (size_t i = 0; weights[i]; i++) {
        unsigned product = at(digits, i) * (unsigned)(weights[i] - '0');
        sum += product / 10 + product % 10;
    }
    return sum;
}

static inline bool is_day(uint64_t day, uint64_t month)
{
    static const unsigned char last[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month >= 1 && month <= 12 && day >= 1 && day <= last[month - 1];
}

#endif
