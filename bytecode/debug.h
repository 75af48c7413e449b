/* debug.h: where code stands in the source, as DEBUG holds it.
 *
 * A run is what DEBUG says of one function or of one site: entries that cover its instructions in
 * order (a site counts as one). An entry, all numbers LEB128, seven bits a byte, low ones first,
 * shortest form; signed ones with their sign in the lowest bit (0 -1 1 -2 … are 0 1 2 3 …):
 *
 *     instructions << 1 | the file is another one; then that file, if it is
 *     line - line before, signed            before the first entry all are 0
 *     column - column before, signed
 *     end line - line, signed
 *     end column - column, signed
 *
 * Line 0: nobody knows. An empty run says nothing of its function or site. Rows of fixed size took
 * eight times as much: neighbours stand at one place or near each other.
 */
#ifndef FERRY_BYTECODE_DEBUG_H
#define FERRY_BYTECODE_DEBUG_H

#include "bytecode/image.h"

/* Appends the entry for `at` behind one for `before` (a zeroed place at the start of a run). */
void debug_write(buffer *out, const image_debug *before, const image_debug *at, uint32_t instructions);

typedef struct {
    const uint8_t *p, *end;
    image_debug at;        /* of the entry that was read last */
    uint32_t instructions; /* that it covers, at least one */
    bool bad;              /* what followed is no entry */
} debug_reader;

/* Over run k: the functions of the image, then its sites. */
debug_reader debug_run(const image *i, uint32_t k);
/* The next entry; false at the end of the run, and where it is malformed. */
bool debug_next(debug_reader *r);

#endif
