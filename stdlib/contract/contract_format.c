/* contract_format.c: what contracts are to those who ask of any file: telling, reading, describing
 * them. */
#include "stdlib/contract/contract.h"
#include "stdlib/document/format.h"

#include <ctype.h>
#include <string.h>

/* --- telling --- */

/* Behind the key: a colon and a version, quoted or not. */
static bool version_follows(text t)
{
    size_t i = 0;
    while (i < t.n && (t.p[i] == '"' || t.p[i] == '\''))
        i++;
    while (i < t.n && isspace((unsigned char)t.p[i]))
        i++;
    if (i == t.n || t.p[i++] != ':')
        return false;
    while (i < t.n && isspace((unsigned char)t.p[i]))
        i++;
    while (i < t.n && (t.p[i] == '"' || t.p[i] == '\''))
        i++;
    return i < t.n && isdigit((unsigned char)t.p[i]);
}

static bool key_at(text t)
{
    return (text_starts(t, TEXT("openapi")) || text_starts(t, TEXT("swagger"))) &&
           version_follows(text_slice(t, 7, t.n));
}

/* A member of the outermost object: only its keys stand at depth 1 behind a quote. */
static bool names_json(text t)
{
    unsigned depth = 0;
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];
        depth += c == '{' || c == '[';
        depth -= (c == '}' || c == ']') && depth;
        if (c != '"')
            continue;
        if (depth == 1 && key_at(text_slice(t, i + 1, t.n)))
            return true;
        for (i++; i < t.n && t.p[i] != '"'; i++)
            i += t.p[i] == '\\';
    }
    return false;
}

/* A line that begins with the key. */
static bool names_yaml(text t)
{
    for (size_t i = 0; i < t.n; i++) {
        bool first = i == 0 || t.p[i - 1] == '\n';
        bool quote = first && (t.p[i] == '"' || t.p[i] == '\'');
        if (first && key_at(text_slice(t, i + quote, t.n)))
            return true;
    }
    return false;
}

static bool is_openapi(text head, bool whole)
{
    (void)whole;
    return text_starts(text_trim(head), TEXT("{")) ? names_json(head) : names_yaml(head);
}

/* --- telling XML --- */

/* Behind what may stand before the root: declaration, comments, instructions, document type. */
static text from_root(text t)
{
    for (;;) {
        t = text_trim(t);
        const char *end = text_starts(t, TEXT("<!--")) ? memmem(t.p, t.n, "-->", 3)
                          : text_starts(t, TEXT("<?")) ? memmem(t.p, t.n, "?>", 2)
                          : text_starts(t, TEXT("<!")) ? memchr(t.p, '>', t.n)
                                                       : NULL;
        if (!end)
            return t;
        t = text_slice(t, (size_t)(end - t.p) + 1, t.n);
        while (t.n && strchr("->", t.p[0]))
            t = text_slice(t, 1, t.n);
    }
}

/* Whether the root has that local name and its start tag names the namespace. */
static bool has_root(text head, const char *local, const char *uri)
{
    text t = from_root(head);
    const char *end = memchr(t.p, '>', t.n);
    text tag = text_slice(t, 1, end ? (size_t)(end - t.p) : t.n);
    size_t n = 0;
    while (n < tag.n && !isspace((unsigned char)tag.p[n]))
        n++;
    text name = text_slice(tag, 0, n);
    ptrdiff_t colon = text_find(name, ':');
    text plain = text_slice(name, (size_t)(colon + 1), name.n);
    return text_starts(t, TEXT("<")) && text_is(plain, local) &&
           memmem(tag.p, tag.n, uri, strlen(uri)) != NULL;
}

static bool is_wsdl(text head, bool whole)
{
    (void)whole;
    return has_root(head, "definitions", "\"http://schemas.xmlsoap.org/wsdl/\"") ||
           has_root(head, "definitions", "'http://schemas.xmlsoap.org/wsdl/'");
}

static bool is_schema(text head, bool whole)
{
    (void)whole;
    return has_root(head, "schema", "\"http://www.w3.org/2001/XMLSchema\"") ||
           has_root(head, "schema", "'http://www.w3.org/2001/XMLSchema'");
}

/* --- reading --- */

static void read_file(arena *a, document_file *f)
{
    document_fault *fault = arena_new(a, document_fault);
    f->content = contract_read(a, f->kind, f->bytes, f->path, fault);
    if (f->content)
        return;
    f->fault = f->broken = fault;
    f->faults = 1;
}

static void summarise(const document_file *f, buffer *out)
{
    if (!f->content)
        return;
    contract_summary s = contract_summarise(f->content);
    buffer_printf(out, "%s %.*s, ", s.language, TEXT_ARG(s.version));
    if (s.title.n)
        buffer_printf(out, "%.*s%s%.*s, ", TEXT_ARG(s.title), s.release.n ? " " : "",
                      TEXT_ARG(s.release));
    if (f->kind == KIND_XSD)
        buffer_printf(out, "%u element%s, %u type%s", s.elements, s.elements == 1 ? "" : "s",
                      s.types, s.types == 1 ? "" : "s");
    else
        buffer_printf(out, "%u operation%s", s.operations, s.operations == 1 ? "" : "s");
    if (contract_parts(f->content) > 1)
        buffer_printf(out, ", in %u files", contract_parts(f->content));
}

static uint32_t parts(arena *a, const document_file *f, document_part **out)
{
    contract_operation *o;
    uint32_t n = f->content ? contract_operations(a, f->content, &o) : 0;
    *out = arena_array(a, document_part, n);
    for (uint32_t i = 0; i < n; i++)
        (*out)[i] = (document_part){.type = o[i].name, .control = o[i].id};
    return n;
}

static void describe_ports(arena *a, json_writer *w, const contract *c)
{
    const contract_port *p;
    uint32_t n = contract_ports(c, &p);
    json_put_key(w, "ports");
    json_array(w);
    for (uint32_t i = 0; i < n; i++) {
        json_object(w);
        format_put(a, w, "service", p[i].service);
        format_put(a, w, "port", p[i].name);
        format_put(a, w, "binding", p[i].binding);
        format_put(a, w, "location", p[i].location);
        json_object_end(w);
    }
    json_array_end(w);
}

/* Of XML, and of what consists of several files. */
static void describe_more(arena *a, json_writer *w, const document_file *f,
                          const contract_summary *s)
{
    if (f->kind == KIND_WSDL)
        describe_ports(a, w, f->content);
    if (f->kind != KIND_OPENAPI) {
        format_put_number(w, "types", s->types);
        format_put_number(w, "elements", s->elements);
    }
    if (contract_parts(f->content) < 2)
        return;
    json_put_key(w, "parts");
    json_array(w);
    for (uint32_t i = 1; i < contract_parts(f->content); i++)
        json_put_text(w, contract_part(f->content, i));
    json_array_end(w);
}

static void describe(arena *a, json_writer *w, const document_file *f)
{
    contract_operation *o;
    if (!f->content)
        return;
    contract_summary s = contract_summarise(f->content);
    format_put(a, w, "language", text_of(s.language));
    format_put(a, w, "version", s.version);
    format_put(a, w, "title", s.title);
    format_put(a, w, "release", s.release);
    uint32_t n = contract_operations(a, f->content, &o);
    json_put_key(w, "operations");
    json_array(w);
    for (uint32_t i = 0; i < n; i++) {
        json_object(w);
        format_put(a, w, "name", o[i].name);
        format_put(a, w, "id", o[i].id);
        json_object_end(w);
    }
    json_array_end(w);
    describe_more(a, w, f, &s);
}

const document_format wsdl_format = {
    .is = is_wsdl, .read = read_file, .summarise = summarise, .parts = parts, .describe = describe};
const document_format schema_format = {.is = is_schema,
                                       .read = read_file,
                                       .summarise = summarise,
                                       .parts = parts,
                                       .describe = describe};
const document_format openapi_format = {.is = is_openapi,
                                        .read = read_file,
                                        .summarise = summarise,
                                        .parts = parts,
                                        .describe = describe};
