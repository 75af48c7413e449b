/* plan_time.c: see plan_time.h. */
#include "cli/plan_time.h"

#include "base/json.h"

#include <string.h>

static int64_t known(int64_t d)
{
    return d == QUANTITY_NONE || d == QUANTITY_NA ? 0 : d;
}

static int number_at(const json_document *d, uint32_t list, uint32_t index)
{
    int64_t v = 0;
    uint32_t n = list ? json_element(d, list, index) : 0;
    return n && decimal_read(json_raw(d, n), 0, false, &v, NULL) ? (int)v : 0;
}

/* The rule as the image holds it (tables.def, WINDOW RULE). */
static bool read_rule(const json_document *d, window_rule *r)
{
    uint32_t from = json_member(d, 0, TEXT("from")), to = json_member(d, 0, TEXT("to"));
    uint32_t kind = json_member(d, 0, TEXT("kind"));
    text word = kind ? json_raw(d, kind) : (text){0};
    *r = (window_rule){0};
    if (!from || !to)
        return false;
    if (text_is(word, "\"dated\"")) {
        r->kind = WINDOW_DATED;
        text f = json_raw(d, from), t = json_raw(d, to);
        return date_time_read(text_slice(f, 1, f.n - 1), &r->from) &&
               date_time_read(text_slice(t, 1, t.n - 1), &r->to);
    }
    bool daily = text_is(word, "\"daily\"");
    r->kind = daily ? WINDOW_DAILY : WINDOW_WEEKLY;
    if (daily) {
        r->from_minute = number_at(d, from, 0);
        r->to_minute = number_at(d, to, 0);
        return true;
    }
    r->from_weekday = number_at(d, from, 0);
    r->from_minute = number_at(d, from, 1);
    r->to_weekday = number_at(d, to, 0);
    r->to_minute = number_at(d, to, 1);
    return true;
}

static text rule_of(const image *i, text name)
{
    uint32_t row = image_find_row(i, TABLE_WINDOW, name);
    for (uint32_t k = 0; row == NO_INDEX && k < i->tables[TABLE_WINDOW].rows; k++) {
        text qualified = image_field_text(i, TABLE_WINDOW, COLUMN_WINDOW_NAME, k);
        const char *dot = qualified.n ? memrchr(qualified.p, '.', qualified.n) : NULL;
        if (dot &&
            text_equal(text_slice(qualified, (size_t)(dot - qualified.p) + 1, qualified.n), name))
            row = k;
    }
    return row == NO_INDEX ? (text){0} : image_field_text(i, TABLE_WINDOW, COLUMN_WINDOW_RULE, row);
}

static void occurrence(cli *c, const image *i, instant from, planned_window *w)
{
    json_document d;
    window_rule r;
    w->known = zone_load(&c->memory, w->window->zone, &w->zone) == ZONE_OK &&
               json_read(&c->memory, rule_of(i, w->window->name), &d, NULL) && read_rule(&d, &r) &&
               window_next(&r, w->zone, from, &w->span);
    /* A window that has begun is too late to plan for. */
    if (w->known && w->span.start < from)
        w->known = window_next(&r, w->zone, w->span.end + SECOND, &w->span);
}

static planned_window *window_named(planned *p, text name)
{
    for (size_t i = 0; i < p->migration->window_count; i++)
        if (text_equal(p->window[i].window->name, name))
            return &p->window[i];
    return NULL;
}

static void measure_windows(planned *p)
{
    const plan_migration *m = p->migration;
    p->fits = true;
    for (size_t i = 0; i < m->line_count; i++) {
        planned_window *w = m->lines[i].window.n ? window_named(p, m->lines[i].window) : NULL;
        if (!w)
            continue;
        w->used = true;
        w->forward += known(m->lines[i].worst);
        w->back += known(m->lines[i].worst_back);
    }
    for (size_t i = 0; i < m->window_count; i++) {
        planned_window *w = &p->window[i];
        duration length = w->known ? w->span.end - w->span.start : known(w->window->shortest);
        w->spare = length - w->forward - w->back;
        w->fits = w->spare >= 0;
        w->turn_back_by = w->span.end - w->back;
        if (w->used && !w->fits)
            p->fits = false;
    }
}

/* A time of the plan: since the start of a window, or of the run. */
typedef struct {
    const planned_window *window;
    duration likely, latest;
} moment;

typedef struct {
    planned *p;
    size_t next; /* line */
} walk;

static bool is_block(plan_kind k)
{
    return k == PLAN_PHASE || k == PLAN_APPLY || k == PLAN_EACH || k == PLAN_ELEMENT ||
           k == PLAN_BRANCH;
}

static moment walk_lines(walk *w, unsigned depth, moment at);

static duration likely_of(const plan_line *l)
{
    if (l->low == QUANTITY_NONE && l->high == QUANTITY_NONE)
        return 0;
    if (l->low == QUANTITY_NONE || l->high == QUANTITY_NONE)
        return known(l->low) + known(l->high);
    return l->low + (l->high - l->low) / 2;
}

static int64_t start_of(const planned_window *w)
{
    return w && w->known ? w->span.start : INT64_MIN / 2;
}

/* Both ends of what runs side by side; a window is after the run's start, a later one after it. */
static moment later_of(moment a, moment b)
{
    if (a.window != b.window)
        return start_of(a.window) >= start_of(b.window) && a.window ? a : b;
    a.likely = b.likely > a.likely ? b.likely : a.likely;
    a.latest = b.latest > a.latest ? b.latest : a.latest;
    return a;
}

static moment window_enter(walk *w, const plan_line *l, moment at)
{
    planned_window *to = l->window.n ? window_named(w->p, l->window) : NULL;
    if (!to || at.window == to)
        return at;
    if (!at.window && at.latest > to->lead)
        to->lead = at.latest;
    return (moment){.window = to};
}

enum { LANES = 64 };

static size_t lane_free(const moment *lane, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (lane[i].window == lane[best].window
                ? lane[i].likely < lane[best].likely
                : start_of(lane[i].window) < start_of(lane[best].window))
            best = i;
    return best;
}

/* Elements take the lane that is free first. */
static moment walk_each(walk *w, const plan_line *l, moment at)
{
    const plan_migration *m = w->p->migration;
    moment lane[LANES], end = at;
    size_t lanes = l->lanes < 1 ? 1 : l->lanes > LANES ? LANES : (size_t)l->lanes;
    for (size_t i = 0; i < lanes; i++)
        lane[i] = at;
    while (w->next < m->line_count && m->lines[w->next].depth > l->depth) {
        size_t to = lane_free(lane, lanes);
        if (m->lines[w->next].kind != PLAN_ELEMENT) { /* not known: once, for all */
            moment once = walk_lines(w, l->depth + 1, at);
            int64_t times = l->count > 1 ? (l->count + (int64_t)lanes - 1) / (int64_t)lanes : 1;
            if (once.window == at.window) {
                once.likely = at.likely + (once.likely - at.likely) * times;
                once.latest = at.latest + (once.latest - at.latest) * times;
            }
            return once;
        }
        size_t i = w->next++;
        lane[to] = walk_lines(w, l->depth + 2, lane[to]);
        w->p->line[i] = (planned_line){lane[to].window, lane[to].likely, lane[to].latest, true};
        end = later_of(end, lane[to]);
    }
    return end;
}

static moment walk_block(walk *w, const plan_line *l, moment at)
{
    moment end = l->kind == PLAN_EACH ? walk_each(w, l, at) : walk_lines(w, l->depth + 1, at);
    if (end.window == at.window && l->worst != QUANTITY_NONE && l->worst != QUANTITY_NA &&
        at.latest + l->worst > end.latest)
        end.latest = at.latest + l->worst;
    return end;
}

static moment walk_line(walk *w, const plan_line *l, moment at)
{
    if (is_block(l->kind))
        return walk_block(w, l, at);
    if (l->kind == PLAN_TRIGGER) /* armed, then beside what follows */
        return at;
    at.likely += likely_of(l);
    at.latest += l->worst == QUANTITY_NONE ? known(l->high) : known(l->worst);
    return at;
}

/* Lines of one depth, from w->next on; returns when the last of them is done. */
static moment walk_lines(walk *w, unsigned depth, moment at)
{
    const plan_migration *m = w->p->migration;
    moment beside = at;
    while (w->next < m->line_count && m->lines[w->next].depth >= depth) {
        size_t i = w->next++;
        const plan_line *l = &m->lines[i];
        at = window_enter(w, l, at);
        moment done = walk_line(w, l, at);
        w->p->line[i] = (planned_line){
            done.window, done.likely, done.latest,
            done.window != at.window || done.likely > at.likely || done.latest > at.latest ||
                (at.window && !is_block(l->kind) && l->kind != PLAN_TRIGGER)};
        if (l->kind == PLAN_OBSERVE)
            beside = later_of(beside, done);
        else
            at = done;
    }
    return later_of(at, beside);
}

/* After the first undo expires, what it would undo counts as irreversible. */
static void measure_expiry(planned *p)
{
    for (size_t i = 0; i < p->migration->line_count; i++) {
        const plan_line *l = &p->migration->lines[i];
        const planned_window *in = p->line[i].window;
        if (!in || !in->known || l->expires == QUANTITY_NONE || l->expires == QUANTITY_NA)
            continue;
        planned_window *w = &p->window[in - p->window];
        instant then = w->span.start + p->line[i].likely + l->expires;
        if (w->expiring && w->no_return <= then)
            continue;
        w->expiring = l;
        w->no_return = then;
    }
}

void plan_times(cli *c, const program *p, const plan_migration *m, instant from, planned *out)
{
    *out = (planned){.migration = m,
                     .line = arena_array(&c->memory, planned_line, m->line_count),
                     .window = arena_array(&c->memory, planned_window, m->window_count)};
    for (size_t i = 0; i < m->window_count; i++) {
        out->window[i].window = &m->windows[i];
        occurrence(c, p->image, from, &out->window[i]);
    }
    measure_windows(out);
    walk w = {.p = out};
    walk_lines(&w, 0, (moment){0});
    measure_expiry(out);
}
