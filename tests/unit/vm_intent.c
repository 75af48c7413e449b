/* The machine: what the journal knows of a write and of its undo before anything is done. */
#include "vm_programs.h"

/* One step named "one" whose undo is `undo`. */
static image *step_with_undo(program *p, image_site *s, uint32_t undo)
{
    s->undo = undo;
    uint32_t at = scope_open(p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    uint32_t name = load_text(p, "one"), result = s->shape_count ? reg(p, T_NUMBER) : 0;
    emit(p, OP_STEP, result, add_site(p, s), name);
    step(p, "two");
    scope_close(p, at);
    return program_end(p);
}

static uint32_t remove_site(program *p)
{
    image_site s = site_of(p, SITE_DO, "");
    s.operation = OPERATION_DIR_REMOVE, s.connector = p->box, s.captures = 1;
    s.args = args_of(p, OPERATION_DIR_REMOVE);
    return add_site(p, &s);
}

/* Runs it forward and back, and looks for the words in its intents. */
static void assert_intent(image *i, const char *words)
{
    for (int back = 0; back < 2; back++) {
        world w;
        world_init(&w, i);
        w.reload = true;
        if (back)
            on(&w, "dir.write", "two", 0, 9, FATE_REFUSED);
        begin_run(&w);
        run(&w);
        assert_int_equal(vm_state(w.m), back ? RUN_ROLLED_BACK : RUN_COMPLETED);
        if (logged(&w, words) != 1)
            fail_msg("no %s in\n%s", words, buffer_string(&w.log));
        assert_replays(&w);
        world_release(&w);
    }
    image_free(i);
}

static void the_undo_is_known_before_the_step_is_done(void **state)
{
    program p;
    program_begin(&p);
    image_site s = step_of(&p, "one", OPERATION_DIR_WRITE);
    image *i = step_with_undo(&p, &s, s.undo);
    assert_intent(i, "\"undo\":{\"kind\":\"call\",\"request\":{\"arguments\":{\"path\":\"one\"},"
                     "\"connector\":0,\"operation\":\"dir.remove\"},\"why\":\"\"}");
}

/* The undo's request is the one that is made later. */
static void what_was_recorded_is_what_is_done(void **state)
{
    program p;
    program_begin(&p);
    image_site s = step_of(&p, "one", OPERATION_DIR_WRITE);
    image *i = step_with_undo(&p, &s, s.undo);
    world w;
    world_init(&w, i);
    on(&w, "dir.write", "two", 0, 9, FATE_REFUSED);
    begin_run(&w);
    run(&w);
    assert_int_equal(logged(&w, "{\"arguments\":{\"path\":\"one\"},\"attempt\":1,\"captures\":{},"
                                "\"connector\":0,\"operation\":\"dir.remove\""),
                     1);
    world_release(&w);
    image_free(i);
}

static void an_undo_that_asks_first_says_so(void **state)
{
    program p;
    program_begin(&p);
    image_site s = step_of(&p, "one", OPERATION_DIR_WRITE);
    uint32_t exists = exists_of(&p);
    insn code[] = {{OP_CALL, 1, (uint16_t)exists, 0},
                   {OP_JN, 1, 1, 0},
                   {OP_DO, 0, (uint16_t)remove_site(&p), 0},
                   {OP_RET, 0, 0, 0}};
    type_word types[] = {T_TEXT, T_BOOL};
    uint32_t undo = define(&p, types, 2, 1, NULL, 0, EFFECT_WRITE, code, 4);
    assert_intent(step_with_undo(&p, &s, undo),
                  "\"undo\":{\"kind\":\"call\",\"needs\":\"read\",\"why\":\"\"}");
}

/* exec.run answers with a number; `use` is how the undo takes part of it. */
static image *with_result(const insn *use, uint32_t n)
{
    program p;
    program_begin(&p);
    image_site s = step_of(&p, "one", OPERATION_EXEC_RUN);
    image_field field = {.path = build_text(p.b, TEXT("status")), .type = T_NUMBER};
    uint32_t site = remove_site(&p);
    insn code[8];
    type_word types[] = {T_TEXT, T_NUMBER, T_TEXT, T_BOOL};
    for (uint32_t k = 0; k < n; k++) {
        code[k] = use[k];
        if (use[k].op == OP_DO)
            code[k].b = (uint16_t)site;
    }
    s.shape = build_shape(p.b, &field, 1), s.shape_count = 1;
    insn check[] = {{OP_CALL, 2, (uint16_t)exists_of(&p), 0}, {OP_RET, 2, 1, 0}};
    type_word check_types[] = {T_TEXT, T_NUMBER, T_BOOL};
    s.check = define(&p, check_types, 3, 2, &T_BOOL, 1, EFFECT_READ, check, 2);
    return step_with_undo(&p, &s, define(&p, types, 4, 2, NULL, 0, EFFECT_WRITE, code, n));
}

/* However it is used: a text made of what is not there yet would be a wrong request. */
static void an_undo_that_needs_the_result_says_so(void **state)
{
    static const insn formats[] = {
        {OP_FMT, 2, 1, 0}, {OP_MOV, 2, 0, 0}, {OP_DO, 0, 0, 2}, {OP_RET, 0, 0, 0}};
    static const insn branches[] = {
        {OP_ISNA, 3, 1, 0}, {OP_JN, 3, 0, 0}, {OP_DO, 0, 0, 0}, {OP_RET, 0, 0, 0}};
    static const insn ignores[] = {{OP_DO, 0, 0, 0}, {OP_FMT, 2, 1, 0}, {OP_RET, 0, 0, 0}};
    static const char needs[] = "\"undo\":{\"kind\":\"call\",\"needs\":\"result\",\"why\":\"\"}";
    assert_intent(with_result(formats, 4), needs);
    assert_intent(with_result(branches, 4), needs);
    assert_intent(with_result(ignores, 3),
                  "\"request\":{\"arguments\":{\"path\":\"one\"},\"connector\":0,"
                  "\"operation\":\"dir.remove\"}");
}

/* Facts: one that stands is used, one that does not is named as what is missing. */
static void an_undo_may_use_what_is_known(void **state)
{
    for (int known = 0; known < 2; known++) {
        program p;
        program_begin(&p);
        const uint32_t fact = 0;
        with_facts(&p, 1);
        image_site s = step_of(&p, "one", OPERATION_DIR_WRITE);
        insn code[] = {{OP_GET, 1, (uint16_t)fact, 0},
                       {OP_JNA, 1, 1, 0},
                       {OP_DO, 0, (uint16_t)remove_site(&p), 1},
                       {OP_DO, 0, (uint16_t)remove_site(&p), 0},
                       {OP_RET, 0, 0, 0}};
        type_word types[] = {T_TEXT, T_TEXT};
        uint32_t undo = define(&p, types, 2, 1, NULL, 0, EFFECT_WRITE, code, 5);
        if (known)
            emit(&p, OP_PUT, fact, load_text(&p, "copy"), 0);
        assert_intent(step_with_undo(&p, &s, undo),
                      known ? "\"undo\":{\"kind\":\"call\",\"request\":{\"arguments\":{\"path\":"
                              "\"copy\"},\"connector\":0,\"operation\":\"dir.remove\"}"
                            : "\"undo\":{\"kind\":\"call\",\"needs\":\"fact\",\"why\":\"\"}");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_undo_is_known_before_the_step_is_done),
        cmocka_unit_test(what_was_recorded_is_what_is_done),
        cmocka_unit_test(an_undo_that_asks_first_says_so),
        cmocka_unit_test(an_undo_that_needs_the_result_says_so),
        cmocka_unit_test(an_undo_may_use_what_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
