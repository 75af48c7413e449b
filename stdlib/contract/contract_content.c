/* contract_content.c: what schemas of XML say beside those of JSON (contract_xsd.h): namespaces,
 * how often an element stands, attributes, derived types, and the order of elements.
 *
 * Two elements of one type stand in a sequence before one another, exclude each other in a choice,
 * or come in any order: that relation is compared for every two names that both sides have. What is
 * new or gone is told as a property. */
#include "stdlib/contract/contract_compare.h"

/* --- words --- */

static const spec_node *namespace_of(const schema *s)
{
    const spec_node *n = schema_word(s, "namespace");
    return n && n->count ? n->child : NULL;
}

/* All elements of a schema share the node of their namespace: so it is told once. */
static void namespaces_compare(schema_walk *w, const schema *l, const schema *m)
{
    const spec_node *old = namespace_of(l), *new = namespace_of(m);
    text x = old ? old->value : (text){0}, y = new ? new->value : (text){0};
    if (!text_equal(x, y))
        walk_tell(w, RULE_NAMESPACE_CHANGED, (text){0}, x.n ? x : TEXT("no namespace"),
                  y.n ? y : TEXT("no namespace"), old, new);
}

static bool is_single(const spec_node *most)
{
    return most && text_is(most->value, "1");
}

static text most_words(arena *a, const spec_node *most)
{
    return most ? text_format(a, "maxOccurs %.*s", TEXT_ARG(most->value))
                : TEXT("maxOccurs unbounded");
}

/* From one to several, and back: other limits are compared as such. */
static void repetition_compare(schema_walk *w, const schema *l, const schema *m)
{
    const spec_node *old = schema_word(l, "maxOccurs"), *new = schema_word(m, "maxOccurs");
    if (is_single(old) != is_single(new))
        walk_tell(w, is_single(old) ? RULE_REPEATED : RULE_SINGLE, (text){0},
                  most_words(w->memory, old), most_words(w->memory, new), old ? old : new, new);
}

static void attributes_compare(schema_walk *w, const schema *l, const schema *m)
{
    const spec_node *old = schema_word(l, "otherAttributes");
    const spec_node *new = schema_word(m, "otherAttributes");
    members_compare(w, l, m, &schema_attributes);
    if (!old != !new)
        walk_tell(w, new ? RULE_ATTRIBUTES_ACCEPTED : RULE_ATTRIBUTES_REFUSED, (text){0},
                  old ? TEXT("any attribute") : (text){0}, new ? TEXT("any attribute") : (text){0},
                  old, new);
}

/* --- derived types --- */

/* Of the type itself: what its bases say of others that derive from them is not said of it. */
static const spec_node *derived_of(const schema *s)
{
    for (uint32_t i = 0; i < s->parts.n; i++)
        if (text_is(spec_text(s->parts.node[i], "type"), "object"))
            return spec_of_kind(s->parts.node[i], "derivedTypes", SPEC_MAP);
    return NULL;
}

static void derived_compare(schema_walk *w, const schema *l, const schema *m)
{
    const spec_node *old = derived_of(l), *new = derived_of(m);
    for (uint32_t i = 0; old && i < old->count; i++) {
        const spec_node *a = &old->child[i], *b = spec_find(new, a->key);
        if (b)
            walk_below(w, text_format(w->memory, "(%.*s)", TEXT_ARG(a->key)),
                       schema_one(w->memory, a), schema_one(w->memory, b));
        else
            walk_tell(w, RULE_ALTERNATIVE_REMOVED, (text){0}, a->key, (text){0}, a,
                      schema_word(m, "type"));
    }
    for (uint32_t i = 0; new &&i < new->count; i++)
        if (!spec_find(old, new->child[i].key))
            walk_tell(w, RULE_ALTERNATIVE_ADDED, (text){0}, (text){0}, new->child[i].key,
                      schema_word(l, "type"), &new->child[i]);
}

/* --- order --- */

typedef struct {
    const spec_node *group;
    uint32_t up; /* the group that it stands in; of the first: itself */
    uint32_t at; /* among the members of that */
    uint32_t depth;
} order_group;

typedef struct {
    text name;
    uint32_t group, at;
    uint32_t order; /* in the document */
    uint32_t partner;
} order_leaf;

typedef struct {
    arena *memory;
    VEC(order_group) groups;
    VEC(order_leaf) leaves;
} order_tree;

enum { CONTENT_LEVELS = 512 };

static void add_group(order_tree *t, const spec_node *group, uint32_t up, uint32_t at)
{
    uint32_t own = (uint32_t)t->groups.n, depth = own ? t->groups.p[up].depth + 1 : 0;
    vec_push(&t->groups, (order_group){group, up, at, depth});
    for (uint32_t i = 0; depth < CONTENT_LEVELS && i < group->count; i++) {
        const spec_node *n = &group->child[i];
        if (n->kind == SPEC_LIST)
            add_group(t, n, own, i);
        else
            vec_push(&t->leaves, (order_leaf){n->value, own, i, (uint32_t)t->leaves.n, 0});
    }
}

static int by_name(const void *x, const void *y)
{
    const order_leaf *a = x, *b = y;
    int c = text_compare(a->name, b->name);
    return c ? c : (a->order > b->order) - (a->order < b->order);
}

/* The elements of a type stand behind those of its base. A name that stands twice has no place of
 * its own and is left out. */
static void order_of(order_tree *t, const schema *s)
{
    uint32_t n = 0;
    spec_node *base = arena_array(t->memory, spec_node, s->parts.n),
              *all = arena_new(t->memory, spec_node);
    for (uint32_t i = s->parts.n; i-- > 0;) {
        const spec_node *content = spec_of_kind(s->parts.node[i], "content", SPEC_LIST);
        if (content)
            base[n++] = *content;
    }
    *all = (spec_node){.kind = SPEC_LIST, .child = base, .count = n};
    add_group(t, all, 0, 0);
    if (t->leaves.n)
        qsort(t->leaves.p, t->leaves.n, sizeof *t->leaves.p, by_name);
    n = 0;
    for (size_t i = 0, k; i < t->leaves.n; i = k) {
        for (k = i + 1; k < t->leaves.n && text_equal(t->leaves.p[i].name, t->leaves.p[k].name);)
            k++;
        if (k == i + 1)
            t->leaves.p[n++] = t->leaves.p[i];
    }
    t->leaves.n = n;
}

/* Keeps the names that both have, in one order. */
static void keep_common(order_tree *l, order_tree *m)
{
    size_t i = 0, k = 0, n = 0;
    while (i < l->leaves.n && k < m->leaves.n) {
        int c = text_compare(l->leaves.p[i].name, m->leaves.p[k].name);
        if (c == 0) {
            l->leaves.p[n] = l->leaves.p[i];
            m->leaves.p[n++] = m->leaves.p[k];
        }
        i += c <= 0;
        k += c >= 0;
    }
    l->leaves.n = m->leaves.n = n;
}

typedef enum { BEFORE, BEHIND, FREE, EITHER, EITHER_OR_NONE } relation;

/* What the innermost group that holds both says of them. */
static relation relation_of(const order_tree *t, const order_leaf *a, const order_leaf *b)
{
    const order_group *g = t->groups.p;
    uint32_t x = a->group, y = b->group, p = a->at, q = b->at;
    while (x != y) {
        bool first = g[x].depth >= g[y].depth;
        uint32_t *of = first ? &x : &y;
        *(first ? &p : &q) = g[*of].at;
        *of = g[*of].up;
    }
    text word = g[x].group->key;
    return text_is(word, "choice")            ? EITHER
           : text_is(word, "optional choice") ? EITHER_OR_NONE
           : text_is(word, "any order")       ? FREE
           : p < q                            ? BEFORE
                                              : BEHIND;
}

/* The fact that two relations are; CONTRACT_RULES: none. */
static contract_rule fact_of(relation old, relation new)
{
    bool was = old >= EITHER, is = new >= EITHER;
    if (old == new)
        return CONTRACT_RULES;
    if (was && is)
        return new == EITHER ? RULE_CHOICE_REQUIRED : RULE_CHOICE_OPTIONAL;
    if (was || is)
        return is ? RULE_CHOICE_SET : RULE_CHOICE_FREED;
    return old == FREE ? RULE_ORDER_SET : new == FREE ? RULE_ORDER_FREED : RULE_ORDER_CHANGED;
}

static text relation_words(arena *a, relation r, text x, text y)
{
    static const char *const words[] = {"before", "behind", "and, in any order,", "or",
                                        "or nothing or"};
    return text_format(a, "%.*s %s %.*s", TEXT_ARG(x), words[r], TEXT_ARG(y));
}

static int by_place(const void *x, const void *y)
{
    const order_leaf *a = x, *b = y;
    return (a->order > b->order) - (a->order < b->order);
}

/* Each fact once, with the first two names that show it, in the order of the old contract. */
static void relations_compare(schema_walk *w, order_tree *l, order_tree *m, const spec_node *old,
                              const spec_node *new)
{
    bool told[CONTRACT_RULES] = {0};
    for (uint32_t i = 0; i < l->leaves.n; i++)
        l->leaves.p[i].partner = i;
    order_leaf *a = arena_array(w->memory, order_leaf, l->leaves.n);
    if (l->leaves.n) {
        memcpy(a, l->leaves.p, l->leaves.n * sizeof *a);
        qsort(a, l->leaves.n, sizeof *a, by_place);
    }
    for (size_t i = 0; i < l->leaves.n; i++)
        for (size_t k = i + 1; k < l->leaves.n; k++) {
            relation was = relation_of(l, &a[i], &a[k]);
            relation is = relation_of(m, &m->leaves.p[a[i].partner], &m->leaves.p[a[k].partner]);
            contract_rule fact = fact_of(was, is);
            if (fact == CONTRACT_RULES || told[fact])
                continue;
            told[fact] = true;
            walk_tell(w, fact, (text){0}, relation_words(w->memory, was, a[i].name, a[k].name),
                      relation_words(w->memory, is, a[i].name, a[k].name), old, new);
        }
}

static bool same_order(const spec_node *a, const spec_node *b)
{
    if (a->kind != b->kind || a->count != b->count || !text_equal(a->key, b->key) ||
        !text_equal(a->value, b->value))
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!same_order(&a->child[i], &b->child[i]))
            return false;
    return true;
}

static void order_compare(schema_walk *w, const schema *l, const schema *m)
{
    const spec_node *old = schema_word(l, "content"), *new = schema_word(m, "content");
    order_tree x = {.memory = w->memory}, y = {.memory = w->memory};
    if (!old || !new)
        return;
    order_of(&x, l);
    order_of(&y, m);
    keep_common(&x, &y);
    bool same = same_order(x.groups.p[0].group, y.groups.p[0].group);
    if (!same && walk_spend(w, (x.leaves.n * x.leaves.n + x.groups.n + y.groups.n) / 64))
        relations_compare(w, &x, &y, old, new);
    vec_release(&x.groups);
    vec_release(&x.leaves);
    vec_release(&y.groups);
    vec_release(&y.leaves);
}

void xml_use_compare(schema_walk *w, const schema *l, const schema *m)
{
    namespaces_compare(w, l, m);
    repetition_compare(w, l, m);
}

void xml_words_compare(schema_walk *w, const schema *l, const schema *m)
{
    xml_use_compare(w, l, m);
    attributes_compare(w, l, m);
    derived_compare(w, l, m);
    order_compare(w, l, m);
}
