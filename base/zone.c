/* zone.c: time zones from TZif files (RFC 8536), versions 1 to 4. A zone is a sorted table of
 * transitions and a rule for what comes after it. Both conversions ask one question: which type is
 * in effect at a moment, and from when until when. */
#include "base/calendar.h"
#include "base/decimal.h"
#include "base/source.h"
#include "base/zone_rule.h"

#include <stdlib.h>
#include <string.h>

struct zone {
    text name;
    uint32_t changes; /* transitions */
    int64_t *at;      /* seconds since the epoch, rising */
    uint8_t *becomes; /* index of the type from at[i] on */
    uint32_t types;
    zone_type *type; /* type[0] is in effect before the first transition */
    bool has_rule;   /* from the last transition on; without one the last type stays */
    zone_rule rule;
};

/* An instant reaches some 292,000 years from 1970; further out nothing need be computed. */
enum { YEAR_MOST = 300000 };

/* Seconds that no offset exceeds: RFC 8536 asks for -25 h < offset < 26 h. */
enum { OFFSET_MOST = 26 * 3600, ZONE_FILE_LARGEST = 1 << 20, ZONE_NAME_LONGEST = 128 };

const zone *zone_utc(void)
{
    static const zone utc = {.name = {"UTC", 3},
                             .has_rule = true,
                             .rule = {.standard = {.offset = 0, .abbreviation = "UTC"}}};
    return &utc;
}

text zone_name(const zone *z)
{
    return z->name;
}

/* --- the file --- */

typedef struct {
    uint32_t utc_flags, standard_flags, leaps, times, types, characters;
    unsigned char version;
} header;

enum { HEADER_SIZE = 44 };

static uint64_t big_endian(const char *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | (unsigned char)p[i];
    return v;
}

static int64_t time_at(const char *p, size_t width)
{
    uint64_t v = big_endian(p, width);
    return width == 4 ? (int32_t)v : (int64_t)v;
}

static bool read_header(text t, header *h)
{
    if (t.n < HEADER_SIZE || !text_starts(t, TEXT("TZif")))
        return false;
    uint32_t field[6];
    for (size_t i = 0; i < 6; i++)
        field[i] = (uint32_t)big_endian(t.p + 20 + 4 * i, 4);
    *h =
        (header){field[0], field[1], field[2], field[3], field[4], field[5], (unsigned char)t.p[4]};
    /* The largest counts of a sane file keep the sum of sizes within 32 bits. */
    return h->times <= 4096 && h->types >= 1 && h->types <= 256 && h->characters >= 1 &&
           h->characters <= 4096 && h->leaps <= 4096 && h->utc_flags <= 256 &&
           h->standard_flags <= 256;
}

static size_t body_size(const header *h, size_t width)
{
    return h->times * (width + 1) + h->types * 6 + h->characters + h->leaps * (width + 4) +
           h->standard_flags + h->utc_flags;
}

static bool read_types(arena *a, zone *z, const char *p, const char *names, uint32_t characters)
{
    char *copy = arena_copy(a, names, characters); /* followed by a NUL: every name ends */
    z->type = arena_array(a, zone_type, z->types);
    for (uint32_t i = 0; i < z->types; i++, p += 6) {
        int32_t offset = (int32_t)big_endian(p, 4);
        uint32_t name = (unsigned char)p[5];
        if (offset <= -OFFSET_MOST || offset >= OFFSET_MOST || name >= characters)
            return false;
        z->type[i] = (zone_type){offset, copy + name};
    }
    return true;
}

static bool read_body(arena *a, zone *z, const header *h, const char *p, size_t width)
{
    /* "right/" zones count leap seconds; an instant here does not. */
    if (h->leaps)
        return false;
    const char *becomes = p + h->times * width, *types = becomes + h->times;
    z->changes = h->times;
    z->types = h->types;
    z->at = arena_array(a, int64_t, h->times);
    z->becomes = (uint8_t *)arena_copy(a, becomes, h->times);
    for (uint32_t i = 0; i < h->times; i++) {
        z->at[i] = time_at(p + i * width, width);
        if (z->becomes[i] >= h->types || (i && z->at[i] <= z->at[i - 1]))
            return false;
    }
    return read_types(a, z, types, types + h->types * 6, h->characters);
}

static bool read_footer(arena *a, zone *z, text t)
{
    if (!text_starts(t, TEXT("\n")))
        return false;
    t = text_slice(t, 1, t.n);
    ptrdiff_t n = text_find(t, '\n');
    if (n < 0)
        return false;
    z->has_rule = n > 0;
    return n == 0 || zone_rule_read(a, text_slice(t, 0, (size_t)n), &z->rule);
}

static bool read_file(arena *a, zone *z, text t)
{
    header h;
    if (!read_header(t, &h) || t.n - HEADER_SIZE < body_size(&h, 4))
        return false;
    if (h.version == 0)
        return read_body(a, z, &h, t.p + HEADER_SIZE, 4);
    /* From version 2 on the same follows once more with 64-bit times, and then the footer. */
    t = text_slice(t, HEADER_SIZE + body_size(&h, 4), t.n);
    if (!read_header(t, &h) || t.n - HEADER_SIZE < body_size(&h, 8) ||
        !read_body(a, z, &h, t.p + HEADER_SIZE, 8))
        return false;
    return read_footer(a, z, text_slice(t, HEADER_SIZE + body_size(&h, 8), t.n));
}

/* Letters, digits and "_+-/": whatever else a name may hold, it is not a zone, and may be a path
 * that leads elsewhere. */
static bool plausible(text name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";
    for (size_t i = 0; i < name.n; i++)
        if (!name.p[i] || !strchr(allowed, name.p[i]))
            return false;
    return name.n && name.n <= ZONE_NAME_LONGEST && name.p[0] != '/';
}

zone_status zone_load(arena *a, text name, const zone **out)
{
    *out = NULL;
    if (text_is(name, "UTC")) {
        *out = zone_utc();
        return ZONE_OK;
    }
    if (!plausible(name))
        return ZONE_UNKNOWN;
    const char *folder = getenv("TZDIR");
    text path = text_format(a, "%s/%.*s", folder && *folder ? folder : "/usr/share/zoneinfo",
                            TEXT_ARG(name));
    text bytes;
    load_status loaded = file_load(a, path.p, ZONE_FILE_LARGEST, &bytes);
    if (loaded != LOAD_OK)
        return loaded == LOAD_MISSING || loaded == LOAD_NOT_A_FILE ? ZONE_UNKNOWN : ZONE_BROKEN;
    zone *z = arena_new(a, zone);
    z->name = text_copy(a, name);
    if (!read_file(a, z, bytes))
        return ZONE_BROKEN;
    *out = z;
    return ZONE_OK;
}

/* --- the two conversions --- */

/* Number of transitions at or before a moment. */
static uint32_t changes_until(const zone *z, int64_t second)
{
    uint32_t low = 0, high = z->changes;
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        if (z->at[mid] <= second)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static const zone_type *type_at(const zone *z, int64_t second, int64_t *from, int64_t *until)
{
    uint32_t past = changes_until(z, second);
    if (past == z->changes && z->has_rule) {
        const zone_type *type = zone_rule_at(&z->rule, second, from, until);
        if (past && *from < z->at[past - 1])
            *from = z->at[past - 1];
        return type;
    }
    *from = past ? z->at[past - 1] : INT64_MIN;
    *until = past < z->changes ? z->at[past] : INT64_MAX;
    return &z->type[past ? z->becomes[past - 1] : 0];
}

static int64_t floor_divide(int64_t n, int64_t d)
{
    return n / d - (n % d < 0);
}

int zone_offset(const zone *z, instant t, const char **abbreviation)
{
    int64_t from, until;
    const zone_type *type = type_at(z, floor_divide(t, SECOND), &from, &until);
    if (abbreviation)
        *abbreviation = type->abbreviation;
    return type->offset;
}

/* Year, month and day of a day count: the inverse of civil_days, by Howard Hinnant's
 * civil_from_days. Years begin in March here, eras have 400 of them. */
static void set_date(civil *c, int64_t days)
{
    days += 719468;
    int64_t era = floor_divide(days, 146097), day = days - era * 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    c->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    c->month = (int)(month < 10 ? month + 3 : month - 9);
    c->year = (int)(year + era * 400 + (c->month <= 2));
}

civil zone_civil(const zone *z, instant t)
{
    civil c;
    int64_t local = floor_divide(t, SECOND) + zone_offset(z, t, NULL);
    int64_t days = floor_divide(local, 86400);
    int second = (int)(local - days * 86400);
    set_date(&c, days);
    c.hour = second / 3600;
    c.minute = second / 60 % 60;
    c.second = second % 60;
    c.micro = (int)((t % SECOND + SECOND) % SECOND);
    c.weekday = (int)(days + 3 - floor_divide(days + 3, 7) * 7); /* 1970-01-01 was a Thursday */
    return c;
}

/* The first moment at which the zone's clocks show `local`, or that of the jump over it. The ranges
 * of constant offset are walked in order from before any moment that could be it. */
static int64_t first_moment(const zone *z, int64_t local, bool *jumped)
{
    int64_t at = local - OFFSET_MOST, from, until;
    for (;;) {
        const zone_type *type = type_at(z, at, &from, &until);
        int64_t moment = local - type->offset;
        *jumped = moment < from;
        if (*jumped)
            return from;
        if (moment < until)
            return moment;
        at = until;
    }
}

instant zone_instant(const zone *z, const civil *c)
{
    if (c->year < -YEAR_MOST || c->year > YEAR_MOST)
        return c->year < 0 ? QUANTITY_MIN : QUANTITY_MAX;
    int64_t local =
        civil_days(c->year, c->month, c->day) * 86400 + c->hour * 3600 + c->minute * 60 + c->second;
    bool jumped;
    int64_t second = first_moment(z, local, &jumped), t;
    if (__builtin_mul_overflow(second, SECOND, &t) ||
        __builtin_add_overflow(t, jumped ? 0 : c->micro, &t))
        return second < 0 ? QUANTITY_MIN : QUANTITY_MAX;
    return t;
}

instant zone_local(const zone *z, int64_t seconds)
{
    bool jumped;
    return first_moment(z, seconds, &jumped) * SECOND;
}

instant zone_next_change(const zone *z, instant t, instant end)
{
    int64_t from, moment, last = floor_divide(end - 1, SECOND);
    const zone_type *type = type_at(z, floor_divide(t, SECOND), &from, &moment);
    int32_t offset = type->offset;
    while (moment <= last) {
        int64_t until;
        if (type_at(z, moment, &from, &until)->offset != offset)
            return moment * SECOND;
        moment = until; /* another abbreviation only */
    }
    return end;
}
