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

/* By row: "acme.orders" of a channel, since names of channels are those of their customer. */
static text *names_of(const comparison *x, const image *i)
{
    const image_table *t = &i->tables[x->table];
    text *names = arena_array(&x->d->c->memory, text, t->rows + 1);
    for (uint32_t k = 0; k < t->rows; k++)
        names[k] = image_field_text(i, x->table, 0, k);
    for (uint32_t p = 0; t->parent != NO_INDEX && p < i->tables[t->parent].rows; p++) {
        text owner = image_field_text(i, t->parent, 0, p);
        for (uint32_t k = i->words[t->parent_first + p]; k < i->words[t->parent_first + p + 1]; k++)
            names[k] =
                text_format(&x->d->c->memory, "%.*s.%.*s", TEXT_ARG(owner), TEXT_ARG(names[k]));
    }
    return names;
}

/* Rows are sorted, so it is mostly near where it is in the other image. */
static uint32_t row_named(const text *names, uint32_t rows, text name, uint32_t near)
{
    for (uint32_t n = 0; n < rows; n++)
        if (text_equal(names[(near + n) % rows], name))
            return (near + n) % rows;
    return NO_INDEX;
}

static void change(const comparison *x, text row, const char *what, text was, text is)
{
    diff_add(x->d, DIFF_DATA, NULL, NULL, what, was, is);
    vec_last(&x->d->changes).path =
        text_format(&x->d->c->memory, "%.*s %.*s",
                    TEXT_ARG(image_text(x->a, x->a->tables[x->table].name)), TEXT_ARG(row));
}

static void fields(const comparison *x, text row, uint32_t was, uint32_t is)
{
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
    uint32_t before = x->a->tables[x->table].rows, now = x->b->tables[x->table].rows, near = 0;
    const text *was = names_of(x, x->a), *is = names_of(x, x->b);
    bool *met = arena_array(&x->d->c->memory, bool, before + 1);
    for (uint32_t k = 0; k < now; k++) {
        uint32_t old = row_named(was, before, is[k], near);
        if (old == NO_INDEX) {
            change(x, is[k], "row", TEXT(""), is[k]);
            continue;
        }
        met[old] = true;
        near = old + 1;
        fields(x, is[k], old, k);
    }
    for (uint32_t k = 0; k < before; k++)
        if (!met[k])
            change(x, was[k], "row", was[k], TEXT(""));
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

void diff_windows(diff_list *d, const image *a, const image *b)
{
    comparison x = {d, a, b, TABLE_WINDOW};
    rows(&x);
}
