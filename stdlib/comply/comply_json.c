/* comply_json.c: JSON, value by value; a name says what its value is, and the one above it helps.
 */
#include "stdlib/comply/comply_parts.h"

#include <string.h>

typedef struct {
    uint32_t node, end; /* of a container: behind its last descendant */
    uint32_t nth;       /* of its children, the one at hand */
    text name;
    bool person, array;
} level;

typedef struct {
    comply *s;
    const json_document *d;
    level level[JSON_DEPTH + 1];
    int depth;
    text name;   /* of the value at hand */
    arena value; /* its text, where it has escapes */
    bool fhir;   /* objects may say which resource they are */
} walk;

/* "$.order.lines[2].card" */
static text path(comply *s, void *self, size_t at)
{
    const walk *v = self;
    buffer b = {0};
    buffer_char(&b, '$');
    for (int i = 1; i <= v->depth + 1; i++) {
        const level *above = &v->level[i - 1];
        text name = i <= v->depth ? v->level[i].name : v->name;
        if (above->array)
            buffer_printf(&b, "[%u]", above->nth - 1);
        else if (v->d->node[0].next > 1)
            buffer_printf(&b, ".%.*s", TEXT_ARG(name));
    }
    text out = text_copy(s->memory, buffer_view(&b));
    buffer_release(&b);
    return out;
}

static void scan_value(walk *v, uint32_t i, const comply_place *p)
{
    comply *s = v->s;
    const json_node *n = &v->d->node[i];
    bool is_text = n->kind == JSON_TEXT;
    text value = is_text ? json_text(&v->value, v->d, i) : json_raw(v->d, i);
    comply_where w = {.path = path, .self = v, .offset = n->start + is_text, .prose = is_text};
    comply_claims_clear(s);
    if (comply_is_object(value))
        s->objects++;
    else if (value.n > 1 && !comply_value(s, p, value, 0, &w))
        comply_text(s, p, value, &w);
    arena_clear(&v->value);
}

/* Members may be named by what they are about: {"123-45-6789": {…}}. */
static void scan_key(walk *v, uint32_t i)
{
    static const comply_place nothing = {0};
    comply_where w = {.path = path, .self = v, .offset = v->d->node[i].key_start};
    comply_claims_clear(v->s);
    comply_text(v->s, &nothing, v->name, &w);
}

/* FHIR (R4, 8.1): what an object is of stands in it, not above it. */
static bool is_person(walk *v, uint32_t i)
{
    static const char *const people[] = {"Patient", "RelatedPerson", "Person"};
    uint32_t at = v->fhir && v->d->node[i].kind == JSON_OBJECT
                      ? json_member(v->d, i, TEXT("resourceType"))
                      : 0;
    text type =
        at && v->d->node[at].kind == JSON_TEXT ? json_text(&v->s->scratch, v->d, at) : (text){0};
    for (size_t k = 0; k < sizeof people / sizeof *people; k++)
        if (text_is(type, people[k]))
            return true;
    return false;
}

/* An element of a list is called as the list is. */
static void enter(walk *v, uint32_t i)
{
    while (v->depth > 0 && i >= v->level[v->depth].end)
        v->depth--;
    level *above = &v->level[v->depth];
    above->nth++;
    v->name = above->array ? above->name : json_key(&v->s->scratch, v->d, i);
}

void comply_json(comply *s)
{
    const json_document *d = s->file->content;
    walk *v = arena_new(s->memory, walk);
    *v = (walk){.s = s, .d = d};
    v->level[0].end = d->nodes;
    if (d->node[0].kind < JSON_ARRAY) {
        const comply_place nothing = {0};
        scan_value(v, 0, &nothing);
        arena_release(&v->value);
        return;
    }
    static const char resource[] = "\"resourceType\"";
    v->fhir = memmem(s->file->bytes.p, s->file->bytes.n, resource, sizeof resource - 1);
    v->level[0].array = d->node[0].kind == JSON_ARRAY;
    v->level[0].person = is_person(v, 0);
    for (uint32_t i = 1; i < d->nodes; i++) {
        enter(v, i);
        const level *above = &v->level[v->depth];
        if (!above->array)
            scan_key(v, i);
        text over = above->array && v->depth ? v->level[v->depth - 1].name : above->name;
        comply_place p = comply_named(s, over, v->name, above->person);
        if (d->node[i].kind >= JSON_ARRAY)
            v->level[++v->depth] = (level){i,
                                           d->node[i].next,
                                           0,
                                           v->name,
                                           p.person || is_person(v, i),
                                           d->node[i].kind == JSON_ARRAY};
        else if (d->node[i].kind >= JSON_NUMBER)
            scan_value(v, i, &p);
    }
    arena_release(&v->value);
}
