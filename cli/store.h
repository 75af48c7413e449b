/* store.h: the store that a command means, and what to say when it cannot be used. */
#ifndef FERRY_CLI_STORE_H
#define FERRY_CLI_STORE_H

#include "cli/cli.h"
#include "vm/drive.h"
#include "vm/journal.h"

/* --store, else FERRY_STORE, else `.ferry` beside the playbook, else (playbook NULL) here. */
const char *store_path(cli *c, const char *playbook);

/* Says what is wrong and how to get out of it; CODE_REFUSED. */
exit_code store_fault(cli *c, journal_status s, const char *path, text why);

/* Opens the store for reading. CODE_DONE, or a code after a message. */
exit_code store_read(cli *c, journal **out);

/* The run of that name; NULL: the newest open one, else the newest. CODE_REFUSED and the nearest
 * names when there is none. */
exit_code store_run(cli *c, journal *j, const char *name, journal_run *out);

#endif
