/* hours.c: see hours.h. */
#include "base/hours.h"

static text word_cut(text *rest)
{
    *rest = text_trim(*rest);
    size_t n = 0;
    while (n < rest->n && rest->p[n] != ' ')
        n++;
    text word = text_slice(*rest, 0, n);
    *rest = text_trim(text_slice(*rest, n, rest->n));
    return word;
}

static int day_named(text t)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    for (int i = 0; i < 7; i++)
        if (text_is(t, days[i]))
            return i;
    return -1;
}

static bool days_range(text part, unsigned *out)
{
    ptrdiff_t dash = text_find(part, '-');
    text last = dash < 0 ? part : text_slice(part, (size_t)dash + 1, part.n);
    int from = day_named(dash < 0 ? part : text_slice(part, 0, (size_t)dash)), to = day_named(last);
    if (from < 0 || to < 0)
        return false;
    for (int d = from;; d = (d + 1) % 7) {
        *out |= 1u << d;
        if (d == to)
            return true;
    }
}

static bool days_read(text t, unsigned *out)
{
    *out = 0;
    for (size_t from = 0, i = 0; i <= t.n; i++)
        if (i == t.n || t.p[i] == ',') {
            if (!days_range(text_slice(t, from, i), out))
                return false;
            from = i + 1;
        }
    return true;
}

static bool clock_span(text t, hours *h)
{
    ptrdiff_t dash = text_find(t, '-');
    if (dash < 0 || !time_read(text_slice(t, 0, (size_t)dash), &h->from))
        return false;
    text to = text_slice(t, (size_t)dash + 1, t.n);
    if (text_is(to, "24:00"))
        h->to = 24 * 60;
    else if (!time_read(to, &h->to))
        return false;
    return h->from < h->to;
}

const char *hours_read(arena *a, text t, hours *out)
{
    text days = word_cut(&t), times = word_cut(&t);
    out->zone = zone_utc();
    if (!days_read(days, &out->days))
        return "the days are not written as in `mon-fri` or `mon,wed`";
    if (!clock_span(times, out))
        return "the times are not written as in `08:00-18:00`";
    if (t.n && zone_load(a, t, &out->zone) != ZONE_OK)
        return "the time zone is not known";
    return NULL;
}

/* The hours of the civil day that holds t; false where nobody is there on it. */
static bool hours_of_day(const hours *h, instant t, interval *out)
{
    civil day = zone_civil(h->zone, t);
    if (!(h->days >> day.weekday & 1))
        return false;
    day.hour = day.minute = day.second = day.micro = 0;
    instant midnight = zone_instant(h->zone, &day);
    *out = (interval){midnight + h->from * MINUTE, midnight + h->to * MINUTE};
    return true;
}

bool hours_meet(const hours *h, interval span)
{
    interval at;
    for (instant t = span.start - DAY; t < span.end + DAY; t += DAY)
        if (hours_of_day(h, t, &at) && at.start < span.end && at.end > span.start)
            return true;
    return false;
}

bool hours_hold(const hours *h, interval span)
{
    interval at;
    return hours_of_day(h, span.start, &at) && at.start <= span.start && span.end <= at.end;
}

instant hours_next(const hours *h, instant t)
{
    interval at;
    for (instant day = t; day < t + 9 * DAY; day += DAY)
        if (hours_of_day(h, day, &at) && at.end > t)
            return at.start > t ? at.start : t;
    return t; /* cannot be: some day of the week has hours */
}
