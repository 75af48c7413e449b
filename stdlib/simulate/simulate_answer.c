/* simulate_answer.c: endpoints that answer samples: a command on its standard output, an address by
 * what it returns to a POST. A `dir` endpoint holds recorded answers, so nothing is sent to it and
 * it has no latency.
 *
 * Both sides of a sample work at the same time, and up to SAMPLE_LANES samples side by side.
 * Answers are kept by sample, so that the result does not depend on who was first. A side that
 * fails has no answer: its document is missing there. Nothing is ever posted but to a declared
 * sandbox: the same order twice in production would be worse than no simulation.
 */
#include "stdlib/simulate/simulate_parts.h"

#include "base/decimal.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID = 200, HTTP_LOOK = 20000 /* microseconds */ };

_Static_assert(SAMPLE_LANES *SIDES *CHILD_FDS <= OPERATION_FDS, "a lane cannot be waited on");

const char *const side_name[SIDES] = {"legacy", "modern"};

/* --- endpoints --- */

bool sample_load(const operation_request *q, text name, arena *memory, text *bytes,
                 operation_result *r)
{
    const char *path = arena_copy(memory, name.p, name.n);
    int at = open(q->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool ok = file_bytes(at, path, SAMPLE_LARGEST, memory, bytes, NULL, r);
    if (at >= 0)
        close(at);
    return ok;
}

static bool address_open(const operation_request *q, int side, endpoint *e, arena *memory,
                         operation_result *r)
{
    if (json_member(q->arguments, e->node, TEXT("sandbox")) != 0) {
        e->kind = END_ADDRESS;
        return true;
    }
    refused(r, memory, "the `%s` endpoint declares no sandbox, and nothing is sent to production",
            side_name[side]);
    return false;
}

bool endpoint_open(const operation_request *q, int side, arena *memory, endpoint *e,
                   operation_result *r)
{
    const json_document *d = q->arguments;
    uint32_t channel = json_member(d, 0, TEXT("channel"));
    uint32_t node = channel == 0 ? 0 : json_member(d, channel, text_of(side_name[side]));
    uint32_t kind = node == 0 ? 0 : json_member(d, node, TEXT("kind"));
    *e = (endpoint){.node = node};
    if (kind == 0) {
        refused(r, memory, "the channel has no `%s` endpoint", side_name[side]);
        return false;
    }
    text word = json_text(memory, d, kind);
    uint32_t path = json_member(d, node, TEXT("path"));
    if (text_is(word, "dir") && path != 0) {
        e->folder = json_text(memory, d, path);
        return true;
    }
    if (text_is(word, "http") || text_is(word, "soap"))
        return address_open(q, side, e, memory, r);
    if (text_is(word, "exec")) {
        e->kind = END_COMMAND;
        e->argv = command_words(d, json_member(d, node, TEXT("argv")), memory, r);
        return e->argv != NULL;
    }
    refused(r, memory,
            "this build does not speak `%.*s`, so that its `%s` endpoint is not simulated",
            TEXT_ARG(word), side_name[side]);
    return false;
}

/* --- one side of one sample --- */

static bool errand_begin(sampling *a, lane *l, int side, text bytes, arena *memory,
                         operation_result *r)
{
    const endpoint *e = &a->side[side];
    errand *x = &l->side[side];
    text why = TEXT("");
    if (e->kind == END_RECORDED)
        return true;
    x->began = child_clock();
    if (e->kind == END_ADDRESS) {
        x->exchange = http_post_sample(&a->q, e->node, bytes, &a->env, memory, r);
        return x->running = x->exchange != NULL;
    }
    child_start start = {
        .argv = e->argv, .env = a->env.list, .folder = a->q.folder, .stdin_bytes = bytes};
    x->running = child_begin(&x->child, &start, a->q.deadline, memory, &why);
    if (!x->running)
        refused(r, memory, "%s: %.*s", side_name[side], TEXT_ARG(why));
    return x->running;
}

static void failed(const sampling *a, const lane *l, int side, text said, arena *memory)
{
    said = text_slice(text_trim(environment_scrub(&a->env, memory, said)), 0, SAID);
    a->answer[side][l->sample].failure =
        text_format(memory, "%s does not answer %.*s: %.*s", side_name[side],
                    TEXT_ARG(a->sample[l->sample]), TEXT_ARG(said));
}

static void command_take(const sampling *a, lane *l, int side, arena *memory)
{
    child *c = &l->side[side].child;
    answer *to = &a->answer[side][l->sample];
    if (WIFEXITED(c->status) && WEXITSTATUS(c->status) == 0 && !c->flooded)
        *to =
            (answer){true, text_copy(memory, buffer_view(&c->out)), {0}, child_clock() - c->began};
    else
        failed(a, l, side, buffer_view(&c->err), memory);
    child_release(c);
}

static void exchange_take(const sampling *a, lane *l, int side, arena *memory)
{
    errand *x = &l->side[side];
    http_answer h = http_result(x->exchange);
    if (h.failure.n != 0)
        failed(a, l, side, h.failure, memory);
    else if (h.status < 200 || h.status > 299)
        failed(a, l, side, text_format(memory, "HTTP %ld: %.*s", h.status, TEXT_ARG(h.body)),
               memory);
    else
        a->answer[side][l->sample] = (answer){true, text_copy(memory, h.body), {0}, h.elapsed};
    http_release(x->exchange);
    x->exchange = NULL;
}

static void errand_advance(sampling *a, lane *l, int side, arena *memory)
{
    errand *x = &l->side[side];
    bool address = a->side[side].kind == END_ADDRESS;
    if (!x->running || !(address ? http_advance(x->exchange) : child_advance(&x->child, false)))
        return;
    if (address)
        exchange_take(a, l, side, memory);
    else
        command_take(a, l, side, memory);
    x->running = false;
}

/* --- lanes --- */

static bool lane_runs(const lane *l)
{
    return l->side[0].running || l->side[1].running;
}

static bool sample_begin(sampling *a, lane *l, arena *memory, operation_result *r)
{
    text bytes;
    l->sample = a->next++;
    if (!sample_load(&a->q, a->sample[l->sample], memory, &bytes, r)) {
        a->done += a->may_vanish;
        return a->may_vanish;
    }
    for (int i = 0; i < SIDES; i++)
        if (!errand_begin(a, l, i, bytes, memory, r))
            return false;
    a->done += !lane_runs(l); /* both are recorded */
    return true;
}

static bool lanes_fill(sampling *a, arena *memory, operation_result *r)
{
    for (int k = 0; k < SAMPLE_LANES; k++)
        while (a->next < a->samples && !lane_runs(&a->lane[k]))
            if (!sample_begin(a, &a->lane[k], memory, r))
                return false;
    return true;
}

bool sampling_begin(sampling *a, const text *sample, size_t n, arena *memory, operation_result *r)
{
    a->sample = sample;
    a->samples = n;
    for (int i = 0; i < SIDES; i++)
        a->answer[i] = arena_array(memory, answer, n);
    return lanes_fill(a, memory, r);
}

bool sampling_advance(sampling *a, arena *memory, operation_result *r, bool *well)
{
    for (int k = 0; k < SAMPLE_LANES; k++) {
        lane *l = &a->lane[k];
        bool ran = lane_runs(l);
        for (int i = 0; i < SIDES; i++)
            errand_advance(a, l, i, memory);
        a->done += ran && !lane_runs(l);
    }
    *well = lanes_fill(a, memory, r);
    return !*well || a->done == a->samples;
}

void sampling_give_up(sampling *a, arena *memory)
{
    for (int k = 0; k < SAMPLE_LANES; k++)
        for (int i = 0; i < SIDES; i++)
            if (a->lane[k].side[i].running)
                failed(a, &a->lane[k], i, TEXT("no end within its time"), memory);
    sampling_release(a);
}

/* An exchange over HTTP rarely has more than one socket; where it has more than a lane's places, or
 * none yet, it is looked after by the clock. */
static void exchange_mirror(const errand *x, operation_job *job, int at)
{
    int fd[HTTP_FDS];
    short events[HTTP_FDS];
    instant until, soon = child_clock() + HTTP_LOOK;
    int n = http_waits(x->exchange, fd, events, &until);
    for (int i = 0; i < n && i < CHILD_FDS; i++) {
        job->fd[at + i] = fd[i];
        job->events[at + i] = events[i];
    }
    until = n == 0 || n > CHILD_FDS ? (until < soon ? until : soon) : until;
    job->deadline = until < job->deadline ? until : job->deadline;
}

void sampling_mirror(const sampling *a, operation_job *job)
{
    job->deadline = a->q.deadline;
    for (int i = 0; i < OPERATION_FDS; i++) {
        job->fd[i] = -1;
        job->events[i] = POLLIN;
    }
    for (int k = 0; k < SAMPLE_LANES; k++)
        for (int i = 0; i < SIDES; i++) {
            const errand *x = &a->lane[k].side[i];
            int at = (k * SIDES + i) * CHILD_FDS;
            if (x->running && a->side[i].kind == END_ADDRESS)
                exchange_mirror(x, job, at);
            for (int f = 0; x->running && a->side[i].kind == END_COMMAND && f < CHILD_FDS; f++)
                job->fd[at + f] = x->child.fd[f];
        }
}

void sampling_release(sampling *a)
{
    for (int k = 0; k < SAMPLE_LANES; k++)
        for (int i = 0; i < SIDES; i++) {
            errand *x = &a->lane[k].side[i];
            if (x->exchange != NULL)
                http_release(x->exchange);
            else if (x->running)
                child_release(&x->child);
            x->running = false;
        }
}

void sampling_gather(const sampling *a, int side, answers *out)
{
    for (size_t i = 0; i < a->samples; i++) {
        const answer *x = &a->answer[side][i];
        if (x->answered) {
            vec_push(&out->file, (compare_file){a->sample[i], x->bytes});
            vec_push(&out->elapsed, x->elapsed);
        } else if (x->failure.n != 0 && out->failed++ == 0) {
            out->first_failure = x->failure;
        }
    }
}
