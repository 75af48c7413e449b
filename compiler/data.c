/* data.c: rows: reading their fields, sorting them, handing them to the builder.
 *
 * Rows are sorted by name (channels below their customer), so that neither the order of blocks nor
 * the file they stand in changes the image.
 */
#include "compiler/data.h"
#include "bytecode/vocabulary.h"
#include "compiler/endpoint.h"
#include "compiler/expr.h"
#include "compiler/fields.h"
#include "compiler/modules.h"

#include <stdlib.h>
#include <string.h>

/* --- columns ------------------------------------------------------------------------------------
 */

void columns_init(compiler *c)
{
    uint32_t index[TABLE_FIXED] = {0};
    for (size_t i = 0; i < column_rows_count; i++) {
        const column_row *r = &column_rows[i];
        vec_push(&c->columns, (column_info){.table = r->table,
                                            .index = index[r->table]++,
                                            .only = -1,
                                            .name = text_of(r->name),
                                            .t = r->type,
                                            .required = (r->flags & COLUMN_REQUIRED) != 0,
                                            .list = (r->flags & COLUMN_LIST) != 0,
                                            .hidden = (r->flags & COLUMN_HIDDEN) != 0});
    }
}

const column_info *column_find(const compiler *c, uint32_t table, text name)
{
    for (size_t i = 0; i < c->columns.n; i++)
        if (c->columns.p[i].table == table && text_equal(c->columns.p[i].name, name))
            return &c->columns.p[i];
    return NULL;
}

size_t column_names(const compiler *c, uint32_t table, text *out, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < c->columns.n && n < room; i++)
        if (c->columns.p[i].table == table && !c->columns.p[i].hidden)
            out[n++] = c->columns.p[i].name;
    return n;
}

void unknown_column(compiler *c, uint32_t table, span at, text name)
{
    text candidates[64];
    size_t n = column_names(c, table, candidates, 63);
    if (table == TABLE_CUSTOMER)
        candidates[n++] = TEXT("contact");
    diagnostic *g = fault(c, DIAG_E0602, at, "%s%.*s has no field `%.*s`",
                          table < TABLE_FIXED ? "a " : "the table ", TEXT_ARG(table_text(c, table)),
                          TEXT_ARG(name));
    suggest(c, g, at, name, candidates, n);
}

/* --- rows
 * ----------------------------------------------------------------------------------------- */

row *row_of_table(compiler *c, uint32_t table, text name, span at)
{
    row *r = arena_new(c->memory, row);
    *r = (row){.name = text_copy(c->memory, name), .parent = -1, .at = at, .kind = -1};
    vec_push(&c->rows[table], r);
    return r;
}

row *row_new(compiler *c, uint32_t table, text name, span at)
{
    row *r = row_of_table(c, table, name, at);
    cell_text(c, r, 0, r->name);
    return r;
}

uint32_t row_final(const compiler *c, uint32_t table, int64_t index)
{
    (void)table;
    return (uint32_t)index;
}

row *row_by_final(const compiler *c, uint32_t table, uint32_t final)
{
    return final < c->rows[table].n ? c->rows[table].p[final] : NULL;
}

bool cell_given(const row *r, uint32_t column)
{
    for (size_t i = 0; i < r->cells.n; i++)
        if (r->cells.p[i].column == column)
            return true;
    return false;
}

/* Doubles from eight on, where nobody said how many there will be. */
void cells_expect(compiler *c, row *r, size_t n)
{
    cell *more = n > r->cells.room ? arena_array(c->memory, cell, n) : r->cells.p;
    if (more == r->cells.p)
        return;
    if (r->cells.n)
        memcpy(more, r->cells.p, r->cells.n * sizeof *more);
    r->cells.p = more;
    r->cells.room = n;
}

void cell_add(compiler *c, row *r, cell x)
{
    if (r->cells.n == r->cells.room)
        cells_expect(c, r, r->cells.room ? r->cells.room * 2 : 8);
    r->cells.p[r->cells.n++] = x;
}

void cell_raw(compiler *c, row *r, uint32_t column, int64_t raw)
{
    cell_add(c, r, (cell){.column = column, .value = raw});
}

/* A text as a row holds it. Each call gives another index, but elements of lists have one for equal
 * texts. */
static int64_t text_keep(compiler *c, text t)
{
    return build_text_view(c->b, t);
}

text text_kept(const compiler *c, int64_t id)
{
    return build_text_of(c->b, (uint32_t)id);
}

void cell_text(compiler *c, row *r, uint32_t column, text given)
{
    cell_raw(c, r, column, text_keep(c, given));
}

static int64_t raw_of(compiler *c, value v)
{
    return type_family(v.t) == 't' ? text_keep(c, v.string) : v.constant;
}

/* Texts in lists are words that recur, and are compared: equal ones have one index. */
static int64_t element_raw(compiler *c, value v)
{
    return type_family(v.t) == 't' ? build_text(c->b, v.string) : v.constant;
}

static void list_take(compiler *c, row *r, const column_info *col, node n)
{
    uint32_t count = ast_is(tree(c), n, NODE_LIST) ? ast_how_many(tree(c), n, ROLE_element) : 0;
    if (!ast_is(tree(c), n, NODE_LIST)) {
        diagnostic *g = fault_at(c, E0601, n, "`%.*s` takes a list: [ … ]", TEXT_ARG(col->name));
        if (ast_is(tree(c), n, NODE_TEXT) || ast_is(tree(c), n, NODE_NAME))
            diag_suggest(c->d, g, at_node(c, n),
                         text_format(c->memory, "[%.*s]", TEXT_ARG(ast_source_text(tree(c), n))),
                         "write it as a list of one");
        return;
    }
    int64_t *values = arena_array(c->memory, int64_t, count);
    uint32_t k = 0;
    ast_each_as(tree(c), n, ROLE_element, e)
    {
        bool bare = col->index == COLUMN_CHANNEL_FOLLOWS && col->table == TABLE_CHANNEL &&
                    ast_is(tree(c), e, NODE_NAME);
        value v =
            bare ? value_of_text(TYPE_TEXT, ast_name_text(tree(c), e)) : expect_const(c, e, col->t);
        if (v.kind != V_ERROR)
            values[k++] = element_raw(c, v);
    }
    cell_add(c, r, (cell){.column = col->index, .list = true, .values = values, .n = k});
}

static void revenue_take(compiler *c, row *r, const column_info *col, node n)
{
    value v = expr(c, n, TYPE_REVENUE);
    char currency[4];
    if (v.kind == V_ERROR)
        return;
    if (v.kind != V_CONST || type_id_of(v.t) != TYPE_REVENUE) {
        diagnostic *g = fault_at(c, E0601, n, "`%.*s` is money per year, this is %.*s",
                                 TEXT_ARG(col->name), TEXT_ARG(type_a(c, v.t)));
        if (type_id_of(v.t) == TYPE_MONEY && ast_is(tree(c), n, NODE_MONEY))
            diag_suggest(c->d, g, (span){ast_span(tree(c), n).end, ast_span(tree(c), n).end},
                         TEXT(" per year"), "add `per year`");
        else
            diag_help_add(c->d, g, "as in `4_200_000 EUR per year`");
        return;
    }
    cell_raw(c, r, col->index, v.constant);
    currency_text(type_parameter(v.t), currency);
    cell_raw(c, r, COLUMN_CUSTOMER_REVENUE_CURRENCY, build_text(c->b, text_of(currency)));
}

static void cell_read(compiler *c, row *r, const column_info *col, node n)
{
    if (cell_given(r, col->index) && col->index) {
        fault_at(c, E0121, n, "`%.*s` is given twice", TEXT_ARG(col->name));
        return;
    }
    if (col->list) {
        list_take(c, r, col, n);
        return;
    }
    if (type_id_of(col->t) == TYPE_REVENUE) {
        revenue_take(c, r, col, n);
        return;
    }
    if (type_id_of(col->t) == TYPE_ENDPOINT) {
        buffer b;
        buffer_init(&b);
        bool alarm = col->table == TABLE_ROLE;
        if (endpoint_json(c, n, alarm ? PLACE_ALARM : PLACE_ENDPOINT, &b))
            cell_text(c, r, col->index, text_copy(c->memory, buffer_view(&b)));
        buffer_release(&b);
        return;
    }
    if (ast_is(tree(c), n, NODE_NAME) && type_id_of(col->t) != TYPE_ENUM &&
        !decl_find(c->mod, ast_name(tree(c), n))) {
        fault_at(c, E0601, n, "`%.*s` is %.*s, not a word", TEXT_ARG(col->name),
                 TEXT_ARG(type_a(c, col->t)));
        return;
    }
    value v = expect_const(c, n, col->t);
    if (v.kind != V_ERROR && type_id_of(v.t) != T_ABSENT)
        cell_raw(c, r, col->index, raw_of(c, v));
}

void cell_take(compiler *c, row *r, const column_info *col, node n)
{
    cell_read(c, r, col, n);
    r->unread |= faulted_within(c, at_node(c, n)) || ast_is(tree(c), n, NODE_ERROR);
}

/* --- resources
 * ---------------------------------------------------------------------------- */

static void capacity_take(compiler *c, row *r, const fields *f)
{
    node n = field_value(c, f, FIELD_resource_capacity);
    if (n)
        cell_take(c, r, column_find(c, TABLE_RESOURCE, TEXT("capacity")), n);
}

void title_take(compiler *c, row *r, uint32_t column, node n)
{
    node title = ast_title(tree(c), n);
    if (!title)
        return;
    value v = expect_const(c, title, TYPE_TEXT);
    if (v.kind == V_CONST)
        cell_text(c, r, column, v.string);
}

static row *decl_row(compiler *c, decl *d, uint32_t table)
{
    row *r = row_new(c, table, name_text(c, d->name), d->place);
    r->of = d;
    return r;
}

static void resource_take(compiler *c, decl *d)
{
    row *r = decl_row(c, d, TABLE_RESOURCE);
    fields f;
    title_take(c, r, COLUMN_RESOURCE_TITLE, d->at);
    fields_read(c, BLOCK_resource, ast_body(tree(c), d->at), d->place, &f);
    capacity_take(c, r, &f);
    r->number = r->cells.n ? vec_last(&r->cells).value / UNIT_NUMBER : 0;
}

/* --- collecting
 * -------------------------------------------------------------------------------------------- */

/* The project's role in place of a standard one of the same name: whoever declares `operator` is
 * it. */
static decl *role_instead(const compiler *c, const decl *d)
{
    for (size_t m = 0; d->home->embedded && m < c->modules.n; m++) {
        decl *own = c->modules.p[m]->embedded ? NULL : decl_find(c->modules.p[m], d->name);
        if (own && own->kind == DECL_ROLE)
            return own;
    }
    return NULL;
}

static void roles_settle(compiler *c)
{
    for (size_t m = 0; m < c->modules.n; m++)
        for (size_t i = 0; i < c->modules.p[m]->decls.n; i++) {
            decl *d = c->modules.p[m]->decls.p[i];
            if (d->instead)
                d->row = d->instead->row;
        }
}

static void decl_collect(compiler *c, decl *d)
{
    switch (d->kind) {
    case DECL_ROLE:
        d->instead = role_instead(c, d);
        if (!d->instead)
            role_take(c, d);
        break;
    case DECL_RESOURCE: resource_take(c, d); break;
    case DECL_CONNECTOR: connector_take(c, d); break;
    case DECL_TABLE: table_take(c, d); break;
    default: break;
    }
}

static void files_collect(compiler *c, bool channels)
{
    ast_each(tree(c), tree(c)->root,
             n) if (ast_is(tree(c), n, channels ? NODE_CHANNELS : NODE_CUSTOMERS))
        rows_from(c, n, channels);
}

static int by_name(const void *a, const void *b)
{
    const row *x = *(row *const *)a, *y = *(row *const *)b;
    if (x->parent != y->parent)
        return x->parent < y->parent ? -1 : 1;
    return text_compare(x->name, y->name);
}

static void rows_sort(compiler *c, uint32_t table)
{
    if (c->rows[table].n)
        qsort(c->rows[table].p, c->rows[table].n, sizeof(row *), by_name);
    for (size_t i = 0; i < c->rows[table].n; i++) {
        row *r = c->rows[table].p[i];
        r->final = (uint32_t)i;
        if (r->of)
            r->of->row = (int64_t)i;
        const row *before = i ? c->rows[table].p[i - 1] : NULL;
        bool told = table == TABLE_CUSTOMER && before && (!before->of || !r->of);
        if (before && !told && before->parent == r->parent && text_equal(before->name, r->name)) {
            text what = table < TABLE_FIXED ? text_format(c->memory, "%ss", table_rows[table].name)
                                            : text_format(c->memory, "rows of `%.*s`",
                                                          TEXT_ARG(table_text(c, table)));
            diagnostic *g = fault(c, DIAG_E0605, r->at, "there are two %.*s named `%.*s`",
                                  TEXT_ARG(what), TEXT_ARG(r->name));
            diag_label_add(c->d, g, before->at, "the other one");
        }
    }
}

/* Channels point to their customer by its address until both lists are sorted. */
static void parents_settle(compiler *c)
{
    for (size_t i = 0; i < c->rows[TABLE_CHANNEL].n; i++) {
        row *r = c->rows[TABLE_CHANNEL].p[i];
        r->parent = r->owner->final;
    }
}

/* Sorted by their customers, the channels of one lie side by side. */
static void children_settle(compiler *c)
{
    for (size_t i = c->rows[TABLE_CHANNEL].n; i > 0; i--) {
        row *owner = c->rows[TABLE_CHANNEL].p[i - 1]->owner;
        owner->first = (uint32_t)i - 1;
        owner->count++;
    }
}

/* What customers name must stand before them as it does in the source: rows of another kind part them. */
static bool parts_customers(const decl *d)
{
    return d->kind == DECL_ROLE || d->kind == DECL_RESOURCE || d->kind == DECL_CONNECTOR ||
           d->kind == DECL_TABLE;
}

/* The customers from decls[from] on; *end is the first declaration behind them. */
static size_t customers_list(const module *m, size_t from, decl **out, size_t *end)
{
    size_t n = 0, i = from;
    for (; i < m->decls.n && !parts_customers(m->decls.p[i]); i++)
        if (m->decls.p[i]->kind == DECL_CUSTOMER && m->decls.p[i]->at)
            out[n++] = m->decls.p[i];
    *end = i;
    return n;
}

static void decls_collect(compiler *c)
{
    const module *m = c->mod;
    decl **customers = arena_array(c->memory, decl *, m->decls.n);
    for (size_t i = 0, end; i < m->decls.n; i = end + 1) {
        size_t n = customers_list(m, i, customers, &end);
        if (!customers_by_crew(c, customers, n))
            for (size_t k = 0; k < n; k++)
                customer_block(c, customers[k]);
        if (end < m->decls.n)
            decl_collect(c, m->decls.p[end]);
    }
}

void data_collect(compiler *c)
{
    for (size_t m = 0; m < c->modules.n; m++) {
        c->mod = c->modules.p[m];
        decls_collect(c);
        files_collect(c, false);
        files_collect(c, true);
    }
    c->mod = c->modules.p[0];
    for (uint32_t t = 0; t < TABLE_FIXED + c->tables.n; t++)
        if (t != TABLE_CHANNEL)
            rows_sort(c, t);
    roles_settle(c);
    roles_link(c);
    schema_defaults(c);
    parents_settle(c);
    rows_sort(c, TABLE_CHANNEL);
    children_settle(c);
    channel_checks(c);
}

/* --- building
 * ------------------------------------------------------------------------------------------------
 */

static void row_build(compiler *c, uint32_t table, const row *r)
{
    uint32_t at = build_row(c->b, table, r->parent >= 0 ? (uint32_t)r->parent : NO_INDEX);
    for (size_t i = 0; i < r->cells.n; i++) {
        const cell *x = &r->cells.p[i];
        if (x->list)
            build_set_list(c->b, table, at, x->column, x->values, x->n);
        else
            build_set(c->b, table, at, x->column, x->value);
    }
}

void data_build(compiler *c)
{
    for (uint32_t t = 0; t < TABLE_FIXED + c->tables.n; t++)
        for (size_t i = 0; i < c->rows[t].n; i++)
            row_build(c, t, c->rows[t].p[i]);
}
