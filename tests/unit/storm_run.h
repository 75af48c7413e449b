/* storm_run.h: a run in a storm: what the machine says is heard and held against what must hold,
 * and inputs are fed to it, to a replayed one and to one that was saved and loaded.
 */
#ifndef FERRY_TESTS_STORM_RUN_H
#define FERRY_TESTS_STORM_RUN_H

#include "storm_programs.h"
#include "storm_world.h"

#include "bytecode/vocabulary.h"

#include <stdlib.h>
#include <unistd.h>

typedef struct {
    vm_submit submit;
    uint32_t fiber, n, site;
    sha256 key;
    text request;
    bool lost; /* its process crashed: the answer is unknown */
} asked;

typedef struct {
    vm_input in;
} fed;

typedef struct {
    text path;
    char state[16]; /* of its last mark */
} marked;

typedef struct {
    const image *image;
    const storm_program *program;
    uint64_t random;
    vm *m;
    instant now;
    storm_world world;
    VEC(asked) waiting;
    VEC(fed) inputs;
    VEC(marked) marks;
    buffer log;
    arena memory;
    unsigned faults, blind; /* per cent of writes that go wrong, of reads and probes */
    unsigned hurry;         /* per cent of turns in which the operator speaks */
    unsigned rate;          /* what is observed */
    bool calm, paused, back, ended, trace;
    bool left; /* a person left something as it was */
    const vm_input *fed;
    char end[16];
    char broken[512]; /* the first thing that did not hold */
} storm;

static const sha256 no_key;

/* A window of eight hours a week. */
static const instant WINDOW_START = 1000 * DAY + 10 * HOUR;
static const duration WINDOW_LENGTH = 8 * HOUR;

static inline unsigned draw(storm *s, unsigned below)
{
    uint64_t z = s->random += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (unsigned)((z ^ z >> 31) % below);
}

static inline bool chance(storm *s, unsigned percent)
{
    return draw(s, 100) < percent;
}

static inline void broken(storm *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline void broken(storm *s, const char *format, ...)
{
    va_list args;
    if (s->broken[0])
        return;
    va_start(args, format);
    vsnprintf(s->broken, sizeof s->broken, format, args);
    va_end(args);
}

/* --- what the machine says --- */

static inline text member(storm *s, const json_document *d, const char *key)
{
    uint32_t node = json_member(d, 0, text_of(key));
    return node && d->node[node].kind == JSON_TEXT ? json_text(&s->memory, d, node) : TEXT("");
}

static inline void license(storm *s, text path)
{
    for (unsigned k = 0; k < s->world.done; k++)
        if (text_equal(s->world.deeds[k].path, path))
            s->world.deeds[k].licence = true;
}

static inline void hear_mark(storm *s, text path, text state)
{
    for (size_t k = 0; k <= s->marks.n; k++) {
        if (k == s->marks.n)
            vec_push(&s->marks, (marked){.path = path});
        if (!text_equal(s->marks.p[k].path, path))
            continue;
        snprintf(s->marks.p[k].state, sizeof s->marks.p[k].state, "%.*s", TEXT_ARG(state));
        return;
    }
}

/* A run that says it is back must be back; one that says it is done must be done. */
static inline void hear_end(storm *s, text state)
{
    s->ended = true;
    snprintf(s->end, sizeof s->end, "%.*s", TEXT_ARG(state));
    for (unsigned k = 0; k < s->world.count && text_is(state, "rolled_back"); k++) {
        const storm_cell *c = &s->world.cells[k];
        if (strncmp(c->name + 2, "keep", 4) != 0 && strcmp(c->value, c->initial) != 0)
            broken(s, "rolled back, but %s is `%s` and was `%s`", c->name, c->value, c->initial);
    }
    for (const char *const *made = s->program->made; *made && text_is(state, "completed");
         made += 2) {
        const storm_cell *c = cell_at(&s->world, (char[]){made[0][0], 0}, text_of(made[0] + 2));
        if (strcmp(c->value, made[1]) != 0)
            broken(s, "completed, but %s is `%s`", made[0], c->value);
    }
    for (size_t k = 0; k < s->waiting.n; k++)
        if (!sha256_equal(&s->waiting.p[k].key, &no_key))
            broken(s, "ended while a write is under way");
}

static inline void hear_event(storm *s, const vm_output *o)
{
    json_document d;
    assert_true(json_read(&s->memory, text_copy(&s->memory, o->body), &d, NULL));
    if (o->kind == EVENT_MARK)
        hear_mark(s, member(s, &d, "path"), member(s, &d, "state"));
    if (o->kind == EVENT_DECISION && text_is(member(s, &d, "what"), "doubt") &&
        text_is(member(s, &d, "verdict"), "again"))
        license(s, member(s, &d, "path"));
    if (o->kind == EVENT_DECISION && strncmp(member(s, &d, "why").p, "approved by tom", 15) == 0)
        broken(s, "the operator's approval counts");
    if (o->kind == EVENT_END)
        hear_end(s, member(s, &d, "state"));
}

static inline void hear_withdraw(storm *s, const vm_output *o)
{
    for (size_t k = 0; k < s->waiting.n; k++) {
        const asked *a = &s->waiting.p[k];
        if (a->fiber != o->fiber || a->n != o->n)
            continue;
        if (a->submit == SUBMIT_REQUEST && !sha256_equal(&a->key, &no_key))
            broken(s, "a write under way is forgotten");
        memmove(&s->waiting.p[k], &s->waiting.p[k + 1], (--s->waiting.n - k) * sizeof *a);
        return;
    }
    if (s->fed->kind == EVENT_OUTCOME && s->fed->fiber == o->fiber && s->fed->n == o->n)
        return; /* a timer of the same turn came before its answer */
    broken(s, "what is withdrawn was not asked: %u/%u", o->fiber, o->n);
}

/* Nothing begins that could not be undone before its window ends. */
static inline bool fits(const storm *s, const image_site *site)
{
    instant into = (s->now - WINDOW_START) % (7 * DAY);
    return into >= 0 && into + site->worst_forward + site->worst_back <= WINDOW_LENGTH;
}

static inline void hear_request(storm *s, const vm_output *o, bool paused, bool back)
{
    asked a = {o->submit, o->fiber, o->n, o->site, o->key, text_copy(&s->memory, o->request),
               false};
    bool forward = s->image->sites[o->site].kind == SITE_STEP;
    if (o->kind == EVENT_INTENT) {
        storm_request r = request_parse(&s->memory, a.request);
        if (forward && paused)
            broken(s, "%.*s is submitted while the run is paused", TEXT_ARG(r.path));
        if (forward && back)
            broken(s, "%.*s is submitted while the run goes back", TEXT_ARG(r.path));
        if (forward && !deed_of(&s->world, &a.key) && strcmp(s->program->name, "window") == 0 &&
            !fits(s, &s->image->sites[o->site]))
            broken(s, "%.*s begins and does not fit", TEXT_ARG(r.path));
        deed_new(&s->world, &a.key, r.path, forward);
    }
    for (size_t k = 0; k < s->waiting.n; k++)
        if (s->waiting.p[k].fiber == a.fiber && s->waiting.p[k].n == a.n)
            broken(s, "two requests are %u/%u", a.fiber, a.n);
    vec_push(&s->waiting, a);
}

static inline void log_output(buffer *log, const vm_output *o)
{
    char hex[65];
    sha256_hex(&o->key, hex);
    buffer_printf(log, "%u %d %u %u %u %.16s %.*s %.*s\n", (unsigned)o->kind, (int)o->submit,
                  o->fiber, o->n, o->site, hex, TEXT_ARG(o->body), TEXT_ARG(o->request));
}

/* --- feeding it --- */

/* The same inputs, given to a new machine, derive the same bytes and the same state. */
static inline vm *replayed(storm *s)
{
    buffer log;
    vm_output o;
    vm *m = vm_new(s->image);
    buffer_init(&log);
    for (size_t k = 0; k < s->inputs.n; k++) {
        vm_turn(m, &s->inputs.p[k].in);
        while (vm_next(m, &o))
            log_output(&log, &o);
    }
    sha256 a = vm_hash(m), b = vm_hash(s->m);
    if (!text_equal(buffer_view(&log), buffer_view(&s->log)))
        broken(s, "its replay derives something else");
    if (!sha256_equal(&a, &b))
        broken(s, "its replay ends in another state");
    buffer_release(&log);
    return m;
}

static inline vm *reloaded(storm *s)
{
    buffer a, b;
    vm *m = vm_new(s->image);
    buffer_init(&a);
    buffer_init(&b);
    vm_save(s->m, &a);
    if (!vm_load(m, buffer_view(&a)))
        broken(s, "what was saved cannot be loaded");
    else
        vm_save(m, &b);
    if (!s->broken[0] && !text_equal(buffer_view(&a), buffer_view(&b)))
        broken(s, "saved, loaded and saved again it is something else");
    buffer_release(&a);
    buffer_release(&b);
    return m;
}

static inline void feed(storm *s, event_kind kind, uint32_t fiber, uint32_t n, text body)
{
    bool paused = s->paused, back = s->back, ended = s->ended;
    vm_output o;
    fed f = {{kind, s->now, fiber, n, text_copy(&s->memory, body)}};
    vec_push(&s->inputs, f);
    if (s->trace)
        fprintf(stderr, "> %u %u/%u %lld %.*s\n", (unsigned)kind, fiber, n, (long long)s->now,
                TEXT_ARG(body));
    s->fed = &f.in;
    if (!vm_turn(s->m, &f.in))
        broken(s, "a limit of the image stopped it");
    while (vm_next(s->m, &o)) {
        size_t at = s->log.n;
        log_output(&s->log, &o);
        if (s->trace)
            fprintf(stderr, "%s", buffer_string(&s->log) + at);
        if (ended || s->ended)
            broken(s, "something follows the end");
        if (o.kind != EVENT_COUNT)
            hear_event(s, &o);
        if (o.submit == SUBMIT_WITHDRAW)
            hear_withdraw(s, &o);
        else if (o.submit != SUBMIT_NOTHING)
            hear_request(s, &o, paused, back);
    }
    if (s->ended != (vm_state(s->m) >= RUN_COMPLETED && vm_state(s->m) != RUN_STUCK))
        broken(s, "its state is not what its events say");
    vm *m = reloaded(s);
    if (chance(s, 50)) {
        vm_free(s->m);
        s->m = m;
    } else {
        vm_free(m);
    }
}

static inline bool command(storm *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline bool command(storm *s, const char *format, ...)
{
    buffer b;
    va_list args;
    buffer_init(&b);
    va_start(args, format);
    buffer_vprintf(&b, format, args);
    va_end(args);
    text body = text_copy(&s->memory, buffer_view(&b));
    buffer_release(&b);
    vm_input in = {.kind = EVENT_COMMAND, .at = s->now, .body = body};
    if (vm_admit(s->m, &in, &s->memory))
        return false;
    feed(s, EVENT_COMMAND, 0, 0, body);
    return true;
}

#endif
