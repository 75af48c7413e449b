/* data_file.c: scalars of data files become fields of rows.
 *
 * A scalar is read by Ferry's own parser as a constant of the field's type, with its positions in
 * the data file, so that the same checks speak and point there.
 */
#include "compiler/data_file.h"
#include "compiler/expr.h"
#include "compiler/modules.h"

#include <ctype.h>

static const column_info *column_for(compiler *c, uint32_t table, scalar key)
{
    const column_info *col = column_find(c, table, key.t);
    if (col && !col->hidden)
        return col;
    unknown_column(c, table, key.at, key.t);
    return NULL;
}

/* Parses the scalar and calls back with the current tree set to it. */
static void with_value(compiler *c, scalar s, row *r, const column_info *col)
{
    module own = {.file = NULL}, *here = c->mod;
    unsigned errors = c->d->errors;
    bool good = parse_value(&own.tree, s.t, s.at.start, &c->names, c->d, c->memory);
    r->unread |= c->d->errors > errors;
    if (good && c->d->errors == errors) {
        c->mod = &own;
        cell_take(c, r, col, ast_value(&own.tree, own.tree.root));
        c->mod = here;
    }
    ast_release(&own.tree);
}

static bool taken(compiler *c, const row *r, const column_info *col, scalar key)
{
    if (!cell_given(r, col->index))
        return false;
    fault(c, DIAG_E0121, key.at, "`%.*s` is given twice", TEXT_ARG(key.t));
    return true;
}

/* With the brackets around the value, and around its quotes where it has them. */
static void takes_list(compiler *c, scalar key, scalar s)
{
    diagnostic *g = fault(c, DIAG_E0601, s.at, "`%.*s` takes a list", TEXT_ARG(key.t));
    const source *file = source_of(c->sources, s.at.start);
    if (!file || !s.t.n || s.at.start <= file->base)
        return;
    char before = file->bytes.p[s.at.start - file->base - 1];
    uint32_t quotes = before == '"' || before == '\'';
    span all = {s.at.start - quotes, s.at.end + quotes};
    diag_suggest(c->d, g, all,
                 text_format(c->memory, "[%.*s]", TEXT_ARG(source_text(c->sources, all))),
                 "write it as a list of one");
}

static void cell_set(compiler *c, row *r, uint32_t table, scalar key, scalar value_of)
{
    const column_info *col = column_for(c, table, key);
    if (!col || taken(c, r, col, key))
        return;
    if (col->list)
        takes_list(c, key, value_of);
    else if (col->t == TYPE_TEXT)
        cell_text(c, r, col->index, value_of.t);
    else if (value_of.t.n)
        with_value(c, value_of, r, col);
    else
        fault(c, DIAG_E0601, value_of.at, "`%.*s` has no value", TEXT_ARG(key.t));
}

void file_cell(compiler *c, row *r, uint32_t table, scalar key, scalar value_of)
{
    unsigned errors = c->d->errors;
    cell_set(c, r, table, key, value_of);
    r->unread |= c->d->errors > errors;
}

static int64_t element_raw(compiler *c, const column_info *col, scalar s, bool *good)
{
    if (col->t == TYPE_TEXT)
        return build_text(c->b, s.t);
    int code = enum_code(col->t, s.t);
    if (code >= 0)
        return code;
    text member[32], low = text_format(c->memory, "%.*s", TEXT_ARG(s.t));
    size_t n;
    for (size_t i = 0; i < low.n; i++)
        ((char *)(uintptr_t)low.p)[i] = (char)tolower((unsigned char)low.p[i]);
    enum_members(col->t, member, &n);
    diagnostic *g = fault(c, DIAG_E0304, s.at, "`%.*s` is no %.*s", TEXT_ARG(s.t),
                          TEXT_ARG(type_text(c, col->t)));
    suggest(c, g, s.at, low, member, n);
    *good = false;
    return 0;
}

void file_list(compiler *c, row *r, uint32_t table, scalar key, const scalar *items, size_t n)
{
    const column_info *col = column_for(c, table, key);
    if (!col || taken(c, r, col, key))
        return;
    if (!col->list) {
        r->unread = true;
        fault(c, DIAG_E0601, key.at, "`%.*s` takes one value, not a list", TEXT_ARG(key.t));
        return;
    }
    bool good = true;
    int64_t *values = arena_array(c->memory, int64_t, n);
    for (size_t i = 0; i < n; i++)
        values[i] = element_raw(c, col, items[i], &good);
    cell_add(c, r,
             (cell){.column = col->index, .list = true, .values = values, .n = (uint32_t)n});
}

row *file_customer(compiler *c, scalar name)
{
    if (!name.t.n) {
        fault(c, DIAG_E0603, name.at, "a customer needs a `name`");
        return NULL;
    }
    decl *d = decl_add(c, c->mod, DECL_CUSTOMER, names_add(&c->names, name.t), 0, name.at);
    row *r = row_new(c, TABLE_CUSTOMER, name.t, name.at);
    if (d->place.start == name.at.start) /* not one that was there before */
        r->of = d;
    return r;
}

row *file_channel(compiler *c, row *customer, scalar name, scalar kind)
{
    if (!name.t.n || !kind.t.n) {
        fault(c, DIAG_E0603, name.at, "a channel needs a `%s`", name.t.n ? "kind" : "name");
        return NULL;
    }
    row *r = row_new(c, TABLE_CHANNEL, name.t, name.at);
    bool good = true;
    r->owner = customer;
    r->kind = (int)element_raw(c, column_find(c, TABLE_CHANNEL, TEXT("kind")), kind, &good);
    if (good)
        cell_raw(c, r, COLUMN_CHANNEL_KIND, r->kind);
    return r;
}

/* Rows that came since the last question are looked at now: who reads no channels from files pays nothing. */
row *customer_by_name(compiler *c, text name)
{
    for (; c->customers_seen < c->rows[TABLE_CUSTOMER].n; c->customers_seen++) {
        row *r = c->rows[TABLE_CUSTOMER].p[c->customers_seen];
        if (names_add(&c->customer_names, r->name) > c->customers_by_name.n)
            vec_push(&c->customers_by_name, r);
    }
    uint32_t id = names_find(&c->customer_names, name);
    return id ? c->customers_by_name.p[id - 1] : NULL;
}

/* --- the declarations
 * ------------------------------------------------------------------------------- */

source *file_named(compiler *c, node n)
{
    node from = ast_source(tree(c), n);
    text path = literal_text(tree(c), from, c->memory);
    source *file = project_file(c, c->mod, path, ast_span(tree(c), from));
    if (!file)
        return NULL;
    source_place(c->sources, (span){file->base, file->base}); /* makes the lines */
    if (text_ends(file->name, TEXT(".csv")) || file_is_yaml(file))
        return file;
    fault(c, DIAG_E0604, ast_span(tree(c), from), "a data file is named .yaml, .yml or .csv");
    return NULL;
}

bool file_is_yaml(const source *file)
{
    return text_ends(file->name, TEXT(".yaml")) || text_ends(file->name, TEXT(".yml"));
}

/* `customers from "x.csv" { wave number }`: columns that the schema does not have. */
static void added_columns(compiler *c, node n, uint32_t table)
{
    ast_each(tree(c), ast_body(tree(c), n), item)
    {
        if (!ast_is(tree(c), item, NODE_FIELD))
            continue;
        node type_node = ast_value(tree(c), item);
        type t = type_of_word(c, ast_name_text(tree(c), type_node));
        if (t == T_ERROR) {
            fault_at(c, E0211, type_node,
                     "a column's type is bool, number, percent, duration, rate "
                     "or text");
            continue;
        }
        column_add(c, table, ast_name_text(tree(c), item), t, ast_name_span(tree(c), item));
    }
}

void rows_from(compiler *c, node n, bool channels)
{
    added_columns(c, n, channels ? TABLE_CHANNEL : TABLE_CUSTOMER);
    source *file = file_named(c, n);
    if (!file)
        return;
    if (!file_is_yaml(file))
        csv_rows(c, file, channels);
    else if (channels)
        yaml_channels(c, file);
    else
        yaml_customers(c, file);
}
