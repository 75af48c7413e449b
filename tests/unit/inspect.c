/* inspect.c: what is said of a file of each kind, as JSON. */
#include "unit.h"

#include "stdlib/document/encoding_pages.h"
#include "stdlib/inspect/inspect.h"

static void shows(const char *bytes, const char *wanted)
{
    arena a = {0};
    buffer b = {0};
    json_writer w;
    document_file i;
    document_read(&a, TEXT("f"), text_of(bytes), KIND_UNKNOWN, &i);
    json_begin(&w, &b, 0);
    inspect_write_json(&a, &w, &i, NULL);
    if (!strstr(buffer_string(&b), wanted))
        fail_msg("%s\nlacks %s", buffer_string(&b), wanted);
    buffer_release(&b);
    arena_release(&a);
}

#define ISA                                                                                        \
    "ISA*00*          *00*          *ZZ*ACME           *01*004321987      "                        \
    "*260301*2210*U*00401*000000001*0*P*>~"

static void x12(void **state)
{
    static const char file[] = ISA "GS*PO*A*B*20260301*2210*7*X*004010~ST*850*0001~BEG*00~SE*3*0001"
                                   "~ST*850*0002~SE*9*0002~GE*2*7~IEA*1*000000001~";
    shows(file, "\"sender\":\"ACME\"");
    shows(file, "{\"set\":\"850\",\"control\":\"0001\",\"segments\":3,\"offset\":");
    shows(file, "\"code\":\"AK5-4\",\"message\":\"number of included segments does not match: SE01 "
                "says 9, there are 2\",\"offset\":");
    shows(file, "\"path\":\"ISA[1].GS[1].ST[2].SE.01\"");
    shows(file, "\"id\":\"PO\"");
}

static void others(void **state)
{
    shows("{\"a\":1,\"b\":[2],\"a\":3}", "\"kind\":\"json\"");
    shows("{\"a\":1,\"b\":[2],\"a\":3}",
          "\"message\":\"duplicate key\",\"offset\":16,\"path\":\"a\"");
    shows("{\"a\":1,\"b\":[2],\"a\":3}", "\"root\":\"object\",\"values\":5");
    shows("{\"a\":", "\"code\":\"json\"");
    shows("a;b\n1;2\n3\n", "\"separator\":\";\",\"header\":true,\"columns\":[\"a\",\"b\"]");
    shows("a;b\n1;2\n3\n", "\"path\":\"row[2]\"");
    shows("<a><b/></a>",
          "\"root\":\"a\",\"namespace\":\"\",\"family\":\"\",\"type\":\"\",\"encoding\":"
          "\"UTF-8\",\"elements\":2");
    shows("<e:Envelope "
          "xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><e:Fault/></e:Body>"
          "</e:Envelope>",
          "\"family\":\"SOAP\",\"type\":\"1.1\",\"body\":\"e:Fault\",\"fault\":true");
    shows("<a><b></a>",
          "\"code\":\"xml\",\"message\":\"expected </b>\",\"offset\":6,\"path\":\"/a/b\"");
}

/* The same bytes in a code page of one byte a character. */
static text in_page(arena *a, text t, encoding e)
{
    uint16_t page[256];
    char *p = arena_copy(a, t.p, t.n);
    encoding_page(e, page);
    for (size_t i = 0; i < t.n; i++)
        for (unsigned k = 0; k < 256; k++)
            if (page[k] == (unsigned char)t.p[i])
                p[i] = (char)k;
    return (text){p, t.n};
}

/* Offsets are those of the file as it came. */
static void encodings(void **state)
{
    static const char file[] = ISA "ST*850*0001~SE*9*0001~IEA*0*000000001~";
    arena a = {0};
    document_file f;
    document_read(&a, TEXT("f"), in_page(&a, TEXT(file), ENCODING_CP500), KIND_UNKNOWN, &f);
    assert_int_equal(f.kind, KIND_X12);
    assert_true(f.encoding == ENCODING_CP037 || f.encoding == ENCODING_CP500);
    assert_true(f.faults > 0);
    document_read(&a, TEXT("f"),
                  TEXT("\xff\xfe"
                       "a\0,\0b\0\n\0"
                       "1\0,\0\xe9\0\n\0"
                       "2\0\n\0"),
                  KIND_UNKNOWN, &f);
    assert_int_equal(f.kind, KIND_CSV);
    assert_int_equal(f.encoding, ENCODING_UTF16LE);
    assert_int_equal(f.faults, 1);
    assert_int_equal(document_offset(&f, f.fault[0].offset), 18);
    document_read(&a, TEXT("f"), TEXT("a,b\n1,\xe9\n2\n"), KIND_UNKNOWN, &f);
    assert_int_equal(f.encoding, ENCODING_LATIN1);
    assert_int_equal(document_offset(&f, f.fault[0].offset), 8);
    document_read(&a, TEXT("f"), TEXT("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 \xff\n"), KIND_UNKNOWN, &f);
    assert_int_equal(f.encoding, ENCODING_UTF8);
    assert_text(f.fault[0].code, "encoding");
    assert_int_equal(document_offset(&f, f.fault[0].offset), 9);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(x12), cmocka_unit_test(others),
                                       cmocka_unit_test(encodings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
