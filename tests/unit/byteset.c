/* byteset.c: any set, any text, any place: the code for this processor says what plain code says.
 */
#include "unit.h"

#include "base/byteset.h"

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 16;
}

static void as_plain_code_says(void **state)
{
    uint32_t seed = 7;
    char bytes[300];
    for (int round = 0; round < 2000; round++) {
        byteset s;
        byteset_clear(&s);
        for (int c = 0; c < 256; c++)
            s.has[c] = next(&seed) % 64 != 0;
        byteset_finish(&s);
        size_t n = next(&seed) % sizeof bytes;
        for (size_t i = 0; i < n; i++)
            bytes[i] = (char)next(&seed);
        text t = {bytes, n};
        assert_int_equal(byteset_prefix(&s, t), byteset_prefix_scalar(&s, t));
    }
}

static void each_byte_by_itself(void **state)
{
    char bytes[128];
    for (int in = 0; in < 256; in++) {
        byteset s;
        byteset_clear(&s);
        s.has[in] = true;
        byteset_finish(&s);
        memset(bytes, in, sizeof bytes);
        assert_int_equal(byteset_prefix(&s, (text){bytes, sizeof bytes}), sizeof bytes);
        for (int c = 0; c < 256; c++) {
            bytes[77] = (char)c;
            assert_int_equal(byteset_prefix(&s, (text){bytes, sizeof bytes}),
                             c == in ? sizeof bytes : 77);
        }
    }
    byteset none;
    byteset_clear(&none);
    byteset_finish(&none);
    assert_int_equal(byteset_prefix(&none, (text){NULL, 0}), 0);
    assert_int_equal(byteset_prefix(&none, TEXT("a")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_plain_code_says),
        cmocka_unit_test(each_byte_by_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
