/* rulebook_learn.c: what is learned of pairs one after the other: the narrowest bound that all
 * differences of a place keep to, and what is only said. */
#include "unit.h"

#include "stdlib/compare/rulebook.h"

static void learn(rulebook_learner *l, const char *ref, const char *legacy, const char *modern)
{
    compare_difference d = {.class = CLASS_DEFECT,
                            .rule = TEXT("value"),
                            .path = TEXT("$.path"),
                            .ref = text_of(ref),
                            .legacy = legacy ? text_of(legacy) : (text){0},
                            .modern = modern ? text_of(modern) : (text){0},
                            .money = text_is(text_of(ref), "price")};
    compare_pair p = {.difference = &d, .differences = 1};
    rulebook_learn(l, &p);
}

static void expect(rulebook_learner *l, const char *want)
{
    buffer b = {0};
    rulebook_write_learned(l, &b);
    assert_string_equal(buffer_string(&b), want);
    buffer_release(&b);
    rulebook_learner_release(l);
    arena_release(l->memory);
}

static void places_in_order_each_with_its_bound(void **state)
{
    (void)state;
    arena a = {0};
    rulebook_learner l;
    rulebook_learner_init(&l, &a);
    static const char *const rising[][2] = {{"10", "90"}, {"11", "91"}, {"12", "100"}};
    for (int i = 0; i < 3; i++) {
        learn(&l, "z", rising[i][0], rising[i][1]);
        learn(&l, "a b", rising[2 - i][0], rising[2 - i][1]);
        learn(&l, "", "x", i == 1 ? NULL : "y");
        learn(&l, "price", "1", "2");
    }
    learn(&l, "once", "5", "7");
    expect(&l, "constrain:\n"
               "  \"a b\": integer  # 3 differed\n"
               "  once: integer  # 1 differed: few to learn from\n"
               "  z: increasing  # 3 differed\n"
               "# differs, and no rule was learned:\n"
               "#   $.path  3 × value\n"
               "#   price  3 × money has no tolerance\n");
}

static void what_was_not_kept_is_said(void **state)
{
    (void)state;
    arena a = {0};
    rulebook_learner l;
    rulebook_learner_init(&l, &a);
    compare_difference noise = {.class = CLASS_NOISE, .rule = TEXT("json.number")};
    rulebook_learn(&l, &(compare_pair){.difference = &noise, .differences = 1});
    buffer b = {0};
    rulebook_write_learned(&l, &b);
    assert_string_equal(buffer_string(&b), "# nothing differs that is not noise already\n");
    buffer_release(&b);
    rulebook_learn(&l, &(compare_pair){.difference = &noise, .differences = 1, .omitted = 1});
    rulebook_learn(&l, &(compare_pair){.omitted = 2});
    expect(&l, "# 3 more differences, beyond the first 1000 of a document, were not looked at\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_in_order_each_with_its_bound),
        cmocka_unit_test(what_was_not_kept_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
