/* yaml.c: the tree of a document, its places, and what its limits refuse. */
#include "unit.h"

#include "base/yaml.h"

static const yaml_limits plain = {.levels = 4, .nodes = 100};
static const yaml_limits shared = {.levels = 8, .nodes = 1000, .anchors = true};

static yaml_node *read_text(arena *a, const char *s, const yaml_limits *limits, yaml_fault *f)
{
    return yaml_read(a, text_of(s), 10, limits, f);
}

static void refused(const char *s, const yaml_limits *limits, const char *message, uint32_t start)
{
    arena a;
    yaml_fault f;
    arena_init(&a);
    assert_null(read_text(&a, s, limits, &f));
    assert_true(f.refused);
    assert_text(f.message, message);
    assert_int_equal(f.start, start);
    arena_release(&a);
}

static void a_tree_with_places(void **state)
{
    arena a;
    yaml_fault f;
    arena_init(&a);
    yaml_node *root = read_text(&a, "ä: [1, \"2\"]\nb: ~\n", &plain, &f);
    assert_non_null(root);
    assert_int_equal(root->count, 4);
    yaml_node *list = yaml_member(root, "ä");
    assert_int_equal(list->kind, YAML_LIST);
    assert_int_equal(list->start, 10 + 4); /* bytes, not characters */
    assert_text(list->first->value, "1");
    assert_false(list->first->quoted);
    assert_true(list->last->quoted);
    assert_int_equal(list->last->start, 10 + 9);
    assert_text(yaml_member(root, "b")->value, "~");
    assert_null(yaml_member(root, "c"));
    assert_null(yaml_member(list, "c"));
    arena_release(&a);
}

static void nothing_is_no_fault(void **state)
{
    arena a;
    yaml_fault f;
    arena_init(&a);
    assert_null(read_text(&a, "# a comment\n", &plain, &f));
    assert_int_equal(f.message.n, 0);
    arena_release(&a);
}

static void a_broken_text(void **state)
{
    arena a;
    yaml_fault f;
    arena_init(&a);
    assert_null(read_text(&a, "a: [1\nb: 2\n", &plain, &f));
    assert_false(f.refused);
    assert_text(f.message, "this `[` is not closed");
    assert_int_equal(f.start, 10 + 3);
    arena_release(&a);
}

static void an_alias_shares_what_it_names(void **state)
{
    arena a;
    yaml_fault f;
    arena_init(&a);
    yaml_node *root = read_text(&a, "a: &x {k: 1}\nb: *x\n", &shared, &f);
    assert_non_null(root);
    yaml_node *b = yaml_member(root, "b");
    assert_ptr_equal(b->first, yaml_member(root, "a")->first);
    assert_int_equal(b->start, 10 + 16);
    assert_int_equal(root->weight, 1 + 2 + 3 + 3);
    arena_release(&a);
}

static void what_the_limits_refuse(void **state)
{
    refused("a: &x 1\n", &plain, "an anchor (`&name`)", 13);
    refused("a: *x\n", &plain, "an alias (`*name`)", 13);
    refused("a: !!str 1\n", &plain, "a tag (`!name`)", 13);
    refused("a: !own 1\n", &shared, "a tag (`!name`)", 13);
    refused("a: *x\n", &shared, "an alias of nothing", 13);
    refused("a: &x [*x]\n", &shared, "an alias inside of what it names", 17);
    refused("[[[[[1]]]]]\n", &plain, "more than 4 levels", 14);
    refused("a: 1\n---\nb: 1\n", &plain, "a second document", 15);
}

/* Ten aliases of ten aliases of ...: a tree of thousands in a few lines. */
static void an_alias_counts_as_written_out(void **state)
{
    refused("a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
            "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c]\n",
            &shared, "more than 1000 values", 10 + 26 + 35 + 35 + 4);
    refused("a: &a [[[1]]]\nb: &b [[*a]]\nc: [[[*b]]]\n", &shared, "more than 8 levels", 43);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tree_with_places),     cmocka_unit_test(nothing_is_no_fault),
        cmocka_unit_test(a_broken_text),          cmocka_unit_test(an_alias_shares_what_it_names),
        cmocka_unit_test(what_the_limits_refuse), cmocka_unit_test(an_alias_counts_as_written_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
