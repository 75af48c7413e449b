/* contract_xsd.h: XML Schema 1.0 (parts 1 and 2) in the words of JSON Schema, so that what may be
 * sent is compared in one way for all kinds of contracts.
 *
 * A complex type is an object, an element of it a property; a simple type is a string, number,
 * integer or boolean with its facets. Beside the words of JSON Schema stand those that only XML
 * needs (contract_content.c compares them):
 *
 *     minOccurs, maxOccurs   of a property: how often it stands there; 1: once; none: any number
 *
 *     namespace              of an element: [its URI], one node for all of a schema
 *
 *     attributes, requiredAttributes, otherAttributes   as properties, required, and whether others
 *                            may stand there
 *
 *     content                the order: a tree of lists `sequence`, `choice`, `optional choice` and
 *                            `any order` over names of properties
 *
 *     elementsOnly           no text between the elements
 *
 *     derivedTypes           what xsi:type may say in its place
 *
 *     abstract               only they may stand in its place
 *
 *     use                    the node says how a type is used: the type itself is compared once
 *
 * A plain string is every simple type: what is sent as a number is a text as well. A reference
 * (`$ref`) bears the node that it leads to. A name is resolved by the declarations around it, so
 * prefixes mean nothing. What an element stands for by a substitution group is a choice.
 *
 * Not looked at: identity constraints, notations, which namespaces a wildcard takes. `redefine` is
 * refused.
 */
#ifndef FERRY_STDLIB_CONTRACT_XSD_H
#define FERRY_STDLIB_CONTRACT_XSD_H

#include "base/intern.h"
#include "base/vec.h"
#include "stdlib/contract/contract_files.h"
#include "stdlib/contract/contract_openapi.h"
#include "stdlib/xml/xml.h"

#define XSD_URI    "http://www.w3.org/2001/XMLSchema"
#define WSDL_URI   "http://schemas.xmlsoap.org/wsdl/"
#define SOAP12_URI "http://schemas.xmlsoap.org/wsdl/soap12/"

/* XSD_SCANNED: bytes of start tags that are looked through for declarations of prefixes. */
enum {
    WSDL_OPERATIONS = 4096,
    WSDL_PORTS = 512,
    XSD_LEVELS = 64,
    XSD_ATTRIBUTES = 512,
    XSD_ELEMENTS = 4096,
    XSD_SCANNED = 512 << 20
};

typedef VEC(spec_node) xsd_members;

typedef struct {
    contract_file *file;
    xml_document xml;
    uint32_t *parent; /* of each node */
} xsd_document;

/* A `schema` element, with the namespace that it is read for. */
typedef struct {
    const xsd_document *doc;
    uint32_t node;
    text uri;
    spec_node *place; /* its `namespace` for all that it declares; `none` for what is in none */
    spec_node *none;
    bool qualified, qualified_attributes; /* local ones are in its namespace */
} xsd_schema;

typedef enum {
    XSD_ELEMENT,
    XSD_TYPE,
    XSD_ATTRIBUTE,
    XSD_GROUP,
    XSD_ATTRIBUTE_GROUP,
    XSD_MESSAGE, /* of WSDL */
    XSD_PORT_TYPE,
    XSD_BINDING
} xsd_kind;

typedef struct xsd_component xsd_component;
struct xsd_component {
    xsd_kind kind;
    text uri, local;
    const xsd_document *doc;
    const xsd_schema *schema; /* NULL: of WSDL */
    uint32_t node;
    spec_node *spec;             /* stays where it is; filled in by xsd_convert_all */
    VEC(xsd_component *) others; /* of an element: what may stand for it; of a type: derived */
};

typedef struct {
    arena *memory;
    openapi *api;
    contract_files *files;
    document_fault *fault;
    bool failed;
    names keys;                      /* of components and of schemas that were read */
    VEC(xsd_component *) components; /* as they were declared */
    VEC(xsd_component *) by_key;     /* by number of the key; NULL where it is of no component */
    VEC(openapi_operation) operations;
    VEC(text) servers;
    VEC(contract_port) ports;
    size_t nodes, scanned;
    unsigned levels;
} xsd_reader;

void xsd_begin(xsd_reader *r);
void xsd_end(xsd_reader *r);

/* Records the first fault; always false. */
bool xsd_fault(xsd_reader *r, const xsd_document *d, uint32_t node, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* --- documents: contract_xsd.c --- */

/* Parses a file as XML, once. NULL after a fault. */
xsd_document *xsd_document_read(xsd_reader *r, contract_file *f);
/* The file that an attribute of a node names; NULL after a fault. */
xsd_document *xsd_document_open(xsd_reader *r, const xsd_document *d, uint32_t node, text location);
/* A schema element with all that it includes and imports: their components are declared. `uri`
 * stands where it names no namespace itself. */
bool xsd_read_schema(xsd_reader *r, const xsd_document *d, uint32_t node, text uri);
bool xsd_declare(xsd_reader *r, xsd_kind kind, text uri, const xsd_document *d, uint32_t node,
                 const xsd_schema *s);
/* After everything is declared: fills in the nodes of all components. */
bool xsd_convert_all(xsd_reader *r);

/* Elements: the first below one, the one behind it. 0: none. */
uint32_t xsd_first(const xsd_document *d, uint32_t parent);
uint32_t xsd_next(const xsd_document *d, uint32_t parent, uint32_t node);
uint32_t xsd_child(const xsd_document *d, uint32_t parent, const char *uri, const char *local);
text xsd_local(const xsd_document *d, uint32_t node);
text xsd_uri(const xsd_document *d, uint32_t node);
bool xsd_is(const xsd_document *d, uint32_t node, const char *uri, const char *local);
text xsd_attribute(xsd_reader *r, const xsd_document *d, uint32_t node, const char *name);
bool xsd_flag(xsd_reader *r, const xsd_document *d, uint32_t node, const char *name);

/* What a name with a prefix is by the declarations around it; false after a fault. */
bool xsd_qname(xsd_reader *r, const xsd_document *d, uint32_t node, text name, text *uri,
               text *local);
/* The component that it names; NULL after a fault. */
xsd_component *xsd_find(xsd_reader *r, xsd_kind kind, const xsd_document *d, uint32_t node,
                        const xsd_schema *s, text name);

/* --- nodes --- */

void xsd_add(xsd_reader *r, xsd_members *m, spec_node n);
spec_node xsd_text(const xsd_document *d, uint32_t node, const char *key, text value);
spec_node xsd_true(const xsd_document *d, uint32_t node, const char *key, bool value);
spec_node xsd_number(xsd_reader *r, const xsd_document *d, uint32_t node, const char *key,
                     uint64_t value);
/* Both take over the members and release them. */
spec_node xsd_map(xsd_reader *r, const xsd_document *d, uint32_t node, text key, xsd_members *m);
spec_node xsd_list(xsd_reader *r, const xsd_document *d, uint32_t node, text key, xsd_members *m);
/* {key: {"$ref": name}} that leads to a node. */
spec_node xsd_reference(xsd_reader *r, const xsd_document *d, uint32_t node, text key, text name,
                        const spec_node *to);

/* --- types: contract_xsd_type.c --- */

/* The type of an element, attribute or part: what `attribute` of the node names, what stands in it,
 * or anything. */
bool xsd_type_of(xsd_reader *r, const xsd_schema *s, const xsd_document *d, uint32_t node,
                 const char *attribute, spec_node *out);
/* Whether a namespace is of XML Schema's own types, or of SOAP's encoding, which has the same. */
bool xsd_is_own(text uri);
bool xsd_named_type(xsd_reader *r, const xsd_schema *s, const xsd_document *d, uint32_t node,
                    text name, spec_node *out);
bool xsd_simple_type(xsd_reader *r, const xsd_schema *s, uint32_t node, spec_node *out);
/* Adds the facets of a restriction. */
bool xsd_facets(xsd_reader *r, const xsd_schema *s, uint32_t node, xsd_members *out);

/* --- complex types, elements, attributes: contract_xsd_complex.c, contract_xsd_element.c --- */

/* Notes at the base of a type that it may stand in its place. */
bool xsd_note_derived(xsd_reader *r, xsd_component *c);
bool xsd_complex_type(xsd_reader *r, const xsd_schema *s, uint32_t node, spec_node *out);
/* Adds properties, their order, and whether there may be others: what the group that `node` holds
 * says, if it holds one. */
bool xsd_content(xsd_reader *r, const xsd_schema *s, uint32_t node, xsd_members *out);
/* What an element is, wherever it stands: its type, namespace, default; into `out`. */
bool xsd_element(xsd_reader *r, const xsd_schema *s, uint32_t node, bool qualified,
                 xsd_members *out);

/* --- WSDL: contract_wsdl.c, contract_wsdl_operation.c --- */

/* Reads one operation of a binding, or of a portType where there is no binding. */
bool wsdl_read_operation(xsd_reader *r, const xsd_component *binding, uint32_t node,
                         const xsd_component *port_type);
uint32_t wsdl_soap_child(const xsd_document *d, uint32_t parent, const char *local);
bool wsdl_is_soap(text uri);

/* NULL and a fault where the document cannot be read as a whole. */
openapi *wsdl_read(arena *a, contract_files *files, document_fault *fault);
openapi *xsd_read(arena *a, contract_files *files, document_fault *fault);

#endif
