/* edifact.h: reads EDIFACT (ISO 9735, syntax versions 1 to 4, batch and interactive) and TRADACOMS
 * as views into the file.
 *
 * Separators come from UNA; without it they are those of the syntax (`:+.? '`, with `*` between
 * repetitions from version 4 on; IS1, IS3 and IS4 where level B is sent with them), or what a UNB
 * without UNA shows to be in use, with a fault. A release character takes the meaning from the next
 * byte. Line breaks after terminators belong to nobody; a file broken into lines of one width is
 * read as if it were not, with a fault. A file that starts at UNG or UNH is a fragment and is read
 * with a fault. Any bytes give a file: what is wrong becomes a fault, with the code that a CONTRL
 * would bear (data element 0085), an offset and a path, and reading goes on where it can.
 *
 * Checked are the service segments (ISO 9735-1 annex C: what must be there, of which kind and
 * length), counts and references of trailers, references that repeat, the character set that the
 * syntax identifier declares, numbers in common data elements (edifact_elements.def), and dates
 * against the form that their DTM declares (edifact_dates.def). What only the directory of one
 * message knows, which segments it has, in which order and how often, is checked when it is asked
 * for (edifact_check_messages).
 *
 * What is kept is the envelopes; the segments of a message are walked over when someone asks.
 */
#ifndef FERRY_STDLIB_EDIFACT_H
#define FERRY_STDLIB_EDIFACT_H

#include "base/scan.h"
#include "stdlib/document/document.h"

typedef struct {
    char component, element, decimal, terminator;
    char repetition; /* 0 where the version has none */
    char release;    /* 0 where UNA has a blank */
    char tag;        /* behind a segment's tag: as `element`, but `=` in TRADACOMS */
} edifact_separators;

enum { EDIFACT_NOWHERE = UINT32_MAX };

/* The envelopes that a file may speak: UNB UNG UNH; UIB UIH; STX BAT MHD. */
typedef enum {
    EDIFACT_BATCH,
    EDIFACT_INTERACTIVE,
    EDIFACT_TRADACOMS,
    EDIFACT_DIALECTS
} edifact_dialect;
typedef enum { EDIFACT_INTERCHANGE, EDIFACT_GROUP, EDIFACT_MESSAGE, EDIFACT_LEVELS } edifact_level;

/* Headers and trailers are segments without their terminator; p is NULL where they are missing. */
typedef struct {
    edifact_dialect dialect;
    edifact_separators separators;
    text una;               /* the six characters behind UNA; empty without it */
    text syntax;            /* "UNOC"; empty in a fragment */
    unsigned version;       /* 1 to 4; 3 where it says nothing readable */
    text header, trailer;   /* UNB, missing in a fragment; UNZ */
    uint32_t group, groups; /* first and number */
    uint32_t message, messages;
    size_t start, end; /* offsets */
    bool broken;       /* cannot be read, ended early, or by the start of another */
} edifact_interchange;

typedef struct {
    uint32_t interchange;
    uint32_t message, messages; /* first and number */
    text header, trailer;       /* UNG, UNE */
} edifact_group;

typedef struct {
    uint32_t interchange, group; /* group: EDIFACT_NOWHERE outside of any */
    text whole;                  /* from UNH to the end of its last segment */
    uint32_t header;             /* bytes of UNH */
    uint32_t segments;           /* UNH and UNT included; a UNT that is missing is not counted */
    bool closed;                 /* its UNT is there */
    bool package;                /* UNO and UNP with bytes of anything between them */
} edifact_message;

/* Where a fault lies, as CONTRL would say it. */
typedef struct {
    edifact_level level;
    uint32_t interchange, group, message; /* EDIFACT_NOWHERE: in none */
    uint32_t segment;   /* of a data segment: its place in the message, UNH being 1; else 0 */
    uint32_t element;   /* 0: the segment as a whole */
    uint32_t component; /* 0: the element as a whole */
    char tag[4];        /* of the segment; empty when none is meant */
    bool absent;        /* it is not there; `segment` is the one behind which it is missing */
} edifact_place;

/* Where a wrapped file was cut: what stands at and behind `at` in the copy stands `gap` bytes
 * further on in the file. */
typedef struct {
    size_t at, gap;
} edifact_cut;

typedef struct {
    text source; /* the file; a copy without line breaks of a file that was wrapped */
    edifact_interchange *interchange;
    edifact_group *group;
    edifact_message *message;
    document_fault *fault; /* by offset */
    edifact_place *place;  /* of each fault */
    edifact_cut *cut;      /* of a file that was wrapped */
    uint32_t interchanges, groups, messages, faults, cuts;
    uint32_t faults_omitted; /* beyond EDIFACT_FAULTS_MOST */
    bool inside_checked;     /* by edifact_check_messages */
} edifact_file;

enum { EDIFACT_FAULTS_MOST = 1000 };

/* Reads; never fails. A source without any segment is a file with one fault and no interchange. */
void edifact_read(arena *a, text source, edifact_file *out);

/* Adds to the faults of a file what the directories of the UN hold against its messages, from D.94B
 * to D.24A: segments and groups that are missing, stand where they cannot, or are there too often
 * (edifact_messages.def; other types of message have no row and are not judged), and elements that
 * a segment cannot be without (edifact_needed.def). Only what holds in every release. For who
 * inspects or acknowledges; done once however often it is asked for. */
void edifact_check_messages(arena *a, edifact_file *f);

/* Where in the file a view begins. */
size_t edifact_offset(const edifact_file *f, text view);

/* The segments of a message in order, UNH and UNT included; empty ones are passed over:
 *     edifact_walk w;
 *     edifact_walk_message(&w, f, m);
 *     for (text segment; edifact_next(&w, &segment);) … */
typedef struct {
    scan_cursor ends; /* terminators and line breaks; its source is what is walked over */
    edifact_separators by;
    size_t at;       /* behind the terminator of the last segment */
    size_t line;     /* of a line break inside of the last segment; SIZE_MAX: none */
    bool terminated; /* the last segment has its terminator */
} edifact_walk;
void edifact_walk_message(edifact_walk *w, const edifact_file *f, const edifact_message *m);
bool edifact_next(edifact_walk *w, text *segment);

text edifact_tag(text segment, const edifact_separators *by);
/* Element n of a segment from 1, component n of an element from 1, repetition n from 1: views as
 * they stand, release characters included; empty where there are fewer. */
text edifact_element(text segment, const edifact_separators *by, uint32_t n);
text edifact_repeat(text element, const edifact_separators *by, uint32_t n);
text edifact_component(text element, const edifact_separators *by, uint32_t n);
/* The same one after the other, from 1. */
document_pieces edifact_elements(text segment, const edifact_separators *by);
/* How many pieces `separator` (0: never) cuts t into; at least 1. */
uint32_t edifact_pieces(text t, const edifact_separators *by, char separator);
/* Without release characters: a copy in the arena where it has any. */
text edifact_value(arena *a, text raw, const edifact_separators *by);

const edifact_separators *edifact_separators_of(const edifact_file *f, const edifact_message *m);
/* Component c (0: all of them) of element e of a segment of the message, raw. */
text edifact_message_value(const edifact_file *f, const edifact_message *m, text segment,
                           uint32_t element, uint32_t component);
text edifact_message_header(const edifact_file *f, const edifact_message *m);
/* Its UNT; empty where it is missing. What lies between the two, as bytes. */
text edifact_message_trailer(const edifact_file *f, const edifact_message *m);
text edifact_message_body(const edifact_file *f, const edifact_message *m);
text edifact_type(const edifact_file *f, const edifact_message *m);      /* "ORDERS" */
text edifact_reference(const edifact_file *f, const edifact_message *m); /* UNH 0062 */
/* "D96A": 0052 and 0054 of UNH; "9" in TRADACOMS. */
text edifact_release(arena *a, const edifact_file *f, const edifact_message *m);
/* The reference by which sender and recipient know the interchange (UNB 0020), raw. */
text edifact_interchange_reference(const edifact_interchange *i);
/* An element of the interchange's header; empty in a fragment. */
text edifact_header_element(const edifact_interchange *i, uint32_t element);
/* The first segment with that tag within the message; empty: none. */
text edifact_find(const edifact_file *f, const edifact_message *m, text tag);
/* The tags of a dialect's headers: "UNB", "UNG", "UNH". Empty where it has none. */
const char *edifact_header_tag(edifact_dialect d, edifact_level level);
const char *edifact_trailer_tag(edifact_dialect d, edifact_level level);
/* Which element of that trailer counts what it closes. */
uint32_t edifact_count_element(edifact_dialect d, edifact_level level);
/* What a code of data element 0085 says, or NULL when there is none of that number. */
const char *edifact_error_words(text code);

/* The message's tree: segment groups by the segments that open them (edifact_groups.def), one
 * record a segment between UNH and UNT. Neither separators nor release characters are part of
 * prints. */
void edifact_tree(arena *a, const edifact_file *f, const edifact_message *m, document_tree *out);

/* The type of a component by the data element directory, for segments in common use. */
typedef enum {
    EDIFACT_AN, /* everything else: compared as it stands */
    EDIFACT_N   /* a number */
} edifact_type_of_value;
edifact_type_of_value edifact_type_of(text tag, uint32_t element, uint32_t component);
/* Where a message of this type may have its business number: "ORDERS" gives BGM 02-1. `nth` counts
 * the places from 0, in the order in which to look; false: there are no more. */
bool edifact_business_key(text type, uint32_t nth, text *tag, uint32_t *element,
                          uint32_t *component);

#endif
