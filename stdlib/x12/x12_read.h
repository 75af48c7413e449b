/* x12_read.h: what the reader of X12 shares between its files: the growing file, faults and the
 * walk. */
#ifndef FERRY_STDLIB_X12_READ_H
#define FERRY_STDLIB_X12_READ_H

#include "base/vec.h"
#include "stdlib/x12/x12.h"

typedef enum {
#define X12_FAULT(name, code, what) FAULT_##name,
#include "stdlib/x12/x12_faults.def"
#undef X12_FAULT
    FAULT_COUNT
} x12_fault_kind;

typedef struct {
    arena *memory;
    text source;
    size_t at; /* next byte to read */
    x12_walk walk;
    bool walking; /* `walk` has begun, with the separators of some interchange */
    VEC(x12_interchange) interchanges;
    VEC(x12_group) groups;
    VEC(x12_set) sets;
    VEC(text) ta1s;
    VEC(document_fault) faults;
    uint32_t faults_omitted;
    bool in_group, in_set;
    text control;  /* ST02 of the set before in the group; empty: none */
    bool unsorted; /* control numbers of the group do not rise, so that some may be there twice */
} x12_reader;

/* Records a fault. `path` is made with printf's rules; `detail` may be NULL and stands behind the
 * fault's own words. */
void x12_fault(x12_reader *r, x12_fault_kind kind, size_t offset, text path, const char *detail,
               ...) __attribute__((format(printf, 5, 6)));
/* "ISA[1]", "ISA[1].GS[2]", "ISA[1].GS[2].ST[3]" of what is open now, with `tail` behind it; empty
 * where no more faults are kept. */
text x12_path(x12_reader *r, bool group, bool set, const char *tail);

/* Reads the ISA at r->at and opens an interchange; false: what stands there is none, and r->at is
 * unchanged. */
bool x12_open_interchange(x12_reader *r);
/* Opens one without ISA whose separators are told from the GS or ST at r->at. */
bool x12_open_fragment(x12_reader *r);
/* True when an ISA could start at `at`: "ISA" and a byte that can separate. */
bool x12_isa_at(text source, size_t at);

/* Of what tags consist, the first byte a letter. */
static inline bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static inline bool is_tag_byte(char c)
{
    return is_upper(c) || (c >= '0' && c <= '9');
}

/* What may stand between a terminator and the next tag. A terminator that is a character of several
 * bytes in UTF-8 leaves its other bytes there. */
bool x12_is_layout(const x12_separators *by, char c);
/* The next segment, which may be empty, without its terminator; w->at goes behind it. false:
 * nothing but layout is left. */
bool x12_walk_next(x12_walk *w, text *segment);
/* Passes over the segments that follow one another and are neither headers nor trailers, nor carry
 * raw bytes, have a tag and a terminator: all that the reader would say of them is that they are
 * there. Returns how many, and into *end where the last of them ends; it may leave some to
 * x12_walk_next, and leaves all where segments do not end in a punctuation mark. */
size_t x12_walk_ordinary(x12_walk *w, size_t *end);
void x12_walk_over(x12_walk *w, const x12_separators *by, text source, size_t at);

/* Trailers: counts and control numbers. Each closes what it ends. */
void x12_close_set(x12_reader *r, text se);
void x12_close_group(x12_reader *r, text ge);
void x12_close_interchange(x12_reader *r, text iea);
/* Control numbers that must be unique: of the sets of the last group, of all interchanges. */
void x12_check_sets(x12_reader *r);
void x12_check_interchanges(x12_reader *r);

#endif
