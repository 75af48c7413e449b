/* rollback.c: what going back would do, shown before anybody says yes. */
#include "cli/clock.h"
#include "cli/people.h"
#include "cli/replayed.h"

/* Which site performed what stands at a path: the journal knows, for loops too. */
typedef struct {
    text path;
    uint32_t site;
} performed;

typedef struct {
    arena *memory;
    VEC(performed) all;
} performances;

static bool note_intent(void *self, const journal_event *e)
{
    performances *p = self;
    json_document d;
    if (e->kind != EVENT_INTENT || !json_read(p->memory, e->body, &d, NULL))
        return true;
    uint32_t path = json_member(&d, 0, TEXT("path"));
    performed one = {path ? json_text(p->memory, &d, path) : (text){0}, e->site};
    one.path = text_copy(p->memory, one.path);
    vec_push(&p->all, one);
    return true;
}

/* QUANTITY_NONE where nothing was performed there or its undo has no bound. */
static duration worst_of(const image *i, const performances *p, text path)
{
    for (size_t k = 0; k < p->all.n; k++)
        if (text_equal(p->all.p[k].path, path) && p->all.p[k].site < i->site_count &&
            i->sites[p->all.p[k].site].worst_back < QUANTITY_MAX)
            return i->sites[p->all.p[k].site].worst_back;
    return QUANTITY_NONE;
}

static duration put_worst(buffer *out, const image *i, const performances *p, text path)
{
    buffer b = {0};
    duration d = worst_of(i, p, path);
    if (d > 0) {
        buffer_cstr(&b, "up to ");
        clock_length(&b, d);
    } else {
        buffer_char(&b, '-');
    }
    buffer_printf(out, "%-14s", buffer_string(&b));
    buffer_release(&b);
    return d > 0 ? d : 0;
}

/* Steps and tasks that stand done, newest first: the order in which one fiber undoes them. Siblings
 * go back concurrently, so that the list is an outline, not a schedule. */
static size_t list_steps(cli *c, buffer *out, const replayed *r, const performances *p,
                         text channel)
{
    const json_document *d = &r->state;
    uint32_t steps = json_member(d, 0, TEXT("steps"));
    uint32_t count = steps ? d->node[steps].count : 0, shown = 0;
    duration sum = 0;
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
        sum += put_worst(out, r->program, p, where);
        term_put(out, &c->err, title ? json_text(&c->memory, d, title) : (text){0});
        buffer_char(out, '\n');
    }
    if (sum > 0) {
        buffer_cstr(out, "Worst, one after the other: ");
        clock_length(out, sum);
        buffer_cstr(out, "; what is under way settles first\n");
    }
    return shown;
}

bool path_has_part(text path, text part)
{
    while (path.n) {
        ptrdiff_t dot = text_find(path, '.');
        size_t end = dot < 0 ? path.n : (size_t)dot;
        if (text_equal(text_slice(path, 0, end), part))
            return true;
        path = text_slice(path, end + 1, path.n);
    }
    return false;
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
        journal_read(j, run.run, 0, note_intent, &p); /* without it the worst cases are missing */
        show(c, &r, &p, channel);
    }
    vec_release(&p.all);
    replayed_release(&r);
    journal_close(j);
    return code;
}
