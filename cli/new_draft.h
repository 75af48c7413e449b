/* new_draft.h: the first draft of a customer's migration, ordered by its risk.
 *
 * Risk is that of the score, or the criticality less one where that is more. Low: everything that a
 * machine moves, in one night. Medium: one channel after the other, by rising risk, each watched
 * before the next. High and critical: the same, after a pilot that people have looked at; critical
 * also asks people to accept the risk. What people move comes last. `follows` goes before risk.
 * What nobody told is assumed, and says so.
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
bool new_by_machine(const image *i, uint32_t channel); /* else people move it */
const char *new_strategy(const assessed *a);           /* "big bang" … */

#endif
