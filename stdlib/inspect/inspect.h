/* inspect.h: what a file is and what is wrong with it. */
#ifndef FERRY_STDLIB_INSPECT_H
#define FERRY_STDLIB_INSPECT_H

#include "stdlib/comply/comply.h"

/* One element of DESIGN's `files`: {file, kind, encoding, faults: [{code, message, offset, path}], …},
 * with
 *     x12    interchanges: [{sender_qualifier, sender, receiver_qualifier, receiver, control, version,
 *            test, offset, separators: {element, component, repetition, terminator}, groups: [{id,
 *            sender, receiver, control, version, transactions: [{set, control, segments, offset}]}],
 *            transactions: those outside of any group}], and acknowledges (x12_ack.h)
 *     edifact, tradacoms    interchanges: [{sender, receiver, control, syntax, version, una, test,
 *            offset, groups: [{id, sender, receiver, control, messages}], messages: [{type, version,
 *            control, segments, offset}]}]
 *     openapi    language, version, title, release, operations: [{name, id}]
 *     wsdl    the same with ports: [{service, port, binding, location}], types and elements (counts of
 *            what XML Schema names); xml_schema without ports; each with parts: [names of the other
 *            files that it consists of], where there are any; so has openapi
 *     xml    root, namespace, family, type, of SOAP body and fault, elements; `encoding` is the one it
 *            declares
 *     json   root: "object", values: all of them, nesting included
 *     yaml   as json
 *     csv    rows, comments, separator, header: are the columns named in it, columns: [names]
 *     fixed_width    layout, records, levels: {batch: 2}
 * and, where the file was scanned (scan is not NULL), `compliance` (comply.h). */
void inspect_write_json(arena *a, json_writer *w, const document_file *f,
                        const comply_report *scan);

#endif
