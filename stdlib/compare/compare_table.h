/* compare_table.h: two tables side by side. Not for use outside of compare_table.c and
 * compare_rows.c. */
#ifndef FERRY_STDLIB_COMPARE_TABLE_H
#define FERRY_STDLIB_COMPARE_TABLE_H

#include "stdlib/compare/compare_parts.h"
#include "stdlib/csv/csv.h"

typedef struct table_pair {
    const csv_table *l, *m;
    uint32_t *to;     /* modern's column by legacy's; WHOLE: it has none */
    uint8_t *numeric; /* by column of legacy: 0 unknown, 1 yes, 2 no */
    bool alike;       /* the same columns in the same order */
    bool plain;       /* and written in the same way: rows of equal bytes are equal */
    bool moved;       /* columns stand in another order */
} table_pair;

/* Field n of both rows, in legacy's columns and then behind the last of either side's: what has
 * nothing there is empty. */
void compare_table_row(comparison *c, table_pair *p, text legacy, text modern);

/* Finds out which row answers which, and compares them, in legacy's order. compare_rows.c */
void compare_table_rows(comparison *c, table_pair *p);

#endif
