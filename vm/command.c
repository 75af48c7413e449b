/* command.c: what people may say and when: admission, and delivery of what was admitted.
 *
 * Admission is pure and explains a refusal in the words of the one who spoke: what waits, who may
 * answer, which answers there are. Delivery looks the same thing up again, so that a command that
 * came too late (a timer of the same instant was faster) changes nothing.
 */
#include "vm/state.h"

#include <string.h>

static const char *const reply_names[REPLY_COUNT] = {
    [REPLY_NONE] = "",       [REPLY_ROLLBACK] = "rollback", [REPLY_RETRY] = "retry",
    [REPLY_PAUSE] = "pause", [REPLY_SKIP] = "skip",         [REPLY_CONTINUE] = "continue",
    [REPLY_DONE] = "done",   [REPLY_APPROVE] = "approve",   [REPLY_REJECT] = "reject",
};

const char *reply_name(unsigned r)
{
    return r < REPLY_COUNT ? reply_names[r] : "";
}

typedef struct {
    const char *command;
    wait_kind waits;
    reply reply; /* REPLY_NONE: the field `answer` says it */
    const char *noun;
} verb;

static const verb verbs[] = {
    {"approve", WAIT_APPROVAL, REPLY_APPROVE, "approval"},
    {"reject", WAIT_APPROVAL, REPLY_REJECT, "approval"},
    {"done", WAIT_TASK, REPLY_DONE, "task"},
    {"answer", WAIT_QUESTION, REPLY_NONE, "question"},
    {"resolve", WAIT_DOUBT, REPLY_NONE, "effect in doubt"},
};

text command_text(const json_document *d, const char *key, arena *a)
{
    uint32_t node = json_member(d, 0, text_of(key));
    return node && d->node[node].kind == JSON_TEXT ? json_text(a, d, node) : TEXT("");
}

static const verb *verb_of(text name)
{
    for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++)
        if (text_is(name, verbs[k].command))
            return &verbs[k];
    return NULL;
}

static reply reply_of(text name)
{
    for (unsigned r = REPLY_ROLLBACK; r < REPLY_COUNT; r++)
        if (text_is(name, reply_names[r]))
            return r;
    return REPLY_NONE;
}

/* People write / where paths have dots. */
static text target_of(const json_document *d, arena *a)
{
    text t = command_text(d, "target", a);
    char *copy = arena_copy(a, t.p ? t.p : "", t.n);
    for (size_t k = 0; k < t.n; k++)
        if (copy[k] == '/')
            copy[k] = '.';
    return (text){copy, t.n};
}

/* --- what waits --- */

typedef struct {
    fiber *fiber;
    uint32_t count;
    buffer others; /* names of everything of that kind that waits */
} waiting;

static waiting find_waiting(const vm *m, wait_kind kind, text target, arena *scratch)
{
    waiting w = {0};
    for (size_t k = 0; k < m->fibers.n; k++) {
        fiber *f = m->fibers.p[k];
        const activity *a = f ? fiber_top(f) : NULL;
        if (!a || a->waiting != kind || !(a->awaits & AWAIT_PEOPLE))
            continue;
        text path = act_path(m, f, a, scratch);
        if (w.others.n)
            buffer_cstr(&w.others, ", ");
        buffer_text(&w.others, path);
        if (target.n && !path_matches(path, target))
            continue;
        w.fiber = f;
        w.count++;
    }
    return w;
}

/* --- admission --- */

/* Nothing of that kind waits; but perhaps something else of that name. */
static const char *nothing_waits(const vm *m, const verb *v, text target, const char *others,
                                 arena *scratch)
{
    if (!target.n)
        return text_format(scratch, "no %s waits", v->noun).p;
    for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++) {
        waiting w = find_waiting(m, verbs[k].waits, target, scratch);
        buffer_release(&w.others);
        if (w.count)
            return text_format(scratch, "`%.*s` is no %s but a%s %s: use `%s`", TEXT_ARG(target),
                               v->noun, strchr("ae", verbs[k].noun[0]) ? "n" : "", verbs[k].noun,
                               verbs[k].command)
                .p;
    }
    const fiber *f = fiber_at(m, 0);
    return text_format(scratch, "no %s named `%.*s` waits%s; waiting: %s", v->noun,
                       TEXT_ARG(target), f && fiber_goes_back(f) ? ", the run is going back" : "",
                       others)
        .p;
}

static const char *no_answer(const activity *a, text answer, arena *scratch)
{
    buffer b;
    buffer_init(&b);
    for (unsigned k = 1; k < REPLY_COUNT; k++)
        if (a->answers & ANSWER(k))
            buffer_printf(&b, "%s%s", b.n ? ", " : "", reply_names[k]);
    const char *why = answer.n ? text_format(scratch, "`%.*s` is no answer here; answers: %s",
                                             TEXT_ARG(answer), buffer_string(&b))
                                     .p
                               : text_format(scratch, "say how; answers: %s", buffer_string(&b)).p;
    buffer_release(&b);
    return why;
}

/* Clocks of two machines differ by a little. */
static const char *too_early(const json_document *d, instant at)
{
    uint32_t node = json_member(d, 0, TEXT("performed_at"));
    instant performed;
    if (!node || !decimal_read(json_raw(d, node), 0, false, &performed, NULL))
        return NULL;
    return performed > time_after(at, MINUTE)
               ? "it cannot have been done in the future: --at is when it was done"
               : NULL;
}

static const char *admit_verb(const vm *m, const verb *v, const json_document *d, instant at,
                              arena *scratch)
{
    text target = target_of(d, scratch), answer = command_text(d, "answer", scratch);
    waiting w = find_waiting(m, v->waits, target, scratch);
    const char *others =
        text_format(scratch, "%s", w.others.n ? buffer_string(&w.others) : "nothing").p;
    buffer_release(&w.others);
    if (!w.count)
        return nothing_waits(m, v, target, others, scratch);
    if (w.count > 1)
        return text_format(scratch, "more than one %s waits, name one: %s", v->noun, others).p;
    const activity *a = fiber_top(w.fiber);
    instant end =
        a->waiting == WAIT_DOUBT ? a->awaits & AWAIT_TIMER ? a->deadline : QUANTITY_NONE : a->until;
    if (end != QUANTITY_NONE && end <= at)
        return text_format(scratch,
                           "the %s is over: its time has passed; `ferry status` shows what follows",
                           v->noun)
            .p;
    reply r = v->reply == REPLY_NONE ? reply_of(answer) : v->reply;
    if (r == REPLY_NONE || !(a->answers & ANSWER(r)))
        return no_answer(a, answer, scratch);
    const char *why = too_early(d, at);
    return why ? why : speak_refused(m, w.fiber, a, d, scratch);
}

/* What `rollback TARGET` means: an iteration (level 0), or a scope that is still open. */
static fiber *rollback_target(const vm *m, text target, uint32_t *level, uint32_t *count)
{
    fiber *found = NULL;
    *count = 0;
    for (size_t k = 0; k < m->fibers.n; k++) {
        fiber *f = m->fibers.p[k];
        if (!f || f->kind == FIBER_SAMPLER || f->state == FIBER_GONE_BACK)
            continue;
        /* A fiber of a phase beside others has no name: its phase has. */
        const image_site *s = f->kind == FIBER_CHILD ? &m->image->sites[f->site] : NULL;
        bool forked = s && s->kind == SITE_FORK && !image_text(m->image, s->name).n;
        for (uint32_t l = forked; l <= f->scopes.n; l++) {
            size_t n = l < f->scopes.n ? f->scopes.p[l].path : f->path.n;
            if (!n || !path_matches((text){f->path.p, n}, target) ||
                (l && l < f->scopes.n && n == f->scopes.p[l - 1].path))
                continue;
            if (found && found == f && *level < l)
                continue; /* the same path: the outermost scope that has it */
            found = f;
            *level = l;
            (*count)++;
        }
    }
    return found;
}

static const char *admit_rollback(const vm *m, const json_document *d, arena *scratch)
{
    uint32_t level, count;
    text target = target_of(d, scratch);
    const fiber *f = fiber_at(m, 0);
    if (!target.n)
        return f && f->doom != 0 && f->state == FIBER_LIVE ? NULL : "the run is going back already";
    if (!rollback_target(m, target, &level, &count))
        return text_format(scratch, "nothing named `%.*s` is open that could go back by itself",
                           TEXT_ARG(target))
            .p;
    return count > 1 ? text_format(scratch, "`%.*s` is ambiguous", TEXT_ARG(target)).p : NULL;
}

static const char *admit_command(const vm *m, const json_document *d, instant at, arena *scratch)
{
    text name = command_text(d, "command", scratch);
    const verb *v = verb_of(name);
    if (text_is(name, "note"))
        return NULL;
    if (m->ended)
        return "the run has ended";
    if (v)
        return admit_verb(m, v, d, at, scratch);
    if (text_is(name, "pause"))
        return m->paused ? "the run is paused already" : NULL;
    if (text_is(name, "resume"))
        return m->paused ? NULL : "the run is not paused";
    if (text_is(name, "rollback"))
        return admit_rollback(m, d, scratch);
    if (text_is(name, "take"))
        return NULL;
    return text_format(scratch, "no command `%.*s`", TEXT_ARG(name)).p;
}

static const char *admit_start(const vm *m, const json_document *d, arena *scratch)
{
    if (m->began)
        return "the run has begun already";
    text name = command_text(d, "migration", scratch);
    uint32_t migration = image_find_entry(m->image, name);
    if (migration == NO_INDEX)
        return text_format(scratch, "no migration named `%.*s`", TEXT_ARG(name)).p;
    if (!text_is(command_text(d, "mode", scratch), "live"))
        return NULL; /* nobody votes in a test, and in a rehearsal everybody may be missing */
    return speak_start_refused(m->image, migration, command_text(d, "by", scratch),
                               command_text(d, "author", scratch), scratch);
}

const char *vm_admit(const vm *m, const vm_input *in, arena *scratch)
{
    json_document d;
    if (in->kind > EVENT_OWNER)
        return "only inputs are given to a machine";
    if (!json_read(scratch, in->body, &d, NULL) || d.node[0].kind != JSON_OBJECT)
        return "the body is no JSON object";
    if (in->kind == EVENT_START)
        return admit_start(m, &d, scratch);
    if (!m->began)
        return "the run has not begun";
    if (in->kind == EVENT_COMMAND)
        return admit_command(m, &d, in->at, scratch);
    return NULL;
}

/* --- delivery --- */

static void deliver_verb(vm *m, const verb *v, const json_document *d)
{
    if (admit_verb(m, v, d, m->now, &m->turn))
        return;
    waiting w = find_waiting(m, v->waits, target_of(d, &m->turn), &m->turn);
    buffer_release(&w.others);
    w.fiber->reply =
        v->reply == REPLY_NONE ? reply_of(command_text(d, "answer", &m->turn)) : v->reply;
    fiber_wake(w.fiber, CAUSE_PEOPLE);
}

static void deliver_rollback(vm *m, const json_document *d)
{
    uint32_t level = 0, count = 1;
    text target = target_of(d, &m->turn), reason = command_text(d, "reason", &m->turn);
    fiber *f = target.n ? rollback_target(m, target, &level, &count) : fiber_at(m, 0);
    if (!f || count != 1)
        return;
    if (f->id)
        m->partial = true;
    fiber_doom(
        m, f, level,
        text_format(&m->turn, "a person asked for it%s%.*s", reason.n ? ": " : "", TEXT_ARG(reason))
            .p);
}

void command_deliver(vm *m, const json_document *d)
{
    text name = command_text(d, "command", &m->turn);
    const verb *v = verb_of(name);
    m->command = *d;
    if (m->ended)
        return;
    if (v)
        deliver_verb(m, v, d);
    else if (text_is(name, "rollback"))
        deliver_rollback(m, d);
    else if (text_is(name, "pause"))
        m->paused = true;
    else if (text_is(name, "resume")) {
        m->paused = false;
        fibers_wake(m, AWAIT_RESUME);
    }
}
