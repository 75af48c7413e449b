/* The machine: how people are asked again: reminders, what is due, deputies, whose vote counts. */
#include "vm_programs.h"

static void start_world(world *w, image *i)
{
    world_init(w, i);
    w->reload = true;
    begin_run(w);
    run_now(w);
}

enum { BEGINS_AT_DAY = 1000 };

/* A task of the leads, due two hours after the run began, reminded half an hour ahead; the desk
 * stands in for the leads after ten minutes, the chief for the desk after 15. */
static image *asked_again(bool vote)
{
    program p;
    program_begin(&p);
    role(&p, "chief", "kim", "kay");
    uint32_t desk = role(&p, "desk", "dan", "dot"), lead = role(&p, "lead", "eve", "bob");
    set_text(p.b, TABLE_ROLE, lead, COLUMN_ROLE_DEPUTY, "desk");
    build_set(p.b, TABLE_ROLE, lead, COLUMN_ROLE_PAGE, 10 * MINUTE);
    set_text(p.b, TABLE_ROLE, desk, COLUMN_ROLE_DEPUTY, "chief");
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    image_site s = site_of(&p, vote ? SITE_APPROVE : SITE_TASK, "confirm");
    s.title = title_of(&p, "Confirm the first 997");
    s.votes = pair(&p, lead, 1);
    s.timeout = 3 * HOUR;
    if (!vote) {
        s.retry_pause = 30 * MINUTE;
        s.why = build_text(p.b, TEXT("call them again"));
    }
    uint32_t due = load(&p, TYPE_WORD(TYPE_INSTANT, 0), BEGINS_AT_DAY * DAY + 2 * HOUR);
    emit(&p, vote ? OP_APPROVE : OP_TASK, 0, add_site(&p, &s), due);
    step(&p, "two");
    scope_close(&p, at);
    return program_end(&p);
}

#define SAY(by, command) "{\"by\":\"" by "\",\"command\":\"" command "\",\"target\":\"confirm\"}"

static void told(world *w, const char *role, const char *said)
{
    char part[200];
    snprintf(part, sizeof part, "\"role\":\"%s\",\"text\":\"%s: Confirm the first 997\"", role,
             said);
    if (logged(w, part) != 1)
        fail_msg("%s was not told `%s` once: %s", role, said, buffer_string(&w->log));
}

static void people_are_told_in_the_order_of_time(void **state)
{
    image *i = asked_again(false);
    world w;
    start_world(&w, i);
    instant begun = BEGINS_AT_DAY * DAY;
    assert_true(w.now - begun < SECOND);
    assert_true(vm_deadline(w.m) - begun - 10 * MINUTE < SECOND);
    assert_string_equal(say(&w, SAY("dan", "done")), "dan is not a member of lead; ask: eve, bob");
    happen(&w);
    told(&w, "desk", "lead has not answered for 10m");
    happen(&w);
    told(&w, "chief", "desk has not answered for 15m");
    assert_true(vm_deadline(w.m) == begun + 90 * MINUTE);
    happen(&w);
    told(&w, "lead", "due in 30m");
    happen(&w);
    told(&w, "lead", "due now");
    assert_true(w.now == begun + 2 * HOUR);
    assert_null(say(&w, SAY("kim", "done")));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

static void silence_ends_after_all_were_told(void **state)
{
    image *i = asked_again(false);
    world w;
    start_world(&w, i);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_ROLLED_BACK);
    told(&w, "chief", "desk has not answered for 15m");
    told(&w, "lead", "due now");
    assert_true(w.now >= BEGINS_AT_DAY * DAY + 3 * HOUR);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

/* What fell into a gap is told when the machine is there again, each once. */
static void a_gap_is_made_up_for(void **state)
{
    image *i = asked_again(false);
    world w;
    start_world(&w, i);
    w.now += 2 * HOUR + 30 * MINUTE;
    feed(&w, EVENT_TICK, 0, 0, TEXT("{}"));
    told(&w, "desk", "lead has not answered for 10m");
    told(&w, "chief", "desk has not answered for 15m");
    told(&w, "lead", "due in 30m");
    told(&w, "lead", "due now");
    assert_null(say(&w, SAY("eve", "done")));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

static void a_vote_is_not_handed_on(void **state)
{
    image *i = asked_again(true);
    world w;
    start_world(&w, i);
    happen(&w);
    told(&w, "desk", "lead has not answered for 10m");
    assert_string_equal(say(&w, SAY("dan", "approve")),
                        "dan is not a member of lead; ask: eve, bob");
    assert_string_equal(say(&w, "{\"by\":\"eve\",\"command\":\"approve\",\"condition\":\"x\"}"),
                        "no conditions are allowed here: approve, or reject and say why");
    assert_null(say(&w, SAY("eve", "approve")));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

/* ann is on the board and a lead, bob on the board only: ann's vote must be the lead's. */
static void a_vote_goes_where_it_is_wanted(void **state)
{
    program p;
    program_begin(&p);
    uint32_t board = role(&p, "board", "ann", "bob"), leads = role(&p, "leads", "ann", "tom");
    uint32_t words[] = {2, board, 1, leads, 1};
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    image_site s = site_of(&p, SITE_APPROVE, "confirm");
    s.title = title_of(&p, "Go?");
    s.votes = build_words(p.b, words, 5);
    s.flags = SITE_CONDITIONS;
    emit(&p, OP_APPROVE, 0, add_site(&p, &s), never_due(&p));
    step(&p, "two");
    scope_close(&p, at);
    image *i = program_end(&p);
    world w;
    start_world(&w, i);
    assert_null(
        say(&w, "{\"by\":\"ann\",\"command\":\"approve\",\"condition\":\"the desk is staffed\"}"));
    assert_int_equal(logged(&w, "approved by ann on condition that the desk is staffed"), 1);
    assert_null(say(&w, SAY("bob", "approve")));
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_told_in_the_order_of_time),
        cmocka_unit_test(silence_ends_after_all_were_told),
        cmocka_unit_test(a_gap_is_made_up_for),
        cmocka_unit_test(a_vote_is_not_handed_on),
        cmocka_unit_test(a_vote_goes_where_it_is_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
