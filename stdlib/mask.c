/* mask.c: finds runs of digits that are card numbers and blots their middle. See mask.h. */
#include "stdlib/mask.h"

#include <string.h>

enum { CARD_SHORTEST = 13, CARD_LONGEST = 19, CARD_HEAD = 6, CARD_TAIL = 4 };

typedef struct {
    unsigned from, to;          /* of the first four digits, inclusive */
    unsigned shortest, longest; /* digits of such a number */
} issuer_range;

/* See mask.h for the issuers. */
static const issuer_range issuers[] = {
    {2221, 2720, 16, 16}, {3000, 3059, 14, 19}, {3400, 3499, 15, 15}, {3528, 3589, 16, 19},
    {3600, 3699, 14, 19}, {3700, 3799, 15, 15}, {3800, 3999, 14, 19}, {4000, 4999, 13, 19},
    {5000, 5099, 13, 19}, {5100, 5599, 16, 16}, {5600, 5899, 13, 19}, {6000, 6999, 13, 19},
};

static bool of_an_issuer(text digits)
{
    unsigned head = 0;
    for (int i = 0; i < 4; i++)
        head = head * 10 + (unsigned)(digits.p[i] - '0');
    for (size_t i = 0; i < sizeof issuers / sizeof *issuers; i++)
        if (head >= issuers[i].from && head <= issuers[i].to)
            return digits.n >= issuers[i].shortest && digits.n <= issuers[i].longest;
    return false;
}

static bool luhn(text digits)
{
    unsigned sum = 0;
    for (size_t i = 0; i < digits.n; i++) {
        unsigned d = (unsigned)(digits.p[digits.n - 1 - i] - '0');
        if (i % 2 == 1)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return sum % 10 == 0;
}

/* A GTIN-13 or GTIN-14 by its check digit: from the right, weights 1 and 3 in turn. */
static bool is_gtin(text digits)
{
    unsigned sum = 0;
    for (size_t i = 0; i < digits.n; i++)
        sum += (unsigned)(digits.p[digits.n - 1 - i] - '0') * (i % 2 ? 3 : 1);
    return (digits.n == 13 || digits.n == 14) && sum % 10 == 0;
}

bool mask_is_card(text digits)
{
    return digits.n >= CARD_SHORTEST && digits.n <= CARD_LONGEST && of_an_issuer(digits) &&
           luhn(digits) && !is_gtin(digits);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A run of digits with single blanks or hyphens between them, from `at`; its end, and its digits
 * into `digits` (the first CARD_LONGEST) with their number, which may be larger. */
static size_t digit_run(text t, size_t at, char digits[CARD_LONGEST], size_t *n)
{
    *n = 0;
    size_t end = at;
    for (size_t i = at; i < t.n; i++) {
        bool joint = (t.p[i] == ' ' || t.p[i] == '-') && i + 1 < t.n && is_digit(t.p[i + 1]);
        if (!is_digit(t.p[i]) && !joint)
            break;
        if (is_digit(t.p[i])) {
            if (*n < CARD_LONGEST)
                digits[*n] = t.p[i];
            ++*n;
        }
        end = i + 1;
    }
    return end;
}

static void blot(char *p, size_t from, size_t to, size_t digits)
{
    size_t seen = 0;
    for (size_t i = from; i < to; i++) {
        if (!is_digit(p[i]))
            continue;
        if (seen >= CARD_HEAD && seen < digits - CARD_TAIL)
            p[i] = '*';
        seen++;
    }
}

text mask_text(arena *a, text t)
{
    text out = t;
    char *copy = NULL;
    for (size_t i = 0; i < t.n;) {
        if (!is_digit(t.p[i])) {
            i++;
            continue;
        }
        char digits[CARD_LONGEST];
        size_t n, end = digit_run(t, i, digits, &n);
        if (n <= CARD_LONGEST && mask_is_card((text){digits, n})) {
            if (!copy) {
                copy = arena_copy(a, t.p, t.n);
                out.p = copy;
            }
            blot(copy, i, end, n);
        }
        i = end;
    }
    return out;
}
