/* edifact.c: the reader of EDIFACT: separators with UNA and without, envelopes and their faults,
 * character sets, lengths and numbers, files that were wrapped, objects, interactive interchanges.
 */
#include "unit.h"

#include "stdlib/edifact/edifact.h"
#include "stdlib/edifact/edifact_structure.h"
#include "stdlib/document/format.h"

#define UNB  "UNB+UNOC:3+ACME:14+NORDWIND:14+270304:2210+R1'"
#define BODY "BGM+220+4711+9'DTM+137:20270304:102'"
#define MSG  "UNH+1+ORDERS:D:96A:UN'" BODY "UNT+4+1'"
#define UNZ  "UNZ+1+R1'"

static edifact_file read_text(arena *a, text source)
{
    edifact_file f;
    edifact_read(a, source, &f);
    return f;
}

/* The file has that fault, at the first place where `at` stands; empty: at its end. */
static void one_fault(const char *source, const char *code, const char *path, const char *at)
{
    arena a = {0};
    edifact_file f = read_text(&a, text_of(source));
    bool found = false;
    for (uint32_t i = 0; i < f.faults; i++)
        found |=
            text_is(f.fault[i].code, code) && text_is(f.fault[i].path, path) &&
            f.fault[i].offset == (*at ? (size_t)(strstr(source, at) - source) : strlen(source));
    for (uint32_t i = 0; !found && i < f.faults; i++)
        print_error("%.*s at %zu %.*s: %.*s\n", TEXT_ARG(f.fault[i].code), f.fault[i].offset,
                    TEXT_ARG(f.fault[i].path), TEXT_ARG(f.fault[i].message));
    if (!found)
        fail_msg("no fault %s %s", code, path);
    arena_release(&a);
}

static void sound(const char *source)
{
    arena a = {0};
    edifact_file f = read_text(&a, text_of(source));
    for (uint32_t i = 0; i < f.faults; i++)
        print_error("%.*s at %zu %.*s: %.*s\n", TEXT_ARG(f.fault[i].code), f.fault[i].offset,
                    TEXT_ARG(f.fault[i].path), TEXT_ARG(f.fault[i].message));
    assert_int_equal(f.faults, 0);
    assert_true(f.messages > 0);
    arena_release(&a);
}

static void a_clean_interchange(void **state)
{
    arena a = {0};
    edifact_file f = read_text(&a, TEXT(UNB MSG UNZ));
    assert_int_equal(f.faults, 0);
    assert_int_equal(f.interchanges, 1);
    assert_int_equal(f.messages, 1);
    const edifact_message *m = &f.message[0];
    const edifact_separators *by = edifact_separators_of(&f, m);
    assert_int_equal(m->segments, 4);
    assert_true(m->closed);
    assert_text(f.interchange[0].syntax, "UNOC");
    assert_int_equal(f.interchange[0].version, 3);
    assert_text(edifact_interchange_reference(&f.interchange[0]), "R1");
    assert_text(edifact_header_element(&f.interchange[0], 2), "ACME:14");
    assert_text(edifact_type(&f, m), "ORDERS");
    assert_text(edifact_release(&a, &f, m), "D96A");
    assert_text(edifact_reference(&f, m), "1");
    assert_text(edifact_message_header(&f, m), "UNH+1+ORDERS:D:96A:UN");
    assert_text(edifact_message_trailer(&f, m), "UNT+4+1");
    assert_text(edifact_message_body(&f, m), BODY);
    text bgm = edifact_find(&f, m, TEXT("BGM"));
    assert_text(edifact_tag(bgm, by), "BGM");
    assert_text(edifact_message_value(&f, m, bgm, 2, 1), "4711");
    assert_text(edifact_message_value(&f, m, bgm, 4, 0), "");
    assert_int_equal(edifact_find(&f, m, TEXT("LIN")).n, 0);
    arena_release(&a);
}

static void release_characters(void **state)
{
    arena a = {0};
    edifact_file f =
        read_text(&a, TEXT(UNB "UNH+1+ORDERS:D:96A:UN'FTX+AAI+++ a?'b?\?'FTX+ZZZ+++c?+d?:e:f'"
                               "UNT+4+1'" UNZ));
    assert_int_equal(f.faults, 0);
    const edifact_message *m = &f.message[0];
    const edifact_separators *by = edifact_separators_of(&f, m);
    edifact_walk w;
    text t;
    edifact_walk_message(&w, &f, m);
    assert_true(edifact_next(&w, &t) && edifact_next(&w, &t));
    assert_text(t, "FTX+AAI+++ a?'b?\?");
    assert_text(edifact_value(&a, edifact_element(t, by, 4), by), " a'b?");
    assert_true(edifact_next(&w, &t));
    assert_int_equal(edifact_pieces(edifact_element(t, by, 4), by, ':'), 2);
    assert_text(edifact_value(&a, edifact_component(edifact_element(t, by, 4), by, 1), by),
                "c+d:e");
    assert_true(edifact_next(&w, &t));
    assert_false(edifact_next(&w, &t));
    arena_release(&a);
}

static void separators_named_by_una(void **state)
{
    arena a = {0};
    edifact_file f =
        read_text(&a, TEXT("UNA=*,! ~UNB*UNOC=3*A=14*B=14*270304=2210*R1~\r\n"
                           "UNH*1*ORDERS=D=96A=UN~BGM*220*O!*1~MOA*9=1,5~UNT*4*1~UNZ*1*R1~"));
    assert_int_equal(f.faults, 0);
    assert_text(f.interchange[0].una, "=*,! ~");
    const edifact_message *m = &f.message[0];
    text bgm = edifact_find(&f, m, TEXT("BGM"));
    assert_text(edifact_value(&a, edifact_element(bgm, edifact_separators_of(&f, m), 2),
                              edifact_separators_of(&f, m)),
                "O*1");
    arena_release(&a);
}

static void repetition_from_version_4_on(void **state)
{
    arena a = {0};
    edifact_file f = read_text(&a, TEXT("UNB+UNOC:3+A+B+270304:2210+1'" MSG "UNZ+1+1'"));
    assert_int_equal(f.interchange[0].separators.repetition, 0);
    f = read_text(&a, TEXT("UNA:+.?*'UNB+UNOC:3+A+B+270304:2210+1'" MSG "UNZ+1+1'"));
    assert_int_equal(f.interchange[0].separators.repetition, 0);
    f = read_text(&a, TEXT("UNB+UNOC:4+A+B+20270304:2210+1'" MSG "UNZ+1+1'"));
    assert_int_equal(f.faults, 0);
    assert_int_equal(f.interchange[0].separators.repetition, '*');
    f = read_text(&a, TEXT("UNA:+.?^'UNB+UNOC:4+A+B+20270304:2210+1'" MSG "UNZ+1+1'"));
    assert_int_equal(f.interchange[0].separators.repetition, '^');
    const edifact_separators *by = &f.interchange[0].separators;
    assert_text(edifact_repeat(TEXT("a^b?^c^d"), by, 2), "b?^c");
    arena_release(&a);
}

static void separators_without_una(void **state)
{
    /* Level B as it was first sent: IS3, IS1, IS4. */
    sound("UNB\x1dUNOB\x1f"
          "1\x1d"
          "A\x1d"
          "B\x1d"
          "270304\x1f"
          "2210\x1d"
          "1\x1cUNH\x1d"
          "1\x1dORDERS\x1f"
          "D\x1f"
          "96A\x1fUN\x1c"
          "BGM\x1d"
          "220\x1cUNT\x1d"
          "3\x1d"
          "1\x1cUNZ\x1d"
          "1\x1d"
          "1\x1c");
    one_fault("UNB*UNOC>3*A*B*270304>2210*1~UNH*1*ORDERS>D>96A>UN~BGM*220~UNT*3*1~UNZ*1*1~", "22",
              "UNB[1].UNB", "UNB*");
    one_fault("UNB+UNOC:3+A+B+270304:2210+1\nUNH+1+ORDERS:D:96A:UN\nBGM+220\nUNT+3+1\nUNZ+1+1\n",
              "22", "UNB[1].UNB", "UNB+");
}

static void line_breaks_belong_to_nobody(void **state)
{
    sound("\r\n" UNB "\r\n"
          "UNH+1+ORDERS:D:96A:UN'\r\n    BGM+220+4711+9'\n\nUNT+3+1'\n" UNZ "\r\n");
    one_fault(UNB "UNH+1+ORDERS:D:96A:UN'FTX+AAI+++one\ntwo'UNT+3+1'" UNZ, "21",
              "UNB[1].UNH[1].FTX@2", "\n");
}

static void a_wrapped_file(void **state)
{
    arena a = {0};
    const char *source =
        "UNB+UNOC:3+ACME:14\n+NORDWIND:14+2703\n04:2210+R1'UNH+1+\nORDERS:D:96A:UN'BG\n"
        "M+220+47#11+9'UNT+\n3+2'UNZ+1+R1'\n";
    edifact_file f = read_text(&a, text_of(source));
    assert_int_equal(f.messages, 1);
    text bgm = edifact_find(&f, &f.message[0], TEXT("BGM"));
    assert_text(edifact_element(bgm, edifact_separators_of(&f, &f.message[0]), 2), "47#11");
    assert_int_equal(edifact_offset(&f, bgm), strstr(source, "BG\nM") - source);
    arena_release(&a);
    one_fault(source, "28", "UNB[1].UNH[1].UNT.02", "UNT");
}

static void faults_of_envelopes(void **state)
{
    one_fault(UNB MSG "UNZ+2+R1'", "29", "UNB[1].UNZ.01", "UNZ+");
    one_fault(UNB MSG "UNZ+1+R2'", "28", "UNB[1].UNZ.02", "UNZ+");
    one_fault(UNB "UNH+1+ORDERS:D:96A:UN'" BODY "UNT+5+1'" UNZ, "29", "UNB[1].UNH[1].UNT.01",
              "UNT+");
    one_fault(UNB "UNH+1+ORDERS:D:96A:UN'" BODY "UNT+4+2'" UNZ, "28", "UNB[1].UNH[1].UNT.02",
              "UNT+");
    one_fault(UNB "UNH+1+ORDERS:D:96A:UN'" BODY UNZ, "13", "UNB[1].UNH[1].UNT", "UNZ+");
    one_fault(UNB UNZ, "32", "UNB[1].UNZ", "UNZ+");
    one_fault(UNB "BGM+220'" MSG UNZ, "33", "UNB[1].BGM", "BGM+220'");
    one_fault(UNB "UNT+2+1'" MSG UNZ, "33", "UNB[1].UNT", "UNT+2");
    one_fault(UNB MSG "UNH+1+INVOIC:D:96A:UN'UNT+2+1'UNZ+2+R1'", "26", "UNB[1].UNH[2].UNH.01",
              "UNH+1+INVOIC");
    one_fault(UNB MSG, "13", "UNB[1].UNZ", "");
    one_fault(MSG, "13", "UNB[1].UNB", "UNH");
    one_fault("rubbish\n" UNB MSG UNZ, "33", "", "rubbish");
    one_fault(UNB "UNH+1+ORDERS:D:96A:UN'order'UNT+3+1'" UNZ, "15", "UNB[1].UNH[1].ord@2", "order");
    one_fault(UNB "UNH+1+ORDERS:D:96A:UN''UNT+2+1'" UNZ, "15", "UNB[1].UNH[1]", "'UNT");
    one_fault("UNAabcdef" UNB, "33", "", "UNA");
    one_fault("UNA:+.?*+" UNB MSG UNZ, "20", "UNB[1].UNA", "UNA");
    one_fault("", "13", "", "");
}

static void faults_of_groups(void **state)
{
#define UNG "UNG+ORDERS+A+B+270304:2210+1+UN+D:96A'"
    sound(UNB UNG MSG "UNE+1+1'" UNZ);
    one_fault(UNB UNG MSG "UNE+2+1'" UNZ, "29", "UNB[1].UNG[1].UNE.01", "UNE");
    one_fault(UNB UNG MSG "UNE+1+2'" UNZ, "28", "UNB[1].UNG[1].UNE.02", "UNE");
    one_fault(UNB UNG MSG UNZ, "13", "UNB[1].UNG[1].UNE", "UNZ");
    one_fault(UNB UNG "UNE+0+1'" UNZ, "32", "UNB[1].UNG[1].UNE", "UNE");
    one_fault(UNB MSG UNG "UNH+1+ORDERS:D:96A:UN'UNT+2+1'UNE+1+1'" UNZ, "30", "UNB[1].UNG[1].UNG",
              "UNG");
    one_fault(UNB UNG MSG "UNH+2+INVOIC:D:96A:UN'UNT+2+2'UNE+2+1'" UNZ, "31",
              "UNB[1].UNG[1].UNH[2].UNH.02.1", "UNH+2");
}

static void what_values_must_be(void **state)
{
    one_fault("UNB+UNOC:3++B+270304:2210+R1'" MSG UNZ, "13", "UNB[1].UNB.02.1", "UNB");
    one_fault("UNB+UNOC:3+A+B+2703:2210+R1'" MSG UNZ, "40", "UNB[1].UNB.04.1", "2703:");
    one_fault("UNB+UNOC:3+A+B+27MAR4:2210+R1'" MSG UNZ, "37", "UNB[1].UNB.04.1", "27MAR4");
    one_fault("UNB+UNOC:3+A+B+270304:2210+123456789012345'" MSG "UNZ+1+123456789012345'", "39",
              "UNB[1].UNB.05", "123456789012345");
    one_fault(UNB "UNH+1+ORDERS:X:96A:UN'" BODY "UNT+4+1'" UNZ, "12", "UNB[1].UNH[1].UNH.02.2",
              "X:96A");
    one_fault("UNB+XXXX:3+A+B+270304:2210+R1'" MSG UNZ, "2", "UNB[1].UNB.01.1", "UNB");
    one_fault("UNB+UNOC:7+A+B+270304:2210+R1'" MSG UNZ, "2", "UNB[1].UNB.01.2", "UNB");
#define ONE(segment)   UNB "UNH+1+ORDERS:D:96A:UN'" segment "'UNT+3+1'" UNZ
#define COMMA(segment) "UNA:+,? '" ONE(segment)
    sound(ONE("MOA+9:1.5"));
    sound(ONE("MOA+9:-1,5"));
    sound(COMMA("MOA+9:1,5"));
    one_fault(COMMA("MOA+9:1.5"), "19", "UNB[1].UNH[1].MOA@2.01.2", "1.5");
    one_fault(ONE("MOA+9:1.5.0"), "19", "UNB[1].UNH[1].MOA@2.01.2", "1.5.0");
    one_fault(ONE("QTY+21:.5"), "38", "UNB[1].UNH[1].QTY@2.01.2", ".5");
    one_fault(ONE("QTY+21:10 PCE"), "37", "UNB[1].UNH[1].QTY@2.01.2", "10 PCE");
    one_fault(ONE("NAD+BUYER+1"), "39", "UNB[1].UNH[1].NAD@2.01", "BUYER");
    sound(UNB "UNH+1+ORDERS:D:04B:UN'QTY+21:ten'UNT+3+1'" UNZ); /* an..35 in later directories */
}

static void character_sets(void **state)
{
#define IN(level, said)                                                                            \
    "UNB+" level ":3+A+B+270304:2210+R1'UNH+1+ORDERS:D:96A:UN'FTX+AAI+++" said "'UNT+3+1'" UNZ
    sound(IN("UNOA", "ABC 123.,-()/=!%&*;<>"));
    one_fault(IN("UNOA", "Abc"), "21", "UNB[1].UNH[1].FTX@2.04.1", "bc'");
    sound(IN("UNOB", "Abc"));
    one_fault(IN("UNOB", "a@b"), "21", "UNB[1].UNH[1].FTX@2.04.1", "@");
    sound(IN("UNOC", "M\xfcller @ #"));
    one_fault(IN("UNOC", "M\x81ller"), "21", "UNB[1].UNH[1].FTX@2.04.1", "\x81");
    one_fault(IN("UNOF", "\xae"), "21", "UNB[1].UNH[1].FTX@2.04.1", "\xae");
    sound(IN("UNOD", "\xae"));
    sound(IN("UNOW", "M\xc3\xbcller"));
    one_fault(IN("UNOW", "M\xfcller"), "21", "UNB[1].UNH[1].FTX@2.04.1", "\xfc");
    sound(IN("UNOY", "\x81"));
    /* One fault for a segment, whatever is wrong in it. */
    arena a = {0};
    edifact_file f = read_text(&a, TEXT(IN("UNOA", "abc def")));
    assert_int_equal(f.faults, 1);
    arena_release(&a);
}

static void several_interchanges(void **state)
{
    arena a = {0};
    edifact_file f = read_text(
        &a, TEXT(UNB MSG UNZ "\nUNA:+.? '\nUNB+UNOC:3+ACME:14+NORDWIND:14+270304:2211+R2'" MSG
                             "UNZ+1+R2'" UNB MSG UNZ));
    assert_int_equal(f.interchanges, 3);
    assert_int_equal(f.messages, 3);
    assert_int_equal(f.faults, 1);
    assert_text(f.fault[0].code, "26");
    assert_text(f.fault[0].path, "UNB[3].UNB.05");
    f = read_text(&a, TEXT(UNB MSG "UNB+UNOC:3+A:14+B:14+270304:2211+R2'" MSG "UNZ+1+R2'"));
    assert_int_equal(f.interchanges, 2);
    assert_true(f.interchange[0].broken);
    arena_release(&a);
}

static void an_object_in_a_package(void **state)
{
    arena a = {0};
    const char *source =
        "UNB+UNOA:4+A+B+20270304:2210+1'UNO+P1+X:1+D+9'\x89PNG'\xff+:'UNP+9+P1'UNZ+1+1'";
    edifact_file f = read_text(&a, text_of(source));
    assert_int_equal(f.faults, 0);
    assert_int_equal(f.messages, 1);
    assert_true(f.message[0].package);
    assert_text(edifact_type(&f, &f.message[0]), "UNO");
    arena_release(&a);
    one_fault("UNB+UNOA:4+A+B+20270304:2210+1'UNO+P1+X:1+D+3'\x89PN"
              "UNP+4+P1'UNZ+1+1'",
              "29", "UNB[1].UNH[1].UNP.01", "UNP");
    one_fault("UNB+UNOA:4+A+B+20270304:2210+1'UNO+P1+X:1+D+999'\x89PN"
              "UNP+4+P1'UNZ+1+1'",
              "12", "UNB[1].UNH[1].UNO.04.1", "UNO+");
}

static void an_interactive_interchange(void **state)
{
    arena a = {0};
    const char *source =
        "UIB+UNOA:4+D1+++S1+R1:X+270304:2210'UIH+SCRIPT:10:6:X+M1'MSG+1'UIT+M1+3'UIZ+D1+1'";
    edifact_file f = read_text(&a, text_of(source));
    assert_int_equal(f.faults, 0);
    assert_int_equal(f.interchange[0].dialect, EDIFACT_INTERACTIVE);
    assert_text(edifact_type(&f, &f.message[0]), "SCRIPT");
    assert_text(edifact_reference(&f, &f.message[0]), "M1");
    arena_release(&a);
    one_fault("UIB+UNOA:4+D1'UIH+SCRIPT:1:1+M1'MSG+1'UIT+M1+4'UIZ+D1+1'", "29",
              "UIB[1].UIH[1].UIT.02", "UIT");
}

static void faults_are_limited(void **state)
{
    arena a = {0};
    buffer b = {0};
    buffer_cstr(&b, UNB);
    for (int i = 0; i < 5000; i++)
        buffer_cstr(&b, "X'");
    edifact_file f = read_text(&a, buffer_view(&b));
    assert_int_equal(f.faults, EDIFACT_FAULTS_MOST);
    assert_true(f.faults_omitted >= 4000);
    buffer_release(&b);
    arena_release(&a);
}

static void kinds_told_from_bytes(void **state)
{
    assert_int_equal(document_kind_of(TEXT("UNA:+.? 'UNB+UNOA:1'")), KIND_EDIFACT);
    assert_int_equal(document_kind_of(TEXT("\xef\xbb\xbf\nUNB+UNOA:1'")), KIND_EDIFACT);
    assert_int_equal(document_kind_of(TEXT("UNH+1+ORDERS:D:96A'")), KIND_EDIFACT);
    assert_int_equal(document_kind_of(TEXT("UIB+UNOA:1'")), KIND_EDIFACT);
    assert_int_equal(document_kind_of(TEXT("UNH 1 ORDERS")), KIND_TEXT);
    assert_int_equal(document_kind_of(TEXT("UNBELIEVABLE")), KIND_TEXT);
}

static void codes_in_words(void **state)
{
    assert_string_equal(edifact_error_words(TEXT("29")), "control count does not match");
    assert_null(edifact_error_words(TEXT("999")));
}

/* Rows are notation: each must read into items that stand one in another. */
static void every_row_of_the_dictionary_reads(void **state)
{
    (void)state;
    arena a = {0};
    for (size_t row = 0; row < EDIFACT_STRUCTURES; row++) {
        const edifact_structure *s = edifact_structure_of(&a, row);
        assert_int_equal(edifact_structure_row(text_of(s->type)), row);
        assert_true(s->items > 1);
        assert_int_equal(s->item[0].next, s->items);
        for (uint16_t i = 1; i < s->items; i++) {
            const edifact_item *item = &s->item[i];
            assert_int_equal(strlen(item->tag), 3);
            for (int k = 0; k < 3; k++)
                assert_true(item->tag[k] >= 'A' && item->tag[k] <= 'Z');
            assert_true(item->next > i && item->next <= s->items);
            assert_true(item->group || item->next == i + 1);
            assert_true(item->most >= 1);
        }
    }
    arena_release(&a);
}

/* Ways through a message whose first possible place is not the right one, and a message that none
 * of the ways leads through: BAPLIE's LOC may belong to the transport or open a location. */
static void all_ways_are_tried(void **state)
{
    (void)state;
    arena a = {0};
    const edifact_structure *is = edifact_structure_of(&a, edifact_structure_row(TEXT("BAPLIE")));
    edifact_file f = read_text(
        &a, TEXT("UNH+1+BAPLIE:D:95B:UN'BGM'DTM+1'TDT+1'LOC+5'LOC+61'DTM+1'LOC+147'FTX+1'MEA+1'"
                 "LOC+9'RFF+1:1'UNT+13+1'UNH+2+BAPLIE:D:95B:UN'BGM'DTM+1'TDT+1'MEA+1'UNT+6+2'"));
    const uint32_t segments[] = {11, 4};
    for (uint32_t i = 0; i < 2; i++) {
        edifact_walk w;
        text header;
        edifact_walk_message(&w, &f, &f.message[i]);
        edifact_next(&w, &header);
        assert_int_equal(edifact_fits(is, w, segments[i], true), i == 0);
    }
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clean_interchange),     cmocka_unit_test(release_characters),
        cmocka_unit_test(separators_named_by_una), cmocka_unit_test(repetition_from_version_4_on),
        cmocka_unit_test(separators_without_una),  cmocka_unit_test(line_breaks_belong_to_nobody),
        cmocka_unit_test(a_wrapped_file),          cmocka_unit_test(faults_of_envelopes),
        cmocka_unit_test(faults_of_groups),        cmocka_unit_test(what_values_must_be),
        cmocka_unit_test(character_sets),          cmocka_unit_test(several_interchanges),
        cmocka_unit_test(an_object_in_a_package),  cmocka_unit_test(an_interactive_interchange),
        cmocka_unit_test(faults_are_limited),      cmocka_unit_test(kinds_told_from_bytes),
        cmocka_unit_test(codes_in_words),
        cmocka_unit_test(every_row_of_the_dictionary_reads),
        cmocka_unit_test(all_ways_are_tried),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
