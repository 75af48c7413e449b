/* x12_ack.h: acknowledgments: what a TA1, 997 or 999 says of which interchange, group, set, segment
 * and element; and the one that a file deserves.
 *
 * Codes and their words are those of x12_codes.def. A 999 is a 997 for implementation guides: its
 * IK3, IK4 and IK5 say what AK3, AK4 and AK5 say, and are read alike.
 */
#ifndef FERRY_STDLIB_X12_ACK_H
#define FERRY_STDLIB_X12_ACK_H

#include "base/json.h"
#include "stdlib/x12/x12_check.h"

typedef enum { ACK_INTERCHANGE, ACK_GROUP, ACK_SET, ACK_SEGMENT, ACK_ELEMENT } x12_ack_level;

enum { ACK_CODES = 5 };

/* One statement, in the order of the file: a group is followed by its sets, a set by its segments.
 */
typedef struct {
    x12_ack_level level;
    text type;            /* AK101, AK201, AK301; of an element its reference, AK401 */
    text control;         /* TA101, AK102, AK202 */
    text position;        /* AK302 */
    text status;          /* TA104, AK501, AK901: "A"; empty where the statement has none */
    text code[ACK_CODES]; /* those that are there come first */
    unsigned codes;
    text included, received, accepted; /* of a group: AK902 to AK904 */
    text value;                        /* of an element: the bad data, AK404 */
    size_t offset;                     /* of the segment that says it */
} x12_ack;

typedef struct {
    x12_ack *ack;
    uint32_t acks;
} x12_acks;

/* All statements of all TA1, 997 and 999 in the file. */
void x12_ack_read(arena *a, const x12_file *f, x12_acks *out);
/* "group HC 7 accepted in part: 2 included, 2 received, 1 accepted": without values of elements. */
text x12_ack_words(arena *a, const x12_ack *k);
/* acknowledges: [{level, type, control, status, words, codes: [{code, words}], …}], into the object
 * that is open; nothing where there are none. Values are masked. */
void x12_ack_write_json(arena *a, json_writer *w, const x12_acks *k);

typedef enum { ACK_TA1, ACK_997, ACK_999 } x12_ack_kind;

/* When it is written, and the number of its first interchange; writing counts it up, to 1 behind
 * 999999999. */
typedef struct {
    text date, time; /* CCYYMMDD, HHMM */
    uint32_t control;
} x12_ack_stamp;

/* Appends the acknowledgments that the file deserves: an interchange for each of its own, with the
 * parties changed round and the separators kept.
 *
 * A set is rejected where its envelope does not hold or something mandatory is missing or not
 * recognised, and accepted with errors where only the content of elements is at fault. A group is
 * rejected where its envelope does not hold or none of its sets is accepted. A TA1 rejects where
 * the interchange cannot be trusted to be whole or to be new (001, 004, 017, 018, 021 to 025), and
 * accepts with errors otherwise. Groups of acknowledgments (FA) are not acknowledged.
 *
 * false, and nothing is added: there is nothing to acknowledge, or more is wrong with envelopes
 * than reading keeps; *why says it. */
bool x12_ack_write(arena *a, const x12_file *f, x12_ack_kind kind, x12_ack_stamp *stamp,
                   buffer *out, const char **why);

#endif
