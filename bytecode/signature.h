/* signature.h: reads the signatures of builtins.def.
 *
 *     signature: parameters [ "->" type ]     parameters: [ name ":" type { "," name ":" type } ]
 *     type: name-of-types.def | "[" name "]"  each may end in "?": may be left out
 *
 * The same form serves the arguments and the result of an operation (a list of named fields; a name
 * may hold dots). The texts are ours, so a malformed one is a bug and asserts.
 */
#ifndef FERRY_BYTECODE_SIGNATURE_H
#define FERRY_BYTECODE_SIGNATURE_H

#include "bytecode/image.h"

enum { SIGNATURE_PARAMETERS = 16 };

typedef struct {
    text name;
    type_id type; /* of a list: of its elements */
    bool list, optional;
} signature_parameter;

typedef struct signature {
    signature_parameter parameter[SIGNATURE_PARAMETERS];
    uint32_t parameters;
    signature_parameter result; /* without a name; only where there is an arrow */
    bool has_result;
} signature;

signature signature_read(const char *s);
/* Whether a register of type `word` takes or gives what p says. `list_types` as in image. */
bool signature_fits(const signature_parameter *p, type_word word, const type_word *list_types,
                    uint32_t list_type_count);
/* The result field that a shape path projects: the field of that very name, else the json field
 * whose name is the first part of the path ("json.target", "json[0]", "json"). NULL: there is none.
 * *below is true where the path goes into the json. */
const signature_parameter *signature_field(const signature *result, text path, bool *below);

/* Which parameters of an operation that writes are places: two writes to one place of a connector
 * meet. A bit each; 0 where no parameter is one, and equal arguments meet. What is posted makes
 * something new: it meets its equals only. */
uint32_t signature_places(const signature *arguments, text operation);

#endif
