/* align.h: which sibling of one side answers which of the other.
 *
 * Equal items are found first (common ends, then a longest common subsequence over prints), and
 * what is left between them is paired by name and key, then by name in order. Items declared
 * unordered are paired wherever they stand. The work is bounded: beyond ALIGN_CELLS cells of the
 * table, the subsequence is taken over items that occur once on each side (as patience sorting
 * does), in n log n.
 */
#ifndef FERRY_STDLIB_ALIGN_H
#define FERRY_STDLIB_ALIGN_H

#include "base/text.h"

typedef struct {
    uint64_t print; /* equal where the content is equal */
    uint64_t name;  /* only items of one name are paired */
    uint64_t key;   /* 0: no key. Two items of different keys are paired only as a last resort */
    bool unordered;
} align_item;

typedef struct {
    int32_t legacy, modern; /* indices; -1 where there is none */
    bool moved;             /* of an ordered item: paired, but its place among the others changed */
} align_match;

/* Keys that cost something are asked for when an item was not found by its print. */
typedef struct {
    uint64_t (*of)(void *context, size_t item, bool modern);
    void *context;
} align_keys;

enum { ALIGN_CELLS = 1 << 20 };

/* At most n + m matches in `out`, in legacy order, an extra one before the legacy item it stands
 * before in modern. Returns how many. Deterministic. */
size_t align_items(arena *a, const align_item *legacy, size_t n, const align_item *modern, size_t m,
                   align_match **out);
/* The same; keys NULL: the items have theirs. */
size_t align_items_keyed(arena *a, const align_item *legacy, size_t n, const align_item *modern,
                         size_t m, const align_keys *keys, align_match **out);

#endif
