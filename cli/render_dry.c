/* render_dry.c: see render_dry.h. Fields of bodies: vm/events.def. */
#include "cli/render_dry.h"

#include "base/decimal.h"
#include "cli/clock.h"
#include "cli/program.h"
#include "cli/render_event.h"

enum { COLUMN_TIME = 20, COLUMN_WORD = 8 };

void render_dry_begin(dry_view *v, text migration)
{
    cli *c = v->c;
    buffer hash = {0};
    program_hash(v->program, &hash);
    v->last = QUANTITY_NONE;
    if (c->json) {
        cli_json_begin(c, &v->json);
        json_add_text(&v->json, "migration", migration);
        json_add_text(&v->json, "program", buffer_view(&hash));
        json_add_array(&v->json, "events");
    } else {
        term_styled(&c->result, &c->out, STYLE_BOLD, migration);
        buffer_printf(&c->result, "  DRY RUN  program %.8s\n", buffer_string(&hash) + 7);
    }
    buffer_release(&hash);
}

/* --- lines ---
 */

/* The place, when it is another than that of the line before; and the time, when that is. */
static void head(dry_view *v, const journal_event *e, text path, text title)
{
    buffer *out = &v->c->result, time = {0};
    if (text_equal(buffer_view(&v->path), path) && v->path.n != 0)
        return;
    buffer_clear(&v->path);
    buffer_text(&v->path, path);
    instant minute = e->at - e->at % MINUTE;
    if (minute != v->last)
        clock_near(&time, v->zone, e->at, v->start);
    v->last = minute;
    term_pad(out, &v->c->out, buffer_view(&time), COLUMN_TIME);
    buffer_release(&time);
    term_styled(out, &v->c->out, STYLE_BOLD, path);
    if (title.n) {
        buffer_cstr(out, "  ");
        term_put(out, &v->c->out, title);
    }
    buffer_char(out, '\n');
}

static void line(dry_view *v, text word, style s)
{
    buffer *out = &v->c->result;
    term_repeat(out, " ", COLUMN_TIME + 2);
    term_style(out, &v->c->out, s);
    term_pad(out, &v->c->out, word, COLUMN_WORD);
    term_style(out, &v->c->out, STYLE_PLAIN);
}

static void put(dry_view *v, const char *before, text words)
{
    if (!words.n)
        return;
    buffer_cstr(&v->c->result, before);
    term_put(&v->c->result, &v->c->out, words);
}

/* "gateway.run argv ["ctl", …], stdin null": of an object with operation, connector, arguments. */
static void put_call(dry_view *v, const json_document *d, uint32_t object)
{
    arena *a = &v->c->memory;
    uint32_t connector = json_member(d, object, TEXT("connector"));
    text operation = json_text(a, d, json_member(d, object, TEXT("operation")));
    ptrdiff_t dot = text_find(operation, '.');
    int64_t row;
    if (connector && dot >= 0 && decimal_read(json_raw(d, connector), 0, false, &row, NULL)) {
        put(v, "",
            image_field_text(v->program, TABLE_CONNECTOR, COLUMN_CONNECTOR_NAME, (uint32_t)row));
        operation = text_slice(operation, (size_t)dot, operation.n);
    }
    put(v, "", operation);
    uint32_t arguments = json_member(d, object, TEXT("arguments"));
    uint32_t n = arguments + 1;
    for (uint32_t i = 0; arguments && i < d->node[arguments].count; i++, n = d->node[n].next) {
        put(v, i ? ", " : " ", json_key(a, d, n));
        put(v, ": ", d->node[n].kind == JSON_NULL ? TEXT("known at run time") : json_raw(d, n));
    }
    buffer_char(&v->c->result, '\n');
}

static void way_back(dry_view *v, const json_document *d)
{
    uint32_t undo = json_member(d, 0, TEXT("undo"));
    uint32_t request = undo ? json_member(d, undo, TEXT("request")) : 0;
    uint32_t needs = undo ? json_member(d, undo, TEXT("needs")) : 0;
    uint32_t kind = undo ? json_member(d, undo, TEXT("kind")) : 0;
    uint32_t why = undo ? json_member(d, undo, TEXT("why")) : 0;
    arena *a = &v->c->memory;
    if (!request && !needs && !(why && json_text(a, d, why).n))
        return; /* it is itself an undo */
    line(v, TEXT("back"), STYLE_DIM);
    if (request) {
        put_call(v, d, request);
        return;
    }
    if (needs)
        put(v, "", TEXT("declared; its arguments are known at run time"));
    else
        put(v, "", kind ? json_text(a, d, kind) : TEXT(""));
    put(v, ": ", why ? json_text(a, d, why) : TEXT(""));
    buffer_char(&v->c->result, '\n');
}

static void decided(dry_view *v, const json_document *d)
{
    arena *a = &v->c->memory;
    text verdict = body_text(a, d, "verdict");
    bool fails = text_is(verdict, "fail");
    bool assumed = text_starts(body_text(a, d, "why"), TEXT("assumed"));
    line(v, body_text(a, d, "what"), fails ? STYLE_ERROR : STYLE_PLAIN);
    put(v, "", assumed ? TEXT("at run time") : verdict);
    put(v, ": ", body_text(a, d, "wanted"));
    uint32_t values = json_member(d, 0, TEXT("values")), n = values + 1;
    for (uint32_t i = 0; values && !assumed && i < d->node[values].count;
         i++, n = d->node[n].next) {
        put(v, i ? ", " : "; ", json_key(a, d, n));
        put(v, " = ", d->node[n].kind == JSON_TEXT ? json_text(a, d, n) : json_raw(d, n));
    }
    put(v, "; ", assumed ? TEXT("") : body_text(a, d, "why"));
    buffer_char(&v->c->result, '\n');
}

static void asked(dry_view *v, const json_document *d)
{
    arena *a = &v->c->memory;
    uint32_t who = json_member(d, 0, TEXT("who"));
    text what = body_text(a, d, "what"), title = body_text(a, d, "title");
    line(v, text_is(what, "condition") ? TEXT("wait") : what, STYLE_PLAIN);
    put(v, "", title.n ? title : TEXT("until it opens"));
    for (uint32_t i = 0; who && d->node[who].kind == JSON_ARRAY && i < d->node[who].count; i++)
        put(v, i ? ", " : "; asked: ", json_text(a, d, json_element(d, who, i)));
    buffer_char(&v->c->result, '\n');
}

static bool is_asked(text what)
{
    return text_is(what, "approval") || text_is(what, "task") || text_is(what, "question") ||
           text_is(what, "window") || text_is(what, "condition") || text_is(what, "traffic");
}

static void event_lines(dry_view *v, const journal_event *e, const json_document *d)
{
    arena *a = &v->c->memory;
    text path = body_text(a, d, "path"), state = body_text(a, d, "state");
    switch (e->kind) {
    case EVENT_MARK:
        if (text_is(state, "entered") || text_is(state, "started") || text_is(state, "failed"))
            head(v, e, path, body_text(a, d, "title"));
        if (text_is(state, "failed")) {
            line(v, TEXT("fails"), STYLE_ERROR);
            put(v, "", body_text(a, d, "detail"));
            buffer_char(&v->c->result, '\n');
        }
        break;
    case EVENT_INTENT:
        head(v, e, path, TEXT(""));
        line(v, TEXT("write"), STYLE_BOLD);
        put_call(v, d, 0);
        way_back(v, d);
        break;
    case EVENT_DECISION:
        if (!text_is(body_text(a, d, "what"), "gate") &&
            !text_is(body_text(a, d, "what"), "branch"))
            break;
        head(v, e, path, TEXT(""));
        decided(v, d);
        break;
    case EVENT_WAIT:
        if (!is_asked(body_text(a, d, "what")))
            break;
        head(v, e, path, TEXT(""));
        asked(v, d);
        break;
    case EVENT_NOTICE:
        head(v, e, path, TEXT(""));
        line(v, TEXT("tell"), STYLE_PLAIN);
        put(v, "", body_text(a, d, "text"));
        buffer_char(&v->c->result, '\n');
        break;
    default: break;
    }
}

/* --- events --- */

void render_dry(void *self, const drive *d, const journal_event *events, size_t n)
{
    dry_view *v = self;
    journal_run run;
    drive_machine(d, 0, &run);
    for (size_t i = 0; i < n; i++) {
        json_document body;
        if (v->c->json) {
            buffer one = {0};
            event_json(&one, &events[i], run.name);
            json_put_raw(&v->json, text_trim(buffer_view(&one)));
            buffer_release(&one);
        } else if (json_read(&v->c->memory, events[i].body, &body, NULL)) {
            event_lines(v, &events[i], &body);
        }
    }
}

void render_dry_end(dry_view *v)
{
    if (v->c->json) {
        json_array_end(&v->json);
        cli_json_end(v->c, &v->json);
    } else {
        cli_say(v->c,
                "dry run: nothing was called, read or stored; what is not shown as decided is "
                "known at run time only");
    }
    buffer_release(&v->path);
}
