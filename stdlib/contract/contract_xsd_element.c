/* contract_xsd_element.c: what stands in an element: groups of elements as properties with how
 * often each may stand there, and the tree of their order (XML Schema 1.0, part 1, 3.7 to 3.9). And
 * all global components as nodes. */
#include "stdlib/contract/contract_xsd.h"

#include <inttypes.h>

#define UNBOUNDED UINT64_C(1000000000000)

typedef struct {
    uint64_t min, max;
} occurs;

typedef struct {
    text name;
    const xsd_schema *schema;
    uint32_t node;
    xsd_members words;
    occurs o;
} property;

typedef struct {
    xsd_reader *r;
    VEC(property) properties;
    bool open; /* there may be others */
    unsigned levels;
} builder;

static uint64_t count_of(text t, uint64_t otherwise)
{
    uint64_t n = 0;
    if (text_is(t, "unbounded"))
        return UNBOUNDED;
    for (size_t i = 0; i < t.n && n < UNBOUNDED; i++)
        n = t.p[i] >= '0' && t.p[i] <= '9' ? n * 10 + (uint64_t)(t.p[i] - '0') : UNBOUNDED;
    return t.n ? (n < UNBOUNDED ? n : UNBOUNDED) : otherwise;
}

static occurs occurs_of(xsd_reader *r, const xsd_schema *s, uint32_t node)
{
    occurs o = {count_of(xsd_attribute(r, s->doc, node, "minOccurs"), 1),
                count_of(xsd_attribute(r, s->doc, node, "maxOccurs"), 1)};
    return o;
}

static uint64_t times(uint64_t a, uint64_t b)
{
    return a && b > UNBOUNDED / a ? UNBOUNDED : a * b < UNBOUNDED ? a * b : UNBOUNDED;
}

static occurs within(occurs outer, occurs inner)
{
    return (occurs){times(outer.min, inner.min), times(outer.max, inner.max)};
}

/* --- elements --- */

static bool same_name(const property *p, text name)
{
    return text_equal(p->name, name);
}

/* An element that is named twice stands there as often as both say. */
static bool merged(builder *b, text name, occurs o)
{
    for (size_t i = 0; i < b->properties.n; i++) {
        property *p = &b->properties.p[i];
        if (!same_name(p, name))
            continue;
        p->o.min = p->o.min + o.min < UNBOUNDED ? p->o.min + o.min : UNBOUNDED;
        p->o.max = p->o.max + o.max < UNBOUNDED ? p->o.max + o.max : UNBOUNDED;
        return true;
    }
    return false;
}

static void leaf(builder *b, const xsd_schema *s, uint32_t node, text name, xsd_members *out)
{
    xsd_add(b->r, out, xsd_text(s->doc, node, "", name));
}

static bool local_element(builder *b, const xsd_schema *s, uint32_t node, occurs o,
                          xsd_members *out)
{
    text name = xsd_attribute(b->r, s->doc, node, "name");
    text form = xsd_attribute(b->r, s->doc, node, "form");
    if (!name.n)
        return xsd_fault(b->r, s->doc, node, "an element has neither `name` nor `ref`");
    leaf(b, s, node, name, out);
    if (merged(b, name, o))
        return true;
    if (b->properties.n == XSD_ELEMENTS)
        return xsd_fault(b->r, s->doc, node, "a type has more than %d elements", XSD_ELEMENTS);
    property p = {.name = name, .schema = s, .node = node, .o = o};
    bool ok =
        xsd_element(b->r, s, node, form.n ? text_is(form, "qualified") : s->qualified, &p.words);
    vec_push(&b->properties, p);
    return ok;
}

static void one_reference(builder *b, const xsd_schema *s, uint32_t node, const xsd_component *c,
                          occurs o, xsd_members *out)
{
    xsd_members all = {0};
    leaf(b, s, node, c->local, out);
    if (merged(b, c->local, o) || b->properties.n == XSD_ELEMENTS)
        return;
    property p = {.name = c->local, .schema = s, .node = node, .o = o};
    xsd_add(b->r, &p.words, xsd_text(s->doc, node, "type", TEXT("any")));
    xsd_add(b->r, &p.words, xsd_true(s->doc, node, "use", true));
    xsd_add(b->r, &all, xsd_reference(b->r, s->doc, node, (text){0}, c->local, c->spec));
    xsd_add(b->r, &p.words, xsd_list(b->r, s->doc, node, TEXT("allOf"), &all));
    vec_push(&b->properties, p);
}

/* The head and all that may stand for it, and for that in turn. */
static void substitutes(builder *b, const xsd_schema *s, uint32_t node, const xsd_component *c,
                        occurs o, xsd_members *out)
{
    if (!xsd_flag(b->r, c->doc, c->node, "abstract"))
        one_reference(b, s, node, c, (occurs){0, o.max}, out);
    if (++b->levels > XSD_LEVELS || ++b->r->nodes > SPEC_NODES)
        xsd_fault(b->r, s->doc, node, "substitution groups nest deeper than %d levels", XSD_LEVELS);
    for (size_t i = 0; i < c->others.n && !b->r->failed; i++)
        substitutes(b, s, node, c->others.p[i], o, out);
    b->levels--;
}

static bool referred_element(builder *b, const xsd_schema *s, uint32_t node, occurs o,
                             xsd_members *out)
{
    text ref = xsd_attribute(b->r, s->doc, node, "ref"), uri, local;
    xsd_members any = {0};
    if (!xsd_qname(b->r, s->doc, node, ref, &uri, &local))
        return false;
    if (text_is(uri, XSD_URI)) { /* a schema within a message: DataSets of .NET */
        b->open = true;
        return true;
    }
    const xsd_component *c = xsd_find(b->r, XSD_ELEMENT, s->doc, node, s, ref);
    if (!c)
        return false;
    if (!c->others.n) {
        one_reference(b, s, node, c, o, out);
        return true;
    }
    substitutes(b, s, node, c, o, &any);
    xsd_add(b->r, out,
            xsd_list(b->r, s->doc, node, o.min ? TEXT("choice") : TEXT("optional choice"), &any));
    return !b->r->failed;
}

/* --- groups --- */

static bool particle(builder *b, const xsd_schema *s, uint32_t node, occurs outer,
                     xsd_members *out);

static bool particles(builder *b, const xsd_schema *s, uint32_t node, occurs o, xsd_members *out)
{
    for (uint32_t i = xsd_first(s->doc, node); i; i = xsd_next(s->doc, node, i))
        if (text_is(xsd_uri(s->doc, i), XSD_URI) && !particle(b, s, i, o, out))
            return false;
    return true;
}

static text order_word(bool choice, bool all, occurs whole)
{
    if (all || (choice && whole.max > 1))
        return TEXT("any order");
    if (choice)
        return whole.min ? TEXT("choice") : TEXT("optional choice");
    return TEXT("sequence");
}

/* A list of one is what stands in it. */
static bool model_group(builder *b, const xsd_schema *s, uint32_t node, occurs outer,
                        xsd_members *out)
{
    bool choice = text_is(xsd_local(s->doc, node), "choice");
    bool all = text_is(xsd_local(s->doc, node), "all");
    xsd_members inner = {0};
    occurs own = occurs_of(b->r, s, node), whole = within(outer, own);
    bool several = choice && xsd_next(s->doc, node, xsd_first(s->doc, node));
    if (own.max == 0 || !xsd_first(s->doc, node))
        return true;
    bool ok = particles(b, s, node, several ? (occurs){0, whole.max} : whole, &inner);
    if (inner.n == 1)
        xsd_add(b->r, out, inner.p[0]);
    if (inner.n > 1)
        xsd_add(b->r, out, xsd_list(b->r, s->doc, node, order_word(several, all, whole), &inner));
    vec_release(&inner);
    return ok;
}

static bool named_group(builder *b, const xsd_schema *s, uint32_t node, occurs outer,
                        xsd_members *out)
{
    const xsd_component *c =
        xsd_find(b->r, XSD_GROUP, s->doc, node, s, xsd_attribute(b->r, s->doc, node, "ref"));
    if (!c)
        return false;
    if (++b->levels > XSD_LEVELS)
        return xsd_fault(b->r, s->doc, node, "groups nest deeper than %d levels", XSD_LEVELS);
    bool ok = particles(b, c->schema, c->node, within(outer, occurs_of(b->r, s, node)), out);
    b->levels--;
    return ok;
}

static bool particle(builder *b, const xsd_schema *s, uint32_t node, occurs outer, xsd_members *out)
{
    text local = xsd_local(s->doc, node);
    if (b->r->failed || ++b->r->nodes > SPEC_NODES)
        return b->r->failed ? false : xsd_fault(b->r, s->doc, node, "the schema is too large");
    if (text_is(local, "any")) {
        b->open = true;
    } else if (text_is(local, "group")) {
        return named_group(b, s, node, outer, out);
    } else if (text_is(local, "sequence") || text_is(local, "choice") || text_is(local, "all")) {
        return model_group(b, s, node, outer, out);
    } else if (text_is(local, "element")) {
        occurs o = within(outer, occurs_of(b->r, s, node));
        if (o.max == 0)
            return true;
        return xsd_attribute(b->r, s->doc, node, "ref").n ? referred_element(b, s, node, o, out)
                                                          : local_element(b, s, node, o, out);
    }
    return true;
}

/* --- properties --- */

static spec_node property_node(xsd_reader *r, property *p)
{
    const xsd_document *d = p->schema->doc;
    if (p->o.min > 1)
        xsd_add(r, &p->words, xsd_number(r, d, p->node, "minOccurs", p->o.min));
    if (p->o.max < UNBOUNDED)
        xsd_add(r, &p->words, xsd_number(r, d, p->node, "maxOccurs", p->o.max));
    return xsd_map(r, d, p->node, p->name, &p->words);
}

static void put_properties(builder *b, const xsd_schema *s, uint32_t node, xsd_members *out)
{
    xsd_members properties = {0}, required = {0};
    for (size_t i = 0; i < b->properties.n; i++) {
        property *p = &b->properties.p[i];
        xsd_add(b->r, &properties, property_node(b->r, p));
        if (p->o.min)
            xsd_add(b->r, &required, xsd_text(p->schema->doc, p->node, "", p->name));
    }
    xsd_add(b->r, out, xsd_map(b->r, s->doc, node, TEXT("properties"), &properties));
    if (required.n)
        xsd_add(b->r, out, xsd_list(b->r, s->doc, node, TEXT("required"), &required));
    vec_release(&required);
    if (!b->open)
        xsd_add(b->r, out, xsd_true(s->doc, node, "additionalProperties", false));
}

bool xsd_content(xsd_reader *r, const xsd_schema *s, uint32_t node, xsd_members *out)
{
    builder b = {.r = r};
    xsd_members order = {0};
    bool ok = true;
    for (uint32_t i = xsd_first(s->doc, node); i && ok; i = xsd_next(s->doc, node, i))
        if (text_is(xsd_uri(s->doc, i), XSD_URI) && !text_is(xsd_local(s->doc, i), "attribute"))
            ok = particle(&b, s, i, (occurs){1, 1}, &order);
    put_properties(&b, s, node, out);
    if (order.n)
        xsd_add(r, out, xsd_list(r, s->doc, node, TEXT("content"), &order));
    vec_release(&b.properties);
    vec_release(&order);
    return ok;
}

/* --- all components --- */

/* The head of a substitution group learns who may stand for it. */
static bool note_substitute(xsd_reader *r, xsd_component *c)
{
    text head = xsd_attribute(r, c->doc, c->node, "substitutionGroup");
    xsd_component *of = head.n ? xsd_find(r, XSD_ELEMENT, c->doc, c->node, c->schema, head) : NULL;
    if (of)
        vec_push(&of->others, c);
    return !r->failed;
}

static bool convert(xsd_reader *r, xsd_component *c)
{
    xsd_members m = {0};
    if (c->kind == XSD_TYPE && text_is(xsd_local(c->doc, c->node), "simpleType"))
        return xsd_simple_type(r, c->schema, c->node, c->spec);
    if (c->kind == XSD_TYPE)
        return xsd_complex_type(r, c->schema, c->node, c->spec);
    if (c->kind != XSD_ELEMENT)
        return true;
    bool ok = xsd_element(r, c->schema, c->node, true, &m);
    *c->spec = xsd_map(r, c->doc, c->node, (text){0}, &m);
    return ok;
}

/* A type's node again, with those that are derived from it. */
static void put_derived(xsd_reader *r, xsd_component *c)
{
    xsd_members m = {0}, derived = {0};
    for (size_t i = 0; i < c->others.n; i++)
        xsd_add(r, &derived,
                xsd_reference(r, c->others.p[i]->doc, c->others.p[i]->node, c->others.p[i]->local,
                              c->others.p[i]->local, c->others.p[i]->spec));
    for (uint32_t i = 0; i < c->spec->count; i++)
        xsd_add(r, &m, c->spec->child[i]);
    xsd_add(r, &m, xsd_map(r, c->doc, c->node, TEXT("derivedTypes"), &derived));
    *c->spec = xsd_map(r, c->doc, c->node, (text){0}, &m);
}

bool xsd_convert_all(xsd_reader *r)
{
    for (size_t i = 0; i < r->components.n; i++) {
        xsd_component *c = r->components.p[i];
        if (c->kind == XSD_ELEMENT && !note_substitute(r, c))
            return false;
        if (c->kind == XSD_TYPE && !xsd_note_derived(r, c))
            return false;
    }
    for (size_t i = 0; i < r->components.n; i++)
        if (!convert(r, r->components.p[i]))
            return false;
    for (size_t i = 0; i < r->components.n; i++)
        if (r->components.p[i]->kind == XSD_TYPE && r->components.p[i]->others.n)
            put_derived(r, r->components.p[i]);
    if (r->nodes > SPEC_NODES)
        return xsd_fault(r, r->components.p[0]->doc, 0, "the schema is too large");
    return !r->failed;
}
