/* contract_union.c: oneOf and anyOf. Alternatives of the two sides are paired: those that refer to
 * one name; those that say the same; what is left over and of one type on both sides; those of
 * which the modern one takes whatever the legacy one did, but for two names, which are two things
 * to their readers. What finds no answer was removed or added. */
#include "stdlib/contract/contract_compare.h"

#define NOBODY UINT32_MAX

typedef struct {
    schema_parts *alternative;
    uint32_t n;
    uint32_t *partner; /* of the other side; NOBODY */
    const openapi *api;
    const spec_node *place;
} alternatives;

static alternatives alternatives_of(schema_walk *w, const openapi *api, const schema_union *u)
{
    alternatives a = {.alternative = u->alternative,
                      .n = u->alternatives,
                      .partner = arena_array(w->memory, uint32_t, u->alternatives),
                      .api = api,
                      .place = u->node};
    for (uint32_t i = 0; i < a.n; i++)
        a.partner[i] = NOBODY;
    return a;
}

static text reference_of(const alternatives *a, uint32_t i)
{
    return a->alternative[i].n ? spec_text(a->alternative[i].node[0], "$ref") : (text){0};
}

static text last_step(text reference)
{
    size_t at = reference.n;
    while (at && reference.p[at - 1] != '/')
        at--;
    return text_slice(reference, at, reference.n);
}

/* "Cat", or what it is: "object". */
static text words_of(schema_walk *w, const alternatives *a, uint32_t i)
{
    text ref = reference_of(a, i);
    if (ref.n)
        return last_step(ref);
    schema *s = schema_of_parts(w->memory, a->api, a->alternative[i]);
    const spec_node *title = schema_word(s, "title");
    return title && title->kind == SPEC_TEXT ? title->value
                                             : schema_type_words(w->memory, a->api, s->types);
}

static void pair_up(alternatives *l, alternatives *m, uint32_t i, uint32_t k)
{
    l->partner[i] = k;
    if (m->partner[k] == NOBODY)
        m->partner[k] = i;
}

static void by_name(alternatives *l, alternatives *m)
{
    for (uint32_t i = 0; i < l->n; i++)
        for (uint32_t k = 0; k < m->n && l->partner[i] == NOBODY; k++)
            if (m->partner[k] == NOBODY && reference_of(l, i).n &&
                text_equal(last_step(reference_of(l, i)), last_step(reference_of(m, k))))
                pair_up(l, m, i, k);
}

static bool both_named(const alternatives *l, const alternatives *m, uint32_t i, uint32_t k)
{
    return reference_of(l, i).n && reference_of(m, k).n;
}

/* Alternatives that say the same. */
static void by_content(schema_walk *w, alternatives *l, alternatives *m)
{
    for (uint32_t i = 0; i < l->n; i++)
        for (uint32_t k = 0; k < m->n && l->partner[i] == NOBODY; k++)
            if (m->partner[k] == NOBODY &&
                walk_silently(w, l->alternative[i], m->alternative[k]) == CHANGE_LEVELS)
                pair_up(l, m, i, k);
}

/* Modern alternatives that take what the legacy one did; many may be taken by one. */
static void by_acceptance(schema_walk *w, alternatives *l, alternatives *m)
{
    for (uint32_t i = 0; i < l->n; i++)
        for (uint32_t k = 0; k < m->n && l->partner[i] == NOBODY; k++)
            if (!both_named(l, m, i, k) &&
                walk_silently(w, l->alternative[i], m->alternative[k]) >= CHANGE_HARMLESS)
                pair_up(l, m, i, k);
}

/* Whether a modern alternative says once more what another one says. */
static bool repeats(schema_walk *w, const alternatives *l, const alternatives *m, uint32_t k)
{
    for (uint32_t i = 0; i < m->n; i++)
        if (i != k && m->partner[i] != NOBODY && reference_of(m, k).n &&
            text_equal(reference_of(m, i), reference_of(m, k)))
            return true;
    for (uint32_t i = 0; i < l->n; i++)
        if (!both_named(l, m, i, k) &&
            walk_silently(w, l->alternative[i], m->alternative[k]) == CHANGE_LEVELS)
            return true;
    return false;
}

static void by_repetition(schema_walk *w, alternatives *l, alternatives *m)
{
    for (uint32_t k = 0; k < m->n; k++)
        if (m->partner[k] == NOBODY && repeats(w, l, m, k))
            m->partner[k] = 0;
}

static unsigned types_of(schema_walk *w, const alternatives *a, uint32_t i)
{
    return schema_of_parts(w->memory, a->api, a->alternative[i])->types;
}

/* The one without a name and a partner that is of these types; NOBODY when there are more. */
static uint32_t only_one(schema_walk *w, const alternatives *a, unsigned types)
{
    uint32_t found = NOBODY;
    for (uint32_t i = 0; i < a->n; i++) {
        if (a->partner[i] != NOBODY || reference_of(a, i).n || types_of(w, a, i) != types)
            continue;
        if (found != NOBODY)
            return NOBODY;
        found = i;
    }
    return found;
}

/* What is left and of one type on both sides is what changed. */
static void by_exclusion(schema_walk *w, alternatives *l, alternatives *m)
{
    for (uint32_t i = 0; i < l->n; i++) {
        if (l->partner[i] != NOBODY || reference_of(l, i).n)
            continue;
        unsigned types = types_of(w, l, i);
        uint32_t k = only_one(w, m, types);
        if (k != NOBODY && only_one(w, l, types) == i)
            pair_up(l, m, i, k);
    }
}

static void pair_all(schema_walk *w, alternatives *l, alternatives *m)
{
    by_name(l, m);
    by_content(w, l, m);
    by_exclusion(w, l, m);
    by_acceptance(w, l, m);
    by_repetition(w, l, m);
}

static void tell(schema_walk *w, alternatives *l, alternatives *m)
{
    for (uint32_t i = 0; i < l->n; i++) {
        text words = words_of(w, l, i), suffix = text_format(w->memory, "(%.*s)", TEXT_ARG(words));
        if (l->partner[i] != NOBODY)
            walk_below(w, suffix, l->alternative[i], m->alternative[l->partner[i]]);
        else
            walk_tell(w, RULE_ALTERNATIVE_REMOVED, (text){0}, words, (text){0},
                      l->alternative[i].node[0], m->place);
    }
    for (uint32_t k = 0; k < m->n; k++)
        if (m->partner[k] == NOBODY)
            walk_tell(w, RULE_ALTERNATIVE_ADDED, (text){0}, (text){0}, words_of(w, m, k), l->place,
                      m->alternative[k].node[0]);
}

/* --- discriminators --- */

static text property_of(const spec_node *d)
{
    return d && d->kind == SPEC_TEXT ? d->value : spec_text(d, "propertyName");
}

static void mappings_compare(schema_walk *w, const spec_node *old, const spec_node *new)
{
    const spec_node *l = spec_of_kind(old, "mapping", SPEC_MAP);
    const spec_node *m = spec_of_kind(new, "mapping", SPEC_MAP);
    for (uint32_t i = 0; l && i < l->count; i++) {
        const spec_node *a = &l->child[i], *b = spec_find(m, a->key);
        if (!b)
            walk_tell(w, RULE_MAPPING_REMOVED, (text){0}, a->key, (text){0}, a, new);
        else if (!text_equal(last_step(a->value), last_step(b->value)))
            walk_tell(w, RULE_MAPPING_CHANGED, (text){0}, a->value, b->value, a, b);
    }
    for (uint32_t i = 0; m && i < m->count; i++)
        if (!spec_find(l, m->child[i].key))
            walk_tell(w, RULE_MAPPING_ADDED, (text){0}, (text){0}, m->child[i].key, old,
                      &m->child[i]);
}

static void discriminators_compare(schema_walk *w, const schema *l, const schema *m)
{
    const spec_node *old = schema_word(l, "discriminator"), *new = schema_word(m, "discriminator");
    text x = property_of(old), y = property_of(new);
    if (!x.n && !y.n)
        return;
    if (!text_equal(x, y))
        walk_tell(w,
                  !x.n   ? RULE_DISCRIMINATOR_ADDED
                  : !y.n ? RULE_DISCRIMINATOR_REMOVED
                         : RULE_DISCRIMINATOR_CHANGED,
                  (text){0}, x, y, old, new);
    if (x.n && y.n)
        mappings_compare(w, old, new);
}

/* --- unions --- */

static void one_union(schema_walk *w, const schema_union *l, const schema_union *m)
{
    alternatives old = alternatives_of(w, w->legacy, l), new = alternatives_of(w, w->modern, m);
    pair_all(w, &old, &new);
    tell(w, &old, &new);
}

void unions_compare(schema_walk *w, const schema *l, const schema *m)
{
    discriminators_compare(w, l, m);
    for (uint32_t i = 0; i < l->union_count || i < m->union_count; i++) {
        const schema_union *old = i < l->union_count ? &l->unions[i] : NULL;
        const schema_union *new = i < m->union_count ? &m->unions[i] : NULL;
        if (old && new)
            one_union(w, old, new);
        else if (new)
            walk_tell(w, RULE_ALTERNATIVES_SET, (text){0}, (text){0}, new->node->key, NULL,
                      new->node);
        else
            walk_tell(w, RULE_ALTERNATIVES_FREED, (text){0}, old->node->key, (text){0}, old->node,
                      NULL);
    }
}

/* Whether the schema is one union and nothing else. */
static bool is_union(const schema *s)
{
    static const char *const words[] = {"oneOf",       "anyOf",         "type", "title",
                                        "description", "discriminator", "$ref", "nullable"};
    if (s->union_count != 1)
        return false;
    for (uint32_t i = 0; i < s->parts.n; i++)
        for (uint32_t k = 0; k < s->parts.node[i]->count; k++) {
            bool known = false;
            for (size_t j = 0; j < sizeof words / sizeof *words && !known; j++)
                known = text_is(s->parts.node[i]->child[k].key, words[j]);
            if (!known)
                return false;
        }
    return true;
}

/* One schema against a union of which it is one alternative: the others were added, or removed. */
bool unions_compare_whole(schema_walk *w, const schema *l, const schema *m)
{
    bool from = is_union(l), to = is_union(m);
    if (from == to || (from ? m : l)->union_count || !l->parts.n || !m->parts.n ||
        l->null != m->null)
        return false;
    schema_parts whole = from ? m->parts : l->parts;
    schema_union single = {.node = whole.node[0], .alternative = &whole, .alternatives = 1};
    alternatives old = alternatives_of(w, w->legacy, from ? l->unions : &single);
    alternatives new = alternatives_of(w, w->modern, to ? m->unions : &single);
    by_name(&old, &new);
    by_content(w, &old, &new);
    if (!from)
        by_acceptance(w, &old, &new);
    if ((from ? new : old).partner[0] == NOBODY)
        return false;
    by_repetition(w, &old, &new);
    tell(w, &old, &new);
    return true;
}
