/* rollback.c: what going back would do, shown before anybody says yes. */
#include "cli/clock.h"
#include "cli/people.h"
#include "cli/replayed.h"

/* Which site performed what stands at a path, and how long that took: the journal knows, for loops
 * too. */
typedef struct {
    text path;
    uint32_t site;
    instant began;
    duration took; /* QUANTITY_NONE: it is under way */
} performed;

typedef struct {
    arena *memory;
    VEC(performed) all;
} performances;

static performed *performed_at(const performances *p, text path)
{
    for (size_t k = p->all.n; k-- > 0;)
        if (text_equal(p->all.p[k].path, path))
            return &p->all.p[k];
    return NULL;
}

/* People's work has no intent: it is known when it is done. */
static void note_done(performances *p, const json_document *d, text path, const journal_event *e)
{
    uint32_t state = json_member(d, 0, TEXT("state"));
    performed *of = performed_at(p, path);
    if (!state || !text_is(json_text(p->memory, d, state), "done"))
        return;
    if (of != NULL)
        of->took = e->at - of->began;
    else
        vec_push(&p->all, (performed){path, e->site, e->at, 0});
}

static bool note_event(void *self, const journal_event *e)
{
    performances *p = self;
    json_document d;
    if ((e->kind != EVENT_INTENT && e->kind != EVENT_MARK) ||
        !json_read(p->memory, e->body, &d, NULL))
        return true;
    uint32_t node = json_member(&d, 0, TEXT("path"));
    text path = node ? text_copy(p->memory, json_text(p->memory, &d, node)) : (text){0};
    if (e->kind == EVENT_MARK)
        note_done(p, &d, path, e);
    else
        vec_push(&p->all, (performed){path, e->site, e->at, QUANTITY_NONE});
    return true;
}

/* Undoing takes about what doing took, and where that is not known, what was estimated. */
static duration likely_of(const image_site *s, const performed *of)
{
    duration d = of->took != QUANTITY_NONE ? of->took : s->estimate_low;
    return d < 0 ? 0 : d > s->worst_back ? s->worst_back : d;
}

typedef struct {
    duration likely, worst;
} span_of_time;

/* "2m to 5m"; nothing where nothing was performed or its undo has no bound. */
static span_of_time put_time(buffer *out, const image *i, const performances *p, text path)
{
    buffer b = {0};
    span_of_time t = {0};
    const performed *of = performed_at(p, path);
    if (of != NULL && of->site < i->site_count && i->sites[of->site].worst_back > 0 &&
        i->sites[of->site].worst_back < QUANTITY_MAX)
        t = (span_of_time){likely_of(&i->sites[of->site], of), i->sites[of->site].worst_back};
    if (t.worst > 0) {
        clock_length(&b, t.likely);
        buffer_cstr(&b, " to ");
        clock_length(&b, t.worst);
    } else {
        buffer_char(&b, '-');
    }
    buffer_printf(out, "%-16s ", buffer_string(&b));
    buffer_release(&b);
    return t;
}

/* Where the part stands in a path, or -1. */
static ptrdiff_t part_at(text path, text part)
{
    for (size_t at = 0; at < path.n;) {
        ptrdiff_t dot = text_find(text_slice(path, at, path.n), '.');
        size_t end = dot < 0 ? path.n : at + (size_t)dot;
        if (text_equal(text_slice(path, at, end), part))
            return (ptrdiff_t)at;
        at = end + 1;
    }
    return -1;
}

/* True where one of the path's parts is that name. */
static bool path_has_part(text path, text part)
{
    return part_at(path, part) >= 0;
}

/* Steps and tasks that stand done, newest first: the order in which one fiber undoes them. Siblings
 * go back concurrently, so that the list is an outline, not a schedule. */
static size_t list_steps(cli *c, buffer *out, const replayed *r, const performances *p,
                         text channel)
{
    const json_document *d = &r->state;
    uint32_t steps = json_member(d, 0, TEXT("steps"));
    uint32_t count = steps ? d->node[steps].count : 0, shown = 0;
    span_of_time sum = {0};
    uint32_t *nodes = arena_array(&c->memory, uint32_t, count);
    for (uint32_t i = 0, n = steps + 1; i < count; i++, n = d->node[n].next)
        nodes[i] = n;
    for (uint32_t i = count; i-- > 0;) {
        uint32_t state = json_member(d, nodes[i], TEXT("state"));
        uint32_t path = json_member(d, nodes[i], TEXT("path"));
        uint32_t title = json_member(d, nodes[i], TEXT("title"));
        text where = json_text(&c->memory, d, path), s = json_text(&c->memory, d, state);
        if (!text_is(s, "done") && !text_is(s, "started"))
            continue;
        if (channel.n && !path_has_part(where, channel))
            continue;
        buffer_printf(out, "%3u  ", ++shown);
        term_pad(out, &c->err, where, 32);
        span_of_time t = put_time(out, r->program, p, where);
        sum.likely += t.likely;
        sum.worst += t.worst;
        term_put(out, &c->err, title ? json_text(&c->memory, d, title) : (text){0});
        buffer_char(out, '\n');
    }
    if (sum.worst > 0) {
        buffer_cstr(out, "One after the other likely ");
        clock_length(out, sum.likely);
        buffer_cstr(out, ", worst ");
        clock_length(out, sum.worst);
        buffer_cstr(out, "; what is under way settles first\n");
    }
    return shown;
}

static bool stands_done(cli *c, const json_document *d, text path)
{
    uint32_t steps = json_member(d, 0, TEXT("steps")), n = steps + 1;
    for (uint32_t i = 0; steps && i < d->node[steps].count; i++, n = d->node[n].next) {
        uint32_t own = json_member(d, n, TEXT("path")), state = json_member(d, n, TEXT("state"));
        if (text_equal(json_text(&c->memory, d, own), path))
            return text_is(json_text(&c->memory, d, state), "done");
    }
    return false;
}

/* What goes back alone may have been built upon: what was done after the last of it, outside of its
 * loop, stays as it is. Its siblings in the loop do not rest on it. */
static void show_stays(cli *c, buffer *out, const replayed *r, const performances *p, text channel)
{
    text loop = {0};
    instant last = QUANTITY_NONE;
    unsigned shown = 0;
    for (size_t k = 0; k < p->all.n; k++) {
        const performed *x = &p->all.p[k];
        ptrdiff_t at = part_at(x->path, channel);
        if (at < 0 || x->took == QUANTITY_NONE)
            continue;
        loop = text_slice(x->path, 0, (size_t)at);
        last = x->began + x->took > last ? x->began + x->took : last;
    }
    for (size_t k = 0; k < p->all.n && last != QUANTITY_NONE; k++) {
        const performed *x = &p->all.p[k];
        if (x->began < last || text_starts(x->path, loop) || path_has_part(x->path, channel) ||
            !stands_done(c, &r->state, x->path))
            continue;
        buffer_cstr(out, shown++ ? ", " : "Done after it, and stays: ");
        term_put(out, &c->err, x->path);
    }
    if (shown)
        buffer_cstr(out, "; where it rests on this, go back with all\n");
}

static void show(cli *c, const replayed *r, const performances *p, const char *channel)
{
    buffer b = {0};
    buffer_cstr(&b, "Go back with ");
    term_put(&b, &c->err, r->run.name);
    if (channel)
        buffer_printf(&b, ", %s only", channel);
    buffer_cstr(&b, ". What stands done or under way is undone, newest first:\n");
    if (!list_steps(c, &b, r, p, text_of(channel)))
        buffer_cstr(&b, "  nothing that could be undone stands done\n");
    if (channel)
        show_stays(c, &b, r, p, text_of(channel));
    uint32_t n = json_member(&r->state, 0, TEXT("turn_back_by"));
    int64_t by;
    if (n && decimal_read(json_raw(&r->state, n), 0, false, &by, NULL)) {
        bool fits = by >= clock_now();
        buffer_cstr(&b, fits ? "Fits the window until " : "Does NOT fit the window since ");
        clock_near(&b, clock_zone_of(c, r->program, r->run.migration), by, clock_now());
        buffer_char(&b, '\n');
    }
    cli_show(c, &b);
    buffer_release(&b);
}

exit_code rollback_preview(cli *c, const char *name, const char *channel)
{
    journal *j;
    journal_run run;
    replayed r = {0};
    exit_code code = store_read(c, &j);
    if (code != CODE_DONE)
        return code;
    const char *named = option_value(&c->options, OPT_run);
    code = store_run(c, j, named ? named : name, &run);
    if (code == CODE_DONE)
        code = replayed_open(c, j, &run, &r);
    performances p = {.memory = &c->memory};
    if (code == CODE_DONE) {
        journal_read(j, run.run, 0, note_event, &p); /* without it the times are missing */
        show(c, &r, &p, channel);
    }
    vec_release(&p.all);
    replayed_release(&r);
    journal_close(j);
    return code;
}
