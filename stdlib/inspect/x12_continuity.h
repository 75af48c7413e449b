/* x12_continuity.h: control numbers of interchanges and groups (ISA13, GS06), and references of
 * EDIFACT (UNB 0020, UNG 0048), over several files and what was seen before: repeated, falling,
 * left out.
 *
 * A stream is what one sender sends to one receiver: ISA05 to ISA08, and ISA15, because test and
 * production are counted apart; of EDIFACT sender, receiver and test indicator. Its order is that
 * in which files and history are given. Behind 999999999 numbers begin again. What is repeated
 * within one file is fault 025 of that file and not told again; numbers that are no digits are
 * faults already and left out. A reference of EDIFACT is any text that its sender uses once (ISO
 * 9735-1): it is told where it is there again, and nothing else is asked of it.
 *
 * Numbers of groups need be unique only within their interchange, and many senders begin with 1 in
 * each. Those of one kind of group (GS01, UNG 0038) from one application to another (GS02, GS03,
 * UNG S006, S007) are a stream only where they run on from one interchange to the next: where most
 * of at least three such steps, and two of them, are by one.
 */
#ifndef FERRY_STDLIB_X12_CONTINUITY_H
#define FERRY_STDLIB_X12_CONTINUITY_H

#include "base/json.h"
#include "base/vec.h"
#include "stdlib/edifact/edifact.h"
#include "stdlib/x12/x12.h"

typedef struct {
    bool edifact;
    bool group;
    text party[4]; /* ISA05 to ISA08, trimmed; of EDIFACT [1] and [3], the others are empty; of
                      groups their kind, sender and [3] receiver */
    text usage;    /* ISA15, UNB 0035 */
    text control;  /* as it stands, trimmed */
    text file;     /* name; of history as that calls it */
    size_t offset; /* of the interchange */
    uint32_t interchange; /* of a group: the same for those of one interchange */
    uint32_t number; /* 0 where it is no number: references of EDIFACT's interchanges are none */
    uint32_t at;     /* order in which it was added */
} x12_numbered;

typedef VEC(x12_numbered) x12_sequence;

/* Appends the interchanges of a file. */
void x12_sequence_add(x12_sequence *s, text name, const x12_file *f);
void x12_sequence_add_edifact(arena *a, x12_sequence *s, text name, const edifact_file *f);
/* Appends those of an earlier `inspect --format json`; false: it is none, and nothing was added.
 * Texts live in `a`. */
bool x12_sequence_add_history(arena *a, x12_sequence *s, text json);

typedef enum { BREAK_REPEATED, BREAK_FALLING, BREAK_GAP } x12_break_kind;

typedef struct {
    x12_break_kind kind;
    const x12_numbered *number, *before; /* before: the one repeated, else the highest so far */
} x12_break;

typedef struct {
    x12_break *found; /* by stream, then in order; a gap is no fault */
    uint32_t breaks, faults;
} x12_breaks;

/* Moves the elements of s, and points into them. */
void x12_sequence_check(arena *a, x12_sequence *s, x12_breaks *out);

/* "ISA13 000000009 from ZZ ACME to 01 GLOBEX: 000000006 to 000000008 are left out". */
text x12_break_words(arena *a, const x12_break *b);
/* continuity: [{kind, control, sender, …, file, offset, before: {control, file}}]. */
void x12_continuity_write_json(arena *a, json_writer *w, const x12_breaks *b);

#endif
