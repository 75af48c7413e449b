/* compare_bounds.c: what a value must still be where a rule lets it differ (bounds.def): decimals
 * by their value, dates and times by what they say, whatever their form.
 */
#include "base/calendar.h"
#include "base/decimal.h"
#include "stdlib/compare/compare_parts.h"
#include "stdlib/x12/x12.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { NEAR_SECONDS = 300 };

typedef enum { ARGUMENT_NONE, ARGUMENT_PATTERN, ARGUMENT_TEXT, ARGUMENT_COUNT } bound_argument;

static const struct {
    const char *word;
    bound_argument argument;
} bounds[BOUND_COUNT] = {
#define BOUND(id, word, argument, meaning) [BOUND_##id] = {word, ARGUMENT_##argument},
#include "bytecode/bounds.def"
#undef BOUND
};

const char *compare_bound_word(compare_bound b)
{
    return bounds[b].word;
}

/* --- a bound as it is written --- */

static bool no_such_bound(arena *a, text word, text *message)
{
    text words[BOUND_COUNT];
    buffer all = {0};
    for (int i = 0; i < BOUND_COUNT; i++) {
        words[i] = text_of(bounds[i].word);
        buffer_printf(&all, "%s%s", i ? ", " : "", bounds[i].word);
    }
    ptrdiff_t near = text_nearest(word, words, BOUND_COUNT);
    *message = near >= 0 ? text_format(a, "there is no bound `%.*s`; did you mean `%.*s`?",
                                       TEXT_ARG(word), TEXT_ARG(words[near]))
                         : text_format(a, "there is no bound `%.*s`; there is %s", TEXT_ARG(word),
                                       buffer_string(&all));
    buffer_release(&all);
    return false;
}

static bool read_count(text t, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < t.n; i++)
        *out = *out * 10 + (uint32_t)(t.p[i] - '0');
    return x12_is_digits(t, 1, 6);
}

/* What stands in parentheses; `given`: they are there. */
static bool read_argument(arena *a, compare_constraint *out, bool given, text *message)
{
    bound_argument what = bounds[out->bound].argument;
    const char *word = bounds[out->bound].word;
    out->least = 1;
    if (what == ARGUMENT_NONE && given)
        *message = text_format(a, "`%s` takes no argument", word);
    else if (what == ARGUMENT_COUNT && given && !read_count(out->argument, &out->least))
        *message = text_format(a, "`%s` takes a whole number, as in `%s(2)`", word, word);
    else if ((what == ARGUMENT_TEXT || what == ARGUMENT_PATTERN) && !out->argument.n)
        *message = text_format(a, "`%s` takes a %s, as in `%s(abc)`", word,
                               what == ARGUMENT_TEXT ? "text" : "pattern", word);
    else if (what == ARGUMENT_PATTERN)
        return (out->form = pattern_read(a, out->argument, message)) != NULL;
    else
        return true;
    return false;
}

bool compare_bound_read(arena *a, text bound, compare_constraint *out, text *message)
{
    ptrdiff_t open = text_find(bound, '(');
    bool given = open >= 0 && text_ends(bound, TEXT(")"));
    text word = given ? text_slice(bound, 0, (size_t)open) : bound;
    out->argument = given ? text_slice(bound, (size_t)open + 1, bound.n - 1) : (text){0};
    out->form = NULL;
    for (int i = 0; i < BOUND_COUNT; i++)
        if (text_is(word, bounds[i].word)) {
            out->bound = (compare_bound)i;
            return read_argument(a, out, given, message);
        }
    return no_such_bound(a, word, message);
}

/* --- values --- */

bool is_decimal(text t)
{
    size_t i = t.n && t.p[0] == '-', digits = 0, dots = 0;
    for (; i < t.n; i++) {
        if (t.p[i] == '.')
            dots++;
        else if (t.p[i] >= '0' && t.p[i] <= '9')
            digits++;
        else
            return false;
    }
    return digits > 0 && dots <= 1;
}

typedef struct {
    text whole, fraction;
    bool negative;
} plain_decimal;

static plain_decimal decimal_parts(text t)
{
    plain_decimal d = {.negative = t.n && t.p[0] == '-'};
    t = text_slice(t, d.negative, t.n);
    ptrdiff_t dot = text_find(t, '.');
    d.whole = text_slice(t, 0, dot < 0 ? t.n : (size_t)dot);
    d.fraction = text_slice(t, dot < 0 ? t.n : (size_t)dot + 1, t.n);
    while (d.whole.n && d.whole.p[0] == '0')
        d.whole = text_slice(d.whole, 1, d.whole.n);
    while (d.fraction.n && d.fraction.p[d.fraction.n - 1] == '0')
        d.fraction.n--;
    if (d.whole.n == 0 && d.fraction.n == 0)
        d.negative = false;
    return d;
}

bool same_decimal(text a, text b)
{
    if (!is_decimal(a) || !is_decimal(b))
        return false;
    plain_decimal x = decimal_parts(a), y = decimal_parts(b);
    return x.negative == y.negative && text_equal(x.whole, y.whole) &&
           text_equal(x.fraction, y.fraction);
}

/* 1050 of one side and 10.50 of the other: the one without a point has two decimals implied. */
static bool same_cents(text l, text m)
{
    bool point_l = text_find(l, '.') >= 0, point_m = text_find(m, '.') >= 0;
    text whole = point_l ? m : l, pointed = point_l ? l : m;
    char digits[64];
    if (point_l == point_m)
        return same_decimal(l, m);
    size_t sign = whole.n && whole.p[0] == '-', n = sign;
    if (!is_decimal(whole) || whole.n + 3 > sizeof digits)
        return false;
    memcpy(digits, whole.p, sign);
    for (size_t pad = whole.n - sign; pad < 3; pad++)
        digits[n++] = '0';
    memcpy(digits + n, whole.p + sign, whole.n - sign);
    n += whole.n - sign;
    memmove(digits + n - 1, digits + n - 2, 2);
    digits[n - 2] = '.';
    return same_decimal((text){digits, n + 1}, pointed);
}

/* The day in YYMMDD, CCYYMMDD or CCYY-MM-DD, a time behind the last allowed, as CCYYMMDD; 0: none.
 * Years of two digits are those from 1970 to 2069, as POSIX nearly has it. */
static int day_of(text t)
{
    char d[8];
    t = text_trim(t);
    if (t.n >= 10 && t.p[4] == '-' && t.p[7] == '-' &&
        (t.n == 10 || strchr("T Z+-", t.p[10]))) {
        memcpy(d, t.p, 4);
        memcpy(d + 4, t.p + 5, 2);
        memcpy(d + 6, t.p + 8, 2);
        t = (text){d, 8};
    }
    if (!x12_is_date(t))
        return 0;
    int n = 0;
    for (size_t i = 0; i < t.n; i++)
        n = n * 10 + t.p[i] - '0';
    return t.n == 8 ? n : n + (n < 700000 ? 20000000 : 19000000);
}

/* Digits of a time in any form: "22:10:05" as "221005". */
static size_t time_digits(text t, char *d, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < t.n && n < room; i++)
        if (t.p[i] != ':' && t.p[i] != '.')
            d[n++] = t.p[i];
    return x12_is_time((text){d, n}) ? n : 0;
}

static bool is_time(text t)
{
    char d[8];
    return time_digits(t, d, sizeof d) > 0;
}

static int two(const char *p)
{
    return (p[0] - '0') * 10 + p[1] - '0';
}

/* Seconds of "HHMM", "HH:MM:SS", or of a day and such a time: "2027-03-13T22:10:05Z", in UTC where
 * an offset stands behind it. */
static bool moment_of(text t, int64_t *out)
{
    t = text_trim(t);
    int day = t.n > 10 ? day_of(t) : 0;
    int64_t offset = 0;
    text clock = text_slice(t, day ? 11 : 0, t.n);
    if (day && clock.n > 6 && (clock.p[clock.n - 6] == '+' || clock.p[clock.n - 6] == '-')) {
        const char *z = clock.p + clock.n - 6;
        text digits = {(char[]){z[1], z[2], z[4], z[5]}, 4};
        if (z[3] != ':' || !x12_is_digits(digits, 4, 4))
            return false;
        offset = (z[0] == '-' ? -1 : 1) * (two(z + 1) * 60 + two(z + 4)) * INT64_C(60);
        clock.n -= 6;
    } else if (day && text_ends(clock, TEXT("Z"))) {
        clock.n--;
    }
    ptrdiff_t fraction = text_find(clock, '.');
    if (fraction >= 0)
        clock.n = (size_t)fraction;
    char d[8];
    size_t n = time_digits(clock, d, sizeof d);
    if (n == 0)
        return false;
    int64_t days = day ? civil_days(day / 10000, day / 100 % 100, day % 100) : 0;
    *out = days * 86400 + two(d) * 3600 + two(d + 2) * 60 + (n >= 6 ? two(d + 4) : 0) - offset;
    return true;
}

static bool is_near(text l, text m)
{
    int64_t x, y;
    return moment_of(l, &x) && moment_of(m, &y) && llabs(x - y) <= NEAR_SECONDS;
}

static bool is_integer(text t)
{
    return x12_is_digits(text_slice(t, t.n && t.p[0] == '-', t.n), 1, SIZE_MAX);
}

static bool is_uuid(text t)
{
    for (size_t i = 0; i < t.n && t.n == 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? t.p[i] != '-' : !isxdigit((unsigned char)t.p[i]))
            return false;
    }
    return t.n == 36;
}

bool compare_keeps(const compare_constraint *k, text l, text m)
{
    if (k->bound == BOUND_MATCHES)
        return m.p && pattern_fits(k->form, m);
    if (k->bound == BOUND_INCLUDES)
        return m.p && memmem(m.p, m.n, k->argument.p, k->argument.n) != NULL;
    return compare_within(k->bound, l, m);
}

bool compare_within(compare_bound b, text l, text m)
{
    switch (b) {
    case BOUND_SAME_DATE: return day_of(m) && day_of(l) == day_of(m);
    case BOUND_SAME_MOMENT: return compare_same_moment(l, m);
    case BOUND_DATE: return day_of(m) != 0;
    case BOUND_TIME: return is_time(m);
    case BOUND_NEAR: return is_near(l, m);
    case BOUND_NUMBER: return is_decimal(m);
    case BOUND_INTEGER: return is_integer(m);
    case BOUND_UUID: return is_uuid(m);
    case BOUND_LIKE: return l.p && m.p;
    case BOUND_SAME_NUMBER: return same_decimal(l, m);
    case BOUND_CENTS: return same_cents(l, m);
    case BOUND_PRESENT: return text_trim(m).n > 0;
    default: return m.p != NULL; /* the rest is judged over all documents: compare_order.c */
    }
}

bool compare_bound_keeps_value(compare_bound b)
{
    return b == BOUND_SAME_NUMBER || b == BOUND_CENTS || b == BOUND_SAME_DATE ||
           b == BOUND_SAME_MOMENT;
}
