/* contract_schema.h: what a schema of OpenAPI or JSON Schema allows, in a form that compares.
 *
 * A schema is a conjunction of parts: the node itself, what its `$ref` leads to, all of its
 * `allOf`, and so on; each part must hold. An alternative `null` in `oneOf` or `anyOf` is taken out
 * as `null`; where one alternative is left it becomes a part; where all that are left only name a
 * type, they become types. So `type: [string, "null"]`, `nullable: true` and `oneOf: [null,
 * string]` are one schema, which is what they mean (OpenAPI 3.0.4, 4.7.24; JSON Schema
 * 2020-12, 10.2.1).
 *
 * A type that is not named is told from the words that only one type has (`properties`, `items`):
 * authors who leave it out mean that.
 */
#ifndef FERRY_STDLIB_CONTRACT_SCHEMA_H
#define FERRY_STDLIB_CONTRACT_SCHEMA_H

#include "stdlib/contract/contract_openapi.h"

typedef enum { DIRECTION_REQUEST, DIRECTION_RESPONSE } direction;

enum {
    TYPE_BOOLEAN = 1,
    TYPE_INTEGER = 2,
    TYPE_NUMBER = 4,
    TYPE_STRING = 8,
    TYPE_ARRAY = 16,
    TYPE_OBJECT = 32,
    TYPE_ANY = 63
};

/* Nodes that must all hold; none: anything. */
typedef struct {
    const spec_node *const *node;
    uint32_t n;
} schema_parts;

typedef struct {
    const spec_node *node; /* the list of `oneOf` or `anyOf` */
    schema_parts *alternative;
    uint32_t alternatives;
} schema_union;

typedef struct {
    const openapi *api;
    schema_parts parts; /* without references, in the order of the document */
    schema_union *unions;
    uint32_t union_count;
    unsigned types; /* TYPE_…, NUMBER always with INTEGER */
    bool null, never, too_large;
} schema;

typedef struct {
    text name;
    schema_parts parts;
    bool required;
} schema_property;

schema_parts schema_one(arena *a, const spec_node *node); /* NULL: anything */
/* Expands it: at most SCHEMA_PARTS parts and SCHEMA_ALTERNATIVES alternatives of a union. What goes
 * beyond is left out, and `too_large` set: it must not be compared then. */
enum { SCHEMA_PARTS = 256, SCHEMA_ALTERNATIVES = 512 };
schema *schema_of_parts(arena *a, const openapi *api, schema_parts parts);

/* The first part's member of that name; NULL where no part has it. */
const spec_node *schema_word(const schema *s, const char *word);
/* Members of that name of all parts, as a conjunction: `items`, `contains`. */
schema_parts schema_sub(arena *a, const schema *s, const char *word);
/* Words of a schema for members by name: the map, the list of those that must be there, what stands
 * before a name in paths. */
typedef struct {
    const char *members, *required, *before;
    bool (*closed)(const schema *s); /* whether one that is not named is refused */
} schema_words;
extern const schema_words schema_own_properties, schema_attributes;

/* Its properties by name, those that only `required` names as well. What is `readOnly` does not
 * belong to a request, what is `writeOnly` not to a response. */
uint32_t schema_properties(arena *a, const schema *s, direction d, const schema_words *words,
                           schema_property **out);
/* Whether a property that is not named is refused. */
bool schema_closed(const schema *s);
/* "string or integer", "anything"; of XML the types that a plain text may be are "text". */
text schema_type_words(arena *a, const openapi *api, unsigned types);

#endif
