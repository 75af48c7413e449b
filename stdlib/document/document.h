/* document.h: one model for every format: a document is a tree with paths.
 *
 * A tree is one flat array of nodes in document order. Its leaves are views into the file: values
 * (a JSON scalar, a line), and records (an X12 segment, a CSV row), whose fields are split only
 * where two records differ, which is what keeps comparing at the speed of memcmp. Inner nodes are
 * groups (children in order, with names: an X12 loop), elements (the same in XML), objects (members
 * by name) and lists.
 */
#ifndef FERRY_STDLIB_DOCUMENT_H
#define FERRY_STDLIB_DOCUMENT_H

#include "base/text.h"
#include "base/vec.h"

/* What `inspect` and `compare` call the formats, from the one that is hardest to mistake to the one
 * that takes anything: in this order they are tried on a file of unknown kind. KIND_UNKNOWN is
 * "tell it from the bytes". */
#define DOCUMENT_KINDS(X)                                                                          \
    X(UNKNOWN, "unknown")                                                                          \
    X(X12, "x12")                                                                                  \
    X(EDIFACT, "edifact")                                                                          \
    X(TRADACOMS, "tradacoms")                                                                      \
    X(OPENAPI, "openapi")                                                                          \
    X(JSON, "json")                                                                                \
    X(WSDL, "wsdl")                                                                                \
    X(XSD, "xml_schema")                                                                           \
    X(XML, "xml")                                                                                  \
    X(FIXED, "fixed_width")                                                                        \
    X(YAML, "yaml")                                                                                \
    X(CSV, "csv")                                                                                  \
    X(TEXT, "text")                                                                                \
    X(BYTES, "bytes")

typedef enum {
#define X(name, word) KIND_##name,
    DOCUMENT_KINDS(X)
#undef X
        KIND_COUNT
} document_kind;

const char *document_kind_word(document_kind k);
bool document_kind_read(text word, document_kind *out); /* "x12"; not "unknown" */
bool document_is_contract(document_kind k);             /* see contract.h */

typedef enum {
    SHAPE_GROUP,
    SHAPE_ELEMENT, /* as a group, but where prints are equal nothing in it is looked at: XML */
    SHAPE_OBJECT,
    SHAPE_LIST,
    SHAPE_RECORD,
    SHAPE_VALUE
} node_shape;
/* Of a value. A number is a JSON number; texts are compared as texts. */
typedef enum { VALUE_TEXT, VALUE_NUMBER, VALUE_OTHER } value_type;

typedef struct {
    text name;  /* "PO1", "price"; empty for an element of a list */
    text value; /* of a value or record: its bytes, without quotes where it has them */
    text key; /* what identifies it among siblings of its name (N101 of an N1 loop); may be empty */
    uint64_t print; /* hash of the name and of all content below, layout left out: equal content has
                       equal prints */
    uint64_t called;   /* what the name means where letters do not say it (a namespace); else 0 */
    const char *noise; /* the rule by which a difference here means nothing; NULL: it does mean */
    uint32_t next;     /* index of the next sibling, or where it would be */
    uint32_t count;    /* children */
    uint32_t first;    /* the first of them; 0: not opened yet, if there are any */
    uint32_t of;       /* what the format knows it as */
    uint32_t in;       /* and in which of its readings */
    node_shape shape;
    value_type type;
    bool unordered; /* among siblings of its name the order means nothing */
    bool loop;      /* X12: opened by its first child, whose place it bears in paths */
} document_node;

/* A tree is made whole, or opened where the walk goes: `open` appends the children of a node
 * (document_tree_push) when they are asked for, and they are taken off again when the walk leaves,
 * so that two files of millions of documents cost the memory of the one that is looked at. */
typedef struct document_tree {
    document_node *node; /* node[0] is the root */
    uint32_t nodes;
    uint32_t room;                                                  /* of a tree with `open` */
    void (*open)(arena *a, struct document_tree *t, uint32_t node); /* NULL: it is whole */
    /* What is in a node, without opening it, for lists of which little differs: one child after the
     * other, its print and what its name means. *at is 0 at first. False behind the last, and for a
     * node that does not say. NULL: none does. */
    bool (*next)(const struct document_tree *t, uint32_t node, uint32_t *at, uint64_t *print,
                 uint64_t *called);
    /* Opens a node for which `next` said something, for its children at n rising places alone. */
    void (*open_some)(arena *a, struct document_tree *t, uint32_t node, const uint32_t *place,
                      size_t n);
    /* What `key` of a node would hold, asked of few; NULL: it holds it. */
    text (*identify)(arena *a, struct document_tree *t, uint32_t node);
    const void *source; /* for `open` and `identify` */
} document_tree;

/* Only for trees with `open`, whose nodes are on the heap. A node that is pushed lies behind its
 * sibling; pushing moves all of them. */
void document_tree_push(document_tree *t, document_node n);
void document_tree_release(document_tree *t);

enum { TREE_DEPTH = 64 }; /* of loops; deeper ones are laid flat. JSON has JSON_DEPTH */

typedef struct {
    text code;     /* "001", "AK5-4", "json", "csv" */
    text message;  /* lower case, no full stop; values in it are as they stand: mask them */
    size_t offset; /* in the file, in bytes */
    text path;     /* "ISA[1].GS[1].ST[2].SE.01"; empty where there is none */
} document_fault;

typedef VEC(document_fault) document_faults;

enum { DOCUMENT_FAULTS_MOST = 1000 }; /* kept of one file */

/* Releases the list after its first DOCUMENT_FAULTS_MOST faults by offset went into the arena.
 * Faults of one offset stay as they were added. */
uint32_t document_faults_keep(arena *a, document_faults *list, const document_fault **out,
                              uint32_t *omitted);

/* Could c separate the fields of an interchange: not a letter, a digit, a blank or NUL. */
bool document_separates(char c);
/* No control characters but those that lay out lines and pages. */
bool document_is_text(text t);

/* The pieces that a separator cuts a text into, one after the other: asking for each by its number
 * would begin at the first again. What stands behind the release character (0: there is none) cuts
 * nothing, and separator 0 nothing at all. Behind the last piece they are empty, at the end of the
 * text. */
typedef struct {
    const char *at, *end; /* at is NULL behind the last */
    char separator, release;
} document_pieces;
document_pieces document_pieces_of(text t, char separator, char release);
text document_piece(document_pieces *w);

/* Mixes t into a print; order matters. */
uint64_t print_add(uint64_t print, text t);

#endif
