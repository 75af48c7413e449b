/* build.h: how the compiler makes an image.
 *
 * Indices handed out here are provisional: build_finish sorts texts and constants, drops what
 * nobody refers to, orders functions callee first and then by qualified name, numbers sites by
 * function and instruction, and rewrites every operand, so that the bytes are canonical whatever
 * the order of calls. Tables must be complete, with their rows sorted by key, before code refers to
 * a row.
 */
#ifndef FERRY_BYTECODE_BUILD_H
#define FERRY_BYTECODE_BUILD_H

#include "bytecode/image.h"

typedef struct build build;

/* The bytes of texts are kept in `texts`, or with the builder when it is NULL. */
build *build_new(arena *texts);
void build_free(build *b);

uint32_t build_text(build *b, text t);
/* As build_text without a copy and without a search: `t` lives as long as the builder, and each
 * call gives another index. Equal texts become one in the image. For the texts of rows, which are
 * many and hardly ever the same. */
uint32_t build_text_view(build *b, text t);
text build_text_of(const build *b, uint32_t id); /* the way back */
uint32_t build_constant(build *b, int64_t v);
type_word build_list_type(build *b, type_word element);
/* Record type from its leaves (path, type), for REC. Equal records give the same index. */
uint32_t build_record(build *b, const image_leaf *leaves, uint32_t n);
uint32_t build_shape(build *b, const image_field *fields,
                     uint32_t n); /* first field; equal shapes are shared */
/* The field of a JGET; equal ones are one. An instruction has 16 bits for it: they come before
 * shapes. */
uint32_t build_getter(build *b, const image_field *field);
uint32_t build_words(build *b, const uint32_t *words, uint32_t n); /* a list for a site */

/* Tables. The fixed ones exist with their fixed columns; build_column appends one (`field
 * customer.tier`) and returns its index in the table. */
uint32_t build_table(build *b, text name, uint32_t parent);
uint32_t build_column(build *b, uint32_t table, text name, type_word type, bool list);
/* Appends a row; of a table with a parent, rows come in the order of their parents. Fields not set
 * are absent. */
uint32_t build_row(build *b, uint32_t table, uint32_t parent_row);
void build_set(build *b, uint32_t table, uint32_t row, uint32_t column,
               int64_t value); /* texts: build_text ids */
void build_set_list(build *b, uint32_t table, uint32_t row, uint32_t column, const int64_t *values,
                    uint32_t n);

/* Instructions in a row that stand at one place; `file` is a build_text id, line 0: not known. */
typedef struct {
    image_debug at;
    uint32_t instructions;
} build_place;

typedef struct {
    text name;              /* qualified, unique */
    const type_word *types; /* of its registers, parameters first */
    uint32_t registers, parameters;
    const type_word *result_types;
    uint32_t results;
    effect effect;
    const insn *code;
    uint32_t instructions;
    const build_place *places; /* of all instructions, or NULL */
    uint32_t place_count;
} build_function;

/* Reserves a function so that it may be referred to before it is defined. */
uint32_t build_function_new(build *b, text qualified_name);
void build_function_define(build *b, uint32_t function, const build_function *f);
/* As build_function_define without copies: the arrays live as long as the builder. A program of a
 * million lines has tens of megabytes of them. */
void build_function_take(build *b, uint32_t function, const build_function *f);
/* Sites are made before the code that names them; `waves` is one more than the index of its list.
 * Their text, function and word fields are provisional indices of this builder. */
uint32_t build_site(build *b, const image_site *s, const image_debug *where);
void build_factor(build *b, const image_factor *f);
void build_entry(build *b, const image_entry *e);
void build_limits(
    build *b, const image_limits *l); /* registers, depth, facts and series are computed (`facts`:
                                        more than any that is named); the rest is taken */

/* Several threads collect one program, each with a branch of the builder. A branch may name
 * whatever the trunk held when it was made, and until they are joined nobody writes to the trunk.
 * It has no tables, columns, enums and factors of its own. Facts below `facts` are the trunk's; how
 * many there are with its own, a branch is told by build_limits. */
build *build_branch(const build *trunk, arena *texts, uint32_t facts);
/* Adds to the trunk what branches of it have collected, all at once. They are good for build_free
 * then; not before the trunk is: arrays that they took are rewritten and stay where they are. */
void build_join(build *trunk, build *const *branches, unsigned n);

/* The texts of a branch alone, for rows, where elements of lists must have one number for equal texts:
 * behind the trunk's last text when the branch was made, where each of the branch is now (an array in `a`,
 * from 1). */
uint32_t *build_join_texts(build *trunk, const build *branch, arena *a);
/* The number of the last text of a builder. */
uint32_t build_texts(const build *b);

/* Whether the program is so far within the limits of an image that build_finish surely succeeds,
 * faults of the caller apart: a name that stands twice or is nobody's, a circle of calls. false
 * says nothing. */
bool build_fits(const build *b);

/* Takes over n bytes that malloc gave and that nobody uses any more; build_finish works in them. */
void build_feed(build *b, void *heap, size_t n);

/* Writes the canonical bytes, into the room that `out` has. false when a limit is exceeded (more
 * than 65,535 sites, columns, functions…); `why` is static. */
bool build_finish(build *b, buffer *out, const char **why);

#endif
