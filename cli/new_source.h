/* new_source.h: rows of an image written as Ferry again. */
#ifndef FERRY_CLI_NEW_SOURCE_H
#define FERRY_CLI_NEW_SOURCE_H

#include "cli/assessed.h"

/* Names of rows as the language can write them: small letters, digits, `_`; unique among
 * themselves. A data file may hold others. */
typedef struct {
    text *p;
    size_t n;
} new_names;

/* For the rows first…first+n-1 of the table. Lives in c->memory. */
void new_names_make(cli *c, const image *i, uint32_t table, uint32_t first, uint32_t n,
                    new_names *out);
/* One of them alone. */
text new_name(cli *c, text t);
void new_text(buffer *b, text t); /* a text between quotes */
/* The customer's block with its channels, what is not evidenced beside it as comments. */
void new_customer(cli *c, buffer *b, const assessed *a, text name, const new_names *channels);

#endif
