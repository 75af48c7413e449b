/* render_run.c: see render_run.h. The state is what vm_describe (vm/vm.h) wrote. */
#include "cli/render_run.h"

#include "cli/clock.h"

#include <string.h>

/* Walks the elements of a list member: for (list_each(&e, d, key); e.left; list_next(&e)) */
typedef struct {
    const json_document *d;
    uint32_t node, left;
} elements;

static elements list_of(const json_document *d, uint32_t object, const char *key)
{
    uint32_t list = d->nodes ? json_member(d, object, text_of(key)) : 0;
    if (!list || d->node[list].kind != JSON_ARRAY)
        return (elements){d, 0, 0};
    return (elements){d, list + 1, d->node[list].count};
}

static void list_next(elements *e)
{
    e->node = e->d->node[e->node].next;
    e->left--;
}

static text member(cli *c, const json_document *d, uint32_t object, const char *key)
{
    uint32_t n = d->nodes ? json_member(d, object, text_of(key)) : 0;
    if (!n || d->node[n].kind == JSON_NULL)
        return (text){0};
    return d->node[n].kind == JSON_TEXT ? json_text(&c->memory, d, n) : json_raw(d, n);
}

static instant member_instant(cli *c, const json_document *d, uint32_t object, const char *key)
{
    int64_t v;
    text t = member(c, d, object, key);
    return t.n && decimal_read(t, 0, false, &v, NULL) ? v : QUANTITY_NONE;
}

static bool is_word(cli *c, const json_document *d, uint32_t object, const char *key,
                    const char *word)
{
    return text_is(member(c, d, object, key), word);
}

static style state_style(text state)
{
    if (text_is(state, "completed") || text_is(state, "done") || text_is(state, "found"))
        return STYLE_GOOD;
    if (text_is(state, "stuck") || text_is(state, "failed") || text_is(state, "stopped"))
        return STYLE_ERROR;
    if (text_is(state, "rolling_back") || text_is(state, "rolled_back") ||
        text_is(state, "partial") || text_is(state, "undoing") || text_is(state, "undone") ||
        text_is(state, "paused"))
        return STYLE_WARNING;
    return STYLE_BOLD;
}

void render_run_head(cli *c, buffer *out, const terminal *t, const run_view *v)
{
    char hex[65];
    sha256_hex(&v->run->program, hex);
    text state = member(c, v->state, 0, "state");
    bool live = text_is(v->run->mode, "live");
    term_styled(out, t, STYLE_BOLD, v->run->name);
    buffer_cstr(out, "  ");
    term_styled(out, t, live ? STYLE_BOLD : STYLE_WARNING,
                live                                 ? TEXT("LIVE")
                : text_is(v->run->mode, "rehearsal") ? TEXT("REHEARSAL")
                                                     : v->run->mode);
    buffer_cstr(out, "  ");
    term_styled(out, t, state_style(state), state);
    text progress = member(c, v->state, 0, "progress");
    if (v->run->ended == QUANTITY_NONE && progress.n)
        buffer_printf(out, " %.*s%%", TEXT_ARG(progress));
    buffer_printf(out, "  program %.8s  ", hex);
    clock_full(out, v->zone, v->run->ended == QUANTITY_NONE ? v->now : v->run->ended);
    buffer_char(out, '\n');
}

void render_run_turn_back(cli *c, buffer *out, const terminal *t, const run_view *v)
{
    instant by = member_instant(c, v->state, 0, "turn_back_by");
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
    instant end = window ? member_instant(c, v->state, window, "end") : QUANTITY_NONE;
    if (end != QUANTITY_NONE) {
        buffer_cstr(out, "   window ends ");
        clock_near(out, v->zone, end, v->now);
    }
    buffer_char(out, '\n');
}

static const char *const people[] = {"approval", "task", "question", "doubt"};

static bool asks_people(cli *c, const json_document *d, uint32_t n)
{
    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        if (is_word(c, d, n, "kind", people[i]))
            return true;
    return false;
}

bool render_run_asks(const json_document *d)
{
    cli scratch = {0};
    bool any = false;
    for (elements e = list_of(d, 0, "waiting"); e.left && !any; list_next(&e))
        any = asks_people(&scratch, d, e.node);
    arena_release(&scratch.memory);
    return any;
}

static void put_list(cli *c, buffer *out, const terminal *t, const json_document *d, uint32_t n,
                     const char *key, const char *between)
{
    bool first = true;
    for (elements e = list_of(d, n, key); e.left; list_next(&e)) {
        buffer_cstr(out, first ? "" : between);
        term_put(out, t, json_text(&c->memory, d, e.node));
        first = false;
    }
}

/* "lead, then edi_desk since 00:01": who is asked, and whom it went on to. */
static void put_asked(cli *c, buffer *out, const terminal *t, const run_view *v, uint32_t n)
{
    const json_document *d = v->state;
    put_list(c, out, t, d, n, "who", ", ");
    for (elements e = list_of(d, n, "calls"); e.left; list_next(&e)) {
        buffer_cstr(out, ", then ");
        term_put(out, t, member(c, d, e.node, "role"));
        buffer_cstr(out, " since ");
        clock_near(out, v->zone, member_instant(c, d, e.node, "at"), v->now);
    }
}

/* The shortest tail of the path that no other waiting thing shares is what people type; here the
 * name where it is the only one of its kind, else the path. */
static text typed_name(cli *c, const json_document *d, uint32_t n)
{
    text name = member(c, d, n, "name");
    size_t same = 0;
    for (elements e = list_of(d, 0, "waiting"); e.left; list_next(&e))
        same += text_equal(member(c, d, e.node, "name"), name);
    return same == 1 ? name : member(c, d, n, "path");
}

static void command_for(cli *c, buffer *out, const terminal *t, const run_view *v, uint32_t n)
{
    const json_document *d = v->state;
    text name = typed_name(c, d, n);
    text kind = member(c, d, n, "kind");
    bool question = text_is(kind, "question"), doubt = text_is(kind, "doubt");
    buffer_printf(out, "ferry %s ",
                  question                    ? "answer"
                  : doubt                     ? "resolve"
                  : text_is(kind, "approval") ? "approve"
                                              : "done");
    term_put(out, t, name);
    buffer_cstr(out, doubt ? " --" : question ? " " : "");
    if (question || doubt)
        put_list(c, out, t, d, n, "answers", doubt ? "|--" : "|");
    elements who = list_of(d, n, "who");
    if (who.left) {
        buffer_cstr(out, " --as ");
        term_put(out, t, json_text(&c->memory, d, who.node));
    }
    if (question)
        buffer_cstr(out, " --reason \"...\"");
    if (member(c, d, n, "evidence").n)
        buffer_cstr(out, " --evidence NAME=VALUE");
    if (v->store)
        buffer_printf(out, " --store %s", v->store);
    buffer_char(out, '\n');
}

/* What a question is about, who is asked, and what comes where nobody answers. */
static void decision(cli *c, buffer *out, const terminal *t, const run_view *v, uint32_t n)
{
    const json_document *d = v->state;
    instant since = member_instant(c, d, n, "since"), until = member_instant(c, d, n, "until");
    text title = member(c, d, n, "title"), otherwise = member(c, d, n, "otherwise");
    term_styled(out, t, STYLE_WARNING, TEXT("HOLDING FOR A DECISION"));
    if (since != QUANTITY_NONE) {
        buffer_cstr(out, " since ");
        clock_near(out, v->zone, since, v->now);
    }
    buffer_cstr(out, "\nQuestion ");
    term_styled(out, t, STYLE_BOLD, member(c, d, n, "path"));
    buffer_cstr(out, ": ");
    term_put(out, t, member(c, d, n, "question"));
    if (title.n) {
        buffer_cstr(out, "\nAbout    ");
        term_put(out, t, title);
    }
    buffer_cstr(out, "\nAsked    ");
    put_asked(c, out, t, v, n);
    if (!list_of(d, n, "who").left)
        buffer_cstr(out, "anybody");
    if (until != QUANTITY_NONE) {
        buffer_cstr(out, "; without an answer by ");
        clock_near(out, v->zone, until, v->now);
        if (until > v->now) {
            buffer_cstr(out, ", in ");
            clock_length(out, until - v->now);
        }
        buffer_cstr(out, ": ");
        term_put(out, t, otherwise.n ? otherwise : TEXT("it fails"));
    } else {
        buffer_cstr(out, "; it waits until somebody answers");
    }
    buffer_cstr(out, "\nAnswer   ");
    command_for(c, out, t, v, n);
}

static void you(cli *c, buffer *out, const terminal *t, const run_view *v, uint32_t n)
{
    const json_document *d = v->state;
    instant until = member_instant(c, d, n, "until");
    instant due = member_instant(c, d, n, "due");
    text question = member(c, d, n, "question"), title = member(c, d, n, "title");
    term_styled(out, t, STYLE_WARNING, TEXT("YOU      "));
    term_put(out, t, member(c, d, n, "kind"));
    buffer_char(out, ' ');
    term_styled(out, t, STYLE_BOLD, member(c, d, n, "path"));
    if (title.n || question.n) {
        buffer_cstr(out, ": ");
        term_put(out, t, question.n ? question : title);
    }
    if (list_of(d, n, "who").left) {
        buffer_cstr(out, "  asked: ");
        put_asked(c, out, t, v, n);
    }
    if (due != QUANTITY_NONE) {
        buffer_cstr(out, due < v->now ? "  was due " : "  due ");
        clock_near(out, v->zone, due, v->now);
    }
    if (until != QUANTITY_NONE) {
        buffer_cstr(out, "  until ");
        clock_near(out, v->zone, until, v->now);
    }
    buffer_cstr(out, "\n         ");
    command_for(c, out, t, v, n);
}

static void other_wait(cli *c, buffer *out, const terminal *t, const run_view *v, uint32_t n)
{
    const json_document *d = v->state;
    instant until = member_instant(c, d, n, "until");
    buffer_cstr(out, "WAITS    ");
    term_put(out, t, member(c, d, n, "path"));
    buffer_cstr(out, "  ");
    term_put(out, t, member(c, d, n, "kind"));
    if (until != QUANTITY_NONE) {
        buffer_cstr(out, " until ");
        clock_near(out, v->zone, until, v->now);
        if (until > v->now) {
            buffer_cstr(out, ", in ");
            clock_length(out, until - v->now);
        }
    }
    buffer_char(out, '\n');
}

void render_run_asked(cli *c, buffer *out, const terminal *t, const run_view *v)
{
    for (elements e = list_of(v->state, 0, "waiting"); e.left; list_next(&e))
        if (is_word(c, v->state, e.node, "kind", "question"))
            decision(c, out, t, v, e.node);
        else if (asks_people(c, v->state, e.node))
            you(c, out, t, v, e.node);
}

void render_run_waiting(cli *c, buffer *out, const terminal *t, const run_view *v)
{
    const json_document *d = v->state;
    render_run_asked(c, out, t, v);
    for (elements e = list_of(d, 0, "waiting"); e.left; list_next(&e))
        if (!asks_people(c, d, e.node))
            other_wait(c, out, t, v, e.node);
}

static void step_line(cli *c, buffer *out, const terminal *t, const json_document *d, uint32_t n)
{
    text state = member(c, d, n, "state"), title = member(c, d, n, "title");
    text attempt = member(c, d, n, "attempt");
    buffer_cstr(out, "  ");
    term_style(out, t, state_style(state));
    term_pad(out, t, state, 10);
    term_style(out, t, STYLE_PLAIN);
    term_put(out, t, member(c, d, n, "path"));
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
    for (elements e = list_of(d, 0, "phases"); e.left; list_next(&e)) {
        buffer_cstr(out, first ? "Phases   " : " | ");
        term_put(out, t, member(c, d, e.node, "name"));
        buffer_char(out, ' ');
        text state = member(c, d, e.node, "state");
        term_styled(out, t, state_style(state), state);
        first = false;
    }
    if (!first)
        buffer_char(out, '\n');
}

static void counts(cli *c, buffer *out, const terminal *t, const run_view *v)
{
    text doubt = member(c, v->state, 0, "in_doubt"), stuck = member(c, v->state, 0, "stuck");
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
    bool paused = text_is(member(c, v->state, 0, "state"), "paused");
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
    for (elements e = list_of(d, 0, "steps"); e.left && e.node != until; list_next(&e))
        if (text_equal(parent_of(member(c, d, e.node, "path")), group))
            return true;
    return false;
}

/* What of a block's steps stands, has gone back, and is under way: "4 done, 1 undone; second
 * started". */
static void world_line(cli *c, buffer *out, const terminal *t, const json_document *d, text group)
{
    unsigned done = 0, undone = 0;
    buffer way = {0};
    for (elements e = list_of(d, 0, "steps"); e.left; list_next(&e)) {
        text path = member(c, d, e.node, "path"), state = member(c, d, e.node, "state");
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
    for (elements e = list_of(d, 0, "steps"); e.left; list_next(&e)) {
        text group = parent_of(member(c, d, e.node, "path"));
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
    for (elements e = list_of(v->state, 0, "steps"); e.left; list_next(&e))
        step_line(c, out, t, v->state, e.node);
    render_run_waiting(c, out, t, v);
    counts(c, out, t, v);
    driver(c, out, t, v);
}

static bool settled(text state)
{
    return text_is(state, "done") || text_is(state, "found") || text_is(state, "skipped") ||
           text_is(state, "undone");
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
    for (elements e = list_of(v->state, 0, "steps"); e.left; list_next(&e)) {
        bool over = settled(member(c, v->state, e.node, "state"));
        done += over;
        if (!over && room-- > 0)
            step_line(c, out, t, v->state, e.node);
    }
    buffer_printf(out, "  %d step%s settled\n", done, done == 1 ? "" : "s");
    buffer_text(out, buffer_view(&below));
    buffer_release(&below);
}

static bool is_instant_key(text key)
{
    return text_is(key, "until") || text_is(key, "since") || text_is(key, "turn_back_by") ||
           text_is(key, "start") || text_is(key, "end");
}

static void copy_value(cli *c, json_writer *w, const json_document *d, uint32_t n, bool time);

static void copy_members(cli *c, json_writer *w, const json_document *d, uint32_t n)
{
    uint32_t child = n + 1;
    for (uint32_t i = 0; i < d->node[n].count; i++, child = d->node[child].next) {
        text key = json_key(&c->memory, d, child);
        json_put_key_text(w, key);
        copy_value(c, w, d, child, is_instant_key(key));
    }
}

static void copy_value(cli *c, json_writer *w, const json_document *d, uint32_t n, bool time)
{
    int64_t at;
    if (d->node[n].kind == JSON_OBJECT) {
        json_object(w);
        copy_members(c, w, d, n);
        json_object_end(w);
    } else if (d->node[n].kind == JSON_ARRAY) {
        json_array(w);
        uint32_t child = n + 1;
        for (uint32_t i = 0; i < d->node[n].count; i++, child = d->node[child].next)
            copy_value(c, w, d, child, false);
        json_array_end(w);
    } else if (time && d->node[n].kind == JSON_NUMBER &&
               decimal_read(json_raw(d, n), 0, false, &at, NULL)) {
        buffer iso = {0};
        instant_write_iso(&iso, at);
        json_put_text(w, buffer_view(&iso));
        buffer_release(&iso);
    } else {
        json_put_raw(w, json_raw(d, n));
    }
}

void render_run_json(cli *c, json_writer *w, const json_document *state)
{
    if (state->nodes)
        copy_members(c, w, state, 0);
}
