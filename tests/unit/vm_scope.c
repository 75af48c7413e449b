/* The machine: who may send what back, what a skip leaves, whose name a vote bears. */
#include "vm_programs.h"

/* While one block goes back, all of the run still can be sent back. */
static void a_run_that_goes_back_in_part_can_go_back_whole(void **state)
{
    image *i = nested(ON_SKIP);
    world w;
    world_init(&w, i);
    on(&w, "dir.write", "d", 0, 1, FATE_HANGS);
    begin_run(&w);
    run_now(&w);
    assert_null(say(&w, "{\"command\":\"rollback\",\"target\":\"inner\"}"));
    assert_non_null(say(&w, "{\"command\":\"rollback\",\"target\":\"inner \"}"));
    assert_null(say(&w, "{\"command\":\"rollback\"}"));
    assert_string_equal(say(&w, "{\"command\":\"rollback\"}"), "the run is going back already");
    world_release(&w);
    image_free(i);
}

/* A child that was started in an outer block: it stops at once, not when going back reaches that
 * block, which here waits for a write under way. */
static image *child_beside_block(void)
{
    program p;
    program_begin(&p);
    step(&p, "child");
    image_site nap = site_of(&p, SITE_SLEEP, "");
    uint32_t nap_site = add_site(&p, &nap);
    emit(&p, OP_SLEEP, 0, nap_site, load(&p, T_SPAN, HOUR));
    step(&p, "late");
    image_site fork = site_of(&p, SITE_FORK, "beside");
    fork.body = body_end(&p, 0);
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    uint32_t child = reg(&p, TYPE_WORD(TYPE_FIBER, 0));
    emit(&p, OP_FORK, child, add_site(&p, &fork), 0);
    uint32_t phase = scope_open(&p, "phase", SCOPE_PHASE, ON_ROLLBACK);
    step(&p, "slow");
    scope_close(&p, phase);
    emit(&p, OP_JOIN, 0, child, 1);
    scope_close(&p, at);
    return program_end(&p);
}

static void children_of_an_outer_block_stop_at_once(void **state)
{
    image *i = child_beside_block();
    world w;
    world_init(&w, i);
    on(&w, "dir.write", "slow", 0, 1, FATE_HANGS);
    begin_run(&w);
    run_now(&w);
    assert_true(exists(&w, "child"));
    assert_null(say(&w, "{\"command\":\"rollback\"}"));
    run(&w);
    assert_false(exists(&w, "child") || exists(&w, "late"));
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

static void what_was_skipped_is_not_completed(void **state)
{
    image *i = task(false, ON_SKIP);
    world w;
    world_init(&w, i);
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_PARTIAL);
    assert_int_equal(logged(&w, "\"path\":\"confirm\",\"state\":\"skipped\""), 1);
    world_release(&w);
    image_free(i);
}

static void a_vote_bears_a_name(void **state)
{
    image *i = approval();
    world w;
    world_init(&w, i);
    feed(&w, EVENT_START, 0, 0,
         TEXT("{\"store\":\"s\",\"run\":\"m-1\",\"migration\":\"m\",\"mode\":\"live\","
              "\"by\":\"tom\",\"author\":\"ada\"}"));
    run_now(&w);
    assert_string_equal(say(&w, "{\"command\":\"approve\",\"target\":\"go\"}"),
                        "an approval says who gives it: add --by NAME");
    world_release(&w);
    image_free(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_that_goes_back_in_part_can_go_back_whole),
        cmocka_unit_test(children_of_an_outer_block_stop_at_once),
        cmocka_unit_test(what_was_skipped_is_not_completed),
        cmocka_unit_test(a_vote_bears_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
