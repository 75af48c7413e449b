/* image.h: the program image, the one thing that the compiler and the machine share.
 *
 * An image is a canonical byte string (little-endian; sections 8-aligned, zero-padded, in ascending
 * id, each once). The same program gives the same bytes on every machine, whatever its file names,
 * folder, order of declarations, comments and layout. Its name is
 *
 *     program hash = SHA-256("ferry.image.1\0" || isa u32 || for each hashed section (id u32, count
 * u32, length u64, sha256))
 *
 * DEBUG (where a site or instruction stands in the source) is hashed apart and may be stripped.
 * Rows are fixed-size structs read in place; every index has been checked by image_verify before
 * anyone else sees it, at every load.
 */
#ifndef FERRY_BYTECODE_IMAGE_H
#define FERRY_BYTECODE_IMAGE_H

#include "base/calendar.h"
#include "base/decimal.h"
#include "base/hash.h"
#include "base/text.h"

enum { IMAGE_ISA = 3, IMAGE_NONE = -1 /* as u32: no function, no row, no list */ };
#define NO_INDEX UINT32_MAX

typedef enum {
#define TYPE(id, name, scale, family) TYPE_##id,
#include "bytecode/types.def"
#undef TYPE
    TYPE_COUNT
} type_id;

typedef uint32_t type_word; /* type_id | parameter << 8 */
#define TYPE_WORD(id, parameter) ((type_word)(id) | (type_word)(parameter) << 8)
#define TYPE_ID(w)               ((type_id)((w)&0xff))
#define TYPE_PARAMETER(w)        ((w) >> 8)

typedef enum {
#define OP(id, mnemonic, a, b, c, wait, synopsis) OP_##id,
#include "bytecode/opcodes.def"
#undef OP
    OP_COUNT
} opcode;

typedef enum {
#define SITE(id, name, fields) SITE_##id,
#include "bytecode/sites.def"
#undef SITE
    SITE_COUNT
} site_kind;

typedef enum {
#define CONVERSION(id, name, from, to, multiply, divide) CONVERSION_##id,
#include "bytecode/conversions.def"
#undef CONVERSION
    CONVERSION_COUNT
} conversion_id;

typedef enum {
#define STATISTIC(id, name, meaning) STATISTIC_##id,
#include "bytecode/statistics.def"
#undef STATISTIC
    STATISTIC_COUNT
} statistic_id;

/* Tables and columns: TABLE_CUSTOMER, COLUMN_CUSTOMER_NAME (a column's index within its table),
 * ENUM_kind (index among the fixed enums). */
typedef enum {
#define TABLE(id, name, parent) TABLE_##id,
#define COLUMN(table, id, name, type, enum_name, flags)
#define ENUM(name, members)
#include "bytecode/tables.def"
#undef TABLE
#undef COLUMN
#undef ENUM
    TABLE_FIXED
} table_id;

/* Where a column stands among all, only to find its index within its table. */
enum {
#define TABLE(id, name, parent)                         COLUMN_FIRST_##id, COLUMN_BEFORE_##id = COLUMN_FIRST_##id - 1,
#define COLUMN(table, id, name, type, enum_name, flags) COLUMN_AT_##table##_##id,
#define ENUM(name, members)
#include "bytecode/tables.def"
#undef TABLE
#undef COLUMN
#undef ENUM
};

enum {
#define TABLE(id, name, parent)
#define COLUMN(table, id, name, type, enum_name, flags)                                            \
    COLUMN_##table##_##id = COLUMN_AT_##table##_##id - COLUMN_FIRST_##table,
#define ENUM(name, members)
#include "bytecode/tables.def"
#undef TABLE
#undef COLUMN
#undef ENUM
};

typedef enum {
#define TABLE(id, name, parent)
#define COLUMN(table, id, name, type, enum_name, flags)
#define ENUM(name, members) ENUM_##name,
#include "bytecode/tables.def"
#undef TABLE
#undef COLUMN
#undef ENUM
    ENUM_FIXED
} enum_id;

typedef enum {
#define PURE(id, name, signature, doc) BUILTIN_##id,
#define OPERATION(id, connector, name, effect, arguments, result, traits, doc)
#include "bytecode/builtins.def"
#undef PURE
#undef OPERATION
    BUILTIN_COUNT
} builtin_id;

typedef enum {
#define PURE(id, name, signature, doc)
#define OPERATION(id, connector, name, effect, arguments, result, traits, doc) OPERATION_##id,
#include "bytecode/builtins.def"
#undef PURE
#undef OPERATION
    OPERATION_COUNT
} operation_id;

enum { TRAIT_NATURAL = 1, TRAIT_PROBES = 2, TRAIT_DEDUPLICATES = 4 };
typedef enum { EFFECT_PURE, EFFECT_READ, EFFECT_WRITE } effect;

typedef struct {
    uint16_t op, a, b, c;
} insn;

typedef struct {
    uint32_t name;               /* text: qualified name, unique */
    uint32_t code, instructions; /* range in CODE */
    uint32_t types; /* first of `registers` type words in the pool behind the rows; parameters come
                       first */
    uint16_t registers, parameters, results, effect;
    uint32_t result_types; /* first of `results` type words in the same pool */
    uint32_t depth; /* registers of this frame and of the deepest callee chain; recomputed by the
                       verifier */
    uint64_t
        cost; /* instructions in the worst case, reductions counted as list limit 1; recomputed */
} image_function;

typedef enum { ON_ROLLBACK, ON_PAUSE, ON_SKIP, ON_ASK } failure_response;
typedef enum { SCOPE_MIGRATION, SCOPE_PLAYBOOK, SCOPE_PHASE, SCOPE_BLOCK } scope_kind;
typedef enum { TRIGGER_ROLLBACK, TRIGGER_PAUSE, TRIGGER_ALERT } trigger_action;
/* Before a branch: false is an answer as good as true; only what is not available asks people. */
typedef enum { GATE_REQUIRE, GATE_BRANCH } gate_action;
enum { SITE_UNDO_NONE = 1, SITE_IRREVERSIBLE = 2, SITE_ADOPT = 4, SITE_CONDITIONS = 8 };

typedef struct {
    uint32_t kind;   /* site_kind */
    uint32_t action; /* scope_kind, trigger_action or gate_action, else 0 */
    uint32_t name;   /* text: its part of a path, "route"; the empty text where it has none */
    uint32_t operation, connector; /* operation_id, row of table connector; NO_INDEX where none */
    uint32_t title, args, check, undo, find, body; /* functions, NO_INDEX where none */
    uint32_t shape, shape_count;                   /* fields in SHAPE: its results */
    uint32_t captures;
    uint32_t capture_names; /* list: `captures` texts, for `why`; NO_INDEX where not kept */
    uint32_t votes;         /* list: number of pairs, then (role row, how many); NO_INDEX */
    uint32_t needs;         /* list: number of pairs, then (resource row, how many); NO_INDEX */
    uint32_t wanted;        /* text: the condition in canonical source form; NO_INDEX */
    uint32_t why; /* text: reason of `undo none`, `irreversible`; undo instruction of a task;
                     evidence below */
    uint32_t evidence;
    uint32_t flags;
    uint32_t on_failure, ask_role, ask_else; /* failure_response, role row, failure_response */
    uint32_t retries;                        /* further tries */
    uint32_t waves; /* of EACH: list: number of sizes, then sizes, the last one for all that follow; 0
                       where it has none */
    int64_t ask_within, retry_pause, timeout, estimate_low, estimate_high,
        expires; /* durations; QUANTITY_NONE where not given */
    int64_t worst_forward, worst_back;
} image_site;

typedef struct {
    uint32_t path; /* text: "json.target", "status", "legacy.p95" */
    type_word type;
} image_field;

typedef struct {
    uint32_t name, title; /* texts */
    uint32_t category;    /* code of enum category */
    uint32_t table;       /* TABLE_CUSTOMER or TABLE_CHANNEL: its subject */
    uint32_t function;   /* pure (row) -> applies: bool (NA or none: not evidenced), impact: number,
                            likelihood: number */
    uint32_t mitigation; /* text */
} image_factor;

typedef struct {
    uint32_t name, title; /* texts */
    uint32_t customer;    /* row */
    uint32_t function;    /* body: no parameters */
    uint32_t window;      /* row of the default window, NO_INDEX */
    uint32_t reserved;
    int64_t worst_forward, worst_back;
} image_entry;

typedef struct {
    uint32_t name, first_member, members; /* of an enum: texts in the word pool of TYPE, in order */
    uint32_t reserved;
} image_enum;

typedef struct {   /* a leaf of a record type, in the order of its registers; nesting is in the path
                    */
    uint32_t path; /* text: keys joined by '.', escaped as \. where a key holds one */
    type_word type;
} image_leaf;

typedef struct {
    uint32_t first_leaf, leaves; /* range of image_leaf */
} image_record;

/* A column: values of one field over all rows of a table. value(row) = base + the width-byte
 * little-endian unsigned at row; width 0 means all equal base. Texts are ids of the pool. A list
 * column holds width-byte *end offsets* into its elements. */
typedef struct {
    uint32_t name;  /* text */
    type_word type; /* of a list column: the element's type word; see `list` */
    uint16_t width, element_width, list,
        present;       /* present: 1 where presence bits precede the values */
    uint32_t elements; /* of a list column */
    uint32_t reserved;
    int64_t base, least, most; /* least/most over present values; recomputed by the verifier */
    int64_t element_base;
    uint64_t offset; /* of its bytes in the data area of TABLE: presence bits, values, elements,
                        each 8-aligned */
} image_column;

typedef struct {
    uint32_t name; /* text */
    uint32_t rows;
    uint32_t parent; /* table, NO_INDEX */
    uint32_t columns, first_column;
    uint32_t parent_first; /* with a parent: word-pool index of rows(parent)+1 offsets; child rows
                              are contiguous by parent */
} image_table;

typedef struct {
    uint32_t registers; /* computed: the largest image_function.depth, so of one fiber */
    uint32_t depth; /* computed: frames of the deepest chain of calls, site functions included */
    uint32_t fibers, text, list;
    uint32_t facts;  /* computed: those that PUT and GET name */
    uint32_t series; /* computed: OBSERVE sites */
    uint32_t reserved;
    uint64_t fuel;
    int64_t weight[5]; /* percent of each category, in order; they sum to 100% */
    int64_t level[3];  /* number: score from which medium, high, critical begin */
} image_limits;

/* A place in the source. */
typedef struct {
    uint32_t file; /* index among the files of DEBUG (image_file): names of files are not in TEXT,
                      which is hashed */
    uint32_t line, column, end_line, end_column; /* from 1; the end is exclusive */
} image_debug;

/* A verified image: views into its bytes. Immutable. */
typedef struct image image;
struct image {
    text bytes;
    sha256 hash, debug_hash;
    const uint32_t *text_offset; /* texts + 1 offsets */
    const char *text_bytes;
    uint32_t texts;
    const int64_t *constant;
    uint32_t constants;
    const image_enum *enums;
    uint32_t enum_count;
    const type_word *list_types;
    uint32_t list_type_count; /* element type words of list types */
    const image_record *records;
    uint32_t record_count;
    const image_leaf *leaves;
    uint32_t leaf_count;
    const image_table *tables;
    uint32_t table_count;
    const image_column *columns;
    uint32_t column_count;
    const uint8_t *data;
    uint64_t data_size;
    const image_field *fields;
    uint32_t field_count;
    const image_site *sites;
    uint32_t site_count;
    const uint32_t *words;
    uint32_t word_count; /* pool of u32: enum members, site lists, parent offsets */
    const image_factor *factors;
    uint32_t factor_count;
    const image_function *functions;
    uint32_t function_count;
    const type_word *types;
    uint32_t type_count;
    const insn *code;
    uint32_t code_count;
    const image_entry *entries;
    uint32_t entry_count;
    const image_limits *limits;
    const uint32_t *place_end; /* of each run in `places` (debug.h): functions, then sites */
    uint32_t place_runs;       /* 0 where stripped */
    const uint8_t *places;
    const uint32_t *file_offset; /* files + 1 offsets */
    const char *file_bytes;
    uint32_t files;
    type_word *fact_types; /* by fact; found by the verifier */
    char *memory;          /* what `bytes` points to, where the image owns it; else NULL */
};

typedef struct {
    uint64_t offset; /* in the bytes */
    char message[160];
} image_fault;

/* Checks everything (EXECUTION §1) and makes the views. On success *out owns a copy of the bytes;
 * release with image_free. On failure false, and the fault says where and what. Never reads outside
 * the bytes, whatever they are. An image of another isa version is refused with a message that
 * names both versions. */
bool image_verify(image **out, const void *bytes, size_t n, image_fault *fault);
/* As image_verify without a copy: the bytes, aligned to 8, live as long as the image and do not change. */
bool image_verify_held(image **out, const void *bytes, size_t n, image_fault *fault);
void image_free(image *i);

text image_text(const image *i, uint32_t id);
/* A field of a row as a raw value (QUANTITY_NONE where absent); texts as pool ids. Not for list
 * columns. */
int64_t image_value(const image *i, uint32_t table, uint32_t column, uint32_t row);
/* Whether a field is there; also of list columns, whose absent fields read as empty lists. */
bool image_present(const image *i, uint32_t table, uint32_t column, uint32_t row);
/* The elements of a list column: count, and each. */
uint32_t image_list(const image *i, uint32_t table, uint32_t column, uint32_t row, uint32_t *first);
int64_t image_element(const image *i, uint32_t table, uint32_t column, uint32_t at);
text image_field_text(const image *i, uint32_t table, uint32_t column,
                      uint32_t row); /* empty where absent */
uint32_t image_find_row(const image *i, uint32_t table,
                        text name); /* by its name column; NO_INDEX */
uint32_t image_children(const image *i, uint32_t child_table, uint32_t parent_row, uint32_t *first);
uint32_t image_find_entry(const image *i, text name); /* NO_INDEX when there is none */
/* Where a site stands, and an instruction, counted within its function; false where it is not known:
 * the image is stripped, or nobody wrote it. */
bool image_site_place(const image *i, uint32_t site, image_debug *out);
bool image_place(const image *i, uint32_t function, uint32_t instruction, image_debug *out);
text image_file(const image *i, uint32_t file); /* the name of a place's file */

#endif
