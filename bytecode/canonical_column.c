/* canonical_column.c: owns packing: presence bits only where a row lacks the field, values as
 * distances from the least one, in the narrowest width that holds them. */
#include "bytecode/canonical.h"

#include <string.h>

/* Bytes that hold every value up to `most`. */
static uint16_t width_of(uint64_t most)
{
    return !most ? 0 : most <= UINT8_MAX ? 1 : most <= UINT16_MAX ? 2 : most <= UINT32_MAX ? 4 : 8;
}

static void pad(buffer *data)
{
    static const char zeros[8] = {0};
    buffer_add(data, zeros, -data->n & 7);
}

static void pack(buffer *data, const int64_t *v, size_t n, int64_t base, uint16_t width)
{
    for (size_t k = 0; k < n && width; k++) {
        uint64_t u = (uint64_t)v[k] - (uint64_t)base;
        buffer_add(data, &u, width);
    }
    pad(data);
}

typedef struct {
    int64_t least, most;
    size_t present;
} span;

/* Over values that are there; both 0 where none is. */
static span span_of(const int64_t *v, size_t n)
{
    span s = {INT64_MAX, INT64_MIN, 0};
    for (size_t k = 0; k < n; k++) {
        if (v[k] == QUANTITY_NONE)
            continue;
        s.present++;
        s.least = v[k] < s.least ? v[k] : s.least;
        s.most = v[k] > s.most ? v[k] : s.most;
    }
    return s.present ? s : (span){0};
}

static void emit_presence(buffer *data, const build_columns *from, uint32_t rows)
{
    for (uint32_t r = 0; r < rows; r += 8) {
        uint8_t bits = 0;
        for (uint32_t k = 0; k < 8 && r + k < rows; k++)
            bits |= (uint8_t)((build_value(from, r + k) != QUANTITY_NONE) << k);
        buffer_add(data, &bits, 1);
    }
    pad(data);
}

static void emit_list_column(canon *c, const build_columns *from, uint32_t rows, bool is_text,
                             image_column *to, buffer *data)
{
    int64_t *end = calloc((size_t)rows + 1, sizeof *end), total = 0;
    VEC(int64_t) element = {0};
    if (!end)
        memory_exhausted();
    for (uint32_t r = 0; r < rows; r++) {
        int64_t v = build_value(from, r);
        uint32_t n = v == QUANTITY_NONE ? 0 : (uint32_t)((uint64_t)v >> 32);
        for (uint32_t k = 0; k < n; k++) {
            int64_t e = from->element.p[(uint32_t)v + k];
            vec_push(&element, is_text ? canon_text(c, (uint32_t)e) : e);
        }
        end[r] = total += n;
    }
    span s = span_of(element.p, element.n);
    to->width = width_of((uint64_t)total);
    to->elements = (uint32_t)element.n;
    to->least = to->element_base = s.least;
    to->most = s.most;
    to->element_width = width_of((uint64_t)s.most - (uint64_t)s.least);
    pack(data, end, rows, 0, to->width);
    pack(data, element.p, element.n, s.least, to->element_width);
    vec_release(&element);
    free(end);
}

static void emit_scalar_column(canon *c, const build_columns *from, uint32_t rows, bool is_text,
                               image_column *to, buffer *data)
{
    int64_t *v = calloc((size_t)rows + 1, sizeof *v);
    if (!v)
        memory_exhausted();
    for (uint32_t r = 0; r < rows; r++) {
        v[r] = build_value(from, r);
        if (is_text && v[r] != QUANTITY_NONE)
            v[r] = canon_text(c, (uint32_t)v[r]);
    }
    span s = span_of(v, rows);
    for (uint32_t r = 0; r < rows; r++)
        if (v[r] == QUANTITY_NONE)
            v[r] = s.least;
    to->base = to->least = s.least;
    to->most = s.most;
    to->width = width_of((uint64_t)s.most - (uint64_t)s.least);
    pack(data, v, rows, s.least, to->width);
    free(v);
}

void canon_column(canon *c, const build_columns *from, uint32_t rows, image_column *to,
                  buffer *data)
{
    bool is_text = type_rows[TYPE_ID(from->type)].family == 't', absent = false;
    for (uint32_t r = 0; r < rows && !absent; r++)
        absent = build_value(from, r) == QUANTITY_NONE;
    *to = (image_column){.name = canon_text(c, from->name),
                         .type = canon_type(c, from->type),
                         .list = from->list,
                         .present = absent,
                         .offset = data->n};
    if (absent)
        emit_presence(data, from, rows);
    if (from->list)
        emit_list_column(c, from, rows, is_text, to, data);
    else
        emit_scalar_column(c, from, rows, is_text, to, data);
}
