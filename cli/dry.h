/* dry.h: `ferry run --dry-run`: the program itself walks, and no call is made. */
#ifndef FERRY_CLI_DRY_H
#define FERRY_CLI_DRY_H

#include "cli/program.h"

/* Drives the migration by the host of dry runs, in a store of its own that is gone afterwards, and
 * shows what it set out to do, with the arguments that are known before the night. CODE_DONE, or
 * CODE_REFUSED where it is known already that the run would not get to its end. */
exit_code dry_run(cli *c, const program *p, uint32_t entry);

#endif
