/* The machine in a storm: programs as people write them, in a world that fails in every way a draw
 * can find, with people who answer anything, an operator who goes back, and crashes.
 *
 * A seed decides everything. The first part of a run is wild; then the world becomes calm and the
 * people helpful, and the run must end. What must hold is said where it is looked at (broken).
 *
 *   STORM_SEEDS=100000 build/unit/storm      a longer campaign
 *   STORM_ONLY=fan:17  build/unit/storm      one seed, told on stderr
 */
#include "storm_programs.h"
#include "storm_world.h"

#include "bytecode/vocabulary.h"
#include "compiler/compile.h"

#include <stdlib.h>
#include <unistd.h>

#if defined __SANITIZE_ADDRESS__
enum { DEFAULT_SEEDS = 500 };
#elif defined __has_feature
#if __has_feature(address_sanitizer)
enum { DEFAULT_SEEDS = 500 };
#else
enum { DEFAULT_SEEDS = 1200 };
#endif
#else
enum { DEFAULT_SEEDS = 1200 };
#endif
enum { WILD = 160, MOST = 20000 };

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

static unsigned draw(storm *s, unsigned below)
{
    uint64_t z = s->random += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (unsigned)((z ^ z >> 31) % below);
}

static bool chance(storm *s, unsigned percent)
{
    return draw(s, 100) < percent;
}

static void broken(storm *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void broken(storm *s, const char *format, ...)
{
    va_list args;
    if (s->broken[0])
        return;
    va_start(args, format);
    vsnprintf(s->broken, sizeof s->broken, format, args);
    va_end(args);
}

/* --- what the machine says --- */

static text member(storm *s, const json_document *d, const char *key)
{
    uint32_t node = json_member(d, 0, text_of(key));
    return node && d->node[node].kind == JSON_TEXT ? json_text(&s->memory, d, node) : TEXT("");
}

static void license(storm *s, text path)
{
    for (unsigned k = 0; k < s->world.done; k++)
        if (text_equal(s->world.deeds[k].path, path))
            s->world.deeds[k].licence = true;
}

static void hear_mark(storm *s, text path, text state)
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
static void hear_end(storm *s, text state)
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

static void hear_event(storm *s, const vm_output *o)
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

static void hear_withdraw(storm *s, const vm_output *o)
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
static bool fits(const storm *s, const image_site *site)
{
    instant into = (s->now - WINDOW_START) % (7 * DAY);
    return into >= 0 && into + site->worst_forward + site->worst_back <= WINDOW_LENGTH;
}

static void hear_request(storm *s, const vm_output *o, bool paused, bool back)
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

static void log_output(buffer *log, const vm_output *o)
{
    char hex[65];
    sha256_hex(&o->key, hex);
    buffer_printf(log, "%u %d %u %u %u %.16s %.*s %.*s\n", (unsigned)o->kind, (int)o->submit,
                  o->fiber, o->n, o->site, hex, TEXT_ARG(o->body), TEXT_ARG(o->request));
}

/* --- feeding it --- */

/* The same inputs, given to a new machine, derive the same bytes and the same state. */
static vm *replayed(storm *s)
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

static vm *reloaded(storm *s)
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

static void feed(storm *s, event_kind kind, uint32_t fiber, uint32_t n, text body)
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

static bool command(storm *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool command(storm *s, const char *format, ...)
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

/* --- the world answers --- */

static void answer(storm *s, const asked *a, const char *status, text values)
{
    feed(s, EVENT_OUTCOME, a->fiber, a->n,
         text_format(&s->memory,
                     "{\"detail\":\"\",\"elapsed\":1,\"status\":\"%s\",\"values\":[%.*s]}", status,
                     TEXT_ARG(values)));
}

/* Nothing goes back before what was built upon it, unless people left that. */
static void causal(storm *s, const storm_deed *d)
{
    const char *const *pair = s->program->upon;
    for (; !d->forward && !s->left && *pair; pair += 2) {
        if (!d->cell[0] || strcmp(d->cell[0]->name, pair[1]) != 0)
            continue;
        const storm_cell *c = cell_at(&s->world, (char[]){pair[0][0], 0}, text_of(pair[0] + 2));
        if (strcmp(c->value, c->initial) != 0)
            broken(s, "%s goes back while %s is `%s`", pair[1], pair[0], c->value);
    }
}

/* Performs it; "refused" when the world itself refuses. */
static const char *perform(storm *s, const asked *a, const storm_request *r)
{
    bool refused;
    const char *wrong =
        write_perform(&s->world, &s->memory, r, deed_of(&s->world, &a->key), &refused);
    if (wrong)
        broken(s, "%.*s: %s", TEXT_ARG(r->path), wrong);
    if (!refused)
        causal(s, deed_of(&s->world, &a->key));
    return refused ? "refused" : "ok";
}

static void answer_write(storm *s, const asked *a, const storm_request *r)
{
    const char *status = "ok";
    unsigned fate = chance(s, s->calm ? 0 : s->faults) ? draw(s, 3) : 3;
    if (a->lost)
        status = "unknown";
    else if (fate == 0)
        status = "refused";
    else if (fate == 1)
        status = "unknown";
    else
        status = perform(s, a, r);
    if (fate == 2)
        status = strcmp(status, "ok") == 0 ? "unknown" : status;
    text values = TEXT("");
    if (strcmp(status, "ok") == 0)
        values = project(&s->memory, r, TEXT("{\"status\":0,\"json\":{\"v\":\"new\"}}"));
    answer(s, a, status, values);
}

static void answer_probe(storm *s, const asked *a)
{
    const storm_deed *d = deed_of(&s->world, &a->key);
    bool tells = chance(s, 100 - (s->calm ? 0 : s->blind));
    answer(s, a, !tells ? "unknown" : d && d->times ? "ok" : "refused", TEXT(""));
}

static text next_window(storm *s, const storm_request *r)
{
    instant after = 0, start = WINDOW_START;
    uint32_t node = json_member(&r->d, r->arguments, TEXT("after"));
    assert_true(decimal_read(json_raw(&r->d, node), 0, false, &after, NULL));
    while (start + WINDOW_LENGTH <= after)
        start += 7 * DAY;
    return text_format(&s->memory, "%lld,%lld", (long long)start,
                       (long long)(start + WINDOW_LENGTH));
}

static void answer_read(storm *s, const asked *a, const storm_request *r)
{
    buffer b;
    buffer_init(&b);
    if (text_is(r->operation, "window") || text_is(r->operation, "notify"))
        answer(s, a, "ok", text_is(r->operation, "window") ? next_window(s, r) : TEXT(""));
    else if (!s->calm && chance(s, s->blind))
        answer(s, a, chance(s, 50) ? "unknown" : "refused", TEXT(""));
    else if (read_world(&s->world, &s->memory, r, s->rate, &b))
        answer(s, a, "ok", project(&s->memory, r, text_copy(&s->memory, buffer_view(&b))));
    else
        answer(s, a, "refused", TEXT(""));
    buffer_release(&b);
}

static void answer_one(storm *s)
{
    unsigned at = draw(s, (unsigned)s->waiting.n);
    asked a = s->waiting.p[at];
    memmove(&s->waiting.p[at], &s->waiting.p[at + 1], (--s->waiting.n - at) * sizeof a);
    storm_request r = request_parse(&s->memory, a.request);
    s->now += 1 + draw(s, 2000000);
    if (a.submit == SUBMIT_PROBE)
        answer_probe(s, &a);
    else if (!sha256_equal(&a.key, &no_key))
        answer_write(s, &a, &r);
    else
        answer_read(s, &a, &r);
}

/* --- people --- */

static const char *last_mark(const storm *s, text path)
{
    for (size_t k = 0; k < s->marks.n; k++)
        if (text_equal(s->marks.p[k].path, path))
            return s->marks.p[k].state;
    return "";
}

static storm_deed *last_deed(storm *s, text path, bool forward)
{
    for (unsigned k = s->world.done; k-- > 0;)
        if (text_equal(s->world.deeds[k].path, path) && (s->world.deeds[k].forward || !forward))
            return &s->world.deeds[k];
    return NULL;
}

/* Puts back by hand what the newest step of that path changed. */
static void undo_by_hand(storm *s, text path)
{
    const storm_deed *d = last_deed(s, path, true);
    for (unsigned k = 0; d && d->times && k < 2 && d->cell[k]; k++)
        memcpy(d->cell[k]->value, d->before[k], VALUE);
    for (unsigned k = 0; k < s->world.count; k++)
        if (!strcmp(s->world.cells[k].name, "x/half"))
            cell_put(&s->world.cells[k], TEXT(""));
}

/* People look before they answer: what they say about an effect is true. */
static void resolve(storm *s, text path)
{
    const char *say = "retry";
    if (strcmp(last_mark(s, path), "stuck") == 0) {
        if (!s->calm && chance(s, 10))
            say = "skip";
        else if (chance(s, 50))
            say = "done";
    } else {
        const storm_deed *d = last_deed(s, path, false);
        if (!s->calm && chance(s, 10))
            say = "skip";
        else if (d && d->times)
            say = "done";
    }
    bool stuck = strcmp(last_mark(s, path), "stuck") == 0;
    s->left |= strcmp(say, "skip") == 0;
    if (strcmp(say, "retry") == 0)
        license(s, path);
    if (stuck && strcmp(say, "done") == 0)
        undo_by_hand(s, path);
    command(s, "{\"command\":\"resolve\",\"target\":\"%.*s\",\"answer\":\"%s\",\"by\":\"tom\"}",
            TEXT_ARG(path), say);
}

static void reply_to(storm *s, text path, const json_document *d, uint32_t answers)
{
    static const char *const who[] = {"mira", "ana", "dee"};
    uint32_t at = json_element(d, answers, draw(s, d->node[answers].count));
    text said = json_text(&s->memory, d, at);
    if (s->calm && text_is(said, "pause"))
        return;
    if (text_is(said, "retry"))
        license(s, path);
    command(s, "{\"command\":\"answer\",\"target\":\"%.*s\",\"answer\":\"%.*s\",\"by\":\"%s\"}",
            TEXT_ARG(path), TEXT_ARG(said), who[s->calm ? 0 : draw(s, 3)]);
}

static void vote(storm *s, text path)
{
    static const char *const who[] = {"ana", "bo", "chi", "tom", "mira", "ada"};
    unsigned by = draw(s, 6);
    const char *verb = !s->calm && chance(s, 20) ? "reject" : "approve";
    bool taken = command(s, "{\"command\":\"%s\",\"target\":\"%.*s\",\"by\":\"%s\"}", verb,
                         TEXT_ARG(path), who[by]);
    if (taken && by >= 3)
        broken(s, "%s may %s", who[by], verb);
}

/* One person says something about one thing that waits. false when nothing waits for people. */
static bool person(storm *s)
{
    buffer b;
    json_writer w;
    json_document d;
    VEC(uint32_t) open = {0};
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    vm_describe(s->m, &w);
    json_object_end(&w);
    assert_true(json_read(&s->memory, text_copy(&s->memory, buffer_view(&b)), &d, NULL));
    buffer_release(&b);
    uint32_t list = json_member(&d, 0, TEXT("waiting"));
    for (uint32_t k = 0; k < d.node[list].count; k++) {
        uint32_t one = json_element(&d, list, k);
        if (d.node[json_member(&d, one, TEXT("answers"))].count)
            vec_push(&open, one);
    }
    bool any = open.n != 0;
    if (any) {
        uint32_t one = open.p[draw(s, (unsigned)open.n)];
        text kind = json_text(&s->memory, &d, json_member(&d, one, TEXT("kind")));
        text path = json_text(&s->memory, &d, json_member(&d, one, TEXT("path")));
        s->now += 1 + draw(s, 60000000);
        if (text_is(kind, "doubt"))
            resolve(s, path);
        else if (text_is(kind, "question"))
            reply_to(s, path, &d, json_member(&d, one, TEXT("answers")));
        else if (text_is(kind, "approval"))
            vote(s, path);
        else
            command(s, "{\"command\":\"done\",\"target\":\"%.*s\",\"by\":\"%s\"}", TEXT_ARG(path),
                    chance(s, 80) ? "dee" : "ana");
    }
    vec_release(&open);
    return any;
}

static void resume(storm *s)
{
    s->paused = false;
    if (!command(s, "{\"command\":\"resume\",\"by\":\"tom\"}"))
        broken(s, "a paused run cannot be resumed");
}

static void operate(storm *s)
{
    static const char *const places[] = {"a",      "b",     "one",   "two",      "move",
                                         "switch", "watch", "inner", "a/switch", "end"};
    switch (draw(s, 5)) {
    case 0:
    case 1:
        if (s->paused)
            resume(s);
        else
            s->paused = command(s, "{\"command\":\"pause\",\"by\":\"tom\"}");
        return;
    case 2:
        command(s, "{\"command\":\"rollback\",\"target\":\"%s\",\"by\":\"tom\"}",
                places[draw(s, 10)]);
        return;
    case 3:
        if (chance(s, 30) && command(s, "{\"command\":\"rollback\",\"by\":\"tom\"}"))
            s->back = true;
        return;
    default: feed(s, EVENT_OWNER, 0, 0, TEXT("{\"after\":\"gap\",\"gap\":60}"));
    }
}

/* --- crashes --- */

/* The process dies: what was under way may have happened; what the machine still awaits is what was
 * asked, byte for byte, and reads are asked again. */
static void crash(storm *s)
{
    vm_output o;
    size_t expected = 0;
    vm *m = chance(s, 50) ? replayed(s) : reloaded(s);
    vm_free(s->m);
    s->m = m;
    if (s->broken[0])
        return;
    for (uint32_t i = 0; vm_outstanding(s->m, i, &o); i++) {
        const asked *found = NULL;
        for (size_t k = 0; k < s->waiting.n; k++)
            if (s->waiting.p[k].fiber == o.fiber && s->waiting.p[k].n == o.n)
                found = &s->waiting.p[k];
        expected++;
        if (!found || found->submit != o.submit || !sha256_equal(&found->key, &o.key) ||
            !text_equal(found->request, o.request))
            broken(s, "after a crash it awaits something else at %u/%u", o.fiber, o.n);
    }
    size_t kept = 0;
    for (size_t k = 0; k < s->waiting.n; k++) {
        asked a = s->waiting.p[k];
        storm_request r = request_parse(&s->memory, a.request);
        if (text_is(r.operation, "notify"))
            continue; /* nobody waits for it */
        if (a.submit == SUBMIT_REQUEST && !sha256_equal(&a.key, &no_key) && !a.lost) {
            a.lost = true;
            if (chance(s, 50))
                perform(s, &a, &r);
        }
        s->waiting.p[kept++] = a;
    }
    s->waiting.n = kept;
    if (kept != expected)
        broken(s, "after a crash it awaits %zu requests of %zu", expected, kept);
}

/* --- the run --- */

static void stale(storm *s)
{
    asked a = {.fiber = draw(s, 5), .n = draw(s, 30)};
    for (size_t k = 0; k < s->waiting.n; k++)
        if (s->waiting.p[k].fiber == a.fiber && s->waiting.p[k].n == a.n)
            return;
    size_t before = s->log.n;
    instant due = vm_deadline(s->m);
    answer(s, &a, "ok", TEXT(""));
    if (due > s->now && s->log.n != before)
        broken(s, "an answer to nothing has an effect");
}

static bool tick(storm *s)
{
    instant due = vm_deadline(s->m);
    if (due == QUANTITY_MAX)
        return false;
    instant at = s->now + draw(s, 60000000);
    s->now = due > at && !s->calm && chance(s, 92) ? at : due > at ? due : at;
    s->rate = s->calm ? 5 : (s->rate * 3 + draw(s, 100)) / 4;
    feed(s, EVENT_TICK, 0, 0, TEXT("{}"));
    return true;
}

static void happen_wild(storm *s)
{
    unsigned what = draw(s, 100);
    if (chance(s, 1))
        s->now += draw(s, 10) * HOUR; /* nobody looks at it for a while */
    if (chance(s, s->hurry))
        operate(s);
    else if (what < 60 && s->waiting.n)
        answer_one(s);
    else if (what < 75)
        tick(s);
    else if (what < 93)
        person(s);
    else if (what < 97)
        crash(s);
    else
        stale(s);
}

static void happen_calm(storm *s)
{
    if (s->paused) {
        resume(s);
    } else if (s->waiting.n) {
        answer_one(s);
    } else if (!person(s) && !tick(s)) {
        broken(s, "nothing can move it any more");
    } else if (chance(s, 2)) {
        tick(s);
    }
}

static void storm_begin(storm *s, const storm_program *p, const image *i, uint64_t seed)
{
    memset(s, 0, sizeof *s);
    s->image = i;
    s->program = p;
    s->random = seed * 1000003;
    s->m = vm_new(i);
    s->now = 1000 * DAY;
    buffer_init(&s->log);
    arena_init(&s->memory);
    for (const char *const *c = p->cells; *c; c += 2) {
        storm_cell *cell = cell_at(&s->world, (char[]){c[0][0], 0}, text_of(c[0] + 2));
        cell_put(cell, text_of(c[1]));
        memcpy(cell->initial, cell->value, VALUE);
    }
    static const unsigned levels[] = {0, 5, 20, 50};
    s->faults = levels[draw(s, 4)];
    s->blind = levels[draw(s, 4)];
    s->hurry = draw(s, 3) ? draw(s, 8) : 0;
}

static void storm_end(storm *s)
{
    vm_free(s->m);
    vec_release(&s->waiting);
    vec_release(&s->inputs);
    vec_release(&s->marks);
    buffer_release(&s->log);
    arena_release(&s->memory);
}

static void storm_run(storm *s)
{
    unsigned turn = 0;
    feed(s, EVENT_START, 0, 0,
         TEXT("{\"store\":\"s\",\"run\":\"m-1\",\"migration\":\"m\",\"mode\":\"live\","
              "\"by\":\"tom\",\"author\":\"ada\"}"));
    for (; !s->ended && !s->broken[0] && turn < MOST; turn++) {
        s->calm = turn >= WILD;
        if (s->calm)
            happen_calm(s);
        else
            happen_wild(s);
    }
    if (!s->ended)
        broken(s, "it does not end");
    if (s->broken[0])
        return;
    vm_free(replayed(s));
    for (unsigned k = 0; k < 3; k++)
        stale(s);
    s->now += DAY;
    feed(s, EVENT_TICK, 0, 0, TEXT("{}"));
}

/* --- all of it --- */

static image *image_of(const storm_program *p)
{
    char folder[] = "/tmp/ferry-storm-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/storm.ferry", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(p->source, f);
    assert_int_equal(fclose(f), 0);
    arena memory = {0};
    source_map sources;
    diagnostics d;
    buffer bytes = {0};
    image *i = NULL;
    image_fault fault;
    source_map_init(&sources, &memory);
    diag_init(&d, &memory);
    compile_options o = {.path = path};
    if (!compile(&o, &memory, &sources, &d, &bytes, NULL)) {
        diagnostic *g = d.list.p[0];
        fail_msg("%s:%u: %s %.*s", p->name, source_place(&sources, g->at).line,
                 diag_table[g->code].code, TEXT_ARG(g->message));
    }
    if (!image_verify(&i, bytes.p, bytes.n, &fault))
        fail_msg("%s: %s", p->name, fault.message);
    unlink(path);
    rmdir(folder);
    buffer_release(&bytes);
    diag_release(&d);
    source_map_release(&sources);
    arena_release(&memory);
    return i;
}

static bool one_seed(const storm_program *p, const image *i, uint64_t seed, bool trace,
                     unsigned ends[RUN_STUCK + 1])
{
    storm *s = malloc(sizeof *s);
    assert_non_null(s);
    storm_begin(s, p, i, seed);
    s->trace = trace;
    storm_run(s);
    bool well = !s->broken[0];
    if (!well)
        print_error("STORM_ONLY=%s:%llu  %s\n", p->name, (unsigned long long)seed, s->broken);
    ends[vm_state(s->m)]++;
    storm_end(s);
    free(s);
    return well;
}

static unsigned seeds(void)
{
    const char *given = getenv("STORM_SEEDS");
    return given ? (unsigned)strtoul(given, NULL, 10) : DEFAULT_SEEDS;
}

static void in_every_storm(void **state)
{
    const storm_program *p = *state;
    const char *only = getenv("STORM_ONLY");
    unsigned ends[RUN_STUCK + 1] = {0}, bad = 0;
    size_t n = strlen(p->name);
    image *i = image_of(p);
    if (only && (strncmp(only, p->name, n) != 0 || only[n] != ':')) {
        image_free(i);
        return;
    }
    for (unsigned seed = 1; !only && seed <= seeds() && bad < 5; seed++)
        bad += !one_seed(p, i, seed, false, ends);
    if (only)
        bad = !one_seed(p, i, strtoull(only + n + 1, NULL, 10), true, ends);
    image_free(i);
    if (getenv("STORM_SEEDS"))
        print_message("%-8s completed %u  back %u  partial %u  stopped %u\n", p->name,
                      ends[RUN_COMPLETED], ends[RUN_ROLLED_BACK], ends[RUN_PARTIAL],
                      ends[RUN_STOPPED]);
    assert_int_equal(bad, 0);
}

int main(void)
{
    struct CMUnitTest tests[STORM_PROGRAMS];
    for (size_t k = 0; k < STORM_PROGRAMS; k++)
        tests[k] = (struct CMUnitTest){storm_programs[k].name, in_every_storm, NULL, NULL,
                                       (void *)(uintptr_t)&storm_programs[k]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
