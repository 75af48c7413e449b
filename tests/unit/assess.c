/* assess.c: the formulas of risk, against sums done by hand and against fractions in doubles. */
#include "tests/unit/program.h"

#include "vm/assess.h"

#include <math.h>
#include <stdio.h>

#define N(x) ((int64_t)(x)*UNIT_NUMBER)

/* A factor (row) -> (field is what it must be, impact, likelihood) over one column. */
static void add_factor(build *b, const char *name, uint32_t table, uint32_t category,
                       uint32_t column, type_word type, int64_t above, int64_t impact,
                       int64_t likelihood)
{
    const type_word number = T(NUMBER), truth = T(BOOL);
    const type_word types[] = {TYPE_WORD(TYPE_ROW, table), type, type, truth, number, number};
    const type_word results[] = {truth, number, number};
    const insn code[] = {{OP_LDC, 1, 0, (uint16_t)column},
                         {OP_LDK, 2, (uint16_t)build_constant(b, above), 0},
                         {OP_LT, 3, 2, 1},
                         {OP_LDK, 4, (uint16_t)build_constant(b, impact), 0},
                         {OP_LDK, 5, (uint16_t)build_constant(b, likelihood), 0},
                         {OP_RET, 3, 3, 0}};
    uint32_t f = build_function_new(b, text_of(name));
    build_function_define(b, f,
                          &(build_function){.name = text_of(name),
                                            .types = types,
                                            .registers = 6,
                                            .parameters = 1,
                                            .result_types = results,
                                            .results = 3,
                                            .code = code,
                                            .instructions = 6});
    build_factor(b, &(image_factor){.name = build_text(b, text_of(name)),
                                    .category = category,
                                    .table = table,
                                    .function = f});
}

static void add_rows(build *b, int channels)
{
    for (int k = 0; k < 2; k++) {
        uint32_t row = build_row(b, TABLE_CUSTOMER, NO_INDEX);
        build_set(b, TABLE_CUSTOMER, row, COLUMN_CUSTOMER_NAME,
                  build_text(b, k ? TEXT("zeta") : TEXT("acme")));
        if (!k)
            build_set(b, TABLE_CUSTOMER, row, COLUMN_CUSTOMER_SLA, UNIT_PERCENT);
    }
    for (int k = 0; k < channels; k++) {
        char name[16];
        snprintf(name, sizeof name, "c%02d", k);
        uint32_t row = build_row(b, TABLE_CHANNEL, 0);
        build_set(b, TABLE_CHANNEL, row, COLUMN_CHANNEL_NAME, build_text(b, text_of(name)));
        build_set(b, TABLE_CHANNEL, row, COLUMN_CHANNEL_KIND, 0);
        build_set(b, TABLE_CHANNEL, row, COLUMN_CHANNEL_VOLUME, N(k));
    }
}

/* The instruction: score, level, readiness and the first category of a customer. */
static void add_calls(build *b)
{
    static const char *const names[] = {"score", "level", "readiness", "technical"};
    for (uint16_t k = 0; k < 4; k++) {
        const type_word result = k == 1 ? TYPE_WORD(TYPE_ENUM, ENUM_level) : T(NUMBER);
        const type_word types[] = {TYPE_WORD(TYPE_ROW, TABLE_CUSTOMER), result};
        const insn code[] = {{OP_ASSESS, 1, 0, k}, {OP_RET, 1, 1, 0}};
        program_function(b, names[k], types, 2, 1, result, code, 2);
    }
}

static image *make(int channels, int64_t impact)
{
    build *b = build_new(NULL);
    add_rows(b, channels);
    add_factor(b, "a_sla", TABLE_CUSTOMER, 1, COLUMN_CUSTOMER_SLA, T(PERCENT), 99900000, N(45),
               N(50));
    add_factor(b, "b_volume", TABLE_CHANNEL, 3, COLUMN_CHANNEL_VOLUME, T(RATE), -1, impact, N(45));
    add_calls(b);
    add_factor(b, "c_busy", TABLE_CHANNEL, 0, COLUMN_CHANNEL_VOLUME, T(RATE), N(0), N(70), N(50));
    return program_finish(b);
}

static assessment assess(const image *i, arena *a, uint32_t table, uint32_t row)
{
    exec_context c = {.image = i, .fuel = 1000000};
    assessment out;
    assert_int_equal(assess_row(&c, table, row, a, &out), EXEC_RETURNED);
    return out;
}

static void by_hand(void **state)
{
    (void)state;
    arena a = {0};
    image *i = make(2, N(70));
    assessment s = assess(i, &a, TABLE_CUSTOMER, 0);
    assert_int_equal(s.category[0], N(35));    /* one of two channels: 70 × 50 */
    assert_int_equal(s.category[1], 22500000); /* 45 × 50 */
    assert_int_equal(s.category[2], 0);
    assert_int_equal(s.category[3], 31500000); /* both channels: 70 × 45 */
    assert_int_equal(s.score, 20225000);       /* 25% × 35 + 30% × 22.5 + 15% × 31.5 */
    assert_int_equal(s.readiness, 79775000);
    assert_int_equal(s.level, 0);
    assert_int_equal(s.factors, 4);
    assert_int_equal(s.factor[0].risk, 22500000);
    s = assess(i, &a, TABLE_CHANNEL, 0);
    assert_int_equal(s.score, 4725000); /* 15% × 31.5, the channel's own alone */
    assert_int_equal(s.factors, 1);
    s = assess(i, &a, TABLE_CUSTOMER, 1); /* no SLA: listed, not scored */
    assert_int_equal(s.score, 0);
    assert_int_equal(s.factors, 1);
    assert_false(s.factor[0].evidenced);
    image_free(i);
    arena_release(&a);
}

static void instruction(void **state)
{
    (void)state;
    image *i = make(2, N(70));
    heap h = {0};
    const int64_t acme[] = {0}, nobody[] = {7};
    assert_int_equal(program_call(i, "score", acme, &h), 20225000);
    assert_int_equal(program_call(i, "level", acme, &h), 0);
    assert_int_equal(program_call(i, "readiness", acme, &h), 79775000);
    assert_int_equal(program_call(i, "technical", acme, &h), N(35));
    assert_int_equal(program_call(i, "score", nobody, &h), QUANTITY_NA);
    heap_release(&h);
    image_free(i);
}

/* Means over counts that do not divide: the score is the exact fraction, rounded once. */
static void fractions(void **state)
{
    (void)state;
    for (int channels = 1; channels <= 40; channels += 3) {
        arena a = {0};
        image *i = make(channels, 33333333);
        assessment s = assess(i, &a, TABLE_CUSTOMER, 0);
        double operational = 33.333333 * 45 / 100, technical = channels > 1 ? 35 : 0;
        double wanted = 0.25 * technical + 0.30 * 22.5 + 0.15 * operational;
        assert_true(fabs((double)s.score / 1e6 - wanted) < 6e-7);
        image_free(i);
        arena_release(&a);
    }
}

static void out_of_scale(void **state)
{
    (void)state;
    arena a = {0};
    image *i = make(1, N(101));
    assessment s = assess(i, &a, TABLE_CHANNEL, 0);
    assert_int_equal(s.factors, 1);
    assert_false(s.factor[0].evidenced); /* an impact above 100 is no impact */
    assert_int_equal(s.score, 0);
    image_free(i);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(instruction),
        cmocka_unit_test(fractions),
        cmocka_unit_test(out_of_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
