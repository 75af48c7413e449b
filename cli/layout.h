/* layout.h: the record layout that --layout names. */
#ifndef FERRY_CLI_LAYOUT_H
#define FERRY_CLI_LAYOUT_H

#include "cli/cli.h"
#include "stdlib/fixed/fixed_layout.h"

/* A file, or one that comes with Ferry by its name; NULL without the option. CODE_DONE, or
 * CODE_ERRORS after a message. */
exit_code layout_read(cli *c, const fixed_layout **out);

#endif
