/* contract.c: what a contract is read as, and that no document makes reading or comparing it long.
 * What each rule finds is shown in tests/golden/compare/contracts.txt. */
#include "unit.h"

#include "base/source.h"
#include "stdlib/contract/contract.h"
#include "stdlib/contract/contract_spec.h"
#include "stdlib/document/format.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- values --- */

static const spec_node *spec(arena *a, const char *s)
{
    document_fault f;
    const spec_node *root = spec_read(a, text_of(s), 0, &f);
    if (!root)
        print_error("%.*s\n", TEXT_ARG(f.message));
    assert_non_null(root);
    return root;
}

static void plain_scalars_are_what_json_schema_says(void **state)
{
    static const struct {
        const char *key;
        spec_kind kind;
    } wanted[] = {
        {"a", SPEC_TEXT},   {"b", SPEC_TEXT},  {"c", SPEC_TRUTH}, {"d", SPEC_NULL},
        {"e", SPEC_NUMBER}, {"f", SPEC_TEXT},  {"g", SPEC_TEXT},  {"h", SPEC_NULL},
        {"i", SPEC_NUMBER}, {"j", SPEC_TRUTH}, {"k", SPEC_TEXT},
    };
    arena a;
    arena_init(&a);
    const spec_node *root = spec(&a, "a: on\nb: no\nc: true\nd: ~\ne: 1.50\nf: '1'\ng: !!str 1\n"
                                     "h:\ni: 1e3\nj: False\nk: 2027-01-01\n");
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_int_equal(spec_get(root, wanted[i].key)->kind, wanted[i].kind);
    assert_text(spec_get(root, "j")->value, "false");
    arena_release(&a);
}

static void json_and_yaml_say_the_same(void **state)
{
    arena a;
    arena_init(&a);
    const spec_node *j = spec(&a, "{\"b\": [1.0, \"x\", null, true], \"a\": {}, \"x-n\": 1}");
    const spec_node *y = spec(&a, "a: {}\nb: [1, x, null, true]\ndescription: d\n");
    assert_true(spec_equal(j, y));
    assert_false(spec_equal(j, spec(&a, "a: {}\nb: [1, x, null, 'true']\n")));
    assert_false(spec_equal(j, spec(&a, "a: {}\nb: [1, x, null]\n")));
    assert_false(spec_equal(j, spec(&a, "a: {}\n")));
    assert_false(spec_equal(spec(&a, "a: {}\n"), j));
    assert_false(spec_equal(j, NULL));
    arena_release(&a);
}

static void merge_keys_give_way_to_what_is_nearer(void **state)
{
    arena a;
    arena_init(&a);
    const spec_node *root = spec(
        &a, "x: &x {p: 1, q: 1}\ny: &y {<<: *x, q: 2, r: 2}\nz: {<<: [*y, {r: 3, s: 3}], p: 4}\n");
    const spec_node *z = spec_get(root, "z");
    assert_int_equal(z->count, 4);
    assert_text(spec_text(z, "p"), "4");
    assert_text(spec_text(z, "q"), "2");
    assert_text(spec_text(z, "r"), "2");
    assert_text(spec_text(z, "s"), "3");
    arena_release(&a);
}

static void pointers(void **state)
{
    arena a;
    arena_init(&a);
    const spec_node *root = spec(&a, "paths: {/a b: [x, {'~': y}]}\n");
    assert_text(spec_follow(root, TEXT("#/paths/~1a%20b/0"))->value, "x");
    assert_text(spec_follow(root, TEXT("#/paths/~1a b/1/~0"))->value, "y");
    assert_ptr_equal(spec_follow(root, TEXT("#")), root);
    assert_null(spec_follow(root, TEXT("#/paths/2")));
    assert_null(spec_follow(root, TEXT("#/paths/~1a b/2")));
    assert_null(spec_follow(root, TEXT("#paths")));
    assert_null(spec_follow(root, TEXT("other.yaml#/paths")));
    arena_release(&a);
}

static void spec_refused(const char *s, const char *message)
{
    arena a;
    document_fault f;
    arena_init(&a);
    assert_null(spec_read(&a, text_of(s), 0, &f));
    assert_text(f.message, message);
    arena_release(&a);
}

static void what_is_no_document(void **state)
{
    spec_refused("", "there is nothing in it");
    spec_refused("{\"a\": 1, \"a\": 2}", "the key `a` stands twice");
    spec_refused("a: 1\n'a': 2\n", "the key `a` stands twice");
    spec_refused("[a]: 1\n", "a key is a text, not a list or map");
    spec_refused("a: {<<: 1}\n", "`<<` takes a map or a list of maps");
    spec_refused("a: \xff\n", "bytes that are not UTF-8");
    spec_refused("a: *b\n", "an alias of nothing is not read");
}

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

/* --- files beside a contract --- */

typedef struct {
    char folder[32], path[64];
} beside;

static void put_file(const beside *b, const char *name, const char *content)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", b->folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(content, f);
    assert_int_equal(fclose(f), 0);
}

static void set_up(beside *b, const char *reference)
{
    char content[512];
    strcpy(b->folder, "/tmp/ferry-contract-XXXXXX");
    assert_non_null(mkdtemp(b->folder));
    snprintf(b->path, sizeof b->path, "%s/api.yaml", b->folder);
    snprintf(content, sizeof content,
             "openapi: 3.1.0\npaths: {/o: {post: {requestBody: {content: {a/b: {schema: {$ref: "
             "'%s'}}}}}}}\n",
             reference);
    put_file(b, "api.yaml", content);
}

static void tear_down(const beside *b, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", b->folder, name);
    unlink(path);
    unlink(b->path);
    assert_int_equal(rmdir(b->folder), 0);
}

static contract *read_beside(arena *a, const beside *b, document_fault *f)
{
    text bytes;
    assert_int_equal(file_load(a, b->path, 1 << 20, &bytes), LOAD_OK);
    return contract_read(a, KIND_OPENAPI, bytes, b->path, f);
}

static void read_from_a_file_beside(void **state)
{
    beside b;
    arena a;
    document_fault f;
    arena_init(&a);
    set_up(&b, "a%20b.yaml#/x");
    put_file(&b, "a b.yaml", "x: {type: string}\n");
    contract *c = read_beside(&a, &b, &f);
    assert_non_null(c);
    assert_int_equal(contract_parts(c), 2);
    assert_text(contract_part(c, 0), "api.yaml");
    assert_text(contract_part(c, 1), "a b.yaml");
    tear_down(&b, "a b.yaml");
    arena_release(&a);
}

static void a_link_leads_nowhere(void **state)
{
    beside b;
    arena a;
    document_fault f;
    char link[64];
    arena_init(&a);
    set_up(&b, "link.yaml");
    snprintf(link, sizeof link, "%s/link.yaml", b.folder);
    assert_int_equal(symlink("/etc/hostname", link), 0);
    assert_null(read_beside(&a, &b, &f));
    assert_text(f.message, "cannot read `link.yaml`: a symbolic link");
    assert_int_equal(f.offset, 81);
    tear_down(&b, "link.yaml");
    arena_release(&a);
}

static void a_pipe_is_no_file(void **state)
{
    beside b;
    arena a;
    document_fault f;
    char pipe[64];
    arena_init(&a);
    set_up(&b, "pipe.yaml");
    snprintf(pipe, sizeof pipe, "%s/pipe.yaml", b.folder);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_null(read_beside(&a, &b, &f));
    assert_text(f.message, "cannot read `pipe.yaml`: not a file");
    tear_down(&b, "pipe.yaml");
    arena_release(&a);
}

/* Each file refers to the next; without a limit there would be as many as a folder holds. */
static void files_have_a_limit(void **state)
{
    beside b;
    arena a;
    document_fault f;
    char name[64], content[64];
    arena_init(&a);
    set_up(&b, "0.yaml");
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "%d.yaml", i);
        snprintf(content, sizeof content, "properties: {next: {$ref: %d.yaml}}\n", i + 1);
        put_file(&b, name, content);
    }
    put_file(&b, "300.yaml", "type: string\n");
    assert_null(read_beside(&a, &b, &f));
    assert_non_null(strstr(arena_copy(&a, f.message.p, f.message.n),
                           "the contract has more than 256 files or 256 MiB"));
    for (int i = 0; i <= 300; i++) {
        snprintf(name, sizeof name, "%s/%d.yaml", b.folder, i);
        unlink(name);
    }
    tear_down(&b, "300.yaml");
    arena_release(&a);
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
        cmocka_unit_test(plain_scalars_are_what_json_schema_says),
        cmocka_unit_test(json_and_yaml_say_the_same),
        cmocka_unit_test(merge_keys_give_way_to_what_is_nearer),
        cmocka_unit_test(pointers),
        cmocka_unit_test(what_is_no_document),
        cmocka_unit_test(told_from_the_first_bytes),
        cmocka_unit_test(a_long_chain_of_schemas),
        cmocka_unit_test(schemas_that_contain_each_other),
        cmocka_unit_test(limits),
        cmocka_unit_test(too_many_parts_are_no_answer),
        cmocka_unit_test(cut_and_turned),
        cmocka_unit_test(read_from_a_file_beside),
        cmocka_unit_test(a_link_leads_nowhere),
        cmocka_unit_test(a_pipe_is_no_file),
        cmocka_unit_test(files_have_a_limit),
        cmocka_unit_test(wsdl_told_from_the_first_bytes),
        cmocka_unit_test(xsd_limits),
        cmocka_unit_test(types_that_are_their_own_base),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
