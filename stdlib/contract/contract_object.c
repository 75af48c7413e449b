/* contract_object.c: properties and elements, and the words of JSON Schema that hold schemas of
 * their own. */
#include "stdlib/contract/contract_compare.h"

/* --- properties --- */

static bool has_default(const schema_walk *w, const openapi *api, schema_parts parts)
{
    return schema_word(schema_of_parts(w->memory, api, parts), "default") != NULL;
}

static bool is_deprecated(const openapi *api, schema_parts parts)
{
    for (uint32_t i = 0; i < parts.n; i++)
        if (spec_true(openapi_resolve(api, parts.node[i]), "deprecated"))
            return true;
    return false;
}

static const spec_node *place_of(const schema *s, const schema_property *p,
                                 const schema_words *words)
{
    return p->parts.n ? p->parts.node[0] : schema_word(s, words->required);
}

static void became_required(schema_walk *w, const schema *l, const schema *m,
                            const schema_property *old, const schema_property *new,
                            const schema_words *words, text suffix)
{
    contract_rule fact = old->required                           ? RULE_BECAME_OPTIONAL
                         : has_default(w, w->modern, new->parts) ? RULE_REQUIRED_DEFAULT
                                                                 : RULE_BECAME_REQUIRED;
    walk_tell(w, fact, suffix, old->required ? TEXT("required") : TEXT("optional"),
              new->required ? TEXT("required") : TEXT("optional"), place_of(l, old, words),
              place_of(m, new, words));
}

static void both(schema_walk *w, const schema *l, const schema *m, const schema_property *old,
                 const schema_property *new, const schema_words *words, text suffix)
{
    if (old->required != new->required)
        became_required(w, l, m, old, new, words, suffix);
    if (!is_deprecated(w->legacy, old->parts) && is_deprecated(w->modern, new->parts))
        walk_tell(w, RULE_PROPERTY_DEPRECATED, suffix, (text){0}, (text){0},
                  place_of(l, old, words), place_of(m, new, words));
    walk_below(w, suffix, old->parts, new->parts);
}

/* A property that only `required` names has no schema to lose: it became optional. */
static void removed(schema_walk *w, const schema *l, const schema *m, const schema_property *old,
                    const schema_words *words, text suffix)
{
    bool patterns = schema_word(m, "patternProperties") != NULL;
    contract_rule fact = !old->parts.n ? RULE_BECAME_OPTIONAL
                         : old->required && w->direction == DIRECTION_RESPONSE
                             ? RULE_REQUIRED_REMOVED
                         : words->closed(m) && !patterns ? RULE_PROPERTY_REFUSED
                         : old->required                 ? RULE_REQUIRED_REMOVED
                                                         : RULE_PROPERTY_REMOVED;
    walk_tell(w, fact, suffix, old->required ? TEXT("required") : TEXT("optional"), (text){0},
              place_of(l, old, words), m->parts.n ? m->parts.node[0] : NULL);
}

static void added(schema_walk *w, const schema *l, const schema *m, const schema_property *new,
                  const schema_words *words, text suffix)
{
    contract_rule fact = RULE_PROPERTY_ADDED;
    if (new->required)
        fact = !new->parts.n                           ? RULE_BECAME_REQUIRED
               : has_default(w, w->modern, new->parts) ? RULE_REQUIRED_DEFAULT
                                                       : RULE_REQUIRED_ADDED;
    else if (words->closed(l) && !schema_word(l, "patternProperties"))
        fact = RULE_CLOSED_ADDED;
    walk_tell(w, fact, suffix, (text){0}, new->required ? TEXT("required") : TEXT("optional"),
              l->parts.n ? l->parts.node[0] : NULL, place_of(m, new, words));
}

void members_compare(schema_walk *w, const schema *l, const schema *m, const schema_words *words)
{
    schema_property *old, *new;
    uint32_t n = schema_properties(w->memory, l, w->direction, words, &old), i = 0;
    uint32_t k = schema_properties(w->memory, m, w->direction, words, &new), j = 0;
    if (!walk_spend(w, (n + k) / 8))
        return;
    while (i < n || j < k) {
        int side = i == n ? 1 : j == k ? -1 : text_compare(old[i].name, new[j].name);
        text name = side > 0 ? new[j].name : old[i].name;
        text suffix = text_format(w->memory, "%s%.*s", words->before, TEXT_ARG(name));
        if (side == 0)
            both(w, l, m, &old[i], &new[j], words, suffix);
        else if (side < 0)
            removed(w, l, m, &old[i], words, suffix);
        else
            added(w, l, m, &new[j], words, suffix);
        i += side <= 0;
        j += side >= 0;
    }
}

static void others_compare(schema_walk *w, const schema *l, const schema *m)
{
    bool was = schema_closed(l), is = schema_closed(m);
    const spec_node *old = schema_word(l, "additionalProperties");
    const spec_node *new = schema_word(m, "additionalProperties");
    if (was != is)
        walk_tell(w, is ? RULE_OTHERS_REFUSED : RULE_OTHERS_ACCEPTED, (text){0},
                  was ? TEXT("no other properties") : (text){0},
                  is ? TEXT("no other properties") : (text){0}, old, new);
    if (!was && !is)
        walk_below(w, TEXT(".*"), schema_sub(w->memory, l, "additionalProperties"),
                   schema_sub(w->memory, m, "additionalProperties"));
}

/* --- words that hold schemas --- */

/* What a word says is there on one side only. */
static bool one_sided(schema_walk *w, text suffix, text word, const spec_node *old,
                      const spec_node *new)
{
    if (!old == !new)
        return !old;
    walk_tell(w, new ? RULE_CONSTRAINT_ADDED : RULE_CONSTRAINT_REMOVED, suffix,
              old ? word : (text){0}, new ? word : (text){0}, old, new);
    return true;
}

/* A narrower schema under these is a narrower whole. */
static void narrowing_words(schema_walk *w, const schema *l, const schema *m)
{
    static const char *const words[] = {
        "contains",         "propertyNames",        "then", "else", "contentSchema",
        "unevaluatedItems", "unevaluatedProperties"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const spec_node *old = schema_word(l, words[i]), *new = schema_word(m, words[i]);
        bool closing = text_is(text_of(words[i]), "unevaluatedProperties") &&
                       (schema_closed(l) || schema_closed(m));
        text suffix = text_format(w->memory, "(%.*s)", TEXT_ARG(text_of(words[i])));
        if (!closing && !one_sided(w, suffix, text_of(words[i]), old, new))
            walk_below(w, suffix, schema_sub(w->memory, l, words[i]),
                       schema_sub(w->memory, m, words[i]));
    }
}

/* Maps from names to schemas, each of which narrows. */
static void narrowing_maps(schema_walk *w, const schema *l, const schema *m)
{
    static const char *const words[] = {"patternProperties", "dependentSchemas"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const spec_node *old = schema_word(l, words[i]), *new = schema_word(m, words[i]);
        for (uint32_t k = 0; old && k < old->count; k++) {
            const spec_node *a = &old->child[k], *b = spec_find(new, a->key);
            text suffix = text_format(w->memory, "(%s %.*s)", words[i], TEXT_ARG(a->key));
            if (!one_sided(w, suffix, text_of(words[i]), a, b))
                walk_below(w, suffix, schema_one(w->memory, a), schema_one(w->memory, b));
        }
        for (uint32_t k = 0; new &&k < new->count; k++)
            if (!spec_find(old, new->child[k].key))
                one_sided(
                    w, text_format(w->memory, "(%s %.*s)", words[i], TEXT_ARG(new->child[k].key)),
                    text_of(words[i]), NULL, &new->child[k]);
    }
}

/* The schemas of the first elements (2020-12, 10.3.1.1). */
static void prefixes_compare(schema_walk *w, const schema *l, const schema *m)
{
    const spec_node *old = schema_word(l, "prefixItems"), *new = schema_word(m, "prefixItems");
    uint32_t n = old && old->kind == SPEC_LIST ? old->count : 0;
    uint32_t k = new &&new->kind == SPEC_LIST ? new->count : 0;
    for (uint32_t i = 0; i < n || i < k; i++) {
        const spec_node *a = i < n ? &old->child[i] : NULL, *b = i < k ? &new->child[i] : NULL;
        text suffix = text_format(w->memory, "[%u]", i);
        if (!one_sided(w, suffix, TEXT("prefixItems"), a, b))
            walk_below(w, suffix, schema_one(w->memory, a), schema_one(w->memory, b));
    }
}

/* Whether these narrow or widen cannot be told when they change. */
static void other_words(schema_walk *w, const schema *l, const schema *m)
{
    static const char *const words[] = {"not",
                                        "if",
                                        "dependentRequired",
                                        "dependencies",
                                        "contentEncoding",
                                        "contentMediaType",
                                        "elementsOnly",
                                        "abstract",
                                        "minInclusive",
                                        "maxInclusive",
                                        "minExclusive",
                                        "maxExclusive"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const spec_node *old = schema_word(l, words[i]), *new = schema_word(m, words[i]);
        text suffix = text_format(w->memory, "(%.*s)", TEXT_ARG(text_of(words[i])));
        if (one_sided(w, suffix, text_of(words[i]), old, new) || spec_equal(old, new))
            continue;
        bool shown = old->kind == SPEC_TEXT && new->kind == SPEC_TEXT;
        walk_tell(w, RULE_CONSTRAINT_CHANGED, suffix, shown ? old->value : text_of(words[i]),
                  shown ? new->value : text_of(words[i]), old, new);
    }
}

void objects_compare(schema_walk *w, const schema *l, const schema *m)
{
    unsigned both = l->types & m->types;
    if (both & TYPE_OBJECT) {
        members_compare(w, l, m, &schema_own_properties);
        others_compare(w, l, m);
    }
    if (both & TYPE_ARRAY) {
        walk_below(w, TEXT("[*]"), schema_sub(w->memory, l, "items"),
                   schema_sub(w->memory, m, "items"));
        prefixes_compare(w, l, m);
    }
    narrowing_words(w, l, m);
    narrowing_maps(w, l, m);
    other_words(w, l, m);
    if (w->legacy->xml)
        xml_words_compare(w, l, m);
}
