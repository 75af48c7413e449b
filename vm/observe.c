/* observe.c: samplers, the series they fill, and the triggers that watch them.
 *
 * A sampler is a fiber of its own that evaluates its body on a grid of ticks. A tick that was
 * missed or gave no data is a gap: it resets what triggers saw, and three in a row, or the last
 * one, pause the run with a question, since blind is neither healthy nor failing. Quantiles are
 * exact: a series keeps its samples sorted, up to SAMPLE_LIMIT; beyond it they are not available.
 */
#include "vm/state.h"

#include <string.h>

/* --- series --- */

static void sorted_insert(series *s, int64_t v)
{
    size_t low = 0, high = s->sorted.n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (s->sorted.p[mid] <= v)
            low = mid + 1;
        else
            high = mid;
    }
    vec_push(&s->sorted, v);
    memmove(s->sorted.p + low + 1, s->sorted.p + low, (s->sorted.n - 1 - low) * sizeof v);
    s->sorted.p[low] = v;
}

static void series_add(series *s, instant now, int64_t v)
{
    if (value_absent(v)) {
        s->gaps++;
        s->gap_run++;
        return;
    }
    if (s->since == QUANTITY_NONE)
        s->since = now;
    s->last = v;
    s->last_at = now;
    s->gap_run = 0;
    s->count++;
    s->sum += v;
    if (s->sorted.n < SAMPLE_LIMIT)
        sorted_insert(s, v);
}

static int64_t quantile(const series *s, unsigned percent)
{
    if (s->count > SAMPLE_LIMIT || !s->sorted.n)
        return QUANTITY_NA;
    return s->sorted.p[(s->sorted.n * percent + 99) / 100 - 1];
}

int64_t series_statistic(void *self, int64_t handle, statistic_id id)
{
    const vm *m = self;
    if (handle < 0 || handle >= (int64_t)m->series.n)
        return QUANTITY_NA;
    const series *s = &m->series.p[handle];
    switch (id) {
    case STATISTIC_SAMPLES: return decimal_fit((int128)s->count * UNIT_NUMBER);
    case STATISTIC_GAPS: return decimal_fit((int128)s->gaps * UNIT_NUMBER);
    default: break;
    }
    if (!s->count || !s->sorted.n)
        return QUANTITY_NA;
    switch (id) {
    case STATISTIC_LAST: return s->last;
    case STATISTIC_MEAN: return decimal_fit(decimal_divide(s->sum, (int128)s->count));
    case STATISTIC_LEAST: return s->sorted.p[0];
    case STATISTIC_MOST: return vec_last(&s->sorted);
    case STATISTIC_P50: return quantile(s, 50);
    case STATISTIC_P95: return quantile(s, 95);
    case STATISTIC_P99: return quantile(s, 99);
    default: return QUANTITY_NA;
    }
}

void instruction_observe(vm *m, fiber *f, const insn *i)
{
    const image_site *s = &m->image->sites[i->b];
    const image_function *fn = &m->image->functions[s->body];
    duration every = *exec_register(&f->x, i->c), length = *exec_register(&f->x, i->c + 1u);
    if (m->series.n >= SERIES_LIMIT) {
        vm_broken(m, "more series than a run may have");
        return;
    }
    fiber *sampler = fiber_new(m, FIBER_SAMPLER, f, i->b);
    if (!sampler)
        return;
    for (uint32_t k = 0; k < s->captures && k < fn->parameters; k++) {
        type_word t = m->image->types[fn->types + k];
        kept v = {value_copy(m->image, &f->x.heap, &sampler->keep, t,
                             *exec_register(&f->x, i->c + 2u + k)),
                  t};
        vec_push(&sampler->kept, v);
    }
    series n = {.sampler = sampler->id, .since = QUANTITY_NONE, .last_at = QUANTITY_NONE};
    n.type = fn->results ? m->image->types[fn->result_types] : TYPE_WORD(TYPE_BOOL, 0);
    n.interval = every < SECOND ? SECOND : every;
    n.last = QUANTITY_NA;
    vec_push(&m->series, n);
    sampler->series = (uint32_t)m->series.n - 1;
    activity *a = fiber_push(sampler, ACT_SAMPLER, i->b);
    a->interval = n.interval;
    a->since = m->now;
    a->until = decimal_add(m->now, length < 0 ? 0 : length);
    if (a->until == QUANTITY_NA)
        a->until = QUANTITY_MAX - 1;
    fiber_wake(sampler, CAUSE_START);
    *exec_register(&f->x, i->a) = sampler->series;
}

bool samplers_live(const vm *m, const fiber *f, uint32_t level)
{
    for (size_t k = 0; k < m->fibers.n; k++) {
        const fiber *s = m->fibers.p[k];
        if (s && s->kind == FIBER_SAMPLER && s->parent == f->id && s->level >= level)
            return true;
    }
    return false;
}

void samplers_end(vm *m, const fiber *f, uint32_t level)
{
    for (size_t k = 0; k < m->fibers.n; k++) {
        fiber *s = m->fibers.p[k];
        if (s && s->kind == FIBER_SAMPLER && s->parent == f->id && s->level >= level)
            fiber_end(m, s, FIBER_DONE);
    }
}

/* --- triggers --- */

static uint32_t trigger_slot(vm *m)
{
    for (uint32_t k = 0; k < m->triggers.n; k++)
        if (m->triggers.p[k].site == NO_INDEX)
            return k;
    trigger t = {.site = NO_INDEX};
    vec_push(&m->triggers, t);
    return (uint32_t)m->triggers.n - 1;
}

void instruction_arm(vm *m, fiber *f, const insn *i)
{
    const image_site *s = &m->image->sites[i->b];
    const image_function *fn = &m->image->functions[s->check];
    if (m->triggers.n >= SERIES_LIMIT) {
        vm_broken(m, "more triggers than a run may have");
        return;
    }
    uint32_t slot = trigger_slot(m); /* may move the rows */
    trigger *t = &m->triggers.p[slot];
    duration hold = *exec_register(&f->x, i->c);
    *t = (trigger){.site = i->b, .fiber = f->id, .level = (uint32_t)f->scopes.n};
    t->hold = hold < 0 ? 0 : hold;
    t->since = QUANTITY_NONE;
    for (uint32_t k = 0; k < s->captures && k < fn->parameters; k++) {
        type_word type = m->image->types[fn->types + k];
        kept v = {
            value_copy(m->image, &f->x.heap, &t->heap, type, *exec_register(&f->x, i->c + 1u + k)),
            type};
        vec_push(&t->captures, v);
    }
}

static void disarm(trigger *t)
{
    vec_release(&t->captures);
    heap_release(&t->heap);
    *t = (trigger){.site = NO_INDEX};
}

void triggers_disarm(vm *m, const fiber *f, uint32_t level)
{
    for (size_t k = 0; k < m->triggers.n; k++) {
        trigger *t = &m->triggers.p[k];
        if (t->site != NO_INDEX && t->fiber == f->id && t->level >= level)
            disarm(t);
    }
}

/* The path of the scope in which it was armed; the fiber may be deeper by now. */
static text trigger_path(vm *m, const trigger *t)
{
    const fiber *f = fiber_at(m, t->fiber);
    if (!f)
        return TEXT("");
    size_t n = t->level < f->scopes.n ? f->scopes.p[t->level].path : f->path.n;
    text name = image_text(m->image, m->image->sites[t->site].name);
    return text_format(&m->turn, "%.*s%s%.*s", (int)n, f->path.p ? f->path.p : "",
                       n && name.n ? "." : "", TEXT_ARG(name));
}

static bool watches(const trigger *t, uint32_t index)
{
    for (size_t k = 0; k < t->captures.n; k++)
        if (TYPE_ID(t->captures.p[k].type) == TYPE_SERIES && t->captures.p[k].value == index)
            return true;
    return false;
}

static uint32_t trigger_args(const trigger *t, int64_t *args)
{
    uint32_t n = t->captures.n < ARGUMENTS ? (uint32_t)t->captures.n : ARGUMENTS;
    for (uint32_t k = 0; k < n; k++)
        args[k] = t->captures.p[k].value;
    return n;
}

/* What a pure function left in the trigger's heap goes away again, so that the heap does not grow
 * with every sample. */
static int64_t trigger_holds(vm *m, trigger *t)
{
    int64_t args[ARGUMENTS], v = QUANTITY_NA;
    size_t before = t->heap.n;
    uint32_t n = trigger_args(t, args);
    if (exec_pure(&m->exec, m->image->sites[t->site].check, args, n, &v, &t->heap) != EXEC_RETURNED)
        v = QUANTITY_NA;
    t->heap.n = before;
    return v;
}

static text trigger_title(vm *m, trigger *t)
{
    const image_site *s = &m->image->sites[t->site];
    int64_t args[ARGUMENTS], v = QUANTITY_NA;
    size_t before = t->heap.n;
    uint32_t n = trigger_args(t, args);
    if (s->title == NO_INDEX ||
        exec_pure(&m->exec, s->title, args, n, &v, &t->heap) != EXEC_RETURNED)
        return s->wanted == NO_INDEX ? TEXT("") : image_text(m->image, s->wanted);
    text title = text_copy(&m->turn, value_text(m->image, &t->heap, v));
    t->heap.n = before;
    return title;
}

/* true when it asks people: a pause. */
static bool trigger_fire(vm *m, trigger *t)
{
    static const char *const verdicts[] = {"rollback", "pause", "alert"};
    const image_site *s = &m->image->sites[t->site];
    fiber *f = fiber_at(m, t->fiber);
    int64_t args[ARGUMENTS];
    text title = trigger_title(m, t), path = trigger_path(m, t);
    trigger_args(t, args);
    t->crossed = true;
    decision(m, f, t->site, "trigger", verdicts[s->action % 3], path, args, &t->heap, title);
    if (s->action == TRIGGER_ROLLBACK)
        fiber_doom(m, f, t->level, text_format(&m->turn, "rollback when %.*s", TEXT_ARG(title)).p);
    else if (s->action == TRIGGER_ALERT)
        notice(m, f, t->site, path, title, told_role(m, s));
    return s->action == TRIGGER_PAUSE;
}

/* Whether a trigger found its condition true, but not yet for long enough. */
static bool suspected(const vm *m, uint32_t index)
{
    for (uint32_t k = 0; k < m->triggers.n; k++) {
        const trigger *t = &m->triggers.p[k];
        if (t->site != NO_INDEX && t->since != QUANTITY_NONE && !t->crossed && watches(t, index))
            return true;
    }
    return false;
}

/* Looks at all triggers that watch a series after a sample. The one that pauses, or NO_INDEX. */
static uint32_t triggers_look(vm *m, uint32_t index, bool data, bool slept, bool last)
{
    bool blind = !data && !dry(m) &&
                 (m->series.p[index].gap_run == 3 || (last && m->series.p[index].gap_run < 3));
    uint32_t pauses = NO_INDEX;
    for (uint32_t k = 0; k < m->triggers.n; k++) {
        trigger *t = &m->triggers.p[k];
        if (t->site == NO_INDEX || !watches(t, index) || !fiber_at(m, t->fiber))
            continue;
        if (slept)
            t->since = QUANTITY_NONE;
        if (!data || trigger_holds(m, t) != 1) {
            t->since = QUANTITY_NONE;
            t->crossed = false;
            if (blind)
                pauses = k;
            continue;
        }
        if (t->since == QUANTITY_NONE)
            t->since = m->now;
        if (!t->crossed && m->now - t->since >= t->hold && trigger_fire(m, t))
            pauses = k;
    }
    return pauses;
}

/* --- the sampler --- */

enum { SAMPLE_BEGIN, SAMPLE_BODY, SAMPLE_PAUSE, SAMPLE_ASK };

static void series_mark(vm *m, fiber *f, const activity *a, unsigned state)
{
    board_mark(m, f, a->site, act_path(m, f, a, &m->turn), state, TEXT(""), TEXT(""));
}

/* `attempt` is the tick that was set, `doubts` how many later ones had passed when it came: time in
 * which nobody looked, as when the machine slept. A read that takes longer than the interval is no
 * such gap: the source was being asked all the while. */
static go sample_begin(vm *m, fiber *f, activity *a)
{
    uint32_t tick = (uint32_t)((m->now - a->since) / a->interval);
    if (a->phase == SAMPLE_BEGIN)
        series_mark(m, f, a, MARK_STARTED);
    a->doubts = tick > a->attempt ? tick - a->attempt : 0;
    const image_site *s = &m->image->sites[a->site];
    int64_t args[ARGUMENTS];
    uint32_t n = f->kept.n < ARGUMENTS ? (uint32_t)f->kept.n : ARGUMENTS;
    for (uint32_t k = 0; k < n; k++)
        args[k] = value_copy(m->image, &f->keep, &f->x.heap, f->kept.p[k].type, f->kept.p[k].value);
    a->phase = SAMPLE_BODY;
    return fiber_call(m, f, s->body, args, n);
}

/* A watch does not end on a suspicion: while a trigger's condition is true it goes on, tick by
 * tick, until that is decided. */
static go sample_next(vm *m, fiber *f, activity *a)
{
    bool over = m->now >= a->until;
    if (over && !suspected(m, f->series)) {
        series_mark(m, f, a, MARK_DONE);
        fiber_end(m, f, FIBER_DONE);
        return GO_END;
    }
    int64_t passed = (m->now - a->since) / a->interval;
    instant next = decimal_add(a->since, (passed + 1) * a->interval);
    if (next == QUANTITY_NA || (next > a->until && !over))
        next = a->until;
    a->attempt = (uint32_t)((next - a->since) / a->interval);
    a->phase = SAMPLE_PAUSE;
    timer_set(f, a, next);
    return GO_WAIT;
}

static go sample_ask(vm *m, fiber *f, activity *a, uint32_t pauses)
{
    const trigger *t = &m->triggers.p[pauses];
    a->phase = SAMPLE_ASK;
    a->entry = t->fiber;
    a->next = t->level;
    m->holds++;
    bool blind = m->series.p[f->series].gap_run >= 3;
    return question_ask(m, f, a->site, ANSWER(REPLY_ROLLBACK) | ANSWER(REPLY_CONTINUE), "trigger",
                        blind ? TEXT("no data: neither healthy nor failing")
                              : TEXT("a trigger asks to pause"));
}

static go sample_taken(vm *m, fiber *f, activity *a, int64_t v)
{
    series *s = &m->series.p[f->series];
    bool slept = a->doubts > 0;
    if (slept) {
        s->gaps += a->doubts;
        s->gap_run = 0;
    }
    series_add(s, m->now, v);
    uint32_t pauses = triggers_look(m, f->series, !value_absent(v), slept, m->now >= a->until);
    return pauses == NO_INDEX ? sample_next(m, f, a) : sample_ask(m, f, a, pauses);
}

go act_sampler(vm *m, fiber *f, activity *a, cause c)
{
    switch (a->phase) {
    case SAMPLE_BODY: {
        int64_t v = c == CAUSE_RETURNED ? act_result(m, f, a, 0) : QUANTITY_NA;
        v = f->sampled ? f->sample : v;
        f->sampled = false;
        return sample_taken(m, f, a, v);
    }
    case SAMPLE_ASK: {
        fiber *armed = fiber_at(m, a->entry);
        if (f->reply == REPLY_ROLLBACK && armed)
            fiber_doom(m, armed, a->next, "a person answered the trigger with rollback");
        return sample_next(m, f, a);
    }
    default: return sample_begin(m, f, a);
    }
}
