/* normalise.c: owns copying what is alive from one heap to a fresh one, each content once. Copies
 * are found by a hash table over (kind, bytes): open addressing, linear probes, at most half full;
 * its hash never reaches the state. */
#include "vm/exec.h"

#include "bytecode/vocabulary.h"

#include <stdlib.h>
#include <string.h>

struct heap_copier {
    const image *i;
    const heap *from;
    heap *to;
    int64_t *slot; /* handles in `to`; 0 free (no handle is 0) */
    size_t slots, used;
};

heap_copier *heap_copy_begin(const image *i, const heap *from, heap *to)
{
    heap_copier *c = calloc(1, sizeof *c);
    if (!c)
        memory_exhausted();
    heap_clear(to);
    c->i = i;
    c->from = from;
    c->to = to;
    return c;
}

void heap_copy_end(heap_copier *c)
{
    free(c->slot);
    free(c);
}

/* The bytes behind a handle of the new heap. */
static text bytes_of(const heap_copier *c, int64_t handle)
{
    uint32_t n;
    if (handle & HANDLE_TEXT)
        return value_text(c->i, c->to, handle);
    const int64_t *p = value_list(c->to, handle, &n);
    return (text){(const char *)p, n * sizeof *p};
}

static int64_t *seek(const heap_copier *c, int64_t kind, text bytes)
{
    size_t mask = c->slots - 1, at = (text_hash(bytes) ^ (uint64_t)kind >> 60) & mask;
    for (;; at = (at + 1) & mask) {
        int64_t h = c->slot[at];
        if (!h || ((h & kind) && text_equal(bytes_of(c, h), bytes)))
            return &c->slot[at];
    }
}

static void grow(heap_copier *c)
{
    int64_t *old = c->slot;
    size_t n = c->slots;
    c->slots = n ? n * 2 : 64;
    c->slot = calloc(c->slots, sizeof *c->slot);
    if (!c->slot)
        memory_exhausted();
    for (size_t k = 0; k < n; k++)
        if (old[k])
            *seek(c, old[k] & (HANDLE_TEXT | HANDLE_LIST), bytes_of(c, old[k])) = old[k];
    free(old);
}

/* Pool texts are sorted. */
static int64_t find_pool_text(const image *i, text t)
{
    uint32_t low = 0, high = i->texts;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = text_compare(image_text(i, middle), t);
        if (!order)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

static int64_t copy_text(heap_copier *c, int64_t v)
{
    if (v >= 0 && v < c->i->texts)
        return v;
    text t = value_text(c->i, c->from, v);
    int64_t pool = find_pool_text(c->i, t);
    if (pool >= 0)
        return pool;
    int64_t *slot = seek(c, HANDLE_TEXT, t);
    if (!*slot) {
        *slot = heap_text(c->i, c->to, t);
        c->used++;
    }
    return *slot;
}

static int64_t copy_list(heap_copier *c, type_word type, int64_t v)
{
    uint32_t n;
    const int64_t *old = value_list(c->from, v, &n);
    if (!n)
        return HANDLE_LIST;
    int64_t *copy = calloc(n, sizeof *copy), *to;
    if (!copy)
        memory_exhausted();
    for (uint32_t k = 0; k < n; k++)
        copy[k] = heap_copy_value(c, c->i->list_types[TYPE_PARAMETER(type)], old[k]);
    int64_t *slot = seek(c, HANDLE_LIST, (text){(const char *)copy, n * sizeof *copy});
    if (!*slot) {
        int64_t list = heap_list(c->i, c->to, n, &to);
        if (list != QUANTITY_NA)
            memcpy(to, copy, n * sizeof *copy);
        *slot = list;
        c->used++;
    }
    free(copy);
    return *slot;
}

int64_t heap_copy_value(heap_copier *c, type_word type, int64_t v)
{
    char family = type_rows[TYPE_ID(type)].family;
    if (value_absent(v) || (family != 't' && family != 'l'))
        return v;
    if (c->used * 2 >= c->slots)
        grow(c);
    return family == 't' ? copy_text(c, v) : copy_list(c, type, v);
}

void exec_fiber_normalise(exec_fiber *f, const image *i)
{
    heap fresh = {0};
    heap_copier *c = heap_copy_begin(i, &f->heap, &fresh);
    for (uint32_t k = 0; k < f->frames; k++) {
        const image_function *row = &i->functions[f->frame[k].function];
        int64_t *reg = f->reg + f->frame[k].base;
        for (uint32_t r = 0; r < row->registers; r++)
            reg[r] = heap_copy_value(c, i->types[row->types + r], reg[r]);
    }
    heap_copy_end(c);
    heap_release(&f->heap);
    f->heap = fresh;
}
