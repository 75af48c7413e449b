/* csv.c: rows by masks are those found byte by byte, at every level, on texts of few different
 * bytes and on every file of the sample data; how tables are told; their rows, fields and faults.
 */
#include "unit.h"

#include "base/scan.h"
#include "base/source.h"
#include "stdlib/csv/csv_read.h"
#include "stdlib/document/format.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    csv_rows rows; /* first: see csv.c */
    VEC(size_t) odd;
} found;

static void note_odd(csv_rows *r, size_t at, const csv_walk *w)
{
    found *f = (found *)r;
    vec_push(&f->odd, r->row.n);
    vec_push(&f->odd, at);
    vec_push(&f->odd, w->end);
}

static void by_bytes(const csv_dialect *d, text s, found *f)
{
    csv_walk w;
    for (size_t at = 0; at < s.n; at = csv_behind_break(s, w.end)) {
        csv_walk_row(d, s, at, &w);
        if (w.end == at)
            continue;
        if (w.fields == d->columns && !w.fault && !w.comment)
            csv_row_add(&f->rows, at, w.end);
        else
            note_odd(&f->rows, at, &w);
    }
}

static void release(found *f)
{
    vec_release(&f->rows.row);
    vec_release(&f->odd);
}

static void require_levels(const csv_dialect *d, text s)
{
    found wanted = {0};
    by_bytes(d, s, &wanted);
    for (int level = SCAN_SCALAR; level <= (int)scan_best(); level++) {
        found got = {.rows = {.odd = note_odd}};
        csv_scan_rows(&got.rows, d, s, 0, level);
        assert_int_equal(got.rows.row.n, wanted.rows.row.n);
        assert_int_equal(got.odd.n, wanted.odd.n);
        for (size_t i = 0; i < got.odd.n; i++)
            assert_int_equal(got.odd.p[i], wanted.odd.p[i]);
        for (size_t i = 0; i < got.rows.row.n; i++)
            assert_true(got.rows.row.p[i].at == wanted.rows.row.p[i].at &&
                        got.rows.row.p[i].n == wanted.rows.row.p[i].n);
        release(&got);
    }
    release(&wanted);
}

static uint32_t next_random(uint32_t *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 17;
    return *x ^= *x << 5;
}

/* Bytes of the alphabet at the very end of a block of the heap, so that the sanitizer sees a read
 * behind them. */
static char *some_bytes(const char *alphabet, size_t n, uint32_t *seed)
{
    char *p = malloc(n ? n : 1);
    for (size_t i = 0; i < n; i++)
        p[i] = alphabet[next_random(seed) % strlen(alphabet)];
    return p;
}

static void masks_are_bytes(void **state)
{
    static const char *const alphabets[] = {"\",\n",           "\",\nabc",      "\"\",,\n\r#ab",
                                            "aaaaaaaa\",\r\n", "abcdefghij,\n", "'\\\",\n a"};
    uint32_t seed = 4711;
    for (unsigned k = 0; k < sizeof alphabets / sizeof *alphabets; k++)
        for (size_t n = 0; n < 12000; n = n < 300 ? n + 1 : n * 3 / 2) {
            char *p = some_bytes(alphabets[k], n, &seed);
            for (size_t columns = 1; columns < 4; columns++)
                for (int quotes = 0; quotes < 3; quotes++)
                    require_levels(&(csv_dialect){.separator = ',',
                                                  .quote = quotes == 1 ? '\'' : '"',
                                                  .escapes = quotes == 2,
                                                  .columns = columns},
                                   (text){p, n});
            free(p);
        }
}

/* Sound rows with one byte spoilt: what stands before and behind it is found as it was. */
static void one_spoilt_byte(void **state)
{
    char p[2048];
    size_t n = 0;
    for (int i = 0; n + 40 < sizeof p; i++)
        n += (size_t)snprintf(p + n, sizeof p - n, "%d,\"a \"\"%d\"\", b\nc\",%d\r\n", i, i, i);
    for (size_t at = 0; at < n; at++)
        for (const char *with = "\",\n\rx"; *with; with++) {
            char was = p[at];
            p[at] = *with;
            require_levels(&(csv_dialect){.separator = ',', .quote = '"', .columns = 3},
                           (text){p, n});
            p[at] = was;
        }
}

static int one_file(const char *path, const struct stat *st, int type, struct FTW *where)
{
    arena a = {0};
    text bytes;
    csv_dialect d;
    (void)st, (void)where;
    if (type == FTW_F && file_load(&a, path, 1 << 28, &bytes) == LOAD_OK) {
        csv_dialect_of(text_slice(bytes, 0, 1 << 16), bytes.n <= 1 << 16, &d);
        require_levels(&d, bytes);
        d.escapes = false;
        require_levels(&d, bytes);
    }
    arena_release(&a);
    return 0;
}

static void masks_are_bytes_on_files(void **state)
{
    const char *folder = getenv("CORPUS") ? getenv("CORPUS") : getenv("FERRY_CORPUS");
    if (folder)
        nftw(folder, one_file, 16, FTW_PHYS);
}

typedef struct {
    const char *bytes;
    char separator;
    bool told, header;
    size_t columns, start;
} told_case;

static void told(void **state)
{
    static const told_case list[] = {
        {"a,b\n1,2\n", ',', true, true, 2, 0},
        {"a;b\n1,5;2,5\n", ';', true, true, 2, 0},
        {"1;2,5\n3;4,5\n", ';', true, false, 2, 0},
        {"a\tb\n1\t2\n", '\t', true, true, 2, 0},
        {"a|b\n1|2\n", '|', true, true, 2, 0},
        {"a,b\r1,2\r", ',', true, true, 2, 0},
        {"sep=;\na;b\n1;2\n", ';', true, true, 2, 6},
        {"2026-03-01,x\n2026-03-02,y\n", ',', true, false, 2, 0},
        {"Sales of March\n\nid,n\na,1\nb,2\n", ',', true, true, 2, 16},
        {"Sales, March, all\n\nid,n\na,1\nb,2\n", ',', true, true, 2, 19},
        {"# id, n, and more\nid,n\na,1\n#b\nb,2\n", ',', true, true, 2, 18},
        {"#id,n\na,1\nb,2\n", ',', true, true, 2, 0},
        {"Dear Ann,\n\nthanks.\n\nYours,\nBob\n", ',', false, true, 2, 0},
        {"nothing to see here\n", ',', false, true, 1, 0},
        {"", ',', false, false, 1, 0},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const told_case *w = &list[i];
        csv_dialect d;
        bool is = csv_dialect_of(text_of(w->bytes), true, &d);
        if (is != w->told || (is && (d.separator != w->separator || d.header != w->header ||
                                     d.columns != w->columns || d.start != w->start)))
            fail_msg("%s: %d `%c` header %d, %zu columns from %zu", w->bytes, is, d.separator,
                     d.header, d.columns, d.start);
    }
}

static void quotes_are_told(void **state)
{
    csv_dialect d;
    csv_dialect_of(TEXT("a,b\n'x,y','it''s'\n"), true, &d);
    assert_int_equal(d.quote, '\'');
    csv_dialect_of(TEXT("a,b\n'x,it's\n"), true, &d);
    assert_int_equal(d.quote, '"');
    csv_dialect_of(TEXT("a,b\n\"x\\\"y\",1\n"), true, &d);
    assert_true(d.escapes);
    csv_dialect_of(TEXT("a,b\n\"C:\\\",1\n"), true, &d);
    assert_false(d.escapes);
}

static text cell_of(arena *a, const csv_table *t, uint32_t row, uint32_t column)
{
    text v;
    assert_true(csv_field(a, t, csv_row_text(t, row), column, &v));
    return v;
}

static void cells(void **state)
{
    arena a = {0};
    csv_table t;
    csv_read(&a, TEXT("a,b,c\n\"x\"\"y\",\" z \" ,\n'q',\"two\r\nlines\",5\" pipe\n\"\",,\n"), &t);
    assert_int_equal(t.rows, 3);
    assert_int_equal(t.faults, 0);
    assert_text(cell_of(&a, &t, 0, 0), "x\"y");
    assert_text(cell_of(&a, &t, 0, 1), " z ");
    assert_text(cell_of(&a, &t, 0, 2), "");
    assert_text(cell_of(&a, &t, 1, 0), "'q'");
    assert_text(cell_of(&a, &t, 1, 1), "two\r\nlines");
    assert_text(cell_of(&a, &t, 1, 2), "5\" pipe");
    assert_text(cell_of(&a, &t, 2, 0), "");
    csv_read(&a, TEXT("a;b\n\"x\\\"y\\\\z\\n\";1\n"), &t);
    assert_text(cell_of(&a, &t, 0, 0), "x\"y\\z\\n");
    csv_read(&a, TEXT("a;b\n'it''s';'x'\n"), &t);
    assert_text(cell_of(&a, &t, 0, 0), "it's");
    arena_release(&a);
}

static void require_fault(const csv_table *t, uint32_t i, const char *code, size_t offset,
                          const char *path)
{
    assert_true(i < t->faults);
    assert_text(t->fault[i].code, code);
    assert_int_equal(t->fault[i].offset, offset);
    assert_text(t->fault[i].path, path);
}

static void faults(void **state)
{
    arena a = {0};
    csv_table t;
    csv_read(&a, TEXT("a,b\n1,2,3\n4\n5,6\n"), &t);
    assert_int_equal(t.faults, 2);
    require_fault(&t, 0, "fields", 4, "row[1]");
    assert_text(t.fault[0].message, "3 fields where the table has 2 columns");
    require_fault(&t, 1, "fields", 10, "row[2]");
    /* The quote at byte 6; the one of the next row does not close it. */
    csv_read(&a, TEXT("a,b\nx,\"y\nz,\"w\"\nu,v\n"), &t);
    assert_int_equal(t.rows, 3);
    assert_int_equal(t.faults, 1);
    require_fault(&t, 0, "quote", 6, "row[1].b");
    assert_text(cell_of(&a, &t, 0, 1), "\"y");
    assert_text(cell_of(&a, &t, 1, 1), "w");
    csv_read(&a, TEXT("a,b\n\"x\"y,1\n"), &t);
    assert_int_equal(t.faults, 1);
    require_fault(&t, 0, "behind", 4, "row[1].a");
    assert_text(cell_of(&a, &t, 0, 0), "\"x\"y");
    csv_read(&a, TEXT("a,b\n1,2,3\n1,2,3\n"), &t);
    assert_int_equal(t.faults, 1);
    require_fault(&t, 0, "fields", 0, "header");
    assert_text(t.column[2], "3");
    csv_read(&a, TEXT(""), &t);
    require_fault(&t, 0, "empty", 0, "");
    arena_release(&a);
}

static void more_faults_than_are_kept(void **state)
{
    arena a = {0};
    csv_table t;
    buffer b = {0};
    buffer_cstr(&b, "a,b\n");
    for (int i = 0; i < 5000; i++)
        buffer_cstr(&b, i % 3 ? "1,2\n" : "1\n");
    csv_read(&a, buffer_view(&b), &t);
    assert_int_equal(t.rows, 5000);
    assert_int_equal(t.faults, DOCUMENT_FAULTS_MOST);
    assert_int_equal(t.faults + t.faults_omitted, 1667);
    buffer_release(&b);
    arena_release(&a);
}

static void without_names(void **state)
{
    arena a = {0};
    csv_table t;
    csv_read(&a, TEXT("4711,x\n4712,y\n"), &t);
    assert_int_equal(t.rows, 2);
    assert_int_equal(csv_column(&t, TEXT("2")), 1);
    assert_int_equal(csv_column(&t, TEXT("x")), UINT32_MAX);
    arena_release(&a);
}

/* A field of more bytes than a row counts: its row is found again by its quotes. */
static void long_rows(void **state)
{
    arena a = {0};
    csv_table t;
    size_t n = CSV_ROW_LONG + 100;
    char *p = malloc(n);
    memset(p, 'x', n);
    memcpy(p, "a,b\n1,\"", 7);
    memcpy(p + n - 7, "\"\n3,4\n", 6);
    csv_read(&a, (text){p, n - 1}, &t);
    assert_int_equal(t.rows, 2);
    assert_int_equal(csv_row_text(&t, 0).n, n - 7 + 1 - 4);
    assert_int_equal(cell_of(&a, &t, 0, 1).n, n - 7 - 7);
    free(p);
    arena_release(&a);
}

static void told_among_others(void **state)
{
    assert_int_equal(document_kind_of(TEXT("# made\nid,n\na,1\nb,2\n")), KIND_CSV);
    assert_int_equal(document_kind_of(TEXT("Title\n\nid;n\na;1\nb;2\n")), KIND_CSV);
    assert_int_equal(document_kind_of(TEXT("Dear Ann,\n\nthanks.\n\nYours,\nBob\n")), KIND_TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masks_are_bytes),
        cmocka_unit_test(one_spoilt_byte),
        cmocka_unit_test(masks_are_bytes_on_files),
        cmocka_unit_test(told),
        cmocka_unit_test(quotes_are_told),
        cmocka_unit_test(cells),
        cmocka_unit_test(faults),
        cmocka_unit_test(more_faults_than_are_kept),
        cmocka_unit_test(without_names),
        cmocka_unit_test(long_rows),
        cmocka_unit_test(told_among_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
