/* exec.c: every instruction that does not wait, with present, absent and unavailable operands. */
#include "tests/unit/program.h"

#include "bytecode/vocabulary.h"

#define NA   QUANTITY_NA
#define NONE QUANTITY_NONE
#define N(x) ((int64_t)(x)*UNIT_NUMBER)

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

static void add_rows(build *b)
{
    static const char *const names[] = {"edi", "mail", "web"};
    const int64_t documents[] = {build_text(b, TEXT("850")), build_text(b, TEXT("810"))};
    uint32_t acme = build_row(b, TABLE_CUSTOMER, NO_INDEX), zeta;
    build_set(b, TABLE_CUSTOMER, acme, COLUMN_CUSTOMER_NAME, build_text(b, TEXT("acme")));
    build_set(b, TABLE_CUSTOMER, acme, COLUMN_CUSTOMER_SLA, 99900000);
    zeta = build_row(b, TABLE_CUSTOMER, NO_INDEX);
    build_set(b, TABLE_CUSTOMER, zeta, COLUMN_CUSTOMER_NAME, build_text(b, TEXT("zeta")));
    for (int k = 0; k < 3; k++) {
        uint32_t row = build_row(b, TABLE_CHANNEL, acme);
        build_set(b, TABLE_CHANNEL, row, COLUMN_CHANNEL_NAME, build_text(b, text_of(names[k])));
        build_set(b, TABLE_CHANNEL, row, COLUMN_CHANNEL_KIND, k);
        if (k)
            build_set(b, TABLE_CHANNEL, row, COLUMN_CHANNEL_VOLUME, N(100 * k));
        if (!k)
            build_set_list(b, TABLE_CHANNEL, row, COLUMN_CHANNEL_DOCUMENTS, documents, 2);
    }
}

static void rows_and_lists(void **state)
{
    (void)state;
    build *b = build_new(NULL);
    add_rows(b);
    const type_word customer = TYPE_WORD(TYPE_ROW, TABLE_CUSTOMER),
                    channel = TYPE_WORD(TYPE_ROW, TABLE_CHANNEL);
    const type_word channels = build_list_type(b, channel), words = build_list_type(b, T(TEXT)),
                    numbers = build_list_type(b, T(NUMBER));
    const type_word t1[] = {customer, T(PERCENT)};
    const insn sla[] = {{OP_LDC, 1, 0, COLUMN_CUSTOMER_SLA}, {OP_RET, 1, 1, 0}};
    program_function(b, "sla", t1, 2, 1, T(PERCENT), sla, 2);
    const type_word t2[] = {customer, channels, T(NUMBER)};
    const insn count[] = {{OP_REL, 1, 0, TABLE_CHANNEL}, {OP_LEN, 2, 1, 0}, {OP_RET, 2, 1, 0}};
    program_function(b, "count", t2, 3, 1, T(NUMBER), count, 3);
    const type_word t3[] = {T(NUMBER), channels, channel, words, T(TEXT), T(BOOL)};
    const insn has[] = {{OP_ALL, 1, TABLE_CHANNEL, 0},
                        {OP_IDX, 2, 1, 0},
                        {OP_LDC, 3, 2, COLUMN_CHANNEL_DOCUMENTS},
                        {OP_LDT, 4, (uint16_t)build_text(b, TEXT("850")), 0},
                        {OP_IN, 5, 4, 3},
                        {OP_RET, 5, 1, 0}};
    program_function(b, "has", t3, 6, 1, T(BOOL), has, COUNT(has));
    const type_word t4[] = {T(NUMBER), T(NUMBER), T(NUMBER), numbers, T(BOOL)};
    const insn in[] = {{OP_LIST, 3, 1, 2}, {OP_IN, 4, 0, 3}, {OP_RET, 4, 1, 0}};
    program_function(b, "in", t4, 5, 3, T(BOOL), in, 3);
    image *i = program_finish(b);
    heap h = {0};
    assert_int_equal(program_call(i, "sla", (int64_t[]){0}, &h), 99900000);
    assert_int_equal(program_call(i, "sla", (int64_t[]){1}, &h), NONE);
    assert_int_equal(program_call(i, "sla", (int64_t[]){2}, &h), NA); /* no such row */
    assert_int_equal(program_call(i, "sla", (int64_t[]){NONE}, &h), NONE);
    assert_int_equal(program_call(i, "count", (int64_t[]){0}, &h), N(3));
    assert_int_equal(program_call(i, "count", (int64_t[]){1}, &h), 0);
    assert_int_equal(program_call(i, "count", (int64_t[]){NA}, &h), NA);
    assert_int_equal(program_call(i, "has", (int64_t[]){0}, &h), 1);
    assert_int_equal(program_call(i, "has", (int64_t[]){N(1)}, &h), NA); /* no documents */
    assert_int_equal(program_call(i, "has", (int64_t[]){N(3)}, &h), NA); /* no such channel */
    assert_int_equal(program_call(i, "has", (int64_t[]){500000}, &h), NA);
    assert_int_equal(program_call(i, "in", (int64_t[]){5, 4, 5}, &h), 1);
    assert_int_equal(program_call(i, "in", (int64_t[]){5, 4, NA}, &h), NA);
    assert_int_equal(program_call(i, "in", (int64_t[]){5, 4, 3}, &h), 0);
    heap_release(&h);
    image_free(i);
}

static void reductions(void **state)
{
    (void)state;
    static const struct {
        opcode op;
        int64_t all, some, nothing; /* over (1,2,6), (1,NA,6), () */
    } wanted[] = {
        {OP_RSUM, N(9), NA, 0},     {OP_RMIN, N(1), NA, NONE},  {OP_RMAX, N(6), NA, NONE},
        {OP_RMEAN, N(3), NA, NONE}, {OP_RCOUNT, N(3), N(3), 0},
    };
    build *b = build_new(NULL);
    const type_word list = build_list_type(b, T(NUMBER)), n = T(NUMBER);
    const type_word types[] = {n, T(BOOL), n}, results[] = {T(BOOL), n};
    const insn keep[] = {{OP_LDI, 1, 1, 0}, {OP_MOV, 2, 0, 0}, {OP_RET, 1, 2, 0}};
    uint32_t f = build_function_new(b, TEXT("keep"));
    build_function_define(b, f,
                          &(build_function){.name = TEXT("keep"),
                                            .types = types,
                                            .registers = 3,
                                            .parameters = 1,
                                            .result_types = results,
                                            .results = 2,
                                            .code = keep,
                                            .instructions = 3});
    for (size_t k = 0; k < COUNT(wanted); k++) {
        const type_word t[] = {n, n, n, list, n, n};
        const insn full[] = {
            {OP_LIST, 3, 0, 3}, {wanted[k].op, 4, (uint16_t)f, 3}, {OP_RET, 4, 1, 0}};
        const insn empty[] = {
            {OP_LIST, 3, 0, 0}, {wanted[k].op, 4, (uint16_t)f, 3}, {OP_RET, 4, 1, 0}};
        char name[2][8] = {{'f', (char)('0' + k)}, {'e', (char)('0' + k)}};
        program_function(b, name[0], t, 6, 3, n, full, 3);
        program_function(b, name[1], t, 6, 3, n, empty, 3);
    }
    image *i = program_finish(b);
    heap h = {0};
    for (size_t k = 0; k < COUNT(wanted); k++) {
        char name[2][8] = {{'f', (char)('0' + k)}, {'e', (char)('0' + k)}};
        assert_int_equal(program_call(i, name[0], (int64_t[]){N(1), N(2), N(6)}, &h),
                         wanted[k].all);
        assert_int_equal(program_call(i, name[0], (int64_t[]){N(1), NA, N(6)}, &h), wanted[k].some);
        assert_int_equal(program_call(i, name[1], (int64_t[]){N(1), N(2), N(6)}, &h),
                         wanted[k].nothing);
    }
    heap_release(&h);
    image_free(i);
}

/* any and all over (keep = value != limit, value), with a further parameter; RLIST and ORDER. */
static void truths_and_order(void **state)
{
    (void)state;
    build *b = build_new(NULL);
    const type_word t = T(BOOL), n = T(NUMBER), truths = build_list_type(b, t),
                    numbers = build_list_type(b, n);
    const type_word pair[] = {t, t}, nb[] = {t, n};
    const type_word kt[] = {t, t};
    const insn keep[] = {{OP_LDI, 1, 1, 0}, {OP_RET, 0, 2, 0}};
    uint32_t f = build_function_new(b, TEXT("keep")), g = build_function_new(b, TEXT("less")),
             key = build_function_new(b, TEXT("key"));
    build_function_define(b, f,
                          &(build_function){.name = TEXT("keep"),
                                            .types = kt,
                                            .registers = 2,
                                            .parameters = 1,
                                            .result_types = pair,
                                            .results = 2,
                                            .code = keep,
                                            .instructions = 2});
    const type_word lt[] = {n, n, t, n};
    const insn less[] = {{OP_LT, 2, 0, 1}, {OP_MOV, 3, 0, 0}, {OP_RET, 2, 2, 0}};
    build_function_define(b, g,
                          &(build_function){.name = TEXT("less"),
                                            .types = lt,
                                            .registers = 4,
                                            .parameters = 2,
                                            .result_types = nb,
                                            .results = 2,
                                            .code = less,
                                            .instructions = 3});
    const insn negate[] = {{OP_NEG, 1, 0, 0}, {OP_RET, 1, 1, 0}};
    const type_word nn[] = {n, n};
    build_function_define(b, key,
                          &(build_function){.name = TEXT("key"),
                                            .types = nn,
                                            .registers = 2,
                                            .parameters = 1,
                                            .result_types = &n,
                                            .results = 1,
                                            .code = negate,
                                            .instructions = 2});
    const type_word at[] = {t, t, truths, t};
    const insn any[] = {{OP_LIST, 2, 0, 2}, {OP_RANY, 3, (uint16_t)f, 2}, {OP_RET, 3, 1, 0}};
    const insn all[] = {{OP_LIST, 2, 0, 2}, {OP_RALLOF, 3, (uint16_t)f, 2}, {OP_RET, 3, 1, 0}};
    program_function(b, "any", at, 4, 2, t, any, 3);
    program_function(b, "all", at, 4, 2, t, all, 3);
    const type_word ot[] = {n, n, n, numbers, n, numbers, n, T(TEXT)};
    const insn order[] = {
        {OP_LIST, 3, 0, 3}, {OP_ORDER, 5, (uint16_t)key, 3}, {OP_FMT, 7, 5, 0}, {OP_RET, 7, 1, 0}};
    program_function(b, "order", ot, 8, 3, T(TEXT), order, 4);
    const insn below[] = {{OP_LIST, 3, 0, 3},
                          {OP_MOV, 4, 2, 0},
                          {OP_RLIST, 5, (uint16_t)g, 3},
                          {OP_FMT, 7, 5, 0},
                          {OP_RET, 7, 1, 0}};
    program_function(b, "below", ot, 8, 3, T(TEXT), below, 5);
    image *i = program_finish(b);
    heap h = {0};
    assert_int_equal(program_call(i, "any", (int64_t[]){0, 1}, &h), 1);
    assert_int_equal(program_call(i, "any", (int64_t[]){0, NA}, &h), NA);
    assert_int_equal(program_call(i, "any", (int64_t[]){0, 0}, &h), 0);
    assert_int_equal(program_call(i, "all", (int64_t[]){1, 1}, &h), 1);
    int64_t v = program_call(i, "order", (int64_t[]){N(1), NA, N(3)}, &h);
    assert_text(value_text(i, &h, v), "3, 1, not available");
    v = program_call(i, "order", (int64_t[]){NA, NONE, N(3)}, &h);
    assert_text(value_text(i, &h, v), "3, not available, none");
    v = program_call(i, "below", (int64_t[]){N(1), N(2), N(3)}, &h);
    assert_text(value_text(i, &h, v), "1, 2");
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

static int64_t last_sample(void *self, int64_t series, statistic_id s)
{
    return *(int64_t *)self + series + (s == STATISTIC_LAST ? 0 : 1000);
}

/* A fiber that calls, reads a series, and waits; then normalised twice to the same bytes. */
static void fibers(void **state)
{
    (void)state;
    build *b = build_new(NULL);
    const type_word n = T(NUMBER), x = T(TEXT), series = TYPE_WORD(TYPE_SERIES, T(NUMBER));
    const type_word t[] = {x, x};
    const insn twice[] = {{OP_CAT, 1, 0, 1}, {OP_RET, 1, 1, 0}};
    uint32_t f = program_function(b, "copy", t, 2, 1, x, twice, 2);
    uint32_t g = build_function_new(b, TEXT("top"));
    const type_word sleeping[] = {n, n, series, x, x, T(DURATION)};
    image_site site = {.kind = SITE_SLEEP,
                       .operation = NO_INDEX,
                       .connector = NO_INDEX,
                       .title = NO_INDEX,
                       .args = NO_INDEX,
                       .check = NO_INDEX,
                       .undo = NO_INDEX,
                       .find = NO_INDEX,
                       .body = NO_INDEX,
                       .capture_names = NO_INDEX,
                       .votes = NO_INDEX,
                       .needs = NO_INDEX,
                       .wanted = NO_INDEX,
                       .why = NO_INDEX,
                       .evidence = NO_INDEX};
    const uint16_t constant = (uint16_t)build_constant(b, N(123456));
    const insn code[] = {{OP_SGET, 0, 2, STATISTIC_LAST},
                         {OP_LDK, 1, constant, 0},
                         {OP_FMT, 3, 0, 0},
                         {OP_CALL, 4, (uint16_t)f, 3},
                         {OP_SLEEP, 0, (uint16_t)build_site(b, &site, NULL), 5},
                         {OP_RET, 4, 1, 0}};
    build_function_define(b, g,
                          &(build_function){.name = TEXT("top"),
                                            .types = sleeping,
                                            .registers = 6,
                                            .parameters = 3,
                                            .result_types = &x,
                                            .results = 1,
                                            .effect = EFFECT_WRITE,
                                            .code = code,
                                            .instructions = 6});
    image *i = program_finish(b);
    exec_fiber fiber;
    exec_fiber_init(&fiber, i);
    int64_t add = N(40), args[] = {0, 0, N(2)};
    exec_context c = {.image = i, .fuel = 3, .series = last_sample, .self = &add};
    assert_true(exec_push(&fiber, i, program_find(i, "top"), args, 3));
    assert_int_equal(exec_run(&c, &fiber), EXEC_FUEL);
    c.fuel = 100;
    assert_int_equal(exec_run(&c, &fiber), EXEC_WAIT);
    assert_int_equal(exec_instruction(&fiber, i)->op, OP_SLEEP);
    assert_int_equal(exec_type(&fiber, i, 5), T(DURATION));
    assert_true(exec_fiber_valid(&fiber, i));
    exec_fiber_normalise(&fiber, i);
    assert_int_equal(fiber.heap.n, 2); /* "42", once */
    assert_text(value_text(i, &fiber.heap, *exec_register(&fiber, 4)), "42");
    exec_advance(&fiber, 0);
    assert_int_equal(exec_run(&c, &fiber), EXEC_RETURNED);
    assert_text(value_text(i, &fiber.heap, exec_results(&fiber)[0]), "42");
    fiber.frames = 1;
    fiber.frame[0].pc = 6;
    assert_false(exec_fiber_valid(&fiber, i));
    exec_fiber_release(&fiber);
    image_free(i);
}

/* Equal lists of equal texts become one, wherever their bytes came from. */
static void normalising(void **state)
{
    (void)state;
    build *b = build_new(NULL);
    const type_word words = build_list_type(b, T(TEXT));
    const type_word types[] = {words, words};
    const insn code[] = {{OP_RET, 0, 1, 0}};
    program_function(b, "f", types, 2, 2, words, code, 1);
    image *i = program_finish(b);
    exec_fiber f;
    exec_fiber_init(&f, i);
    int64_t list[2], *e;
    for (int k = 0; k < 2; k++) {
        heap_text(i, &f.heap, TEXT("garbage"));
        int64_t own = heap_text(i, &f.heap, TEXT("own")),
                pool = heap_text(i, &f.heap, TEXT("acme"));
        list[k] = heap_list(i, &f.heap, 2, &e);
        e[0] = own;
        e[1] = pool;
    }
    assert_true(exec_push(&f, i, 0, list, 2));
    assert_true(value_equal(i, &f.heap, words, list[0], list[1]));
    exec_fiber_normalise(&f, i);
    assert_int_equal(f.reg[0], f.reg[1]);
    assert_int_equal(f.heap.n, 8 + 2 * 8); /* "own", "acme", padding, one list */
    buffer out = {0};
    value_format(i, &f.heap, words, f.reg[0], &out);
    assert_text(buffer_view(&out), "own, acme");
    buffer_release(&out);
    exec_fiber_release(&f);
    image_free(i);
}

/* Handles that point nowhere read as empty. */
static void hostile_handles(void **state)
{
    (void)state;
    image *i = program_finish(build_new(NULL));
    heap h = {0};
    heap_text(i, &h, TEXT("four"));
    uint32_t n;
    for (int64_t bit = 0; bit < 63; bit++)
        for (int64_t k = 0; k < 2; k++) {
            int64_t kind = k ? HANDLE_TEXT : HANDLE_LIST;
            text t = value_text(i, &h, kind | INT64_C(1) << bit | INT64_C(5) << 40);
            assert_true(t.n <= 1024);
            const int64_t *e = value_list(&h, kind | INT64_C(1) << bit | INT64_C(1) << 40, &n);
            assert_true(!e || n * 8 <= h.n);
        }
    heap_release(&h);
    image_free(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic),      cmocka_unit_test(logic),
        cmocka_unit_test(branches),        cmocka_unit_test(rows_and_lists),
        cmocka_unit_test(reductions),      cmocka_unit_test(truths_and_order),
        cmocka_unit_test(builtins_of_two), cmocka_unit_test(texts),
        cmocka_unit_test(fibers),          cmocka_unit_test(normalising),
        cmocka_unit_test(hostile_handles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
