/* The machine: whether a write happened, and what is done about it. */
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
        cmocka_unit_test(an_effect_in_flight_settles_first),
        cmocka_unit_test(what_is_outstanding_is_known_after_a_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
