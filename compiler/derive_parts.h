/* derive_parts.h: the parts of a playbook and the edits of another one that is made from it. Shared
 * by derive.c and derive_edits.c only. */
#ifndef FERRY_COMPILER_DERIVE_PARTS_H
#define FERRY_COMPILER_DERIVE_PARTS_H

#include "compiler/fields.h"

typedef struct {
    node n; /* of the base's tree */
    text path;
    bool field;
} base_part;

typedef struct {
    node part, by; /* `by`: CHANGE, INSERT or OMIT in the tree that is written */
    text path;
} edit;

typedef struct {
    compiler *c;
    decl *of, *base;
    const ast *from, *by;
    ast *out;
    module *home;
    VEC(base_part) parts;
    VEC(edit) edits;
    bool bad;
} derivation;

/* Finds the place of each edit and checks that it fits; `bad` after a report. */
void edits_read(derivation *d);
/* The block that a statement of this kind has fields in; BLOCK_KINDS: none that can be changed. */
block_kind derive_block(ast_kind_of kind);

#endif
