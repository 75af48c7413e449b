/* data_customer.c: customer and channel blocks; who follows whom. */
#include "compiler/data.h"
#include "compiler/expr.h"
#include "compiler/fields.h"
#include "compiler/rowset.h"

/* --- customers ----------------------------------------------------------------------------------
 */

static const column_info *contact_column(const compiler *c, text field)
{
    const text prefix = TEXT("contact.");
    for (size_t i = 0; i < c->columns.n; i++) {
        const column_info *col = &c->columns.p[i];
        if (col->table == TABLE_CUSTOMER && text_starts(col->name, prefix) &&
            text_equal(text_slice(col->name, prefix.n, col->name.n), field))
            return col;
    }
    return NULL;
}

static void contact_take(compiler *c, row *r, node section)
{
    ast_each(tree(c), ast_body(tree(c), section), n)
    {
        if (ast_is(tree(c), n, NODE_ERROR))
            continue;
        text field = ast_name_text(tree(c), n);
        const column_info *col = contact_column(c, field);
        if (col && ast_is(tree(c), n, NODE_FIELD))
            cell_take(c, r, col, ast_value(tree(c), n));
        else
            unknown_column(c, TABLE_CUSTOMER, ast_name_span(tree(c), n),
                           text_format(c->memory, "contact.%.*s", TEXT_ARG(field)));
    }
}

/* Columns that the line in front of the block gives. */
static bool head_names(text column)
{
    return text_is(column, "name") || text_is(column, "kind") || text_is(column, "title");
}

static void column_take(compiler *c, row *r, uint32_t table, node n)
{
    text name = ast_name_text(tree(c), n);
    const column_info *col = column_find(c, table, name);
    if (col && !col->hidden && !head_names(name)) {
        cell_take(c, r, col, ast_value(tree(c), n));
        return;
    }
    r->unread |= !col;
    if (table == TABLE_CUSTOMER && text_is(name, "contact")) {
        diagnostic *g = fault_at(c, E0124, n, "`contact` takes a block: `{ … }`");
        diag_help_add(c->d, g, "as in `contact { name \"Mira\" }`; also `email` and `phone`");
        return;
    }
    unknown_column(c, table, ast_name_span(tree(c), n), name);
}

/* The row of a block, with room for its name, title and kind and all that the block says; a revenue takes two. */
static row *row_sized(compiler *c, uint32_t table, text name, node block)
{
    size_t n = 4;
    ast_each(tree(c), ast_body(tree(c), block), item)
    {
        n++;
        if (ast_is(tree(c), item, NODE_SECTION))
            ast_each(tree(c), ast_body(tree(c), item), inner) n++;
    }
    row *r = row_of_table(c, table, name, ast_name_span(tree(c), block));
    cells_expect(c, r, n);
    cell_text(c, r, 0, r->name);
    return r;
}

static void block_title(compiler *c, row *r, node n)
{
    node title = ast_title(tree(c), n);
    value v = title ? expect_const(c, title, TYPE_TEXT) : value_error();
    if (v.kind == V_CONST)
        cell_text(c, r, 1, v.string);
}

int kind_of(compiler *c, node type_node, uint32_t which)
{
    text word = ast_name_text(tree(c), type_node), member[32];
    type t = type_make(TYPE_ENUM, which);
    int code = enum_code(t, word);
    if (code >= 0)
        return code;
    size_t n;
    enum_members(t, member, &n);
    span at = ast_name_span(tree(c), type_node);
    diagnostic *g = fault(c, DIAG_E0304, at, "`%.*s` is no kind of %s", TEXT_ARG(word),
                          which == ENUM_kind ? "channel" : "connector");
    suggest(c, g, at, word, member, n);
    return -1;
}

static void channel_take(compiler *c, row *customer, node n)
{
    row *r = row_sized(c, TABLE_CHANNEL, ast_name_text(tree(c), n), n);
    r->owner = customer;
    block_title(c, r, n);
    r->kind = kind_of(c, ast_type(tree(c), n), ENUM_kind);
    if (r->kind >= 0)
        cell_raw(c, r, COLUMN_CHANNEL_KIND, r->kind);
    ast_each(tree(c), ast_body(tree(c), n), item)
    {
        if (ast_is(tree(c), item, NODE_FIELD))
            column_take(c, r, TABLE_CHANNEL, item);
        else if (ast_is(tree(c), item, NODE_ERROR))
            r->unread = true;
        else
            fault_at(c, E0123, item, "%.*s cannot stand in a channel",
                     TEXT_ARG(statement_text(c, item)));
    }
}

void customer_block(compiler *c, decl *d)
{
    row *r = row_sized(c, TABLE_CUSTOMER, name_text(c, d->name), d->at);
    r->of = d;
    block_title(c, r, d->at);
    ast_each(tree(c), ast_body(tree(c), d->at), n)
    {
        switch (ast_kind(tree(c), n)) {
        case NODE_FIELD: column_take(c, r, TABLE_CUSTOMER, n); break;
        case NODE_CHANNEL: channel_take(c, r, n); break;
        case NODE_SECTION:
            if (text_is(ast_name_text(tree(c), n), "contact"))
                contact_take(c, r, n);
            else
                unknown_column(c, TABLE_CUSTOMER, ast_name_span(tree(c), n),
                               ast_name_text(tree(c), n));
            break;
        case NODE_ERROR: r->unread = true; break;
        default:
            fault_at(c, E0123, n, "%.*s cannot stand in a customer",
                     TEXT_ARG(statement_text(c, n)));
        }
    }
}

/* `follows` names channels of the same customer; NULL when it has none of that name. */
static const row *sibling(const compiler *c, const row *r, text name)
{
    row_range in = rowset_siblings(c, r);
    for (size_t i = in.from; i < in.to; i++)
        if (text_equal(c->rows[TABLE_CHANNEL].p[i]->name, name))
            return c->rows[TABLE_CHANNEL].p[i];
    return NULL;
}

/* Marks whom `r` follows, directly or by way of others. `reached` and its like are by sibling. */
static void lead(const compiler *c, const row *r, bool *reached)
{
    size_t first = rowset_siblings(c, r).from;
    for (size_t k = 0; k < r->cells.n; k++) {
        const cell *x = &r->cells.p[k];
        for (uint32_t j = 0; x->column == COLUMN_CHANNEL_FOLLOWS && j < x->n; j++) {
            const row *next = sibling(c, r, text_kept(c, x->values[j]));
            if (!next || reached[next->final - first])
                continue;
            reached[next->final - first] = true;
            lead(c, next, reached);
        }
    }
}

/* Whether following leads from `r` back to it; the members of the circle are marked. */
static bool circle(const compiler *c, const row *r, bool *in)
{
    row_range all = rowset_siblings(c, r);
    size_t n = all.to - all.from, own = r->final - all.from;
    bool *back = arena_array(c->memory, bool, n);
    lead(c, r, in);
    if (!in[own])
        return false;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; in[i] && k < n; k++)
            back[k] = false;
        if (in[i])
            lead(c, c->rows[TABLE_CHANNEL].p[all.from + i], back);
        in[i] = in[i] && back[own];
    }
    return true;
}

/* Said once for a circle: at its first channel by name. */
static void circle_check(compiler *c, const row *r)
{
    row_range all = rowset_siblings(c, r);
    size_t n = all.to - all.from, own = r->final - all.from;
    bool *in = arena_array(c->memory, bool, n);
    if (!circle(c, r, in))
        return;
    for (size_t i = 0; i < own; i++)
        if (in[i])
            return;
    diagnostic *g = fault(c, DIAG_E0611, r->at, "`%.*s` follows itself", TEXT_ARG(r->name));
    for (size_t i = own + 1; i < n; i++) {
        const row *by = c->rows[TABLE_CHANNEL].p[all.from + i];
        if (in[i])
            diag_label_add(c->d, g, by->at, "by way of `%.*s`", TEXT_ARG(by->name));
    }
}

static void follows_nobody(compiler *c, const row *r, text whom)
{
    row_range in = rowset_siblings(c, r);
    text *known = arena_array(c->memory, text, in.to - in.from + 1);
    size_t n = 0;
    for (size_t i = in.from; i < in.to; i++)
        if (c->rows[TABLE_CHANNEL].p[i] != r)
            known[n++] = c->rows[TABLE_CHANNEL].p[i]->name;
    ptrdiff_t near = text_nearest(whom, known, n);
    diagnostic *g = fault(c, DIAG_E0609, r->at,
                          "`%.*s` follows `%.*s`, a channel that its customer does not have",
                          TEXT_ARG(r->name), TEXT_ARG(whom));
    if (near >= 0)
        diag_help_add(c->d, g, "did you mean `%.*s`?", TEXT_ARG(known[near]));
}

/* Whom it follows must be there. */
static void follows_check(compiler *c, const row *r, const cell *follows)
{
    for (uint32_t i = 0; i < follows->n; i++) {
        const row *before = sibling(c, r, text_kept(c, follows->values[i]));
        if (!before || before == r)
            follows_nobody(c, r, text_kept(c, follows->values[i]));
    }
}

void channel_checks(compiler *c)
{
    for (size_t i = 0; i < c->rows[TABLE_CHANNEL].n; i++)
        if (cell_given(c->rows[TABLE_CHANNEL].p[i], COLUMN_CHANNEL_FOLLOWS))
            circle_check(c, c->rows[TABLE_CHANNEL].p[i]);
    for (size_t i = 0; i < c->rows[TABLE_CHANNEL].n; i++) {
        const row *r = c->rows[TABLE_CHANNEL].p[i];
        for (size_t k = 0; k < r->cells.n; k++)
            if (r->cells.p[k].column == COLUMN_CHANNEL_FOLLOWS)
                follows_check(c, r, &r->cells.p[k]);
    }
}
