/* The driver: a run parks and goes on, jumps through a rehearsal, leaves those of another mode. */
#include "tests/unit/drive_machine.h"

static void a_run_parks_for_people_and_goes_on(void **state)
{
    const char *store = path_in(state, ".ferry");
    world w = {.file = path_in(state, "world")};
    host h = world_host(&w);
    text why, reply;
    drive *d = open_drive(store, &h, false);
    assert_int_equal(start(d), DRIVE_OK);
    assert_int_equal(drive_loop(d, &why), DRIVE_PARKED);
    assert_int_equal(count_of(w.file, NULL), APPROVAL_BEFORE);
    text name;
    assert_int_equal(drive_start(d, &entry, &name, &why), DRIVE_REFUSED);
    assert_non_null(strstr(text_copy(&memory, why).p, "acme-1"));
    drive_close(d);

    text wrong = TEXT("{\"command\":\"note\"}");
    assert_int_equal(drive_tell(store, TEXT("other"), wrong, &memory, &reply), DRIVE_REFUSED);
    text yes = TEXT("{\"by\":\"ana\",\"command\":\"approve\"}");
    assert_int_equal(drive_tell(store, TEXT(""), yes, &memory, &reply), DRIVE_OK);
    assert_int_equal(drive_tell(store, TEXT(""), yes, &memory, &reply), DRIVE_REFUSED);
    assert_text(reply, "no approval is open");
    assert_int_equal(count_of(w.file, NULL), APPROVAL_BEFORE); /* who commands performs nothing */

    d = open_drive(store, &h, false);
    assert_int_equal(drive_loop(d, &why), DRIVE_OK);
    drive_close(d);
    each_write_once(w.file);
    replay_matches(store);
}

static void people_say_yes_and_time_jumps_in_a_rehearsal(void **state)
{
    const char *store = path_in(state, ".ferry");
    world w = {.file = path_in(state, "world"), .time = 1000 * SECOND};
    host h = world_host(&w);
    h.people = PEOPLE_YES;
    h.virtual_clock = true;
    text why;
    drive *d = open_drive(store, &h, false);
    assert_int_equal(start(d), DRIVE_OK);
    assert_int_equal(drive_loop(d, &why), DRIVE_OK);
    drive_close(d);
    each_write_once(w.file);
    assert_true(replay_matches(store) > 2 * STEPS);
}

static void runs_of_another_mode_are_left_alone(void **state)
{
    const char *store = path_in(state, ".ferry");
    world w = {.file = path_in(state, "world")};
    host h = world_host(&w);
    text why;
    drive *d = open_drive(store, &h, false);
    assert_int_equal(start(d), DRIVE_OK);
    drive_close(d);
    h.mode = "rehearsal";
    d = open_drive(store, &h, false);
    assert_int_equal(drive_loop(d, &why), DRIVE_OK);
    drive_close(d);
    assert_int_equal(count_of(w.file, NULL), 0);
    h.mode = "live";
    d = open_drive(store, &h, false);
    assert_int_equal(drive_loop(d, &why), DRIVE_PARKED);
    drive_close(d);
    assert_int_equal(count_of(w.file, NULL), APPROVAL_BEFORE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
        CASE(a_run_parks_for_people_and_goes_on),
        CASE(people_say_yes_and_time_jumps_in_a_rehearsal),
        CASE(runs_of_another_mode_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
