/* compare.c: each row of the table of noise and defects, and the verdicts. A case takes a pair of
 * files that agree and changes one thing in modern. */
#include "unit.h"

#include "base/decimal.h"
#include "stdlib/compare/compare.h"
#include "stdlib/document/mask.h"

#include <stdlib.h>

#define ISA                                                                                        \
    "ISA*00*          *00*          *ZZ*ACME           *01*004321987      "                        \
    "*260301*2210*U*00401*000000101*0*P*>~"
#define BODY                                                                                       \
    "BEG*00*SA*4711**20260301~REF*DP*038~REF*IA*99~PER*BD*JANE~DTM*002*20260310~"                  \
    "N1*ST*NORTH*92*7~N3*1 MAIN ST~N4*ULM**89073*DE~N1*BT*HEAD OFFICE*92*1~"                       \
    "PO1*1*12*EA*1.50*PE*VP*A-100>X~PID*F****BOLT~PO1*2*3*CA*20*PE*VP*B-200~CTT*2*15~"
#define FILE_OF(body, count)                                                                       \
    ISA "GS*PO*ACME*004321987*20260301*2210*77*X*004010~ST*850*0001~" body "SE*" count             \
        "*0001~GE*1*77~IEA*1*000000101~"
#define ORDER FILE_OF(BODY, "15")

typedef struct {
    arena memory;
    compare_result result;
} run;

static void compare_all(run *r, const compare_options *o, const compare_file *l, size_t n,
                          const compare_file *m, size_t k)
{
    static const compare_options none;
    compare_input legacy = {l, n}, modern = {m, k};
    arena_init(&r->memory);
    compare_run(&r->memory, o ? o : &none, &legacy, &modern, &r->result);
}

static void compare_two(run *r, const compare_options *o, text l, text m)
{
    compare_file x = {TEXT("legacy"), l}, y = {TEXT("modern"), m};
    compare_all(r, o, &x, 1, &y, 1);
}

/* The text with the first `from` replaced. */
static text changed(arena *a, const char *s, const char *from, const char *to)
{
    const char *at = strstr(s, from);
    assert_non_null(at);
    return text_format(a, "%.*s%s%s", (int)(at - s), s, to, at + strlen(from));
}

static const compare_difference *find(const run *r, const char *path)
{
    for (size_t i = 0; i < r->result.pairs; i++)
        for (size_t k = 0; k < r->result.pair[i].differences; k++)
            if (text_is(r->result.pair[i].difference[k].path, path))
                return &r->result.pair[i].difference[k];
    for (size_t i = 0; i < r->result.pairs; i++)
        for (size_t k = 0; k < r->result.pair[i].differences; k++)
            print_error("there is %.*s\n", TEXT_ARG(r->result.pair[i].difference[k].path));
    fail_msg("no difference at %s", path);
    return NULL;
}

typedef struct {
    const char *from, *to, *path;
    compare_class class;
    const char *rule;
} change;

static void check_changes(const char *file, const change *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        arena a = {0};
        run r;
        compare_two(&r, NULL, text_of(file), changed(&a, file, list[i].from, list[i].to));
        const compare_difference *d = find(&r, list[i].path);
        if (d->class != list[i].class || !text_is(d->rule, list[i].rule))
            fail_msg("%s -> %s: %s, rule %.*s", list[i].from, list[i].to,
                     compare_class_word(d->class), TEXT_ARG(d->rule));
        assert_int_equal(r.result.compared, 1);
        assert_int_equal(r.result.matched, list[i].class != CLASS_DEFECT);
        arena_release(&r.memory);
        arena_release(&a);
    }
}

static void same_is_matched(void **state)
{
    run r;
    compare_two(&r, NULL, TEXT(ORDER), TEXT(ORDER));
    assert_int_equal(r.result.matched, 1);
    assert_int_equal(r.result.match, UNIT_PERCENT);
    assert_int_equal(r.result.pair[0].differences, 0);
    assert_text(r.result.pair[0].key, "850 4711");
    arena_release(&r.memory);
}

static void noise_is_noise(void **state)
{
    static const change list[] = {
        {"*260301*2210*U", "*260302*2210*U", "ISA.09", CLASS_NOISE, "x12.date"},
        {"*2210*U", "*0059*U", "ISA.10", CLASS_NOISE, "x12.time"},
        {"20260301*2210*77", "20260302*2210*77", "GS.04", CLASS_NOISE, "x12.date"},
        {"20260301*2210*77", "20260301*221059*77", "GS.05", CLASS_NOISE, "x12.time"},
        {"REF*DP*038~", "REF*DP*038***~", "ST[1].REF[1]", CLASS_NOISE, "x12.trailing_empty"},
        {"REF*DP*038~REF*IA*99~", "REF*IA*99~REF*DP*038~", "ST[1]", CLASS_NOISE, "x12.order"},
        {"*1.50*", "*1.5*", "ST[1].PO1[1].04", CLASS_NOISE, "x12.number"},
        {"*20*PE", "*20.00*PE", "ST[1].PO1[2].04", CLASS_NOISE, "x12.number"},
        {"CTT*2*", "CTT*02*", "ST[1].CTT.01", CLASS_NOISE, "x12.number"},
        {"N1*ST*NORTH*92*7~N3*1 MAIN ST~N4*ULM**89073*DE~N1*BT*HEAD OFFICE*92*1~",
         "N1*BT*HEAD OFFICE*92*1~N1*ST*NORTH*92*7~N3*1 MAIN ST~N4*ULM**89073*DE~", "ST[1]",
         CLASS_NOISE, "x12.order"},
    };
    check_changes(ORDER, list, sizeof list / sizeof *list);
}

static void control_numbers_go_in_pairs(void **state)
{
    arena a = {0};
    run r;
    text once = changed(&a, ORDER, "*000000101*0*P", "*000000555*0*P");
    text both = changed(&a, once.p, "IEA*1*000000101", "IEA*1*000000555");
    compare_two(&r, NULL, TEXT(ORDER), both);
    assert_int_equal(r.result.matched, 1);
    assert_text(find(&r, "ISA.13")->rule, "x12.control_number");
    arena_release(&r.memory);
    compare_two(&r, NULL, TEXT(ORDER), once);
    assert_int_equal(r.result.different, 1);
    assert_text(find(&r, "ISA[1].IEA.02")->rule, "fault 001");
    arena_release(&r.memory);
    arena_release(&a);
}

static void other_separators_are_noise(void **state)
{
    arena a = {0};
    run r;
    char *p = arena_copy(&a, ORDER, strlen(ORDER));
    for (char *c = p; *c; c++)
        *c = *c == '*' ? '|' : *c == '~' ? '\n' : *c == '>' ? '^' : *c;
    compare_two(&r, NULL, TEXT(ORDER), text_of(p));
    assert_int_equal(r.result.matched, 1);
    assert_text(find(&r, "ISA.separators")->rule, "x12.separators");
    arena_release(&r.memory);
    arena_release(&a);
}

/* "A|B" as data, and a modern side that separates by "|". */
static void data_that_holds_the_new_separator(void **state)
{
    arena a = {0};
    run r;
    text legacy = changed(&a, ORDER, "HEAD OFFICE", "HEAD|OFFICE");
    char *p = arena_copy(&a, legacy.p, legacy.n);
    for (char *c = p; *c; c++)
        *c = *c == '*' ? '|' : *c;
    compare_two(&r, NULL, legacy, text_of(p));
    assert_int_equal(r.result.different, 1);
    assert_int_equal(find(&r, "ST[1].N1[2].02")->class, CLASS_DEFECT);
    arena_release(&r.memory);
    arena_release(&a);
}

static void defects_are_defects(void **state)
{
    static const change list[] = {
        {"*ZZ*ACME ", "*14*ACME ", "ISA.05", CLASS_DEFECT, "value"},
        {"ACME           ", "ACMF           ", "ISA.06", CLASS_DEFECT, "value"},
        {"*01*004321987", "*12*004321987", "ISA.07", CLASS_DEFECT, "value"},
        {"004321987      ", "004321988      ", "ISA.08", CLASS_DEFECT, "value"},
        {"*0*P*", "*0*T*", "ISA.15", CLASS_DEFECT, "value"},
        {"*260301*2210*U", "*261301*2210*U", "ISA.09", CLASS_DEFECT, "x12.date"},
        {"GS*PO*ACME", "GS*PO*ACMX", "GS.02", CLASS_DEFECT, "value"},
        {"*X*004010~", "*X*005010~", "GS.08", CLASS_DEFECT, "value"},
        {"SE*15*", "SE*14*", "ISA[1].GS[1].ST[1].SE.01", CLASS_DEFECT, "fault AK5-4"},
        {"GE*1*", "GE*2*", "ISA[1].GS[1].GE.01", CLASS_DEFECT, "fault AK9-5"},
        {"GE*1*77", "GE*1*78", "ISA[1].GS[1].GE.02", CLASS_DEFECT, "fault AK9-4"},
        {"IEA*1*", "IEA*2*", "ISA[1].IEA.01", CLASS_DEFECT, "fault 021"},
        {"15*0001", "15*0002", "ISA[1].GS[1].ST[1].SE.02", CLASS_DEFECT, "fault AK5-3"},
        {"REF*DP", "REF*ZZ", "ST[1].REF[1].01", CLASS_DEFECT, "value"},
        {"BEG*00", "BEG*05", "ST[1].BEG.01", CLASS_DEFECT, "value"},
        {"*12*EA", "*12*CA", "ST[1].PO1[1].03", CLASS_DEFECT, "value"},
        {"*12*EA", "*-12*EA", "ST[1].PO1[1].02", CLASS_DEFECT, "value"},
        {"*1.50*", "*1.51*", "ST[1].PO1[1].04", CLASS_DEFECT, "value"},
        {"A-100>X", "A-100>Y", "ST[1].PO1[1].07.2", CLASS_DEFECT, "value"},
        {"HEAD OFFICE", "HEAD OFFIC", "ST[1].N1[2].02", CLASS_DEFECT, "value"},
        {"*20260310", "*20260311", "ST[1].DTM.02", CLASS_DEFECT, "value"},
        {"*038~", "*38~", "ST[1].REF[1].02", CLASS_DEFECT, "value"},
        {"CTT*2*15", "CTT*3*15", "ST[1].CTT.01", CLASS_DEFECT, "value"},
        {"CTT*2*15", "CTT*2*16", "ST[1].CTT.02", CLASS_DEFECT, "value"},
        {"REF*IA*99~", "", "ST[1].REF[2]", CLASS_DEFECT, "missing"},
        {"N1*BT*HEAD OFFICE*92*1~", "", "ST[1].N1[2]", CLASS_DEFECT, "missing"},
        {"PID*F****BOLT~", "", "ST[1].PO1[1].PID", CLASS_DEFECT, "missing"},
        {"CTT*2", "MSG*HELLO~CTT*2", "ST[1].PO1[2].MSG", CLASS_DEFECT, "extra"},
        {"PER*BD*JANE~DTM*002*20260310~", "DTM*002*20260310~PER*BD*JANE~", "ST[1]", CLASS_DEFECT,
         "order"},
    };
    check_changes(ORDER, list, sizeof list / sizeof *list);
}

#define INVOICE                                                                                    \
    ISA "GS*IN*ACME*004321987*20260301*2210*77*X*004010~ST*810*0001~"                              \
        "BIG*20260301*R-1~IT1*1*2*EA*12.34~TDS*2468~CTT*1~SE*6*0001~GE*1*77~IEA*1*000000101~"

static void implied_decimals_are_not_points(void **state)
{
    static const change list[] = {
        {"TDS*2468", "TDS*24.68", "ST[1].TDS.01", CLASS_DEFECT, "value"},
        {"TDS*2468", "TDS*2469", "ST[1].TDS.01", CLASS_DEFECT, "value"},
        {"TDS*2468", "TDS*-2468", "ST[1].TDS.01", CLASS_DEFECT, "value"},
        {"TDS*2468", "TDS*02468", "ST[1].TDS.01", CLASS_NOISE, "x12.number"},
    };
    check_changes(INVOICE, list, sizeof list / sizeof *list);
}

#define NOTICE                                                                                     \
    ISA "GS*SH*ACME*004321987*20260301*2210*77*X*004010~ST*856*0001~BSN*00*S1*20260301*1200~"      \
        "HL*1**S~TD1*CTN*2~HL*2*1*O~PRF*4711~HL*3*2*I~LIN**VP*A~HL*4*1*O~PRF*4712~HL*5*4*I~"       \
        "LIN**VP*B~CTT*5~SE*14*0001~GE*1*77~IEA*1*000000101~"

static void levels_are_a_tree(void **state)
{
    static const change list[] = {
        {"HL*5*4*I", "HL*5*2*I", "ST[1].HL[1].HL[2].HL[1]", CLASS_DEFECT, "missing"},
        {"HL*5*4*I", "HL*4*4*I", "ST[1].HL#5", CLASS_DEFECT, "x12.level"},
        {"HL*5*4*I", "HL*5*9*I", "ST[1].HL#5", CLASS_DEFECT, "x12.level"},
        {"LIN**VP*B", "LIN**VP*C", "ST[1].HL[1].HL[2].HL[1].LIN.03", CLASS_DEFECT, "value"},
        {"HL*3*2*I~LIN**VP*A~", "", "ST[1].HL[1].HL[1].HL[1]", CLASS_DEFECT, "missing"},
    };
    check_changes(NOTICE, list, sizeof list / sizeof *list);
}

/* Legacy counts wrongly; modern must not count wrongly in another way. */
static void a_fault_of_both_is_the_same_fault(void **state)
{
    static const char file[] = FILE_OF(BODY, "14");
    static const change other = {"SE*14", "SE*13", "ISA[1].GS[1].ST[1].SE.01", CLASS_DEFECT,
                                 "fault AK5-4"};
    check_changes(file, &other, 1);
    static const change mended = {"SE*14", "SE*15", "ISA[1].GS[1].ST[1].SE.01", CLASS_NOISE,
                                  "x12.fault_of_legacy"};
    check_changes(file, &mended, 1);
}

static text set_of(arena *a, const char *po, const char *control)
{
    return text_format(a, "ST*850*%s~BEG*00*SA*%s**20260301~CTT*0~SE*4*%s~", control, po, control);
}

static text batch(arena *a, const char *isa13, const char *const *po, size_t n)
{
    text out = text_format(a, "%.*s%s*0*P*>~GS*PO*A*B*20260301*2210*1*X*004010~",
                           (int)(strstr(ISA, "000000101") - ISA), ISA, isa13);
    for (size_t i = 0; i < n; i++) {
        text control = text_format(a, "%04zu", i + 1), set = set_of(a, po[i], control.p);
        out = text_format(a, "%.*s%.*s", TEXT_ARG(out), TEXT_ARG(set));
    }
    return text_format(a, "%.*sGE*%zu*1~IEA*1*%s~", TEXT_ARG(out), n, isa13);
}

static void batching_is_noise(void **state)
{
    arena a = {0};
    run r;
    const char *const po[] = {"1", "2", "3"}, *const back[] = {"3", "1"}, *const two[] = {"2"};
    compare_file l = {TEXT("all.edi"), batch(&a, "000000001", po, 3)};
    compare_file m[] = {{TEXT("b.edi"), batch(&a, "000000009", two, 1)},
                        {TEXT("a.edi"), batch(&a, "000000008", back, 2)}};
    compare_all(&r, NULL, &l, 1, m, 2);
    assert_int_equal(r.result.matched, 3);
    assert_int_equal(r.result.compared, 3);
    arena_release(&r.memory);
    arena_release(&a);
}

static void verdicts_are_separate(void **state)
{
    arena a = {0};
    run r;
    const char *const l_po[] = {"1", "2", "3"}, *const m_po[] = {"1", "3", "3", "4"};
    text key = TEXT("BEG03");
    compare_options o = {.key = &key, .keys = 1};
    compare_two(&r, &o, batch(&a, "000000001", l_po, 3), batch(&a, "000000001", m_po, 4));
    assert_int_equal(r.result.compared, 5);
    assert_int_equal(r.result.matched, 2);
    assert_int_equal(r.result.missing, 1);
    assert_int_equal(r.result.extra, 1);
    assert_int_equal(r.result.duplicate, 1);
    assert_int_equal(r.result.match, UNIT_PERCENT * 2 / 5);
    arena_release(&r.memory);
    arena_release(&a);
}

/* Three files a side, whose control numbers are `m` on the modern one. */
static void sequence(const char *const m[3], const compare_options *o, uint64_t different)
{
    static const char *const l[] = {"000000001", "000000002", "000000003"};
    static const char *const po[] = {"1", "2", "3"}, *const names[] = {"a", "b", "c"};
    arena a = {0};
    run r;
    compare_file legacy[3], modern[3];
    for (size_t i = 0; i < 3; i++) {
        legacy[i] = (compare_file){text_of(names[i]), batch(&a, l[i], &po[i], 1)};
        modern[i] = (compare_file){text_of(names[i]), batch(&a, m[i], &po[i], 1)};
    }
    compare_all(&r, o, legacy, 3, modern, 3);
    assert_int_equal(r.result.different, different);
    assert_int_equal(r.result.matched, 3 - different);
    arena_release(&r.memory);
    arena_release(&a);
}

static void control_numbers_rise(void **state)
{
    compare_constraint rising = {.ref = TEXT("ISA13"), .bound = BOUND_INCREASING};
    compare_options o = {.constrain = &rising, .constraints = 1};
    text isa13 = TEXT("ISA13");
    compare_options ignoring = {.ignore = &isa13, .ignores = 1};
    static const char *const fine[] = {"000000501", "000000502", "000000509"};
    static const char *const repeated[] = {"000000501", "000000501", "000000502"};
    static const char *const falling[] = {"000000501", "000000503", "000000502"};
    sequence(fine, NULL, 0);
    sequence(fine, &o, 0);
    sequence(repeated, NULL, 1);
    sequence(repeated, &o, 1);
    sequence(falling, NULL, 1);
    sequence(falling, &o, 1);
    sequence(falling, &ignoring, 0);
}

static void rules_bind(void **state)
{
    arena a = {0};
    run r;
    compare_constraint same = {.ref = TEXT("BEG05"), .bound = BOUND_SAME_DATE};
    text ref = TEXT("REF02");
    compare_options o = {.constrain = &same, .constraints = 1, .ignore = &ref, .ignores = 1};
    compare_two(&r, &o, TEXT(ORDER), changed(&a, ORDER, "4711**20260301", "4711**260301"));
    assert_int_equal(r.result.matched, 1);
    assert_int_equal(find(&r, "ST[1].BEG.05")->class, CLASS_CONSTRAINED);
    arena_release(&r.memory);
    compare_two(&r, &o, TEXT(ORDER), changed(&a, ORDER, "4711**20260301", "4711**20260302"));
    assert_int_equal(r.result.different, 1);
    assert_text(find(&r, "ST[1].BEG.05")->rule, "BEG05 same_date");
    arena_release(&r.memory);
    compare_two(&r, &o, TEXT(ORDER), changed(&a, ORDER, "*038~", "*039~"));
    assert_int_equal(r.result.matched, 1);
    assert_text(find(&r, "ST[1].REF[1].02")->rule, "ignore REF02");
    for (size_t i = 0; i < r.result.uses; i++)
        if (text_is(r.result.use[i].rule, "ignore REF02"))
            assert_int_equal(r.result.use[i].count, 1);
    arena_release(&r.memory);
    arena_release(&a);
}

static void json_by_meaning(void **state)
{
    static const char file[] =
        "{\"id\": 7, \"price\": 1.50, \"big\": 12345678901234567890123, "
        "\"items\": [{\"sku\": \"A\", \"n\": 1}, {\"sku\": \"B\", \"n\": 2}, "
        "{\"sku\": \"C\", \"n\": 3}], \"x\": null}";
    static const change list[] = {
        {"1.50", "1.5", "$.price", CLASS_NOISE, "json.number"},
        {"1.50", "15e-1", "$.price", CLASS_NOISE, "json.number"},
        {"1.50", "\"1.50\"", "$.price", CLASS_DEFECT, "type"},
        {"90123,", "90124,", "$.big", CLASS_DEFECT, "value"},
        {"\"n\": 2", "\"n\": 3", "$.items[1].n", CLASS_DEFECT, "value"},
        {"{\"sku\": \"A\", \"n\": 1}, ", "", "$.items[0]", CLASS_DEFECT, "missing"},
        {"\"x\": null", "\"x\": 0", "$.x", CLASS_DEFECT, "type"},
        {", \"x\": null", "", "$.x", CLASS_DEFECT, "missing"},
        {"\"id\": 7", "\"id\": 7, \"id\": 7", "$.id#2", CLASS_DEFECT, "duplicate key"},
    };
    check_changes(file, list, sizeof list / sizeof *list);
    run r;
    compare_two(&r, NULL, TEXT("{\"a\":1,\"b\":[1,2]}"), TEXT("{ \"b\" : [1, 2], \"a\" : 1 }"));
    assert_int_equal(r.result.matched, 1);
    assert_int_equal(r.result.pair[0].differences, 0);
    arena_release(&r.memory);
}

static void json_elements_as_documents(void **state)
{
    run r;
    text key = TEXT("$.orders[*].no"), ignored = TEXT("$.orders[*].at");
    text v = TEXT("$.orders[*].v");
    compare_options o = {.key = &key, .keys = 1}, hiding = {.key = &key, .keys = 1, .ignore = &v, .ignores = 1};
    compare_two(&r, &hiding, TEXT("{\"orders\":[{\"no\":1,\"v\":5}]}"),
                TEXT("{\"orders\":[{\"no\":1,\"v\":6}]}"));
    assert_int_equal(r.result.matched, 1);
    arena_release(&r.memory);
    compare_two(&r, &o, TEXT("{\"orders\":[{\"no\":1,\"v\":5},{\"no\":2,\"v\":6}]}"),
                TEXT("{\"orders\":[{\"no\":2,\"v\":6},{\"no\":1,\"v\":7},{\"no\":3,\"v\":1}]}"));
    assert_int_equal(r.result.matched, 1);
    assert_int_equal(r.result.different, 1);
    assert_int_equal(r.result.extra, 1);
    assert_text(r.result.pair[0].key, "1");
    assert_text(r.result.pair[0].difference[0].path, "$.orders[*].v");
    arena_release(&r.memory);
    compare_options p = {.ignore = &ignored, .ignores = 1};
    compare_two(&r, &p, TEXT("{\"orders\":[{\"at\":1}]}"), TEXT("{\"orders\":[{\"at\":2}]}"));
    assert_int_equal(r.result.matched, 1);
    arena_release(&r.memory);
}

#define LEDGER "account;amount;code\nA1;10.50;007\nA2;3.00;008\n\"A;3\";-1.00;009\n"

static void tables_by_column(void **state)
{
    static const change list[] = {
        {"10.50", "10.5", "row[1].amount", CLASS_NOISE, "csv.number"},
        {"10.50", "10.51", "row[1].amount", CLASS_DEFECT, "value"},
        {"-1.00", "1.00", "row[3].amount", CLASS_DEFECT, "value"},
        {"007", "7", "row[1].code", CLASS_DEFECT, "value"},
        {"A2;3.00;008\n", "", "row[2]", CLASS_DEFECT, "missing"},
        {"amount", "total", "header.amount", CLASS_DEFECT, "missing"},
    };
    check_changes(LEDGER, list, sizeof list / sizeof *list);
    run r;
    text key = TEXT("account");
    compare_options o = {.key = &key, .keys = 1};
    compare_two(&r, &o, TEXT(LEDGER),
                TEXT("code,account,amount\r\n009,A;3,-1\r\n008,A2,3\r\n007,A9,1\r\n"));
    assert_int_equal(r.result.matched, 2);
    assert_int_equal(r.result.missing, 1);
    assert_int_equal(r.result.extra, 1);
    arena_release(&r.memory);
}

static void what_cannot_be_read(void **state)
{
    run r;
    compare_two(&r, NULL, TEXT("{\"a\": 1}"), TEXT("{\"a\": 1"));
    assert_int_equal(r.result.unreadable, 1);
    assert_int_equal(r.result.match, 0);
    arena_release(&r.memory);
    compare_all(&r, NULL, NULL, 0, NULL, 0);
    assert_true(r.result.match == QUANTITY_NA);
    arena_release(&r.memory);
}

static void order_of_input_does_not_count(void **state)
{
    compare_file l[] = {{TEXT("b"), TEXT("{}")}, {TEXT("a"), TEXT("[1]")}};
    compare_file m[] = {{TEXT("a"), TEXT("[1]")}, {TEXT("b"), TEXT("{}")}};
    run r;
    compare_all(&r, NULL, l, 2, m, 2);
    assert_int_equal(r.result.matched, 2);
    assert_text(r.result.pair[0].key, "a");
    arena_release(&r.memory);
}

static void cards_are_masked(void **state)
{
    arena a = {0};
    assert_text(mask_text(&a, TEXT("pay 4111 1111 1111 1111 now")), "pay 4111 11** **** 1111 now");
    assert_text(mask_text(&a, TEXT("5500000000000004")), "550000******0004");
    assert_text(mask_text(&a, TEXT("4111111111111112")), "4111111111111112");
    assert_text(mask_text(&a, TEXT("9111111111111111")), "9111111111111111");
    assert_text(mask_text(&a, TEXT("123456")), "123456");
    /* By Luhn all three; the first is an article's number, the last too short for its issuer. */
    assert_text(mask_text(&a, TEXT("4006381334013")), "4006381334013");
    assert_text(mask_text(&a, TEXT("4006381333932")), "400638***3932");
    assert_text(mask_text(&a, TEXT("51000000000008")), "51000000000008");
    run r;
    compare_two(&r, NULL, TEXT("{\"c\":\"4111111111111111\"}"), TEXT("{\"c\":\"x\"}"));
    assert_text(r.result.pair[0].difference[0].legacy, "411111******1111");
    arena_release(&r.memory);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_is_matched),
        cmocka_unit_test(noise_is_noise),
        cmocka_unit_test(control_numbers_go_in_pairs),
        cmocka_unit_test(other_separators_are_noise),
        cmocka_unit_test(data_that_holds_the_new_separator),
        cmocka_unit_test(defects_are_defects),
        cmocka_unit_test(implied_decimals_are_not_points),
        cmocka_unit_test(levels_are_a_tree),
        cmocka_unit_test(a_fault_of_both_is_the_same_fault),
        cmocka_unit_test(batching_is_noise),
        cmocka_unit_test(verdicts_are_separate),
        cmocka_unit_test(control_numbers_rise),
        cmocka_unit_test(rules_bind),
        cmocka_unit_test(json_by_meaning),
        cmocka_unit_test(json_elements_as_documents),
        cmocka_unit_test(tables_by_column),
        cmocka_unit_test(what_cannot_be_read),
        cmocka_unit_test(order_of_input_does_not_count),
        cmocka_unit_test(cards_are_masked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
