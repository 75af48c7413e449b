/* x12_check.c and x12_ack*.c: the dictionary against sets that keep and break it; acknowledgments
 * read, and those that a file deserves. */
#include "unit.h"

#include "stdlib/x12/x12_ack.h"
#include "stdlib/x12/x12_layout.h"

#define ISA                                                                                        \
    "ISA*00*          *00*          *ZZ*ACME           *01*004321987      *260301*2210*U*00401"    \
    "*000000001*0*P*>~"
#define GS        "GS*PO*A*B*20260301*2210*7*X*004010~"
#define END       "GE*1*7~IEA*1*000000001~"
#define ORDER(x)  ISA GS "ST*850*0001~BEG*00*SA*4711**20260301~" x "PO1*1*5*EA*1.50~SE*5*0001~" END
#define SECOND(x) "ST*850*0002~BEG*00*SA*4712**20260301~" x "PO1*1*5*EA*1.50~SE*4*0002~"

static x12_notes notes_of(arena *a, x12_file *f, const char *source)
{
    x12_notes n;
    x12_read(a, text_of(source), f);
    x12_check(a, f, 0, f->sets, &n);
    return n;
}

/* The only note of an order with this segment in it, as code and path; "" for none. */
static void segment_gives(const char *segment, const char *code, const char *path)
{
    arena a = {0};
    x12_file f;
    buffer b = {0};
    buffer_printf(&b, ORDER("%s~"), segment);
    x12_notes n = notes_of(&a, &f, buffer_string(&b));
    if (n.notes != (*code ? 1 : 0))
        fail_msg("%s has %u notes", segment, n.notes);
    if (n.notes) {
        document_fault d = x12_note_fault(&a, &f, &n.note[0]);
        assert_text(d.code, code);
        assert_true(text_ends(d.path, text_of(path)));
        assert_int_equal(n.note[0].position, 3);
        assert_true(d.offset >= (size_t)(strstr(buffer_string(&b), segment) - b.p));
    }
    buffer_release(&b);
    arena_release(&a);
}

static void segments_against_their_layout(void **state)
{
    segment_gives("REF*DP*123", "", "");
    segment_gives("REF*DP", "AK4-2", "REF.02");
    segment_gives("REF**123", "AK4-1", "REF.01");
    segment_gives("REF*DP*1234567890123456789012345678901", "AK4-5", "REF.02");
    segment_gives("REF*D*123", "AK4-4", "REF.01");
    segment_gives("N1*ST*Store", "", "");
    segment_gives("N1*ST*Store*92", "AK4-2", "N1.04");
    segment_gives("DTM*002*20260229", "AK4-8", "DTM.02");
    segment_gives("DTM*002*260228", "AK4-4", "DTM.02");
    segment_gives("DTM*002*20260228*2560", "AK4-9", "DTM.03");
    segment_gives("DTM*002*20260228*2359", "", "");
    segment_gives("AMT*TT*12,50", "AK4-6", "AMT.02");
    segment_gives("AMT*TT*-12.50", "", "");
    segment_gives("AMT*TT*1.5E-3", "", "");
    segment_gives("AMT*TT*1.5E", "AK4-6", "AMT.02");
    segment_gives("AMT*TT*1*X", "AK4-7", "AMT.03");
    segment_gives("CTT*1.5", "AK4-6", "CTT.01");
    segment_gives("CTT*1*2*3*LB*4*LB*x*y", "AK4-3", "CTT.08");
    segment_gives("N3*a\tb", "AK4-6", "N3.01");
    segment_gives("ZZZ*anything", "", "");
    segment_gives("zz*1", "AK3-1", "zz");
}

static void only_from_004010_on(void **state)
{
    arena a = {0};
    x12_file f;
    x12_notes n =
        notes_of(&a, &f,
                 ISA "GS*PO*A*B*960301*2210*7*X*003050~ST*850*0001~BEG*00*SA*4711**960301~"
                     "DTM*002*960301***19~PO1*1*5*EA~SE*5*0001~" END);
    assert_int_equal(n.notes, 0);
    arena_release(&a);
}

static void has_note(const char *source, const char *code, const char *path)
{
    arena a = {0};
    x12_file f;
    x12_notes n = notes_of(&a, &f, source);
    bool found = false;
    for (uint32_t i = 0; i < n.notes; i++) {
        document_fault d = x12_note_fault(&a, &f, &n.note[i]);
        found |= text_is(d.code, code) && text_is(d.path, path);
    }
    if (!found)
        fail_msg("no %s at %s", code, path);
    arena_release(&a);
}

static void sets_against_their_frame(void **state)
{
    has_note(ISA GS "ST*850*0001~PO1*1*5~SE*3*0001~" END, "AK3-3", "ISA[1].GS[1].ST[1].BEG");
    has_note(ISA GS "ST*850*0001~PO1*1*5~BEG*00*SA*4711**20260301~SE*4*0001~" END, "AK3-7",
             "ISA[1].GS[1].ST[1].BEG");
    has_note(ISA GS "ST*850*0001~BEG*00*SA*4711**20260301~SE*3*0001~" END, "AK3-3",
             "ISA[1].GS[1].ST[1].PO1");
    has_note(ISA GS "ST*810*0001~BIG*20260301*1~TDS*1~SE*4*0001~" END, "AK5-6",
             "ISA[1].GS[1].ST[1].ST.01");
    has_note(ISA "GS*SH*A*B*20260301*2210*7*X*004010~ST*856*0001~BSN*00*11*20260301*2210~HL*1**S~"
                 "HL*3*1*O~SE*5*0001~" END,
             "AK4-7", "ISA[1].GS[1].ST[1].HL[2].01");
    has_note(ISA "GS*SH*A*B*20260301*2210*7*X*004010~ST*856*0001~BSN*00*11*20260301*2210~HL*1**S~"
                 "HL*2*5*O~SE*5*0001~" END,
             "AK4-7", "ISA[1].GS[1].ST[1].HL[2].02");
    has_note("ST*850*0001~BEG*00*SA*4711**20260301~PO1*1*x~SE*4*0001~", "AK4-6",
             "ISA[1].ST[1].PO1.02");
}

static void repetitions_are_judged_one_by_one(void **state)
{
    arena a = {0};
    x12_file f;
    x12_notes n = notes_of(
        &a, &f,
        "ISA*00*          *00*          *ZZ*ACME           *01*004321987      *260301*2210*^*00501"
        "*000000001*0*P*>~GS*PO*A*B*20260301*2210*7*X*005010~ST*850*0001~BEG*00*SA*4711**20260301~"
        "REF*DP*1^2^12345678901234567890123456789012345678901234567890X~PO1*1*5~SE*5*0001~" END);
    assert_int_equal(n.notes, 1);
    assert_int_equal(n.note[0].repeat, 3);
    assert_string_equal(n.note[0].code, "5");
    arena_release(&a);
}

/* What the lookups and the search for syntax notes rely on. */
static void rows_are_in_order(void **state)
{
    size_t rows, notes, first = 0;
    const x12_segment_rule *row = x12_layout_rows(&rows);
    const x12_syntax_rule *note = x12_syntax_rows(&notes);
    x12_layout_index index;
    x12_layout_index_make(&index);
    for (size_t i = 0; i < rows; i++) {
        assert_true(i == 0 || strcmp(row[i - 1].tag, row[i].tag) < 0);
        assert_ptr_equal(x12_layout_of(&index, x12_tag_code(text_of(row[i].tag))), &row[i]);
    }
    for (size_t i = 0; i < notes; i++) {
        while (first < rows && strcmp(row[first].tag, note[i].tag) < 0)
            first++;
        assert_string_equal(row[first].tag, note[i].tag);
        for (unsigned k = 0; k < sizeof note[i].element && note[i].element[k]; k++)
            assert_in_range(note[i].element[k], 1, row[first].elements);
    }
    assert_null(x12_layout_of(&index, x12_tag_code(TEXT("ZZZ"))));
}

static void acknowledgments_are_read(void **state)
{
    arena a = {0};
    x12_file f;
    x12_acks k;
    x12_read(&a,
             TEXT(ISA "TA1*000000007*260301*2210*R*001~GS*FA*A*B*20260301*2210*7*X*004010~"
                      "ST*997*0001~AK1*PO*9~AK2*850*0001~AK3*N1*5**8~AK4*3*66*7*XX~AK5*R*5~"
                      "AK2*850*0002~AK5*A~AK9*P*2*2*1~SE*10*0001~" END),
             &f);
    x12_ack_read(&a, &f, &k);
    static const char *const words[] = {
        "interchange 000000007 rejected: control numbers of header and trailer differ (001)",
        "group PO 9 accepted in part: 2 included, 2 received, 1 accepted",
        "transaction set 850 0001 rejected: segments in error (5)",
        "segment N1 at 5: segment has faulty elements (8)",
        "element 3: invalid code (7)",
        "transaction set 850 0002 accepted",
    };
    assert_int_equal(k.acks, 6);
    for (uint32_t i = 0; i < k.acks; i++)
        assert_text(x12_ack_words(&a, &k.ack[i]), words[i]);
    assert_text(k.ack[4].value, "XX");
    arena_release(&a);
}

/* What is written must itself hold no fault, and say of each part what is wanted. */
static void deserves(const char *source, x12_ack_kind kind, const char *wanted)
{
    arena a = {0};
    x12_file f, g;
    x12_acks k;
    buffer b = {0}, said = {0};
    const char *why;
    x12_ack_stamp stamp = {TEXT("20260302"), TEXT("0815"), 5};
    x12_read(&a, text_of(source), &f);
    assert_true(x12_ack_write(&a, &f, kind, &stamp, &b, &why));
    x12_read(&a, buffer_view(&b), &g);
    x12_notes n;
    x12_check(&a, &g, 0, g.sets, &n);
    if (g.faults || n.notes)
        fail_msg("faults in %s", buffer_string(&b));
    assert_text(text_trim(g.interchange[0].isa[6]), "004321987");
    assert_text(g.interchange[0].isa[13], "000000005");
    x12_ack_read(&a, &g, &k);
    for (uint32_t i = 0; i < k.acks; i++) {
        text one = x12_ack_words(&a, &k.ack[i]);
        buffer_printf(&said, "%.*s\n", TEXT_ARG(one));
    }
    assert_string_equal(buffer_string(&said), wanted);
    buffer_release(&b);
    buffer_release(&said);
    arena_release(&a);
}

static void acknowledgments_that_files_deserve(void **state)
{
    deserves(ORDER("REF*DP*1~"), ACK_997,
             "group PO 7 accepted: 1 included, 1 received, 1 accepted\n"
             "transaction set 850 0001 accepted\n");
    deserves(ORDER("DTM*002*20269999~"), ACK_999,
             "group PO 7 accepted with errors: 1 included, 1 received, 1 accepted\n"
             "transaction set 850 0001 accepted with errors: segments in error (5)\n"
             "segment DTM at 3: segment has faulty elements (8)\n"
             "element 2: invalid date (8)\n");
    deserves(ISA GS "ST*850*0001~BEG*00*SA*1**20260301~REF*DP~PO1*1~SE*5*0001~" SECOND(
                 "") "GE*2*7~IEA*1*000000001~",
             ACK_997,
             "group PO 7 accepted in part: 2 included, 2 received, 1 accepted\n"
             "transaction set 850 0001 rejected: segments in error (5)\n"
             "segment REF at 3: segment has faulty elements (8)\n"
             "element 2: element that others require is missing (2)\n"
             "transaction set 850 0002 accepted\n");
    /* The first has no trailer, the second a wrong count: each has its own. */
    deserves(ISA GS "ST*850*0001~BEG*00*SA*1**20260301~PO1*1~"
                    "ST*850*0002~BEG*00*SA*1**20260301~PO1*1~SE*9*0002~GE*2*7~IEA*1*000000001~",
             ACK_997,
             "group PO 7 rejected: 2 included, 2 received, 0 accepted\n"
             "transaction set 850 0001 rejected: trailer missing (2)\n"
             "transaction set 850 0002 rejected: number of segments does not match (4)\n");
    deserves(
        ISA GS SECOND("") "GE*3*8~IEA*1*000000001~", ACK_997,
        "group PO 7 rejected: 3 included, 1 received, 0 accepted, control numbers of group header "
        "and trailer differ (4), number of transaction sets does not match (5)\n"
        "transaction set 850 0002 accepted\n");
    deserves(ORDER("REF*DP*1~"), ACK_TA1, "interchange 000000001 accepted\n");
    deserves(
        ISA GS SECOND("") "GE*1*7~IEA*1*000000002~", ACK_TA1,
        "interchange 000000001 rejected: control numbers of header and trailer differ (001)\n");
}

static void nothing_to_acknowledge(void **state)
{
    arena a = {0};
    x12_file f;
    buffer b = {0};
    const char *why = "";
    x12_ack_stamp stamp = {TEXT("20260302"), TEXT("0815"), 1};
    x12_read(&a, TEXT("ST*850*0001~SE*2*0001~"), &f);
    assert_false(x12_ack_write(&a, &f, ACK_TA1, &stamp, &b, &why));
    assert_string_equal(why, "it has no interchange to acknowledge");
    x12_read(&a, TEXT(ISA "GS*FA*A*B*20260301*2210*7*X*004010~" END), &f);
    assert_false(x12_ack_write(&a, &f, ACK_997, &stamp, &b, &why));
    assert_int_equal(b.n, 0);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_against_their_layout),
        cmocka_unit_test(only_from_004010_on),
        cmocka_unit_test(sets_against_their_frame),
        cmocka_unit_test(repetitions_are_judged_one_by_one),
        cmocka_unit_test(rows_are_in_order),
        cmocka_unit_test(acknowledgments_are_read),
        cmocka_unit_test(acknowledgments_that_files_deserve),
        cmocka_unit_test(nothing_to_acknowledge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
