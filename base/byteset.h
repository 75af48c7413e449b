/* byteset.h: does a text hold only bytes of a set? Any set, 64 bytes at a time.
 *
 *     byteset s;
 *     byteset_clear(&s);
 *     s.has['A'] = true;  …
 *     byteset_finish(&s);
 *     size_t n = byteset_prefix(&s, t);     the first byte that is not of the set, or t.n
 *
 * A byte is two halves: a table by its low half gives eight bits, one for each of eight high
 * halves, and a second table the other eight. Two table look-ups of the processor's shuffle and one
 * for the bit of the high half so decide as many bytes as a register has, whatever the set.
 */
#ifndef FERRY_BASE_BYTESET_H
#define FERRY_BASE_BYTESET_H

#include "base/text.h"

typedef struct {
    bool has[256];
    uint8_t low[16], high[16]; /* by low half: bit h is byte h<<4 | half; high: halves from 8 on */
} byteset;

void byteset_clear(byteset *s);
void byteset_finish(byteset *s); /* makes the tables of `has` */
/* Length of the longest prefix of t with bytes of the set only. */
size_t byteset_prefix(const byteset *s, text t);
size_t byteset_prefix_scalar(const byteset *s, text t); /* what the others are tested against */

#endif
