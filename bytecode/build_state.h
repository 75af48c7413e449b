/* build_state.h: what a builder has collected; shared by build.c, which collects, and canonical.c,
 * which puts it in order. All indices in here are provisional. */
#ifndef FERRY_BYTECODE_BUILD_STATE_H
#define FERRY_BYTECODE_BUILD_STATE_H

#include "base/intern.h"
#include "base/vec.h"
#include "bytecode/build.h"

typedef struct {
    uint32_t name;
    type_word type;
    bool list;
    VEC(int64_t)
    value;                /* by row; of a list column first element | count << 32. Rows beyond its
                             end are absent */
    VEC(int64_t) element; /* of a list column */
} build_columns;

typedef struct {
    uint32_t name, parent, rows;
    VEC(uint32_t) parent_row; /* by row, where it has a parent */
    VEC(build_columns) column;
} build_tables;

typedef struct {
    uint32_t name;
    VEC(uint32_t) member;
} build_enums;

typedef struct {
    uint32_t text, constant, list_type, record, field, word, function, site, fact;
} build_counts;

struct build {
    arena memory; /* copies of functions; bytes of texts, where the caller gave no place for them */
    arena work;   /* of build_finish */
    names text;
    VEC(int64_t) constant;
    VEC(build_enums) enums;
    VEC(type_word) list_type;
    VEC(image_record) record;
    VEC(image_leaf) leaf;
    VEC(image_field) field;
    VEC(uint32_t) word;
    VEC(build_tables) table;
    VEC(build_function) function; /* code NULL until it is defined */
    VEC(uint32_t) function_name;  /* texts, by function */
    VEC(image_site) site;
    VEC(image_debug) place; /* of each site; line 0 where unknown */
    VEC(image_factor) factor;
    VEC(image_entry) entry;
    image_limits limits;
    VEC(uint32_t) getter; /* fields that JGET names, each once */
    const char *why;      /* the first thing that went wrong */
    const build *trunk;   /* of a branch (branch.c): it has what is numbered below */
    build_counts first;
};

/* Of a list type, a record or a function that was collected here, not by the trunk. */
#define BUILD_OWN(b, table, id) ((b)->table.p[(id) - (b)->first.table])

static inline int64_t build_value(const build_columns *c, uint32_t row)
{
    return row < c->value.n ? c->value.p[row] : QUANTITY_NONE;
}

/* Writes the canonical bytes, working in `a`; NULL, or what is wrong. */
const char *build_canonical(const build *b, arena *a, buffer *bytes);

#endif
