/* The machine: who may say what and when, what is written down of it, and what a search finds. */
#include "vm_programs.h"

static void start_world(world *w, image *i)
{
    world_init(w, i);
    w->reload = true;
    begin_run(w);
    run_now(w);
}

#define SAY(by, command, more)                                                                     \
    "{\"by\":\"" by "\",\"command\":\"" command "\"" more ",\"target\":\"confirm\"}"

/* --- evidence --- */

static image *task_with_evidence(void)
{
    program p;
    program_begin(&p);
    uint32_t desk = role(&p, "desk", "eve", "bob");
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    image_site s = site_of(&p, SITE_TASK, "confirm");
    s.title = title_of(&p, "Confirm the first 997");
    s.votes = pair(&p, desk, 1);
    s.evidence = build_text(p.b, TEXT("the control number"));
    s.why = build_text(p.b, TEXT("call them again"));
    emit(&p, OP_TASK, 0, add_site(&p, &s), never_due(&p));
    step(&p, "two");
    scope_close(&p, at);
    return program_end(&p);
}

static void done_wants_the_evidence_of_its_task(void **state)
{
    static const char wanted[] =
        "the task wants evidence, the control number: add --evidence NAME=VALUE";
    image *i = task_with_evidence();
    world w;
    start_world(&w, i);
    assert_string_equal(say(&w, SAY("eve", "done", "")), wanted);
    assert_string_equal(say(&w, SAY("eve", "done", ",\"evidence\":{}")), wanted);
    assert_string_equal(say(&w, SAY("eve", "done", ",\"evidence\":{\"isa13\":\"\"}")), wanted);
    assert_string_equal(say(&w, SAY("zoe", "done", "")),
                        "zoe is not a member of desk; ask: eve, bob");
    assert_int_equal(vm_state(w.m), RUN_WAITING);
    assert_null(say(&w, SAY("eve", "done", ",\"evidence\":{\"isa13\":\"000000905\"}")));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_int_equal(logged(&w, "\"evidence\":{\"isa13\":\"000000905\"}"), 1);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

/* Performed by eve an hour ago, recorded now by another user of this machine. */
static void who_did_it_is_kept_apart_from_who_wrote_it_down(void **state)
{
    image *i = task(false, ON_ROLLBACK);
    world w;
    start_world(&w, i);
    w.now += 30 * MINUTE;
    text body = text_format(&w.memory, SAY("eve", "done", ",\"performed_at\":%lld%s"),
                            (long long)(w.now - 20 * MINUTE), ",\"uid\":1001");
    assert_null(say(&w, body.p));
    text kept = text_format(&w.memory,
                            "\"performed\":{\"at\":%lld,\"by\":\"eve\"},\"recorded\":{\"at\":%lld,"
                            "\"uid\":1001}",
                            (long long)(w.now - 20 * MINUTE), (long long)w.now);
    assert_int_equal(logged(&w, kept.p), 1);
    assert_int_equal(logged(&w, "\"verdict\":\"done\""), 1);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_replays(&w);
    world_release(&w);
    start_world(&w, i);
    body = text_format(&w.memory, SAY("eve", "done", ",\"performed_at\":%lld"),
                       (long long)(w.now + 2 * MINUTE));
    assert_string_equal(say(&w, body.p),
                        "it cannot have been done in the future: --at is when it was done");
    world_release(&w);
    image_free(i);
}

/* --- votes --- */

#define VOTE(by) "{\"by\":\"" by "\",\"command\":\"approve\",\"target\":\"go\"}"

/* One of the board and one of the leads; ada is the author, tom the operator. */
static image *two_votes(void)
{
    program p;
    program_begin(&p);
    uint32_t board = role(&p, "board", "eve", "tom"), leads = role(&p, "leads", "ada", "bob");
    uint32_t words[] = {2, board, 1, leads, 1};
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    step(&p, "one");
    image_site s = site_of(&p, SITE_APPROVE, "go");
    s.title = title_of(&p, "Go?");
    s.votes = build_words(p.b, words, 5);
    emit(&p, OP_APPROVE, 0, add_site(&p, &s), never_due(&p));
    step(&p, "two");
    scope_close(&p, at);
    return program_end(&p);
}

static void a_vote_is_refused_with_the_way_out(void **state)
{
    image *i = two_votes();
    world w;
    start_world(&w, i);
    assert_string_equal(
        say(&w, VOTE("zoe")),
        "zoe is not a member of board or another role that is asked; ask: eve, bob");
    assert_string_equal(say(&w, VOTE("tom")),
                        "tom started this run and cannot approve in it; ask: eve, bob");
    assert_string_equal(say(&w, VOTE("ada")),
                        "ada is the author and cannot approve; ask: eve, bob");
    assert_null(say(&w, VOTE("eve")));
    assert_string_equal(say(&w, VOTE("eve")), "eve has voted already; ask: bob");
    assert_string_equal(say(&w, "{\"by\":\"bob\",\"command\":\"approve\",\"role\":\"board\"}"),
                        "bob does not speak as board here; asked: board, leads; ask: bob");
    assert_string_equal(say(&w, "{\"by\":\"bob\",\"command\":\"done\",\"target\":\"go\"}"),
                        "`go` is no task but an approval: use `approve`");
    assert_null(say(&w, VOTE("bob")));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

static const char *start_of(const image *i, arena *a, const char *mode, const char *by,
                            const char *author)
{
    vm *m = vm_new(i);
    vm_input in = {.kind = EVENT_START,
                   .body = text_format(a,
                                       "{\"migration\":\"m\",\"mode\":\"%s\",\"by\":\"%s\","
                                       "\"author\":\"%s\"}",
                                       mode, by, author)};
    const char *why = vm_admit(m, &in, a);
    vm_free(m);
    return why;
}

/* Of the board eve and tom, of the leads ada and bob: one vote of each. */
static void nobody_starts_what_he_must_approve(void **state)
{
    image *i = two_votes();
    arena a = {0};
    assert_null(start_of(i, &a, "live", "zoe", "yan"));
    assert_null(start_of(i, &a, "live", "tom", "ada"));
    assert_null(start_of(i, &a, "live", "", ""));
    assert_string_equal(start_of(i, &a, "live", "eve", "tom"),
                        "the approval `go` cannot be given without eve, who starts the run, and "
                        "tom, who wrote the program: let somebody else start it");
    assert_string_equal(start_of(i, &a, "live", "bob", "ada"),
                        "the approval `go` cannot be given without ada, who wrote the program, "
                        "and bob, who starts the run: let somebody else start it");
    assert_null(start_of(i, &a, "rehearsal", "eve", "tom"));
    image_free(i);
    i = approval();
    assert_null(start_of(i, &a, "live", "eve", "eve"));
    assert_non_null(start_of(i, &a, "live", "eve", "tom"));
    arena_release(&a);
    image_free(i);
}

static void a_late_vote_finds_the_run_going_back(void **state)
{
    image *i = two_votes();
    world w;
    start_world(&w, i);
    on(&w, "dir.remove", "one", 0, 1, FATE_HANGS);
    assert_null(say(&w, "{\"by\":\"eve\",\"command\":\"rollback\"}"));
    run_now(&w);
    assert_string_equal(say(&w, VOTE("eve")),
                        "no approval named `go` waits, the run is going back; waiting: nothing");
    assert_string_equal(say(&w, "{\"command\":\"rollback\"}"), "the run is going back already");
    world_release(&w);
    image_free(i);
}

static void a_doubt_takes_three_answers(void **state)
{
    image *i = step_then_fail(OPERATION_EXEC_RUN, false, 0);
    world w;
    start_world(&w, i);
    assert_string_equal(say(&w, "{\"answer\":\"done\",\"command\":\"resolve\"}"),
                        "the run has ended");
    world_release(&w);
    world_init(&w, i);
    w.reload = true;
    on(&w, "exec.run", "one", 0, 1, FATE_HAPPENED);
    begin_run(&w);
    run(&w);
    assert_string_equal(say(&w, "{\"answer\":\"rollback\",\"command\":\"resolve\"}"),
                        "`rollback` is no answer here; answers: retry, skip, done");
    assert_string_equal(say(&w, "{\"command\":\"resolve\",\"target\":\"one\"}"),
                        "say how; answers: retry, skip, done");
    assert_string_equal(
        say(&w, "{\"answer\":\"done\",\"command\":\"resolve\",\"target\":\"nine\"}"),
        "no effect in doubt named `nine` waits; waiting: one");
    assert_string_equal(say(&w, "{\"by\":\"eve\",\"command\":\"approve\",\"target\":\"one\"}"),
                        "`one` is no approval but an effect in doubt: use `resolve`");
    assert_null(say(&w, "{\"answer\":\"done\",\"by\":\"eve\",\"command\":\"resolve\","
                        "\"evidence\":{\"ticket\":\"55120\"},\"reason\":\"seen there\"}"));
    assert_int_equal(logged(&w, "\"evidence\":{\"ticket\":\"55120\"}"), 1);
    assert_string_equal(say(&w, "{\"answer\":\"done\",\"command\":\"resolve\"}"),
                        "no effect in doubt waits");
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

/* --- find --- */

/* exec.run answers with a number, and a search by name and key gives it again. A second step is
 * named by that number. */
static image *step_with_find(bool with_check)
{
    program p;
    program_begin(&p);
    image_field field = {.path = build_text(p.b, TEXT("status")), .type = T_NUMBER};
    uint32_t shape = build_shape(p.b, &field, 1);
    image_site ask = site_of(&p, SITE_READ, "");
    ask.operation = OPERATION_EXEC_ASK, ask.connector = p.runner, ask.captures = 1;
    ask.args = args_of(&p, OPERATION_EXEC_RUN);
    ask.shape = shape, ask.shape_count = 1;
    type_word types[] = {T_TEXT, T_TEXT, T_NUMBER};
    insn code[] = {{OP_READ, 2, (uint16_t)add_site(&p, &ask), 1}, {OP_RET, 2, 1, 0}};
    image_site s = step_of(&p, "one", OPERATION_EXEC_RUN);
    s.find = define(&p, types, 3, 2, &T_NUMBER, 1, EFFECT_READ, code, 2);
    s.shape = shape, s.shape_count = 1;
    s.check = NO_INDEX;
    if (with_check) {
        insn check[] = {{OP_CALL, 2, (uint16_t)exists_of(&p), 0}, {OP_RET, 2, 1, 0}};
        type_word check_types[] = {T_TEXT, T_NUMBER, T_BOOL};
        s.check = define(&p, check_types, 3, 2, &T_BOOL, 1, EFFECT_READ, check, 2);
    }
    type_word undo_types[] = {T_TEXT, T_NUMBER};
    insn undo[] = {{OP_CALL, 0, (uint16_t)undo_of(&p), 0}, {OP_RET, 0, 0, 0}};
    s.undo = define(&p, undo_types, 2, 2, NULL, 0, EFFECT_WRITE, undo, 2);
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    uint32_t name = load_text(&p, "one"), number = reg(&p, T_NUMBER), said = reg(&p, T_TEXT);
    emit(&p, OP_STEP, number, add_site(&p, &s), name);
    emit(&p, OP_FMT, said, number, 0);
    image_site two = step_of(&p, "two", OPERATION_DIR_WRITE);
    emit(&p, OP_STEP, 0, add_site(&p, &two), said);
    scope_close(&p, at);
    return program_end(&p);
}

static int64_t seven(instant now)
{
    return 7;
}

static void a_search_recovers_the_result(void **state)
{
    for (int checked = 0; checked < 2; checked++) {
        image *i = step_with_find(checked);
        world w;
        world_init(&w, i);
        w.reload = true;
        w.series = seven;
        on(&w, "exec.run", "one", 0, 1, FATE_HAPPENED);
        begin_run(&w);
        run(&w);
        assert_int_equal(vm_state(w.m), RUN_COMPLETED);
        assert_true(exists(&w, "7"));
        assert_int_equal(w.effects, 2);
        assert_int_equal(
            logged(&w, checked ? "\"why\":\"its check holds\"" : "\"why\":\"it was found\""), 1);
        assert_replays(&w);
        world_release(&w);
        image_free(i);
    }
}

static void a_search_without_answer_asks_a_person(void **state)
{
    static const char *const answers[] = {"done", "retry", "skip"};
    image *i = step_with_find(false);
    for (int k = 0; k < 3; k++) {
        world w;
        world_init(&w, i);
        w.reload = true;
        on(&w, "exec.run", "one", 0, 1, FATE_HAPPENED);
        begin_run(&w);
        run(&w);
        assert_true(vm_waits_for_people(w.m));
        assert_false(exists(&w, "7"));
        assert_int_equal(logged(&w, "\"what\":\"doubt\""), 1); /* the wait */
        text yes =
            text_format(&w.memory, "{\"answer\":\"%s\",\"command\":\"resolve\"}", answers[k]);
        assert_null(say(&w, yes.p));
        run(&w);
        assert_int_equal(vm_state(w.m), k == 2 ? RUN_PARTIAL : RUN_COMPLETED);
        assert_int_equal(w.effects, k == 1 ? 3 : 2);
        assert_replays(&w);
        world_release(&w);
    }
    image_free(i);
}

/* --- turning back --- */

typedef struct {
    instant by; /* QUANTITY_NONE: null */
    bool passed;
} turning;

static turning turn_back(world *w)
{
    buffer b;
    json_writer j;
    json_document d;
    turning t = {QUANTITY_NONE, false};
    buffer_init(&b);
    json_begin(&j, &b, 0);
    json_object(&j);
    vm_describe(w->m, &j);
    json_object_end(&j);
    assert_true(json_read(&w->memory, text_copy(&w->memory, buffer_view(&b)), &d, NULL));
    uint32_t by = json_member(&d, 0, TEXT("turn_back_by"));
    assert_true(by > 0);
    if (d.node[by].kind == JSON_NUMBER)
        assert_true(decimal_read(json_raw(&d, by), 0, false, &t.by, NULL));
    t.passed = d.node[json_member(&d, 0, TEXT("turn_back_passed"))].kind == JSON_TRUE;
    buffer_release(&b);
    return t;
}

/* The window is from 10 to 14; each step takes an hour to undo, and five minutes to settle. */
static void turning_back_is_counted_from_the_end_of_the_window(void **state)
{
    const instant end = 1000 * DAY + 14 * HOUR;
    image *i = window(2 * HOUR, MINUTE);
    world w;
    start_world(&w, i);
    assert_int_equal(turn_back(&w).by, QUANTITY_NONE); /* it waits for the window */
    on(&w, "dir.write", "two", 0, 1, FATE_HANGS);
    on(&w, "dir.remove", "one", 0, 1, FATE_HANGS);
    for (unsigned k = 0; k < 20 && !exists(&w, "one"); k++)
        happen(&w);
    assert_int_equal(turn_back(&w).by, end - HOUR);
    for (unsigned k = 0; k < 20 && happen(&w); k++)
        ;
    assert_int_equal(turn_back(&w).by, end - 2 * HOUR - 5 * MINUTE);
    assert_false(turn_back(&w).passed);
    w.now = end - 2 * HOUR;
    feed(&w, EVENT_TICK, 0, 0, TEXT("{}"));
    assert_int_equal(turn_back(&w).by, end - 2 * HOUR - 5 * MINUTE);
    assert_true(turn_back(&w).passed);
    vm_output flight;
    assert_true(vm_outstanding(w.m, 0, &flight));
    assert_null(say(&w, "{\"command\":\"rollback\"}"));
    assert_int_equal(turn_back(&w).by, QUANTITY_NONE);
    answer(&w, &flight, "refused", "");
    run(&w);
    assert_int_equal(turn_back(&w).by, QUANTITY_NONE); /* the undo hangs */
    assert_false(turn_back(&w).passed);
    assert_true(vm_outstanding(w.m, 0, &flight));
    unmake(&w, TEXT("one"));
    answer(&w, &flight, "ok", "");
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    assert_int_equal(turn_back(&w).by, QUANTITY_NONE);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(done_wants_the_evidence_of_its_task),
        cmocka_unit_test(who_did_it_is_kept_apart_from_who_wrote_it_down),
        cmocka_unit_test(a_vote_is_refused_with_the_way_out),
        cmocka_unit_test(nobody_starts_what_he_must_approve),
        cmocka_unit_test(a_late_vote_finds_the_run_going_back),
        cmocka_unit_test(a_doubt_takes_three_answers),
        cmocka_unit_test(a_search_recovers_the_result),
        cmocka_unit_test(a_search_without_answer_asks_a_person),
        cmocka_unit_test(turning_back_is_counted_from_the_end_of_the_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
