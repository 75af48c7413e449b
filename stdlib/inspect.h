/* inspect.h: what a file is and what is wrong with it. */
#ifndef FERRY_STDLIB_INSPECT_H
#define FERRY_STDLIB_INSPECT_H

#include "base/json.h"
#include "stdlib/csv.h"
#include "stdlib/document.h"
#include "stdlib/x12.h"

typedef struct {
    text name;
    document_kind kind;
    const document_fault *fault; /* by offset; messages may quote the file: masked when written */
    uint32_t faults, faults_omitted;
    const x12_file *x12;       /* the one of its kind is there, the others are NULL */
    const json_document *json; /* NULL also where the text is not JSON after all */
    const csv_table *csv;
} inspection;

/* Reads a file of that kind, or of the kind its bytes tell (KIND_UNKNOWN). Never fails. The result
 * lives in `a` and points into `bytes`. */
void inspect_file(arena *a, text name, text bytes, document_kind kind, inspection *out);

/* One element of DESIGN's `files`: {file, kind, faults: [{code, message, offset, path}], …}, with
 *     x12    interchanges: [{sender, receiver, control, version, test, groups: [{id, sender,
 *            receiver, control, version, transactions: [{set, control, segments, offset}]}],
 *            transactions: those outside of any group}]
 *     json   root: "object", values: all of them, nesting included
 *     csv    separator, columns: [names], rows */
void inspect_write_json(arena *a, json_writer *w, const inspection *i);

#endif
