/* x12.h: reads X12 interchanges, 00200 to 00602, as views into the file.
 *
 * Separators are taken from the ISA segment, which is fixed in width: the element separator is byte
 * 4, the component separator byte 105, the terminator byte 106, and from version 00402 on ISA11 is
 * the repetition separator (X12.5). An ISA of wrong width is read by its sixteen separators, with a
 * fault. Line breaks after terminators belong to nobody. A file that starts at GS or ST is a
 * fragment and is read with a fault. Any bytes give a file: what is wrong becomes a fault with a
 * code of the field, an offset and a path, and reading goes on where the structure allows it.
 *
 * What is kept is the envelopes; the segments of a set are walked over when someone asks for them.
 * An index of all segments would be a third of the file again, and writing it is slower than
 * finding them twice.
 */
#ifndef FERRY_STDLIB_X12_H
#define FERRY_STDLIB_X12_H

#include "base/scan.h"
#include "stdlib/document/document.h"

typedef struct {
    char element, component, terminator;
    char repetition; /* 0 where the version has none */
} x12_separators;

enum { X12_NOWHERE = UINT32_MAX };

/* Headers and trailers are segments without their terminator; p is NULL where they are missing. */
typedef struct {
    x12_separators separators;
    text isa[17];           /* isa[5] is ISA05 as it stands, padding included; [0] is "ISA" */
    text header, trailer;   /* ISA, missing in a fragment; IEA */
    uint32_t group, groups; /* first and number */
    uint32_t ta1, ta1s;     /* in x12_file.ta1: first and number */
    size_t start, end;      /* offsets */
    bool broken;            /* ended early or by the start of another */
} x12_interchange;

typedef struct {
    uint32_t interchange;
    uint32_t set, sets;   /* first and number */
    text header, trailer; /* GS, GE */
} x12_group;

typedef struct {
    uint32_t interchange, group; /* group: X12_NOWHERE outside of any */
    text whole;                  /* from ST to the end of its last segment */
    size_t segments;             /* ST and SE included; an SE that is missing is not counted */
    bool closed;                 /* its SE is there */
} x12_set;

typedef struct {
    text source;
    x12_interchange *interchange;
    x12_group *group;
    x12_set *set;
    text *ta1;
    document_fault *fault; /* by offset */
    uint32_t *fault_set;   /* by fault: the set it lies in, or X12_NOWHERE */
    uint32_t interchanges, groups, sets, ta1s, faults;
    uint32_t faults_omitted; /* beyond X12_FAULTS_MOST */
} x12_file;

enum { X12_FAULTS_MOST = 1000 };

/* Reads; never fails. A source without any segment is a file with one fault and no interchange.
 * Envelope counts, control numbers and pairs are checked, and the elements of ISA. */
void x12_read(arena *a, text source, x12_file *out);

/* The segments of a set in order, ST and SE included; empty ones are passed over:
 *     x12_walk w;
 *     x12_walk_set(&w, f, s);
 *     for (text segment; x12_next(&w, &segment);) … */
typedef struct {
    scan_cursor ends; /* terminators; its source is what is walked over */
    x12_separators by;
    size_t at;       /* behind the terminator of the last segment */
    bool terminated; /* the last segment has its terminator */
} x12_walk;
void x12_walk_set(x12_walk *w, const x12_file *f, const x12_set *s);
bool x12_next(x12_walk *w, text *segment);

/* Element n of a segment's text, 0 being its tag; empty where it has fewer. */
text x12_element(text segment, char element_separator, uint32_t n);
text x12_set_element(const x12_file *f, const x12_set *s, text segment, uint32_t n);
const x12_separators *x12_separators_of(const x12_file *f, const x12_set *s);
text x12_set_header(const x12_file *f, const x12_set *s);  /* ST */
text x12_set_trailer(const x12_file *f, const x12_set *s); /* SE; empty where it is missing */
text x12_set_type(const x12_file *f, const x12_set *s);    /* ST01: "850" */
text x12_set_control(const x12_file *f, const x12_set *s); /* ST02 */
/* What lies between the header and the trailer, as bytes. */
text x12_set_body(const x12_file *f, const x12_set *s);
/* The first segment with that tag within the set; empty: none. */
text x12_find(const x12_file *f, const x12_set *s, text tag);
/* Where a view into the file begins. */
static inline size_t x12_offset(const x12_file *f, text view)
{
    return (size_t)(view.p - f->source.p);
}

/* The set's tree: loops by HL parentage and by the segments that open them (x12_loops.def), one
 * record a segment between ST and SE. Numbers of hierarchical levels (HL01, HL02) are not part of
 * prints: nesting says what they say. */
void x12_tree(arena *a, const x12_file *f, const x12_set *s, document_tree *out);

/* Whether some HL does not count up from 1 (HL01), or has a parent (HL02) that is not one before
 * it: then the first such into *level, and its number in the set, from 1, into *nth. */
bool x12_unsound_level(const x12_file *f, const x12_set *s, text *level, uint32_t *nth);

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
