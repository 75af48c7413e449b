/* contract_reference.c: references within an OpenAPI document and to files beside it. They are
 * followed once, for all documents, so that whoever follows one later finds something. */
#include "stdlib/contract/contract_openapi_read.h"

static const spec_node *reference_of(const spec_node *node)
{
    return node->kind == SPEC_MAP ? spec_of_kind(node, "$ref", SPEC_TEXT) : NULL;
}

const spec_node *openapi_resolve(const openapi *o, const spec_node *node)
{
    const spec_node *ref;
    for (int i = 0; i < OPENAPI_HOPS && node && (ref = reference_of(node)); i++)
        node = ref->child ? ref->child : spec_follow(o->root, ref->value);
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

const spec_node *openapi_read_file(openapi_reader *r, contract_file *f)
{
    document_fault fault;
    if (f->content)
        return f->content;
    const spec_node *root = spec_read(r->memory, f->source->bytes, f->source->base, &fault);
    if (!root && !r->failed) {
        const char *code = text_is(fault.code, "json") ? "json" : "yaml";
        *r->fault = contract_files_fault(r->files, code, f->source->base + (uint32_t)fault.offset,
                                         fault.message, fault.path);
        r->failed = true;
    }
    f->content = root;
    return root;
}

/* The root of the document that a reference is to, and its fragment. */
static const spec_node *document_of(openapi_reader *r, const spec_node *ref, text *fragment)
{
    ptrdiff_t hash = text_find(ref->value, '#');
    size_t end = hash < 0 ? ref->value.n : (size_t)hash;
    text why;
    *fragment = hash < 0 ? TEXT("#") : text_slice(ref->value, end, ref->value.n);
    if (end == 0)
        return contract_files_at(r->files, ref->at)->content;
    contract_file *f = contract_files_open(r->files, text_slice(ref->value, 0, end), ref->at, &why);
    if (f)
        return openapi_read_file(r, f);
    openapi_fault(r, ref, "%.*s", TEXT_ARG(why));
    return NULL;
}

/* What a reference leads to, kept in it; NULL after a fault. */
static const spec_node *target_of(openapi_reader *r, const spec_node *ref)
{
    text fragment;
    if (ref->child)
        return ref->child;
    const spec_node *root = document_of(r, ref, &fragment);
    const spec_node *to = root ? spec_follow(root, fragment) : NULL;
    if (root && !to)
        openapi_fault(r, ref, "`%.*s` leads to nothing", TEXT_ARG(ref->value));
    /* the tree is this reader's own, and const to whoever walks it */
    ((spec_node *)(uintptr_t)ref)->child = to;
    return to;
}

static bool check_one(openapi_reader *r, const spec_node *node, const spec_node *ref)
{
    const spec_node *to = node;
    for (int i = 0; i < OPENAPI_HOPS; i++) {
        ref = reference_of(to);
        if (!ref)
            return true;
        to = target_of(r, ref);
        if (!to)
            return false;
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

/* Those of a file may open more of them. */
bool openapi_check_references(openapi_reader *r)
{
    for (uint32_t i = 0; i < r->files->files; i++)
        if (!check(r, r->files->file[i]->content, false))
            return false;
    return true;
}
