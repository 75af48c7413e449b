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

#include "base/intern.h"
#include "base/vec.h"
#include "stdlib/compare/compare.h"

typedef struct {
    text message;          /* lower case; names what it should have been */
    unsigned line, column; /* from 1, of `bytes`; column in bytes */
} rulebook_fault;

/* Adds the rules of a file to those in `o`, which stay in front: what the command line says comes
 * first. Texts live in `a`. false and a fault where the file is not of the form above. */
bool rulebook_read(arena *a, text bytes, compare_options *o, rulebook_fault *fault);

typedef struct rulebook_place rulebook_place;

/* Learns from one pair after the other what differs between two runs of legacy: noise by
 * definition. Its memory grows with the places that differ, not with the pairs. */
typedef struct {
    arena *memory;
    names refs;
    VEC(rulebook_place) places; /* by id of its reference, less 1 */
    size_t omitted;             /* differences that pairs did not keep */
} rulebook_learner;

void rulebook_learner_init(rulebook_learner *l, arena *a);
void rulebook_learner_release(rulebook_learner *l);
void rulebook_learn(rulebook_learner *l, const compare_pair *pair);
/* Rules under which all that was seen is noise, each typed by the narrowest bound that all
 * differences of its place keep to; what no bound fits, and money, is a comment. */
void rulebook_write_learned(rulebook_learner *l, buffer *out);

#endif
