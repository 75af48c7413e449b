/* signals.h: Ctrl-C and its kin become something a loop can look at.
 *
 * While installed, SIGINT, SIGTERM and SIGHUP only count up and make a pipe readable; the driver
 * stops at its next commit, at the second one without waiting for calls under way. SIGPIPE is
 * ignored, so that a reader of our output that goes away cannot end a migration.
 */
#ifndef FERRY_CLI_SIGNALS_H
#define FERRY_CLI_SIGNALS_H

#include <stdbool.h>

typedef struct {
    volatile const int *count; /* signals so far */
    int wake_fd;               /* readable after a signal */
} signal_watch;

/* Once a process. False when no pipe could be made. */
bool signals_watch(signal_watch *out);
/* The exit code that the first signal asks for: 130 or 143; 0 when none came. */
int signals_code(void);

#endif
