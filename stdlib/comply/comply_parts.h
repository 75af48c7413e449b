/* comply_parts.h: what the files of the scan share. Not for use outside of comply*.c.
 *
 * A format walks over its values and hands each to comply_text with what its place says. Where
 * records are one line of fields, all of the record is handed over at once, and asked only where
 * something is found: that is what keeps files without findings fast.
 */
#ifndef FERRY_STDLIB_COMPLY_PARTS_H
#define FERRY_STDLIB_COMPLY_PARTS_H

#include "base/vec.h"
#include "stdlib/comply/comply.h"
#include "stdlib/identifier/identifier_names.h"

typedef identifier_place comply_place;

enum { COMPLY_NAMES = 256, COMPLY_CLAIMS = 16 };

typedef struct comply {
    arena *memory; /* of what is reported */
    arena scratch; /* of the value at hand */
    const document_file *file;
    VEC(comply_finding) findings;
    VEC(text) unseen;
    comply_report *out;
    uint32_t objects; /* embedded, that were not decoded */
    uint32_t placed;  /* findings that a first look gave: a second one does not give them again */
    struct {
        size_t from, to;
    } claim[COMPLY_CLAIMS]; /* of the record at hand: what its places have told already */
    uint32_t claims;
    identifier_names names;
    struct {
        uint64_t key;
        comply_place place;
    } named[COMPLY_NAMES]; /* what was asked before */
} comply;

/* Where what is found in a text stands. Both are asked with its place in the text. */
typedef struct {
    text (*path)(comply *s, void *self, size_t at);
    bool (*excluded)(comply *s, void *self, size_t at); /* NULL: never */
    size_t (*place)(comply *s, void *self, size_t at);  /* in the file's bytes; NULL: offset + at */
    void *self;
    size_t offset; /* of the text, in the file's bytes */
    bool prose;    /* words in front of a number may say what it is */
} comply_where;

/* All that a text holds. */
void comply_text(comply *s, const comply_place *p, text t, const comply_where *w);
/* The value as a whole, as one of a kind that its place says; false: it is none, or was told
 * already. `at` is where it
 * stands in the text of `w`. */
bool comply_value(comply *s, const comply_place *p, text value, size_t at, const comply_where *w);
void comply_claims_clear(comply *s);
/* A value that is text in base64, and long: an object that nobody has looked into. */
bool comply_is_object(text value);
/* Something of the file was not looked into. */
void comply_unseen(comply *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* identifier_named, kept: a file has few names, and asks for each of them very often. */
comply_place comply_named(comply *s, text above, text name, bool person);

/* One function a format, in the file of that name. Text is for what could not be read, too. */
void comply_x12(comply *s);
void comply_edifact(comply *s);
void comply_json(comply *s);
void comply_xml(comply *s);
void comply_csv(comply *s);
void comply_fixed(comply *s);
void comply_spec(comply *s);
void comply_hl7(comply *s);
bool comply_is_hl7(text bytes);
void comply_lines(comply *s);

#endif
