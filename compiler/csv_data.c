/* csv_data.c: customers and channels in CSV: a header line, then a row a line.
 *
 * Fields are separated by commas and may stand between double quotes (RFC 4180, without line breaks
 * inside); lists by semicolons; the fields of `contact` are joined by `_`. An empty field is
 * absent.
 */
#include "compiler/data_file.h"

enum { CSV_COLUMNS = DATA_COLUMNS };

typedef struct {
    scalar f[CSV_COLUMNS];
    size_t n;
} record;

/* Cuts one field off; *p stands behind its comma afterwards. */
static scalar field_cut(compiler *c, const source *file, const char **p, const char *end)
{
    const char *at = *p;
    bool quoted = at < end && *at == '"';
    const char *from = quoted ? at + 1 : at, *to = from;
    buffer b;
    buffer_init(&b);
    while (to < end && (quoted ? !(*to == '"' && (to + 1 == end || to[1] != '"')) : *to != ',')) {
        buffer_char(&b, *to);
        to += quoted && *to == '"' ? 2 : 1;
    }
    span where = {file->base + (uint32_t)(from - file->bytes.p),
                  file->base + (uint32_t)(to - file->bytes.p)};
    scalar s = {text_trim(text_copy(c->memory, buffer_view(&b))), where};
    buffer_release(&b);
    to += quoted && to < end;
    if (to < end && *to != ',')
        fault(c, DIAG_E0604, where, "a comma is missing behind this field");
    while (to < end && *to != ',')
        to++;
    *p = to < end ? to + 1 : NULL;
    return s;
}

static bool record_cut(compiler *c, const source *file, text line, record *out)
{
    const char *p = line.p, *end = line.p + line.n;
    out->n = 0;
    if (line.n && end[-1] == '\r')
        end--;
    while (p && out->n < CSV_COLUMNS)
        out->f[out->n++] = field_cut(c, file, &p, end);
    if (p)
        fault(c, DIAG_E0604, out->f[0].at, "more than %d columns", CSV_COLUMNS);
    return !p;
}

static scalar cell_named(const record *head, const record *r, const char *name)
{
    for (size_t i = 0; i < head->n && i < r->n; i++)
        if (text_is(head->f[i].t, name))
            return r->f[i];
    return (scalar){TEXT(""), r->f[0].at};
}

size_t csv_list(scalar s, scalar *items, size_t most)
{
    size_t n = 0, from = 0;
    for (size_t i = 0; i <= s.t.n && n < most; i++)
        if (i == s.t.n || s.t.p[i] == ';') {
            items[n++] = (scalar){text_trim(text_slice(s.t, from, i)),
                                  {s.at.start + (uint32_t)from, s.at.start + (uint32_t)i}};
            from = i + 1;
        }
    return n;
}

static void list_set(compiler *c, row *r, uint32_t table, scalar key, scalar s)
{
    scalar items[CSV_COLUMNS];
    file_list(c, r, table, key, items, csv_list(s, items, CSV_COLUMNS));
}

static void cells_set(compiler *c, row *r, uint32_t table, const record *head, const record *rec)
{
    for (size_t i = 0; i < head->n && i < rec->n; i++) {
        scalar key = head->f[i];
        bool own = text_is(key.t, "name") || text_is(key.t, "customer") ||
                   (table == TABLE_CHANNEL && text_is(key.t, "kind"));
        if (own || !rec->f[i].t.n)
            continue;
        if (text_starts(key.t, TEXT("contact_")))
            key.t = text_format(c->memory, "contact.%.*s", TEXT_ARG(text_slice(key.t, 8, key.t.n)));
        const column_info *col = column_find(c, table, key.t);
        if (col && col->list)
            list_set(c, r, table, key, rec->f[i]);
        else
            file_cell(c, r, table, key, rec->f[i]);
    }
}

static void channel_row(compiler *c, const record *head, const record *rec)
{
    scalar owner = cell_named(head, rec, "customer");
    row *customer = customer_by_name(c, owner.t);
    if (!customer) {
        size_t n = c->rows[TABLE_CUSTOMER].n;
        text *known = arena_array(c->memory, text, n + 1);
        for (size_t i = 0; i < n; i++)
            known[i] = c->rows[TABLE_CUSTOMER].p[i]->name;
        diagnostic *g =
            fault(c, DIAG_E0603, owner.at, "there is no customer `%.*s`", TEXT_ARG(owner.t));
        suggest(c, g, owner.at, owner.t, known, n);
        return;
    }
    row *r =
        file_channel(c, customer, cell_named(head, rec, "name"), cell_named(head, rec, "kind"));
    if (r)
        cells_set(c, r, TABLE_CHANNEL, head, rec);
}

typedef void (*record_seen)(compiler *c, void *self, const record *head, const record *rec);

static void each_record(compiler *c, source *file, record_seen see, void *self)
{
    record *head = arena_new(c->memory, record), *rec = arena_new(c->memory, record);
    if (!record_cut(c, file, source_line(file, 1), head))
        return;
    if (!head->f[0].t.n) {
        fault(c, DIAG_E0604, (span){file->base, file->base}, "the first line names the columns");
        return;
    }
    if (head->n == 1 && text_find(head->f[0].t, ';') >= 0) {
        fault(c, DIAG_E0604, head->f[0].at,
              "the columns are parted by `;`: a CSV file has commas between them");
        return;
    }
    for (uint32_t n = 2; n <= file->lines; n++) {
        text line = source_line(file, n);
        if (!text_trim(line).n || !record_cut(c, file, line, rec))
            continue;
        if (rec->n > head->n) {
            diagnostic *g = fault(c, DIAG_E0604, rec->f[head->n].at,
                                  "this line has more fields than the first one");
            diag_help_add(c->d, g, "a field that holds a comma stands between \"");
        } else
            see(c, self, head, rec);
    }
}

static void see_row(compiler *c, void *self, const record *head, const record *rec)
{
    if (*(const bool *)self) {
        channel_row(c, head, rec);
        return;
    }
    row *r = file_customer(c, cell_named(head, rec, "name"));
    if (r)
        cells_set(c, r, TABLE_CUSTOMER, head, rec);
}

void csv_rows(compiler *c, source *file, bool channels)
{
    each_record(c, file, see_row, &channels);
}

/* --- any table
 * --------------------------------------------------------------------------------------- */

typedef struct {
    data_seen see;
    void *self;
} receiver;

static void see_entries(compiler *c, void *self, const record *head, const record *rec)
{
    const receiver *to = self;
    data_entry e[DATA_COLUMNS];
    size_t n = 0;
    (void)c;
    for (size_t i = 0; i < head->n && i < rec->n; i++)
        if (rec->f[i].t.n)
            e[n++] = (data_entry){.key = head->f[i], .items = &rec->f[i], .n = 1};
    span last = rec->f[rec->n - 1].at;
    to->see(to->self, e, n, (span){rec->f[0].at.start, last.end});
}

void csv_each(compiler *c, source *file, data_seen see, void *self)
{
    receiver to = {see, self};
    each_record(c, file, see_entries, &to);
}
