/* driving.h: a store driven by this process: what `run` and `resume` share. */
#ifndef FERRY_CLI_DRIVING_H
#define FERRY_CLI_DRIVING_H

#include "cli/render_live.h"
#include "cli/signals.h"
#include "cli/store.h"
#include "vm/host_rehearsal.h"

typedef struct {
    cli *c;
    const char *store;
    host_live *live; /* one of the two, as the mode says */
    host_rehearsal *rehearsal;
    host host; /* of it */
    live_view view;
    signal_watch watch;
    drive *drive; /* NULL until driving_open */
} driving;

/* Takes the store with a host of that mode ("live", "rehearsal"). CODE_DONE, or a code after a
 * message. Close in any case. */
exit_code driving_open(cli *c, driving *v, const char *store, const char *mode, bool create);
/* Goes on until everything ended, parks or is interrupted; then reports on the run of that name
 * (empty: all that were open) and says how to go on. The command's exit code. */
exit_code driving_loop(driving *v, text run);
void driving_close(driving *v);
/* The code of a run that ended in `state`: one that went back before it set out to write anything
 * was only stopped. */
exit_code driving_end_code(journal *j, uint32_t run, text state);

#endif
