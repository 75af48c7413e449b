/* judge.c: how the places of a run ended, from its marks; and the gates of a test's image. */
#include "vm/judge.h"

#include "base/decimal.h"
#include "base/vec.h"
#include "bytecode/vocabulary.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    text path, state;
    instant first, last;
    unsigned attempts;
    size_t order; /* of its last mark among all marks */
} judged;

struct judge {
    const image *program;
    arena memory;
    VEC(judged) places;
    instant first, last; /* of the run */
    text outcome;
    size_t marks;
};

judge *judge_new(const image *program)
{
    judge *j = calloc(1, sizeof *j);
    if (j == NULL)
        memory_exhausted();
    j->program = program;
    j->first = j->last = QUANTITY_NONE;
    j->outcome = TEXT("unreached");
    return j;
}

void judge_free(judge *j)
{
    if (j == NULL)
        return;
    vec_release(&j->places);
    arena_release(&j->memory);
    free(j);
}

/* --- seeing --- */

static judged *place_at(const judge *j, text path)
{
    for (size_t i = 0; i < j->places.n; i++)
        if (text_equal(j->places.p[i].path, path))
            return &j->places.p[i];
    return NULL;
}

static judged *place_of(judge *j, text path, instant at)
{
    judged *p = place_at(j, path);
    if (p != NULL)
        return p;
    vec_push(&j->places, (judged){.path = text_copy(&j->memory, path),
                                  .state = TEXT("unreached"),
                                  .first = at,
                                  .last = at});
    return &vec_last(&j->places);
}

static text member(arena *a, const json_document *d, const char *key)
{
    uint32_t n = json_member(d, 0, text_of(key));
    return n != 0 && d->node[n].kind == JSON_TEXT ? json_text(a, d, n) : TEXT("");
}

static bool is_step(const judge *j, uint32_t site)
{
    return site < j->program->site_count && j->program->sites[site].kind == SITE_STEP;
}

/* The try that an intent is of: a repetition that settles a doubt is none of its own. */
static unsigned attempt_of(const json_document *d, unsigned before)
{
    int64_t n;
    uint32_t node = json_member(d, 0, TEXT("attempt"));
    bool known = node != 0 && decimal_read(json_raw(d, node), 0, false, &n, NULL);
    return known && n > before ? (unsigned)n : before;
}

void judge_see(judge *j, const journal_event *e)
{
    json_document d;
    if (e->kind == EVENT_START)
        j->first = e->at;
    j->last = e->at;
    if ((e->kind != EVENT_MARK && e->kind != EVENT_INTENT) ||
        !json_read(&j->memory, text_copy(&j->memory, e->body), &d, NULL))
        return;
    judged *p = place_of(j, member(&j->memory, &d, "path"), e->at);
    p->last = e->at;
    if (e->kind == EVENT_INTENT && is_step(j, e->site))
        p->attempts = attempt_of(&d, p->attempts);
    if (e->kind == EVENT_MARK) {
        p->state = text_copy(&j->memory, member(&j->memory, &d, "state"));
        if (text_is(p->state, "withdrawn")) /* the states that a test can name are in every image */
            p->state = TEXT("rolled_back");
        p->order = ++j->marks;
    }
}

void judge_end(judge *j, run_state s)
{
    static const char *const words[] = {
        [RUN_COMPLETED] = "completed", [RUN_ROLLED_BACK] = "rolled_back",
        [RUN_PARTIAL] = "partial",     [RUN_STOPPED] = "stopped",
        [RUN_STUCK] = "stuck",
    };
    const char *word = s < sizeof words / sizeof *words ? words[s] : NULL;
    j->outcome = text_of(word != NULL ? word : "waiting");
}

/* --- telling --- */

static bool is_below(text path, text above)
{
    return path.n > above.n && text_starts(path, above) && path.p[above.n] == '.';
}

/* A block that was left says no more when a later failure undoes what stands in it; one that nobody
 * marks, as an iteration that goes on, is there by what stands in it. */
static const char *judge_state(const judge *j, text path)
{
    const judged *own = place_at(j, path);
    bool inside = false, undone = false;
    for (size_t i = 0; i < j->places.n; i++) {
        const judged *p = &j->places.p[i];
        if (!is_below(p->path, path))
            continue;
        inside = true;
        undone |= text_is(p->state, "undone") && (own == NULL || p->order > own->order);
    }
    bool left = own != NULL && text_is(own->state, "done");
    if (inside && undone && (left || own == NULL))
        return "rolled_back";
    if (own == NULL || own->order == 0)
        return inside ? "entered" : "unreached";
    return own->state.p;
}

const char *judge_outcome(const judge *j, text path)
{
    static const struct {
        const char *state, *outcome;
    } rows[] = {
        {"unreached", "unreached"}, {"entered", "waiting"},         {"started", "waiting"},
        {"found", "completed"},     {"done", "completed"},          {"left", "completed"},
        {"skipped", "partial"},     {"failed", "failed"},           {"undone", "rolled_back"},
        {"undoing", "waiting"},     {"rolled_back", "rolled_back"}, {"stuck", "stuck"},
    };
    if (path.n == 0)
        return j->outcome.p;
    const char *state = judge_state(j, path);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].state, state) == 0)
            return rows[i].outcome;
    return "waiting";
}

duration judge_elapsed(const judge *j, text path)
{
    const judged *p = place_at(j, path);
    if (path.n == 0)
        return j->first == QUANTITY_NONE ? 0 : j->last - j->first;
    return p == NULL ? 0 : p->last - p->first;
}

static unsigned judge_attempts(const judge *j, text path)
{
    const judged *p = place_at(j, path);
    return p == NULL ? 0 : p->attempts;
}

/* --- deciding --- */

typedef struct {
    judge *j;
    vm *m;
    const host *world;
    arena *memory;
    judgement *out;
    instant now;
} trial;

static text seen(const judge *j, text path, arena *memory)
{
    buffer b;
    json_writer w;
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    json_add_object(&w, "json");
    json_add_int(&w, "attempts", judge_attempts(j, path));
    json_put_key(&w, "elapsed");
    json_put_decimal(&w, judge_elapsed(j, path), type_rows[TYPE_DURATION].scale);
    json_add_cstr(&w, "outcome", judge_outcome(j, path));
    json_add_cstr(&w, "state", path.n == 0 ? "unreached" : judge_state(j, path));
    json_object_end(&w);
    json_object_end(&w);
    text t = text_copy(memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

/* The answer to a read of a place; false where the request is for a connector. */
static bool answer_seen(const trial *t, const vm_output *o, text *body)
{
    json_document d, arguments, shape;
    if (!json_read(t->memory, text_copy(t->memory, o->request), &d, NULL) ||
        !text_is(member(t->memory, &d, "operation"), operation_rows[OPERATION_SEEN].name))
        return false;
    uint32_t a = json_member(&d, 0, TEXT("arguments")), s = json_member(&d, 0, TEXT("shape"));
    if (a == 0 || s == 0 || !json_read(t->memory, json_raw(&d, a), &arguments, NULL) ||
        !json_read(t->memory, json_raw(&d, s), &shape, NULL))
        return false;
    operation_result r = {.result = seen(t->j, member(t->memory, &arguments, "path"), t->memory)};
    buffer b;
    buffer_init(&b);
    host_outcome(&shape, &r, 0, t->memory, &b);
    *body = text_copy(t->memory, buffer_view(&b));
    buffer_release(&b);
    return true;
}

static void take_decision(trial *t, const vm_output *o)
{
    json_document d;
    if (!json_read(t->memory, text_copy(t->memory, o->body), &d, NULL) ||
        !text_is(member(t->memory, &d, "what"), "gate"))
        return;
    uint32_t values = json_member(&d, 0, TEXT("values"));
    t->out->verdict = member(t->memory, &d, "verdict");
    t->out->held = text_is(t->out->verdict, "pass");
    t->out->values = values != 0 ? json_raw(&d, values) : TEXT("{}");
}

enum { REQUESTS = 64 };

/* What a turn asked for, before the next turn overwrites it. */
static size_t take_outputs(trial *t, vm_output out[REQUESTS])
{
    size_t n = 0;
    vm_output o;
    while (vm_next(t->m, &o)) {
        if (o.kind == EVENT_DECISION)
            take_decision(t, &o);
        if (o.submit != SUBMIT_REQUEST || n == REQUESTS)
            continue;
        o.request = text_copy(t->memory, o.request);
        out[n++] = o;
    }
    return n;
}

static bool turn(trial *t, event_kind kind, uint32_t fiber, uint32_t n, text body)
{
    vm_input in = {kind, t->now, fiber, n, body};
    return vm_admit(t->m, &in, t->memory) == NULL && vm_turn(t->m, &in);
}

/* Answers what one turn asked for, which is one request: the machine waits for each read. */
static bool step(trial *t, const vm_output *o)
{
    text body;
    if (answer_seen(t, o, &body))
        return turn(t, EVENT_OUTCOME, o->fiber, o->n, body);
    host_answer answer = {0};
    t->world->submit(t->world->self, 1, o);
    size_t n = 0;
    for (int tries = 0; tries < REQUESTS && (n == 0 || answer.run_index != 1); tries++)
        n = t->world->poll(t->world->self, QUANTITY_MAX - 1, -1, &answer, 1);
    t->now = t->world->now(t->world->self);
    return n != 0 &&
           turn(t, EVENT_OUTCOME, answer.fiber, answer.n, text_copy(t->memory, answer.body));
}

void judge_decide(judge *j, const image *tests, text entry, const host *world, arena *memory,
                  judgement *out)
{
    vm_output requests[REQUESTS];
    *out = (judgement){.verdict = TEXT(""), .values = TEXT("{}")};
    trial t = {j, vm_new(tests), world, memory, out, world->now(world->self)};
    host_run run = {.program = tests, .name = TEXT("expect"), .folder = "."};
    world->serve(world->self, 1, &run);
    text start = text_format(memory,
                             "{\"author\":\"\",\"by\":\"\",\"migration\":\"%.*s\",\"mode\":"
                             "\"expect\",\"run\":\"\",\"store\":\"\"}",
                             TEXT_ARG(entry));
    bool good = turn(&t, EVENT_START, 0, 0, start);
    for (size_t n; good && (n = take_outputs(&t, requests)) != 0;)
        for (size_t i = 0; i < n && good; i++)
            good = step(&t, &requests[i]);
    vm_free(t.m);
}
