/* x12_check.h: what is wrong inside of transaction sets, as a 997 or a 999 would say it.
 *
 * Reading (x12.h) judges envelopes; this judges segments against the dictionary (x12_segments.def,
 * x12_sets.def): mandatory elements, lengths, forms of numbers, dates and times, small code lists,
 * syntax notes, what a set begins with, levels (HL). A segment that the dictionary does not have is
 * no fault, and neither is its place: which segments a set may hold, where and how often, stands in
 * the guides between partners.
 */
#ifndef FERRY_STDLIB_X12_CHECK_H
#define FERRY_STDLIB_X12_CHECK_H

#include "stdlib/x12/x12.h"

typedef struct {
    uint32_t set;    /* in x12_file.set */
    uint32_t nth;    /* of its tag in the set, from 1 */
    size_t position; /* of the segment in the set, ST being 1; of one that is missing, where it
                        was looked for */
    text tag;
    uint16_t element; /* 0: the segment itself, and `code` is one of AK304; else of AK403 */
    uint16_t repeat;  /* which repetition, from 1; 0 where there are none */
    const char *code; /* "1" */
    text value;       /* the element as it stands; may be empty */
    size_t offset;    /* in the file */
} x12_note;

typedef struct {
    x12_note *note;          /* by set and position */
    uint32_t notes, omitted; /* beyond X12_FAULTS_MOST */
} x12_notes;

/* Of so many sets from the one numbered `first` on. Never fails. */
void x12_check(arena *a, const x12_file *f, uint32_t first, uint32_t sets, x12_notes *out);

/* "ISA[1].GS[1].ST[2]" of a set. */
text x12_set_path(arena *a, const x12_file *f, uint32_t set);
/* A note as a fault: code "AK3-3" or "AK4-1", path "ISA[1].GS[1].ST[2].N1[3].04". */
document_fault x12_note_fault(arena *a, const x12_file *f, const x12_note *n);

#endif
