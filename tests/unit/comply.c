/* comply.c: what a scan says of a file beyond what golden cases show: offsets of the file as it
 * came, limits, what lies between documents. */
#include "unit.h"

#include "stdlib/comply/comply.h"

static comply_report scan(arena *a, const char *name, text bytes, document_kind kind)
{
    document_file *f = arena_new(a, document_file);
    comply_report r;
    document_read(a, text_of(name), bytes, kind, f);
    comply_scan(a, f, &r);
    return r;
}

static void found(const comply_report *r, uint32_t at, const char *code, size_t offset,
                  const char *path)
{
    assert_true(at < r->findings);
    assert_string_equal(identifier_of(r->finding[at].id)->code, code);
    assert_int_equal(r->finding[at].offset, offset);
    assert_text(r->finding[at].path, path);
}

/* Every second byte of UTF-16 is NUL here, behind a byte order mark. */
static void utf16(void **state)
{
    static const char plain[] = "card no. 4111111111111111";
    char wide[2 * sizeof plain] = "\xff\xfe";
    arena a = {0};
    for (size_t i = 0; i + 1 < sizeof plain; i++) {
        wide[2 + 2 * i] = plain[i];
        wide[3 + 2 * i] = 0;
    }
    comply_report r = scan(&a, "f", (text){wide, 2 * sizeof plain}, KIND_UNKNOWN);
    assert_int_equal(r.findings, 1);
    found(&r, 0, "card.number", 2 + 2 * 9, "line[1]");
    assert_int_equal(r.verdict[REGIME_AT_PCI_DSS], COMPLY_FAIL);
    assert_int_equal(r.verdict[REGIME_AT_HIPAA], COMPLY_PASS);
    arena_release(&a);
}

/* A file cut into lines of one width is read without them; a number that a cut goes through has its
 * offset all the same. */
static void wrapped_edifact(void **state)
{
    static const char whole[] = "UNB+UNOC:3+4012345000009:14+4098765000010:14+270304:2210+REF1'"
                                "UNH+1+ORDERS:D:96A:UN'BGM+220+4711+9'"
                                "FTX+AAI+++card 4111 1111 1111 1111'UNT+4+1'UNZ+1+REF1'";
    enum { WIDTH = 40 };
    char lines[2 * sizeof whole];
    size_t n = 0, at = 0;
    arena a = {0};
    for (size_t i = 0; i + 1 < sizeof whole; i++) {
        if (i && i % WIDTH == 0)
            lines[n++] = '\n';
        if (!at && strncmp(whole + i, "4111", 4) == 0)
            at = n;
        lines[n++] = whole[i];
    }
    comply_report r = scan(&a, "f", (text){lines, n}, KIND_EDIFACT);
    assert_int_equal(r.findings, 1);
    found(&r, 0, "card.number", at, "UNB[1].UNH[1].FTX@3.04.1");
    arena_release(&a);
}

static void between_sets(void **state)
{
    arena a = {0};
    comply_report r =
        scan(&a, "f",
             TEXT("ISA*00*          *00*          *ZZ*A              *ZZ*B              "
                  "*260301*2210*U*00401*000000001*0*P*>~GS*PO*4111111111111111*B*20260301*2210*1*X*"
                  "004010~NTE**5500000000000004~ST*850*0001~BEG*00*SA*1**20260301~SE*3*0001~GE*1*1~"
                  "IEA*1*000000001~NTE**4111 1111 1111 1111~"),
             KIND_X12);
    assert_int_equal(r.findings, 2);
    assert_text(r.finding[0].path, "NTE.02");
    assert_int_equal(r.finding[0].evidence, EVIDENCE_LIKELY);
    assert_text(r.finding[1].path, "NTE.02");
    arena_release(&a);
}

/* Memory is bound by what is kept; verdicts and counts are of everything. */
static void many(void **state)
{
    enum { LINES = 3000 };
    arena a = {0};
    buffer b = {0};
    for (int i = 0; i < LINES; i++)
        buffer_cstr(&b, "4111111111111111\n");
    buffer_cstr(&b, "4111 1111 1111 1111\n");
    comply_report r = scan(&a, "f", buffer_view(&b), KIND_TEXT);
    assert_int_equal(r.findings, COMPLY_FINDINGS_MOST);
    assert_int_equal(r.omitted, LINES + 1 - COMPLY_FINDINGS_MOST);
    assert_int_equal(r.likely[ID_CARD], LINES);
    assert_int_equal(r.certain[ID_CARD], 1);
    assert_int_equal(r.verdict[REGIME_AT_PCI_DSS], COMPLY_FAIL);
    found(&r, 999, "card.number", 999 * 17, "line[1000]");
    buffer_release(&b);
    arena_release(&a);
}

static void names_first(void **state)
{
    arena a = {0};
    comply_report r = scan(&a, "in/ssn_123456789.txt", TEXT("123-45-6789"), KIND_TEXT);
    assert_int_equal(r.findings, 2);
    found(&r, 0, "us.ssn", 7, "name");
    found(&r, 1, "us.ssn", 0, "line[1]");
    arena_release(&a);
}

static void nothing(void **state)
{
    arena a = {0};
    static const document_kind kinds[] = {KIND_X12,  KIND_EDIFACT, KIND_TRADACOMS,
                                          KIND_JSON, KIND_XML,     KIND_FIXED,
                                          KIND_CSV,  KIND_TEXT,    KIND_BYTES};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        comply_report r = scan(&a, "", TEXT(""), kinds[i]);
        assert_int_equal(r.findings, 0);
        /* Nothing is a text, and an empty table, and nothing else. */
        assert_int_equal(comply_passes(&r), kinds[i] == KIND_TEXT || kinds[i] == KIND_CSV);
    }
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utf16), cmocka_unit_test(wrapped_edifact), cmocka_unit_test(between_sets),
        cmocka_unit_test(many),  cmocka_unit_test(names_first),     cmocka_unit_test(nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
