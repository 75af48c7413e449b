/* value.c: owns handles and heaps: a bump buffer of bytes, lists aligned to 8, checked at each
 * look.
 */
#include "vm/value.h"

#include "bytecode/disasm.h"
#include "bytecode/vocabulary.h"

#include <stdlib.h>
#include <string.h>

void heap_release(heap *h)
{
    free(h->p);
    *h = (heap){0};
}

void heap_clear(heap *h)
{
    h->n = 0;
    h->full = false;
}

/* Room for n more bytes at a multiple of `align`; the offset, or -1 when the heap is full. Padding
 * is zeroed, because heaps are hashed. */
static int64_t heap_take(heap *h, size_t n, size_t align)
{
    size_t at = (h->n + align - 1) & ~(align - 1);
    if (at > HEAP_LIMIT || n > HEAP_LIMIT - at) {
        h->full = true;
        return -1;
    }
    if (at + n > h->room) {
        size_t room = h->room ? h->room * 2 : 256;
        while (room < at + n)
            room *= 2;
        uint8_t *p = realloc(h->p, room);
        if (!p)
            memory_exhausted();
        h->p = p;
        h->room = room;
    }
    if (at > h->n)
        memset(h->p + h->n, 0, at - h->n);
    h->n = at + n;
    return (int64_t)at;
}

/* The bytes behind a handle of that kind, or NULL; *length in its units. */
static const uint8_t *look(const heap *h, int64_t handle, int64_t kind, size_t unit,
                           uint32_t *length)
{
    *length = 0;
    if (handle < 0 || (handle & (HANDLE_TEXT | HANDLE_LIST)) != kind)
        return NULL;
    uint64_t n = (uint64_t)(handle >> 40 & HANDLE_LENGTH), at = (uint64_t)(handle & HANDLE_OFFSET);
    if (at > h->n || n * unit > h->n - at || at % unit || !n)
        return NULL;
    *length = (uint32_t)n;
    return h->p + at;
}

text value_text(const image *i, const heap *h, int64_t handle)
{
    uint32_t n;
    if (handle >= 0 && handle < i->texts)
        return image_text(i, (uint32_t)handle);
    const uint8_t *p = look(h, handle, HANDLE_TEXT, 1, &n);
    return p ? (text){(const char *)p, n} : (text){"", 0};
}

const int64_t *value_list(const heap *h, int64_t handle, uint32_t *n)
{
    return (const int64_t *)(const void *)look(h, handle, HANDLE_LIST, sizeof(int64_t), n);
}

int64_t heap_text(const image *i, heap *h, text t)
{
    if (t.n > i->limits->text || t.n > HANDLE_LENGTH)
        return QUANTITY_NA;
    bool own = h->p && (const uint8_t *)t.p >= h->p && (const uint8_t *)t.p < h->p + h->n;
    size_t from = own ? (size_t)((const uint8_t *)t.p - h->p) : 0;
    int64_t at = heap_take(h, t.n, 1);
    if (at < 0)
        return QUANTITY_NA;
    if (t.n)
        memcpy(h->p + at, own ? (const char *)h->p + from : t.p, t.n);
    return HANDLE_TEXT | (int64_t)t.n << 40 | at;
}

int64_t heap_list(const image *i, heap *h, uint32_t n, int64_t **elements)
{
    *elements = NULL;
    if (n > i->limits->list)
        return QUANTITY_NA;
    int64_t at = n ? heap_take(h, (size_t)n * sizeof **elements, sizeof **elements) : 0;
    if (at < 0)
        return QUANTITY_NA;
    if (n)
        *elements = (int64_t *)(void *)(h->p + at);
    return HANDLE_LIST | (int64_t)n << 40 | at;
}

static type_word element_type(const image *i, type_word list)
{
    return i->list_types[TYPE_PARAMETER(list)];
}

static int64_t copy_list(const image *i, const heap *from, heap *to, type_word type, int64_t v)
{
    uint32_t n;
    const int64_t *old = value_list(from, v, &n);
    int64_t *copy, list = heap_list(i, to, n, &copy);
    if (list == QUANTITY_NA || !n)
        return list;
    /* Copying an element may move the heap, so places are found anew each time. */
    memset(copy, 0, n * sizeof *copy);
    for (uint32_t k = 0; k < n; k++) {
        int64_t e = value_copy(i, from, to, element_type(i, type), old[k]);
        memcpy(to->p + (list & HANDLE_OFFSET) + k * sizeof e, &e, sizeof e);
    }
    return list;
}

int64_t value_copy(const image *i, const heap *from, heap *to, type_word type, int64_t v)
{
    char family = type_rows[TYPE_ID(type)].family;
    if (value_absent(v) || (family != 't' && family != 'l'))
        return v;
    if (family == 'l')
        return copy_list(i, from, to, type, v);
    return v >= 0 && v < i->texts ? v : heap_text(i, to, value_text(i, from, v));
}

bool value_equal(const image *i, const heap *h, type_word type, int64_t a, int64_t b)
{
    char family = type_rows[TYPE_ID(type)].family;
    if (a == b || value_absent(a) || value_absent(b))
        return a == b;
    if (family == 't')
        return text_equal(value_text(i, h, a), value_text(i, h, b));
    if (family != 'l')
        return false;
    uint32_t n, m;
    const int64_t *x = value_list(h, a, &n), *y = value_list(h, b, &m);
    if (n != m)
        return false;
    for (uint32_t k = 0; k < n; k++)
        if (!value_equal(i, h, element_type(i, type), x[k], y[k]))
            return false;
    return true;
}

void value_format(const image *i, const heap *h, type_word type, int64_t v, buffer *out)
{
    uint32_t n;
    if (TYPE_ID(type) == TYPE_SECRET && !value_absent(v)) {
        buffer_cstr(out, "(secret)");
        return;
    }
    char family = type_rows[TYPE_ID(type)].family;
    if (value_absent(v) || (family != 't' && family != 'l')) {
        value_write(i, type, v, out);
        return;
    }
    if (family == 't') {
        buffer_text(out, value_text(i, h, v));
        return;
    }
    const int64_t *x = value_list(h, v, &n);
    for (uint32_t k = 0; k < n && out->n <= (size_t)i->limits->text; k++) {
        buffer_cstr(out, k ? ", " : "");
        value_format(i, h, element_type(i, type), x[k], out);
    }
}
