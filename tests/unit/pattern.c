/* pattern.c: what fits which form, what is no form, and that no form takes long. */
#include "unit.h"

#include "base/pattern.h"

typedef struct {
    const char *form, *fits, *misses; /* texts apart by `;` */
} sample;

static void each(const pattern *p, const char *form, const char *list, bool wanted)
{
    for (const char *at = list; at && *list; at = strchr(at, ';')) {
        at += *at == ';' && at != list;
        text t = {at, strcspn(at, ";")};
        if (pattern_fits(p, t) != wanted)
            fail_msg("`%s` and `%.*s`: wanted %d", form, TEXT_ARG(t), wanted);
    }
}

static void forms(void **state)
{
    static const sample list[] = {
        {"abc", "abc", "ab;abcd;xabc;ABC"},
        {"\\d+", "1;0042", "a;1a;-1;1 "},
        {"[A-Z]{2}-\\d{3,5}", "DE-123;AT-12345", "DE-12;DE-123456;de-123;DE123"},
        {"red|blue", "red;blue", "redblue;re;r;ed|b"},
        {"(red|blue|)x", "redx;bluex;x", "red;xx"},
        {"a*", "a;aaaa", "b;ab"},
        {"(ab)*c?", "ab;abab;ababc;c", "aba;cc"},
        {"(?:a|b)+c{0,2}", "a;bab;abcc", "c;abccc"},
        {"a{0}b", "b", "ab"},
        {"a{2,}", "aa;aaaaa", "a"},
        {"(a*)*", "a;aaa", "b"},
        {"((a?)+)*b", "b;aab", "a"},
        {".+", "x;Straße", "x\ny"},
        {".", "x;ß;€;\xf0\x9f\x9a\xa2;\xff", "ab;ßß;\xff\xff"},
        {"[^a-c]", "d;ß;\xff", "a;c"},
        {"[\\w.-]+@[\\w.-]+", "ann.baker@acme-x.com", "ann baker@acme;@acme"},
        {"[a\\]-]+", "a];-", "b"},
        {"\\.\\*\\\\", ".*\\", "a*\\"},
        {"\\x41\\u00df", "Aß", "AB"},
        {"\\D\\W\\S", "a-b;ß c", "1-b;aab;a- "},
        {"^a$", "a", "b"},
        {"a^b", "", "ab"},
        {"(^|x)a($|y)", "a;xay;ay;xa", "xaz"},
        {"\\d{2}/\\d{2}/\\d{4}", "29/10/2015", "9/10/2015;29/10/20155"},
        {"[äöü]", "ä;ü", "a;Ã"},
        {"[+*?]", "+;*;?", "-"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        arena a = {0};
        text message;
        const pattern *p = pattern_read(&a, text_of(list[i].form), &message);
        if (!p)
            fail_msg("%.*s", TEXT_ARG(message));
        each(p, list[i].form, list[i].fits, true);
        each(p, list[i].form, list[i].misses, false);
        arena_release(&a);
    }
}

static void empty_fits_empty(void **state)
{
    arena a = {0};
    text message;
    assert_true(pattern_fits(pattern_read(&a, TEXT(""), &message), TEXT("")));
    assert_true(pattern_fits(pattern_read(&a, TEXT("a*|b"), &message), TEXT("")));
    assert_true(pattern_fits(pattern_read(&a, TEXT("^$"), &message), TEXT("")));
    assert_false(pattern_fits(pattern_read(&a, TEXT(""), &message), TEXT("a")));
    arena_release(&a);
}

static void no_forms(void **state)
{
    static const char *const list[] = {"(a",      "a)",      "[a",        "a**",       "*a",
                                       "a{",      "a{x}",    "a{3,2}",    "a{1001}",   "\\",
                                       "\\b",     "\\1",     "(?=a)",     "(?<!a)b",   "[z-a]",
                                       "[a-\\d]", "\\x4",    "\\u00g0",   "a+?",       "((((a{9}){9}){9}){9})",
                                       "[",       "a|(",     "(a{1000}){1000}"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        arena a = {0};
        text message = {0};
        if (pattern_read(&a, text_of(list[i]), &message) || !message.n)
            fail_msg("`%s` is read", list[i]);
        arena_release(&a);
    }
}

/* Deep groups, many alternatives and nested repetitions end, by a limit or in their time. */
static void none_takes_long(void **state)
{
    arena a = {0};
    text message;
    char many[20000];
    memset(many, '(', sizeof many);
    assert_null(pattern_read(&a, (text){many, sizeof many}, &message));
    memset(many, '|', sizeof many);
    assert_null(pattern_read(&a, (text){many, sizeof many}, &message));
    memset(many, 'a', sizeof many);
    assert_null(pattern_read(&a, (text){many, sizeof many}, &message));
    const pattern *p = pattern_read(&a, TEXT("(a|a|aa)*(a*)*((a+)+)+b"), &message);
    assert_non_null(p);
    assert_false(pattern_fits(p, (text){many, sizeof many}));
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),
        cmocka_unit_test(empty_fits_empty),
        cmocka_unit_test(no_forms),
        cmocka_unit_test(none_takes_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
