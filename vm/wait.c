/* wait.c: time: sleeping, conditions, windows, the end of a sampler. */
#include "bytecode/vocabulary.h"
#include "vm/state.h"

void timer_set(fiber *f, activity *a, instant at)
{
    a->n = ++f->n;
    a->awaits |= AWAIT_TIMER;
    a->deadline = at;
}

instant time_after(instant t, duration d)
{
    int64_t v = decimal_add(t, d < 0 ? 0 : d);
    return v == QUANTITY_NA ? QUANTITY_MAX - 1 : v;
}

static text path_of(vm *m, fiber *f, const activity *a)
{
    return site_path(m, f, a->site);
}

go act_sleep(vm *m, fiber *f, activity *a, cause c)
{
    if (c == CAUSE_TIMER)
        return GO_POP;
    duration d = *act_register(f, a, act_insn(m, f, a)->c);
    if (value_absent(d) && untold(m, f))
        return GO_POP;
    if (value_absent(d)) {
        fiber_why(f, "how long to wait is not available");
        return GO_FAIL;
    }
    wait_event(m, f, a, "timer", path_of(m, f, a), TEXT(""), time_after(m->now, d));
    timer_set(f, a, time_after(m->now, d));
    return GO_WAIT;
}

/* --- until --- */

enum { UNTIL_BEGIN, UNTIL_CHECK, UNTIL_PAUSE, UNTIL_ASK };

static go until_look(vm *m, fiber *f, activity *a)
{
    int64_t args[ARGUMENTS];
    const image_site *s = &m->image->sites[a->site];
    act_args(m, f, a, 3, args);
    a->phase = UNTIL_CHECK;
    return fiber_call(m, f, s->check, args, s->captures);
}

static go until_begin(vm *m, fiber *f, activity *a)
{
    int64_t args[ARGUMENTS];
    uint32_t r = act_insn(m, f, a)->c;
    duration every = *act_register(f, a, r + 1), deadline = *act_register(f, a, r + 2);
    a->interval = every < SECOND ? SECOND : every;
    a->until = value_absent(deadline) ? QUANTITY_MAX - 1 : time_after(m->now, deadline);
    act_args(m, f, a, 3, args);
    wait_event(m, f, a, "condition", path_of(m, f, a),
               site_title(m, f, &m->image->sites[a->site], args), a->until);
    return until_look(m, f, a);
}

static go until_late(vm *m, fiber *f, activity *a)
{
    reply r;
    fiber_why(f, "its condition did not hold in time");
    board_mark(m, f, a->site, path_of(m, f, a), MARK_FAILED, TEXT(""), buffer_view(&f->why));
    a->phase = UNTIL_ASK;
    go g = failure_ask(m, f, a->site, ANSWER(REPLY_RETRY), path_of(m, f, a), &r);
    if (g != GO_POP)
        return g;
    m->partial |= r == REPLY_SKIP;
    return r == REPLY_ROLLBACK ? GO_FAIL : GO_POP;
}

static go until_checked(vm *m, fiber *f, activity *a, cause c)
{
    duration holding = *act_register(f, a, act_insn(m, f, a)->c);
    bool holds = c == CAUSE_RETURNED && untold_else(m, f, act_result(m, f, a, 0), true) == 1;
    if (!holds)
        a->since = QUANTITY_NONE;
    else if (a->since == QUANTITY_NONE)
        a->since = m->now;
    if (holds && m->now - a->since >= (holding < 0 ? 0 : holding)) {
        board_mark(m, f, a->site, path_of(m, f, a), MARK_DONE, TEXT(""), TEXT(""));
        return GO_POP;
    }
    if (m->now >= a->until)
        return until_late(m, f, a);
    instant next = time_after(m->now, a->interval);
    a->phase = UNTIL_PAUSE;
    timer_set(f, a, next < a->until ? next : a->until);
    return GO_WAIT;
}

go act_until(vm *m, fiber *f, activity *a, cause c)
{
    switch (a->phase) {
    case UNTIL_BEGIN: return until_begin(m, f, a);
    case UNTIL_CHECK: return until_checked(m, f, a, c);
    case UNTIL_PAUSE: return until_look(m, f, a);
    default:
        if (f->reply == REPLY_RETRY)
            return until_begin(m, f, a);
        if (f->reply == REPLY_SKIP)
            m->partial = true;
        return f->reply == REPLY_SKIP ? GO_POP : GO_FAIL;
    }
}

/* --- window --- */

enum { WINDOW_BEGIN, WINDOW_ANSWER, WINDOW_PAUSE, WINDOW_START };

static void put_freezes(vm *m, json_writer *w)
{
    static const uint32_t columns[] = {COLUMN_FREEZE_FROM, COLUMN_FREEZE_TO};
    static const char *const names[] = {"from", "to"};
    const image *i = m->image;
    json_add_array(w, "freezes");
    for (uint32_t row = 0; row < i->tables[TABLE_FREEZE].rows; row++) {
        json_object(w);
        for (unsigned k = 0; k < 2; k++) {
            buffer b;
            buffer_init(&b);
            value_format(i, NULL, TYPE_WORD(TYPE_DATE, 0),
                         image_value(i, TABLE_FREEZE, columns[k], row), &b);
            json_add_text(w, names[k], buffer_view(&b));
            buffer_release(&b);
        }
        json_add_text(w, "zone", image_field_text(i, TABLE_FREEZE, COLUMN_FREEZE_ZONE, row));
        json_object_end(w);
    }
    json_array_end(w);
}

/* WINDOW_NEXT: its two results are always projected, whatever the site says. */
void window_request(vm *m, fiber *f, activity *a, buffer *out)
{
    buffer b;
    json_writer w = output_open(&b);
    int64_t row = *act_register(f, a, act_insn(m, f, a)->c);
    text rule = TEXT("");
    if (row >= 0 && row < m->image->tables[TABLE_WINDOW].rows)
        rule = image_field_text(m->image, TABLE_WINDOW, COLUMN_WINDOW_RULE, (uint32_t)row);
    json_document d;
    json_add_object(&w, "arguments");
    json_add_int(&w, "after", a->since);
    put_freezes(m, &w);
    json_put_key(&w, "window");
    if (json_read(&m->turn, rule, &d, NULL))
        json_put_raw(&w, json_raw(&d, 0));
    else
        json_put_null(&w);
    json_object_end(&w);
    json_put_key(&w, "connector");
    json_put_null(&w);
    json_add_cstr(&w, "operation", operation_rows[OPERATION_WINDOW_NEXT].name);
    json_add_text(&w, "path", path_of(m, f, a));
    json_put_key(&w, "shape");
    json_put_raw(&w, TEXT("[[\"start\",\"instant\"],[\"end\",\"instant\"]]"));
    json_add_int(&w, "timeout", MINUTE);
    json_object_end(&w);
    buffer_text(out, buffer_view(&b));
    buffer_release(&b);
}

static go window_ask(vm *m, fiber *f, activity *a)
{
    buffer request;
    buffer_init(&request);
    window_request(m, f, a, &request);
    request_submit(m, f, a, a->site, NULL, buffer_view(&request));
    buffer_release(&request);
    a->phase = WINDOW_ANSWER;
    return GO_WAIT;
}

static instant window_instant(vm *m, uint32_t index)
{
    uint32_t values = json_member(&m->outcome, 0, TEXT("values"));
    uint32_t node = values ? json_element(&m->outcome, values, index) : 0;
    instant at;
    if (!node)
        return QUANTITY_NA;
    text raw = json_raw(&m->outcome, node);
    if (m->outcome.node[node].kind == JSON_TEXT)
        return instant_read_iso(json_text(&m->turn, &m->outcome, node), &at) ? at : QUANTITY_NA;
    return decimal_read(raw, 0, false, &at, NULL) ? at : QUANTITY_NA;
}

static go window_enter(vm *m, fiber *f, activity *a)
{
    if (f->scopes.n) {
        vec_last(&f->scopes).window_start = a->since;
        vec_last(&f->scopes).window_end = a->until;
    }
    board_mark(m, f, a->site, path_of(m, f, a), MARK_STARTED, TEXT(""), TEXT(""));
    return GO_POP;
}

static go window_answer(vm *m, fiber *f, activity *a)
{
    const image_site *s = &m->image->sites[a->site];
    duration need = time_after(s->worst_forward < 0 ? 0 : s->worst_forward, s->worst_back);
    instant start = window_instant(m, 0), end = window_instant(m, 1);
    if (m->status == OUTCOME_UNKNOWN) {
        a->phase = WINDOW_PAUSE;
        timer_set(f, a, time_after(m->now, MINUTE));
        return GO_WAIT;
    }
    if (m->status != OUTCOME_OK || start == QUANTITY_NA || end == QUANTITY_NA || end <= a->since) {
        fiber_why(f, "there is no window any more");
        return GO_FAIL;
    }
    instant from = start > m->now ? start : m->now;
    if (time_after(from, need) > end) {
        if (start >= from) {
            fiber_why(f, "the worst case and the way back do not fit inside the window");
            return GO_FAIL;
        }
        a->since = end;
        return window_ask(m, f, a);
    }
    a->since = start, a->until = end;
    if (start <= m->now)
        return window_enter(m, f, a);
    wait_event(m, f, a, "window", path_of(m, f, a), TEXT(""), start);
    a->phase = WINDOW_START;
    timer_set(f, a, start);
    return GO_WAIT;
}

go act_window(vm *m, fiber *f, activity *a, cause c)
{
    switch (a->phase) {
    case WINDOW_BEGIN: a->since = m->now; return window_ask(m, f, a);
    case WINDOW_ANSWER: return window_answer(m, f, a);
    case WINDOW_PAUSE: return window_ask(m, f, a);
    default: {
        /* It may have been slept through: then it is asked for again. */
        const image_site *s = &m->image->sites[a->site];
        duration need = time_after(s->worst_forward < 0 ? 0 : s->worst_forward, s->worst_back);
        if (time_after(m->now, need) <= a->until)
            return window_enter(m, f, a);
        a->since = m->now;
        return window_ask(m, f, a);
    }
    }
}

go act_settle(vm *m, fiber *f, activity *a, cause c)
{
    int64_t handle = *act_register(f, a, act_insn(m, f, a)->b);
    if (handle < 0 || handle >= (int64_t)m->series.n || m->series.p[handle].sampler == NO_INDEX)
        return GO_POP;
    a->awaits = AWAIT_CHILDREN;
    return GO_WAIT;
}
