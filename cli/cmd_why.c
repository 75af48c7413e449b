/* cmd_why.c: `ferry why [RUN] [PATH]`: what was wanted, read and done at one place of a run, out of
 * the journal, and where that stands in the source. */
#include "cli/clock.h"
#include "cli/render_event.h"
#include "cli/render_evidence.h"
#include "cli/replayed.h"

#include <string.h>

typedef struct {
    uint32_t fiber, n;
} request;

/* A read that did not give all it was asked for. */
typedef struct {
    journal_event event;
    text path, detail;
} lack;

typedef struct {
    cli *c;
    text path;  /* wanted: a whole path or a tail of one */
    text found; /* the first whole path that fits */
    uint32_t site;
    bool others; /* more than one path fits */
    VEC(journal_event) events;
    VEC(request) requests; /* intents of the path whose outcomes belong to it */
    VEC(lack) lacking;
} story;

static bool is_tail(text path, text tail)
{
    if (!tail.n || !text_ends(path, tail))
        return false;
    return path.n == tail.n || path.p[path.n - tail.n - 1] == '.';
}

static bool parse_body(arena *a, const journal_event *e, json_document *d)
{
    return json_read(a, e->body, d, NULL) && d->node[0].kind == JSON_OBJECT;
}

/* --- what to explain when nobody says: the first thing that went wrong -------------------------
 */

static bool went_wrong(arena *a, const journal_event *e, const json_document *d)
{
    text state = body_text(a, d, "state"), verdict = body_text(a, d, "verdict");
    text what = body_text(a, d, "what");
    if (e->kind == EVENT_MARK)
        return text_is(state, "failed") || text_is(state, "stuck");
    if (e->kind == EVENT_WAIT)
        return text_is(what, "question");
    if (e->kind != EVENT_DECISION)
        return false;
    if (text_is(what, "trigger"))
        return !text_is(verdict, "false") && !text_is(verdict, "not available");
    return text_is(verdict, "fail") || text_is(verdict, "not available") ||
           text_is(verdict, "does not fit") || text_is(verdict, "skip") ||
           text_is(verdict, "rollback");
}

/* Of the run as a whole, without a reason in the program: a person's word. */
static bool sent_back(arena *a, const journal_event *e, const json_document *d)
{
    return e->kind == EVENT_COMMAND && text_is(body_text(a, d, "command"), "rollback") &&
           !body_text(a, d, "target").n;
}

static void take(story *s, const journal_event *e)
{
    journal_event copy = *e;
    copy.body = text_copy(&s->c->memory, e->body);
    vec_push(&s->events, copy);
}

static bool find_fault(void *self, const journal_event *e)
{
    story *s = self;
    json_document d;
    arena *a = &s->c->memory;
    if (!parse_body(a, e, &d))
        return true;
    if (sent_back(a, e, &d)) {
        take(s, e);
        return false;
    }
    if (e->kind == EVENT_COMMAND && text_is(body_text(a, &d, "command"), "rollback"))
        s->path = text_copy(a, body_text(a, &d, "target"));
    else if (went_wrong(a, e, &d))
        s->path = text_copy(a, body_text(a, &d, "path"));
    return s->path.n == 0;
}

/* --- gathering ---------------------------------------------------------------------------------
 */

static bool answers_us(const story *s, const journal_event *e)
{
    for (size_t i = 0; i < s->requests.n; i++)
        if (s->requests.p[i].fiber == e->fiber && s->requests.p[i].n == e->n)
            return true;
    return false;
}

/* --- where what is not available came from ---
 *
 * A read or simulation that did not give all it was asked for says so itself. It stands before the
 * decision that missed it, at the same place or below, or is named by what was read.
 */

static void lacking_keep(story *s, const journal_event *e, const json_document *d)
{
    arena *a = &s->c->memory;
    lack x = {.path = text_copy(a, body_text(a, d, "path")),
              .detail = text_copy(a, body_text(a, d, "detail"))};
    if (!x.path.n || !x.detail.n)
        return;
    x.event = *e;
    x.event.body = text_copy(a, e->body);
    for (size_t i = 0; i < s->lacking.n; i++)
        if (text_equal(s->lacking.p[i].path, x.path) && s->lacking.p[i].event.fiber == e->fiber &&
            text_equal(s->lacking.p[i].detail, x.detail)) {
            s->lacking.p[i] = x; /* the last of a series of them */
            return;
        }
    vec_push(&s->lacking, x);
}

static text parent(text path)
{
    const char *dot = path.n ? memrchr(path.p, '.', path.n) : NULL;
    return text_slice(path, 0, dot ? (size_t)(dot - path.p) : 0);
}

/* "m.errors" was not available, and an answer lacked `json.errors`. */
static bool named_in(arena *a, const json_document *d, text detail)
{
    uint32_t values = json_member(d, 0, TEXT("values")), n = values + 1;
    if (!values || d->node[values].kind != JSON_OBJECT)
        return false;
    for (uint32_t i = 0; i < d->node[values].count; i++, n = d->node[n].next) {
        text key = json_key(a, d, n);
        const char *dot = memrchr(key.p, '.', key.n);
        text last = dot ? text_slice(key, (size_t)(dot - key.p), key.n) : key;
        if (d->node[n].kind == JSON_TEXT && text_is(json_text(a, d, n), "not available") &&
            memmem(detail.p, detail.n, last.p, last.n))
            return true;
    }
    return false;
}

static void origins_take(story *s, const journal_event *e, const json_document *d)
{
    arena *a = &s->c->memory;
    size_t kept = 0;
    bool missed = e->kind == EVENT_WAIT ? text_is(body_text(a, d, "what"), "question")
                                        : text_is(body_text(a, d, "verdict"), "not available");
    for (size_t i = 0; missed && i < s->lacking.n; i++) {
        const lack *x = &s->lacking.p[i];
        bool here = text_equal(x->path, s->found) || text_equal(parent(x->path), s->found) ||
                    (x->event.fiber == e->fiber && text_equal(x->path, parent(s->found)));
        if (here || named_in(a, d, x->detail))
            vec_push(&s->events, x->event);
        else
            s->lacking.p[kept++] = *x;
    }
    if (missed)
        s->lacking.n = kept;
}

/* The evidence of this place, or of a simulation that stands right in it, whose gate asks for it.
 */
static bool shows(const story *s, const journal_event *e, text path)
{
    sha256 digest;
    return journal_evidence(e, &s->c->memory, &digest) && s->found.n &&
           (text_equal(path, s->found) || text_equal(parent(path), s->found));
}

static bool gather(void *self, const journal_event *e)
{
    story *s = self;
    json_document d;
    arena *a = &s->c->memory;
    if (e->kind == EVENT_OUTCOME && answers_us(s, e)) {
        take(s, e);
        return true;
    }
    if (!parse_body(a, e, &d))
        return true;
    if (e->kind == EVENT_COMMAND) {
        text target = body_text(a, &d, "target");
        if (target.n && s->found.n && is_tail(s->found, target))
            take(s, e);
        return true;
    }
    if (e->kind == EVENT_OUTCOME) {
        if (shows(s, e, body_text(a, &d, "path")))
            take(s, e);
        else
            lacking_keep(s, e, &d);
        return true;
    }
    text path = body_text(a, &d, "path");
    if (!is_tail(path, s->path))
        return true;
    if (!s->found.n)
        s->found = text_copy(a, path);
    if (s->site == NO_INDEX && text_equal(s->found, path))
        s->site = e->site;
    if (!text_equal(s->found, path)) {
        s->others = true;
        return true;
    }
    origins_take(s, e, &d);
    if (e->kind == EVENT_INTENT) {
        request r = {e->fiber, e->n};
        vec_push(&s->requests, r);
    }
    take(s, e);
    return true;
}

/* --- showing -----------------------------------------------------------------------------------
 */

static bool place_of(const image *i, const story *s, image_debug *out)
{
    return i && s->site < i->site_count && image_site_place(i, s->site, out);
}

static const char *heading(event_kind k)
{
    switch (k) {
    case EVENT_INTENT: return "did";
    case EVENT_OUTCOME: return "answer";
    case EVENT_DECISION: return "decided";
    case EVENT_MARK: return "state";
    case EVENT_WAIT: return "asked";
    case EVENT_COMMAND: return "said";
    default: return event_name(k);
    }
}

static void pair_lines(cli *c, const json_document *d, uint32_t object)
{
    uint32_t n = object + 1;
    for (uint32_t i = 0; i < d->node[object].count; i++, n = d->node[n].next) {
        buffer_printf(&c->result, "          %s ", i ? "    " : "read");
        term_put(&c->result, &c->out, json_key(&c->memory, d, n));
        buffer_cstr(&c->result, " = ");
        term_styled(&c->result, &c->out, STYLE_BOLD,
                    d->node[n].kind == JSON_TEXT ? json_text(&c->memory, d, n) : json_raw(d, n));
        buffer_char(&c->result, '\n');
    }
}

/* A decision is the heart of the matter: each part on a line of its own. */
static void decision_lines(cli *c, const json_document *d)
{
    text wanted = body_text(&c->memory, d, "wanted"), why = body_text(&c->memory, d, "why");
    term_put(&c->result, &c->out, body_text(&c->memory, d, "what"));
    buffer_char(&c->result, ' ');
    term_styled(&c->result, &c->out, STYLE_BOLD, body_text(&c->memory, d, "verdict"));
    if (why.n) {
        buffer_cstr(&c->result, ": ");
        term_put(&c->result, &c->out, why);
    }
    buffer_char(&c->result, '\n');
    if (wanted.n) {
        buffer_cstr(&c->result, "          wanted ");
        term_put(&c->result, &c->out, wanted);
        buffer_char(&c->result, '\n');
    }
    uint32_t values = json_member(d, 0, TEXT("values"));
    if (values && d->node[values].kind == JSON_OBJECT)
        pair_lines(c, d, values);
}

static void event_lines(cli *c, const journal_event *e, const zone *z)
{
    json_document d;
    term_pad(&c->result, &c->out, text_of(heading(e->kind)), 10);
    clock_seconds(&c->result, z, e->at);
    buffer_cstr(&c->result, "  ");
    if (e->kind == EVENT_DECISION && parse_body(&c->memory, e, &d)) {
        decision_lines(c, &d);
        return;
    }
    event_words(c, &c->result, &c->out, z, e);
    if (e->kind == EVENT_INTENT) {
        char hex[65];
        sha256_hex(&e->key, hex);
        buffer_printf(&c->result, "  key %.8s", hex);
    }
    buffer_char(&c->result, '\n');
}

static void write_text(cli *c, journal *j, const story *s, const replayed *r)
{
    const zone *z = clock_zone_of(c, r->program, r->run.migration);
    image_debug at;
    term_styled(&c->result, &c->out, STYLE_BOLD, s->found);
    if (place_of(r->program, s, &at)) {
        buffer_cstr(&c->result, "  (");
        term_put(&c->result, &c->out, image_file(r->program, at.file));
        buffer_printf(&c->result, ":%u)", at.line);
    }
    buffer_char(&c->result, '\n');
    for (size_t i = 0; i < s->events.n; i++) {
        event_lines(c, &s->events.p[i], z);
        render_evidence(c, &c->result, &c->out, j, &s->events.p[i]);
    }
    if (s->others)
        cli_say(c, "other paths end in `%.*s`, too; name more of it to see them",
                TEXT_ARG(s->path));
}

static void write_json(cli *c, journal *j, const story *s, const replayed *r)
{
    json_writer w;
    image_debug at;
    bool placed = place_of(r->program, s, &at);
    cli_json_begin(c, &w);
    json_add_text(&w, "run", r->run.name);
    json_add_text(&w, "path", s->found);
    json_put_key(&w, "file");
    if (placed)
        json_put_text(&w, image_file(r->program, at.file));
    else
        json_put_null(&w);
    json_add_int(&w, "line", placed ? at.line : 0);
    json_add_array(&w, "events");
    for (size_t i = 0; i < s->events.n; i++) {
        buffer one = {0};
        event_json(&one, &s->events.p[i], r->run.name);
        json_put_raw(&w, text_trim(buffer_view(&one)));
        buffer_release(&one);
    }
    json_array_end(&w);
    json_add_array(&w, "evidence");
    for (size_t i = 0; i < s->events.n; i++) {
        text document = evidence_document(c, j, &s->events.p[i]);
        if (document.n)
            json_put_raw(&w, document);
    }
    json_array_end(&w);
    cli_json_end(c, &w);
}

/* Names of what could have been meant, from the state of the run. */
static exit_code unknown_path(cli *c, const story *s, const replayed *r)
{
    uint32_t steps = json_member(&r->state, 0, TEXT("steps"));
    uint32_t n = steps && r->state.node[steps].kind == JSON_ARRAY ? r->state.node[steps].count : 0;
    text *paths = arena_array(&c->memory, text, 2 * (size_t)n + 1);
    size_t count = 0;
    for (uint32_t i = 0, k = steps + 1; i < n; i++, k = r->state.node[k].next) {
        uint32_t m = json_member(&r->state, k, TEXT("path"));
        text path = m ? json_text(&c->memory, &r->state, m) : (text){0};
        const char *dot = path.n ? memrchr(path.p, '.', path.n) : NULL;
        paths[count++] = path;
        if (dot)
            paths[count++] = text_slice(path, (size_t)(dot - path.p) + 1, path.n);
    }
    ptrdiff_t near = text_nearest(s->path, paths, count);
    if (near >= 0)
        cli_error(c, NULL, "nothing in %.*s is called `%.*s`; did you mean `%.*s`?",
                  TEXT_ARG(r->run.name), TEXT_ARG(s->path), TEXT_ARG(paths[near]));
    else
        cli_error(c, "`ferry status` lists the paths", "nothing in %.*s is called `%.*s`",
                  TEXT_ARG(r->run.name), TEXT_ARG(s->path));
    return CODE_REFUSED;
}

static exit_code tell(cli *c, journal *j, const replayed *r, story *s)
{
    bool word = false;
    if (!s->path.n) {
        journal_read(j, r->run.run, 0, find_fault, s);
        word = s->events.n != 0;
    }
    if (word)
        s->found = r->run.name;
    else if (!s->path.n) {
        if (c->json)
            write_json(c, j, s, r);
        cli_say(c, "nothing went wrong in %.*s; name a path to see how it was decided",
                TEXT_ARG(r->run.name));
        return CODE_DONE;
    }
    journal_status status = word ? JOURNAL_OK : journal_read(j, r->run.run, 0, gather, s);
    if (status != JOURNAL_OK)
        return store_fault(c, status, store_path(c, NULL), TEXT("an event cannot be read"));
    if (!s->events.n)
        return unknown_path(c, s, r);
    if (c->json)
        write_json(c, j, s, r);
    else
        write_text(c, j, s, r);
    return CODE_DONE;
}

/* People write / where paths have dots. */
static text dotted(cli *c, const char *word)
{
    char *copy = arena_copy(&c->memory, word, strlen(word));
    for (char *p = copy; *p; p++)
        if (*p == '/')
            *p = '.';
    return text_of(copy);
}

/* Which operand is what: a first word that names a run is the run. */
static void read_operands(cli *c, journal *j, const char **run, text *path)
{
    const char *first = cli_operand(c, 0), *second = cli_operand(c, 1);
    journal_run found;
    *run = option_value(&c->options, OPT_run);
    if (first && (second || journal_run_find(j, text_of(first), &c->memory, &found)))
        *run = first;
    else
        second = first;
    if (second)
        *path = dotted(c, second);
}

exit_code command_why(cli *c)
{
    journal *j;
    journal_run run;
    replayed r = {0};
    const char *name = NULL;
    story s = {.c = c, .site = NO_INDEX};
    exit_code code = cli_expect_operands(c, 0, 2);
    if (code != CODE_DONE || (code = store_read(c, &j)) != CODE_DONE)
        return code;
    read_operands(c, j, &name, &s.path);
    code = store_run(c, j, name, &run);
    if (code == CODE_DONE)
        code = replayed_open(c, j, &run, &r);
    if (code == CODE_DONE)
        code = tell(c, j, &r, &s);
    replayed_release(&r);
    vec_release(&s.events);
    vec_release(&s.requests);
    vec_release(&s.lacking);
    journal_close(j);
    return code;
}
