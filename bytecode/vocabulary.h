/* vocabulary.h: the .def files as arrays, for whoever walks them: builder, verifier, dispatcher,
 * disassembler, compiler, documentation.
 */
#ifndef FERRY_BYTECODE_VOCABULARY_H
#define FERRY_BYTECODE_VOCABULARY_H

#include "bytecode/image.h"

/* What an operand means; see opcodes.def. */
typedef enum { O_, D_, R_, N_, I_, K_, J_, T_, C_, F_, S_, H_, B_, Y_, V_, X_, G_ } operand;

typedef struct {
    const char *mnemonic;
    uint8_t operand[3]; /* of a, b, c */
    uint8_t wait;
} op_row;

typedef struct {
    const char *name;
    int scale; /* -1 where it is no quantity of a scale */
    char family;
} type_row;

typedef struct {
    const char *name, *doc;
} site_row;

typedef struct {
    const char *name;
    type_id from, to;
    int64_t multiply, divide;
} conversion_row;

typedef struct {
    const char *name, *meaning;
} statistic_row;

enum { COLUMN_REQUIRED = 1, COLUMN_LIST = 2, COLUMN_HIDDEN = 4 };

typedef struct {
    const char *name;
    uint32_t parent; /* NO_INDEX where none */
} table_row;

typedef struct {
    uint32_t table;
    const char *name;
    type_word type; /* of a list column: of its elements */
    unsigned flags;
} column_row;

typedef struct {
    const char *name, *members; /* separated by one blank */
} enum_row;

typedef struct {
    const char *name, *signature, *doc;
} builtin_row;

typedef struct {
    const char *connector, *name; /* connector: a member of enum connector, or "none" */
    effect effect;
    const char *arguments, *result;
    unsigned traits;
    const char *doc;
} operation_row;

extern const op_row op_rows[OP_COUNT];
extern const type_row type_rows[TYPE_COUNT];
extern const site_row site_rows[SITE_COUNT];
extern const conversion_row conversion_rows[CONVERSION_COUNT];
extern const statistic_row statistic_rows[STATISTIC_COUNT];
extern const table_row table_rows[TABLE_FIXED];
extern const column_row column_rows[]; /* all tables' columns, table by table */
extern const size_t column_rows_count;
extern const enum_row enum_rows[ENUM_FIXED];
extern const builtin_row builtin_rows[BUILTIN_COUNT];
extern const operation_row operation_rows[OPERATION_COUNT];

/* Splits a blank-separated list of members: the next one, and *rest behind it; the empty text at
 * the end. */
text vocabulary_next(const char **rest);

#endif
