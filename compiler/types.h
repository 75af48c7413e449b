/* types.h: types as one word.
 *
 * A type is the image's type word (bytecode/types.def) with one bit more: 0x80 says that the value
 * may be absent (`T?`). Kinds that exist only while compiling come after the image's. The parameter
 * of a row is its table and, where it is known, the kind of channel or connector, so that `channel
 * edi` and `dir` are types without further machinery.
 */
#ifndef FERRY_COMPILER_TYPES_H
#define FERRY_COMPILER_TYPES_H

#include "bytecode/image.h"

typedef uint32_t type;

enum {
    T_ERROR = TYPE_COUNT, /* reported already: agrees with everything, silently */
    T_ANY,                /* as an expectation: whatever it is */
    T_ABSENT,             /* the literal `none` */
    T_RESULT,             /* what an operation answered: parameter = shape of compiler's table */
    T_RECORD,             /* a record literal: becomes json */
    T_LAZY,               /* json whose type is not demanded yet */
    T_RISK,               /* x.risk, x.risk.categories */
    T_MODULE,
    T_WORD,     /* a bare word that no one has given a meaning yet */
    T_CALENDAR, /* days off, for freezes and counting workdays */
    T_MAYBE = 0x80,
    ROW_TABLES = 256 /* a row's parameter = table + ROW_TABLES * (kind + 1) */
};

static inline uint32_t type_id_of(type t)
{
    return t & 0x7f;
}
static inline bool type_maybe(type t)
{
    return (t & T_MAYBE) != 0;
}
static inline type type_sure(type t)
{
    return t & ~(type)T_MAYBE;
}
static inline uint32_t type_parameter(type t)
{
    return t >> 8;
}
static inline type type_make(uint32_t id, uint32_t parameter)
{
    return id | parameter << 8;
}
static inline type type_of_row(uint32_t table, int kind)
{
    return type_make(TYPE_ROW, table + ROW_TABLES * (uint32_t)(kind + 1));
}
static inline bool type_is_row(type t, uint32_t table)
{
    return type_id_of(t) == TYPE_ROW && type_parameter(t) % ROW_TABLES == table;
}
static inline uint32_t type_table(type t)
{
    return type_parameter(t) % ROW_TABLES;
}
/* Channel kind or connector kind of a row type, -1 where it is not known. */
static inline int type_row_kind(type t)
{
    return (int)(type_parameter(t) / ROW_TABLES) - 1;
}

/* The family of types.def: q w t l r h; 0 for the compiler's own kinds. */
char type_family(type t);
/* Three letters as the parameter of money; 0 when they are no currency code. */
uint32_t currency_code(text letters);
void currency_text(uint32_t code, char out[4]);

#endif
