/* step.c: the step, as a state machine over one request at a time, and the resources it holds.
 *
 * A step: is it so already? does it fit? are its resources free? then intent and saga entry, the
 * request, the check; again while tries are left; then its on_failure. The key is computed once and
 * never counts attempts, so that the far side can tell a repetition.
 */
#include "bytecode/vocabulary.h"
#include "vm/write_parts.h"

#include <string.h>

/* --- resources --- */

static int64_t capacity(const vm *m, uint32_t row)
{
    int64_t v = image_value(m->image, TABLE_RESOURCE, COLUMN_RESOURCE_CAPACITY, row);
    return v == QUANTITY_NONE || v == QUANTITY_NA ? 1 : v / UNIT_NUMBER;
}

static const uint32_t *needs_of(const vm *m, uint32_t site, uint32_t *n)
{
    uint32_t at = site < m->image->site_count ? m->image->sites[site].needs : NO_INDEX;
    *n = at == NO_INDEX ? 0 : m->image->words[at];
    return at == NO_INDEX ? NULL : &m->image->words[at + 1];
}

static bool resources_take(vm *m, activity *a)
{
    uint32_t n;
    const uint32_t *pair = needs_of(m, a->site, &n);
    if (a->flags & ACT_HOLDS)
        return true;
    for (uint32_t k = 0; k < n; k++)
        if ((int64_t)m->used[pair[2 * k]] + pair[2 * k + 1] > capacity(m, pair[2 * k]))
            return false;
    for (uint32_t k = 0; k < n; k++)
        m->used[pair[2 * k]] += pair[2 * k + 1];
    if (n)
        a->flags |= ACT_HOLDS;
    return true;
}

void resources_free(vm *m, fiber *f, activity *a)
{
    uint32_t n;
    const uint32_t *pair = needs_of(m, a->site, &n);
    if (!(a->flags & ACT_HOLDS))
        return;
    for (uint32_t k = 0; k < n; k++)
        m->used[pair[2 * k]] -= pair[2 * k + 1];
    a->flags &= ~(uint32_t)ACT_HOLDS;
    fibers_wake(m, AWAIT_RESOURCE);
}

/* --- the step --- */

enum {
    WRITE_BEGIN,
    WRITE_FOUND,
    WRITE_FIT,
    WRITE_NEEDS,
    WRITE_INTENT,
    WRITE_OUTCOME,
    WRITE_DOUBT,
    WRITE_CHECK,
    WRITE_PAUSE,
    WRITE_ASK,
    WRITE_LOOK
};

static go write_fit(vm *m, fiber *f, activity *a);
static go write_intent(vm *m, fiber *f, activity *a);

static void mark(vm *m, fiber *f, const activity *a, unsigned state, text detail)
{
    int64_t args[ARGUMENTS];
    act_args(m, f, a, 0, args);
    text title = site_title(m, f, &m->image->sites[a->site], args);
    board_mark(m, f, a->site, site_path(m, f, a->site), state, title, detail);
}

static void write_saga(vm *m, fiber *f, activity *a)
{
    const image_site *s = &m->image->sites[a->site];
    const insn *i = act_insn(m, f, a);
    int64_t args[ARGUMENTS];
    type_word types[ARGUMENTS];
    uint32_t n = act_args(m, f, a, 0, args);
    const image_function *fn = &m->image->functions[f->x.frame[a->frames - 1].function];
    for (uint32_t k = 0; k < n; k++)
        types[k] =
            m->image->types[fn->types + (k < s->captures ? i->c + k : i->a + k - s->captures)];
    uint64_t place[2] = {0};
    if (a->entry) {
        memcpy(place, f->saga.p[a->entry - 1].place, sizeof place);
        saga_drop(f, a->entry - 1);
    }
    uint32_t at = saga_push(m, f, ENTRY_STEP, a->site, args, types, n, site_path(m, f, a->site));
    f->saga.p[at].captures = s->captures;
    f->saga.p[at].ordinal = a->ordinal;
    memcpy(f->saga.p[at].place, place, sizeof place);
    a->entry = at + 1;
}

static go write_done(vm *m, fiber *f, activity *a, unsigned state)
{
    const image_site *s = &m->image->sites[a->site];
    if (a->entry)
        f->saga.p[a->entry - 1].flags |=
            ENTRY_DONE | (s->flags & SITE_IRREVERSIBLE ? ENTRY_SEAL : 0);
    resources_free(m, f, a);
    mark(m, f, a, state, TEXT(""));
    return GO_POP;
}

static go write_found(vm *m, fiber *f, activity *a, cause c)
{
    if (c != CAUSE_RETURNED || act_result(m, f, a, 0) != 1)
        return write_fit(m, f, a);
    bool ours = a->entry != 0;
    if (m->image->sites[a->site].flags & SITE_ADOPT && !ours)
        write_saga(m, f, a);
    return write_done(m, f, a, ours ? MARK_DONE : MARK_FOUND);
}

static go write_needs(vm *m, fiber *f, activity *a)
{
    bool first = a->phase != WRITE_NEEDS;
    if (resources_take(m, a))
        return write_intent(m, f, a);
    a->phase = WRITE_NEEDS;
    if (first)
        wait_event(m, f, a, "resource", site_path(m, f, a->site), TEXT(""), QUANTITY_NONE);
    a->awaits = AWAIT_RESOURCE;
    return GO_WAIT;
}

/* Nothing begins that could not be undone before its window ends. */
static go write_fit(vm *m, fiber *f, activity *a)
{
    const image_site *s = &m->image->sites[a->site];
    instant end = window_end_of(m, f, NULL);
    instant latest = time_after(time_after(m->now, s->worst_forward), s->worst_back);
    latest = time_after(latest, saga_worst_back(m, f));
    if (end == QUANTITY_NONE || latest <= end)
        return write_needs(m, f, a);
    int64_t args[ARGUMENTS];
    act_args(m, f, a, 0, args);
    resources_free(m, f, a);
    a->phase = WRITE_FIT;
    text why = TEXT("its worst case and the way back do not fit inside the window any more");
    decision(m, f, a->site, "fit", "does not fit", site_path(m, f, a->site), args, &f->x.heap, why);
    return question_ask(m, f, a->site,
                        ANSWER(REPLY_RETRY) | ANSWER(REPLY_ROLLBACK) | ANSWER(REPLY_SKIP), "fit",
                        why);
}

static go write_ask(vm *m, fiber *f, activity *a);

/* What the compiler could not see: somebody in no order with it has written to the same place. One
 * of them going back would take it from the other. */
static bool write_meets(vm *m, fiber *f, const uint64_t place[2])
{
    const entry *e;
    const fiber *other = place_taken(m, f, place, &e);
    if (other)
        fiber_why(f, "%.*s, which runs beside it, writes to the same place",
                  TEXT_ARG(value_text(m->image, &other->keep, e->path)));
    return other != NULL;
}

static go write_intent(vm *m, fiber *f, activity *a)
{
    sha256 key;
    buffer request;
    if (fiber_held(m, f)) {
        a->phase = WRITE_INTENT;
        a->awaits = AWAIT_RESUME;
        return GO_WAIT;
    }
    buffer_init(&request);
    if ((!a->attempt && !intent_way_back(m, f, a)) || !intent_request(m, f, a, &key, &request)) {
        buffer_release(&request);
        return write_ask(m, f, a);
    }
    uint64_t place[2];
    request_places(m, a->site, buffer_view(&request), place);
    if (!a->entry && write_meets(m, f, place)) {
        buffer_release(&request);
        return write_ask(m, f, a);
    }
    if (!(a->flags & ACT_FLIGHT))
        a->attempt++;
    if (!a->entry) {
        write_saga(m, f, a);
        memcpy(f->saga.p[a->entry - 1].place, place, sizeof place);
    }
    if (a->attempt == 1 && !a->doubts)
        mark(m, f, a, MARK_STARTED, TEXT(""));
    intent_submit(m, f, a, &key, buffer_view(&request));
    buffer_release(&request);
    a->phase = WRITE_OUTCOME;
    return GO_WAIT;
}

static go write_ask(vm *m, fiber *f, activity *a)
{
    reply r;
    text why = text_copy(&m->turn, buffer_view(&f->why));
    mark(m, f, a, MARK_FAILED, why);
    resources_free(m, f, a);
    a->flags &= ~(uint32_t)ACT_FLIGHT;
    a->phase = WRITE_ASK;
    go g = failure_ask(m, f, a->site, ANSWER(REPLY_RETRY), site_path(m, f, a->site), &r);
    if (g != GO_POP)
        return g;
    if (r == REPLY_ROLLBACK)
        return GO_FAIL;
    m->partial = true;
    return write_done(m, f, a, MARK_SKIPPED);
}

static go write_again(vm *m, fiber *f, activity *a)
{
    if (a->attempt > m->image->sites[a->site].retries)
        return write_ask(m, f, a);
    a->phase = WRITE_PAUSE;
    write_pause(m, f, a);
    return GO_WAIT;
}

/* Time has passed while it was held: what has not begun must fit anew. */
static go write_resumed(vm *m, fiber *f, activity *a)
{
    return a->attempt ? write_intent(m, f, a) : write_fit(m, f, a);
}

static go write_refused(vm *m, fiber *f, activity *a, text detail)
{
    a->flags &= ~(uint32_t)ACT_FLIGHT;
    /* After a doubt the refusal speaks of the repetition only; the first try may have happened. */
    if (a->entry && !(f->saga.p[a->entry - 1].flags & ENTRY_DONE)) {
        saga_drop(f, a->entry - 1);
        a->entry = 0;
    }
    if (f->doom != NO_INDEX)
        return GO_DOOM;
    fiber_why(f, "refused: %.*s", TEXT_ARG(detail));
    return write_again(m, f, a);
}

static go write_happened(vm *m, fiber *f, activity *a)
{
    a->flags &= ~(uint32_t)ACT_FLIGHT;
    write_saga(m, f, a); /* once more, with its results */
    f->saga.p[a->entry - 1].flags |= ENTRY_DONE;
    if (f->doom != NO_INDEX)
        return GO_DOOM;
    if (m->image->sites[a->site].check == NO_INDEX)
        return write_done(m, f, a, MARK_DONE);
    return write_check(m, f, a, WRITE_CHECK);
}

static go write_outcome(vm *m, fiber *f, activity *a)
{
    switch (m->status) {
    case OUTCOME_OK:
        outcome_values(m, f, &m->image->sites[a->site], write_results(m, f, a));
        return write_happened(m, f, a);
    case OUTCOME_REFUSED: return write_refused(m, f, a, outcome_detail(m));
    case OUTCOME_UNKNOWN: break;
    }
    text detail = outcome_detail(m);
    fiber_why(f, "unknown: %.*s", TEXT_ARG(detail));
    write_note_lost(m, a);
    a->phase = WRITE_DOUBT;
    fiber_push(f, ACT_DOUBT, a->site);
    return GO_SUB;
}

/* The first repetition after a doubt is the same try; only if it keeps failing does it use up
 * tries. That the repetition is refused says nothing of the one before: the entry stays. */
static go write_repeat(vm *m, fiber *f, activity *a)
{
    bool lost = write_take_lost(a);
    f->saga.p[a->entry - 1].flags |= ENTRY_DONE;
    if (!lost && a->doubts++ && a->attempt++ > m->image->sites[a->site].retries)
        return write_ask(m, f, a);
    a->phase = WRITE_PAUSE;
    write_pause(m, f, a);
    return GO_WAIT;
}

static go write_settled(vm *m, fiber *f, activity *a)
{
    switch ((happened)f->reply) {
    case HAPPENED_YES: return write_happened(m, f, a);
    case HAPPENED_NO:
        a->doubts = 0;
        a->attempt -= write_take_lost(a) && a->attempt;
        return write_refused(m, f, a, TEXT("it did not happen"));
    case HAPPENED_AGAIN: return write_repeat(m, f, a);
    case HAPPENED_SKIP:
        a->flags &= ~(uint32_t)ACT_FLIGHT;
        m->partial = true;
        return f->doom != NO_INDEX ? GO_DOOM : write_done(m, f, a, MARK_SKIPPED);
    }
    return GO_FAIL;
}

static go write_checked(vm *m, fiber *f, activity *a, cause c)
{
    int64_t v = c == CAUSE_RETURNED ? untold_else(m, f, act_result(m, f, a, 0), true) : QUANTITY_NA;
    if (v == 1)
        return write_done(m, f, a, MARK_DONE);
    if (v == 0) {
        fiber_why(f, "its check does not hold");
        return write_again(m, f, a);
    }
    /* Blind is not failing: it is read once more, not performed once more. */
    fiber_why(f, "its check has no data");
    if (a->attempt > m->image->sites[a->site].retries)
        return write_ask(m, f, a);
    a->attempt++;
    a->phase = WRITE_LOOK;
    write_pause(m, f, a);
    return GO_WAIT;
}

/* It may be so by now, by us after all or by hand: then it is not performed. */
static go write_look(vm *m, fiber *f, activity *a)
{
    a->phase = WRITE_BEGIN;
    return m->image->sites[a->site].check == NO_INDEX ? write_fit(m, f, a)
                                                      : write_check(m, f, a, WRITE_FOUND);
}

static go write_answered(vm *m, fiber *f, activity *a)
{
    switch (f->reply) {
    case REPLY_RETRY: a->attempt = a->doubts = 0; return write_look(m, f, a);
    case REPLY_SKIP: m->partial = true; return write_done(m, f, a, MARK_SKIPPED);
    default: return GO_FAIL;
    }
}

static go write_begin(vm *m, fiber *f, activity *a)
{
    if (fiber_held(m, f)) {
        a->awaits = AWAIT_RESUME;
        return GO_WAIT;
    }
    a->ordinal = f->writes++;
    write_results_clear(m, f, a);
    return write_look(m, f, a);
}

go act_write(vm *m, fiber *f, activity *a, cause c)
{
    switch (a->phase) {
    case WRITE_BEGIN: return write_begin(m, f, a);
    case WRITE_FOUND: return write_found(m, f, a, c);
    case WRITE_NEEDS: return write_fit(m, f, a);
    case WRITE_INTENT: return write_resumed(m, f, a);
    case WRITE_LOOK: return write_check(m, f, a, WRITE_CHECK);
    case WRITE_OUTCOME: return write_outcome(m, f, a);
    case WRITE_DOUBT: return write_settled(m, f, a);
    case WRITE_CHECK: return write_checked(m, f, a, c);
    case WRITE_FIT:
    case WRITE_ASK: return write_answered(m, f, a);
    default: return write_intent(m, f, a);
    }
}
