/* turn.c: one turn: timers that are due, the input, and every fiber that can run, by ascending id.
 */
#include "vm/state.h"

#include <string.h>

enum { ROUNDS = 1 << 20 }; /* of waking each other in one turn, before it counts as our own loop */

static void put_end(vm *m, run_state s, text detail)
{
    static const char *const names[] = {[RUN_COMPLETED] = "completed",
                                        [RUN_ROLLED_BACK] = "rolled_back",
                                        [RUN_PARTIAL] = "partial",
                                        [RUN_STOPPED] = "stopped",
                                        [RUN_STUCK] = "stuck"};
    buffer b;
    json_writer w = output_open(&b);
    json_add_cstr(&w, "state", names[s]);
    json_add_text(&w, "detail", detail);
    json_object_end(&w);
    output_event(m, fiber_at(m, 0), EVENT_END, NO_INDEX, &b);
    m->ended = true;
    m->end = s;
}

void vm_broken(vm *m, const char *why)
{
    if (m->fault.n)
        return;
    buffer_cstr(&m->fault, why);
    put_end(m, RUN_STUCK, text_of(why));
}

/* --- making --- */

vm *vm_new(const image *i)
{
    vm *m = calloc(1, sizeof *m);
    if (!m)
        memory_exhausted();
    m->image = i;
    m->now = QUANTITY_MIN;
    m->used = calloc(i->tables[TABLE_RESOURCE].rows + 1u, sizeof *m->used);
    if (!m->used)
        memory_exhausted();
    m->exec = (exec_context){.image = i, .series = series_statistic, .self = m};
    return m;
}

void vm_free(vm *m)
{
    if (!m)
        return;
    for (size_t k = 0; k < m->fibers.n; k++)
        if (m->fibers.p[k])
            fiber_free(m, m->fibers.p[k]);
    for (size_t k = 0; k < m->series.n; k++)
        vec_release(&m->series.p[k].sorted);
    for (size_t k = 0; k < m->triggers.n; k++) {
        vec_release(&m->triggers.p[k].captures);
        heap_release(&m->triggers.p[k].heap);
    }
    for (size_t k = 0; k < m->board.n; k++) {
        buffer_release(&m->board.p[k].path);
        buffer_release(&m->board.p[k].title);
    }
    for (size_t k = 0; k < WORD_COUNT; k++)
        buffer_release(&m->word[k]);
    vec_release(&m->fibers);
    vec_release(&m->series);
    vec_release(&m->triggers);
    vec_release(&m->board);
    vec_release(&m->out);
    buffer_release(&m->fault);
    arena_release(&m->turn);
    free(m->used);
    free(m);
}

/* --- running --- */

static void run_all(vm *m)
{
    bool any = true;
    for (unsigned round = 0; any && !m->ended; round++) {
        any = false;
        for (size_t k = 0; k < m->fibers.n && !m->ended; k++) {
            fiber *f = m->fibers.p[k];
            if (!f || !f->wakes)
                continue;
            any = true;
            fiber_run(m, f);
        }
        if (round > ROUNDS)
            vm_broken(m, "fibers wake each other without end");
    }
}

static fiber *next_due(const vm *m)
{
    fiber *due = NULL;
    for (size_t k = 0; k < m->fibers.n; k++) {
        fiber *f = m->fibers.p[k];
        const activity *a = f ? fiber_top(f) : NULL;
        if (a && a->awaits & AWAIT_TIMER && a->deadline <= m->now &&
            (!due || a->deadline < fiber_top(due)->deadline))
            due = f;
    }
    return due;
}

static void run_timers(vm *m)
{
    for (fiber *f; !m->ended && (f = next_due(m));) {
        fiber_wake(f, CAUSE_TIMER);
        run_all(m);
    }
}

/* Nothing moves any more but a person who resolves a failed undo. No END: a run ends once, and this
 * one can go on. */
static bool only_stuck(const vm *m)
{
    bool stuck = false;
    for (size_t k = 0; k < m->fibers.n; k++) {
        fiber *f = m->fibers.p[k];
        const activity *a = f ? fiber_top(f) : NULL;
        if (!a)
            continue;
        if (a->flags & ACT_STUCK)
            stuck = true;
        else if (a->awaits & (AWAIT_OUTCOME | AWAIT_TIMER | AWAIT_PEOPLE | AWAIT_RESUME))
            return false;
    }
    return stuck;
}

static bool all_ended(const vm *m)
{
    for (size_t k = 0; k < m->fibers.n; k++)
        if (m->fibers.p[k] && m->fibers.p[k]->state == FIBER_LIVE)
            return false;
    return true;
}

static void look_for_end(vm *m)
{
    const fiber *f = fiber_at(m, 0);
    if (m->ended || !f)
        return;
    if (all_ended(m)) {
        bool back = f->state == FIBER_GONE_BACK;
        run_state s = m->stopped   ? RUN_STOPPED
                      : back       ? RUN_ROLLED_BACK
                      : m->partial ? RUN_PARTIAL
                                   : RUN_COMPLETED;
        put_end(m, s, back ? buffer_view(&f->why) : TEXT(""));
    }
}

/* Live values into fresh heaps, so that equal states are equal bytes and heaps do not grow. */
static void normalise(vm *m, fiber *f)
{
    exec_fiber_normalise(&f->x, m->image);
    heap fresh = {0};
    heap_copier *c = heap_copy_begin(m->image, &f->keep, &fresh);
    for (size_t k = 0; k < f->kept.n; k++)
        f->kept.p[k].value = heap_copy_value(c, f->kept.p[k].type, f->kept.p[k].value);
    for (size_t k = 0; k < f->saga.n; k++)
        f->saga.p[k].path = heap_copy_value(c, TYPE_WORD(TYPE_TEXT, 0), f->saga.p[k].path);
    for (size_t k = 0; k < f->votes.n; k++)
        f->votes.p[k].by = heap_copy_value(c, TYPE_WORD(TYPE_TEXT, 0), f->votes.p[k].by);
    for (size_t k = 0; k < f->facts.n; k++)
        f->facts.p[k].value =
            heap_copy_value(c, m->image->fact_types[f->facts.p[k].id], f->facts.p[k].value);
    heap_copy_end(c);
    heap_release(&f->keep);
    f->keep = fresh;
    f->ran = false;
}

/* --- inputs --- */

static void begin(vm *m, const json_document *d)
{
    static const char *const words[WORD_COUNT] = {"store", "run", "mode", "by", "author"};
    for (size_t k = 0; k < WORD_COUNT; k++)
        buffer_text(&m->word[k], command_text(d, words[k], &m->turn));
    uint32_t e = image_find_entry(m->image, command_text(d, "migration", &m->turn));
    m->began = true;
    if (e == NO_INDEX) {
        vm_broken(m, "the image has no migration of that name");
        return;
    }
    fiber *f = fiber_new(m, FIBER_MAIN, NULL, NO_INDEX);
    if (!f)
        return;
    if (fiber_call(m, f, m->image->entries[e].function, NULL, 0) == GO_FRAME)
        fiber_wake(f, CAUSE_START);
    else
        vm_broken(m, "the migration needs more frames than the image allows");
}

static void deliver_outcome(vm *m, const vm_input *in, const json_document *d)
{
    fiber *f = fiber_at(m, in->fiber);
    const activity *a = f ? fiber_top(f) : NULL;
    if (!a || !(a->awaits & AWAIT_OUTCOME) || a->n != in->n)
        return;
    text status = command_text(d, "status", &m->turn);
    m->outcome = *d;
    m->status = text_is(status, "ok")        ? OUTCOME_OK
                : text_is(status, "refused") ? OUTCOME_REFUSED
                                             : OUTCOME_UNKNOWN;
    fiber_wake(f, CAUSE_OUTCOME);
}

/* After a gap nothing was observed: what must hold for a while starts anew. */
static void owner(vm *m, const json_document *d)
{
    if (!text_is(command_text(d, "after", &m->turn), "gap"))
        return;
    for (size_t k = 0; k < m->triggers.n; k++)
        m->triggers.p[k].since = QUANTITY_NONE;
    for (size_t k = 0; k < m->fibers.n; k++)
        if (m->fibers.p[k])
            for (size_t j = 0; j < m->fibers.p[k]->acts.n; j++)
                if (m->fibers.p[k]->acts.p[j].kind == ACT_UNTIL)
                    m->fibers.p[k]->acts.p[j].since = QUANTITY_NONE;
}

bool vm_turn(vm *m, const vm_input *in)
{
    json_document d;
    arena_clear(&m->turn);
    vec_clear(&m->out);
    m->read = 0;
    if (in->at > m->now)
        m->now = in->at;
    m->exec.fuel = m->image->limits->fuel;
    bool empty = json_read(&m->turn, TEXT("{}"), &m->outcome, NULL);
    m->command = m->outcome;
    m->status = OUTCOME_UNKNOWN;
    if (!empty || !json_read(&m->turn, text_copy(&m->turn, in->body), &d, NULL))
        d = m->outcome;
    run_timers(m);
    switch (in->kind) {
    case EVENT_START: begin(m, &d); break;
    case EVENT_OUTCOME: deliver_outcome(m, in, &d); break;
    case EVENT_COMMAND: command_deliver(m, &d); break;
    case EVENT_OWNER: owner(m, &d); break;
    default: break;
    }
    run_all(m);
    run_timers(m);
    look_for_end(m);
    for (size_t k = 0; k < m->fibers.n; k++)
        if (m->fibers.p[k] && m->fibers.p[k]->ran)
            normalise(m, m->fibers.p[k]);
    while (m->fibers.n && !m->fibers.p[m->fibers.n - 1])
        m->fibers.n--;
    return !m->fault.n;
}

bool vm_next(vm *m, vm_output *out)
{
    if (m->read >= m->out.n)
        return false;
    *out = m->out.p[m->read++];
    return true;
}

/* --- looking --- */

instant vm_deadline(const vm *m)
{
    instant least = QUANTITY_MAX;
    for (size_t k = 0; k < m->fibers.n && !m->ended; k++) {
        fiber *f = m->fibers.p[k];
        const activity *a = f ? fiber_top(f) : NULL;
        if (a && a->awaits & AWAIT_TIMER && a->deadline < least)
            least = a->deadline;
    }
    return least;
}

bool vm_outstanding(vm *m, uint32_t i, vm_output *out)
{
    if (m->ended)
        return false;
    m->exec.fuel = m->image->limits->fuel;
    for (size_t k = 0; k < m->fibers.n; k++) {
        fiber *f = m->fibers.p[k];
        activity *a = f ? fiber_top(f) : NULL;
        if (!a || !(a->awaits & AWAIT_OUTCOME) || i--)
            continue;
        act_outstanding(m, f, a, out);
        exec_fiber_normalise(&f->x, m->image);
        return true;
    }
    return false;
}

static bool any_awaits(const vm *m, uint32_t awaits)
{
    for (size_t k = 0; k < m->fibers.n; k++) {
        fiber *f = m->fibers.p[k];
        if (f && f->acts.n && fiber_top(f)->awaits & awaits)
            return true;
    }
    return false;
}

run_state vm_state(const vm *m)
{
    if (!m->began)
        return RUN_NEW;
    if (m->ended)
        return m->end;
    if (only_stuck(m))
        return RUN_STUCK;
    for (size_t k = 0; k < m->fibers.n; k++)
        if (m->fibers.p[k] && m->fibers.p[k]->state == FIBER_LIVE &&
            fiber_goes_back(m->fibers.p[k]))
            return RUN_ROLLING_BACK;
    if (m->paused)
        return RUN_PAUSED;
    return any_awaits(m, AWAIT_OUTCOME) ? RUN_RUNNING : RUN_WAITING;
}

bool vm_waits_for_people(const vm *m)
{
    return m->began && !m->ended && !any_awaits(m, AWAIT_OUTCOME);
}
