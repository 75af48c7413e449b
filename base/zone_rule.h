/* zone_rule.h: the rule behind the last transition of a time zone: the footer of a TZif file, which
 * is the TZ string of POSIX with the extensions of RFC 8536 §3.3.1 (hours from -167 to 167). Used
 * by zone.c only. */
#ifndef FERRY_BASE_ZONE_RULE_H
#define FERRY_BASE_ZONE_RULE_H

#include "base/text.h"

typedef struct {
    int32_t offset; /* seconds east of UTC */
    const char *abbreviation;
} zone_type;

typedef enum { DAY_JULIAN, DAY_OF_YEAR, DAY_OF_MONTH } zone_day_kind;

/* A day of every year, and a time on it: "M3.2.0/2" is the second Sunday of March at 2:00. */
typedef struct {
    zone_day_kind kind;
    int day;         /* 1…365 without 29 February, 0…365, or 0 = Sunday … 6 */
    int month, week; /* of DAY_OF_MONTH; week 5 is the last */
    int32_t second;  /* local time before the change; may be negative or more than a day */
} zone_day;

typedef struct {
    zone_type standard, summer;
    bool has_summer;
    zone_day start, end; /* of summer time */
} zone_rule;

/* "CST6CDT,M3.2.0,M11.1.0" or "<+03>-3". The abbreviations are copied into the arena. */
bool zone_rule_read(arena *a, text footer, zone_rule *out);

/* The type in effect at `second` (since 1970-01-01T00:00Z), and the half-open range around it in
 * which it stays; INT64_MIN and INT64_MAX where it always was or will be. */
const zone_type *zone_rule_at(const zone_rule *r, int64_t second, int64_t *from, int64_t *until);

#endif
