/* contract_wsdl_operation.c: one operation of a binding: its messages as bodies, their headers as
 * headers, its faults as responses (WSDL 1.1, 2.4 and 3).
 *
 * The body of style document is the element of its part; that of rpc is an element named after the
 * operation with one element for each part (3.5). Where an operation has several parts without such
 * an element, they stand in the body one beside the other. */
#include "stdlib/contract/contract_xsd.h"

/* What the binding says of one message. */
typedef struct {
    const xsd_document *doc;
    uint32_t holder; /* its input, output or fault; 0: there is no binding */
    uint32_t body;   /* soap:body or soap:fault in it */
    bool rpc;
    text wrapper; /* the name of rpc's element */
} message_use;

typedef struct {
    xsd_reader *r;
    const xsd_component *binding, *port_type;
    soap_operation *soap;
    openapi_operation *out;
} operation_reader;

/* --- parts --- */

/* Whether a list of names, separated by blanks, holds one. */
static bool names_one(text list, text name)
{
    while (list.n) {
        size_t n = 0;
        while (n < list.n && !strchr(" \t\r\n", list.p[n]))
            n++;
        if (text_equal(text_slice(list, 0, n), name))
            return true;
        list = text_slice(list, n + 1, list.n);
    }
    return false;
}

/* A descendant: what MIME wraps is deeper. */
static uint32_t soap_below(const xsd_document *d, uint32_t parent, const char *local)
{
    const xml_node *n = d->xml.node;
    for (uint32_t i = parent + 1; parent && i < n[parent].next; i++)
        if (n[i].kind == XML_ELEMENT && wsdl_is_soap(xsd_uri(d, i)) &&
            text_is(xsd_local(d, i), local))
            return i;
    return 0;
}

static bool is_header(xsd_reader *r, const message_use *u, text part)
{
    const xml_node *n = u->doc->xml.node;
    for (uint32_t i = u->holder + 1; u->holder && i < n[u->holder].next; i++)
        if (n[i].kind == XML_ELEMENT && wsdl_is_soap(xsd_uri(u->doc, i)) &&
            text_is(xsd_local(u->doc, i), "header") &&
            text_equal(xsd_attribute(r, u->doc, i, "part"), part))
            return true;
    return false;
}

/* Whether a part stands in the body. */
static bool in_body(xsd_reader *r, const message_use *u, text part)
{
    text parts = u->body ? xsd_attribute(r, u->doc, u->body, "parts") : (text){0};
    return parts.p ? names_one(parts, part) : !is_header(r, u, part);
}

static bool element_of(xsd_reader *r, const xsd_component *message, uint32_t part,
                       const xsd_component **out)
{
    text name = xsd_attribute(r, message->doc, part, "element");
    *out = name.n ? xsd_find(r, XSD_ELEMENT, message->doc, part, NULL, name) : NULL;
    return *out || !name.n;
}

static bool part_node(xsd_reader *r, const xsd_component *message, uint32_t part, spec_node *out)
{
    const xsd_component *element;
    xsd_members m = {0}, all = {0};
    spec_node type;
    text name = xsd_attribute(r, message->doc, part, "name");
    if (!element_of(r, message, part, &element))
        return false;
    if (element)
        type = xsd_reference(r, message->doc, part, (text){0}, element->local, element->spec);
    else if (!xsd_attribute(r, message->doc, part, "type").n)
        return xsd_fault(r, message->doc, part, "a part has neither `element` nor `type`");
    else if (!xsd_type_of(r, NULL, message->doc, part, "type", &type))
        return false;
    xsd_add(r, &m, xsd_text(message->doc, part, "type", TEXT("any")));
    xsd_add(r, &m, xsd_true(message->doc, part, "use", true));
    xsd_add(r, &all, type);
    xsd_add(r, &m, xsd_list(r, message->doc, part, TEXT("allOf"), &all));
    *out = xsd_map(r, message->doc, part, element ? element->local : name, &m);
    return true;
}

/* --- bodies --- */

typedef struct {
    uint32_t parts;
    xsd_members properties, required;
    text element; /* of the last part; empty where that has a type */
} body_parts;

static bool read_parts(xsd_reader *r, const xsd_component *message, const message_use *u,
                       body_parts *out)
{
    const xsd_document *d = message->doc;
    for (uint32_t i = xsd_first(d, message->node); i; i = xsd_next(d, message->node, i)) {
        spec_node one;
        if (!xsd_is(d, i, WSDL_URI, "part") || !in_body(r, u, xsd_attribute(r, d, i, "name")))
            continue;
        if (!part_node(r, message, i, &one))
            return false;
        xsd_add(r, &out->properties, one);
        xsd_add(r, &out->required, xsd_text(d, i, "", one.key));
        out->element = xsd_attribute(r, d, i, "element").n ? one.key : (text){0};
        out->parts++;
    }
    return out->parts <= XSD_ELEMENTS ||
           xsd_fault(r, d, message->node, "a message has more than %d parts", XSD_ELEMENTS);
}

/* The namespace of rpc's element stands in the binding. */
static void rpc_namespace(xsd_reader *r, const message_use *u, xsd_members *m)
{
    spec_node *uri = arena_new(r->memory, spec_node);
    text given = u->body ? xsd_attribute(r, u->doc, u->body, "namespace") : (text){0};
    *uri = xsd_text(u->doc, u->body ? u->body : u->holder, "", given);
    xsd_add(
        r, m,
        (spec_node){
            .kind = SPEC_LIST, .key = TEXT("namespace"), .child = uri, .count = 1, .at = uri->at});
}

static spec_node *parts_object(xsd_reader *r, const xsd_component *message, const message_use *u,
                               body_parts *b)
{
    const xsd_document *d = message->doc;
    xsd_members m = {0};
    spec_node *out = arena_new(r->memory, spec_node);
    xsd_add(r, &m, xsd_text(d, message->node, "type", TEXT("object")));
    xsd_add(r, &m, xsd_map(r, d, message->node, TEXT("properties"), &b->properties));
    xsd_add(r, &m, xsd_list(r, d, message->node, TEXT("required"), &b->required));
    xsd_add(r, &m, xsd_true(d, message->node, "additionalProperties", false));
    if (u->rpc)
        rpc_namespace(r, u, &m);
    *out = xsd_map(r, d, message->node, (text){0}, &m);
    return out;
}

static bool read_body(xsd_reader *r, const xsd_document *d, uint32_t use, const message_use *u,
                      openapi_body *out)
{
    body_parts b = {0};
    const xsd_component *message =
        xsd_find(r, XSD_MESSAGE, d, use, NULL, xsd_attribute(r, d, use, "message"));
    if (!message)
        return false;
    bool ok = read_parts(r, message, u, &b), bare = ok && !u->rpc && b.parts == 1;
    text name = u->rpc ? u->wrapper : bare ? b.element : (text){0};
    spec_node *schema = NULL;
    if (bare) {
        schema = arena_new(r->memory, spec_node);
        *schema = b.properties.p[0];
    } else {
        schema = parts_object(r, message, u, &b);
    }
    vec_release(&b.properties);
    vec_release(&b.required);
    out->media = arena_new(r->memory, openapi_media);
    *out->media = (openapi_media){name, schema, schema};
    out->medias = 1;
    out->node = schema;
    out->required = true;
    return ok && !r->failed;
}

/* --- headers --- */

static bool read_header(xsd_reader *r, const xsd_document *d, uint32_t node, openapi_parameter *out)
{
    text part = xsd_attribute(r, d, node, "part");
    const xsd_component *message =
        xsd_find(r, XSD_MESSAGE, d, node, NULL, xsd_attribute(r, d, node, "message"));
    if (!message)
        return false;
    const xsd_document *of = message->doc;
    for (uint32_t i = xsd_first(of, message->node); i; i = xsd_next(of, message->node, i)) {
        spec_node *one = arena_new(r->memory, spec_node);
        if (!xsd_is(of, i, WSDL_URI, "part") || !text_equal(xsd_attribute(r, of, i, "name"), part))
            continue;
        if (!part_node(r, message, i, one))
            return false;
        *out = (openapi_parameter){.name = one->key, .node = one, .schema = one, .in = IN_HEADER};
        out->required = true;
        return true;
    }
    return xsd_fault(r, d, node, "the message has no part `%.*s`", TEXT_ARG(part));
}

/* All soap:header of an input or output. */
static bool read_headers(xsd_reader *r, const message_use *u, openapi_parameter **out, uint32_t *n)
{
    const xsd_document *d = u->doc;
    VEC(openapi_parameter) list = {0};
    bool ok = true;
    for (uint32_t i = u->holder + 1; u->holder && i < d->xml.node[u->holder].next && ok; i++) {
        openapi_parameter one;
        if (d->xml.node[i].kind != XML_ELEMENT || !wsdl_is_soap(xsd_uri(d, i)) ||
            !text_is(xsd_local(d, i), "header"))
            continue;
        ok = read_header(r, d, i, &one);
        if (ok && list.n == XSD_ATTRIBUTES)
            ok = xsd_fault(r, d, i, "there are more than %d headers", XSD_ATTRIBUTES);
        if (ok)
            vec_push(&list, one);
    }
    *out = arena_array(r->memory, openapi_parameter, list.n);
    *n = (uint32_t)list.n;
    for (size_t i = 0; i < list.n; i++)
        (*out)[i] = list.p[i];
    vec_release(&list);
    return ok;
}

/* --- operations --- */

/* The child of a binding's operation that speaks of an input, output or named fault. */
static uint32_t holder_of(xsd_reader *r, const xsd_document *d, uint32_t operation, text kind,
                          text fault)
{
    for (uint32_t i = xsd_first(d, operation); i; i = xsd_next(d, operation, i))
        if (text_equal(xsd_local(d, i), kind) && text_is(xsd_uri(d, i), WSDL_URI) &&
            (!text_is(kind, "fault") || text_equal(xsd_attribute(r, d, i, "name"), fault)))
            return i;
    return 0;
}

static message_use use_of(const operation_reader *q, uint32_t node, text kind, text fault)
{
    message_use u = {.doc = q->binding ? q->binding->doc : q->port_type->doc};
    u.holder = q->binding ? holder_of(q->r, u.doc, node, kind, fault) : 0;
    u.body = soap_below(u.doc, u.holder, text_is(kind, "fault") ? "fault" : "body");
    u.rpc = text_is(q->soap->style, "rpc") && !text_is(kind, "fault");
    u.wrapper = text_is(kind, "output")
                    ? text_format(q->r->memory, "%.*sResponse", TEXT_ARG(q->soap->name))
                    : q->soap->name;
    return u;
}

static text use_word(const operation_reader *q, const message_use *u)
{
    text t = u->body ? xsd_attribute(q->r, u->doc, u->body, "use") : (text){0};
    return t.n ? t : TEXT("literal");
}

/* An input is the request and an output the response; of a notification it is the other way. */
static bool read_message(operation_reader *q, uint32_t node, uint32_t use, text kind)
{
    xsd_reader *r = q->r;
    const xsd_document *d = q->port_type->doc;
    text name = xsd_attribute(r, d, use, "name");
    message_use u = use_of(q, node, kind, name);
    bool fault = text_is(kind, "fault"),
         request = !fault && text_is(kind, "output") == q->out->event;
    openapi_response *one = request ? NULL : &q->out->response[q->out->responses++];
    if (text_is(kind, "input"))
        q->soap->input_use = use_word(q, &u);
    if (text_is(kind, "output"))
        q->soap->output_use = use_word(q, &u);
    if (request)
        return read_body(r, d, use, &u, &q->out->body) &&
               read_headers(r, &u, &q->out->parameter, &q->out->parameters);
    one->status = fault ? text_format(r->memory, "fault %.*s", TEXT_ARG(name)) : kind;
    q->soap->answered |= !fault;
    bool ok =
        read_body(r, d, use, &u, &one->body) && read_headers(r, &u, &one->header, &one->headers);
    one->node = one->body.node;
    return ok;
}

static bool read_messages(operation_reader *q, uint32_t node, uint32_t abstract)
{
    const xsd_document *d = q->port_type->doc;
    uint32_t n = 0, first = 0;
    for (uint32_t i = xsd_first(d, abstract); i; i = xsd_next(d, abstract, i)) {
        text local = xsd_local(d, i);
        if (!first && (text_is(local, "input") || text_is(local, "output")))
            first = i;
        n++;
    }
    q->out->event = first && text_is(xsd_local(d, first), "output");
    q->out->response = arena_array(q->r->memory, openapi_response, n);
    for (uint32_t i = xsd_first(d, abstract); i; i = xsd_next(d, abstract, i)) {
        text local = xsd_local(d, i);
        bool message =
            text_is(local, "input") || text_is(local, "output") || text_is(local, "fault");
        if (message && text_is(xsd_uri(d, i), WSDL_URI) && !read_message(q, node, i, local))
            return false;
    }
    return true;
}

/* The operation of the portType: by its name, and where several have it by the name of its input
 * (WSDL 1.1, 2.4.5). */
static uint32_t abstract_of(xsd_reader *r, const xsd_component *port_type, text name, text input)
{
    const xsd_document *d = port_type->doc;
    uint32_t found = 0;
    for (uint32_t i = xsd_first(d, port_type->node); i; i = xsd_next(d, port_type->node, i)) {
        if (!xsd_is(d, i, WSDL_URI, "operation") ||
            !text_equal(xsd_attribute(r, d, i, "name"), name))
            continue;
        uint32_t in = xsd_child(d, i, WSDL_URI, "input");
        if (!found || (in && input.n && text_equal(xsd_attribute(r, d, in, "name"), input)))
            found = i;
    }
    return found;
}

static text attribute_or(xsd_reader *r, const xsd_document *d, uint32_t node, const char *name,
                         text otherwise)
{
    text t = node ? xsd_attribute(r, d, node, name) : (text){0};
    return t.n ? t : otherwise;
}

static text protocol_of(const xsd_document *d, uint32_t binding, uint32_t soap)
{
    if (soap)
        return text_is(xsd_uri(d, soap), SOAP12_URI) ? TEXT("SOAP 1.2") : TEXT("SOAP 1.1");
    return xsd_child(d, binding, "http://schemas.xmlsoap.org/wsdl/http/", "binding")
               ? TEXT("HTTP")
               : TEXT("another binding");
}

static soap_operation *traits(xsd_reader *r, const xsd_component *binding, uint32_t node,
                              const xsd_component *port_type)
{
    const xsd_document *d = binding ? binding->doc : port_type->doc;
    uint32_t soap = binding ? wsdl_soap_child(d, binding->node, "binding") : 0;
    uint32_t own = binding ? wsdl_soap_child(d, node, "operation") : 0;
    soap_operation *s = arena_new(r->memory, soap_operation);
    *s = (soap_operation){.interface = port_type->local, .name = xsd_attribute(r, d, node, "name")};
    if (binding)
        s->protocol = protocol_of(d, binding->node, soap);
    s->transport = attribute_or(r, d, soap, "transport", (text){0});
    s->style = attribute_or(r, d, soap, "style", TEXT("document"));
    s->style = attribute_or(r, d, own, "style", s->style);
    s->action = attribute_or(r, d, own, "soapAction", (text){0});
    return s;
}

static bool there(const xsd_reader *r, text key)
{
    for (size_t i = 0; i < r->operations.n; i++)
        if (text_equal(r->operations.p[i].key, key))
            return true;
    return false;
}

/* Bindings of one portType over one protocol say the same at several addresses. */
static bool name_operation(xsd_reader *r, const xsd_document *d, uint32_t node,
                           openapi_operation *o)
{
    const soap_operation *s = o->soap;
    uint32_t input = xsd_child(d, node, WSDL_URI, "input");
    text in = input ? xsd_attribute(r, d, input, "name") : (text){0};
    o->name = text_format(r->memory, "%.*s.%.*s%s%.*s", TEXT_ARG(s->interface), TEXT_ARG(s->name),
                          s->protocol.n ? " over " : "", TEXT_ARG(s->protocol));
    if (there(r, o->name) && in.n && !text_equal(in, s->name))
        o->name = text_format(r->memory, "%.*s (%.*s)", TEXT_ARG(o->name), TEXT_ARG(in));
    o->key = o->name;
    return !there(r, o->key);
}

bool wsdl_read_operation(xsd_reader *r, const xsd_component *binding, uint32_t node,
                         const xsd_component *port_type)
{
    const xsd_document *d = binding ? binding->doc : port_type->doc;
    openapi_operation o = {0};
    operation_reader q = {r, binding, port_type, traits(r, binding, node, port_type), &o};
    uint32_t input = xsd_child(d, node, WSDL_URI, "input");
    text in = input ? xsd_attribute(r, d, input, "name") : (text){0};
    uint32_t abstract = binding ? abstract_of(r, port_type, q.soap->name, in) : node;
    if (!abstract)
        return xsd_fault(r, d, node, "the portType `%.*s` has no operation `%.*s`",
                         TEXT_ARG(port_type->local), TEXT_ARG(q.soap->name));
    o.soap = q.soap;
    if (!name_operation(r, d, node, &o))
        return true;
    if (r->operations.n == WSDL_OPERATIONS)
        return xsd_fault(r, d, node, "there are more than %d operations", WSDL_OPERATIONS);
    if (!read_messages(&q, node, abstract))
        return false;
    spec_node *own = arena_new(r->memory, spec_node);
    *own = xsd_text(d, node, "operationId", q.soap->name);
    o.node = own;
    vec_push(&r->operations, o);
    return true;
}
