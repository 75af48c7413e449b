/* data.h: customers, channels, roles, resources, connectors as rows. */
#ifndef FERRY_COMPILER_DATA_H
#define FERRY_COMPILER_DATA_H

#include "compiler/context.h"

void columns_init(compiler *c);
const column_info *column_find(const compiler *c, uint32_t table, text name);
/* Names of a table's columns for suggestions; returns how many. */
size_t column_names(const compiler *c, uint32_t table, text *out, size_t room);

row *row_new(compiler *c, uint32_t table, text name, span at);
uint32_t row_final(const compiler *c, uint32_t table, int64_t index);
row *row_by_final(const compiler *c, uint32_t table, uint32_t final);
/* Sets a field from an expression of the current module's tree. Reports what does not fit. */
void cell_take(compiler *c, row *r, const column_info *col, node n);
void cell_text(compiler *c, row *r, uint32_t column, text value);
void cell_raw(row *r, uint32_t column, int64_t value);
/* A field that is not a column: reported with the nearest. */
void unknown_column(compiler *c, uint32_t table, span at, text name);
bool cell_given(const row *r, uint32_t column);

/* All blocks and data files of all modules become rows; then rows are sorted and handed to the
 * builder. Code may refer to rows afterwards. */
void data_collect(compiler *c);
void data_build(compiler *c);
void connector_take(compiler *c, decl *d);
/* Blocks of customers and channels (data_customer.c). */
void customer_block(compiler *c, decl *d);
void channel_checks(compiler *c);
/* `customers from "x.yaml"` (yaml.c): the declaration n of the current module. */
void customers_from(compiler *c, node n);
/* {"argv":["x"],"kind":"exec"} of a call like exec(["x"]) (endpoint.c); V_ERROR after a report. */
bool endpoint_json(compiler *c, node n, buffer *out);

#endif
