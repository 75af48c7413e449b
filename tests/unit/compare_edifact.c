/* compare_edifact.c: EDIFACT compared where files of text cannot show it: encodings, objects,
 * interactive interchanges, passwords, business numbers by message, and trees of groups. */
#include "unit.h"

#include "stdlib/compare/compare.h"
#include "stdlib/edifact/edifact.h"

#define UNB(level) "UNB+" level ":3+A+B+270304:2210+R1'"
#define MSG(body)  "UNH+1+ORDERS:D:96A:UN'BGM+220+4711+9'" body "UNT+4+1'UNZ+1+R1'"

static compare_result run(arena *a, text l, text m)
{
    compare_result r;
    compare_file x = {TEXT("x"), l}, y = {TEXT("y"), m};
    compare_input legacy = {&x, 1}, modern = {&y, 1};
    compare_options o = {0};
    compare_run(a, &o, &legacy, &modern, &r);
    return r;
}

/* One pair, whose only difference is of that class and rule and stands there. */
static void only(text l, text m, compare_class class, const char *rule, const char *path)
{
    arena a = {0};
    compare_result r = run(&a, l, m);
    assert_int_equal(r.pairs, 1);
    for (size_t i = 0; i < r.pair[0].differences && r.pair[0].differences != 1; i++)
        print_error("%.*s %.*s\n", TEXT_ARG(r.pair[0].difference[i].path),
                    TEXT_ARG(r.pair[0].difference[i].rule));
    assert_int_equal(r.pair[0].differences, 1);
    assert_int_equal(r.pair[0].difference[0].class, class);
    assert_text(r.pair[0].difference[0].rule, rule);
    assert_text(r.pair[0].difference[0].path, path);
    assert_int_equal(r.matched, class != CLASS_DEFECT);
    arena_release(&a);
}

static void one_text_in_two_encodings(void **state)
{
    arena a = {0};
    compare_result r = run(&a, TEXT(UNB("UNOC") MSG("NAD+BY+++M\xfcller'")),
                           TEXT(UNB("UNOW") MSG("NAD+BY+++M\xc3\xbcller'")));
    assert_int_equal(r.pair[0].differences, 2);
    assert_text(r.pair[0].difference[0].path, "UNB.01.1");
    assert_int_equal(r.pair[0].difference[0].class, CLASS_DEFECT);
    assert_text(r.pair[0].difference[1].rule, "edifact.encoding");
    assert_text(r.pair[0].difference[1].path, "UNH[1].NAD[1].04");
    arena_release(&a);
}

static void characters_that_got_lost(void **state)
{
    text l = TEXT(UNB("UNOC") MSG("NAD+BY+++M\xfcller'"));
    only(l, TEXT(UNB("UNOC") MSG("NAD+BY+++M?\?ller'")), CLASS_DEFECT, "lost character",
         "UNH[1].NAD[1].04");
    only(l, TEXT(UNB("UNOC") MSG("NAD+BY+++Muller'")), CLASS_DEFECT,
         "code page: letter without its mark", "UNH[1].NAD[1].04");
}

static void interactive_interchanges(void **state)
{
#define UI(dialogue, day, at, ref, said)                                                           \
    TEXT("UIB+UNOA:4+" dialogue "++++S+R+" day ":" at "'UIH+SCRIPT:10:6:X+" ref "'MSG+" said       \
         "'UIT+" ref "+3'UIZ+" dialogue "+1'")
    text l = UI("D1", "20270304", "2210", "M1", "1");
    only(l, UI("D2", "20270304", "2210", "M1", "1"), CLASS_NOISE, "edifact.reference", "UIB.02");
    only(l, UI("D1", "20270305", "2210", "M1", "1"), CLASS_NOISE, "edifact.date", "UIB.08.1");
    only(l, UI("D1", "20270304", "2211", "M1", "1"), CLASS_NOISE, "edifact.time", "UIB.08.2");
    only(l, UI("D1", "20270304", "2210", "M2", "1"), CLASS_NOISE, "edifact.reference",
         "UIH[1].UIH.02");
    only(l, UI("D1", "20270399", "2210", "M1", "1"), CLASS_DEFECT, "edifact.date", "UIB.08.1");
    only(l, UI("D1", "20270304", "2210", "M1", "2"), CLASS_DEFECT, "value", "UIH[1].MSG.01");
}

static void references_of_tradacoms(void **state)
{
#define TC(day, at, ref, said)                                                                     \
    TEXT("STX=ANA:1+1:A+2:B+" day ":" at "+" ref "'MHD=1+ORDERS:9'ORD=981::270304'DIN=" said       \
         "'MTR=4'END=1'")
    text l = TC("270304", "221000", "R1", "x");
    only(l, TC("270305", "221000", "R1", "x"), CLASS_NOISE, "edifact.date", "STX.04.1");
    only(l, TC("270304", "221001", "R1", "x"), CLASS_NOISE, "edifact.time", "STX.04.2");
    only(l, TC("270304", "221000", "R2", "x"), CLASS_NOISE, "edifact.reference", "STX.05");
    only(l, TC("270304", "221000", "R1", "y"), CLASS_DEFECT, "value", "MHD[1].DIN.01");
}

static void what_a_contract_does_not_keep(void **state)
{
    text l = TEXT(UNB("UNOC") MSG("DTM+2'"));
    only(l, TEXT("UNB+UNOC:3+A+B+270399:2210+R1'" MSG("DTM+2'")), CLASS_DEFECT, "edifact.date",
         "UNB.04.1");
    only(l, TEXT("UNB+UNOC:3+A+B+270304:2510+R1'" MSG("DTM+2'")), CLASS_DEFECT, "edifact.time",
         "UNB.04.2");
    only(l, TEXT("UNB+UNOC:3+A+C+270304:2210+R1'" MSG("DTM+2'")), CLASS_DEFECT, "value", "UNB.03");
}

static void passwords_are_not_shown(void **state)
{
    arena a = {0};
    compare_result r = run(&a, TEXT("UNB+UNOC:3+A+B+270304:2210+R1+SECRET'" MSG("DTM+2'")),
                           TEXT("UNB+UNOC:3+A+B+270304:2210+R1+OTHER'" MSG("DTM+2'")));
    assert_text(r.pair[0].difference[0].legacy, "(hidden)");
    assert_text(r.pair[0].difference[0].modern, "(hidden, another)");
    arena_release(&a);
}

static void objects(void **state)
{
#define OBJECT(bytes) TEXT("UNB+UNOA:4+A+B+20270304:2210+1'UNO+P1+X+D+3'" bytes "UNP+3+P1'UNZ+1+1'")
    only(OBJECT("\x89'+"), OBJECT("\x89'-"), CLASS_DEFECT, "value", "UNO");
}

static void business_numbers(void **state)
{
    arena a = {0};
    compare_result r = run(&a, TEXT(UNB("UNOC") MSG("DTM+2'")), TEXT(UNB("UNOC") MSG("DTM+2'")));
    assert_text(r.pair[0].key, "ORDERS 4711");
    r = run(&a, TC("270304", "221000", "R1", "x"), TC("270304", "221000", "R1", "x"));
    assert_text(r.pair[0].key, "ORDERS 981");
    arena_release(&a);
}

static compare_result run_two(arena *a, const text l[2], const text m[2],
                              const compare_constraint *k)
{
    compare_result r;
    compare_file x[] = {{TEXT("a"), l[0]}, {TEXT("b"), l[1]}};
    compare_file y[] = {{TEXT("a"), m[0]}, {TEXT("b"), m[1]}};
    compare_input legacy = {x, 2}, modern = {y, 2};
    compare_options o = {.constrain = k, .constraints = k ? 1 : 0};
    compare_run(a, &o, &legacy, &modern, &r);
    return r;
}

#define NUMBERED(ref, order)                                                                       \
    TEXT("UNB+UNOC:3+A+B+270304:2210+" ref "'UNH+1+ORDERS:D:96A:UN'BGM+220+" order                 \
         "'UNT+3+1'UNH+2+ORDERS:D:96A:UN'BGM+220+" order "X'UNT+3+2'UNZ+2+" ref "'")

static void references_from_file_to_file(void **state)
{
    arena a = {0};
    const text l[] = {NUMBERED("R1", "1"), NUMBERED("R2", "2")};
    const text again[] = {NUMBERED("R7", "1"), NUMBERED("R7", "2")};
    const text fresh[] = {NUMBERED("R9", "1"), NUMBERED("R8", "2")};
    compare_result r = run_two(&a, l, again, NULL);
    assert_int_equal(r.different, 2);
    assert_text(r.pair[2].difference[r.pair[2].differences - 1].rule, "edifact.reference repeated");
    r = run_two(&a, l, fresh, NULL);
    assert_int_equal(r.matched, 4);
    /* All messages of one interchange have its reference: that is one of it. */
    compare_constraint unique = {.ref = TEXT("UNB05"), .bound = BOUND_UNIQUE};
    r = run_two(&a, l, fresh, &unique);
    assert_int_equal(r.matched, 4);
    r = run_two(&a, l, again, &unique);
    assert_int_equal(r.different, 2);
    arena_release(&a);
}

/* A rule for X12 means nothing here, whatever segments there are. */
static void rules_of_another_standard(void **state)
{
    arena a = {0};
    const text l[] = {TEXT(UNB("UNOC") MSG("GS+1+2+3+4+5+6'")),
                      TEXT(UNB("UNOC") MSG("GS+1+2+3+4+5+5'"))};
    compare_constraint rising = {.ref = TEXT("GS06"), .bound = BOUND_INCREASING};
    compare_result r = run_two(&a, l, l, &rising);
    assert_int_equal(r.compared, 2);
    arena_release(&a);
}

/* The tree as text: a group in brackets behind the tag that opens it. */
static void tree_is(const char *body, const char *type, const char *wanted)
{
    arena a = {0};
    buffer b = {0};
    edifact_file f;
    document_tree t;
    edifact_read(&a, text_format(&a, UNB("UNOC") "UNH+1+%s:D:96A:UN'%sUNT+9+1'", type, body), &f);
    edifact_tree(&a, &f, &f.message[0], &t);
    uint32_t end[TREE_DEPTH], depth = 0;
    for (uint32_t i = 1; i < t.nodes; i++) {
        while (depth && end[depth - 1] == i) {
            buffer_char(&b, ')');
            depth--;
        }
        if (t.node[i].shape == SHAPE_GROUP) {
            buffer_char(&b, '(');
            end[depth++] = t.node[i].next;
        } else {
            buffer_printf(&b, "%.*s ", TEXT_ARG(t.node[i].name));
        }
    }
    while (depth--)
        buffer_char(&b, ')');
    assert_text(buffer_view(&b), wanted);
    buffer_release(&b);
    arena_release(&a);
}

static void segment_groups(void **state)
{
    tree_is("BGM'DTM'RFF'DTM'NAD'RFF'CTA'COM'NAD'CUX'LIN'PIA'QTY'PRI'RFF'LIN'NAD'LOC'UNS'MOA'CNT'",
            "ORDERS",
            "BGM DTM (RFF DTM )(NAD (RFF )(CTA COM ))(NAD )(CUX )"
            "(LIN PIA QTY (PRI )(RFF ))(LIN (NAD (LOC )))UNS MOA CNT ");
    tree_is("BGM'NAD'CPS'PAC'MEA'PCI'GIN'LIN'QTY'CPS'PAC'", "DESADV",
            "BGM (NAD )(CPS (PAC MEA (PCI GIN ))(LIN QTY ))(CPS (PAC ))");
    tree_is("BGM'UNS'NAD'LOC'DTM'LIN'PIA'QTY'DTM'DTM'QTY'DTM'", "MSCONS",
            "BGM UNS (NAD (LOC DTM (LIN PIA (QTY DTM DTM )(QTY DTM ))))");
    tree_is("UCI'UCM'UCS'UCD'UCM'", "CONTRL", "UCI (UCM (UCS UCD ))(UCM )");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_text_in_two_encodings),
        cmocka_unit_test(characters_that_got_lost),
        cmocka_unit_test(interactive_interchanges),
        cmocka_unit_test(references_of_tradacoms),
        cmocka_unit_test(what_a_contract_does_not_keep),
        cmocka_unit_test(passwords_are_not_shown),
        cmocka_unit_test(objects),
        cmocka_unit_test(business_numbers),
        cmocka_unit_test(references_from_file_to_file),
        cmocka_unit_test(rules_of_another_standard),
        cmocka_unit_test(segment_groups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
