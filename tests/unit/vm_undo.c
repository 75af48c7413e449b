/* The machine: doubt, undoing, scopes, children. */
#include "vm_programs.h"

typedef struct {
    operation_id operation;
    const char *name;
    bool check;
    fate fate, probe;
    run_state end;
    unsigned effects; /* changes of the world over the whole run */
    const char *verdict;
} doubt_case;

static const doubt_case doubts[] = {
    /* may be repeated: the same key again, once done is done */
    {OPERATION_DIR_WRITE, "dir.write", true, FATE_HAPPENED, FATE_OK, RUN_COMPLETED, 4, "again"},
    {OPERATION_DIR_WRITE, "dir.write", true, FATE_LOST, FATE_OK, RUN_COMPLETED, 3, "again"},
    /* the host can be asked */
    {OPERATION_DIR_MOVE, "dir.move", true, FATE_HAPPENED, FATE_OK, RUN_COMPLETED, 3, "happened"},
    {OPERATION_DIR_MOVE, "dir.move", true, FATE_LOST, FATE_OK, RUN_COMPLETED, 3, "did not happen"},
    /* it cannot tell: the check does */
    {OPERATION_DIR_MOVE, "dir.move", true, FATE_HAPPENED, FATE_LOST, RUN_COMPLETED, 3, "happened"},
    {OPERATION_EXEC_RUN, "exec.run", true, FATE_HAPPENED, FATE_OK, RUN_COMPLETED, 3, "happened"},
    {OPERATION_EXEC_RUN, "exec.run", true, FATE_LOST, FATE_OK, RUN_COMPLETED, 3, "did not happen"},
};

static void doubt_is_settled(void **state)
{
    for (size_t k = 0; k < sizeof doubts / sizeof *doubts; k++) {
        const doubt_case *c = &doubts[k];
        image *i = step_then_fail(c->operation, c->check, 0);
        for (int reloaded = 0; reloaded < 2; reloaded++) {
            world w;
            world_init(&w, i);
            w.reload = reloaded;
            on(&w, c->name, "one", 0, 1, c->fate);
            if (c->probe != FATE_OK)
                on(&w, "probe", "one", 0, 1, c->probe);
            begin_run(&w);
            run(&w);
            assert_int_equal(vm_state(w.m), c->end);
            assert_int_equal(w.effects, c->effects);
            char part[64];
            snprintf(part, sizeof part, "\"verdict\":\"%s\"", c->verdict);
            assert_int_equal(logged(&w, part), 1);
            assert_replays(&w);
            world_release(&w);
        }
        image_free(i);
    }
}

static void a_person_settles_what_nobody_can_tell(void **state)
{
    static const struct {
        const char *answer;
        unsigned effects;
    } cases[] = {{"done", 3}, {"retry", 4}, {"skip", 3}};
    image *i = step_then_fail(OPERATION_EXEC_RUN, false, 0);
    for (size_t k = 0; k < 3; k++) {
        world w;
        world_init(&w, i);
        w.reload = true;
        on(&w, "exec.run", "one", 0, 1, FATE_HAPPENED);
        begin_run(&w);
        run(&w);
        assert_true(vm_waits_for_people(w.m));
        assert_non_null(
            say(&w, "{\"command\":\"resolve\",\"target\":\"gone\",\"answer\":\"done\"}"));
        assert_non_null(
            say(&w, "{\"command\":\"resolve\",\"target\":\"one\",\"answer\":\"continue\"}"));
        text yes =
            text_format(&w.memory, "{\"command\":\"resolve\",\"target\":\"one\",\"answer\":\"%s\"}",
                        cases[k].answer);
        assert_null(say(&w, yes.p));
        run(&w);
        assert_int_equal(vm_state(w.m), k == 2 ? RUN_PARTIAL : RUN_COMPLETED);
        assert_int_equal(w.effects, cases[k].effects);
        assert_replays(&w);
        world_release(&w);
    }
    image_free(i);
}

/* The first try may have happened although the repetition was refused: it is undone. */
static void a_refused_repetition_proves_nothing(void **state)
{
    image *i = step_then_fail(OPERATION_DIR_WRITE, true, 0);
    world w;
    world_init(&w, i);
    w.reload = true;
    on(&w, "dir.write", "one", 0, 1, FATE_HAPPENED);
    on(&w, "dir.write", "one", 0, 9, FATE_REFUSED);
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    assert_int_equal(w.things.n, 0);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

/* A repetition carries the key of the first try. */
static void the_key_never_counts_attempts(void **state)
{
    image *i = step_then_fail(OPERATION_DIR_WRITE, true, 0);
    world w;
    sha256 key = {{0}};
    unsigned sent = 0;
    world_init(&w, i);
    on(&w, "dir.write", "one", 0, 1, FATE_LOST);
    on(&w, "dir.write", "one", 0, 1, FATE_REFUSED);
    begin_run(&w);
    for (;;) {
        for (size_t k = 0; k < w.waiting.n; k++)
            if (w.waiting.p[k].kind == EVENT_INTENT &&
                strstr(w.waiting.p[k].request.p, "\"path\":\"one\"")) {
                if (sent++)
                    assert_true(sha256_equal(&key, &w.waiting.p[k].key));
                key = w.waiting.p[k].key;
            }
        if (vm_state(w.m) >= RUN_COMPLETED || !happen(&w))
            break;
    }
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_int_equal(sent, 3);
    world_release(&w);
    image_free(i);
}

static void found_so_is_not_ours(void **state)
{
    image *i = step_then_fail(OPERATION_DIR_WRITE, true, 0);
    world w;
    world_init(&w, i);
    make(&w, TEXT("one"));
    on(&w, "dir.write", "two", 0, 9, FATE_REFUSED);
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    assert_true(exists(&w, "one"));
    assert_false(exists(&w, "zero"));
    assert_int_equal(logged(&w, "\"state\":\"found\""), 1);
    world_release(&w);
    image_free(i);
}

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

/* Rolled back by a person while a write is under way: it settles first. */
static void an_effect_in_flight_settles_first(void **state)
{
    static const struct {
        const char *status;
        bool there, probed;
    } cases[] = {{"ok", true, false},
                 {"refused", false, false},
                 {"unknown", true, true},
                 {"unknown", false, true}};
    image *i = step_then_fail(OPERATION_DIR_MOVE, true, 0);
    for (size_t k = 0; k < 4; k++) {
        world w;
        world_init(&w, i);
        w.reload = true;
        on(&w, "dir.move", "one", 0, 1, FATE_HANGS);
        begin_run(&w);
        vm_output flight = {0};
        while (!flight.n) {
            for (size_t j = 0; j < w.waiting.n; j++)
                if (strstr(w.waiting.p[j].request.p, "dir.move"))
                    flight = w.waiting.p[j];
            happen(&w);
        }
        assert_null(say(&w, "{\"command\":\"rollback\",\"reason\":\"enough\"}"));
        assert_non_null(say(&w, "{\"command\":\"rollback\"}"));
        assert_int_equal(logged(&w, "\"state\":\"undoing\""), 0);
        if (cases[k].there)
            make(&w, TEXT("one"));
        answer(&w, &flight, cases[k].status, "");
        run(&w);
        assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
        assert_false(exists(&w, "one") || exists(&w, "zero"));
        assert_int_equal(logged(&w, "\"state\":\"undone\""), cases[k].there ? 2 : 1);
        assert_replays(&w);
        world_release(&w);
    }
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

/* --- children --- */

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

/* Every request that waits is told again, with the same bytes and key, by a machine that was
 * loaded. */
static void what_is_outstanding_is_known_after_a_crash(void **state)
{
    image *i = loop(3, false);
    world w;
    world_init(&w, i);
    begin_run(&w);
    while (vm_state(w.m) < RUN_COMPLETED) {
        reload(&w);
        vm_output o;
        uint32_t n = 0;
        for (; vm_outstanding(w.m, n, &o); n++) {
            bool same = false;
            for (size_t k = 0; k < w.waiting.n; k++)
                same |= w.waiting.p[k].fiber == o.fiber && w.waiting.p[k].n == o.n &&
                        w.waiting.p[k].submit == o.submit &&
                        text_equal(w.waiting.p[k].request, o.request) &&
                        sha256_equal(&w.waiting.p[k].key, &o.key);
            assert_true(same);
        }
        assert_int_equal(n, w.waiting.n);
        if (!happen(&w))
            break;
    }
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    world_release(&w);
    image_free(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubt_is_settled),
        cmocka_unit_test(a_person_settles_what_nobody_can_tell),
        cmocka_unit_test(a_refused_repetition_proves_nothing),
        cmocka_unit_test(the_key_never_counts_attempts),
        cmocka_unit_test(found_so_is_not_ours),
        cmocka_unit_test(a_failing_undo_is_stuck_and_resolved),
        cmocka_unit_test(an_undo_that_does_nothing_is_stuck),
        cmocka_unit_test(the_irreversible_is_spared),
        cmocka_unit_test(undo_none_is_left),
        cmocka_unit_test(an_effect_in_flight_settles_first),
        cmocka_unit_test(scopes_go_back_inside_out),
        cmocka_unit_test(a_skipped_scope_lets_the_rest_go_on),
        cmocka_unit_test(a_paused_scope_can_be_tried_again),
        cmocka_unit_test(a_loop_runs_all),
        cmocka_unit_test(one_iteration_fails_the_others_stay),
        cmocka_unit_test(a_word_sends_all_iterations_back),
        cmocka_unit_test(no_iteration_succeeded),
        cmocka_unit_test(what_came_after_the_loop_fails_it_all),
        cmocka_unit_test(independent_chains_go_on),
        cmocka_unit_test(a_person_takes_one_iteration_back),
        cmocka_unit_test(what_is_outstanding_is_known_after_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
