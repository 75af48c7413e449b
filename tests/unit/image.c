/* image.c: canonical bytes whatever the order of building, and the verifier against damage: a bit
 * of every byte, also with hashes made good again so that the damage reaches the checks behind. */
#include "tests/unit/program.h"

#include "bytecode/disasm.h"
#include "bytecode/layout.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const steps[] = {"alpha", "beta", "gamma"};

static image_site empty_site(site_kind kind)
{
    return (image_site){.kind = kind,
                        .operation = NO_INDEX,
                        .connector = NO_INDEX,
                        .title = NO_INDEX,
                        .args = NO_INDEX,
                        .check = NO_INDEX,
                        .undo = NO_INDEX,
                        .find = NO_INDEX,
                        .body = NO_INDEX,
                        .capture_names = NO_INDEX,
                        .votes = NO_INDEX,
                        .needs = NO_INDEX,
                        .wanted = NO_INDEX,
                        .why = NO_INDEX,
                        .evidence = NO_INDEX,
                        .worst_forward = QUANTITY_NONE,
                        .worst_back = QUANTITY_NONE,
                        .timeout = 5 * MINUTE};
}

static void add_rows(build *b)
{
    uint32_t c = build_row(b, TABLE_CUSTOMER, NO_INDEX);
    build_set(b, TABLE_CUSTOMER, c, COLUMN_CUSTOMER_NAME, build_text(b, TEXT("acme")));
    for (int k = 0; k < 3; k++) {
        uint32_t row = build_row(b, TABLE_CHANNEL, c);
        const int64_t follows[] = {build_text(b, text_of(steps[0]))};
        build_set(b, TABLE_CHANNEL, row, COLUMN_CHANNEL_NAME, build_text(b, text_of(steps[k])));
        build_set(b, TABLE_CHANNEL, row, COLUMN_CHANNEL_KIND, k);
        if (k)
            build_set_list(b, TABLE_CHANNEL, row, COLUMN_CHANNEL_FOLLOWS, follows, 1);
    }
    uint32_t d = build_row(b, TABLE_CONNECTOR, NO_INDEX);
    build_set(b, TABLE_CONNECTOR, d, COLUMN_CONNECTOR_NAME, build_text(b, TEXT("out")));
    build_set(b, TABLE_CONNECTOR, d, COLUMN_CONNECTOR_KIND, 0);
}

/* A step of dir.write with arguments, check and undo. */
static void add_step(build *b, uint32_t main, const char *name, const image_debug *place)
{
    const type_word x = T(TEXT), json = T(JSON), truth = T(BOOL);
    const uint16_t path = (uint16_t)build_text(b, text_of(name));
    char args_name[32], check_name[32], undo_name[32];
    snprintf(args_name, sizeof args_name, "%s.args", name);
    snprintf(check_name, sizeof check_name, "%s.check", name);
    snprintf(undo_name, sizeof undo_name, "%s.undo", name);
    uint32_t args = build_function_new(b, text_of(args_name));
    const type_word at[] = {x, x, json};
    const insn ac[] = {
        {OP_LDT, 0, path, 0}, {OP_MOV, 1, 0, 0}, {OP_LDN, 2, 1, 0}, {OP_RET, 0, 3, 0}};
    build_function_define(b, args,
                          &(build_function){.name = text_of(args_name),
                                            .types = at,
                                            .registers = 3,
                                            .result_types = at,
                                            .results = 3,
                                            .code = ac,
                                            .instructions = 4});
    const type_word ct[] = {T(NUMBER), truth};
    const insn cc[] = {{OP_ISNA, 1, 0, 0}, {OP_NOT, 1, 1, 0}, {OP_RET, 1, 1, 0}};
    uint32_t check = program_function(b, check_name, ct, 2, 1, truth, cc, 3);
    uint32_t undo = build_function_new(b, text_of(undo_name));
    const insn uc[] = {{OP_RET, 0, 0, 0}};
    build_function_define(b, undo,
                          &(build_function){.name = text_of(undo_name),
                                            .types = ct,
                                            .registers = 1,
                                            .parameters = 1,
                                            .code = uc,
                                            .instructions = 1,
                                            .effect = EFFECT_WRITE});
    image_site s = empty_site(SITE_STEP);
    const image_field size = {build_text(b, TEXT("size")), T(NUMBER)};
    s.name = build_text(b, text_of(name));
    s.operation = OPERATION_DIR_WRITE;
    s.connector = 0;
    s.args = args;
    s.check = check;
    s.undo = undo;
    s.shape = build_shape(b, &size, 1);
    s.shape_count = 1;
    const insn mc[] = {{OP_STEP, 0, (uint16_t)build_site(b, &s, place), 0},
                       {OP_LDK, 1, (uint16_t)build_constant(b, 99), 0},
                       {OP_RET, 0, 0, 0}};
    const type_word mt[] = {T(NUMBER), T(NUMBER), build_list_type(b, build_list_type(b, x)),
                            build_list_type(b, T(NUMBER))};
    build_function_define(b, main,
                          &(build_function){.name = text_of(name),
                                            .types = mt,
                                            .registers = 4,
                                            .code = mc,
                                            .instructions = 3,
                                            .effect = EFFECT_WRITE});
}

/* The same program, its parts made in the given order, with other texts in between. */
static void make(const int order[3], bool noise, buffer *out)
{
    build *b = build_new(NULL);
    image_debug place = {.line = 3, .column = 5};
    const char *why;
    if (noise) {
        build_text(b, TEXT("nobody refers to this"));
        build_list_type(b, T(CLOCK));
        place = (image_debug){.line = 99, .file = build_text(b, TEXT("/elsewhere/x.ferry"))};
    } else
        place.file = build_text(b, TEXT("x.ferry"));
    if (!noise)
        add_rows(b);
    for (int k = 0; k < 3; k++) {
        const char *name = steps[order[k]];
        uint32_t f = build_function_new(b, text_of(name));
        add_step(b, f, name, &place);
        build_entry(b, &(image_entry){.name = build_text(b, text_of(name)),
                                      .function = f,
                                      .customer = 0,
                                      .window = NO_INDEX,
                                      .worst_forward = 5 * MINUTE,
                                      .worst_back = QUANTITY_NONE});
    }
    if (noise)
        add_rows(b);
    assert_true(build_finish(b, out, &why));
    build_free(b);
}

static void canonical(void **state)
{
    (void)state;
    buffer a = {0}, b = {0};
    image *x = NULL, *y = NULL;
    image_fault fault = {0};
    make((int[]){0, 1, 2}, false, &a);
    make((int[]){2, 0, 1}, true, &b);
    if (!image_verify(&x, a.p, a.n, &fault) || !image_verify(&y, b.p, b.n, &fault))
        fail_msg("%s", fault.message);
    assert_true(sha256_equal(&x->hash, &y->hash));
    assert_false(sha256_equal(&x->debug_hash, &y->debug_hash));
    assert_true(text_equal((text){(const char *)x->code, x->code_count * sizeof(insn)},
                           (text){(const char *)y->code, y->code_count * sizeof(insn)}));
    assert_text(image_text(x, x->sites[0].name), "alpha");
    image_debug at;
    assert_true(image_site_place(x, 0, &at));
    assert_int_equal(at.line, 3);
    assert_text(image_file(x, at.file), "x.ferry");
    assert_int_equal(image_find_entry(x, TEXT("gamma")), 2);
    assert_int_equal(image_find_row(x, TABLE_CUSTOMER, TEXT("acme")), 0);
    uint32_t first;
    assert_int_equal(image_children(x, TABLE_CHANNEL, 0, &first), 3);
    assert_int_equal(image_list(x, TABLE_CHANNEL, COLUMN_CHANNEL_FOLLOWS, 2, &first), 1);
    assert_false(image_present(x, TABLE_CHANNEL, COLUMN_CHANNEL_FOLLOWS, 0));
    image_free(x);
    image_free(y);
    buffer_release(&a);
    buffer_release(&b);
}

static void listing(void **state)
{
    (void)state;
    buffer a = {0}, out = {0};
    image *x;
    image_fault fault;
    make((int[]){0, 1, 2}, false, &a);
    assert_true(image_verify(&x, a.p, a.n, &fault));
    disasm_function(x, program_find(x, "alpha.args"), &out);
    assert_text(buffer_view(&out), "pure alpha.args() -> text, text, json\n"
                                   "    r0: text\n    r1: text\n    r2: json\n"
                                   "      0  ldt     r0, \"alpha\"\n"
                                   "      1  mov     r1, r0\n"
                                   "      2  ldn     r2, 1\n"
                                   "      3  ret     r0, 3\n");
    disasm_image(x, &out);
    image_free(x);
    buffer_release(&out);
    buffer_release(&a);
}

/* Makes the hashes of the directory good again. */
static void reseal(char *p, size_t n)
{
    image_section *d = (image_section *)(void *)(p + sizeof(image_header));
    for (int k = 0; k < SECTIONS; k++)
        if (d[k].offset <= n && d[k].length <= n - d[k].offset)
            d[k].hash = sha256_of(p + d[k].offset, d[k].length);
}

/* An image that the verifier let through must bear being listed. */
static bool try(const char *p, size_t n)
{
    image *i;
    image_fault fault;
    bool ok = image_verify(&i, p, n, &fault);
    if (!ok) {
        assert_true(fault.message[0] != 0);
        return false;
    }
    buffer out = {0};
    disasm_image(i, &out);
    buffer_release(&out);
    image_free(i);
    return true;
}

static void damage(void **state)
{
    (void)state;
    buffer a = {0};
    make((int[]){0, 1, 2}, false, &a);
    assert_true(try(a.p, a.n));
    for (size_t n = 0; n < a.n; n++)
        assert_false(try(a.p, n));
    char *copy = malloc(a.n);
    size_t passed = 0;
    for (size_t at = 0; at < a.n; at++) {
        memcpy(copy, a.p, a.n);
        copy[at] = (char)(copy[at] ^ 1 << at * 5 % 8);
        assert_false(try(copy, a.n));
        reseal(copy, a.n);
        passed += try(copy, a.n);
    }
    print_message("%zu resealed images of other content were accepted\n", passed);
    free(copy);
    buffer_release(&a);
}

static void refusals(void **state)
{
    (void)state;
    build *b = build_new(NULL);
    buffer out = {0};
    const char *why;
    uint32_t f = build_function_new(b, TEXT("f"));
    const insn self[] = {{OP_CALL, 0, (uint16_t)f, 0}, {OP_RET, 0, 0, 0}};
    build_function_define(b, f,
                          &(build_function){.name = TEXT("f"), .code = self, .instructions = 2});
    assert_false(build_finish(b, &out, &why));
    assert_string_equal(why, "functions call each other in a circle");
    build_free(b);
    b = build_new(NULL);
    for (uint32_t k = 0; k <= IMAGE_FREEZES; k++)
        build_row(b, TABLE_FREEZE, NO_INDEX);
    assert_false(build_finish(b, &out, &why));
    assert_string_equal(why, "the program has more than 65,535 freezes");
    build_free(b);
    buffer_release(&out);
}

static bool fits_with(uint32_t registers, uint32_t sites, uint32_t fields)
{
    build *b = build_new(NULL);
    uint32_t f = build_function_new(b, TEXT("f"));
    const insn code[] = {{OP_RET, 0, 0, 0}};
    type_word *types = calloc(registers, sizeof *types);
    for (uint32_t k = 0; k < registers; k++)
        types[k] = T(NUMBER);
    build_function_define(b, f,
                          &(build_function){.name = TEXT("f"),
                                            .types = types,
                                            .registers = registers,
                                            .code = code,
                                            .instructions = 1});
    for (uint32_t k = 0; k < sites; k++)
        build_site(b, &(image_site){0}, NULL);
    for (uint32_t k = 0; k < fields; k++)
        build_shape(b, &(image_field){build_text(b, TEXT("a")), T(NUMBER)}, 1);
    bool fits = build_fits(b);
    free(types);
    build_free(b);
    return fits;
}

/* What is within the limits before it is put in order is within them after; what is not may be. */
static void fitting(void **state)
{
    (void)state;
    assert_true(fits_with(1, 0, 0));
    assert_true(fits_with(IMAGE_REGISTERS, IMAGE_INDEX_LIMIT, IMAGE_INDEX_LIMIT));
    assert_false(fits_with(IMAGE_REGISTERS + 1, 0, 0));
    assert_false(fits_with(1, IMAGE_INDEX_LIMIT + 1, 0));
    assert_false(fits_with(1, 0, IMAGE_INDEX_LIMIT + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical),
        cmocka_unit_test(listing),
        cmocka_unit_test(damage),
        cmocka_unit_test(refusals),
        cmocka_unit_test(fitting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
