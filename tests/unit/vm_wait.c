/* The machine: people, time, gates, windows, resources. */
#include "tests/unit/vm_wait_world.h"

#define ONE_COMMAND(name, by) "{\"by\":\"" by "\",\"command\":\"" name "\",\"target\":\"go\"}"

static void start_world(world *w, image *i)
{
    world_init(w, i);
    w->reload = true;
    begin_run(w);
    run_now(w);
}

static void an_approval_wants_the_right_person(void **state)
{
    image *i = approval();
    world w;
    start_world(&w, i);
    assert_true(vm_waits_for_people(w.m));
    assert_string_equal(say(&w, "{\"by\":\"eve\",\"command\":\"approve\",\"target\":\"gö\"}"),
                        "no approval named `gö` waits; waiting: go");
    assert_string_equal(say(&w, ONE_COMMAND("approve", "mallory")),
                        "mallory is not a member of board; ask: eve");
    assert_string_equal(say(&w, ONE_COMMAND("approve", "tom")),
                        "tom started this run and cannot approve in it; ask: eve");
    assert_non_null(say(&w, ONE_COMMAND("done", "eve")));
    assert_null(say(&w, ONE_COMMAND("approve", "eve")));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_string_equal(say(&w, ONE_COMMAND("approve", "eve")), "the run has ended");
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

static void a_refusal_and_silence_go_back(void **state)
{
    image *i = approval();
    for (int silent = 0; silent < 2; silent++) {
        world w;
        start_world(&w, i);
        if (silent) {
            w.now += 2 * HOUR;
            assert_string_equal(say(&w, ONE_COMMAND("approve", "eve")),
                                "the approval is over: its time has passed; `ferry status` shows "
                                "what follows");
        } else {
            assert_null(say(&w, ONE_COMMAND("reject", "eve")));
        }
        run(&w);
        assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
        assert_false(exists(&w, "one"));
        assert_replays(&w);
        world_release(&w);
    }
    image_free(i);
}

static void a_task_is_undone_by_people(void **state)
{
    image *i = task(false, ON_ROLLBACK);
    world w;
    start_world(&w, i);
    on(&w, "dir.write", "two", 0, 9, FATE_REFUSED);
    assert_null(say(&w, "{\"by\":\"eve\",\"command\":\"done\"}"));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLING_BACK);
    assert_int_equal(logged(&w, "call them again"), 1);
    assert_null(say(&w, "{\"by\":\"eve\",\"command\":\"done\",\"target\":\"confirm\"}"));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

static void a_task_is_believed_only_with_its_check(void **state)
{
    image *i = task(true, ON_ROLLBACK);
    world w;
    start_world(&w, i);
    assert_null(say(&w, "{\"command\":\"done\"}"));
    run_now(&w);
    assert_int_equal(logged(&w, "\"what\":\"check\""), 1);
    make(&w, TEXT("paper"));
    assert_null(say(&w, "{\"command\":\"done\"}"));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

static void a_late_task_asks_and_silence_decides(void **state)
{
    image *i = task(false, ON_ASK);
    for (int silent = 0; silent < 2; silent++) {
        world w;
        start_world(&w, i);
        happen(&w); /* an hour passes */
        assert_int_equal(vm_deadline(w.m), w.now + 10 * MINUTE);
        if (!silent) {
            assert_non_null(say(&w, "{\"answer\":\"skip\",\"by\":\"zoe\",\"command\":\"answer\"}"));
            assert_null(say(&w, "{\"answer\":\"skip\",\"by\":\"bob\",\"command\":\"answer\"}"));
        }
        run(&w);
        assert_int_equal(vm_state(w.m), silent ? RUN_ROLLED_BACK : RUN_PARTIAL);
        assert_replays(&w);
        world_release(&w);
    }
    image_free(i);
}

static void pause_lets_nothing_begin(void **state)
{
    program p;
    program_begin(&p);
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    step(&p, "one");
    step(&p, "two");
    scope_close(&p, at);
    image *i = program_end(&p);
    world w;
    world_init(&w, i);
    w.reload = true;
    begin_run(&w);
    assert_null(say(&w, "{\"command\":\"pause\"}"));
    assert_non_null(say(&w, "{\"command\":\"pause\"}"));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_PAUSED);
    assert_int_equal(w.effects, 0);
    assert_null(say(&w, "{\"command\":\"resume\"}"));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

static void a_gate_passes_fails_or_asks(void **state)
{
    static const run_state ends[] = {RUN_WAITING, RUN_ROLLED_BACK, RUN_COMPLETED};
    static const char *const verdicts[] = {"not available", "fail", "pass"};
    for (int k = 0; k < 3; k++) {
        image *i = gate(k > 0, k == 2);
        world w;
        start_world(&w, i);
        run(&w);
        assert_int_equal(vm_state(w.m), ends[k]);
        char part[64];
        snprintf(part, sizeof part, "\"verdict\":\"%s\"", verdicts[k]);
        assert_int_equal(logged(&w, part), 1);
        assert_int_equal(logged(&w, "\"wanted\":\"ready\""), 1);
        if (k == 0) {
            assert_null(say(&w, "{\"answer\":\"retry\",\"command\":\"answer\"}"));
            assert_int_equal(vm_state(w.m), RUN_WAITING);
            assert_null(say(&w, "{\"answer\":\"rollback\",\"command\":\"answer\"}"));
            run(&w);
            assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
        }
        assert_replays(&w);
        world_release(&w);
        image_free(i);
    }
}

static void a_condition_must_hold_for_a_while(void **state)
{
    image *i = until();
    world w;
    start_world(&w, i);
    instant begun = w.now;
    make(&w, TEXT("quiet"));
    happen(&w), happen(&w), happen(&w), happen(&w); /* two looks */
    unmake(&w, TEXT("quiet"));
    happen(&w), happen(&w);
    make(&w, TEXT("quiet"));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_true(w.now - begun >= 7 * MINUTE + HOUR && w.now - begun < 8 * MINUTE + HOUR);
    assert_replays(&w);
    world_release(&w);
    start_world(&w, i);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    world_release(&w);
    image_free(i);
}

/* The world's window is open from 10 to 14 of each day. */
static void a_window_is_waited_for(void **state)
{
    image *i = window(2 * HOUR, MINUTE);
    world w;
    start_world(&w, i);
    assert_int_equal(vm_deadline(w.m), 1000 * DAY + 10 * HOUR);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_true(w.now < 1000 * DAY + 11 * HOUR);
    assert_replays(&w);
    world_release(&w);
    /* 13:00 on the day is inside, but too late: the next one. */
    world_init(&w, i);
    w.now = 1000 * DAY + 13 * HOUR;
    begin_run(&w);
    run_now(&w);
    assert_int_equal(vm_deadline(w.m), 1001 * DAY + 10 * HOUR);
    world_release(&w);
    image_free(i);
}

static void nothing_begins_that_does_not_fit(void **state)
{
    image *i = window(2 * HOUR, 3 * HOUR);
    world w;
    start_world(&w, i);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_WAITING);
    assert_int_equal(logged(&w, "\"what\":\"fit\""), 1);
    assert_true(exists(&w, "one"));
    assert_null(say(&w, "{\"answer\":\"rollback\",\"command\":\"answer\",\"target\":\"two\"}"));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    assert_false(exists(&w, "one"));
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

static void a_resource_is_held_by_one(void **state)
{
    program p;
    program_begin(&p);
    uint32_t proxy = build_row(p.b, TABLE_RESOURCE, NO_INDEX);
    set_text(p.b, TABLE_RESOURCE, proxy, COLUMN_RESOURCE_NAME, "proxy");
    build_set(p.b, TABLE_RESOURCE, proxy, COLUMN_RESOURCE_CAPACITY, UNIT_NUMBER);
    image_site s = step_of(&p, "route", OPERATION_DIR_WRITE);
    s.needs = pair(&p, proxy, 1);
    uint32_t name = reg(&p, T_TEXT);
    emit(&p, OP_STEP, 0, add_site(&p, &s), name);
    image_site fork = site_of(&p, SITE_FORK, "x");
    fork.body = body_end(&p, 1);
    fork.captures = 1;
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    type_word T_FIBER = TYPE_WORD(TYPE_FIBER, 0);
    uint32_t a = load_text(&p, "a"), b = load_text(&p, "b");
    uint32_t f = reg(&p, T_FIBER), g = reg(&p, T_FIBER);
    emit(&p, OP_FORK, f, add_site(&p, &fork), a);
    fork.name = build_text(p.b, TEXT("y"));
    emit(&p, OP_FORK, g, add_site(&p, &fork), b);
    emit(&p, OP_JOIN, 0, f, 2);
    scope_close(&p, at);
    image *i = program_end(&p);
    for (int failing = 0; failing < 2; failing++) {
        world w;
        world_init(&w, i);
        w.reload = true;
        if (failing)
            on(&w, "dir.write", "b", 0, 9, FATE_REFUSED);
        begin_run(&w);
        unsigned most = 0;
        while (vm_state(w.m) < RUN_COMPLETED && happen(&w)) {
            unsigned n = 0;
            for (size_t k = 0; k < w.waiting.n; k++)
                n += strstr(w.waiting.p[k].request.p, "dir.write") != NULL;
            most = n > most ? n : most;
        }
        assert_int_equal(most, 1);
        assert_int_equal(logged(&w, "\"what\":\"resource\""), 1);
        assert_int_equal(vm_state(w.m), failing ? RUN_ROLLED_BACK : RUN_COMPLETED);
        assert_int_equal(w.things.n, failing ? 0 : 2);
        assert_replays(&w);
        world_release(&w);
    }
    image_free(i);
}

static void status_is_json(void **state)
{
    image *i = watch(TRIGGER_PAUSE);
    world w;
    world_init(&w, i);
    w.series = storm;
    begin_run(&w);
    do {
        buffer b;
        json_writer j;
        json_document d;
        buffer_init(&b);
        json_begin(&j, &b, 0);
        json_object(&j);
        vm_describe(w.m, &j);
        json_object_end(&j);
        assert_true(json_read(&w.memory, buffer_view(&b), &d, NULL));
        assert_true(json_member(&d, 0, TEXT("turn_back_by")) > 0);
        buffer_release(&b);
    } while (happen(&w));
    assert_int_equal(vm_state(w.m), RUN_WAITING);
    assert_null(say(&w, "{\"answer\":\"rollback\",\"command\":\"answer\"}"));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    world_release(&w);
    image_free(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_approval_wants_the_right_person),
        cmocka_unit_test(a_refusal_and_silence_go_back),
        cmocka_unit_test(a_task_is_undone_by_people),
        cmocka_unit_test(a_task_is_believed_only_with_its_check),
        cmocka_unit_test(a_late_task_asks_and_silence_decides),
        cmocka_unit_test(pause_lets_nothing_begin),
        cmocka_unit_test(a_gate_passes_fails_or_asks),
        cmocka_unit_test(a_condition_must_hold_for_a_while),
        cmocka_unit_test(a_window_is_waited_for),
        cmocka_unit_test(nothing_begins_that_does_not_fit),
        cmocka_unit_test(a_resource_is_held_by_one),
        cmocka_unit_test(status_is_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
