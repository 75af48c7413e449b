/* cmd_test.c: `ferry test`: the tests of programs, in virtual time. */
#include "cli/render_test.h"

#include <fnmatch.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    cli *c;
    const char *pattern;
    size_t found; /* tests, whether they fit the pattern or not */
} testing;

/* A part of the name, or a pattern of the shell for all of it. */
static bool fits(const testing *t, text name)
{
    if (t->pattern == NULL)
        return true;
    const char *whole = text_copy(&t->c->memory, name).p;
    return strstr(whole, t->pattern) != NULL || fnmatch(t->pattern, whole, 0) == 0;
}

/* The image of the tests is made by a compilation of its own: the program knows nothing of them. */
static image *tests_of(cli *c, const program *p)
{
    source_map sources;
    diagnostics d;
    buffer bytes;
    image *i = NULL;
    image_fault fault = {.message = "it does not compile"};
    source_map_init(&sources, &c->memory);
    diag_init(&d, &c->memory);
    buffer_init(&bytes);
    compile_options o = {.path = p->path, .tests = true};
    if (!compile(&o, &c->memory, &sources, &d, &bytes, NULL) ||
        !image_verify(&i, bytes.p, bytes.n, &fault))
        cli_error(c, "this is a bug in Ferry: please report it with the playbook",
                  "the image of the tests is not accepted: %s", fault.message);
    buffer_release(&bytes);
    diag_release(&d);
    source_map_release(&sources);
    return i;
}

static void run_all(testing *t, tested_file *f, const image *tests)
{
    const compile_facts *facts = &f->of->facts;
    f->results = arena_array(&t->c->memory, test_result, facts->test_count + 1);
    for (size_t i = 0; i < facts->test_count; i++) {
        if (!fits(t, facts->tests[i].name))
            continue;
        test_result *r = &f->results[f->count++];
        testing_run(t->c, f->of, tests, &facts->tests[i], f->seen, r);
        f->failed += !r->passed;
    }
    t->found += facts->test_count;
}

static exit_code test_file(testing *t, program *p, tested_file *f)
{
    cli *c = t->c;
    f->of = p;
    if (p->from_image) {
        f->fault = "an image holds no tests: name the source";
        cli_error(c, "name the source", "%s: an image holds no tests", p->path);
        return CODE_ERRORS;
    }
    if (option_is(&c->options, OPT_coverage)) {
        f->seen = arena_new(&c->memory, coverage);
        coverage_begin(f->seen, p->image);
    }
    image *tests = tests_of(c, p);
    if (tests == NULL)
        return CODE_BUG;
    run_all(t, f, tests);
    image_free(tests);
    return f->failed != 0 ? CODE_ERRORS : CODE_DONE;
}

static exit_code enough(cli *c, const tested_file *f, unsigned threshold)
{
    size_t seen, all;
    if (f->seen == NULL || threshold == 0)
        return CODE_DONE;
    coverage_count(f->seen, POINT_KINDS, &seen, &all);
    if (render_share(seen, all) >= threshold)
        return CODE_DONE;
    cli_error(c, NULL, "%s: the tests see %u%% of it, less than the %u%% asked for", f->of->path,
              render_share(seen, all), threshold);
    return CODE_ERRORS;
}

static exit_code read_threshold(cli *c, unsigned *out)
{
    const char *given = option_value(&c->options, OPT_threshold);
    char *end = NULL;
    *out = 0;
    if (given == NULL)
        return CODE_DONE;
    unsigned long v = strtoul(given, &end, 10);
    if (*end == '%')
        end++;
    if (end == given || *end != '\0' || v > 100 || given[0] == '-')
        return cli_usage(c, "`--threshold` is a percent from 0 to 100, not `%s`", given);
    if (!option_is(&c->options, OPT_coverage))
        return cli_usage(c, "`--threshold` needs `--coverage`");
    *out = (unsigned)v;
    return CODE_DONE;
}

static void show(cli *c, const tested_file *files, size_t n)
{
    if (c->json)
        render_tests_json(c, files, n);
    else if (c->form == FORM_JUNIT)
        render_tests_junit(c, files, n);
    else
        render_tests_text(c, files, n);
}

static exit_code test_files(cli *c, unsigned threshold)
{
    size_t n = (size_t)c->options.operands;
    testing t = {.c = c, .pattern = option_value(&c->options, OPT_test_run)};
    program *programs = arena_array(&c->memory, program, n);
    tested_file *files = arena_array(&c->memory, tested_file, n);
    exit_code worst = CODE_DONE;
    size_t ran = 0;
    for (size_t i = 0; i < n; i++) {
        exit_code code = program_open(c, &programs[i], c->options.operand[i]);
        files[i] = (tested_file){.of = &programs[i], .fault = "it has faults"};
        if (code == CODE_DONE) {
            files[i].fault = NULL;
            code = test_file(&t, &programs[i], &files[i]);
        }
        if (code == CODE_DONE)
            code = enough(c, &files[i], threshold);
        worst = code > worst ? code : worst;
        ran += files[i].count;
    }
    show(c, files, n);
    if (ran == 0 && worst == CODE_DONE) {
        cli_error(c, NULL, t.found != 0 ? "no test fits `%s`" : "there is no test",
                  t.pattern != NULL ? t.pattern : "");
        worst = CODE_ERRORS;
    }
    for (size_t i = 0; i < n; i++) {
        if (files[i].seen != NULL)
            coverage_release(files[i].seen);
        program_release(&programs[i]);
    }
    return worst;
}

/* Each turn of a run takes some memory and gives it back; returning that to the system each time
 * took half the time of a test with many turns. */
enum { KEPT_BYTES = 64 << 20 };

exit_code command_test(cli *c)
{
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    unsigned threshold;
    exit_code code = cli_expect_operands(c, 1, 1 << 20);
    if (code == CODE_DONE)
        code = read_threshold(c, &threshold);
    return code == CODE_DONE ? test_files(c, threshold) : code;
}
