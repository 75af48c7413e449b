/* compare_xml.c: XML as a tree that is opened where prints differ. Names pair by namespace and
 * local name, whatever the prefix; repeated elements are known among their like by an identifying
 * child.
 */
#include "stdlib/compare/compare_parts.h"
#include "stdlib/xml/xml.h"

#define XSI_URI "http://www.w3.org/2001/XMLSchema-instance"

/* What identifies an element among its like, the first that it has. */
static const char *const identifiers[] = {"@id",        "@ID",  "@key", "@name",  "ID",
                                          "Id",         "id",   "UUID", "LineID", "SKU",
                                          "EndToEndId", "code", "name"};

static text identity(arena *a, const xml_document *d, uint32_t node)
{
    if (d->node[node].kind != XML_ELEMENT)
        return (text){0};
    for (size_t i = 0; i < sizeof identifiers / sizeof *identifiers; i++) {
        uint32_t x = xml_child(d, node, text_of(identifiers[i]));
        text v = x ? xml_value(a, d, x) : (text){0};
        if (v.n)
            return v;
    }
    return (text){0};
}

/* Without a schema a text is a text. These standards name what is a number by the end of its name
 * (UBL and CII: the representation terms of CCTS; ISO 20022: its message components). */
static const char *const standards[] = {
    "urn:oasis:names:specification:ubl:", "urn:un:unece:uncefact:", "urn:iso:std:iso:20022:"};
static const char *const number_endings[] = {"Amount",  "Amt",  "Quantity", "Qty",
                                             "Percent", "Rate", "Measure",  "Sum"};

static bool ends_in_one_of(text t, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text_ends(t, text_of(list[i])))
            return true;
    return false;
}

static bool is_number(const xml_name *name, text value)
{
    bool standard = false;
    for (size_t i = 0; i < sizeof standards / sizeof *standards; i++)
        standard |= text_starts(name->uri, text_of(standards[i]));
    return standard && is_decimal(value) &&
           ends_in_one_of(name->local, number_endings,
                          sizeof number_endings / sizeof *number_endings);
}

/* Where a schema can be found is a hint to who validates (XML Schema 1 §4.3.2). */
static const char *noise_of(const xml_name *name)
{
    bool hint =
        text_is(name->local, "schemaLocation") || text_is(name->local, "noNamespaceSchemaLocation");
    return hint && text_is(name->uri, XSI_URI) ? "xml.schema_location" : NULL;
}

static document_node value_node(arena *a, const xml_document *d, uint32_t at)
{
    text value = xml_value(a, d, at);
    return (document_node){.value = value.p ? value : TEXT(""),
                           .print = d->node[at].print,
                           .shape = SHAPE_VALUE,
                           .of = at};
}

/* The file's document, and those of folded elements that were opened. */
typedef struct {
    VEC(const xml_document *) reading;
} readings;

static document_node node_of(arena *a, const xml_document *d, uint32_t at)
{
    const xml_node *x = &d->node[at];
    const xml_name *name = &d->name[x->name];
    document_node n = {
        .value = xml_raw(d, at), .shape = SHAPE_ELEMENT, .print = x->print, .of = at};
    if (x->kind != XML_ELEMENT)
        n = value_node(a, d, at);
    n.name = xml_called(a, d, at);
    n.called = name->print + x->kind;
    if (x->kind == XML_ATTRIBUTE)
        n.noise = noise_of(name);
    return n;
}

static text behind_prefix(text name)
{
    ptrdiff_t colon = text_find(name, ':');
    return text_slice(name, (size_t)(colon + 1), name.n);
}

static int by_name(const void *a, const void *b)
{
    const document_node *x = a, *y = b;
    int c = text_compare(behind_prefix(x->name), behind_prefix(y->name));
    return c ? c : (x->called > y->called) - (x->called < y->called);
}

/* Attributes have no order; by name they are in one order on both sides, whatever their prefix. */
static void sort_attributes(const xml_document *d, document_tree *t, uint32_t first)
{
    uint32_t n = first;
    while (n < t->nodes && d->node[t->node[n].of].kind == XML_ATTRIBUTE)
        n++;
    if (n - first > 1)
        qsort(t->node + first, n - first, sizeof *t->node, by_name);
    for (uint32_t i = first; i < n; i++)
        t->node[i].next = i + 1;
}

/* Where the children of a node are: in its own document, or in that of the folded element it is. */
static const xml_document *unfolded(arena *a, readings *r, uint32_t *in, uint32_t *at)
{
    const xml_document *d = r->reading.p[*in];
    if (!d->node[*at].folded)
        return d;
    xml_document *inside = arena_new(a, xml_document);
    xml_unfold(a, d, *at, inside);
    vec_push(&r->reading, inside);
    *in = (uint32_t)r->reading.n - 1;
    *at = 0;
    return inside;
}

/* Asked of what is left when equal elements are paired. */
static text identify(arena *a, document_tree *t, uint32_t node)
{
    const readings *r = t->source;
    uint32_t at = t->node[node].of;
    const xml_document *d = r->reading.p[t->node[node].in];
    if (!d->node[at].folded)
        return identity(a, d, at);
    arena inside = {0};
    xml_document element;
    xml_unfold(&inside, d, at, &element);
    text key = text_copy(a, identity(&inside, &element, 0));
    arena_release(&inside);
    return key;
}

static void open_node(arena *a, document_tree *t, uint32_t node)
{
    uint32_t at = t->node[node].of, in = t->node[node].in, first = t->nodes;
    const xml_document *d = unfolded(a, (void *)(uintptr_t)t->source, &in, &at);
    const xml_node *x = &d->node[at];
    for (uint32_t i = at + 1; i < x->next; i = d->node[i].next) {
        document_node n = node_of(a, d, i);
        n.in = in;
        document_tree_push(t, n);
    }
    sort_attributes(d, t, first);
    if (x->kind != XML_ELEMENT || !x->leaf)
        return;
    document_node n = value_node(a, d, at);
    n.type = is_number(&d->name[x->name], n.value) ? VALUE_NUMBER : VALUE_TEXT;
    n.print = text_hash(n.value);
    n.in = in;
    document_tree_push(t, n);
}

static bool next_child(const document_tree *t, uint32_t node, uint32_t *at, uint64_t *print,
                       uint64_t *called)
{
    const readings *r = t->source;
    const xml_document *d = r->reading.p[t->node[node].in];
    const xml_node *x = &d->node[t->node[node].of];
    uint32_t i = *at ? d->node[*at].next : t->node[node].of + 1;
    if (x->folded || i >= x->next)
        return false;
    *at = i;
    *print = d->node[i].print;
    *called = d->name[d->node[i].name].print + d->node[i].kind;
    return true;
}

static void open_some(arena *a, document_tree *t, uint32_t node, const uint32_t *place, size_t n)
{
    const readings *r = t->source;
    uint32_t in = t->node[node].in, nth = 0;
    const xml_document *d = r->reading.p[in];
    for (uint32_t i = t->node[node].of + 1, k = 0; k < n; i = d->node[i].next, nth++)
        if (nth == place[k]) {
            document_node child = node_of(a, d, i);
            child.in = in;
            document_tree_push(t, child);
            k++;
        }
}

static document_tree tree_of(arena *a, const unit *u, readings *r)
{
    const xml_document *d = u->from->content;
    document_tree t = {.open = open_node,
                       .next = next_child,
                       .open_some = open_some,
                       .identify = identify,
                       .source = r};
    document_node n = {.shape = SHAPE_ELEMENT, .print = d->node[0].print, .value = d->source};
    vec_push(&r->reading, d);
    document_tree_push(&t, u->part == WHOLE ? n : node_of(a, d, u->part));
    return t;
}

static void compare_units(comparison *c)
{
    readings of_l = {0}, of_m = {0};
    document_tree l = tree_of(c->scratch, c->l, &of_l), m = tree_of(c->scratch, c->m, &of_m);
    compare_opened(c, &l, &m, c->l->list);
    document_tree_release(&l);
    document_tree_release(&m);
    vec_release(&of_l.reading);
    vec_release(&of_m.reading);
}

/* --- documents and keys --- */

/* Behind the last "[*]" of a reference, or all of it. */
static text behind_list(text ref)
{
    for (size_t i = ref.n; i >= 3; i--)
        if (memcmp(ref.p + i - 3, "[*]", 3) == 0)
            return text_slice(ref, i + (i < ref.n && ref.p[i] == '/'), ref.n);
    return ref;
}

/* What a reference names, and where it is to be kept. */
typedef struct {
    arena *memory;
    text value;
} asked_value;

static bool take_value(void *self, const xml_document *d, uint32_t node)
{
    asked_value *x = self;
    x->value = xml_value(x->memory, d, node);
    if (x->value.p)
        x->value = text_copy(x->memory, x->value);
    return false;
}

static text value_of(arena *a, const unit *u, text ref)
{
    asked_value x = {.memory = a};
    bool whole = u->part == WHOLE;
    xml_each(u->from->content, whole ? 0 : u->part, whole ? ref : behind_list(ref), take_value, &x);
    return x.value;
}

typedef struct {
    comparison *c;
    unit_list *list;
    unit next;
    size_t found;
} taking;

static bool take_unit(void *self, const xml_document *d, uint32_t node)
{
    (void)d;
    taking *t = self;
    t->next.part = node;
    unit_add(t->c, t->list, t->next);
    t->found++;
    return true;
}

/* Every element that the path up to "[*]" leads to is a document of its own. */
static bool split(comparison *c, const document_file *f, unit_list *list)
{
    for (size_t k = 0; k < c->options->keys; k++) {
        text ref = c->options->key[k], rest = behind_list(ref);
        text items = text_slice(ref, 0, (size_t)(rest.p - ref.p));
        while (text_ends(items, TEXT("/")))
            items.n--;
        taking t = {c, list, {.from = f, .list = items}, 0};
        if (items.n)
            xml_each(f->content, 0, items, take_unit, &t);
        if (t.found)
            return true;
    }
    return false;
}

/* A view of the file. */
static bool take_key(void *self, const xml_document *d, uint32_t node)
{
    const xml_node *n = &d->node[node];
    if (n->leaf && !n->blank)
        *(text *)self = text_trim(text_slice(d->source, n->from, n->to));
    return false;
}

/* The number that documents of known standards bear (xml_types.def), as written. */
static text key_of(const unit *u)
{
    arena a = {0};
    text key = {0};
    if (u->part == WHOLE)
        xml_each(u->from->content, 0, xml_type_of(&a, u->from->content).key, take_key, &key);
    arena_release(&a);
    return key;
}

/* --- references of rules --- */

static bool applies(comparison *c, text ref, const place_ref *at)
{
    (void)at;
    /* "cbc:ID" is "//cbc:ID", as "BEG05" is every BEG05. */
    if (!text_starts(ref, TEXT("/")))
        ref = text_format(c->scratch, "//%.*s", TEXT_ARG(ref));
    return xml_path_means(ref, buffer_view(&c->path));
}

/* Where defects can be put in: only in bytes that are the file's own. */
static void places(arena *a, const document_file *f, prove_places *out)
{
    const xml_document *d = f->content;
    (void)a;
    for (uint32_t i = d->root + 1; d->encoding == XML_UTF8 && i < d->node[d->root].next; i++) {
        const xml_node *n = &d->node[i];
        text name = d->name[n->name].local, inside = text_slice(d->source, n->from, n->to);
        if (n->kind == XML_ATTRIBUTE)
            prove_add(out, PLACE_RECORD, text_slice(d->source, n->start - 1, n->end), name);
        if (n->kind == XML_ELEMENT)
            prove_add(out, n->leaf ? PLACE_RECORD : PLACE_LOOP, xml_raw(d, i), name);
        bool value = n->kind == XML_ATTRIBUTE || (n->leaf && !n->blank);
        if (value && !n->escaped && inside.n)
            prove_add_value(out, inside, name, compare_is_money(name));
    }
}

const compare_format xml_compare = {
    .split = split,
    .value = value_of,
    .key = key_of,
    .applies = applies,
    .compare = compare_units,
    .content = compare_xml_content,
    .places = places,
};
