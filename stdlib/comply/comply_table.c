/* comply_table.c: tables and fixed records: what a column or a field is called says what is in it.
 *
 * A row of a table in which no column has a name that says so is looked at as a whole, and cut only
 * where something is found.
 */
#include "stdlib/comply/comply_parts.h"
#include "stdlib/csv/csv.h"
#include "stdlib/fixed/fixed.h"

/* ---- tables ---- */

enum { WHOLE_ROW = INT32_MAX };

typedef struct {
    comply *s;
    const csv_table *t;
    comply_place *column;
    text row;                /* as it stands */
    uint32_t nth;            /* from 1 */
    uint32_t column_at_hand; /* or WHOLE_ROW */
    size_t end;              /* behind the fields that are counted */
    uint32_t ended;
    arena cut;
} table;

/* The column that byte of the row stands in, on from where it was asked last. */
static uint32_t column_of(table *v, size_t at)
{
    text ignored;
    if (v->column_at_hand != WHOLE_ROW)
        return v->column_at_hand;
    while (v->end <= at && csv_next(&v->cut, &v->t->dialect, v->row, &v->end, &ignored))
        v->ended++;
    return v->ended ? v->ended - 1 : 0;
}

static text cell_path(comply *s, void *self, size_t at)
{
    table *v = self;
    uint32_t column = column_of(v, at);
    if (column >= v->t->columns || !v->t->column[column].n)
        return text_format(s->memory, "row[%u][%u]", v->nth, column + 1);
    return text_format(s->memory, "row[%u].%.*s", v->nth, TEXT_ARG(v->t->column[column]));
}

static bool cell_excluded(comply *s, void *self, size_t at)
{
    table *v = self;
    uint32_t column = column_of(v, at);
    return column < v->t->columns && v->column[column].excluded;
}

static void scan_cells(table *v, comply_where *w, size_t offset)
{
    static const comply_place nothing = {0};
    text field;
    size_t at = 0, from = 0;
    for (uint32_t i = 0; csv_next(&v->cut, &v->t->dialect, v->row, &at, &field); i++) {
        const comply_place *p = i < v->t->columns ? &v->column[i] : &nothing;
        bool view = field.p >= v->row.p && field.p <= v->row.p + v->row.n;
        w->offset = offset + (view ? (size_t)(field.p - v->row.p) : from);
        v->column_at_hand = i;
        comply_claims_clear(v->s);
        if (!comply_value(v->s, p, field, 0, w))
            comply_text(v->s, p, field, w);
        from = at;
    }
}

static void scan_row(table *v, bool named)
{
    static const comply_place nothing = {0};
    size_t offset = (size_t)(v->row.p - v->t->source.p);
    comply_where w = {
        .path = cell_path, .excluded = cell_excluded, .self = v, .offset = offset, .prose = true};
    v->column_at_hand = WHOLE_ROW;
    v->end = v->ended = 0;
    comply_claims_clear(v->s);
    if (named)
        scan_cells(v, &w, offset);
    else
        comply_text(v->s, &nothing, v->row, &w);
    arena_clear(&v->cut);
}

static text path_between(comply *s, void *self, size_t at)
{
    const table *v = self;
    return v->nth == 1 ? TEXT("header") : text_format(s->memory, "before row[%u]", v->nth);
}

/* Titles, the header and comments: no rows. */
static void scan_between(table *v, size_t from, size_t to)
{
    static const comply_place nothing = {0};
    comply_where w = {.path = path_between, .self = v, .offset = from, .prose = true};
    comply_claims_clear(v->s);
    comply_text(v->s, &nothing, text_slice(v->t->source, from, to), &w);
}

void comply_csv(comply *s)
{
    const csv_table *t = s->file->content;
    table v = {.s = s, .t = t, .column = arena_array(s->memory, comply_place, t->columns)};
    bool named = false;
    size_t at = 0;
    for (uint32_t i = 0; i < t->columns; i++) {
        v.column[i] = comply_named(s, TEXT(""), t->column[i], false);
        named |= (v.column[i].certain | v.column[i].likely) != 0;
    }
    for (uint32_t i = 0; i < t->rows; i++) {
        v.row = csv_row_text(t, i);
        v.nth = i + 1;
        scan_between(&v, at, (size_t)(v.row.p - t->source.p));
        scan_row(&v, named);
        at = (size_t)(v.row.p - t->source.p) + v.row.n;
    }
    v.nth++;
    scan_between(&v, at, t->source.n);
    arena_release(&v.cut);
}

/* ---- fixed records ---- */

typedef struct {
    const fixed_file *f;
    uint32_t record;
    const fixed_value *value; /* NULL: a record that the layout does not know */
    arena cut;
} records;

static text field_path(comply *s, void *self, size_t at)
{
    const records *v = self;
    text record = fixed_path(&s->scratch, v->f, v->record);
    if (!v->value)
        return text_copy(s->memory, record);
    if (v->value->group)
        return text_format(s->memory, "%.*s.%.*s[%u]", TEXT_ARG(record),
                           TEXT_ARG(v->value->field->name), v->value->group);
    return text_format(s->memory, "%.*s.%.*s", TEXT_ARG(record), TEXT_ARG(v->value->field->name));
}

static void scan_record(comply *s, records *v)
{
    static const comply_place nothing = {0};
    const fixed_record *r = &v->f->record[v->record];
    fixed_value *value;
    comply_where w = {.path = field_path, .self = v, .offset = r->offset, .prose = true};
    uint32_t n = fixed_values(&v->cut, v->f, r, &value);
    v->value = NULL;
    if (!fixed_row_of(v->f, r))
        comply_text(s, &nothing, r->raw, &w);
    for (uint32_t i = 0; i < n; i++) {
        comply_place p = comply_named(s, TEXT(""), value[i].field->name, false);
        v->value = &value[i];
        w.offset = value[i].offset;
        comply_claims_clear(s);
        if (value[i].value.n && !comply_value(s, &p, value[i].value, 0, &w))
            comply_text(s, &p, value[i].value, &w);
    }
    arena_clear(&v->cut);
}

void comply_fixed(comply *s)
{
    records v = {.f = s->file->content};
    for (v.record = 0; v.record < v.f->records; v.record++)
        scan_record(s, &v);
    arena_release(&v.cut);
}
