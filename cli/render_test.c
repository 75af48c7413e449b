/* render_test.c: see render_test.h: the text, and the reasons that all forms share. */
#include "cli/render_test.h"

#include "cli/clock.h"
#include "cli/render_event.h"

enum { EVENTS_SHOWN = 10 };

unsigned render_share(size_t seen, size_t all)
{
    return all == 0 ? 100 : (unsigned)(seen * 100 / all);
}

static text place_text(cli *c, const tested_file *f, span at)
{
    place p = source_place(&f->of->sources, at);
    return p.file == NULL ? TEXT("")
                          : text_format(&c->memory, "%.*s%.*s:%u:%u", TEXT_ARG(f->of->folder),
                                        TEXT_ARG(p.file->name), p.line, p.column);
}

/* --- reasons --- */

/* "route.state is undone, run.outcome is completed" */
static void put_values(cli *c, buffer *out, text values)
{
    json_document d;
    if (!json_read(&c->memory, values, &d, NULL) || d.node[0].count == 0)
        return;
    for (uint32_t i = 0, n = 1; i < d.node[0].count; i++, n = d.node[n].next) {
        text v = d.node[n].kind == JSON_TEXT ? json_text(&c->memory, &d, n) : json_raw(&d, n);
        buffer_printf(out, "%s%.*s is %.*s", i != 0 ? ", " : "",
                      TEXT_ARG(json_key(&c->memory, &d, n)), TEXT_ARG(v));
    }
}

static text finding_text(cli *c, const tested_file *f, const test_finding *x)
{
    buffer b;
    buffer_init(&b);
    buffer_printf(&b, "%.*s: expected %.*s", TEXT_ARG(place_text(c, f, x->of->at)),
                  TEXT_ARG(x->of->wanted));
    size_t before = b.n;
    buffer_cstr(&b, "; ");
    put_values(c, &b, x->found.values);
    if (b.n == before + 2) {
        b.n = before;
        buffer_printf(&b, ", but it is %.*s", TEXT_ARG(x->found.verdict));
    }
    text t = text_copy(&c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

size_t test_reasons(cli *c, const tested_file *f, const test_result *r, text **out)
{
    size_t n = 0;
    text *list =
        arena_array(&c->memory, text, r->finding_count + r->unmet_count + r->blind_count + 1);
    if (r->fault.n != 0)
        list[n++] = text_format(&c->memory, "it could not be run: %.*s", TEXT_ARG(r->fault));
    for (size_t i = 0; i < r->finding_count; i++)
        if (!r->findings[i].found.held)
            list[n++] = finding_text(c, f, &r->findings[i]);
    for (size_t i = 0; i < r->blind_count; i++)
        list[n++] = text_format(
            &c->memory, "the series %.*s has no data: give it, or what %.*s(%.*s) returns",
            TEXT_ARG(r->blind[i].path), TEXT_ARG(r->blind[i].call), TEXT_ARG(r->blind[i].argument));
    for (size_t i = 0; i < r->unmet_count; i++)
        list[n++] =
            text_format(&c->memory, "%.*s: given %.*s, which nothing asked for",
                        TEXT_ARG(place_text(c, f, r->unmet[i]->at)), TEXT_ARG(r->unmet[i]->source));
    *out = list;
    return n;
}

/* --- text --- */

static void put_events(cli *c, const test_result *r)
{
    size_t from = r->event_count > EVENTS_SHOWN ? r->event_count - EVENTS_SHOWN : 0;
    if (r->event_count != 0)
        buffer_cstr(&c->result, "      how it came to this:\n");
    for (size_t i = from; i < r->event_count; i++) {
        buffer_cstr(&c->result, "        ");
        clock_seconds(&c->result, r->zone, r->events[i].at);
        buffer_cstr(&c->result, "  ");
        event_words(c, &c->result, &c->out, r->zone, &r->events[i]);
        buffer_char(&c->result, '\n');
    }
}

static void put_waiting(cli *c, const test_result *r)
{
    for (size_t i = 0; i < r->waiting_count; i++) {
        buffer_cstr(&c->result, i == 0 ? "      it waits for " : ", ");
        term_put(&c->result, &c->out, r->waiting[i]);
    }
    if (r->waiting_count != 0)
        buffer_char(&c->result, '\n');
}

static void put_result(cli *c, const tested_file *f, const test_result *r)
{
    text *reasons;
    term_styled(&c->result, &c->out, r->passed ? STYLE_GOOD : STYLE_ERROR,
                r->passed ? TEXT("ok    ") : TEXT("FAIL  "));
    term_put(&c->result, &c->out, r->of->name);
    buffer_printf(&c->result, "  (%.*s %s", TEXT_ARG(r->of->migration), r->outcome);
    if (r->elapsed > 0) {
        buffer_cstr(&c->result, " after ");
        clock_length(&c->result, r->elapsed);
    }
    buffer_cstr(&c->result, ")\n");
    if (r->passed)
        return;
    size_t n = test_reasons(c, f, r, &reasons);
    for (size_t i = 0; i < n; i++) {
        buffer_cstr(&c->result, "      ");
        term_put(&c->result, &c->out, reasons[i]);
        buffer_char(&c->result, '\n');
    }
    put_waiting(c, r);
    put_events(c, r);
}

static void put_coverage(cli *c, const tested_file *f)
{
    static const char *const names[POINT_KINDS] = {"reached", "failures", "true", "false"};
    size_t seen, all;
    coverage_count(f->seen, POINT_KINDS, &seen, &all);
    buffer_printf(&c->result, "coverage  %u%%  of %s (", render_share(seen, all), f->of->path);
    for (point_kind k = 0; k < POINT_KINDS; k++) {
        coverage_count(f->seen, k, &seen, &all);
        buffer_printf(&c->result, "%s%s %zu/%zu", k != 0 ? ", " : "", names[k], seen, all);
    }
    buffer_cstr(&c->result, ")\n");
    for (size_t i = 0; i < f->seen->points.n; i++) {
        const coverage_point *p = &f->seen->points.p[i];
        if (p->seen)
            continue;
        buffer_printf(&c->result, "  %.*s%.*s:%u:%u  ", TEXT_ARG(f->of->folder),
                      TEXT_ARG(image_file(f->seen->program, p->file)), p->line, p->column);
        coverage_words(f->seen, p, &c->result);
        buffer_char(&c->result, '\n');
    }
}

void render_tests_text(cli *c, const tested_file *files, size_t n)
{
    size_t count = 0, failed = 0;
    for (size_t i = 0; i < n; i++) {
        const tested_file *f = &files[i];
        if (n > 1)
            buffer_printf(&c->result, "%s\n", f->of->path);
        for (size_t k = 0; k < f->count; k++)
            put_result(c, f, &f->results[k]);
        if (f->seen != NULL && f->fault == NULL)
            put_coverage(c, f);
        count += f->count;
        failed += f->failed;
    }
    buffer_printf(&c->result, "%zu passed, %zu failed\n", count - failed, failed);
}
