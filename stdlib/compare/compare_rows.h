/* compare_rows.h: what compare_rows.c and compare_gaps.c share. Not for use outside of them. */
#ifndef FERRY_STDLIB_COMPARE_ROWS_H
#define FERRY_STDLIB_COMPARE_ROWS_H

#include "stdlib/compare/compare_table.h"

/* A row that nothing answered at its place. */
typedef struct {
    uint64_t print, key; /* key: 0 where it has none */
    uint32_t row, gap;   /* the gap counts from 1, on both sides alike */
    uint32_t before;     /* the row of legacy at which the gap begins */
    bool done;
} stray;

typedef VEC(stray) strays;

typedef struct {
    uint32_t legacy, modern; /* WHOLE: none */
    uint32_t order;          /* of legacy, for the report */
    bool moved;
} answer;

typedef struct {
    uint64_t print;
    uint32_t at;
} seen;

typedef struct {
    comparison *c;
    table_pair *p;
    uint8_t *free; /* by column of legacy: it may differ, so it tells nothing */
    bool any_free;
    uint32_t key; /* the column of legacy that rows are known by; WHOLE: none */
    arena cells;  /* of the rows at hand */
    strays l, m;
    uint32_t gaps;
    VEC(answer) answers; /* of rows that are not equal */
    VEC(seen) window;
    VEC(uint64_t) of_l, of_m; /* prints of the window */
    VEC(stray *) by_what;     /* modern's strays, by print or key */
} row_walk;

/* The two have one key, and their neighbours another. */
bool row_answers_by_key(row_walk *w, uint32_t i, uint32_t j);
/* Have they the same in half of their columns at least. */
bool row_resembles(row_walk *w, uint32_t i, uint32_t j);

/* Finds out which strays answer each other. compare_gaps.c */
void row_pair_strays(row_walk *w);

#endif
