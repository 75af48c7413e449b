/* xml_read.h: what the parts of the XML reader share. Not for use outside of xml*.c. */
#ifndef FERRY_STDLIB_XML_READ_H
#define FERRY_STDLIB_XML_READ_H

#include "base/intern.h"
#include "base/vec.h"
#include "stdlib/xml/xml.h"

/* Classes of bytes; those from 0x80 on pass as name characters until the whole name is looked at.
 * A text stops at markup, at what must be judged, and at CR, which is not kept. */
enum { NAME_START = 1, NAME_CHAR = 2, BLANK = 4, TEXT_STOP = 8, VALUE_STOP = 16 };
extern const uint8_t xml_class[256];

static inline bool xml_is(char c, int class)
{
    return xml_class[(unsigned char)c] & class;
}

static inline uint64_t xml_mix(uint64_t print, uint64_t more)
{
    uint64_t h = (print ^ more) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ (h >> 32);
}

/* A declaration of a namespace in force. */
typedef struct {
    text prefix;  /* empty: the default */
    uint32_t uri; /* in `uris`; 0: none */
} xml_binding;

/* What names of elements and attributes come to, by their bytes. `scope` tells apart the same bytes
 * under other declarations. */
typedef struct {
    const char *p;
    uint32_t n, scope, name;
} xml_cached;

enum { XML_CACHE = 256 };

/* What was in force around elements that are folded, for reading them again. */
typedef struct {
    uint32_t first, n; /* in xml_folds.binding */
    uint32_t scope;
    bool preserve;
} xml_around;

typedef struct xml_folds {
    names uris, pairs;
    VEC(xml_around) around;
    VEC(xml_binding) binding;
} xml_folds;

typedef struct {
    const char *tag; /* of the open element: its name as written */
    uint32_t tag_n;
    uint32_t node, first;   /* the element, and where its children begin */
    uint32_t bindings;      /* in force around it */
    uint32_t scope;         /* around it */
    uint32_t arounds, kept; /* of the folds in front of it */
    bool mixed, preserve;
} xml_open;

typedef struct {
    const char *start, *end; /* the name with its prefix */
    uint32_t prefix;         /* its length; 0: none */
    const char *from, *to;   /* value */
    bool escaped;
} xml_attribute;

/* Text since the last markup that is not text. */
typedef struct {
    const char *from;
    bool solid;   /* more than blanks */
    bool escaped; /* as in xml_node */
} xml_run;

typedef struct {
    arena *memory;
    xml_document *document;
    const char *start, *at, *end; /* of the source */
    VEC(xml_node) nodes;
    VEC(xml_attribute) attributes; /* of the start tag at hand */
    VEC(xml_binding) bindings;
    VEC(xml_name) names;
    names uris, pairs; /* pairs: number of the URI and local name */
    xml_folds *folds;  /* NULL: nothing is folded */
    bool again;        /* of an element that is unfolded: all names are there */
    bool preserve;     /* around the root, likewise */
    uint32_t scope, scopes;
    xml_cached cache[XML_CACHE];
    xml_open open[XML_DEPTH];
    uint32_t depth;
    xml_run run;
    buffer decoded, key;
    text message; /* of the fault; p is NULL while there is none */
    const char *fault;
} xml_reader;

/* xml.c. A reader of nothing yet; what it holds on the heap goes with it. */
xml_reader *xml_reader_new(arena *a, xml_document *out);
void xml_reader_free(xml_reader *r);
/* The root from its '<' at r->at to behind its end. */
bool xml_read_root(xml_reader *r);
/* Hands what was read to the document. */
void xml_keep(xml_reader *r);

/* xml_attribute.c. All of a start tag behind its name, up to '>' or "/>". */
bool xml_read_attributes(xml_reader *r);
/* Takes the declarations out of them, and puts them in force. */
bool xml_declare_namespaces(xml_reader *r);
/* Pushes the others as nodes of the element e. */
bool xml_push_attributes(xml_reader *r, uint32_t element, xml_open *e);
/* Of a value or text as it stands, by what it says; fills in n->type where that is a name. */
uint64_t xml_print_of_value(xml_reader *r, xml_node *n, text raw, bool attribute);

/* xml_fold.c. Behind an element, whose scope has ended: folds it where it may be. */
void xml_fold(xml_reader *r, const xml_open *e);
/* Hands what unfolding will need to the document. */
void xml_keep_folds(xml_reader *r);

/* Records the fault and returns false. */
bool xml_fail(xml_reader *r, const char *at, const char *message);

/* xml_names.c. A name at r->at, which is moved behind it; *prefix is the length of the part before
 * its colon. */
bool xml_read_name(xml_reader *r, text *name, uint32_t *prefix);
void xml_names_init(xml_reader *r);
void xml_names_release(xml_reader *r);
/* Declares what an attribute xmlns or xmlns:p says, for the element whose bindings begin at
 * `first`. */
bool xml_declare(xml_reader *r, const xml_attribute *x, uint32_t first);
/* The name in force; attributes without a prefix are in no namespace. */
bool xml_resolve(xml_reader *r, text name, uint32_t prefix, bool attribute, uint32_t *out);
uint32_t xml_plain_name(xml_reader *r, text local); /* in no namespace */
/* The name that a value stands for; false where it is none, or its prefix is not declared. */
bool xml_resolve_value(xml_reader *r, text value, uint32_t *out);

/* xml_text.c. Checks a reference at r->at, which is '&', and moves behind it. */
bool xml_read_reference(xml_reader *r);
/* Resolves what was checked. Of an attribute blanks become spaces; of content, CDATA is unwrapped,
 * comments are left out and line ends are LF. Appends to `out`. */
void xml_decode(buffer *out, text raw, bool attribute);
/* Of an instruction, in which nothing else has a meaning: line ends are LF. */
void xml_decode_lines(buffer *out, text raw);
void xml_put_character(buffer *out, uint32_t c); /* as UTF-8 */
/* U+FFFE and U+FFFF, at p. */
bool xml_is_noncharacter(const char *p, const char *end);
/* Comments (at "<!--"), instructions (at "<?") and CDATA (at "<![CDATA["). */
bool xml_skip_comment(xml_reader *r);
bool xml_read_instruction(xml_reader *r);
bool xml_skip_cdata(xml_reader *r);

/* xml_prolog.c. The source in UTF-8. */
bool xml_take_source(xml_reader *r, text file);
/* From behind the byte order mark to the root element's '<': declaration, document type, comments,
 * instructions. */
bool xml_read_prolog(xml_reader *r);
/* Comments, instructions and blanks. */
bool xml_read_misc(xml_reader *r);

static inline uint32_t xml_at(const xml_reader *r, const char *p)
{
    return (uint32_t)(p - r->start);
}

static inline bool xml_starts(const xml_reader *r, const char *word, size_t n)
{
    return (size_t)(r->end - r->at) >= n && memcmp(r->at, word, n) == 0;
}
#define XML_STARTS(r, literal) xml_starts((r), (literal), sizeof(literal) - 1)

static inline void xml_skip_blanks(xml_reader *r)
{
    while (r->at < r->end && xml_is(*r->at, BLANK))
        r->at++;
}

#endif
