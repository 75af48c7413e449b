/* intern.c: see intern.h. Linear probing, at most half full. A short name, as nearly all are, stands in its slot:
 * a hit touches nothing else. */
#include "base/intern.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 256, SHORT = 8 };

void names_init(names *t, arena *memory)
{
    *t = (names){.memory = memory};
}

void names_release(names *t)
{
    free(t->slot);
    free(t->text);
    *t = (names){0};
}

static uint64_t key_of(text name)
{
    return name.n <= SHORT ? text_short(name) : text_hash(name);
}

static uint32_t place_of(const names *t, uint64_t key)
{
    return (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32) & t->mask;
}

/* The slot that holds `name`, else the free one where it belongs. */
static name_slot *seek(const names *t, text name, uint64_t key)
{
    for (uint32_t i = place_of(t, key);; i = (i + 1) & t->mask) {
        name_slot *s = &t->slot[i];
        bool same = s->key == key && s->length == name.n;
        if (!s->id || (same && (name.n <= SHORT || text_equal(t->text[s->id], name))))
            return s;
    }
}

static void grow_slots(names *t)
{
    uint32_t slots = t->mask ? (t->mask + 1) * 2 : FIRST_SLOTS;
    name_slot *old = t->slot;
    uint32_t n = t->mask ? t->mask + 1 : 0;
    /* Cleared by writing: where a fresh page is read first, as a search does, the kernel gives one that all
     * share and takes it back at the first write, with a message to each processor that runs a thread of ours. */
    t->slot = memset(memory_resize(NULL, slots * sizeof *t->slot), 0, slots * sizeof *t->slot);
    t->mask = slots - 1;
    for (uint32_t i = 0; i < n; i++)
        if (old[i].id)
            *seek(t, t->text[old[i].id], old[i].key) = old[i];
    free(old);
}

static void grow_texts(names *t)
{
    t->room = t->room ? t->room * 2 : FIRST_SLOTS;
    t->text = memory_resize(t->text, t->room * sizeof *t->text);
    t->text[0] = TEXT("");
}

uint32_t names_add(names *t, text name)
{
    if ((t->found + 1) * 2 > t->mask)
        grow_slots(t);
    uint64_t key = key_of(name);
    name_slot *s = seek(t, name, key);
    if (s->id)
        return s->id;
    *s = (name_slot){key, (uint32_t)name.n, names_append(t, text_copy(t->memory, name))};
    t->found++;
    return t->count;
}

uint32_t names_append(names *t, text name)
{
    if (t->count + 1 >= t->room)
        grow_texts(t);
    t->text[++t->count] = name;
    return t->count;
}

uint32_t names_find(const names *t, text name)
{
    return t->mask ? seek(t, name, key_of(name))->id : 0;
}
