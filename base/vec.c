/* vec.c: the functions behind the macros of vec.h. */
#include "base/vec.h"

#include <stdint.h>
#include <string.h>

enum { LONG = 1 << 18 };

void *vec_resize(void *p, size_t *room, size_t size, size_t wanted)
{
    if (wanted > SIZE_MAX / 2 / size)
        memory_exhausted();
    p = realloc(p, wanted * size);
    if (!p)
        memory_exhausted();
    memory_expect(p, wanted * size);
    *room = wanted;
    return p;
}

void *vec_grow(void *p, size_t *room, size_t size)
{
    size_t wanted = *room ? *room * 2 : 8;
    if (wanted > SIZE_MAX / 2 / size)
        memory_exhausted();
    *room = wanted;
    return memory_resize(p, wanted * size);
}

void *vec_kept(arena *a, void *p, size_t n, size_t size, size_t align)
{
    void *out = NULL;
    if (n * size >= LONG) {
        out = memory_resize(p, n * size);
        arena_adopt(a, out);
        return out;
    }
    if (n)
        out = memcpy(arena_alloc(a, n * size, align), p, n * size);
    free(p);
    return out;
}
