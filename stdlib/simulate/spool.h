/* spool.h: live traffic as a simulation gathers it, kept beside the journal between two looks.
 *
 * A folder of its own for every simulation that began, below the store's jobs:
 *
 *     index       a line of JSON for each file that was seen and each answer that was given
 *     HEX         a document, under the SHA-256 of its bytes
 *     result      what the last look found; the documents are removed when it is written
 *
 * A look adds its lines in one write, after the documents that they name. What a crash leaves half
 * written is cut off at the next look, which finds the same files again: nothing is counted twice,
 * and nothing is lost but what was taken away meanwhile.
 */
#ifndef FERRY_STDLIB_SPOOL_H
#define FERRY_STDLIB_SPOOL_H

#include "base/intern.h"
#include "base/vec.h"
#include "stdlib/connect/connect_parts.h"

enum { SPOOL_DOCUMENT = 16 << 20 }; /* the largest */

/* Where a file was seen; the first two are the sides of a channel. */
typedef enum { SPOOL_LEGACY, SPOOL_MODERN, SPOOL_SAMPLES, SPOOL_PLACES } spool_place;

typedef struct {
    spool_place place;
    text name;
    int64_t size;     /* of a file, with */
    instant modified; /* when it was written last: another time makes it another document */
    instant seen;
    uint32_t look;
    text blob;        /* HEX of its bytes; empty where they are not kept */
    duration elapsed; /* of an answer; QUANTITY_NONE: it stood in a folder */
    text failure;     /* why there is no answer */
} spool_entry;

typedef struct {
    arena *memory; /* of the look */
    const char *folder;
    int index;
    names known; /* files that were seen */
    VEC(spool_entry) entry;
    uint64_t bytes; /* of all documents */
    buffer pending; /* lines of this look */
} spool;

/* Of the simulation that the request looks for: at its first look a new one. False after a refusal;
 * then, too, spool_close. */
bool spool_open(spool *s, const operation_request *q, arena *memory, operation_result *r);
void spool_close(spool *s);

bool spool_knows(const spool *s, const spool_entry *file);
/* Keeps a document and names it in `e`; false after a refusal. */
bool spool_keep(spool *s, text bytes, spool_entry *e, operation_result *r);
/* One more entry; it counts when spool_commit has written it. */
void spool_note(spool *s, const spool_entry *e);
bool spool_commit(spool *s, operation_result *r);
bool spool_load(spool *s, const spool_entry *e, text *bytes, operation_result *r);

/* The result of a last look that was made before; empty where there is none. */
text spool_result(const spool *s);
/* Keeps the result, and no document any more. */
bool spool_end(spool *s, text result, operation_result *r);

#endif
