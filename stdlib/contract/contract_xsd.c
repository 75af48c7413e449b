/* contract_xsd.c: the documents of a WSDL or XML Schema: parsing them, following `include` and
 * `import`, declaring what they define by name. */
#include "stdlib/contract/contract_xsd.h"

#include <stdlib.h>

#define XML_URI "http://www.w3.org/XML/1998/namespace"

void xsd_begin(xsd_reader *r)
{
    names_init(&r->keys, r->memory);
}

void xsd_end(xsd_reader *r)
{
    for (size_t i = 0; i < r->components.n; i++)
        vec_release(&r->components.p[i]->others);
    names_release(&r->keys);
    vec_release(&r->components);
    vec_release(&r->by_key);
    vec_release(&r->operations);
    vec_release(&r->servers);
    vec_release(&r->ports);
}

static uint32_t xsd_position(const xsd_document *d, uint32_t node)
{
    return d->file->source->base + (uint32_t)xml_offset(&d->xml, d->xml.node[node].start);
}

bool xsd_fault(xsd_reader *r, const xsd_document *d, uint32_t node, const char *format, ...)
{
    va_list args;
    buffer b = {0};
    if (r->failed)
        return false;
    va_start(args, format);
    buffer_vprintf(&b, format, args);
    va_end(args);
    *r->fault = contract_files_fault(r->files, "wsdl", xsd_position(d, node),
                                     text_copy(r->memory, buffer_view(&b)),
                                     xml_called(r->memory, &d->xml, node));
    buffer_release(&b);
    r->failed = true;
    return false;
}

/* --- documents --- */

static uint32_t *parents_of(arena *a, const xml_document *d)
{
    uint32_t *parent = arena_array(a, uint32_t, d->nodes);
    uint32_t open = 0; /* the innermost element that is not over */
    for (uint32_t i = 1; i < d->nodes; i++) {
        while (open && d->node[open].next <= i)
            open = parent[open];
        parent[i] = open;
        if (d->node[i].kind == XML_ELEMENT)
            open = i;
    }
    return parent;
}

xsd_document *xsd_document_read(xsd_reader *r, contract_file *f)
{
    xml_fault fault;
    if (f->content)
        return (xsd_document *)(uintptr_t)f->content; /* ours, kept there as what cannot change */
    xsd_document *d = arena_new(r->memory, xsd_document);
    d->file = f;
    if (!xml_read(r->memory, f->source->bytes, &d->xml, &fault)) {
        if (!r->failed)
            *r->fault =
                contract_files_fault(r->files, "xml", f->source->base + (uint32_t)fault.offset,
                                     fault.message, fault.path);
        r->failed = true;
        return NULL;
    }
    d->parent = parents_of(r->memory, &d->xml);
    f->content = d;
    return d;
}

xsd_document *xsd_document_open(xsd_reader *r, const xsd_document *d, uint32_t node, text location)
{
    text why;
    contract_file *f = contract_files_open(r->files, location, xsd_position(d, node), &why);
    if (f)
        return xsd_document_read(r, f);
    xsd_fault(r, d, node, "%.*s", TEXT_ARG(why));
    return NULL;
}

uint32_t xsd_first(const xsd_document *d, uint32_t parent)
{
    return xsd_next(d, parent, parent);
}

uint32_t xsd_next(const xsd_document *d, uint32_t parent, uint32_t node)
{
    const xml_node *n = d->xml.node;
    uint32_t end = n[parent].next, i = node == parent ? node + 1 : n[node].next;
    while (i < end && n[i].kind != XML_ELEMENT)
        i = n[i].next;
    return i < end ? i : 0;
}

uint32_t xsd_child(const xsd_document *d, uint32_t parent, const char *uri, const char *local)
{
    for (uint32_t i = xsd_first(d, parent); i; i = xsd_next(d, parent, i))
        if (xsd_is(d, i, uri, local))
            return i;
    return 0;
}

text xsd_local(const xsd_document *d, uint32_t node)
{
    return d->xml.name[d->xml.node[node].name].local;
}

text xsd_uri(const xsd_document *d, uint32_t node)
{
    return d->xml.name[d->xml.node[node].name].uri;
}

bool xsd_is(const xsd_document *d, uint32_t node, const char *uri, const char *local)
{
    return text_is(xsd_local(d, node), local) && text_is(xsd_uri(d, node), uri);
}

text xsd_attribute(xsd_reader *r, const xsd_document *d, uint32_t node, const char *name)
{
    const xml_node *n = d->xml.node;
    for (uint32_t i = node + 1; i < n[node].next && n[i].kind == XML_ATTRIBUTE; i++)
        if (text_is(xsd_local(d, i), name) && xsd_uri(d, i).n == 0)
            return text_trim(xml_value(r->memory, &d->xml, i));
    return (text){0};
}

bool xsd_flag(xsd_reader *r, const xsd_document *d, uint32_t node, const char *name)
{
    text t = xsd_attribute(r, d, node, name);
    return text_is(t, "true") || text_is(t, "1");
}

/* --- names --- */

/* Moves behind a quoted value; *value is what it holds. False where there is none. */
static bool quoted(text t, size_t *at, text *value)
{
    while (*at < t.n && strchr(" \t\r\n=", t.p[*at]))
        (*at)++;
    if (*at >= t.n || (t.p[*at] != '"' && t.p[*at] != '\''))
        return false;
    const char *from = t.p + *at + 1, *end = memchr(from, t.p[*at], t.n - *at - 1);
    if (!end)
        return false;
    *value = (text){from, (size_t)(end - from)};
    *at = (size_t)(end - t.p) + 1;
    return true;
}

/* What a start tag declares for a prefix; false where it does not. The reader of XML keeps no
 * declarations, which it need not for a document that is data. */
static bool declared(text tag, text prefix, text *uri)
{
    size_t at = 0;
    while (at < tag.n && !strchr(" \t\r\n/>", tag.p[at]))
        at++;
    while (at < tag.n) {
        while (at < tag.n && strchr(" \t\r\n", tag.p[at]))
            at++;
        size_t from = at;
        while (at < tag.n && !strchr(" \t\r\n=/>", tag.p[at]))
            at++;
        text name = text_slice(tag, from, at), value;
        if (name.n == 0 || !quoted(tag, &at, &value))
            return false;
        bool plain = prefix.n == 0 && text_is(name, "xmlns");
        bool named = prefix.n && text_starts(name, TEXT("xmlns:")) &&
                     text_equal(text_slice(name, 6, name.n), prefix);
        if (plain || named) {
            *uri = value;
            return true;
        }
    }
    return false;
}

/* URIs with `&` are written `&amp;`. */
static text unescaped(arena *a, text t)
{
    char *p = arena_alloc(a, t.n + 1, 1);
    size_t n = 0;
    for (size_t i = 0; i < t.n; i++) {
        p[n++] = t.p[i];
        if (text_starts(text_slice(t, i, t.n), TEXT("&amp;")))
            i += 4;
    }
    return (text){p, n};
}

static text start_tag(const xml_document *d, uint32_t node)
{
    const xml_node *n = &d->node[node];
    return text_slice(d->source, n->start + 1, n->from > n->start ? n->from : n->end);
}

bool xsd_qname(xsd_reader *r, const xsd_document *d, uint32_t node, text name, text *uri,
               text *local)
{
    ptrdiff_t colon = text_find(name, ':');
    text prefix = text_slice(name, 0, colon < 0 ? 0 : (size_t)colon);
    *local = text_slice(name, colon < 0 ? 0 : (size_t)colon + 1, name.n);
    *uri = (text){0};
    if (local->n == 0)
        return xsd_fault(r, d, node, "`%.*s` is no name", TEXT_ARG(name));
    if (text_is(prefix, "xml")) {
        *uri = TEXT(XML_URI);
        return true;
    }
    for (uint32_t i = node; i; i = d->parent[i]) {
        text tag = start_tag(&d->xml, i);
        r->scanned += tag.n;
        if (r->scanned > XSD_SCANNED)
            return xsd_fault(r, d, node, "the document refers to too many names to be read");
        if (declared(tag, prefix, uri)) {
            if (text_find(*uri, '&') >= 0)
                *uri = unescaped(r->memory, *uri);
            return true;
        }
    }
    return !prefix.n ||
           xsd_fault(r, d, node, "the prefix `%.*s` is not declared", TEXT_ARG(prefix));
}

/* --- components --- */

static const char *const kind_words[] = {"element",        "type",    "attribute", "group",
                                         "attributeGroup", "message", "portType",  "binding"};

static text key_of(buffer *b, xsd_kind kind, text uri, text local)
{
    buffer_clear(b);
    buffer_printf(b, "%s {%.*s}%.*s", kind_words[kind], TEXT_ARG(uri), TEXT_ARG(local));
    return buffer_view(b);
}

/* The place of a key among by_key; *fresh where it was not there. */
static xsd_component **slot_of(xsd_reader *r, text key)
{
    uint32_t id = names_add(&r->keys, key);
    while (r->by_key.n <= id)
        vec_push(&r->by_key, NULL);
    return &r->by_key.p[id];
}

bool xsd_declare(xsd_reader *r, xsd_kind kind, text uri, const xsd_document *d, uint32_t node,
                 const xsd_schema *s)
{
    buffer b = {0};
    text local = xsd_attribute(r, d, node, "name");
    if (!local.n)
        return xsd_fault(r, d, node, "a %s without a name", kind_words[kind]);
    xsd_component **slot = slot_of(r, key_of(&b, kind, uri, local));
    buffer_release(&b);
    const xsd_component *old = *slot;
    /* copies of one definition come with files that were generated */
    if (old && old->doc->xml.node[old->node].print == d->xml.node[node].print)
        return true;
    if (old)
        return xsd_fault(r, d, node, "the %s `%.*s` is defined twice", kind_words[kind],
                         TEXT_ARG(local));
    xsd_component *c = *slot = arena_new(r->memory, xsd_component);
    *c = (xsd_component){.kind = kind, .uri = uri, .local = local, .doc = d, .schema = s};
    c->node = node;
    c->spec = arena_new(r->memory, spec_node);
    vec_push(&r->components, c);
    return true;
}

static xsd_component *lookup(const xsd_reader *r, xsd_kind kind, text uri, text local)
{
    buffer b = {0};
    uint32_t id = names_find(&r->keys, key_of(&b, kind, uri, local));
    buffer_release(&b);
    return id && id < r->by_key.n ? r->by_key.p[id] : NULL;
}

xsd_component *xsd_find(xsd_reader *r, xsd_kind kind, const xsd_document *d, uint32_t node,
                        const xsd_schema *s, text name)
{
    text uri, local;
    if (!xsd_qname(r, d, node, name, &uri, &local))
        return NULL;
    if (!uri.n && s && !xsd_attribute(r, s->doc, s->node, "targetNamespace").p)
        uri = s->uri; /* an included schema without a namespace is of that which includes it */
    xsd_component *c = lookup(r, kind, uri, local);
    bool here = !c && s && lookup(r, kind, s->uri, local);
    if (!c)
        xsd_fault(r, d, node, "the %s `%.*s` is defined nowhere%s%.*s%s", kind_words[kind],
                  TEXT_ARG(local), uri.n ? " in " : "", TEXT_ARG(uri),
                  here ? "; there is one in the schema's own namespace, which takes a prefix" : "");
    return c;
}

/* --- schemas --- */

/* Namespaces whose schemas everybody has. */
static bool is_well_known(text uri)
{
    static const char *const uris[] = {
        XSD_URI, XML_URI, "http://schemas.xmlsoap.org/soap/encoding/",
        "http://schemas.xmlsoap.org/wsdl/", "http://www.w3.org/2003/05/soap-encoding"};
    for (size_t i = 0; i < sizeof uris / sizeof *uris; i++)
        if (text_is(uri, uris[i]))
            return true;
    return false;
}

static bool read_other(xsd_reader *r, const xsd_schema *s, uint32_t node, bool include)
{
    text location = xsd_attribute(r, s->doc, node, "schemaLocation");
    if (!location.n || (!include && is_well_known(xsd_attribute(r, s->doc, node, "namespace"))))
        return true;
    xsd_document *d = xsd_document_open(r, s->doc, node, location);
    if (!d)
        return false;
    if (!xsd_is(d, d->xml.root, XSD_URI, "schema"))
        return xsd_fault(r, d, d->xml.root, "this is no XML Schema");
    return xsd_read_schema(r, d, d->xml.root, include ? s->uri : (text){0});
}

static bool read_global(xsd_reader *r, const xsd_schema *s, uint32_t node)
{
    static const struct {
        const char *local;
        xsd_kind kind;
    } globals[] = {{"element", XSD_ELEMENT}, {"complexType", XSD_TYPE},
                   {"simpleType", XSD_TYPE}, {"attribute", XSD_ATTRIBUTE},
                   {"group", XSD_GROUP},     {"attributeGroup", XSD_ATTRIBUTE_GROUP}};
    text local = xsd_local(s->doc, node);
    if (!text_is(xsd_uri(s->doc, node), XSD_URI))
        return true;
    if (text_is(local, "redefine"))
        return xsd_fault(r, s->doc, node, "`redefine` is not read; write the types out");
    if (text_is(local, "include") || text_is(local, "import"))
        return read_other(r, s, node, text_is(local, "include"));
    for (size_t i = 0; i < sizeof globals / sizeof *globals; i++)
        if (text_is(local, globals[i].local))
            return xsd_declare(r, globals[i].kind, s->uri, s->doc, node, s);
    return true;
}

static spec_node *namespace_node(xsd_reader *r, const xsd_document *d, uint32_t node, text uri)
{
    spec_node *n = arena_new(r->memory, spec_node);
    *n = xsd_text(d, node, "", uri);
    return n;
}

/* False where this schema was read for this namespace before. */
static bool first_reading(xsd_reader *r, const xsd_document *d, uint32_t node, text uri)
{
    uint32_t before = r->keys.count;
    buffer b = {0};
    buffer_printf(&b, "schema %u %.*s", xsd_position(d, node), TEXT_ARG(uri));
    names_add(&r->keys, buffer_view(&b));
    buffer_release(&b);
    return r->keys.count > before;
}

bool xsd_read_schema(xsd_reader *r, const xsd_document *d, uint32_t node, text uri)
{
    text own = xsd_attribute(r, d, node, "targetNamespace");
    xsd_schema *s = arena_new(r->memory, xsd_schema);
    *s = (xsd_schema){.doc = d, .node = node, .uri = own.n ? own : uri};
    if (!first_reading(r, d, node, s->uri))
        return true;
    s->qualified = text_is(xsd_attribute(r, d, node, "elementFormDefault"), "qualified");
    s->qualified_attributes =
        text_is(xsd_attribute(r, d, node, "attributeFormDefault"), "qualified");
    s->place = namespace_node(r, d, node, s->uri);
    s->none = namespace_node(r, d, node, (text){0});
    for (uint32_t i = xsd_first(d, node); i && !r->failed; i = xsd_next(d, node, i))
        read_global(r, s, i);
    return !r->failed;
}

/* --- nodes --- */

void xsd_add(xsd_reader *r, xsd_members *m, spec_node n)
{
    if (++r->nodes <= SPEC_NODES)
        vec_push(m, n);
}

spec_node xsd_text(const xsd_document *d, uint32_t node, const char *key, text value)
{
    return (spec_node){
        .kind = SPEC_TEXT, .key = text_of(key), .value = value, .at = xsd_position(d, node)};
}

spec_node xsd_true(const xsd_document *d, uint32_t node, const char *key, bool value)
{
    spec_node n = xsd_text(d, node, key, value ? TEXT("true") : TEXT("false"));
    n.kind = SPEC_TRUTH;
    return n;
}

spec_node xsd_number(xsd_reader *r, const xsd_document *d, uint32_t node, const char *key,
                     uint64_t value)
{
    spec_node n = xsd_text(d, node, key, text_format(r->memory, "%llu", (unsigned long long)value));
    n.kind = SPEC_NUMBER;
    return n;
}

static spec_node *taken(xsd_reader *r, xsd_members *m)
{
    spec_node *all = arena_array(r->memory, spec_node, m->n);
    if (m->n)
        memcpy(all, m->p, m->n * sizeof *all);
    vec_release(m);
    return all;
}

spec_node xsd_map(xsd_reader *r, const xsd_document *d, uint32_t node, text key, xsd_members *m)
{
    uint32_t n = (uint32_t)m->n;
    spec_node out = spec_map(r->memory, key, taken(r, m), n);
    out.at = xsd_position(d, node);
    return out;
}

spec_node xsd_list(xsd_reader *r, const xsd_document *d, uint32_t node, text key, xsd_members *m)
{
    uint32_t n = (uint32_t)m->n;
    return (spec_node){.kind = SPEC_LIST,
                       .key = key,
                       .child = taken(r, m),
                       .count = n,
                       .at = xsd_position(d, node)};
}

spec_node xsd_reference(xsd_reader *r, const xsd_document *d, uint32_t node, text key, text name,
                        const spec_node *to)
{
    xsd_members m = {0};
    spec_node ref = xsd_text(d, node, "$ref", name);
    ref.child = to;
    xsd_add(r, &m, ref);
    return xsd_map(r, d, node, key, &m);
}
