/* The script host: programs compiled from source, answered by a table of givens, driven through the
 * real journal to their end, and replayed. */
#include "tests/unit/unit.h"

#include "compiler/compile.h"
#include "vm/drive_parts.h"
#include "vm/host_script.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct {
    char folder[64];
    arena memory;
    host_script *script;
    run_state state;
    buffer log; /* "kind body" of each event, a line each */
    replay_result replayed;
    instant boot, monotonic; /* where a test moves the machine's clocks */
    duration asleep;         /* once, before the next look */
    duration awake;          /* before each look */
    bool snapshot;           /* there was one before the end */
} play;

static instant boot_clock(void *self)
{
    play *p = self;
    p->boot += p->asleep + p->awake;
    p->asleep = 0;
    return p->boot;
}

static instant monotonic_clock(void *self)
{
    play *p = self;
    return p->monotonic += p->awake;
}

static text compiled(play *p, const char *program)
{
    const char *path = text_format(&p->memory, "%s/main.ferry", p->folder).p;
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(program, f) >= 0);
    assert_int_equal(fclose(f), 0);
    source_map sources;
    diagnostics d;
    buffer bytes;
    compile_facts facts;
    source_map_init(&sources, &p->memory);
    diag_init(&d, &p->memory);
    buffer_init(&bytes);
    compile_options o = {.path = path};
    if (!compile(&o, &p->memory, &sources, &d, &bytes, &facts)) {
        for (size_t i = 0; i < d.list.n; i++)
            print_error("%.*s\n", TEXT_ARG(d.list.p[i]->message));
        fail_msg("the source does not compile");
    }
    text bytes_of = text_copy(&p->memory, buffer_view(&bytes));
    buffer_release(&bytes);
    diag_release(&d);
    source_map_release(&sources);
    return bytes_of;
}

static bool take_event(void *self, const journal_event *e)
{
    play *p = self;
    buffer_printf(&p->log, "%lld %d %.*s\n", (long long)(e->at / SECOND), (int)e->kind,
                  TEXT_ARG(e->body));
    return true;
}

static void run_with(play *p, const char *program, const script_given *given, size_t n)
{
    strcpy(p->folder, "/tmp/ferry-script-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    buffer_init(&p->log);
    text bytes = compiled(p, program), why = TEXT(""), name;
    p->script = host_script_new(given, n, 20000 * DAY, NULL);
    host h = host_script_host(p->script);
    drive_options o = {.store = text_format(&p->memory, "%s/.ferry", p->folder).p,
                       .create = true,
                       .patience = 400 * DAY,
                       .wake_fd = -1};
    journal_status opened;
    drive *d = drive_open(&o, &h, &p->memory, &opened, &why);
    if (d == NULL)
        fail_msg("%.*s", TEXT_ARG(why));
    d->host.virtual_clock = p->asleep == 0; /* a machine whose clock is virtual does not sleep */
    d->clocks = (drive_clocks){boot_clock, monotonic_clock, p};
    d->slept = 0;
    drive_entry e = {.image = bytes,
                     .migration = TEXT("now"),
                     .mode = TEXT("script"),
                     .by = TEXT("ann"),
                     .author = TEXT("ada"),
                     .folder = text_of(p->folder)};
    if (drive_start(d, &e, &name, &why) != DRIVE_OK || drive_loop(d, &why) != DRIVE_OK)
        fail_msg("%.*s", TEXT_ARG(why));
    p->state = vm_state(drive_machine(d, 0, NULL));
    journal *j = drive_journal(d);
    assert_int_equal(journal_read(j, 1, 1, take_event, p), JOURNAL_OK);
    assert_int_equal(drive_replay(j, 1, 0, &p->memory, &p->replayed, NULL, NULL), JOURNAL_OK);
    assert_int_equal(p->replayed.differs_at, 0);
    uint64_t seq;
    sha256 hash;
    text saved;
    p->snapshot = journal_snapshot_get(j, 1, &p->memory, &seq, &hash, &saved);
    drive_close(d);
}

static void run(play *p, const char *program, const script_given *given, size_t n)
{
    *p = (play){.folder = ""};
    run_with(p, program, given, n);
}

static void release(play *p)
{
    host_script_free(p->script);
    text command = text_format(&p->memory, "rm -rf %s", p->folder);
    assert_int_equal(system(command.p), 0);
    buffer_release(&p->log);
    arena_release(&p->memory);
}

static unsigned logged(play *p, const char *part)
{
    unsigned n = 0;
    for (const char *s = buffer_string(&p->log); (s = strstr(s, part)) != NULL; s++)
        n++;
    return n;
}

#define WORLD                                                                                      \
    "language 1\n"                                                                                 \
    "customer acme \"ACME\" { criticality high }\n"                                                \
    "role board { members [\"eve\", \"tom\"] }\n"                                                  \
    "connector box: dir { base \"world\" }\n"                                                      \
    "connector cli: exec { base \"world\" }\n"                                                     \
    "migration now \"Now\" for acme {\n  phase switch {\n"
#define STEP(name)                                                                                 \
    "    step " name " \"Make " name "\" {\n"                                                      \
    "      do    box.write(\"" name "\", text: \"" name "\")\n"                                    \
    "      undo  box.remove(\"" name "\")\n"                                                       \
    "      check box.stat(\"" name "\").exists\n"                                                  \
    "    }\n"
#define RETRIED(name)                                                                              \
    "    step " name " {\n      do    box.write(\"" name "\", text: \"" name "\")\n"                     \
    "      undo  box.remove(\"" name "\")\n      retry 1 times every 1s\n    }\n"
#define APPROVAL "    approve go \"Go?\" by 2 of board within 1h\n"
#define END      "  }\n}\n"

static void test_what_is_not_given_goes_well(void **state)
{
    play p;
    run(&p, WORLD STEP("a") APPROVAL "    wait 3h\n" STEP("b") END, NULL, 0);
    assert_int_equal(p.state, RUN_COMPLETED);
    assert_int_equal(host_script_writes(p.script), 2);
    assert_text(host_script_file(p.script, "box", "b"), "b");
    assert_int_equal(logged(&p, "\"command\":\"approve\""), 2);
    release(&p);
}

static void test_a_refusal_goes_back(void **state)
{
    static const script_given given[] = {{.path = "switch.b", .fate = SCRIPT_REFUSED}};
    play p;
    run(&p, WORLD STEP("a") STEP("b") END, given, COUNT(given));
    assert_int_equal(p.state, RUN_ROLLED_BACK);
    assert_null(host_script_file(p.script, "box", "a").p);
    assert_null(host_script_file(p.script, "box", "b").p);
    assert_int_equal(logged(&p, "\"status\":\"refused\""), 1);
    release(&p);
}

/* Unknown but done: the probe tells, nothing is performed twice. Unknown and not done: the try has
 * failed, with the repetition that asked whether it had happened; then once more. */
static void test_doubt_is_settled(void **state)
{
    static const script_given given[] = {{.path = "a", .fate = SCRIPT_LOST, .times = 1},
                                         {.path = "b", .fate = SCRIPT_HANGS, .times = 1}};
    play p;
    run(&p, WORLD STEP("a") RETRIED("b") END, given, COUNT(given));
    assert_int_equal(p.state, RUN_COMPLETED);
    assert_int_equal(host_script_writes(p.script), 2);
    assert_int_equal(host_script_met(p.script, 1), 1);
    assert_int_equal(logged(&p, "given: hangs"), 2);
    assert_true(logged(&p, "\"status\":\"unknown\"") >= 1);
    release(&p);
}

static void test_a_given_read_holds_until_its_path_is_written(void **state)
{
    static const script_given given[] = {
        {.call = "box.stat", .argument = "gate", .values = "{\"exists\":false}"}};
    play p;
    run(&p,
        WORLD "    let early = box.stat(\"gate\").exists\n    require early == false\n" STEP(
            "gate") "    let late = box.stat(\"gate\").exists\n    require late == true\n" END,
        given, COUNT(given));
    assert_int_equal(p.state, RUN_COMPLETED);
    assert_int_equal(logged(&p, "\"verdict\":\"pass\",\"wanted\":\"late == true\""), 1);
    release(&p);
}

static void test_people_say_what_is_given(void **state)
{
    static const script_given given[] = {{.path = "go",
                                          .role = "board",
                                          .fate = SCRIPT_SAYS,
                                          .values = "reject",
                                          .delay = 20 * MINUTE}};
    play p;
    run(&p, WORLD STEP("a") APPROVAL STEP("b") END, given, COUNT(given));
    assert_int_equal(p.state, RUN_ROLLED_BACK);
    assert_int_equal(logged(&p, "\"command\":\"reject\""), 1);
    assert_int_equal(logged(&p, "\"command\":\"approve\""), 0);
    assert_null(host_script_file(p.script, "box", "a").p);
    char when[32];
    snprintf(when, sizeof when, "%lld ", (long long)(20000 * DAY / SECOND + 1200));
    assert_true(logged(&p, when) >= 1);
    release(&p);
}

static void test_a_series_needs_givens(void **state)
{
    static const script_given given[] = {
        {.call = "cli.ask", .argument = "errors now", .values = "{\"json\":0.01}", .times = 10},
        {.call = "cli.ask", .argument = "errors now", .values = "{\"json\":0.2}"}};
    play p;
    run(&p,
        WORLD STEP("a") "    observe errors: percent every 1m for 1h = "
                        "ratio(cli.ask([\"errors\", \"now\"]).json)\n"
                        "    rollback when errors > 5% for 5m \"too many\"\n" END,
        given, COUNT(given));
    assert_int_equal(p.state, RUN_ROLLED_BACK);
    assert_int_equal(logged(&p, "\"verdict\":\"rollback\""), 1);
    assert_null(host_script_file(p.script, "box", "a").p);
    release(&p);
}

/* What nobody gives and nobody wrote is assumed: the check of a step holds exactly while that
 * stands done, conditions and gates hold, an undo goes without what it would put back. */
#define ASKED(name)                                                                                \
    "    step " name " \"Turn " name "\" {\n"                                                      \
    "      let old = cli.ask([\"get\"]).json.target\n"                                             \
    "      do    cli.run([\"set\", \"modern\"])\n"                                                 \
    "      undo  cli.run([\"set\", old])\n"                                                        \
    "      check cli.ask([\"get\"]).json.target == \"modern\"\n"                                   \
    "      retry 2 times every 1s\n"                                                               \
    "    }\n"
#define ASSUMING                                                                                   \
    "    let load = cli.ask([\"load\"]).json.percent\n    require load < 80\n"                     \
    "    wait quiet \"Quiet\" {\n      condition cli.ask([\"open\"]).json.total == 0\n"            \
    "      deadline 1h\n    }\n"

static void test_what_is_not_told_is_assumed(void **state)
{
    play p;
    run(&p, WORLD ASSUMING ASKED("a") STEP("b") END, NULL, 0);
    assert_int_equal(p.state, RUN_COMPLETED);
    assert_int_equal(logged(&p, "assumed: nobody tells what it reads"), 1);
    assert_int_equal(host_script_writes(p.script), 2);
    release(&p);
}

static void test_what_is_not_told_is_assumed_on_the_way_back(void **state)
{
    static const script_given given[] = {{.path = "b", .fate = SCRIPT_REFUSED}};
    play p;
    run(&p, WORLD ASKED("a") STEP("b") END, given, COUNT(given));
    assert_int_equal(p.state, RUN_ROLLED_BACK);
    assert_int_equal(logged(&p, "\"path\":\"switch.a\",\"state\":\"undone\""), 1);
    release(&p);
}

static void test_what_failed_is_not_assumed_done(void **state)
{
    static const script_given given[] = {{.path = "a", .fate = SCRIPT_FAILS, .times = 2}};
    play p;
    run(&p, WORLD ASKED("a") END, given, COUNT(given));
    assert_int_equal(p.state, RUN_COMPLETED);
    assert_int_equal(host_script_met(p.script, 0), 2);
    assert_int_equal(host_script_writes(p.script), 1);
    assert_int_equal(logged(&p, "\"verdict\":\"did not happen\""), 2);
    release(&p);
}

static void test_a_given_gap_is_no_assumption(void **state)
{
    static const script_given given[] = {
        {.call = "cli.ask", .arguments = "{\"argv\":[\"load\"]}", .values = "{\"json\":{}}"}};
    play p;
    run(&p, WORLD "    let load = cli.ask([\"load\"]).json.percent\n    require load < 80\n" END,
        given, COUNT(given));
    assert_int_equal(p.state, RUN_ROLLED_BACK);
    assert_int_equal(logged(&p, "\"verdict\":\"not available\""), 1);
    release(&p);
}

static void test_an_undo_fails_by_its_own_line(void **state)
{
    static const script_given given[] = {
        {.path = "b", .fate = SCRIPT_REFUSED},
        {.path = "a", .undo = true, .fate = SCRIPT_REFUSED, .times = 1}};
    play p;
    run(&p, WORLD ASKED("a") STEP("b") END, given, COUNT(given));
    assert_int_equal(p.state, RUN_ROLLED_BACK);
    assert_int_equal(host_script_met(p.script, 1), 1);
    release(&p);
}

static void test_a_series_without_givens_is_named(void **state)
{
    const script_blind *blind;
    play p;
    run(&p,
        WORLD "    observe errors: percent every 1m for 1h = ratio(cli.ask([\"errors\"]).json)\n"
              "    rollback when errors > 5% for 5m \"too many\"\n" END,
        NULL, 0);
    assert_int_equal(host_script_blind(p.script, &blind), 1);
    assert_text(blind[0].path, "switch.errors");
    assert_text(blind[0].call, "cli.ask");
    assert_text(blind[0].argument, "[\"errors\"]");
    release(&p);
}

/* From 30 minutes after it was first asked. */
static void test_a_given_applies_from_a_time(void **state)
{
    static const script_given given[] = {
        {.call = "cli.ask", .argument = "errors", .values = "{\"json\":0.2}", .from = 30 * MINUTE},
        {.call = "cli.ask", .argument = "errors", .values = "{\"json\":0.01}"}};
    play p;
    run(&p,
        WORLD STEP("a") "    observe errors: percent every 1m for 1h = "
                        "ratio(cli.ask([\"errors\"]).json)\n"
                        "    rollback when errors > 5% for 5m \"too many\"\n" END,
        given, COUNT(given));
    assert_int_equal(p.state, RUN_ROLLED_BACK);
    assert_int_equal(host_script_met(p.script, 1), 30);
    assert_int_equal(host_script_met(p.script, 0), 6);
    release(&p);
}

static void test_a_series_is_given_itself(void **state)
{
    static const script_given given[] = {
        {.path = "errors", .values = "0.2", .from = 30 * MINUTE},
        {.path = "switch.errors", .values = "0.01"}};
    const script_blind *blind;
    play p;
    run(&p,
        WORLD "    observe errors: percent every 1m for 1h = ratio(cli.ask([\"errors\"]).json)\n"
              "    rollback when errors > 5% for 5m \"too many\"\n" END,
        given, COUNT(given));
    assert_int_equal(p.state, RUN_ROLLED_BACK);
    assert_int_equal(host_script_blind(p.script, &blind), 0);
    assert_int_equal(host_script_met(p.script, 1), 30);
    assert_int_equal(host_script_met(p.script, 0), 6);
    release(&p);
}

static void test_an_iteration_ends_as_a_place(void **state)
{
    play p;
    run(&p, WORLD "    for each x in [\"one\", \"two\"] {\n" STEP("a") "    }\n" END, NULL, 0);
    assert_int_equal(logged(&p, "\"path\":\"switch.one\",\"state\":\"done\""), 1);
    release(&p);
}

static void test_a_snapshot_is_made_every_ten_minutes(void **state)
{
    play p;
    run(&p, WORLD STEP("a") STEP("b") END, NULL, 0);
    assert_false(p.snapshot);
    release(&p);
    p = (play){.awake = 11 * MINUTE};
    run_with(&p, WORLD STEP("a") STEP("b") END, NULL, 0);
    assert_true(p.snapshot);
    assert_int_equal(logged(&p, "\"after\":\"gap\""), 0);
    release(&p);
}

static void test_a_sleep_is_journaled(void **state)
{
    play p = {.asleep = HOUR};
    run_with(&p, WORLD STEP("a") STEP("b") END, NULL, 0);
    assert_int_equal(p.state, RUN_COMPLETED);
    assert_int_equal(logged(&p, "\"after\":\"gap\""), 1);
    assert_int_equal(logged(&p, "\"gap\":3600000000"), 1);
    release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_not_given_goes_well),
        cmocka_unit_test(test_a_refusal_goes_back),
        cmocka_unit_test(test_doubt_is_settled),
        cmocka_unit_test(test_a_given_read_holds_until_its_path_is_written),
        cmocka_unit_test(test_people_say_what_is_given),
        cmocka_unit_test(test_a_series_needs_givens),
        cmocka_unit_test(test_what_is_not_told_is_assumed),
        cmocka_unit_test(test_what_is_not_told_is_assumed_on_the_way_back),
        cmocka_unit_test(test_what_failed_is_not_assumed_done),
        cmocka_unit_test(test_a_given_gap_is_no_assumption),
        cmocka_unit_test(test_an_undo_fails_by_its_own_line),
        cmocka_unit_test(test_a_series_without_givens_is_named),
        cmocka_unit_test(test_a_given_applies_from_a_time),
        cmocka_unit_test(test_a_series_is_given_itself),
        cmocka_unit_test(test_an_iteration_ends_as_a_place),
        cmocka_unit_test(test_a_sleep_is_journaled),
        cmocka_unit_test(test_a_snapshot_is_made_every_ten_minutes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
