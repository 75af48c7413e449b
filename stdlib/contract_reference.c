/* contract_reference.c: references within an OpenAPI document. They are checked once, for the whole
 * document, so that whoever follows one later finds something. */
#include "stdlib/contract_openapi_read.h"

static const spec_node *reference_of(const spec_node *node)
{
    return node->kind == SPEC_MAP ? spec_of_kind(node, "$ref", SPEC_TEXT) : NULL;
}

const spec_node *openapi_resolve(const openapi *o, const spec_node *node)
{
    const spec_node *ref;
    for (int i = 0; i < OPENAPI_HOPS && node && (ref = reference_of(node)); i++)
        node = spec_follow(o->root, ref->value);
    return node;
}

const spec_node *openapi_follow(openapi_reader *r, const spec_node *node)
{
    const spec_node *to = openapi_resolve(r->api, node);
    if (to)
        return to;
    openapi_fault(r, node, "this reference leads to nothing");
    return NULL;
}

/* Maps whose keys are names that the author chose, not words of OpenAPI. */
static bool names_its_members(text key)
{
    static const char *const words[] = {
        "paths",      "webhooks",          "schemas",         "responses",   "parameters",
        "examples",   "requestBodies",     "headers",         "content",     "callbacks",
        "links",      "pathItems",         "securitySchemes", "definitions", "$defs",
        "properties", "patternProperties", "dependentSchemas"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_is(key, words[i]))
            return true;
    return false;
}

/* Members that hold data of the API itself, where `$ref` is a name like any other. */
static bool holds_data(text key)
{
    return text_is(key, "example") || text_is(key, "examples") || text_is(key, "default") ||
           text_is(key, "enum") || text_is(key, "const") || text_starts(key, TEXT("x-"));
}

static bool check_one(openapi_reader *r, const spec_node *node, const spec_node *ref)
{
    const spec_node *to = node;
    if (!text_starts(ref->value, TEXT("#")))
        return openapi_fault(r, ref, "`%.*s` is in another document, which is not fetched",
                             TEXT_ARG(ref->value));
    for (int i = 0; i < OPENAPI_HOPS; i++) {
        ref = reference_of(to);
        if (!ref)
            return true;
        const spec_node *next = spec_follow(r->api->root, ref->value);
        if (!next)
            return openapi_fault(r, ref, "`%.*s` leads to nothing", TEXT_ARG(ref->value));
        to = next;
    }
    return openapi_fault(r, spec_get(node, "$ref"), "this reference leads back to itself");
}

/* As deep as the document nests. */
static bool check(openapi_reader *r, const spec_node *n, bool names)
{
    const spec_node *ref = names ? NULL : reference_of(n);
    if (ref && !check_one(r, n, ref))
        return false;
    for (uint32_t i = 0; i < n->count; i++) {
        const spec_node *child = &n->child[i];
        if (child->kind < SPEC_LIST || (!names && n->kind == SPEC_MAP && holds_data(child->key)))
            continue;
        bool named = !names && child->kind == SPEC_MAP && names_its_members(child->key);
        if (!check(r, child, named))
            return false;
    }
    return true;
}

bool openapi_check_references(openapi_reader *r)
{
    return check(r, r->api->root, false);
}
