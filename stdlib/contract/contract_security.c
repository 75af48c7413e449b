/* contract_security.c: who is let in. A requirement is a list of ways in, each a map from schemes
 * to scopes that must all be there (OpenAPI 3.0.4, 4.7.30); no list, or an empty way, lets anyone
 * in.
 */
#include "stdlib/contract/contract_parts.h"

/* --- schemes --- */

/* What both versions say of a scheme, without what says nothing to a machine. */
static bool same_scheme(const spec_node *l, const spec_node *m)
{
    static const char *const words[] = {"type", "scheme", "in", "name", "flow"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!text_equal(spec_text(l, words[i]), spec_text(m, words[i])))
            return false;
    return true;
}

static text scheme_words(arena *a, const spec_node *s)
{
    static const char *const words[] = {"type", "scheme", "in", "name", "flow"};
    buffer b = {0};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        text t = spec_text(s, words[i]);
        if (t.n)
            buffer_printf(&b, "%s%.*s", b.n ? " " : "", TEXT_ARG(t));
    }
    text out = text_copy(a, buffer_view(&b));
    buffer_release(&b);
    return out;
}

static void compare_address(change_list *c, const spec_node *l, const spec_node *m,
                            const char *word)
{
    text old = spec_text(l, word), new = spec_text(m, word);
    size_t at = path_push(c, " %s", word);
    if (old.n && !text_equal(old, new))
        change_nodes(c, RULE_SCHEME_ADDRESS, old, new, spec_get(l, word), spec_get(m, word));
    path_pop(c, at);
}

static void compare_flow(change_list *c, const spec_node *l, const spec_node *m)
{
    static const char *const words[] = {"authorizationUrl", "tokenUrl", "refreshUrl",
                                        "openIdConnectUrl"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        compare_address(c, l, m, words[i]);
    const spec_node *scopes = spec_of_kind(l, "scopes", SPEC_MAP);
    for (uint32_t i = 0; scopes && i < scopes->count; i++) {
        text scope = scopes->child[i].key;
        if (!spec_find(spec_get(m, "scopes"), scope))
            change_nodes(c, RULE_SCHEME_SCOPE_REMOVED, scope, (text){0}, &scopes->child[i], m);
    }
}

static void compare_scheme(change_list *c, const spec_node *l, const spec_node *m)
{
    if (!same_scheme(l, m)) {
        change_nodes(c, RULE_SCHEME_CHANGED, scheme_words(c->memory, l), scheme_words(c->memory, m),
                     l, m);
        return;
    }
    compare_flow(c, l, m);
    const spec_node *flows = spec_of_kind(l, "flows", SPEC_MAP);
    for (uint32_t i = 0; flows && i < flows->count; i++) {
        const spec_node *other = spec_find(spec_get(m, "flows"), flows->child[i].key);
        size_t at = path_push(c, " %.*s", TEXT_ARG(flows->child[i].key));
        if (other)
            compare_flow(c, &flows->child[i], other);
        else
            change_nodes(c, RULE_SCHEME_CHANGED, flows->child[i].key, (text){0}, &flows->child[i],
                         m);
        path_pop(c, at);
    }
}

void security_compare_schemes(change_list *c, const openapi *legacy, const openapi *modern)
{
    for (uint32_t i = 0; legacy->schemes && i < legacy->schemes->count; i++) {
        const spec_node *l = &legacy->schemes->child[i], *m = spec_find(modern->schemes, l->key);
        size_t at = path_push(c, "security %.*s", TEXT_ARG(l->key));
        if (m)
            compare_scheme(c, openapi_resolve(legacy, l), openapi_resolve(modern, m));
        path_pop(c, at);
    }
    for (uint32_t i = 0; modern->schemes && i < modern->schemes->count; i++) {
        const spec_node *m = &modern->schemes->child[i];
        size_t at = path_push(c, "security %.*s", TEXT_ARG(m->key));
        if (!spec_find(legacy->schemes, m->key))
            change_nodes(c, RULE_SCHEME_ADDED, (text){0},
                         scheme_words(c->memory, openapi_resolve(modern, m)), NULL, m);
        path_pop(c, at);
    }
}

/* --- requirements --- */

typedef struct {
    const openapi *legacy, *modern;
} sides;

/* The legacy scheme that a modern way asks for: the one of that name where it is still there, else
 * one that is the same but for its name. */
static bool same_door(const sides *s, const spec_node *l, const spec_node *m)
{
    if (text_equal(l->key, m->key))
        return true;
    const spec_node *old = spec_find(s->legacy->schemes, l->key);
    const spec_node *new = spec_find(s->modern->schemes, m->key);
    return old && new && !spec_find(s->modern->schemes, l->key) &&
           spec_equal(openapi_resolve(s->legacy, old), openapi_resolve(s->modern, new));
}

static bool has_scope(const spec_node *scopes, text scope)
{
    for (uint32_t i = 0; scopes->kind == SPEC_LIST && i < scopes->count; i++)
        if (text_equal(scopes->child[i].value, scope))
            return true;
    return false;
}

static const spec_node *key_for(const sides *s, const spec_node *way, const spec_node *asked)
{
    for (uint32_t i = 0; i < way->count; i++)
        if (same_door(s, &way->child[i], asked))
            return &way->child[i];
    return NULL;
}

typedef enum { LET_IN, SCOPE_MISSING, REFUSED } door;

/* Whether who brings what `way` names satisfies `asked`; *scope is one that is missing. */
static door passes(const sides *s, const spec_node *way, const spec_node *asked, text *scope)
{
    door d = LET_IN;
    for (uint32_t i = 0; i < asked->count; i++) {
        const spec_node *key = way ? key_for(s, way, &asked->child[i]) : NULL;
        if (!key)
            return REFUSED;
        const spec_node *scopes = &asked->child[i];
        for (uint32_t k = 0; scopes->kind == SPEC_LIST && k < scopes->count; k++)
            if (!has_scope(key, scopes->child[k].value)) {
                *scope = scopes->child[k].value;
                d = SCOPE_MISSING;
            }
    }
    return d;
}

static text way_words(arena *a, const spec_node *way)
{
    buffer b = {0};
    for (uint32_t i = 0; way && i < way->count; i++) {
        const spec_node *scopes = &way->child[i];
        buffer_printf(&b, "%s%.*s", i ? " and " : "", TEXT_ARG(scopes->key));
        for (uint32_t k = 0; scopes->kind == SPEC_LIST && k < scopes->count; k++)
            buffer_printf(&b, "%s%.*s%s", k ? ", " : " (", TEXT_ARG(scopes->child[k].value),
                          k + 1 == scopes->count ? ")" : "");
    }
    text out = text_copy(a, b.n ? buffer_view(&b) : TEXT("anyone"));
    buffer_release(&b);
    return out;
}

/* How a legacy way fares with the modern list, in the best case. */
static door best(const sides *s, const spec_node *way, const spec_node *list, text *scope)
{
    door d = REFUSED;
    if (!list || list->count == 0)
        return LET_IN;
    for (uint32_t i = 0; i < list->count; i++) {
        text missing = {0};
        door one = passes(s, way, &list->child[i], &missing);
        if (one < d) {
            d = one;
            *scope = missing;
        }
    }
    return d;
}

static void compare_way(change_list *c, const sides *s, const spec_node *way,
                        const openapi_operation *m)
{
    text scope = {0};
    const spec_node *holder = m->security ? m->security : m->node;
    door d = best(s, way, m->security, &scope);
    if (d == SCOPE_MISSING)
        change_nodes(c, RULE_SECURITY_SCOPE, way_words(c->memory, way), scope, way, holder);
    if (d == REFUSED)
        change_nodes(c, RULE_SECURITY_REFUSED, way_words(c->memory, way), (text){0}, way, holder);
}

/* A modern way is a way more when no legacy way is as wide: it asks for something that none of them
 * was enough with. */
static bool known_way(const sides *s, const spec_node *list, const spec_node *asked)
{
    if (!list || list->count == 0)
        return true;
    for (uint32_t i = 0; i < list->count; i++) {
        text scope;
        const sides turned = {s->modern, s->legacy};
        if (passes(s, &list->child[i], asked, &scope) == LET_IN &&
            passes(&turned, asked, &list->child[i], &scope) == LET_IN)
            return true;
        if (passes(s, &list->child[i], asked, &scope) == SCOPE_MISSING)
            return true; /* told as a scope that is missing */
    }
    return false;
}

void security_compare(change_list *c, const openapi *legacy, const openapi *modern,
                      const openapi_operation *l, const openapi_operation *m)
{
    const sides s = {legacy, modern};
    size_t at = path_push(c, " security");
    if (!l->security || l->security->count == 0)
        compare_way(c, &s, NULL, m);
    for (uint32_t i = 0; l->security && i < l->security->count; i++)
        compare_way(c, &s, &l->security->child[i], m);
    for (uint32_t i = 0; m->security && i < m->security->count; i++)
        if (!known_way(&s, l->security, &m->security->child[i]))
            change_nodes(c, RULE_SECURITY_ACCEPTED, (text){0},
                         way_words(c->memory, &m->security->child[i]), l->node,
                         &m->security->child[i]);
    if (l->security && l->security->count && (!m->security || m->security->count == 0))
        change_nodes(c, RULE_SECURITY_ACCEPTED, (text){0}, TEXT("anyone"), l->security, m->node);
    path_pop(c, at);
}
