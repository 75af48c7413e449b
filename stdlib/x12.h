/* x12.h: reads X12 interchanges, 00200 to 00602, as views into the file.
 *
 * Separators are taken from the ISA segment, which is fixed in width: the element separator is byte
 * 4, the component separator byte 105, the terminator byte 106, and from version 00402 on ISA11 is
 * the repetition separator (X12.5). An ISA of wrong width is read by its sixteen separators, with a
 * fault. Line breaks after terminators belong to nobody. A file that starts at GS or ST is a
 * fragment and is read with a fault. Any bytes give a file: what is wrong becomes a fault with a
 * code of the field, an offset and a path, and reading goes on where the structure allows it.
 */
#ifndef FERRY_STDLIB_X12_H
#define FERRY_STDLIB_X12_H

#include "stdlib/document.h"

typedef struct {
    char element, component, terminator;
    char repetition; /* 0 where the version has none */
} x12_separators;

typedef struct {
    uint32_t start, end; /* without the terminator and a CR before a LF terminator */
} x12_segment;

enum { X12_NOWHERE = UINT32_MAX };

typedef struct {
    x12_separators separators;
    text isa[17];           /* isa[5] is ISA05 as it stands, padding included; [0] is "ISA" */
    uint32_t isa_segment;   /* X12_NOWHERE in a fragment */
    uint32_t iea_segment;   /* X12_NOWHERE when it is missing */
    uint32_t group, groups; /* first and number */
    uint32_t ta1, ta1s;     /* the TA1 segments: first and number, contiguous */
    uint32_t start, end;    /* offsets */
    bool broken;            /* ended early or by the start of another */
} x12_interchange;

typedef struct {
    uint32_t interchange;
    uint32_t gs_segment, ge_segment; /* or X12_NOWHERE */
    uint32_t set, sets;              /* first and number */
} x12_group;

typedef struct {
    uint32_t interchange, group;
    uint32_t segment, segments; /* ST and SE included; an SE that is missing is not counted */
    bool closed;                /* its SE is there */
} x12_set;

typedef struct {
    text source;
    x12_segment *segment;
    x12_interchange *interchange;
    x12_group *group;
    x12_set *set;
    document_fault *fault; /* by offset */
    uint32_t segments, interchanges, groups, sets, faults;
    uint32_t faults_omitted; /* beyond X12_FAULTS_MOST */
} x12_file;

enum { X12_FAULTS_MOST = 1000 };
#define X12_LARGEST ((size_t)UINT32_MAX - 16) /* bytes of one file */

/* Reads; never fails. A source beyond X12_LARGEST, or without any segment, is a file with one fault
 * and no interchange. Envelope counts, control numbers and pairs are checked. */
void x12_read(arena *a, text source, x12_file *out);

text x12_segment_text(const x12_file *f, uint32_t segment);
/* Element n of a segment's text, 0 being its tag; empty where it has fewer. */
text x12_element(text segment, char element_separator, uint32_t n);
text x12_set_element(const x12_file *f, const x12_set *s, uint32_t segment, uint32_t n);
const x12_separators *x12_separators_of(const x12_file *f, const x12_set *s);
text x12_set_type(const x12_file *f, const x12_set *s);    /* ST01: "850" */
text x12_set_control(const x12_file *f, const x12_set *s); /* ST02 */
/* The first segment with that tag within the set, or X12_NOWHERE. */
uint32_t x12_find(const x12_file *f, const x12_set *s, text tag);

/* The set's tree: loops by HL parentage and by the segments that open them (x12_loops.def), one
 * record a segment between ST and SE. Numbers of hierarchical levels (HL01, HL02) are not part of
 * prints: nesting says what they say. */
void x12_tree(arena *a, const x12_file *f, const x12_set *s, document_tree *out);

/* The first HL that does not count up from 1 (HL01), or whose parent (HL02) is not one before it;
 * *nth is its number in the set, from 1. X12_NOWHERE when all are sound. */
uint32_t x12_unsound_level(const x12_file *f, const x12_set *s, uint32_t *nth);

/* The type of an element by the standard's data dictionary, for segments in common use. */
typedef enum {
    X12_AN, /* everything else: compared as it stands */
    X12_R,  /* decimal number */
    X12_N,  /* number with implied decimals: digits and sign only */
    X12_DT,
    X12_TM
} x12_type;
x12_type x12_type_of(text tag, uint32_t element);
/* Where a document of this type has its business number: "850" gives BEG 03. false: none known. */
bool x12_business_key(text type, text *tag, uint32_t *element);
bool x12_is_date(text t); /* YYMMDD or CCYYMMDD, a day of the calendar */
bool x12_is_time(text t); /* HHMM, HHMMSS, HHMMSSD, HHMMSSDD */
bool x12_is_digits(text t, size_t shortest, size_t longest);

#endif
