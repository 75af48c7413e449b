/* plan_time.c: see plan_time.h. */
#include "cli/plan_time.h"

#include "base/json.h"
#include "stdlib/connect/window.h"

#include <string.h>

static int64_t known(int64_t d)
{
    return d == QUANTITY_NONE || d == QUANTITY_NA ? 0 : d;
}

/* Windows of one name in two migrations have those of their migrations in front. */
static text rule_of(cli *c, const image *i, text migration, text name)
{
    text qualified = text_format(&c->memory, "%.*s.%.*s", TEXT_ARG(migration), TEXT_ARG(name));
    uint32_t row = image_find_row(i, TABLE_WINDOW, qualified);
    if (row == NO_INDEX)
        row = image_find_row(i, TABLE_WINDOW, name);
    return row == NO_INDEX ? (text){0} : image_field_text(i, TABLE_WINDOW, COLUMN_WINDOW_RULE, row);
}

/* What the machine asks when it comes to the window (wait.c), so that the plan gets its answer. */
static text question(cli *c, text rule, const plan_migration *m)
{
    buffer b = {0};
    json_writer w;
    json_begin(&w, &b, 0);
    json_object(&w);
    json_add_array(&w, "freezes");
    for (size_t i = 0; i < m->freeze_count; i++) {
        json_object(&w);
        json_add_text(&w, "from", m->freezes[i].from);
        json_add_text(&w, "to", m->freezes[i].to);
        json_add_text(&w, "zone", m->freezes[i].zone);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_put_key(&w, "window");
    json_put_raw(&w, rule);
    json_object_end(&w);
    text t = text_copy(&c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static void occurrence(cli *c, const image *i, instant from, planned *p, planned_window *w)
{
    json_document d;
    text rule = rule_of(c, i, p->migration->name, w->window->name);
    if (!rule.n || zone_load(&c->memory, w->window->zone, &w->zone) != ZONE_OK ||
        !json_read(&c->memory, question(c, rule, p->migration), &d, NULL))
        return;
    uint32_t window = json_member(&d, 0, TEXT("window")),
             freezes = json_member(&d, 0, TEXT("freezes"));
    w->known = window_opening(&c->memory, &d, window, freezes, from, &w->span, &w->written) ==
               WINDOW_FOUND;
    /* A window that has begun is too late to plan for. */
    if (w->known && w->span.start < from)
        w->known = window_opening(&c->memory, &d, window, freezes, w->span.end + SECOND, &w->span,
                                  &w->written) == WINDOW_FOUND;
    instant last = w->span.end;
    while (w->known && w->laters < PLANNED_LATER &&
           window_opening(&c->memory, &d, window, freezes, last + SECOND, &w->later[w->laters],
                          NULL) == WINDOW_FOUND)
        last = w->later[w->laters++].end;
}

static planned_window *window_named(planned *p, text name)
{
    for (size_t i = 0; i < p->migration->window_count; i++)
        if (text_equal(p->window[i].window->name, name))
            return &p->window[i];
    return NULL;
}

/* What the observations of these lines add to the worst case, counted as the compiler does: the
 * longest of a block, the longest round of a loop, once for each of its rounds. */
static duration watch_lines(const plan_migration *m, size_t *next, unsigned depth)
{
    duration sum = 0, longest = 0, branch = 0;
    while (*next < m->line_count && m->lines[*next].depth >= depth) {
        const plan_line *l = &m->lines[(*next)++];
        duration own = l->kind == PLAN_OBSERVE ? known(l->low) : 0, most = 0;
        longest = own > longest ? own : longest;
        if (!plan_is_block(l->kind))
            continue;
        if (l->kind != PLAN_EACH) {
            duration inside = watch_lines(m, next, l->depth + 1);
            sum += !l->alternative ? inside : inside > branch ? inside - branch : 0;
            branch = l->alternative && branch > inside ? branch : inside;
            continue;
        }
        while (*next < m->line_count && m->lines[*next].depth > l->depth) {
            if (m->lines[*next].kind == PLAN_ELEMENT)
                (*next)++;
            duration round = watch_lines(m, next, l->depth + 2);
            most = round > most ? round : most;
            if (*next < m->line_count && m->lines[*next].depth == l->depth + 1 &&
                m->lines[*next].kind != PLAN_ELEMENT)
                most += watch_lines(m, next, l->depth + 1);
        }
        int64_t lanes = l->lanes < 1 ? 1 : l->lanes;
        sum += most * (l->count < 0 ? 1 : (l->count + lanes - 1) / lanes);
    }
    return sum + longest;
}

static bool waits_for(const plan_line *l, size_t line)
{
    for (size_t i = 0; i < l->wait_count; i++)
        if (l->waits[i] == line)
            return true;
    return false;
}

bool plan_beside(const plan_migration *m, size_t a, size_t b)
{
    const plan_line *x = &m->lines[a], *y = &m->lines[b];
    return a != b && x->beside && x->beside == y->beside && !waits_for(x, b) && !waits_for(y, a);
}

/* What phase `at` adds to its window. Of phases side by side the longest path counts: `path` holds
 * those that end with earlier lines. */
static duration window_share(const plan_migration *m, size_t at, duration own, duration *path)
{
    const plan_line *l = &m->lines[at];
    duration longest = 0, before = 0;
    if (!l->beside)
        return own;
    for (size_t i = l->beside - 1; i < at; i++) {
        if (m->lines[i].beside != l->beside || !text_equal(m->lines[i].window, l->window))
            continue;
        longest = path[i] > longest ? path[i] : longest;
        before = waits_for(l, i) && path[i] > before ? path[i] : before;
    }
    path[at] = before + own;
    return path[at] > longest ? path[at] - longest : 0;
}

/* Marks phases inside of a phase that waits for the same window. */
static void mark_inner(planned *p)
{
    const plan_migration *m = p->migration;
    const plan_line *around = NULL;
    for (size_t i = 0; i < m->line_count; i++) {
        const plan_line *l = &m->lines[i];
        if (around && l->depth <= around->depth)
            around = NULL;
        p->inner[i] = around && l->window.n && text_equal(l->window, around->window);
        if (!around && l->window.n)
            around = l;
    }
}

static void measure_windows(cli *c, planned *p)
{
    duration *forward = arena_array(&c->memory, duration, p->migration->line_count);
    duration *back = arena_array(&c->memory, duration, p->migration->line_count);
    const plan_migration *m = p->migration;
    bool side_by_side = false;
    p->fits = true;
    for (size_t i = 0; i < m->window_count; i++)
        p->window[i].fits = true;
    for (size_t i = 0; i < m->line_count; i++) {
        planned_window *w = m->lines[i].window.n ? window_named(p, m->lines[i].window) : NULL;
        if (!w || p->inner[i])
            continue;
        w->used = true;
        w->forward += window_share(m, i, known(m->lines[i].worst), forward);
        w->back += window_share(m, i, known(m->lines[i].worst_back), back);
        duration length = w->known ? w->span.end - w->span.start : known(w->window->shortest);
        w->fits &= known(m->lines[i].worst) + w->back <= length;
        size_t next = i + 1;
        w->watch += watch_lines(m, &next, m->lines[i].depth + 1);
        side_by_side |= m->lines[i].beside != 0;
    }
    for (size_t i = 0; i < m->window_count; i++) {
        planned_window *w = &p->window[i];
        duration length = w->known ? w->span.end - w->span.start : known(w->window->shortest);
        if (side_by_side) /* how much of the longest path watches is not told apart */
            w->watch = 0;
        w->spare = length - w->forward - w->back;
        w->fits &= w->spare >= 0 || w->laters > 0;
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

bool plan_is_block(plan_kind k)
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

/* When a phase that needs so long can begin, both since the first opening. */
static duration opening_for(planned_window *w, duration since, duration need)
{
    if (!w->known || w->span.start + since + need <= w->span.end)
        return since;
    for (size_t i = 0; i < w->laters; i++) {
        instant start = w->later[i].start, now = w->span.start + since;
        start = now > start ? now : start;
        if (start + need > w->later[i].end)
            continue;
        w->nights = i + 2 > w->nights ? i + 2 : w->nights;
        return start - w->span.start;
    }
    return since;
}

static moment window_enter(walk *w, const plan_line *l, moment at)
{
    planned_window *to = l->window.n ? window_named(w->p, l->window) : NULL;
    if (!to || w->p->inner[l - w->p->migration->lines])
        return at;
    to->walked_back += known(l->worst_back);
    if (at.window == to) {
        duration need = known(l->worst) + to->walked_back;
        at.likely = opening_for(to, at.likely, need);
        at.latest = opening_for(to, at.latest, need);
        return at;
    }
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
    size_t vote = m->line_count; /* between two waves */
    size_t lanes = l->lanes < 1 ? 1 : l->lanes > LANES ? LANES : (size_t)l->lanes;
    for (size_t i = 0; i < lanes; i++)
        lane[i] = at;
    while (w->next < m->line_count && m->lines[w->next].depth > l->depth) {
        size_t to = lane_free(lane, lanes);
        if (l->waves.n && m->lines[w->next].kind == PLAN_APPROVE) {
            vote = w->next++;
            continue;
        }
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
        duration begin = lane[to].likely;
        lane[to] = walk_lines(w, l->depth + 2, lane[to]);
        w->p->line[i] = (planned_line){lane[to].window, begin, lane[to].likely,
                                       lane[to].latest, true,  QUANTITY_NONE};
        end = later_of(end, lane[to]);
    }
    if (vote < m->line_count)
        w->p->line[vote] = (planned_line){end.window, end.window == at.window ? at.likely : 0,
                                          end.likely, end.latest,
                                          false,      QUANTITY_NONE};
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
    if (plan_is_block(l->kind))
        return walk_block(w, l, at);
    if (l->kind == PLAN_TRIGGER) /* armed, then beside what follows */
        return at;
    at.likely += likely_of(l);
    at.latest += l->worst == QUANTITY_NONE ? known(l->high) : known(l->worst);
    return at;
}

static moment end_of(const planned_line *l)
{
    return (moment){l->window, l->likely, l->latest};
}

/* When phase i, which has others beside it, can begin; they all began at `from`. */
static moment turn_of(const walk *w, size_t i, moment from)
{
    const plan_line *l = &w->p->migration->lines[i];
    for (size_t k = 0; k < l->wait_count; k++)
        from = later_of(from, end_of(&w->p->line[l->waits[k]]));
    return from;
}

/* Lines of one depth, from w->next on; returns when the last of them is done. */
static moment walk_lines(walk *w, unsigned depth, moment at)
{
    const plan_migration *m = w->p->migration;
    /* from: where phases side by side began; fork: where the branches of an if do. */
    moment beside = at, from = at, fork = at;
    while (w->next < m->line_count && m->lines[w->next].depth >= depth) {
        size_t i = w->next++;
        const plan_line *l = &m->lines[i];
        moment others = at;
        from = l->beside == i + 1 ? at : from;
        at = window_enter(w, l, l->alternative ? fork : l->beside ? turn_of(w, i, from) : at);
        fork = l->kind == PLAN_BRANCH ? at : fork;
        moment done = walk_line(w, l, at);
        w->p->line[i] = (planned_line){
            done.window,
            done.window == at.window ? at.likely : 0,
            done.likely,
            done.latest,
            done.window != at.window || done.likely > at.likely || done.latest > at.latest ||
                (at.window && !plan_is_block(l->kind) && l->kind != PLAN_TRIGGER),
            QUANTITY_NONE};
        if (l->kind == PLAN_OBSERVE)
            beside = later_of(beside, done);
        else
            at =
                l->alternative || (l->beside && l->beside != i + 1) ? later_of(others, done) : done;
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
        out->window[i].nights = 1;
        occurrence(c, p->image, from, out, &out->window[i]);
    }
    out->inner = arena_array(&c->memory, bool, m->line_count + 1);
    mark_inner(out);
    measure_windows(c, out);
    walk w = {.p = out};
    walk_lines(&w, 0, (moment){0});
    measure_expiry(out);
    plan_dues(c, p, out, from);
}
