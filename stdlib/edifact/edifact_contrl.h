/* edifact_contrl.h: CONTRL, by which a recipient says what it accepts and rejects: what one says,
 * and the one that a file deserves.
 *
 * Codes and their words are those of data elements 0083 (action) and 0085 (edifact_faults.def). The
 * message is CONTRL:D:3:UN up to syntax version 3 and CONTRL:4:1:UN from 4 on (ISO 9735-4); what is
 * used of it here is the same in both.
 */
#ifndef FERRY_STDLIB_EDIFACT_CONTRL_H
#define FERRY_STDLIB_EDIFACT_CONTRL_H

#include "base/json.h"
#include "stdlib/edifact/edifact.h"

typedef enum {
    CONTRL_INTERCHANGE,
    CONTRL_GROUP,
    CONTRL_MESSAGE,
    CONTRL_SEGMENT,
    CONTRL_ELEMENT
} contrl_level;

/* One statement, in the order of the file: a message is followed by its segments, a segment by its
 * elements. Members that it does not have are empty. */
typedef struct {
    contrl_level level;
    text control;  /* 0020, 0048, 0062 of what is answered */
    text type;     /* of a message: "ORDERS" */
    text position; /* of a segment: 0096, UNH being 1 */
    text action;   /* 0083 */
    text code;     /* 0085 */
    text tag;      /* 0013: the service segment at fault */
    text element;  /* 0098: the tag being 1 */
    text component;
} contrl_statement;

typedef struct {
    contrl_statement *statement;
    uint32_t statements;
} contrl_report;

/* All statements of all CONTRL in the file. */
void contrl_read(arena *a, const edifact_file *f, contrl_report *out);
/* "message ORDERS 1 rejected: references do not match (28), UNT element 2" */
text contrl_words(arena *a, const contrl_statement *s);
/* acknowledges: [{level, type, control, position, status, codes: [{code, words}], words}], into the
 * object that is open; nothing where there are none. */
void contrl_write_json(arena *a, json_writer *w, const contrl_report *r);

/* When it is written, and the reference of its first interchange; writing counts it up. */
typedef struct {
    text date, time; /* CCYYMMDD, HHMM */
    uint32_t control;
} contrl_stamp;

/* Appends the CONTRL that the file deserves: an interchange for each of its own that has a UNB,
 * with the parties changed round and the separators kept.
 *
 * An interchange with a fault in its own segments is rejected with all it holds. Else it is
 * acknowledged, and each group and message with a fault is rejected, the faults told segment by
 * segment and element by element. An interchange of CONTRL only is not answered.
 *
 * false, and nothing is added: there is nothing to answer, or more is wrong than reading keeps;
 * *why says it. */
bool contrl_write(arena *a, edifact_file *f, contrl_stamp *stamp, buffer *out, const char **why);

#endif
