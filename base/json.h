/* json.h: JSON as positions over its text (RFC 8259), and a writer.
 *
 * The reader keeps every number as its own text (12345678901234567890123 stays exact), the offset
 * of every value, and duplicate keys. It allocates one flat array of nodes in document order;
 * children of a container follow it.
 */
#ifndef FERRY_BASE_JSON_H
#define FERRY_BASE_JSON_H

#include "base/text.h"
#include "base/vec.h"

typedef enum {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_TEXT,
    JSON_ARRAY,
    JSON_OBJECT
} json_kind;

typedef struct {
    json_kind kind;
    bool escaped; /* of a text: holds backslashes, use json_text; keys likewise */
    bool key_escaped;
    bool folded;                 /* its children were read and not kept: json_unfold */
    uint32_t start, end;         /* bytes of the value, quotes and brackets included */
    uint32_t key_start, key_end; /* of the member's key without its quotes; 0,0 when not a member */
    uint32_t next;  /* index of the node after this one's subtree: the next sibling, or the parent's
                       next */
    uint32_t count; /* children of an array or object */
} json_node;

typedef struct {
    text source;
    json_node *node; /* node[0] is the root */
    uint32_t nodes;
    uint32_t values; /* as nodes, with those that were folded */
    uint64_t *print; /* by node, of json_read_prints; else NULL */
} json_document;

typedef struct {
    size_t offset;
    const char *message; /* static: "expected ',' or '}'" */
} json_fault;

enum { JSON_DEPTH = 512 };

/* Parses one document; a leading byte order mark and blanks around it are skipped, anything else
 * after it is a fault. Rejects invalid UTF-8; an escape of a lone surrogate is accepted. At most
 * 4 GiB and JSON_DEPTH levels. The document points into `source`. After a fault *out has no nodes;
 * `fault` may be NULL. */
bool json_read(arena *a, text source, json_document *out, json_fault *fault);
/* Decoded value of a JSON_TEXT: a view of the source where nothing is escaped, else in the arena.
 * Valid UTF-8; a lone surrogate, which is no character, stays the six characters of its escape. */
text json_text(arena *a, const json_document *d, uint32_t node);
text json_raw(const json_document *d, uint32_t node);           /* the bytes of the value */
text json_key(arena *a, const json_document *d, uint32_t node); /* decoded key of a member */
/* First member of that name, or 0 (never a member: node 0 is the root); 0 as well when the node is
 * no object. Walks the members: for repeated look-ups make a table. */
uint32_t json_member(const json_document *d, uint32_t object, text key);
uint32_t json_element(const json_document *d, uint32_t array, uint32_t index);
/* A key that its object had before. */
typedef struct {
    size_t offset;
    text key; /* decoded */
} json_repeat;
typedef VEC(json_repeat) json_repeats;

enum { JSON_FOLDED = 64 << 10 };

/* As json_read, with prints: hashes of all values, equal where they say the same in the same
 * letters: layout, the order of members and the form of escapes leave no trace, the form of numbers
 * does. A member's own key is not part of its print. Adds to `twice` the keys of members that their
 * object had before, in any order.
 * `fold`: elements of lists, of up to JSON_FOLDED bytes, keep no children. For who looks at few of
 * them: nodes are twice the file, and writing them takes longer than reading it. */
bool json_read_prints(arena *a, text source, bool fold, json_repeats *twice, json_document *out,
                      json_fault *fault);
/* A folded value as a document of its own, with prints, of which nothing is folded. */
void json_unfold(arena *a, const json_document *d, uint32_t node, json_document *out);
/* Follows a dotted path with indices, as the language writes it: "target", "items[0].v", from *node
 * on; an empty path is the node itself. False, and *node is 0, when there is nothing there. */
bool json_follow(const json_document *d, text path, uint32_t *node);
/* The same where values may be folded: what the path enters is unfolded, and *d is where *node is.
 */
bool json_follow_folded(arena *a, const json_document **d, text path, uint32_t *node);
/* Follows a JSON pointer (RFC 6901) from *node on in the same way: "/items/0/v". */
bool json_point_folded(arena *a, const json_document **d, text pointer, uint32_t *node);

/* The writer: puts commas and indentation itself; text is escaped as RFC 8259 asks, invalid UTF-8
 * replaced by U+FFFD, one for each byte. That keys and values alternate is the caller's duty. */
typedef struct {
    buffer *out;
    int indent; /* spaces a level; 0 writes one line */
    int depth;
    bool first, after_key;
} json_writer;

void json_begin(json_writer *w, buffer *out, int indent);
void json_object(json_writer *w);
void json_object_end(json_writer *w);
void json_array(json_writer *w);
void json_array_end(json_writer *w);
void json_put_key(json_writer *w, const char *key);
void json_put_key_text(json_writer *w, text key);
void json_put_text(json_writer *w, text value);
void json_put_cstr(json_writer *w, const char *value);
void json_put_int(json_writer *w, int64_t value);
void json_put_decimal(json_writer *w, int64_t value,
                      int scale); /* NA and NONE are written as null */
void json_put_bool(json_writer *w, bool value);
void json_put_null(json_writer *w);
void json_put_raw(json_writer *w, text value); /* already JSON */

/* A member of the open object in one: its key, then its value or the opening of its container. */
void json_add_text(json_writer *w, const char *key, text value);
void json_add_cstr(json_writer *w, const char *key, const char *value);
void json_add_optional(json_writer *w, const char *key, text value); /* null where p is NULL */
void json_add_int(json_writer *w, const char *key, int64_t value);
void json_add_bool(json_writer *w, const char *key, bool value);
void json_add_object(json_writer *w, const char *key);
void json_add_array(json_writer *w, const char *key);

void json_escape(buffer *out, text t); /* a text's inside, without its quotes */

/* Canonical form: no blanks, keys sorted by their UTF-16 code units as RFC 8785 sorts them, numbers
 * kept as written, members of one name in their order. */
bool json_canonical(arena *a, text source, buffer *out, json_fault *fault);

#endif
