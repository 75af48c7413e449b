/* connect.c: the table of operations, and what all of them need: arguments, folders, secrets. */
#include "stdlib/connect/connect_parts.h"

#include "base/vec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const operation_entry connect_operations[] = {
    {OPERATION_DIR_READ, dir_read, NULL},
    {OPERATION_DIR_LIST, dir_list, NULL},
    {OPERATION_DIR_STAT, dir_stat, NULL},
    {OPERATION_DIR_WRITE, dir_write, dir_write_probe},
    {OPERATION_DIR_MOVE, dir_move, dir_move_probe},
    {OPERATION_DIR_REMOVE, dir_remove, dir_remove_probe},
    {OPERATION_EXEC_ASK, exec_perform_ask, NULL},
    {OPERATION_EXEC_RUN, exec_perform_run, NULL},
    {OPERATION_HTTP_GET, http_get, NULL},
    {OPERATION_HTTP_POST, http_post, NULL},
    {OPERATION_HTTP_PUT, http_put, NULL},
    {OPERATION_HTTP_PATCH, http_patch, NULL},
    {OPERATION_HTTP_DELETE, http_delete, NULL},
    {OPERATION_SIMULATE, simulate_channel, NULL},
    {OPERATION_LIVE, simulate_live, NULL},
    {OPERATION_WINDOW_NEXT, window_perform_next, NULL},
    {OPERATION_NOTIFY, notify_role, NULL},
    {OPERATION_REHEARSAL, rehearsal_perform, NULL},
};
const size_t connect_operation_count = sizeof connect_operations / sizeof *connect_operations;

text argument_text(const operation_request *q, arena *memory, const char *name)
{
    uint32_t node = json_member(q->arguments, 0, text_of(name));
    if (node == 0 || q->arguments->node[node].kind == JSON_NULL)
        return (text){NULL, 0};
    if (q->arguments->node[node].kind == JSON_TEXT)
        return json_text(memory, q->arguments, node);
    return json_raw(q->arguments, node);
}

bool wants(const operation_request *q, const char *field)
{
    size_t n = strlen(field);
    for (uint32_t i = 0; q->shape->nodes != 0 && i < q->shape->node[0].count; i++) {
        uint32_t entry = json_element(q->shape, 0, i);
        text path = json_raw(q->shape, json_element(q->shape, entry, 0)); /* with its quotes */
        if (path.n > n + 1 && memcmp(path.p + 1, field, n) == 0 &&
            (path.p[n + 1] == '"' || path.p[n + 1] == '.' || path.p[n + 1] == '['))
            return true;
    }
    return false;
}

static void __attribute__((format(printf, 4, 0)))
say(operation_result *r, arena *memory, outcome_status status, const char *format, va_list args)
{
    buffer b;
    buffer_init(&b);
    buffer_vprintf(&b, format, args);
    *r = (operation_result){.status = status, .detail = text_copy(memory, buffer_view(&b))};
    buffer_release(&b);
}

void refused(operation_result *r, arena *memory, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(r, memory, OUTCOME_REFUSED, format, args);
    va_end(args);
}

void unknown(operation_result *r, arena *memory, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(r, memory, OUTCOME_UNKNOWN, format, args);
    va_end(args);
}

/* --- where --- */

const char *below_folder(const operation_request *q, arena *memory, text path)
{
    if (path.n != 0 && path.p[0] == '/')
        return text_copy(memory, path).p;
    if (path.n == 0)
        return q->folder;
    return text_format(memory, "%s/%.*s", q->folder, TEXT_ARG(path)).p;
}

const char *connector_folder(const operation_request *q, arena *memory)
{
    text base = TEXT("");
    if (q->connector != NO_INDEX && q->rehearsal)
        base =
            image_field_text(q->program, TABLE_CONNECTOR, COLUMN_CONNECTOR_REHEARSAL, q->connector);
    if (q->connector != NO_INDEX && base.n == 0)
        base = image_field_text(q->program, TABLE_CONNECTOR, COLUMN_CONNECTOR_BASE, q->connector);
    return below_folder(q, memory, base);
}

text connector_settings(const operation_request *q)
{
    if (q->connector == NO_INDEX)
        return TEXT("");
    return image_field_text(q->program, TABLE_CONNECTOR, COLUMN_CONNECTOR_SETTINGS, q->connector);
}

/* --- environment --- */

static const char *secret_name(arena *memory, const json_document *d, uint32_t node)
{
    uint32_t name = json_member(d, node, TEXT("secret"));
    if (name == 0 || d->node[name].kind != JSON_TEXT)
        return NULL;
    return text_copy(memory, json_text(memory, d, name)).p;
}

static bool declare(environment *e, arena *memory, const json_document *d, uint32_t node,
                    char **slot, operation_result *r)
{
    text name = json_key(memory, d, node), value = TEXT("");
    const char *secret = secret_name(memory, d, node);
    if (secret != NULL && getenv(secret) == NULL) {
        refused(r, memory, "secret `%s` is not in the environment", secret);
        return false;
    }
    if (secret != NULL)
        value = text_of(getenv(secret));
    else if (d->node[node].kind == JSON_TEXT)
        value = json_text(memory, d, node);
    if (secret != NULL)
        environment_note(e, value);
    text pair = text_format(memory, "%.*s=%.*s", TEXT_ARG(name), TEXT_ARG(value));
    *slot = arena_copy(memory, pair.p, pair.n);
    return true;
}

bool environment_make(const operation_request *q, arena *memory, environment *out,
                      operation_result *r)
{
    static const char *const kept[] = {"PATH", "HOME", "LANG"};
    json_document d;
    uint32_t declared = 0, n = 0;
    text settings = connector_settings(q);
    *out = (environment){0};
    if (settings.n != 0 && json_read(memory, settings, &d, NULL))
        declared = json_member(&d, 0, TEXT("env"));
    out->list = arena_array(memory, char *, 8 + (declared != 0 ? d.node[declared].count : 0));
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const char *value = getenv(kept[i]);
        text pair = text_format(memory, "%s=%s", kept[i], value != NULL ? value : "");
        if (value != NULL)
            out->list[n++] = arena_copy(memory, pair.p, pair.n);
    }
    text mode = text_format(memory, "FERRY_MODE=%s", q->rehearsal ? "rehearsal" : "live");
    out->list[n++] = arena_copy(memory, mode.p, mode.n);
    text key = text_format(memory, "FERRY_IDEMPOTENCY_KEY=%s", q->key_hex);
    if (q->key_hex[0] != 0)
        out->list[n++] = arena_copy(memory, key.p, key.n);
    for (uint32_t i = 0, at = declared + 1; declared != 0 && i < d.node[declared].count; i++) {
        if (!declare(out, memory, &d, at, &out->list[n++], r))
            return false;
        at = d.node[at].next;
    }
    return true;
}

void environment_note(environment *e, text secret)
{
    for (size_t i = 0; i < e->secrets; i++)
        if (text_equal(e->secret[i], secret))
            return;
    if (e->secrets < sizeof e->secret / sizeof *e->secret)
        e->secret[e->secrets++] = secret;
}

text environment_scrub(const environment *e, arena *memory, text bytes)
{
    for (size_t i = 0; i < e->secrets; i++) {
        text secret = e->secret[i];
        const char *at;
        if (secret.n < 4 || memmem(bytes.p, bytes.n, secret.p, secret.n) == NULL)
            continue;
        buffer b;
        buffer_init(&b);
        while ((at = memmem(bytes.p, bytes.n, secret.p, secret.n)) != NULL) {
            buffer_add(&b, bytes.p, (size_t)(at - bytes.p));
            buffer_cstr(&b, "***");
            bytes = text_slice(bytes, (size_t)(at - bytes.p) + secret.n, bytes.n);
        }
        buffer_text(&b, bytes);
        bytes = text_copy(memory, buffer_view(&b));
        buffer_release(&b);
    }
    return bytes;
}

bool connect_secrets_check(const image *program, arena *memory, text *why)
{
    buffer missing;
    buffer_init(&missing);
    for (uint32_t row = 0; row < program->tables[TABLE_CONNECTOR].rows; row++) {
        json_document d;
        text settings = image_field_text(program, TABLE_CONNECTOR, COLUMN_CONNECTOR_SETTINGS, row);
        if (settings.n == 0 || !json_read(memory, settings, &d, NULL))
            continue;
        for (uint32_t i = 0; i < d.nodes; i++) {
            const char *name = d.node[i].kind == JSON_OBJECT ? secret_name(memory, &d, i) : NULL;
            if (name != NULL && getenv(name) == NULL)
                buffer_printf(&missing, "%s`%s`", missing.n != 0 ? ", " : "", name);
        }
    }
    bool ok = missing.n == 0;
    if (!ok)
        *why = text_format(memory, "not in the environment: secret %.*s",
                           TEXT_ARG(buffer_view(&missing)));
    buffer_release(&missing);
    return ok;
}
