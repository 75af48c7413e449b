/* The floor: arenas, texts, buffers, vectors, sources, diagnostics. */
#include "tests/unit/unit.h"

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"
#include "base/text_sort.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static void arena_gives_aligned_zeroed_memory(void **state)
{
    arena a = {0};
    for (size_t i = 0; i < 2000; i++) {
        size_t align = (size_t)1 << i % 7;
        char *p = arena_alloc(&a, i, align);
        assert_int_equal((uintptr_t)p % align, 0);
        for (size_t k = 0; k < i; k++)
            assert_int_equal(p[k], 0);
        memset(p, 0xff, i);
    }
    memset(arena_array(&a, uint64_t, 500000), 1, 4000000); /* more than a block */
    size_t before = a.total;
    arena_clear(&a);
    assert_true(a.total < before);
    char *reused = arena_alloc(&a, 64, 1);
    for (int k = 0; k < 64; k++)
        assert_int_equal(reused[k], 0);
    assert_string_equal(arena_copy(&a, "abc", 2), "ab");
    arena_adopt(&a, malloc(1 << 20)); /* freed by release and by clear: the leak check looks */
    arena_clear(&a);
    arena_adopt(&a, malloc(100));
    arena_adopt(&a, NULL);
    arena_release(&a);
    assert_int_equal(a.total, 0);
}

/* Short ones are copied, long ones taken over; either way the arena frees them. */
static void vecs_are_kept_in_an_arena(void **state)
{
    arena a = {0};
    (void)state;
    for (size_t n = 0; n < 1000 * 1000; n = n * 100 + 1) {
        VEC(size_t) v = {0};
        for (size_t i = 0; i < n; i++)
            vec_push(&v, i);
        size_t *kept = vec_keep(&a, &v);
        assert_true((kept != NULL) == (n > 0));
        for (size_t i = 0; i < n; i++)
            assert_int_equal(kept[i], i);
    }
    arena_release(&a);
}

static void arena_uses_what_it_is_fed(void **state)
{
    arena a = {0};
    size_t n = 1 << 20;
    char *used = memset(malloc(n), 1, n);
    arena_feed(&a, NULL, 0);
    arena_feed(&a, malloc(100), 100); /* not worth a block */
    assert_int_equal(a.total, 0);
    arena_feed(&a, used, n);
    for (char *p; a.head && (p = arena_alloc(&a, 1000, 8)) > used && p < used + n;)
        for (int k = 0; k < 1000; k++)
            assert_int_equal(p[k], 0);
    assert_true(a.total > n);
    arena_release(&a);
}

static void texts_compare_and_cut(void **state)
{
    assert_true(text_is(text_trim(TEXT(" \t a b\r\n")), "a b"));
    assert_true(text_is(text_slice(TEXT("abc"), 1, 99), "bc"));
    assert_int_equal(text_slice(TEXT("abc"), 9, 2).n, 0);
    assert_true(text_compare(TEXT("ab"), TEXT("abc")) < 0);
    assert_true(text_compare(TEXT("b"), TEXT("abc")) > 0);
    assert_int_equal(text_compare((text){0}, TEXT("")), 0);
    assert_int_equal(text_find(TEXT("abc"), 'c'), 2);
    assert_int_equal(text_find((text){0}, 'c'), -1);
    assert_true(text_starts(TEXT("abc"), TEXT("ab")) && text_ends(TEXT("abc"), TEXT("bc")));
    assert_false(text_starts(TEXT("a"), TEXT("ab")) || text_ends(TEXT("a"), TEXT("ba")));
    assert_int_equal(text_of(NULL).n, 0);
}

enum { SORTED = 300000 }; /* as many as several threads sort */

/* Texts that share long beginnings, repeat, end in each other and hold NUL bytes. */
static text made_text(arena *a, unsigned *seed)
{
    static const char *const stems[] = {"", "partner", "partner of the first ",
                                        "a longer beginning than one key"};
    char tail[8];
    size_t n = (*seed = *seed * 1103515245 + 12345) >> 16 & 7;
    for (size_t i = 0; i < n; i++)
        tail[i] = "\0ab\377"[(*seed = *seed * 1103515245 + 12345) >> 20 & 3];
    text stem = text_of(stems[*seed >> 8 & 3]);
    char *p = arena_alloc(a, stem.n + n + 1, 1);
    memcpy(p, stem.p, stem.n);
    memcpy(p + stem.n, tail, n);
    return (text){p, stem.n + n};
}

static void texts_are_ranked_as_compared(void **state)
{
    arena a = {0};
    text *t = arena_array(&a, text, SORTED);
    uint32_t *order = arena_array(&a, uint32_t, SORTED), *rank = arena_array(&a, uint32_t, SORTED);
    unsigned seed = 7;
    for (uint32_t i = 0; i < SORTED; i++) {
        t[i] = made_text(&a, &seed);
        order[i] = i;
    }
    for (uint32_t n = 0; n <= SORTED; n = n < 3 ? n + 1 : n * 10) {
        uint32_t kept = texts_rank(t, order, n, rank, &a);
        for (uint32_t k = 0; k < kept; k++)
            assert_true(!k || text_compare(t[order[k - 1]], t[order[k]]) < 0);
        for (uint32_t i = 0; i < n; i++)
            assert_true(rank[i] < kept && text_equal(t[i], t[order[rank[i]]]));
        for (uint32_t i = 0; i < n; i++)
            order[i] = i;
    }
    arena_release(&a);
}

static void nearest_stays_within_a_slip(void **state)
{
    static const text names[] = {{"rollback", 8}, {"require", 7}, {"risk", 4}, {"by", 2}};
    assert_int_equal(text_distance(TEXT("rollbcak"), TEXT("rollback"), 3), 1);
    assert_int_equal(text_distance(TEXT("kitten"), TEXT("sitting"), 3), 3);
    assert_int_equal(text_distance(TEXT("kitten"), TEXT("sitting"), 2), 3);
    assert_int_equal(text_nearest(TEXT("requier"), names, 4), 1);
    assert_int_equal(text_nearest(TEXT("rsik"), names, 4), 2);
    assert_int_equal(text_nearest(TEXT("window"), names, 4), -1);
    assert_int_equal(text_nearest(TEXT("x"), names, 4), -1);
}

static void utf8_is_exact(void **state)
{
    static const struct {
        const char *bytes;
        size_t valid;
    } table[] = {
        {"aé€😀", 10},
        {"a\xc0\x80", 1},
        {"\xe0\x9f\xbf", 0},
        {"\xed\xa0\x80", 0},
        {"\xf4\x90\x80\x80", 0},
        {"x\xe2\x82", 1},
        {"\xf0\x8f\xbf\xbf", 0},
        {"\xff", 0},
        {"\xee\x80\x80", 3},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(text_utf8_prefix(text_of(table[i].bytes)), table[i].valid);
}

static void buffers_and_vectors_grow(void **state)
{
    buffer b = {0};
    VEC(uint32_t) v = {0};
    for (uint32_t i = 0; i < 1000; i++) {
        buffer_printf(&b, "%u,", i);
        vec_push(&v, i);
    }
    assert_int_equal(b.n, 3890);
    assert_int_equal(strlen(buffer_string(&b)), b.n);
    assert_int_equal(v.n, 1000);
    assert_int_equal(vec_last(&v), 999);
    buffer_release(&b);
    vec_release(&v);
    assert_null(v.p);
}

static void places_are_found_over_files(void **state)
{
    arena a = {0};
    source_map m;
    source_map_init(&m, &a);
    source *one = source_add(&m, TEXT("one"), TEXT("ab\ncd\r\n"));
    source *two = source_add(&m, TEXT("two"), TEXT(""));
    source *three = source_add(&m, TEXT("three"), TEXT("x\ny"));
    assert_null(source_of(&m, 0));
    assert_ptr_equal(source_of(&m, one->base + 7), one); /* its end belongs to it */
    assert_ptr_equal(source_of(&m, two->base), two);
    place p = source_place(&m, (span){one->base + 4, one->base + 5});
    assert_int_equal(p.line * 100 + p.column, 202);
    assert_int_equal(p.end_line * 100 + p.end_column, 203);
    assert_text(source_line(one, 2), "cd");
    assert_text(source_line(one, 9), "");
    p = source_place(&m, (span){three->base + 3, three->base + 3});
    assert_int_equal(p.line * 100 + p.column, 202);
    assert_null(source_place(&m, (span){0, 0}).file);
    assert_text(source_text(&m, (span){three->base, three->base + 1}), "x");
    source_map_release(&m);
    arena_release(&a);
}

static void files_that_cannot_be_read_say_why(void **state)
{
    char path[] = "/tmp/ferry-base-XXXXXX";
    int fd = mkstemp(path);
    assert_true(file_put(fd, TEXT("hello")));
    close(fd);
    arena a = {0};
    text t = {0};
    assert_int_equal(file_load(&a, path, 5, &t), LOAD_OK);
    assert_text(t, "hello");
    assert_memory_equal(t.p + 5, "\0\0", 2);
    assert_int_equal(file_load(&a, path, 4, &t), LOAD_TOO_LARGE);
    assert_int_equal(file_load(&a, "/nowhere/at/all", 4, &t), LOAD_MISSING);
    assert_int_equal(file_load(&a, "/", 4, &t), LOAD_NOT_A_FILE);
    assert_int_equal(file_load(&a, "/dev/null", 4, &t), LOAD_NOT_A_FILE);
    assert_string_equal(load_status_text(LOAD_MISSING), "no such file");
    unlink(path);
    arena_release(&a);
}

static void what_cannot_be_written_says_so(void **state)
{
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(full >= 0);
    assert_true(file_put(full, TEXT("")));
    assert_false(file_put(full, TEXT("hello")));
    assert_int_equal(errno, ENOSPC);
    close(full);
}

static void diagnostics_are_data(void **state)
{
    arena a = {0};
    diagnostics d;
    diag_init(&d, &a);
    diag_add(&d, DIAG_E0101, (span){9, 10}, "second");
    diagnostic *g = diag_add(&d, DIAG_E0101, (span){3, 4}, "found %s", "x");
    diag_label_add(&d, g, (span){5, 6}, "here");
    diag_note(&d, g, "note %d", 1);
    diag_suggest(&d, g, (span){3, 4}, TEXT("y"), "write %s", "y");
    diag_edit_more(&d, g, (span){8, 8}, TEXT("z"));
    diag_help_add(&d, g, "words only");
    diag_sort(&d);
    assert_ptr_equal(d.list.p[0], g);
    assert_text(g->message, "found x");
    assert_int_equal(g->helps.n, 2);
    assert_int_equal(g->helps.p[0].edits.n, 2);
    assert_text(g->labels.p[0].what, "here");
    for (int i = 0; i < DIAG_MOST; i++)
        diag_add(&d, DIAG_E0101, (span){1, 2}, "many");
    assert_true(d.full);
    assert_int_equal(d.errors, DIAG_MOST + 2);
    diag_release(&d);
    arena_release(&a);
}

static void every_diagnostic_is_explained(void **state)
{
    for (size_t i = 0; i < DIAG_COUNT; i++) {
        const diag_entry *e = &diag_table[i];
        assert_int_equal(e->code[0], e->level == LEVEL_ERROR ? 'E' : 'W');
        assert_int_equal(strlen(e->code), 5);
        assert_true(strlen(e->title) > 5 && strlen(e->explanation) > 40);
        assert_ptr_equal(diag_find(text_of(e->code)), e); /* no code twice */
    }
    assert_non_null(diag_find(TEXT("e0101")));
    assert_null(diag_find(TEXT("E9999")));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_gives_aligned_zeroed_memory),
        cmocka_unit_test(vecs_are_kept_in_an_arena),
        cmocka_unit_test(arena_uses_what_it_is_fed),
        cmocka_unit_test(texts_compare_and_cut),
        cmocka_unit_test(nearest_stays_within_a_slip),
        cmocka_unit_test(texts_are_ranked_as_compared),
        cmocka_unit_test(utf8_is_exact),
        cmocka_unit_test(buffers_and_vectors_grow),
        cmocka_unit_test(places_are_found_over_files),
        cmocka_unit_test(files_that_cannot_be_read_say_why),
        cmocka_unit_test(what_cannot_be_written_says_so),
        cmocka_unit_test(diagnostics_are_data),
        cmocka_unit_test(every_diagnostic_is_explained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
