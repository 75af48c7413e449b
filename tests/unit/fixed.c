/* fixed.c: records by layouts: telling, levels, totals, types, frames, and layouts that are wrong.
 */
#include "unit.h"

#include "base/embedded.h"
#include "stdlib/document/encoding_pages.h"
#include "stdlib/document/format.h"
#include "stdlib/fixed/fixed.h"

#include <stdio.h>

extern const embedded_file layout_files[];

static const char payroll[] = "layout: payroll\n"
                              "width: 20\n"
                              "records:\n"
                              "  - record: H\n"
                              "    select: {1: H}\n"
                              "    opens: file\n"
                              "    needs: [E]\n"
                              "    fields:\n"
                              "      made: 2 6 YYMMDD noise\n"
                              "      kind: 8 1 A|B required\n"
                              "  - record: E\n"
                              "    select: {1: E}\n"
                              "    in: file\n"
                              "    fields:\n"
                              "      id: 2 4 digits key required\n"
                              "      name: 6 5\n"
                              "      pay: 11 6 N2\n"
                              "      tax: 17 4 Z2\n"
                              "  - record: T\n"
                              "    select: {1: T}\n"
                              "    closes: file\n"
                              "    fields:\n"
                              "      count: 2 4 digits\n"
                              "      pay: 6 8 N2\n"
                              "      tax: 14 5 Z2\n"
                              "      kind: 19 1\n"
                              "controls:\n"
                              "  - {at: T.count, count: E}\n"
                              "  - {at: T.pay, sum: E.pay}\n"
                              "  - {at: T.tax, sum: E.tax}\n"
                              "  - {at: T.kind, same: H.kind}\n";

static const char good[] =
    "H261130A            \n"
    "E0001Ann  010050150{\n"
    "E0002Jörg 000150001J\n"
    "T0002000102000148IA \n"; /* 15.00 and -0.11 are 14.89, and I is a positive 9 */

static const fixed_layout *layout(arena *a, const char *yaml)
{
    text message;
    size_t offset;
    const fixed_layout *l = fixed_layout_read(a, text_of(yaml), &message, &offset);
    if (!l)
        fail_msg("%.*s at %zu", TEXT_ARG(message), offset);
    return l;
}

/* Every fault as "CODE offset path: message", a line each. */
static void faults_are(const char *yaml, text bytes, const char *wanted)
{
    arena a = {0};
    fixed_file f;
    buffer b = {0};
    fixed_read(&a, layout(&a, yaml), bytes, &f);
    for (uint32_t i = 0; i < f.faults; i++)
        buffer_printf(&b, "%.*s %zu %.*s: %.*s\n", TEXT_ARG(f.fault[i].code), f.fault[i].offset,
                      TEXT_ARG(f.fault[i].path), TEXT_ARG(f.fault[i].message));
    assert_text(buffer_view(&b), wanted);
    buffer_release(&b);
    arena_release(&a);
}

static void totals(void **state)
{
    faults_are(payroll, text_of(good), "");
    faults_are(payroll, TEXT("H261130A            \nE0001Ann  010050150{\nT0002000102000150AB \n"),
               "control 43 H[1].T[1].count: says 2, the records are 1\n"
               "control 47 H[1].T[1].pay: says 10200, the records add up to 10050\n"
               "control 55 H[1].T[1].tax: says 1501, the records add up to 1500\n"
               "control 60 H[1].T[1].kind: says `B`, H.kind says `A`\n");
}

static void levels(void **state)
{
    faults_are(payroll, TEXT("E0001Ann  010050150{\n"),
               "order 0 E[1]: stands where no file is open\n");
    faults_are(payroll, TEXT("H261130A            \n"),
               "needed 0 H[1]: has no record E\nopen 0 H[1]: the file has no closing record\n");
    faults_are(payroll, TEXT("H261130A            \nE0001Ann  010050150{\nX\n"),
               "open 0 H[1]: the file has no closing record\n"
               "record 42 H[1].record[3]: the layout knows no such record\n");
    faults_are(payroll, TEXT(""), "record 0 : the file has no records\n");
}

static void values(void **state)
{
    faults_are(payroll, TEXT("H261332             \nE1   Ann  01X050150{ \nE   2Ann\n"),
               "open 0 H[1]: the file has no closing record\n"
               "field 1 H[1].made: `261332` must be a day as YYMMDD\n"
               "field 7 H[1].kind: `` must be there\n"
               "width 21 H[1].E[1]: the record has 21 characters, not 20\n"
               "field 22 H[1].E[1].id: `1` does not end where its field does\n"
               "field 31 H[1].E[1].pay: `01X050` must be a number\n"
               "width 43 H[1].E[2]: the record has 8 characters, not 20\n");
}

static bool is_right(field_type type, uint8_t decimals, const char *value)
{
    fixed_field f = {.name = TEXT("f"), .type = type, .decimals = decimals, .codes = TEXT("A|BC")};
    fixed_value v = {&f, 0, text_of(value), false, 0};
    return !fixed_value_fault(&v);
}

static void types(void **state)
{
    static const struct {
        field_type type;
        const char *right, *wrong;
    } list[] = {
        {FIELD_DIGITS, "0123", "12 3"},
        {FIELD_CODE, "BC", "B"},
        {FIELD_IMPLIED, "-0123", "1.5"},
        {FIELD_ZONED, "12}", "1}2"},
        {FIELD_NUMBER, "+1.50", "1.5.0"},
        {FIELD_YYMMDD, "240229", "230229"},
        {FIELD_CCYYMMDD, "20240229", "2024029"},
        {FIELD_MMDDCCYY, "02292024", "02302024"},
        {FIELD_DDD, "366", "367"},
        {FIELD_HHMM, "2359", "2360"},
        {FIELD_HHMMSS, "235959", "2359"},
        {FIELD_ROUTING, "121042882", "121042883"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        assert_true(is_right(list[i].type, 2, list[i].right));
        assert_false(is_right(list[i].type, 2, list[i].wrong));
    }
    assert_true(is_right(FIELD_TEXT, 0, "anything"));
    assert_true(is_right(FIELD_REST, 0, "any,thing"));
    assert_true(is_right(FIELD_FUNDS, 0, "V,260301,"));
    assert_false(is_right(FIELD_BLANK, 0, "x"));
    assert_true(is_right(FIELD_BLANK, 0, ""));
}

static text shown(arena *a, field_type type, uint8_t decimals, const char *bytes, size_t n)
{
    fixed_field f = {.type = type, .decimals = decimals};
    return fixed_shown(a, &f, (text){bytes, n});
}

static void numbers_in_bytes(void **state)
{
    arena a = {0};
    assert_text(shown(&a, FIELD_PACKED, 2, "\x12\x34\x5c", 3), "123.45");
    assert_text(shown(&a, FIELD_PACKED, 2, "\x12\x34\x5d", 3), "-123.45");
    assert_text(shown(&a, FIELD_PACKED, 0, "\x00\x7f", 2), "7");
    assert_text(shown(&a, FIELD_PACKED, 0, "\x20\x20", 2), "2020"); /* blanks have no sign */
    assert_text(shown(&a, FIELD_PACKED, 0, "\x1a\x0c", 2), "1a0c");
    assert_text(shown(&a, FIELD_BINARY, 0, "\xff\xfe", 2), "-2");
    assert_text(shown(&a, FIELD_BINARY, 2, "\x00\x00\x01\x00", 4), "2.56");
    assert_text(shown(&a, FIELD_BINARY, 0, "\x80\0\0\0\0\0\0\0\0", 9), "800000000000000000");
    assert_text(shown(&a, FIELD_IMPLIED, 2, "10050", 5), "100.50");
    assert_text(shown(&a, FIELD_ZONED, 1, "15}", 3), "-15.0");
    assert_text(shown(&a, FIELD_TEXT, 0, "abc", 3), "abc");
    fixed_field f = {.name = TEXT("f"), .type = FIELD_PACKED};
    fixed_value v = {&f, 0, {"\x12\x34", 2}, false, 0};
    assert_string_equal(fixed_value_fault(&v), "must be a packed decimal");
    arena_release(&a);
}

/* A byte of a number that is a line break, or a blank, is neither; nor is the file text. */
static void binary_records(void **state)
{
    static const char yaml[] = "layout: b\nwidth: 8\nrecords:\n  - record: A\n    select: {1: A}\n"
                               "    fields: {name: 2 3, sum: 5 2 P0, n: 7 2 B0}\n";
    static const char bytes[] = "Axy \x0a\x0c\x20\x0d"
                                "\nAz  \x12\x3d\x00\xe9";
    arena a = {0};
    document_file f;
    fixed_value *v;
    document_read_at(&a, TEXT("f"), NULL, (text){bytes, sizeof bytes - 1}, KIND_UNKNOWN,
                     layout(&a, yaml), &f);
    assert_int_equal(f.kind, KIND_FIXED);
    const fixed_file *file = f.content;
    assert_int_equal(file->records, 2);
    assert_int_equal(f.faults, 1); /* 0a 0c is no packed decimal */
    assert_int_equal(f.fault[0].offset, 4);
    assert_int_equal(fixed_values(&a, file, &file->record[1], &v), 3);
    assert_text(v[0].value, "z");
    assert_text(fixed_shown(&a, v[1].field, v[1].value), "-123");
    assert_text(fixed_shown(&a, v[2].field, v[2].value), "233");
    arena_release(&a);
}

/* An image cash letter with an item, its records in EBCDIC or ASCII. */
static size_t cash_letter(bool ebcdic, char *out)
{
    static const char *const records[] = {
        "0103T061000146026073150202010230911NWave             Wave              1        ",
        "100106100014602607315020201023202010230911IG74753                           C   ",
        "20010610001460260731502020102320201023747531    00011                           ",
        "25                122000661    1211-1234-56789/0000010000000000029001104G00Y000F",
        "52026073150202010231 000000029001104\x01\x89image",
        "70000100000001000000000001000000002                                             ",
        "900000010000000100000000010000000000002Wave                                     ",
        "9900000100000008000000010000000000010000                                        ",
    };
    uint16_t page[256];
    size_t n = 0;
    encoding_page(ENCODING_CP037, page);
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        size_t length = strlen(records[i]);
        memcpy(out + n, "\0\0\0", 3);
        out[n + 3] = (char)length;
        n += 4;
        for (size_t k = 0; k < length; k++) {
            unsigned byte = (unsigned char)records[i][k];
            for (unsigned c = 0; ebcdic && c < 256; c++)
                if (page[c] == (unsigned char)records[i][k])
                    byte = c;
            out[n++] = (char)byte;
        }
    }
    return n;
}

static void cash_letters(void **state)
{
    for (int ebcdic = 0; ebcdic < 2; ebcdic++) {
        arena a = {0};
        char bytes[1024];
        size_t n = cash_letter(ebcdic, bytes);
        document_file f;
        document_read(&a, TEXT("f.icl"), (text){bytes, n}, KIND_UNKNOWN, &f);
        assert_int_equal(f.kind, KIND_FIXED);
        assert_text(f.layout->name, "x937");
        assert_int_equal(f.faults, 0);
        const fixed_file *file = f.content;
        assert_int_equal(file->records, 8);
        assert_text(fixed_value_of(&a, file, &file->record[3], TEXT("amount")), "0000010000");
        assert_text(fixed_path(&a, file, 4), "01[1].10[1].20[1].25[1].52[1]");
        arena_release(&a);
    }
}

/* A name, a packed amount, a binary number, in EBCDIC, as mainframes write them: without lengths or
 * line breaks, of one width or of the length of each kind. */
static void packed_in_ebcdic(void **state)
{
    static const char *const yaml[] = {
        "layout: l\nwidth: 15\nrecords:\n  - record: A\n    select: {1: \"A\"}\n"
        "    fields: {name: 2 8, amount: 10 4 P2, count: 14 2 B0}\n",
        "layout: l\nrecords:\n  - record: A\n    select: {1: \"A\"}\n    length: 15\n"
        "    fields: {name: 2 8, amount: 10 4 P2, count: 14 2 B0}\n"
        "  - record: B\n    select: {1: \"B\"}\n    length: 9\n"
        "    fields: {name: 2 6, amount: 8 2 P0}\n",
    };
    static const char bytes[] = "\xc1\xe2\xd4\xc9\xe3\xc8\x40\x40\x40\x00\x12\x34\x5d\x01\x00"
                                "\xc1\xd1\xd6\xd5\xc5\xe2\x40\x40\x40\x00\x00\x15\x0c\x0a\x0d"
                                "\xc2\xd3\xc5\xc5\x40\x40\x40\x25\x0c";
    for (int i = 0; i < 2; i++) {
        arena a = {0};
        fixed_file f;
        fixed_value *v;
        fixed_read(&a, layout(&a, yaml[i]), (text){bytes, i ? 39 : 30}, &f);
        assert_int_equal(f.faults, 0);
        assert_int_equal(f.records, 2 + i);
        assert_int_equal(fixed_values(&a, &f, &f.record[0], &v), 3);
        assert_text(v[0].value, "SMITH");
        assert_text(fixed_shown(&a, v[1].field, v[1].value), "-123.45");
        assert_text(fixed_shown(&a, v[2].field, v[2].value), "256");
        assert_int_equal(fixed_values(&a, &f, &f.record[1], &v), 3);
        assert_text(v[0].value, "JONES");
        assert_text(fixed_shown(&a, v[1].field, v[1].value), "1.50");
        assert_text(fixed_shown(&a, v[2].field, v[2].value), "2573");
        if (i) {
            assert_int_equal(fixed_values(&a, &f, &f.record[2], &v), 2);
            assert_text(v[0].value, "LEE");
            assert_text(fixed_shown(&a, v[1].field, v[1].value), "250");
        }
        arena_release(&a);
    }
}

/* The records of a file, joined by "/". */
static void records_are(const char *yaml, text bytes, const char *wanted)
{
    arena a = {0};
    fixed_file f;
    buffer b = {0};
    fixed_read(&a, layout(&a, yaml), bytes, &f);
    for (uint32_t i = 0; i < f.records; i++)
        buffer_printf(&b, "%s%.*s", i ? "/" : "", TEXT_ARG(f.record[i].raw));
    assert_text(buffer_view(&b), wanted);
    buffer_release(&b);
    arena_release(&a);
}

static void frames(void **state)
{
    static const char records[] = "records:\n  - record: A\n";
    char yaml[200];
    snprintf(yaml, sizeof yaml, "layout: l\nwidth: 3\n%s", records);
    records_are(yaml, TEXT("abcdef\r\nghi\n\njk"), "abc/def/ghi/jk");
    records_are(yaml, TEXT("abcdefgh"), "abc/def/gh");
    records_are(yaml, TEXT("abc  \n"), "abc  ");
    records_are(yaml, TEXT("äbcdëf"), "äbc/dëf");
    records_are(yaml, TEXT("€€€€€€äbcé"), "€€€/€€€/äbc/é");
    records_are(yaml,
                TEXT("\xe9"
                     "bcd\xeb"
                     "fäbc"),
                "\xe9"
                "bc/d\xeb"
                "f/äbc");
    records_are(yaml, TEXT("abcdef   \nghi      x"), "abc/def   /ghi/   /   /x");
    snprintf(yaml, sizeof yaml, "layout: l\n%s", records);
    records_are(yaml, TEXT("abcdef\nghi\n"), "abcdef/ghi");
    snprintf(yaml, sizeof yaml, "layout: l\nprefix: 2\n%s", records);
    records_are(yaml, TEXT("\0\3abc\0\1d\0\7ef"), "abc/d/ef");
    snprintf(yaml, sizeof yaml, "layout: l\nstarts: \"{\"\n%s", records);
    records_are(yaml, TEXT("x{1}a{2}b\n{3}c\n"), "{1}a/{2}b/{3}c");
    static const char lengths[] = "layout: l\nrecords:\n  - record: A\n    select: {1: \"A\"}\n"
                                  "    length: 3\n  - record: B\n    select: {1: \"B\"}\n"
                                  "    length: 2\n  - record: C\n";
    records_are(lengths, TEXT("AbcBdBe\r\nAf\n\nABC  \nwhole line\nBgAhi   "),
                "Abc/Bd/Be/Af/ABC/whole line/Bg/Ahi");
    static const char joined[] = "layout: l\nseparator: \",\"\nend: \"/\"\ncontinuation: \"88\"\n"
                                 "records:\n  - record: A\n    select: {1: \"01\"}\n";
    records_are(joined, TEXT("01,a\n\n\nb/\n\n02,c\n"), "01,a\n\n\nb/02,c");
    records_are(joined, TEXT("01,a/\n88,b/c\n88,d\n02,e/ 03,f\ng/\n"), "01,a,b/c,d/02,e/03,f\ng");
}

static void value_is(const char *yaml, text bytes, const char *name, const char *wanted)
{
    arena a = {0};
    fixed_file f;
    fixed_read(&a, layout(&a, yaml), bytes, &f);
    assert_text(fixed_value_of(&a, &f, &f.record[0], text_of(name)), wanted);
    arena_release(&a);
}

/* Funds types bring fields along, and what repeats goes on behind them. */
static void separated(void **state)
{
    static const char yaml[] = "layout: l\nseparator: \",\"\nrecords:\n  - record: A\n"
                               "    fields: {id: 2, funds: 3 funds, reference: 4, note: 5 rest}\n";
    value_is(yaml, TEXT("01,7,S,1,2,3,ref,a,b"), "reference", "ref");
    value_is(yaml, TEXT("01,7,V,260301,,ref,a,b"), "note", "a,b");
    value_is(yaml, TEXT("01,7,D,2,0,10,1,20,ref,a"), "reference", "ref");
    value_is(yaml, TEXT("01,7,D,999999999999,0,10"), "reference", "");
    value_is(yaml, TEXT("01,7,,ref"), "reference", "ref");
}

static void told(void **state)
{
    static const char header[] = "101 121042882 1210428822611302210A094101Bank";
    assert_text(fixed_layout_told(TEXT(header)), "nacha");
    assert_null(fixed_layout_told(TEXT("101 apples and 094 pears")).p);
    assert_text(fixed_layout_told(TEXT("01,SENDER,RECEIVER,261130,2210,1,80,,2/\n02,")), "bai2");
    assert_null(fixed_layout_told(TEXT("01,SENDER,RECEIVER,261130,2210,1,80\n,2/")).p);
    for (const embedded_file *f = layout_files; f->name; f++) {
        arena a = {0};
        assert_non_null(
            fixed_layout_shipped(&a, text_slice(text_of(f->name), 0, strlen(f->name) - 5)));
        arena_release(&a);
    }
    arena a = {0};
    assert_null(fixed_layout_shipped(&a, TEXT("none")));
    assert_true(fixed_layout_fits(layout(&a, payroll), text_of(good)));
    assert_false(fixed_layout_fits(layout(&a, payroll), TEXT("sku,price\nE1\n")));
    arena_release(&a);
}

static void refused(const char *yaml, const char *wanted)
{
    arena a = {0};
    text message;
    size_t offset;
    assert_null(fixed_layout_read(&a, text_of(yaml), &message, &offset));
    assert_text(message, wanted);
    assert_true(offset <= strlen(yaml));
    arena_release(&a);
}

static void wrong_layouts(void **state)
{
    refused("", "there is no layout in it");
    refused("- a\n", "a layout begins with `layout: NAME`");
    refused("layout: l\n", "a layout has `records`");
    refused("layout: l\nrecord: []\n", "a layout has no key: `record`");
    refused("records: x\n", "expected a list");
    refused("width: many\nrecords: []\n", "expected a number: `many`");
    refused("width: 5\nrecords: [{record: A, fields: {a: 3 4}}]\n",
            "a field ends behind its record: `a`");
    refused("records: [{record: A, fields: {a: 1 4 date}}]\n",
            "there is no type of fields: `date`");
    refused("records: [{record: A, fields: {a: 0 4}}]\n", "places count from 1");
    refused("records: [{record: A, where: {x: 1}}]\n",
            "expected a record and a field, as in `5.class`: `x`");
    refused("records: [{record: A}]\ncontrols: [{at: A.n, count: A}]\n",
            "no record of that name has the field: `n`");
    refused("records: [{record: A, fields: {n: 1 2}}]\ncontrols: [{at: A.n, count: B}]\n",
            "there is no record: `B`");
    refused("records: [{record: A, fields: {n: 1 2}}]\ncontrols: [{at: A.n}]\n",
            "a control has `at`, a field, and one of `count`, `sum` and `same`");
    refused("records: [{record: A, groups: {from: 2, fields: [a]}}]\n",
            "only fields between separators repeat");
}

/* Padding, zeros before an amount and fields marked as noise do not change what is said. */
static void trees(void **state)
{
    arena a = {0};
    fixed_file f, g;
    document_tree x, y;
    const fixed_layout *l = layout(&a, payroll);
    fixed_read(&a, l, text_of(good), &f);
    fixed_read(&a, l,
               TEXT("H261201A\nE0001Ann   10050150{\nE0002J\xc3\xb6rg 000150001J\n"
                    "T0002000102000148IA"),
               &g);
    fixed_tree(&a, &f, 0, f.records, &x);
    fixed_tree(&a, &g, 0, g.records, &y);
    assert_int_equal(x.nodes, 6); /* the root, the file, its four records */
    assert_text(x.node[1].name, "H");
    assert_int_equal(x.node[1].count, 4);
    assert_text(x.node[3].key, "0001");
    assert_true(x.node[0].print == y.node[0].print);
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totals),
        cmocka_unit_test(levels),
        cmocka_unit_test(values),
        cmocka_unit_test(types),
        cmocka_unit_test(numbers_in_bytes),
        cmocka_unit_test(binary_records),
        cmocka_unit_test(cash_letters),
        cmocka_unit_test(packed_in_ebcdic),
        cmocka_unit_test(frames),
        cmocka_unit_test(separated),
        cmocka_unit_test(told),
        cmocka_unit_test(wrong_layouts),
        cmocka_unit_test(trees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
