/* contract_soap.c: two operations of WSDL 1.1: how they are called and what they answer. Their
 * messages are schemas like any other.
 *
 * What a client sends says neither the name of a portType nor that of a service or port. So where
 * each side has one portType, its name means nothing for pairing; and where each side speaks one
 * protocol, neither does that: then its change is told, and not that every operation was removed.
 */
#include "stdlib/contract/contract_http.h"

#include <stdlib.h>

/* --- pairing --- */

typedef enum { WORD_INTERFACE, WORD_PROTOCOL, WORD_TRANSPORT } soap_word;

static text word_of(const soap_operation *s, soap_word w)
{
    return w == WORD_INTERFACE ? s->interface : w == WORD_PROTOCOL ? s->protocol : s->transport;
}

/* Whether all operations of both have one portType, protocol or transport. */
static bool is_one(const comparison *c, soap_word w)
{
    const openapi *sides[] = {c->legacy, c->modern};
    for (int k = 0; k < 2; k++)
        for (uint32_t i = 1; i < sides[k]->operations; i++)
            if (!text_equal(word_of(sides[k]->operation[0].soap, w),
                            word_of(sides[k]->operation[i].soap, w)))
                return false;
    return c->legacy->operations && c->modern->operations;
}

/* "PlaceOrder", "Orders.PlaceOrder over SOAP 1.2", each with the name of its input where that is
 * needed to tell it from another. */
static text name_of(arena *a, const openapi_operation *o, bool interface, bool protocol)
{
    const soap_operation *s = o->soap;
    ptrdiff_t input = text_find(o->name, '(');
    if (s->declaration)
        return o->name;
    return text_format(
        a, "%.*s%s%.*s%s%.*s%s%.*s", TEXT_ARG(interface ? s->interface : TEXT("")),
        interface ? "." : "", TEXT_ARG(s->name), protocol && s->protocol.n ? " over " : "",
        TEXT_ARG(protocol ? s->protocol : TEXT("")), input < 0 ? "" : " ",
        TEXT_ARG(input < 0 ? TEXT("") : text_slice(o->name, (size_t)input, o->name.n)));
}

static int by_key(const void *x, const void *y)
{
    const openapi_operation *a = x, *b = y;
    return text_compare(a->key, b->key);
}

static const openapi *renamed(arena *a, const openapi *o, bool interface, bool protocol)
{
    openapi *out = arena_new(a, openapi);
    *out = *o;
    out->operation = arena_array(a, openapi_operation, o->operations);
    for (uint32_t i = 0; i < o->operations; i++) {
        out->operation[i] = o->operation[i];
        out->operation[i].name = out->operation[i].key =
            name_of(a, &o->operation[i], interface, protocol);
    }
    qsort(out->operation, out->operations, sizeof *out->operation, by_key);
    return out;
}

/* What holds for all operations is told once. */
static void once(comparison *c, const char *path, contract_rule rule, soap_word w)
{
    if (!is_one(c, w))
        return;
    text old = word_of(c->legacy->operation[0].soap, w);
    text new = word_of(c->modern->operation[0].soap, w);
    size_t at = path_push(c->changes, "%s", path);
    if (!text_equal(old, new))
        http_report(c, rule, old, new, c->legacy->operation[0].node, c->modern->operation[0].node);
    path_pop(c->changes, at);
}

void soap_pair(comparison *c)
{
    arena *a = c->changes->memory;
    bool interface = !is_one(c, WORD_INTERFACE), protocol = !is_one(c, WORD_PROTOCOL);
    once(c, "portType", RULE_INTERFACE_RENAMED, WORD_INTERFACE);
    once(c, "binding", RULE_PROTOCOL_CHANGED, WORD_PROTOCOL);
    once(c, "binding", RULE_TRANSPORT_CHANGED, WORD_TRANSPORT);
    c->legacy = renamed(a, c->legacy, interface, protocol);
    c->modern = renamed(a, c->modern, interface, protocol);
}

/* --- calls --- */

/* The rule where a word of the binding is another one. */
static void compare_word(comparison *c, contract_rule rule, text old, text new,
                         const openapi_operation *l, const openapi_operation *m)
{
    if (!text_equal(old, new))
        http_report(c, rule, old, new, l->node, m->node);
}

static void compare_calls(comparison *c, const openapi_operation *l, const openapi_operation *m)
{
    const soap_operation *old = l->soap, *new = m->soap;
    if (!is_one(c, WORD_TRANSPORT))
        compare_word(c, RULE_TRANSPORT_CHANGED, old->transport, new->transport, l, m);
    compare_word(c, RULE_ACTION_CHANGED, old->action, new->action, l, m);
    compare_word(c, RULE_STYLE_CHANGED, old->style, new->style, l, m);
    if (old->input_use.n && new->input_use.n)
        compare_word(c, RULE_USE_CHANGED, old->input_use, new->input_use, l, m);
    if (old->output_use.n && new->output_use.n && text_equal(old->input_use, new->input_use))
        compare_word(c, RULE_USE_CHANGED, old->output_use, new->output_use, l, m);
}

/* --- messages --- */

/* The body of each message is one element: its name, and what it holds. */
static void compare_message(comparison *c, const openapi_body *l, const openapi_body *m,
                            direction d)
{
    if (!l->medias || !m->medias)
        return;
    text old = l->media[0].type, new = m->media[0].type;
    if (!text_equal(old, new))
        http_report(c, RULE_ELEMENT_RENAMED + (contract_rule)d, old, new, l->node, m->node);
    schema_compare(c->walk, l->media[0].schema, m->media[0].schema, d);
}

static void compare_request(comparison *c, const openapi_operation *l, const openapi_operation *m)
{
    size_t at = path_push(c->changes, l->soap->declaration ? " written" : " request");
    compare_message(c, &l->body, &m->body, l->event ? DIRECTION_RESPONSE : DIRECTION_REQUEST);
    path_pop(c->changes, at);
}

static const openapi_response *answer_of(const openapi_operation *o, text status)
{
    for (uint32_t i = 0; i < o->responses; i++)
        if (text_equal(o->response[i].status, status))
            return &o->response[i];
    return NULL;
}

static bool is_fault(const openapi_response *r)
{
    return text_starts(r->status, TEXT("fault "));
}

/* A fault is known by what it holds: its name is not sent (WSDL 1.1, 3.6). */
static const openapi_response *fault_of(const openapi_operation *o, const openapi_response *like)
{
    const openapi_response *named = answer_of(o, like->status);
    for (uint32_t i = 0; i < o->responses && !named; i++)
        if (is_fault(&o->response[i]) && like->body.medias && like->body.media[0].type.n &&
            text_equal(o->response[i].body.media[0].type, like->body.media[0].type))
            named = &o->response[i];
    return named;
}

static const openapi_response *partner_of(const openapi_operation *o, const openapi_response *r)
{
    return is_fault(r) ? fault_of(o, r) : answer_of(o, r->status);
}

static void compare_answers(comparison *c, const openapi_operation *l, const openapi_operation *m)
{
    direction d = l->event ? DIRECTION_REQUEST : DIRECTION_RESPONSE;
    for (uint32_t i = 0; i < l->responses; i++) {
        const openapi_response *old = &l->response[i], *new = partner_of(m, old);
        size_t at = path_push(c->changes, " %.*s", TEXT_ARG(old->status));
        if (new) {
            http_compare_headers(c, old, new);
            compare_message(c, &old->body, &new->body, d);
        } else {
            http_gone(c, is_fault(old) ? RULE_FAULT_REMOVED : RULE_ANSWER_REMOVED, (text){0},
                      old->node);
        }
        path_pop(c->changes, at);
    }
    for (uint32_t i = 0; i < m->responses; i++) {
        const openapi_response *new = &m->response[i];
        size_t at = path_push(c->changes, " %.*s", TEXT_ARG(new->status));
        if (!partner_of(l, new))
            http_come(c, is_fault(new) ? RULE_FAULT_ADDED : RULE_ANSWER_ADDED, (text){0},
                      new->node);
        path_pop(c->changes, at);
    }
}

void soap_compare(comparison *c, const openapi_operation *l, const openapi_operation *m)
{
    compare_calls(c, l, m);
    if (l->event != m->event) {
        http_report(c, RULE_DIRECTION_CHANGED,
                    l->event ? TEXT("the server calls") : TEXT("the client calls"),
                    m->event ? TEXT("the server calls") : TEXT("the client calls"), l->node,
                    m->node);
        return;
    }
    http_compare_parameters(c, l, m);
    if (!text_equal(l->soap->style, m->soap->style)) /* then the bodies are no pair */
        return;
    compare_request(c, l, m);
    compare_answers(c, l, m);
}
