/* inspect_scan.h: what a file holds that it should not (comply.h), for people and as JSON. */
#ifndef FERRY_CLI_INSPECT_SCAN_H
#define FERRY_CLI_INSPECT_SCAN_H

#include "cli/cli.h"

#include "stdlib/comply/comply.h"

/* Findings and verdicts below the lines of the file. */
void inspect_scan_text(cli *c, const comply_report *r);

#endif
