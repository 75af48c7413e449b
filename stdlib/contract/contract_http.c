/* contract_http.c: two OpenAPI documents, operation by operation. What a body or parameter may hold
 * is compared in contract_compare.c. */
#include "stdlib/contract/contract_http.h"

static contract_rule of(direction d, contract_rule fact)
{
    return fact + (contract_rule)d;
}

void http_report(comparison *c, contract_rule rule, text legacy, text modern, const spec_node *l,
                 const spec_node *m)
{
    change_nodes(c->changes, rule, legacy, modern, l, m);
}

/* What stands at the path, on one side only. */
void http_gone(comparison *c, contract_rule rule, text what, const spec_node *l)
{
    http_report(c, rule, what, (text){0}, l, NULL);
}

void http_come(comparison *c, contract_rule rule, text what, const spec_node *m)
{
    http_report(c, rule, (text){0}, what, NULL, m);
}

static void compare_schemas(comparison *c, const spec_node *l, const spec_node *m, direction d)
{
    schema_compare(c->walk, l, m, d);
}

/* --- bodies --- */

static text without_parameters(text type)
{
    ptrdiff_t end = text_find(type, ';');
    return end < 0 ? type : text_trim(text_slice(type, 0, (size_t)end));
}

/* Whether a range (RFC 9110, 12.5.1) covers a type. */
static bool covers(text range, text type)
{
    ptrdiff_t slash = text_find(range, '/');
    if (text_is(range, "*/*") || text_is(range, "*"))
        return true;
    return slash > 0 && text_is(text_slice(range, (size_t)slash, range.n), "/*") &&
           text_starts(type, text_slice(range, 0, (size_t)slash + 1));
}

/* The entry that speaks of a type: by its name, by its name without parameters, by a range. */
static const openapi_media *media_of(const openapi_body *b, text type)
{
    for (uint32_t i = 0; i < b->medias; i++)
        if (text_equal(b->media[i].type, type))
            return &b->media[i];
    for (uint32_t i = 0; i < b->medias; i++)
        if (text_equal(without_parameters(b->media[i].type), without_parameters(type)))
            return &b->media[i];
    for (uint32_t i = 0; i < b->medias; i++)
        if (covers(b->media[i].type, type))
            return &b->media[i];
    return NULL;
}

/* What a body may hold, by media types. */
static void http_compare_medias(comparison *c, const openapi_body *l, const openapi_body *m,
                                direction d)
{
    for (uint32_t i = 0; i < l->medias; i++) {
        const openapi_media *old = &l->media[i], *new = media_of(m, old->type);
        size_t at = path_push(c->changes, " %.*s", TEXT_ARG(old->type));
        if (new)
            compare_schemas(c, old->schema, new->schema, d);
        else
            http_gone(c, of(d, RULE_MEDIA_REMOVED), old->type, old->node);
        path_pop(c->changes, at);
    }
    for (uint32_t i = 0; i < m->medias; i++) {
        if (media_of(l, m->media[i].type))
            continue;
        size_t at = path_push(c->changes, " %.*s", TEXT_ARG(m->media[i].type));
        http_come(c, of(d, RULE_MEDIA_ADDED), m->media[i].type, m->media[i].node);
        path_pop(c->changes, at);
    }
}

/* An event's body is what the server sends: it may come or not as the server likes. */
static void compare_bodies(comparison *c, const openapi_operation *l, const openapi_operation *m)
{
    const openapi_body *old = &l->body, *new = &m->body;
    direction d = l->event ? DIRECTION_RESPONSE : DIRECTION_REQUEST;
    size_t at = path_push(c->changes, " request");
    if (old->node && !new->node)
        http_gone(c, RULE_BODY_REMOVED, (text){0}, old->node);
    if (!old->node && new->node)
        http_come(c, new->required ? RULE_BODY_REQUIRED : RULE_BODY_ADDED, (text){0}, new->node);
    if (old->node && new->node) {
        if (old->required != new->required && !l->event)
            http_report(c, new->required ? RULE_BODY_BECAME_REQUIRED : RULE_BODY_BECAME_OPTIONAL,
                        old->required ? TEXT("required") : TEXT("optional"),
                        new->required ? TEXT("required") : TEXT("optional"), old->node, new->node);
        http_compare_medias(c, old, new, d);
    }
    path_pop(c->changes, at);
}

/* --- parameters --- */

static const char *place_word(parameter_place in)
{
    static const char *const words[] = {"path", "query", "header", "cookie"};
    return words[in];
}

/* A path parameter is known by its position, any other by its name. */
static bool same_parameter(const openapi_parameter *a, const openapi_parameter *b)
{
    if (a->in != b->in)
        return false;
    return a->in == IN_PATH && a->position && b->position ? a->position == b->position
                                                          : text_equal(a->name, b->name);
}

static const openapi_parameter *parameter_of(const openapi_operation *o,
                                             const openapi_parameter *like)
{
    for (uint32_t i = 0; i < o->parameters; i++)
        if (same_parameter(&o->parameter[i], like))
            return &o->parameter[i];
    return NULL;
}

static text encoding_words(arena *a, const openapi_parameter *p)
{
    return text_format(a, "%.*s%s", TEXT_ARG(p->style), p->explode ? ", explode" : "");
}

/* Style and explode change how lists and objects are written; a single value they do not. */
static bool single_value(const comparison *c, const openapi *api, const openapi_parameter *p)
{
    schema *s = schema_of_parts(c->changes->memory, api, schema_one(c->changes->memory, p->schema));
    return (s->types & (TYPE_ARRAY | TYPE_OBJECT)) == 0;
}

static bool encoded_alike(const comparison *c, const openapi_parameter *l,
                          const openapi_parameter *m)
{
    if (text_equal(l->style, m->style) && l->explode == m->explode)
        return true;
    return text_equal(l->style, m->style) && single_value(c, c->legacy, l) &&
           single_value(c, c->modern, m);
}

static void compare_parameter(comparison *c, const openapi_parameter *l, const openapi_parameter *m)
{
    arena *a = c->changes->memory;
    if (l->required != m->required)
        http_report(c,
                    m->required ? RULE_PARAMETER_BECAME_REQUIRED : RULE_PARAMETER_BECAME_OPTIONAL,
                    l->required ? TEXT("required") : TEXT("optional"),
                    m->required ? TEXT("required") : TEXT("optional"), l->node, m->node);
    if (!encoded_alike(c, l, m))
        http_report(c, RULE_PARAMETER_ENCODING, encoding_words(a, l), encoding_words(a, m), l->node,
                    m->node);
    if (l->empty != m->empty)
        http_report(c, m->empty ? RULE_EMPTY_ACCEPTED : RULE_EMPTY_REFUSED, (text){0}, (text){0},
                    l->node, m->node);
    if (!l->deprecated && m->deprecated)
        http_report(c, RULE_PARAMETER_DEPRECATED, (text){0}, (text){0}, l->node, m->node);
    compare_schemas(c, l->schema, m->schema, DIRECTION_REQUEST);
}

void http_compare_parameters(comparison *c, const openapi_operation *l, const openapi_operation *m)
{
    for (uint32_t i = 0; i < l->parameters; i++) {
        const openapi_parameter *old = &l->parameter[i], *new = parameter_of(m, old);
        size_t at = path_push(c->changes, " %s %.*s", place_word(old->in), TEXT_ARG(old->name));
        if (new)
            compare_parameter(c, old, new);
        else
            http_gone(c, RULE_PARAMETER_REMOVED, old->name, old->node);
        path_pop(c->changes, at);
    }
    for (uint32_t i = 0; i < m->parameters; i++) {
        const openapi_parameter *new = &m->parameter[i];
        if (parameter_of(l, new))
            continue;
        size_t at = path_push(c->changes, " %s %.*s", place_word(new->in), TEXT_ARG(new->name));
        http_come(c, new->required ? RULE_PARAMETER_REQUIRED : RULE_PARAMETER_ADDED, new->name,
                  new->node);
        path_pop(c->changes, at);
    }
}

/* --- responses --- */

static const openapi_parameter *header_of(const openapi_response *r, text name)
{
    for (uint32_t i = 0; i < r->headers; i++)
        if (text_equal(r->header[i].name, name))
            return &r->header[i];
    return NULL;
}

static void compare_header(comparison *c, const openapi_parameter *l, const openapi_parameter *m)
{
    arena *a = c->changes->memory;
    if (l->required != m->required)
        http_report(c, m->required ? RULE_HEADER_BECAME_REQUIRED : RULE_HEADER_BECAME_OPTIONAL,
                    l->required ? TEXT("required") : TEXT("optional"),
                    m->required ? TEXT("required") : TEXT("optional"), l->node, m->node);
    if (!encoded_alike(c, l, m))
        http_report(c, RULE_HEADER_ENCODING, encoding_words(a, l), encoding_words(a, m), l->node,
                    m->node);
    if (!l->deprecated && m->deprecated)
        http_report(c, RULE_HEADER_DEPRECATED, (text){0}, (text){0}, l->node, m->node);
    compare_schemas(c, l->schema, m->schema, DIRECTION_RESPONSE);
}

void http_compare_headers(comparison *c, const openapi_response *l, const openapi_response *m)
{
    for (uint32_t i = 0; i < l->headers; i++) {
        const openapi_parameter *old = &l->header[i], *new = header_of(m, old->name);
        size_t at = path_push(c->changes, " header %.*s", TEXT_ARG(old->name));
        if (new)
            compare_header(c, old, new);
        else
            http_gone(c, old->required ? RULE_HEADER_REMOVED : RULE_OPTIONAL_HEADER_REMOVED,
                      old->name, old->node);
        path_pop(c->changes, at);
    }
    for (uint32_t i = 0; i < m->headers; i++) {
        const openapi_parameter *new = &m->header[i];
        size_t at = path_push(c->changes, " header %.*s", TEXT_ARG(new->name));
        if (!header_of(l, new->name))
            http_come(c, RULE_HEADER_ADDED, new->name, new->node);
        path_pop(c->changes, at);
    }
}

/* The entry that speaks of a status: its own, its range, the default (3.0.4, 4.7.16). */
static const openapi_response *response_of(const openapi_operation *o, text status)
{
    const openapi_response *range = NULL, *rest = NULL;
    for (uint32_t i = 0; i < o->responses; i++) {
        const openapi_response *r = &o->response[i];
        if (text_equal(r->status, status))
            return r;
        if (r->status.n == 3 && status.n == 3 && r->status.p[0] == status.p[0] &&
            r->status.p[1] == 'X')
            range = r;
        if (text_is(r->status, "default"))
            rest = r;
    }
    return range ? range : rest;
}

static bool has_status(const openapi_operation *o, text status)
{
    for (uint32_t i = 0; i < o->responses; i++)
        if (text_equal(o->response[i].status, status))
            return true;
    return false;
}

static void compare_responses(comparison *c, const openapi_operation *l, const openapi_operation *m)
{
    direction d = l->event ? DIRECTION_REQUEST : DIRECTION_RESPONSE;
    for (uint32_t i = 0; i < l->responses; i++) {
        const openapi_response *old = &l->response[i], *new = response_of(m, old->status);
        bool error = old->status.p[0] == '4' || old->status.p[0] == '5' || old->status.n != 3;
        size_t at = path_push(c->changes, " %.*s", TEXT_ARG(old->status));
        if (!new) {
            http_gone(c, error ? RULE_ERROR_REMOVED : RULE_STATUS_REMOVED, old->status, old->node);
        } else {
            http_compare_headers(c, old, new);
            http_compare_medias(c, &old->body, &new->body, d);
        }
        path_pop(c->changes, at);
    }
    for (uint32_t i = 0; i < m->responses; i++) {
        const openapi_response *new = &m->response[i];
        size_t at = path_push(c->changes, " %.*s", TEXT_ARG(new->status));
        if (!has_status(l, new->status))
            http_come(c, RULE_STATUS_ADDED, new->status, new->node);
        path_pop(c->changes, at);
    }
}

/* --- operations --- */

static void compare_operation(comparison *c, const openapi_operation *l, const openapi_operation *m)
{
    if (l->soap) {
        soap_compare(c, l, m);
        return;
    }
    text old = openapi_id(l), new = openapi_id(m);
    if (old.n && !text_equal(old, new))
        http_report(c, RULE_OPERATION_RENAMED, old, new, l->node, m->node);
    if (!spec_true(l->node, "deprecated") && spec_true(m->node, "deprecated"))
        http_report(c, RULE_OPERATION_DEPRECATED, (text){0}, (text){0}, l->node, m->node);
    security_compare(c->changes, c->legacy, c->modern, l, m);
    http_compare_parameters(c, l, m);
    compare_bodies(c, l, m);
    compare_responses(c, l, m);
}

static bool is_declaration(const openapi_operation *o)
{
    return o->soap && o->soap->declaration;
}

static void operation_gone(comparison *c, const openapi_operation *o)
{
    contract_rule rule = is_declaration(o)                  ? RULE_DECLARATION_REMOVED
                         : o->event                         ? RULE_EVENT_REMOVED
                         : spec_true(o->node, "deprecated") ? RULE_DEPRECATED_OPERATION_REMOVED
                                                            : RULE_OPERATION_REMOVED;
    http_gone(c, rule, openapi_id(o), o->node);
}

/* Both lists are in the order of their keys. */
static void compare_operations(comparison *c)
{
    uint32_t i = 0, k = 0;
    while (i < c->legacy->operations || k < c->modern->operations) {
        const openapi_operation *l = i < c->legacy->operations ? &c->legacy->operation[i] : NULL;
        const openapi_operation *m = k < c->modern->operations ? &c->modern->operation[k] : NULL;
        int side = !l ? 1 : !m ? -1 : text_compare(l->key, m->key);
        size_t at = path_push(c->changes, "%.*s", TEXT_ARG(side > 0 ? m->name : l->name));
        if (side < 0)
            operation_gone(c, l);
        else if (side > 0)
            http_come(c,
                      is_declaration(m) ? RULE_DECLARATION_ADDED
                      : m->event        ? RULE_EVENT_ADDED
                                        : RULE_OPERATION_ADDED,
                      openapi_id(m), m->node);
        else
            compare_operation(c, l, m);
        path_pop(c->changes, at);
        i += side <= 0;
        k += side >= 0;
    }
}

static bool has_server(const openapi *o, text url)
{
    for (uint32_t i = 0; i < o->servers; i++)
        if (text_equal(o->server[i], url))
            return true;
    return false;
}

static void compare_servers(comparison *c)
{
    size_t at = path_push(c->changes, "servers");
    for (uint32_t i = 0; i < c->legacy->servers; i++)
        if (!has_server(c->modern, c->legacy->server[i]))
            http_gone(c, RULE_SERVER_REMOVED, c->legacy->server[i], NULL);
    for (uint32_t i = 0; i < c->modern->servers; i++)
        if (!has_server(c->legacy, c->modern->server[i]))
            http_come(c, RULE_SERVER_ADDED, c->modern->server[i], NULL);
    path_pop(c->changes, at);
}

void openapi_compare(change_list *changes, const openapi *legacy, const openapi *modern)
{
    comparison c = {changes, legacy, modern, schema_walk_new(changes, legacy, modern)};
    if (legacy->xml)
        soap_pair(&c);
    compare_servers(&c);
    security_compare_schemes(changes, legacy, modern);
    compare_operations(&c);
    schema_walk_end(c.walk);
}
