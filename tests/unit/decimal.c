/* Exact decimals: reading, writing, rounding, the two values taken out of every range. */
#include "tests/unit/unit.h"

#include "base/decimal.h"

typedef struct {
    const char *text;
    int scale;
    bool ok, inexact;
    int64_t value;
} reading;

static void reads_or_says_why_not(void **state)
{
    static const reading table[] = {
        {"0", 6, true, false, 0},
        {"-0", 6, true, false, 0},
        {"1.5", 6, true, false, 1500000},
        {"007", 0, true, false, 7},
        {"1e2", 2, true, false, 10000},
        {"125e-2", 2, true, false, 125},
        {"1.000000000", 6, true, false, 1000000},
        {"0e999999999999999999999", 6, true, false, 0},
        {"9223372036854775807", 0, true, false, QUANTITY_MAX},
        {"-9223372036854775806", 0, true, false, QUANTITY_MIN},
        {"-9223372036854775807", 0, false, false, 99}, /* would be QUANTITY_NONE */
        {"9223372036854775808", 0, false, false, 99},
        {"1e400", 6, false, false, 99},
        {"0.125", 2, false, true, 12},
        {"0.135", 2, false, true, 14},
        {"0.1250001", 2, false, true, 13},
        {"-0.5", 0, false, true, 0},
        {"-1.5", 0, false, true, -2},
        {"1e-99999999999", 6, false, true, 0},
        {"", 6, false, false, 99},
        {"-", 6, false, false, 99},
        {"+1", 6, false, false, 99},
        {".5", 6, false, false, 99},
        {"5.", 6, false, false, 99},
        {"1e", 6, false, false, 99},
        {"1x", 6, false, false, 99},
        {" 1", 6, false, false, 99},
        {"1_000", 6, false, false, 99},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int64_t v = 99;
        bool inexact = true;
        bool ok = decimal_read(text_of(table[i].text), table[i].scale, false, &v, &inexact);
        if (ok != table[i].ok || inexact != table[i].inexact || v != table[i].value)
            fail_msg("%s at scale %d: ok %d, inexact %d, value %lld", table[i].text, table[i].scale,
                     ok, inexact, (long long)v);
    }
}

static void underscores_stand_between_digits(void **state)
{
    static const char *const wrong[] = {"_1", "1_", "1__0", "1_.5", "1._5", "1.5_0", "1e1_0"};
    int64_t v;
    assert_true(decimal_read(TEXT("4_200_000"), 4, true, &v, NULL));
    assert_int_equal(v, 42000000000);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(decimal_read(text_of(wrong[i]), 6, true, &v, NULL));
}

static void writes_the_shortest_form(void **state)
{
    buffer b;
    buffer_init(&b);
    static const int64_t values[] = {1500000, -1, 0, QUANTITY_MIN, QUANTITY_NA, QUANTITY_NONE};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        decimal_write(&b, values[i], 6);
        buffer_char(&b, ' ');
    }
    assert_text(buffer_view(&b), "1.5 -0.000001 0 -9223372036854.775806 not available none ");
    buffer_release(&b);
}

static void overflow_is_not_available(void **state)
{
    assert_int_equal(decimal_add(QUANTITY_MAX, 1), QUANTITY_NA);
    assert_int_equal(decimal_sub(QUANTITY_MIN, 1), QUANTITY_NA);
    assert_int_equal(decimal_add(QUANTITY_MIN, -1), QUANTITY_NA);
    assert_int_equal(decimal_add(QUANTITY_NONE, 1), QUANTITY_NA);
    assert_int_equal(decimal_sub(1, QUANTITY_NA), QUANTITY_NA);
    assert_int_equal(decimal_muldiv(1, 1, 0), QUANTITY_NA);
    assert_int_equal(decimal_muldiv(QUANTITY_MAX, 2, 1), QUANTITY_NA);
    assert_int_equal(decimal_muldiv(QUANTITY_MAX, QUANTITY_MAX, QUANTITY_MAX), QUANTITY_MAX);
}

static void rounds_half_to_even(void **state)
{
    static const int64_t table[][3] = {{5, 2, 2},   {7, 2, 4},   {-5, 2, -2}, {-7, 2, -4},
                                       {5, -2, -2}, {-7, -2, 4}, {8, 3, 3},   {7, 3, 2},
                                       {1, 2, 0},   {3, 2, 2},   {-8, 3, -3}, {0, 5, 0}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal((int64_t)decimal_divide(table[i][0], table[i][1]), table[i][2]);
}

static void compares_texts_of_any_length(void **state)
{
    static const struct {
        const char *a, *b;
        int order;
    } table[] = {
        {"12345678901234567890123", "12345678901234567890124", -1},
        {"1", "1.000", 0},
        {"10e-1", "+01", 0},
        {"-0", "0.0e7", 0},
        {"-2", "1", -1},
        {"-2", "-10", 1},
        {"0.1", "0.09", 1},
        {"1e1000000", "1e999999", 1},
        {"0.000", "-1e-999", 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        text a = text_of(table[i].a), b = text_of(table[i].b);
        assert_int_equal(decimal_compare_text(a, b), table[i].order);
        assert_int_equal(decimal_compare_text(b, a), -table[i].order);
    }
    assert_false(decimal_is_text(TEXT("1_0")));
    assert_false(decimal_is_text(TEXT("nan")));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_or_says_why_not),
        cmocka_unit_test(underscores_stand_between_digits),
        cmocka_unit_test(writes_the_shortest_form),
        cmocka_unit_test(overflow_is_not_available),
        cmocka_unit_test(rounds_half_to_even),
        cmocka_unit_test(compares_texts_of_any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
