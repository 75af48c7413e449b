/* connector.c: connectors: where they lead, who one is there, how they behave.
 *
 * Kind, base and rehearsal address are columns; the rest is one json object, `settings`, which the
 * connector reads when it is used: its keys are sorted, so that the order of fields changes
 * nothing.
 */
#include "compiler/endpoint.h"
#include "compiler/expr.h"
#include "compiler/fields.h"
#include "compiler/platform.h"

#include <stdlib.h>
#include <string.h>

/* What is known of a kind of connector; fields that a kind does not have are FIELD_COUNT. */
typedef struct {
    block_kind block;
    field_id base, rehearsal, timeout;
    const char *secure, *plain; /* schemes of its address; NULL: a folder */
} connector_kind;

static const connector_kind kinds[] = {
    {BLOCK_dir, FIELD_dir_base, FIELD_dir_rehearsal, FIELD_COUNT, NULL, NULL},
    {BLOCK_exec, FIELD_exec_base, FIELD_exec_rehearsal, FIELD_COUNT, NULL, NULL},
    {BLOCK_http, FIELD_http_base, FIELD_http_rehearsal, FIELD_http_timeout, "https", "http"},
    {BLOCK_sftp, FIELD_sftp_base, FIELD_sftp_rehearsal, FIELD_sftp_timeout, "sftp", NULL}};

/* --- blocks of names and values
 * ---------------------------------------------------------------------- */

typedef struct {
    text name;
    node value;
} pair;

static int pair_order(const void *a, const void *b)
{
    return text_compare(((const pair *)a)->name, ((const pair *)b)->name);
}

static bool name_fits(text name, bool header)
{
    bool good = name.n != 0;
    for (size_t i = 0; i < name.n; i++) {
        char x = name.p[i], low = (char)(x | 32);
        good &= (low >= 'a' && low <= 'z') || (x >= '0' && x <= '9' && (i || header)) ||
                (x == '_' && !header) || (x == '-' && header);
    }
    return good;
}

static bool reserved_name(text name, bool header)
{
    static const char *const own[] = {"authorization", "content-length", "host", "idempotency-key",
                                      "transfer-encoding"};
    if (!header)
        return text_starts(name, TEXT("FERRY_"));
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (name.n == strlen(own[i]) && !strncasecmp(name.p, own[i], name.n))
            return true;
    return false;
}

static void reserved_fault(compiler *c, node at, text name)
{
    diagnostic *g = fault_at(c, E0308, at, "`%.*s` is set by Ferry itself", TEXT_ARG(name));
    if (name.n == strlen("authorization") && !strncasecmp(name.p, "authorization", name.n))
        diag_help_add(c->d, g,
                      "the field `auth` gives it: auth bearer(secret(\"TOKEN\")) or "
                      "basic(\"user\", secret(\"PASSWORD\"))");
}

static bool pair_named(compiler *c, node n, bool header, const pair *known, size_t count, text *out)
{
    text name = *out = literal_text(tree(c), ast_key(tree(c), n), c->memory);
    node at = ast_key(tree(c), n);
    if (!name_fits(name, header))
        fault_at(c, E0308, at,
                 header ? "a header's name is letters, digits and `-`"
                        : "a variable's name is letters, digits and `_`");
    else if (reserved_name(name, header))
        reserved_fault(c, at, name);
    else {
        for (size_t i = 0; i < count; i++)
            if (text_equal(known[i].name, name)) {
                fault_at(c, E0121, at, "`%.*s` is given twice", TEXT_ARG(name));
                return false;
            }
        return true;
    }
    return false;
}

/* `headers { "X-Tenant" "acme" }`, `env { "TOKEN" secret("T") }` as an object; *secret: one is. */
static void pairs_put(compiler *c, json_writer *w, node section, bool header, bool *secret)
{
    pair list[64];
    size_t k = 0;
    ast_each(tree(c), ast_body(tree(c), section), n)
    {
        text name;
        if (ast_is(tree(c), n, NODE_ERROR))
            continue;
        if (!ast_is(tree(c), n, NODE_RULE))
            fault_at(c, E0123, n, "here stand names and values: `\"%s\" \"x\"`",
                     header ? "X-Tenant" : "TENANT");
        else if (k == 64)
            fault_at(c, E0110, n, "more than 64 of them");
        else if (pair_named(c, n, header, list, k, &name))
            list[k++] = (pair){name, ast_value(tree(c), n)};
    }
    qsort(list, k, sizeof *list, pair_order);
    json_object(w);
    for (size_t i = 0; i < k; i++) {
        json_put_key_text(w, list[i].name);
        identity_put(c, w, list[i].value);
        *secret |= ast_is(tree(c), list[i].value, NODE_CALL);
    }
    json_object_end(w);
}

/* --- settings
 * ---------------------------------------------------------------------------------------- */

static void minimum_put(compiler *c, json_writer *w, node n)
{
    value v = expect_const(c, n, TYPE_NUMBER);
    bool two = v.constant == 12 * UNIT_NUMBER / 10, three = v.constant == 13 * UNIT_NUMBER / 10;
    if (v.kind == V_CONST && !two && !three)
        fault_at(c, E0308, n, "the least version of tls is 1.2 or 1.3");
    json_put_cstr(w, three ? "1.3" : "1.2");
}

static void tls_put(compiler *c, json_writer *w, node section)
{
    fields f;
    fields_read(c, BLOCK_tls, ast_body(tree(c), section), ast_name_span(tree(c), section), &f);
    static const struct {
        field_id field;
        const char *key;
    } texts[] = {{FIELD_tls_ca, "ca"}, {FIELD_tls_certificate, "certificate"}};
    json_object(w);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        node n = field_value(c, &f, texts[i].field);
        value v = n ? expect_const(c, n, TYPE_TEXT) : value_error();
        if (v.kind == V_CONST)
            json_add_text(w, texts[i].key, v.string);
    }
    if (f.at[FIELD_tls_key]) {
        json_put_key(w, "key");
        secret_put(c, w, field_value(c, &f, FIELD_tls_key));
    }
    if (f.at[FIELD_tls_minimum]) {
        json_put_key(w, "minimum");
        minimum_put(c, w, field_value(c, &f, FIELD_tls_minimum));
    }
    json_object_end(w);
}

static void refused_put(compiler *c, json_writer *w, node n)
{
    json_array(w);
    if (!ast_is(tree(c), n, NODE_LIST))
        fault_at(c, E0307, n, "`refused` takes a list of exit codes: [3, 4]");
    ast_each_as(tree(c), n, ROLE_element, e)
    {
        value v = expect_const(c, e, TYPE_NUMBER);
        if (v.kind != V_CONST)
            continue;
        if (v.constant % UNIT_NUMBER || v.constant <= 0 || v.constant > 255 * UNIT_NUMBER)
            fault_at(c, E0308, e, "an exit code is a whole number from 1 to 255");
        json_put_decimal(w, v.constant, SCALE_NUMBER);
    }
    json_array_end(w);
}

typedef enum {
    SET_CREDENTIAL,
    SET_SECRET,
    SET_IDENTITY,
    SET_TEXT,
    SET_TIME,
    SET_TLS,
    SET_HEADERS,
    SET_ENV,
    SET_REFUSED
} setting_form;

/* By key: that is their order in the object. */
static const struct {
    field_id field;
    const char *key;
    setting_form form;
} settings[] = {{FIELD_http_auth, "auth", SET_CREDENTIAL},
                {FIELD_http_connect, "connect", SET_TIME},
                {FIELD_sftp_connect, "connect", SET_TIME},
                {FIELD_exec_env, "env", SET_ENV},
                {FIELD_http_headers, "headers", SET_HEADERS},
                {FIELD_sftp_key, "key", SET_SECRET},
                {FIELD_sftp_known_hosts, "known_hosts", SET_TEXT},
                {FIELD_sftp_password, "password", SET_SECRET},
                {FIELD_exec_refused, "refused", SET_REFUSED},
                {FIELD_http_tls, "tls", SET_TLS},
                {FIELD_sftp_user, "user", SET_IDENTITY}};

static duration time_of(compiler *c, node n)
{
    duration d = const_duration(c, n, QUANTITY_NONE);
    if (n && d != QUANTITY_NONE && d <= 0)
        fault_at(c, E0308, n, "a time above 0s is needed here");
    return d;
}

static void setting_put(compiler *c, json_writer *w, node field, setting_form form, bool *secret)
{
    node n = ast_value(tree(c), field);
    switch (form) {
    case SET_CREDENTIAL:
        *secret = true;
        endpoint_put(c, w, n, PLACE_CREDENTIAL);
        break;
    case SET_SECRET:
        *secret = true;
        secret_put(c, w, n);
        break;
    case SET_IDENTITY: identity_put(c, w, n); break;
    case SET_TEXT: json_put_text(w, expect_const(c, n, TYPE_TEXT).string); break;
    case SET_TIME: json_put_decimal(w, time_of(c, n), SCALE_SECONDS); break;
    case SET_TLS: tls_put(c, w, field); break;
    case SET_HEADERS:
    case SET_ENV: pairs_put(c, w, field, form == SET_HEADERS, secret); break;
    case SET_REFUSED: refused_put(c, w, n); break;
    }
}

/* Whether something secret goes along. */
static bool settings_take(compiler *c, row *r, const fields *f)
{
    buffer b;
    json_writer w;
    bool any = false, secret = false;
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        if (!f->at[settings[i].field])
            continue;
        any = true;
        json_put_key(&w, settings[i].key);
        setting_put(c, &w, f->at[settings[i].field], settings[i].form, &secret);
    }
    json_object_end(&w);
    if (any)
        cell_text(c, r, COLUMN_CONNECTOR_SETTINGS, text_copy(c->memory, buffer_view(&b)));
    buffer_release(&b);
    return secret;
}

/* --- the connector
 * ------------------------------------------------------------------------------------ */

static bool near(text address)
{
    text host = text_slice(address, strlen("http://"), address.n);
    return text_starts(host, TEXT("localhost")) || text_starts(host, TEXT("127."));
}

static void place_take(compiler *c, row *r, uint32_t column, const fields *f, field_id id,
                       const connector_kind *kind, bool secret)
{
    node n = field_value(c, f, id);
    value v = n ? expect_const(c, n, TYPE_TEXT) : value_error();
    if (v.kind != V_CONST ||
        (kind->secure && !address_check(c, n, v.string, kind->secure, kind->plain)))
        return;
    cell_text(c, r, column, v.string);
    if (!secret || !text_starts(v.string, TEXT("http://")) || near(v.string))
        return;
    diagnostic *g = fault_at(c, W0601, n, "a secret travels in clear text to this address");
    diag_help_add(c->d, g, "use `https://`");
}

void connector_take(compiler *c, decl *d)
{
    row *r = row_new(c, TABLE_CONNECTOR, name_text(c, d->name), d->place);
    r->of = d;
    r->kind = d->sub = kind_of(c, ast_type(tree(c), d->at), ENUM_connector);
    d->bad = r->kind < 0;
    if (d->bad)
        return;
    const connector_kind *kind = &kinds[r->kind];
    cell_raw(c, r, COLUMN_CONNECTOR_KIND, r->kind);
    node title = ast_title(tree(c), d->at);
    value v = title ? expect_const(c, title, TYPE_TEXT) : value_error();
    if (v.kind == V_CONST)
        cell_text(c, r, COLUMN_CONNECTOR_TITLE, v.string);
    fields f;
    fields_read(c, kind->block, ast_body(tree(c), d->at), d->place, &f);
    r->number = 5 * MINUTE;
    platform_command_check(c, field_value(c, &f, FIELD_exec_command));
    if (kind->timeout != FIELD_COUNT && f.at[kind->timeout])
        r->number = time_of(c, field_value(c, &f, kind->timeout));
    bool secret = settings_take(c, r, &f);
    place_take(c, r, COLUMN_CONNECTOR_BASE, &f, kind->base, kind, secret);
    place_take(c, r, COLUMN_CONNECTOR_REHEARSAL, &f, kind->rehearsal, kind, secret);
}
