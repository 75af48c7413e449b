/* csv.c: how fast tables are read, from the bytes in memory on. Measuring program of bench/run.py.
 *
 *     csv FILE ROUNDS     a line a round: CPU seconds of summing all bytes (the floor), of finding
 * all rows byte by byte, of the same by masks at each level that this processor has (0 where it has
 * it not), of reading the table and cutting all its fields; faults
 */
#include "base/scan.h"
#include "base/source.h"
#include "stdlib/csv/csv_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The results go somewhere, so that no compiler leaves the work out. */
static double time_sum(text bytes, volatile uint64_t *sink)
{
    double start = seconds();
    uint64_t sum = 0, word;
    for (size_t i = 0; i + sizeof word <= bytes.n; i += sizeof word) {
        memcpy(&word, bytes.p + i, sizeof word);
        sum += word;
    }
    *sink = sum;
    return seconds() - start;
}

static double time_bytes(text bytes, const csv_dialect *d, volatile uint64_t *sink)
{
    double start = seconds();
    uint64_t n = 0;
    csv_walk w;
    for (size_t at = 0; at < bytes.n; at = csv_behind_break(bytes, w.end)) {
        csv_walk_row(d, bytes, at, &w);
        n += w.fields;
    }
    *sink = n;
    return seconds() - start;
}

static void nothing(csv_rows *r, size_t at, const csv_walk *w)
{
    (void)r, (void)at, (void)w;
}

static double time_masks(text bytes, const csv_dialect *d, scan_level level,
                         volatile uint64_t *sink)
{
    csv_rows r = {.odd = nothing};
    if (level > scan_best())
        return 0;
    double start = seconds();
    csv_scan_rows(&r, d, bytes, 0, (int)level);
    *sink = r.row.n;
    vec_release(&r.row);
    return seconds() - start;
}

static double time_cells(text bytes, uint32_t *faults, volatile uint64_t *sink)
{
    arena memory = {0}, decoded = {0};
    csv_table t;
    uint64_t n = 0;
    text cell;
    double start = seconds();
    csv_read(&memory, bytes, &t);
    for (uint32_t i = 0; i < t.rows; i++) {
        text row = csv_row_text(&t, i);
        for (size_t at = 0; csv_next(&decoded, &t.dialect, row, &at, &cell);)
            n += cell.n;
        arena_clear(&decoded);
    }
    *sink = n;
    *faults = t.faults;
    arena_release(&memory);
    arena_release(&decoded);
    return seconds() - start;
}

int main(int argc, char **argv)
{
    arena a = {0};
    text bytes;
    csv_dialect d;
    uint32_t faults;
    volatile uint64_t sink;
    if (argc != 3 || file_load(&a, argv[1], (size_t)1 << 31, &bytes) != LOAD_OK)
        return 1;
    csv_dialect_of(text_slice(bytes, 0, 1 << 16), false, &d);
    for (int i = atoi(argv[2]); i > 0; i--) {
        printf("%.6f %.6f", time_sum(bytes, &sink), time_bytes(bytes, &d, &sink));
        for (int level = 0; level < SCAN_LEVELS; level++)
            printf(" %.6f", time_masks(bytes, &d, (scan_level)level, &sink));
        double cells = time_cells(bytes, &faults, &sink);
        printf(" %.6f %u\n", cells, faults);
    }
    arena_release(&a);
    return 0;
}
