/* contract_xsd_complex.c: complex types, what they are derived from, and attributes (XML Schema
 * 1.0, part 1, 3.2, 3.4, 3.6). */
#include "stdlib/contract/contract_xsd.h"

/* --- attributes --- */

typedef struct {
    xsd_members properties, required;
    bool open;
    unsigned levels;
} attribute_set;

static bool add_attribute(xsd_reader *r, const xsd_schema *s, uint32_t node, attribute_set *out);

static bool add_all(xsd_reader *r, const xsd_schema *s, uint32_t node, attribute_set *out)
{
    if (++out->levels > XSD_LEVELS || ++r->nodes > SPEC_NODES)
        return xsd_fault(r, s->doc, node, "attribute groups nest deeper than %d levels",
                         XSD_LEVELS);
    for (uint32_t i = xsd_first(s->doc, node); i && !r->failed; i = xsd_next(s->doc, node, i)) {
        text local = xsd_local(s->doc, i);
        if (!text_is(xsd_uri(s->doc, i), XSD_URI))
            continue;
        if (text_is(local, "attribute")) {
            add_attribute(r, s, i, out);
        } else if (text_is(local, "anyAttribute")) {
            out->open = true;
        } else if (text_is(local, "attributeGroup")) {
            const xsd_component *c =
                xsd_find(r, XSD_ATTRIBUTE_GROUP, s->doc, i, s, xsd_attribute(r, s->doc, i, "ref"));
            if (c)
                add_all(r, c->schema, c->node, out);
        }
    }
    out->levels--;
    return !r->failed;
}

static void value_words(xsd_reader *r, const xsd_schema *s, uint32_t node, xsd_members *m)
{
    text fixed = xsd_attribute(r, s->doc, node, "fixed");
    text otherwise = xsd_attribute(r, s->doc, node, "default");
    if (fixed.p)
        xsd_add(r, m, xsd_text(s->doc, node, "const", fixed));
    if (otherwise.p)
        xsd_add(r, m, xsd_text(s->doc, node, "default", otherwise));
}

static void namespace_word(xsd_reader *r, const xsd_schema *s, bool qualified, xsd_members *m)
{
    xsd_add(r, m,
            (spec_node){.kind = SPEC_LIST,
                        .key = TEXT("namespace"),
                        .child = qualified ? s->place : s->none,
                        .count = 1,
                        .at = s->place->at});
}

static bool put_attribute(xsd_reader *r, const xsd_schema *s, uint32_t node, text name,
                          bool qualified, const spec_node *type, attribute_set *out)
{
    xsd_members m = {0}, all = {0};
    xsd_add(r, &m, xsd_text(s->doc, node, "type", TEXT("any")));
    xsd_add(r, &m, xsd_true(s->doc, node, "use", true));
    xsd_add(r, &all, *type);
    xsd_add(r, &m, xsd_list(r, s->doc, node, TEXT("allOf"), &all));
    namespace_word(r, s, qualified, &m);
    value_words(r, s, node, &m);
    xsd_add(r, &out->properties, xsd_map(r, s->doc, node, name, &m));
    return !r->failed;
}

/* xml:lang and what encodings of SOAP say are known to all; else the global one. */
static bool referred_attribute(xsd_reader *r, const xsd_schema *s, uint32_t node, text ref,
                               attribute_set *out)
{
    text uri, local;
    if (!xsd_qname(r, s->doc, node, ref, &uri, &local))
        return false;
    if (text_starts(uri, TEXT("http://www.w3.org/")) ||
        text_starts(uri, TEXT("http://schemas.xmlsoap.org/")))
        return true;
    const xsd_component *c = xsd_find(r, XSD_ATTRIBUTE, s->doc, node, s, ref);
    spec_node type;
    if (!c || !xsd_type_of(r, c->schema, c->doc, c->node, "type", &type))
        return false;
    return put_attribute(r, c->schema, c->node, c->local, true, &type, out);
}

static bool add_attribute(xsd_reader *r, const xsd_schema *s, uint32_t node, attribute_set *out)
{
    text name = xsd_attribute(r, s->doc, node, "name"), ref = xsd_attribute(r, s->doc, node, "ref");
    text use = xsd_attribute(r, s->doc, node, "use"), form = xsd_attribute(r, s->doc, node, "form");
    spec_node type;
    size_t before = out->properties.n;
    if (text_is(use, "prohibited"))
        return true;
    if (!name.n && !ref.n)
        return xsd_fault(r, s->doc, node, "an attribute has neither `name` nor `ref`");
    bool qualified = form.n ? text_is(form, "qualified") : s->qualified_attributes;
    bool ok = ref.n ? referred_attribute(r, s, node, ref, out)
                    : xsd_type_of(r, s, s->doc, node, "type", &type) &&
                          put_attribute(r, s, node, name, qualified, &type, out);
    if (ok && out->properties.n > before && text_is(use, "required"))
        xsd_add(r, &out->required, xsd_text(s->doc, node, "", out->properties.p[before].key));
    return ok;
}

/* Of two with one name the first stands: a restriction says again what it inherits. */
static void drop_repeated(xsd_members *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n; i++) {
        bool twice = false;
        for (size_t k = 0; k < n && !twice; k++)
            twice = text_equal(m->p[k].key, m->p[i].key);
        if (!twice)
            m->p[n++] = m->p[i];
    }
    m->n = n;
}

static bool put_attributes(xsd_reader *r, const xsd_schema *s, uint32_t node, attribute_set *a,
                           xsd_members *out)
{
    if (a->properties.n > XSD_ATTRIBUTES)
        xsd_fault(r, s->doc, node, "there are more than %d attributes", XSD_ATTRIBUTES);
    else
        drop_repeated(&a->properties);
    if (a->properties.n)
        xsd_add(r, out, xsd_map(r, s->doc, node, TEXT("attributes"), &a->properties));
    if (a->required.n)
        xsd_add(r, out, xsd_list(r, s->doc, node, TEXT("requiredAttributes"), &a->required));
    if (a->open)
        xsd_add(r, out, xsd_true(s->doc, node, "otherAttributes", true));
    vec_release(&a->properties);
    vec_release(&a->required);
    return !r->failed;
}

/* Adds `attributes` and what belongs to it, of a type, extension or attributeGroup. */
static bool xsd_attributes(xsd_reader *r, const xsd_schema *s, uint32_t node, xsd_members *out)
{
    attribute_set a = {0};
    add_all(r, s, node, &a);
    return put_attributes(r, s, node, &a, out);
}

/* --- elements --- */

bool xsd_element(xsd_reader *r, const xsd_schema *s, uint32_t node, bool qualified,
                 xsd_members *out)
{
    xsd_members all = {0};
    spec_node type;
    if (!xsd_type_of(r, s, s->doc, node, "type", &type))
        return false;
    xsd_add(r, out, xsd_text(s->doc, node, "type", TEXT("any")));
    xsd_add(r, out, xsd_true(s->doc, node, "use", true));
    xsd_add(r, &all, type);
    xsd_add(r, out, xsd_list(r, s->doc, node, TEXT("allOf"), &all));
    namespace_word(r, s, qualified, out);
    value_words(r, s, node, out);
    if (xsd_flag(r, s->doc, node, "nillable"))
        xsd_add(r, out, xsd_true(s->doc, node, "nullable", true));
    return !r->failed;
}

/* --- complex types --- */

static void object_words(xsd_reader *r, const xsd_schema *s, uint32_t type, uint32_t inner,
                         xsd_members *m)
{
    bool mixed = xsd_flag(r, s->doc, type, "mixed") || xsd_flag(r, s->doc, inner, "mixed");
    xsd_add(r, m, xsd_text(s->doc, type, "type", TEXT("object")));
    if (!mixed)
        xsd_add(r, m, xsd_true(s->doc, type, "elementsOnly", true));
    if (xsd_flag(r, s->doc, type, "abstract"))
        xsd_add(r, m, xsd_true(s->doc, type, "abstract", true));
}

/* "tns:Order[]" of wsdl:arrayType (WSDL 1.1, 2.2): what an array of SOAP's encoding holds. */
static bool array_items(xsd_reader *r, const xsd_schema *s, uint32_t node, spec_node *out)
{
    const xml_node *n = s->doc->xml.node;
    for (uint32_t i = node; i < n[node].next; i++) {
        if (n[i].kind != XML_ATTRIBUTE || !text_is(xsd_local(s->doc, i), "arrayType"))
            continue;
        text name = xml_value(r->memory, &s->doc->xml, i);
        ptrdiff_t bracket = text_find(name, '[');
        xsd_members m = {0};
        spec_node items;
        if (bracket > 0)
            name.n = (size_t)bracket;
        if (!xsd_named_type(r, s, s->doc, node, name, &items))
            return false;
        items.key = TEXT("items");
        xsd_add(r, &m, xsd_text(s->doc, node, "type", TEXT("array")));
        xsd_add(r, &m, items);
        *out = xsd_map(r, s->doc, node, (text){0}, &m);
        return true;
    }
    return false;
}

/* The component that `base` names; NULL for one of XML Schema's own. */
static bool base_of(xsd_reader *r, const xsd_schema *s, uint32_t node, xsd_component **out)
{
    text uri, local, name = xsd_attribute(r, s->doc, node, "base");
    *out = NULL;
    if (!name.n)
        return xsd_fault(r, s->doc, node, "a %.*s has no `base`",
                         TEXT_ARG(xsd_local(s->doc, node)));
    if (!xsd_qname(r, s->doc, node, name, &uri, &local))
        return false;
    if (xsd_is_own(uri))
        return true;
    *out = xsd_find(r, XSD_TYPE, s->doc, node, s, name);
    return *out != NULL;
}

static uint32_t derivation_of(const xsd_document *d, uint32_t type)
{
    uint32_t complex = xsd_child(d, type, XSD_URI, "complexContent");
    uint32_t simple = xsd_child(d, type, XSD_URI, "simpleContent");
    uint32_t inner = complex ? complex : simple;
    uint32_t how = inner ? xsd_child(d, inner, XSD_URI, "extension") : 0;
    return inner && !how ? xsd_child(d, inner, XSD_URI, "restriction") : how;
}

/* What a restriction inherits: it says its elements again, but not its attributes. */
static bool inherited(xsd_reader *r, const xsd_component *base, attribute_set *out)
{
    for (unsigned i = 0; base && i < XSD_LEVELS; i++) {
        uint32_t how = derivation_of(base->doc, base->node);
        if (!add_all(r, base->schema, how ? how : base->node, out))
            return false;
        xsd_component *next = NULL;
        if (how && !base_of(r, base->schema, how, &next))
            return false;
        base = next;
    }
    return true;
}

static bool complex_restriction(xsd_reader *r, const xsd_schema *s, uint32_t type, uint32_t how,
                                spec_node *out)
{
    xsd_component *base;
    attribute_set a = {0};
    xsd_members m = {0};
    if (!base_of(r, s, how, &base))
        return false;
    if (!base && array_items(r, s, how, out))
        return true;
    object_words(r, s, type, xsd_child(s->doc, type, XSD_URI, "complexContent"), &m);
    bool ok = !r->failed && xsd_content(r, s, how, &m) && add_all(r, s, how, &a) &&
              inherited(r, base, &a);
    put_attributes(r, s, how, &a, &m);
    *out = xsd_map(r, s->doc, type, (text){0}, &m);
    return ok && !r->failed;
}

static bool extension(xsd_reader *r, const xsd_schema *s, uint32_t type, uint32_t how, bool simple,
                      spec_node *out)
{
    xsd_members m = {0}, all = {0};
    spec_node base;
    if (!xsd_type_of(r, s, s->doc, how, "base", &base))
        return false;
    if (simple)
        xsd_add(r, &m, xsd_text(s->doc, type, "type", TEXT("any")));
    else
        object_words(r, s, type, xsd_child(s->doc, type, XSD_URI, "complexContent"), &m);
    xsd_add(r, &all, base);
    xsd_add(r, &m, xsd_list(r, s->doc, how, TEXT("allOf"), &all));
    bool ok = simple ? xsd_facets(r, s, how, &m) : xsd_content(r, s, how, &m);
    ok = ok && xsd_attributes(r, s, how, &m);
    *out = xsd_map(r, s->doc, type, (text){0}, &m);
    return ok;
}

bool xsd_note_derived(xsd_reader *r, xsd_component *c)
{
    xsd_component *base;
    uint32_t how = derivation_of(c->doc, c->node);
    if (!how || !base_of(r, c->schema, how, &base))
        return !r->failed;
    if (base)
        vec_push(&base->others, c);
    return true;
}

bool xsd_complex_type(xsd_reader *r, const xsd_schema *s, uint32_t node, spec_node *out)
{
    uint32_t complex = xsd_child(s->doc, node, XSD_URI, "complexContent");
    uint32_t simple = xsd_child(s->doc, node, XSD_URI, "simpleContent");
    uint32_t inner = complex ? complex : simple;
    uint32_t more = inner ? xsd_child(s->doc, inner, XSD_URI, "extension") : 0;
    uint32_t less = inner ? xsd_child(s->doc, inner, XSD_URI, "restriction") : 0;
    if (inner && !more && !less)
        return xsd_fault(r, s->doc, inner, "this is neither an extension nor a restriction");
    if (more || simple)
        return extension(r, s, node, more ? more : less, simple, out);
    if (less)
        return complex_restriction(r, s, node, less, out);
    xsd_members m = {0};
    object_words(r, s, node, node, &m);
    bool ok = xsd_content(r, s, node, &m) && xsd_attributes(r, s, node, &m);
    *out = xsd_map(r, s->doc, node, (text){0}, &m);
    return ok;
}
