/* render_run.c: see render_run.h. The state is what vm_describe (vm/vm.h) wrote. */
#include "cli/render_run.h"

#include "cli/clock.h"
#include "cli/run_state.h"

#include <string.h>

static style state_style(text state)
{
    if (text_is(state, "completed") || text_is(state, "done") || text_is(state, "found"))
        return STYLE_GOOD;
    if (text_is(state, "stuck") || text_is(state, "failed") || text_is(state, "stopped"))
        return STYLE_ERROR;
    if (text_is(state, "rolling_back") || text_is(state, "rolled_back") ||
        text_is(state, "partial") || text_is(state, "withdrawn") || text_is(state, "undoing") ||
        text_is(state, "undone") || text_is(state, "paused"))
        return STYLE_WARNING;
    return STYLE_BOLD;
}

void render_run_head(cli *c, buffer *out, const terminal *t, const run_view *v)
{
    char hex[65];
    sha256_hex(&v->run->program, hex);
    text state = state_member(c, v->state, 0, "state");
    bool live = text_is(v->run->mode, "live");
    term_styled(out, t, STYLE_BOLD, v->run->name);
    buffer_cstr(out, "  ");
    term_styled(out, t, live ? STYLE_BOLD : STYLE_WARNING,
                live                                 ? TEXT("LIVE")
                : text_is(v->run->mode, "rehearsal") ? TEXT("REHEARSAL")
                                                     : v->run->mode);
    buffer_cstr(out, "  ");
    term_styled(out, t, state_style(state), state);
    text progress = state_member(c, v->state, 0, "progress");
    if (v->run->ended == QUANTITY_NONE && progress.n)
        buffer_printf(out, " %.*s%%", TEXT_ARG(progress));
    buffer_printf(out, "  program %.8s  ", hex);
    clock_full(out, v->zone, v->run->ended == QUANTITY_NONE ? v->now : v->run->ended);
    buffer_char(out, '\n');
}

void render_run_turn_back(cli *c, buffer *out, const terminal *t, const run_view *v)
{
    instant by = state_instant(c, v->state, 0, "turn_back_by");
    if (by == QUANTITY_NONE || v->run->ended != QUANTITY_NONE)
        return;
    buffer b = {0};
    buffer_cstr(&b, "TURN BACK BY ");
    clock_near(&b, v->zone, by, v->now);
    buffer_cstr(&b, by > v->now ? ", in " : ", PASSED ");
    clock_length(&b, by > v->now ? by - v->now : v->now - by);
    if (by <= v->now)
        buffer_cstr(&b, " ago");
    term_styled(out, t, by - v->now < 30 * MINUTE ? STYLE_ERROR : STYLE_BOLD, buffer_view(&b));
    buffer_release(&b);
    uint32_t window = json_member(v->state, 0, TEXT("window"));
    instant end = window ? state_instant(c, v->state, window, "end") : QUANTITY_NONE;
    if (end != QUANTITY_NONE) {
        buffer_cstr(out, "   window ends ");
        clock_near(out, v->zone, end, v->now);
    }
    buffer_char(out, '\n');
}

static void step_line(cli *c, buffer *out, const terminal *t, const json_document *d, uint32_t n)
{
    text state = state_member(c, d, n, "state"), title = state_member(c, d, n, "title");
    text attempt = state_member(c, d, n, "attempt");
    buffer_cstr(out, "  ");
    term_style(out, t, state_style(state));
    term_pad(out, t, state, 10);
    term_style(out, t, STYLE_PLAIN);
    term_put(out, t, state_member(c, d, n, "path"));
    if (title.n) {
        buffer_cstr(out, "  ");
        term_styled(out, t, STYLE_DIM, title);
    }
    if (attempt.n && !text_is(attempt, "0") && !text_is(attempt, "1"))
        buffer_printf(out, "  attempt %.*s", TEXT_ARG(attempt));
    buffer_char(out, '\n');
}

static void phases(cli *c, buffer *out, const terminal *t, const json_document *d)
{
    bool first = true;
    for (state_elements e = state_list(d, 0, "phases"); e.left; state_next(&e)) {
        buffer_cstr(out, first ? "Phases   " : " | ");
        term_put(out, t, state_member(c, d, e.node, "name"));
        buffer_char(out, ' ');
        text state = state_member(c, d, e.node, "state");
        term_styled(out, t, state_style(state), state);
        first = false;
    }
    if (!first)
        buffer_char(out, '\n');
}

static void counts(cli *c, buffer *out, const terminal *t, const run_view *v)
{
    text doubt = state_member(c, v->state, 0, "in_doubt"),
         stuck = state_member(c, v->state, 0, "stuck");
    bool bad = !text_is(doubt, "0") || !text_is(stuck, "0");
    term_printf(out, t, bad ? STYLE_ERROR : STYLE_PLAIN, "In doubt %.*s | stuck %.*s",
                TEXT_ARG(doubt), TEXT_ARG(stuck));
    if (v->events)
        buffer_printf(out, " | journal %llu events", (unsigned long long)v->events);
    buffer_char(out, '\n');
}

/* A run that nobody drives stands still, whatever its state says. */
static void driver(cli *c, buffer *out, const terminal *t, const run_view *v)
{
    if (v->run->ended != QUANTITY_NONE)
        return;
    bool paused = text_is(state_member(c, v->state, 0, "state"), "paused");
    if (v->driver.n) {
        buffer_cstr(out, "Driven   by ");
        term_put(out, t, v->driver);
        buffer_char(out, '\n');
    }
    if (v->driver.n && !paused)
        return;
    term_styled(out, t, STYLE_WARNING, paused ? TEXT("PAUSED") : TEXT("NOBODY DRIVES IT"));
    buffer_cstr(out, ": go on with: ferry resume ");
    term_put(out, t, v->run->name);
    if (v->store)
        buffer_printf(out, " --store %s", v->store);
    buffer_char(out, '\n');
}

static text parent_of(text path)
{
    const char *dot = path.n ? memrchr(path.p, '.', path.n) : NULL;
    return dot ? text_slice(path, 0, (size_t)(dot - path.p)) : (text){0};
}

static bool seen_before(cli *c, const json_document *d, text group, uint32_t until)
{
    for (state_elements e = state_list(d, 0, "steps"); e.left && e.node != until; state_next(&e))
        if (text_equal(parent_of(state_member(c, d, e.node, "path")), group))
            return true;
    return false;
}

/* What of a block's steps stands, has gone back, and is under way: "4 done, 1 undone; second
 * started". */
static void world_line(cli *c, buffer *out, const terminal *t, const json_document *d, text group)
{
    unsigned done = 0, undone = 0;
    buffer way = {0};
    for (state_elements e = state_list(d, 0, "steps"); e.left; state_next(&e)) {
        text path = state_member(c, d, e.node, "path"), state = state_member(c, d, e.node, "state");
        if (!text_equal(parent_of(path), group))
            continue;
        if (text_is(state, "done") || text_is(state, "found"))
            done++;
        else if (text_is(state, "undone"))
            undone++;
        else {
            buffer_cstr(&way, way.n ? ", " : "");
            term_put(&way, t, text_slice(path, group.n + 1, path.n));
            buffer_char(&way, ' ');
            term_styled(&way, t, state_style(state), state);
        }
    }
    term_pad(out, t, group, 24);
    buffer_printf(out, "%u done", done);
    if (undone)
        buffer_printf(out, ", %u undone", undone);
    buffer_cstr(out, way.n ? "; " : "");
    buffer_text(out, buffer_view(&way));
    buffer_char(out, '\n');
    buffer_release(&way);
}

/* A line for each element of a loop or block inside a phase: where it stands now. */
static void world(cli *c, buffer *out, const terminal *t, const json_document *d)
{
    bool first = true;
    for (state_elements e = state_list(d, 0, "steps"); e.left; state_next(&e)) {
        text group = parent_of(state_member(c, d, e.node, "path"));
        if (text_find(group, '.') < 0 || seen_before(c, d, group, e.node))
            continue;
        buffer_cstr(out, first ? "World    " : "         ");
        world_line(c, out, t, d, group);
        first = false;
    }
}

void render_run(cli *c, buffer *out, const terminal *t, const run_view *v)
{
    render_run_head(c, out, t, v);
    render_run_turn_back(c, out, t, v);
    phases(c, out, t, v->state);
    world(c, out, t, v->state);
    for (state_elements e = state_list(v->state, 0, "steps"); e.left; state_next(&e))
        step_line(c, out, t, v->state, e.node);
    render_run_waiting(c, out, t, v);
    counts(c, out, t, v);
    driver(c, out, t, v);
}

static bool settled(text state)
{
    return text_is(state, "done") || text_is(state, "found") || text_is(state, "skipped") ||
           text_is(state, "undone") || text_is(state, "withdrawn");
}

void render_screen(cli *c, buffer *out, const terminal *t, const run_view *v, int height)
{
    buffer below = {0};
    render_run_waiting(c, &below, t, v);
    render_run_head(c, out, t, v);
    render_run_turn_back(c, out, t, v);
    int room = height - 4, done = 0;
    for (size_t i = 0; i < below.n; i++)
        room -= below.p[i] == '\n';
    for (state_elements e = state_list(v->state, 0, "steps"); e.left; state_next(&e)) {
        bool over = settled(state_member(c, v->state, e.node, "state"));
        done += over;
        if (!over && room-- > 0)
            step_line(c, out, t, v->state, e.node);
    }
    buffer_printf(out, "  %d step%s settled\n", done, done == 1 ? "" : "s");
    buffer_text(out, buffer_view(&below));
    buffer_release(&below);
}
