/* csv.c: finds rows by walking quotes, and splits a row only when its fields are asked for. */
#include "base/vec.h"
#include "stdlib/csv.h"

#include <stdlib.h>
#include <string.h>

/* Each stray quote costs a search to the end of the file; after these, quotes end with their line.
 */
enum { STRAYS_MOST = 16, LOOK_AT = 1 << 16 };

typedef VEC(document_fault) fault_list;

static void fault(arena *a, csv_table *t, fault_list *list, size_t offset, size_t row,
                  const char *message)
{
    if (list->n == CSV_FAULTS_MOST) {
        t->faults_omitted++;
        return;
    }
    vec_push(list, (document_fault){TEXT("csv"), text_of(message), offset,
                                    text_format(a, "row[%zu]", row)});
}

/* The end of the row that starts at `at`; *open when a quote is never closed: then the row ends
 * with its first line, so that one stray quote does not swallow the file. `across`: quotes may hold
 * line breaks. */
static size_t row_end(text s, size_t at, char separator, bool across, bool *open)
{
    bool quoted = false, start = true;
    *open = false;
    for (size_t i = at; i < s.n; i++) {
        char c = s.p[i];
        if (quoted && (across || c != '\n')) {
            if (c == '"' && i + 1 < s.n && s.p[i + 1] == '"')
                i++;
            else if (c == '"')
                quoted = false;
            continue;
        }
        if (c == '\n' || c == '\r') {
            *open = quoted;
            return i;
        }
        quoted = c == '"' && start;
        start = c == separator;
    }
    if (!quoted)
        return s.n;
    *open = true;
    const char *nl = memchr(s.p + at, '\n', s.n - at);
    return nl ? (size_t)(nl - s.p) : s.n;
}

/* The separator that gives the first lines the same number of columns, and the most of them. */
static char separator_of(text s)
{
    static const char candidates[] = ",;\t|";
    char best = ',';
    long most = -1;
    s = text_slice(s, 0, LOOK_AT);
    for (const char *c = candidates; *c; c++) {
        long score = 0, first = -1;
        size_t at = 0;
        for (int line = 0; line < 8 && at < s.n; line++) {
            bool open;
            size_t end = row_end(s, at, *c, true, &open);
            long n = 0;
            bool quoted = false;
            for (size_t i = at; i < end; i++) {
                if (s.p[i] == '"')
                    quoted = !quoted;
                n += s.p[i] == *c && !quoted;
            }
            first = first < 0 ? n : first;
            score += n == first ? n : -n;
            at = end + 1;
        }
        if (score > most) {
            most = score;
            best = *c;
        }
    }
    return best;
}

/* Cuts the next field from *at on. */
static bool next_field(arena *a, char separator, text row, size_t *at, text *out)
{
    if (*at > row.n)
        return false;
    size_t i = *at;
    if (i >= row.n || row.p[i] != '"') {
        const char *p = i < row.n ? memchr(row.p + i, separator, row.n - i) : NULL;
        size_t end = p ? (size_t)(p - row.p) : row.n;
        *out = text_slice(row, i, end);
        *at = end + 1;
        return true;
    }
    size_t from = ++i, doubled = 0;
    for (; i < row.n; i++) {
        if (row.p[i] != '"')
            continue;
        if (i + 1 >= row.n || row.p[i + 1] != '"')
            break;
        doubled++;
        i++;
    }
    *out = text_slice(row, from, i);
    if (doubled) {
        char *copy = arena_copy(a, out->p, out->n);
        size_t n = 0;
        for (size_t k = 0; k < out->n; k++) {
            copy[n++] = out->p[k];
            k += out->p[k] == '"';
        }
        *out = (text){copy, n};
    }
    const char *p = i < row.n ? memchr(row.p + i, separator, row.n - i) : NULL;
    *at = (p ? (size_t)(p - row.p) : row.n) + 1;
    return true;
}

bool csv_field(arena *a, const csv_table *t, text row, uint32_t n, text *out)
{
    size_t at = 0;
    for (uint32_t i = 0; next_field(a, t->separator, row, &at, out); i++)
        if (i == n)
            return true;
    *out = (text){0};
    return false;
}

uint32_t csv_fields(arena *a, const csv_table *t, text row, text **out)
{
    VEC(text) list = {0};
    text f;
    for (size_t at = 0; next_field(a, t->separator, row, &at, &f);)
        vec_push(&list, f);
    *out = arena_array(a, text, list.n);
    memcpy(*out, list.p, list.n * sizeof f);
    uint32_t n = (uint32_t)list.n;
    vec_release(&list);
    return n;
}

uint32_t csv_column(const csv_table *t, text name)
{
    for (uint32_t i = 0; i < t->columns; i++)
        if (text_equal(t->column[i], name))
            return i;
    return UINT32_MAX;
}

static void read_header(arena *a, csv_table *out, text raw)
{
    out->columns = csv_fields(a, out, raw, &out->column);
    for (uint32_t i = 0; i < out->columns; i++)
        out->column[i] = text_trim(out->column[i]);
}

static uint32_t width(const csv_table *t, text row)
{
    uint32_t n = 0;
    text f;
    arena scratch = {0};
    for (size_t at = 0; next_field(&scratch, t->separator, row, &at, &f);)
        n++;
    arena_release(&scratch);
    return n;
}

void csv_read(arena *a, text source, csv_table *out)
{
    *out = (csv_table){.source = source};
    size_t at = source.n >= 3 && memcmp(source.p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    out->separator = separator_of(text_slice(source, at, source.n));
    VEC(csv_row) rows = {0};
    fault_list faults = {0};
    bool header = false, open;
    unsigned strays = 0;
    while (at < source.n) {
        size_t end = row_end(source, at, out->separator, strays < STRAYS_MOST, &open);
        text raw = text_slice(source, at, end);
        strays += open;
        if (open)
            fault(a, out, &faults, at, rows.n + 1, "a quote is never closed");
        if (raw.n && !header) {
            read_header(a, out, raw);
            header = true;
        } else if (raw.n) {
            vec_push(&rows, (csv_row){raw, at});
            if (width(out, raw) != out->columns)
                fault(a, out, &faults, at, rows.n,
                      "the row has another number of fields than the header");
        }
        at = end + 1;
    }
    if (!header)
        fault(a, out, &faults, 0, 0, "the table is empty");
    out->rows = (uint32_t)rows.n;
    out->row = arena_array(a, csv_row, rows.n);
    out->faults = (uint32_t)faults.n;
    out->fault = arena_array(a, document_fault, faults.n);
    if (rows.n)
        memcpy(out->row, rows.p, rows.n * sizeof *rows.p);
    if (faults.n)
        memcpy(out->fault, faults.p, faults.n * sizeof *faults.p);
    vec_release(&rows);
    vec_release(&faults);
}
