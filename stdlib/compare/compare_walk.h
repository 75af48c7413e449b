/* compare_walk.h: two trees that are walked together. Shared by compare_tree.c and compare_long.c
 * only. */
#ifndef FERRY_STDLIB_COMPARE_WALK_H
#define FERRY_STDLIB_COMPARE_WALK_H

#include "stdlib/compare/align.h"
#include "stdlib/compare/compare_parts.h"

typedef struct {
    comparison *c;
    document_tree *l, *m;
} walk;

/* Keys of the children of two nodes, where the format says them when asked. */
typedef struct {
    comparison *c;
    document_tree *t[2];
    const uint32_t *list[2];
} asked_keys;

uint64_t walk_key(void *context, size_t item, bool modern); /* align_keys.of */

/* What two nodes must share to be namesakes. */
static inline uint64_t walk_called(const document_node *d)
{
    return (d->called ? d->called : text_hash(d->name)) + d->shape;
}

void walk_nodes(walk *w, uint32_t l, uint32_t m);
/* Takes the children of a node that was opened off again. */
void walk_close(document_tree *t, uint32_t node);

/* compare_long.c: compares the children of two nodes and returns true, where these are many and
 * little differs; else false, and nothing was done. */
bool walk_in_place(walk *w, uint32_t l, uint32_t m);

#endif
