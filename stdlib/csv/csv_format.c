/* csv_format.c: what a table is to those who ask of any file: telling it, reading it, describing
 * it.
 */
#include "stdlib/csv/csv.h"
#include "stdlib/document/format.h"
#include "stdlib/document/mask.h"

static bool is_csv(text head, bool whole)
{
    csv_dialect d;
    return document_is_text(head) && csv_dialect_of(head, whole, &d);
}

static void read_file(arena *a, document_file *f)
{
    csv_table *t = arena_new(a, csv_table);
    csv_read(a, f->bytes, t);
    f->content = t;
    f->fault = t->fault;
    f->faults = t->faults;
    f->faults_omitted = t->faults_omitted;
}

static void summarise(const document_file *f, buffer *out)
{
    const csv_table *t = f->content;
    buffer_printf(out, "%u row%s, %u column%s", t->rows, t->rows == 1 ? "" : "s", t->columns,
                  t->columns == 1 ? "" : "s");
    if (!t->dialect.header && t->rows)
        buffer_cstr(out, " without names");
    if (t->comments)
        buffer_printf(out, ", %u comment%s", t->comments, t->comments == 1 ? "" : "s");
}

static void describe(arena *a, json_writer *w, const document_file *f)
{
    const csv_table *t = f->content;
    format_put_number(w, "rows", t->rows);
    format_put_number(w, "comments", t->comments);
    json_put_key(w, "separator");
    json_put_text(w, (text){&t->dialect.separator, 1});
    json_put_key(w, "header");
    json_put_bool(w, t->dialect.header);
    json_put_key(w, "columns");
    json_array(w);
    for (uint32_t i = 0; i < t->columns; i++)
        json_put_text(w, mask_text(a, t->column[i]));
    json_array_end(w);
}

const document_format csv_format = {
    .is = is_csv, .read = read_file, .summarise = summarise, .describe = describe};
