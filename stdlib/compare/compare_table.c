/* compare_table.c: two tables: their columns by name, the cells of two rows, and rows as documents
 * where a key is named. */
#include "stdlib/compare/compare_table.h"

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

static bool numeric(comparison *c, table_pair *p, uint32_t column)
{
    if (p->numeric[column] == 0)
        p->numeric[column] = is_numeric_column(c, p->l, column) ? 1 : 2;
    return p->numeric[column] == 1;
}

static void compare_cell(comparison *c, table_pair *p, uint32_t column, text l, text m)
{
    place_ref at = {p->l->column[column], 0, 0};
    if (text_equal(l, m))
        return;
    size_t back = path_add(c, "%s%.*s", c->path.n ? "." : "", TEXT_ARG(at.tag));
    if (is_plain_number(l) && is_plain_number(m) && same_decimal(l, m) && numeric(c, p, column))
        judge(c, &at, l, m, CLASS_NOISE, "csv.number");
    else
        judge(c, &at, l, m, CLASS_DEFECT, "value");
    path_cut(c, back);
}

void compare_table_row(comparison *c, table_pair *p, text legacy, text modern)
{
    const csv_table *l = p->l, *m = p->m;
    text *x, *y;
    uint32_t n = csv_fields(c->scratch, l, legacy, &x), k = csv_fields(c->scratch, m, modern, &y);
    for (uint32_t i = 0; i < l->columns; i++) {
        uint32_t j = p->to[i];
        if (j != WHOLE) /* else it was said once, of the header */
            compare_cell(c, p, i, i < n ? x[i] : (text){0}, j < k ? y[j] : (text){0});
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

/* ---- columns ---- */

/* The other table's column of the same name, the nth for the nth. Where one table names its columns
 * and the other does not, places are all there is. */
static uint32_t counterpart(const csv_table *a, const csv_table *b, uint32_t column)
{
    uint32_t nth = 0;
    if (a->dialect.header != b->dialect.header)
        return column < b->columns ? column : WHOLE;
    for (uint32_t i = 0; i < column; i++)
        nth += text_equal(a->column[i], a->column[column]);
    for (uint32_t i = 0; i < b->columns; i++)
        if (text_equal(b->column[i], a->column[column]) && nth-- == 0)
            return i;
    return WHOLE;
}

static bool written_alike(const csv_dialect *a, const csv_dialect *b)
{
    return a->separator == b->separator && a->quote == b->quote && a->escapes == b->escapes;
}

static table_pair *pair_new(arena *a, const csv_table *l, const csv_table *m)
{
    table_pair *p = arena_new(a, table_pair);
    *p = (table_pair){.l = l, .m = m, .alike = l->columns == m->columns};
    p->to = arena_array(a, uint32_t, l->columns);
    p->numeric = arena_array(a, uint8_t, l->columns);
    for (uint32_t i = 0; i < l->columns; i++) {
        p->to[i] = counterpart(l, m, i);
        p->alike &= p->to[i] == i;
        p->moved |= p->to[i] != i && p->to[i] != WHOLE;
    }
    p->plain = p->alike && written_alike(&l->dialect, &m->dialect);
    return p;
}

/* Of two files that were taken apart into rows, each pair of rows asks again. */
static table_pair *pair_of(comparison *c)
{
    const csv_table *l = c->l->from->content, *m = c->m->from->content;
    if (!c->tables || c->tables->l != l || c->tables->m != m)
        c->tables = pair_new(c->memory, l, m);
    return c->tables;
}

static text names_of(comparison *c, const csv_table *t)
{
    buffer b = {0};
    for (uint32_t i = 0; i < t->columns && t->dialect.header; i++)
        buffer_printf(&b, "%s%.*s", i ? ", " : "", TEXT_ARG(t->column[i]));
    text out = text_copy(c->kept, buffer_view(&b));
    buffer_release(&b);
    return out;
}

static void compare_columns(comparison *c, const table_pair *p)
{
    for (int turn = 0; turn < 2; turn++) {
        const csv_table *a = turn ? p->m : p->l, *b = turn ? p->l : p->m;
        for (uint32_t i = 0; i < a->columns; i++) {
            place_ref at = {a->column[i], 0, 0};
            if (counterpart(a, b, i) != WHOLE)
                continue;
            size_t back = path_add(c, "header.%.*s", TEXT_ARG(a->column[i]));
            judge(c, &at, turn ? (text){0} : a->column[i], turn ? a->column[i] : (text){0},
                  CLASS_DEFECT, turn ? "extra" : "missing");
            path_cut(c, back);
        }
    }
}

static void compare_header(comparison *c, const table_pair *p)
{
    const csv_dialect *l = &p->l->dialect, *m = &p->m->dialect;
    place_ref nowhere = {0};
    if (!p->alike)
        compare_columns(c, p);
    size_t back = path_add(c, "header");
    if (l->header != m->header)
        judge(c, &nowhere, names_of(c, p->l), names_of(c, p->m), CLASS_DEFECT,
              l->header ? "missing" : "extra");
    if (p->moved)
        judge(c, &nowhere, p->l->columns ? (text){p->l->column[0].p, 0} : (text){0}, (text){0},
              CLASS_NOISE, "csv.column_order");
    if (l->separator != m->separator)
        judge(c, &nowhere, text_format(c->scratch, "%c", l->separator),
              text_format(c->scratch, "%c", m->separator), CLASS_NOISE, "csv.separator");
    path_cut(c, back);
}

static void compare_units(comparison *c)
{
    table_pair *p = pair_of(c);
    compare_header(c, p);
    if (c->l->part != WHOLE && c->m->part != WHOLE)
        compare_table_row(c, p, csv_row_text(p->l, c->l->part), csv_row_text(p->m, c->m->part));
    else
        compare_table_rows(c, p);
}

/* ---- rows as documents ---- */

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
    .content = compare_csv_content,
    .places = compare_csv_places,
};
