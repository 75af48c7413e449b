/* The machine: the way forward, going back, and that a run is a function of its inputs. */
#include "vm_world.h"

static image *two_steps(failure_response second)
{
    program p;
    program_begin(&p);
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    uint32_t phase = scope_open(&p, "move", SCOPE_PHASE, ON_ROLLBACK);
    step(&p, "one");
    image_site s = step_of(&p, "two", OPERATION_DIR_WRITE);
    s.on_failure = second;
    emit_step(&p, &s, "two");
    scope_close(&p, phase);
    scope_close(&p, at);
    return program_end(&p);
}

static void two_steps_complete(void **state)
{
    image *i = two_steps(ON_ROLLBACK);
    world w;
    world_init(&w, i);
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_true(exists(&w, "one") && exists(&w, "two"));
    assert_int_equal(w.effects, 2);
    assert_int_equal(logged(&w, "\"path\":\"move\",\"state\":\"done\""), 1);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

static void state_survives_every_turn(void **state)
{
    image *i = two_steps(ON_ROLLBACK);
    world a, b;
    world_init(&a, i);
    world_init(&b, i);
    b.reload = true;
    on(&a, "dir.write", "two", 0, 9, FATE_REFUSED);
    on(&b, "dir.write", "two", 0, 9, FATE_REFUSED);
    begin_run(&a);
    begin_run(&b);
    run(&a);
    run(&b);
    assert_int_equal(vm_state(a.m), RUN_ROLLED_BACK);
    assert_string_equal(buffer_string(&a.log), buffer_string(&b.log));
    assert_replays(&b);
    world_release(&a);
    world_release(&b);
    image_free(i);
}

static void refusal_rolls_back(void **state)
{
    image *i = two_steps(ON_ROLLBACK);
    world w;
    world_init(&w, i);
    on(&w, "dir.write", "two", 0, 9, FATE_REFUSED);
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    assert_false(exists(&w, "one"));
    assert_int_equal(logged(&w, "\"state\":\"undone\""), 1);
    world_release(&w);
    image_free(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_steps_complete),
        cmocka_unit_test(state_survives_every_turn),
        cmocka_unit_test(refusal_rolls_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
