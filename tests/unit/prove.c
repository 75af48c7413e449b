/* prove.c: what is taken out of a copy, or is there twice, leaves no count and no total that says so:
 * every record, loop and document of files of each format that counts. */
#include "unit.h"

#include "stdlib/compare/compare_edifact.h"
#include "stdlib/compare/compare_x12.h"

#define X12                                                                                        \
    "ISA*00*          *00*          *ZZ*ACME           *01*004321987      "                        \
    "*260301*2210*U*00401*000000101*0*P*>~GS*PO*A*B*20260301*2210*77*X*004010~"                    \
    "ST*850*0001~BEG*00*SA*4711**20260301~N1*ST*NORTH*92*7~PO1*1*12*EA*1.50*PE*VP*A-100~"          \
    "PID*F****BOLT~PO1*2*3*CA*20*PE*VP*B-200~CTT*2~SE*8*0001~"                                     \
    "ST*850*0002~BEG*00*SA*4712**20260301~SE*3*0002~GE*2*77~IEA*1*000000101~"
#define EDIFACT                                                                                    \
    "UNB+UNOA:3+ACME+NORTH+260301:2210+101'UNG+ORDERS+A+B+260301:2210+9+UN+D:96A'"                 \
    "UNH+1+ORDERS:D:96A:UN'BGM+220+4711+9'LIN+1++A-100:SA'QTY+21:12'PRI+AAA:12,50'LIN+2++B:SA'"    \
    "QTY+21:3'UNS+S'CNT+2:2'UNT+10+1'UNH+2+ORDERS:D:96A:UN'BGM+220+4712+9'UNT+3+2'UNE+2+9'"        \
    "UNZ+1+101'"
#define TRADACOMS                                                                                  \
    "STX=ANA:1+5000:ACME+5001:NORTH+260301:221000+101'MHD=1+ORDHDR:9'TYP=0430+NEW-ORDERS'"         \
    "SDT=5000:ACME'CDT=5001:NORTH'FIL=1+1+260301'MTR=6'MHD=2+ORDERS:9'CLO=5002:7'"                 \
    "ORD=4711::260301'OLD=1+5010'OTR=1'MTR=6'MHD=3+ORDTLR:9'OFT=1'MTR=3'END=3'"
#define NACHA                                                                                      \
    "101 121042882 1210428822611302210A094101FERRY BANK             ACME MANUFACTURING             \n" \
    "5220ACME MANUFACTURI                    1210428820PPDPAYROLL   261130261201   1121042880000001\n" \
    "6221210428821234567          0000150000ACME-0001      ANN BAKER               0121042880000001\n" \
    "6221210428827654321          0000098700ACME-0002      CARL DAVIS              0121042880000002\n" \
    "822000000200242085760000000000000000002487001210428820                         121042880000001\n" \
    "9000001000001000000020024208576000000000000000000248700                                       \n"
#define BAI2                                                                                       \
    "01,122099999,123456789,260301,2210,1,80,1,2/\n02,031001234,122099999,1,260301,2210,USD,2/\n" \
    "03,0123456789,USD,010,500000,,,015,501234,,/\n16,165,1234,0,A1,B1,SALARY/\n"                 \
    "49,1002468,3/\n98,1002468,1,5/\n99,1002468,1,7/\n"

typedef struct {
    document_kind kind;
    const char *bytes;
    void (*places)(arena *a, const document_file *f, prove_places *out);
    text (*repair)(arena *a, const compare_options *o, text bytes);
    const char *counts[4]; /* codes of the faults of counts */
} sample;

static const sample samples[] = {
    {KIND_X12, X12, compare_x12_places, compare_x12_repair, {"AK5-4", "AK9-5", "021"}},
    {KIND_EDIFACT, EDIFACT, compare_edifact_places, compare_edifact_repair, {"29"}},
    {KIND_TRADACOMS, TRADACOMS, compare_edifact_places, compare_edifact_repair, {"29"}},
    {KIND_FIXED, NACHA, compare_fixed_places, compare_fixed_repair, {"control"}},
    {KIND_FIXED, BAI2, compare_fixed_places, compare_fixed_repair, {"control"}},
};

static void read_sample(arena *a, const sample *s, text bytes, document_file *f)
{
    document_read_data(a, TEXT("sample"), bytes, s->kind, NULL, f);
}

static const document_fault *count_fault(const sample *s, const document_file *f)
{
    for (uint32_t i = 0; i < f->faults; i++)
        for (size_t k = 0; k < 4 && s->counts[k]; k++)
            if (text_is(f->fault[i].code, s->counts[k]))
                return &f->fault[i];
    return NULL;
}

static void counts_agree(arena *a, const sample *s, text bytes, const char *what)
{
    document_file f;
    read_sample(a, s, bytes, &f);
    const document_fault *wrong = count_fault(s, &f);
    if (wrong)
        fail_msg("%s: %.*s %.*s\n%.*s", what, TEXT_ARG(wrong->path), TEXT_ARG(wrong->message),
                 TEXT_ARG(bytes));
}

static text edited(arena *a, const sample *s, text bytes, const prove_place *x, bool twice)
{
    static const compare_options none;
    prove_edit edit = {twice ? x->end : x->start, x->end,
                       twice ? text_slice(bytes, x->start, x->end) : (text){0}};
    return s->repair(a, &none, prove_edited(a, bytes, &edit, 1));
}

static void check_sample(const sample *s, size_t least)
{
    arena a = {0};
    document_file f;
    text bytes = text_of(s->bytes);
    prove_places places = {.bytes = bytes};
    size_t taken = 0;
    read_sample(&a, s, bytes, &f);
    counts_agree(&a, s, bytes, "the sample");
    s->places(&a, &f, &places);
    for (size_t i = 0; i < places.list.n; i++) {
        const prove_place *x = &places.list.p[i];
        if (x->where > PLACE_RECORD)
            continue;
        counts_agree(&a, s, edited(&a, s, bytes, x, false), "taken out");
        counts_agree(&a, s, edited(&a, s, bytes, x, true), "there twice");
        taken++;
    }
    assert_in_range(taken, least, 100);
    vec_release(&places.list);
    arena_release(&a);
}

static void counts_are_made_right(void **state)
{
    static const size_t least[] = {8, 9, 12, 5, 2};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        check_sample(&samples[i], least[i]);
}

/* What is sound stays as it is; without a repair, a lost segment would be told by its trailer. */
static void a_repair_is_needed(void **state)
{
    static const char *const lost[] = {"PID", "QTY+21:3'", "OLD=1+5010'", "6221210428827654321",
                                       "16,165"};
    static const compare_options none;
    arena a = {0};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const sample *s = &samples[i];
        text bytes = text_of(s->bytes);
        document_file f;
        assert_true(text_equal(s->repair(&a, &none, bytes), bytes));
        size_t start = (size_t)(strstr(s->bytes, lost[i]) - s->bytes);
        size_t end = start + strcspn(s->bytes + start, "~'\n") + 1;
        read_sample(&a, s, prove_edited(&a, bytes, &(prove_edit){start, end, {0}}, 1), &f);
        if (!count_fault(s, &f))
            fail_msg("%s: nothing counts it", lost[i]);
    }
    arena_release(&a);
}

static size_t places_of(const sample *s, prove_where where, text *first)
{
    arena a = {0};
    document_file f;
    prove_places places = {.bytes = text_of(s->bytes)};
    size_t n = 0;
    read_sample(&a, s, places.bytes, &f);
    s->places(&a, &f, &places);
    for (size_t i = 0; i < places.list.n; i++)
        if (places.list.p[i].where == where && n++ == 0)
            *first = text_slice(places.bytes, places.list.p[i].start, places.list.p[i].end);
    vec_release(&places.list);
    arena_release(&a);
    return n;
}

static void values_are_places(void **state)
{
    text first;
    assert_int_equal(places_of(&samples[1], PLACE_AMOUNT, &first), 1);
    assert_text(first, "12,50");
    assert_int_equal(places_of(&samples[1], PLACE_LOOP, &first), 3);
    assert_text(first, "LIN+1++A-100:SA'QTY+21:12'PRI+AAA:12,50'");
    /* Amounts of entries; not those of the totals that are made right. */
    assert_int_equal(places_of(&samples[3], PLACE_AMOUNT, &first), 2);
    assert_text(first, "0000150000");
    assert_int_equal(places_of(&samples[3], PLACE_DOCUMENT, &first), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_made_right),
        cmocka_unit_test(a_repair_is_needed),
        cmocka_unit_test(values_are_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
