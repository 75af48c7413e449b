/* vec.h: a typed growing array on the heap.
 *
 *     VEC(uint32_t) jumps = {0};
 *     vec_push(&jumps, at);
 *     for (size_t i = 0; i < jumps.n; i++) patch(jumps.p[i]);
 *     vec_release(&jumps);
 *
 * A zeroed vec is a valid empty one. Pushing moves the elements: keep indices, not pointers.
 */
#ifndef FERRY_BASE_VEC_H
#define FERRY_BASE_VEC_H

#include "base/arena.h"

#include <stdlib.h>

#define VEC(T)                                                                                     \
    struct {                                                                                       \
        T *p;                                                                                      \
        size_t n, room;                                                                            \
    }

#define vec_push(v, ...)                                                                           \
    do {                                                                                           \
        if ((v)->n == (v)->room)                                                                   \
            (v)->p = vec_grow((v)->p, &(v)->room, sizeof *(v)->p);                                 \
        (v)->p[(v)->n] = (__VA_ARGS__); /* may read (v)->n: the index it gets */                   \
        (v)->n++;                                                                                  \
    } while (0)

/* Room for n elements at least. Room that is never used costs no memory, where it is large. */
#define vec_reserve(v, n)                                                                          \
    ((v)->p = vec_resize((v)->p, &(v)->room, sizeof *(v)->p,                                       \
                         (size_t)(n) > (v)->room ? (size_t)(n) : (v)->room))

/* Gives back room that is not used. */
#define vec_fit(v) ((v)->p = vec_resize((v)->p, &(v)->room, sizeof *(v)->p, (v)->n ? (v)->n : 1))

/* What it holds, in the arena: a long list is taken over as it lies, for a copy would cost as much
 * as filling it did; a short one is copied and freed. The vec is not to be used or released any
 * more. NULL when it is empty. */
#define vec_keep(a, v) vec_kept((a), (v)->p, (v)->n, sizeof *(v)->p, _Alignof(__typeof__(*(v)->p)))

#define vec_release(v) (free((v)->p), (v)->p = NULL, (v)->n = (v)->room = 0)
#define vec_clear(v)   ((void)((v)->n = 0))
#define vec_last(v)    ((v)->p[(v)->n - 1])
#define vec_pop(v)     ((v)->p[--(v)->n])

/* Sets *room, which is not 0, and returns the moved elements. Never NULL. */
void *vec_resize(void *p, size_t *room, size_t size, size_t wanted);
/* Doubles *room (at least 8) and returns the moved elements. Never NULL. */
void *vec_grow(void *p, size_t *room, size_t size);
void *vec_kept(arena *a, void *p, size_t n, size_t size, size_t align); /* of vec_keep */

#endif
