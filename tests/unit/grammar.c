/* Text <-> tree: newlines, words as names, literals, recovery, limits, layout. */
#include "tests/unit/unit.h"

#include "base/workers.h"
#include "grammar/build.h"
#include "grammar/dump.h"
#include "grammar/format.h"
#include "grammar/literal.h"
#include "grammar/pieces.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    arena memory;
    source_map map;
    diagnostics diags;
    names names;
    source *file;
    ast tree;
    bool good;
} reading;

static void read_bytes(reading *r, text bytes)
{
    *r = (reading){0};
    source_map_init(&r->map, &r->memory);
    diag_init(&r->diags, &r->memory);
    names_init(&r->names, &r->memory);
    r->file = source_add(&r->map, TEXT("case"), bytes);
    r->good = parse_file(&r->tree, r->file, &r->names, &r->diags);
    node bad = 0;
    assert_true(ast_well_formed(&r->tree, &bad));
    assert_true(text_equal(r->file->bytes, bytes)); /* scanned in place, and whole again */
}

static void done(reading *r)
{
    ast_release(&r->tree);
    names_release(&r->names);
    diag_release(&r->diags);
    source_map_release(&r->map);
    arena_release(&r->memory);
}

/* The codes of the diagnostics by place, "E0101 E0102". */
static void expect_codes(const char *bytes, const char *codes)
{
    reading r;
    read_bytes(&r, text_of(bytes));
    diag_sort(&r.diags);
    buffer b = {0};
    for (size_t i = 0; i < r.diags.list.n; i++)
        buffer_printf(&b, "%s%s", i ? " " : "", diag_table[r.diags.list.p[i]->code].code);
    if (!text_is(buffer_view(&b), codes))
        print_error("in: %s\n", bytes);
    assert_text(buffer_view(&b), codes);
    assert_int_equal(r.good, !*codes);
    buffer_release(&b);
    done(&r);
}

/* The kinds of the statements of the file, "LET CUSTOMER". */
static void expect_kinds(const char *bytes, const char *kinds)
{
    reading r;
    read_bytes(&r, text_of(bytes));
    buffer b = {0};
    ast_each(&r.tree, r.tree.root, n)
        buffer_printf(&b, "%s%s", b.n ? " " : "", ast_kind_name(ast_kind(&r.tree, n)));
    assert_text(buffer_view(&b), kinds);
    buffer_release(&b);
    done(&r);
}

static void lines_end_statements(void **state)
{
    expect_kinds("let a = 1\nlet b = 2", "LET LET");
    expect_kinds("let a = 1 +\n 2\nlet b = c\n .d\n or e", "LET LET");
    expect_kinds("let a = [1,\n\n 2\n]\ncustomer x\n{ y 1\n}\n", "LET CUSTOMER");
    expect_codes("customer a { x 1 y 2 }", "E0101");
    expect_codes("customer a { if x { y 1 }\n else { y 2 }\n if z { y 3 } }", "");
}

static void words_are_names_elsewhere(void **state)
{
    expect_codes("let phase = x.for.phase + step", "");
    expect_codes("customer a {\n role \"x\"\n test 3\n customer y\n window z\n}", "");
    expect_codes("let r = {to: 1, if: 2, \"a b\": 3}", "");
    expect_codes("fn f(phase: text, window: rate): number = window", "");
    expect_codes("let if = 3", "E0101");
}

static void braces_are_records_or_blocks(void **state)
{
    reading r;
    read_bytes(&r, TEXT("customer a { b { c 1 }\n d f({e: {}})\n g 1 ?? {h: 2} }"));
    assert_true(r.good);
    node body = ast_body(&r.tree, ast_first(&r.tree, r.tree.root));
    node first = ast_first(&r.tree, body);
    assert_int_equal(ast_kind(&r.tree, first), NODE_SECTION);
    node third = ast_next(&r.tree, ast_next(&r.tree, first));
    assert_int_equal(ast_kind(&r.tree, ast_right(&r.tree, ast_value(&r.tree, third))), NODE_RECORD);
    done(&r);
}

static node value_of_let(reading *r, text bytes)
{
    read_bytes(r, bytes);
    assert_true(r->good);
    return ast_value(&r->tree, ast_first(&r->tree, r->tree.root));
}

static void literals_are_told_apart(void **state)
{
    static const struct {
        const char *source;
        ast_kind_of kind;
    } cases[] = {
        {"let a = 5_000", NODE_NUMBER},
        {"let a = 99.9%", NODE_PERCENT},
        {"let a = 1h30m", NODE_DURATION},
        {"let a = 4_200 EUR", NODE_MONEY},
        {"let a = 2027-03-13", NODE_DATE},
        {"let a = 2027-03-13 22:00", NODE_DATE_TIME},
        {"let a = 22:00", NODE_TIME},
        {"let a = sat 22:00", NODE_WEEKDAY_TIME},
        {"let a = 40 per day", NODE_PER},
        {"let a = true", NODE_BOOL},
        {"let a = none", NODE_ABSENT},
        {"let a = 'x\\d'", NODE_RAW},
        {"let a = \"x\"", NODE_TEXT},
        {"let a = \"x{y}\"", NODE_INTERPOLATED},
        {"let a = \"\"\"x\"\"\"", NODE_BLOCK_TEXT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        reading r;
        node n = value_of_let(&r, text_of(cases[i].source));
        assert_int_equal(ast_kind(&r.tree, n), cases[i].kind);
        done(&r);
    }
}

static void texts_are_read(void **state)
{
    reading r;
    node n = value_of_let(&r, TEXT("let a = \"a\\n\\{\\u{e9}\\u{20ac}\\u{1f600}\\\\\""));
    assert_text(literal_text(&r.tree, n, &r.memory), "a\n{é€😀\\");
    done(&r);
    n = value_of_let(&r, TEXT("let a = \"\"\"\n    one\n      two\n    \"\"\""));
    assert_text(literal_text(&r.tree, n, &r.memory), "one\n  two");
    done(&r);
    n = value_of_let(&r, TEXT("let a = \"\"\"\n    <{x}>\n      {y}.\n    \"\"\""));
    node part = ast_part(&r.tree, n);
    assert_text(literal_part(&r.tree, n, part, &r.memory), "<");
    part = ast_next(&r.tree, ast_next(&r.tree, part));
    assert_text(literal_part(&r.tree, n, part, &r.memory), ">\n  ");
    part = ast_next(&r.tree, ast_next(&r.tree, part));
    assert_text(literal_part(&r.tree, n, part, &r.memory), ".");
    done(&r);
    n = value_of_let(&r, TEXT("let a = \"\"\"\r\n  one\r\n  two\r\n  \"\"\""));
    assert_text(literal_text(&r.tree, n, &r.memory), "one\ntwo");
    done(&r);
    n = value_of_let(&r, TEXT("let a = \"\"\"\r\none\r\ntwo\r\n\"\"\""));
    assert_text(literal_text(&r.tree, n, &r.memory), "one\ntwo");
    done(&r);
    int day = 0, minute = 0;
    n = value_of_let(&r, TEXT("let a = sun 06:30"));
    assert_true(literal_weekday_time(&r.tree, n, &day, &minute));
    assert_int_equal(day * 10000 + minute, 60390);
    done(&r);
}

static void documentation_stands_before_names(void **state)
{
    reading r;
    read_bytes(&r, TEXT("/// The file.\nlanguage 1\n/// One.\n/// Two.\n// no\nlet a = 1\n"));
    node file = r.tree.root, let = ast_next(&r.tree, ast_item(&r.tree, file));
    assert_text(ast_doc_text(&r.tree, file, &r.memory), "The file.");
    assert_text(ast_doc_text(&r.tree, let, &r.memory), "One.\nTwo.");
    done(&r);
}

static void faults_are_reported_one_by_one(void **state)
{
    expect_codes("let a = (1 +) * [2 *] + f(x:)\nlet b = 3", "E0101 E0101 E0101");
    expect_kinds("let a = (1 +) * [2 *] + f(x:)\nlet b = 3", "LET LET");
    expect_kinds("let a = 1 2 3\nlet b = \nlet c = 4", "ERROR ERROR LET");
    expect_codes("playbok x() { y 1 }\nlet a = 1", "E0101");
    expect_codes("playbook p(c: channel) {\n do g.put(\"/x\"\n undo none\n let x = \"a\n}",
                 "E0102 E0104");
    expect_codes("let a = f(1, 2]\nlet b = )\nlet c = 3", "E0103 E0103");
    expect_codes("customer a { x 1\n", "E0102");
    expect_codes("let a = \"x {b\nlet c = 1", "E0104");
    expect_codes("let a = \"\"\"x {b", "E0104");
}

static void signs_of_others_are_explained(void **state)
{
    expect_codes("let a = b && !c;\nlet d = e || f", "E0106 E0106 E0106 E0106");
    expect_codes("# hi\nlet a = 1 /* x */\n", "E0106 E0106");
    expect_codes("let a = \xe2\x80\x9chi\xe2\x80\x9d", "E0106");
    expect_codes("let Aa = 5min\nlet b = 30m1h\nlet c = \"\\d \\u{d800}\"",
                 "E0107 E0108 E0108 E0105 E0105");
    expect_codes("customer a { timeout = 5m }", "E0101");
    expect_codes("\xef\xbb\xbflet a = 1\r\nlet b = 2\r\n", "");
}

static void repeat(buffer *b, const char *piece, int times)
{
    while (times--)
        buffer_cstr(b, piece);
}

static void expect_limit(const char *head, const char *piece, const char *tail, const char *codes)
{
    buffer b = {0};
    buffer_cstr(&b, head);
    repeat(&b, piece, 20000);
    buffer_cstr(&b, tail);
    expect_codes(buffer_string(&b), codes);
    buffer_release(&b);
}

static void limits_hold(void **state)
{
    expect_limit("let a = ", "(", "1", "E0110");
    expect_limit("let a = ", "[", "", "E0110");
    expect_limit("let a = ", "{a: ", "1", "E0110");
    expect_limit("let a = ", "- ", "1", "E0110");
    expect_limit("let a = ", "not ", "b", "E0110");
    expect_limit("let a = ", "1 + ", "1", "E0110");
    expect_limit("let a = b", ".c", "", "E0110");
    expect_limit("let a = b", "(1)", "", "E0110");
    expect_limit("let a = ", "if b then c else ", "d", "E0110");
    expect_limit("customer c { ", "if b { ", "", "E0110");
    expect_limit("customer c { if b { }", " else if b { }", "}", "E0110");
    expect_limit("let a = ", "\"{", "1", "E0104 E0110");
    expect_limit("let a = ", "name", "", "E0110");
    expect_limit("let a = [", "1, ", "1]", ""); /* long is not deep */
    expect_limit("", "let a = 1\n", "", "");
    reading r;
    read_bytes(&r, (text){"let a = 1\0let", 13});
    assert_int_equal(r.diags.list.p[0]->code, DIAG_E0109);
    done(&r);
    expect_codes("let a = \"\xff\"", "E0109");
}

static void values_are_read_alone(void **state)
{
    reading r;
    read_bytes(&r, TEXT("language 1"));
    ast t;
    assert_true(parse_value(&t, TEXT("dir(\"out\", {a: 1})"), 7, &r.names, &r.diags, &r.memory));
    assert_int_equal(ast_kind(&t, ast_value(&t, t.root)), NODE_CALL);
    assert_int_equal(ast_span(&t, ast_value(&t, t.root)).start, 7);
    ast_release(&t);
    assert_true(parse_value(&t, TEXT("900\n per day"), 7, &r.names, &r.diags, &r.memory));
    ast_release(&t);
    assert_false(parse_value(&t, TEXT("900 per"), 7, &r.names, &r.diags, &r.memory));
    ast_release(&t);
    done(&r);
}

static void expect_stable(const source *file, names *table, diagnostics *d, source_map *m)
{
    buffer once = {0}, twice = {0};
    assert_int_equal(format_source(&once, file, table, d), FORMAT_DONE);
    source *again = source_add(m, TEXT("again"), buffer_view(&once));
    assert_int_equal(format_source(&twice, again, table, d), FORMAT_DONE);
    assert_true(text_equal(buffer_view(&once), buffer_view(&twice)));
    buffer_release(&once);
    buffer_release(&twice);
}

static void expect_layout(const char *bytes, const char *wanted)
{
    reading r;
    read_bytes(&r, text_of(bytes));
    buffer b = {0};
    assert_int_equal(format_source(&b, r.file, &r.names, &r.diags), FORMAT_DONE);
    assert_text(buffer_view(&b), wanted);
    expect_stable(r.file, &r.names, &r.diags, &r.map);
    buffer_release(&b);
    done(&r);
}

static void sources_are_laid_out(void **state)
{
    expect_layout("let a=1+2*  -3 // x\n\n\n\nlet   b = f( 1,[2 ,3],{a:1} )\n",
                  "let a = 1 + 2 * -3  // x\n\nlet b = f(1, [2, 3], {a: 1})\n");
    expect_layout(
        "customer a {\n\n// c\nx 5\n long_one 6\nundo {\n do g.put( 1 )\n}\n\n}",
        "customer a {\n  // c\n  x        5\n  long_one 6\n  undo {\n    do g.put(1)\n  }\n}\n");
    expect_layout("let a = [\n1,\n2\n]\nlet c = d\n or e",
                  "let a = [\n  1,\n  2\n]\nlet c = d\n    or e\n");
    expect_layout("let t = \"a {  b  } c\"", "let t = \"a {  b  } c\"\n");
    expect_layout("// only\n", "// only\n");
    expect_layout("", "");
}

static void faulty_sources_are_left_alone(void **state)
{
    reading r;
    read_bytes(&r, TEXT("let a = \n"));
    buffer b = {0};
    assert_int_equal(format_source(&b, r.file, &r.names, &r.diags), FORMAT_FAULTY);
    assert_int_equal(b.n, 0);
    done(&r);
}

/* The project's own examples, and the language's acceptance examples where they are at hand. */
static void examples_are_read(void **state)
{
    const char *root = getenv("FERRY_LANGUAGE");
    glob_t found = {0};
    arena a = {0};
    text deep = text_format(&a, "%s/*/*.ferry", root ? root : "../shared/language");
    text flat = text_format(&a, "%s/*.ferry", root ? root : "../shared/language");
    glob(flat.p, 0, NULL, &found);
    glob(deep.p, GLOB_APPEND, NULL, &found);
    glob("examples/*/*.ferry", GLOB_APPEND, NULL, &found);
    assert_true(found.gl_pathc >= 4);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        text bytes;
        assert_int_equal(file_load(&a, found.gl_pathv[i], SOURCE_LARGEST, &bytes), LOAD_OK);
        reading r;
        read_bytes(&r, bytes);
        assert_true(r.good);
        expect_stable(r.file, &r.names, &r.diags, &r.map);
        done(&r);
    }
    globfree(&found);
    arena_release(&a);
}

/* Declarations enough to be read in pieces: names that recur and names that are new, words about
 * the file and about what follows. */
static void fill_file(buffer *b)
{
    buffer_cstr(b, "/// About the file.\nlanguage 1\nrole desk \"Desk\" {\n  members [\"dee\"]\n}\n\n");
    for (unsigned i = 0; b->n < PIECES_FROM + 2 * PIECE_LEAST; i++)
        buffer_printf(b,
                      "/// Partner %u.\ncustomer p%u \"Partner %u\" {\n  region \"r\" // a word\n"
                      "  channel c_%u: edi \"one {a%u + 2} two\" {\n    follows [b%u, p%u]\n  }\n}\n\n",
                      i, i, i, i % 7, i, i + 1, i / 2);
}

static uint32_t nodes_in(const ast *t)
{
    uint32_t n = 0;
    ast_each_node(t, k) n++;
    return n;
}

static void expect_same_trees(const ast *whole, const ast *pieces)
{
    buffer one = {0}, other = {0};
    node bad = 0;
    assert_true(ast_well_formed(pieces, &bad));
    assert_int_equal(nodes_in(whole), whole->count - 1);
    assert_int_equal(nodes_in(pieces), nodes_in(whole));
    dump_tree(&one, whole);
    dump_tree(&other, pieces);
    assert_true(text_equal(buffer_view(&one), buffer_view(&other)));
    assert_int_equal(pieces->names->count, whole->names->count);
    for (uint32_t id = 1; id <= whole->names->count; id++)
        assert_true(text_equal(names_text(pieces->names, id), names_text(whole->names, id)));
    buffer_release(&one);
    buffer_release(&other);
}

static void pieces_make_the_same_tree(void **state)
{
    (void)state;
    buffer b = {0};
    reading r;
    ast plain, pieces;
    names one, own;
    fill_file(&b);
    read_bytes(&r, buffer_view(&b));
    assert_true(r.good);
    names_init(&one, &r.memory);
    assert_true(parse_plain(&plain, r.file->bytes, r.file->base, false, &one));
    expect_same_trees(&plain, &r.tree);
    for (unsigned most = 2; most <= 4; most++) {
        names_init(&own, &r.memory);
        assert_true(pieces_read(&pieces, r.file->bytes, r.file->base, &own, most));
        expect_same_trees(&plain, &pieces);
        ast_release(&pieces);
        names_release(&own);
    }
    assert_true(text_equal(r.file->bytes, buffer_view(&b)));
    ast_release(&plain);
    names_release(&one);
    done(&r);
    buffer_release(&b);
}

/* Where a cut would be, a text holds what looks like the end of a declaration. */
static void pieces_end_where_declarations_do(void **state)
{
    (void)state;
    buffer b = {0};
    reading r;
    names own;
    ast none;
    while (b.n < PIECES_FROM / 2 - SCAN_LONGEST / 4)
        buffer_cstr(&b, "let a = 1\n");
    buffer_cstr(&b, "let t = \"\"\"\n");
    while (b.n < PIECES_FROM / 2 + SCAN_LONGEST / 4)
        buffer_cstr(&b, "words\n}\n\n");
    buffer_cstr(&b, "\"\"\"\n");
    while (b.n < PIECES_FROM)
        buffer_cstr(&b, "let b = 2\n");
    read_bytes(&r, buffer_view(&b));
    assert_true(r.good);
    names_init(&own, &r.memory);
    assert_false(pieces_read(&none, r.file->bytes, r.file->base, &own, 2));
    assert_true(text_equal(r.file->bytes, buffer_view(&b)));
    names_release(&own);
    done(&r);
    buffer_release(&b);
}

/* A node for each two bytes: more than a piece is lent. */
static void dense_sources_are_read_whole(void **state)
{
    (void)state;
    buffer b = {0};
    reading r;
    names own;
    ast none;
    for (unsigned i = 0; b.n < PIECES_FROM; i++) {
        buffer_printf(&b, "customer p%u \"\" {\n  ports [1", i);
        for (unsigned k = 0; k < 10000; k++)
            buffer_cstr(&b, ",1");
        buffer_cstr(&b, "]\n}\n\n");
    }
    read_bytes(&r, buffer_view(&b));
    assert_true(r.good);
    assert_true(nodes_in(&r.tree) > b.n / 3);
    names_init(&own, &r.memory);
    assert_false(pieces_read(&none, r.file->bytes, r.file->base, &own, 2));
    assert_true(text_equal(r.file->bytes, buffer_view(&b)));
    names_release(&own);
    done(&r);
    buffer_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_end_statements),
        cmocka_unit_test(words_are_names_elsewhere),
        cmocka_unit_test(braces_are_records_or_blocks),
        cmocka_unit_test(literals_are_told_apart),
        cmocka_unit_test(texts_are_read),
        cmocka_unit_test(documentation_stands_before_names),
        cmocka_unit_test(faults_are_reported_one_by_one),
        cmocka_unit_test(signs_of_others_are_explained),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(values_are_read_alone),
        cmocka_unit_test(sources_are_laid_out),
        cmocka_unit_test(faulty_sources_are_left_alone),
        cmocka_unit_test(examples_are_read),
        cmocka_unit_test(pieces_make_the_same_tree),
        cmocka_unit_test(pieces_end_where_declarations_do),
        cmocka_unit_test(dense_sources_are_read_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
