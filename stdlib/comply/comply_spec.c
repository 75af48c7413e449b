/* comply_spec.c: YAML and OpenAPI, value by value, with their places in the file.
 *
 * In a contract a value stands below words of OpenAPI (`schema: {example: …}`), which say nothing
 * of it: it is called as what they stand below, or as the parameter that bears a `name`. Comments
 * and what stands between values are looked at as lines afterwards.
 */
#include "stdlib/comply/comply_parts.h"
#include "stdlib/document/spec.h"

typedef struct step {
    const struct step *above;
    text key;
    int64_t nth; /* in a list; -1: a member */
} step;

typedef struct {
    comply *s;
    const step *at;
} walk;

/* What a value is called by: its own name, the one that is above it, whether it is a person's. */
typedef struct {
    text name, above;
    bool person;
} called;

static bool is_passed(text key)
{
    static const char *const words[] = {"example", "examples", "default", "const",  "enum",
                                        "value",   "schema",   "items",   "content"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_is(key, words[i]))
            return true;
    return false;
}

static void put_step(buffer *b, const step *s)
{
    if (!s)
        return;
    put_step(b, s->above);
    if (s->nth >= 0)
        buffer_printf(b, "[%lld]", (long long)s->nth);
    else
        buffer_printf(b, ".%.*s", TEXT_ARG(s->key));
}

static text path(comply *s, void *self, size_t at)
{
    (void)at;
    const walk *v = self;
    buffer b = {0};
    buffer_char(&b, '$');
    put_step(&b, v->at);
    text out = text_copy(s->memory, buffer_view(&b));
    buffer_release(&b);
    return out;
}

static void scan_value(walk *v, const spec_node *n, const called *c)
{
    comply *s = v->s;
    comply_place p = comply_named(s, c->above, c->name, c->person);
    bool said = n->kind == SPEC_TEXT, quote = said && s->file->bytes.p[n->at] == '"'; /* of JSON */
    comply_where w = {.path = path, .self = v, .offset = n->at + quote, .prose = said};
    comply_claims_clear(s);
    if (comply_is_object(n->value))
        s->objects++;
    else if (n->value.n > 1 && !comply_value(s, &p, n->value, 0, &w))
        comply_text(s, &p, n->value, &w);
}

static void scan(walk *v, const spec_node *n, const called *c, const step *above);

static void scan_children(walk *v, const spec_node *n, const called *c, const step *above)
{
    text parameter = spec_get(n, "in") || spec_get(n, "schema") ? spec_text(n, "name") : (text){0};
    for (uint32_t i = 0; i < n->count; i++) {
        const spec_node *child = &n->child[i];
        step here = {above, child->key, n->kind == SPEC_LIST ? (int64_t)i : -1};
        called inner = *c;
        if (parameter.n)
            inner = (called){parameter, c->name, c->person};
        if (n->kind == SPEC_MAP && !is_passed(child->key)) {
            bool person = comply_named(v->s, inner.above, inner.name, c->person).person;
            inner = (called){child->key, inner.name, c->person || person};
        }
        scan(v, child, &inner, &here);
    }
}

static void scan(walk *v, const spec_node *n, const called *c, const step *above)
{
    v->at = above;
    if (n->kind >= SPEC_LIST)
        scan_children(v, n, c, above);
    else if (n->kind >= SPEC_NUMBER)
        scan_value(v, n, c);
}

void comply_spec(comply *s)
{
    document_fault fault = {0};
    arena memory = {0};
    const spec_node *root =
        s->file->bytes.n < UINT32_MAX ? spec_read(&memory, s->file->bytes, 0, &fault) : NULL;
    walk v = {.s = s};
    const called nothing = {0};
    if (root)
        scan(&v, root, &nothing, NULL);
    arena_release(&memory);
    s->placed = (uint32_t)s->findings.n;
    comply_lines(s);
}
