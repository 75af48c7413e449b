/* inspect_numbers.h: what `ferry inspect` says of control numbers over all of its files. */
#ifndef FERRY_CLI_INSPECT_NUMBERS_H
#define FERRY_CLI_INSPECT_NUMBERS_H

#include "cli/cli.h"

#include "stdlib/inspect/x12_continuity.h"

/* Reads what --history names into `s`; CODE_ERRORS after a message. */
exit_code inspect_history(cli *c, x12_sequence *s);
/* Writes what is repeated, falls or is left out behind the files, as text or into the object that is
 * open. CODE_ERRORS where something is repeated or falls. */
exit_code inspect_numbers(cli *c, json_writer *w, x12_sequence *s);

#endif
