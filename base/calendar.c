/* calendar.c: civil dates, the texts of dates, times and durations, and windows. Zones are in
 * zone.c. */
#include "base/calendar.h"
#include "base/decimal.h"

/* Howard Hinnant, chrono-compatible low-level date algorithms: days_from_civil. */
int64_t civil_days(int year, int month, int day)
{
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719468;
}

bool civil_valid(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= days[month - 1] + (month == 2 && leap);
}

/* Exactly n digits at the front of *t. */
static bool take_digits(text *t, size_t n, int *out)
{
    *out = 0;
    if (t->n < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (t->p[i] < '0' || t->p[i] > '9')
            return false;
        *out = *out * 10 + (t->p[i] - '0');
    }
    *t = text_slice(*t, n, t->n);
    return true;
}

static bool take(text *t, char c)
{
    if (!t->n || t->p[0] != c)
        return false;
    *t = text_slice(*t, 1, t->n);
    return true;
}

static bool take_date(text *t, civil *c)
{
    *c = (civil){0};
    if (!take_digits(t, 4, &c->year) || !take(t, '-') || !take_digits(t, 2, &c->month) ||
        !take(t, '-') || !take_digits(t, 2, &c->day) || !civil_valid(c->year, c->month, c->day))
        return false;
    c->weekday = (int)((civil_days(c->year, c->month, c->day) + 3 + 7 * 200000) % 7);
    return true;
}

static bool take_minutes(text *t, civil *c)
{
    return take_digits(t, 2, &c->hour) && take(t, ':') && take_digits(t, 2, &c->minute) &&
           c->hour < 24 && c->minute < 60;
}

bool date_read(text t, civil *out)
{
    return take_date(&t, out) && t.n == 0;
}

bool date_time_read(text t, civil *out)
{
    return take_date(&t, out) && take(&t, ' ') && take_minutes(&t, out) && t.n == 0;
}

bool time_read(text t, int *minutes)
{
    civil c = {0};
    if (!take_minutes(&t, &c) || t.n)
        return false;
    *minutes = c.hour * 60 + c.minute;
    return true;
}

typedef struct {
    const char *name;
    duration length;
} duration_unit;

enum { UNITS = 6 };

static const duration_unit *units(void)
{
    static const duration_unit table[UNITS] = {{"w", WEEK},   {"d", DAY},    {"h", HOUR},
                                               {"m", MINUTE}, {"s", SECOND}, {"ms", SECOND / 1000}};
    return table;
}

/* One part at the front of *t, of a unit behind number `last`, which becomes its number. */
static bool take_part(text *t, int *last, int128 *sum)
{
    size_t n = 0, letters = 0;
    int128 v = 0;
    for (; n < t->n && n < 19 && t->p[n] >= '0' && t->p[n] <= '9'; n++)
        v = v * 10 + (t->p[n] - '0');
    while (n + letters < t->n && t->p[n + letters] >= 'a' && t->p[n + letters] <= 'z')
        letters++;
    text name = text_slice(*t, n, n + letters);
    int i = *last + 1;
    while (i < UNITS && !text_is(name, units()[i].name))
        i++;
    if (n == 0 || i >= UNITS)
        return false;
    *last = i;
    *sum += v * units()[i].length;
    *t = text_slice(*t, n + letters, t->n);
    return *sum <= QUANTITY_MAX;
}

bool duration_read(text t, duration *out)
{
    int last = -1;
    int128 sum = 0;
    if (!t.n)
        return false;
    while (t.n)
        if (!take_part(&t, &last, &sum))
            return false;
    *out = (duration)sum;
    return true;
}

void duration_write(buffer *out, duration d)
{
    if (d == QUANTITY_NA || d == QUANTITY_NONE || d == 0) {
        buffer_cstr(out, d == 0 ? "0s" : d == QUANTITY_NA ? "not available" : "none");
        return;
    }
    int64_t left = d < 0 ? -d : d;
    if (d < 0)
        buffer_char(out, '-');
    /* Weeks only where nothing is left over: "10d" reads better than "1w3d". */
    for (int i = left % WEEK ? 1 : 0; i < UNITS - 1; i++) {
        if (left >= units()[i].length)
            buffer_printf(out, "%lld%s", (long long)(left / units()[i].length), units()[i].name);
        left %= units()[i].length;
    }
    if (!left)
        return;
    decimal_write(out, left, 3);
    buffer_cstr(out, "ms");
}

void instant_write(buffer *out, const zone *z, instant t)
{
    static const char days[][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (t == QUANTITY_NA || t == QUANTITY_NONE) {
        buffer_cstr(out, t == QUANTITY_NA ? "not available" : "none");
        return;
    }
    const char *abbreviation;
    zone_offset(z, t, &abbreviation);
    civil c = zone_civil(z, t);
    buffer_printf(out, "%s %d %s %04d %02d:%02d %s", days[c.weekday], c.day, months[c.month - 1],
                  c.year, c.hour, c.minute, abbreviation);
}

void instant_write_iso(buffer *out, instant t)
{
    civil c = zone_civil(zone_utc(), t);
    buffer_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", c.year, c.month, c.day, c.hour,
                  c.minute, c.second, c.micro);
}

static bool take_fraction(text *t, int *micro)
{
    int place = 100000, digits = 0;
    for (*micro = 0; place && t->n && t->p[0] >= '0' && t->p[0] <= '9'; place /= 10, digits++) {
        *micro += place * (t->p[0] - '0');
        *t = text_slice(*t, 1, t->n);
    }
    return digits > 0;
}

bool instant_read_iso(text t, instant *out)
{
    civil c;
    if (!take_date(&t, &c) || !take(&t, 'T') || !take_minutes(&t, &c) || !take(&t, ':') ||
        !take_digits(&t, 2, &c.second) || c.second > 59 ||
        (take(&t, '.') && !take_fraction(&t, &c.micro)) || !take(&t, 'Z') || t.n)
        return false;
    *out = zone_instant(zone_utc(), &c);
    return true;
}

/* --- windows --- */

/* The moment `minute` minutes of the civil clock into a day. */
static instant day_minute(const zone *z, int64_t day, int minute)
{
    return zone_local(z, day * 86400 + minute * 60);
}

/* The recurring window that starts on a civil day. */
static interval window_on(const window_rule *w, const zone *z, int64_t day)
{
    int64_t last = day;
    if (w->kind == WINDOW_WEEKLY)
        last += (w->to_weekday - w->from_weekday + 7) % 7;
    if (last == day && w->to_minute <= w->from_minute)
        last += w->kind == WINDOW_WEEKLY ? 7 : 1;
    return (interval){day_minute(z, day, w->from_minute), day_minute(z, last, w->to_minute)};
}

bool window_next(const window_rule *w, const zone *z, instant t, interval *out)
{
    if (w->kind == WINDOW_DATED) {
        *out = (interval){zone_instant(z, &w->from), zone_instant(z, &w->to)};
        return out->start < out->end && t < out->end;
    }
    civil c = zone_civil(z, t);
    if (c.year < 1 || c.year > 9999)
        return false;
    int64_t today = civil_days(c.year, c.month, c.day);
    int step = w->kind == WINDOW_WEEKLY ? 7 : 1;
    int64_t day = today - (step == 1 ? 0 : (c.weekday - w->from_weekday + 7) % 7) - step;
    /* One that starts and ends in the same jump of the clocks is empty that day: hence a few tries.
     */
    for (int tries = 0; tries < 8; tries++, day += step) {
        *out = window_on(w, z, day);
        if (out->start < out->end && t < out->end)
            return true;
    }
    return false;
}
