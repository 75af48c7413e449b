/* contract_schema.c: see contract_schema.h. */
#include "stdlib/contract/contract_schema.h"
#include "base/vec.h"

#include <stdlib.h>

typedef VEC(const spec_node *) node_list;

typedef struct {
    arena *memory;
    const openapi *api;
    node_list parts;
    VEC(schema_union) unions;
    bool null; /* an alternative was null, or a part is nullable */
    bool never, too_large;
    unsigned levels;
} expansion;

enum { EXPANSION_LEVELS = 128, TYPES_MOST = 64 /* of seven there are */ };

static const struct {
    const char *word;
    unsigned types;
} type_words[] = {
    {"boolean", TYPE_BOOLEAN}, {"integer", TYPE_INTEGER}, {"number", TYPE_NUMBER | TYPE_INTEGER},
    {"string", TYPE_STRING},   {"array", TYPE_ARRAY},     {"object", TYPE_OBJECT},
    {"file", TYPE_STRING}, /* of 2.0 */
    {"any", TYPE_ANY},
};

enum { TYPES_SHOWN = 6 };

schema_parts schema_one(arena *a, const spec_node *node)
{
    const spec_node **one = arena_array(a, const spec_node *, 1);
    one[0] = node;
    return (schema_parts){one, node != NULL};
}

/* --- types --- */

static unsigned type_of_word(text word)
{
    for (size_t i = 0; i < sizeof type_words / sizeof *type_words; i++)
        if (text_is(word, type_words[i].word))
            return type_words[i].types;
    return 0;
}

/* The types of the values that `enum` or `const` list. */
static unsigned type_of_values(const spec_node *part)
{
    static const unsigned types[] = {0,           TYPE_BOOLEAN, TYPE_NUMBER | TYPE_INTEGER,
                                     TYPE_STRING, TYPE_ARRAY,   TYPE_OBJECT};
    const spec_node *one = spec_get(part, "const"), *list = spec_of_kind(part, "enum", SPEC_LIST);
    unsigned all = one ? types[one->kind] : 0;
    for (uint32_t i = 0; !one && list && i < list->count; i++)
        all |= types[list->child[i].kind];
    return all ? all : TYPE_ANY;
}

/* Words that one type alone has; a part without `type` that uses them means that type. */
static unsigned type_of_words(const spec_node *part)
{
    static const char *const of_objects[] = {"properties", "additionalProperties", "required",
                                             "patternProperties"};
    for (size_t i = 0; i < sizeof of_objects / sizeof *of_objects; i++) {
        const spec_node *n = spec_get(part, of_objects[i]);
        if (n && n->kind >= SPEC_LIST)
            return TYPE_OBJECT;
    }
    const spec_node *items = spec_get(part, "items");
    return items && items->kind == SPEC_MAP ? TYPE_ARRAY : type_of_values(part);
}

/* The types of one part, and whether it allows null. */
static unsigned types_of_part(const spec_node *part, bool *null)
{
    const spec_node *type = spec_get(part, "type");
    bool list = type && type->kind == SPEC_LIST;
    unsigned types = 0;
    *null = spec_true(part, "nullable") || spec_true(part, "x-nullable");
    if (!type || (!list && type->kind != SPEC_TEXT)) {
        types = type_of_words(part);
        *null |= types == TYPE_ANY;
        return types;
    }
    for (uint32_t i = 0; i < (list ? type->count : 1) && i < TYPES_MOST; i++) {
        text word = list ? type->child[i].value : type->value;
        types |= type_of_word(word);
        *null |= text_is(word, "null");
    }
    return types;
}

text schema_type_words(arena *a, const openapi *api, unsigned types)
{
    buffer b = {0};
    unsigned left = types & TYPE_NUMBER ? types & ~(unsigned)TYPE_INTEGER : types;
    if (types == TYPE_ANY)
        return TEXT("anything");
    if (api->xml && types == (TYPE_ANY & ~(unsigned)(TYPE_ARRAY | TYPE_OBJECT)))
        return TEXT("text");
    for (size_t i = 0; i < TYPES_SHOWN; i++) {
        unsigned own = type_words[i].types;
        if (!(left & (own & TYPE_NUMBER ? TYPE_NUMBER : own)))
            continue;
        buffer_printf(&b, "%s%s", b.n ? " or " : "", type_words[i].word);
    }
    text out = text_copy(a, b.n ? buffer_view(&b) : TEXT("nothing"));
    buffer_release(&b);
    return out;
}

/* --- expansion --- */

static void expand(expansion *e, const spec_node *node);

static bool says_null(const expansion *e, const spec_node *node)
{
    const spec_node *n = openapi_resolve(e->api, node);
    bool null;
    if (!n || n->kind != SPEC_MAP || !spec_get(n, "type"))
        return false;
    return types_of_part(n, &null) == 0 && null;
}

/* What is left of a union without null: one alternative is a part, several are alternatives. */
static void expand_union(expansion *e, const spec_node *list)
{
    uint32_t n = 0;
    const spec_node *last = NULL;
    if (!list || list->kind != SPEC_LIST)
        return;
    e->too_large |= list->count > SCHEMA_ALTERNATIVES;
    if (e->too_large)
        return;
    for (uint32_t i = 0; i < list->count; i++) {
        if (says_null(e, &list->child[i])) {
            e->null = true;
            continue;
        }
        last = &list->child[i];
        n++;
    }
    if (n == 1)
        expand(e, last);
    if (n < 2)
        return;
    schema_union u = {.node = list, .alternative = arena_array(e->memory, schema_parts, n)};
    for (uint32_t i = 0; i < list->count; i++)
        if (!says_null(e, &list->child[i]))
            u.alternative[u.alternatives++] = schema_one(e->memory, &list->child[i]);
    vec_push(&e->unions, u);
}

static bool has_part(const expansion *e, const spec_node *node)
{
    for (size_t i = 0; i < e->parts.n; i++)
        if (e->parts.p[i] == node)
            return true;
    return false;
}

/* An `allOf` that leads back to itself adds nothing: what is a part already is not expanded again.
 */
static void expand(expansion *e, const spec_node *node)
{
    const spec_node *ref = spec_of_kind(node, "$ref", SPEC_TEXT);
    if (node->kind == SPEC_TRUTH)
        e->never |= text_is(node->value, "false");
    e->too_large |= e->levels == EXPANSION_LEVELS || e->parts.n == SCHEMA_PARTS;
    if (node->kind != SPEC_MAP || e->too_large || has_part(e, node))
        return;
    e->levels++;
    /* before 3.1, and in XML, nothing stands beside a reference */
    bool beside = !ref || (e->api->level >= 31 && !e->api->xml);
    if (beside)
        vec_push(&e->parts, node);
    if (ref) {
        const spec_node *to = openapi_resolve(e->api, node);
        if (to)
            expand(e, to);
    }
    const spec_node *all = spec_of_kind(node, "allOf", SPEC_LIST);
    for (uint32_t i = 0; all && i < all->count && !e->too_large; i++)
        expand(e, &all->child[i]);
    if (beside) {
        expand_union(e, spec_get(node, "oneOf"));
        expand_union(e, spec_get(node, "anyOf"));
    }
    e->levels--;
}

/* Whether an alternative only names types; *types are those. */
static bool only_types(const expansion *e, schema_parts alternative, unsigned *types, bool *null)
{
    const spec_node *n = openapi_resolve(e->api, alternative.node[0]);
    if (!n || n->kind != SPEC_MAP)
        return false;
    for (uint32_t i = 0; i < n->count; i++) {
        text key = n->child[i].key;
        if (!text_is(key, "type") && !text_is(key, "title") && !text_is(key, "description") &&
            !text_is(key, "nullable") && !text_starts(key, TEXT("x-")))
            return false;
    }
    *types = types_of_part(n, null);
    return true;
}

/* Takes a union of nothing but types out of the unions. */
static bool fold_types(const expansion *e, const schema_union *u, schema *s)
{
    unsigned all = 0;
    bool nulls = false;
    for (uint32_t i = 0; i < u->alternatives; i++) {
        unsigned types;
        bool null;
        if (!only_types(e, u->alternative[i], &types, &null))
            return false;
        all |= types;
        nulls |= null;
    }
    s->types &= all;
    s->null |= nulls && all != TYPE_ANY;
    return true;
}

/* All types that every part allows. Null is allowed where all parts allow it, a union only where it
 * names it, and where one says `nullable`: authors write that beside a reference, to add it. */
static void intersect_types(const expansion *e, schema *s)
{
    bool all_null = true, said = e->null;
    s->types = TYPE_ANY;
    for (uint32_t i = 0; i < s->parts.n; i++) {
        bool null;
        s->types &= types_of_part(s->parts.node[i], &null);
        said |= spec_true(s->parts.node[i], "nullable");
        all_null &= null;
    }
    s->null = said || (all_null && e->unions.n == 0);
}

schema *schema_of_parts(arena *a, const openapi *api, schema_parts parts)
{
    expansion e = {.memory = a, .api = api};
    schema *s = arena_new(a, schema);
    for (uint32_t i = 0; i < parts.n; i++)
        expand(&e, parts.node[i]);
    const spec_node **node = arena_array(a, const spec_node *, e.parts.n);
    for (size_t i = 0; i < e.parts.n; i++)
        node[i] = e.parts.p[i];
    s->api = api;
    s->parts = (schema_parts){node, (uint32_t)e.parts.n};
    s->never = e.never;
    s->too_large = e.too_large;
    intersect_types(&e, s);
    s->unions = arena_array(a, schema_union, e.unions.n);
    for (size_t i = 0; i < e.unions.n; i++)
        if (!fold_types(&e, &e.unions.p[i], s))
            s->unions[s->union_count++] = e.unions.p[i];
    vec_release(&e.parts);
    vec_release(&e.unions);
    return s;
}

/* --- words --- */

const spec_node *schema_word(const schema *s, const char *word)
{
    for (uint32_t i = 0; i < s->parts.n; i++) {
        const spec_node *n = spec_get(s->parts.node[i], word);
        if (n)
            return n;
    }
    return NULL;
}

schema_parts schema_sub(arena *a, const schema *s, const char *word)
{
    const spec_node **node = arena_array(a, const spec_node *, s->parts.n);
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->parts.n; i++) {
        const spec_node *sub = spec_get(s->parts.node[i], word);
        if (sub && (sub->kind == SPEC_MAP || sub->kind == SPEC_TRUTH))
            node[n++] = sub;
    }
    return (schema_parts){node, n};
}

bool schema_closed(const schema *s)
{
    for (uint32_t i = 0; i < s->parts.n; i++) {
        const spec_node *others =
            spec_of_kind(s->parts.node[i], "additionalProperties", SPEC_TRUTH);
        const spec_node *rest = spec_of_kind(s->parts.node[i], "unevaluatedProperties", SPEC_TRUTH);
        if ((others && text_is(others->value, "false")) || (rest && text_is(rest->value, "false")))
            return true;
    }
    return false;
}

static bool no_other_attributes(const schema *s)
{
    return schema_word(s, "otherAttributes") == NULL;
}

const schema_words schema_own_properties = {"properties", "required", ".", schema_closed};
const schema_words schema_attributes = {"attributes", "requiredAttributes", ".@",
                                        no_other_attributes};

/* --- properties --- */

typedef struct {
    text name;
    const spec_node *node; /* NULL: `required` names it */
    uint32_t order;
} mention;

typedef VEC(mention) mention_list;

static int by_name(const void *x, const void *y)
{
    const mention *a = x, *b = y;
    int c = text_compare(a->name, b->name);
    return c ? c : (a->order > b->order) - (a->order < b->order);
}

static void collect(const schema *s, const schema_words *words, mention_list *list)
{
    for (uint32_t i = 0; i < s->parts.n; i++) {
        const spec_node *all = spec_of_kind(s->parts.node[i], words->members, SPEC_MAP);
        const spec_node *names = spec_of_kind(s->parts.node[i], words->required, SPEC_LIST);
        for (uint32_t k = 0; all && k < all->count; k++)
            vec_push(list, (mention){all->child[k].key, &all->child[k], (uint32_t)list->n});
        for (uint32_t k = 0; names && k < names->count; k++)
            if (names->child[k].kind == SPEC_TEXT)
                vec_push(list, (mention){names->child[k].value, NULL, (uint32_t)list->n});
    }
}

/* Whether a property takes no part in this direction. */
static bool hidden(const openapi *api, schema_parts parts, direction d)
{
    const char *word = d == DIRECTION_REQUEST ? "readOnly" : "writeOnly";
    for (uint32_t i = 0; i < parts.n; i++) {
        const spec_node *to = openapi_resolve(api, parts.node[i]);
        if (spec_true(parts.node[i], word) || (to && spec_true(to, word)))
            return true;
    }
    return false;
}

uint32_t schema_properties(arena *a, const schema *s, direction d, const schema_words *words,
                           schema_property **out)
{
    mention_list list = {0};
    collect(s, words, &list);
    if (list.n)
        qsort(list.p, list.n, sizeof *list.p, by_name);
    schema_property *all = arena_array(a, schema_property, list.n);
    const spec_node **node = arena_array(a, const spec_node *, list.n);
    uint32_t n = 0;
    for (size_t i = 0; i < list.n;) {
        schema_property p = {.name = list.p[i].name, .parts = {node, 0}};
        for (; i < list.n && text_equal(list.p[i].name, p.name); i++)
            if (list.p[i].node)
                node[p.parts.n++] = list.p[i].node;
            else
                p.required = true;
        node += p.parts.n;
        if (!hidden(s->api, p.parts, d))
            all[n++] = p;
    }
    vec_release(&list);
    *out = all;
    return n;
}
