/* The machine: undoing, and blocks that go back, are skipped or tried again. */
#include "vm_programs.h"

static void a_failing_undo_is_stuck_and_resolved(void **state)
{
    image *i = step_then_fail(OPERATION_DIR_WRITE, true, 0);
    static const char *const answers[] = {"retry", "done", "skip"};
    for (int k = 0; k < 3; k++) {
        world w;
        world_init(&w, i);
        w.reload = true;
        on(&w, "dir.write", "two", 0, 9, FATE_REFUSED);
        on(&w, "dir.remove", "one", 0, 2, FATE_REFUSED);
        begin_run(&w);
        run(&w);
        assert_int_equal(vm_state(w.m), RUN_STUCK);
        assert_true(exists(&w, "one") && exists(&w, "zero"));
        assert_true(vm_waits_for_people(w.m));
        text yes =
            text_format(&w.memory, "{\"command\":\"resolve\",\"target\":\"one\",\"answer\":\"%s\"}",
                        answers[k]);
        assert_null(say(&w, yes.p));
        run(&w);
        assert_int_equal(vm_state(w.m), k == 2 ? RUN_STOPPED : RUN_ROLLED_BACK);
        assert_int_equal(logged(&w, "\"state\":\"stopped\",\"title\""), k == 2);
        assert_int_equal(logged(&w, "\"state\":\"rolled_back\",\"title\""), k != 2);
        assert_int_equal(exists(&w, "one"), k != 0);
        assert_false(exists(&w, "zero"));
        assert_replays(&w);
        world_release(&w);
    }
    image_free(i);
}

/* The undo answers ok, but what it should have taken away is still there. */
static void an_undo_that_does_nothing_is_stuck(void **state)
{
    image *i = step_then_fail(OPERATION_DIR_WRITE, true, 0);
    world w;
    world_init(&w, i);
    on(&w, "dir.write", "two", 0, 9, FATE_REFUSED);
    on(&w, "dir.remove", "one", 0, 2, FATE_IDLE);
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_STUCK);
    assert_int_equal(logged(&w, "\"detail\":\"after its undo the check still holds"), 1);
    world_release(&w);
    /* Nor is silence a proof. */
    world_init(&w, i);
    on(&w, "dir.write", "two", 0, 9, FATE_REFUSED);
    on(&w, "dir.stat", "one", 2, 9, FATE_LOST);
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_STUCK);
    assert_int_equal(logged(&w, "\"detail\":\"after its undo the check has no data"), 1);
    world_release(&w);
    image_free(i);
}

static void the_irreversible_is_spared(void **state)
{
    image *i = step_then_fail(OPERATION_DIR_WRITE, true, SITE_IRREVERSIBLE);
    world w;
    world_init(&w, i);
    on(&w, "dir.write", "two", 0, 9, FATE_REFUSED);
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_STOPPED);
    assert_int_equal(logged(&w, "\"state\":\"rolled_back\",\"title\""), 0);
    assert_true(exists(&w, "zero") && exists(&w, "one"));
    world_release(&w);
    image_free(i);
}

static void undo_none_is_left(void **state)
{
    image *i = step_then_fail(OPERATION_DIR_WRITE, true, SITE_UNDO_NONE);
    world w;
    world_init(&w, i);
    on(&w, "dir.write", "two", 0, 9, FATE_REFUSED);
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    assert_true(exists(&w, "one"));
    assert_false(exists(&w, "zero"));
    world_release(&w);
    image_free(i);
}

static void scopes_go_back_inside_out(void **state)
{
    image *i = nested(ON_ROLLBACK);
    world w;
    world_init(&w, i);
    w.reload = true;
    on(&w, "dir.write", "d", 0, 9, FATE_REFUSED);
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    assert_int_equal(w.things.n, 0);
    const char *log = buffer_string(&w.log);
    assert_true(strstr(log, "outer.inner\",\"state\":\"rolled_back") <
                strstr(log, "\"outer\",\"state\":\"rolled_back"));
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

static void a_skipped_scope_lets_the_rest_go_on(void **state)
{
    image *i = nested(ON_SKIP);
    world w;
    world_init(&w, i);
    on(&w, "dir.write", "d", 0, 9, FATE_REFUSED);
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_PARTIAL);
    assert_true(exists(&w, "a") && exists(&w, "b") && exists(&w, "e"));
    assert_false(exists(&w, "c") || exists(&w, "d"));
    world_release(&w);
    image_free(i);
}

static void a_paused_scope_can_be_tried_again(void **state)
{
    static const char *const answers[] = {"retry", "skip", "rollback"};
    static const run_state ends[] = {RUN_COMPLETED, RUN_PARTIAL, RUN_ROLLED_BACK};
    image *i = nested(ON_PAUSE);
    for (int k = 0; k < 3; k++) {
        world w;
        world_init(&w, i);
        w.reload = true;
        on(&w, "dir.write", "d", 0, 2, FATE_REFUSED);
        begin_run(&w);
        run(&w);
        assert_false(exists(&w, "c"));
        text yes = text_format(&w.memory,
                               "{\"command\":\"answer\",\"target\":\"inner\",\"answer\":\"%s\"}",
                               answers[k]);
        assert_null(say(&w, yes.p));
        run(&w);
        assert_int_equal(vm_state(w.m), ends[k]);
        assert_replays(&w);
        world_release(&w);
    }
    image_free(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failing_undo_is_stuck_and_resolved),
        cmocka_unit_test(an_undo_that_does_nothing_is_stuck),
        cmocka_unit_test(the_irreversible_is_spared),
        cmocka_unit_test(undo_none_is_left),
        cmocka_unit_test(scopes_go_back_inside_out),
        cmocka_unit_test(a_skipped_scope_lets_the_rest_go_on),
        cmocka_unit_test(a_paused_scope_can_be_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
