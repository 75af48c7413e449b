/* fields.h: the fields of a block, checked against fields.def and found by name. */
#ifndef FERRY_COMPILER_FIELDS_H
#define FERRY_COMPILER_FIELDS_H

#include "compiler/context.h"

typedef enum {
#define BLOCK_KIND(id, name) BLOCK_##id,
#include "compiler/fields.def"
    BLOCK_KINDS
} block_kind;

/* FIELD_step_do …: index in the table of all fields. */
typedef enum {
#define FIELD(block, name, forms, flags, type, doc) FIELD_##block##_##name,
#include "compiler/fields.def"
    FIELD_COUNT
} field_id;

typedef struct {
    node at[FIELD_COUNT]; /* FIELD or SECTION; the first of several */
    bool unknown;         /* one was not known or could not be read: it may be the one that is missing */
} fields;

/* Reads the items of a block: reports unknown fields (E0120, with the nearest), repeated ones
 * (E0121), missing ones (E0122, at `named`), statements that do not belong there (E0123), wrong
 * forms (E0124). */
void fields_read(compiler *c, block_kind kind, node body, span named, fields *out);
/* The same without some of the items, which are given in their order: somebody else reads them. */
void fields_read_but(compiler *c, block_kind kind, node body, const node *skip, size_t skipped,
                     span named, fields *out);
/* The names of its fields, at most `room`; returns how many. */
size_t block_fields(block_kind kind, text *out, size_t room);
/* A statement by its kind, for messages: `require`. */
text statement_text(compiler *c, node n);
text statement_kind(compiler *c, ast_kind_of of);
/* Whether this item of a tree, a field or a statement, may stand in such a block. */
bool block_takes(block_kind kind, const ast *t, node item);
/* The value of a field, 0 where it is absent. */
node field_value(const compiler *c, const fields *f, field_id id);
span field_name_span(const compiler *c, const fields *f, field_id id);
/* The text behind a value: `undo none "why"`; 0 where there is none. */
node field_reason(const compiler *c, const fields *f, field_id id);

#endif
