/* identifier_place.c: what only its place tells: the number of a member, a name, a date of birth, a
 * diagnosis. Here it is only ruled out what is none: words that stand in for a value. */
#include "stdlib/identifier/identifier_check.h"
#include "stdlib/identifier/identifier_digits.h"

#include <ctype.h>
#include <string.h>

/* What stands in for a value is none: NONE, XXXX, ****1234. */
static bool stands_in(text t)
{
    static const char *const words[] = {"NONE", "NULL", "UNKNOWN", "N/A", "MASKED", "REDACTED"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (t.n == strlen(words[i]) && strncasecmp(t.p, words[i], t.n) == 0)
            return true;
    return t.n == 0 || memchr(t.p, '*', t.n) || all_alike(t) || strncasecmp(t.p, "XXX", 3) == 0;
}

bool identifier_is_number(text t)
{
    for (size_t i = 0; i < t.n; i++)
        if (is_digit(t.p[i]))
            return !stands_in(t);
    return false;
}

bool identifier_is_name(text t)
{
    for (size_t i = 0; i < t.n; i++)
        if (isalpha((unsigned char)t.p[i]) || (unsigned char)t.p[i] >= 0x80)
            return !stands_in(t);
    return false;
}

/* YYMMDD, CCYYMMDD, DDMMCCYY or MMDDCCYY, and a time behind it or none. */
bool identifier_is_date(text t)
{
    if (!digits_only(t))
        return false;
    if (t.n == 6)
        return is_day(number(t, 4, 6), number(t, 2, 4));
    return t.n >= 8 &&
           (is_day(number(t, 6, 8), number(t, 4, 6)) || is_day(number(t, 0, 2), number(t, 2, 4)) ||
            is_day(number(t, 2, 4), number(t, 0, 2)));
}

bool identifier_is_any(text t)
{
    bool any = false;
    for (size_t i = 0; i < t.n; i++)
        any |= isalnum((unsigned char)t.p[i]) || (unsigned char)t.p[i] >= 0x80;
    return any && (t.n == 1 || !stands_in(t));
}

/* ICD-10 and ICD-10-CM: a letter, a digit, a digit or letter, up to four more. */
bool identifier_is_icd(text t)
{
    if (!is_capital(t.p[0]) || !is_digit(t.p[1]))
        return false;
    for (size_t i = 2; i < t.n; i++)
        if (!is_digit(t.p[i]) && !is_capital(t.p[i]))
            return false;
    return true;
}
