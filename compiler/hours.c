/* hours.c: when people of a role are there: "mon-fri 08:00-18:00 America/Chicago".
 *
 * Days, a span of the clock, a zone (UTC where it is left out), and nothing else. A window and such
 * hours either meet or never do; of a recurring window the occurrences of a year count, so that the
 * verdict does not depend on the day of compiling.
 */
#include "compiler/hours.h"
#include "compiler/data.h"
#include "compiler/lower.h"

typedef struct {
    unsigned days; /* bit 0: Monday */
    int from, to;  /* minutes of the day; from < to */
    const zone *zone;
} hours;

/* --- reading
 * ----------------------------------------------------------------------------------------- */

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

static const char *hours_read(compiler *c, text t, hours *h)
{
    text days = word_cut(&t), times = word_cut(&t);
    h->zone = zone_utc();
    if (!days_read(days, &h->days))
        return "the days are not written as in `mon-fri` or `mon,wed`";
    if (!clock_span(times, h))
        return "the times are not written as in `08:00-18:00`";
    if (t.n && zone_load(c->memory, t, &h->zone) != ZONE_OK)
        return "the time zone is not known";
    return NULL;
}

bool hours_check(compiler *c, node n, text t)
{
    hours h;
    const char *why = hours_read(c, t, &h);
    if (!why)
        return true;
    diagnostic *g = fault_at(c, E0505, n, "no hours: %s", why);
    diag_help_add(c->d, g, "as in `\"mon-fri 08:00-18:00 America/Chicago\"`");
    return false;
}

/* --- against windows
 * --------------------------------------------------------------------------------- */

static bool meets(const hours *h, interval w)
{
    for (instant t = w.start - DAY; t < w.end + DAY; t += DAY) {
        civil day = zone_civil(h->zone, t);
        if (!(h->days >> day.weekday & 1))
            continue;
        day.minute = day.second = day.micro = 0;
        day.hour = 0;
        instant midnight = zone_instant(h->zone, &day);
        if (midnight + h->from * MINUTE < w.end && midnight + h->to * MINUTE > w.start)
            return true;
    }
    return false;
}

/* Text of a role's column, in the arena; empty where it has none. */
static text role_text(const compiler *c, const row *r, uint32_t column)
{
    for (size_t i = 0; i < r->cells.n; i++)
        if (r->cells.p[i].column == column)
            return c->texts.p[r->cells.p[i].value];
    return TEXT("");
}

static bool never_meets(compiler *c, const hours *h, uint32_t window)
{
    interval w;
    if (window_dated(c, window, &w))
        return !meets(h, w);
    instant t = civil_days(2027, 1, 1) * DAY, end = civil_days(2028, 1, 1) * DAY;
    while (t < end && window_after(c, window, t, &w)) {
        if (meets(h, w))
            return false;
        t = w.end;
    }
    return true;
}

void hours_warn(compiler *c, node at, value role)
{
    hours h;
    const row *r = role.kind == V_CONST && !role.unknown && role.constant >= 0
                       ? row_by_final(c, TABLE_ROLE, (uint32_t)role.constant)
                       : NULL;
    text t = r ? role_text(c, r, COLUMN_ROLE_HOURS) : TEXT("");
    if (!t.n || !c->in_window.start || c->window_row < 0 || c->generic || hours_read(c, t, &h) ||
        !never_meets(c, &h, (uint32_t)c->window_row))
        return;
    diagnostic *g =
        fault_at(c, W0501, at, "`%.*s` is not there while the window is open", TEXT_ARG(r->name));
    diag_label_add(c->d, g, c->in_window, "the window");
    diag_label_add(c->d, g, r->at, "its hours: %.*s", TEXT_ARG(t));
    diag_help_add(c->d, g, "ask before the window, or agree on the hours of that night");
}
