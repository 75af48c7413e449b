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

static const char *explain(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
static const char *explain(arena *a, const char *format, ...)
{
    buffer b;
    va_list args;
    buffer_init(&b);
    va_start(args, format);
    buffer_vprintf(&b, format, args);
    va_end(args);
    const char *s = arena_copy(a, b.p ? b.p : "", b.n);
    buffer_release(&b);
    return s;
}

/* --- who speaks --- */

static uint32_t members(const image *i, uint32_t role, uint32_t *first)
{
    return image_list(i, TABLE_ROLE, COLUMN_ROLE_MEMBERS, role, first);
}

static bool member_of(const vm *m, uint32_t role, text by)
{
    const image *i = m->image;
    uint32_t first, n = members(i, role, &first), reached = role_reached(m, role);
    if (!n && reached != role) /* its people are known to those through whom it is reached */
        return member_of(m, reached, by);
    for (uint32_t k = 0; k < n; k++)
        if (text_equal(image_text(i, (uint32_t)image_element(i, TABLE_ROLE, COLUMN_ROLE_MEMBERS,
                                                             first + k)),
                       by))
            return true;
    return n == 0 || by.n == 0;
}

static bool has_votes(const fiber *f, uint32_t role, uint32_t needed)
{
    uint32_t n = 0;
    for (size_t k = 0; k < f->votes.n; k++)
        n += f->votes.p[k].role == role;
    return n >= needed;
}

static bool speaks_as(const vm *m, uint32_t role, text as, text by)
{
    text name = image_field_text(m->image, TABLE_ROLE, COLUMN_ROLE_NAME, role);
    return (!as.n || path_matches(name, as)) && member_of(m, role, by);
}

/* Who stands in for a role that kept silent; nobody does for a vote. */
static uint32_t deputy_speaks(const vm *m, const fiber *f, const activity *a, text as, text by)
{
    uint32_t role[32];
    instant at[32];
    uint32_t n = a->kind == ACT_APPROVE ? 0 : asking_deputies(m, f, a, role, at, 32);
    for (uint32_t k = 0; k < n; k++)
        if (speaks_as(m, role[k], as, by))
            return role[k];
    return NO_INDEX;
}

static bool has_voted(const vm *m, const fiber *f, text by)
{
    for (size_t k = 0; k < f->votes.n; k++)
        if (text_equal(value_text(m->image, &f->keep, f->votes.p[k].by), by))
            return true;
    return false;
}

/* Author, operator and approver differ. */
static bool is_barred(const vm *m, text by)
{
    return text_equal(by, buffer_view(&m->word[WORD_BY])) ||
           text_equal(by, buffer_view(&m->word[WORD_AUTHOR]));
}

/* How many members of a role could still vote, beyond those that it wants. */
static int64_t spare(const vm *m, const fiber *f, const uint32_t pair[2])
{
    uint32_t first, n = members(m->image, pair[0], &first);
    int64_t free = -(int64_t)pair[1];
    for (uint32_t k = 0; k < n; k++) {
        text name = image_text(m->image, (uint32_t)image_element(m->image, TABLE_ROLE,
                                                                 COLUMN_ROLE_MEMBERS, first + k));
        free += !is_barred(m, name) && !has_voted(m, f, name);
    }
    for (size_t v = 0; v < f->votes.n; v++)
        free += f->votes.p[v].role == pair[0];
    return free;
}

/* A member of several roles votes for the one that lacks a vote and has the fewest others who could
 * give it: else a later voter might find only a role that has enough. */
uint32_t command_role(const vm *m, const fiber *f, const activity *a, const json_document *d,
                      arena *scratch)
{
    uint32_t n, single[2], full = NO_INDEX, wanting = NO_INDEX;
    int64_t least = 0;
    const uint32_t *pair = asked_roles(m, a, &n, single);
    text role = command_text(d, "role", scratch), by = command_text(d, "by", scratch);
    for (uint32_t k = 0; k < n; k++) {
        if (!speaks_as(m, pair[2 * k], role, by))
            continue;
        if (a->kind != ACT_APPROVE)
            return pair[2 * k];
        if (has_votes(f, pair[2 * k], pair[2 * k + 1]))
            full = pair[2 * k];
        else if (wanting == NO_INDEX || spare(m, f, &pair[2 * k]) < least) {
            wanting = pair[2 * k];
            least = spare(m, f, &pair[2 * k]);
        }
    }
    if (wanting != NO_INDEX)
        return wanting;
    return full == NO_INDEX ? deputy_speaks(m, f, a, role, by) : full;
}

/* "bob, eve": who may still say it, of the roles that lack somebody. */
static const char *who_may(const vm *m, const fiber *f, const activity *a, arena *scratch)
{
    uint32_t n, single[2];
    const uint32_t *pair = asked_roles(m, a, &n, single);
    bool votes = a->kind == ACT_APPROVE;
    buffer b;
    buffer_init(&b);
    for (uint32_t r = 0; r < n; r++) {
        uint32_t first, count = members(m->image, pair[2 * r], &first);
        for (uint32_t k = 0; k < count; k++) {
            text name =
                image_text(m->image, (uint32_t)image_element(m->image, TABLE_ROLE,
                                                             COLUMN_ROLE_MEMBERS, first + k));
            if (votes && (has_votes(f, pair[2 * r], pair[2 * r + 1]) || is_barred(m, name) ||
                          has_voted(m, f, name)))
                continue;
            buffer_printf(&b, "%s%.*s", b.n ? ", " : "", TEXT_ARG(name));
        }
    }
    const char *s = explain(scratch, "%s", b.n ? buffer_string(&b) : "somebody else");
    buffer_release(&b);
    return s;
}

static const char *not_asked(const vm *m, const fiber *f, const activity *a, text by, text role,
                             arena *scratch)
{
    uint32_t n, single[2];
    const uint32_t *pair = asked_roles(m, a, &n, single);
    text first = image_field_text(m->image, TABLE_ROLE, COLUMN_ROLE_NAME, pair[0]);
    if (role.n) {
        const char *asked = "";
        for (uint32_t k = 0; k < n; k++)
            asked = explain(
                scratch, "%s%s%.*s", asked, k ? ", " : "",
                TEXT_ARG(image_field_text(m->image, TABLE_ROLE, COLUMN_ROLE_NAME, pair[2 * k])));
        return explain(scratch, "%.*s does not speak as %.*s here; asked: %s; ask: %s",
                       TEXT_ARG(by), TEXT_ARG(role), asked, who_may(m, f, a, scratch));
    }
    return explain(scratch, "%.*s is not a member of %.*s%s; ask: %s", TEXT_ARG(by),
                   TEXT_ARG(first), n > 1 ? " or another role that is asked" : "",
                   who_may(m, f, a, scratch));
}

/* A given of a test speaks for nobody. */
static bool speaks_for_nobody(const vm *m, text by)
{
    return !by.n && text_is(buffer_view(&m->word[WORD_MODE]), "script");
}

static const char *may_approve(const vm *m, const fiber *f, const activity *a, text by,
                               arena *scratch)
{
    const char *why = NULL;
    if (!by.n)
        return speaks_for_nobody(m, by) ? NULL : "an approval says who gives it: add --by NAME";
    if (text_equal(by, buffer_view(&m->word[WORD_BY])))
        why = "started this run and cannot approve in it";
    else if (is_barred(m, by))
        why = "is the author and cannot approve";
    else if (has_voted(m, f, by))
        why = "has voted already";
    return why ? explain(scratch, "%.*s %s; ask: %s", TEXT_ARG(by), why, who_may(m, f, a, scratch))
               : NULL;
}

/* A task that wants evidence is done only with some. */
static const char *lacks_evidence(const vm *m, const activity *a, const json_document *d, text by,
                                  arena *scratch)
{
    uint32_t wanted = a->kind == ACT_TASK ? m->image->sites[a->site].evidence : NO_INDEX;
    uint32_t node = json_member(d, 0, TEXT("evidence"));
    if (wanted == NO_INDEX || speaks_for_nobody(m, by))
        return NULL;
    uint32_t n = node && d->node[node].kind == JSON_OBJECT ? d->node[node].count : 0;
    for (uint32_t k = 0, at = node + 1; k < n; k++, at = d->node[at].next)
        if (d->node[at].kind == JSON_TEXT && json_text(scratch, d, at).n)
            return NULL;
    return explain(scratch, "the task wants evidence, %.*s: add --evidence NAME=VALUE",
                   TEXT_ARG(image_text(m->image, wanted)));
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

static const char *may_speak(const vm *m, const fiber *f, const activity *a, const json_document *d,
                             arena *scratch)
{
    uint32_t n, single[2];
    asked_roles(m, a, &n, single);
    text by = command_text(d, "by", scratch), role = command_text(d, "role", scratch);
    if (n && command_role(m, f, a, d, scratch) == NO_INDEX)
        return not_asked(m, f, a, by, role, scratch);
    const char *why = lacks_evidence(m, a, d, by, scratch);
    if (!why && command_text(d, "condition", scratch).n &&
        !(a->kind == ACT_APPROVE && m->image->sites[a->site].flags & SITE_CONDITIONS))
        why = "no conditions are allowed here: approve, or reject and say why";
    return why || a->kind != ACT_APPROVE ? why : may_approve(m, f, a, by, scratch);
}

/* --- admission --- */

/* Nothing of that kind waits; but perhaps something else of that name. */
static const char *nothing_waits(const vm *m, const verb *v, text target, const char *others,
                                 arena *scratch)
{
    if (!target.n)
        return explain(scratch, "no %s waits", v->noun);
    for (size_t k = 0; k < sizeof verbs / sizeof *verbs; k++) {
        waiting w = find_waiting(m, verbs[k].waits, target, scratch);
        buffer_release(&w.others);
        if (w.count)
            return explain(scratch, "`%.*s` is no %s but a%s %s: use `%s`", TEXT_ARG(target),
                           v->noun, strchr("ae", verbs[k].noun[0]) ? "n" : "", verbs[k].noun,
                           verbs[k].command);
    }
    const fiber *f = fiber_at(m, 0);
    return explain(scratch, "no %s named `%.*s` waits%s; waiting: %s", v->noun, TEXT_ARG(target),
                   f && fiber_goes_back(f) ? ", the run is going back" : "", others);
}

static const char *no_answer(const activity *a, text answer, arena *scratch)
{
    buffer b;
    buffer_init(&b);
    for (unsigned k = 1; k < REPLY_COUNT; k++)
        if (a->answers & ANSWER(k))
            buffer_printf(&b, "%s%s", b.n ? ", " : "", reply_names[k]);
    const char *why = answer.n ? explain(scratch, "`%.*s` is no answer here; answers: %s",
                                         TEXT_ARG(answer), buffer_string(&b))
                               : explain(scratch, "say how; answers: %s", buffer_string(&b));
    buffer_release(&b);
    return why;
}

static const char *admit_verb(const vm *m, const verb *v, const json_document *d, instant at,
                              arena *scratch)
{
    text target = target_of(d, scratch), answer = command_text(d, "answer", scratch);
    waiting w = find_waiting(m, v->waits, target, scratch);
    const char *others = explain(scratch, "%s", w.others.n ? buffer_string(&w.others) : "nothing");
    buffer_release(&w.others);
    if (!w.count)
        return nothing_waits(m, v, target, others, scratch);
    if (w.count > 1)
        return explain(scratch, "more than one %s waits, name one: %s", v->noun, others);
    const activity *a = fiber_top(w.fiber);
    instant end =
        a->waiting == WAIT_DOUBT ? a->awaits & AWAIT_TIMER ? a->deadline : QUANTITY_NONE : a->until;
    if (end != QUANTITY_NONE && end <= at)
        return explain(scratch,
                       "the %s is over: its time has passed; `ferry status` shows what follows",
                       v->noun);
    reply r = v->reply == REPLY_NONE ? reply_of(answer) : v->reply;
    if (r == REPLY_NONE || !(a->answers & ANSWER(r)))
        return no_answer(a, answer, scratch);
    const char *why = too_early(d, at);
    return why ? why : may_speak(m, w.fiber, a, d, scratch);
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
        return explain(scratch, "nothing named `%.*s` is open that could go back by itself",
                       TEXT_ARG(target));
    return count > 1 ? explain(scratch, "`%.*s` is ambiguous", TEXT_ARG(target)) : NULL;
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
    return explain(scratch, "no command `%.*s`", TEXT_ARG(name));
}

const char *vm_admit(const vm *m, const vm_input *in, arena *scratch)
{
    json_document d;
    if (in->kind > EVENT_OWNER)
        return "only inputs are given to a machine";
    if (!json_read(scratch, in->body, &d, NULL) || d.node[0].kind != JSON_OBJECT)
        return "the body is no JSON object";
    if (in->kind == EVENT_START) {
        if (m->began)
            return "the run has begun already";
        text name = command_text(&d, "migration", scratch);
        return image_find_entry(m->image, name) == NO_INDEX
                   ? explain(scratch, "no migration named `%.*s`", TEXT_ARG(name))
                   : NULL;
    }
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
        explain(&m->turn, "a person asked for it%s%.*s", reason.n ? ": " : "", TEXT_ARG(reason)));
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
