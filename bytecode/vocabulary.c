/* vocabulary.c: owns the arrays made from the .def files. */
#include "bytecode/vocabulary.h"

const op_row op_rows[OP_COUNT] = {
#define OP(id, mnemonic, a, b, c, wait, synopsis) {mnemonic, {a, b, c}, wait},
#include "bytecode/opcodes.def"
#undef OP
};

const type_row type_rows[TYPE_COUNT] = {
#define TYPE(id, name, scale, family) {name, scale, family},
#include "bytecode/types.def"
#undef TYPE
};

const site_row site_rows[SITE_COUNT] = {
#define SITE(id, name, fields) {name, fields},
#include "bytecode/sites.def"
#undef SITE
};

const conversion_row conversion_rows[CONVERSION_COUNT] = {
#define CONVERSION(id, name, from, to, multiply, divide)                                           \
    {name, TYPE_##from, TYPE_##to, multiply, divide},
#include "bytecode/conversions.def"
#undef CONVERSION
};

const statistic_row statistic_rows[STATISTIC_COUNT] = {
#define STATISTIC(id, name, meaning) {name, meaning},
#include "bytecode/statistics.def"
#undef STATISTIC
};

#define TABLE_NONE NO_INDEX
const table_row table_rows[TABLE_FIXED] = {
#define TABLE(id, name, parent) {name, TABLE_##parent},
#define COLUMN(table, id, name, type, enum_name, flags)
#define ENUM(name, members)
#include "bytecode/tables.def"
#undef TABLE
#undef COLUMN
#undef ENUM
};

enum { ENUM_none = 0, REQUIRED = COLUMN_REQUIRED, LIST = COLUMN_LIST, HIDDEN = COLUMN_HIDDEN };
const column_row column_rows[] = {
#define TABLE(id, name, parent)
#define COLUMN(table, id, name, type, enum_name, flags)                                            \
    {TABLE_##table, name, TYPE_WORD(TYPE_##type, ENUM_##enum_name), flags},
#define ENUM(name, members)
#include "bytecode/tables.def"
#undef TABLE
#undef COLUMN
#undef ENUM
};
const size_t column_rows_count = sizeof column_rows / sizeof *column_rows;

const enum_row enum_rows[ENUM_FIXED] = {
#define TABLE(id, name, parent)
#define COLUMN(table, id, name, type, enum_name, flags)
#define ENUM(name, members) {#name, members},
#include "bytecode/tables.def"
#undef TABLE
#undef COLUMN
#undef ENUM
};

const builtin_row builtin_rows[BUILTIN_COUNT] = {
#define PURE(id, name, signature, doc) {name, signature, doc},
#define OPERATION(id, connector, name, effect, arguments, result, traits, doc)
#include "bytecode/builtins.def"
#undef PURE
#undef OPERATION
};

enum { NATURAL = TRAIT_NATURAL, PROBES = TRAIT_PROBES, DEDUPLICATES = TRAIT_DEDUPLICATES };
const operation_row operation_rows[OPERATION_COUNT] = {
#define PURE(id, name, signature, doc)
#define OPERATION(id, connector, name, effect, arguments, result, traits, doc)                     \
    {#connector, name, EFFECT_##effect, arguments, result, traits, doc},
#include "bytecode/builtins.def"
#undef PURE
#undef OPERATION
};

text vocabulary_next(const char **rest)
{
    const char *start = *rest, *end = start;
    while (*end && *end != ' ') /* members are short: a call of strcspn costs more than they do */
        end++;
    *rest = end + (*end == ' ');
    return (text){start, (size_t)(end - start)};
}
