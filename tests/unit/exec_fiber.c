/* Frames and heaps: what a fiber keeps, in canonical form, and handles that lie. */
#include "tests/unit/exec_calls.h"

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
        cmocka_unit_test(fibers),
        cmocka_unit_test(normalising),
        cmocka_unit_test(hostile_handles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
