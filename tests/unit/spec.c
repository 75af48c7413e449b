/* spec.c: JSON and YAML as one tree of values: what scalars and merge keys are, pointers, and what
 * is refused. */
#include "unit.h"

#include "stdlib/document/spec.h"

static const spec_node *spec(arena *a, const char *s)
{
    document_fault f;
    const spec_node *root = spec_read(a, text_of(s), 0, &f);
    if (!root)
        print_error("%.*s\n", TEXT_ARG(f.message));
    assert_non_null(root);
    return root;
}

static void plain_scalars_are_what_json_schema_says(void **state)
{
    static const struct {
        const char *key;
        spec_kind kind;
    } wanted[] = {
        {"a", SPEC_TEXT},   {"b", SPEC_TEXT},  {"c", SPEC_TRUTH}, {"d", SPEC_NULL},
        {"e", SPEC_NUMBER}, {"f", SPEC_TEXT},  {"g", SPEC_TEXT},  {"h", SPEC_NULL},
        {"i", SPEC_NUMBER}, {"j", SPEC_TRUTH}, {"k", SPEC_TEXT},
    };
    arena a;
    arena_init(&a);
    const spec_node *root = spec(&a, "a: on\nb: no\nc: true\nd: ~\ne: 1.50\nf: '1'\ng: !!str 1\n"
                                     "h:\ni: 1e3\nj: False\nk: 2027-01-01\n");
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_int_equal(spec_get(root, wanted[i].key)->kind, wanted[i].kind);
    assert_text(spec_get(root, "j")->value, "false");
    arena_release(&a);
}

static void json_and_yaml_say_the_same(void **state)
{
    arena a;
    arena_init(&a);
    const spec_node *j = spec(&a, "{\"b\": [1.0, \"x\", null, true], \"a\": {}, \"x-n\": 1}");
    const spec_node *y = spec(&a, "a: {}\nb: [1, x, null, true]\ndescription: d\n");
    assert_true(spec_equal(j, y));
    assert_false(spec_equal(j, spec(&a, "a: {}\nb: [1, x, null, 'true']\n")));
    assert_false(spec_equal(j, spec(&a, "a: {}\nb: [1, x, null]\n")));
    assert_false(spec_equal(j, spec(&a, "a: {}\n")));
    assert_false(spec_equal(spec(&a, "a: {}\n"), j));
    assert_false(spec_equal(j, NULL));
    arena_release(&a);
}

static void merge_keys_give_way_to_what_is_nearer(void **state)
{
    arena a;
    arena_init(&a);
    const spec_node *root = spec(
        &a, "x: &x {p: 1, q: 1}\ny: &y {<<: *x, q: 2, r: 2}\nz: {<<: [*y, {r: 3, s: 3}], p: 4}\n");
    const spec_node *z = spec_get(root, "z");
    assert_int_equal(z->count, 4);
    assert_text(spec_text(z, "p"), "4");
    assert_text(spec_text(z, "q"), "2");
    assert_text(spec_text(z, "r"), "2");
    assert_text(spec_text(z, "s"), "3");
    arena_release(&a);
}

static void pointers(void **state)
{
    arena a;
    arena_init(&a);
    const spec_node *root = spec(&a, "paths: {/a b: [x, {'~': y}]}\n");
    assert_text(spec_follow(root, TEXT("#/paths/~1a%20b/0"))->value, "x");
    assert_text(spec_follow(root, TEXT("#/paths/~1a b/1/~0"))->value, "y");
    assert_ptr_equal(spec_follow(root, TEXT("#")), root);
    assert_null(spec_follow(root, TEXT("#/paths/2")));
    assert_null(spec_follow(root, TEXT("#/paths/~1a b/2")));
    assert_null(spec_follow(root, TEXT("#paths")));
    assert_null(spec_follow(root, TEXT("other.yaml#/paths")));
    arena_release(&a);
}

static void spec_refused(const char *s, const char *message)
{
    arena a;
    document_fault f;
    arena_init(&a);
    assert_null(spec_read(&a, text_of(s), 0, &f));
    assert_text(f.message, message);
    arena_release(&a);
}

static void what_is_no_document(void **state)
{
    spec_refused("", "there is nothing in it");
    spec_refused("{\"a\": 1, \"a\": 2}", "the key `a` stands twice");
    spec_refused("a: 1\n'a': 2\n", "the key `a` stands twice");
    spec_refused("[a]: 1\n", "a key is a text, not a list or map");
    spec_refused("a: {<<: 1}\n", "`<<` takes a map or a list of maps");
    spec_refused("a: \xff\n", "bytes that are not UTF-8");
    spec_refused("a: *b\n", "an alias of nothing is not read");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_scalars_are_what_json_schema_says),
        cmocka_unit_test(json_and_yaml_say_the_same),
        cmocka_unit_test(merge_keys_give_way_to_what_is_nearer),
        cmocka_unit_test(pointers),
        cmocka_unit_test(what_is_no_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
