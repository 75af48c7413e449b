/* calendar.h: dates, zones and windows (IANA time zones from the system's TZif files, RFC 8536).
 *
 * An instant is microseconds since 1970-01-01T00:00Z (no leap seconds). A civil time is a date and
 * a time of day without a zone. Where a zone skips a civil time (clocks go forward) the instant is
 * the moment of the jump; where it repeats one, the first. This keeps a window that starts in the
 * gap from starting early, and makes its length the real one.
 */
#ifndef FERRY_BASE_CALENDAR_H
#define FERRY_BASE_CALENDAR_H

#include "base/text.h"

typedef int64_t instant;  /* microseconds since the epoch */
typedef int64_t duration; /* microseconds */

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define WEEK   (7 * DAY)

typedef struct {
    int year, month, day; /* proleptic Gregorian */
    int hour, minute, second;
    int micro;
    int weekday; /* 0 = Monday … 6 = Sunday; output only */
} civil;

typedef struct zone zone; /* one time zone; lives in the arena it was loaded into */

typedef enum { ZONE_OK, ZONE_UNKNOWN, ZONE_BROKEN } zone_status;
/* "Europe/Berlin", "UTC". Looks below $TZDIR, else /usr/share/zoneinfo; a name with a leading "/"
 * or anything but letters, digits and "_+-/" is unknown. A file that is no TZif file, or counts
 * leap seconds ("right/"), is broken. UTC is known without a file. *out is NULL unless ZONE_OK. */
zone_status zone_load(arena *a, text name, const zone **out);
/* The zone that a name which is none probably means, empty when none is near. */
text zone_nearest(arena *a, text wrong);
const zone *zone_utc(void);
text zone_name(const zone *z);

int64_t civil_days(int year, int month,
                   int day); /* days since 1970-01-01; Howard Hinnant's days_from_civil */
bool civil_valid(int year, int month, int day);
/* See the head of this file for gaps and repetitions. What is out of range gives QUANTITY_MIN or
 * QUANTITY_MAX; `weekday` is not read. */
instant zone_instant(const zone *z, const civil *c);
civil zone_civil(const zone *z, instant t);
int zone_offset(
    const zone *z, instant t,
    const char **abbreviation); /* seconds east of UTC; abbreviation lives as long as z */

/* The first moment at which the zone's clocks have gone so many seconds since their 1970-01-01 00:00,
 * or that of the jump over it. */
instant zone_local(const zone *z, int64_t seconds);

/* The first moment after t, and before `end`, at which the offset changes; `end` when there is
 * none. */
instant zone_next_change(const zone *z, instant t, instant end);

/* "2027-03-13", "2027-03-13 22:00", "22:00", "1h30m", "2d". false when malformed or out of range:
 * years 1 to 9999, hours 00 to 23. *out is defined only after true. */
bool date_read(text t, civil *out);
bool date_time_read(text t, civil *out);
bool time_read(text t, int *minutes);
bool duration_read(text t, duration *out); /* parts in falling order, each once: w d h m s ms */
/* The inverse of duration_read: "1h30m", "10d", "2w" (weeks only when whole); 0 is "0s". What the
 * language cannot write is still exact: "-1h", "1.25ms". QUANTITY_NA and QUANTITY_NONE of decimal.h
 * are "not available" and "none", here and in instant_write. */
void duration_write(buffer *out, duration d);
void instant_write(buffer *out, const zone *z, instant t); /* "Sat 13 Mar 2027 22:00 CST" */
void instant_write_iso(buffer *out, instant t);            /* "2027-03-14T04:00:00.000000Z" */
/* As written above; fewer digits of the fraction, or none, are allowed. */
bool instant_read_iso(text t, instant *out);

/* A recurring window that ends at or before the time of day at which it starts ends on the next
 * day, or in the next week. */
typedef enum { WINDOW_WEEKLY, WINDOW_DAILY, WINDOW_DATED } window_kind;
typedef struct {
    window_kind kind;
    int from_weekday, to_weekday; /* weekly */
    int from_minute, to_minute;   /* weekly and daily: minute of the civil day */
    civil from, to;               /* dated */
} window_rule;

typedef struct {
    instant start, end;
} interval;

/* The window that holds `t`, else the first that starts after it. false when there is none any more
 * (dated and past, dated and empty, or beyond the year 9999). The real length in microseconds is
 * end - start, daylight saving included. */
bool window_next(const window_rule *w, const zone *z, instant t, interval *out);

#endif
