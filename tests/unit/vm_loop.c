/* The machine: loops and their iterations, each of which goes back by itself. */
#include "vm_programs.h"

static void a_loop_runs_all(void **state)
{
    for (unsigned parallel = 1; parallel < 4; parallel++) {
        image *i = loop(parallel, false);
        world w;
        world_init(&w, i);
        w.reload = true;
        begin_run(&w);
        run(&w);
        assert_int_equal(vm_state(w.m), RUN_COMPLETED);
        assert_int_equal(w.things.n, 3);
        assert_int_equal(logged(&w, "\"path\":\"move.y.route\",\"state\":\"done\""), 1);
        assert_replays(&w);
        world_release(&w);
        image_free(i);
    }
}

static void one_iteration_fails_the_others_stay(void **state)
{
    image *i = loop(1, false);
    world w;
    world_init(&w, i);
    w.reload = true;
    on(&w, "dir.write", "y", 0, 9, FATE_REFUSED);
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_WAITING); /* z waits for a word */
    assert_true(exists(&w, "x"));
    assert_false(exists(&w, "z"));
    assert_null(say(&w, "{\"command\":\"answer\",\"answer\":\"continue\"}"));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_PARTIAL);
    assert_true(exists(&w, "z"));
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

static void a_word_sends_all_iterations_back(void **state)
{
    image *i = loop(1, false);
    world w;
    world_init(&w, i);
    on(&w, "dir.write", "y", 0, 9, FATE_REFUSED);
    begin_run(&w);
    run(&w);
    assert_null(say(&w, "{\"command\":\"answer\",\"answer\":\"rollback\"}"));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    assert_int_equal(w.things.n, 0);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

static void no_iteration_succeeded(void **state)
{
    image *i = loop(3, false);
    world w;
    world_init(&w, i);
    on(&w, "dir.write", "x", 0, 9, FATE_REFUSED);
    on(&w, "dir.write", "y", 0, 9, FATE_REFUSED);
    on(&w, "dir.write", "z", 0, 9, FATE_REFUSED);
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    assert_int_equal(logged(&w, "no iteration succeeded"), 2);
    world_release(&w);
    image_free(i);
}

static void what_came_after_the_loop_fails_it_all(void **state)
{
    image *i = loop(3, true);
    world w;
    world_init(&w, i);
    w.reload = true;
    on(&w, "dir.write", "after", 0, 9, FATE_REFUSED);
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    assert_int_equal(w.things.n, 0);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

/* One chain is stuck, the others are undone all the same. */
static void independent_chains_go_on(void **state)
{
    image *i = loop(3, true);
    world w;
    world_init(&w, i);
    w.reload = true;
    on(&w, "dir.write", "after", 0, 9, FATE_REFUSED);
    on(&w, "dir.remove", "y", 0, 2, FATE_REFUSED);
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_STUCK);
    assert_true(exists(&w, "y"));
    assert_int_equal(w.things.n, 1);
    assert_null(say(&w, "{\"command\":\"resolve\",\"target\":\"y/route\",\"answer\":\"retry\"}"));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    assert_int_equal(logged(&w, "\"state\":\"stuck\""), 1);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

static void a_person_takes_one_iteration_back(void **state)
{
    image *i = loop(3, false);
    world w;
    world_init(&w, i);
    w.reload = true;
    on(&w, "dir.write", "z", 0, 1, FATE_HANGS);
    begin_run(&w);
    run(&w);
    assert_true(exists(&w, "x") && exists(&w, "y"));
    assert_non_null(say(&w, "{\"command\":\"rollback\",\"target\":\"w\"}"));
    assert_null(say(&w, "{\"command\":\"rollback\",\"target\":\"move/x\"}"));
    run(&w);
    assert_false(exists(&w, "x"));
    assert_true(exists(&w, "y"));
    vm_output o;
    assert_true(vm_outstanding(w.m, 0, &o));
    assert_int_equal(o.kind, EVENT_INTENT);
    make(&w, TEXT("z"));
    answer(&w, &o, "ok", "");
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_PARTIAL);
    assert_true(exists(&w, "y") && exists(&w, "z"));
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loop_runs_all),
        cmocka_unit_test(one_iteration_fails_the_others_stay),
        cmocka_unit_test(a_word_sends_all_iterations_back),
        cmocka_unit_test(no_iteration_succeeded),
        cmocka_unit_test(what_came_after_the_loop_fails_it_all),
        cmocka_unit_test(independent_chains_go_on),
        cmocka_unit_test(a_person_takes_one_iteration_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
