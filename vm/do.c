/* do.c: reads, and the writes of an undo: one request at a time, with its tries.
 *
 * A read that stays without an answer leaves its results not available: blind is not failing. A
 * write of an undo is keyed and recorded like a step's, but has no saga entry of its own: what it
 * undoes is the entry.
 */
#include "vm/write_parts.h"

/* --- what every write has --- */

void write_pause(vm *m, fiber *f, activity *a)
{
    duration d = m->image->sites[a->site].retry_pause;
    timer_set(f, a, time_after(m->now, d < 0 ? SECOND : d));
}

int64_t *write_results(const vm *m, fiber *f, const activity *a)
{
    return act_register(f, a, act_insn(m, f, a)->a);
}

void write_results_clear(const vm *m, fiber *f, const activity *a)
{
    for (uint32_t k = 0; k < m->image->sites[a->site].shape_count; k++)
        write_results(m, f, a)[k] = QUANTITY_NA;
}

void write_note_lost(vm *m, activity *a)
{
    uint32_t lost = json_member(&m->outcome, 0, TEXT("lost"));
    a->flags &= ~(uint32_t)ACT_LOST;
    if (lost && m->outcome.node[lost].kind == JSON_TRUE)
        a->flags |= ACT_LOST;
}

/* A try that ended with the process, not by itself, uses up none: killing and resuming must not
 * make a run go back that would have gone on. */
bool write_take_lost(activity *a)
{
    bool lost = a->flags & ACT_LOST;
    a->flags &= ~(uint32_t)ACT_LOST;
    return lost;
}

go write_check(vm *m, fiber *f, activity *a, uint32_t phase)
{
    int64_t args[ARGUMENTS];
    uint32_t n = act_args(m, f, a, 0, args);
    a->phase = phase;
    return fiber_call(m, f, m->image->sites[a->site].check, args, n);
}

/* --- reads --- */

enum { READ_BEGIN, READ_OUTCOME, READ_PAUSE };

void simulation_mark(vm *m, fiber *f, const activity *a, unsigned state)
{
    if (m->image->sites[a->site].kind == SITE_SIMULATE)
        board_mark(m, f, a->site, site_path(m, f, a->site), state, TEXT(""),
                   state == MARK_FAILED ? outcome_detail(m) : TEXT(""));
}

static go read_again(vm *m, fiber *f, activity *a)
{
    if (a->attempt > m->image->sites[a->site].retries) {
        simulation_mark(m, f, a, MARK_FAILED);
        return GO_POP;
    }
    a->phase = READ_PAUSE;
    write_pause(m, f, a);
    return GO_WAIT;
}

static go read_submit(vm *m, fiber *f, activity *a)
{
    int64_t args[ARGUMENTS];
    buffer request;
    buffer_init(&request);
    act_args(m, f, a, 0, args);
    bool well = request_build(m, f, a->site, args, site_path(m, f, a->site), &request);
    if (well)
        request_submit(m, f, a, a->site, NULL, buffer_view(&request));
    buffer_release(&request);
    a->phase = READ_OUTCOME;
    a->attempt++;
    return well ? GO_WAIT : GO_POP;
}

go act_read(vm *m, fiber *f, activity *a, cause c)
{
    switch (a->phase) {
    case READ_BEGIN:
        write_results_clear(m, f, a);
        simulation_mark(m, f, a, MARK_STARTED);
        return read_submit(m, f, a);
    case READ_OUTCOME:
        if (m->status != OUTCOME_OK)
            return read_again(m, f, a);
        outcome_values(m, f, &m->image->sites[a->site], write_results(m, f, a));
        simulation_mark(m, f, a, MARK_DONE);
        return GO_POP;
    default: return read_submit(m, f, a);
    }
}

/* --- the write of an undo --- */

enum { DO_BEGIN, DO_OUTCOME, DO_DOUBT, DO_CHECK, DO_PAUSE };

static go do_submit(vm *m, fiber *f, activity *a)
{
    sha256 key;
    buffer request;
    buffer_init(&request);
    bool well = intent_request(m, f, a, &key, &request);
    if (well) {
        if (!(a->flags & ACT_FLIGHT))
            a->attempt++;
        intent_submit(m, f, a, &key, buffer_view(&request));
    }
    buffer_release(&request);
    a->phase = DO_OUTCOME;
    return well ? GO_WAIT : GO_FAIL;
}

static go do_again(vm *m, fiber *f, activity *a)
{
    if (a->attempt > m->image->sites[a->site].retries)
        return GO_FAIL;
    a->phase = DO_PAUSE;
    write_pause(m, f, a);
    return GO_WAIT;
}

static go do_happened(vm *m, fiber *f, activity *a)
{
    a->flags &= ~(uint32_t)ACT_FLIGHT;
    return m->image->sites[a->site].check == NO_INDEX ? GO_POP : write_check(m, f, a, DO_CHECK);
}

static go do_outcome(vm *m, fiber *f, activity *a)
{
    if (m->status == OUTCOME_OK) {
        outcome_values(m, f, &m->image->sites[a->site], write_results(m, f, a));
        return do_happened(m, f, a);
    }
    text detail = outcome_detail(m);
    fiber_why(f, "%s: %.*s", m->status == OUTCOME_REFUSED ? "refused" : "unknown",
              TEXT_ARG(detail));
    if (m->status == OUTCOME_REFUSED) {
        a->flags &= ~(uint32_t)ACT_FLIGHT;
        return do_again(m, f, a);
    }
    write_note_lost(m, a);
    a->phase = DO_DOUBT;
    fiber_push(f, ACT_DOUBT, a->site);
    return GO_SUB;
}

static go do_settled(vm *m, fiber *f, activity *a)
{
    if (f->reply == HAPPENED_YES)
        return do_happened(m, f, a);
    bool lost = write_take_lost(a);
    if (f->reply == HAPPENED_SKIP) {
        for (size_t k = 0; k < f->acts.n; k++)
            if (f->acts.p[k].kind == ACT_UNDO)
                f->acts.p[k].flags |= ACT_SKIPPED;
        return GO_FAIL;
    }
    if (f->reply == HAPPENED_NO) {
        a->flags &= ~(uint32_t)ACT_FLIGHT;
        a->attempt -= lost && a->attempt;
        return do_again(m, f, a);
    }
    if (!lost && a->doubts++ && a->attempt++ > m->image->sites[a->site].retries)
        return GO_FAIL;
    a->phase = DO_PAUSE;
    write_pause(m, f, a);
    return GO_WAIT;
}

go act_do(vm *m, fiber *f, activity *a, cause c)
{
    switch (a->phase) {
    case DO_BEGIN:
        a->ordinal = f->writes++;
        for (size_t k = 0; k < f->acts.n; k++)
            if (f->acts.p[k].kind == ACT_UNDO)
                a->ordinal = f->acts.p[k].ordinal++;
        write_results_clear(m, f, a);
        return do_submit(m, f, a);
    case DO_OUTCOME: return do_outcome(m, f, a);
    case DO_DOUBT: return do_settled(m, f, a);
    case DO_CHECK:
        if (c == CAUSE_RETURNED && untold_else(m, f, act_result(m, f, a, 0), true) == 1)
            return GO_POP;
        fiber_why(f, "its check does not hold");
        return do_again(m, f, a);
    default: return do_submit(m, f, a);
    }
}
