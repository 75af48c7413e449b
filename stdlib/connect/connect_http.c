/* connect_http.c: the connector `http`. What an answer says about a write: 2xx done; nothing sent,
 * 3xx (redirects are not followed), or 4xx but 408 and 409: surely not done; any other answer, or
 * none once a byte was sent: unknown. A call that only asks has a result whatever its status.
 *
 * The operation's path is appended to the connector's base as it stands: its values were
 * percent-encoded when the text was made. Every write carries `Idempotency-Key`.
 */
#include "stdlib/connect/connect_parts.h"

#include "base/decimal.h"
#include "stdlib/document/format.h"

#include <stdlib.h>
#include <string.h>

enum { DETAIL = 300, MOST_HEADERS = 64 };

typedef struct {
    operation_job job; /* first: the host knows this part only */
    http_exchange *exchange;
    environment secrets; /* the values that must not come back */
    bool writes;
} http_job;

/* A request while it is put together. */
typedef struct {
    const operation_request *q;
    arena *memory;
    operation_result *r;
    environment *secrets;
    json_document settings;
    const char *header[MOST_HEADERS + 1];
    size_t headers;
    http_request out;
} draft;

/* --- text of the settings --- */

/* A text, or the value of the secret that {"secret": NAME} names; NULL and a refusal in r where it
 * is not there. */
static const char *setting(draft *d, uint32_t node)
{
    const json_document *s = &d->settings;
    if (s->node[node].kind == JSON_TEXT)
        return text_copy(d->memory, json_text(d->memory, s, node)).p;
    uint32_t name = json_member(s, node, TEXT("secret"));
    text of = name != 0 ? json_text(d->memory, s, name) : TEXT("");
    const char *value = getenv(text_copy(d->memory, of).p);
    if (value == NULL) {
        refused(d->r, d->memory, "secret `%.*s` is not in the environment", TEXT_ARG(of));
        return NULL;
    }
    environment_note(d->secrets, text_of(value));
    return value;
}

static uint32_t member_of(const draft *d, uint32_t object, const char *name)
{
    return d->settings.nodes != 0 ? json_member(&d->settings, object, text_of(name)) : 0;
}

/* false only after a refusal; *out stays NULL where nothing is set. */
static bool optional(draft *d, uint32_t object, const char *name, const char **out)
{
    uint32_t node = object == NO_INDEX ? 0 : member_of(d, object, name);
    if (node != 0)
        *out = setting(d, node);
    return node == 0 || *out != NULL;
}

/* --- headers --- */

static bool is_token(text t)
{
    static const char odd[] = "!#$%&'*+-.^_`|~"; /* RFC 9110, 5.6.2 */
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];
        bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!word && (c == 0 || strchr(odd, c) == NULL))
            return false;
    }
    return t.n != 0;
}

/* No line of a value begins another header. */
static bool header_put(draft *d, text name, text value)
{
    bool clean = is_token(name);
    for (size_t i = 0; i < value.n; i++)
        clean &= (unsigned char)value.p[i] >= ' ' || value.p[i] == '\t';
    if (!clean || d->headers == MOST_HEADERS) {
        refused(d->r, d->memory, clean ? "more than %d headers" : "header `%.*s` cannot be sent",
                clean ? MOST_HEADERS : (int)name.n, name.p);
        return false;
    }
    d->header[d->headers++] =
        text_format(d->memory, "%.*s: %.*s", TEXT_ARG(name), TEXT_ARG(value)).p;
    return true;
}

static bool headers_of_settings(draft *d)
{
    uint32_t all = member_of(d, 0, "headers"), node = all + 1;
    for (uint32_t i = 0; all != 0 && i < d->settings.node[all].count; i++) {
        const char *value = setting(d, node);
        if (value == NULL ||
            !header_put(d, json_key(d->memory, &d->settings, node), text_of(value)))
            return false;
        node = d->settings.node[node].next;
    }
    return true;
}

static text scalar(arena *memory, const json_document *d, uint32_t node)
{
    return d->node[node].kind == JSON_TEXT ? json_text(memory, d, node) : json_raw(d, node);
}

static bool headers_of_call(draft *d)
{
    const json_document *a = d->q->arguments;
    uint32_t all = json_member(a, 0, TEXT("headers")), node = all + 1;
    for (uint32_t i = 0; all != 0 && i < a->node[all].count; i++) {
        if (!header_put(d, json_key(d->memory, a, node), scalar(d->memory, a, node)))
            return false;
        node = a->node[node].next;
    }
    return true;
}

/* --- address --- */

static void query_put(draft *d, buffer *b, bool first)
{
    const json_document *a = d->q->arguments;
    uint32_t all = json_member(a, 0, TEXT("query")), node = all + 1;
    for (uint32_t i = 0; all != 0 && i < a->node[all].count; i++) {
        buffer_char(b, first ? '?' : '&');
        first = false;
        text_percent_encode(json_key(d->memory, a, node), b);
        buffer_char(b, '=');
        text_percent_encode(scalar(d->memory, a, node), b);
        node = a->node[node].next;
    }
}

static bool address(draft *d)
{
    const image *i = d->q->program;
    text path = argument_text(d->q, d->memory, "path"), base = TEXT("");
    if (d->q->rehearsal)
        base = image_field_text(i, TABLE_CONNECTOR, COLUMN_CONNECTOR_REHEARSAL, d->q->connector);
    if (base.n == 0)
        base = image_field_text(i, TABLE_CONNECTOR, COLUMN_CONNECTOR_BASE, d->q->connector);
    for (size_t k = 0; k < path.n; k++)
        if ((unsigned char)path.p[k] <= ' ' || path.p[k] == '#') {
            refused(d->r, d->memory, "path `%.*s` holds what no address may", TEXT_ARG(path));
            return false;
        }
    buffer b;
    buffer_init(&b);
    while (base.n != 0 && base.p[base.n - 1] == '/')
        base.n--;
    buffer_text(&b, base);
    if (path.n != 0 && path.p[0] != '/')
        buffer_char(&b, '/');
    buffer_text(&b, path);
    query_put(d, &b, text_find(path, '?') < 0);
    d->out.url = text_copy(d->memory, buffer_view(&b)).p;
    buffer_release(&b);
    return true;
}

/* --- the rest of the request --- */

static const char *content_type(document_kind kind, bool soap)
{
    switch (kind) {
    case KIND_X12: return "application/EDI-X12";
    case KIND_EDIFACT: return "application/EDIFACT";
    case KIND_JSON: return "application/json";
    case KIND_XML: return soap ? "text/xml; charset=utf-8" : "application/xml";
    case KIND_CSV: return "text/csv";
    default: return "application/octet-stream";
    }
}

static bool body(draft *d)
{
    text json = argument_text(d->q, d->memory, "json"),
         plain = argument_text(d->q, d->memory, "text");
    uint32_t node = json_member(d->q->arguments, 0, TEXT("json"));
    if (json.p != NULL && plain.p != NULL) {
        refused(d->r, d->memory, "`json` and `text` are both given");
        return false;
    }
    if (json.p != NULL) {
        d->out.body = json_raw(d->q->arguments, node);
        return header_put(d, TEXT("Content-Type"), TEXT("application/json"));
    }
    d->out.body = plain;
    return plain.p == NULL ||
           header_put(d, TEXT("Content-Type"), TEXT("text/plain; charset=utf-8"));
}

static bool credentials(draft *d)
{
    uint32_t auth = member_of(d, 0, "auth");
    const char *key = NULL;
    uint32_t tls = member_of(d, 0, "tls");
    const char *minimum = NULL;
    tls = tls == 0 ? NO_INDEX : tls;
    auth = auth == 0 ? NO_INDEX : auth;
    bool well =
        optional(d, auth, "token", &d->out.bearer) && optional(d, auth, "user", &d->out.user) &&
        optional(d, auth, "password", &d->out.password) && optional(d, tls, "ca", &d->out.ca) &&
        optional(d, tls, "certificate", &d->out.certificate) && optional(d, tls, "key", &key) &&
        optional(d, tls, "minimum", &minimum);
    d->out.key = key != NULL ? text_of(key) : TEXT("");
    d->out.tls13 = minimum != NULL && strcmp(minimum, "1.3") == 0;
    if (d->out.ca != NULL)
        d->out.ca = below_folder(d->q, d->memory, text_of(d->out.ca));
    if (d->out.certificate != NULL)
        d->out.certificate = below_folder(d->q, d->memory, text_of(d->out.certificate));
    return well;
}

static void connect_time(draft *d)
{
    uint32_t node = member_of(d, 0, "connect");
    if (node != 0)
        decimal_read(json_raw(&d->settings, node), SCALE_SECONDS, false, &d->out.connect, NULL);
}

static bool put_together(draft *d)
{
    text settings = connector_settings(d->q);
    if (settings.n != 0 && !json_read(d->memory, settings, &d->settings, NULL))
        d->settings.nodes = 0;
    connect_time(d);
    bool keyed =
        d->q->key_hex[0] == 0 || header_put(d, TEXT("Idempotency-Key"), text_of(d->q->key_hex));
    d->out.headers = d->header;
    return keyed && address(d) && credentials(d) && headers_of_settings(d) && headers_of_call(d) &&
           body(d);
}

/* --- the answer --- */

/* "Name: value" lines as an object, names in lower case; of a name that comes twice the last. */
static void put_headers(json_writer *w, arena *memory, text head)
{
    json_object(w);
    while (head.n != 0) {
        ptrdiff_t end = text_find(head, '\n');
        text line = text_slice(head, 0, end < 0 ? head.n : (size_t)end);
        head = text_slice(head, end < 0 ? head.n : (size_t)end + 1, head.n);
        ptrdiff_t colon = text_find(line, ':');
        if (colon <= 0)
            continue;
        char *name = arena_copy(memory, line.p, (size_t)colon);
        for (char *p = name; *p; p++)
            *p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
        json_add_text(w, name, text_trim(text_slice(line, (size_t)colon + 1, line.n)));
    }
    json_object_end(w);
}

static void put_result(const http_job *j, const http_answer *a, arena *memory, operation_result *r)
{
    json_document parsed;
    buffer b;
    json_writer w;
    text body = environment_scrub(&j->secrets, memory, a->body);
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    json_put_key(&w, "elapsed");
    json_put_decimal(&w, a->elapsed, SCALE_SECONDS);
    json_put_key(&w, "headers");
    put_headers(&w, memory, environment_scrub(&j->secrets, memory, a->headers));
    if (json_read(memory, body, &parsed, NULL)) {
        json_put_key(&w, "json");
        json_put_raw(&w, json_raw(&parsed, 0));
    }
    json_add_int(&w, "status", a->status);
    json_add_text(&w, "text", body);
    json_object_end(&w);
    r->result = text_copy(memory, buffer_view(&b));
    buffer_release(&b);
}

static text first_line(const http_job *j, text body, arena *memory)
{
    body = text_trim(environment_scrub(&j->secrets, memory, body));
    ptrdiff_t end = text_find(body, '\n');
    return text_slice(body, 0, end < 0 || end > DETAIL ? DETAIL : (size_t)end);
}

static void judge(const http_job *j, arena *memory, operation_result *r)
{
    http_answer a = http_result(j->exchange);
    if (a.failure.n != 0) {
        text why = environment_scrub(&j->secrets, memory, a.failure);
        if (a.sent && j->writes)
            unknown(r, memory, "%.*s, after a part was sent", TEXT_ARG(why));
        else
            refused(r, memory, "%.*s", TEXT_ARG(why));
        return;
    }
    bool done = a.status >= 200 && a.status < 300;
    bool not_done = a.status >= 300 && a.status < 500 && a.status != 408 && a.status != 409;
    text said = first_line(j, a.body, memory);
    if (done || !j->writes)
        *r = (operation_result){.status = OUTCOME_OK};
    else if (not_done)
        refused(r, memory, "HTTP %ld%s%.*s", a.status, said.n != 0 ? ": " : "", TEXT_ARG(said));
    else
        unknown(r, memory, "HTTP %ld%s%.*s", a.status, said.n != 0 ? ": " : "", TEXT_ARG(said));
    put_result(j, &a, memory, r);
}

/* --- the job --- */

static void mirror(http_job *j)
{
    int fd[HTTP_FDS];
    int n = http_waits(j->exchange, fd, j->job.events, &j->job.deadline);
    for (int i = 0; i < OPERATION_FDS; i++)
        j->job.fd[i] = i < n ? fd[i] : -1;
}

static bool http_job_advance(operation_job *job, bool late, arena *memory, operation_result *result)
{
    http_job *j = (http_job *)job;
    if (!http_advance(j->exchange)) {
        mirror(j);
        return false;
    }
    judge(j, memory, result);
    return true;
}

static void http_job_release(operation_job *job)
{
    http_job *j = (http_job *)job;
    http_release(j->exchange);
    free(j);
}

static operation_job *call(const operation_request *q, arena *memory, const char *method,
                           operation_result *r)
{
    http_job *j = calloc(1, sizeof *j);
    if (j == NULL)
        memory_exhausted();
    draft d = {.q = q, .memory = memory, .r = r, .secrets = &j->secrets};
    text why;
    d.out.method = method;
    j->job.advance = http_job_advance;
    j->job.release = http_job_release;
    j->writes = strcmp(method, "GET") != 0;
    if (put_together(&d)) {
        j->exchange = http_begin(&d.out, q->deadline, memory, &why);
        if (j->exchange != NULL) {
            mirror(j);
            return &j->job;
        }
        refused(r, memory, "%.*s", TEXT_ARG(why));
    }
    free(j);
    return NULL;
}

http_exchange *http_post_sample(const operation_request *q, uint32_t endpoint, text bytes,
                                environment *secrets, arena *memory, operation_result *r)
{
    draft d = {.q = q, .memory = memory, .r = r, .secrets = secrets};
    if (!json_read(memory, json_raw(q->arguments, endpoint), &d.settings, NULL))
        return NULL; /* it is a part of what was read */
    const json_document *s = &d.settings;
    bool soap = text_is(json_text(memory, s, json_member(s, 0, TEXT("kind"))), "soap");
    d.out.method = "POST";
    d.out.url = setting(&d, json_member(s, 0, TEXT("sandbox")));
    d.out.body = bytes;
    d.out.headers = d.header;
    text type = text_of(content_type(document_data_kind_of(bytes), soap));
    if (d.out.url == NULL || !header_put(&d, TEXT("Content-Type"), type) || !credentials(&d))
        return NULL;
    text why = TEXT("");
    http_exchange *x = http_begin(&d.out, q->deadline, memory, &why);
    if (x == NULL)
        refused(r, memory, "%.*s", TEXT_ARG(why));
    return x;
}

operation_job *http_get(const operation_request *q, arena *memory, operation_result *r)
{
    return call(q, memory, "GET", r);
}

operation_job *http_post(const operation_request *q, arena *memory, operation_result *r)
{
    return call(q, memory, "POST", r);
}

operation_job *http_put(const operation_request *q, arena *memory, operation_result *r)
{
    return call(q, memory, "PUT", r);
}

operation_job *http_patch(const operation_request *q, arena *memory, operation_result *r)
{
    return call(q, memory, "PATCH", r);
}

operation_job *http_delete(const operation_request *q, arena *memory, operation_result *r)
{
    return call(q, memory, "DELETE", r);
}
