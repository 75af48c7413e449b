/* An answer that was lost with the process that asked uses up no try, however often it happens; one
 * that did not come by itself does. */
#include "tests/unit/vm_world.h"

static void lose(world *w, const char *lost)
{
    vm_output o = w->waiting.p[0];
    memmove(w->waiting.p, w->waiting.p + 1, --w->waiting.n * sizeof o);
    w->now += SECOND;
    feed(w, EVENT_OUTCOME, o.fiber, o.n,
         text_format(
             &w->memory,
             "{\"detail\":\"gone\",\"elapsed\":1,\"lost\":%s,\"status\":\"unknown\",\"values\":"
             "[]}",
             lost));
}

static bool writes_next(const world *w)
{
    static const sha256 none;
    return w->waiting.n != 0 && w->waiting.p[0].submit == SUBMIT_REQUEST &&
           !sha256_equal(&w->waiting.p[0].key, &none);
}

/* One step with one more try. The answer of the first `times` tries of the write is lost. */
static run_state run_losing(unsigned times, const char *lost, unsigned *done)
{
    program p;
    world w;
    program_begin(&p);
    step(&p, "a");
    image *i = program_end(&p);
    world_init(&w, i);
    begin_run(&w);
    for (unsigned k = 0; k < 10000 && vm_state(w.m) < RUN_COMPLETED; k++) {
        if (writes_next(&w) && times != 0) {
            times--;
            lose(&w, lost);
        } else if (!happen(&w)) {
            break;
        }
    }
    run_state s = vm_state(w.m);
    *done = w.effects;
    assert_replays(&w);
    world_release(&w);
    image_free(i);
    return s;
}

static void test_lost_answers_use_up_no_try(void **state)
{
    unsigned done;
    assert_int_equal(run_losing(12, "true", &done), RUN_COMPLETED);
    assert_int_equal(done, 1);
}

static void test_unknown_answers_do(void **state)
{
    unsigned done;
    assert_int_equal(run_losing(3, "false", &done), RUN_ROLLED_BACK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lost_answers_use_up_no_try),
        cmocka_unit_test(test_unknown_answers_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
