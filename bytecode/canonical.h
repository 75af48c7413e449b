/* canonical.h: the work of build_canonical, shared by its steps:
 *
 *     canonical.c        which functions, sites, tables and enums there are, and their new numbers
 *     canonical_pool.c   which texts, constants, types and fields are referred to, sorted
 *     canonical_emit.c   the rows themselves, rewritten
 *     canonical_column.c columns, packed
 *     canonical_debug.c  where code stands in the source
 *
 * A map goes from a provisional index to the final one; NO_INDEX: dropped. Orders go back.
 */
#ifndef FERRY_BYTECODE_CANONICAL_H
#define FERRY_BYTECODE_CANONICAL_H

#include "bytecode/build_state.h"
#include "bytecode/layout.h"
#include "bytecode/vocabulary.h"

typedef struct {
    uint32_t *map;   /* provisional -> final; NO_INDEX while not referred to */
    uint32_t *order; /* final -> provisional */
    uint32_t n;
} numbering;

typedef struct {
    const build *b;
    arena *a;
    image *out;
    numbering text, constant, list, record, getter /* fields of JGET */;
    numbering function, site, table, enums;
    uint32_t *fact, facts;        /* by provisional number; numbered as code first names them */
    numbering *column;            /* by provisional table */
    const build_function *cursor; /* the function being walked, for its register types */
    bool bad_index;               /* an operand or field names nothing */
} canon;

void canon_pools(canon *c); /* texts, constants, list types, records, fields */
const char *canon_emit(canon *c, buffer *bytes);
void canon_debug(canon *c);
/* Packs a column behind the data and fills its row. */
void canon_column(canon *c, const build_columns *from, uint32_t rows, image_column *to,
                  buffer *data);

static inline uint32_t insn_index(const insn *x)
{
    return x->b | (uint32_t)x->c << 16;
}

/* The new number of x; remembers an index that names nothing. */
uint32_t canon_map(canon *c, const numbering *n, uint32_t x);
static inline uint32_t canon_text(canon *c, uint32_t t)
{
    return t == NO_INDEX ? t : canon_map(c, &c->text, t);
}

type_word canon_type(canon *c, type_word w);

#endif
