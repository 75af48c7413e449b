/* The machine: instructions of the run that have no story of their own elsewhere. */
#include "vm_programs.h"

/* A step named by what a register reads as. */
static void step_named_by(program *p, uint32_t r)
{
    image_site s = step_of(p, "named", OPERATION_DIR_WRITE);
    uint32_t name = reg(p, T_TEXT);
    emit(p, OP_FMT, name, r, 0);
    emit(p, OP_STEP, 0, add_site(p, &s), name);
}

static void ends(world *w, image *i, run_state s)
{
    w->reload = true;
    begin_run(w);
    run(w);
    assert_int_equal(vm_state(w->m), s);
    assert_replays(w);
}

/* A fact is not available until it is put; a block that is begun anew puts it anew. */
static void the_newest_fact_counts(void **state)
{
    program p;
    program_begin(&p);
    with_facts(&p, 2);
    uint32_t before = reg(&p, T_TEXT), after = reg(&p, T_TEXT), other = reg(&p, T_NUMBER);
    emit(&p, OP_GET, before, 0, 0);
    emit(&p, OP_PUT, 0, load_text(&p, "first"), 0);
    emit(&p, OP_PUT, 0, load_text(&p, "second"), 0);
    emit(&p, OP_PUT, 1, load(&p, T_NUMBER, 7 * UNIT_NUMBER), 0);
    emit(&p, OP_GET, after, 0, 0);
    emit(&p, OP_GET, other, 1, 0);
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    step_named_by(&p, before);
    step_named_by(&p, after);
    step_named_by(&p, other);
    scope_close(&p, at);
    image *i = program_end(&p);
    world w;
    world_init(&w, i);
    ends(&w, i, RUN_COMPLETED);
    assert_true(exists(&w, "not available") && exists(&w, "second") && exists(&w, "7"));
    assert_int_equal(w.things.n, 3);
    world_release(&w);
    image_free(i);
}

/* Both endpoints answered; or one did not, and then nothing is available. Live traffic is looked at
 * until its period is over: at least twenty times. */
static void simulation_answers(bool live)
{
    program p;
    program_begin(&p);
    type_word json = TYPE_WORD(TYPE_JSON, 0), percent = TYPE_WORD(TYPE_PERCENT, 0);
    type_word types[] = {json, T_TEXT, json};
    insn args[] = {{OP_LDT, 0, (uint16_t)build_text(p.b, TEXT("{}")), 0},
                   {OP_LDT, 1, (uint16_t)build_text(p.b, TEXT("samples")), 0},
                   {OP_LDT, 2, (uint16_t)build_text(p.b, TEXT("{}")), 0},
                   {OP_RET, 0, 3, 0}};
    image_field shape[] = {{.path = build_text(p.b, TEXT("match")), .type = percent},
                           {.path = build_text(p.b, TEXT("mismatches")), .type = T_NUMBER}};
    image_site s = site_of(&p, SITE_SIMULATE, "orders");
    s.operation = live ? OPERATION_LIVE : OPERATION_SIMULATE;
    s.args = define(&p, types, 3, 0, types, 3, EFFECT_PURE, args, 4);
    s.shape = build_shape(p.b, shape, 2), s.shape_count = 2;
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    uint32_t match = reg(&p, percent), mismatches = reg(&p, T_NUMBER);
    uint32_t period = reg(&p, TYPE_WORD(TYPE_DURATION, 0));
    emit_constant(&p, period, 2 * HOUR);
    emit(&p, live ? OP_LIVE : OP_SIM, match, add_site(&p, &s), live ? period : 0);
    step_named_by(&p, match);
    step_named_by(&p, mismatches);
    scope_close(&p, at);
    image *i = program_end(&p);
    for (int silent = 0; silent < 2; silent++) {
        world w;
        world_init(&w, i);
        w.live = live;
        instant begun = w.now;
        if (silent)
            on(&w, live ? "live" : "simulate", "", 0, 200, FATE_LOST);
        ends(&w, i, RUN_COMPLETED);
        assert_int_equal(exists(&w, "93.5%") && exists(&w, "2"), !silent);
        assert_int_equal(exists(&w, "not available"), silent);
        assert_true(!live || w.now >= begun + 2 * HOUR);
        assert_int_equal(w.looks, live ? 121 : 0); /* at the beginning, and one a minute */
        world_release(&w);
    }
    image_free(i);
}

static void a_simulation_answers_or_is_not_available(void **state)
{
    simulation_answers(false);
}

static void live_traffic_is_looked_at_again_and_again(void **state)
{
    simulation_answers(true);
}

/* People are told; that their alarm does not answer never fails the run. */
static void a_notice_never_fails(void **state)
{
    for (int k = 0; k < 3; k++) {
        program p;
        program_begin(&p);
        uint32_t desk = role(&p, "desk", "eve", "bob");
        if (k)
            set_text(p.b, TABLE_ROLE, desk, COLUMN_ROLE_ALARM, "{\"kind\":\"exec\"}");
        uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
        image_site s = site_of(&p, SITE_NOTIFY, "hello");
        s.title = title_of(&p, "It begins");
        s.votes = pair(&p, desk, 1);
        emit(&p, OP_NOTIFY, 0, add_site(&p, &s), 0);
        step(&p, "one");
        scope_close(&p, at);
        image *i = program_end(&p);
        world w;
        world_init(&w, i);
        on(&w, "notify", "", 0, 1, k == 2 ? FATE_REFUSED : FATE_OK);
        ends(&w, i, RUN_COMPLETED);
        assert_int_equal(
            logged(&w, "{\"path\":\"hello\",\"role\":\"desk\",\"text\":\"It begins\"}"), 1);
        assert_int_equal(logged(&w, "\"operation\":\"notify\""), k > 0);
        world_release(&w);
        image_free(i);
    }
}

static void fail_ends_the_innermost_scope(void **state)
{
    static const failure_response responses[] = {ON_ROLLBACK, ON_SKIP};
    for (int k = 0; k < 2; k++) {
        program p;
        program_begin(&p);
        uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
        step(&p, "one");
        uint32_t in = scope_open(&p, "inner", SCOPE_BLOCK, responses[k]);
        step(&p, "two");
        emit(&p, OP_FAIL, 0, load_text(&p, "the partner said no"), 0);
        step(&p, "never");
        scope_close(&p, in);
        step(&p, "three");
        scope_close(&p, at);
        image *i = program_end(&p);
        world w;
        world_init(&w, i);
        ends(&w, i, k ? RUN_PARTIAL : RUN_ROLLED_BACK);
        assert_int_equal(exists(&w, "one"), k);
        assert_int_equal(exists(&w, "three"), k);
        assert_false(exists(&w, "two") || exists(&w, "never"));
        assert_true(logged(&w, "\"detail\":\"the partner said no\"") > 0);
        world_release(&w);
        image_free(i);
    }
}

static int64_t four(instant now)
{
    return 4;
}

/* What comes after `settle` sees the whole series. */
static void settle_waits_for_the_end_of_the_series(void **state)
{
    program p;
    program_begin(&p);
    image_site observe = observe_of(&p);
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    uint32_t every = load(&p, T_SPAN, MINUTE);
    load(&p, T_SPAN, 10 * MINUTE);
    uint32_t series = reg(&p, T_SERIES), last = reg(&p, T_NUMBER);
    emit(&p, OP_OBSERVE, series, add_site(&p, &observe), every);
    step(&p, "meanwhile");
    emit(&p, OP_SETTLE, 0, series, 0);
    emit(&p, OP_SGET, last, series, STATISTIC_LAST);
    step_named_by(&p, last);
    scope_close(&p, at);
    image *i = program_end(&p);
    world w;
    world_init(&w, i);
    w.series = four;
    w.reload = true;
    begin_run(&w);
    while (!exists(&w, "meanwhile"))
        assert_true(happen(&w));
    assert_true(w.now < 1000 * DAY + MINUTE);
    while (!exists(&w, "4"))
        assert_true(happen(&w));
    assert_true(w.now >= 1000 * DAY + 10 * MINUTE);
    run(&w);
    assert_int_equal(vm_state(w.m), RUN_COMPLETED);
    assert_replays(&w);
    world_release(&w);
    image_free(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_fact_counts),
        cmocka_unit_test(a_simulation_answers_or_is_not_available),
        cmocka_unit_test(live_traffic_is_looked_at_again_and_again),
        cmocka_unit_test(a_notice_never_fails),
        cmocka_unit_test(fail_ends_the_innermost_scope),
        cmocka_unit_test(settle_waits_for_the_end_of_the_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
