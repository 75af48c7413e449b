/* inspect.c: what is said of a file of each kind, as JSON. */
#include "unit.h"

#include "stdlib/inspect.h"

static void shows(const char *bytes, const char *wanted)
{
    arena a = {0};
    buffer b = {0};
    json_writer w;
    document_file i;
    document_read(&a, TEXT("f"), text_of(bytes), KIND_UNKNOWN, &i);
    json_begin(&w, &b, 0);
    inspect_write_json(&a, &w, &i);
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
    shows("a;b\n1;2\n3\n", "\"separator\":\";\",\"columns\":[\"a\",\"b\"]");
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(x12), cmocka_unit_test(others)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
