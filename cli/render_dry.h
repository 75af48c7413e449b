/* render_dry.h: what a dry run set out to do, on stdout: each place of the program once in the
 * order in which it was reached, below it its gates, writes and ways back, and whom it would ask.
 *
 * JSON: {run, migration, program, state, events: [as `ferry events` has them]}.
 */
#ifndef FERRY_CLI_RENDER_DRY_H
#define FERRY_CLI_RENDER_DRY_H

#include "base/calendar.h"
#include "cli/cli.h"
#include "vm/drive.h"

typedef struct {
    cli *c;
    const zone *zone;
    const image *program;
    instant start;
    instant last; /* minute shown last */
    buffer path;  /* shown last */
    json_writer json;
} dry_view;

void render_dry_begin(dry_view *v, text migration);
/* drive_options.progress; `self` is a dry_view. */
void render_dry(void *self, const drive *d, const journal_event *events, size_t n);
void render_dry_end(dry_view *v); /* releases what begin took */

#endif
