/* JSON: nodes and their places, decoding, paths, faults, the writer, the canonical form. What is
 * accepted at large is asked by tests/oracle/ask_json.py. */
#include "tests/unit/unit.h"

#include "base/decimal.h"
#include "base/json.h"

static int set_up(void **state)
{
    static arena memory;
    arena_init(&memory);
    *state = &memory;
    return 0;
}

static int tear_down(void **state)
{
    arena_release(*state);
    return 0;
}

static json_document read_valid(arena *a, const char *source)
{
    json_document d;
    json_fault fault;
    if (!json_read(a, text_of(source), &d, &fault))
        fail_msg("%s: %zu: %s", source, fault.offset, fault.message);
    return d;
}

static void nodes_stand_in_document_order(void **state)
{
    json_document d = read_valid(*state, " {\"a\": [1, 22], \"b\": {}, \"a\": \"x\"} ");
    assert_int_equal(d.nodes, 6);
    assert_int_equal(d.node[0].kind, JSON_OBJECT);
    assert_int_equal(d.node[0].count, 3);
    assert_int_equal(d.node[0].next, 6);
    assert_int_equal(d.node[1].kind, JSON_ARRAY);
    assert_int_equal(d.node[1].count, 2);
    assert_int_equal(d.node[1].next, 4);
    assert_text(json_raw(&d, 1), "[1, 22]");
    assert_text(json_raw(&d, 3), "22");
    assert_text(json_raw(&d, 4), "{}");
    assert_text(json_key(*state, &d, 5), "a");
    assert_int_equal(json_member(&d, 0, TEXT("a")), 1);
    assert_int_equal(json_member(&d, 0, TEXT("none")), 0);
    assert_int_equal(json_member(&d, 1, TEXT("a")), 0);
    assert_int_equal(json_element(&d, 1, 1), 3);
    assert_int_equal(json_element(&d, 1, 2), 0);
}

static void texts_are_decoded(void **state)
{
    json_document d =
        read_valid(*state, "[\"plain\",\"\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"\\u00e9\\u20AC"
                           "\\ud83d\\ude00\",\"\\ud83dx\",{\"k\\u0065y\":1}]");
    text plain = json_text(*state, &d, 1);
    assert_text(plain, "plain");
    assert_ptr_equal(plain.p, d.source.p + 2); /* a view, not a copy */
    assert_text(json_text(*state, &d, 2), "\"\\/\b\f\n\r\t");
    assert_text(json_text(*state, &d, 3), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    assert_text(json_text(*state, &d, 4), "\\ud83dx");
    assert_text(json_key(*state, &d, 6), "key");
    assert_int_equal(json_member(&d, 5, TEXT("key")), 6);
    assert_int_equal(json_member(&d, 5, TEXT("keys")), 0);
    assert_int_equal(json_member(&d, 5, TEXT("ke")), 0);
}

static void paths_lead_to_values(void **state)
{
    json_document d = read_valid(*state, "{\"target\":1,\"items\":[{\"v\":[true,null]}]}");
    static const struct {
        const char *path, *raw;
    } table[] = {
        {"target", "1"},
        {"items[0].v[1]", "null"},
        {"items[0].v", "[true,null]"},
        {"items[1]", NULL},
        {"items.v", NULL},
        {"target.x", NULL},
        {"items[", NULL},
        {"items[x]", NULL},
        {"items[]", NULL},
        {"", "{\"target\":1,\"items\":[{\"v\":[true,null]}]}"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        uint32_t node = 0;
        assert_int_equal(json_follow(&d, text_of(table[i].path), &node), table[i].raw != NULL);
        if (table[i].raw)
            assert_text(json_raw(&d, node), table[i].raw);
    }
}

static void faults_name_place_and_expectation(void **state)
{
    static const struct {
        const char *source;
        size_t offset;
        const char *message;
    } table[] = {
        {"", 0, "the text ends too early"},
        {"[1,]", 3, "expected a value"},
        {"[1 2]", 3, "expected ',' or ']'"},
        {"{\"a\":1;", 6, "expected ',' or '}'"},
        {"{\"a\" 1}", 5, "expected ':'"},
        {"{a:1}", 1, "expected a key in double quotes"},
        {"\"abc", 0, "a text that is not closed"},
        {"\"a\nb\"", 2, "a control character in a text must be escaped"},
        {"\"a\\x\"", 2, "unknown escape in a text"},
        {"\"\\u12g4\"", 1, "expected four hexadecimal digits after '\\u'"},
        {"\"a\xff\"", 2, "bytes that are not UTF-8"},
        {"-01", 1, "a number must not begin with a 0"},
        {"1.e5", 2, "expected a digit"},
        {"tru", 0, "expected a value"},
        {"1 1", 2, "expected the end after the value"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        json_document d;
        json_fault fault = {0};
        assert_false(json_read(*state, text_of(table[i].source), &d, &fault));
        assert_text(text_of(fault.message), table[i].message);
        assert_int_equal(fault.offset, table[i].offset);
        assert_int_equal(d.nodes, 0);
    }
}

static bool nests(arena *a, int levels)
{
    buffer b = {0};
    for (int i = 0; i < levels; i++)
        buffer_char(&b, '[');
    for (int i = 0; i < levels; i++)
        buffer_char(&b, ']');
    json_document d;
    json_fault fault;
    bool ok = json_read(a, buffer_view(&b), &d, &fault);
    buffer_release(&b);
    return ok;
}

static void depth_is_limited(void **state)
{
    assert_true(nests(*state, JSON_DEPTH));
    assert_false(nests(*state, JSON_DEPTH + 1));
}

static void write_sample(buffer *b, int indent)
{
    json_writer w;
    json_begin(&w, b, indent);
    json_object(&w);
    json_add_array(&w, "list");
    json_put_int(&w, -3);
    json_put_decimal(&w, 1500000, SCALE_NUMBER);
    json_put_decimal(&w, QUANTITY_NA, SCALE_NUMBER);
    json_array_end(&w);
    json_add_object(&w, "empty");
    json_object_end(&w);
    json_put_key_text(&w, TEXT("te\"xt"));
    json_put_text(&w, TEXT("a\x01\n\xff\xc3\xa9"));
    json_add_bool(&w, "yes", true);
    json_add_optional(&w, "given", TEXT(""));
    json_add_optional(&w, "not", (text){0});
    json_put_key(&w, "raw");
    json_put_raw(&w, TEXT("[0]"));
    json_object_end(&w);
}

static void writes_one_line(void **state)
{
    buffer b = {0};
    write_sample(&b, 0);
    assert_text(buffer_view(&b),
                "{\"list\":[-3,1.5,null],\"empty\":{},\"te\\\"xt\":\"a\\u0001\\n\xef\xbf\xbd\xc3"
                "\xa9\",\"yes\":true,\"given\":\"\",\"not\":null,\"raw\":[0]}");
    buffer_release(&b);
}

static void writes_indented(void **state)
{
    buffer b = {0};
    write_sample(&b, 2);
    assert_text(buffer_view(&b),
                "{\n  \"list\": [\n    -3,\n    1.5,\n    null\n  ],\n"
                "  \"empty\": {},\n"
                "  \"te\\\"xt\": \"a\\u0001\\n\xef\xbf\xbd\xc3\xa9\",\n"
                "  \"yes\": true,\n  \"given\": \"\",\n  \"not\": null,\n  \"raw\": [0]\n}");
    buffer_release(&b);
}

static void canonical_form_sorts_and_keeps(void **state)
{
    buffer b = {0};
    json_fault fault;
    /* U+1F600 sorts before U+FB33: its first UTF-16 unit is D83D (the example of RFC 8785). */
    assert_true(json_canonical(*state,
                               TEXT("{ \"\\ufb33\": 1.50, \"\\ud83d\\ude00\":[ ], \"a\\u0000\":1,"
                                    "\"a\" : {\"z\":1e2,\"b\":\"\\u0041\\/\\udead\"}, \"a\":2}"),
                               &b, &fault));
    assert_text(buffer_view(&b), "{\"a\":{\"b\":\"A/\\udead\",\"z\":1e2},\"a\":2,\"a\\u0000\":1,"
                                 "\"\xf0\x9f\x98\x80\":[],\"\xef\xac\xb3\":1.50}");
    assert_false(json_canonical(*state, TEXT("{"), &b, &fault));
    buffer_release(&b);
}

static json_document read_prints(arena *a, const char *source, bool fold, json_repeats *twice)
{
    json_document d;
    json_fault fault;
    if (!json_read_prints(a, text_of(source), fold, twice, &d, &fault))
        fail_msg("%s: %zu: %s", source, fault.offset, fault.message);
    return d;
}

static uint64_t print_of(arena *a, const char *source)
{
    json_document d = read_prints(a, source, false, NULL);
    return d.print[0];
}

static void prints_are_of_what_is_said(void **state)
{
    arena *a = *state;
    assert_int_equal(print_of(a, "{\"a\": [1, 2], \"b\": \"\\u0041\"}"),
                     print_of(a, "{\"b\":\"A\",\"\\u0061\":[ 1,2 ]}"));
    static const char *const others[] = {"[1, 2]", "[2, 1]", "[[1], 2]", "[1.0, 2]",  "[\"1\", 2]",
                                         "[]",     "{}",     "[{}]",     "[null]",    "[false]",
                                         "[true]", "[[]]",   "null",     "{\"a\":1}", "{\"b\":1}"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        for (size_t k = 0; k < i; k++)
            if (print_of(a, others[i]) == print_of(a, others[k]))
                fail_msg("%s and %s have one print", others[i], others[k]);
}

/* Every value, folded or not, has the print that it has in a document that keeps all. */
static void folded_elements_have_their_prints(void **state)
{
    static const char source[] =
        "{\"orders\": [{\"id\": 1, \"lines\": [{\"n\": 1}, {\"n\": 2}]}, [], {}, [[7]], 5, "
        "{\"id\": 2, \"id\": 3}], \"of\": {\"x\": [1, [2, 3]]}}";
    arena *a = *state;
    json_repeats twice = {0}, again = {0};
    json_document whole = read_prints(a, source, false, &twice);
    json_document d = read_prints(a, source, true, &again);
    assert_int_equal(d.values, whole.nodes);
    assert_int_equal(d.nodes, 12);
    assert_int_equal(d.print[0], whole.print[0]);
    uint32_t orders = json_member(&d, 0, TEXT("orders"));
    uint32_t all = json_member(&whole, 0, TEXT("orders"));
    assert_int_equal(d.node[orders].count, 6);
    for (uint32_t i = 0; i < 6; i++) {
        uint32_t x = json_element(&d, orders, i), y = json_element(&whole, all, i);
        assert_int_equal(d.print[x], whole.print[y]);
        assert_int_equal(d.node[x].count, whole.node[y].count);
        assert_int_equal(d.node[x].folded, whole.node[y].count > 0);
    }
    json_document inside;
    json_unfold(a, &d, json_element(&d, orders, 0), &inside);
    assert_int_equal(inside.nodes, 7);
    assert_int_equal(inside.print[0], d.print[json_element(&d, orders, 0)]);
    assert_int_equal(again.n, 1);
    assert_int_equal(again.p[0].offset, twice.p[0].offset);
    assert_text(again.p[0].key, "id");
    vec_release(&twice);
    vec_release(&again);
}

/* An element that is too large keeps its children, those of them that are elements are folded, and
 * nothing is reported twice. */
static void large_elements_are_not_folded(void **state)
{
    arena *a = *state;
    buffer b = {0};
    buffer_cstr(&b, "[{\"id\": 1, \"id\": 2, \"all\": [");
    while (b.n <= JSON_FOLDED)
        buffer_cstr(&b, "{\"n\": [1, 2], \"n\": 0}, ");
    buffer_cstr(&b, "[]]}, [7]]");
    json_repeats twice = {0}, again = {0};
    json_document whole = read_prints(a, buffer_string(&b), false, &twice);
    json_document d = read_prints(a, buffer_string(&b), true, &again);
    assert_int_equal(d.print[0], whole.print[0]);
    assert_int_equal(d.values, whole.nodes);
    assert_int_equal(again.n, twice.n);
    uint32_t first = json_element(&d, 0, 0), all = json_member(&d, first, TEXT("all"));
    assert_false(d.node[first].folded);
    assert_true(d.node[json_element(&d, all, 0)].folded);
    assert_false(d.node[json_element(&d, all, d.node[all].count - 1)].folded); /* it is empty */
    assert_true(d.node[json_element(&d, 0, 1)].folded);
    vec_release(&twice);
    vec_release(&again);
    buffer_release(&b);
}

/* Whole, folded and cut off at any place: nothing behind the end is looked at, and what is wrong is
 * said of the same place. */
static void cut_off_anywhere(void **state)
{
    static const char source[] =
        "[{\"a\\u00e4\": [true, false, null, -0.5e+17, \"\\ud83d\\ude00 \xc3\xa4\"]},"
        " [[12345678.12345678, \"a text that is longer than eight bytes\"]], {}]";
    for (size_t n = 0; n < sizeof source - 1; n++) {
        char *p = malloc(n + 1); /* of its own size: a sanitizer sees what is read behind it */
        assert_non_null(p);
        memcpy(p + 1, source, n);
        json_document d;
        json_fault whole, folded;
        text cut = {p + 1, n};
        assert_false(json_read_prints(*state, cut, false, NULL, &d, &whole));
        assert_false(json_read_prints(*state, cut, true, NULL, &d, &folded));
        assert_int_equal(whole.offset, folded.offset);
        assert_string_equal(whole.message, folded.message);
        free(p);
    }
}

static void paths_lead_into_folded_elements(void **state)
{
    json_document folded =
        read_prints(*state, "{\"a\": [{\"b\": [{\"c\": 1}, {\"c\": [[8]]}]}]}", true, NULL);
    const json_document *d = &folded;
    uint32_t at = 0;
    assert_true(json_follow_folded(*state, &d, TEXT("a[0].b[1].c[0][0]"), &at));
    assert_text(json_raw(d, at), "8");
    d = &folded;
    at = 0;
    assert_false(json_follow_folded(*state, &d, TEXT("a[0].b[1].d"), &at));
    d = &folded;
    at = 0;
    assert_true(json_follow_folded(*state, &d, TEXT("a[0]"), &at));
    assert_ptr_equal(d, &folded);
}

/* What is wrong deep inside of an element is found although nothing of it is kept. */
static void folded_elements_are_checked(void **state)
{
    json_document d;
    json_fault fault;
    assert_false(
        json_read_prints(*state, TEXT("[[1, 2], [3, {\"a\": 04}]]"), true, NULL, &d, &fault));
    assert_int_equal(fault.offset, 19);
    assert_int_equal(d.nodes, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nodes_stand_in_document_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_are_decoded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(paths_lead_to_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(faults_name_place_and_expectation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(depth_is_limited, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writes_one_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(writes_indented, set_up, tear_down),
        cmocka_unit_test_setup_teardown(canonical_form_sorts_and_keeps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(prints_are_of_what_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(folded_elements_have_their_prints, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large_elements_are_not_folded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cut_off_anywhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(paths_lead_into_folded_elements, set_up, tear_down),
        cmocka_unit_test_setup_teardown(folded_elements_are_checked, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
