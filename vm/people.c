/* people.c: what waits for people: questions, tasks, approvals, notices.
 *
 * What a person said was admitted by command.c and lies in vm.command; fiber.reply is the answer.
 */
#include "vm/state.h"

void wait_event(vm *m, fiber *f, activity *a, const char *what, text path, text title,
                instant until)
{
    buffer b;
    json_writer w = output_open(&b);
    json_add_text(&w, "path", path);
    json_add_cstr(&w, "what", what);
    json_add_text(&w, "title", title);
    asked_put(m, &w, a);
    json_put_key(&w, "until");
    if (until == QUANTITY_NONE || until >= QUANTITY_MAX - 1)
        json_put_null(&w);
    else
        json_put_int(&w, until);
    json_object_end(&w);
    output_event(m, f, EVENT_WAIT, a->site, &b);
}

/* --- questions --- */

static activity *question_push(vm *m, fiber *f, uint32_t site, uint32_t answers, text title,
                               duration within)
{
    activity *q = fiber_push(f, ACT_QUESTION, site);
    q->may = answers | ANSWER(REPLY_PAUSE);
    q->role = NO_INDEX;
    q->response = REPLY_PAUSE;
    q->until = within > 0 ? time_after(m->now, within) : QUANTITY_NONE;
    return q;
}

go question_ask(vm *m, fiber *f, uint32_t site, uint32_t answers, const char *what, text title)
{
    activity *q = question_push(m, f, site, answers, title, 0);
    fiber_why(f, "%.*s", TEXT_ARG(title));
    wait_event(m, f, q, "question", site_path(m, f, site), title, QUANTITY_NONE);
    return GO_SUB;
}

static reply of_response(uint32_t r)
{
    static const reply replies[] = {
        [ON_ROLLBACK] = REPLY_ROLLBACK, [ON_PAUSE] = REPLY_PAUSE, [ON_SKIP] = REPLY_SKIP};
    return r <= ON_SKIP ? replies[r] : REPLY_PAUSE;
}

go failure_ask(vm *m, fiber *f, uint32_t site, uint32_t answers, text path, reply *r)
{
    const image_site *s = &m->image->sites[site];
    *r = of_response(s->on_failure);
    if (s->on_failure == ON_ROLLBACK || s->on_failure == ON_SKIP)
        return GO_POP;
    text why = text_copy(&m->turn, buffer_view(&f->why));
    answers |= ANSWER(REPLY_ROLLBACK) | ANSWER(REPLY_SKIP);
    activity *q =
        question_push(m, f, site, answers, why, s->on_failure == ON_ASK ? s->ask_within : 0);
    if (s->on_failure == ON_ASK) {
        q->role = s->ask_role;
        q->response = of_response(s->ask_else);
    }
    wait_event(m, f, q, "question", path, why, q->until);
    return GO_SUB;
}

static go question_wait(vm *m, fiber *f, activity *a)
{
    a->awaits = AWAIT_PEOPLE;
    a->answers = a->may;
    a->waiting = WAIT_QUESTION;
    asking_waits(m, f, a);
    return GO_WAIT;
}

/* "approved by eve: it is fine" */
static text said_by(vm *m, const char *verb)
{
    text by = command_text(&m->command, "by", &m->turn);
    text reason = command_text(&m->command, "reason", &m->turn);
    text condition = command_text(&m->command, "condition", &m->turn);
    if (condition.n)
        by =
            text_format(&m->turn, "%.*s on condition that %.*s", TEXT_ARG(by), TEXT_ARG(condition));
    return text_format(&m->turn, "%s%.*s%s%.*s", verb, TEXT_ARG(by), reason.n ? ": " : "",
                       TEXT_ARG(reason));
}

static go question_say(vm *m, fiber *f, activity *a, reply r)
{
    if (r == REPLY_PAUSE) {
        a->until = QUANTITY_NONE;
        return question_wait(m, f, a);
    }
    if (f->kind == FIBER_SAMPLER && m->holds && !--m->holds)
        fibers_wake(m, AWAIT_RESUME);
    f->reply = r;
    return GO_POP;
}

go act_question(vm *m, fiber *f, activity *a, cause c)
{
    if (c == CAUSE_BEGIN)
        asking_begin(m, f, a, text_copy(&m->turn, buffer_view(&f->why)));
    if (c == CAUSE_TIMER && !asking_over(m, a)) {
        asking_tell(m, f, a, text_copy(&m->turn, buffer_view(&f->why)));
        return question_wait(m, f, a);
    }
    if (c == CAUSE_TIMER) {
        decision(m, f, a->site, "answer", reply_name(a->response), site_path(m, f, a->site), NULL,
                 NULL, TEXT("nobody answered in time"));
        return question_say(m, f, a, a->response);
    }
    if (c == CAUSE_PEOPLE) {
        decision_said(m, f, a->site, "answer", reply_name(f->reply), site_path(m, f, a->site),
                      said_by(m, ""));
        return question_say(m, f, a, f->reply);
    }
    return question_wait(m, f, a);
}

/* --- what a task and an approval begin with --- */

static text title_now(vm *m, fiber *f, const activity *a)
{
    int64_t args[ARGUMENTS];
    act_args(m, f, a, 1, args);
    return site_title(m, f, &m->image->sites[a->site], args);
}

static void ask_mark(vm *m, fiber *f, activity *a, unsigned state, text detail)
{
    board_mark(m, f, a->site, site_path(m, f, a->site), state, title_now(m, f, a), detail);
}

/* Starts what people are asked for at a site: its clock, its mark, its wait, its first call. A
 * fiber that is held asks nobody yet; false. */
static bool ask_begin(vm *m, fiber *f, activity *a, const char *what)
{
    const image_site *s = &m->image->sites[a->site];
    if (fiber_held(m, f)) {
        a->awaits = AWAIT_RESUME;
        return false;
    }
    text title = title_now(m, f, a);
    a->until = s->timeout > 0 ? time_after(m->now, s->timeout) : QUANTITY_NONE;
    ask_mark(m, f, a, MARK_STARTED, TEXT(""));
    wait_event(m, f, a, what, site_path(m, f, a->site), title, a->until);
    a->begun = m->now;
    asking_begin(m, f, a, title);
    return true;
}

/* --- tasks --- */

enum { TASK_BEGIN, TASK_WAIT, TASK_CHECK, TASK_ASK };

static go task_wait(vm *m, fiber *f, activity *a)
{
    a->phase = TASK_WAIT;
    a->waiting = WAIT_TASK;
    a->awaits = AWAIT_PEOPLE;
    a->answers = ANSWER(REPLY_DONE);
    asking_waits(m, f, a);
    return GO_WAIT;
}

static go task_begin(vm *m, fiber *f, activity *a)
{
    return ask_begin(m, f, a, "task") ? task_wait(m, f, a) : GO_WAIT;
}

static go task_done(vm *m, fiber *f, activity *a)
{
    const image_site *s = &m->image->sites[a->site];
    const insn *i = act_insn(m, f, a);
    int64_t args[ARGUMENTS];
    type_word types[ARGUMENTS];
    const image_function *fn = &m->image->functions[f->x.frame[a->frames - 1].function];
    act_args(m, f, a, 1, args);
    for (uint32_t k = 0; k < s->captures && k < ARGUMENTS; k++)
        types[k] = m->image->types[fn->types + i->c + 1 + k];
    uint32_t at =
        saga_push(m, f, ENTRY_TASK, a->site, args, types, s->captures, site_path(m, f, a->site));
    f->saga.p[at].captures = s->captures;
    f->saga.p[at].flags = ENTRY_DONE | (s->flags & SITE_IRREVERSIBLE ? ENTRY_SEAL : 0);
    ask_mark(m, f, a, MARK_DONE, text_copy(&m->turn, buffer_view(&f->why)));
    return GO_POP;
}

static go task_said(vm *m, fiber *f, activity *a)
{
    const image_site *s = &m->image->sites[a->site];
    int64_t args[ARGUMENTS];
    text by = command_text(&m->command, "by", &m->turn);
    fiber_why(f, "done by %.*s", TEXT_ARG(by));
    decision_said(m, f, a->site, "answer", "done", site_path(m, f, a->site),
                  said_by(m, "done by "));
    if (s->check == NO_INDEX)
        return task_done(m, f, a);
    a->phase = TASK_CHECK;
    act_args(m, f, a, 1, args);
    return fiber_call(m, f, s->check, args, s->captures);
}

static go task_checked(vm *m, fiber *f, activity *a, cause c)
{
    int64_t v = c == CAUSE_RETURNED ? act_result(m, f, a, 0) : QUANTITY_NA;
    v = untold_else(m, f, v, true);
    if (v == 1)
        return task_done(m, f, a);
    decision(m, f, a->site, "check", v == 0 ? "false" : "not available", site_path(m, f, a->site),
             NULL, NULL, TEXT("the task was reported done, but its check does not hold"));
    return task_wait(m, f, a);
}

static go task_skipped(vm *m, fiber *f, activity *a)
{
    m->partial = true;
    ask_mark(m, f, a, MARK_SKIPPED, TEXT(""));
    return GO_POP;
}

static go task_late(vm *m, fiber *f, activity *a)
{
    reply r;
    fiber_why(f, "not done in time");
    ask_mark(m, f, a, MARK_FAILED, buffer_view(&f->why));
    a->phase = TASK_ASK;
    go g = failure_ask(m, f, a->site, ANSWER(REPLY_RETRY), site_path(m, f, a->site), &r);
    if (g != GO_POP)
        return g;
    return r == REPLY_SKIP ? task_skipped(m, f, a) : GO_FAIL;
}

static go task_told(vm *m, fiber *f, activity *a)
{
    asking_tell(m, f, a, title_now(m, f, a));
    return task_wait(m, f, a);
}

go act_task(vm *m, fiber *f, activity *a, cause c)
{
    switch (a->phase) {
    case TASK_BEGIN: return task_begin(m, f, a);
    case TASK_CHECK: return task_checked(m, f, a, c);
    case TASK_WAIT:
        if (c == CAUSE_TIMER)
            return asking_over(m, a) ? task_late(m, f, a) : task_told(m, f, a);
        return task_said(m, f, a);
    default:
        if (f->reply == REPLY_RETRY)
            return task_begin(m, f, a);
        if (f->reply != REPLY_SKIP)
            return GO_FAIL;
        return task_skipped(m, f, a);
    }
}

/* --- approvals --- */

static bool approved(const vm *m, const fiber *f, const image_site *s)
{
    const uint32_t *pair = s->votes == NO_INDEX ? NULL : &m->image->words[s->votes + 1];
    uint32_t n = s->votes == NO_INDEX ? 0 : m->image->words[s->votes];
    for (uint32_t k = 0; k < n; k++) {
        uint32_t have = 0;
        for (size_t v = 0; v < f->votes.n; v++)
            have += f->votes.p[v].role == pair[2 * k];
        if (have < pair[2 * k + 1])
            return false;
    }
    return n || f->votes.n;
}

static go approve_wait(vm *m, fiber *f, activity *a)
{
    a->phase = 1;
    a->waiting = WAIT_APPROVAL;
    a->awaits = AWAIT_PEOPLE;
    a->answers = ANSWER(REPLY_APPROVE) | ANSWER(REPLY_REJECT);
    asking_waits(m, f, a);
    return GO_WAIT;
}

static go approve_begin(vm *m, fiber *f, activity *a)
{
    if (!ask_begin(m, f, a, "approval"))
        return GO_WAIT;
    vec_clear(&f->votes);
    return approve_wait(m, f, a);
}

static go approve_said(vm *m, fiber *f, activity *a)
{
    const image_site *s = &m->image->sites[a->site];
    text by = command_text(&m->command, "by", &m->turn);
    bool yes = f->reply == REPLY_APPROVE;
    text said = said_by(m, yes ? "approved by " : "rejected by ");
    decision_said(m, f, a->site, "answer", yes ? "approve" : "reject", site_path(m, f, a->site),
                  said);
    if (!yes) {
        fiber_why(f, "%.*s", TEXT_ARG(said));
        ask_mark(m, f, a, MARK_FAILED, said);
        return GO_FAIL;
    }
    vote v = {speak_role(m, f, a, &m->command, &m->turn), heap_text(m->image, &f->keep, by)};
    vec_push(&f->votes, v);
    if (!approved(m, f, s))
        return approve_wait(m, f, a);
    ask_mark(m, f, a, MARK_DONE, said);
    vec_clear(&f->votes);
    return GO_POP;
}

go act_approve(vm *m, fiber *f, activity *a, cause c)
{
    if (a->phase == 0)
        return approve_begin(m, f, a);
    if (c != CAUSE_TIMER)
        return approve_said(m, f, a);
    if (!asking_over(m, a)) {
        asking_tell(m, f, a, title_now(m, f, a));
        return approve_wait(m, f, a);
    }
    fiber_why(f, "not approved in time");
    ask_mark(m, f, a, MARK_FAILED, buffer_view(&f->why));
    return GO_FAIL;
}

/* --- notices --- */

void notice(vm *m, fiber *f, uint32_t site, text path, text said, uint32_t role)
{
    buffer b;
    uint32_t by = role == NO_INDEX ? NO_INDEX : role_reached(m, role);
    text name =
        role == NO_INDEX ? TEXT("") : image_field_text(m->image, TABLE_ROLE, COLUMN_ROLE_NAME, by);
    if (by != role)
        said = text_format(&m->turn, "for %.*s: %.*s",
                           TEXT_ARG(image_field_text(m->image, TABLE_ROLE, COLUMN_ROLE_NAME, role)),
                           TEXT_ARG(said));
    role = by;
    json_writer w = output_open(&b);
    json_add_text(&w, "path", path);
    json_add_text(&w, "role", name);
    json_add_text(&w, "text", said);
    json_object_end(&w);
    vm_output *o = output_event(m, f, EVENT_NOTICE, site, &b);
    if (role == NO_INDEX || !image_field_text(m->image, TABLE_ROLE, COLUMN_ROLE_ALARM, role).n)
        return;
    buffer r;
    w = output_open(&r);
    json_add_object(&w, "arguments");
    json_add_text(&w, "role", name);
    json_add_text(&w, "text", said);
    json_object_end(&w);
    json_put_key(&w, "connector");
    json_put_null(&w);
    json_add_cstr(&w, "operation", "notify");
    json_add_text(&w, "path", path);
    json_add_array(&w, "shape");
    json_array_end(&w);
    json_add_int(&w, "timeout", MINUTE);
    json_object_end(&w);
    o->submit = SUBMIT_REQUEST;
    o->n = ++f->n;
    o->request = text_copy(&m->turn, buffer_view(&r));
    buffer_release(&r);
}

void instruction_notify(vm *m, fiber *f, const insn *i)
{
    const image_site *s = &m->image->sites[i->b];
    int64_t args[ARGUMENTS];
    for (uint32_t k = 0; k < s->captures && k < ARGUMENTS; k++)
        args[k] = *exec_register(&f->x, i->c + k);
    notice(m, f, i->b, site_path(m, f, i->b), site_title(m, f, s, args), told_role(m, s));
}
