/* fixed_layout.h: record layouts: what the records of a file are, told in YAML. */
#ifndef FERRY_STDLIB_FIXED_LAYOUT_H
#define FERRY_STDLIB_FIXED_LAYOUT_H

#include "base/text.h"

/* clang-format off */
/*     layout: payroll                      name, as inspect says it
 *     width: 80                            characters a record; absent: a record is a line
 *     separator: ","                       instead of places, fields have numbers
 *     end: "/"                             of a record that is no line
 *     continuation: "88"                   a record that goes on the one before
 *     starts: "{"                          a record begins at every one of these, lines or none
 *     prefix: 4                            bytes of a length in binary before every record
 *     records:
 *       - record: "6"                      name; several rows may share one (6.amount is in any)
 *         title: entry
 *         length: 100                      characters of this one: the next begins behind them, in
 *                                          the same line or a new one
 *         select: {1: "6"}                 what stands where; all must hold, the first row that fits
 *         where: {5.class: IAT}            the last record 5 before this one says so
 *         in: batch                        the level that must be open
 *         opens: entry                     a level that it begins
 *         closes: batch                    or ends
 *         needs: ["8"]                     records that the level it opens must have
 *         fields:
 *           amount: 30 10 N2 required      place from 1, length, type (fixed_types.def)
 *           made: 24 6 YYMMDD noise        differs between systems and means nothing
 *           trace: 80 15 key               names the record among its siblings
 *         groups: {from: 4, fields: [type, amount N2]}    of separated records: fields that repeat
 *     controls:                            of the record that closes a level, over all within it
 *       - {at: 8.count, count: ["6", "7"]}
 *       - {at: 8.hash, sum: 6.bank, first: 8, digits: 10}    of each its first 8; the last 10 of all
 *       - {at: 8.debits, sum: 6.amount, where: {6.code: [27, 37]}}
 *       - {at: 8.company, same: 5.company}
 *       - {at: 9.blocks, count: records, of: 10}             tens, begun ones as well
 *
 * Records with a prefix, or with fields in binary, may be EBCDIC: it is told by the first of them.
 * Where rows have lengths, `select` alone tells which one begins, in their order.
 *
 * A layout is immutable and lives in the arena it was read into. */
/* clang-format on */

typedef enum {
#define FIELD_TYPE(id, word, meaning) FIELD_##id,
#include "stdlib/fixed/fixed_types.def"
#undef FIELD_TYPE
    FIELD_TYPES
} field_type;

enum { FIXED_LEVELS = 16, FIXED_NONE = UINT32_MAX };

typedef struct {
    text name;
    uint32_t start, length; /* from 0; with separators the number of the field, and 0 */
    field_type type;
    uint8_t decimals;
    text codes; /* of FIELD_CODE: "200|220|225" */
    bool required, noise, key;
} fixed_field;

/* What stands at a place (select), or in a field of the last record of a name (where). */
typedef struct {
    uint32_t start; /* select; from 0, or the number of a field */
    text record, field;
    const text *value; /* one of them */
    uint32_t values;
} fixed_test;

typedef struct {
    text name, title;
    const fixed_test *test;
    uint32_t tests;
    uint32_t length;            /* characters; 0: of the layout's width, or a line */
    uint32_t in, opens, closes; /* levels, or FIXED_NONE */
    const text *need;
    uint32_t needs;
    const fixed_field *field;
    uint32_t fields;
    const fixed_field *group; /* that repeat behind the others, from field group_from on */
    uint32_t groups, group_from;
} fixed_row;

typedef enum { CONTROL_COUNT, CONTROL_RECORDS, CONTROL_SUM, CONTROL_SAME } control_kind;

typedef struct {
    text record, field;
} fixed_ref; /* field is empty where a record as a whole is meant */

typedef struct {
    fixed_ref at;
    control_kind kind;
    const fixed_ref *of;
    uint32_t ofs;
    const fixed_test *where;
    uint32_t wheres;
    uint32_t first, digits, tens; /* see above; 0: absent */
} fixed_control;

typedef struct fixed_layout {
    text name, title;
    bool binary;  /* it has lengths or fields in binary, so its files are no text to be decoded */
    bool lengths; /* of its rows */
    uint32_t width, prefix;
    char separator;
    text end, continuation, starts;
    const text *level; /* names; a record names a level by its index */
    uint32_t levels;
    const fixed_row *row;
    uint32_t rows;
    const fixed_control *control;
    uint32_t controls;
} fixed_layout;

/* Reads a layout; NULL and a message with the place in the file where it is none. */
const fixed_layout *fixed_layout_read(arena *a, text yaml, text *message, size_t *offset);
/* One of those that come with Ferry: "nacha"; NULL when there is none of that name. */
const fixed_layout *fixed_layout_shipped(arena *a, text name);
/* Do fields of that type hold bytes and no characters. */
static inline bool fixed_is_binary(field_type t)
{
    return t == FIELD_PACKED || t == FIELD_BINARY;
}
/* Is the first line of this text a record of the layout? */
bool fixed_layout_fits(const fixed_layout *l, text head);
/* The name of the shipped layout that these bytes certainly follow; p == NULL: none. */
text fixed_layout_told(text head);

#endif
