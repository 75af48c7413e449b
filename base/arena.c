/* arena.c: see arena.h. Blocks double up to 1 MiB so that a small playbook costs one malloc and a
 * million lines cost few. Full-sized ones come from calloc: memory that the kernel has just cleared
 * is not cleared again. The first ones are cleared bit by bit: many arenas need a little of one. */
#include "base/arena.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FIRST_BLOCK = 16 << 10, LARGEST_BLOCK = 1 << 20, LARGE_PAGE = 2 << 20 };

struct arena_block {
    struct arena_block *older;
    size_t size; /* usable bytes that follow this header */
    bool zero;   /* those that nobody has yet are zero */
    _Alignas(max_align_t) char bytes[];
};

_Noreturn void memory_exhausted(void)
{
    static const char line[] =
        "ferry: out of memory; everything committed so far is safe, resume with more\n";
    ssize_t ignored = write(2, line, sizeof line - 1);
    (void)ignored;
    _exit(70);
}

void *memory_resize(void *p, size_t size)
{
    p = realloc(p, size);
    if (!p)
        memory_exhausted();
    return p;
}

void arena_init(arena *a)
{
    *a = (arena){0};
}

/* In the arena itself, so it goes with what it keeps. */
struct arena_heap {
    struct arena_heap *older;
    void *heap;
};

static void free_adopted(arena *a)
{
    for (struct arena_heap *h = a->adopted; h; h = h->older)
        free(h->heap);
    a->adopted = NULL;
}

static void free_blocks(struct arena_block *b)
{
    while (b) {
        struct arena_block *older = b->older;
        free(b);
        b = older;
    }
}

void arena_release(arena *a)
{
    free_adopted(a);
    free_blocks(a->head);
    arena_init(a);
}

void arena_clear(arena *a)
{
    if (!a->head)
        return;
    free_adopted(a);
    free_blocks(a->head->older);
    a->head->older = NULL;
    a->head->zero = false;
    a->next = a->head->bytes;
    a->end = a->head->bytes + a->head->size;
    a->total = a->head->size;
}

/* `size` bytes behind the header. */
static void push_block(arena *a, struct arena_block *b, size_t size, bool zero)
{
    b->zero = zero;
    b->older = a->head;
    b->size = size;
    a->head = b;
    a->next = b->bytes;
    a->end = b->bytes + size;
    a->total += size;
}

static void add_block(arena *a, size_t need)
{
    size_t size = a->head ? a->head->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    if (size < need)
        size = need;
    if (size > SIZE_MAX - sizeof *a->head)
        memory_exhausted();
    bool zero = size >= LARGEST_BLOCK;
    struct arena_block *b = zero ? calloc(1, sizeof *b + size) : malloc(sizeof *b + size);
    if (!b)
        memory_exhausted();
    push_block(a, b, size, zero);
}

void arena_feed(arena *a, void *heap, size_t n)
{
    if (heap && n >= sizeof *a->head + FIRST_BLOCK)
        push_block(a, heap, n - sizeof *a->head, false);
    else
        free(heap);
}

void *arena_alloc(arena *a, size_t size, size_t align)
{
    size_t pad = a->next ? (size_t)(-(uintptr_t)a->next & (align - 1)) : 0;
    if (!a->next || (size_t)(a->end - a->next) < pad || (size_t)(a->end - a->next) - pad < size) {
        if (size > SIZE_MAX / 2)
            memory_exhausted();
        add_block(a, size + align);
        pad = (size_t)(-(uintptr_t)a->next & (align - 1));
    }
    char *p = a->next + pad;
    a->next = p + size;
    return a->head->zero ? p : memset(p, 0, size);
}

void *arena_alloc_array(arena *a, size_t n, size_t size, size_t align)
{
    if (size && n > SIZE_MAX / size)
        memory_exhausted();
    return arena_alloc(a, n * size, align);
}

char *arena_copy(arena *a, const void *bytes, size_t n)
{
    char *p = arena_alloc(a, n + 1, 1);
    if (n)
        memcpy(p, bytes, n);
    return p;
}

void arena_adopt(arena *a, void *heap)
{
    if (!heap)
        return;
    struct arena_heap *h = arena_new(a, struct arena_heap);
    *h = (struct arena_heap){a->adopted, heap};
    a->adopted = h;
}

size_t arena_held(const arena *a)
{
    size_t n = a->total;
    for (const struct arena_heap *h = a->adopted; h; h = h->older)
        n += malloc_usable_size(h->heap);
    return n;
}

/* A hint: where the system has no large pages, it fails and nothing is lost. */
void memory_expect(void *p, size_t n)
{
    uintptr_t whole = ~(uintptr_t)(LARGE_PAGE - 1);
    uintptr_t from = ((uintptr_t)p + LARGE_PAGE - 1) & whole, to = ((uintptr_t)p + n) & whole;
    if (n > LARGE_PAGE && to > from)
        madvise((void *)from, to - from, MADV_HUGEPAGE);
}
