/* host_dry.c: see host_dry.h. Answers lie in a queue until the next poll. */
#include "vm/host_dry.h"

#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    host_answer answer;
    buffer body;
} pending;

struct host_dry {
    const operation_entry *window;
    instant now;
    VEC(host_run) runs;
    VEC(pending) answers;
    size_t handed; /* of them, at the last poll */
};

host_dry *host_dry_new(instant start, const operation_entry *window)
{
    host_dry *d = calloc(1, sizeof *d);
    if (d == NULL)
        memory_exhausted();
    d->now = start;
    d->window = window;
    return d;
}

static void drop(host_dry *d, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buffer_release(&d->answers.p[i].body);
    d->answers.n -= n;
    if (n != 0)
        memmove(d->answers.p, d->answers.p + n, d->answers.n * sizeof *d->answers.p);
}

static void close_dry(void *self)
{
    host_dry *d = self;
    drop(d, d->answers.n);
    d->handed = 0;
}

void host_dry_free(host_dry *d)
{
    if (d == NULL)
        return;
    close_dry(d);
    vec_release(&d->answers);
    vec_release(&d->runs);
    free(d);
}

static void serve(void *self, uint32_t run_index, const host_run *run)
{
    host_dry *d = self;
    while (d->runs.n <= run_index)
        vec_push(&d->runs, (host_run){0});
    d->runs.p[run_index] = *run;
}

static bool part(arena *a, const json_document *d, const char *name, json_document *out)
{
    uint32_t node = json_member(d, 0, text_of(name));
    return node != 0 && json_read(a, json_raw(d, node), out, NULL);
}

static operation_id operation_of(arena *a, const json_document *d)
{
    uint32_t node = json_member(d, 0, TEXT("operation"));
    return node != 0 ? operation_find(json_text(a, d, node)) : OPERATION_COUNT;
}

/* The outcome of a request: of a window its answer, of everything else the empty one. */
static outcome_status answer(host_dry *d, uint32_t run, text request, arena *memory, buffer *body)
{
    json_document whole, arguments, shape;
    operation_result r = {.status = OUTCOME_OK, .result = TEXT("{}"), .untold = true};
    if (!json_read(memory, request, &whole, NULL) || !part(memory, &whole, "shape", &shape))
        return OUTCOME_REFUSED;
    if (operation_of(memory, &whole) == OPERATION_WINDOW_NEXT &&
        part(memory, &whole, "arguments", &arguments)) {
        operation_request o = {.program = d->runs.p[run].program,
                               .folder = d->runs.p[run].folder,
                               .key_hex = "",
                               .connector = NO_INDEX,
                               .operation = OPERATION_WINDOW_NEXT,
                               .arguments = &arguments,
                               .shape = &shape,
                               .now = d->now};
        r.untold = false;
        d->window->perform(&o, memory, &r);
    }
    host_outcome(&shape, &r, 0, memory, body);
    return r.status;
}

static void withdraw(host_dry *d, uint32_t run, const vm_output *out)
{
    for (size_t i = 0; i < d->answers.n; i++) {
        const host_answer *a = &d->answers.p[i].answer;
        if (a->run_index != run || a->fiber != out->fiber || a->n != out->n)
            continue;
        buffer_release(&d->answers.p[i].body);
        memmove(&d->answers.p[i], &d->answers.p[i + 1],
                (--d->answers.n - i) * sizeof *d->answers.p);
        return;
    }
}

static void submit(void *self, uint32_t run_index, const vm_output *out)
{
    host_dry *d = self;
    if (out->submit == SUBMIT_WITHDRAW)
        withdraw(d, run_index, out);
    if (out->submit == SUBMIT_WITHDRAW || out->submit == SUBMIT_NOTHING)
        return;
    arena memory = {0};
    pending p = {.answer = {.run_index = run_index, .fiber = out->fiber, .n = out->n}};
    p.answer.status = answer(d, run_index, out->request, &memory, &p.body);
    arena_release(&memory);
    vec_push(&d->answers, p);
}

static size_t answer_or_jump(void *self, instant until, int wake_fd, host_answer *answers,
                             size_t most)
{
    host_dry *d = self;
    drop(d, d->handed);
    size_t n = d->answers.n < most ? d->answers.n : most;
    for (size_t i = 0; i < n; i++) {
        answers[i] = d->answers.p[i].answer;
        answers[i].body = buffer_view(&d->answers.p[i].body);
    }
    d->handed = n;
    if (n == 0 && until != QUANTITY_MAX && until > d->now)
        d->now = until;
    return n;
}

static instant now(void *self)
{
    return ((host_dry *)self)->now;
}

host host_dry_host(host_dry *d)
{
    return (host){.self = d,
                  .mode = "dry",
                  .people = PEOPLE_YES,
                  .virtual_clock = true,
                  .serve = serve,
                  .submit = submit,
                  .poll = answer_or_jump,
                  .now = now,
                  .close = close_dry};
}
