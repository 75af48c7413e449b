/* contract_operation.c: parameters, bodies and responses of one operation, in the form of OpenAPI 3
 * whatever the version of the document. */
#include "stdlib/contract/contract_openapi_read.h"

#include <strings.h>

typedef VEC(openapi_parameter) parameter_list;

static text lower(arena *a, text word)
{
    char *p = arena_copy(a, word.p, word.n);
    for (size_t i = 0; i < word.n; i++)
        if (p[i] >= 'A' && p[i] <= 'Z')
            p[i] = (char)(p[i] - 'A' + 'a');
    return (text){p, word.n};
}

/* --- media types --- */

/* "application/json; charset=utf-8" is "application/json": JSON and texts say their encoding
 * themselves. */
static text media_name(arena *a, text type)
{
    text t = lower(a, text_trim(type));
    ptrdiff_t charset = -1;
    for (size_t i = 0; i + 8 <= t.n && charset < 0; i++)
        if (memcmp(t.p + i, "charset=", 8) == 0)
            charset = (ptrdiff_t)i;
    if (charset > 0) {
        t.n = (size_t)charset;
        while (t.n && strchr("; ", t.p[t.n - 1]))
            t.n--;
    }
    return t;
}

/* Of two that are one but for their charset the first counts. */
static void add_media(openapi_reader *r, openapi_body *b, text type, const spec_node *at,
                      const spec_node *schema)
{
    text name = media_name(r->memory, type);
    for (uint32_t i = 0; i < b->medias; i++)
        if (text_equal(b->media[i].type, name))
            return;
    b->media[b->medias++] = (openapi_media){name, at, schema};
}

static bool read_content(openapi_reader *r, const spec_node *holder, openapi_body *out)
{
    const spec_node *content = openapi_few(r, holder, "content", SPEC_MAP);
    if (!content)
        return !r->failed;
    out->media = arena_array(r->memory, openapi_media, content->count);
    for (uint32_t i = 0; i < content->count; i++) {
        const spec_node *m = &content->child[i];
        if (m->kind != SPEC_NULL && !openapi_need(r, m, SPEC_MAP, "a media type"))
            return false;
        add_media(r, out, m->key, m, spec_get(m, "schema"));
    }
    return true;
}

/* Of 2.0: one schema for every type that `consumes` or `produces` names. */
static bool read_types(openapi_reader *r, const spec_node *operation, const char *word,
                       const spec_node *at, const spec_node *schema, openapi_body *out)
{
    const spec_node *list = openapi_few(r, operation, word, SPEC_LIST);
    if (!list)
        list = openapi_few(r, r->api->root, word, SPEC_LIST);
    uint32_t n = list && list->count ? list->count : 1;
    out->media = arena_array(r->memory, openapi_media, n);
    out->medias = 0;
    for (uint32_t i = 0; i < n; i++) {
        text type = list && list->count ? list->child[i].value : TEXT("application/json");
        add_media(r, out, type, at, schema);
    }
    return !r->failed;
}

/* --- parameters --- */

static const char *const places[] = {"path", "query", "header", "cookie"};

/* 3.0.4, 4.7.12.2: form for query and cookie, simple for path and header. */
static void read_style(const openapi_reader *r, openapi_parameter *p)
{
    text given = spec_text(p->node, "style"), collection = spec_text(p->node, "collectionFormat");
    bool form = p->in == IN_QUERY || p->in == IN_COOKIE;
    p->style = given.n ? given : form ? TEXT("form") : TEXT("simple");
    const spec_node *explode = spec_of_kind(p->node, "explode", SPEC_TRUTH);
    p->explode = explode ? text_is(explode->value, "true") : text_is(p->style, "form");
    if (r->api->level > 20)
        return;
    p->explode = text_is(collection, "multi") || !text_is(spec_text(p->node, "type"), "array");
    if (text_is(collection, "ssv"))
        p->style = TEXT("spaceDelimited");
    else if (text_is(collection, "pipes"))
        p->style = TEXT("pipeDelimited");
    else if (text_is(collection, "tsv"))
        p->style = collection;
    if (!form)
        p->explode = false;
}

/* Of 3: `schema`, or that of the one media type of `content`. Of 2.0: the parameter is the schema.
 */
static const spec_node *schema_of(const openapi_reader *r, const spec_node *node)
{
    if (r->api->level == 20)
        return node;
    const spec_node *schema = spec_get(node, "schema"), *content = spec_get(node, "content");
    return schema || !content || !content->count ? schema : spec_get(content->child, "schema");
}

static uint32_t path_position(text path, text name)
{
    uint32_t n = 0;
    for (size_t i = 0; i < path.n; i++) {
        if (path.p[i] != '{')
            continue;
        n++;
        if (i + 1 + name.n < path.n && path.p[i + 1 + name.n] == '}' &&
            memcmp(path.p + i + 1, name.p, name.n) == 0)
            return n;
    }
    return 0;
}

static void read_common(openapi_reader *r, const spec_node *node, openapi_parameter *p)
{
    p->node = node;
    p->required = spec_true(node, "required");
    p->deprecated = spec_true(node, "deprecated");
    p->empty = spec_true(node, "allowEmptyValue");
    p->schema = schema_of(r, node);
    read_style(r, p);
}

static bool holds_text(const spec_node *list, text word)
{
    for (uint32_t i = 0; list && i < list->count; i++)
        if (list->child[i].kind == SPEC_TEXT && text_equal(list->child[i].value, word))
            return true;
    return false;
}

/* A parameter of the operation replaces that of its path (3.0.4, 4.7.9.1). */
static bool there(const parameter_list *list, const openapi_parameter *p)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->p[i].in == p->in && text_equal(list->p[i].name, p->name))
            return true;
    return false;
}

/* One parameter for each property of an object that is written so; false when it is not. */
static bool explode(const openapi_reader *r, const openapi_parameter *p, parameter_list *out)
{
    bool form = (p->in == IN_QUERY || p->in == IN_COOKIE) && text_is(p->style, "form");
    const spec_node *schema = p->schema ? openapi_resolve(r->api, p->schema) : NULL;
    const spec_node *properties = spec_of_kind(schema, "properties", SPEC_MAP);
    if (r->api->level == 20 || !form || !p->explode || !properties || spec_get(schema, "allOf") ||
        spec_get(schema, "additionalProperties"))
        return false;
    const spec_node *required = spec_of_kind(schema, "required", SPEC_LIST);
    for (uint32_t i = 0; i < properties->count; i++) {
        openapi_parameter one = *p;
        one.name = properties->child[i].key;
        one.schema = &properties->child[i];
        one.required = p->required && holds_text(required, one.name);
        if (!there(out, &one))
            vec_push(out, one);
    }
    return true;
}

static bool read_parameter(openapi_reader *r, const spec_node *node, text path, parameter_list *out)
{
    openapi_parameter p = {.name = spec_text(node, "name")};
    text in = spec_text(node, "in");
    size_t where = 0;
    while (where < 4 && !text_is(in, places[where]))
        where++;
    if (where == 4)
        return openapi_fault(r, node, "a parameter is in path, query, header or cookie");
    if (!p.name.n)
        return openapi_fault(r, node, "a parameter has no `name`");
    p.in = (parameter_place)where;
    read_common(r, node, &p);
    if (p.in == IN_PATH)
        p.position = path_position(path, p.name);
    if (p.in == IN_HEADER)
        p.name = lower(r->memory, text_trim(p.name)); /* RFC 9110, 5.1 */
    if (!there(out, &p) && !explode(r, &p, out))
        vec_push(out, p);
    return true;
}

/* --- bodies of 2.0 --- */

/* Form fields as the object that they are: {properties: {…}, required: […]}. */
static const spec_node *form_schema(arena *a, const spec_node *const *field, uint32_t n)
{
    spec_node *property = arena_array(a, spec_node, n), *name = arena_array(a, spec_node, n);
    spec_node *member = arena_array(a, spec_node, 2), *schema = arena_new(a, spec_node);
    uint32_t names = 0;
    for (uint32_t i = 0; i < n; i++) {
        text word = spec_text(field[i], "name");
        property[i] = *field[i];
        property[i].key = word;
        if (spec_true(field[i], "required"))
            name[names++] = (spec_node){.kind = SPEC_TEXT, .value = word, .at = field[i]->at};
    }
    member[0] = spec_map(a, TEXT("properties"), property, n);
    member[1] =
        (spec_node){.kind = SPEC_LIST, .key = TEXT("required"), .child = name, .count = names};
    *schema = spec_map(a, TEXT("schema"), member, 2);
    schema->at = field[0]->at;
    return schema;
}

static const char *form_type(const spec_node *const *field, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (text_is(spec_text(field[i], "type"), "file"))
            return "multipart/form-data";
    return "application/x-www-form-urlencoded";
}

typedef VEC(const spec_node *) field_list;

static bool read_form(openapi_reader *r, const field_list *fields, openapi_operation *o)
{
    uint32_t n = (uint32_t)fields->n;
    const spec_node *schema = form_schema(r->memory, fields->p, n);
    o->body.node = fields->p[0];
    for (uint32_t i = 0; i < n; i++)
        o->body.required |= spec_true(fields->p[i], "required");
    if (!read_types(r, o->node, "consumes", o->body.node, schema, &o->body))
        return false;
    if (!spec_get(o->node, "consumes") && !spec_get(r->api->root, "consumes"))
        o->body.media[0].type = text_of(form_type(fields->p, n));
    return true;
}

static bool read_parameters(openapi_reader *r, const spec_node *holder, text path,
                            openapi_operation *o, parameter_list *out, field_list *fields)
{
    const spec_node *list = openapi_few(r, holder, "parameters", SPEC_LIST);
    for (uint32_t i = 0; list && i < list->count; i++) {
        const spec_node *p = openapi_follow(r, &list->child[i]);
        if (!p || !openapi_need(r, p, SPEC_MAP, "a parameter"))
            return false;
        text in = spec_text(p, "in");
        if (r->api->level == 20 && text_is(in, "body")) {
            o->body.node = p;
            o->body.required = spec_true(p, "required");
            if (!read_types(r, o->node, "consumes", p, spec_get(p, "schema"), &o->body))
                return false;
        } else if (r->api->level == 20 && text_is(in, "formData")) {
            vec_push(fields, p);
        } else if (!read_parameter(r, p, path, out)) {
            return false;
        }
    }
    return !r->failed;
}

static bool read_all_parameters(openapi_reader *r, const spec_node *item, text path,
                                openapi_operation *o)
{
    parameter_list list = {0};
    field_list fields = {0};
    bool ok = read_parameters(r, o->node, path, o, &list, &fields) &&
              read_parameters(r, item, path, o, &list, &fields);
    if (ok && fields.n)
        ok = read_form(r, &fields, o);
    if (ok && list.n > OPENAPI_MOST)
        ok = openapi_fault(r, o->node, "there are more than %d parameters", OPENAPI_MOST);
    o->parameters = (uint32_t)list.n;
    o->parameter = arena_array(r->memory, openapi_parameter, list.n);
    if (list.n)
        memcpy(o->parameter, list.p, list.n * sizeof *list.p);
    vec_release(&list);
    vec_release(&fields);
    return ok;
}

static bool read_body(openapi_reader *r, openapi_operation *o)
{
    const spec_node *node = spec_get(o->node, "requestBody");
    if (!node)
        return true;
    const spec_node *body = openapi_follow(r, node);
    if (!body || !openapi_need(r, body, SPEC_MAP, "a request body"))
        return false;
    o->body.node = body;
    o->body.required = spec_true(body, "required");
    return read_content(r, body, &o->body);
}

/* --- responses --- */

static bool read_headers(openapi_reader *r, openapi_response *out)
{
    const spec_node *all = openapi_few(r, out->node, "headers", SPEC_MAP);
    if (!all)
        return !r->failed;
    out->header = arena_array(r->memory, openapi_parameter, all->count);
    for (uint32_t i = 0; i < all->count; i++) {
        const spec_node *node = openapi_follow(r, &all->child[i]);
        openapi_parameter *h = &out->header[out->headers];
        if (!node || !openapi_need(r, node, SPEC_MAP, "a header"))
            return false;
        h->name = lower(r->memory, text_trim(all->child[i].key));
        h->in = IN_HEADER;
        read_common(r, node, h);
        /* Content-Type is what `content` says (3.0.4, 4.7.17.1); of two names that differ in case
           the first counts */
        bool counts = !text_is(h->name, "content-type");
        for (uint32_t k = 0; k < out->headers; k++)
            counts &= !text_equal(out->header[k].name, h->name);
        if (counts)
            out->headers++;
        else
            *h = (openapi_parameter){0};
    }
    return true;
}

static bool read_response(openapi_reader *r, const spec_node *operation, const spec_node *node,
                          openapi_response *out)
{
    const spec_node *response = openapi_follow(r, node);
    if (!response || !openapi_need(r, response, SPEC_MAP, "a response"))
        return false;
    bool range = node->key.n == 3 && strncasecmp(node->key.p + 1, "xx", 2) == 0;
    out->status = range ? text_format(r->memory, "%cXX", node->key.p[0]) : node->key;
    out->node = out->body.node = response;
    const spec_node *schema = spec_get(response, "schema");
    if (!read_headers(r, out))
        return false;
    if (r->api->level > 20)
        return read_content(r, response, &out->body);
    return !schema || read_types(r, operation, "produces", response, schema, &out->body);
}

static bool read_responses(openapi_reader *r, openapi_operation *o)
{
    const spec_node *all = openapi_few(r, o->node, "responses", SPEC_MAP);
    if (!all)
        return !r->failed;
    o->response = arena_array(r->memory, openapi_response, all->count);
    for (uint32_t i = 0; i < all->count; i++) {
        openapi_response *one = &o->response[o->responses];
        if (text_starts(all->child[i].key, TEXT("x-")))
            continue;
        if (!read_response(r, o->node, &all->child[i], one))
            return false;
        bool twice = false; /* "4xx" and "4XX": the first counts */
        for (uint32_t k = 0; k < o->responses; k++)
            twice |= text_equal(o->response[k].status, one->status);
        if (twice)
            *one = (openapi_response){0};
        else
            o->responses++;
    }
    return true;
}

bool openapi_read_parts(openapi_reader *r, const spec_node *item, text path, openapi_operation *o)
{
    return read_all_parameters(r, item, path, o) && read_body(r, o) && read_responses(r, o);
}
