/* host_script.c: requests meet the table of givens; what is left over goes well. */
#include "vm/host_script.h"

#include "base/hash.h"
#include "base/vec.h"
#include "bytecode/signature.h"
#include "bytecode/vocabulary.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { LATENCY = 1000 }; /* an answer is never of the instant of its request */

/* A file of a connector, or a command that ran: what was written. */
typedef struct {
    text call, name, content; /* call: the connector's name */
    bool there;
} thing;

typedef struct {
    uint32_t run, fiber, n;
    instant due;
    outcome_status status;
    arena memory;
    text body;
} pending_answer;

struct host_script {
    const script_given *given;
    size_t givens;
    unsigned *used; /* how often each given was met */
    bool *over;     /* its path was written since */
    const operation_entry *window;
    instant now;
    instant people; /* when somebody will speak; QUANTITY_MAX where nobody is due */
    arena memory;
    VEC(host_run) runs;
    VEC(thing) things;
    VEC(sha256) performed;
    VEC(pending_answer *) answers;
    VEC(pending_answer *) handed; /* at the last poll */
};

/* A request, taken apart. */
typedef struct {
    json_document d, arguments, shape;
    operation_id operation;
    text path, connector, call, argument;
    duration timeout;
    bool write;
} request;

host_script *host_script_new(const script_given *given, size_t n, instant start,
                             const operation_entry *window)
{
    host_script *s = calloc(1, sizeof *s);
    if (s == NULL)
        memory_exhausted();
    s->given = given;
    s->givens = n;
    s->used = arena_array(&s->memory, unsigned, n);
    s->over = arena_array(&s->memory, bool, n);
    s->window = window;
    s->now = start;
    s->people = QUANTITY_MAX;
    return s;
}

static void free_answer(pending_answer *a)
{
    arena_release(&a->memory);
    free(a);
}

static void close_script(void *self)
{
    host_script *s = self;
    for (size_t i = 0; i < s->answers.n; i++)
        free_answer(s->answers.p[i]);
    for (size_t i = 0; i < s->handed.n; i++)
        free_answer(s->handed.p[i]);
    vec_clear(&s->answers);
    vec_clear(&s->handed);
}

void host_script_free(host_script *s)
{
    if (s == NULL)
        return;
    close_script(s);
    vec_release(&s->runs);
    vec_release(&s->things);
    vec_release(&s->performed);
    vec_release(&s->answers);
    vec_release(&s->handed);
    arena_release(&s->memory);
    free(s);
}

static void serve(void *self, uint32_t run_index, const host_run *run)
{
    host_script *s = self;
    while (s->runs.n <= run_index)
        vec_push(&s->runs, (host_run){0});
    s->runs.p[run_index] = *run;
}

/* --- requests --- */

static text member(arena *memory, const json_document *d, const char *name)
{
    uint32_t node = json_member(d, 0, text_of(name));
    return node == 0                         ? (text){NULL, 0}
           : d->node[node].kind == JSON_TEXT ? json_text(memory, d, node)
                                             : json_raw(d, node);
}

static int64_t integer(arena *memory, const json_document *d, const char *name, int64_t otherwise)
{
    text t = member(memory, d, name);
    return t.n == 0 || text_is(t, "null") ? otherwise : strtoll(text_copy(memory, t).p, NULL, 10);
}

static text first_argument(arena *memory, const request *q)
{
    signature sig = signature_read(operation_rows[q->operation].arguments);
    uint32_t node = sig.parameters == 0 ? 0 : json_member(&q->arguments, 0, sig.parameter[0].name);
    if (node == 0 || q->arguments.node[node].kind == JSON_TEXT)
        return node == 0 ? TEXT("") : json_text(memory, &q->arguments, node);
    if (q->arguments.node[node].kind != JSON_ARRAY)
        return json_raw(&q->arguments, node);
    buffer b;
    buffer_init(&b);
    for (uint32_t i = 0; i < q->arguments.node[node].count; i++) {
        if (i != 0)
            buffer_char(&b, ' ');
        buffer_text(&b, json_text(memory, &q->arguments, json_element(&q->arguments, node, i)));
    }
    text t = text_copy(memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static bool take_apart(const host_script *s, uint32_t run, text raw, arena *memory, request *q)
{
    *q = (request){.operation = OPERATION_COUNT};
    if (!json_read(memory, raw, &q->d, NULL) ||
        !json_read(memory, member(memory, &q->d, "arguments"), &q->arguments, NULL) ||
        !json_read(memory, member(memory, &q->d, "shape"), &q->shape, NULL))
        return false;
    q->operation = operation_find(member(memory, &q->d, "operation"));
    if (q->operation == OPERATION_COUNT)
        return false;
    const operation_row *row = &operation_rows[q->operation];
    const image *program = s->runs.p[run].program;
    int64_t connector = integer(memory, &q->d, "connector", -1);
    q->path = member(memory, &q->d, "path");
    q->timeout = integer(memory, &q->d, "timeout", 5 * MINUTE);
    q->write = row->effect == EFFECT_WRITE;
    q->call = text_of(row->name);
    if (connector >= 0 && connector < program->tables[TABLE_CONNECTOR].rows) {
        q->connector =
            image_field_text(program, TABLE_CONNECTOR, COLUMN_CONNECTOR_NAME, (uint32_t)connector);
        q->call = text_format(memory, "%.*s.%s", TEXT_ARG(q->connector), row->name);
    }
    q->argument = first_argument(memory, q);
    return true;
}

/* --- givens --- */

static bool is_tail(text path, const char *tail)
{
    size_t n = strlen(tail);
    return n <= path.n && memcmp(path.p + path.n - n, tail, n) == 0 &&
           (n == path.n || path.p[path.n - n - 1] == '.');
}

static bool fits(const char *given, text found)
{
    return given == NULL || text_is(found, given);
}

static const script_given *given_for(host_script *s, const request *q)
{
    for (size_t i = 0; i < s->givens; i++) {
        const script_given *g = &s->given[i];
        bool named = g->path != NULL || g->call != NULL;
        if (!named || g->fate == SCRIPT_SAYS || s->over[i] ||
            (g->times != 0 && s->used[i] >= g->times) || !fits(g->call, q->call) ||
            !fits(g->argument, q->argument) || (g->path != NULL && !is_tail(q->path, g->path)))
            continue;
        /* A path names a step: what it reads to be checked is a call of its own. */
        if (g->call == NULL && !q->write && q->connector.n != 0)
            continue;
        s->used[i]++;
        return g;
    }
    return NULL;
}

/* --- what was written --- */

static thing *thing_of(const host_script *s, text connector, text name)
{
    for (size_t i = 0; i < s->things.n; i++)
        if (text_equal(s->things.p[i].call, connector) && text_equal(s->things.p[i].name, name))
            return &s->things.p[i];
    return NULL;
}

static thing *touch(host_script *s, text connector, text name)
{
    thing *t = thing_of(s, connector, name);
    if (t != NULL)
        return t;
    vec_push(&s->things, (thing){text_copy(&s->memory, connector), text_copy(&s->memory, name),
                                 TEXT(""), false});
    return &vec_last(&s->things);
}

/* A given read holds until its path is written. */
static void end_givens(host_script *s, text connector, text name)
{
    for (size_t i = 0; i < s->givens; i++) {
        const script_given *g = &s->given[i];
        size_t n = connector.n;
        bool same = g->call != NULL && g->argument != NULL && text_is(name, g->argument) &&
                    strncmp(g->call, connector.p, n) == 0 && g->call[n] == '.';
        if (same && (strcmp(g->call + n, ".read") == 0 || strcmp(g->call + n, ".stat") == 0))
            s->over[i] = true;
    }
}

static void write_down(host_script *s, const request *q, const sha256 *key, arena *memory)
{
    for (size_t i = 0; i < s->performed.n; i++)
        if (sha256_equal(&s->performed.p[i], key))
            return;
    vec_push(&s->performed, *key);
    thing *t = touch(s, q->connector, q->argument);
    end_givens(s, q->connector, q->argument);
    if (q->operation == OPERATION_DIR_MOVE) {
        text to = member(memory, &q->arguments, "to"), content = t->content;
        t->there = false;
        end_givens(s, q->connector, to);
        t = touch(s, q->connector, to);
        t->content = content;
    } else if (q->operation == OPERATION_DIR_WRITE) {
        text plain = member(memory, &q->arguments, "text");
        t->content =
            text_copy(&s->memory, plain.p != NULL ? plain : member(memory, &q->arguments, "json"));
    }
    t->there = q->operation != OPERATION_DIR_REMOVE;
}

static void put_file_fields(json_writer *w, const thing *t, arena *memory)
{
    char hex[65];
    json_document d;
    sha256 digest = sha256_of(t->content.p, t->content.n);
    sha256_hex(&digest, hex);
    json_put_key(w, "sha256");
    json_put_cstr(w, hex);
    json_put_key(w, "size");
    json_put_int(w, (int64_t)t->content.n);
    json_put_key(w, "text");
    json_put_text(w, t->content);
    if (json_read(memory, t->content, &d, NULL)) {
        json_put_key(w, "json");
        json_put_raw(w, json_raw(&d, 0));
    }
}

/* What stands for what nobody gave. */
static text default_values(host_script *s, const request *q, arena *memory)
{
    if (q->operation == OPERATION_SIMULATE)
        return TEXT("{\"match\":1,\"mismatches\":0,\"violations\":0,\"missing\":0,\"extra\":0,"
                    "\"compared\":1000,\"legacy\":{\"p95\":1},\"modern\":{\"p95\":1},\"json\":{}}");
    if (q->operation == OPERATION_WINDOW_NEXT) {
        int64_t after = integer(memory, &q->arguments, "after", s->now);
        return text_format(memory, "{\"start\":%lld,\"end\":%lld}", (long long)after,
                           (long long)(after + 7 * DAY));
    }
    const thing *t = thing_of(s, q->connector, q->argument);
    bool reads = q->operation == OPERATION_DIR_READ || q->operation == OPERATION_DIR_STAT;
    bool there = t != NULL && t->there;
    if (!reads)
        return TEXT("{\"status\":0,\"text\":\"\",\"existed\":true}");
    buffer b;
    json_writer w;
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    json_put_key(&w, "exists");
    json_put_bool(&w, there);
    if (there)
        put_file_fields(&w, t, memory);
    json_object_end(&w);
    text values = text_copy(memory, buffer_view(&b));
    buffer_release(&b);
    return values;
}

/* --- answers --- */

static void well(host_script *s, uint32_t run, const request *q, const script_given *g,
                 arena *memory, operation_result *r)
{
    *r = (operation_result){.status = OUTCOME_OK};
    if (g != NULL && g->values != NULL) {
        r->result = text_of(g->values);
    } else if (q->operation == OPERATION_WINDOW_NEXT && s->window != NULL) {
        operation_request o = {.program = s->runs.p[run].program,
                               .folder = s->runs.p[run].folder,
                               .key_hex = "",
                               .connector = NO_INDEX,
                               .operation = q->operation,
                               .arguments = &q->arguments,
                               .shape = &q->shape,
                               .now = s->now};
        s->window->perform(&o, memory, r);
    } else {
        r->result = default_values(s, q, memory);
    }
}

static void decide(host_script *s, uint32_t run, const request *q, const vm_output *out,
                   pending_answer *a, operation_result *r)
{
    const script_given *g = given_for(s, q);
    script_fate fate = g == NULL ? SCRIPT_RETURNS : g->fate;
    duration delay = g != NULL && g->delay > 0 ? g->delay : LATENCY;
    *r = (operation_result){.status = OUTCOME_UNKNOWN, .detail = TEXT("given: fails")};
    if (fate == SCRIPT_HANGS) {
        delay = q->timeout;
        r->detail = TEXT("given: hangs");
    } else if (fate == SCRIPT_REFUSED) {
        *r = (operation_result){.status = OUTCOME_REFUSED, .detail = TEXT("given: refused")};
    } else if (fate != SCRIPT_FAILS && q->write) {
        write_down(s, q, &out->key, &a->memory);
    }
    if (fate == SCRIPT_RETURNS)
        well(s, run, q, g, &a->memory, r);
    a->due = s->now + delay;
}

static void probe(const host_script *s, const sha256 *key, pending_answer *a, operation_result *r)
{
    *r = (operation_result){.status = OUTCOME_REFUSED};
    for (size_t i = 0; i < s->performed.n; i++)
        if (sha256_equal(&s->performed.p[i], key))
            r->status = OUTCOME_OK;
    a->due = s->now + LATENCY;
}

static void withdraw(host_script *s, uint32_t run, const vm_output *out)
{
    for (size_t i = 0; i < s->answers.n; i++) {
        pending_answer *a = s->answers.p[i];
        if (a->run != run || a->fiber != out->fiber || a->n != out->n)
            continue;
        free_answer(a);
        memmove(&s->answers.p[i], &s->answers.p[i + 1], (--s->answers.n - i) * sizeof a);
        return;
    }
}

static void submit(void *self, uint32_t run_index, const vm_output *out)
{
    host_script *s = self;
    if (out->submit == SUBMIT_WITHDRAW)
        withdraw(s, run_index, out);
    if (out->submit == SUBMIT_WITHDRAW || out->submit == SUBMIT_NOTHING)
        return;
    pending_answer *a = calloc(1, sizeof *a);
    if (a == NULL)
        memory_exhausted();
    request q;
    operation_result r;
    *a = (pending_answer){.run = run_index, .fiber = out->fiber, .n = out->n, .due = s->now};
    text raw = text_copy(&a->memory, out->request);
    if (!take_apart(s, run_index, raw, &a->memory, &q))
        r = (operation_result){.status = OUTCOME_REFUSED, .detail = TEXT("not understood")};
    else if (out->submit == SUBMIT_PROBE)
        probe(s, &out->key, a, &r);
    else
        decide(s, run_index, &q, out, a, &r);
    buffer b;
    buffer_init(&b);
    host_outcome(&q.shape, &r, a->due - s->now, &a->memory, &b);
    a->status = r.status;
    a->body = text_copy(&a->memory, buffer_view(&b));
    buffer_release(&b);
    vec_push(&s->answers, a);
}

/* --- time --- */

/* The first of those that are due first: answers of one instant come in the order of their
 * requests. */
static size_t earliest(const host_script *s)
{
    size_t first = 0;
    for (size_t i = 1; i < s->answers.n; i++)
        if (s->answers.p[i]->due < s->answers.p[first]->due)
            first = i;
    return first;
}

static size_t wait_or_jump(void *self, instant until, int wake_fd, host_answer *answers,
                           size_t most)
{
    host_script *s = self;
    for (size_t i = 0; i < s->handed.n; i++)
        free_answer(s->handed.p[i]);
    vec_clear(&s->handed);
    size_t first = earliest(s);
    instant due = s->answers.n != 0 ? s->answers.p[first]->due : QUANTITY_MAX;
    instant next = until < s->people ? until : s->people;
    if (due > next || most == 0 || s->answers.n == 0) {
        if (next == QUANTITY_MAX) { /* only a command can come */
            struct pollfd p = {.fd = wake_fd, .events = POLLIN};
            poll(&p, 1, -1);
            return 0;
        }
        s->now = next > s->now ? next : s->now;
        return 0;
    }
    pending_answer *a = s->answers.p[first];
    memmove(&s->answers.p[first], &s->answers.p[first + 1], (--s->answers.n - first) * sizeof a);
    vec_push(&s->handed, a);
    s->now = due > s->now ? due : s->now;
    answers[0] = (host_answer){a->run, a->fiber, a->n, a->status, a->body};
    return 1;
}

static instant now(void *self)
{
    return ((host_script *)self)->now;
}

/* --- people --- */

static bool people_say(void *self, const host_asked *q, text *word)
{
    host_script *s = self;
    s->people = QUANTITY_MAX;
    *word = TEXT("");
    for (size_t i = 0; i < s->givens; i++) {
        const script_given *g = &s->given[i];
        if (g->fate != SCRIPT_SAYS || (g->times != 0 && s->used[i] >= g->times) ||
            !fits(g->role, q->role) || (g->path != NULL && !is_tail(q->path, g->path)))
            continue;
        if (q->since != QUANTITY_NONE && s->now < q->since + g->delay) {
            s->people = q->since + g->delay;
            return false;
        }
        s->used[i]++;
        *word = text_of(g->values);
        return true;
    }
    return true;
}

host host_script_host(host_script *s)
{
    return (host){.self = s,
                  .mode = "script",
                  .people = PEOPLE_YES,
                  .virtual_clock = true,
                  .serve = serve,
                  .submit = submit,
                  .poll = wait_or_jump,
                  .now = now,
                  .people_say = people_say,
                  .close = close_script};
}

uint64_t host_script_writes(const host_script *s)
{
    return s->performed.n;
}

text host_script_file(const host_script *s, const char *connector, const char *path)
{
    const thing *t = thing_of(s, text_of(connector), text_of(path));
    return t != NULL && t->there ? t->content : (text){NULL, 0};
}
