/* rowset.h: which rows can come to a place: loops over data whose conditions are decided now. */
#ifndef FERRY_COMPILER_ROWSET_H
#define FERRY_COMPILER_ROWSET_H

#include "compiler/expr.h"

bool rowset_has(const rowset *s, const row *r);
/* The rows of its table among which those of the set lie: one, the channels of one customer, or
 * all. What looks at a set looks at these only: at all rows, a fleet costs the square of its size. */
typedef struct {
    size_t from, to;
} row_range;
row_range rowset_range(const compiler *c, const rowset *s);
/* The channels of the customer that this channel belongs to. */
row_range rowset_siblings(const compiler *c, const row *channel);
/* How many rows at most; -1 where that is not known. */
int64_t rowset_count(const compiler *c, const rowset *s);
/* Takes out what the `where` of a loop surely refuses; sets `some` where it may refuse more. */
void rowset_filter(compiler *c, node loop, rowset *s);
/* Whether the condition of an `if` surely holds: 1 or 0; -1 where only the run decides. Known are
 * constants, the arguments of a playbook among them, and the rows that can come here. */
int condition_known(compiler *c, node condition);
/* The row as a constant, for a walk that folds. */
value rowset_value(const row *r, uint32_t table);
/* The rows in the order in which a loop takes them: by its `by` where that is known now, else by
 * name; none before those it follows. At most `room`; returns how many.
 * *known: whether the loop will take them in this very order. */
size_t rowset_order(compiler *c, node loop, const rowset *s, const row **out, size_t room,
                    bool *known);
/* 0 for a channel that follows none of the set, else one more than the highest of those. */
unsigned rowset_rank(const compiler *c, const rowset *s, const row *r);

#endif
