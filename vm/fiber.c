/* fiber.c: how a fiber runs: frames and activities in turn, until all of it waits.
 *
 * The top activity is called with a cause and says how to go on (go). Where it pushed a frame, exec
 * runs until that frame returns or meets an instruction of the run time, which becomes an activity
 * of its own. Failing takes activities away down to the first that has something running above it
 * (a check, an undo), or starts going back with the innermost scope.
 */
#include "vm/state.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

fiber *fiber_at(const vm *m, uint32_t id)
{
    return id < m->fibers.n ? m->fibers.p[id] : NULL;
}

static uint32_t free_slot(vm *m)
{
    for (uint32_t i = 0; i < m->fibers.n; i++)
        if (!m->fibers.p[i])
            return i;
    if (m->fibers.n >= m->image->limits->fibers)
        return NO_INDEX;
    vec_push(&m->fibers, NULL);
    return (uint32_t)m->fibers.n - 1;
}

fiber *fiber_new(vm *m, fiber_kind kind, fiber *parent, uint32_t site)
{
    uint32_t id = free_slot(m);
    if (id == NO_INDEX) {
        vm_broken(m, "more fibers than the image allows");
        return NULL;
    }
    fiber *f = calloc(1, sizeof *f);
    if (!f)
        memory_exhausted();
    f->id = id, f->kind = kind, f->site = site;
    f->doom = f->series = NO_INDEX;
    f->window_start = f->window_end = QUANTITY_NONE;
    f->parent = NO_INDEX;
    exec_fiber_init(&f->x, m->image);
    if (parent) {
        f->parent = parent->id;
        f->level = (uint32_t)parent->scopes.n;
        f->window_end = window_end_of(m, parent, &f->window_start);
        buffer_text(&f->path, buffer_view(&parent->path));
        buffer_text(&f->indices, buffer_view(&parent->indices));
        f->untold = parent->untold;
    }
    m->fibers.p[id] = f;
    return f;
}

void fiber_free(vm *m, fiber *f)
{
    m->fibers.p[f->id] = NULL;
    exec_fiber_release(&f->x);
    buffer_release(&f->path);
    buffer_release(&f->indices);
    buffer_release(&f->why);
    buffer_release(&f->reason);
    vec_release(&f->scopes);
    vec_release(&f->acts);
    vec_release(&f->saga);
    vec_release(&f->kept);
    vec_release(&f->votes);
    vec_release(&f->facts);
    vec_release(&f->after);
    heap_release(&f->keep);
    free(f);
}

void fiber_wake(fiber *f, cause c)
{
    f->wakes |= 1u << c;
}

void fibers_wake(vm *m, uint32_t awaits)
{
    for (size_t i = 0; i < m->fibers.n; i++) {
        fiber *f = m->fibers.p[i];
        if (f && f->acts.n && (vec_last(&f->acts).awaits & awaits))
            fiber_wake(f, CAUSE_WAKE);
    }
}

void fiber_why(fiber *f, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buffer_clear(&f->why);
    buffer_vprintf(&f->why, format, args);
    va_end(args);
}

activity *fiber_top(fiber *f)
{
    return f->acts.n ? &vec_last(&f->acts) : NULL;
}

activity *fiber_push(fiber *f, activity_kind kind, uint32_t site)
{
    activity a = {.kind = kind,
                  .site = site,
                  .frames = f->x.frames,
                  .called = NO_INDEX,
                  .role = NO_INDEX,
                  .scopes = (uint32_t)f->scopes.n,
                  .deadline = QUANTITY_MAX,
                  .until = QUANTITY_NONE,
                  .since = QUANTITY_NONE};
    vec_push(&f->acts, a);
    return &vec_last(&f->acts);
}

go fiber_call(vm *m, fiber *f, uint32_t function, const int64_t *args, uint32_t n)
{
    const image_function *fn = &m->image->functions[function];
    int64_t padded[ARGUMENTS];
    if (f->acts.n) {
        fiber_top(f)->called = function;
        fiber_top(f)->flags &= ~(uint32_t)ACT_UNTOLD;
    }
    for (uint32_t k = 0; k < fn->parameters && k < ARGUMENTS; k++)
        padded[k] = k < n ? args[k] : QUANTITY_NA;
    if (fn->parameters <= ARGUMENTS && exec_push(&f->x, m->image, function, padded, fn->parameters))
        return GO_FRAME;
    fiber_why(f, "more frames than the image allows");
    return GO_FAIL;
}

const insn *act_insn(const vm *m, const fiber *f, const activity *a)
{
    const exec_frame *x = &f->x.frame[a->frames - 1];
    return &m->image->code[m->image->functions[x->function].code + x->pc];
}

int64_t *act_register(const fiber *f, const activity *a, uint32_t r)
{
    return &f->x.reg[f->x.frame[a->frames - 1].base + r];
}

uint32_t act_args(const vm *m, const fiber *f, const activity *a, uint32_t skip,
                  int64_t out[ARGUMENTS])
{
    const image_site *s = &m->image->sites[a->site];
    const insn *i = act_insn(m, f, a);
    uint32_t n = 0;
    for (uint32_t k = 0; k < s->captures && n < ARGUMENTS; k++)
        out[n++] = *act_register(f, a, i->c + skip + k);
    for (uint32_t k = 0; k < s->shape_count && n < ARGUMENTS; k++)
        out[n++] = *act_register(f, a, i->a + k);
    return n;
}

int64_t act_result(const vm *m, const fiber *f, const activity *a, uint32_t k)
{
    if (a->called == NO_INDEX || k >= m->image->functions[a->called].results)
        return QUANTITY_NA;
    return exec_results(&f->x)[k];
}

bool fiber_goes_back(const fiber *f)
{
    for (size_t i = 0; i < f->acts.n; i++)
        if (f->acts.p[i].kind == ACT_ROLLBACK)
            return true;
    return false;
}

bool fiber_held(const vm *m, const fiber *f)
{
    return (m->paused || m->holds) && !fiber_goes_back(f);
}

/* --- taking away --- */

/* What began, and has no end of its own because the block around it goes back. A write that is in
 * the saga will say so itself. */
static void mark_withdrawn(vm *m, fiber *f, const activity *a)
{
    static const bool begins[ACT_COUNT] = {
        [ACT_READ] = true, [ACT_LIVE] = true,    [ACT_WRITE] = true,
        [ACT_TASK] = true, [ACT_APPROVE] = true, [ACT_SAMPLER] = true};
    if (m->ended || !begins[a->kind] || (a->kind == ACT_WRITE && a->entry))
        return;
    text path = act_path(m, f, a, &m->turn);
    if (board_state(m, a->site, path) == MARK_STARTED)
        board_mark(m, f, a->site, path, MARK_WITHDRAWN, TEXT(""), TEXT(""));
}

static void withdraw(vm *m, fiber *f, activity *a)
{
    mark_withdrawn(m, f, a);
    if (a->awaits & AWAIT_OUTCOME) {
        vm_output *o = output_event(m, f, EVENT_COUNT, a->site, NULL);
        o->submit = SUBMIT_WITHDRAW;
        o->n = a->n;
    }
    resources_free(m, f, a);
    if (a->kind == ACT_QUESTION && f->kind == FIBER_SAMPLER && m->holds && !--m->holds)
        fibers_wake(m, AWAIT_RESUME);
}

/* Takes activities above `acts` away, withdrawn. */
static void fiber_cut(vm *m, fiber *f, uint32_t acts)
{
    while (f->acts.n > acts) {
        activity a = vec_last(&f->acts);
        withdraw(m, f, &a);
        f->acts.n--;
        while (f->x.frames > a.frames)
            exec_pop(&f->x);
    }
}

static cause cut_to_rollback(vm *m, fiber *f)
{
    buffer_clear(&f->reason);
    buffer_text(&f->reason, buffer_view(&f->why));
    fiber_cut(m, f, 0);
    saga_begin_rollback(m, f, (uint32_t)f->scopes.n);
    return CAUSE_BEGIN;
}

/* The innermost thing failed. Whatever ran something above itself catches; it knows by its phase
 * what was running. */
static cause fall(vm *m, fiber *f)
{
    if (!f->acts.n)
        return cut_to_rollback(m, f);
    activity *a = fiber_top(f);
    while (f->x.frames > a->frames)
        exec_pop(&f->x);
    if (f->scopes.n > a->scopes) {
        f->path.n = f->scopes.p[a->scopes].path;
        f->scopes.n = a->scopes;
    }
    return CAUSE_CAUGHT;
}

/* A doomed fiber stops at once, but for a write in flight, which settles first: unknown counts as
 * happened unless a probe denies it. */
static cause doomed(vm *m, fiber *f)
{
    if (f->doom <= f->scopes.n)
        saga_doom_children(m, f, f->doom); /* at once, not when going back comes to their level */
    for (uint32_t i = 0; i < f->acts.n; i++) {
        const activity *a = &f->acts.p[i];
        if (a->kind == ACT_ROLLBACK) {
            bool asks = f->acts.n == i + 2 && fiber_top(f)->kind == ACT_QUESTION;
            if (!asks)
                return CAUSE_NONE;
            fiber_cut(m, f, i + 1);
            f->reply = REPLY_ROLLBACK;
            return CAUSE_RETURNED;
        }
        if (a->flags & ACT_FLIGHT) {
            const activity *top = fiber_top(f);
            if (top->awaits & AWAIT_OUTCOME && (top == a || top->flags & ACT_PROBING))
                return CAUSE_NONE;
            break;
        }
    }
    return cut_to_rollback(m, f);
}

void fiber_doom(vm *m, fiber *f, uint32_t level, const char *why)
{
    if (f->state == FIBER_GONE_BACK || (f->doom != NO_INDEX && f->doom <= level))
        return;
    f->doom = level;
    if (why) {
        fiber_why(f, "%s", why);
        buffer_clear(&f->reason);
        buffer_cstr(&f->reason, why);
    }
    f->state = FIBER_LIVE;
    fiber_wake(f, CAUSE_DOOM);
}

static cause run_frames(vm *m, fiber *f)
{
    m->exec.assumes = untold(m, f);
    switch (exec_run(&m->exec, &f->x)) {
    case EXEC_WAIT: return instruction_begin(m, f);
    case EXEC_RETURNED: return CAUSE_RETURNED;
    case EXEC_FUEL: vm_broken(m, "more instructions in a turn than the image allows"); break;
    case EXEC_MEMORY: fiber_why(f, "more memory than a fiber may have"); return CAUSE_FAILED;
    case EXEC_CORRUPT: vm_broken(m, "frames deeper than the image allows"); break;
    }
    return CAUSE_NONE;
}

/* --- the loop --- */

static cause after_pop(fiber *f)
{
    uint32_t beneath = f->acts.n ? fiber_top(f)->frames : 0;
    return f->x.frames > beneath ? CAUSE_FRAME : CAUSE_RETURNED;
}

static cause follow(vm *m, fiber *f, go g)
{
    switch (g) {
    case GO_WAIT: return CAUSE_NONE;
    case GO_FRAME: return CAUSE_FRAME;
    case GO_SUB: return CAUSE_BEGIN;
    case GO_POP: {
        bool step = fiber_top(f)->flags & ACT_INSTRUCTION;
        f->acts.n--;
        if (step)
            exec_advance(&f->x, 0);
        return after_pop(f);
    }
    case GO_JUMP: f->acts.n--; return CAUSE_FRAME;
    case GO_FAIL: f->acts.n--; return CAUSE_FAILED;
    case GO_DOOM: return CAUSE_DOOM;
    case GO_END: return CAUSE_NONE;
    }
    return CAUSE_NONE;
}

static go (*const handlers[ACT_COUNT])(vm *, fiber *, activity *, cause) = {
#define ACTIVITY(id, handler, doc) [ACT_##id] = act_##handler,
#include "vm/activities.def"
#undef ACTIVITY
};

static void run_cause(vm *m, fiber *f, cause c)
{
    uint32_t id = f->id;
    while (c != CAUSE_NONE && !m->ended) {
        if (c == CAUSE_FRAME) {
            c = run_frames(m, f);
        } else if (c == CAUSE_FAILED) {
            c = fall(m, f);
        } else if (c == CAUSE_DOOM) {
            c = doomed(m, f);
        } else if (!f->acts.n) {
            fiber_end(m, f, FIBER_DONE);
            return;
        } else {
            activity *a = fiber_top(f);
            if (c == CAUSE_BEGIN)
                a->begun = m->now;
            a->awaits = a->answers = 0;
            a->waiting = WAIT_NOTHING;
            a->deadline = QUANTITY_MAX;
            go g = handlers[a->kind](m, f, a, c);
            if (g == GO_END)
                return;
            c = follow(m, f, g);
        }
        assert(fiber_at(m, id) == f);
        if (f->acts.n > DEPTH_LIMIT)
            vm_broken(m, "activities nested too deeply");
    }
}

static bool serves(const fiber *f, cause c)
{
    static const uint32_t needed[CAUSE_LAST + 1] = {
        [CAUSE_OUTCOME] = AWAIT_OUTCOME,
        [CAUSE_TIMER] = AWAIT_TIMER,
        [CAUSE_PEOPLE] = AWAIT_PEOPLE,
        [CAUSE_WAKE] = AWAIT_CHILDREN | AWAIT_RESOURCE | AWAIT_RESUME,
    };
    if (c == CAUSE_START)
        return !fiber_goes_back(f);
    return c == CAUSE_DOOM || (f->acts.n && (vec_last(&f->acts).awaits & needed[c]));
}

void fiber_run(vm *m, fiber *f)
{
    uint32_t id = f->id;
    f->ran = true;
    for (cause c = CAUSE_DOOM; c <= CAUSE_LAST && !m->ended; c++) {
        if (fiber_at(m, id) != f)
            return;
        if (!(f->wakes & 1u << c))
            continue;
        f->wakes &= ~(1u << c);
        if (serves(f, c))
            run_cause(m, f, c != CAUSE_START ? c : f->acts.n ? CAUSE_BEGIN : CAUSE_FRAME);
    }
}

/* How an iteration ended. Where its playbook went back, that has said so at the same path. */
static void iteration_mark(vm *m, fiber *f, fiber_state s)
{
    text path = buffer_view(&f->path);
    if (f->kind != FIBER_CHILD || m->image->sites[f->site].kind != SITE_EACH)
        return;
    for (size_t k = m->board.n; k-- > 0 && s == FIBER_GONE_BACK;)
        if (text_equal(buffer_view(&m->board.p[k].path), path) &&
            m->board.p[k].state == MARK_ROLLED_BACK)
            return;
    text why = s == FIBER_GONE_BACK ? buffer_view(&f->why) : TEXT("");
    board_mark(m, f, f->site, text_copy(&m->turn, path),
               s == FIBER_DONE ? MARK_DONE : MARK_ROLLED_BACK, TEXT(""), text_copy(&m->turn, why));
}

/* Those beside it that wait for it. */
static void siblings_wake(vm *m, const fiber *f)
{
    if (f->kind != FIBER_CHILD || m->image->sites[f->site].kind != SITE_FORK)
        return;
    for (size_t k = 0; k < m->fibers.n; k++) {
        fiber *x = m->fibers.p[k];
        if (x && x->parent == f->parent && x->acts.n && fiber_top(x)->kind == ACT_JOIN)
            fiber_wake(x, CAUSE_WAKE);
    }
}

void fiber_end(vm *m, fiber *f, fiber_state s)
{
    fiber *parent = fiber_at(m, f->parent);
    iteration_mark(m, f, s);
    siblings_wake(m, f);
    f->state = s;
    f->doom = NO_INDEX;
    f->wakes = 0;
    if (f->kind != FIBER_SAMPLER) {
        samplers_end(m, f, 0);
        triggers_disarm(m, f, 0);
    } else {
        if (f->series < m->series.n)
            m->series.p[f->series].sampler = NO_INDEX;
        fiber_cut(m, f, 0);
        fiber_free(m, f);
    }
    if (parent)
        fiber_wake(parent, CAUSE_WAKE);
}
