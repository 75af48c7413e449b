/* prove_parts.h: where a format lets defects be put in. For prove.c and the formats. */
#ifndef FERRY_STDLIB_PROVE_PARTS_H
#define FERRY_STDLIB_PROVE_PARTS_H

#include "stdlib/document/format.h"

typedef enum {
    PLACE_DOCUMENT,
    PLACE_LOOP,
    PLACE_RECORD,
    PLACE_AMOUNT,
    PLACE_NAME,
    PLACE_CODE,
    PLACE_FLAG
} prove_where;

/* A slice of the file: all that goes when it is taken out, or a value without its quotes. */
typedef struct {
    size_t start, end;
    prove_where where;
    text ref;   /* empty: the format does not name such places */
    bool width; /* what stands there instead is as wide */
} prove_place;

typedef struct {
    text bytes; /* of the file; places are offsets in it */
    VEC(prove_place) list;
} prove_places;

void prove_add(prove_places *p, prove_where where, text slice, text ref);
/* Adds a value as what it looks like: an amount (a decimal with a point, or any where `money`), a
 * name (four bytes and more with three letters), a code (up to three capitals and digits with a
 * letter), a flag (true, false); nothing where it is none of these, or does not lie in the file. */
void prove_add_value(prove_places *p, text value, text ref, bool money);

/* Replaces slices of the bytes, in order and without overlap, into the arena. */
typedef struct {
    size_t start, end;
    text with;
} prove_edit;
text prove_edited(arena *a, text bytes, const prove_edit *edit, size_t n);

/* prove_segments.c */
/* A slice with the terminator behind it, and the line break behind that. */
text prove_terminated(text source, text slice, char terminator);
/* Loops of a tree by the extent of their records, which are views of `source`. */
void prove_add_loops(prove_places *out, text source, const document_tree *t, char terminator);
typedef VEC(prove_edit) prove_edits;
/* Writes n where a count stands; nothing where it is empty. */
void prove_set_count(arena *a, text source, text count, size_t n, prove_edits *out);
/* The bytes with the edits, in any order, of those that overlap the first; releases them. */
text prove_repaired(arena *a, text bytes, prove_edits *edits);

#endif
