/* inspect_chains.h: what `ferry inspect --chains` says of orders and what answers them. */
#ifndef FERRY_CLI_INSPECT_CHAINS_H
#define FERRY_CLI_INSPECT_CHAINS_H

#include "cli/cli.h"

#include "stdlib/inspect/chain.h"

/* Writes how far the orders have come, and what is broken, behind the files, as text or into the
 * object that is open. CODE_ERRORS where something is broken. */
exit_code inspect_chains(cli *c, json_writer *w, const chain *links);

#endif
