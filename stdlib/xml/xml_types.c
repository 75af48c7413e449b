/* xml_types.c: what kind of document it is (xml_types.def). Messages that are wrapped (a SOAP body,
 * the request of a network) are known by the first element inside that the table knows as well. */
#include "stdlib/xml/xml_read.h"

typedef struct {
    const char *uri, *root, *family, *type, *key;
} known_type;

static const known_type known[] = {
#define XTYPE(uri, root, family, type, key) {uri, root, family, type, key},
#include "stdlib/xml/xml_types.def"
};

/* The part of `uri` that the '*' of the pattern stands for; p is NULL where they do not fit. */
static text behind(text uri, const char *pattern)
{
    text t = text_of(pattern);
    if (!text_ends(t, TEXT("*")))
        return text_equal(uri, t) ? TEXT("") : (text){0};
    t.n--;
    return text_starts(uri, t) ? text_slice(uri, t.n, uri.n) : (text){0};
}

static bool recognise(const xml_document *d, uint32_t node, xml_type *out)
{
    const xml_name *name = &d->name[d->node[node].name];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const known_type *k = &known[i];
        text rest = behind(name->uri, k->uri);
        if (!rest.p || (!text_is(name->local, k->root) && strcmp(k->root, "*") != 0))
            continue;
        *out = (xml_type){.family = text_of(k->family), .key = text_of(k->key)};
        out->type = strcmp(k->type, "*") == 0   ? name->local
                    : strcmp(k->type, "~") == 0 ? rest
                                                : text_of(k->type);
        return true;
    }
    return false;
}

static void look_into_envelope(arena *a, const xml_document *d, xml_type *out)
{
    uint32_t body = xml_child(d, d->root, TEXT("Body"));
    uint32_t first = body ? xml_child(d, body, TEXT("*")) : 0;
    if (!first)
        return;
    const xml_name *name = &d->name[d->node[first].name];
    out->body = xml_called(a, d, first);
    out->is_fault =
        text_is(name->local, "Fault") && text_equal(name->uri, d->name[d->node[d->root].name].uri);
}

enum { WRAPPED = 64 }; /* elements that are looked at for a known one inside */

xml_type xml_type_of(arena *a, const xml_document *d)
{
    xml_type out = {0};
    uint32_t seen = 0;
    bool root = recognise(d, d->root, &out);
    if (root && text_is(out.family, "SOAP"))
        look_into_envelope(a, d, &out);
    for (uint32_t i = d->root + 1; !root && i < d->nodes && seen < WRAPPED; i++)
        if (d->node[i].kind == XML_ELEMENT && ++seen && recognise(d, i, &out)) {
            out.key = (text){0}; /* its path is not the one from the root */
            out.wrapped = true;
            if (!text_starts(out.type,
                             TEXT("head"))) /* a business header goes ahead of its message */
                break;
            seen = 0;
            i = d->node[i].next - 1;
        }
    return out;
}
