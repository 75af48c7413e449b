/* render_live.h: progress of runs on stderr while they are driven: on a terminal a log with the
 * state of each run below it, elsewhere plain lines. */
#ifndef FERRY_CLI_RENDER_LIVE_H
#define FERRY_CLI_RENDER_LIVE_H

#include "base/calendar.h"
#include "cli/cli.h"
#include "vm/drive.h"

typedef struct {
    cli *c;
    const zone *zone;
    const host *host; /* for the time */
    int lines;        /* of the block on the screen */
    arena scratch;    /* of one call */
} live_view;

/* drive_options.progress; `self` is a live_view. */
void render_live(void *self, const drive *d, const journal_event *events, size_t n);
/* Takes the block off the screen. */
void render_live_end(live_view *v);

#endif
