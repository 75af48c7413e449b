/* edifact_read.h: what the parts of the reader of EDIFACT and TRADACOMS share: the growing file,
 * the envelopes of a dialect, and faults. Not for use outside of edifact*.c and tradacoms*.c. */
#ifndef FERRY_STDLIB_EDIFACT_READ_H
#define FERRY_STDLIB_EDIFACT_READ_H

#include "base/vec.h"
#include "stdlib/edifact/edifact.h"

typedef enum {
#define EDIFACT_FAULT(name, code, what) FAULT_##name,
#include "stdlib/edifact/edifact_faults.def"
#undef EDIFACT_FAULT
    FAULT_KINDS
} edifact_fault_kind;

/* One level of a dialect; element numbers are 0 where it has no such element. */
typedef struct {
    char header[4], trailer[4];
    uint8_t reference;         /* element of the header that names what it opens */
    uint8_t count;             /* element of the trailer */
    uint8_t trailer_reference; /* element of the trailer that repeats the reference */
} edifact_envelope;

extern const edifact_envelope edifact_envelopes[EDIFACT_DIALECTS][EDIFACT_LEVELS];

typedef struct {
    document_fault shown;
    edifact_place place;
} edifact_flaw;

typedef struct {
    arena *memory;
    text source;
    size_t at;                        /* next byte to read, between interchanges */
    edifact_walk walk;                /* of the open interchange */
    bool walking;                     /* `walk` has been over an interchange of this file */
    const edifact_envelope *envelope; /* of the open interchange: EDIFACT_LEVELS of them */
    const uint8_t *checked; /* by edifact_check_slot: row of the table of checks, from 1 */
    VEC(edifact_interchange) interchanges;
    VEC(edifact_group) groups;
    VEC(edifact_message) messages;
    VEC(edifact_flaw) faults;
    VEC(edifact_cut) cuts;
    uint32_t faults_omitted;
    text sound;     /* of the last UNH without faults, what stands behind its reference */
    text reference; /* of the last message in the open group or interchange */
    bool unsorted;  /* a reference did not rise, so one may be there twice */
    bool in_group, in_message;
} edifact_reader;

/* The open interchange. */
static inline edifact_interchange *edifact_open(edifact_reader *r)
{
    return &vec_last(&r->interchanges);
}

/* The place in `source` where a view begins. */
static inline size_t edifact_place_of(const edifact_reader *r, text view)
{
    return (size_t)(view.p - r->source.p);
}

/* The UNH of a message. */
static inline text edifact_header_of(const edifact_message *m)
{
    return text_slice(m->whole, 0, m->header);
}

/* A segment more at the end of a message. */
static inline void edifact_add_segment(edifact_message *m, text segment)
{
    m->segments++;
    m->whole.n = (size_t)(segment.p + segment.n - m->whole.p);
}

/* Whether the byte at `at` is released by those in front of it, back to `from` at most. */
static inline bool edifact_is_released(const char *p, size_t from, size_t at, char release)
{
    size_t n = at;
    while (release && n > from && p[n - 1] == release)
        n--;
    return (at - n) % 2 != 0;
}

/* The components of a segment one after the other, its tag left out. */
typedef struct {
    text value;                          /* as it stands */
    uint32_t element, repeat, component; /* from 1 */
} edifact_part;
typedef struct {
    const char *p, *end;
    const edifact_separators *by;
    edifact_part next;
} edifact_cutter;
void edifact_cut_start(edifact_cutter *c, text segment, const edifact_separators *by);
bool edifact_cut_next(edifact_cutter *c, edifact_part *out);

/* Segments from `at` on with these separators; empty ones are given, too. */
void edifact_walk_over(edifact_walk *w, const edifact_separators *by, text source, size_t at);
bool edifact_walk_next(edifact_walk *w, text *segment);

/* Places: at `level` of what is open; with the tag of a service segment and a place in it; a data
 * segment of the open message. */
edifact_place edifact_at(const edifact_reader *r, edifact_level level, const char *tag,
                         uint32_t element, uint32_t component);
edifact_place edifact_at_segment(const edifact_reader *r, text segment, uint32_t element,
                                 uint32_t component);
/* Records a fault at an offset of `source`. `detail` is made with printf's rules, may be NULL, and
 * stands behind the fault's own words. */
void edifact_fault(edifact_reader *r, edifact_fault_kind kind, size_t offset, edifact_place where,
                   const char *detail, ...) __attribute__((format(printf, 5, 6)));

/* edifact.c: a reader of a file that was read, for more faults of it, and those back into the file.
 * Between the two only edifact_fault may be called. */
void edifact_resume(arena *a, const edifact_file *f, edifact_reader *r);
void edifact_end_resumed(edifact_reader *r, edifact_file *f);

/* edifact_open.c: finds UNA, UNB or what a fragment begins with at r->at, opens an interchange with
 * its separators and leaves r->at at its first segment. false: nothing starts here. */
bool edifact_open_interchange(edifact_reader *r);
/* The next place from `at` where an interchange could start, or the end. */
size_t edifact_resynchronise(text source, size_t at);
/* A copy without line breaks of a file whose lines but the last are of one width and break
 * segments; its cuts are kept for offsets. */
void edifact_unwrap(edifact_reader *r);

/* edifact_envelope.c: headers and trailers as they come. */
void edifact_take_header(edifact_reader *r, edifact_level level, text segment);
/* A trailer; false: it ended the interchange. */
bool edifact_take_trailer(edifact_reader *r, edifact_level level, text segment);
void edifact_end_group(edifact_reader *r, size_t offset);
/* UNO, and past the raw bytes behind it; UNP. */
void edifact_take_package(edifact_reader *r, text segment);
void edifact_end_package(edifact_reader *r, text segment);
void edifact_check_unique(edifact_reader *r);

/* edifact_date.c: the form that a value of that format (2379) does not have; NULL where it has it,
 * or nobody knows. */
const char *edifact_date_form(text format, text value);

/* edifact_check.c */
/* The table by slot, in the arena; made once for a file. */
const uint8_t *edifact_checks(arena *a);
static inline unsigned edifact_check_slot(const char *tag)
{
    return ((unsigned)(unsigned char)tag[0] << 10 ^ (unsigned)(unsigned char)tag[1] << 5 ^
            (unsigned char)tag[2]) &
           0x7fff;
}
/* What the table says of this segment's values: kinds, lengths, numbers. `service` is the level of
 * a service segment, EDIFACT_LEVELS for data. */
void edifact_check_segment(edifact_reader *r, text segment, edifact_level service);

/* edifact_charset.c: bytes that the syntax identifier does not have, between two offsets. */
void edifact_check_characters(edifact_reader *r, const edifact_interchange *i);

/* tradacoms.c */
extern const edifact_separators tradacoms_separators;
void tradacoms_check_numbers(edifact_reader *r, const edifact_interchange *i);

#endif
