/* xml.h: XML as positions over its text (XML 1.0, fifth edition; Namespaces in XML 1.0).
 *
 * The reader keeps what exclusive C14N says a document is: elements and attributes by namespace and
 * local name, text with its references resolved, processing instructions. Prefixes, the order of
 * attributes, comments, CDATA, the form of empty elements and the ends of lines are layout, and
 * leave no trace in prints. So are blanks between elements where an element holds no other text,
 * and blanks alone in an element, unless xml:space="preserve" holds there; beyond that no blank is
 * dropped.
 *
 * Nothing is fetched and nothing is expanded but the five entities of XML and references to
 * characters. A document type declaration that declares entities or attributes would change what
 * the document says: it is a fault. The reader does not validate.
 *
 * Encodings: UTF-8, UTF-16 with a byte order mark, and ISO-8859-1 where it is declared; any other
 * is a fault that names it.
 */
#ifndef FERRY_STDLIB_XML_H
#define FERRY_STDLIB_XML_H

#include "stdlib/document/document.h"

typedef enum {
    XML_DOCUMENT, /* node 0: holds the root element and the instructions around it */
    XML_ELEMENT,
    XML_ATTRIBUTE,  /* directly behind its element, in the order of the file */
    XML_TEXT,       /* between elements; the text of an element without children is its own */
    XML_INSTRUCTION /* its local name is the target, its inside the data */
} xml_kind;

/* A name as all elements and attributes share it. */
typedef struct {
    text uri, local; /* uri is empty: in no namespace */
    text prefix;     /* of its first use in the file, for showing it */
    uint64_t print;  /* of uri and local name */
    bool space;      /* xml:space */
    bool qualified;  /* its value is a name itself, in attributes or elements of this name */
    bool met;        /* of elements: one of them was read to its end */
} xml_name;

/* 40 bytes: a document of 200 MB has some five million. Offsets are in xml_document.source. */
typedef struct {
    uint64_t print;      /* of everything that C14N keeps, and of nothing else */
    uint32_t start, end; /* all of it: an element from '<' to behind its end tag */
    uint32_t from, to;   /* inside: content, an attribute's value, text */
    uint32_t next;       /* index behind this node's subtree */
    uint32_t name;       /* in xml_document.name; 0 for texts and the document */
    uint32_t type;       /* where `qualified`: the name that the value is; where `folded`: what is
                            in force around it */
    uint8_t kind;        /* xml_kind */
    bool escaped : 1;    /* the inside has references, CDATA, comments or CR: use xml_value */
    bool leaf : 1;       /* an element without elements, texts or instructions of its own */
    bool blank : 1;      /* a leaf whose blanks are layout: its value is empty */
    bool qualified : 1;  /* the value is a name with a prefix (xsi:type, a SOAP fault code) */
    bool folded : 1;     /* what is in it was read and not kept: xml_unfold */
} xml_node;

typedef enum { XML_UTF8, XML_UTF16, XML_LATIN1 } xml_encoding;

typedef struct {
    text file;   /* as given */
    text source; /* UTF-8: a view of the file, or a copy in the arena */
    xml_encoding encoding;
    xml_node *node; /* in document order */
    uint32_t nodes, root;
    xml_name *name;
    uint32_t names;
    text doctype;                  /* the name in a document type declaration; empty without one */
    const struct xml_folds *folds; /* of xml_read_folded */
} xml_document;

typedef struct {
    size_t offset; /* in the file, in bytes */
    size_t line;   /* from 1 */
    text message;
    text path; /* of the element around it: "/Invoice/cac:Party"; empty outside of the root */
} xml_fault;

enum { XML_DEPTH = 512, XML_NAMESPACES = 1024 /* declared at one place, with those around it */ };

/* Reads one document of at most 4 GiB, XML_DEPTH levels and XML_NAMESPACES; what is not well formed
 * is one fault, the first. The document and the fault point into `file` and `a`. After a fault *out
 * has no nodes.
 */
bool xml_read(arena *a, text file, xml_document *out, xml_fault *fault);

enum { XML_FOLDED = 64 << 10 };

/* The same for who looks into few elements: those of up to XML_FOLDED bytes keep no attributes and
 * no children, but for the first of each name, by which a document is known. Nodes are twice the
 * file, and having the memory for them takes longer than reading it. Below, only what says so goes
 * into what is folded. */
bool xml_read_folded(arena *a, text file, xml_document *out, xml_fault *fault);
/* A folded element as a document of its own, of which it is node 0, the root, and nothing is
 * folded. Offsets are in the same source, names have the same numbers. */
void xml_unfold(arena *a, const xml_document *d, uint32_t node, xml_document *out);

/* The value of an attribute, text, instruction or leaf element, references resolved, line ends as
 * LF: a view where nothing is escaped. A qualified one as "{uri}local". p is NULL for an element
 * with children. */
text xml_value(arena *a, const xml_document *d, uint32_t node);
text xml_raw(const xml_document *d, uint32_t node); /* start … end */
/* "cbc:ID", "@schemeID", "?xml-stylesheet", "text()". */
text xml_called(arena *a, const xml_document *d, uint32_t node);
/* From a place in `source` to one in `file`, in bytes. */
size_t xml_offset(const xml_document *d, size_t at);

/* Calls `visit` with every node that a path leads to, in document order, until it returns false. Of
 * XPath: `/a/b`, `//b`, `@attr`, `*`, `b[2]` (from 1), `b[*]` (any). A path that begins with `/`
 * starts at the document, any other at `from`. A prefix is read over: prefixes are the sender's
 * choice, so local names are what counts. What is folded is unfolded on the way: the node is one of
 * the document that the visitor is given, which lives no longer than the visit. */
typedef bool xml_visit(void *self, const xml_document *d, uint32_t node);
void xml_each(const xml_document *d, uint32_t from, text path, xml_visit *visit, void *self);
/* The first, or 0; of documents with nothing folded. */
uint32_t xml_follow(const xml_document *d, uint32_t from, text path);
/* The first child element of that local name, or 0; attributes with their '@'. */
uint32_t xml_child(const xml_document *d, uint32_t parent, text name);
/* Does a path mean a place, "/Orders/o:Order[2]/@id" as comparisons show it, or what is above it.
 */
bool xml_path_means(text path, text place);

/* Exclusive XML Canonicalization 1.0 without comments, of all of the document. */
void xml_canonical(arena *a, const xml_document *d, buffer *out);

/* What kind of document it is, by its root and what that holds. */
typedef struct {
    text family;   /* "UBL", "CII", "ISO 20022", "SOAP", "WSDL", …; empty: not known */
    text type;     /* "Invoice", "pain.001.001.03", "1.1" of SOAP */
    text key;      /* where its business number is: "/Invoice/ID"; empty where there is none */
    text body;     /* of SOAP: the called name of the first element of the body, or "Fault" */
    bool is_fault; /* of SOAP */
    bool wrapped;  /* the root is not known; this is what the first known element in it is */
} xml_type;
xml_type xml_type_of(arena *a, const xml_document *d);

#endif
