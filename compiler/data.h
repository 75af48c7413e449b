/* data.h: customers, channels, roles, resources, connectors as rows. */
#ifndef FERRY_COMPILER_DATA_H
#define FERRY_COMPILER_DATA_H

#include "compiler/context.h"

void columns_init(compiler *c);
const column_info *column_find(const compiler *c, uint32_t table, text name);
/* Names of a table's columns for suggestions; returns how many. */
size_t column_names(const compiler *c, uint32_t table, text *out, size_t room);

/* A row without its name in column 0, which row_new sets. */
row *row_of_table(compiler *c, uint32_t table, text name, span at);
row *row_new(compiler *c, uint32_t table, text name, span at);
uint32_t row_final(const compiler *c, uint32_t table, int64_t index);
row *row_by_final(const compiler *c, uint32_t table, uint32_t final);
/* Sets a field from an expression of the current module's tree. Reports what does not fit. */
void cell_take(compiler *c, row *r, const column_info *col, node n);
void cell_text(compiler *c, row *r, uint32_t column, text value);
void cell_raw(compiler *c, row *r, uint32_t column, int64_t value);
/* A field that is not a column: reported with the nearest. */
void unknown_column(compiler *c, uint32_t table, span at, text name);
/* How many fields a row will have, where that is known. */
void cells_expect(compiler *c, row *r, size_t n);
void cell_add(compiler *c, row *r, cell x);
bool cell_given(const row *r, uint32_t column);

/* All blocks and data files of all modules become rows; then rows are sorted and handed to the
 * builder. Code may refer to rows afterwards. */
void data_collect(compiler *c);
void data_build(compiler *c);
void title_take(compiler *c, row *r, uint32_t column, node n);
/* A block `role`, and what it says of other roles once all are there (roles.c). */
void role_take(compiler *c, decl *d);
void roles_link(compiler *c);
/* A block `connector` (connector.c). Its row's `number` is what a call may take, in µs. */
void connector_take(compiler *c, decl *d);
/* Blocks of customers and channels (data_customer.c). */
void customer_block(compiler *c, decl *d);
/* The same of very many, by several threads (data_crew.c). false: nothing has happened. */
bool customers_by_crew(compiler *c, decl **customers, size_t n);
/* The member of the enum `which` that a type's word names, -1 after a report. */
int kind_of(compiler *c, node type_node, uint32_t which);
void channel_checks(compiler *c);
/* `customers from "x.yaml"`, `channels from "x.csv"` (data_file.c). */
void rows_from(compiler *c, node n, bool channels);
/* Tables that a program declares (table.c). */
void table_take(compiler *c, decl *d);
value table_value(compiler *c, decl *d, span at);   /* the list of its rows */
value table_at(compiler *c, value list, node n);    /* `users["u1001"]` */
text table_text(const compiler *c, uint32_t table); /* the name of any table */
/* Columns that a program adds (schema.c). */
void schema_collect(compiler *c);
void schema_defaults(compiler *c);
column_info *column_add(compiler *c, uint32_t table, text name, type t, span at);
type type_of_word(compiler *c, text word); /* a scalar type by its name, T_ERROR */
/* The text that a row holds by this number; it lives as long as what the compilation gives out. */
text text_kept(const compiler *c, int64_t id);

#endif
