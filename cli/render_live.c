/* render_live.c: see render_live.h. */
#include "cli/render_live.h"

#include "cli/clock.h"
#include "cli/render_event.h"
#include "cli/render_run.h"

#include <sys/ioctl.h>

/* Steps have titles and phases paths of one part; what is left are the blocks between them. */
static bool is_block(arena *a, const json_document *d)
{
    text state = body_text(a, d, "state"), path = body_text(a, d, "path");
    bool phase = text_find(path, '.') < 0, titled = body_text(a, d, "title").n;
    if (text_is(state, "entered"))
        return !phase || titled;
    return (text_is(state, "done") || text_is(state, "left")) && !titled && !phase;
}

/* What people need to see of what was committed; the rest stands in `ferry events`. */
static bool is_news(const journal_event *e, const json_document *d)
{
    arena scratch = {0};
    bool news = false;
    switch (e->kind) {
    case EVENT_START:
    case EVENT_COMMAND:
    case EVENT_OWNER:
    case EVENT_NOTICE:
    case EVENT_END: news = true; break;
    case EVENT_MARK: news = !is_block(&scratch, d); break;
    case EVENT_WAIT: {
        text what = body_text(&scratch, d, "what");
        news = !text_is(what, "timer") && !text_is(what, "condition");
        break;
    }
    case EVENT_DECISION: news = !text_is(body_text(&scratch, d, "what"), "check"); break;
    case EVENT_OUTCOME: {
        text status = body_text(&scratch, d, "status");
        news = !text_is(status, "ok");
        break;
    }
    default: break;
    }
    arena_release(&scratch);
    return news;
}

static void log_line(live_view *v, buffer *out, const journal_event *e)
{
    json_document d = {0};
    if (!json_read(&v->c->memory, e->body, &d, NULL) ||
        (!is_news(e, &d) && !option_is(&v->c->options, OPT_verbose)))
        return;
    const terminal *t = &v->c->err;
    style s = event_style(e, &d);
    clock_seconds(out, v->zone, e->at);
    buffer_cstr(out, "  ");
    if (s != STYLE_PLAIN)
        term_style(out, t, s);
    event_words(v->c, out, t, v->zone, e);
    if (s != STYLE_PLAIN)
        term_style(out, t, STYLE_PLAIN);
    buffer_char(out, '\n');
}

static run_view view_of(live_view *v, const journal_run *run, const json_document *d)
{
    return (run_view){.run = run,
                      .state = d,
                      .zone = v->zone,
                      .now = v->host->now(v->host->self),
                      .store = option_value(&v->c->options, OPT_store)};
}

static int screen_height(const terminal *t)
{
    struct winsize size;
    return ioctl(t->fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : 24;
}

static void erase(live_view *v, buffer *out)
{
    if (v->lines)
        buffer_printf(out, "\033[%dA\r\033[J", v->lines);
    v->lines = 0;
}

/* Rows that the text takes: lines longer than the terminal are folded. */
static int rows_of(text block, int width)
{
    int rows = 0;
    while (block.n) {
        ptrdiff_t n = text_find(block, '\n');
        size_t end = n < 0 ? block.n : (size_t)n, columns = 0;
        for (size_t i = 0; i < end; i++) {
            if (block.p[i] == '\033') /* SGR: takes no column */
                while (i < end && block.p[i] != 'm')
                    i++;
            else
                columns += ((unsigned char)block.p[i] & 0xc0) != 0x80;
        }
        rows += columns ? (int)((columns - 1) / (size_t)width) + 1 : 1;
        block = text_slice(block, end + 1, block.n);
    }
    return rows;
}

static void draw(live_view *v, const drive *d, buffer *out)
{
    buffer block = {0};
    int height = screen_height(&v->c->err) - 2;
    for (size_t i = 0; i < drive_runs(d); i++) {
        journal_run run;
        json_document state;
        const vm *m = drive_machine(d, i, &run);
        if (run.ended != QUANTITY_NONE || !drive_describe(m, &v->c->memory, &state))
            continue;
        run_view view = view_of(v, &run, &state);
        buffer_cstr(&block, "\n");
        render_screen(v->c, &block, &v->c->err, &view, height);
    }
    if (block.n)
        buffer_cstr(&block, "Ctrl-C stops at the next commit; nothing is lost\n");
    v->lines = rows_of(buffer_view(&block), v->c->err.width);
    buffer_text(out, buffer_view(&block));
    buffer_release(&block);
}

/* Without a screen: what to type, as soon as somebody is asked. */
static void ask_lines(live_view *v, const drive *d, const journal_event *events, size_t n,
                      buffer *out)
{
    bool asked = false;
    for (size_t i = 0; i < n; i++)
        asked |= events[i].kind == EVENT_WAIT;
    for (size_t i = 0; i < drive_runs(d) && asked; i++) {
        journal_run run;
        json_document state;
        const vm *m = drive_machine(d, i, &run);
        if (run.ended != QUANTITY_NONE || !drive_describe(m, &v->c->memory, &state) ||
            !render_run_asks(&state))
            continue;
        run_view view = view_of(v, &run, &state);
        render_run_asked(v->c, out, &v->c->err, &view);
    }
}

void render_live(void *self, const drive *d, const journal_event *events, size_t n)
{
    live_view *v = self;
    buffer out = {0};
    arena kept = v->c->memory;
    v->c->memory = v->scratch; /* what is drawn is needed no longer than this call */
    if (v->c->err.tty)
        erase(v, &out);
    for (size_t i = 0; i < n; i++) /* who drives it stands before what he does */
        if (events[i].kind == EVENT_START || events[i].kind == EVENT_OWNER)
            log_line(v, &out, &events[i]);
    for (size_t i = 0; i < n; i++)
        if (events[i].kind != EVENT_START && events[i].kind != EVENT_OWNER)
            log_line(v, &out, &events[i]);
    if (v->c->err.tty)
        draw(v, d, &out);
    else
        ask_lines(v, d, events, n, &out);
    cli_show(v->c, &out);
    v->scratch = v->c->memory;
    v->c->memory = kept;
    arena_clear(&v->scratch);
    buffer_release(&out);
}

void render_live_end(live_view *v)
{
    buffer out = {0};
    if (v->c->err.tty)
        erase(v, &out);
    cli_show(v->c, &out);
    buffer_release(&out);
    arena_release(&v->scratch);
}
