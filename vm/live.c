/* live.c: LIVE: a simulation over live traffic.
 *
 * The host is asked to look at what came: once at the beginning, to know what stood there before,
 * then at every interval, and a last time at the end. Documents never enter the machine: between
 * looks the host keeps what it gathered, and the answer of the last one is the result. A look that
 * fails is made up for by the next, since documents wait where they came to.
 *
 * Where time is virtual nothing comes by waiting: there the only look is the last, and finds what
 * stands there then.
 */
#include "vm/state.h"

enum { LIVE_BEGIN, LIVE_LOOK, LIVE_LAST, LIVE_PAUSE };

/* Twenty looks at least, so that a short period is not judged by its edges alone; a minute at most,
 * so that a sample is seen before whoever it was meant for takes it away. */
static duration interval_of(duration period)
{
    duration d = period / 20;
    return d < SECOND ? SECOND : d > MINUTE ? MINUTE : d;
}

bool look_is_last(const activity *a)
{
    return a->phase == LIVE_LAST;
}

void look_put(json_writer *w, const activity *a)
{
    json_add_object(w, "look");
    json_add_bool(w, "last", look_is_last(a));
    json_add_int(w, "number", a->next);
    json_add_int(w, "since", a->since);
    json_add_int(w, "until", a->until);
    json_object_end(w);
}

static int64_t *results(const vm *m, const fiber *f, const activity *a)
{
    return act_register(f, a, act_insn(m, f, a)->a);
}

static go look(vm *m, fiber *f, activity *a)
{
    int64_t args[ARGUMENTS];
    buffer request;
    buffer_init(&request);
    a->phase = m->now >= a->until ? LIVE_LAST : LIVE_LOOK;
    act_args(m, f, a, 1, args);
    bool well = request_build(m, f, a->site, args, site_path(m, f, a->site), &request);
    if (well)
        request_submit(m, f, a, a->site, NULL, buffer_view(&request));
    buffer_release(&request);
    return well ? GO_WAIT : GO_POP;
}

static go next_look(vm *m, fiber *f, activity *a)
{
    instant next = time_after(m->now, a->interval);
    a->next++;
    a->phase = LIVE_PAUSE;
    timer_set(f, a, next < a->until ? next : a->until);
    return GO_WAIT;
}

static go live_begin(vm *m, fiber *f, activity *a)
{
    duration period = *act_register(f, a, act_insn(m, f, a)->c);
    for (uint32_t k = 0; k < m->image->sites[a->site].shape_count; k++)
        results(m, f, a)[k] = QUANTITY_NA;
    if (value_absent(period) || period < 0)
        return GO_POP;
    simulation_mark(m, f, a, MARK_STARTED);
    a->since = m->now;
    a->until = time_after(m->now, period);
    a->interval = interval_of(period);
    wait_event(m, f, a, "traffic", site_path(m, f, a->site),
               TEXT("documents are compared as they come"), a->until);
    if (text_is(buffer_view(&m->word[WORD_MODE]), "live"))
        return look(m, f, a);
    a->phase = LIVE_PAUSE;
    timer_set(f, a, a->until);
    return GO_WAIT;
}

go act_live(vm *m, fiber *f, activity *a, cause c)
{
    switch (a->phase) {
    case LIVE_BEGIN: return live_begin(m, f, a);
    case LIVE_LOOK: return next_look(m, f, a);
    case LIVE_LAST:
        if (m->status == OUTCOME_OK)
            outcome_values(m, f, &m->image->sites[a->site], results(m, f, a));
        simulation_mark(m, f, a, m->status == OUTCOME_OK ? MARK_DONE : MARK_FAILED);
        return GO_POP;
    default: return look(m, f, a);
    }
}
