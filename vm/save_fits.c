/* save_fits.c: whether a state that was loaded is one that this machine could be in.
 *
 * Every index that the machine follows without looking is held against the image and the rest of
 * the state: sites and the instructions that name them, functions, scopes, saga entries, fibers.
 * What passes may still be a state that no run reaches, but none that leads outside memory.
 */
#include "vm/state.h"

static bool site_is(const vm *m, uint32_t site, site_kind kind)
{
    return site < m->image->site_count && m->image->sites[site].kind == kind;
}

static bool instruction_fits(const vm *m, const fiber *f, const activity *a)
{
    if (a->frames < 1 || a->frames > f->x.frames)
        return false;
    const exec_frame *x = &f->x.frame[a->frames - 1];
    if (x->pc >= m->image->functions[x->function].instructions)
        return false;
    const insn *i = act_insn(m, f, a);
    bool none = i->op == OP_SETTLE || i->op == OP_LEAVE || i->op == OP_JOIN;
    return instruction_starts(i->op) == a->kind && a->site == (none ? NO_INDEX : i->b);
}

static bool called_fits(const vm *m, const activity *a)
{
    if (a->called == NO_INDEX)
        return true;
    if (a->site >= m->image->site_count)
        return false;
    const image_site *s = &m->image->sites[a->site];
    return a->called < m->image->function_count && (a->called == s->check || a->called == s->undo ||
                                                    a->called == s->find || a->called == s->body);
}

static bool question_fits(const vm *m, const activity *a)
{
    return a->site < m->image->site_count &&
           (a->role == NO_INDEX || a->role < m->image->tables[TABLE_ROLE].rows);
}

/* Times that can be added and subtracted without a look. */
static bool time_fits(instant t)
{
    return t == QUANTITY_NONE || (t > -(INT64_C(1) << 61) && t < INT64_C(1) << 61);
}

static bool asks_host(const activity *a)
{
    return a->kind == ACT_READ || a->kind == ACT_WRITE || a->kind == ACT_DO ||
           a->kind == ACT_WINDOW || a->kind == ACT_DOUBT || a->kind == ACT_LIVE;
}

static bool numbers_fit(const activity *a)
{
    return a->awaits <= AWAIT_ALL && a->flags <= ACT_FLAGS && a->waiting <= WAIT_DOUBT &&
           a->response < REPLY_COUNT && time_fits(a->since) && time_fits(a->interval) &&
           (time_fits(a->until) || a->until >= QUANTITY_MAX - 1) &&
           (time_fits(a->deadline) || a->deadline >= QUANTITY_MAX - 1);
}

static bool activity_fits(const vm *m, const fiber *f, size_t k)
{
    const activity *a = &f->acts.p[k], *below = k ? a - 1 : NULL;
    const entry *last = f->saga.n ? &vec_last(&f->saga) : NULL;
    if (!called_fits(m, a) || a->frames > f->x.frames || a->scopes > f->scopes.n ||
        !numbers_fit(a) || (a->awaits & AWAIT_OUTCOME && !asks_host(a)) ||
        (below && a->frames < below->frames))
        return false;
    if (a->flags & ACT_INSTRUCTION) /* its end goes on behind that instruction */
        return instruction_fits(m, f, a) && (a->kind != ACT_WRITE || a->entry <= f->saga.n) &&
               (a->kind != ACT_EACH || a->wave);
    switch (a->kind) {
    case ACT_QUESTION: return below && question_fits(m, a);
    case ACT_DOUBT:
        return below && (below->kind == ACT_WRITE || below->kind == ACT_DO) &&
               below->site == a->site;
    case ACT_SAMPLER:
        return !below && f->kind == FIBER_SAMPLER && site_is(m, a->site, SITE_OBSERVE) &&
               a->interval > 0 && a->since <= m->now && f->series < m->series.n;
    case ACT_ROLLBACK: return !below && a->entry == f->scopes.n;
    case ACT_UNDO:
        return below && below->kind == ACT_ROLLBACK && last && last->site == a->site &&
               (last->kind == ENTRY_STEP || last->kind == ENTRY_TASK);
    default: return false;
    }
}

static bool scopes_fit(const vm *m, const fiber *f)
{
    for (size_t k = 0; k < f->scopes.n; k++) {
        const scope *s = &f->scopes.p[k], *below = k ? s - 1 : NULL;
        if (s->frames < 1 || s->frames > f->x.frames || s->saga > f->saga.n ||
            s->path > f->path.n || !site_is(m, s->site, SITE_SCOPE))
            return false;
        if (!time_fits(s->window_start) || !time_fits(s->window_end))
            return false;
        if (below && (s->frames < below->frames || s->saga < below->saga || s->path < below->path))
            return false;
        const image_function *fn = &m->image->functions[f->x.frame[s->frames - 1].function];
        if (s->frame_pc >= fn->instructions)
            return false;
        const insn *i = &m->image->code[fn->code + s->frame_pc];
        if (i->op != OP_SCOPE || i->b != s->site)
            return false;
    }
    return true;
}

static bool saga_fits(const vm *m, const fiber *f)
{
    size_t from = 0;
    for (size_t k = 0; k < f->saga.n; k++) {
        const entry *e = &f->saga.p[k];
        if (e->first < from || e->first > f->kept.n || e->values > f->kept.n - e->first ||
            e->captures > e->values || e->site >= m->image->site_count || e->flags > ENTRY_FLAGS)
            return false;
        from = e->first + e->values;
        const fiber *child = e->kind == ENTRY_CHILD ? fiber_at(m, e->child) : NULL;
        if (e->kind > ENTRY_GONE ||
            (e->kind == ENTRY_CHILD && (!child || child == f || child->parent != f->id)))
            return false;
    }
    return true;
}

static bool facts_fit(const vm *m, const fiber *f)
{
    for (size_t k = 0; k < f->facts.n; k++)
        if (f->facts.p[k].id >= m->image->limits->facts ||
            (k && f->facts.p[k].id <= f->facts.p[k - 1].id))
            return false;
    return true;
}

static bool fiber_fits(const vm *m, const fiber *f)
{
    size_t steps = 0;
    if (f->kind == FIBER_CHILD && !site_is(m, f->site, SITE_FORK) &&
        !site_is(m, f->site, SITE_EACH))
        return false;
    if (!time_fits(f->window_start) || !time_fits(f->window_end) || f->reply >= REPLY_COUNT)
        return false;
    if (f->kind > FIBER_SAMPLER || f->state > FIBER_GONE_BACK || f->wakes ||
        (f->kind == FIBER_MAIN) != (f->id == 0) ||
        (f->kind == FIBER_MAIN) != (f->parent == NO_INDEX))
        return false;
    for (const fiber *p = f; p->parent != NO_INDEX; p = fiber_at(m, p->parent))
        if (!fiber_at(m, p->parent) || fiber_at(m, p->parent)->kind == FIBER_SAMPLER ||
            steps++ > m->fibers.n)
            return false;
    if (!scopes_fit(m, f) || !saga_fits(m, f) || !facts_fit(m, f))
        return false;
    for (size_t k = 0; k < f->acts.n; k++)
        if (!activity_fits(m, f, k))
            return false;
    return f->kind != FIBER_SAMPLER || (f->acts.n && f->acts.p[0].kind == ACT_SAMPLER);
}

static bool trigger_fits(const vm *m, const trigger *t)
{
    if (t->site == NO_INDEX)
        return t->captures.n == 0;
    return time_fits(t->since) && t->hold >= 0 && site_is(m, t->site, SITE_TRIGGER) &&
           t->captures.n == m->image->sites[t->site].captures && fiber_at(m, t->fiber);
}

bool state_fits(const vm *m)
{
    if (m->began && !time_fits(m->now))
        return false;
    for (size_t k = 0; k < m->fibers.n; k++)
        if (m->fibers.p[k] && !fiber_fits(m, m->fibers.p[k]))
            return false;
    for (size_t k = 0; k < m->triggers.n; k++)
        if (!trigger_fits(m, &m->triggers.p[k]))
            return false;
    return true;
}
