/* host_live.c: requests as calls and jobs, answers as they come. */
#include "vm/host_live.h"

#include "base/decimal.h"
#include "base/vec.h"
#include "bytecode/vocabulary.h"
#include "vm/owner.h"

#include <assert.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    uint32_t run, fiber, n;
    arena memory; /* of the request and its result */
    json_document shape;
    text path;          /* of the program */
    text asked;         /* the operation, for people */
    instant began;      /* monotonic */
    operation_job *job; /* NULL: finished, `result` is there */
    operation_result result;
    buffer body;
    bool handed; /* its answer was handed out at the last poll */
} call;

struct host_live {
    const operation_entry *table;
    size_t entries;
    bool rehearsal;
    VEC(host_run) runs; /* by run index */
    VEC(seen_files *) seen;
    VEC(call *) calls;
};

static instant monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (instant)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

host_live *host_live_new(const operation_entry *table, size_t n, bool rehearsal)
{
    host_live *l = calloc(1, sizeof *l);
    if (l == NULL)
        memory_exhausted();
    l->table = table;
    l->entries = n;
    l->rehearsal = rehearsal;
    return l;
}

static void free_call(call *c)
{
    if (c->job != NULL)
        c->job->release(c->job);
    buffer_release(&c->body);
    arena_release(&c->memory);
    free(c);
}

void host_live_close(void *self)
{
    host_live *l = self;
    for (size_t i = 0; i < l->calls.n; i++)
        free_call(l->calls.p[i]);
    vec_clear(&l->calls);
}

void host_live_free(host_live *l)
{
    if (l == NULL)
        return;
    host_live_close(l);
    for (size_t i = 0; i < l->seen.n; i++)
        seen_close(l->seen.p[i]);
    vec_release(&l->seen);
    vec_release(&l->runs);
    vec_release(&l->calls);
    free(l);
}

void host_live_serve(void *self, uint32_t run_index, const host_run *run)
{
    host_live *l = self;
    while (l->runs.n <= run_index) {
        vec_push(&l->runs, (host_run){0});
        vec_push(&l->seen, NULL);
    }
    seen_close(l->seen.p[run_index]);
    l->runs.p[run_index] = *run;
    l->seen.p[run_index] = seen_open(run->jobs, run->name);
}

bool host_live_busy(const host_live *l)
{
    for (size_t i = 0; i < l->calls.n; i++)
        if (!l->calls.p[i]->handed)
            return true;
    return false;
}

/* --- a request --- */

static text member(call *c, const json_document *d, const char *name)
{
    uint32_t node = json_member(d, 0, text_of(name));
    return node == 0                         ? TEXT("null")
           : d->node[node].kind == JSON_TEXT ? json_text(&c->memory, d, node)
                                             : json_raw(d, node);
}

static int64_t integer(call *c, const json_document *d, const char *name, int64_t otherwise)
{
    int64_t v;
    return decimal_read(member(c, d, name), 0, false, &v, NULL) ? v : otherwise;
}

static host_look look_of(call *c, const json_document *request)
{
    json_document d;
    uint32_t node = json_member(request, 0, TEXT("look"));
    if (node == 0 || !json_read(&c->memory, json_raw(request, node), &d, NULL))
        return (host_look){0};
    return (host_look){.since = integer(c, &d, "since", 0),
                       .until = integer(c, &d, "until", 0),
                       .number = (uint32_t)integer(c, &d, "number", 0),
                       .last = text_is(member(c, &d, "last"), "true")};
}

static const operation_entry *entry_of(const host_live *l, operation_id id)
{
    for (size_t i = 0; i < l->entries; i++)
        if (l->table[i].id == id)
            return &l->table[i];
    return NULL;
}

static void refuse(call *c, const char *why)
{
    c->result = (operation_result){.status = OUTCOME_REFUSED, .detail = text_of(why)};
}

/* "files.read", as the program writes it. */
static text name_asked(call *c, const image *i, const operation_request *q)
{
    const operation_row *o = q->operation < OPERATION_COUNT ? &operation_rows[q->operation] : NULL;
    if (o == NULL || q->connector == NO_INDEX)
        return text_of(o != NULL ? o->name : "");
    return text_format(
        &c->memory, "%.*s.%s",
        TEXT_ARG(image_field_text(i, TABLE_CONNECTOR, COLUMN_CONNECTOR_NAME, q->connector)),
        o->name);
}

static void perform(host_live *l, call *c, const vm_output *out, const json_document *request)
{
    static const sha256 none;
    const host_run *run = &l->runs.p[c->run];
    char hex[65] = "";
    if (!sha256_equal(&out->key, &none))
        sha256_hex(&out->key, hex);
    json_document *arguments = arena_new(&c->memory, json_document);
    c->path = member(c, request, "path");
    operation_request q = {.program = run->program,
                           .folder = run->folder,
                           .run = run->name,
                           .path = c->path,
                           .look = look_of(c, request),
                           .rehearsal = l->rehearsal,
                           .key_hex = arena_copy(&c->memory, hex, strlen(hex)),
                           .jobs = run->jobs,
                           .seen = l->seen.p[c->run],
                           .rehearsed = run->rehearsed,
                           .connector = (uint32_t)integer(c, request, "connector", NO_INDEX),
                           .operation = operation_find(member(c, request, "operation")),
                           .arguments = arguments,
                           .shape = &c->shape,
                           .now = owner_now(),
                           .deadline = c->began + integer(c, request, "timeout", 5 * MINUTE)};
    const operation_entry *e = entry_of(l, q.operation);
    c->asked = name_asked(c, run->program, &q);
    json_read(&c->memory, member(c, request, "shape"), &c->shape, NULL);
    if (e == NULL || !json_read(&c->memory, member(c, request, "arguments"), arguments, NULL)) {
        refuse(c, "this version does not perform that operation");
        return;
    }
    if (out->submit == SUBMIT_PROBE && e->probe == NULL)
        c->result =
            (operation_result){.status = OUTCOME_UNKNOWN, .detail = TEXT("nobody can be asked")};
    else if (out->submit == SUBMIT_PROBE)
        c->job = e->probe(&q, &c->memory, &c->result);
    else
        c->job = e->perform(&q, &c->memory, &c->result);
}

static void withdraw(host_live *l, uint32_t run, const vm_output *out)
{
    for (size_t i = 0; i < l->calls.n; i++) {
        call *c = l->calls.p[i];
        if (c->run != run || c->fiber != out->fiber || c->n != out->n)
            continue;
        free_call(c);
        l->calls.p[i] = l->calls.p[--l->calls.n];
        return;
    }
}

void host_live_submit(void *self, uint32_t run_index, const vm_output *out)
{
    host_live *l = self;
    json_document request;
    if (out->submit == SUBMIT_NOTHING)
        return;
    if (out->submit == SUBMIT_WITHDRAW) {
        withdraw(l, run_index, out);
        return;
    }
    assert(run_index < l->runs.n && l->runs.p[run_index].program != NULL);
    call *c = calloc(1, sizeof *c);
    if (c == NULL)
        memory_exhausted();
    c->run = run_index;
    c->fiber = out->fiber;
    c->n = out->n;
    c->began = monotonic();
    buffer_init(&c->body);
    text copy = text_copy(&c->memory, out->request);
    if (json_read(&c->memory, copy, &request, NULL))
        perform(l, c, out, &request);
    else
        refuse(c, "the request is not JSON");
    vec_push(&l->calls, c);
}

/* --- answers --- */

static void drop_handed(host_live *l)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->calls.n; i++) {
        if (l->calls.p[i]->handed)
            free_call(l->calls.p[i]);
        else
            l->calls.p[kept++] = l->calls.p[i];
    }
    l->calls.n = kept;
}

/* What did not go well, and what will be not available, says of what, and why. */
static void name_origin(call *c)
{
    text lacks = c->result.status == OUTCOME_OK
                     ? host_lacks(&c->shape, c->result.result, &c->memory)
                     : TEXT("");
    if (c->result.status != OUTCOME_OK || lacks.n || c->result.evidence.n)
        c->result.path = c->path;
    if (lacks.n && !c->result.detail.n)
        c->result.detail =
            text_format(&c->memory, "%.*s: %.*s", TEXT_ARG(c->asked), TEXT_ARG(lacks));
}

static size_t hand_out(host_live *l, host_answer *answers, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < l->calls.n && n < most; i++) {
        call *c = l->calls.p[i];
        if (c->job != NULL || c->handed)
            continue;
        c->handed = true;
        name_origin(c);
        host_outcome(&c->shape, &c->result, monotonic() - c->began, &c->memory, &c->body);
        answers[n++] = (host_answer){.run_index = c->run,
                                     .fiber = c->fiber,
                                     .n = c->n,
                                     .status = c->result.status,
                                     .body = buffer_view(&c->body),
                                     .evidence = c->result.evidence};
    }
    return n;
}

static void advance(call *c, const struct pollfd *fds)
{
    bool ready = false, late = monotonic() >= c->job->deadline;
    for (int k = 0; k < OPERATION_FDS; k++)
        ready |= c->job->fd[k] >= 0 && fds[k].revents != 0;
    if ((!ready && !late) || !c->job->advance(c->job, late, &c->memory, &c->result))
        return;
    c->job->release(c->job);
    c->job = NULL;
}

static int milliseconds(duration d)
{
    return d <= 0 ? 0 : d / 1000 >= INT_MAX - 1 ? INT_MAX : (int)(d / 1000) + 1;
}

/* Every call has OPERATION_FDS places; poll(2) passes over negative descriptors. */
static void wait_for_jobs(host_live *l, duration most_time, int wake_fd)
{
    size_t n = l->calls.n * OPERATION_FDS;
    struct pollfd *fds = calloc(n + 1, sizeof *fds);
    if (fds == NULL)
        memory_exhausted();
    instant now = monotonic(), until = QUANTITY_MAX;
    for (size_t i = 0; i < l->calls.n; i++) {
        const operation_job *job = l->calls.p[i]->job;
        for (int k = 0; k < OPERATION_FDS; k++)
            fds[i * OPERATION_FDS + (size_t)k] =
                (struct pollfd){.fd = job->fd[k], .events = job->events[k]};
        until = job->deadline < until ? job->deadline : until;
    }
    fds[n] = (struct pollfd){.fd = wake_fd, .events = POLLIN};
    duration left = until == QUANTITY_MAX ? QUANTITY_MAX : until - now;
    left = left < most_time ? left : most_time;
    poll(fds, (nfds_t)(n + 1), left == QUANTITY_MAX ? -1 : milliseconds(left));
    for (size_t i = 0; i < l->calls.n; i++)
        advance(l->calls.p[i], &fds[i * OPERATION_FDS]);
    free(fds);
}

size_t host_live_wait(host_live *l, duration most_time, int wake_fd, host_answer *answers,
                      size_t most)
{
    drop_handed(l);
    size_t n = hand_out(l, answers, most);
    if (n != 0)
        return n;
    wait_for_jobs(l, most_time, wake_fd);
    return hand_out(l, answers, most);
}

static size_t live_poll(void *self, instant until, int wake_fd, host_answer *answers, size_t most)
{
    instant now = owner_now();
    duration left = until == QUANTITY_MAX ? QUANTITY_MAX : until > now ? until - now : 0;
    return host_live_wait(self, left, wake_fd, answers, most);
}

static instant live_now(void *self)
{
    return owner_now();
}

host host_live_host(host_live *l)
{
    return (host){.self = l,
                  .mode = "live",
                  .people = PEOPLE_ASKED,
                  .serve = host_live_serve,
                  .submit = host_live_submit,
                  .poll = live_poll,
                  .now = live_now,
                  .close = host_live_close};
}
