/* csv.c: the table as a whole: its header, its rows, what is wrong with them. */
#include "stdlib/csv/csv.h"
#include "base/scan.h"
#include "stdlib/csv/csv_read.h"

#include <string.h>

enum { LOOK_AT = 1 << 16 };

#define BYTES_MOST ((size_t)1 << 40)

static const char *const codes[CSV_FAULT_COUNT] = {
#define CSV_FAULT(id, code, meaning) [CSV_FAULT_##id] = code,
#include "stdlib/csv/csv_faults.def"
#undef CSV_FAULT
};

typedef struct {
    csv_rows rows; /* first: what it is told of a row leads back here */
    arena *a;
    csv_table *t;
    document_faults faults;
} reader;

static void add_fault(reader *r, csv_fault f, size_t offset, text message, text path)
{
    vec_push(&r->faults, (document_fault){text_of(codes[f]), message, offset, path});
}

static bool is_full(reader *r)
{
    bool full = r->faults.n >= DOCUMENT_FAULTS_MOST;
    r->t->faults_omitted += full;
    return full;
}

static text cell_path(reader *r, size_t row, size_t field)
{
    if (field < r->t->columns)
        return text_format(r->a, "row[%zu].%.*s", row, TEXT_ARG(r->t->column[field]));
    return text_format(r->a, "row[%zu][%zu]", row, field + 1);
}

static void add_cell_fault(reader *r, const csv_walk *w, size_t row)
{
    const char *message = w->fault == CSV_FAULT_OPEN ? "a quote is never closed"
                                                     : "the field goes on behind its closing quote";
    if (w->fault && !is_full(r))
        add_fault(r, w->fault, w->fault_at, text_of(message), cell_path(r, row, w->fault_field));
}

/* A quote that is not closed explains a wrong number of fields. */
static void odd_row(csv_rows *rows, size_t at, const csv_walk *w)
{
    reader *r = (reader *)rows;
    csv_table *t = r->t;
    if (w->comment) {
        t->comments++;
        return;
    }
    if (w->fields == 1 && text_trim(text_slice(t->source, at, w->end)).n == 0)
        return;
    csv_row_add(rows, at, w->end);
    if (w->fields != t->dialect.columns && w->fault != CSV_FAULT_OPEN && !is_full(r))
        add_fault(r, CSV_FAULT_FIELDS, at,
                  text_format(r->a, "%zu field%s where the table has %zu column%s", w->fields,
                              w->fields == 1 ? "" : "s", t->dialect.columns,
                              t->dialect.columns == 1 ? "" : "s"),
                  text_format(r->a, "row[%zu]", rows->row.n));
    add_cell_fault(r, w, rows->row.n);
}

/* Columns without a name are known by their number. */
static void name_columns(reader *r, const text *name, uint32_t names)
{
    csv_table *t = r->t;
    t->columns = names > t->dialect.columns ? names : (uint32_t)t->dialect.columns;
    t->column = arena_array(r->a, text, t->columns);
    for (uint32_t i = 0; i < t->columns; i++)
        t->column[i] = i < names ? text_trim(name[i]) : text_format(r->a, "%u", i + 1);
}

/* Returns where the rows begin. */
static size_t read_header(reader *r)
{
    csv_table *t = r->t;
    csv_walk w;
    text *name = NULL;
    t->header = t->dialect.start;
    if (!t->dialect.header) {
        name_columns(r, NULL, 0);
        return t->dialect.start;
    }
    csv_walk_row(&t->dialect, t->source, t->dialect.start, &w);
    uint32_t names = csv_fields(r->a, t, text_slice(t->source, t->dialect.start, w.end), &name);
    name_columns(r, name, names);
    if (names != t->dialect.columns)
        add_fault(r, CSV_FAULT_FIELDS, t->header,
                  text_format(r->a, "%u column%s named, most rows have %zu fields", names,
                              names == 1 ? " is" : "s are", t->dialect.columns),
                  TEXT("header"));
    if (w.fault)
        add_cell_fault(r, &w, 0);
    return csv_behind_break(t->source, w.end);
}

/* Comments in front of the rows are none of the title. */
static uint32_t comments_before(const csv_table *t, size_t at)
{
    uint32_t n = 0;
    for (csv_walk w; at < t->header; at = csv_behind_break(t->source, w.end)) {
        csv_walk_row(&t->dialect, t->source, at, &w);
        n += w.comment;
    }
    return n;
}

static void take_rows(reader *r)
{
    csv_table *t = r->t;
    if (r->rows.row.n > UINT32_MAX - 2) {
        r->rows.row.n = UINT32_MAX - 2;
        add_fault(r, CSV_FAULT_LARGE, vec_last(&r->rows.row).at,
                  TEXT("rows behind the 4,294,967,293rd are not read"), (text){0});
    }
    t->rows = (uint32_t)r->rows.row.n;
    if (t->rows)
        vec_fit(&r->rows.row);
    t->row = r->rows.row.p;
    arena_adopt(r->a, t->row);
}

void csv_read(arena *a, text source, csv_table *out)
{
    size_t mark = text_starts(source, TEXT("\xef\xbb\xbf")) ? 3 : 0;
    bool large = source.n > BYTES_MOST;
    *out = (csv_table){.source = text_slice(source, 0, BYTES_MOST)};
    reader r = {.rows = {.odd = odd_row}, .a = a, .t = out};
    text head = text_slice(source, mark, mark + LOOK_AT);
    csv_dialect_of(head, mark + head.n == source.n, &out->dialect);
    out->dialect.start += mark;
    size_t at = read_header(&r);
    out->comments = comments_before(out, mark);
    csv_scan_rows(&r.rows, &out->dialect, out->source, at, (int)scan_best());
    take_rows(&r);
    if (!out->rows && !out->dialect.header)
        add_fault(&r, CSV_FAULT_EMPTY, 0, TEXT("the table is empty"), (text){0});
    if (large)
        add_fault(&r, CSV_FAULT_LARGE, BYTES_MOST,
                  TEXT("bytes behind the first terabyte are not read"), (text){0});
    uint32_t omitted;
    out->faults = document_faults_keep(a, &r.faults, &out->fault, &omitted);
    out->faults_omitted += omitted;
}

text csv_row_text(const csv_table *t, uint32_t row)
{
    size_t at = t->row[row].at, n = t->row[row].n;
    if (n < CSV_ROW_LONG)
        return text_slice(t->source, at, at + n);
    csv_walk w;
    csv_walk_row(&t->dialect, t->source, at, &w);
    return text_slice(t->source, at, w.end);
}

uint32_t csv_fields(arena *a, const csv_table *t, text row, text **out)
{
    uint32_t room = 1, n = 0;
    for (size_t i = 0; i < row.n; i++)
        room += row.p[i] == t->dialect.separator;
    *out = arena_array(a, text, room);
    for (size_t at = 0; csv_next(a, &t->dialect, row, &at, &(*out)[n]);)
        n++;
    return n;
}

uint32_t csv_column(const csv_table *t, text name)
{
    for (uint32_t i = 0; i < t->columns; i++)
        if (text_equal(t->column[i], name))
            return i;
    return UINT32_MAX;
}
