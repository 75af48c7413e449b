/* data_file.h: what YAML and CSV inventories have in common: named scalars that become fields. */
#ifndef FERRY_COMPILER_DATA_FILE_H
#define FERRY_COMPILER_DATA_FILE_H

#include "compiler/data.h"

/* One scalar of a data file and where it stands in it. */
typedef struct {
    text t;
    span at;
} scalar;

/* Sets the field `key` of a row from a scalar: the text itself for text fields, else a constant of
 * the field's type written as in Ferry. An unknown key is reported (E0602). */
void file_cell(compiler *c, row *r, uint32_t table, scalar key, scalar value_of);
void file_list(compiler *c, row *r, uint32_t table, scalar key, const scalar *items, size_t n);
/* A customer with its name, declared in the current module; NULL after a report. */
row *file_customer(compiler *c, scalar name);
row *file_channel(compiler *c, row *customer, scalar name, scalar kind);
row *customer_by_name(compiler *c, text name);

void yaml_customers(compiler *c, source *file);
void csv_rows(compiler *c, source *file, bool channels);

#endif
