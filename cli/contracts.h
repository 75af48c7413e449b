/* contracts.h: `ferry compare` of contracts: files paired by name, read, compared, shown. */
#ifndef FERRY_CLI_CONTRACTS_H
#define FERRY_CLI_CONTRACTS_H

#include "cli/folder.h"
#include "stdlib/contract/contract.h"

/* Whether these are contracts: the kind says so, or all files of a side begin as some, or
 * are parts of those. Of files that are only listed, no more is read than that takes. */
bool contracts_meant(cli *c, const folder_files *legacy, const folder_files *modern,
                     document_kind kind);

/* `detect`: the percent of defects that --prove-rules must find; 0: none is asked for.
 * CODE_ERRORS where a document cannot be read, CODE_DIFFERENT where a change is breaking or risky
 * and not ignored. */
exit_code contracts_compare(cli *c, const folder_files *legacy, const folder_files *modern,
                            document_kind kind, unsigned detect);

#endif
