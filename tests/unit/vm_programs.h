/* vm_programs.h: the programs that the tests of the machine and its fuzz target run. */
#ifndef FERRY_TESTS_VM_PROGRAMS_H
#define FERRY_TESTS_VM_PROGRAMS_H

#include "vm_world.h"

/* One step of an operation, then one that is always refused, so that the first is undone. */
static inline image *step_then_fail(operation_id o, bool with_check, uint32_t flags)
{
    program p;
    program_begin(&p);
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    image_site s = step_of(&p, "one", o);
    if (!with_check)
        s.check = NO_INDEX;
    s.flags = flags;
    if (flags & (SITE_IRREVERSIBLE | SITE_UNDO_NONE))
        s.undo = NO_INDEX;
    step(&p, "zero");
    emit_step(&p, &s, "one");
    step(&p, "two");
    scope_close(&p, at);
    return program_end(&p);
}

static inline image *nested(failure_response inner)
{
    program p;
    program_begin(&p);
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    step(&p, "a");
    uint32_t outer = scope_open(&p, "outer", SCOPE_PHASE, ON_ROLLBACK);
    step(&p, "b");
    uint32_t in = scope_open(&p, "inner", SCOPE_BLOCK, inner);
    step(&p, "c");
    step(&p, "d");
    scope_close(&p, in);
    step(&p, "e");
    scope_close(&p, outer);
    scope_close(&p, at);
    return program_end(&p);
}

static inline image *loop(unsigned parallel, bool fail_after)
{
    program p;
    program_begin(&p);
    image_site s = step_of(&p, "route", OPERATION_DIR_WRITE);
    uint32_t element = reg(&p, T_TEXT);
    emit(&p, OP_STEP, 0, add_site(&p, &s), element);
    image_site each = site_of(&p, SITE_EACH, "");
    each.body = body_end(&p, 1);
    uint32_t at = scope_open(&p, "move", SCOPE_PHASE, ON_ROLLBACK);
    uint32_t names[3] = {load_text(&p, "x"), load_text(&p, "y"), load_text(&p, "z")};
    uint32_t list = reg(&p, p.texts), width = reg(&p, T_NUMBER);
    emit(&p, OP_LIST, list, names[0], 3);
    emit_constant(&p, width, parallel * UNIT_NUMBER);
    emit(&p, OP_EACH, 0, add_site(&p, &each), list);
    if (fail_after)
        step(&p, "after");
    scope_close(&p, at);
    return program_end(&p);
}

static inline uint32_t role(program *p, const char *name, const char *a, const char *b)
{
    uint32_t row = build_row(p->b, TABLE_ROLE, NO_INDEX);
    set_text(p->b, TABLE_ROLE, row, COLUMN_ROLE_NAME, name);
    int64_t members[] = {build_text(p->b, text_of(a)), build_text(p->b, text_of(b))};
    build_set_list(p->b, TABLE_ROLE, row, COLUMN_ROLE_MEMBERS, members, 2);
    return row;
}

static inline uint32_t pair(program *p, uint32_t row, uint32_t n)
{
    uint32_t words[] = {1, row, n};
    return build_words(p->b, words, 3);
}

static inline image *approval(void)
{
    program p;
    program_begin(&p);
    uint32_t board = role(&p, "board", "eve", "tom");
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    step(&p, "one");
    image_site s = site_of(&p, SITE_APPROVE, "go");
    s.title = title_of(&p, "Go?");
    s.votes = pair(&p, board, 1);
    s.timeout = 2 * HOUR;
    emit(&p, OP_APPROVE, 0, add_site(&p, &s), never_due(&p));
    step(&p, "two");
    scope_close(&p, at);
    return program_end(&p);
}

static inline image *task(bool with_check, failure_response r)
{
    program p;
    program_begin(&p);
    uint32_t desk = role(&p, "desk", "eve", "bob");
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    image_site s = site_of(&p, SITE_TASK, "confirm");
    s.title = title_of(&p, "Confirm the first 997");
    s.votes = pair(&p, desk, 1);
    s.timeout = HOUR;
    s.why = build_text(p.b, TEXT("call them again"));
    s.on_failure = r;
    s.ask_role = desk, s.ask_within = 10 * MINUTE, s.ask_else = ON_ROLLBACK;
    if (with_check) {
        insn code[] = {{OP_LDT, 0, (uint16_t)build_text(p.b, TEXT("paper")), 0},
                       {OP_CALL, 1, (uint16_t)exists_of(&p), 0},
                       {OP_RET, 1, 1, 0}};
        type_word types[] = {T_TEXT, T_BOOL};
        s.check = define(&p, types, 2, 0, &T_BOOL, 1, EFFECT_READ, code, 3);
        s.title = title_of(&p, "Confirm");
    }
    emit(&p, OP_TASK, 0, add_site(&p, &s), never_due(&p));
    step(&p, "two");
    scope_close(&p, at);
    return program_end(&p);
}

static inline image *gate(bool available, bool holds)
{
    program p;
    program_begin(&p);
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    step(&p, "one");
    image_site s = site_of(&p, SITE_GATE, "");
    insn code[] = {{OP_RET, 0, 1, 0}};
    uint32_t names[] = {build_text(p.b, TEXT("ready"))};
    s.check = define(&p, &T_BOOL, 1, 1, &T_BOOL, 1, EFFECT_PURE, code, 1);
    s.captures = 1;
    s.capture_names = build_words(p.b, names, 1);
    s.wanted = build_text(p.b, TEXT("ready"));
    uint32_t r = reg(&p, T_BOOL);
    if (available)
        emit(&p, OP_LDI, r, holds, 0);
    emit(&p, OP_GATE, 0, add_site(&p, &s), r);
    step(&p, "two");
    scope_close(&p, at);
    return program_end(&p);
}

static inline image *until(void)
{
    program p;
    program_begin(&p);
    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    image_site s = site_of(&p, SITE_UNTIL, "drained");
    s.check = exists_of(&p);
    s.captures = 1;
    uint32_t r = load(&p, T_SPAN, 3 * MINUTE);
    load(&p, T_SPAN, MINUTE);
    load(&p, T_SPAN, 10 * MINUTE);
    load_text(&p, "quiet");
    emit(&p, OP_UNTIL, 0, add_site(&p, &s), r);
    image_site z = site_of(&p, SITE_SLEEP, "");
    emit(&p, OP_SLEEP, 0, add_site(&p, &z), load(&p, T_SPAN, HOUR));
    scope_close(&p, at);
    return program_end(&p);
}

static inline image *window(duration forward, duration step_forward)
{
    program p;
    program_begin(&p);
    uint32_t row = build_row(p.b, TABLE_WINDOW, NO_INDEX);
    set_text(p.b, TABLE_WINDOW, row, COLUMN_WINDOW_NAME, "window");
    set_text(p.b, TABLE_WINDOW, row, COLUMN_WINDOW_RULE, "{\"kind\":\"daily\"}");
    uint32_t at = scope_open(&p, "cut", SCOPE_PHASE, ON_ROLLBACK);
    image_site s = site_of(&p, SITE_WINDOW, "");
    s.worst_forward = forward, s.worst_back = HOUR;
    emit(&p, OP_WINDOW, 0, add_site(&p, &s), load(&p, TYPE_WORD(TYPE_ROW, TABLE_WINDOW), row));
    image_site one = step_of(&p, "one", OPERATION_DIR_WRITE);
    one.worst_forward = MINUTE, one.worst_back = HOUR;
    emit_step(&p, &one, "one");
    image_site two = step_of(&p, "two", OPERATION_DIR_WRITE);
    two.worst_forward = step_forward, two.worst_back = HOUR;
    emit_step(&p, &two, "two");
    scope_close(&p, at);
    return program_end(&p);
}

static const type_word T_SERIES = TYPE_WORD(TYPE_SERIES, TYPE_WORD(TYPE_NUMBER, 0));

/* A sampler of exec.ask: a number. */
static inline image_site observe_of(program *p)
{
    type_word argv = p->texts;
    image_site ask = site_of(p, SITE_READ, "");
    image_field field = {.path = build_text(p->b, TEXT("status")), .type = T_NUMBER};
    insn args[] = {{OP_LDT, 0, (uint16_t)build_text(p->b, TEXT("errors")), 0},
                   {OP_LIST, 1, 0, 1},
                   {OP_LDN, 2, 1, 0},
                   {OP_RET, 1, 2, 0}};
    type_word types[] = {T_TEXT, argv, T_TEXT};
    ask.operation = OPERATION_EXEC_ASK, ask.connector = p->runner;
    ask.args = define(p, types, 3, 0, types + 1, 2, EFFECT_PURE, args, 4);
    ask.shape = build_shape(p->b, &field, 1), ask.shape_count = 1;
    insn body[] = {{OP_READ, 0, (uint16_t)add_site(p, &ask), 0}, {OP_RET, 0, 1, 0}};
    image_site observe = site_of(p, SITE_OBSERVE, "errors");
    observe.body = define(p, &T_NUMBER, 1, 0, &T_NUMBER, 1, EFFECT_READ, body, 2);
    return observe;
}

static inline image *watch(trigger_action action)
{
    program p;
    program_begin(&p);
    image_site observe = observe_of(&p);
    insn check[] = {{OP_SGET, 1, 0, STATISTIC_LAST},
                    {OP_LDK, 2, (uint16_t)build_constant(p.b, 5 * UNIT_NUMBER), 0},
                    {OP_LT, 3, 2, 1},
                    {OP_RET, 3, 1, 0}};
    type_word check_types[] = {T_SERIES, T_NUMBER, T_NUMBER, T_BOOL};
    image_site arm = site_of(&p, SITE_TRIGGER, "");
    uint32_t names[] = {build_text(p.b, TEXT("errors"))};
    arm.check = define(&p, check_types, 4, 1, &T_BOOL, 1, EFFECT_PURE, check, 4);
    arm.captures = 1;
    arm.capture_names = build_words(p.b, names, 1);
    arm.wanted = build_text(p.b, TEXT("errors > 5"));
    arm.action = action;

    uint32_t at = scope_open(&p, "", SCOPE_MIGRATION, ON_ROLLBACK);
    step(&p, "one");
    uint32_t phase = scope_open(&p, "watch", SCOPE_PHASE, ON_ROLLBACK);
    uint32_t every = load(&p, T_SPAN, MINUTE);
    load(&p, T_SPAN, HOUR);
    uint32_t series = reg(&p, T_SERIES);
    emit(&p, OP_OBSERVE, series, add_site(&p, &observe), every);
    uint32_t hold = load(&p, T_SPAN, 5 * MINUTE), copy = reg(&p, T_SERIES);
    emit(&p, OP_MOV, copy, series, 0);
    emit(&p, OP_ARM, 0, add_site(&p, &arm), hold);
    scope_close(&p, phase);
    step(&p, "two");
    scope_close(&p, at);
    return program_end(&p);
}

#endif
