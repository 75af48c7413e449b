/* contract_openapi.c: paths, webhooks and callbacks as operations. The parts of an operation are
 * read in contract_operation.c, references are checked in contract_reference.c before anything
 * follows one. */
#include "stdlib/contract/contract_openapi_read.h"

#include <stdlib.h>

bool openapi_fault(openapi_reader *r, const spec_node *at, const char *format, ...)
{
    va_list args;
    buffer b = {0};
    if (r->failed)
        return false;
    va_start(args, format);
    buffer_vprintf(&b, format, args);
    va_end(args);
    *r->fault = contract_files_fault(r->files, "openapi", at->at,
                                     text_copy(r->memory, buffer_view(&b)), at->key);
    buffer_release(&b);
    r->failed = true;
    return false;
}

bool openapi_need(openapi_reader *r, const spec_node *n, spec_kind kind, const char *what)
{
    static const char *const words[] = {"null",   "a truth value", "a number",
                                        "a text", "a list",        "a map"};
    if (n->kind == kind)
        return true;
    return openapi_fault(r, n, "%s is %s, not %s", what, words[kind], words[n->kind]);
}

/* A member that must be of that kind where it is there; NULL without one, and after a fault. */
static const spec_node *openapi_member(openapi_reader *r, const spec_node *map, const char *key,
                                       spec_kind kind)
{
    const spec_node *n = spec_get(map, key);
    if (!n || n->kind == kind || n->kind == SPEC_NULL) /* `responses:` and nothing behind it */
        return n && n->kind == kind ? n : NULL;
    openapi_need(r, n, kind, text_format(r->memory, "`%s`", key).p);
    return NULL;
}

const spec_node *openapi_few(openapi_reader *r, const spec_node *map, const char *key,
                             spec_kind kind)
{
    const spec_node *n = openapi_member(r, map, key, kind);
    if (!n || n->count <= OPENAPI_MOST)
        return n;
    openapi_fault(r, n, "`%s` has more than %d members", key, OPENAPI_MOST);
    return NULL;
}

/* --- operations --- */

static const char *const methods[] = {"get",     "put",  "post",  "delete",
                                      "options", "head", "patch", "trace"};

static bool is_method(text word)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (text_is(word, methods[i]))
            return true;
    return false;
}

static text upper(arena *a, text word)
{
    char *p = arena_copy(a, word.p, word.n);
    for (size_t i = 0; i < word.n; i++)
        if (p[i] >= 'a' && p[i] <= 'z')
            p[i] = (char)(p[i] - 'a' + 'A');
    return (text){p, word.n};
}

/* A path without the names of its parameters: two contracts may call them as they like. */
static text without_names(arena *a, text path)
{
    char *p = arena_alloc(a, path.n + 1, 1);
    size_t n = 0;
    bool inside = false;
    for (size_t i = 0; i < path.n; i++) {
        inside &= path.p[i] != '}';
        if (!inside)
            p[n++] = path.p[i];
        inside |= path.p[i] == '{';
    }
    return (text){p, n};
}

static bool read_path_item(openapi_reader *r, text name, const spec_node *item, bool event);

/* callbacks: {name: {expression: path item}} */
static bool read_callbacks(openapi_reader *r, text name, const spec_node *operation)
{
    const spec_node *all = openapi_member(r, operation, "callbacks", SPEC_MAP);
    for (uint32_t i = 0; all && i < all->count; i++) {
        const spec_node *one = openapi_follow(r, &all->child[i]);
        if (!one || !openapi_need(r, one, SPEC_MAP, "a callback"))
            return false;
        for (uint32_t k = 0; k < one->count; k++) {
            text at = text_format(r->memory, "%.*s callback %.*s %.*s", TEXT_ARG(name),
                                  TEXT_ARG(all->child[i].key), TEXT_ARG(one->child[k].key));
            if (!text_starts(one->child[k].key, TEXT("x-")) &&
                !read_path_item(r, at, &one->child[k], true))
                return false;
        }
    }
    return !r->failed;
}

static bool read_operation(openapi_reader *r, text name, const spec_node *item,
                           const spec_node *node, bool event)
{
    if (!openapi_need(r, node, SPEC_MAP, "an operation"))
        return false;
    text method = upper(r->memory, node->key);
    bool plain = text_starts(name, TEXT("/")); /* "GET /orders", but "webhook created POST" */
    text whole = text_format(r->memory, "%.*s %.*s", TEXT_ARG(plain ? method : name),
                             TEXT_ARG(plain ? name : method));
    openapi_operation o = {.name = whole,
                           .key = event ? whole : without_names(r->memory, whole),
                           .node = node,
                           .event = event};
    o.security = openapi_few(r, node, "security", SPEC_LIST);
    if (!o.security)
        o.security = openapi_few(r, r->api->root, "security", SPEC_LIST);
    if (r->failed || !openapi_read_parts(r, item, name, &o))
        return false;
    vec_push(&r->operations, o);
    return read_callbacks(r, whole, node);
}

static bool read_path_item(openapi_reader *r, text name, const spec_node *node, bool event)
{
    const spec_node *item = openapi_follow(r, node);
    if (!item || !openapi_need(r, item, SPEC_MAP, "what stands for a path"))
        return false;
    if (++r->levels > OPENAPI_LEVELS)
        return openapi_fault(r, node, "callbacks nest deeper than %d levels", OPENAPI_LEVELS);
    for (uint32_t i = 0; i < item->count; i++)
        if (is_method(item->child[i].key) && !read_operation(r, name, item, &item->child[i], event))
            return false;
    r->levels--;
    return true;
}

static bool read_paths(openapi_reader *r)
{
    const spec_node *paths = openapi_member(r, r->api->root, "paths", SPEC_MAP);
    for (uint32_t i = 0; paths && i < paths->count; i++)
        if (text_starts(paths->child[i].key, TEXT("/")) &&
            !read_path_item(r, paths->child[i].key, &paths->child[i], false))
            return false;
    if (!paths && !r->failed && r->api->level < 31)
        return openapi_fault(r, r->api->root, "there is no `paths`");
    const spec_node *hooks = openapi_member(r, r->api->root, "webhooks", SPEC_MAP);
    for (uint32_t i = 0; hooks && i < hooks->count; i++) {
        text name = text_format(r->memory, "webhook %.*s", TEXT_ARG(hooks->child[i].key));
        if (!read_path_item(r, name, &hooks->child[i], true))
            return false;
    }
    return !r->failed;
}

text openapi_id(const openapi_operation *o)
{
    return o->soap ? o->soap->name : spec_text(o->node, "operationId");
}

/* --- the document --- */

static bool read_version(openapi_reader *r)
{
    openapi *o = r->api;
    const spec_node *n = spec_get(o->root, "openapi");
    if (!n)
        n = spec_get(o->root, "swagger");
    if (!n)
        return openapi_fault(r, o->root, "there is neither `openapi` nor `swagger`");
    o->version = n->kind == SPEC_TEXT || n->kind == SPEC_NUMBER ? n->value : (text){0};
    bool swagger = text_is(n->key, "swagger");
    if (swagger && text_is(o->version, "2.0"))
        o->level = 20;
    if (!swagger && (text_starts(o->version, TEXT("3.0.")) || text_is(o->version, "3.0")))
        o->level = 30;
    if (!swagger && (text_starts(o->version, TEXT("3.1.")) || text_is(o->version, "3.1")))
        o->level = 31;
    return o->level || openapi_fault(r, n, "the version is none of 2.0, 3.0 and 3.1");
}

static void add_server(openapi_reader *r, text url)
{
    while (url.n > 1 && url.p[url.n - 1] == '/')
        url.n--;
    if (url.n && !text_is(url, "/"))
        vec_push(&r->servers, url);
}

static bool read_servers(openapi_reader *r)
{
    const spec_node *root = r->api->root;
    if (r->api->level > 20) {
        const spec_node *list = openapi_few(r, root, "servers", SPEC_LIST);
        for (uint32_t i = 0; list && i < list->count; i++)
            add_server(r, spec_text(&list->child[i], "url"));
        return !r->failed;
    }
    text host = spec_text(root, "host"), base = spec_text(root, "basePath");
    const spec_node *schemes = openapi_few(r, root, "schemes", SPEC_LIST);
    for (uint32_t i = 0; host.n && schemes && i < schemes->count; i++)
        add_server(r, text_format(r->memory, "%.*s://%.*s%.*s", TEXT_ARG(schemes->child[i].value),
                                  TEXT_ARG(host), TEXT_ARG(base)));
    if (!host.n || !schemes || !schemes->count)
        add_server(r, text_format(r->memory, "%s%.*s%.*s", host.n ? "//" : "", TEXT_ARG(host),
                                  TEXT_ARG(base)));
    return !r->failed;
}

static int by_operation(const void *x, const void *y)
{
    const openapi_operation *a = x, *b = y;
    int c = text_compare(a->key, b->key);
    return c ? c : text_compare(a->name, b->name);
}

static void keep(openapi_reader *r)
{
    openapi *o = r->api;
    o->operations = (uint32_t)r->operations.n;
    o->operation = arena_array(r->memory, openapi_operation, r->operations.n);
    o->servers = (uint32_t)r->servers.n;
    o->server = arena_array(r->memory, text, r->servers.n);
    for (size_t i = 0; i < r->operations.n; i++)
        o->operation[i] = r->operations.p[i];
    for (size_t i = 0; i < r->servers.n; i++)
        o->server[i] = r->servers.p[i];
    qsort(o->operation, o->operations, sizeof *o->operation, by_operation);
}

openapi *openapi_read(arena *a, contract_files *files, document_fault *fault)
{
    openapi *o = arena_new(a, openapi);
    openapi_reader r = {.memory = a, .api = o, .files = files, .fault = fault};
    o->root = openapi_read_file(&r, files->file[0]);
    if (!o->root)
        return NULL;
    bool ok = openapi_need(&r, o->root, SPEC_MAP, "the document") && read_version(&r) &&
              openapi_check_references(&r) && read_servers(&r) && read_paths(&r);
    if (ok) {
        const spec_node *parts = spec_get(o->root, "components");
        o->schemes = o->level == 20 ? spec_get(o->root, "securityDefinitions")
                                    : spec_get(parts, "securitySchemes");
        keep(&r);
    }
    vec_release(&r.operations);
    vec_release(&r.servers);
    return ok ? o : NULL;
}
