/* seating.c: how many votes different people can give, against every way of giving them. */
#include "unit.h"

#include "base/seating.h"

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 16;
}

/* The most seats from the k-th on, when the people of `used` sit already: tries everything. */
static uint32_t most(const seat *s, uint32_t n, uint32_t k, uint32_t used)
{
    if (k == n)
        return 0;
    uint32_t best = most(s, n, k + 1, used);
    for (uint32_t m = 0; m < s[k].n; m++) {
        uint32_t bit = 1u << s[k].person[m];
        uint32_t got = used & bit ? 0 : 1 + most(s, n, k + 1, used | bit);
        best = got > best ? got : best;
    }
    return best;
}

static void as_trying_every_way(void **state)
{
    uint32_t seed = 11;
    for (int round = 0; round < 4000; round++) {
        int64_t person[5][4], barred[2] = {next(&seed) % 6, next(&seed) % 6};
        seat s[5];
        uint32_t n = next(&seed) % 6, bars = next(&seed) % 3, used = 0;
        for (uint32_t k = 0; k < n; k++) {
            s[k] = (seat){person[k], next(&seed) % 5};
            for (uint32_t m = 0; m < s[k].n; m++)
                person[k][m] = next(&seed) % 6;
        }
        for (uint32_t b = 0; b < bars; b++)
            used |= 1u << barred[b];
        assert_int_equal(seating_taken(s, n, barred, bars), most(s, n, 0, used));
    }
}

static void people_move_to_make_room(void **state)
{
    static const int64_t both[] = {1, 2}, one[] = {1};
    const seat s[] = {{both, 2}, {one, 1}};
    assert_int_equal(seating_taken(s, 2, NULL, 0), 2);
    assert_int_equal(seating_taken(s, 2, both, 1), 1);
    assert_int_equal(seating_taken(s, 0, NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_trying_every_way),
        cmocka_unit_test(people_move_to_make_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
