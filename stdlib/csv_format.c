/* csv_format.c: what a table is to those who ask of any file: telling it, reading it, describing
 * it.
 */
#include "stdlib/csv.h"
#include "stdlib/format.h"
#include "stdlib/mask.h"

enum { TABLE_LINES = 8 };

static unsigned columns(text line, char separator)
{
    unsigned n = 1;
    bool quoted = false;
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] == '"')
            quoted = !quoted;
        n += line.p[i] == separator && !quoted;
    }
    return n;
}

/* The end of the row at `at`: a line break outside of quotes, or the first one where quotes do not
 * close; SIZE_MAX when the text ends before. */
static size_t row_end(text t, size_t at)
{
    bool quoted = false;
    size_t line = SIZE_MAX;
    for (size_t i = at; i < t.n; i++) {
        quoted ^= t.p[i] == '"';
        if (t.p[i] != '\n')
            continue;
        if (!quoted)
            return i;
        line = line == SIZE_MAX ? i : line;
    }
    return line;
}

/* Tables as csv.c reads them: a separator splits the first line, and two of three of those behind
 * it alike. A ragged row is a fault of a table, not a reason to call it prose. */
static bool is_table(text t, bool whole)
{
    static const char separators[] = ",;\t|";
    for (const char *s = separators; *s; s++) {
        unsigned want = 0, lines = 0, alike = 0;
        for (size_t at = 0; at < t.n && lines < TABLE_LINES; lines++) {
            size_t end = row_end(t, at);
            text line = text_slice(t, at, end);
            if ((end == SIZE_MAX && !whole) || text_trim(line).n == 0)
                break;
            unsigned n = columns(line, *s);
            want = lines ? want : n;
            alike += n == want;
            at += line.n + 1;
        }
        if (lines > 1 && want > 1 && alike * 3 >= lines * 2)
            return true;
    }
    return false;
}

static bool is_csv(text head, bool whole)
{
    return document_is_text(head) && is_table(head, whole);
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
}

static void describe(arena *a, json_writer *w, const document_file *f)
{
    const csv_table *t = f->content;
    format_put_number(w, "rows", t->rows);
    json_put_key(w, "separator");
    json_put_text(w, (text){&t->separator, 1});
    json_put_key(w, "columns");
    json_array(w);
    for (uint32_t i = 0; i < t->columns; i++)
        json_put_text(w, mask_text(a, t->column[i]));
    json_array_end(w);
}

const document_format csv_format = {
    .is = is_csv, .read = read_file, .summarise = summarise, .describe = describe};
