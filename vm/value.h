/* value.h: what a register holds, and the heap behind its handles.
 *
 * A register is 64 bits without a tag; its type stands in its function. Quantities, words and rows
 * are the number itself. A text is the id of a pool text, or a handle of the heap:
 *
 *     bit 62 set: text of the heap      bit 61 set: list of the heap
 *     bits 40-60: length, in bytes of a text, in elements of a list
 *     bits  0-39: offset in the heap; of a list a multiple of 8, its elements are 8 bytes each
 *
 * QUANTITY_NA and QUANTITY_NONE are never handles (they are negative). A heap belongs to one fiber
 * (or to the facts); it only grows, and heap_copy moves what is alive to a fresh one. Handles may
 * come from a hostile snapshot: each look is checked against the heap, and a bad handle reads as
 * the empty text or list.
 */
#ifndef FERRY_VM_VALUE_H
#define FERRY_VM_VALUE_H

#include "bytecode/image.h"

#define HANDLE_TEXT   (INT64_C(1) << 62)
#define HANDLE_LIST   (INT64_C(1) << 61)
#define HANDLE_LENGTH INT64_C(0x1fffff)
#define HANDLE_OFFSET INT64_C(0xffffffffff)

/* Bytes of one heap. Beyond it the fiber fails (EXEC_MEMORY), as it does without fuel. */
enum { HEAP_LIMIT = 64 << 20 };

/* A zeroed heap is a valid empty one. `full` stays set once an allocation was refused. */
typedef struct {
    uint8_t *p; /* 8-aligned */
    size_t n, room;
    bool full;
} heap;

void heap_release(heap *h);
void heap_clear(heap *h); /* empties, keeps its memory */

/* The bytes of a text (json, secret name, endpoint) handle; empty where it is NA, none or bad. They
 * stay until the heap grows. */
text value_text(const image *i, const heap *h, int64_t handle);
/* The elements of a list handle; NULL and *n = 0 where it is NA, none, bad or empty. They stay
 * until the heap grows. */
const int64_t *value_list(const heap *h, int64_t handle, uint32_t *n);
static inline bool value_absent(int64_t v)
{
    return v == QUANTITY_NA || v == QUANTITY_NONE;
}

/* A text in the heap: its handle; NA when it is longer than the image's limit or the heap is full.
 * `t` may point into this heap. A text of the pool is never looked up: use its id if you have it.
 */
int64_t heap_text(const image *i, heap *h, text t);
/* A list of n elements, to be filled through *elements at once (they stay until the heap grows);
 * NA when n exceeds the image's limit or the heap is full. */
int64_t heap_list(const image *i, heap *h, uint32_t n, int64_t **elements);

/* Deep copy of a value of that type from one heap to another; NA where the target is full. */
int64_t value_copy(const image *i, const heap *from, heap *to, type_word type, int64_t v);
/* Equal by content: texts by bytes, lists element by element. */
bool value_equal(const image *i, const heap *h, type_word type, int64_t a, int64_t b);
/* As people read it (FMT): texts as they are, lists as "a, b", rows by name, everything else as
 * value_write; a secret as "(secret)". */
void value_format(const image *i, const heap *h, type_word type, int64_t v, buffer *out);

/* Normalising copies what is alive, value by value in the caller's order, from an old heap into a
 * fresh one, each content once: a text that the pool holds becomes its id, equal texts and equal
 * lists share one handle. So states that are equal by content are equal by bytes, and the copy is
 * never larger than what it was made from. */
typedef struct heap_copier heap_copier;
heap_copier *heap_copy_begin(const image *i, const heap *from, heap *to); /* `to` is emptied */
int64_t heap_copy_value(heap_copier *c, type_word type, int64_t v);
void heap_copy_end(heap_copier *c);

#endif
