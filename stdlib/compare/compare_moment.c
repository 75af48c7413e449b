/* compare_moment.c: moments by what they mean: 2026-11-22T00:00:00Z and 2026-11-22T01:00:00+01:00 are
 * one (RFC 3339; XML Schema 2, 3.2.7: zoned values are compared in UTC). A moment without a zone is
 * the same only as another without one.
 */
#include "base/calendar.h"
#include "stdlib/compare/compare_parts.h"
#include "stdlib/x12/x12.h"

typedef struct {
    int64_t seconds; /* since 1970, in UTC where there is a zone */
    text fraction;   /* digits without zeros at the end */
    bool zoned, extended, clock;
} moment;

static bool take(text *t, char c)
{
    if (!t->n || t->p[0] != c)
        return false;
    *t = text_slice(*t, 1, t->n);
    return true;
}

static bool take_digits(text *t, size_t n, int *out)
{
    *out = 0;
    if (!x12_is_digits(text_slice(*t, 0, n), n, n))
        return false;
    for (size_t i = 0; i < n; i++)
        *out = *out * 10 + t->p[i] - '0';
    *t = text_slice(*t, n, t->n);
    return true;
}

/* CCYY-MM-DD or CCYYMMDD. */
static bool take_day(text *t, moment *out)
{
    int year, month, day;
    if (!take_digits(t, 4, &year))
        return false;
    out->extended = take(t, '-');
    if (!take_digits(t, 2, &month) || (out->extended && !take(t, '-')) ||
        !take_digits(t, 2, &day) || month < 1 || month > 12 || day < 1)
        return false;
    out->seconds = civil_days(year, month, day) * 86400;
    int64_t next = month < 12 ? civil_days(year, month + 1, 1) : civil_days(year + 1, 1, 1);
    return civil_days(year, month, day) < next;
}

static text take_fraction(text *t)
{
    size_t n = 0;
    text all = *t;
    while (n < all.n && all.p[n] >= '0' && all.p[n] <= '9')
        n++;
    *t = text_slice(all, n, all.n);
    while (n && all.p[n - 1] == '0')
        n--;
    return text_slice(all, 0, n);
}

/* hh:mm:ss.f, its colons as the day has its dashes; seconds may be missing. */
static bool take_clock(text *t, moment *out)
{
    int hour, minute, second = 0;
    if (!take_digits(t, 2, &hour) || (out->extended && !take(t, ':')) ||
        !take_digits(t, 2, &minute))
        return false;
    bool more = out->extended ? take(t, ':') : t->n && t->p[0] >= '0' && t->p[0] <= '9';
    if (more && !take_digits(t, 2, &second))
        return false;
    if (more && take(t, '.'))
        out->fraction = take_fraction(t);
    out->seconds += hour * 3600 + minute * 60 + second;
    bool midnight = hour == 24 && minute == 0 && second == 0 && !out->fraction.n;
    return (hour < 24 || midnight) && minute < 60 && second < 61;
}

/* Z, +hh:mm, +hhmm, +hh; nothing is no zone. */
static bool take_zone(text *t, moment *out)
{
    int hour, minute = 0;
    out->zoned = t->n > 0;
    if (!t->n || take(t, 'Z'))
        return t->n == 0;
    bool west = t->p[0] == '-';
    if (!take(t, west ? '-' : '+') || !take_digits(t, 2, &hour))
        return false;
    take(t, ':');
    if (t->n && !take_digits(t, 2, &minute))
        return false;
    out->seconds -= (west ? -1 : 1) * (hour * 3600 + minute * 60);
    return t->n == 0 && hour < 24 && minute < 60;
}

static bool moment_read(text t, moment *out)
{
    *out = (moment){0};
    t = text_trim(t);
    if (!take_day(&t, out))
        return false;
    out->clock = take(&t, 'T') || take(&t, ' ');
    return (!out->clock || take_clock(&t, out)) && take_zone(&t, out);
}

bool compare_same_moment(text l, text m)
{
    moment x, y;
    return moment_read(l, &x) && moment_read(m, &y) && x.zoned == y.zoned &&
           (x.clock || x.zoned) && (y.clock || y.zoned) && x.clock == y.clock &&
           x.seconds == y.seconds && text_equal(x.fraction, y.fraction);
}

/* As RFC 3339 and XML Schema write it. */
static bool is_certain(text t)
{
    moment x;
    return moment_read(t, &x) && x.zoned && x.extended && text_find(t, ' ') < 0;
}

bool compare_is_moment(text l, text m)
{
    return is_certain(l) && is_certain(m) && compare_same_moment(l, m);
}
