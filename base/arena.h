/* arena.h: memory that is released whole.
 *
 * An arena is a chain of blocks; allocation bumps a pointer. Nothing is freed one by one: a
 * compilation, a command or a turn owns an arena and releases it at its end. Lifetime stands in the
 * signature: a function that takes `arena *` allocates its result there. Running out of memory is
 * not an error a caller could mend (the journal is durable at every commit), so it ends the process
 * with exit code 70 after one line on stderr; allocation therefore never returns NULL.
 */
#ifndef FERRY_BASE_ARENA_H
#define FERRY_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena_block;
struct arena_heap;

typedef struct {
    struct arena_block *head; /* newest block; blocks are chained from new to old */
    char *next, *end;         /* free room in the newest block */
    size_t total;             /* bytes in all blocks, for limits and tests */
    struct arena_heap *adopted;
} arena;

/* The S_init / S_release / S_clear verbs mean what they mean in git: init makes an empty one,
 * release frees what it holds and leaves it as init does, clear empties it but keeps its newest
 * block for reuse. A zeroed arena is a valid empty one. */
void arena_init(arena *a);
void arena_release(arena *a);
void arena_clear(arena *a);

/* Zeroed memory of `size` bytes, aligned to `align` (a power of two). size 0 gives a valid pointer.
 */
void *arena_alloc(arena *a, size_t size, size_t align);

/* A copy of n bytes followed by a NUL that does not count. */
char *arena_copy(arena *a, const void *bytes, size_t n);

/* Takes over what malloc or realloc gave: it is freed when the arena is released or cleared. For an
 * array that grew to hundreds of megabytes, where a copy would cost as much as filling it did. It
 * does not count in `total`; NULL is nothing. */
void arena_adopt(arena *a, void *heap);

/* Takes over n bytes that malloc or realloc gave and that nobody uses any more, as room for what is
 * allocated next: pages that the process has cost nothing, new ones a fault each. NULL is nothing. */
void arena_feed(arena *a, void *heap, size_t n);

/* Bytes in all blocks and in what was adopted, as far as the heap knows. */
size_t arena_held(const arena *a);

/* Zeroed array of n objects of type T. */
#define arena_array(a, T, n) ((T *)arena_alloc_array((a), (n), sizeof(T), _Alignof(T)))
#define arena_new(a, T)      ((T *)arena_alloc((a), sizeof(T), _Alignof(T)))

/* As arena_alloc for n objects of `size` bytes; an overflowing product ends the process as running
 * out of memory does. */
void *arena_alloc_array(arena *a, size_t n, size_t size, size_t align);

/* Says that p[0] … p[n) will be used soon and from end to end. Of what is large, large pages are
 * asked for: faulting in the nodes of a document of 60 MB by 4 KiB took longer than reading it. Arenas
 * ask for none: where a virtual machine gives free pages back to its host, each large one costs
 * milliseconds there. */
void memory_expect(void *p, size_t n);

/* Ends the process: one line on stderr, exit code 70. For allocators outside the arena (vec,
 * buffer). */
_Noreturn void memory_exhausted(void);
/* As realloc, and never NULL; p may be NULL. */
void *memory_resize(void *p, size_t size);

#endif
