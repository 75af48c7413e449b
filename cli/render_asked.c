/* render_asked.c: what a run waits for, and the command that moves it. */
#include "cli/render_run.h"

#include "base/hours.h"
#include "cli/clock.h"
#include "cli/run_state.h"

static const char *const people[] = {"approval", "task", "question", "doubt"};

static bool asks_people(cli *c, const json_document *d, uint32_t n)
{
    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        if (state_is(c, d, n, "kind", people[i]))
            return true;
    return false;
}

bool render_run_asks(const json_document *d)
{
    cli scratch = {0};
    bool any = false;
    for (state_elements e = state_list(d, 0, "waiting"); e.left && !any; state_next(&e))
        any = asks_people(&scratch, d, e.node);
    arena_release(&scratch.memory);
    return any;
}

static void put_list(cli *c, buffer *out, const terminal *t, const json_document *d, uint32_t n,
                     const char *key, const char *between)
{
    bool first = true;
    for (state_elements e = state_list(d, n, key); e.left; state_next(&e)) {
        buffer_cstr(out, first ? "" : between);
        term_put(out, t, json_text(&c->memory, d, e.node));
        first = false;
    }
}

/* "partner (not there before Mon 08:00 CST)": its hours are what the program says of it. */
static void put_role(cli *c, buffer *out, const terminal *t, const run_view *v, uint32_t n,
                     text role)
{
    hours h;
    uint32_t all = json_member(v->state, n, TEXT("hours"));
    text when = all ? state_member(c, v->state, all, text_copy(&c->memory, role).p) : (text){0};
    term_put(out, t, role);
    if (!when.n || hours_read(&c->memory, when, &h) || hours_next(&h, v->now) <= v->now)
        return;
    buffer_cstr(out, " (not there before ");
    clock_near(out, v->zone, hours_next(&h, v->now), v->now);
    buffer_char(out, ')');
}

/* "lead, then edi_desk since 00:01": who is asked, and whom it went on to. */
static void put_asked(cli *c, buffer *out, const terminal *t, const run_view *v, uint32_t n)
{
    const json_document *d = v->state;
    bool first = true;
    for (state_elements e = state_list(d, n, "who"); e.left; state_next(&e)) {
        buffer_cstr(out, first ? "" : ", ");
        put_role(c, out, t, v, n, json_text(&c->memory, d, e.node));
        first = false;
    }
    for (state_elements e = state_list(d, n, "calls"); e.left; state_next(&e)) {
        buffer_cstr(out, ", then ");
        put_role(c, out, t, v, n, state_member(c, d, e.node, "role"));
        buffer_cstr(out, " since ");
        clock_near(out, v->zone, state_instant(c, d, e.node, "at"), v->now);
    }
}

/* The shortest tail of the path that no other waiting thing shares is what people type; here the
 * name where it is the only one of its kind, else the path. */
static text typed_name(cli *c, const json_document *d, uint32_t n)
{
    text name = state_member(c, d, n, "name");
    size_t same = 0;
    for (state_elements e = state_list(d, 0, "waiting"); e.left; state_next(&e))
        same += text_equal(state_member(c, d, e.node, "name"), name);
    return same == 1 ? name : state_member(c, d, n, "path");
}

static void command_for(cli *c, buffer *out, const terminal *t, const run_view *v, uint32_t n)
{
    const json_document *d = v->state;
    text name = typed_name(c, d, n);
    text kind = state_member(c, d, n, "kind");
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
    state_elements who = state_list(d, n, "who");
    if (who.left) {
        buffer_cstr(out, " --as ");
        term_put(out, t, json_text(&c->memory, d, who.node));
    }
    if (question)
        buffer_cstr(out, " --reason \"...\"");
    if (state_member(c, d, n, "evidence").n)
        buffer_cstr(out, " --evidence NAME=VALUE");
    if (v->store)
        buffer_printf(out, " --store %s", v->store);
    buffer_char(out, '\n');
}

/* "Sat 23:10 CST, in 40m". */
static void put_until(buffer *out, const run_view *v, instant until)
{
    clock_near(out, v->zone, until, v->now);
    if (until <= v->now)
        return;
    buffer_cstr(out, ", in ");
    clock_length(out, until - v->now);
}

/* What a question is about, who is asked, and what comes where nobody answers. */
static void decision(cli *c, buffer *out, const terminal *t, const run_view *v, uint32_t n)
{
    const json_document *d = v->state;
    instant since = state_instant(c, d, n, "since"), until = state_instant(c, d, n, "until");
    text title = state_member(c, d, n, "title"), otherwise = state_member(c, d, n, "otherwise");
    term_styled(out, t, STYLE_WARNING, TEXT("HOLDING FOR A DECISION"));
    if (since != QUANTITY_NONE) {
        buffer_cstr(out, " since ");
        clock_near(out, v->zone, since, v->now);
    }
    buffer_cstr(out, "\nQuestion ");
    term_styled(out, t, STYLE_BOLD, state_member(c, d, n, "path"));
    buffer_cstr(out, ": ");
    term_put(out, t, state_member(c, d, n, "question"));
    if (title.n) {
        buffer_cstr(out, "\nAbout    ");
        term_put(out, t, title);
    }
    buffer_cstr(out, "\nAsked    ");
    put_asked(c, out, t, v, n);
    if (!state_list(d, n, "who").left)
        buffer_cstr(out, "anybody");
    if (until != QUANTITY_NONE) {
        buffer_cstr(out, "; without an answer by ");
        put_until(out, v, until);
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
    instant until = state_instant(c, d, n, "until");
    instant due = state_instant(c, d, n, "due");
    text question = state_member(c, d, n, "question"), title = state_member(c, d, n, "title");
    term_styled(out, t, STYLE_WARNING, TEXT("YOU      "));
    term_put(out, t, state_member(c, d, n, "kind"));
    buffer_char(out, ' ');
    term_styled(out, t, STYLE_BOLD, state_member(c, d, n, "path"));
    if (title.n || question.n) {
        buffer_cstr(out, ": ");
        term_put(out, t, question.n ? question : title);
    }
    if (state_list(d, n, "who").left) {
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
    instant until = state_instant(c, d, n, "until");
    buffer_cstr(out, "WAITS    ");
    term_put(out, t, state_member(c, d, n, "path"));
    buffer_cstr(out, "  ");
    term_put(out, t, state_member(c, d, n, "kind"));
    if (until != QUANTITY_NONE) {
        buffer_cstr(out, " until ");
        put_until(out, v, until);
    }
    buffer_char(out, '\n');
}

void render_run_asked(cli *c, buffer *out, const terminal *t, const run_view *v)
{
    for (state_elements e = state_list(v->state, 0, "waiting"); e.left; state_next(&e))
        if (state_is(c, v->state, e.node, "kind", "question"))
            decision(c, out, t, v, e.node);
        else if (asks_people(c, v->state, e.node))
            you(c, out, t, v, e.node);
}

void render_run_waiting(cli *c, buffer *out, const terminal *t, const run_view *v)
{
    const json_document *d = v->state;
    render_run_asked(c, out, t, v);
    for (state_elements e = state_list(d, 0, "waiting"); e.left; state_next(&e))
        if (!asks_people(c, d, e.node))
            other_wait(c, out, t, v, e.node);
}
