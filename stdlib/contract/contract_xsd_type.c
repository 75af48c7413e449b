/* contract_xsd_type.c: which type a name means; simple types and their facets (XML Schema 1.0,
 * part 2). */
#include "base/decimal.h"
#include "stdlib/contract/contract_xsd.h"

static const struct {
    const char *name, *type, *format, *minimum, *maximum;
} builtins[] = {
#define BUILTIN(name, type, format, minimum, maximum) {name, type, format, minimum, maximum},
#include "stdlib/contract/xsd_builtins.def"
};

enum { BUILTINS = sizeof builtins / sizeof *builtins };

/* --- those that XML Schema brings along --- */

/* SOAP 1.1, 5: types of its encoding are those of XML Schema, and may be anything else. */
bool xsd_is_own(text uri)
{
    return text_is(uri, XSD_URI) || text_is(uri, "http://schemas.xmlsoap.org/soap/encoding/") ||
           text_is(uri, "http://www.w3.org/2003/05/soap-encoding");
}

static void add_word(xsd_reader *r, xsd_members *m, const xsd_document *d, uint32_t node,
                     const char *key, spec_kind kind, const char *value)
{
    spec_node n = xsd_text(d, node, key, text_of(value));
    n.kind = kind;
    if (value)
        xsd_add(r, m, n);
}

/* All simple types: each of their values is a text. */
static spec_node plain_type(xsd_reader *r, const xsd_document *d, uint32_t node)
{
    static const char *const words[] = {"string", "number", "boolean"};
    xsd_members m = {0};
    for (int i = 0; i < 3; i++)
        xsd_add(r, &m, xsd_text(d, node, "", text_of(words[i])));
    return xsd_list(r, d, node, TEXT("type"), &m);
}

/* A node for each use: a change is told at its place, and the place of a type that nobody wrote is
 * where it is used. False where there is no such type. */
static bool builtin_type(xsd_reader *r, const xsd_document *d, uint32_t node, text local,
                         spec_node *out)
{
    size_t i = 0;
    xsd_members m = {0};
    while (i < BUILTINS && !text_is(local, builtins[i].name))
        i++;
    if (i == BUILTINS)
        return false;
    if (strcmp(builtins[i].type, "plain") == 0)
        xsd_add(r, &m, plain_type(r, d, node));
    else
        add_word(r, &m, d, node, "type", SPEC_TEXT, builtins[i].type);
    add_word(r, &m, d, node, "format", SPEC_TEXT, builtins[i].format);
    add_word(r, &m, d, node, "minimum", SPEC_NUMBER, builtins[i].minimum);
    add_word(r, &m, d, node, "maximum", SPEC_NUMBER, builtins[i].maximum);
    *out = xsd_map(r, d, node, (text){0}, &m);
    return true;
}

/* --- the type of something --- */

bool xsd_named_type(xsd_reader *r, const xsd_schema *s, const xsd_document *d, uint32_t node,
                    text name, spec_node *out)
{
    text uri, local;
    if (!xsd_qname(r, d, node, name, &uri, &local))
        return false;
    if (xsd_is_own(uri) && builtin_type(r, d, node, local, out))
        return true;
    if (xsd_is_own(uri) && !text_is(uri, XSD_URI)) /* soapenc:Array does not say of what */
        return builtin_type(r, d, node, TEXT("anyType"), out);
    const xsd_component *c = xsd_find(r, XSD_TYPE, d, node, s, name);
    if (c)
        *out = xsd_reference(r, d, node, (text){0}, c->local, c->spec);
    return c != NULL;
}

bool xsd_type_of(xsd_reader *r, const xsd_schema *s, const xsd_document *d, uint32_t node,
                 const char *attribute, spec_node *out)
{
    text name = xsd_attribute(r, d, node, attribute);
    if (name.n)
        return xsd_named_type(r, s, d, node, name, out);
    uint32_t complex = xsd_child(d, node, XSD_URI, "complexType");
    uint32_t simple = xsd_child(d, node, XSD_URI, "simpleType");
    if (complex)
        return xsd_complex_type(r, s, complex, out);
    if (simple)
        return xsd_simple_type(r, s, simple, out);
    return builtin_type(r, d, node, TEXT("anyType"), out);
}

/* --- facets --- */

static const struct {
    const char *facet, *word;
} limits[] = {
    {"minInclusive", "minimum"},          {"maxInclusive", "maximum"},
    {"minExclusive", "exclusiveMinimum"}, {"maxExclusive", "exclusiveMaximum"},
    {"minLength", "minLength"},           {"maxLength", "maxLength"},
    {"totalDigits", "totalDigits"},       {"fractionDigits", "fractionDigits"},
};

static spec_node number_node(const xsd_schema *s, uint32_t node, const char *key, text value)
{
    spec_node n = xsd_text(s->doc, node, key, value);
    n.kind = SPEC_NUMBER;
    return n;
}

/* A limit of numbers; one of dates is a text that is compared as such. */
static void limit(xsd_reader *r, const xsd_schema *s, uint32_t node, xsd_members *out)
{
    text local = xsd_local(s->doc, node), value = xsd_attribute(r, s->doc, node, "value");
    bool number = decimal_is_text(value);
    if (text_is(local, "length") && number) {
        xsd_add(r, out, number_node(s, node, "minLength", value));
        xsd_add(r, out, number_node(s, node, "maxLength", value));
    }
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (text_is(local, limits[i].facet))
            xsd_add(r, out,
                    number ? number_node(s, node, limits[i].word, value)
                           : xsd_text(s->doc, node, limits[i].facet, value));
}

/* Patterns of one step are alternatives (part 2, 4.3.4.2). */
static void patterns(xsd_reader *r, const xsd_schema *s, uint32_t node, xsd_members *out)
{
    buffer b = {0};
    uint32_t first = 0;
    for (uint32_t i = xsd_first(s->doc, node); i; i = xsd_next(s->doc, node, i)) {
        if (!xsd_is(s->doc, i, XSD_URI, "pattern"))
            continue;
        buffer_cstr(&b, first ? "|" : "");
        buffer_text(&b, xsd_attribute(r, s->doc, i, "value"));
        first = first ? first : i;
    }
    if (first)
        xsd_add(r, out, xsd_text(s->doc, first, "pattern", text_copy(r->memory, buffer_view(&b))));
    buffer_release(&b);
}

bool xsd_facets(xsd_reader *r, const xsd_schema *s, uint32_t node, xsd_members *out)
{
    xsd_members values = {0};
    for (uint32_t i = xsd_first(s->doc, node); i; i = xsd_next(s->doc, node, i)) {
        if (xsd_is(s->doc, i, XSD_URI, "enumeration"))
            xsd_add(r, &values, xsd_text(s->doc, i, "", xsd_attribute(r, s->doc, i, "value")));
        else if (text_is(xsd_uri(s->doc, i), XSD_URI))
            limit(r, s, i, out);
    }
    if (values.n)
        xsd_add(r, out, xsd_list(r, s->doc, node, TEXT("enum"), &values));
    patterns(r, s, node, out);
    return !r->failed;
}

/* --- simple types --- */

static bool restriction(xsd_reader *r, const xsd_schema *s, uint32_t node, spec_node *out)
{
    xsd_members m = {0}, base = {0};
    spec_node type;
    if (!xsd_type_of(r, s, s->doc, node, "base", &type))
        return false;
    xsd_add(r, &m, xsd_text(s->doc, node, "type", TEXT("any")));
    xsd_add(r, &base, type);
    xsd_add(r, &m, xsd_list(r, s->doc, node, TEXT("allOf"), &base));
    xsd_facets(r, s, node, &m);
    *out = xsd_map(r, s->doc, node, (text){0}, &m);
    return !r->failed;
}

/* The names of `memberTypes`, separated by blanks. */
static bool members_named(xsd_reader *r, const xsd_schema *s, uint32_t node, xsd_members *out)
{
    text rest = xsd_attribute(r, s->doc, node, "memberTypes");
    while (rest.n) {
        size_t n = 0;
        spec_node one;
        while (n < rest.n && !strchr(" \t\r\n", rest.p[n]))
            n++;
        if (n && !xsd_named_type(r, s, s->doc, node, text_slice(rest, 0, n), &one))
            return false;
        if (n)
            xsd_add(r, out, one);
        rest = text_slice(rest, n + 1, rest.n);
    }
    return true;
}

static bool alternatives(xsd_reader *r, const xsd_schema *s, uint32_t node, spec_node *out)
{
    xsd_members all = {0}, m = {0};
    spec_node one;
    bool ok = members_named(r, s, node, &all);
    for (uint32_t i = xsd_first(s->doc, node); i && ok; i = xsd_next(s->doc, node, i))
        if (xsd_is(s->doc, i, XSD_URI, "simpleType")) {
            ok = xsd_simple_type(r, s, i, &one);
            if (ok)
                xsd_add(r, &all, one);
        }
    xsd_add(r, &m, plain_type(r, s->doc, node));
    xsd_add(r, &m, xsd_list(r, s->doc, node, TEXT("anyOf"), &all));
    *out = xsd_map(r, s->doc, node, (text){0}, &m);
    return ok;
}

static bool list_of(xsd_reader *r, const xsd_schema *s, uint32_t node, spec_node *out)
{
    xsd_members m = {0};
    spec_node items;
    if (!xsd_type_of(r, s, s->doc, node, "itemType", &items))
        return false;
    items.key = TEXT("items");
    xsd_add(r, &m, xsd_text(s->doc, node, "type", TEXT("array")));
    xsd_add(r, &m, items);
    *out = xsd_map(r, s->doc, node, (text){0}, &m);
    return true;
}

bool xsd_simple_type(xsd_reader *r, const xsd_schema *s, uint32_t node, spec_node *out)
{
    uint32_t how = xsd_child(s->doc, node, XSD_URI, "restriction");
    if (how)
        return restriction(r, s, how, out);
    if ((how = xsd_child(s->doc, node, XSD_URI, "union")))
        return alternatives(r, s, how, out);
    if ((how = xsd_child(s->doc, node, XSD_URI, "list")))
        return list_of(r, s, how, out);
    return xsd_fault(r, s->doc, node, "a simpleType is a restriction, a union or a list");
}
