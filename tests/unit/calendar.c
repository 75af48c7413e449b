/* Dates, durations, zones and windows at the places that hurt. The bulk is compared with Python by
 * tests/oracle/ask_calendar.py. */
#include "tests/unit/unit.h"

#include "base/calendar.h"
#include "base/decimal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int set_up(void **state)
{
    static arena memory;
    arena_init(&memory);
    *state = &memory;
    return 0;
}

static int tear_down(void **state)
{
    arena_release(*state);
    return 0;
}

static const zone *load(void **state, const char *name)
{
    const zone *z;
    assert_int_equal(zone_load(*state, text_of(name), &z), ZONE_OK);
    return z;
}

static instant iso(const char *t)
{
    instant v = 0;
    if (!instant_read_iso(text_of(t), &v))
        fail_msg("%s is not read", t);
    return v;
}

static void assert_iso(instant t, const char *wanted)
{
    buffer b = {0};
    instant_write_iso(&b, t);
    assert_text(buffer_view(&b), wanted);
    buffer_release(&b);
}

static void dates_are_strict(void **state)
{
    static const char *const wrong[] = {"2027-02-29", "2027-13-01",  "2027-00-10", "0000-01-01",
                                        "2027-1-1",   "2027-03-13 ", "27-03-13",   "2027-03-32"};
    civil c;
    assert_true(date_read(TEXT("2028-02-29"), &c));
    assert_int_equal(c.weekday, 1);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(date_read(text_of(wrong[i]), &c));
    assert_true(date_time_read(TEXT("2027-03-13 22:05"), &c));
    assert_int_equal(c.hour * 60 + c.minute, 1325);
    assert_int_equal(c.weekday, 5);
    assert_false(date_time_read(TEXT("2027-03-13T22:05"), &c));
    assert_false(date_time_read(TEXT("2027-03-13 24:00"), &c));
    int minutes;
    assert_true(time_read(TEXT("22:30"), &minutes));
    assert_int_equal(minutes, 1350);
    assert_false(time_read(TEXT("22:60"), &minutes));
    assert_false(time_read(TEXT("2:30"), &minutes));
}

static void durations_go_both_ways(void **state)
{
    static const struct {
        const char *in, *out;
        duration d;
    } table[] = {
        {"1h30m", "1h30m", HOUR + 30 * MINUTE},
        {"90m", "1h30m", 90 * MINUTE},
        {"2w", "2w", 2 * WEEK},
        {"1w3d", "10d", 10 * DAY},
        {"250ms", "250ms", SECOND / 4},
        {"1m5ms", "1m5ms", MINUTE + 5000},
        {"0s", "0s", 0},
    };
    static const char *const wrong[] = {"",
                                        "5",
                                        "h",
                                        "1m1h",
                                        "1h1h",
                                        "1x",
                                        "1h ",
                                        "1.5h",
                                        "-1h",
                                        "99999999999w",
                                        "9999999999999999999999ms"};
    buffer b = {0};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++, buffer_clear(&b)) {
        duration d;
        assert_true(duration_read(text_of(table[i].in), &d));
        assert_int_equal(d, table[i].d);
        duration_write(&b, d);
        assert_text(buffer_view(&b), table[i].out);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        duration d;
        if (duration_read(text_of(wrong[i]), &d))
            fail_msg("%s was read", wrong[i]);
    }
    duration_write(&b, -HOUR - 1250);
    duration_write(&b, QUANTITY_NA);
    assert_text(buffer_view(&b), "-1h1.25msnot available");
    buffer_release(&b);
}

static void instants_go_both_ways(void **state)
{
    assert_int_equal(iso("1970-01-01T00:00:00Z"), 0);
    assert_int_equal(iso("1970-01-01T00:00:01.5Z"), 1500000);
    assert_iso(iso("2027-03-14T04:00:00.000001Z"), "2027-03-14T04:00:00.000001Z");
    assert_iso(-1, "1969-12-31T23:59:59.999999Z");
    instant t;
    assert_false(instant_read_iso(TEXT("2027-03-14T04:00:00"), &t));
    assert_false(instant_read_iso(TEXT("2027-03-14T04:00:00.Z"), &t));
    assert_false(instant_read_iso(TEXT("2027-03-14T04:00:60Z"), &t));
    buffer b = {0};
    instant_write(&b, load(state, "America/Chicago"), iso("2027-03-14T04:00:00Z"));
    assert_text(buffer_view(&b), "Sat 13 Mar 2027 22:00 CST");
    buffer_release(&b);
}

static void zones_of_strange_names(void **state)
{
    static const char *const unknown[] = {
        "",       "Europe/Atlantis", "../etc/passwd",  "/etc/passwd",
        "Europe", "zone.tab",        "Europe/Berlin\n"};
    const zone *z;
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        assert_int_equal(zone_load(*state, text_of(unknown[i]), &z), ZONE_UNKNOWN);
        assert_null(z);
    }
    assert_text(zone_name(load(state, "Europe/Berlin")), "Europe/Berlin");
    assert_ptr_equal(load(state, "UTC"), zone_utc());
}

/* A TZif file cut off anywhere, or with any byte changed, is refused or read within its bounds (the
 * sanitizers watch). */
static void damaged_files_do_no_harm(void **state)
{
    char folder[] = "/tmp/ferry-zone-XXXXXX", path[64];
    text bytes;
    FILE *f = fopen("/usr/share/zoneinfo/America/Chicago", "rb");
    char room[8192];
    assert_non_null(f);
    bytes = (text){room, fread(room, 1, sizeof room, f)};
    fclose(f);
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/Bad", folder);
    setenv("TZDIR", folder, 1);
    for (size_t i = 0; i < bytes.n; i += i < 120 || i > bytes.n - 60 ? 1 : 37) {
        for (int cut = 0; cut < 2; cut++) {
            f = fopen(path, "wb");
            assert_non_null(f);
            room[i] ^= cut ? 0 : 0x81;
            fwrite(room, 1, cut ? i : bytes.n, f);
            room[i] ^= cut ? 0 : 0x81;
            fclose(f);
            const zone *z;
            if (zone_load(*state, TEXT("Bad"), &z) == ZONE_OK)
                zone_civil(z, iso("2027-03-14T04:00:00Z"));
            else
                assert_null(z);
        }
        arena_clear(*state);
    }
    unsetenv("TZDIR");
    unlink(path);
    rmdir(folder);
}

static void gaps_and_repetitions(void **state)
{
    const zone *z = load(state, "America/Chicago");
    civil gap = {.year = 2027, .month = 3, .day = 14, .hour = 2, .minute = 30};
    civil twice = {.year = 2027, .month = 11, .day = 7, .hour = 1, .minute = 30};
    assert_iso(zone_instant(z, &gap), "2027-03-14T08:00:00.000000Z");
    assert_iso(zone_instant(z, &twice), "2027-11-07T06:30:00.000000Z");
    civil far = {.year = 2000000000, .month = 1, .day = 1};
    assert_int_equal(zone_instant(z, &far), QUANTITY_MAX);
    zone_civil(z, QUANTITY_MAX);
    zone_civil(z, QUANTITY_MIN);
}

static const window_rule night = {.kind = WINDOW_WEEKLY,
                                  .from_weekday = 5,
                                  .from_minute = 22 * 60,
                                  .to_weekday = 6,
                                  .to_minute = 5 * 60};

/* By the table of transitions, by the rule behind it, and where the clocks never change. */
static void the_next_change_of_the_clocks(void **state)
{
    const zone *z = load(state, "America/Chicago");
    instant end = iso("2040-01-01T00:00:00.000000Z"), change = iso("2027-03-14T08:00:00.000000Z");
    assert_iso(zone_next_change(z, iso("2027-01-01T00:00:00.500000Z"), end),
               "2027-03-14T08:00:00.000000Z");
    assert_iso(zone_next_change(z, change, end), "2027-11-07T07:00:00.000000Z");
    assert_int_equal(zone_next_change(z, change - 1, change), change);
    assert_int_equal(zone_next_change(z, change - 1, change + 1), change);
    assert_iso(zone_next_change(z, iso("2038-12-01T00:00:00.000000Z"), end),
               "2039-03-13T08:00:00.000000Z");
    assert_int_equal(zone_next_change(z, end, end), end);
    assert_int_equal(zone_next_change(zone_utc(), change, end), end);
}

static void the_night_clocks_go_forward_is_shorter(void **state)
{
    const zone *z = load(state, "America/Chicago");
    interval i;
    assert_true(window_next(&night, z, iso("2027-03-13T12:00:00Z"), &i));
    assert_iso(i.start, "2027-03-14T04:00:00.000000Z");
    assert_int_equal(i.end - i.start, 6 * HOUR);
    interval again;
    assert_true(window_next(&night, z, i.end - 1, &again)); /* still inside */
    assert_int_equal(again.start, i.start);
    assert_true(window_next(&night, z, i.end, &again)); /* the end is not part of it */
    assert_int_equal(again.end - again.start, 7 * HOUR);
}

static void a_window_inside_the_gap_is_skipped(void **state)
{
    window_rule w = {.kind = WINDOW_DAILY, .from_minute = 125, .to_minute = 175};
    interval i;
    assert_true(window_next(&w, load(state, "America/Chicago"), iso("2027-03-14T07:00:00Z"), &i));
    assert_iso(i.start, "2027-03-15T07:05:00.000000Z");
}

static void dated_windows_end(void **state)
{
    window_rule w = {.kind = WINDOW_DATED};
    assert_true(date_time_read(TEXT("2027-03-13 22:00"), &w.from));
    assert_true(date_time_read(TEXT("2027-03-14 05:00"), &w.to));
    const zone *z = load(state, "Europe/Berlin");
    interval i;
    assert_true(window_next(&w, z, iso("2020-01-01T00:00:00Z"), &i));
    assert_iso(i.start, "2027-03-13T21:00:00.000000Z");
    assert_false(window_next(&w, z, i.end, &i));
    window_rule empty = {.kind = WINDOW_DATED, .from = w.to, .to = w.from};
    assert_false(window_next(&empty, z, 0, &i));
    assert_false(window_next(&night, z, QUANTITY_MAX, &i));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_strict),
        cmocka_unit_test(durations_go_both_ways),
        cmocka_unit_test_setup_teardown(instants_go_both_ways, set_up, tear_down),
        cmocka_unit_test_setup_teardown(zones_of_strange_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(damaged_files_do_no_harm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gaps_and_repetitions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_next_change_of_the_clocks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_night_clocks_go_forward_is_shorter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_window_inside_the_gap_is_skipped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(dated_windows_end, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
