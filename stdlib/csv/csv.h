/* csv.h: reads tables (RFC 4180, and what spreadsheets make of it) as views into the file.
 *
 * How a table is written is told from its first rows (csv_dialect_of). Title lines before it, blank
 * rows and comments (`#`) are nobody's, but counted. A field in quotes may hold separators, line
 * breaks and doubled quotes; a quote within a field that does not begin with one is a character as
 * any other. LF, CRLF and CR end rows. Nothing fails: what is wrong is a fault with its offset and
 * path ("row[3].price"), and rows are kept as they are.
 *
 * A row costs eight bytes, whatever it holds: fields are cut where they are asked for.
 */
#ifndef FERRY_STDLIB_CSV_H
#define FERRY_STDLIB_CSV_H

#include "stdlib/document/document.h"

typedef struct {
    char separator; /* , ; tab or | */
    char quote;     /* " or ' */
    bool escapes;   /* a backslash before a quote makes it a character */
    bool header;    /* the first row names the columns */
    size_t start;   /* of the first row, behind title lines */
    size_t columns; /* that most rows have */
} csv_dialect;

/* How the rows of this text are written, and whether it certainly is a table: two rows of two
 * columns at least, and two thirds of all alike. `whole`: the text does not go on behind its end.
 * Where it is none, what is told is the best guess. Never allocates. */
bool csv_dialect_of(text head, bool whole, csv_dialect *out);

enum { CSV_ROW_LONG = (1 << 24) - 1 };

typedef struct {
    uint64_t at : 40, n : 24; /* of the source; n is CSV_ROW_LONG where that and more */
} csv_row;

typedef struct {
    text source;
    csv_dialect dialect;
    text *column; /* names from the header, decoded; without one their numbers, from 1 */
    uint32_t columns;
    csv_row *row; /* without the header */
    uint32_t rows, comments;
    size_t header;               /* offset of the header; of the first row where there is none */
    const document_fault *fault; /* by offset; csv_faults.def */
    uint32_t faults, faults_omitted;
} csv_table;

/* Rows beyond 2^32 and bytes beyond a terabyte are not read, which is a fault. */
void csv_read(arena *a, text source, csv_table *out);

/* The bytes of a row, without its line break. */
text csv_row_text(const csv_table *t, uint32_t row);
/* Field n of a row (from 0), decoded: a copy in the arena where it has doubled quotes. false when
 * the row has fewer. */
bool csv_field(arena *a, const csv_table *t, text row, uint32_t n, text *out);
/* All fields at once; returns their number. */
uint32_t csv_fields(arena *a, const csv_table *t, text row, text **out);
/* The column of that name, or UINT32_MAX. */
uint32_t csv_column(const csv_table *t, text name);

/* The fields of a row one by one, without memory but for what is decoded: the field at *at, which
 * is 0 at first and moved behind it; false at the end of the row. */
bool csv_next(arena *a, const csv_dialect *d, text row, size_t *at, text *out);

#endif
