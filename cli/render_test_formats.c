/* render_test_formats.c: what tests found, for machines: JSON, and JUnit's XML as build servers
 * agree on it (testsuites, testsuite, testcase, failure, error). */
#include "cli/render_test.h"

#include "cli/markup.h"
#include "cli/render_event.h"

/* --- JSON --- */

static void put_place(json_writer *w, const tested_file *f, span at)
{
    place p = source_place(&f->of->sources, at);
    json_add_text(w, "file", p.file != NULL ? p.file->name : TEXT(""));
    json_add_int(w, "line", p.line);
    json_add_int(w, "column", p.column);
}

static void put_findings(json_writer *w, const tested_file *f, const test_result *r)
{
    json_add_array(w, "expectations");
    for (size_t i = 0; i < r->finding_count; i++) {
        const test_finding *x = &r->findings[i];
        json_object(w);
        json_add_text(w, "wanted", x->of->wanted);
        json_add_text(w, "verdict", x->found.verdict);
        json_put_key(w, "values");
        json_put_raw(w, x->found.values);
        put_place(w, f, x->of->at);
        json_object_end(w);
    }
    json_array_end(w);
}

static void put_result(cli *c, json_writer *w, const tested_file *f, const test_result *r)
{
    text *reasons;
    size_t n = test_reasons(c, f, r, &reasons);
    json_object(w);
    json_add_text(w, "name", r->of->name);
    json_add_text(w, "migration", r->of->migration);
    json_add_bool(w, "passed", r->passed);
    json_add_cstr(w, "outcome", r->outcome);
    json_add_int(w, "elapsed", r->elapsed);
    put_place(w, f, r->of->at);
    put_findings(w, f, r);
    json_add_array(w, "reasons");
    for (size_t i = 0; i < n; i++)
        json_put_text(w, reasons[i]);
    json_array_end(w);
    json_object_end(w);
}

static void put_coverage(json_writer *w, const tested_file *f)
{
    static const char *const names[POINT_KINDS] = {"reached", "failed", "true", "false"};
    size_t seen, all;
    coverage_count(f->seen, POINT_KINDS, &seen, &all);
    json_add_object(w, "coverage");
    json_add_int(w, "percent", render_share(seen, all));
    for (point_kind k = 0; k < POINT_KINDS; k++) {
        coverage_count(f->seen, k, &seen, &all);
        json_add_object(w, names[k]);
        json_add_int(w, "seen", (int64_t)seen);
        json_add_int(w, "all", (int64_t)all);
        json_object_end(w);
    }
    json_add_array(w, "missing");
    for (size_t i = 0; i < f->seen->points.n; i++) {
        const coverage_point *p = &f->seen->points.p[i];
        buffer words = {0};
        if (p->seen)
            continue;
        coverage_words(f->seen, p, &words);
        json_object(w);
        json_add_text(w, "what", buffer_view(&words));
        json_add_text(w, "file", image_file(f->seen->program, p->file));
        json_add_int(w, "line", p->line);
        json_add_int(w, "column", p->column);
        json_object_end(w);
        buffer_release(&words);
    }
    json_array_end(w);
    json_object_end(w);
}

void render_tests_json(cli *c, const tested_file *files, size_t n)
{
    json_writer w;
    size_t count = 0, failed = 0;
    cli_json_begin(c, &w);
    json_add_array(&w, "files");
    for (size_t i = 0; i < n; i++) {
        const tested_file *f = &files[i];
        json_object(&w);
        json_add_cstr(&w, "path", f->of->path);
        json_add_array(&w, "tests");
        for (size_t k = 0; k < f->count; k++)
            put_result(c, &w, f, &f->results[k]);
        json_array_end(&w);
        if (f->seen != NULL && f->fault == NULL)
            put_coverage(&w, f);
        json_object_end(&w);
        count += f->count;
        failed += f->failed;
    }
    json_array_end(&w);
    json_add_int(&w, "passed", (int64_t)(count - failed));
    json_add_int(&w, "failed", (int64_t)failed);
    cli_json_end(c, &w);
}

/* --- XML --- */

/* `time` is the run's own, in seconds: how long the night would have been. */
static void put_case(cli *c, const tested_file *f, const test_result *r)
{
    text *reasons;
    buffer *b = &c->result;
    buffer_cstr(b, "    <testcase");
    markup_attribute(b, "classname", r->of->migration);
    markup_attribute(b, "name", r->of->name);
    buffer_printf(b, " time=\"%lld\"", (long long)(r->elapsed / SECOND));
    if (r->passed) {
        buffer_cstr(b, "/>\n");
        return;
    }
    buffer_cstr(b, ">\n");
    size_t n = test_reasons(c, f, r, &reasons);
    for (size_t i = 0; i < n; i++) {
        buffer_printf(b, "      <%s", r->fault.n != 0 ? "error" : "failure");
        markup_attribute(b, "message", reasons[i]);
        buffer_cstr(b, "/>\n");
    }
    buffer_cstr(b, "    </testcase>\n");
}

void render_tests_junit(cli *c, const tested_file *files, size_t n)
{
    buffer *b = &c->result;
    buffer_cstr(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (size_t i = 0; i < n; i++) {
        const tested_file *f = &files[i];
        buffer_cstr(b, "  <testsuite");
        markup_attribute(b, "name", text_of(f->of->path));
        buffer_printf(b, " tests=\"%zu\" failures=\"%zu\" errors=\"%d\">\n", f->count, f->failed,
                      f->fault != NULL);
        for (size_t k = 0; k < f->count; k++)
            put_case(c, f, &f->results[k]);
        if (f->fault != NULL) {
            buffer_cstr(b, "    <testcase name=\"compile\"><error");
            markup_attribute(b, "message", text_of(f->fault));
            buffer_cstr(b, "/></testcase>\n");
        }
        buffer_cstr(b, "  </testsuite>\n");
    }
    buffer_cstr(b, "</testsuites>\n");
}
