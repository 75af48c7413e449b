/* zone_rule.c: see zone_rule.h. */
#include "base/zone_rule.h"
#include "base/calendar.h"

#include <assert.h>

static const int64_t DAY_SECONDS = 86400;

static bool take(text *t, char c)
{
    if (!t->n || t->p[0] != c)
        return false;
    *t = text_slice(*t, 1, t->n);
    return true;
}

static bool take_number(text *t, int most, int *out)
{
    size_t n = 0;
    int v = 0;
    while (n < t->n && n < 4 && t->p[n] >= '0' && t->p[n] <= '9')
        v = v * 10 + (t->p[n++] - '0');
    *t = text_slice(*t, n, t->n);
    *out = v;
    return n > 0 && v <= most;
}

/* [+-]hh[:mm[:ss]] in seconds */
static bool take_time(text *t, int most_hours, int32_t *out)
{
    bool negative = take(t, '-');
    int hour, minute = 0, second = 0;
    if (!negative)
        take(t, '+');
    if (!take_number(t, most_hours, &hour) ||
        (take(t, ':') &&
         (!take_number(t, 59, &minute) || (take(t, ':') && !take_number(t, 59, &second)))))
        return false;
    int32_t v = hour * 3600 + minute * 60 + second;
    *out = negative ? -v : v;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters, or anything between < and >. */
static bool take_abbreviation(arena *a, text *t, const char **out)
{
    bool quoted = take(t, '<');
    size_t n = 0;
    while (n < t->n && (quoted ? t->p[n] != '>' : is_letter(t->p[n])))
        n++;
    *out = arena_copy(a, t->p, n);
    *t = text_slice(*t, n, t->n);
    return n > 0 && (!quoted || take(t, '>'));
}

static bool take_day(text *t, zone_day *out)
{
    *out = (zone_day){.kind = DAY_OF_YEAR, .second = 7200};
    bool ok;
    if (take(t, 'M')) {
        out->kind = DAY_OF_MONTH;
        ok = take_number(t, 12, &out->month) && out->month && take(t, '.') &&
             take_number(t, 5, &out->week) && out->week && take(t, '.') &&
             take_number(t, 6, &out->day);
    } else if (take(t, 'J')) {
        out->kind = DAY_JULIAN;
        ok = take_number(t, 365, &out->day) && out->day;
    } else {
        ok = take_number(t, 365, &out->day);
    }
    return ok && (!take(t, '/') || take_time(t, 167, &out->second));
}

bool zone_rule_read(arena *a, text t, zone_rule *out)
{
    *out = (zone_rule){0};
    if (!take_abbreviation(a, &t, &out->standard.abbreviation) ||
        !take_time(&t, 24, &out->standard.offset))
        return false;
    out->standard.offset = -out->standard.offset; /* POSIX counts westward */
    if (!t.n)
        return true;
    out->has_summer = true;
    out->summer.offset = out->standard.offset + 3600;
    if (!take_abbreviation(a, &t, &out->summer.abbreviation))
        return false;
    if (t.n && t.p[0] != ',') {
        if (!take_time(&t, 24, &out->summer.offset))
            return false;
        out->summer.offset = -out->summer.offset;
    }
    return take(&t, ',') && take_day(&t, &out->start) && take(&t, ',') && take_day(&t, &out->end) &&
           t.n == 0;
}

static int weekday_from_sunday(int64_t days)
{
    return (int)(((days + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t day_in_month(int year, const zone_day *d)
{
    int64_t first = civil_days(year, d->month, 1);
    int64_t day = first + (d->day - weekday_from_sunday(first) + 7) % 7 + 7 * (d->week - 1);
    if (d->week < 5) /* every month has four of each day */
        return day;
    int64_t next = d->month == 12 ? civil_days(year + 1, 1, 1) : civil_days(year, d->month + 1, 1);
    return day < next ? day : day - 7;
}

/* The moment of a change in a year, where `offset` is in effect before it. */
static int64_t change(int year, const zone_day *d, int32_t offset)
{
    int64_t day;
    switch (d->kind) {
    case DAY_OF_MONTH: day = day_in_month(year, d); break;
    case DAY_JULIAN:
        day = civil_days(year, 1, 1) + d->day - 1 + (is_leap(year) && d->day >= 60);
        break;
    default: day = civil_days(year, 1, 1) + d->day;
    }
    return day * DAY_SECONDS + d->second - offset;
}

const zone_type *zone_rule_at(const zone_rule *r, int64_t second, int64_t *from, int64_t *until)
{
    *from = INT64_MIN;
    *until = INT64_MAX;
    if (!r->has_summer)
        return &r->standard;
    /* 31556952 s is the mean Gregorian year: right to within one; two more hold the neighbours. */
    int year = 1970 + (int)(second / 31556952) - (second < 0);
    const zone_type *type = &r->standard;
    for (int y = year - 2; y <= year + 2; y++) {
        int64_t start = change(y, &r->start, r->standard.offset);
        int64_t end = change(y, &r->end, r->summer.offset);
        /* Where one year's end meets the next one's start, it is always summer: the start wins. */
        if (start <= second && start >= *from) {
            *from = start;
            type = &r->summer;
        }
        if (end <= second && end > *from) {
            *from = end;
            type = &r->standard;
        }
        if (start > second && start < *until)
            *until = start;
        if (end > second && end < *until)
            *until = end;
    }
    assert(*from != INT64_MIN && *until != INT64_MAX);
    return type;
}
