/* contract_wsdl.c: WSDL 1.1 (W3C note, 2001) and XML Schema by itself as operations: documents and
 * what they import, bindings, services. An operation is read in contract_wsdl_operation.c. */
#include "stdlib/contract/contract_xsd.h"

#include <stdlib.h>

#define SOAP_URI "http://schemas.xmlsoap.org/wsdl/soap/"

bool wsdl_is_soap(text uri)
{
    return text_is(uri, SOAP_URI) || text_is(uri, SOAP12_URI);
}

uint32_t wsdl_soap_child(const xsd_document *d, uint32_t parent, const char *local)
{
    for (uint32_t i = xsd_first(d, parent); i; i = xsd_next(d, parent, i))
        if (wsdl_is_soap(xsd_uri(d, i)) && text_is(xsd_local(d, i), local))
            return i;
    return 0;
}

/* --- documents --- */

static bool read_definitions(xsd_reader *r, const xsd_document *d);

static bool read_import(xsd_reader *r, const xsd_document *d, uint32_t node)
{
    text location = xsd_attribute(r, d, node, "location");
    if (!location.n)
        return true;
    uint32_t before = r->files->files;
    xsd_document *other = xsd_document_open(r, d, node, location);
    if (!other)
        return false;
    if (r->files->files == before) /* it was read */
        return true;
    if (xsd_is(other, other->xml.root, XSD_URI, "schema"))
        return xsd_read_schema(r, other, other->xml.root, (text){0});
    return read_definitions(r, other);
}

static bool read_types(xsd_reader *r, const xsd_document *d, uint32_t types)
{
    for (uint32_t i = xsd_first(d, types); i; i = xsd_next(d, types, i))
        if (xsd_is(d, i, XSD_URI, "schema") && !xsd_read_schema(r, d, i, (text){0}))
            return false;
    return true;
}

static bool read_definition(xsd_reader *r, const xsd_document *d, uint32_t node, text uri)
{
    text local = xsd_local(d, node);
    if (!text_is(xsd_uri(d, node), WSDL_URI))
        return true;
    if (text_is(local, "import"))
        return read_import(r, d, node);
    if (text_is(local, "types"))
        return read_types(r, d, node);
    xsd_kind kind = text_is(local, "message")    ? XSD_MESSAGE
                    : text_is(local, "portType") ? XSD_PORT_TYPE
                                                 : XSD_BINDING;
    bool declares = kind != XSD_BINDING || text_is(local, "binding");
    return !declares || xsd_declare(r, kind, uri, d, node, NULL);
}

static bool read_definitions(xsd_reader *r, const xsd_document *d)
{
    uint32_t root = d->xml.root;
    if (!xsd_is(d, root, WSDL_URI, "definitions"))
        return xsd_fault(r, d, root, "this is no WSDL 1.1: its root is not `definitions`");
    text uri = xsd_attribute(r, d, root, "targetNamespace");
    for (uint32_t i = xsd_first(d, root); i; i = xsd_next(d, root, i))
        if (!read_definition(r, d, i, uri))
            return false;
    return true;
}

/* --- bindings and services --- */

static bool read_operations(xsd_reader *r, const xsd_component *binding,
                            const xsd_component *port_type)
{
    const xsd_component *from = binding ? binding : port_type;
    for (uint32_t i = xsd_first(from->doc, from->node); i; i = xsd_next(from->doc, from->node, i))
        if (xsd_is(from->doc, i, WSDL_URI, "operation") &&
            !wsdl_read_operation(r, binding, i, port_type))
            return false;
    return true;
}

static bool read_binding(xsd_reader *r, const xsd_component *b)
{
    const xsd_component *of = xsd_find(r, XSD_PORT_TYPE, b->doc, b->node, NULL,
                                       xsd_attribute(r, b->doc, b->node, "type"));
    return of && read_operations(r, b, of);
}

/* Of every binding; where there is none, of every portType. */
static bool read_all_operations(xsd_reader *r)
{
    bool bound = false;
    for (size_t i = 0; i < r->components.n; i++)
        bound |= r->components.p[i]->kind == XSD_BINDING;
    for (size_t i = 0; i < r->components.n; i++) {
        const xsd_component *c = r->components.p[i];
        if (c->kind == XSD_BINDING && !read_binding(r, c))
            return false;
        if (!bound && c->kind == XSD_PORT_TYPE && !read_operations(r, NULL, c))
            return false;
    }
    return true;
}

static bool has_server(const xsd_reader *r, text location)
{
    for (size_t i = 0; i < r->servers.n; i++)
        if (text_equal(r->servers.p[i], location))
            return true;
    return false;
}

/* `address` of SOAP or of HTTP. */
static text location_of(xsd_reader *r, const xsd_document *d, uint32_t port)
{
    for (uint32_t i = xsd_first(d, port); i; i = xsd_next(d, port, i))
        if (text_is(xsd_local(d, i), "address"))
            return xsd_attribute(r, d, i, "location");
    return (text){0};
}

static bool read_port(xsd_reader *r, const xsd_document *d, uint32_t service, uint32_t node)
{
    text binding = xsd_attribute(r, d, node, "binding");
    if (!xsd_find(r, XSD_BINDING, d, node, NULL, binding))
        return false;
    if (r->ports.n == WSDL_PORTS)
        return xsd_fault(r, d, node, "there are more than %d ports", WSDL_PORTS);
    contract_port p = {.service = xsd_attribute(r, d, service, "name"),
                       .name = xsd_attribute(r, d, node, "name"),
                       .binding = binding,
                       .location = location_of(r, d, node)};
    ptrdiff_t colon = text_find(binding, ':');
    p.binding = text_slice(binding, (size_t)(colon + 1), binding.n);
    vec_push(&r->ports, p);
    if (p.location.n && !has_server(r, p.location))
        vec_push(&r->servers, p.location);
    return true;
}

static bool read_services(xsd_reader *r)
{
    for (uint32_t f = 0; f < r->files->files; f++) {
        const xsd_document *d = r->files->file[f]->content;
        uint32_t root = d->xml.root;
        for (uint32_t i = xsd_first(d, root); i; i = xsd_next(d, root, i))
            for (uint32_t k = xsd_first(d, i); xsd_is(d, i, WSDL_URI, "service") && k;
                 k = xsd_next(d, i, k))
                if (xsd_is(d, k, WSDL_URI, "port") && !read_port(r, d, i, k))
                    return false;
    }
    return true;
}

/* --- a schema by itself --- */

/* Who writes documents of a schema keeps to it as a client does to a request, who reads them as one
 * to a response. Types may be used by schemas that are not here. */
static void declaration(xsd_reader *r, const xsd_component *c)
{
    openapi_operation o = {.node = c->spec};
    soap_operation *soap = arena_new(r->memory, soap_operation);
    openapi_media *media = arena_array(r->memory, openapi_media, 2);
    media[0] = media[1] = (openapi_media){c->local, c->spec, c->spec};
    *soap = (soap_operation){.name = c->local, .answered = true, .declaration = true};
    o.name = o.key = text_format(r->memory, "%s %.*s", c->kind == XSD_TYPE ? "type" : "element",
                                 TEXT_ARG(c->local));
    o.soap = soap;
    o.body = (openapi_body){c->spec, &media[0], 1, true};
    o.response = arena_new(r->memory, openapi_response);
    *o.response = (openapi_response){.status = TEXT("read"), .node = c->spec};
    o.response->body = (openapi_body){c->spec, &media[1], 1, true};
    o.responses = 1;
    vec_push(&r->operations, o);
}

static bool read_elements(xsd_reader *r, const xsd_document *d)
{
    if (!xsd_is(d, d->xml.root, XSD_URI, "schema"))
        return xsd_fault(r, d, d->xml.root, "this is no XML Schema: its root is not `schema`");
    if (!xsd_read_schema(r, d, d->xml.root, (text){0}) || !xsd_convert_all(r))
        return false;
    for (size_t i = 0; i < r->components.n; i++)
        if (r->components.p[i]->kind == XSD_ELEMENT || r->components.p[i]->kind == XSD_TYPE)
            declaration(r, r->components.p[i]);
    return true;
}

/* --- the contract --- */

static int by_key(const void *x, const void *y)
{
    const openapi_operation *a = x, *b = y;
    return text_compare(a->key, b->key);
}

static void keep(xsd_reader *r)
{
    openapi *o = r->api;
    o->operations = (uint32_t)r->operations.n;
    o->operation = arena_array(r->memory, openapi_operation, r->operations.n);
    for (size_t i = 0; i < r->operations.n; i++)
        o->operation[i] = r->operations.p[i];
    if (o->operations)
        qsort(o->operation, o->operations, sizeof *o->operation, by_key);
    o->servers = (uint32_t)r->servers.n;
    o->server = arena_array(r->memory, text, r->servers.n);
    for (size_t i = 0; i < r->servers.n; i++)
        o->server[i] = r->servers.p[i];
    o->ports = (uint32_t)r->ports.n;
    o->port = arena_array(r->memory, contract_port, r->ports.n);
    for (size_t i = 0; i < r->ports.n; i++)
        o->port[i] = r->ports.p[i];
    for (size_t i = 0; i < r->components.n; i++) {
        o->types += r->components.p[i]->kind == XSD_TYPE;
        o->elements += r->components.p[i]->kind == XSD_ELEMENT;
    }
}

static bool read_wsdl(xsd_reader *r, const xsd_document *d)
{
    return read_definitions(r, d) && xsd_convert_all(r) && read_all_operations(r) &&
           read_services(r);
}

static openapi *read(arena *a, contract_files *files, document_fault *fault, bool wsdl)
{
    openapi *api = arena_new(a, openapi);
    xsd_reader r = {.memory = a, .api = api, .files = files, .fault = fault};
    spec_node *root = arena_new(a, spec_node);
    *root = spec_map(a, (text){0}, NULL, 0);
    *api = (openapi){.root = root, .level = 31, .xml = true, .version = TEXT("1.0")};
    xsd_begin(&r);
    const xsd_document *d = xsd_document_read(&r, files->file[0]);
    bool ok = d && (wsdl ? read_wsdl(&r, d) : read_elements(&r, d));
    if (ok && wsdl)
        api->version = TEXT("1.1");
    if (ok)
        api->title = xsd_attribute(&r, d, d->xml.root, wsdl ? "name" : "targetNamespace");
    if (ok && !api->title.n)
        api->title = xsd_attribute(&r, d, d->xml.root, "targetNamespace");
    if (ok && !r.operations.n)
        ok = xsd_fault(&r, d, d->xml.root,
                       wsdl ? "there is no operation" : "there is neither an element nor a type");
    if (ok)
        keep(&r);
    xsd_end(&r);
    return ok ? api : NULL;
}

openapi *wsdl_read(arena *a, contract_files *files, document_fault *fault)
{
    return read(a, files, fault, true);
}

openapi *xsd_read(arena *a, contract_files *files, document_fault *fault)
{
    return read(a, files, fault, false);
}
