/* csv_read.h: what the parts of the reader of tables share. Not for use outside of csv*.c. */
#ifndef FERRY_STDLIB_CSV_READ_H
#define FERRY_STDLIB_CSV_READ_H

#include "base/vec.h"
#include "stdlib/csv/csv.h"

typedef enum {
    CSV_FAULT_NONE,
#define CSV_FAULT(id, code, meaning) CSV_FAULT_##id,
#include "stdlib/csv/csv_faults.def"
#undef CSV_FAULT
    CSV_FAULT_COUNT
} csv_fault;

/* One field, read byte by byte. csv_cell.c */
typedef struct {
    size_t end;      /* of its separator, line break, or the text */
    size_t from, to; /* what is between its quotes; else all of it */
    bool decode;     /* quotes in it are doubled or escaped */
    csv_fault fault; /* OPEN, BEHIND or none */
} csv_cell;

void csv_cell_read(const csv_dialect *d, text s, size_t at, csv_cell *out);

/* One row, read byte by byte: its end (of the line break, or the text), how many fields it has, and
 * the first that something is wrong with. */
typedef struct {
    size_t end, fields;
    csv_fault fault;
    size_t fault_at, fault_field; /* from 0 */
    bool comment;
} csv_walk;

/* A line that begins with # is a comment unless it has the columns of the table. */
void csv_walk_row(const csv_dialect *d, text s, size_t at, csv_walk *out);

static inline bool csv_ends_row(char c)
{
    return c == '\n' || c == '\r';
}

/* Behind the line break at `at`, or the end. */
static inline size_t csv_behind_break(text s, size_t at)
{
    bool both = at + 1 < s.n && s.p[at] == '\r' && s.p[at + 1] == '\n';
    return at < s.n ? at + 1 + both : s.n;
}

/* The rows found, and who is told of the others. */
typedef struct csv_rows csv_rows;
struct csv_rows {
    VEC(csv_row) row;
    void (*odd)(csv_rows *r, size_t at, const csv_walk *walk);
};

/* All rows of a text from `at` on: those without fault and of as many fields as the dialect has
 * columns are added to `row`, the others are told to `odd` in their places among them. Blank ones
 * are left out. `level` is how (scan_level); all levels tell the same. csv_scan.c */
void csv_scan_rows(csv_rows *r, const csv_dialect *d, text s, size_t at, int level);

static inline void csv_row_add(csv_rows *r, size_t at, size_t end)
{
    size_t n = end - at;
    vec_push(&r->row, (csv_row){at, n < CSV_ROW_LONG ? n : CSV_ROW_LONG});
}

#endif
