/* host_answer.c: from what an operation found to what the journal keeps: only the scalars that the
 * site's shape names. Documents stay outside the machine. */
#include "bytecode/vocabulary.h"
#include "vm/host.h"

#include "base/decimal.h"

#include <string.h>

enum { PROJECTED_LARGEST = 64 << 10 }; /* the machine's limit of a text; larger is not available */

operation_id operation_find(text name)
{
    for (unsigned i = 0; i < OPERATION_COUNT; i++) {
        const operation_row *o = &operation_rows[i];
        text connector = text_of(o->connector), rest = name;
        if (!text_is(connector, "none")) {
            if (name.n <= connector.n || !text_starts(name, connector) ||
                name.p[connector.n] != '.')
                continue;
            rest = text_slice(name, connector.n + 1, name.n);
        }
        if (text_is(rest, o->name))
            return (operation_id)i;
    }
    return OPERATION_COUNT;
}

static bool is_number_type(text type)
{
    static const char *const names[] = {"number", "percent", "money", "duration", "rate"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_is(type, names[i]))
            return true;
    return false;
}

static bool fits(json_kind kind, text type)
{
    if (text_is(type, "json"))
        return kind != JSON_NULL;
    if (text_is(type, "bool"))
        return kind == JSON_TRUE || kind == JSON_FALSE;
    if (text_is(type, "instant"))
        return kind == JSON_TEXT || kind == JSON_NUMBER;
    if (text_is(type, "list"))
        return kind == JSON_ARRAY;
    return kind == (is_number_type(type) ? JSON_NUMBER : JSON_TEXT);
}

static void put_field(json_writer *w, const json_document *result, text path, text type,
                      arena *memory)
{
    uint32_t node = 0;
    bool there = result->nodes != 0 && json_follow(result, path, &node) &&
                 fits(result->node[node].kind, type) &&
                 json_raw(result, node).n <= PROJECTED_LARGEST;
    if (!there)
        json_put_null(w);
    else if (result->node[node].kind == JSON_TEXT && !text_is(type, "json"))
        json_put_text(w, json_text(memory, result, node));
    else
        json_put_raw(w, json_raw(result, node));
}

static const char *what_is(const json_document *result, text path, text type)
{
    uint32_t node = 0;
    if (!result->nodes || !json_follow(result, path, &node))
        return "not there";
    if (result->node[node].kind == JSON_NULL)
        return "null";
    if (json_raw(result, node).n > PROJECTED_LARGEST)
        return "more than 64 KiB";
    return fits(result->node[node].kind, type)      ? NULL
           : result->node[node].kind == JSON_OBJECT ? "an object"
           : result->node[node].kind == JSON_ARRAY  ? "a list"
           : result->node[node].kind == JSON_NUMBER ? "a number"
           : result->node[node].kind == JSON_TEXT   ? "a text"
                                                    : "true or false";
}

text host_lacks(const json_document *shape, text result, arena *memory)
{
    json_document d = {0};
    uint32_t status = 0;
    if (result.n != 0)
        json_read(memory, result, &d, NULL);
    for (uint32_t i = 0; shape->nodes != 0 && i < shape->node[0].count; i++) {
        uint32_t field = json_element(shape, 0, i);
        text path = json_text(memory, shape, json_element(shape, field, 0));
        text type = json_text(memory, shape, json_element(shape, field, 1));
        const char *is = what_is(&d, path, type);
        if (is == NULL)
            continue;
        bool http = d.nodes != 0 && json_follow(&d, TEXT("status"), &status);
        return text_format(memory, "its `%.*s` is %s%s%.*s%s%.*s", TEXT_ARG(path), is,
                           text_is(type, "json") ? "" : "; wanted: ",
                           TEXT_ARG(text_is(type, "json") ? TEXT("") : type),
                           http ? "; status " : "",
                           TEXT_ARG(http ? json_raw(&d, status) : TEXT("")));
    }
    return (text){0};
}

void host_project(const json_document *shape, text result, arena *memory, buffer *out)
{
    json_document d = {0};
    json_writer w;
    if (result.n != 0)
        json_read(memory, result, &d, NULL); /* else every field is absent */
    json_begin(&w, out, 0);
    json_array(&w);
    for (uint32_t i = 0; shape->nodes != 0 && i < shape->node[0].count; i++) {
        uint32_t field = json_element(shape, 0, i);
        uint32_t path = json_element(shape, field, 0), type = json_element(shape, field, 1);
        put_field(&w, &d, json_text(memory, shape, path), json_text(memory, shape, type), memory);
    }
    json_array_end(&w);
}

void host_outcome(const json_document *shape, const operation_result *r, duration elapsed,
                  arena *memory, buffer *out)
{
    static const char *const words[] = {"ok", "refused", "unknown"};
    buffer raw, values;
    json_writer w;
    buffer_init(&raw);
    buffer_init(&values);
    host_project(shape, r->result, memory, &values);
    json_begin(&w, &raw, 0);
    json_object(&w);
    if (r->detail.n != 0)
        json_add_text(&w, "detail", r->detail);
    json_add_int(&w, "elapsed", elapsed);
    if (r->evidence.n != 0) {
        char hex[65];
        sha256 digest = sha256_of(r->evidence.p, r->evidence.n);
        sha256_hex(&digest, hex);
        json_add_cstr(&w, "evidence", hex);
    }
    if (r->untold)
        json_add_bool(&w, "given", false);
    if (r->path.n != 0)
        json_add_text(&w, "path", r->path);
    if (r->sample.n != 0) {
        json_put_key(&w, "sample");
        json_put_raw(&w, r->sample);
    }
    json_add_cstr(&w, "status", words[r->status]);
    json_put_key(&w, "values");
    json_put_raw(&w, buffer_view(&values));
    json_object_end(&w);
    json_canonical(memory, buffer_view(&raw), out, NULL);
    buffer_release(&raw);
    buffer_release(&values);
}
