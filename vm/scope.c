/* scope.c: blocks and children: SCOPE, LEAVE, FORK, JOIN, EACH.
 *
 * A child fiber is an entry in its parent's saga from the moment it is made, so that going back
 * finds it in the right place. A child that left nothing to undo is freed when its parent has seen
 * its end.
 */
#include "vm/state.h"

static void name_add(buffer *path, text name)
{
    if (name.n && path->n)
        buffer_char(path, '.');
    buffer_text(path, name);
}

/* A playbook that was applied without a name of its own is no part of a path, and of its block the
 * enclosing one already speaks. */
static bool silent(const vm *m, const fiber *f)
{
    const image_site *s = &m->image->sites[vec_last(&f->scopes).site];
    return image_text(m->image, s->name).n == 0 && f->scopes.n > 1;
}

/* The block that is all of an iteration: its end is that of the iteration, which says so. */
static bool whole_iteration(const vm *m, const fiber *f)
{
    return f->kind == FIBER_CHILD && f->scopes.n == 1 &&
           m->image->sites[f->site].kind == SITE_EACH &&
           !image_text(m->image, m->image->sites[f->scopes.p[0].site].name).n;
}

void instruction_begin_scope(vm *m, fiber *f, const insn *i)
{
    const image_site *s = &m->image->sites[i->b];
    if (f->scopes.n >= DEPTH_LIMIT) {
        vm_broken(m, "scopes nested too deeply");
        return;
    }
    scope n = {.site = i->b, .frames = f->x.frames, .path = (uint32_t)f->path.n};
    n.frame_pc = f->x.frame[f->x.frames - 1].pc;
    n.saga = (uint32_t)f->saga.n;
    n.window_start = n.window_end = QUANTITY_NONE;
    vec_push(&f->scopes, n);
    if (s->action != SCOPE_MIGRATION)
        name_add(&f->path, image_text(m->image, s->name));
    if (silent(m, f))
        return;
    int64_t title = QUANTITY_NONE;
    text t = s->captures ? TEXT("") : site_title(m, f, s, &title);
    board_mark(m, f, i->b, site_path(m, f, NO_INDEX), MARK_ENTERED, t, TEXT(""));
}

go act_leave(vm *m, fiber *f, activity *a, cause c)
{
    uint32_t level = (uint32_t)f->scopes.n;
    if (level == 0)
        return GO_POP;
    if (samplers_live(m, f, level)) {
        a->awaits = AWAIT_CHILDREN;
        return GO_WAIT;
    }
    triggers_disarm(m, f, level);
    if (!silent(m, f) && !whole_iteration(m, f))
        board_mark(m, f, vec_last(&f->scopes).site, site_path(m, f, NO_INDEX), MARK_DONE, TEXT(""),
                   TEXT(""));
    f->path.n = vec_last(&f->scopes).path;
    f->scopes.n--;
    return GO_POP;
}

instant window_end_of(const vm *m, const fiber *f, instant *start)
{
    for (size_t k = f->scopes.n; k-- > 0;)
        if (f->scopes.p[k].window_end != QUANTITY_NONE) {
            if (start)
                *start = f->scopes.p[k].window_start;
            return f->scopes.p[k].window_end;
        }
    if (start)
        *start = f->window_start;
    return f->window_end;
}

/* --- children --- */

/* Starts a fiber with the body of a site; values are of the parent's heap. NULL at a limit. */
static fiber *child_new(vm *m, fiber *f, uint32_t site, const int64_t *values, uint32_t n)
{
    const image_site *s = &m->image->sites[site];
    const image_function *fn = &m->image->functions[s->body];
    int64_t args[ARGUMENTS];
    fiber *child = fiber_new(m, FIBER_CHILD, f, site);
    if (!child)
        return NULL;
    for (uint32_t k = 0; k < fn->parameters && k < ARGUMENTS; k++)
        args[k] = k < n ? value_copy(m->image, &f->x.heap, &child->x.heap,
                                     m->image->types[fn->types + k], values[k])
                        : QUANTITY_NA;
    if (fn->parameters > ARGUMENTS ||
        !exec_push(&child->x, m->image, s->body, args, fn->parameters)) {
        vm_broken(m, "a body with more registers than the image allows");
        return child;
    }
    uint32_t at = saga_push(m, f, ENTRY_CHILD, site, NULL, NULL, 0, TEXT(""));
    f->saga.p[at].child = child->id;
    f->saga.p[at].ordinal = f->group;
    fiber_wake(child, CAUSE_START);
    return child;
}

/* A child that has ended and left nothing behind gives its slot back. */
static void child_release(vm *m, fiber *f, fiber *child)
{
    if (child->state == FIBER_LIVE || child->saga.n)
        return;
    for (size_t k = 0; k < f->saga.n; k++)
        if (f->saga.p[k].kind == ENTRY_CHILD && f->saga.p[k].child == child->id)
            f->saga.p[k].kind = ENTRY_GONE;
    while (f->saga.n && vec_last(&f->saga).kind == ENTRY_GONE)
        saga_drop(f, (uint32_t)f->saga.n - 1);
    fiber_free(m, child);
}

void instruction_fork(vm *m, fiber *f, const insn *i)
{
    const image_site *s = &m->image->sites[i->b];
    int64_t args[ARGUMENTS];
    for (uint32_t k = 0; k < s->captures && k < ARGUMENTS; k++)
        args[k] = *exec_register(&f->x, i->c + k);
    fiber *child = child_new(m, f, i->b, args, s->captures);
    if (!child)
        return;
    name_add(&child->path, image_text(m->image, s->name));
    buffer_printf(&child->indices, ".s%u.%u", i->b, f->writes++);
    *exec_register(&f->x, i->a) = child->id;
}

static fiber *child_at(const vm *m, const fiber *f, int64_t id)
{
    fiber *child = id >= 0 && id < (int64_t)m->fibers.n ? fiber_at(m, (uint32_t)id) : NULL;
    return child && child->parent == f->id && child->kind == FIBER_CHILD ? child : NULL;
}

static fiber *joined_at(const vm *m, const fiber *f, const activity *a, uint32_t k)
{
    int64_t id = *act_register(f, a, act_insn(m, f, a)->b + k);
    fiber *x = id >= 0 && id < (int64_t)m->fibers.n ? fiber_at(m, (uint32_t)id) : NULL;
    bool near = x && x != f && (x->parent == f->id || x->parent == f->parent);
    return near && x->kind == FIBER_CHILD ? x : NULL;
}

/* All have ended. What waited for a sibling comes after it, on the way back, too. */
static go joined(vm *m, fiber *f, activity *a)
{
    for (uint32_t k = 0; k < act_insn(m, f, a)->c; k++) {
        fiber *x = joined_at(m, f, a, k);
        if (x && x->parent == f->id)
            child_release(m, f, x);
        else if (x)
            vec_push(&f->after, x->id);
    }
    f->group++;
    return GO_POP;
}

/* A child that went back fails its parent. A sibling that went back is the parent's affair, who
 * sends this one back with it. */
go act_join(vm *m, fiber *f, activity *a, cause c)
{
    bool wait = false;
    for (uint32_t k = 0; k < act_insn(m, f, a)->c; k++) {
        const fiber *x = joined_at(m, f, a, k);
        if (x && x->parent == f->id && x->state == FIBER_GONE_BACK) {
            text named = image_text(m->image, m->image->sites[x->site].name);
            fiber_why(f, "%.*s%s%.*s", TEXT_ARG(named.n ? buffer_view(&x->path) : named),
                      named.n ? " went back: " : "", TEXT_ARG(buffer_view(&x->why)));
            return GO_FAIL;
        }
        wait |= x && x->state != FIBER_DONE;
    }
    if (!wait)
        return joined(m, f, a);
    a->awaits = AWAIT_CHILDREN;
    return GO_WAIT;
}

/* --- each --- */

enum { EACH_RUN, EACH_BETWEEN, EACH_CLOSED };

static const int64_t *each_list(vm *m, fiber *f, const activity *a, uint32_t *n)
{
    return value_list(&f->x.heap, *act_register(f, a, act_insn(m, f, a)->c), n);
}

static uint32_t each_parallel(const vm *m, const fiber *f, const activity *a)
{
    int64_t v = *act_register(f, a, act_insn(m, f, a)->c + 1u);
    if (v < UNIT_NUMBER)
        return 1;
    return v / UNIT_NUMBER > UINT32_MAX ? UINT32_MAX : (uint32_t)(v / UNIT_NUMBER);
}

static void each_count(vm *m, fiber *f, activity *a)
{
    for (uint32_t id = 0; id < m->fibers.n; id++) {
        fiber *child = child_at(m, f, id);
        if (!child || child->site != a->site || child->counted || child->state == FIBER_LIVE)
            continue;
        child->counted = true;
        if (child->state == FIBER_DONE) {
            a->good++;
        } else {
            a->bad++;
            fiber_why(f, "%.*s went back: %.*s", TEXT_ARG(buffer_view(&child->path)),
                      TEXT_ARG(buffer_view(&child->why)));
        }
        child_release(m, f, child);
    }
}

static void each_start(vm *m, fiber *f, activity *a)
{
    const insn *i = act_insn(m, f, a);
    const image_site *s = &m->image->sites[a->site];
    type_word list = m->image->types[m->image->functions[s->body].types];
    int64_t args[ARGUMENTS + 1];
    uint32_t n;
    args[0] = each_list(m, f, a, &n)[a->next];
    for (uint32_t k = 0; k < s->captures && k < ARGUMENTS; k++)
        args[k + 1] = *act_register(f, a, i->c + 2u + k);
    if (each_parallel(m, f, a) == 1)
        f->group++; /* one after the other: each comes after those before it */
    fiber *child = child_new(m, f, a->site, args, s->captures + 1);
    if (!child)
        return;
    buffer name;
    buffer_init(&name);
    value_format(m->image, &f->x.heap, list, args[0], &name);
    name_add(&child->path, buffer_view(&name));
    buffer_release(&name);
    buffer_printf(&child->indices, ".%u.%u", a->attempt, a->next);
    child->index = a->next++;
}

/* --- waves --- */

static uint32_t wave_size(const vm *m, const activity *a, uint32_t n)
{
    const image_site *s = &m->image->sites[a->site];
    if (!s->waves)
        return n;
    uint32_t sizes = m->image->words[s->waves], k = a->wave < sizes ? a->wave : sizes;
    return m->image->words[s->waves + (k ? k : 1)];
}

static void wave_say(vm *m, fiber *f, const activity *a, const char *verdict, const char *why)
{
    decision(m, f, a->site, "wave", verdict, site_path(m, f, a->site), NULL, &f->x.heap,
             text_of(why));
}

static void wave_begin(vm *m, fiber *f, activity *a, uint32_t n)
{
    uint32_t size = wave_size(m, a, n);
    buffer verdict, why;
    a->phase = EACH_RUN;
    a->admitted = size < n - a->next ? a->next + size : n;
    f->group++;
    if (!m->image->sites[a->site].waves)
        return;
    buffer_init(&verdict);
    buffer_init(&why);
    buffer_printf(&verdict, "%u begins", a->wave);
    buffer_printf(&why, "%u to %u of %u", a->next + 1, a->admitted, n);
    wave_say(m, f, a, buffer_string(&verdict), buffer_string(&why));
    buffer_release(&verdict);
    buffer_release(&why);
}

static void each_close(vm *m, fiber *f, activity *a, const char *why)
{
    a->phase = EACH_CLOSED;
    wave_say(m, f, a, "closed", why);
}

/* What stands between two waves; then the next one. */
static go wave_over(vm *m, fiber *f, activity *a, uint32_t n)
{
    const image_site *s = &m->image->sites[a->site];
    const insn *i = act_insn(m, f, a);
    int64_t args[ARGUMENTS];
    a->wave++;
    if (s->find == NO_INDEX) {
        wave_begin(m, f, a, n);
        return GO_POP;
    }
    uint32_t k = 0;
    for (; k < s->captures && k + 1 < ARGUMENTS; k++)
        args[k] = *act_register(f, a, i->c + 2u + k);
    args[k++] = (int64_t)a->wave * UNIT_NUMBER;
    a->phase = EACH_BETWEEN;
    return fiber_call(m, f, s->find, args, k);
}

/* Whether one went back while others have not begun: they wait for a word, once for each failure.
 */
static bool each_asks(vm *m, fiber *f, activity *a, uint32_t n)
{
    if (a->bad == a->ordinal || a->next == n || m->image->sites[a->site].retries)
        return false;
    if (a->doubts != a->bad) {
        a->doubts = a->bad;
        wait_event(m, f, a, "question", site_path(m, f, a->site),
                   TEXT("an iteration went back: go on with those that have not begun?"),
                   QUANTITY_NONE);
    }
    a->waiting = WAIT_QUESTION;
    a->awaits |= AWAIT_PEOPLE;
    a->answers = ANSWER(REPLY_CONTINUE) | ANSWER(REPLY_ROLLBACK);
    return true;
}

/* So many went back that nobody else may begin. */
static bool too_many(const vm *m, const activity *a)
{
    uint32_t most = m->image->sites[a->site].retries;
    return most && a->bad >= most;
}

static go each_end(vm *m, fiber *f, activity *a, uint32_t n)
{
    m->partial |= a->bad > 0 || a->next < n;
    if (!a->bad || a->good)
        return GO_POP;
    if (a->bad > 1)
        fiber_why(f, "no iteration succeeded");
    return GO_FAIL;
}

/* What a cause other than a child means: the beginning, a word, the end of what stands between two
 * waves. false when the loop fails. */
static bool each_hear(vm *m, fiber *f, activity *a, cause c, uint32_t n)
{
    if (c == CAUSE_BEGIN) {
        a->attempt = f->writes++; /* two loops over one list, or one begun anew, share no key */
        a->wave = 1;
        wave_begin(m, f, a, n);
    } else if (c == CAUSE_RETURNED && a->phase == EACH_BETWEEN) {
        wave_begin(m, f, a, n);
    } else if (c == CAUSE_CAUGHT) {
        each_close(m, f, a, buffer_string(&f->why));
    } else if (c == CAUSE_PEOPLE && f->reply == REPLY_ROLLBACK) {
        fiber_why(f, "an iteration went back, and a person sent the others back");
        return false;
    } else if (c == CAUSE_PEOPLE) {
        a->ordinal = a->bad;
    }
    return true;
}

static void each_admit(vm *m, fiber *f, activity *a, uint32_t n)
{
    uint32_t most = a->admitted < n ? a->admitted : n;
    while (a->phase == EACH_RUN && a->next < most && !m->ended &&
           a->next - a->good - a->bad < each_parallel(m, f, a))
        each_start(m, f, a);
}

go act_each(vm *m, fiber *f, activity *a, cause c)
{
    uint32_t n;
    each_list(m, f, a, &n);
    if (!each_hear(m, f, a, c, n))
        return GO_FAIL;
    each_count(m, f, a);
    if (too_many(m, a) && a->next < n && a->phase != EACH_CLOSED) {
        fiber_why(f, "%u went back: nobody else begins", a->bad);
        each_close(m, f, a, buffer_string(&f->why));
    }
    bool held = fiber_held(m, f), asks = a->phase == EACH_RUN && each_asks(m, f, a, n);
    for (bool more = !asks && !held; more;) {
        each_admit(m, f, a, n);
        more = a->phase == EACH_RUN && a->next < n && a->next == a->good + a->bad && !m->ended;
        go g = more ? wave_over(m, f, a, n) : GO_POP;
        if (g != GO_POP)
            return g;
    }
    if ((a->next == n || a->phase == EACH_CLOSED) && a->good + a->bad == a->next)
        return each_end(m, f, a, n);
    a->awaits |= AWAIT_CHILDREN | (held ? AWAIT_RESUME : 0);
    return GO_WAIT;
}
