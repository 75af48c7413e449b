/* fixed.h: reads files whose records have their fields at places, or between separators, by a
 * record layout (fixed_layout.h): what each record is, what it belongs to, and whether the totals
 * that banks control with are what the records add up to.
 *
 * Nothing fails: what is not of the layout is a fault with its offset and path
 * ("1[1].5[2].6[7].amount": the seventh 6 of the second 5). Records are views; fields are cut where
 * they are asked for. Places count characters: where a record holds others than ASCII, and is of
 * the wanted width only so, it is cut by characters.
 */
#ifndef FERRY_STDLIB_FIXED_H
#define FERRY_STDLIB_FIXED_H

#include "base/decimal.h"
#include "stdlib/document/document.h"
#include "stdlib/fixed/fixed_layout.h"

typedef struct {
    text raw; /* without line break, end mark and prefix; continued ones are joined copies, with the
                 index of the record in the four bytes before them */
    size_t offset;   /* of its first byte in the file */
    uint32_t row;    /* of the layout; FIXED_NONE: a record that it does not know */
    uint32_t opener; /* the record that opened the level it stands in, FIXED_NONE: none */
    uint32_t last;   /* of one that opens a level: the last record of that level */
    uint32_t nth;    /* among those of its name in its level, from 1 */
    uint32_t lines;  /* records it is made of: 1, and those that continue it */
    bool joined;     /* raw is a copy, so places in it are none in the file */
} fixed_record;

typedef struct {
    text source;
    const fixed_layout *layout;
    fixed_record *record;
    uint32_t records;
    uint32_t lines;        /* with continuations and fillers */
    document_fault *fault; /* by offset */
    uint32_t faults, faults_omitted;
} fixed_file;

enum { FIXED_FAULTS_MOST = 1000 };

void fixed_read(arena *a, const fixed_layout *layout, text source, fixed_file *out);

/* A field of a record as it stands there; p == NULL: the record ends before it. */
typedef struct {
    const fixed_field *field;
    uint32_t group; /* which of those that repeat, from 1; 0: a field of its own */
    text value;     /* without blanks around it */
    bool short_of;  /* blanks stand behind it in its place, or the record ends there: a number
                       has none of both */
    size_t offset;  /* in the file; of a joined record the record's */
} fixed_value;

/* All fields that the layout names, in the order of the record; returns their number. */
uint32_t fixed_values(arena *a, const fixed_file *f, const fixed_record *r, fixed_value **out);
/* The first field of that name; p == NULL where there is none. */
text fixed_value_of(arena *a, const fixed_file *f, const fixed_record *r, text name);
const fixed_row *fixed_row_of(const fixed_file *f, const fixed_record *r); /* NULL: unknown */
/* "1[1].5[2].6[7]" */
text fixed_path(arena *a, const fixed_file *f, uint32_t record);

/* The value as a number with `decimals` decimals; false when it is none of the field's type, or has
 * more than 30 digits. An empty value is 0. */
bool fixed_number(const fixed_field *field, text value, int128 *out);
/* The value as people write it: 10050 of N2 as 100.50; bytes that are no number as digits of base
 * 16. What is not a number of implied decimals is as it stands. */
text fixed_shown(arena *a, const fixed_field *field, text value);
/* What is wrong with a value, as "must be digits"; NULL: nothing. */
const char *fixed_value_fault(const fixed_value *v);

/* A total that a closing record has wrong: what stands there, and what it should say. */
typedef struct {
    fixed_value said;
    int128 is;
} fixed_total;

/* Those of counts and sums, as check_controls finds them; for those who change a file and have to
 * make its totals right again. Sums of totals are right only once the inner ones are. */
uint32_t fixed_wrong_totals(arena *a, fixed_file *f, fixed_total **out);
/* Does a closing record control something with that field? */
bool fixed_is_total(const fixed_layout *l, text record, text field);

/* Records as a tree: a level is a group named after the record that opens it, which is its first
 * child. `from` and `to` are the records of one document. */
void fixed_tree(arena *a, const fixed_file *f, uint32_t from, uint32_t to, document_tree *out);

#endif
