/* contract_openapi.h: an OpenAPI document as operations, the same for 2.0, 3.0 and 3.1.
 *
 * Sources: Swagger 2.0, OpenAPI 3.0.4 and 3.1.1 (spec.openapis.org). What 2.0 says in another way
 * is brought into the form of 3: a parameter `in: body` is a body, those `in: formData` are the
 * properties of one, `consumes` and `produces` are media types, `collectionFormat` is a style, host
 * and basePath are a server. A query parameter that is an object written with `form` and `explode`
 * stands as one parameter for each property, which is how it stands in the URL.
 */
#ifndef FERRY_STDLIB_CONTRACT_OPENAPI_H
#define FERRY_STDLIB_CONTRACT_OPENAPI_H

#include "stdlib/contract/contract.h"
#include "stdlib/contract/contract_files.h"
#include "stdlib/document/spec.h"

typedef enum { IN_PATH, IN_QUERY, IN_HEADER, IN_COOKIE } parameter_place;

/* A parameter, or a header of a response. */
typedef struct {
    text name;
    const spec_node *node;
    const spec_node *schema; /* NULL: anything */
    text style;
    parameter_place in;
    uint32_t position; /* of a path parameter: which `{…}` of the path it fills */
    bool required, deprecated, empty, explode;
} openapi_parameter;

typedef struct {
    text type; /* lower case, without blanks and charset */
    const spec_node *node;
    const spec_node *schema; /* NULL: anything */
} openapi_media;

typedef struct {
    const spec_node *node; /* NULL: there is none */
    openapi_media *media;
    uint32_t medias;
    bool required;
} openapi_body;

typedef struct {
    text status; /* "200", "4XX", "default" */
    const spec_node *node;
    openapi_body body;
    openapi_parameter *header;
    uint32_t headers;
} openapi_response;

/* What an operation of WSDL has of its own; see contract_wsdl_operation.c. */
typedef struct {
    text interface; /* its portType */
    text name;
    text protocol; /* "SOAP 1.1", "SOAP 1.2", "HTTP", "another binding"; empty without a binding */
    text action, style, transport, input_use, output_use;
    bool answered;    /* there is an output */
    bool declaration; /* an element or type of a schema by itself */
} soap_operation;

typedef struct {
    text key;  /* what pairs it with one of another contract: the name, `{…}` without names */
    text name; /* "GET /orders/{id}", "webhook created POST", "POST /a callback done {$url} POST" */
    const spec_node *node;
    const spec_node *security; /* a list; NULL where nothing is asked */
    openapi_parameter *parameter;
    openapi_response *response;
    openapi_body body;
    uint32_t parameters, responses;
    const soap_operation *soap; /* NULL: of OpenAPI */
    bool event; /* a webhook, callback or notification: the server calls, the client answers */
} openapi_operation;

typedef struct {
    const spec_node *root;
    const spec_node *schemes; /* of security; may be NULL */
    text version;
    unsigned level; /* 20, 30, 31 */
    bool xml;       /* WSDL or XML Schema: see contract_xsd.h for the words of its schemas */
    text title;     /* of those */
    text *server;
    openapi_operation *operation; /* by key */
    contract_port *port;
    uint32_t servers, operations, ports, types, elements; /* global ones of XML Schema */
} openapi;

/* The operationId, or the name of an operation of WSDL; may be empty. */
text openapi_id(const openapi_operation *o);
/* NULL and a fault where the document cannot be read as a whole. */
openapi *openapi_read(arena *a, contract_files *files, document_fault *fault);
/* The node itself, or what its `$ref` leads to in the end. Of a document that was read it is never
 * NULL. */
const spec_node *openapi_resolve(const openapi *o, const spec_node *node);

#endif
