/* csv_table.c: any bytes as a table: every level of masks finds the rows that are found byte by
 * byte, rows and faults lie within the file and in order, and each row has the fields it is cut
 * into. */
#include "base/scan.h"
#include "stdlib/csv/csv_read.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void nothing(csv_rows *r, size_t at, const csv_walk *w)
{
    if (w->end < at)
        abort();
    csv_row_add(r, at, w->end);
}

static void require_same(const csv_dialect *d, text s)
{
    csv_rows wanted = {.odd = nothing};
    csv_walk w;
    for (size_t at = 0; at < s.n; at = csv_behind_break(s, w.end)) {
        csv_walk_row(d, s, at, &w);
        if (w.end > at)
            csv_row_add(&wanted, at, w.end);
    }
    for (int level = 0; level <= (int)scan_best(); level++) {
        csv_rows got = {.odd = nothing};
        csv_scan_rows(&got, d, s, 0, level);
        if (got.row.n != wanted.row.n)
            abort();
        for (size_t i = 0; i < got.row.n; i++)
            if (got.row.p[i].at != wanted.row.p[i].at || got.row.p[i].n != wanted.row.p[i].n)
                abort();
        vec_release(&got.row);
    }
    vec_release(&wanted.row);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    arena a = {0};
    text t = {(const char *)bytes, n}, *field;
    csv_table table;
    csv_read(&a, t, &table);
    require_same(&table.dialect, t);
    for (uint32_t i = 0; i < table.faults; i++)
        if (table.fault[i].offset > n || (i && table.fault[i].offset < table.fault[i - 1].offset))
            abort();
    for (uint32_t i = 0; i < table.rows; i++) {
        text row = csv_row_text(&table, i), last;
        uint32_t fields = csv_fields(&a, &table, row, &field);
        if (row.p < t.p || row.p + row.n > t.p + n ||
            (i && table.row[i].at <= table.row[i - 1].at) || !fields ||
            !csv_field(&a, &table, row, fields - 1, &last) ||
            csv_field(&a, &table, row, fields, &last))
            abort();
    }
    arena_release(&a);
    return 0;
}
