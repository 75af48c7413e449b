/* yaml.h: one document of YAML 1.1 as a tree with positions, through libyaml's events.
 *
 * Every scalar keeps its text and its place; whether `5` is a number is for the reader of the tree
 * to say, `quoted` tells that it is none. Anchors, aliases and standard tags are read only where
 * the limits allow them. An alias shares the children of what it names, so that the tree is in
 * memory once; what it would be written out counts against the limits, and an alias inside of what
 * it names is refused: a walk over the tree ends, and takes at most `nodes` steps.
 */
#ifndef FERRY_BASE_YAML_H
#define FERRY_BASE_YAML_H

#include "base/text.h"

typedef enum { YAML_SCALAR, YAML_LIST, YAML_MAP } yaml_kind;

typedef struct yaml_node {
    yaml_kind kind;
    bool quoted;         /* of a scalar: not plain, or tagged as a text */
    text value;          /* of a scalar, decoded */
    uint32_t start, end; /* positions; of a quoted scalar without its quotes */
    uint32_t count;      /* children of a list or map; of a map twice its members */
    uint64_t weight;     /* nodes of this subtree, aliases written out */
    unsigned height;     /* levels of containers below and with this one */
    struct yaml_node *first, *last, *next; /* a map's children alternate: key, value */
} yaml_node;

typedef struct {
    unsigned levels; /* of nested lists and maps */
    uint64_t nodes;
    bool anchors; /* else anchors, aliases and tags are refused */
} yaml_limits;

typedef struct {
    bool refused;        /* YAML, but of a kind that the limits leave out; `message` names that */
    text message;        /* lower case */
    uint32_t start, end; /* positions; equal where it is a point */
} yaml_fault;

/* The document of a file of UTF-8, in the arena; NULL and a fault where it cannot be read, NULL and
 * an empty message where there is none. A second document is refused. Positions are those in
 * `bytes`, with `base` added; together below 4 GiB. */
yaml_node *yaml_read(arena *a, text bytes, uint32_t base, const yaml_limits *limits,
                     yaml_fault *fault);
/* The value behind the first key of that text; NULL when there is none or this is no map. */
yaml_node *yaml_member(const yaml_node *map, const char *key);

#endif
