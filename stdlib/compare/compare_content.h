/* compare_content.h: documents known by what they say, where no number tells them apart. Not for
 * use outside of compare*.c.
 *
 * Equal documents are paired first, then those that share most of their values (compare_values.c).
 * A shared value weighs by how rare it is among the documents at hand: what stands in each of them
 * (an address, a unit, a code) says little about which is which. Two documents are one when of all
 * that weight two thirds are shared (what both have, of what the two have together: Dice), and two
 * thirds of the values that tell each from its like; where nothing tells documents apart, or one of
 * them has a number of its own, CONTENT_MOST. So orders of one customer that differ in all that is
 * theirs stay two documents: one missing, one extra.
 *
 * The work is bounded: beyond CONTENT_ALL pairs only those are looked at that share a rare value,
 * at most CONTENT_TRIED for each document.
 */
#ifndef FERRY_STDLIB_COMPARE_CONTENT_H
#define FERRY_STDLIB_COMPARE_CONTENT_H

#include "stdlib/compare/compare_parts.h"

enum {
    CONTENT_ALL = 4096,    /* pairs that are all looked at */
    CONTENT_TRIED = 32,    /* beyond that: of one document of legacy */
    CONTENT_RARE = 16,     /* a value that no more documents of a side have is rare */
    CONTENT_VALUES = 4096, /* of one document; of more those with the smallest hashes */
    CONTENT_KNOWN = 256,   /* documents paired before, which show what is common */
    CONTENT_LEAST = 67,    /* percent */
    CONTENT_MOST = 85,
};

/* Documents of one type, none of which has a partner: units of each side, in order. */
typedef struct {
    const uint32_t *legacy, *modern;
    size_t legacies, moderns;
    compare_evidence as;
    bool belong;    /* something else says that they do: any likeness will do */
    bool keys_tell; /* two of them with two keys are two documents */
    bool alone;     /* paired documents of their type are not asked what is common */
} content_group;

/* Fills partner, evidence and alike of those that are paired. */
void content_pair(comparison *c, const content_group *g);

/* Marks modern documents of the type of `like` without key and partner that say exactly what one
 * with a partner says: they are there again. */
void content_mark_again(comparison *c, const unit *like);

/* Of one kind, type and list. */
bool content_alike(const unit *a, const unit *b);

#endif
