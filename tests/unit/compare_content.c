/* compare_content.c: documents without numbers, paired by what they say: many of them, beyond the
 * pairs that are all looked at, and such that must not be paired. */
#include "unit.h"

#include "stdlib/compare/compare.h"

enum { MANY = 150 };

typedef struct {
    arena memory;
    compare_result result;
} run;

/* Elements of a list as documents: none has the key that makes them so. */
static void compare_lists(run *r, text legacy, text modern)
{
    static const text key[] = {{"$.items[*].number", 17}};
    compare_options o = {.key = key, .keys = 1};
    compare_file x = {TEXT("legacy"), legacy}, y = {TEXT("modern"), modern};
    compare_run(&r->memory, &o, &(compare_input){&x, 1}, &(compare_input){&y, 1}, &r->result);
}

/* One of many orders of one customer; `other` of its values are not its own. */
static void put_item(buffer *b, unsigned i, unsigned other)
{
    buffer_printf(b, "%s{\"city\":\"ULM\",\"unit\":\"EA\",\"street\":\"MAIN\",\"terms\":\"NET30\",",
                  b->n > 12 ? "," : "");
    for (unsigned k = 0; k < 4; k++)
        buffer_printf(b, "\"v%u\":\"%u\",", k, (i * 7 + k) * 13 + (k < other ? 100000 : 0));
    buffer_printf(b, "\"qty\":%u}", i % 5);
}

static text list_of(arena *a, unsigned n, unsigned step, unsigned other)
{
    buffer b = {0};
    buffer_cstr(&b, "{\"items\":[");
    for (unsigned i = 0; i < n; i++) {
        unsigned at = i * step % n;
        put_item(&b, at, at % 10 == 3 ? other : 0);
    }
    buffer_cstr(&b, "]}");
    text out = text_copy(a, buffer_view(&b));
    buffer_release(&b);
    return out;
}

static void many_in_another_order(void **state)
{
    run r = {0};
    text legacy = list_of(&r.memory, MANY, 1, 0);
    compare_lists(&r, legacy, list_of(&r.memory, MANY, 7, 0));
    assert_int_equal(r.result.matched, MANY);
    assert_int_equal(r.result.by_content, MANY);
    for (size_t i = 0; i < r.result.pairs; i++)
        assert_int_equal(r.result.pair[i].alike, 100);
    arena_release(&r.memory);
}

/* What differs in a value finds its own; what shares only what all share finds nothing. */
static void some_that_differ(void **state)
{
    run r = {0};
    text legacy = list_of(&r.memory, MANY, 1, 0);
    compare_lists(&r, legacy, list_of(&r.memory, MANY, 7, 1));
    assert_int_equal(r.result.matched, MANY - MANY / 10);
    assert_int_equal(r.result.different, MANY / 10);
    for (size_t i = 0; i < r.result.pairs; i++)
        if (r.result.pair[i].verdict == VERDICT_DIFFERENT) {
            assert_int_equal(r.result.pair[i].defects, 1);
            assert_in_range(r.result.pair[i].alike, 60, 90);
        }
    compare_lists(&r, legacy, list_of(&r.memory, MANY, 7, 4));
    assert_int_equal(r.result.matched, MANY - MANY / 10);
    assert_int_equal(r.result.missing, MANY / 10);
    assert_int_equal(r.result.extra, MANY / 10);
    arena_release(&r.memory);
}

static void check_two(const char *legacy, const char *modern, uint64_t paired)
{
    run r = {0};
    static const compare_options none;
    compare_file x[] = {{TEXT("a"), text_of(legacy)}, {TEXT("z"), TEXT("{\"q\":1}")}};
    compare_file y[] = {{TEXT("b"), text_of(modern)}, {TEXT("z"), TEXT("{\"q\":1}")}};
    compare_run(&r.memory, &none, &(compare_input){x, 2}, &(compare_input){y, 2}, &r.result);
    if (r.result.by_content != paired)
        fail_msg("%s and %s: %u paired", legacy, modern, (unsigned)r.result.by_content);
    assert_int_equal(r.result.missing, 1 - paired);
    arena_release(&r.memory);
}

/* Names of files that differ; one document that is known to belong shows what is common. */
static void two_alone(void **state)
{
    check_two("{\"a\":1,\"b\":2,\"c\":3}", "{\"c\":3,\"b\":2,\"a\":1}", 1);
    check_two("{\"a\":1,\"b\":2,\"c\":3,\"d\":4}", "{\"a\":1,\"b\":2,\"c\":3,\"d\":5}", 1);
    check_two("{\"a\":1,\"b\":2,\"c\":3}", "{\"a\":1,\"b\":9,\"c\":8}", 0);
    check_two("{\"a\":1}", "{\"a\":2}", 0);
    check_two("{\"a\":1}", "<a>1</a>", 0);
    check_two("{}", "[]", 0); /* without values the shape tells */
    check_two("{}", " { }", 1);
    check_two("<a><b/></a>", "<a><c/></a>", 0);
    check_two("<a><b/></a>", "<a><b></b></a>", 1);
    check_two("<o><a>1</a><b>2</b><c>3</c></o>", "<o><a>1</a><b>2</b><c>4</c></o>", 0);
    check_two("<o><a>1</a><b>2</b><c>3</c><d>4</d><e>5</e><f>6</f><g>7</g></o>",
              "<o><a>1</a><b>2</b><c>3</c><d>4</d><e>5</e><f>6</f><g>8</g></o>", 1);
    check_two("NORTH\nULM\n89073\n", "NORTH\r\nULM\r\n89073\r\n", 1);
    check_two("\x01\x02\x03", "\x01\x02\x03", 1);
    check_two("\x01\x02\x03", "\x01\x02\x04", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_in_another_order),
        cmocka_unit_test(some_that_differ),
        cmocka_unit_test(two_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
