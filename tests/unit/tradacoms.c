/* tradacoms.c: TRADACOMS in the model of EDIFACT: other words, counts, numbers of messages. */
#include "unit.h"

#include "stdlib/document/format.h"
#include "stdlib/edifact/edifact.h"

#define STX  "STX=ANA:1+5000000000000:A SHOP+5010000000000:A MAKER+270304:221000+R1+PASS+ORDHDR'"
#define HEAD "MHD=1+ORDHDR:9'TYP=0430+NEW-ORDERS'MTR=3'"
#define BODY "MHD=2+ORDERS:9'CLO=5000000000001::1'ORD=981::270304'MTR=4'"
#define END  "END=2'"

static edifact_file read_text(arena *a, const char *source)
{
    edifact_file f;
    edifact_read(a, text_of(source), &f);
    return f;
}

static void a_file_of_orders(void **state)
{
    arena a = {0};
    edifact_file f = read_text(&a, STX "\n" HEAD "\n" BODY "\n" END);
    assert_int_equal(f.faults, 0);
    assert_int_equal(f.interchange[0].dialect, EDIFACT_TRADACOMS);
    assert_int_equal(f.messages, 2);
    const edifact_message *m = &f.message[1];
    assert_text(edifact_type(&f, m), "ORDERS");
    assert_text(edifact_reference(&f, m), "2");
    assert_text(edifact_release(&a, &f, m), "9");
    text ord = edifact_find(&f, m, TEXT("ORD"));
    assert_text(edifact_message_value(&f, m, ord, 1, 1), "981");
    assert_text(edifact_interchange_reference(&f.interchange[0]), "R1");
    assert_string_equal(edifact_header_tag(EDIFACT_TRADACOMS, EDIFACT_GROUP), "BAT");
    assert_string_equal(edifact_trailer_tag(EDIFACT_TRADACOMS, EDIFACT_MESSAGE), "MTR");
    arena_release(&a);
}

static void fault_is(const char *source, const char *code, const char *path)
{
    arena a = {0};
    edifact_file f = read_text(&a, source);
    bool found = false;
    for (uint32_t i = 0; i < f.faults; i++)
        found |= text_is(f.fault[i].code, code) && text_is(f.fault[i].path, path);
    for (uint32_t i = 0; !found && i < f.faults; i++)
        print_error("%.*s %.*s\n", TEXT_ARG(f.fault[i].code), TEXT_ARG(f.fault[i].path));
    if (!found)
        fail_msg("no fault %s %s", code, path);
    arena_release(&a);
}

static void counts_and_numbers(void **state)
{
    fault_is(STX HEAD BODY "END=3'", "29", "STX[1].END.01");
    fault_is(STX HEAD "MHD=2+ORDERS:9'MTR=3'" END, "29", "STX[1].MHD[2].MTR.01");
    fault_is(STX HEAD "MHD=2+ORDERS:9'" END, "13", "STX[1].MHD[2].MTR");
    fault_is(STX HEAD "MHD=3+ORDERS:9'MTR=2'" END, "12", "STX[1].MHD[2].MHD.01");
    fault_is(STX HEAD BODY, "13", "STX[1].END");
    fault_is(STX "BAT=1'" HEAD "EOB=2'END=1'", "29", "STX[1].BAT[1].EOB.01");
    fault_is("MHD=1+ORDERS:9'MTR=2'", "13", "STX[1].STX");
}

static void kind(void **state)
{
    assert_int_equal(document_kind_of(TEXT(STX)), KIND_TRADACOMS);
    assert_int_equal(document_kind_of(TEXT("STX+ANA:1")), KIND_TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_of_orders),
        cmocka_unit_test(counts_and_numbers),
        cmocka_unit_test(kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
