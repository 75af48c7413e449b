/* Instructions over scalars that do not wait, with present, absent and unavailable operands. */
#include "tests/unit/exec_calls.h"

/* r[2] = op(r[0], r[1]) */
static int64_t binary(opcode op, type_word a, type_word b, type_word c, int64_t x, int64_t y)
{
    build *made = build_new(NULL);
    const type_word types[] = {b, c, a};
    const insn code[] = {{op, 2, 0, 1}, {OP_RET, 2, 1, 0}};
    program_function(made, "f", types, 3, 2, a, code, 2);
    image *i = program_finish(made);
    heap h = {0};
    int64_t v = program_call(i, "f", (int64_t[]){x, y}, &h);
    heap_release(&h);
    image_free(i);
    return v;
}

static int64_t unary(opcode op, type_word a, type_word b, uint16_t selector, int64_t x)
{
    build *made = build_new(NULL);
    const type_word types[] = {b, a};
    const insn code[] = {{op, 1, 0, selector}, {OP_RET, 1, 1, 0}};
    program_function(made, "f", types, 2, 1, a, code, 2);
    image *i = program_finish(made);
    heap h = {0};
    int64_t v = program_call(i, "f", &x, &h);
    heap_release(&h);
    image_free(i);
    return v;
}

static void arithmetic(void **state)
{
    (void)state;
    const type_word n = T(NUMBER), p = T(PERCENT), d = T(DURATION), r = T(RATE), t = T(INSTANT);
    assert_int_equal(binary(OP_ADD, n, n, n, N(2), N(3)), N(5));
    assert_int_equal(binary(OP_ADD, n, n, n, NA, N(3)), NA);
    assert_int_equal(binary(OP_ADD, n, n, n, NONE, N(3)), NA);
    assert_int_equal(binary(OP_ADD, n, n, n, QUANTITY_MAX, 1), NA);
    assert_int_equal(binary(OP_ADD, t, t, d, 100, DAY), DAY + 100);
    assert_int_equal(binary(OP_SUB, d, t, t, DAY, 100), DAY - 100);
    assert_int_equal(binary(OP_SUB, t, t, d, DAY, 100), DAY - 100);
    assert_int_equal(binary(OP_SUB, p, p, p, 6000000, 1000000), 5000000);
    assert_int_equal(binary(OP_MIN, n, n, n, 2, 3), 2);
    assert_int_equal(binary(OP_MAX, n, n, n, 2, 3), 3);
    assert_int_equal(binary(OP_MAX, n, n, n, 2, NONE), NA);
    assert_int_equal(unary(OP_NEG, n, n, 0, N(2)), N(-2));
    assert_int_equal(unary(OP_ABS, n, n, 0, N(-2)), N(2));
    assert_int_equal(unary(OP_ABS, n, n, 0, NONE), NA);
    assert_int_equal(binary(OP_MULN, d, d, n, MINUTE, N(3)), 3 * MINUTE);
    assert_int_equal(binary(OP_MULP, n, n, p, N(80), UNIT_PERCENT / 2), N(40));
    assert_int_equal(binary(OP_DIVN, n, n, n, N(1), N(3)), 333333);
    assert_int_equal(binary(OP_DIVN, n, n, n, N(1), 0), NA);
    assert_int_equal(binary(OP_DIVP, n, n, p, N(40), UNIT_PERCENT / 2), N(80));
    assert_int_equal(binary(OP_RATIO, n, d, d, MINUTE, SECOND), N(60));
    assert_int_equal(binary(OP_RATIO, n, d, d, MINUTE, 0), NA);
    assert_int_equal(binary(OP_RXD, n, r, d, N(7), DAY), N(1));
    assert_int_equal(binary(OP_NPD, r, n, d, N(1), DAY), N(7));
    for (uint16_t k = 0; k < CONVERSION_COUNT; k++) {
        const conversion_row *row = &conversion_rows[k];
        assert_int_equal(unary(OP_CVT, TYPE_WORD(row->to, 0), TYPE_WORD(row->from, 0), k, N(3000)),
                         N(3000) * row->multiply / row->divide);
        assert_int_equal(unary(OP_CVT, TYPE_WORD(row->to, 0), TYPE_WORD(row->from, 0), k, NA), NA);
    }
}

static void logic(void **state)
{
    (void)state;
    const type_word b = T(BOOL), n = T(NUMBER);
    assert_int_equal(binary(OP_EQ, b, n, n, 5, 5), 1);
    assert_int_equal(binary(OP_NE, b, n, n, 5, 5), 0);
    assert_int_equal(binary(OP_LT, b, n, n, -5, 5), 1);
    assert_int_equal(binary(OP_LE, b, n, n, 5, 5), 1);
    assert_int_equal(binary(OP_EQ, b, n, n, NA, NA), NA);
    assert_int_equal(binary(OP_LT, b, n, n, NONE, 5), NA);
    const int64_t value[3] = {0, NA, 1}; /* in the order of Kleene */
    for (int x = 0; x < 3; x++)
        for (int y = 0; y < 3; y++) {
            assert_int_equal(binary(OP_AND, b, b, b, value[x], value[y]), value[x < y ? x : y]);
            assert_int_equal(binary(OP_OR, b, b, b, value[x], value[y]), value[x > y ? x : y]);
        }
    for (int x = 0; x < 3; x++)
        assert_int_equal(unary(OP_NOT, b, b, 0, value[x]), value[2 - x]);
    assert_int_equal(binary(OP_AND, b, b, b, 1, NONE), NA);
    assert_int_equal(unary(OP_ISNA, b, n, 0, NA), 1);
    assert_int_equal(unary(OP_ISNA, b, n, 0, NONE), 0);
    assert_int_equal(unary(OP_ISNONE, b, n, 0, NONE), 1);
    assert_int_equal(unary(OP_ISNONE, b, n, 0, NA), NA);
    assert_int_equal(binary(OP_COAL, n, n, n, NONE, 7), 7);
    assert_int_equal(binary(OP_COAL, n, n, n, NA, 7), NA);
    assert_int_equal(binary(OP_COAL, n, n, n, 6, 7), 6);
    assert_int_equal(unary(OP_MOV, n, n, 0, NONE), NONE);
}

/* f(truth) through SEL, JN, JNA and JMP: 1 true, 2 false, 3 not available */
static void branches(void **state)
{
    (void)state;
    build *b = build_new(NULL);
    const type_word types[] = {T(BOOL), T(NUMBER), T(NUMBER), T(NUMBER)};
    const insn select[] = {
        {OP_LDI, 1, 1, 0}, {OP_LDI, 2, (uint16_t)-2, 0}, {OP_SEL, 3, 0, 1}, {OP_RET, 3, 1, 0}};
    const insn jump[] = {{OP_JNA, 0, 4, 0}, {OP_JN, 0, 1, 0},  {OP_JMP, 3, 0, 0}, {OP_LDI, 3, 2, 0},
                         {OP_RET, 3, 1, 0}, {OP_LDN, 3, 1, 0}, {OP_RET, 3, 1, 0}};
    program_function(b, "select", types, 4, 1, T(NUMBER), select, COUNT(select));
    program_function(b, "jump", types, 4, 1, T(NUMBER), jump, COUNT(jump));
    image *i = program_finish(b);
    heap h = {0};
    assert_int_equal(program_call(i, "select", (int64_t[]){1}, &h), 1);
    assert_int_equal(program_call(i, "select", (int64_t[]){0}, &h), -2);
    assert_int_equal(program_call(i, "select", (int64_t[]){NA}, &h), NA);
    assert_int_equal(program_call(i, "jump", (int64_t[]){1}, &h), NA);
    assert_int_equal(program_call(i, "jump", (int64_t[]){0}, &h), 2);
    assert_int_equal(program_call(i, "jump", (int64_t[]){NA}, &h), NONE);
    heap_release(&h);
    image_free(i);
}

typedef struct {
    builtin_id builtin;
    int64_t a, b, result; /* of texts: 0 "route-997", 1 "997", 2 "", 3 "x" */
} builtin_case;

static void builtins_of_two(void **state)
{
    static const builtin_case texts[] = {
        {BUILTIN_TEXT_ENDS, 0, 1, 1},     {BUILTIN_TEXT_ENDS, 1, 0, 0},
        {BUILTIN_TEXT_ENDS, 0, 2, 1},     {BUILTIN_TEXT_ENDS, 0, 3, 0},
        {BUILTIN_TEXT_ENDS, 0, NA, NA},   {BUILTIN_TEXT_CONTAINS, 0, 1, 1},
        {BUILTIN_TEXT_CONTAINS, 1, 0, 0}, {BUILTIN_TEXT_CONTAINS, 2, 2, 1},
        {BUILTIN_TEXT_CONTAINS, 2, 3, 0}, {BUILTIN_TEXT_CONTAINS, NONE, 1, NA},
    };
    static const int64_t half = UNIT_NUMBER / 2;
    const builtin_case numbers[] = {
        {BUILTIN_ROUND, half, 0, 0},
        {BUILTIN_ROUND, 3 * half, 0, N(2)},
        {BUILTIN_ROUND, -3 * half, 0, N(-2)},
        {BUILTIN_ROUND, 5 * half, 0, N(2)},
        {BUILTIN_ROUND, 1234565, N(5), 1234560},
        {BUILTIN_ROUND, 1234567, N(6), 1234567},
        {BUILTIN_ROUND, 1234567, N(7), NA},
        {BUILTIN_ROUND, 1234567, N(-1), NA},
        {BUILTIN_ROUND, 1234567, half, NA},
        {BUILTIN_ROUND, NA, 0, NA},
    };
    static const char *const words[] = {"route-997", "997", "", "x"};
    const builtin_id ids[] = {BUILTIN_TEXT_ENDS, BUILTIN_TEXT_CONTAINS, BUILTIN_ROUND};
    static const char *const names[] = {"ends", "contains", "round"};
    const type_word t[] = {T(TEXT), T(TEXT), T(BOOL)}, n[] = {T(NUMBER), T(NUMBER), T(NUMBER)};
    build *b = build_new(NULL);
    for (int k = 0; k < 3; k++) {
        const insn code[] = {{OP_BI, 2, (uint16_t)ids[k], 0}, {OP_RET, 2, 1, 0}};
        program_function(b, names[k], k < 2 ? t : n, 3, 2, k < 2 ? T(BOOL) : T(NUMBER), code, 2);
    }
    image *i = program_finish(b);
    heap h = {0};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        int64_t args[] = {texts[k].a, texts[k].b};
        for (int j = 0; j < 2; j++)
            if (args[j] >= 0)
                args[j] = heap_text(i, &h, text_of(words[args[j]]));
        const char *name = texts[k].builtin == BUILTIN_TEXT_ENDS ? "ends" : "contains";
        assert_int_equal(program_call(i, name, args, &h), texts[k].result);
    }
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        int64_t args[] = {numbers[k].a, numbers[k].b};
        assert_int_equal(program_call(i, "round", args, &h), numbers[k].result);
    }
    heap_release(&h);
    image_free(i);
}

static void texts(void **state)
{
    (void)state;
    build *b = build_new(NULL);
    const type_word x = T(TEXT), n = T(NUMBER), j = T(JSON);
    const type_word t[] = {x, x, T(BOOL), n, x, j};
    const insn same[] = {{OP_TEQ, 2, 0, 1}, {OP_RET, 2, 1, 0}};
    const insn before[] = {{OP_TLT, 2, 0, 1}, {OP_RET, 2, 1, 0}};
    const insn join[] = {{OP_CAT, 4, 0, 2}, {OP_RET, 4, 1, 0}};
    const insn starts[] = {{OP_BI, 2, BUILTIN_TEXT_STARTS, 0}, {OP_RET, 2, 1, 0}};
    const insn length[] = {{OP_BI, 3, BUILTIN_TEXT_LENGTH, 0}, {OP_RET, 3, 1, 0}};
    const insn upper[] = {{OP_BI, 4, BUILTIN_TEXT_UPPER, 0}, {OP_RET, 4, 1, 0}};
    program_function(b, "same", t, 6, 2, T(BOOL), same, 2);
    program_function(b, "before", t, 6, 2, T(BOOL), before, 2);
    program_function(b, "join", t, 6, 2, x, join, 2);
    program_function(b, "starts", t, 6, 2, T(BOOL), starts, 2);
    program_function(b, "length", t, 6, 2, n, length, 2);
    program_function(b, "upper", t, 6, 2, x, upper, 2);
    const image_leaf leaves[] = {{build_text(b, TEXT("z")), x},
                                 {build_text(b, TEXT("a.c")), n},
                                 {build_text(b, TEXT("a.b")), x}};
    uint32_t record = build_record(b, leaves, 3);
    const image_field field = {build_text(b, TEXT("a.c")), n};
    uint32_t get = build_shape(b, &field, 1);
    const type_word rt[] = {x, n, x, j, n};
    const insn rec[] = {{OP_REC, 3, (uint16_t)record, 0}, {OP_RET, 3, 1, 0}};
    const insn both[] = {
        {OP_REC, 3, (uint16_t)record, 0}, {OP_JGET, 4, 3, (uint16_t)get}, {OP_RET, 4, 1, 0}};
    program_function(b, "rec", rt, 5, 3, j, rec, 2);
    program_function(b, "get", rt, 5, 3, n, both, 3);
    const type_word ft[] = {T(PERCENT), x};
    const insn format[] = {{OP_FMT, 1, 0, 0}, {OP_RET, 1, 1, 0}};
    program_function(b, "format", ft, 2, 1, x, format, 2);
    image *i = program_finish(b);
    heap h = {0};
    int64_t one = heap_text(i, &h, TEXT("one")), on = heap_text(i, &h, TEXT("on"));
    assert_int_equal(program_call(i, "same", (int64_t[]){one, on}, &h), 0);
    assert_int_equal(program_call(i, "same", (int64_t[]){one, NONE}, &h), NA);
    assert_int_equal(program_call(i, "before", (int64_t[]){on, one}, &h), 1);
    assert_int_equal(program_call(i, "starts", (int64_t[]){one, on}, &h), 1);
    assert_int_equal(program_call(i, "starts", (int64_t[]){one, NA}, &h), NA);
    assert_int_equal(program_call(i, "length", (int64_t[]){one, on}, &h), N(3));
    assert_text(value_text(i, &h, program_call(i, "upper", (int64_t[]){one, on}, &h)), "ONE");
    assert_text(value_text(i, &h, program_call(i, "join", (int64_t[]){one, on}, &h)), "oneon");
    assert_int_equal(program_call(i, "join", (int64_t[]){one, NA}, &h), NA);
    int64_t v = program_call(i, "rec", (int64_t[]){one, N(5), on}, &h);
    assert_text(value_text(i, &h, v), "{\"a\":{\"b\":\"on\",\"c\":5},\"z\":\"one\"}");
    v = program_call(i, "rec", (int64_t[]){NONE, N(5), NONE}, &h);
    assert_text(value_text(i, &h, v), "{\"a\":{\"c\":5}}");
    assert_int_equal(program_call(i, "rec", (int64_t[]){NA, N(5), on}, &h), NA);
    assert_int_equal(program_call(i, "get", (int64_t[]){one, N(5), on}, &h), N(5));
    assert_int_equal(program_call(i, "get", (int64_t[]){one, NONE, on}, &h), NA);
    assert_text(value_text(i, &h, program_call(i, "format", (int64_t[]){99900000}, &h)), "99.9%");
    assert_text(value_text(i, &h, program_call(i, "format", (int64_t[]){NA}, &h)), "not available");
    heap_release(&h);
    image_free(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic),      cmocka_unit_test(logic), cmocka_unit_test(branches),
        cmocka_unit_test(builtins_of_two), cmocka_unit_test(texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
