/* clock.c: see clock.h. */
#include "cli/clock.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool window_zone(cli *c, const image *i, uint32_t row, const zone **out)
{
    if (!i || row >= i->tables[TABLE_WINDOW].rows)
        return false;
    text rule = image_field_text(i, TABLE_WINDOW, COLUMN_WINDOW_RULE, row);
    json_document d;
    if (!json_read(&c->memory, rule, &d, NULL))
        return false;
    uint32_t n = json_member(&d, 0, TEXT("zone"));
    return n && zone_load(&c->memory, json_text(&c->memory, &d, n), out) == ZONE_OK;
}

/* TZ, else what /etc/localtime points to. */
static bool system_zone(cli *c, const zone **out)
{
    const char *name = getenv("TZ");
    if (name && *name == ':')
        name++;
    if (name && *name)
        return zone_load(&c->memory, text_of(name), out) == ZONE_OK;
    char link[256];
    ssize_t n = readlink("/etc/localtime", link, sizeof link - 1);
    if (n <= 0)
        return false;
    link[n] = 0;
    const char *found = strstr(link, "zoneinfo/");
    return found && zone_load(&c->memory, text_of(found + strlen("zoneinfo/")), out) == ZONE_OK;
}

const zone *clock_zone(cli *c, const image *i)
{
    const zone *z;
    if (window_zone(c, i, 0, &z) || system_zone(c, &z))
        return z;
    return zone_utc();
}

/* A program's windows are of that migration where it has no other. */
const zone *clock_zone_of(cli *c, const image *i, text migration)
{
    const zone *z;
    for (uint32_t k = 0; i && k < i->entry_count; k++)
        if (text_equal(image_text(i, i->entries[k].name), migration) &&
            (window_zone(c, i, i->entries[k].window, &z) ||
             (i->entry_count == 1 && window_zone(c, i, 0, &z))))
            return z;
    return clock_zone(c, NULL);
}

void clock_time(buffer *b, const zone *z, instant t)
{
    civil k = zone_civil(z, t);
    buffer_printf(b, "%02d:%02d", k.hour, k.minute);
}

void clock_seconds(buffer *b, const zone *z, instant t)
{
    civil k = zone_civil(z, t);
    buffer_printf(b, "%02d:%02d:%02d", k.hour, k.minute, k.second);
}

static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static void zone_letters(buffer *b, const zone *z, instant t)
{
    const char *letters = "";
    zone_offset(z, t, &letters);
    buffer_printf(b, " %s", letters);
}

void clock_full(buffer *b, const zone *z, instant t)
{
    civil k = zone_civil(z, t);
    buffer_printf(b, "%s %d %s %d %02d:%02d:%02d", days[k.weekday], k.day, months[k.month - 1],
                  k.year, k.hour, k.minute, k.second);
    zone_letters(b, z, t);
}

void clock_near(buffer *b, const zone *z, instant t, instant now)
{
    civil k = zone_civil(z, t), today = zone_civil(z, now);
    bool same = k.day == today.day && k.month == today.month && k.year == today.year;
    if (!same && llabs(t - now) < 6 * DAY)
        buffer_printf(b, "%s ", days[k.weekday]);
    else if (!same)
        buffer_printf(b, "%s %d %s ", days[k.weekday], k.day, months[k.month - 1]);
    buffer_printf(b, "%02d:%02d", k.hour, k.minute);
    zone_letters(b, z, t);
}

void clock_length(buffer *b, duration d)
{
    if (d == QUANTITY_NONE || d == QUANTITY_NA) {
        buffer_char(b, '-');
        return;
    }
    if (d < 0) {
        buffer_char(b, '-');
        d = -d;
    }
    duration unit = d >= 2 * DAY ? HOUR : d >= 10 * MINUTE ? MINUTE : d >= SECOND ? SECOND : 1000;
    duration_write(b, (d + unit / 2) / unit * unit);
}

instant clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (instant)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

/* 2027-03-13T22:00Z and 2027-03-13T22:00:30Z: what people shorten of an ISO instant. */
static bool read_utc(text t, instant *out)
{
    char copy[32];
    civil k;
    if (t.n < 17 || t.n > 20 || t.p[10] != 'T' || t.p[t.n - 1] != 'Z')
        return false;
    memcpy(copy, t.p, t.n);
    copy[10] = ' ';
    if (!date_time_read((text){copy, t.n - 1}, &k))
        return false;
    *out = zone_instant(zone_utc(), &k);
    return true;
}

bool clock_read(text t, const zone *z, instant *out)
{
    civil k;
    int minutes;
    if (instant_read_iso(t, out) || read_utc(t, out))
        return true;
    if (time_read(t, &minutes)) {
        k = zone_civil(z, clock_now());
        k.hour = minutes / 60;
        k.minute = minutes % 60;
        k.second = k.micro = 0;
    } else if (!date_time_read(t, &k) && !date_read(t, &k)) {
        return false;
    }
    *out = zone_instant(z, &k);
    return true;
}
