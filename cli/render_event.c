/* render_event.c: see render_event.h. Fields of bodies: vm/events.def. */
#include "cli/render_event.h"

#include "cli/clock.h"

#include <string.h>

static const char *const event_names[EVENT_COUNT] = {
#define EVENT(id, name, group, fields) [EVENT_##id] = name,
#include "vm/events.def"
#undef EVENT
};

const char *event_name(event_kind k)
{
    return k < EVENT_COUNT ? event_names[k] : "unknown";
}

text body_text(arena *a, const json_document *d, const char *key)
{
    uint32_t n = d->nodes ? json_member(d, 0, text_of(key)) : 0;
    if (!n || d->node[n].kind == JSON_NULL)
        return (text){0};
    return d->node[n].kind == JSON_TEXT ? json_text(a, d, n) : json_raw(d, n);
}

/* What writing an event needs, in one hand. */
typedef struct {
    arena *a;
    buffer *out;
    const terminal *t;
    const zone *z;
    const json_document *d;
    instant at;
} pen;

static void put(const pen *p, const char *before, text words)
{
    if (!words.n)
        return;
    buffer_cstr(p->out, before);
    term_put(p->out, p->t, words);
}

static void put_field(const pen *p, const char *before, const char *key)
{
    put(p, before, body_text(p->a, p->d, key));
}

/* An instant of the body: microseconds, or ISO text. */
static void put_instant(const pen *p, const char *before, const char *key)
{
    text v = body_text(p->a, p->d, key);
    int64_t at;
    if (!v.n)
        return;
    if (!decimal_read(v, 0, false, &at, NULL) && !instant_read_iso(v, &at))
        return;
    buffer_cstr(p->out, before);
    clock_near(p->out, p->z, at, p->at);
}

/* {a: 1, b: "x"} as "a = 1, b = x". */
static void put_pairs(const pen *p, const char *before, const char *key)
{
    uint32_t object = p->d->nodes ? json_member(p->d, 0, text_of(key)) : 0;
    if (!object || p->d->node[object].kind != JSON_OBJECT || !p->d->node[object].count)
        return;
    buffer_cstr(p->out, before);
    uint32_t n = object + 1;
    for (uint32_t i = 0; i < p->d->node[object].count; i++, n = p->d->node[n].next) {
        buffer_cstr(p->out, i ? ", " : "");
        term_put(p->out, p->t, json_key(p->a, p->d, n));
        buffer_cstr(p->out, " = ");
        term_put(p->out, p->t,
                 p->d->node[n].kind == JSON_TEXT ? json_text(p->a, p->d, n) : json_raw(p->d, n));
    }
}

static void put_list(const pen *p, const char *before, const char *key)
{
    uint32_t list = p->d->nodes ? json_member(p->d, 0, text_of(key)) : 0;
    if (!list || p->d->node[list].kind != JSON_ARRAY) {
        put_field(p, before, key);
        return;
    }
    uint32_t n = list + 1;
    for (uint32_t i = 0; i < p->d->node[list].count; i++, n = p->d->node[n].next)
        put(p, i ? ", " : before,
            p->d->node[n].kind == JSON_TEXT ? json_text(p->a, p->d, n) : json_raw(p->d, n));
}

static void start_words(const pen *p)
{
    text program = body_text(p->a, p->d, "program");
    if (text_starts(program, TEXT("sha256:")))
        program = text_slice(program, 7, program.n);
    put_field(p, "", "run");
    put_field(p, " ", "mode");
    put(p, " program ", text_slice(program, 0, 8));
    put_field(p, " by ", "by");
}

static void command_words(const pen *p)
{
    put_field(p, "", "command");
    put_field(p, " ", "target");
    put_field(p, " ", "answer");
    put_field(p, " by ", "by");
    put_field(p, " as ", "role");
    put_instant(p, ", performed at ", "performed_at");
    put_field(p, ": ", "reason");
    put_pairs(p, "; evidence ", "evidence");
}

/* What did not go well says of what; of its values only the detail is for people. */
static void outcome_words(const pen *p)
{
    bool placed = body_text(p->a, p->d, "path").n != 0;
    put_field(p, "", "path");
    put_field(p, placed ? " " : "", "status");
    put_field(p, ": ", "detail");
    put(p, "; evidence ", text_slice(body_text(p->a, p->d, "evidence"), 0, EVIDENCE_SHOWN));
    if (!placed)
        put_field(p, " ", "values");
}

static void intent_words(const pen *p)
{
    put_field(p, "", "path");
    put_field(p, ": ", "operation");
    put_field(p, " ", "arguments");
    text attempt = body_text(p->a, p->d, "attempt");
    if (attempt.n && !text_is(attempt, "0") && !text_is(attempt, "1"))
        put(p, ", attempt ", attempt);
}

static void wait_words(const pen *p)
{
    put_field(p, "", "path");
    put_field(p, " waits: ", "what");
    put_field(p, ": ", "title");
    put_list(p, ", asked: ", "who");
    put_instant(p, ", until ", "until");
}

static void decision_words(const pen *p)
{
    put_field(p, "", "path");
    put_field(p, " ", "what");
    put_field(p, " ", "verdict");
    put_field(p, ": wanted ", "wanted");
    put_pairs(p, "; read ", "values");
    put_field(p, "; ", "why");
}

static void mark_words(const pen *p)
{
    put_field(p, "", "path");
    put_field(p, " ", "state");
    put_field(p, ": ", "title");
    put_field(p, "; ", "detail");
}

static void owner_words(const pen *p)
{
    text after = body_text(p->a, p->d, "after");
    int64_t gap;
    if (text_is(after, "gap") && decimal_read(body_text(p->a, p->d, "gap"), 0, false, &gap, NULL)) {
        buffer_cstr(p->out, "this machine slept ");
        clock_length(p->out, gap);
        buffer_cstr(p->out, ", no data of that time; ");
    }
    put_field(p, text_is(after, "resume") ? "goes on, driven by pid " : "driven by pid ", "pid");
    put_field(p, " on ", "host");
}

static void body_words(const pen *p, event_kind kind)
{
    switch (kind) {
    case EVENT_START: start_words(p); break;
    case EVENT_COMMAND: command_words(p); break;
    case EVENT_INTENT: intent_words(p); break;
    case EVENT_WAIT: wait_words(p); break;
    case EVENT_DECISION: decision_words(p); break;
    case EVENT_MARK: mark_words(p); break;
    case EVENT_OUTCOME: outcome_words(p); break;
    case EVENT_OWNER: owner_words(p); break;
    case EVENT_NOTICE:
        put_field(p, "told ", "role");
        put_field(p, ": ", "text");
        break;
    case EVENT_END:
        put_field(p, "", "state");
        put_field(p, ": ", "detail");
        break;
    case EVENT_TICK:
    case EVENT_COUNT: break;
    }
}

void event_words(cli *c, buffer *out, const terminal *t, const zone *z, const journal_event *e)
{
    json_document d;
    if (!json_read(&c->memory, e->body, &d, NULL)) {
        term_put(out, t, e->body); /* audit says what is wrong with it; here it is only shown */
        return;
    }
    pen p = {&c->memory, out, t, z, &d, e->at};
    body_words(&p, e->kind);
}

static bool says(const json_document *d, const char *key, const char *word)
{
    uint32_t n = d->nodes ? json_member(d, 0, text_of(key)) : 0;
    text v = n ? json_raw(d, n) : (text){0};
    return v.n >= 2 && text_is(text_slice(v, 1, v.n - 1), word);
}

style event_style(const journal_event *e, const json_document *d)
{
    if (e->kind == EVENT_END)
        return says(d, "state", "completed") ? STYLE_GOOD : STYLE_ERROR;
    if (says(d, "state", "failed") || says(d, "state", "stuck") || says(d, "verdict", "fail") ||
        says(d, "status", "unknown") || says(d, "status", "refused"))
        return STYLE_ERROR;
    if (e->kind == EVENT_WAIT || says(d, "state", "undoing") || says(d, "state", "undone"))
        return STYLE_WARNING;
    return e->kind == EVENT_TICK ? STYLE_DIM : STYLE_PLAIN;
}

void event_line(cli *c, buffer *out, const terminal *t, const zone *z, const journal_event *e)
{
    json_document d = {0};
    buffer words = {0};
    json_read(&c->memory, e->body, &d, NULL);
    buffer_printf(out, "%5llu  ", (unsigned long long)e->seq);
    clock_seconds(out, z, e->at);
    buffer_printf(out, "  %-8s  ", event_name(e->kind));
    event_words(c, &words, t, z, e);
    style s = event_style(e, &d);
    if (s != STYLE_PLAIN)
        term_style(out, t, s);
    buffer_text(out, buffer_view(&words));
    if (s != STYLE_PLAIN)
        term_style(out, t, STYLE_PLAIN);
    buffer_char(out, '\n');
    buffer_release(&words);
}

static void put_hash(json_writer *w, const char *key, const sha256 *h)
{
    static const sha256 none;
    char hex[65];
    json_put_key(w, key);
    sha256_hex(h, hex);
    if (sha256_equal(h, &none))
        json_put_null(w);
    else
        json_put_cstr(w, hex);
}

void event_json(buffer *out, const journal_event *e, text run)
{
    json_writer w;
    buffer at = {0};
    json_begin(&w, out, 0);
    json_object(&w);
    json_add_int(&w, "format_version", 1);
    json_add_text(&w, "run", run);
    json_add_int(&w, "seq", e->seq);
    json_add_int(&w, "cause", e->cause);
    json_put_key(&w, "at");
    instant_write_iso(&at, e->at);
    json_put_text(&w, buffer_view(&at));
    json_add_cstr(&w, "kind", event_name(e->kind));
    json_add_int(&w, "fiber", e->fiber);
    json_put_key(&w, "site");
    if (e->site == NO_INDEX)
        json_put_null(&w);
    else
        json_put_int(&w, e->site);
    put_hash(&w, "key", &e->key);
    json_put_key(&w, "body");
    json_put_raw(&w, e->body.n ? e->body : TEXT("null"));
    put_hash(&w, "hash", &e->hash);
    json_object_end(&w);
    buffer_char(out, '\n');
    buffer_release(&at);
}
