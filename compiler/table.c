/* table.c: `table users from "users.csv" { key user … }`: rows that a program brings along.
 *
 * A table is a list of rows in the order of its key, with named fields of the types its block says;
 * `users["u1001"]` is the row with that key. In the image the key is the first column, by the name
 * "#key": column names are sorted, and nothing that a program can name sorts before it.
 */
#include "compiler/data_file.h"
#include "compiler/expr.h"
#include "compiler/modules.h"
#include "bytecode/vocabulary.h"

typedef struct {
    compiler *c;
    decl *of;
    uint32_t table;
    const column_info *key;
} filling;

/* --- the block
 * --------------------------------------------------------------------------------------- */

static bool key_named(compiler *c, decl *d, text *out)
{
    node found = 0;
    ast_each(tree(c), ast_body(tree(c), d->at), n)
    {
        if (!ast_is(tree(c), n, NODE_FIELD) || !text_is(ast_name_text(tree(c), n), "key"))
            continue;
        if (found)
            fault_at(c, E0121, n, "`key` is given twice");
        found = n;
    }
    node name = found ? ast_value(tree(c), found) : 0;
    if (!found)
        fault(c, DIAG_E0122, d->place,
              "a table needs the field `key`: by which its rows are found");
    else if (!ast_is(tree(c), name, NODE_NAME))
        fault_at(c, E0124, name, "`key` takes the name of one of its columns");
    *out = found ? ast_name_text(tree(c), name) : TEXT("");
    return found && ast_is(tree(c), name, NODE_NAME);
}

static type column_type(compiler *c, node n, bool *list)
{
    *list = ast_is(tree(c), n, NODE_LIST) && ast_how_many(tree(c), n, ROLE_element) == 1;
    node word = *list ? ast_element(tree(c), n) : n;
    type t =
        ast_is(tree(c), word, NODE_NAME) ? type_of_word(c, ast_name_text(tree(c), word)) : T_ERROR;
    if (t == T_ERROR)
        fault_at(c, E0211, n,
                 "a column's type is bool, number, percent, duration, rate, date or "
                 "text, or a list of one: [text]");
    return t;
}

static bool column_declare(compiler *c, uint32_t table, node n, text key)
{
    bool list;
    text name = ast_name_text(tree(c), n);
    span at = ast_name_span(tree(c), n);
    type t = column_type(c, ast_value(tree(c), n), &list);
    if (t == T_ERROR)
        return false;
    if (column_find(c, table, name)) {
        fault(c, DIAG_E0202, at, "the column `%.*s` is there already", TEXT_ARG(name));
        return false;
    }
    bool is_key = text_equal(name, key);
    if (is_key && (t != TYPE_TEXT || list)) {
        fault_at(c, E0301, ast_value(tree(c), n), "a key is a text");
        return false;
    }
    text stored = is_key ? text_format(c->memory, "#%.*s", TEXT_ARG(name)) : name;
    vec_push(&c->columns, (column_info){.table = table,
                                        .index = build_column(c->b, table, stored, t, list),
                                        .name = text_copy(c->memory, name),
                                        .t = t,
                                        .list = list,
                                        .required = is_key,
                                        .only = -1,
                                        .home = c->mod});
    return true;
}

static bool columns_declare(compiler *c, decl *d, uint32_t table, text key)
{
    bool good = true;
    ast_each(tree(c), ast_body(tree(c), d->at), n)
    {
        if (ast_is(tree(c), n, NODE_FIELD) && !text_is(ast_name_text(tree(c), n), "key"))
            good &= column_declare(c, table, n, key);
        else if (!ast_is(tree(c), n, NODE_FIELD) && !ast_is(tree(c), n, NODE_ERROR))
            fault_at(c, E0123, n, "in a table stand `key` and its columns: `device text`");
    }
    if (!good || column_find(c, table, key))
        return good;
    text known[64];
    size_t n = column_names(c, table, known, 64);
    diagnostic *g = fault(c, DIAG_E0206, d->place, "this table has no column `%.*s` to be its key",
                          TEXT_ARG(key));
    suggest(c, g, d->place, key, known, n);
    return false;
}

/* --- its rows
 * ---------------------------------------------------------------------------------------- */

static const data_entry *entry_named(const data_entry *e, size_t n, text name)
{
    for (size_t i = 0; i < n; i++)
        if (text_equal(e[i].key.t, name))
            return &e[i];
    return NULL;
}

static void entry_take(filling *to, row *r, const data_entry *e)
{
    scalar items[DATA_COLUMNS];
    const column_info *col = column_find(to->c, to->table, e->key.t);
    if (e->list || (col && col->list && e->n == 1)) {
        size_t n = e->list ? e->n : csv_list(e->items[0], items, DATA_COLUMNS);
        file_list(to->c, r, to->table, e->key, e->list ? e->items : items, n);
    } else
        file_cell(to->c, r, to->table, e->key, e->items[0]);
}

static void see_row(void *self, const data_entry *e, size_t n, span at)
{
    filling *to = self;
    const data_entry *key = entry_named(e, n, to->key->name);
    if (!key || key->list || !key->items[0].t.n) {
        fault(to->c, DIAG_E0603, at, "a row of `%.*s` needs a `%.*s`",
              TEXT_ARG(name_text(to->c, to->of->name)), TEXT_ARG(to->key->name));
        return;
    }
    row *r = row_of_table(to->c, to->table, key->items[0].t, key->items[0].at);
    cell_text(to->c, r, to->key->index, r->name);
    for (size_t i = 0; i < n; i++)
        if (&e[i] != key)
            entry_take(to, r, &e[i]);
}

void table_take(compiler *c, decl *d)
{
    text key, name = name_text(c, d->name);
    if (c->tables.n == TABLES_MOST) {
        fault(c, DIAG_E0902, d->place, "a program has at most %d tables", TABLES_MOST);
        d->bad = true;
        return;
    }
    vec_push(&c->tables, name);
    d->sub = (int)build_table(c->b, name, NO_INDEX);
    d->bad = !key_named(c, d, &key) || !columns_declare(c, d, (uint32_t)d->sub, key);
    if (d->bad)
        return;
    column_info own = *column_find(c, (uint32_t)d->sub, key);
    filling to = {c, d, (uint32_t)d->sub, &own};
    source *file = file_named(c, d->at);
    if (file && file_is_yaml(file))
        yaml_rows(c, file, text_copy(c->memory, name).p, see_row, &to);
    else if (file)
        csv_each(c, file, see_row, &to);
}

/* --- expressions
 * ------------------------------------------------------------------------------------- */

value table_value(compiler *c, decl *d, span at)
{
    uint32_t table = (uint32_t)d->sub;
    type t = type_list_of(c, type_of_row(table, -1));
    uint32_t r = reg_new(c, t);
    emit(c, OP_ALL, r, table, 0, at);
    value v = value_reg(c, r, t);
    v.rows = (rowset){.known = true, .table = table, .parent = -1, .only = -1};
    return v;
}

static value row_of_key(compiler *c, uint32_t table, node index, text key)
{
    text near[256];
    size_t n = 0;
    for (size_t i = 0; i < c->rows[table].n; i++) {
        const row *r = c->rows[table].p[i];
        if (text_equal(r->name, key)) {
            value v = value_const(type_of_row(table, -1), r->final);
            v.rows = (rowset){.known = true, .table = table, .parent = -1, .only = r->final};
            return v;
        }
        if (n < 256)
            near[n++] = r->name;
    }
    diagnostic *g = fault_at(c, E0607, index, "`%.*s` has no row `%.*s`",
                             TEXT_ARG(table_text(c, table)), TEXT_ARG(key));
    ptrdiff_t i = text_nearest(key, near, n);
    if (i >= 0)
        diag_suggest(c->d, g, at_node(c, index),
                     text_format(c->memory, "\"%.*s\"", TEXT_ARG(near[i])), "did you mean `%.*s`?",
                     TEXT_ARG(near[i]));
    return value_error();
}

static const column_info *table_key(const compiler *c, uint32_t table)
{
    for (size_t i = 0; i < c->columns.n; i++)
        if (c->columns.p[i].table == table && c->columns.p[i].required)
            return &c->columns.p[i];
    return NULL;
}

/* The list of those with the key, and its first: not available where there is none. */
static value row_searched(compiler *c, value list, uint32_t table, value key, node n)
{
    span at = at_node(c, n);
    csite *s = closure_new(c);
    uint32_t from = materialise(c, list, list.shown, at);
    key = value_reg(c, materialise(c, key, TEXT(""), at), TYPE_TEXT);
    text name = text_format(c->memory, "%.*s/%u.key", TEXT_ARG(c->fn->name), c->fn->serial++);
    func *f = func_new(c, name, c->fn, s, EFFECT_PURE);
    f->element = true;
    c->fn = f;
    type element = type_of_row(table, -1);
    vec_push(&f->regs, (vreg){element, REG_ELEMENT, 0, NULL});
    uint32_t own = reg_new(c, TYPE_TEXT), same = reg_new(c, TYPE_BOOL);
    emit(c, OP_LDC, own, 0, table_key(c, table)->index, at);
    emit(c, OP_TEQ, same, own, materialise(c, key, TEXT(""), at), at);
    value kept[2] = {value_reg(c, same, TYPE_BOOL), value_reg(c, 0, element)};
    emit_return(c, kept, 2, at);
    c->fn = f->outer;
    value v[8] = {value_reg(c, from, list.t)};
    uint32_t k = 1;
    for (size_t i = 0; i < s->captures.n && k < 8; i++)
        v[k++] = value_reg(c, s->captures.p[i].reg, s->captures.p[i].t);
    uint32_t run = materialise_run(c, v, k, at), found = reg_new(c, list.t);
    emit(c, OP_RLIST, found, f->index, run, at);
    value zero = value_const(TYPE_NUMBER, 0);
    uint32_t first = materialise(c, zero, TEXT(""), at), r = reg_new(c, element);
    emit(c, OP_IDX, r, found, first, at);
    value got = value_reg(c, r, element);
    got.rows = list.rows;
    got.rows.some = true;
    return got;
}

value table_at(compiler *c, value list, node n)
{
    uint32_t table = type_table(type_element(c, list.t));
    node index = ast_index(tree(c), n);
    value key = expect(c, index, TYPE_TEXT);
    if (key.kind == V_ERROR)
        return key;
    if (key.kind == V_CONST && !key.unknown)
        return row_of_key(c, table, index, key.string);
    return row_searched(c, list, table, key, n);
}

text table_text(const compiler *c, uint32_t table)
{
    return table < TABLE_FIXED ? text_of(table_rows[table].name) : c->tables.p[table - TABLE_FIXED];
}
