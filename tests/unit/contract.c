/* contract.c: what a contract is read as, and that no document makes reading or comparing it long.
 * What each rule finds is shown in tests/golden/compare/contracts.txt. */
#include "unit.h"

#include "base/source.h"
#include "stdlib/contract/contract.h"
#include "stdlib/document/spec.h"
#include "stdlib/document/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- kinds --- */

static void told_from_the_first_bytes(void **state)
{
    assert_int_equal(document_kind_of(TEXT("openapi: 3.0.0\n")), KIND_OPENAPI);
    assert_int_equal(document_kind_of(TEXT("# ours\n'swagger': \"2.0\"\n")), KIND_OPENAPI);
    assert_int_equal(document_kind_of(TEXT("{\"info\": {}, \"openapi\" : \"3.1.0\"}")),
                     KIND_OPENAPI);
    assert_int_equal(document_kind_of(TEXT("{\"a\": {\"openapi\": \"3.1.0\"}}")), KIND_JSON);
    assert_int_equal(document_kind_of(TEXT("{\"openapi\": true}")), KIND_JSON);
    assert_int_equal(document_kind_of(TEXT("see openapi: 3\n")), KIND_TEXT);
    assert_int_equal(document_data_kind_of(TEXT("{\"openapi\": \"3.1.0\"}")), KIND_JSON);
}

/* --- large and hostile documents --- */

static contract *read_contract(arena *a, const buffer *b)
{
    document_fault f;
    contract *c = contract_read(a, KIND_OPENAPI, buffer_view(b), NULL, &f);
    if (!c)
        print_error("%.*s at %zu\n", TEXT_ARG(f.message), f.offset);
    assert_non_null(c);
    return c;
}

static void head(buffer *b)
{
    buffer_cstr(b, "openapi: 3.1.0\npaths: {/o: {post: {requestBody: {content: {a/b: {schema: "
                   "{$ref: '#/components/schemas/S0'}}}}, responses: {}}}}\n"
                   "components:\n schemas:\n");
}

/* A chain of references as long as a document can hold does not become a recursion. */
static void a_long_chain_of_schemas(void **state)
{
    arena a;
    buffer b = {0};
    contract_result r;
    document_fault f;
    contract_options none = {0};
    arena_init(&a);
    head(&b);
    for (int i = 0; i < 20000; i++)
        buffer_printf(&b, "  S%d: {properties: {n: {$ref: '#/components/schemas/S%d'}}}\n", i,
                      i + 1);
    size_t last = b.n;
    buffer_cstr(&b, "  S20000: {type: string}\n");
    contract *l = read_contract(&a, &b);
    buffer other = {0};
    buffer_add(&other, b.p, last);
    buffer_cstr(&other, "  S20000: {type: integer}\n");
    contract *m = read_contract(&a, &other);
    assert_true(contract_compare(&a, l, m, &none, &r, &f));
    assert_int_equal(r.changes, 1);
    assert_int_equal(r.change[0].rule, RULE_TYPE_CHANGED);
    assert_int_equal(r.change[0].legacy_line, 20005);
    buffer_release(&b);
    buffer_release(&other);
    arena_release(&a);
}

/* Schemas that all contain all others, under unions: pairs are seen once, and what cannot be
 * finished is a fault, not an answer. */
static void schemas_that_contain_each_other(void **state)
{
    arena a;
    buffer b = {0};
    contract_result r;
    document_fault f;
    contract_options none = {0};
    arena_init(&a);
    head(&b);
    for (int i = 0; i < 60; i++) {
        buffer_printf(&b, "  S%d: {required: [r%d], properties: {", i, i);
        for (int k = 0; k < 60; k++)
            buffer_printf(&b,
                          "p%d: {oneOf: [{$ref: '#/components/schemas/S%d'}, {type: array, items: "
                          "{$ref: '#/components/schemas/S%d'}}]}, ",
                          k, k, (k + i) % 60);
        buffer_cstr(&b, "}}\n");
    }
    contract *l = read_contract(&a, &b), *m = read_contract(&a, &b);
    if (contract_compare(&a, l, m, &none, &r, &f))
        assert_int_equal(r.changes, 0);
    else
        assert_text(f.message, "the schemas combine in too many ways to be compared");
    buffer_release(&b);
    arena_release(&a);
}

static void refused(buffer *b, const char *message)
{
    arena a;
    document_fault f;
    arena_init(&a);
    assert_null(contract_read(&a, KIND_OPENAPI, buffer_view(b), NULL, &f));
    assert_text(f.message, message);
    buffer_clear(b);
    arena_release(&a);
}

static void limits(void **state)
{
    buffer b = {0};
    buffer_cstr(&b, "openapi: 3.0.0\npaths: {/o: {get: {parameters: [");
    for (int i = 0; i < 600; i++)
        buffer_printf(&b, "{name: p%d, in: query},", i);
    buffer_cstr(&b, "]}}}\n");
    refused(&b, "`parameters` has more than 512 members");
    buffer_cstr(&b, "openapi: 3.0.0\npaths: ");
    for (int i = 0; i < 300; i++)
        buffer_char(&b, '[');
    refused(&b, "more than 256 levels is not read");
    buffer_cstr(&b,
                "openapi: 3.1.0\npaths: {/o: {post: &p {callbacks: {c: {u: {post: {callbacks: {c: "
                "{u: {$ref: '#/paths/~1o'}}}}}}}}}}\n");
    refused(&b, "callbacks nest deeper than 8 levels");
    buffer_release(&b);
}

/* What is left out of a conjunction could be what changed. */
static void too_many_parts_are_no_answer(void **state)
{
    arena a;
    buffer b = {0};
    contract_result r;
    document_fault f;
    contract_options none = {0};
    arena_init(&a);
    head(&b);
    buffer_cstr(&b, "  S0: {allOf: [");
    for (int i = 0; i < 300; i++)
        buffer_printf(&b, "{maxLength: %d},", i);
    buffer_cstr(&b, "]}\n");
    contract *l = read_contract(&a, &b), *m = read_contract(&a, &b);
    assert_false(contract_compare(&a, l, m, &none, &r, &f));
    assert_text(f.message, "a schema has more than 256 parts or 512 alternatives");
    buffer_release(&b);
    arena_release(&a);
}

/* Every beginning of a document, and every one with a byte turned, is read or is a fault inside. */
static void cut_and_turned(void **state)
{
    static const char whole[] =
        "openapi: 3.0.0\npaths: {/o/{id}: {get: {parameters: [{name: id, in: path}], responses: "
        "{'200': {content: {a/b: {schema: {oneOf: [{type: string}, {$ref: '#/x'}]}}}}}}}}\nx: "
        "{enum: [1]}\n";
    for (size_t n = 0; n < sizeof whole - 1; n++)
        for (int turned = 0; turned < 2; turned++) {
            arena a;
            document_fault f = {0};
            char copy[sizeof whole];
            arena_init(&a);
            memcpy(copy, whole, sizeof whole);
            copy[n] = (char)(copy[n] ^ (turned ? 0x41 : 0));
            text t = {copy, turned ? sizeof whole - 1 : n};
            if (!contract_read(&a, KIND_OPENAPI, t, NULL, &f)) {
                assert_true(f.message.n > 0);
                assert_true(f.offset <= t.n);
            }
            arena_release(&a);
        }
}

/* --- WSDL --- */

static void wsdl_told_from_the_first_bytes(void **state)
{
    assert_int_equal(document_kind_of(TEXT("<!-- <a> --><?p?><!DOCTYPE definitions><w:definitions "
                                           "xmlns:w='http://schemas.xmlsoap.org/wsdl/'/>")),
                     KIND_WSDL);
    assert_int_equal(document_kind_of(TEXT("<schema xmlns=\"http://www.w3.org/2001/XMLSchema\"/>")),
                     KIND_XSD);
    assert_int_equal(document_kind_of(TEXT("<definitions/>")), KIND_XML);
    assert_int_equal(document_kind_of(TEXT("<!-- http://schemas.xmlsoap.org/wsdl/ -->")), KIND_XML);
    assert_int_equal(
        document_data_kind_of(TEXT("<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'/>")),
        KIND_XML);
}

static void xsd_head(buffer *b)
{
    buffer_cstr(b, "<s:schema xmlns:s='http://www.w3.org/2001/XMLSchema'>");
}

static void xsd_refused(buffer *b, const char *message)
{
    arena a;
    document_fault f = {0};
    arena_init(&a);
    buffer_cstr(b, "</s:schema>");
    assert_null(contract_read(&a, KIND_XSD, buffer_view(b), NULL, &f));
    assert_text(f.message, message);
    buffer_clear(b);
    arena_release(&a);
}

/* Groups that each name the next one twice would be read 2^64 times. */
static void xsd_limits(void **state)
{
    buffer b = {0};
    xsd_head(&b);
    for (int i = 0; i < 40; i++)
        buffer_printf(&b,
                      "<s:group name='g%d'><s:sequence><s:group ref='g%d'/><s:group ref='g%d'/>"
                      "</s:sequence></s:group>",
                      i, i + 1, i + 1);
    buffer_cstr(&b, "<s:group name='g40'><s:sequence/></s:group>"
                    "<s:complexType name='t'><s:group ref='g0'/></s:complexType>");
    xsd_refused(&b, "the schema is too large");
    xsd_head(&b);
    buffer_cstr(&b, "<s:group name='g'><s:sequence><s:group ref='g'/></s:sequence></s:group>"
                    "<s:complexType name='t'><s:group ref='g'/></s:complexType>");
    xsd_refused(&b, "groups nest deeper than 64 levels");
    xsd_head(&b);
    buffer_cstr(&b, "<s:complexType name='t'><s:sequence>");
    for (int i = 0; i < 5000; i++)
        buffer_printf(&b, "<s:element name='e%d'/>", i);
    buffer_cstr(&b, "</s:sequence></s:complexType>");
    xsd_refused(&b, "a type has more than 4096 elements");
    buffer_release(&b);
}

/* Types that are made of themselves, as an extension, a restriction or an alternative. */
static void types_that_are_their_own_base(void **state)
{
    arena a;
    buffer b = {0};
    contract_result r;
    document_fault f;
    contract_options none = {0};
    arena_init(&a);
    xsd_head(&b);
    buffer_cstr(&b, "<s:element name='e' type='t'/>"
                    "<s:complexType name='t'><s:complexContent><s:extension base='t'/>"
                    "</s:complexContent></s:complexType>"
                    "<s:simpleType name='u'><s:restriction base='u'/></s:simpleType>"
                    "<s:simpleType name='v'><s:union memberTypes='v u'/></s:simpleType>"
                    "<s:complexType name='w'><s:complexContent><s:restriction base='w'/>"
                    "</s:complexContent></s:complexType>"
                    "<s:element name='f' type='w' substitutionGroup='f'/></s:schema>");
    contract *c = contract_read(&a, KIND_XSD, buffer_view(&b), NULL, &f);
    if (c) {
        assert_true(contract_compare(&a, c, c, &none, &r, &f));
        assert_int_equal(r.changes, 0);
    }
    buffer_release(&b);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(told_from_the_first_bytes),
        cmocka_unit_test(a_long_chain_of_schemas),
        cmocka_unit_test(schemas_that_contain_each_other),
        cmocka_unit_test(limits),
        cmocka_unit_test(too_many_parts_are_no_answer),
        cmocka_unit_test(cut_and_turned),
        cmocka_unit_test(wsdl_told_from_the_first_bytes),
        cmocka_unit_test(xsd_limits),
        cmocka_unit_test(types_that_are_their_own_base),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
