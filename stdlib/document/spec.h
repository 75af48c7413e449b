/* spec.h: a document of JSON or YAML as one tree of values, with places.
 *
 * OpenAPI is written in both, and means the same in both (OpenAPI 3.1.0, 4.2). Plain scalars of
 * YAML become null, truth values and numbers as its JSON schema says (YAML 1.2, 10.2), so `on` and
 * `no` stay texts; merge keys (`<<`) are resolved, nearer members first. A key that stands twice is
 * a fault: two readers would take two contracts from it.
 */
#ifndef FERRY_STDLIB_SPEC_H
#define FERRY_STDLIB_SPEC_H

#include "stdlib/document/document.h"

typedef enum { SPEC_NULL, SPEC_TRUTH, SPEC_NUMBER, SPEC_TEXT, SPEC_LIST, SPEC_MAP } spec_kind;

typedef struct spec_node {
    spec_kind kind;
    text key;    /* of a member */
    text value;  /* of a text decoded; of a number, truth value or null as it is written */
    uint32_t at; /* byte of the file; see contract_files.h for several */
    uint32_t count;
    const struct spec_node *child; /* of a text that is a reference: what it leads to */
    const uint32_t *by_key;        /* of a map: its members in the order of their keys */
} spec_node;

enum { SPEC_LEVELS = 256, SPEC_NODES = 4 << 20 };

/* The root, in the arena and pointing into `bytes`; NULL and a fault where it cannot be read. A
 * text whose first character is `{` is JSON, any other YAML. Places count from `base`, the fault's
 * from 0. */
const spec_node *spec_read(arena *a, text bytes, uint32_t base, document_fault *fault);

/* One document of YAML, whatever it begins with; plain scalars as the core schema says (10.3),
 * which has `0x1F`, `0o17`, `+1`, `.5` and `007` for numbers: they become those of JSON. `.inf` and
 * `.nan`, which JSON has not, stay texts. NULL and an empty message where there is nothing in it.
 */
const spec_node *spec_read_yaml(arena *a, text bytes, document_fault *fault);

/* A map of members that carry their keys; of two with one key, either is found. */
spec_node spec_map(arena *a, text key, spec_node *child, uint32_t count);

/* The member of a map; NULL where there is none, where `map` is no map or NULL. */
const spec_node *spec_find(const spec_node *map, text key);
/* In line, so that the length of the word is known where it stands. */
static inline const spec_node *spec_get(const spec_node *map, const char *key)
{
    return spec_find(map, text_of(key));
}
/* As spec_get where the member is of that kind, else NULL. */
static inline const spec_node *spec_of_kind(const spec_node *map, const char *key, spec_kind kind)
{
    const spec_node *n = spec_get(map, key);
    return n && n->kind == kind ? n : NULL;
}
text spec_text(const spec_node *map, const char *key); /* of a text or number; else empty */
bool spec_true(const spec_node *map, const char *key); /* whether the member is `true` */

/* What a JSON pointer in a fragment (`#/a/b~1c`, RFC 6901, 6) leads to; NULL where that is nothing.
 */
const spec_node *spec_follow(const spec_node *root, text pointer);
/* Whether two trees say the same: members in any order, numbers by value; descriptions, examples
 * and extensions (`x-…`) left out. Either may be NULL. */
bool spec_equal(const spec_node *a, const spec_node *b);

#endif
