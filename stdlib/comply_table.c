/* comply_table.c: tables and fixed records: what a column or a field is called says what is in it.
 *
 * A row of a table in which no column has a name that says so is looked at as a whole, and cut only
 * where something is found.
 */
#include "stdlib/comply_parts.h"
#include "stdlib/csv.h"
#include "stdlib/fixed.h"

/* ---- tables ---- */

typedef struct {
    comply *s;
    const csv_table *t;
    comply_place *column;
    text row; /* as it stands */
    uint32_t nth;
    uint32_t at; /* of the field at hand; UINT32_MAX: all of the row */
    arena cut;
} table;

/* The column that byte stands in: separators outside of quotes are counted. */
static uint32_t column_at(const table *v, size_t at)
{
    uint32_t n = 0;
    bool quoted = false;
    if (v->at != UINT32_MAX)
        return v->at;
    for (size_t i = 0; i < at && i < v->row.n; i++) {
        quoted ^= v->row.p[i] == '"';
        n += v->row.p[i] == v->t->separator && !quoted;
    }
    return n;
}

static text cell_path(comply *s, void *self, size_t at)
{
    const table *v = self;
    uint32_t column = column_at(v, at);
    if (v->nth == 0)
        return text_format(s->memory, "header[%u]", column + 1);
    if (column >= v->t->columns || !v->t->column[column].n)
        return text_format(s->memory, "row[%u][%u]", v->nth, column + 1);
    return text_format(s->memory, "row[%u].%.*s", v->nth, TEXT_ARG(v->t->column[column]));
}

static bool cell_excluded(comply *s, void *self, size_t at)
{
    const table *v = self;
    uint32_t column = column_at(v, at);
    return column < v->t->columns && v->column[column].excluded;
}

/* Where a field begins in its row. */
static size_t start_of(const table *v, uint32_t field)
{
    bool quoted = false;
    size_t i = 0;
    for (uint32_t n = 0; n < field && i < v->row.n; i++) {
        quoted ^= v->row.p[i] == '"';
        n += v->row.p[i] == v->t->separator && !quoted;
    }
    return i;
}

static void scan_cells(table *v, comply_where *w, size_t offset)
{
    text *field;
    uint32_t n = csv_fields(&v->cut, v->t, v->row, &field);
    for (uint32_t i = 0; i < n; i++) {
        static const comply_place nothing = {0};
        const comply_place *p = i < v->t->columns ? &v->column[i] : &nothing;
        bool view = field[i].p >= v->row.p && field[i].p <= v->row.p + v->row.n;
        w->offset = offset + (view ? (size_t)(field[i].p - v->row.p) : start_of(v, i));
        v->at = i;
        comply_claims_clear(v->s);
        if (!comply_value(v->s, p, field[i], 0, w))
            comply_text(v->s, p, field[i], w);
    }
    arena_clear(&v->cut);
}

static void scan_row(table *v, text row, size_t offset, uint32_t nth, bool named)
{
    static const comply_place nothing = {0};
    comply_where w = {
        .path = cell_path, .excluded = cell_excluded, .self = v, .offset = offset, .prose = true};
    v->row = row;
    v->nth = nth;
    v->at = UINT32_MAX;
    comply_claims_clear(v->s);
    if (named)
        scan_cells(v, &w, offset);
    else
        comply_text(v->s, &nothing, row, &w);
}

void comply_csv(comply *s)
{
    const csv_table *t = s->file->content;
    table v = {.s = s, .t = t, .column = arena_array(s->memory, comply_place, t->columns)};
    bool named = false;
    for (uint32_t i = 0; i < t->columns; i++) {
        v.column[i] = comply_named(s, TEXT(""), t->column[i], false);
        named |= (v.column[i].certain | v.column[i].likely) != 0;
    }
    /* Where there is no header, its place has values. */
    size_t first = t->rows ? t->row[0].offset : t->source.n;
    scan_row(&v, text_slice(t->source, 0, first), 0, 0, false);
    for (uint32_t i = 0; i < t->rows; i++)
        scan_row(&v, t->row[i].raw, t->row[i].offset, i + 1, named);
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
