/* new_draft.h: the first draft of a customer's migration: the standard lifecycle, its strategy
 * chosen by risk.
 *
 * Risk is that of the score, or the criticality less one where that is more: what the business
 * calls critical is moved with care, whatever its score. Low: big_bang. Medium: phased. High:
 * canary. Critical: parallel_run, behind people who accept the risk. No gateway is invented:
 * without one the steps of a machine are tasks of the operator. What nobody told is assumed, and
 * says so.
 */
#ifndef FERRY_CLI_NEW_DRAFT_H
#define FERRY_CLI_NEW_DRAFT_H

#include "cli/new_source.h"

typedef struct {
    text name, title, source; /* of the customer; the file it came from */
    const assessed *of;
    const new_names *channels;
} new_subject;

/* A whole file, not yet laid out. */
void new_draft(cli *c, buffer *b, const new_subject *s);
const char *new_strategy(const assessed *a); /* "big bang" … */

#endif
