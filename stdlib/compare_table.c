/* compare_table.c: CSV row by row and column by column, and everything without structure of its
 * own line by line, or as bytes. */
#include "stdlib/compare_parts.h"
#include "stdlib/csv.h"

#include <string.h>

/* A number as a ledger writes it: no leading zeros, which would make it a code. */
static bool is_plain_number(text t)
{
    text d = text_slice(t, t.n && t.p[0] == '-', t.n);
    return is_decimal(t) && d.n && d.p[0] != '.' && !(d.n > 1 && d.p[0] == '0' && d.p[1] != '.');
}

/* A column is numeric when every value of legacy's is a number or empty, and one has a decimal
 * point: "1.50" and "1.5" are then one amount. In a column of codes they are two. */
static bool is_numeric_column(comparison *c, const csv_table *t, uint32_t column)
{
    bool point = false;
    for (uint32_t i = 0; i < t->rows; i++) {
        text v;
        if (!csv_field(c->scratch, t, csv_row_text(t, i), column, &v) || v.n == 0)
            continue;
        if (!is_plain_number(v))
            return false;
        point |= text_find(v, '.') >= 0;
    }
    return point;
}

static bool numeric(comparison *c, const csv_table *t, uint32_t column)
{
    if (c->numeric_of != t) {
        c->numeric_of = t;
        c->numeric = arena_array(c->memory, uint8_t, t->columns);
    }
    if (c->numeric[column] == 0)
        c->numeric[column] = is_numeric_column(c, t, column) ? 1 : 2;
    return c->numeric[column] == 1;
}

static void compare_cell(comparison *c, uint32_t column, text l, text m)
{
    const csv_table *t = c->l->from->content;
    place_ref at = {t->column[column], 0, 0};
    if (text_equal(l, m))
        return;
    if (numeric(c, t, column) && is_plain_number(l) && is_plain_number(m) && same_decimal(l, m))
        judge(c, &at, l, m, CLASS_NOISE, "csv.number");
    else
        judge(c, &at, l, m, CLASS_DEFECT, "value");
}

/* Modern's column of the same name, the nth for the nth; UINT32_MAX: none. */
static uint32_t counterpart(const csv_table *l, const csv_table *m, uint32_t column)
{
    uint32_t nth = 0;
    for (uint32_t i = 0; i < column; i++)
        nth += text_equal(l->column[i], l->column[column]);
    for (uint32_t i = 0; i < m->columns; i++)
        if (text_equal(m->column[i], l->column[column]) && nth-- == 0)
            return i;
    return UINT32_MAX;
}

static void compare_row(comparison *c, text legacy, text modern)
{
    const csv_table *l = c->l->from->content, *m = c->m->from->content;
    text *x, *y;
    uint32_t n = csv_fields(c->scratch, l, legacy, &x), k = csv_fields(c->scratch, m, modern, &y);
    for (uint32_t i = 0; i < l->columns; i++) {
        uint32_t j = counterpart(l, m, i);
        if (j == UINT32_MAX)
            continue; /* said once, of the header */
        size_t back = path_add(c, "%s%.*s", c->path.n ? "." : "", TEXT_ARG(l->column[i]));
        compare_cell(c, i, i < n ? x[i] : (text){0}, j < k ? y[j] : (text){0});
        path_cut(c, back);
    }
    /* Fields behind the last column of the header have no name. */
    uint32_t over_l = n > l->columns ? n - l->columns : 0;
    uint32_t over_m = k > m->columns ? k - m->columns : 0;
    for (uint32_t i = 0; i < over_l || i < over_m; i++) {
        text v = i < over_l ? x[l->columns + i] : (text){0};
        text w = i < over_m ? y[m->columns + i] : (text){0};
        place_ref nowhere = {0};
        size_t back = path_add(c, "[%u]", l->columns + i + 1);
        if (!text_equal(v, w) || (i < over_l) != (i < over_m))
            judge(c, &nowhere, v, w, CLASS_DEFECT, "value");
        path_cut(c, back);
    }
}

static void compare_header(comparison *c, const csv_table *l, const csv_table *m)
{
    bool order = false;
    for (int turn = 0; turn < 2; turn++) {
        const csv_table *a = turn ? m : l, *b = turn ? l : m;
        for (uint32_t i = 0; i < a->columns; i++) {
            uint32_t j = counterpart(a, b, i);
            order |= j != UINT32_MAX && j != i;
            if (j != UINT32_MAX)
                continue;
            place_ref at = {a->column[i], 0, 0};
            size_t back = path_add(c, "header.%.*s", TEXT_ARG(a->column[i]));
            judge(c, &at, turn ? (text){0} : a->column[i], turn ? a->column[i] : (text){0},
                  CLASS_DEFECT, turn ? "extra" : "missing");
            path_cut(c, back);
        }
    }
    place_ref nowhere = {0};
    size_t back = path_add(c, "header");
    if (order)
        judge(c, &nowhere, l->columns ? (text){l->column[0].p, 0} : (text){0}, (text){0},
              CLASS_NOISE, "csv.column_order");
    if (l->dialect.separator != m->dialect.separator)
        judge(c, &nowhere, text_format(c->scratch, "%c", l->dialect.separator),
              text_format(c->scratch, "%c", m->dialect.separator), CLASS_NOISE, "csv.separator");
    path_cut(c, back);
}

/* Rows bear the value of the first column as their key where it tells them apart. */
static void csv_tree(comparison *c, const csv_table *t, document_tree *out)
{
    out->nodes = t->rows + 1;
    out->node = arena_array(c->scratch, document_node, out->nodes);
    out->node[0] = (document_node){.shape = SHAPE_LIST, .next = out->nodes, .count = t->rows};
    for (uint32_t i = 0; i < t->rows; i++) {
        document_node *n = &out->node[i + 1];
        *n = (document_node){
            .name = TEXT("row"), .value = csv_row_text(t, i), .shape = SHAPE_RECORD, .next = i + 2};
        csv_field(c->scratch, t, csv_row_text(t, i), 0, &n->key);
        text *field;
        uint32_t fields = csv_fields(c->scratch, t, csv_row_text(t, i), &field);
        for (uint32_t k = 0; k < fields; k++)
            n->print = print_add(n->print + k, field[k]);
        out->node[0].print = print_add(out->node[0].print, csv_row_text(t, i));
    }
}

static void compare_units(comparison *c)
{
    const csv_table *l = c->l->from->content, *m = c->m->from->content;
    compare_header(c, l, m);
    if (c->l->part != WHOLE && c->m->part != WHOLE) {
        compare_row(c, csv_row_text(l, c->l->part), csv_row_text(m, c->m->part));
        return;
    }
    document_tree x, y;
    csv_tree(c, l, &x);
    csv_tree(c, m, &y);
    y.node[0].print = ~x.node[0].print; /* equal rows do not make equal columns */
    compare_trees(c, &x, &y, (text){0});
}

static text value_of(arena *a, const unit *u, text ref)
{
    const csv_table *t = u->from->content;
    text out = {0};
    uint32_t column = u->part == WHOLE ? UINT32_MAX : csv_column(t, ref);
    if (column != UINT32_MAX)
        csv_field(a, t, csv_row_text(t, u->part), column, &out);
    return out;
}

static bool split(comparison *c, const document_file *f, unit_list *list)
{
    const csv_table *t = f->content;
    bool keyed = false;
    for (size_t k = 0; k < c->options->keys; k++)
        keyed |= csv_column(t, c->options->key[k]) != UINT32_MAX;
    for (uint32_t i = 0; keyed && i < t->rows; i++)
        unit_add(c, list, (unit){.from = f, .part = i});
    return keyed;
}

static bool applies(comparison *c, text ref, const place_ref *at)
{
    (void)c;
    return at->tag.n && text_equal(ref, at->tag);
}

const compare_format csv_compare = {
    .split = split,
    .value = value_of,
    .applies = applies,
    .compare = compare_units,
    .record = compare_row,
    .content = compare_csv_content,
    .places = compare_csv_places,
};
