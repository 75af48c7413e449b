/* xml_access.c: from a document to what it says: values, names as shown. */
#include "stdlib/xml/xml_read.h"

text xml_raw(const xml_document *d, uint32_t node)
{
    return text_slice(d->source, d->node[node].start, d->node[node].end);
}

text xml_value(arena *a, const xml_document *d, uint32_t node)
{
    const xml_node *n = &d->node[node];
    if (n->kind == XML_DOCUMENT || (n->kind == XML_ELEMENT && !n->leaf))
        return (text){0};
    if (n->blank)
        return TEXT("");
    if (n->qualified) {
        const xml_name *name = &d->name[n->type];
        return text_format(a, "{%.*s}%.*s", TEXT_ARG(name->uri), TEXT_ARG(name->local));
    }
    text raw = text_slice(d->source, n->from, n->to);
    if (!n->escaped)
        return raw.n ? raw : TEXT("");
    buffer b = {0};
    if (n->kind == XML_INSTRUCTION)
        xml_decode_lines(&b, raw);
    else
        xml_decode(&b, raw, n->kind == XML_ATTRIBUTE);
    text out = text_copy(a, buffer_view(&b));
    buffer_release(&b);
    return out;
}

text xml_called(arena *a, const xml_document *d, uint32_t node)
{
    const xml_node *n = &d->node[node];
    const xml_name *name = &d->name[n->name];
    const char *before = n->kind == XML_ATTRIBUTE ? "@" : n->kind == XML_INSTRUCTION ? "?" : "";
    if (n->kind == XML_TEXT)
        return TEXT("text()");
    return text_format(a, "%s%.*s%s%.*s", before, TEXT_ARG(name->prefix), name->prefix.n ? ":" : "",
                       TEXT_ARG(name->local));
}
