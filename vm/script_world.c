/* script_world.c: what a test's run has written, and what it would read of that. */
#include "bytecode/vocabulary.h"
#include "vm/script_parts.h"

#include "base/hash.h"

#include <string.h>

script_thing *script_thing_of(const host_script *s, text connector, text name)
{
    for (size_t i = 0; i < s->things.n; i++)
        if (text_equal(s->things.p[i].call, connector) && text_equal(s->things.p[i].name, name))
            return &s->things.p[i];
    return NULL;
}

static script_thing *touch(host_script *s, text connector, text name)
{
    script_thing *t = script_thing_of(s, connector, name);
    if (t != NULL)
        return t;
    vec_push(&s->things,
             (script_thing){
                 text_copy(&s->memory, connector), text_copy(&s->memory, name), {NULL, 0}, false});
    return &vec_last(&s->things);
}

bool script_performed(const host_script *s, const sha256 *key)
{
    for (size_t i = 0; i < s->performed.n; i++)
        if (sha256_equal(&s->performed.p[i], key))
            return true;
    return false;
}

/* What it leaves behind its path: the text or json that it carries, if the test tells it. */
static text content_of(host_script *s, const script_request *q, arena *memory)
{
    text plain = script_member(memory, &q->arguments, "text");
    if (plain.p == NULL)
        plain = script_member(memory, &q->arguments, "json");
    return plain.p == NULL ? plain : text_copy(&s->memory, plain);
}

static bool is_operation(const script_request *q, const char *name)
{
    return strcmp(operation_rows[q->operation].name, name) == 0;
}

void script_perform(host_script *s, const script_request *q, const sha256 *key, arena *memory)
{
    if (script_performed(s, key))
        return;
    vec_push(&s->performed, *key);
    if (q->connector.n == 0)
        return;
    script_thing *t = touch(s, q->connector, q->argument);
    script_end(s, q->connector, q->argument);
    if (q->operation == OPERATION_DIR_MOVE) {
        text to = script_member(memory, &q->arguments, "to"), content = t->content;
        t->there = false;
        script_end(s, q->connector, to);
        t = touch(s, q->connector, to);
        t->content = content;
    } else {
        t->content = content_of(s, q, memory);
    }
    t->there = !is_operation(q, "remove") && !is_operation(q, "delete");
}

void script_note(host_script *s, const script_request *q, bool done)
{
    for (size_t i = 0; i < s->writes.n; i++)
        if (text_equal(s->writes.p[i].path, q->path)) {
            s->writes.p[i].undo = q->undo;
            s->writes.p[i].done = done;
            return;
        }
    vec_push(&s->writes, (script_write){text_copy(&s->memory, q->path), q->undo, done, 0});
}

/* --- reading back --- */

static void put_content(json_writer *w, const script_thing *t, bool file, arena *memory)
{
    char hex[65];
    json_document d;
    if (file) {
        sha256 digest = sha256_of(t->content.p, t->content.n);
        sha256_hex(&digest, hex);
        json_add_cstr(w, "sha256", hex);
        json_add_int(w, "size", (int64_t)t->content.n);
    }
    json_add_text(w, "text", t->content);
    if (json_read(memory, t->content, &d, NULL)) {
        json_put_key(w, "json");
        json_put_raw(w, json_raw(&d, 0));
    }
}

static text thing_values(const script_thing *t, bool file, arena *memory)
{
    buffer b;
    json_writer w;
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    if (file) {
        json_add_bool(&w, "exists", t->there);
    } else {
        json_add_int(&w, "status", t->there ? 200 : 404);
    }
    if (t->there && t->content.p != NULL)
        put_content(&w, t, file, memory);
    json_object_end(&w);
    text values = text_copy(memory, buffer_view(&b));
    buffer_release(&b);
    return values;
}

/* An operation that answers for one path, which a write of the same connector may have changed. */
static bool reads_path(const script_request *q)
{
    return is_operation(q, "read") || is_operation(q, "stat") || is_operation(q, "get");
}

static text read_values(host_script *s, const script_request *q, arena *memory, bool *whole)
{
    const script_thing *t = reads_path(q) ? script_thing_of(s, q->connector, q->argument) : NULL;
    *whole = t != NULL && (!t->there || t->content.p != NULL);
    if (t == NULL)
        return TEXT("{}");
    return thing_values(t, !is_operation(q, "get"), memory);
}

/* Ample documents, all of which match; of live traffic from its first moment on. */
static text simulated(const host_script *s, const script_request *q, arena *memory)
{
    json_document look;
    instant since = s->now;
    if (json_read(memory, script_member(memory, &q->d, "look"), &look, NULL))
        since = script_integer(memory, &look, "since", since);
    return text_format(memory,
                       "{\"match\":1,\"mismatches\":0,\"violations\":0,\"missing\":0,\"extra\":0,"
                       "\"compared\":1000,\"detection\":1,\"exposed\":0,\"held\":%lld.%06lld,"
                       "\"legacy\":{\"p95\":1},"
                       "\"modern\":{\"p95\":1},\"json\":{},\"documents\":[{\"count\":1000,"
                       "\"matched\":1000,\"mismatches\":0,\"type\":\"sample\"}]}",
                       (long long)((s->now - since) / SECOND),
                       (long long)((s->now - since) % SECOND));
}

text script_values(host_script *s, const script_request *q, arena *memory, bool *whole)
{
    *whole = true;
    if (q->operation == OPERATION_SIMULATE || q->operation == OPERATION_LIVE)
        return simulated(s, q, memory);
    if (q->operation == OPERATION_REHEARSAL)
        return TEXT("{\"age\":0,\"passed\":true}");
    if (q->operation == OPERATION_WINDOW_NEXT) {
        int64_t after = script_integer(memory, &q->arguments, "after", s->now);
        return text_format(memory, "{\"start\":%lld,\"end\":%lld}", (long long)after,
                           (long long)(after + 7 * DAY));
    }
    if (!q->write)
        return read_values(s, q, memory, whole);
    *whole = false;
    const char *kind = operation_rows[q->operation].connector;
    if (strcmp(kind, "exec") == 0)
        return TEXT("{\"status\":0}");
    if (strcmp(kind, "http") == 0)
        return TEXT("{\"status\":200}");
    const script_thing *t = script_thing_of(s, q->connector, q->argument);
    return is_operation(q, "write") && t != NULL ? thing_values(t, true, memory)
                                                 : TEXT("{\"existed\":true}");
}
