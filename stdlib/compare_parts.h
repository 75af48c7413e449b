/* compare_parts.h: what the files of the comparison share. Not for use outside of compare*.c. */
#ifndef FERRY_STDLIB_COMPARE_PARTS_H
#define FERRY_STDLIB_COMPARE_PARTS_H

#include "base/vec.h"
#include "stdlib/compare.h"
#include "stdlib/csv.h"
#include "stdlib/x12.h"

#include <stdlib.h>

/* One file, read. Only the member of its kind is filled. */
typedef struct {
    text name, bytes;
    document_kind kind;
    x12_file *x12;
    json_document *json;
    csv_table *csv;
    text list;             /* of JSON taken apart: the reference whose elements are the documents */
    document_fault broken; /* of a file that cannot be read at all; else code.p is NULL */
} loaded;

enum { WHOLE = UINT32_MAX };

/* One document of a file: the unit of pairing. */
typedef struct {
    const loaded *from;
    text type; /* "850", "TA1"; empty where the kind has none */
    text key;  /* business key; empty: none */
    uint32_t
        part; /* set of an X12 file, element's node of JSON, row of CSV; WHOLE: all of the file */
    uint32_t interchange; /* of an X12 file */
    uint32_t partner;     /* index on the other side, or WHOLE */
    uint32_t pair;        /* index in the result */
} unit;

typedef struct {
    loaded *file;
    size_t files;
    unit *unit;
    size_t units;
} side;

typedef struct {
    arena *memory;  /* of the result */
    arena *scratch; /* of the pair at hand: trees, alignments; cleared after it */
    const compare_options *options;
    side legacy, modern;
    VEC(compare_use) uses;
    compare_result *out;
    /* Of the pair at hand. */
    VEC(compare_difference) differences;
    size_t omitted, defects;
    buffer path;
    const unit *l, *m;
    uint8_t *numeric; /* by column of the legacy table `numeric_of`: 0 unknown, 1 yes, 2 no */
    const csv_table *numeric_of;
} comparison;

/* Where a value stands, for rules: an X12 element, or by path (JSON), or a column (CSV). */
typedef struct {
    text tag;
    uint32_t element, component; /* 0: all of it */
} place_ref;

/* compare_load.c */
void compare_load(comparison *c, const compare_input *in, side *out);
/* The value a reference names in a document; p == NULL where there is none. */
text unit_value(arena *a, const unit *u, text ref);
/* "BEG05", "SVC01-2", "N1"; false when it is not of that form. */
bool place_read(text ref, place_ref *out);

/* a, the byte between, b; unlike printf it keeps NUL bytes, which partners send. */
text text_joined(arena *a, text first, char between, text second);

/* compare_pairing.c: fills `partner` on both sides. */
void compare_pair_units(comparison *c);

/* compare_rules.c */
/* Records a difference after asking the user's rules; `class` and `rule` hold where none applies.
 */
void judge(comparison *c, const place_ref *at, text legacy, text modern, compare_class class,
           const char *rule);
void use_add(comparison *c, text rule, compare_class class, uint64_t count);
/* Are two plain decimals the same number: [-]digits[.digits]. */
bool same_decimal(text a, text b);
bool is_decimal(text t);

/* compare_tree.c: walks two trees; compare_x12.c and compare_table.c compare what is in records. */
void compare_trees(comparison *c, const document_tree *l, const document_tree *m, text root);
void compare_x12_units(comparison *c);
void compare_segment(comparison *c, text legacy, text modern);
void compare_csv_units(comparison *c);
void compare_row(comparison *c, text legacy, text modern);
void compare_json_units(comparison *c);
void compare_text_units(comparison *c);
/* Path handling: returns the length to give back to path_cut. */
size_t path_add(comparison *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
void path_cut(comparison *c, size_t n);

/* compare_order.c: what must hold from one modern document to the next. Adds differences to pairs
 * already made. */
void compare_sequences(comparison *c);
/* Appends to a finished pair. */
void pair_add(comparison *c, uint32_t pair, compare_difference d);

#endif
