/* xml_format.c: what XML is to those who ask of any file: telling it, reading it, describing it. */
#include "stdlib/document/format.h"
#include "stdlib/xml/xml.h"

#include <ctype.h>

/* UTF-16 is told by its byte order mark and the first '<'. */
static bool is_xml(text head, bool whole)
{
    (void)whole;
    if (text_starts(head, TEXT("\xff\xfe<\0")) || text_starts(head, TEXT("\xfe\xff\0<")))
        return true;
    text t = text_trim(head);
    if (t.n < 2 || t.p[0] != '<')
        return false;
    return isalpha((unsigned char)t.p[1]) || strchr("?!_", t.p[1]) || (unsigned char)t.p[1] >= 0x80;
}

/* Of less, all nodes are kept: to read what differs again would save little. */
enum { FOLDED_FROM = 8 << 20 };

static void read_file(arena *a, document_file *f)
{
    xml_fault fault;
    xml_document *d = arena_new(a, xml_document);
    bool fold = f->outlined && f->bytes.n > FOLDED_FROM;
    if ((fold ? xml_read_folded : xml_read)(a, f->bytes, d, &fault)) {
        f->content = d;
        return;
    }
    document_fault *one = arena_new(a, document_fault);
    *one = (document_fault){TEXT("xml"), fault.message, fault.offset, fault.path};
    f->fault = f->broken = one;
    f->faults = 1;
}

/* "UBL Invoice", "SOAP 1.1, o:GetOrder", "Orders" */
static void summarise(const document_file *f, buffer *out)
{
    const xml_document *d = f->content;
    arena a = {0};
    if (!d)
        return;
    xml_type t = xml_type_of(&a, d);
    text root = d->name[d->node[d->root].name].local;
    if (t.family.n && !t.wrapped)
        buffer_printf(out, "%.*s %.*s", TEXT_ARG(t.family), TEXT_ARG(t.type));
    else if (t.family.n)
        buffer_printf(out, "%.*s with %.*s %.*s", TEXT_ARG(root), TEXT_ARG(t.family),
                      TEXT_ARG(t.type));
    else
        buffer_text(out, root);
    if (t.body.n)
        buffer_printf(out, ", %.*s", TEXT_ARG(t.body));
    arena_release(&a);
}

static const char *declared_word(xml_encoding e)
{
    return e == XML_UTF16 ? "UTF-16" : e == XML_LATIN1 ? "ISO-8859-1" : "UTF-8";
}

static void describe(arena *a, json_writer *w, const document_file *f)
{
    const xml_document *d = f->content;
    if (!d)
        return;
    const xml_name *root = &d->name[d->node[d->root].name];
    xml_type t = xml_type_of(a, d);
    uint32_t elements = 0;
    for (uint32_t i = 0; i < d->nodes; i++)
        elements += d->node[i].kind == XML_ELEMENT;
    format_put(a, w, "root", root->local);
    format_put(a, w, "namespace", root->uri);
    format_put(a, w, "family", t.family);
    format_put(a, w, "type", t.type);
    if (text_is(t.family, "SOAP")) {
        format_put(a, w, "body", t.body);
        json_put_key(w, "fault");
        json_put_bool(w, t.is_fault);
    }
    format_put(a, w, "encoding", text_of(declared_word(d->encoding)));
    format_put_number(w, "elements", elements);
}

const document_format xml_format = {
    .is = is_xml,
    .read = read_file,
    .summarise = summarise,
    .describe = describe,
};
