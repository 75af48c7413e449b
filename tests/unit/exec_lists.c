/* Instructions over rows and lists: reading them, reductions, orders. */
#include "tests/unit/exec_calls.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_lists),
        cmocka_unit_test(reductions),
        cmocka_unit_test(truths_and_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
