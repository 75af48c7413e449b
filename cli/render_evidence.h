/* render_evidence.h: the evidence of a simulation, under the event that names it. */
#ifndef FERRY_CLI_RENDER_EVIDENCE_H
#define FERRY_CLI_RENDER_EVIDENCE_H

#include "cli/cli.h"
#include "vm/journal.h"

/* A line of counts, then a line for each difference of the first pairs. Nothing where the event
 * names no evidence; says so where it is not kept. */
void render_evidence(cli *c, buffer *out, const terminal *t, journal *j, const journal_event *e);
/* Its document as it is kept; empty where there is none. */
text evidence_document(cli *c, journal *j, const journal_event *e);

#endif
