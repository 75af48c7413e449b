/* host_script.c: the host of a test: requests, time, and what it hands to the driver. What answers
 * them stands in script_given.c and script_world.c. */
#include "base/vec.h"
#include "bytecode/signature.h"
#include "bytecode/vocabulary.h"
#include "vm/script_parts.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { LATENCY = 1000 }; /* an answer is never of the instant of its request */

host_script *host_script_new(const script_given *given, size_t n, instant start,
                             const operation_entry *window)
{
    host_script *s = calloc(1, sizeof *s);
    if (s == NULL)
        memory_exhausted();
    s->given = given;
    s->givens = n;
    s->met = arena_array(&s->memory, unsigned, n);
    s->over = arena_array(&s->memory, bool, n);
    s->first = arena_array(&s->memory, instant, n);
    s->said = arena_array(&s->memory, instant, n);
    s->last = arena_array(&s->memory, script_try, n);
    for (size_t i = 0; i < n; i++)
        s->first[i] = s->said[i] = QUANTITY_NONE;
    s->window = window;
    s->now = start;
    s->people = QUANTITY_MAX;
    return s;
}

static void free_answer(script_answer *a)
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
    vec_release(&s->writes);
    vec_release(&s->performed);
    vec_release(&s->asked);
    vec_release(&s->blind);
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

text script_member(arena *memory, const json_document *d, const char *name)
{
    uint32_t node = json_member(d, 0, text_of(name));
    return node == 0                         ? (text){NULL, 0}
           : d->node[node].kind == JSON_TEXT ? json_text(memory, d, node)
                                             : json_raw(d, node);
}

int64_t script_integer(arena *memory, const json_document *d, const char *name, int64_t otherwise)
{
    text t = script_member(memory, d, name);
    return t.n == 0 || text_is(t, "null") ? otherwise : strtoll(text_copy(memory, t).p, NULL, 10);
}

/* The series whose sampler makes the read of this site; NO_INDEX. */
static uint32_t sampler_of(const image *i, uint32_t site)
{
    for (uint32_t s = 0; s < i->site_count; s++) {
        if (i->sites[s].kind != SITE_OBSERVE)
            continue;
        const image_function *f = &i->functions[i->sites[s].body];
        for (uint32_t k = 0; k < f->instructions; k++)
            if (i->code[f->code + k].op == OP_READ && i->code[f->code + k].b == site)
                return s;
    }
    return NO_INDEX;
}

static bool take_apart(const host_script *s, uint32_t run, const vm_output *out, arena *memory,
                       script_request *q)
{
    json_document intent;
    *q = (script_request){.operation = OPERATION_COUNT};
    text raw = text_copy(memory, out->request);
    if (!json_read(memory, raw, &q->d, NULL) ||
        !json_read(memory, script_member(memory, &q->d, "arguments"), &q->arguments, NULL) ||
        !json_read(memory, script_member(memory, &q->d, "shape"), &q->shape, NULL))
        return false;
    q->operation = operation_find(script_member(memory, &q->d, "operation"));
    if (q->operation == OPERATION_COUNT)
        return false;
    const operation_row *row = &operation_rows[q->operation];
    const image *program = s->runs.p[run].program;
    int64_t connector = script_integer(memory, &q->d, "connector", -1);
    q->path = script_member(memory, &q->d, "path");
    q->timeout = script_integer(memory, &q->d, "timeout", 5 * MINUTE);
    q->write = row->effect == EFFECT_WRITE;
    if (out->kind == EVENT_INTENT && json_read(memory, text_copy(memory, out->body), &intent, NULL))
        q->try = (script_try){out->key, script_integer(memory, &intent, "attempt", 1)};
    q->undo = out->site < program->site_count && program->sites[out->site].kind == SITE_DO;
    q->call = text_of(row->name);
    if (connector >= 0 && connector < program->tables[TABLE_CONNECTOR].rows) {
        q->connector =
            image_field_text(program, TABLE_CONNECTOR, COLUMN_CONNECTOR_NAME, (uint32_t)connector);
        q->call = text_format(memory, "%.*s.%s", TEXT_ARG(q->connector), row->name);
    }
    q->argument = script_argument(memory, q->operation, &q->arguments);
    uint32_t series = q->write ? NO_INDEX : sampler_of(program, out->site);
    if (series != NO_INDEX)
        q->series = text_format(memory, "%.*s%s%.*s", TEXT_ARG(q->path), q->path.n ? "." : "",
                                TEXT_ARG(image_text(program, program->sites[series].name)));
    return true;
}

/* --- answers --- */

static void note_blind(host_script *s, const script_request *q)
{
    if (q->series.n == 0)
        return;
    for (size_t k = 0; k < s->blind.n; k++)
        if (text_equal(s->blind.p[k].path, q->series) && text_equal(s->blind.p[k].call, q->call))
            return;
    signature sig = signature_read(operation_rows[q->operation].arguments);
    uint32_t first = sig.parameters == 0 ? 0 : json_member(&q->arguments, 0, sig.parameter[0].name);
    text argument = first == 0 ? TEXT("") : json_raw(&q->arguments, first);
    vec_push(&s->blind,
             (script_blind){text_copy(&s->memory, q->series), text_copy(&s->memory, q->call),
                            text_copy(&s->memory, argument)});
}

static bool lacks_values(const script_request *q, text result, arena *memory)
{
    buffer b;
    json_document d;
    bool lacks = false;
    buffer_init(&b);
    host_project(&q->shape, result, memory, &b);
    if (json_read(memory, text_copy(memory, buffer_view(&b)), &d, NULL))
        for (uint32_t i = 0; i < d.node[0].count; i++)
            lacks |= d.node[json_element(&d, 0, i)].kind == JSON_NULL;
    buffer_release(&b);
    return lacks;
}

static void next_window(host_script *s, uint32_t run, const script_request *q, arena *memory,
                        operation_result *r)
{
    operation_request o = {.program = s->runs.p[run].program,
                           .folder = s->runs.p[run].folder,
                           .key_hex = "",
                           .connector = NO_INDEX,
                           .operation = q->operation,
                           .arguments = &q->arguments,
                           .shape = &q->shape,
                           .now = s->now};
    s->window->perform(&o, memory, r);
}

static void well(host_script *s, uint32_t run, const script_request *q, const script_given *g,
                 arena *memory, operation_result *r)
{
    bool whole;
    *r = (operation_result){.status = OUTCOME_OK};
    bool sample = g != NULL && q->series.n != 0 && g->call == NULL;
    if (g != NULL && g->values != NULL) {
        *(sample ? &r->sample : &r->result) = text_of(g->values);
        return;
    }
    if (q->operation == OPERATION_WINDOW_NEXT && s->window != NULL) {
        next_window(s, run, q, memory, r);
        return;
    }
    r->result = script_values(s, q, memory, &whole);
    r->untold = !whole && lacks_values(q, r->result, memory);
    if (r->untold && !q->write)
        note_blind(s, q);
}

static void decide(host_script *s, uint32_t run, const script_request *q, const vm_output *out,
                   script_answer *a, operation_result *r)
{
    const script_given *g = script_find(s, q, &a->memory);
    script_fate fate = g == NULL ? SCRIPT_RETURNS : g->fate;
    duration delay = g != NULL && g->delay > 0 ? g->delay : LATENCY;
    *r = (operation_result){.status = OUTCOME_UNKNOWN, .detail = TEXT("given: fails")};
    if (fate == SCRIPT_HANGS) {
        delay = q->timeout;
        r->detail = TEXT("given: hangs");
    } else if (fate == SCRIPT_REFUSED) {
        *r = (operation_result){.status = OUTCOME_REFUSED, .detail = TEXT("given: refused")};
    } else if (fate != SCRIPT_FAILS && q->write) {
        script_perform(s, q, &out->key, &a->memory);
    }
    if (q->write)
        script_note(s, q, script_performed(s, &out->key));
    if (fate == SCRIPT_RETURNS)
        well(s, run, q, g, &a->memory, r);
    a->due = s->now + delay;
}

static void probe(const host_script *s, const sha256 *key, script_answer *a, operation_result *r)
{
    *r = (operation_result){.status = script_performed(s, key) ? OUTCOME_OK : OUTCOME_REFUSED};
    a->due = s->now + LATENCY;
}

static void withdraw(host_script *s, uint32_t run, const vm_output *out)
{
    for (size_t i = 0; i < s->answers.n; i++) {
        script_answer *a = s->answers.p[i];
        if (a->run != run || a->fiber != out->fiber || a->n != out->n)
            continue;
        free_answer(a);
        memmove(&s->answers.p[i], &s->answers.p[i + 1], (--s->answers.n - i) * sizeof a);
        return;
    }
}

static void note_asked(host_script *s, uint32_t run, uint32_t site)
{
    if (run != 0 || site >= s->runs.p[0].program->site_count)
        return;
    while (s->asked.n <= site)
        vec_push(&s->asked, false);
    s->asked.p[site] = true;
}

static void submit(void *self, uint32_t run_index, const vm_output *out)
{
    host_script *s = self;
    note_asked(s, run_index, out->site);
    if (out->submit == SUBMIT_WITHDRAW)
        withdraw(s, run_index, out);
    if (out->submit == SUBMIT_WITHDRAW || out->submit == SUBMIT_NOTHING)
        return;
    script_answer *a = calloc(1, sizeof *a);
    if (a == NULL)
        memory_exhausted();
    script_request q;
    operation_result r;
    *a = (script_answer){.run = run_index, .fiber = out->fiber, .n = out->n, .due = s->now};
    if (!take_apart(s, run_index, out, &a->memory, &q))
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
        s->people = QUANTITY_MAX;
        s->now = next > s->now ? next : s->now;
        return 0;
    }
    script_answer *a = s->answers.p[first];
    memmove(&s->answers.p[first], &s->answers.p[first + 1], (--s->answers.n - first) * sizeof a);
    vec_push(&s->handed, a);
    s->now = due > s->now ? due : s->now;
    answers[0] = (host_answer){a->run, a->fiber, a->n, a->status, a->body, {0}};
    return 1;
}

static instant now(void *self)
{
    return ((host_script *)self)->now;
}

/* --- people --- */

static bool people_say(void *self, const host_asked *q, text *word)
{
    return script_say(self, q, word);
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
    const script_thing *t = script_thing_of(s, text_of(connector), text_of(path));
    return t != NULL && t->there ? t->content : (text){NULL, 0};
}

unsigned host_script_met(const host_script *s, size_t i)
{
    return s->met[i];
}

size_t host_script_blind(const host_script *s, const script_blind **list)
{
    *list = s->blind.p;
    return s->blind.n;
}

bool host_script_asked(const host_script *s, uint32_t site)
{
    return site < s->asked.n && s->asked.p[site];
}
