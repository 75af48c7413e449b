/* format.h: source -> the same source, laid out.
 *
 * Two blanks a level; continuation lines four more; one blank between tokens; the values of the
 * fields of a block in one column (up to the next blank line); at most one blank line. Lines stay
 * broken where the author broke them. Tokens and comments are never changed: the result is read
 * again and compared before it is handed out.
 */
#ifndef FERRY_GRAMMAR_FORMAT_H
#define FERRY_GRAMMAR_FORMAT_H

#include "grammar/parse.h"

typedef enum {
    FORMAT_DONE,
    FORMAT_FAULTY, /* the source has faults, which were reported; nothing was written */
    FORMAT_UNSAFE, /* the result would not have been the same program: a bug; nothing was written */
} format_status;

/* Appends the laid out bytes of `file` to `out`. */
format_status format_source(buffer *out, const source *file, names *table, diagnostics *d);

#endif
