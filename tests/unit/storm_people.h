/* storm_people.h: those who answer in a storm: the world, in time or not at all, people who say
 * anything that they may, and crashes.
 */
#ifndef FERRY_TESTS_STORM_PEOPLE_H
#define FERRY_TESTS_STORM_PEOPLE_H

#include "storm_run.h"

/* --- the world answers --- */

static inline void answer(storm *s, const asked *a, const char *status, text values)
{
    feed(s, EVENT_OUTCOME, a->fiber, a->n,
         text_format(&s->memory,
                     "{\"detail\":\"\",\"elapsed\":1,\"status\":\"%s\",\"values\":[%.*s]}", status,
                     TEXT_ARG(values)));
}

/* Nothing goes back before what was built upon it, unless people left that. */
static inline void causal(storm *s, const storm_deed *d)
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
static inline const char *perform(storm *s, const asked *a, const storm_request *r)
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

static inline void answer_write(storm *s, const asked *a, const storm_request *r)
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

static inline void answer_probe(storm *s, const asked *a)
{
    const storm_deed *d = deed_of(&s->world, &a->key);
    bool tells = chance(s, 100 - (s->calm ? 0 : s->blind));
    answer(s, a, !tells ? "unknown" : d && d->times ? "ok" : "refused", TEXT(""));
}

static inline text next_window(storm *s, const storm_request *r)
{
    instant after = 0, start = WINDOW_START;
    uint32_t node = json_member(&r->d, r->arguments, TEXT("after"));
    assert_true(decimal_read(json_raw(&r->d, node), 0, false, &after, NULL));
    while (start + WINDOW_LENGTH <= after)
        start += 7 * DAY;
    return text_format(&s->memory, "%lld,%lld", (long long)start,
                       (long long)(start + WINDOW_LENGTH));
}

static inline void answer_read(storm *s, const asked *a, const storm_request *r)
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

static inline void answer_one(storm *s)
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

static inline const char *last_mark(const storm *s, text path)
{
    for (size_t k = 0; k < s->marks.n; k++)
        if (text_equal(s->marks.p[k].path, path))
            return s->marks.p[k].state;
    return "";
}

static inline storm_deed *last_deed(storm *s, text path, bool forward)
{
    for (unsigned k = s->world.done; k-- > 0;)
        if (text_equal(s->world.deeds[k].path, path) && (s->world.deeds[k].forward || !forward))
            return &s->world.deeds[k];
    return NULL;
}

/* Puts back by hand what the newest step of that path changed. */
static inline void undo_by_hand(storm *s, text path)
{
    const storm_deed *d = last_deed(s, path, true);
    for (unsigned k = 0; d && d->times && k < 2 && d->cell[k]; k++)
        memcpy(d->cell[k]->value, d->before[k], VALUE);
    for (unsigned k = 0; k < s->world.count; k++)
        if (!strcmp(s->world.cells[k].name, "x/half"))
            cell_put(&s->world.cells[k], TEXT(""));
}

/* People look before they answer: what they say about an effect is true. */
static inline void resolve(storm *s, text path)
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

static inline void reply_to(storm *s, text path, const json_document *d, uint32_t answers)
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

static inline void vote(storm *s, text path)
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
static inline bool person(storm *s)
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

static inline void resume(storm *s)
{
    s->paused = false;
    if (!command(s, "{\"command\":\"resume\",\"by\":\"tom\"}"))
        broken(s, "a paused run cannot be resumed");
}

static inline void operate(storm *s)
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
static inline void crash(storm *s)
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

#endif
