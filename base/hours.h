/* hours.h: when people are there: "mon-fri 08:00-18:00 America/Chicago". Days, a span of the clock,
 * a zone (UTC where it is left out), and nothing else. */
#ifndef FERRY_BASE_HOURS_H
#define FERRY_BASE_HOURS_H

#include "base/calendar.h"

typedef struct {
    unsigned days; /* bit 0: Monday */
    int from, to;  /* minutes of the day; from < to <= 24:00 */
    const zone *zone;
} hours;

/* NULL, or what is wrong with the text, as the end of a sentence. The zone lives in the arena. */
const char *hours_read(arena *a, text t, hours *out);
/* Whether some moment of the span lies inside; whether all of it does, within one day's hours. */
bool hours_meet(const hours *h, interval span);
bool hours_hold(const hours *h, interval span);
/* The first moment, t or later, at which people are there. */
instant hours_next(const hours *h, instant t);

#endif
