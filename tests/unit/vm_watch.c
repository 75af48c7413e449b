/* The machine: series, what watches them, and what silence means. */
#include "tests/unit/vm_wait_world.h"

static int64_t calm(instant now)
{
    (void)now;
    return 1;
}

/* Bad, but never for five minutes on end. */
static int64_t gusts(instant now)
{
    return (now - 1000 * DAY) / MINUTE % 5 ? 9 : 1;
}

static int64_t silence(instant now)
{
    return now < 1000 * DAY + 10 * MINUTE ? 1 : QUANTITY_NA;
}

static int64_t late_storm(instant now)
{
    return now < 1000 * DAY + 58 * MINUTE ? 1 : 9;
}

static int64_t late_gust(instant now)
{
    return now < 1000 * DAY + 58 * MINUTE || now > 1000 * DAY + 61 * MINUTE ? 1 : 9;
}

static int64_t late_silence(instant now)
{
    return now < 1000 * DAY + 59 * MINUTE ? 1 : QUANTITY_NA;
}

/* It would otherwise end well in the middle of what it was to see. */
static void a_watch_does_not_end_on_a_suspicion(void **state)
{
    image *i = watch(TRIGGER_ROLLBACK);
    int64_t (*const values[])(instant) = {late_storm, late_gust};
    for (int k = 0; k < 2; k++) {
        world w;
        world_init(&w, i);
        w.reload = true;
        w.series = values[k];
        begin_run(&w);
        run(&w);
        assert_int_equal(vm_state(w.m), k == 0 ? RUN_ROLLED_BACK : RUN_COMPLETED);
        assert_true(w.now >= 1000 * DAY + (k == 0 ? 63 : 61) * MINUTE);
        assert_true(w.now < 1000 * DAY + 65 * MINUTE);
        assert_replays(&w);
        world_release(&w);
    }
    image_free(i);
}

static void a_watch_that_ends_blind_pauses(void **state)
{
    image *i = watch(TRIGGER_ROLLBACK);
    world w;
    world_init(&w, i);
    w.series = late_silence;
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_WAITING);
    assert_int_equal(logged(&w, "\"what\":\"trigger\""), 0);
    assert_true(w.now >= 1000 * DAY + HOUR);
    world_release(&w);
    image_free(i);
}

static void a_calm_watch_ends(void **state)
{
    image *i = watch(TRIGGER_ROLLBACK);
    int64_t (*const values[])(instant) = {calm, gusts};
    for (int k = 0; k < 2; k++) {
        world w;
        world_init(&w, i);
        w.reload = true;
        w.series = values[k];
        begin_run(&w);
        run(&w);
        assert_int_equal(vm_state(w.m), RUN_COMPLETED);
        assert_true(w.now >= 1000 * DAY + HOUR && w.now < 1000 * DAY + HOUR + MINUTE);
        assert_replays(&w);
        world_release(&w);
    }
    image_free(i);
}

static void a_trigger_sends_it_back(void **state)
{
    image *i = watch(TRIGGER_ROLLBACK);
    world w;
    world_init(&w, i);
    w.reload = true;
    w.series = storm;
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    assert_false(exists(&w, "one"));
    assert_int_equal(logged(&w, "\"what\":\"trigger\""), 1);
    assert_int_equal(
        logged(&w,
               "\"values\":{\"errors\":\"9\"},\"verdict\":\"rollback\",\"wanted\":\"errors > 5\""),
        1);
    /* What an undo had to say does not replace why it goes back. */
    assert_int_equal(
        logged(&w, "{\"detail\":\"rollback when errors > 5\",\"state\":\"rolled_back\"}"), 1);
    assert_true(w.now >= 1000 * DAY + 15 * MINUTE && w.now < 1000 * DAY + 17 * MINUTE);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

/* A source that answers after more than an interval was asked all the while: no gap, and its bad
 * news counts. */
static void a_slow_source_is_no_gap(void **state)
{
    image *i = watch(TRIGGER_ROLLBACK);
    world w;
    world_init(&w, i);
    w.series = storm;
    w.latency = 80 * SECOND;
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    assert_int_equal(logged(&w, "\"what\":\"trigger\""), 1);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

static void an_alert_tells_once(void **state)
{
    image *i = watch(TRIGGER_ALERT);
    world w;
    world_init(&w, i);
    w.series = storm;
    begin_run(&w);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_int_equal(logged(&w, "\"verdict\":\"alert\""), 1);
    world_release(&w);
    image_free(i);
}

static void silence_pauses_and_never_fires(void **state)
{
    image *i = watch(TRIGGER_ROLLBACK);
    static const char *const answers[] = {"continue", "rollback"};
    for (int k = 0; k < 2; k++) {
        world w;
        world_init(&w, i);
        w.reload = true;
        w.series = silence;
        begin_run(&w);
        run(&w);
        assert_int_equal(vm_state(w.m), RUN_WAITING);
        assert_int_equal(logged(&w, "\"what\":\"trigger\""), 0);
        assert_true(w.now < 1000 * DAY + 15 * MINUTE);
        w.series = calm;
        text yes = text_format(&w.memory, "{\"answer\":\"%s\",\"command\":\"answer\"}", answers[k]);
        assert_null(say(&w, yes.p));
        run(&w);
        assert_int_equal(vm_state(w.m), k ? RUN_ROLLED_BACK : RUN_COMPLETED);
        assert_replays(&w);
        world_release(&w);
    }
    image_free(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_calm_watch_ends),
        cmocka_unit_test(a_trigger_sends_it_back),
        cmocka_unit_test(a_watch_does_not_end_on_a_suspicion),
        cmocka_unit_test(a_watch_that_ends_blind_pauses),
        cmocka_unit_test(a_slow_source_is_no_gap),
        cmocka_unit_test(an_alert_tells_once),
        cmocka_unit_test(silence_pauses_and_never_fires),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
