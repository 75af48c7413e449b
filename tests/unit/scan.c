/* scan.c: every level that this processor has gives the masks of a plain loop, over random bytes,
 * every length around a block and every place of the set; cursors and what stands between quotes.
 */
#include "unit.h"

#include "base/scan.h"

#include <stdlib.h>

enum { LONGEST = 9 * SCAN_BLOCK };

/* Marsaglia's xorshift: the same bytes in every run. */
static uint32_t next_random(uint32_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 17;
    return *x ^= *x << 5;
}

/* Bytes at the very end of a block of the heap, so that the sanitizer sees a read behind them. */
static char *some_bytes(size_t n, uint32_t seed, unsigned of)
{
    char *p = malloc(n ? n : 1);
    for (size_t i = 0; i < n; i++)
        p[i] = (char)(next_random(&seed) % of + (of < 256 ? 250 : 0));
    return p;
}

static void require_masks(const scan_set *s, const char *p, size_t n)
{
    uint64_t any[LONGEST / SCAN_BLOCK + 1], each[LONGEST / SCAN_BLOCK + 1][SCAN_BYTES];
    scan_masks(s, p, n, any);
    scan_masks_each(s, p, n, each);
    for (size_t k = 0; k < scan_blocks(n); k++) {
        uint64_t wanted = 0;
        for (unsigned b = 0; b < SCAN_BYTES; b++) {
            uint64_t one = 0;
            for (size_t i = 0; i < SCAN_BLOCK && k * SCAN_BLOCK + i < n; i++)
                one |= (uint64_t)(p[k * SCAN_BLOCK + i] == s->byte[b]) << i;
            assert_true(each[k][b] == one);
            wanted |= one;
        }
        assert_true(any[k] == wanted);
    }
}

static void levels_agree_with_a_plain_loop(void **state)
{
    for (int level = SCAN_SCALAR; level <= (int)scan_best(); level++)
        for (size_t n = 0; n < LONGEST; n = n < 200 ? n + 1 : n + 61)
            for (unsigned set = 1; set <= SCAN_BYTES; set++) {
                /* Few different bytes, zero and those next to it among them: many hits. */
                char *p = some_bytes(n, (uint32_t)(n * 7 + set), set % 2 ? 12 : 256);
                scan_set s = scan_any_of("\x00\xff\x01\xfa", set);
                s.level = (scan_level)level;
                require_masks(&s, p, n);
                s = scan_any_of("\x80\x7f~*", set);
                s.level = (scan_level)level;
                require_masks(&s, p, n);
                free(p);
            }
}

static void a_cursor_visits_every_place(void **state)
{
    enum { N = 3 * SCAN_WINDOW * SCAN_BLOCK + 17 };
    char *p = some_bytes(N, 11, 256);
    scan_set s = scan_any_of("~\n", 2);
    scan_cursor c;
    for (size_t from = 0; from <= N; from += 401) {
        scan_start(&c, &s, (text){p, N}, from);
        for (size_t i = from; i < N; i++)
            if (p[i] == '~' || p[i] == '\n')
                assert_int_equal(scan_next(&c), i);
        assert_int_equal(scan_next(&c), N);
        assert_int_equal(scan_next(&c), N);
    }
    free(p);
}

static void a_cursor_can_be_moved(void **state)
{
    enum { N = 2 * SCAN_WINDOW * SCAN_BLOCK };
    char *p = calloc(1, N);
    for (size_t i = 5; i < N; i += 10)
        p[i] = ';';
    scan_set s = scan_any_of(";", 1);
    scan_cursor c;
    scan_start(&c, &s, (text){p, N}, 0);
    for (size_t at = 0; at < N - 10; at += 997) {
        scan_seek(&c, at);
        assert_int_equal(scan_next(&c), (at + 4) / 10 * 10 + 5);
        scan_seek(&c, N - 1 - at);
        size_t wanted = (N - 1 - at + 4) / 10 * 10 + 5;
        assert_int_equal(scan_next(&c), wanted < N ? wanted : N);
    }
    scan_seek(&c, N + 5);
    assert_int_equal(scan_next(&c), N);
    free(p);
    scan_start(&c, &s, (text){NULL, 0}, 0);
    assert_int_equal(scan_next(&c), 0);
}

static void what_stands_between_quotes(void **state)
{
    bool open = false;
    /* a "bc" d "" e ": the last one is not closed */
    assert_true(scan_between(0x2 | 0x10 | 0x40 | 0x80 | 0x200, &open) ==
                (0xe | 0x40 | ~UINT64_C(0x1ff)));
    assert_true(open);
    assert_true(scan_between(0x8, &open) == 0x7);
    assert_false(open);
    assert_true(scan_between(0, &open) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_agree_with_a_plain_loop),
        cmocka_unit_test(a_cursor_visits_every_place),
        cmocka_unit_test(a_cursor_can_be_moved),
        cmocka_unit_test(what_stands_between_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
