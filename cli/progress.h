/* progress.h: how far long work is, on a terminal's last line; nothing elsewhere. */
#ifndef FERRY_CLI_PROGRESS_H
#define FERRY_CLI_PROGRESS_H

#include "base/calendar.h"
#include "cli/cli.h"

typedef struct {
    cli *c;
    const char *what; /* "compared" */
    instant started, shown;
    bool visible;
} progress;

/* Shows "12,345 of 100,000 compared, 8 s left" at most five times a second, from the second second
 * on. */
void progress_show(progress *p, size_t done, size_t all);
/* Shows a line at once, of what cannot say how far it is. */
void progress_say(progress *p, const char *line);
/* What is counted from now on is another thing: "compared". */
void progress_turn(progress *p, const char *what);
/* Takes the line away, before anything else is written. */
void progress_hide(progress *p);

#endif
