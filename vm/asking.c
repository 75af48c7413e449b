/* asking.c: how people are asked, and asked again: alarms, reminders, deputies.
 *
 * What waits for people has a calendar that follows from when it began: a reminder before it is
 * due, the moment when it is due, and the deputies of the roles that are asked, each when the one
 * before has kept silent for its `page`. Nothing of it is kept but activity.since, up to when
 * people were told: the next moment is the earliest one behind it.
 *
 * A deputy speaks for a task or a question once it was called. A vote is not handed on: of an
 * approval the deputy is told, and the role still votes.
 */
#include "vm/state.h"

typedef enum { CALL_REMINDER, CALL_DUE, CALL_DEPUTY } call_kind;

typedef struct {
    call_kind kind;
    instant at;
    uint32_t role; /* who is told */
    uint32_t from; /* CALL_DEPUTY: who kept silent */
} call;

/* --- roles --- */

static uint32_t role_named(const vm *m, uint32_t column, uint32_t role)
{
    text name = image_field_text(m->image, TABLE_ROLE, column, role);
    return name.n ? image_find_row(m->image, TABLE_ROLE, name) : NO_INDEX;
}

uint32_t role_reached(const vm *m, uint32_t role)
{
    uint32_t by = role_named(m, COLUMN_ROLE_REACHED, role);
    return by == NO_INDEX ? role : by;
}

static duration page_of(const vm *m, uint32_t role)
{
    int64_t d = image_value(m->image, TABLE_ROLE, COLUMN_ROLE_PAGE, role);
    return d > 0 && d < QUANTITY_MAX ? d : 15 * MINUTE;
}

const uint32_t *asked_roles(const vm *m, const activity *a, uint32_t *n, uint32_t single[2])
{
    uint32_t at = a->site < m->image->site_count ? m->image->sites[a->site].votes : NO_INDEX;
    *n = 0;
    if (a->kind == ACT_QUESTION && a->role != NO_INDEX) {
        single[0] = a->role, single[1] = 1, *n = 1;
        return single;
    }
    if ((a->kind != ACT_TASK && a->kind != ACT_APPROVE) || at == NO_INDEX)
        return NULL;
    *n = m->image->words[at];
    return &m->image->words[at + 1];
}

void asked_put(const vm *m, json_writer *w, const activity *a)
{
    uint32_t n, single[2];
    const uint32_t *pair = asked_roles(m, a, &n, single);
    json_add_array(w, "who");
    for (uint32_t k = 0; k < n; k++)
        json_put_text(w, image_field_text(m->image, TABLE_ROLE, COLUMN_ROLE_NAME, pair[2 * k]));
    json_array_end(w);
}

uint32_t told_role(const vm *m, const image_site *s)
{
    bool named = s->votes != NO_INDEX && m->image->words[s->votes];
    return named ? m->image->words[s->votes + 1] : NO_INDEX;
}

/* --- the calendar --- */

instant asking_due(const vm *m, const fiber *f, const activity *a)
{
    if (a->kind != ACT_TASK && a->kind != ACT_APPROVE)
        return QUANTITY_NONE;
    instant due = *act_register(f, a, act_insn(m, f, a)->c);
    return value_absent(due) ? QUANTITY_NONE : due;
}

typedef bool (*call_seen)(void *self, const call *x);

/* Each role stands in once: a circle of deputies ends. False when `see` wanted no more. */
static bool each_deputy(const vm *m, const activity *a, uint32_t role, call_seen see, void *self)
{
    instant at = a->begun;
    uint32_t roles = m->image->tables[TABLE_ROLE].rows, from = role;
    for (uint32_t k = 0; k < roles; k++) {
        uint32_t to = role_named(m, COLUMN_ROLE_DEPUTY, from);
        if (to == NO_INDEX || to == role)
            return true;
        at = time_after(at, page_of(m, from));
        call x = {CALL_DEPUTY, at, to, from};
        if (!see(self, &x))
            return false;
        from = to;
    }
    return true;
}

static void each_call(const vm *m, const fiber *f, const activity *a, call_seen see, void *self)
{
    uint32_t n, single[2];
    const uint32_t *pair = asked_roles(m, a, &n, single);
    instant due = asking_due(m, f, a);
    duration remind = due == QUANTITY_NONE || a->kind != ACT_TASK
                          ? QUANTITY_NONE
                          : m->image->sites[a->site].retry_pause;
    for (uint32_t k = 0; k < n; k++) {
        call reminder = {CALL_REMINDER, due - (remind > 0 ? remind : 0), pair[2 * k], NO_INDEX};
        call now_due = {CALL_DUE, due, pair[2 * k], NO_INDEX};
        if ((remind > 0 && !see(self, &reminder)) ||
            (due != QUANTITY_NONE && !see(self, &now_due)) ||
            !each_deputy(m, a, pair[2 * k], see, self))
            return;
    }
}

typedef struct {
    instant after, at;
} search;

static bool see_next(void *self, const call *x)
{
    search *s = self;
    if (x->at > s->after && (s->at == QUANTITY_NONE || x->at < s->at))
        s->at = x->at;
    return true;
}

/* When somebody is told next; QUANTITY_NONE: never. */
static instant asking_next(const vm *m, const fiber *f, const activity *a)
{
    search s = {a->since, QUANTITY_NONE};
    if (a->since == QUANTITY_NONE)
        return QUANTITY_NONE;
    each_call(m, f, a, see_next, &s);
    return s.at;
}

/* --- telling --- */

typedef struct {
    vm *m;
    fiber *f;
    const activity *a;
    text title;
    instant at;
} telling;

static text span_text(vm *m, duration d)
{
    buffer b;
    buffer_init(&b);
    duration_write(&b, d);
    text t = text_copy(&m->turn, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static text name_of(const vm *m, uint32_t role)
{
    return image_field_text(m->image, TABLE_ROLE, COLUMN_ROLE_NAME, role);
}

static bool tell(void *self, const call *x)
{
    telling *t = self;
    vm *m = t->m;
    text said;
    if (x->at != t->at)
        return true;
    if (x->kind == CALL_REMINDER)
        said = text_format(&m->turn, "due in %.*s: %.*s",
                           TEXT_ARG(span_text(m, asking_due(m, t->f, t->a) - x->at)),
                           TEXT_ARG(t->title));
    else if (x->kind == CALL_DUE)
        said = text_format(&m->turn, "due now: %.*s", TEXT_ARG(t->title));
    else
        said = text_format(&m->turn, "%.*s has not answered for %.*s: %.*s",
                           TEXT_ARG(name_of(m, x->from)),
                           TEXT_ARG(span_text(m, page_of(m, x->from))), TEXT_ARG(t->title));
    notice(m, t->f, t->a->site, act_path(m, t->f, t->a, &m->turn), said, x->role);
    return true;
}

void asking_tell(vm *m, fiber *f, activity *a, text title)
{
    telling t = {m, f, a, title, asking_next(m, f, a)};
    each_call(m, f, a, tell, &t);
    a->since = t.at;
}

/* Only where somebody is called by it: the event `wait` has said it already. */
void asking_begin(vm *m, fiber *f, activity *a, text title)
{
    uint32_t n, single[2];
    const uint32_t *pair = asked_roles(m, a, &n, single);
    instant due = asking_due(m, f, a);
    a->since = m->now;
    for (uint32_t k = 0; k < n; k++)
        if (image_field_text(m->image, TABLE_ROLE, COLUMN_ROLE_ALARM, role_reached(m, pair[2 * k]))
                .n)
            notice(m, f, a->site, act_path(m, f, a, &m->turn), title, pair[2 * k]);
    if (due == QUANTITY_NONE || due > m->now)
        return;
    for (uint32_t k = 0; k < n; k++)
        notice(m, f, a->site, act_path(m, f, a, &m->turn),
               text_format(&m->turn, "due already for %.*s: %.*s",
                           TEXT_ARG(span_text(m, m->now - due)), TEXT_ARG(title)),
               pair[2 * k]);
}

bool asking_waits(const vm *m, fiber *f, activity *a)
{
    instant next = asking_next(m, f, a);
    if (next == QUANTITY_NONE || (a->until != QUANTITY_NONE && next >= a->until)) {
        if (a->until != QUANTITY_NONE)
            timer_set(f, a, a->until);
        return a->until != QUANTITY_NONE;
    }
    timer_set(f, a, next);
    return true;
}

bool asking_over(const vm *m, const activity *a)
{
    return a->until != QUANTITY_NONE && m->now >= a->until;
}

/* --- who stands in --- */

typedef struct {
    const activity *a;
    uint32_t *role, n, most;
    instant *at;
} called;

static bool see_called(void *self, const call *x)
{
    called *s = self;
    if (x->kind == CALL_DEPUTY && x->at <= s->a->since && s->n < s->most) {
        s->role[s->n] = x->role;
        s->at[s->n++] = x->at;
    }
    return true;
}

uint32_t asking_deputies(const vm *m, const fiber *f, const activity *a, uint32_t *role,
                         instant *at, uint32_t most)
{
    called s = {a, role, 0, most, at};
    if (a->since != QUANTITY_NONE)
        each_call(m, f, a, see_called, &s);
    return s.n;
}
