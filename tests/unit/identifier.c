/* identifier.c: each kind of identifier: one that is, and near misses that are not; how it is found
 * in text, and what masking leaves. The numbers are specimens that authorities publish, or made. */
#include "unit.h"

#include "stdlib/document/mask.h"
#include "stdlib/identifier/identifier_check.h"
#include "stdlib/identifier/identifier_names.h"

static const struct {
    const char *is[4], *not [6];
} samples[ID_COUNT] = {
    [ID_CARD] = {{"4111111111111111", "3782 822463 10005", "6011-1111-1111-1117",
                  "2221000000000009"},
                 {"4111111111111112", "9111111111111111", "411111111111", "4006381333931",
                  "0000000000000000", "2220990000000005"}},
    [ID_TRACK] = {{";4111111111111111=25121011234?", "%B4111111111111111^DOE/JOHN^2512101?"},
                  {";4111111111111112=25121011234?", "4111111111111111", "%B^DOE/JOHN^2512"}},
    [ID_CVV] = {{"123", "0042"}, {"12", "12345", "12a"}},
    [ID_US_SSN] = {{"123-45-6789", "123456789", "001 01 0001"},
                   {"000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000",
                    "078-05-1120"}},
    [ID_US_ITIN] = {{"912-70-1234", "999881234"},
                    {"912-49-1234", "912-66-1234", "912-89-1234", "912-93-1234", "812-70-1234"}},
    [ID_CA_SIN] = {{"130 692 544", "130692544"},
                   {"130 692 545", "046 454 286", "800000002", "111111111"}},
    [ID_UK_NINO] = {{"AB123456C", "ab 12 34 56 d"},
                    {"QQ123456C", "AB123456E", "GB123456A", "AO123456A", "AB12345C"}},
    [ID_DE_TAX] = {{"86095742719", "47 036 892 816", "65929970489"},
                   {"86095742718", "06095742719", "12345678903", "11111111110"}},
    [ID_DE_PENSION] = {{"15070649C103", "15 070649 C 103"},
                       {"15070649C104", "15071349C103", "150706499103", "00070649C103"}},
    [ID_FR_NIR] = {{"1 85 05 78 006 084 91", "255081416802538"},
                   {"1 85 05 78 006 084 92", "185137800608467", "585057800608491"}},
    [ID_ES_DNI] = {{"12345678Z", "12345678-z", "X1234567L"},
                   {"12345678A", "X1234567M", "W1234567L", "1234567Z"}},
    [ID_IT_CF] = {{"RSSMRA85T10A562S", "mrtmtt91d08f205j"},
                  {"RSSMRA85T10A562T", "RSSMRA85F10A562S", "RSSMR185T10A562S"}},
    [ID_NL_BSN] = {{"111222333", "123456782"}, {"111222334", "123456789", "000000000"}},
    [ID_BE_NRN] = {{"85.07.30-033.28", "85073003328"},
                   {"85.07.30-033.29", "85.57.30-033.28", "85.07.32-033.28"}},
    [ID_SE_PNR] = {{"811218-9876", "19811218-9876", "8112189876"},
                   {"811218-9877", "811318-9876", "17811218-9876"}},
    [ID_FI_HETU] = {{"131052-308T", "131052A308T"}, {"131052-308U", "321052-308T", "131052G308T"}},
    [ID_NO_FNR] = {{"15076500565", "150765 00565"}, {"15076500566", "15136500565", "35076500565"}},
    [ID_DK_CPR] = {{"070761-4285", "0707614285"}, {"320761-4285", "071361-4285", "070761-0000"}},
    [ID_PL_PESEL] = {{"44051401359", "02070803628"}, {"44051401358", "44151401359"}},
    [ID_AT_SVNR] = {{"1237 010180", "1237010180"}, {"1238 010180", "0237010180", "1237320180"}},
    [ID_CH_AHV] = {{"756.9217.0769.85", "7569217076985"}, {"756.9217.0769.86", "7609217076982"}},
    [ID_IN_AADHAAR] = {{"2341 2341 2346", "234123412346"},
                       {"2341 2341 2347", "1341 2341 2346", "2341 2341 2364"}},
    [ID_BR_CPF] = {{"111.444.777-35", "11144477735"}, {"111.444.777-36", "111.111.111-11"}},
    [ID_PASSPORT] = {{"C01X00T47", "123456789"}, {"NONE", "XXXX", "****47", "1"}},
    [ID_US_MBI] = {{"1EG4-TE5-MK73", "1eg4te5mk73"},
                   {"0EG4-TE5-MK73", "1SG4-TE5-MK73", "1EG4-TE5-MK7A", "1EG4-TE5-M073"}},
    [ID_UK_NHS] = {{"943 476 5919", "9434765919"}, {"943 476 5918", "0000000000", "1234567890"}},
    [ID_DE_KVNR] = {{"A123456780", "T555558879"}, {"A123456781", "1123456780"}},
    [ID_MEMBER] = {{"ABC123", "12345"}, {"ABC", "****1234", "UNKNOWN", "0000"}},
    [ID_RECORD] = {{"A37YH556", "0001000054"}, {"none", "*****", "00000"}},
    [ID_PATIENT] = {{"Meier", "Øster"}, {"", "NONE", "XXXXX", "4711"}},
    [ID_BIRTH] = {{"19850102", "1985-01-02", "02.01.1985", "850102"},
                  {"19851302", "1985", "soon", "00000000"}},
    [ID_CONTACT] = {{"1 Main St", "(555)123-4567"}, {"", "NONE", "****", "0000"}},
    [ID_DIAGNOSIS] = {{"E11.9", "25000", "R"}, {"****", "NONE"}},
    [ID_DISEASE] = {{"E11.9", "e119", "I10", "S72.001A"}, {"E1", "119", "EE1", "network failure"}},
};

static void rows(void **state)
{
    for (int id = 0; id < ID_COUNT; id++) {
        const char *code = identifier_of((identifier)id)->code;
        if (!samples[id].is[0] || !samples[id].not [0])
            fail_msg("%s has no sample on both sides", code);
        for (int i = 0; i < 4 && samples[id].is[i]; i++)
            if (!identifier_is((identifier)id, text_of(samples[id].is[i])))
                fail_msg("%s is not %s", samples[id].is[i], code);
        for (int i = 0; i < 6 && samples[id].not [i]; i++)
            if (identifier_is((identifier)id, text_of(samples[id].not [i])))
                fail_msg("%s is %s", samples[id].not [i], code);
    }
}

/* Of what has a check digit, no digit can be another one. Verhoeff finds every two neighbours that
 * changed places as well. */
static void slips(void **state)
{
    static const identifier checked[] = {ID_CARD,   ID_CA_SIN,  ID_DE_TAX, ID_NL_BSN,
                                         ID_CH_AHV, ID_UK_NHS,  ID_BR_CPF, ID_IN_AADHAAR,
                                         ID_ES_DNI, ID_PL_PESEL};
    for (size_t k = 0; k < sizeof checked / sizeof *checked; k++) {
        const char *sample = samples[checked[k]].is[0];
        char slip[32];
        size_t n = strlen(sample);
        for (size_t i = 0; i < n; i++)
            for (char c = '0'; c <= '9'; c++) {
                memcpy(slip, sample, n);
                if (slip[i] < '0' || slip[i] > '9' || slip[i] == c)
                    continue;
                slip[i] = c;
                if (identifier_is(checked[k], (text){slip, n}))
                    fail_msg("%.*s is %s, too", (int)n, slip, identifier_of(checked[k])->code);
            }
    }
}

/* What stands in a text, as CODE:found with the evidence, one behind the other. */
static void finds(const char *in, const char *wanted)
{
    buffer b = {0};
    text t = text_of(in);
    for (size_t at = 0, from; identifier_run(t, &at, &from);) {
        identifier_hit h;
        if (!identifier_at(t, from, at, 0, &h))
            continue;
        buffer_printf(&b, "%s%s%s:%.*s", b.n ? " | " : "", identifier_of(h.id)->code,
                      h.evidence == EVIDENCE_LIKELY ? "?" : "", (int)(h.to - h.from), in + h.from);
        at = h.to;
    }
    assert_text(buffer_view(&b), wanted);
    buffer_release(&b);
}

static void in_text(void **state)
{
    finds("pay 4111 1111 1111 1111 now", "card.number:4111 1111 1111 1111");
    finds("pay 12 4111 1111 1111 1111", "card.number:4111 1111 1111 1111");
    finds("4111111111111111 5500000000000004",
          "card.number?:4111111111111111 | card.number?:5500000000000004");
    finds("4111-1111-1111-1111-1", "");
    finds("0.4111111111111111", "");
    finds("x4111111111111111", "");
    finds("12345678-4111-1111-1111-111111111111", "");
    finds(";4111111111111111=2512101?", "card.track:;4111111111111111=2512101");
    finds("%B4111111111111111^DOE/JOHN^2512101? and on",
          "card.track:%B4111111111111111^DOE/JOHN^2512101");
    finds("ssn 123-45-6789, 123456789", "us.ssn?:123-45-6789");
    finds("1-123-45-6789", "");
    finds("912-70-1234", "us.itin?:912-70-1234");
    finds("RSSMRA85T10A562S", "it.codice_fiscale:RSSMRA85T10A562S");
    finds("756.9217.0769.85 7569217076985", "ch.ahv:756.9217.0769.85 | ch.ahv?:7569217076985");
    finds("85.07.30-033.28", "be.nrn:85.07.30-033.28");
    finds("1EG4TE5MK73", "us.mbi?:1EG4TE5MK73");
    finds("943 476 5919 86095742719 12345678Z", "");
    finds("", "");
    finds("1", "");
    finds("4", "");
}

static void by_place(void **state)
{
    identifier_hit h;
    identifier_set ssn = IDENTIFIER_BIT(ID_US_SSN), member = IDENTIFIER_BIT(ID_MEMBER);
    assert_true(identifier_at(TEXT("123456789"), 0, 9, ssn, &h));
    assert_int_equal(h.id, ID_US_SSN);
    assert_int_equal(h.evidence, EVIDENCE_CERTAIN);
    assert_true(identifier_at(TEXT("123 45 6789 x"), 0, 3, ssn, &h));
    assert_int_equal(h.to, 11);
    assert_false(identifier_at(TEXT("123456789"), 0, 9, 0, &h));
    /* Any number could be a member's: that is not for a word in a text to be. */
    assert_false(identifier_at(TEXT("123456789"), 0, 9, member, &h));
}

static identifier_set named(const char *above, const char *name)
{
    identifier_names index = {0};
    identifier_place p = identifier_named(&index, text_of(above), text_of(name), false);
    identifier_names_init(&index);
    identifier_place q = identifier_named(&index, text_of(above), text_of(name), false);
    assert_true(p.certain == q.certain && p.likely == q.likely && p.excluded == q.excluded);
    return p.certain;
}

static void names(void **state)
{
    identifier_names none = {0};
    identifier_set card = IDENTIFIER_BIT(ID_CARD);
    identifier_set ssn = IDENTIFIER_BIT(ID_US_SSN) | IDENTIFIER_BIT(ID_US_ITIN);
    assert_true(named("", "ssn") == ssn);
    assert_true(named("", "patientSSN") == ssn);
    assert_true(named("", "PATIENT_SSN") == ssn);
    assert_true(named("", "SSNNumber") == ssn);
    assert_true(named("", "lessn") == 0);
    assert_true(named("card", "number") == card);
    assert_true(named("", "cardnumber") == card);
    assert_true(named("card", "id") == 0);
    assert_true(named("card number", "id") == 0);
    assert_true(named("", "pan") == card);
    assert_true(named("", "company") == 0);
    assert_true(named("", "passport_no") == IDENTIFIER_BIT(ID_PASSPORT));
    assert_true(named("", "passport_no_issued") == 0);
    assert_true(identifier_named(&none, TEXT(""), TEXT("gtin13"), false).excluded);
    assert_true(identifier_named(&none, TEXT(""), TEXT("OrderNumber"), false).excluded);
    assert_false(identifier_named(&none, TEXT(""), TEXT("orderly"), false).excluded);
    assert_true(identifier_named(&none, TEXT(""), TEXT("patient"), false).person);
    assert_true(identifier_named(&none, TEXT(""), TEXT("birthDate"), true).certain ==
                IDENTIFIER_BIT(ID_BIRTH));
    assert_true(identifier_named(&none, TEXT(""), TEXT("birthDate"), false).certain == 0);
    /* Words in front, of the same line and field. */
    assert_true(identifier_said(&none, TEXT("his SSN: 1"), 9).certain == ssn);
    assert_true(identifier_said(&none, TEXT("ssn, or so 1"), 11).certain == 0);
    assert_true(identifier_said(&none, TEXT("ssn\n1"), 4).certain == 0);
    assert_true(identifier_said(&none, TEXT("1"), 0).certain == 0);
    assert_true(identifier_said(&none, TEXT("order no. 1"), 10).excluded);
}

static void masks(const char *in, const char *wanted)
{
    arena a = {0};
    assert_text(mask_text(&a, text_of(in)), wanted);
    arena_release(&a);
}

static void masked(void **state)
{
    arena a = {0};
    masks("pay 4111 1111 1111 1111, or 5500000000000004",
          "pay 4111 11** **** 1111, or 550000******0004");
    masks("123-45-6789", "***-**-6789");
    masks("123456789", "123456789");
    masks("ssn_123456789.csv", "ssn_*****6789.csv");
    masks("RSSMRA85T10A562S!", "*************62S!");
    masks("%B4111111111111111^DOE/JOHN^2512101?", "%B41111***********^***/****^*******?");
    masks("GTIN 4006381333931", "GTIN 4006381333931");
    assert_text(identifier_masked(&a, ID_CVV, TEXT("123")), "***");
    assert_text(identifier_masked(&a, ID_PATIENT, TEXT("Meier-Lüd")), "M****-****");
    assert_text(identifier_masked(&a, ID_PATIENT, TEXT("Öz")), "***");
    assert_text(identifier_masked(&a, ID_MEMBER, TEXT("1234")), "****");
    assert_text(identifier_masked(&a, ID_MEMBER, TEXT("12345")), "***45");
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows),    cmocka_unit_test(slips),
                                       cmocka_unit_test(in_text), cmocka_unit_test(by_place),
                                       cmocka_unit_test(names),   cmocka_unit_test(masked)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
