/* comply_xml.c: XML: attributes, texts and elements without children, by their names; an attribute
 * is called after its element as well (`<birthDate value="…">`). */
#include "stdlib/comply/comply_parts.h"
#include "stdlib/xml/xml.h"

/* How many of a name there are below a parent, up to a node. */
typedef struct {
    uint32_t parent, name, kind;
    uint32_t next; /* the next one to look at; 0: none was asked for */
    uint32_t last; /* the node that was asked for */
    uint32_t nth;
} counted;

typedef struct {
    const xml_document *d;
    counted counted[XML_DEPTH + 2]; /* by level */
    uint32_t above[XML_DEPTH + 1];  /* elements that are open; [0] is the document */
    bool person[XML_DEPTH + 1];
    int depth;
    uint32_t node; /* at hand */
    arena value;
} walk;

/* Is it the only one of its name below its parent? */
static bool is_alone(const xml_document *d, uint32_t parent, uint32_t node)
{
    for (uint32_t i = parent + 1; i < d->node[parent].next; i = d->node[i].next)
        if (i != node && d->node[i].kind == d->node[node].kind &&
            d->node[i].name == d->node[node].name)
            return false;
    return true;
}

/* Among those of its name below its parent, from 1; 0 where it is the only one. Findings come in
 * order, so that one in a list of a million is counted on from the one before. */
static uint32_t nth_of(walk *v, int level, uint32_t parent, uint32_t node)
{
    const xml_document *d = v->d;
    const xml_node *n = &d->node[node];
    counted *c = &v->counted[level];
    bool same = c->parent == parent && c->name == n->name && c->kind == n->kind && c->next;
    if (same && c->last == node)
        return c->nth;
    if (!same || c->next > node) {
        if (is_alone(d, parent, node))
            return 0;
        *c = (counted){parent, n->name, n->kind, parent + 1, 0, 0};
    }
    for (; c->next <= node; c->next = d->node[c->next].next)
        c->nth += d->node[c->next].kind == c->kind && d->node[c->next].name == c->name;
    c->last = node;
    return c->nth;
}

static void put_step(buffer *b, arena *a, walk *v, int level, uint32_t parent, uint32_t node)
{
    text called = xml_called(a, v->d, node);
    buffer_printf(b, "/%.*s", TEXT_ARG(called));
    uint32_t nth = nth_of(v, level, parent, node);
    if (nth)
        buffer_printf(b, "[%u]", nth);
}

static text path(comply *s, void *self, size_t at)
{
    walk *v = self;
    buffer b = {0};
    for (int i = 1; i <= v->depth; i++)
        put_step(&b, &s->scratch, v, i, v->above[i - 1], v->above[i]);
    if (v->node != v->above[v->depth])
        put_step(&b, &s->scratch, v, v->depth + 1, v->above[v->depth], v->node);
    text out = text_copy(s->memory, buffer_view(&b));
    buffer_release(&b);
    return out;
}

static size_t place(comply *s, void *self, size_t at)
{
    const walk *v = self;
    const xml_node *n = &v->d->node[v->node];
    return xml_offset(v->d, n->from + (n->escaped ? 0 : at));
}

static text local(const walk *v, uint32_t node)
{
    return v->d->name[v->d->node[node].name].local;
}

static void scan_value(comply *s, walk *v, const comply_place *p)
{
    text value = xml_value(&v->value, v->d, v->node);
    comply_where w = {.path = path, .place = place, .self = v, .prose = true};
    comply_claims_clear(s);
    if (comply_is_object(value))
        s->objects++;
    else if (value.n > 1 && !comply_value(s, p, value, 0, &w))
        comply_text(s, p, value, &w);
    arena_clear(&v->value);
}

static void visit(comply *s, walk *v, uint32_t i)
{
    const xml_node *n = &v->d->node[i];
    while (v->depth && i >= v->d->node[v->above[v->depth]].next)
        v->depth--;
    bool person = v->person[v->depth], element = n->kind == XML_ELEMENT;
    uint32_t above = v->above[v->depth];
    text own = n->kind == XML_TEXT ? local(v, above) : local(v, i);
    text over = v->depth
                    ? local(v, n->kind == XML_TEXT && v->depth > 1 ? v->above[v->depth - 1] : above)
                    : TEXT("");
    comply_place p = comply_named(s, over, own, person);
    if (n->kind == XML_ATTRIBUTE && text_is(own, "value"))
        p = comply_named(s, TEXT(""), over, person);
    v->node = i;
    if (element && n->next > i + 1 && v->depth < XML_DEPTH) {
        v->above[++v->depth] = i;
        v->person[v->depth] = p.person;
    }
    if (!element || n->leaf)
        scan_value(s, v, &p);
}

void comply_xml(comply *s)
{
    const xml_document *d = s->file->content;
    walk *v = arena_new(s->memory, walk);
    v->d = d;
    for (uint32_t i = 1; i < d->nodes; i++)
        visit(s, v, i);
    arena_release(&v->value);
}
