/* inspect_ack.h: `ferry inspect FILE --ack KIND`: the acknowledgment that a file deserves. */
#ifndef FERRY_CLI_INSPECT_ACK_H
#define FERRY_CLI_INSPECT_ACK_H

#include "cli/folder.h"
#include "stdlib/document/format.h"

/* Writes one for each file, in their order, into c->result. CODE_ERRORS, after a message, at the
 * first file that is of another standard or has nothing to acknowledge. */
exit_code inspect_ack(cli *c, const folder_files *files, document_kind kind);

#endif
