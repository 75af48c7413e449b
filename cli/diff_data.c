/* diff_data.c: rows of two images, field by field. */
#include "cli/diff.h"

#include "bytecode/disasm.h"

typedef struct {
    diff_list *d;
    const image *a, *b;
    uint32_t table;
} comparison;

static text column_name(const image *i, uint32_t table, uint32_t column)
{
    return image_text(i, i->columns[i->tables[table].first_column + column].name);
}

static uint32_t column_of(const image *i, uint32_t table, text name)
{
    for (uint32_t k = 0; k < i->tables[table].columns; k++)
        if (text_equal(column_name(i, table, k), name))
            return k;
    return NO_INDEX;
}

static text shown(const comparison *x, const image *i, uint32_t column, uint32_t row)
{
    buffer b = {0};
    uint32_t first, table = x->table;
    if (column == NO_INDEX || row == NO_INDEX || !image_present(i, table, column, row))
        return TEXT("");
    const image_column *c = &i->columns[i->tables[table].first_column + column];
    if (!c->list) {
        value_write(i, c->type, image_value(i, table, column, row), &b);
    } else {
        uint32_t n = image_list(i, table, column, row, &first);
        for (uint32_t k = 0; k < n; k++) {
            buffer_cstr(&b, k ? ", " : "");
            value_write(i, c->type, image_element(i, table, column, first + k), &b);
        }
    }
    text t = text_copy(&x->d->c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

/* "acme.orders" of a channel: names of channels are those of their customer. */
static text name_of(const comparison *x, const image *i, uint32_t row)
{
    const image_table *t = &i->tables[x->table];
    text own = image_field_text(i, x->table, 0, row);
    for (uint32_t k = 0; t->parent != NO_INDEX && k < i->tables[t->parent].rows; k++)
        if (row >= i->words[t->parent_first + k] && row < i->words[t->parent_first + k + 1])
            return text_format(&x->d->c->memory, "%.*s.%.*s",
                               TEXT_ARG(image_field_text(i, t->parent, 0, k)), TEXT_ARG(own));
    return own;
}

static uint32_t row_named(const comparison *x, const image *i, text name, uint32_t near)
{
    uint32_t rows = i->tables[x->table].rows;
    for (uint32_t n = 0; n < rows; n++) {
        uint32_t k = (near + n) % rows; /* rows are sorted: it is not far */
        if (text_equal(name_of(x, i, k), name))
            return k;
    }
    return NO_INDEX;
}

static void change(const comparison *x, text row, const char *what, text was, text is)
{
    diff_add(x->d, DIFF_DATA, NULL, NULL, what, was, is);
    vec_last(&x->d->changes).path =
        text_format(&x->d->c->memory, "%.*s %.*s",
                    TEXT_ARG(image_text(x->a, x->a->tables[x->table].name)), TEXT_ARG(row));
}

static void fields(const comparison *x, uint32_t was, uint32_t is)
{
    text row = name_of(x, x->b, is);
    for (uint32_t k = 0; k < x->b->tables[x->table].columns; k++) {
        text name = column_name(x->b, x->table, k);
        uint32_t before = column_of(x->a, x->table, name);
        text old = shown(x, x->a, before, was), new = shown(x, x->b, k, is);
        if (!text_equal(old, new))
            change(x, row, text_copy(&x->d->c->memory, name).p, old, new);
    }
}

static void rows(const comparison *x)
{
    for (uint32_t k = 0; k < x->b->tables[x->table].rows; k++) {
        text name = name_of(x, x->b, k);
        uint32_t was = row_named(x, x->a, name, k);
        if (was == NO_INDEX)
            change(x, name, "row", TEXT(""), name);
        else
            fields(x, was, k);
    }
    for (uint32_t k = 0; k < x->a->tables[x->table].rows; k++)
        if (row_named(x, x->b, name_of(x, x->a, k), k) == NO_INDEX)
            change(x, name_of(x, x->a, k), "row", name_of(x, x->a, k), TEXT(""));
}

void diff_data(diff_list *d, const image *a, const image *b)
{
    static const uint32_t tables[] = {TABLE_CUSTOMER, TABLE_CHANNEL, TABLE_ROLE, TABLE_RESOURCE,
                                      TABLE_CONNECTOR};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        comparison x = {d, a, b, tables[i]};
        rows(&x);
    }
}
