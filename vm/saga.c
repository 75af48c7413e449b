/* saga.c: what a fiber did, and undoing it.
 *
 * The saga is a stack of entries: steps and tasks with the captures and results their undo needs,
 * and child fibers. Going back takes entries off the top down to the mark of the scope. The
 * children of one group at the top go back together, each by itself, but none before those beside
 * it that had waited for it; only then the entries beneath are touched. That order is causal:
 * nothing is undone before what was built on it.
 *
 * A sealed entry (irreversible, done) ends the going back of its fiber, and so of every ancestor:
 * what lies beneath is its causal past.
 */
#include "vm/state.h"

static text entry_path(const vm *m, const fiber *f, const entry *e)
{
    return value_text(m->image, &f->keep, e->path);
}

uint32_t saga_push(vm *m, fiber *f, uint32_t kind, uint32_t site, const int64_t *values,
                   const type_word *types, uint32_t n, text path)
{
    entry e = {.kind = kind, .site = site, .child = NO_INDEX, .values = n};
    e.first = (uint32_t)f->kept.n;
    e.path = heap_text(m->image, &f->keep, path);
    for (uint32_t k = 0; k < n; k++) {
        kept v = {value_copy(m->image, &f->x.heap, &f->keep, types[k], values[k]), types[k]};
        vec_push(&f->kept, v);
    }
    vec_push(&f->saga, e);
    return (uint32_t)f->saga.n - 1;
}

void saga_drop(fiber *f, uint32_t index)
{
    if (index + 1 != f->saga.n)
        return;
    f->kept.n = f->saga.p[index].first;
    f->saga.n = index;
}

static int64_t worst_of(const vm *m, const entry *e)
{
    if (e->kind != ENTRY_STEP && e->kind != ENTRY_TASK)
        return 0;
    int64_t v = m->image->sites[e->site].worst_back;
    return v < 0 ? 0 : v;
}

/* Children of one group stand next to each other; what has left nothing to undo is no gap. */
static bool in_group(const entry *e, uint32_t group)
{
    return e->kind == ENTRY_GONE || (e->kind == ENTRY_CHILD && e->ordinal == group);
}

static bool waited_for(const fiber *f, uint32_t id)
{
    for (size_t k = 0; k < f->after.n; k++)
        if (f->after.p[k] == id)
            return true;
    return false;
}

static duration own_worst(const vm *m, const fiber *f, unsigned depth);

/* The longest chain of those that waited for each other, of the group that begins at `from`, with
 * `at` as its end. A fiber waits only for those that were started before it. */
static duration chain_worst(const vm *m, const fiber *f, size_t from, size_t at, unsigned depth)
{
    const entry *e = f->saga.p;
    fiber *child = e[at].kind == ENTRY_CHILD ? fiber_at(m, e[at].child) : NULL;
    duration before = 0;
    if (!child)
        return 0;
    for (size_t k = from; k < at && child->after.n; k++) {
        const fiber *x = e[k].kind == ENTRY_CHILD ? fiber_at(m, e[k].child) : NULL;
        if (x && waited_for(child, x->id) && x->chain > before)
            before = x->chain;
    }
    duration own = depth < DEPTH_LIMIT ? own_worst(m, child, depth + 1) : 0;
    return child->chain = time_after(before, own);
}

/* Children may lie as deep as fibers do, hence the bound on depth; beyond it a chain of loops
 * counts as no time. */
static duration own_worst(const vm *m, const fiber *f, unsigned depth)
{
    duration sum = 0;
    for (size_t k = 0; k < f->saga.n;) {
        const entry *e = &f->saga.p[k];
        duration longest = 0;
        size_t from = k;
        if (e->kind != ENTRY_CHILD) {
            sum = time_after(sum, worst_of(m, e));
            k++;
            continue;
        }
        for (uint32_t group = e->ordinal; k < f->saga.n && in_group(&f->saga.p[k], group); k++) {
            duration d = chain_worst(m, f, from, k, depth);
            longest = d > longest ? d : longest;
        }
        sum = time_after(sum, longest);
    }
    return sum;
}

duration saga_worst_back(const vm *m, const fiber *f)
{
    while (fiber_at(m, f->parent))
        f = fiber_at(m, f->parent);
    return own_worst(m, f, 0);
}

const entry *saga_undoing(const fiber *f)
{
    for (size_t k = f->acts.n; k-- > 0;)
        if (f->acts.p[k].kind == ACT_UNDO)
            return f->saga.n ? &vec_last(&f->saga) : NULL;
    return NULL;
}

static void mark_entry(vm *m, fiber *f, const entry *e, unsigned state, text detail)
{
    const image_site *s = &m->image->sites[e->site];
    text title = TEXT("");
    if (s->captures <= e->values && s->captures <= ARGUMENTS) {
        int64_t args[ARGUMENTS];
        for (uint32_t k = 0; k < s->captures; k++)
            args[k] = value_copy(m->image, &f->keep, &f->x.heap, f->kept.p[e->first + k].type,
                                 f->kept.p[e->first + k].value);
        title = site_title(m, f, s, args);
    }
    board_mark(m, f, e->site, text_copy(&m->turn, entry_path(m, f, e)), state, title, detail);
}

/* --- undoing one entry --- */

enum { UNDO_BEGIN, UNDO_RUN, UNDO_VERIFY, UNDO_PAUSE, UNDO_STUCK, UNDO_PEOPLE, UNDO_LOOK };

static go undo_call(vm *m, fiber *f, activity *a, uint32_t function, uint32_t phase)
{
    const entry *e = &vec_last(&f->saga);
    int64_t args[ARGUMENTS];
    uint32_t n = e->values < ARGUMENTS ? e->values : ARGUMENTS;
    for (uint32_t k = 0; k < n; k++)
        args[k] = value_copy(m->image, &f->keep, &f->x.heap, f->kept.p[e->first + k].type,
                             f->kept.p[e->first + k].value);
    a->phase = phase;
    go g = fiber_call(m, f, function, args, n);
    return g;
}

static go undo_done(vm *m, fiber *f, const char *detail)
{
    mark_entry(m, f, &vec_last(&f->saga), MARK_UNDONE, text_of(detail));
    return GO_POP;
}

static go undo_stuck(vm *m, fiber *f, activity *a)
{
    const entry *e = &vec_last(&f->saga);
    mark_entry(m, f, e, MARK_STUCK, text_copy(&m->turn, buffer_view(&f->why)));
    a->phase = UNDO_STUCK;
    a->flags |= ACT_STUCK;
    wait_event(m, f, a, "doubt", text_copy(&m->turn, entry_path(m, f, e)),
               text_copy(&m->turn, buffer_view(&f->why)), QUANTITY_NONE);
    a->waiting = WAIT_DOUBT;
    a->awaits = AWAIT_PEOPLE;
    a->answers = ANSWER(REPLY_DONE) | ANSWER(REPLY_RETRY) | ANSWER(REPLY_SKIP);
    return GO_WAIT;
}

/* A person leaves it as it is: then the run has not gone back whole. */
static go undo_left(vm *m, fiber *f)
{
    f->left = m->stopped = true;
    mark_entry(m, f, &vec_last(&f->saga), MARK_LEFT, TEXT("skipped by a person"));
    return GO_POP;
}

static go undo_failed(vm *m, fiber *f, activity *a)
{
    if (a->flags & ACT_SKIPPED)
        return undo_left(m, f);
    const image_site *s = &m->image->sites[vec_last(&f->saga).site];
    if (a->attempt > s->retries)
        return undo_stuck(m, f, a);
    a->phase = UNDO_PAUSE;
    timer_set(f, a, time_after(m->now, s->retry_pause < 0 ? SECOND : s->retry_pause));
    return GO_WAIT;
}

static go undo_try(vm *m, fiber *f, activity *a)
{
    const entry *e = &vec_last(&f->saga);
    a->attempt++;
    a->flags &= ~(uint32_t)ACT_LOST;
    a->ordinal = e->ordinal << 8;
    go g = undo_call(m, f, a, m->image->sites[e->site].undo, UNDO_RUN);
    return g == GO_FRAME ? g : undo_stuck(m, f, a);
}

/* The undo of a task without a function is work of people. */
static go undo_by_people(vm *m, fiber *f, activity *a)
{
    const entry *e = &vec_last(&f->saga);
    text why = image_text(m->image, m->image->sites[e->site].why);
    a->phase = UNDO_PEOPLE;
    wait_event(m, f, a, "task", text_copy(&m->turn, entry_path(m, f, e)), why, QUANTITY_NONE);
    a->waiting = WAIT_TASK;
    a->awaits = AWAIT_PEOPLE;
    a->answers = ANSWER(REPLY_DONE);
    return GO_WAIT;
}

static go undo_begin(vm *m, fiber *f, activity *a)
{
    const entry *e = &vec_last(&f->saga);
    const image_site *s = &m->image->sites[e->site];
    mark_entry(m, f, e, MARK_UNDOING, TEXT(""));
    if (s->undo != NO_INDEX)
        return undo_try(m, f, a);
    if (e->kind == ENTRY_TASK && s->why != NO_INDEX)
        return undo_by_people(m, f, a);
    mark_entry(m, f, e, MARK_LEFT, TEXT("there is no way back for it"));
    return GO_POP;
}

/* After an undo the step's check must answer false, and with data. */
static go undo_verify(vm *m, fiber *f, activity *a)
{
    uint32_t check = m->image->sites[vec_last(&f->saga).site].check;
    if (check == NO_INDEX)
        return undo_done(m, f, "");
    go g = undo_call(m, f, a, check, UNDO_VERIFY);
    return g == GO_FRAME ? g : undo_stuck(m, f, a);
}

static void undo_said(vm *m, fiber *f)
{
    const entry *e = &vec_last(&f->saga);
    decision_said(m, f, e->site, "answer", reply_name(f->reply),
                  text_copy(&m->turn, entry_path(m, f, e)),
                  command_text(&m->command, "reason", &m->turn));
}

static go undo_resolved(vm *m, fiber *f, activity *a)
{
    a->flags &= ~(uint32_t)ACT_STUCK;
    undo_said(m, f);
    switch (f->reply) {
    case REPLY_DONE: return undo_done(m, f, "by hand");
    case REPLY_RETRY: a->attempt = 0; return undo_try(m, f, a);
    default: return undo_left(m, f);
    }
}

/* The process died before it heard of the undo's only write, and the check still holds: so that was
 * not done. It is performed again with the same key, and the try is not counted. */
static go undo_lost(vm *m, fiber *f, activity *a)
{
    const entry *e = &vec_last(&f->saga);
    decision_said(m, f, e->site, "doubt", "did not happen",
                  text_copy(&m->turn, entry_path(m, f, e)),
                  TEXT("after its undo the check still holds"));
    a->attempt -= a->attempt > 0;
    return undo_failed(m, f, a);
}

static go undo_verified(vm *m, fiber *f, activity *a, cause c)
{
    int64_t v = c == CAUSE_RETURNED ? act_result(m, f, a, 0) : QUANTITY_NA;
    v = untold_else(m, f, v, false);
    if (v == 0)
        return undo_done(m, f, "");
    bool holds = v == 1;
    if (holds && a->flags & ACT_LOST)
        return undo_lost(m, f, a);
    fiber_why(f, holds ? "after its undo the check still holds"
                       : "after its undo the check has no data");
    go g = undo_failed(m, f, a);
    if (g == GO_WAIT && a->phase == UNDO_PAUSE && !holds) {
        /* What was undone is read once more, not undone once more. */
        a->phase = UNDO_LOOK;
        a->attempt++;
    }
    return g;
}

go act_undo(vm *m, fiber *f, activity *a, cause c)
{
    switch (a->phase) {
    case UNDO_BEGIN: return undo_begin(m, f, a);
    case UNDO_RUN: return c == CAUSE_RETURNED ? undo_verify(m, f, a) : undo_failed(m, f, a);
    case UNDO_VERIFY: return undo_verified(m, f, a, c);
    case UNDO_PAUSE: return undo_try(m, f, a);
    case UNDO_LOOK: return undo_verify(m, f, a);
    case UNDO_STUCK: return undo_resolved(m, f, a);
    default: undo_said(m, f); return undo_done(m, f, "by hand");
    }
}

/* --- undoing a scope --- */

enum { BACK_UNDO, BACK_ENTRY, BACK_ASK };

static uint32_t mark_of(const fiber *f, uint32_t level)
{
    return level ? f->scopes.p[level - 1].saga : 0;
}

void saga_doom_children(vm *m, fiber *f, uint32_t level)
{
    for (size_t k = mark_of(f, level); k < f->saga.n; k++) {
        const entry *e = &f->saga.p[k];
        fiber *child = e->kind == ENTRY_CHILD ? fiber_at(m, e->child) : NULL;
        if (child && child->state == FIBER_LIVE)
            fiber_doom(m, child, 0, buffer_string(&f->reason));
    }
}

void saga_begin_rollback(vm *m, fiber *f, uint32_t level)
{
    uint32_t frames = level ? f->scopes.p[level - 1].frames : 0;
    samplers_end(m, f, level);
    triggers_disarm(m, f, level);
    saga_doom_children(m, f, level);
    while (f->x.frames > frames)
        exec_pop(&f->x);
    fiber_push(f, ACT_ROLLBACK, level ? f->scopes.p[level - 1].site : NO_INDEX)->entry = level;
}

static fiber *child_of(const vm *m, const entry *e)
{
    return e->kind == ENTRY_CHILD ? fiber_at(m, e->child) : NULL;
}

/* Whether one beside `child` that had waited for it is not back yet. One that met a point of no
 * return has sealed what it waited for. */
static bool built_upon(const vm *m, const fiber *f, size_t from, fiber *child)
{
    bool any = false;
    for (size_t k = from; k < f->saga.n; k++) {
        const fiber *x = child_of(m, &f->saga.p[k]);
        if (!x || !waited_for(x, child->id))
            continue;
        any |= x->state != FIBER_GONE_BACK;
        child->sealed |= x->sealed;
    }
    return any;
}

/* The group of children at the top: all are sent back, side by side but for those that others were
 * built upon. true when all of them are back. */
static bool children_back(vm *m, fiber *f, uint32_t mark)
{
    bool all = true;
    uint32_t group = vec_last(&f->saga).ordinal;
    size_t from = f->saga.n;
    while (from > mark && in_group(&f->saga.p[from - 1], group))
        from--;
    for (size_t k = from; k < f->saga.n; k++) {
        fiber *child = child_of(m, &f->saga.p[k]);
        if (!child || child->state == FIBER_GONE_BACK)
            continue;
        all = false;
        if (!built_upon(m, f, from, child))
            fiber_doom(m, child, 0, buffer_string(&f->reason));
    }
    if (!all)
        return false;
    for (; f->saga.n > from; saga_drop(f, (uint32_t)f->saga.n - 1)) {
        fiber *child = child_of(m, &vec_last(&f->saga));
        if (child) {
            f->sealed |= child->sealed;
            f->left |= child->left;
            fiber_free(m, child);
        }
    }
    return true;
}

static void scope_leave(fiber *f)
{
    f->path.n = vec_last(&f->scopes).path;
    f->scopes.n--;
}

/* Goes on at pc: behind the scope, or at its beginning. */
static go back_jump(fiber *f, uint32_t pc)
{
    scope_leave(f);
    f->x.frame[f->x.frames - 1].pc = pc;
    return GO_JUMP;
}

static go back_outward(vm *m, fiber *f, uint32_t level)
{
    scope_leave(f);
    f->acts.n--;
    saga_begin_rollback(m, f, level - 1);
    return GO_SUB;
}

static go back_answered(vm *m, fiber *f, activity *a)
{
    uint32_t level = a->entry;
    const scope *s = &f->scopes.p[level - 1];
    const exec_frame *x = &f->x.frame[f->x.frames - 1];
    uint32_t at = m->image->functions[x->function].code + s->frame_pc;
    const insn *i = &m->image->code[at];
    if (f->doom != NO_INDEX || f->reply == REPLY_ROLLBACK)
        return back_outward(m, f, level);
    if (f->reply == REPLY_RETRY)
        return back_jump(f, s->frame_pc);
    m->partial = true;
    return back_jump(f, s->frame_pc + 1 + i->c);
}

/* All of the level is undone, or sealed. */
static go back_finish(vm *m, fiber *f, activity *a)
{
    uint32_t level = a->entry;
    reply r = REPLY_ROLLBACK;
    buffer_clear(&f->why);
    buffer_text(&f->why, buffer_view(&f->reason));
    if (!level) {
        f->acts.n = 0;
        fiber_end(m, f, FIBER_GONE_BACK);
        return GO_END;
    }
    const scope *s = &f->scopes.p[level - 1];
    text path = site_path(m, f, NO_INDEX);
    text why = text_copy(&m->turn, buffer_view(&f->why));
    board_mark(m, f, s->site, path, f->left ? MARK_STOPPED : MARK_ROLLED_BACK, TEXT(""), why);
    if (f->doom == level)
        f->doom = NO_INDEX;
    a->phase = BACK_ASK;
    if (f->doom == NO_INDEX && !f->sealed) {
        go g = failure_ask(m, f, s->site, ANSWER(REPLY_RETRY), path, &r);
        if (g != GO_POP)
            return g;
    }
    f->reply = r;
    return back_answered(m, f, a);
}

static bool back_entry(vm *m, fiber *f, const entry *e)
{
    if (e->kind == ENTRY_GONE)
        return true;
    /* In doubt counts as happened, here too. */
    if (m->image->sites[e->site].flags & SITE_IRREVERSIBLE) {
        f->sealed = f->left = m->stopped = true;
        mark_entry(m, f, e, MARK_LEFT, TEXT("it cannot be undone, nor what came before it"));
        return true;
    }
    if (m->image->sites[e->site].flags & SITE_UNDO_NONE) {
        uint32_t why = m->image->sites[e->site].why;
        mark_entry(m, f, e, MARK_LEFT, why == NO_INDEX ? TEXT("") : image_text(m->image, why));
        return true;
    }
    return false;
}

static go back_undo(vm *m, fiber *f, activity *a)
{
    uint32_t mark = mark_of(f, a->entry);
    a->phase = BACK_UNDO;
    while (f->saga.n > mark && !f->sealed) {
        const entry e = vec_last(&f->saga);
        if (e.kind == ENTRY_CHILD) {
            if (children_back(m, f, mark))
                continue;
            a->awaits = AWAIT_CHILDREN;
            return GO_WAIT;
        }
        if (!back_entry(m, f, &e)) {
            a->phase = BACK_ENTRY;
            fiber_push(f, ACT_UNDO, e.site);
            return GO_SUB;
        }
        saga_drop(f, (uint32_t)f->saga.n - 1);
    }
    return back_finish(m, f, a);
}

go act_rollback(vm *m, fiber *f, activity *a, cause c)
{
    if (a->phase == BACK_ASK && a->entry)
        return back_answered(m, f, a);
    if (a->phase == BACK_ENTRY)
        saga_drop(f, (uint32_t)f->saga.n - 1);
    return back_undo(m, f, a);
}
