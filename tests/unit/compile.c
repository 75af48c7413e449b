/* compile.c: sources -> verified images; what the hash may and may not depend on. */
#include "tests/unit/unit.h"

#include "bytecode/image.h"
#include "compiler/compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    char folder[64];
    arena memory;
    source_map sources;
    diagnostics d;
    buffer bytes;
    compile_facts facts;
    image *image;
} compiled;

static void put_file(const char *folder, const char *name, const char *content)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(content, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static bool compile_as(compiled *x, const char *name, const char *content)
{
    char path[256];
    *x = (compiled){.folder = "/tmp/ferry-unit-XXXXXX"};
    assert_non_null(mkdtemp(x->folder));
    put_file(x->folder, name, content);
    snprintf(path, sizeof path, "%s/%s", x->folder, name);
    source_map_init(&x->sources, &x->memory);
    diag_init(&x->d, &x->memory);
    compile_options o = {.path = path, .plan = true};
    bool good = compile(&o, &x->memory, &x->sources, &x->d, &x->bytes, &x->facts);
    image_fault fault;
    if (good && !image_verify(&x->image, x->bytes.p, x->bytes.n, &fault))
        fail_msg("the image is refused: %s", fault.message);
    unlink(path);
    rmdir(x->folder);
    return good;
}

static void compiled_release(compiled *x)
{
    if (x->image)
        image_free(x->image);
    buffer_release(&x->bytes);
    diag_release(&x->d);
    source_map_release(&x->sources);
    arena_release(&x->memory);
}

static const char *const world =
    "connector desk: dir { base \"world\" }\n"
    "role lead { members [\"a@x\"] }\n"
    "customer acme {\n  revenue 4_200_000 EUR per year\n"
    "  channel orders: edi { partner \"G\"\n    volume 5_000 per day }\n"
    "  channel files: sftp { volume 40 per day }\n}\n";

static const char *const move =
    "playbook move(c: channel, at: dir, limit: number = 60) {\n  phase go {\n"
    "    require c.risk.score < limit else \"{c.name} scores {c.risk.score}\"\n"
    "    step route \"Move {c.name}\" {\n"
    "      let old = at.read(\"{c.name}.json\").json.target\n"
    "      do at.write(\"{c.name}.json\", json: {target: \"modern\"})\n"
    "      undo at.write(\"{c.name}.json\", json: {target: old})\n"
    "      check at.read(\"{c.name}.json\").json.target == \"modern\"\n"
    "      retry 2 times every 10s\n      timeout 1m\n    }\n  }\n}\n"
    "migration m for acme {\n  phase all {\n"
    "    for each c in acme.channels by c.risk.score { apply move(c, at: desk) }\n  }\n}\n";

static char *joined(const char *a, const char *b)
{
    char *both = malloc(strlen(a) + strlen(b) + 1);
    assert_non_null(both);
    strcpy(both, a);
    return strcat(both, b);
}

static sha256 hash_of(const char *name, const char *content)
{
    compiled x;
    assert_true(compile_as(&x, name, content));
    sha256 h = x.image->hash;
    compiled_release(&x);
    return h;
}

static void image_verifies(void **state)
{
    char *content = joined(world, move);
    compiled x;
    assert_true(compile_as(&x, "a.ferry", content));
    assert_int_equal(x.d.list.n, 0);
    assert_int_equal(image_find_entry(x.image, TEXT("m")), 0);
    assert_int_equal(x.image->tables[TABLE_CHANNEL].rows, 2);
    assert_true(x.image->factor_count > 20);
    compiled_release(&x);
    free(content);
}

static void hash_ignores_layout(void **state)
{
    char *straight = joined(world, move), *turned = joined(move, world);
    char *spaced = joined("// a comment\n\n/// and a doc\n", straight);
    sha256 a = hash_of("a.ferry", straight), b = hash_of("other.ferry", turned);
    sha256 c = hash_of("a.ferry", spaced);
    assert_true(sha256_equal(&a, &b));
    assert_true(sha256_equal(&a, &c));
    free(straight);
    free(turned);
    free(spaced);
}

static void hash_sees_meaning(void **state)
{
    char *content = joined(world, move);
    sha256 a = hash_of("a.ferry", content);
    *strstr(content, "< limit") = '>';
    sha256 b = hash_of("a.ferry", content);
    assert_false(sha256_equal(&a, &b));
    free(content);
}

/* What a test gives and expects is no part of what people approve. */
static void hash_knows_of_no_test(void **state)
{
    char *program = joined(world, move);
    char *tested = joined(program, "test \"t\" {\n"
                                   "  given desk.stat(\"a\") returns {exists: true}\n"
                                   "  expect run.outcome == completed\n}\n");
    sha256 a = hash_of("a.ferry", program), b = hash_of("a.ferry", tested);
    assert_true(sha256_equal(&a, &b));
    compiled x;
    assert_true(compile_as(&x, "a.ferry", tested));
    assert_int_equal(x.facts.test_count, 1);
    assert_int_equal(x.facts.tests[0].given_count, 1);
    assert_int_equal(x.facts.tests[0].expect_count, 1);
    compiled_release(&x);
    free(tested);
    free(program);
}

static void facts_tell_the_plan(void **state)
{
    char *content = joined(world, move);
    compiled x;
    assert_true(compile_as(&x, "a.ferry", content));
    assert_int_equal(x.facts.migration_count, 1);
    const plan_migration *m = &x.facts.migrations[0];
    /* Two channels, each (2 + 1) × 1m + 2 × 10s forward and 1m back. */
    assert_int_equal(m->worst, 2 * (3 * MINUTE + 20 * SECOND));
    assert_int_equal(m->worst_back, 2 * MINUTE);
    const plan_line *step = &m->lines[m->line_count - 1];
    assert_int_equal(step->kind, PLAN_STEP);
    assert_int_equal(step->back_kind, BACK_UNDO);
    assert_true(text_is(step->title, "Move orders"));
    compiled_release(&x);
    free(content);
}

static bool loads_text(const image *i, const char *wanted)
{
    for (uint32_t k = 0; k < i->code_count; k++) {
        const insn *x = &i->code[k];
        if (x->op == OP_LDT && text_is(image_text(i, x->b | (uint32_t)x->c << 16), wanted))
            return true;
    }
    return false;
}

/* Indices of texts take more than the 16 bits of one operand. */
static void code_names_the_last_of_many_texts(void **state)
{
    compiled x;
    buffer b = {0};
    buffer_cstr(&b, "customer acme {\n");
    for (int k = 0; k < 33000; k++)
        buffer_printf(&b, "  channel c%d: edi { partner \"P%d\" }\n", k, k);
    buffer_cstr(&b, "}\nmigration m for acme {\n  phase all {\n"
                         "    require acme.risk.score < 60 else \"what no channel is called\"\n  }\n}\n");
    assert_true(compile_as(&x, "many.ferry", buffer_string(&b)));
    assert_true(x.image->texts > 65536);
    assert_true(loads_text(x.image, "what no channel is called"));
    buffer_release(&b);
    compiled_release(&x);
}

static void broken_sources_are_survived(void **state)
{
    char *content = joined(world, move);
    size_t n = strlen(content);
    for (size_t cut = 0; cut < n; cut += 7) { /* a source that ends anywhere */
        char kept = content[cut];
        content[cut] = 0;
        compiled x;
        compile_as(&x, "a.ferry", content);
        compiled_release(&x);
        content[cut] = kept;
    }
    for (size_t at = 3; at < n; at += 11) { /* a word that is lost */
        char *copy = joined(content, "");
        for (size_t i = at; i < n && copy[i] != ' ' && copy[i] != '\n'; i++)
            copy[i] = ' ';
        compiled x;
        compile_as(&x, "a.ferry", copy);
        compiled_release(&x);
        free(copy);
    }
    free(content);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(image_verifies),      cmocka_unit_test(hash_ignores_layout),
        cmocka_unit_test(hash_sees_meaning),   cmocka_unit_test(hash_knows_of_no_test),
        cmocka_unit_test(facts_tell_the_plan), cmocka_unit_test(broken_sources_are_survived),
        cmocka_unit_test(code_names_the_last_of_many_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
