/* clock.h: instants as people at the bridge read them: in the zone of the migration's window, else
 * in the system's, else in UTC. */
#ifndef FERRY_CLI_CLOCK_H
#define FERRY_CLI_CLOCK_H

#include "bytecode/image.h"
#include "cli/cli.h"

/* `i` may be NULL. Lives in c->memory. */
const zone *clock_zone(cli *c, const image *i);
/* The same for one migration of the program: never the zone of another's window. */
const zone *clock_zone_of(cli *c, const image *i, text migration);

void clock_time(buffer *b, const zone *z, instant t);    /* "23:43" */
void clock_seconds(buffer *b, const zone *z, instant t); /* "23:43:10" */
void clock_full(buffer *b, const zone *z, instant t);    /* "Sat 13 Mar 2027 23:43:10 CST" */
/* "23:43 CST", or with the day where it is not that of `now`: "Sun 04:10 CDT". */
void clock_near(buffer *b, const zone *z, instant t, instant now);
/* Rounded to what matters: "3h24m", "12m", "4s". */
void clock_length(buffer *b, duration d);
instant clock_now(void);

/* What --at may hold: an ISO instant; a date, a date and time, or a time of today, in `z`. */
bool clock_read(text t, const zone *z, instant *out);

#endif
