/* image.c: owns reading a verified image: texts, packed columns, look-ups by binary search. */
#include "bytecode/image.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void image_free(image *i)
{
    if (!i)
        return;
    free(i->fact_types);
    free(i->memory);
    free(i);
}

text image_text(const image *i, uint32_t id)
{
    assert(id < i->texts);
    return (text){i->text_bytes + i->text_offset[id], i->text_offset[id + 1] - i->text_offset[id]};
}

text image_file(const image *i, uint32_t file)
{
    assert(file < i->files);
    const uint32_t *at = &i->file_offset[file];
    return (text){i->file_bytes + at[0], at[1] - at[0]};
}

static const image_column *column_of(const image *i, uint32_t table, uint32_t column)
{
    assert(table < i->table_count && column < i->tables[table].columns);
    return &i->columns[i->tables[table].first_column + column];
}

static uint64_t unpack(const uint8_t *p, uint16_t width, uint32_t at)
{
    uint64_t v = 0;
    if (width)
        memcpy(&v, p + (size_t)at * width, width);
    return v;
}

static size_t aligned(size_t n)
{
    return (n + 7) & ~(size_t)7;
}

static bool is_present(const image *i, const image_column *c, uint32_t row)
{
    return !c->present || (i->data[c->offset + row / 8] >> row % 8 & 1);
}

/* Where the values of a column begin, behind its presence bits. */
static const uint8_t *values_of(const image *i, const image_column *c, uint32_t rows)
{
    return i->data + c->offset + (c->present ? aligned(((size_t)rows + 7) / 8) : 0);
}

int64_t image_value(const image *i, uint32_t table, uint32_t column, uint32_t row)
{
    const image_column *c = column_of(i, table, column);
    assert(row < i->tables[table].rows && !c->list);
    if (!is_present(i, c, row))
        return QUANTITY_NONE;
    const uint8_t *v = values_of(i, c, i->tables[table].rows);
    return (int64_t)((uint64_t)c->base + unpack(v, c->width, row));
}

bool image_present(const image *i, uint32_t table, uint32_t column, uint32_t row)
{
    return is_present(i, column_of(i, table, column), row);
}

uint32_t image_list(const image *i, uint32_t table, uint32_t column, uint32_t row, uint32_t *first)
{
    const image_column *c = column_of(i, table, column);
    assert(row < i->tables[table].rows && c->list);
    const uint8_t *v = values_of(i, c, i->tables[table].rows);
    *first = row ? (uint32_t)unpack(v, c->width, row - 1) : 0;
    return (uint32_t)unpack(v, c->width, row) - *first;
}

int64_t image_element(const image *i, uint32_t table, uint32_t column, uint32_t at)
{
    const image_column *c = column_of(i, table, column);
    uint32_t rows = i->tables[table].rows;
    assert(at < c->elements);
    const uint8_t *v = values_of(i, c, rows) + aligned((size_t)rows * c->width);
    return (int64_t)((uint64_t)c->element_base + unpack(v, c->element_width, at));
}

text image_field_text(const image *i, uint32_t table, uint32_t column, uint32_t row)
{
    int64_t v = image_value(i, table, column, row);
    return v == QUANTITY_NONE ? (text){"", 0} : image_text(i, (uint32_t)v);
}

/* Rows of a table without a parent are sorted by name; of others only within a parent, so they are
 * searched one by one. */
uint32_t image_find_row(const image *i, uint32_t table, text name)
{
    uint32_t low = 0, high = i->tables[table].rows;
    if (!i->tables[table].columns)
        return NO_INDEX;
    if (i->tables[table].parent != NO_INDEX) {
        for (uint32_t row = 0; row < high; row++)
            if (text_equal(image_field_text(i, table, 0, row), name))
                return row;
        return NO_INDEX;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = text_compare(image_field_text(i, table, 0, middle), name);
        if (!order)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NO_INDEX;
}

uint32_t image_children(const image *i, uint32_t child_table, uint32_t parent_row, uint32_t *first)
{
    const image_table *t = &i->tables[child_table];
    assert(t->parent != NO_INDEX && parent_row < i->tables[t->parent].rows);
    const uint32_t *at = &i->words[t->parent_first + parent_row];
    *first = at[0];
    return at[1] - at[0];
}

uint32_t image_find_entry(const image *i, text name)
{
    for (uint32_t e = 0; e < i->entry_count; e++)
        if (text_equal(image_text(i, i->entries[e].name), name))
            return e;
    return NO_INDEX;
}
