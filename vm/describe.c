/* describe.c: the run as people see it: status, in the JSON that others may rely on. */
#include "vm/state.h"

static const char *const states[] = {
    [RUN_NEW] = "new",         [RUN_RUNNING] = "running",     [RUN_WAITING] = "waiting",
    [RUN_PAUSED] = "paused",   [RUN_COMPLETED] = "completed", [RUN_ROLLING_BACK] = "rolling_back",
    [RUN_PARTIAL] = "partial", [RUN_STOPPED] = "stopped",     [RUN_ROLLED_BACK] = "rolled_back",
    [RUN_STUCK] = "stuck",
};

static bool is_work(const vm *m, const board_row *r)
{
    uint32_t kind = r->site < m->image->site_count ? m->image->sites[r->site].kind : SITE_COUNT;
    return kind == SITE_STEP || kind == SITE_TASK || kind == SITE_APPROVE || kind == SITE_UNTIL;
}

static bool is_phase(const vm *m, const board_row *r)
{
    return r->site < m->image->site_count && m->image->sites[r->site].kind == SITE_SCOPE &&
           m->image->sites[r->site].action == SCOPE_PHASE;
}

static uint32_t sites_of(const image *i, site_kind kind)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < i->site_count; k++)
        n += i->sites[k].kind == kind;
    return n;
}

/* Done steps of all that are known. Steps in loops become known when they begin, so that it never
 * says 100 before the end, but may fall. */
static int64_t progress(const vm *m)
{
    uint32_t done = 0, known = 0;
    if (m->ended && m->end == RUN_COMPLETED)
        return 100;
    for (size_t k = 0; k < m->board.n; k++) {
        if (!is_work(m, &m->board.p[k]))
            continue;
        uint32_t s = m->board.p[k].state;
        known++;
        done += s == MARK_DONE || s == MARK_FOUND || s == MARK_SKIPPED;
    }
    uint32_t all = sites_of(m->image, SITE_STEP) + sites_of(m->image, SITE_TASK) +
                   sites_of(m->image, SITE_APPROVE) + sites_of(m->image, SITE_UNTIL);
    if (known > all)
        all = known;
    return all ? (int64_t)done * 99 / all : 0;
}

static void put_board(const vm *m, json_writer *w)
{
    json_add_array(w, "phases");
    for (size_t k = 0; k < m->board.n; k++) {
        const board_row *r = &m->board.p[k];
        if (!is_phase(m, r))
            continue;
        json_object(w);
        json_add_text(w, "name", buffer_view(&r->path));
        json_add_cstr(w, "state", mark_name(r->state));
        json_object_end(w);
    }
    json_array_end(w);
    json_add_array(w, "steps");
    for (size_t k = 0; k < m->board.n; k++) {
        const board_row *r = &m->board.p[k];
        if (!is_work(m, r))
            continue;
        json_object(w);
        json_add_text(w, "path", buffer_view(&r->path));
        json_add_cstr(w, "state", mark_name(r->state));
        json_add_text(w, "title", buffer_view(&r->title));
        json_add_int(w, "attempt", r->attempt);
        json_object_end(w);
    }
    json_array_end(w);
}

static const board_row *row_at(const vm *m, text path)
{
    for (size_t k = 0; k < m->board.n; k++)
        if (text_equal(buffer_view(&m->board.p[k].path), path))
            return &m->board.p[k];
    return NULL;
}

static const char *wait_name(const fiber *f, const activity *a)
{
    static const char *const names[] = {[WAIT_TASK] = "task",
                                        [WAIT_APPROVAL] = "approval",
                                        [WAIT_QUESTION] = "question",
                                        [WAIT_DOUBT] = "doubt"};
    if (a->waiting)
        return names[a->waiting];
    if (a->awaits & AWAIT_RESOURCE)
        return "resource";
    if (a->awaits & AWAIT_RESUME)
        return "resume";
    if (!(a->awaits & AWAIT_TIMER) || f->kind == FIBER_SAMPLER)
        return NULL;
    return a->kind == ACT_WINDOW  ? "window"
           : a->kind == ACT_UNTIL ? "condition"
           : a->kind == ACT_LIVE  ? "traffic"
                                  : "timer";
}

/* What a task wants noted before it is done; nothing for the rest. */
static void put_evidence(const vm *m, json_writer *w, const activity *a)
{
    if (a->kind != ACT_TASK || m->image->sites[a->site].evidence == NO_INDEX)
        return;
    json_add_text(w, "evidence", image_text(m->image, m->image->sites[a->site].evidence));
}

static void put_instant(json_writer *w, const char *key, instant at)
{
    json_put_key(w, key);
    if (at == QUANTITY_NONE || at == QUANTITY_NA || at >= QUANTITY_MAX - 1)
        json_put_null(w);
    else
        json_put_int(w, at);
}

/* When those who are asked, and those called in their place, are there; of the machine's image,
 * since whoever shows it needs a zone for it. */
static void put_hours(const vm *m, json_writer *w, const fiber *f, const activity *a)
{
    uint32_t n, single[2], role[32];
    instant at[32];
    const uint32_t *pair = asked_roles(m, a, &n, single);
    uint32_t deputies = asking_deputies(m, f, a, role, at, 32);
    json_add_object(w, "hours");
    for (uint32_t k = 0; k < n + deputies; k++) {
        uint32_t of = k < n ? pair[2 * k] : role[k - n], before = 0;
        text hours = image_field_text(m->image, TABLE_ROLE, COLUMN_ROLE_HOURS, of);
        while (before < k && of != (before < n ? pair[2 * before] : role[before - n]))
            before++;
        if (!hours.n || before < k)
            continue;
        json_put_key_text(w, image_field_text(m->image, TABLE_ROLE, COLUMN_ROLE_NAME, of));
        json_put_text(w, hours);
    }
    json_object_end(w);
}

/* The deputies that were called, and when. */
static void put_calls(const vm *m, json_writer *w, const fiber *f, const activity *a)
{
    uint32_t role[32];
    instant at[32];
    uint32_t n = asking_deputies(m, f, a, role, at, 32);
    json_add_array(w, "calls");
    for (uint32_t k = 0; k < n; k++) {
        json_object(w);
        json_add_text(w, "role", image_field_text(m->image, TABLE_ROLE, COLUMN_ROLE_NAME, role[k]));
        put_instant(w, "at", at[k]);
        json_object_end(w);
    }
    json_array_end(w);
}

static void put_wait(const vm *m, json_writer *w, const fiber *f, const activity *a, arena *scratch)
{
    text path = act_path(m, f, a, scratch);
    const board_row *row = row_at(m, path);
    ptrdiff_t dot = (ptrdiff_t)path.n;
    while (dot > 0 && path.p[dot - 1] != '.')
        dot--;
    json_object(w);
    json_add_cstr(w, "kind", wait_name(f, a));
    json_add_text(w, "name", text_slice(path, (size_t)dot, path.n));
    json_add_text(w, "path", path);
    json_add_text(w, "title", row ? buffer_view(&row->title) : TEXT(""));
    asked_put(m, w, a);
    put_evidence(m, w, a);
    put_instant(w, "since", a->begun);
    bool people = a->waiting != WAIT_NOTHING && a->waiting != WAIT_DOUBT;
    put_instant(w, "until",
                people                    ? a->until
                : a->awaits & AWAIT_TIMER ? a->deadline
                                          : QUANTITY_NONE);
    put_instant(w, "due", asking_due(m, f, a));
    put_calls(m, w, f, a);
    put_hours(m, w, f, a);
    json_add_text(w, "question",
                  a->waiting == WAIT_QUESTION || a->waiting == WAIT_DOUBT ? buffer_view(&f->why)
                                                                          : TEXT(""));
    json_put_key(w, "otherwise"); /* what is done where nobody answers in time */
    if (a->waiting == WAIT_QUESTION && a->until != QUANTITY_NONE)
        json_put_cstr(w, reply_name(a->response));
    else
        json_put_null(w);
    json_add_array(w, "answers");
    for (unsigned r = 1; r < REPLY_COUNT; r++)
        if (a->waiting && a->answers & ANSWER(r))
            json_put_cstr(w, reply_name(r));
    json_array_end(w);
    json_object_end(w);
}

static void put_waiting(const vm *m, json_writer *w)
{
    arena scratch;
    arena_init(&scratch);
    json_add_array(w, "waiting");
    for (size_t k = 0; k < m->fibers.n; k++) {
        fiber *f = m->fibers.p[k];
        const activity *a = f ? fiber_top(f) : NULL;
        if (a && !m->ended && wait_name(f, a))
            put_wait(m, w, f, a, &scratch);
    }
    json_array_end(w);
    arena_release(&scratch);
}

/* How long a write under way may take to settle, which going back waits for. */
static duration settling(const vm *m, const fiber *f)
{
    for (size_t k = 0; k < f->acts.n; k++) {
        const activity *a = &f->acts.p[k];
        if (a->flags & ACT_FLIGHT)
            return request_timeout(&m->image->sites[a->site]);
    }
    return 0;
}

/* QUANTITY_NONE: no window binds it, or it goes back already. */
static instant turn_back_of(const vm *m, const fiber *f, instant *start, instant *end)
{
    if (!f || f->state != FIBER_LIVE || f->doom != NO_INDEX || fiber_goes_back(f))
        return QUANTITY_NONE;
    instant from = QUANTITY_NONE, to = window_end_of(m, f, &from);
    if (to == QUANTITY_NONE)
        return QUANTITY_NONE;
    *start = from, *end = to;
    instant back = to - time_after(saga_worst_back(m, f), settling(m, f));
    return back < 0 ? 0 : back;
}

/* The last instant at which going back from here still ends inside the window: its end, less the
 * worst case of undoing everything done and of what is under way. The earliest over all fibers. It
 * may lie in the past: then going back does not fit any more, and that is said. */
static void put_turn_back(const vm *m, json_writer *w)
{
    instant least = QUANTITY_NONE, start = QUANTITY_NONE, end = QUANTITY_NONE;
    for (size_t k = 0; k < m->fibers.n && !m->ended; k++) {
        instant back = turn_back_of(m, m->fibers.p[k], &start, &end);
        if (back != QUANTITY_NONE && (least == QUANTITY_NONE || back < least))
            least = back;
    }
    put_instant(w, "turn_back_by", least);
    json_add_bool(w, "turn_back_passed", least != QUANTITY_NONE && least < m->now);
    json_put_key(w, "window");
    if (end == QUANTITY_NONE) {
        json_put_null(w);
        return;
    }
    json_object(w);
    put_instant(w, "start", start);
    put_instant(w, "end", end);
    json_object_end(w);
}

static int64_t count_doubt(const vm *m, bool stuck)
{
    int64_t n = 0;
    for (size_t k = 0; k < m->fibers.n; k++)
        for (size_t j = 0; m->fibers.p[k] && j < m->fibers.p[k]->acts.n; j++) {
            const activity *a = &m->fibers.p[k]->acts.p[j];
            n += stuck ? (a->flags & ACT_STUCK) != 0 : a->kind == ACT_DOUBT;
        }
    return n;
}

void vm_describe(const vm *m, json_writer *w)
{
    json_add_cstr(w, "state", states[vm_state(m)]);
    json_add_int(w, "progress", progress(m));
    put_board(m, w);
    put_waiting(m, w);
    put_turn_back(m, w);
    json_add_int(w, "in_doubt", count_doubt(m, false));
    json_add_int(w, "stuck", count_doubt(m, true));
}
