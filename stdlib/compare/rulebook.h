/* rulebook.h: the rules of a comparison as a file that is reviewed like a program.
 *
 *     key: [BEG03]
 *     ignore: [GS05]
 *     constrain: {ISA13: increasing, BEG05: same_date, REF02: 'matches([A-Z]{2}-\d+)'}
 *     unordered: [REF]
 *     map:
 *       - {at: PO103, legacy: EA, modern: PCE}
 *
 * Each member may be missing; a lone text stands for a list of one. `at` of a mapping may be
 * missing: then the two values mean the same wherever they stand.
 */
#ifndef FERRY_STDLIB_RULEBOOK_H
#define FERRY_STDLIB_RULEBOOK_H

#include "stdlib/compare/compare.h"

typedef struct {
    text message;          /* lower case; names what it should have been */
    unsigned line, column; /* from 1, of `bytes`; column in bytes */
} rulebook_fault;

/* Adds the rules of a file to those in `o`, which stay in front: what the command line says comes
 * first. Texts live in `a`. false and a fault where the file is not of the form above. */
bool rulebook_read(arena *a, text bytes, compare_options *o, rulebook_fault *fault);

/* Rules under which the differences of a run are noise, each typed by the narrowest bound that all
 * of its differences keep to; what no bound fits, and money, is a comment. For a run of legacy
 * against legacy: what differs there is noise by definition. */
void rulebook_learn(const compare_result *r, buffer *out);

#endif
