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
void yaml_channels(compiler *c, source *file);
void csv_rows(compiler *c, source *file, bool channels);

enum { DATA_COLUMNS = 128 };

/* One field of a row of any data file. In CSV a list is one scalar, cut by csv_list. */
typedef struct {
    scalar key;
    const scalar *items;
    size_t n;
    bool list;
} data_entry;
/* Empty fields are left out; `at` is the row. */
typedef void (*data_seen)(void *self, const data_entry *entries, size_t n, span at);

void csv_each(compiler *c, source *file, data_seen see, void *self);
/* The list below `key:`. */
void yaml_rows(compiler *c, source *file, const char *key, data_seen see, void *self);
size_t csv_list(scalar s, scalar *items, size_t most);
/* The file behind `from TEXT`, read; NULL after a report. */
source *file_named(compiler *c, node n);
bool file_is_yaml(const source *file);

#endif
