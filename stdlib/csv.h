/* csv.h: reads tables (RFC 4180, and what spreadsheets make of it) as views into the file.
 *
 * The separator is the one of comma, semicolon, tab and bar that splits the first lines most
 * evenly; the first row is the header. A field in quotes may hold separators, line breaks and
 * doubled quotes. LF, CRLF and CR end rows; blank rows are nobody's.
 */
#ifndef FERRY_STDLIB_CSV_H
#define FERRY_STDLIB_CSV_H

#include "stdlib/document.h"

typedef struct {
    text raw; /* of a row: its bytes without the line break */
    size_t offset;
} csv_row;

typedef struct {
    text source;
    char separator;
    text *column; /* names from the header, decoded */
    csv_row *row; /* without the header */
    uint32_t columns, rows;
    document_fault *fault; /* rows of another width, a quote that is not closed */
    uint32_t faults, faults_omitted;
} csv_table;

enum { CSV_FAULTS_MOST = 1000 };

void csv_read(arena *a, text source, csv_table *out);
/* Field n of a row (from 0), decoded: a copy in the arena where it has doubled quotes. false when
 * the row has fewer. */
bool csv_field(arena *a, const csv_table *t, text row, uint32_t n, text *out);
/* All fields at once; returns their number. */
uint32_t csv_fields(arena *a, const csv_table *t, text row, text **out);
/* The column of that name, or UINT32_MAX. */
uint32_t csv_column(const csv_table *t, text name);

#endif
