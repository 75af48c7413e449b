/* x12.c: the reader of X12: separators by position, envelopes and their faults, loops; the reader
 * of tables, the kinds told from bytes, and the alignment of siblings. */
#include "unit.h"

#include "stdlib/compare/align.h"
#include "stdlib/csv/csv.h"
#include "stdlib/document/format.h"
#include "stdlib/x12/x12.h"

#define ISA_TO(rep, version, control)                                                              \
    "ISA*00*          *00*          *ZZ*ACME           *01*004321987      *260301*2210*" rep       \
    "*" version "*" control "*0*P*>~"
#define ISA ISA_TO("U", "00401", "000000001")
#define GS  "GS*PO*A*B*20260301*2210*7*X*004010~"
#define SET "ST*850*0001~BEG*00*SA*4711**20260301~SE*3*0001~"
#define END "GE*1*7~IEA*1*000000001~"

static x12_file read_text(arena *a, text source)
{
    x12_file f;
    x12_read(a, source, &f);
    return f;
}

static void one_fault(const char *source, const char *code, const char *path, const char *at)
{
    arena a = {0};
    x12_file f = read_text(&a, text_of(source));
    bool found = false;
    for (uint32_t i = 0; i < f.faults; i++)
        found |= text_is(f.fault[i].code, code) && text_is(f.fault[i].path, path) &&
                 f.fault[i].offset == (size_t)(strstr(source, at) - source);
    for (uint32_t i = 0; !found && i < f.faults; i++)
        print_error("%.*s at %zu %.*s\n", TEXT_ARG(f.fault[i].code), f.fault[i].offset,
                    TEXT_ARG(f.fault[i].path));
    if (!found)
        fail_msg("no fault %s at %s", code, path);
    arena_release(&a);
}

static void a_clean_interchange(void **state)
{
    arena a = {0};
    x12_file f = read_text(&a, TEXT(ISA GS SET END));
    assert_int_equal(f.faults, 0);
    assert_int_equal(f.interchanges, 1);
    assert_int_equal(f.groups, 1);
    assert_int_equal(f.sets, 1);
    assert_int_equal(f.set[0].segments, 3);
    assert_text(f.interchange[0].isa[6], "ACME           ");
    assert_text(f.interchange[0].isa[16], ">");
    assert_text(x12_set_type(&f, &f.set[0]), "850");
    assert_text(x12_set_control(&f, &f.set[0]), "0001");
    text beg = x12_find(&f, &f.set[0], TEXT("BEG"));
    assert_text(x12_set_element(&f, &f.set[0], beg, 3), "4711");
    assert_text(x12_set_element(&f, &f.set[0], beg, 4), "");
    assert_text(x12_set_element(&f, &f.set[0], beg, 9), "");
    arena_release(&a);
}

static void repetition_from_00402_on(void **state)
{
    arena a = {0};
    x12_file f = read_text(&a, TEXT(ISA_TO("^", "00401", "000000001") GS SET END));
    assert_int_equal(f.interchange[0].separators.repetition, 0);
    f = read_text(&a, TEXT(ISA_TO("^", "00402", "000000001") GS SET END));
    assert_int_equal(f.interchange[0].separators.repetition, '^');
    f = read_text(&a, TEXT(ISA_TO("U", "00501", "000000001") GS SET END));
    assert_int_equal(f.interchange[0].separators.repetition, 0);
    arena_release(&a);
}

static void line_breaks_belong_to_nobody(void **state)
{
    arena a = {0};
    x12_file f = read_text(
        &a, TEXT("\r\n" ISA "\r\nGS*PO*A*B*20260301*2210*7*X*004010~\n\n"
                 "ST*850*0001~\r\nSE*2*0001~\nGE*1*7~\nIEA*1*000000001~\r\n" ISA GS SET END "\n"));
    /* The second interchange repeats the first one's number, which is all that is wrong. */
    assert_int_equal(f.faults, 1);
    assert_text(f.fault[0].code, "025");
    assert_int_equal(f.interchanges, 2);
    assert_int_equal(f.sets, 2);
    arena_release(&a);
}

static void a_line_feed_as_terminator(void **state)
{
    arena a = {0};
    char *p = arena_copy(&a, ISA GS SET END, strlen(ISA GS SET END));
    buffer b = {0};
    for (char *c = p; *c; c++)
        *c == '~' ? buffer_cstr(&b, "\n") : buffer_char(&b, *c);
    x12_file f = read_text(&a, buffer_view(&b));
    assert_int_equal(f.faults, 0);
    assert_int_equal(f.sets, 1);
    buffer_release(&b);
    arena_release(&a);
}

static void faults_have_code_place_and_path(void **state)
{
    one_fault(ISA GS SET "GE*1*7~IEA*1*000000002~", "001", "ISA[1].IEA.02", "IEA*");
    one_fault(ISA GS SET "GE*1*7~IEA*2*000000001~", "021", "ISA[1].IEA.01", "IEA*");
    one_fault(ISA GS SET "GE*2*7~IEA*1*000000001~", "AK9-5", "ISA[1].GS[1].GE.01", "GE*");
    one_fault(ISA GS SET "GE*1*8~IEA*1*000000001~", "AK9-4", "ISA[1].GS[1].GE.02", "GE*");
    one_fault(ISA GS SET "IEA*1*000000001~", "AK9-3", "ISA[1].GS[1].GE", "IEA*");
    one_fault(ISA GS "ST*850*0001~BEG*00~SE*4*0001~" END, "AK5-4", "ISA[1].GS[1].ST[1].SE.01",
              "SE*");
    one_fault(ISA GS "ST*850*0001~BEG*00~SE*3*0002~" END, "AK5-3", "ISA[1].GS[1].ST[1].SE.02",
              "SE*");
    one_fault(ISA GS "ST*850*0001~BEG*00~" END, "AK5-2", "ISA[1].GS[1].ST[1].SE", "GE*");
    one_fault(ISA GS "ST*85*0001~SE*2*0001~" END, "AK5-6", "ISA[1].GS[1].ST[1].ST.01", "ST*85");
    one_fault(ISA GS SET "ST*850*0001~SE*2*0001~GE*2*7~IEA*1*000000001~", "AK5-23",
              "ISA[1].GS[1].ST[2].ST.02", "ST*850*0001~SE*2");
    one_fault(ISA GS "REF*X~" SET END, "AK3-2", "ISA[1].GS[1]", "REF*X");
    one_fault(ISA GS "ST*850*0001~beg~SE*3*0001~" END, "AK3-1", "ISA[1].GS[1].ST[1]", "beg");
    one_fault(ISA SET "IEA*0*000000001~", "024", "ISA[1].ST", "ST*");
    one_fault(ISA_TO("U", "00401", "1        ") GS SET END, "018", "ISA[1].ISA.13", "1        *0");
    one_fault("rubbish " ISA GS SET END, "022", "ISA[1]", "rubbish");
}

/* At the end of the file, where strstr finds nothing. */
static void an_early_end(void **state)
{
    static const char source[] = ISA GS SET;
    arena a = {0};
    x12_file f = read_text(&a, text_of(source));
    assert_int_equal(f.faults, 2);
    assert_text(f.fault[0].code, "023");
    assert_int_equal(f.fault[0].offset, sizeof source - 1);
    assert_text(f.fault[1].code, "AK9-3");
    assert_true(f.set[0].closed);
    arena_release(&a);
}

static void an_isa_of_wrong_width(void **state)
{
    arena a = {0};
    x12_file f = read_text(
        &a, TEXT("ISA*00**00**ZZ*ACME*01*B*260301*2210*U*00401*000000001*0*P*>~" GS SET END));
    assert_int_equal(f.faults, 1);
    assert_text(f.fault[0].code, "022");
    assert_text(f.interchange[0].isa[6], "ACME");
    assert_int_equal(f.interchange[0].separators.terminator, '~');
    assert_int_equal(f.sets, 1);
    arena_release(&a);
}

/* Each element of ISA that has a form, spoiled at its place. */
static void isa_elements_have_forms(void **state)
{
    static const struct {
        size_t at;
        char to;
        const char *code, *path;
    } list[] = {
        {4, 'X', "010", "ISA[1].ISA.01"},   {18, 'X', "012", "ISA[1].ISA.03"},
        {32, '?', "005", "ISA[1].ISA.05"},  {51, ' ', "007", "ISA[1].ISA.07"},
        {72, '9', "014", "ISA[1].ISA.09"},  {77, '3', "015", "ISA[1].ISA.10"},
        {82, 'X', "016", "ISA[1].ISA.11"},  {84, 'V', "017", "ISA[1].ISA.12"},
        {90, 'A', "018", "ISA[1].ISA.13"},  {100, '2', "019", "ISA[1].ISA.14"},
        {102, 'X', "020", "ISA[1].ISA.15"}, {104, 'A', "027", "ISA[1].ISA.16"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        char source[] = ISA GS SET END;
        arena a = {0};
        source[list[i].at] = list[i].to;
        x12_file f = read_text(&a, text_of(source));
        bool found = false;
        for (uint32_t k = 0; k < f.faults; k++)
            found |= text_is(f.fault[k].code, list[i].code) &&
                     text_is(f.fault[k].path, list[i].path) && f.fault[k].offset <= list[i].at;
        if (!found)
            fail_msg("no fault %s", list[i].code);
        arena_release(&a);
    }
    one_fault("ISA*00**00**ZZ**01*B*260301*2210*U*00401*000000001*0*P*>~" GS SET END, "006",
              "ISA[1].ISA.06", "*01*B");
    one_fault("ISA*00**00**ZZ*A*01**260301*2210*U*00401*000000001*0*P*>~" GS SET END, "008",
              "ISA[1].ISA.08", "*260301");
}

/* Some writers pad the tag like an element, or end segments with a character of several bytes. */
static void odd_layouts_are_read(void **state)
{
    arena a = {0};
    x12_file f = read_text(&a, TEXT("ISA *00 * *00 * *ZZ *ACME *01 *B *260301 *2210 *U *00401 "
                                    "*000000001 *0 *P *>~" GS SET END));
    assert_int_equal(f.faults, 1);
    assert_text(f.fault[0].code, "022");
    assert_int_equal(f.sets, 1);
    buffer b = {0};
    for (const char *c = ISA GS SET END; *c; c++)
        *c == '~' ? buffer_cstr(&b, "\xe2\x80\xa6\n") : buffer_char(&b, *c);
    f = read_text(&a, buffer_view(&b));
    assert_int_equal(f.faults, 0);
    assert_int_equal(f.set[0].segments, 3);
    buffer_release(&b);
    arena_release(&a);
}

static void fragments_are_read(void **state)
{
    arena a = {0};
    x12_file f = read_text(&a, TEXT(SET));
    assert_int_equal(f.sets, 1);
    assert_int_equal(f.set[0].segments, 3);
    assert_int_equal(f.faults, 1);
    f = read_text(&a, TEXT(GS SET "GE*1*7~"));
    assert_int_equal(f.groups, 1);
    assert_int_equal(f.faults, 1);
    arena_release(&a);
}

static void binary_data_may_hold_separators(void **state)
{
    arena a = {0};
    x12_file f = read_text(&a, TEXT(ISA GS "ST*841*0001~BIN*7*a~SE*b~~SE*3*0001~" END));
    assert_int_equal(f.faults, 0);
    assert_int_equal(f.set[0].segments, 3);
    arena_release(&a);
}

static void levels_nest(void **state)
{
    arena a = {0};
    x12_file f = read_text(&a, TEXT("ST*856*0001~HL*1**S~TD1*A~HL*2*1*O~PRF*1~HL*3*2*I~LIN**VP*A~"
                                    "HL*4*1*O~PRF*2~CTT*4~SE*11*0001~"));
    document_tree t;
    x12_tree(&a, &f, &f.set[0], &t);
    assert_int_equal(t.node[0].count, 2); /* the shipment, CTT */
    const document_node *shipment = &t.node[1];
    assert_text(shipment->name, "HL");
    assert_int_equal(shipment->count, 4); /* its HL, TD1, two orders */
    assert_text(t.node[shipment->next].name, "CTT");
    arena_release(&a);
}

static void tables(void **state)
{
    arena a = {0};
    csv_table t;
    text v;
    csv_read(&a, TEXT("\xef\xbb\xbfid;name;v\r\n1;\"a;\"\"b\"\"\nc\";3\r\n\r\n2;x\r\n"), &t);
    assert_int_equal(t.dialect.separator, ';');
    assert_int_equal(t.columns, 3);
    assert_int_equal(t.rows, 2);
    assert_text(t.column[0], "id");
    assert_true(csv_field(&a, &t, csv_row_text(&t, 0), 1, &v));
    assert_text(v, "a;\"b\"\nc");
    assert_false(csv_field(&a, &t, csv_row_text(&t, 1), 2, &v));
    assert_int_equal(t.faults, 1);
    assert_text(t.fault[0].path, "row[2]");
    csv_read(&a, TEXT("a,b\n\"x,1\n2,3\n"), &t);
    assert_int_equal(t.rows, 2);
    assert_text(t.fault[0].message, "a quote is never closed");
    arena_release(&a);
}

static void kinds(void **state)
{
    static const struct {
        const char *bytes;
        document_kind kind;
    } list[] = {
        {ISA, KIND_X12},
        {SET, KIND_X12},
        {"UNB+UNOA:1+A+B+260301:2210+1'", KIND_EDIFACT},
        {"UNA:+.? 'UNB+UNOA:1+A+B'", KIND_EDIFACT},
        {"STX=ANA:1+A+B'", KIND_TRADACOMS},
        {" {\"a\": 1}", KIND_JSON},
        {"[1, 2]", KIND_JSON},
        {"<?xml version='1.0'?><a/>", KIND_XML},
        {"a,b\n1,2\n", KIND_CSV},
        {"\"a;1\";b\n1;2\n", KIND_CSV},
        {"a;b\n\"x\ny\";2\n\"x\ny\";3\n", KIND_CSV},
        {"Dear all,\nnothing to see here.\n", KIND_TEXT},
        {"", KIND_TEXT},
        {"\x01\x02", KIND_BYTES},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        document_kind k = document_kind_of(text_of(list[i].bytes));
        if (k != list[i].kind)
            fail_msg("%s is taken for %s", list[i].bytes, document_kind_word(k));
    }
    document_kind k;
    assert_true(document_kind_read(TEXT("x12"), &k) && k == KIND_X12);
    assert_false(document_kind_read(TEXT("unknown"), &k));
}

/* Letters as items of one name; upper case has no order. Matches as "aa b- -c", '!' where moved. */
static void aligned(const char *l, const char *m, const char *wanted)
{
    arena a = {0};
    align_item x[32], y[32];
    size_t n = strlen(l), k = strlen(m), at = 0;
    for (size_t i = 0; i < n; i++)
        x[i] = (align_item){(uint64_t)l[i], (uint64_t)l[i], 0, l[i] < 'a'};
    for (size_t i = 0; i < k; i++)
        y[i] = (align_item){(uint64_t)m[i], (uint64_t)m[i], 0, m[i] < 'a'};
    align_match *match;
    size_t found = align_items(&a, x, n, y, k, &match);
    char got[256] = "";
    for (size_t i = 0; i < found; i++) {
        got[at++] = match[i].legacy < 0 ? '-' : l[match[i].legacy];
        got[at++] = match[i].modern < 0 ? '-' : m[match[i].modern];
        if (match[i].moved)
            got[at++] = '!';
        got[at++] = i + 1 < found ? ' ' : 0;
    }
    assert_string_equal(got, wanted);
    arena_release(&a);
}

static void siblings(void **state)
{
    aligned("abc", "abc", "aa bb cc");
    aligned("abc", "ac", "aa b- cc");
    aligned("ac", "abc", "aa -b cc");
    aligned("abc", "bca", "aa! bb cc");
    aligned("ABC", "CBA", "AA BB CC");
    aligned("", "a", "-a");
    aligned("", "", "");
}

/* Beyond the table, what occurs once on each side carries the alignment. */
static void a_changed_item_of_a_long_list_stays_in_its_place(void **state)
{
    enum { N = 4000 };
    arena a = {0};
    align_item *x = arena_array(&a, align_item, N), *y = arena_array(&a, align_item, N);
    for (size_t i = 0; i < N; i++) /* every twentieth differs, 100 are there again and again */
        x[i] = y[i] = (align_item){.print = i % 100, .name = 1};
    for (size_t i = 10; i < N; i += 20)
        y[i].print += 1000;
    align_match *match;
    size_t n = align_items(&a, x, N, y, N, &match);
    assert_int_equal(n, N);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(match[i].legacy, i);
        assert_int_equal(match[i].modern, i);
        assert_false(match[i].moved);
    }
    arena_release(&a);
}

static void long_lists_are_aligned_too(void **state)
{
    enum { N = 4000 };
    arena a = {0};
    align_item *x = arena_array(&a, align_item, N), *y = arena_array(&a, align_item, N);
    for (size_t i = 0; i < N; i++) {
        x[i] = (align_item){.print = i + 1, .name = 1};
        y[i] = (align_item){.print = i + 2, .name = 1}; /* the first is missing, one is new */
    }
    x[N / 2].print = 1; /* twice: no anchor */
    align_match *match;
    size_t n = align_items(&a, x, N, y, N, &match);
    size_t equal = 0;
    for (size_t i = 0; i < n; i++)
        equal += match[i].legacy >= 0 && match[i].modern == match[i].legacy - 1;
    assert_in_range(equal, N - 3, N);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clean_interchange),
        cmocka_unit_test(repetition_from_00402_on),
        cmocka_unit_test(line_breaks_belong_to_nobody),
        cmocka_unit_test(a_line_feed_as_terminator),
        cmocka_unit_test(faults_have_code_place_and_path),
        cmocka_unit_test(an_early_end),
        cmocka_unit_test(an_isa_of_wrong_width),
        cmocka_unit_test(isa_elements_have_forms),
        cmocka_unit_test(odd_layouts_are_read),
        cmocka_unit_test(fragments_are_read),
        cmocka_unit_test(binary_data_may_hold_separators),
        cmocka_unit_test(levels_nest),
        cmocka_unit_test(tables),
        cmocka_unit_test(kinds),
        cmocka_unit_test(siblings),
        cmocka_unit_test(long_lists_are_aligned_too),
        cmocka_unit_test(a_changed_item_of_a_long_list_stays_in_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
