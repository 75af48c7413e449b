/* intern.h: names as small numbers.
 *
 * A name that occurs a thousand times in a compilation is stored once and compared as a u32. Ids
 * are dense, start at 1 and are given in the order of first sight; 0 is no name. They are good for
 * one table only and never leave the process: what is stored or hashed is the text.
 */
#ifndef FERRY_BASE_INTERN_H
#define FERRY_BASE_INTERN_H

#include "base/text.h"

typedef struct {
    uint64_t key;    /* of a name of at most eight bytes, these bytes; of a longer one, its hash */
    uint32_t length; /* in bytes */
    uint32_t id;     /* 0: free */
} name_slot;

typedef struct {
    arena *memory;   /* holds the bytes */
    name_slot *slot; /* open addressing, linear probes, a power of two */
    text *text;      /* by id; [0] is the empty text */
    uint32_t count;  /* ids 1 … count are taken */
    uint32_t found;  /* of them can be found by their bytes: the others were appended */
    uint32_t mask;   /* slots - 1; 0 before the first name */
    uint32_t room;   /* of text */
} names;

void names_init(names *t, arena *memory);
void names_release(names *t);

/* The id of `name`, which is copied when it is new. */
uint32_t names_add(names *t, text name);
/* An id of its own for `name`, which is neither copied nor looked for: names_add and names_find do not
 * see it. For many that are hardly ever the same and are made one later, in order (text_sort.h). */
uint32_t names_append(names *t, text name);
/* The id of `name`, or 0 when it was never added. */
uint32_t names_find(const names *t, text name);
/* The bytes of a name; they live as long as the arena. The empty text for 0. */
static inline text names_text(const names *t, uint32_t id)
{
    return id && id <= t->count ? t->text[id] : TEXT("");
}

#endif
