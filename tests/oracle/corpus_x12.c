/* corpus_x12.c: every real X12 file parses or gives a fault with an offset, matches itself wholly,
 * and cut or spoiled anywhere gives faults and no crash; its separators stand where a plain loop
 * finds them, whatever the processor has; and what acknowledges it can be read. Run by
 * ask_corpus_x12.py with the files; under the sanitizers it is what looks for reads beyond a view.
 */
#include "stdlib/compare/compare.h"
#include "base/source.h"
#include "stdlib/x12/x12_ack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t failures;

static void fail(const char *path, const char *what)
{
    printf("FAIL %s: %s\n", path, what);
    failures++;
}

static void compare_pair_of(arena *a, text l, text m, compare_result *out)
{
    compare_file x = {TEXT("file"), l}, y = {TEXT("file"), m};
    compare_options options = {0};
    compare_input legacy = {&x, 1}, modern = {&y, 1};
    compare_run(a, &options, &legacy, &modern, out);
}

static void check_read(const char *path, arena *a, text bytes)
{
    x12_file f;
    x12_read(a, bytes, &f);
    if (!f.interchanges && !f.faults)
        fail(path, "neither an interchange nor a fault");
    for (uint32_t i = 0; i < f.faults; i++) {
        if (f.fault[i].offset > bytes.n)
            fail(path, "a fault beyond the end of the file");
        if (getenv("VERBOSE"))
            printf("%s: %.*s at %zu %.*s: %.*s\n", path, TEXT_ARG(f.fault[i].code),
                   f.fault[i].offset, TEXT_ARG(f.fault[i].path), TEXT_ARG(f.fault[i].message));
    }
}

static void check_self(const char *path, arena *a, text bytes)
{
    compare_result r;
    compare_pair_of(a, bytes, text_copy(a, bytes), &r);
    bool broken = r.compared == 1 && r.unreadable == 1;
    if (!r.compared || (!broken && r.matched != r.compared))
        fail(path, "does not match itself");
    for (size_t i = 0; i < r.pairs && !broken; i++)
        if (r.pair[i].differences)
            fail(path, "differs from itself");
}

static void check_scan(const char *path, arena *a, text bytes)
{
    size_t blocks = scan_blocks(bytes.n);
    uint64_t *scalar = arena_array(a, uint64_t, blocks), *mask = arena_array(a, uint64_t, blocks);
    scan_set s = scan_any_of("*~\n:", SCAN_BYTES);
    s.level = SCAN_SCALAR;
    scan_masks(&s, bytes.p, bytes.n, scalar);
    for (size_t i = 0; i < bytes.n; i++)
        if ((scalar[i / SCAN_BLOCK] >> i % SCAN_BLOCK & 1) !=
            (strchr("*~\n:", bytes.p[i]) && bytes.p[i]))
            fail(path, "the scalar scan is wrong");
    for (int level = SCAN_SCALAR + 1; level <= (int)scan_best(); level++) {
        s.level = (scan_level)level;
        scan_masks(&s, bytes.p, bytes.n, mask);
        if (blocks && memcmp(mask, scalar, blocks * sizeof *mask) != 0)
            fail(path, "a level of the scan differs from the scalar one");
    }
}

/* Whatever is wrong with the file, counts and control numbers of what answers it are right. */
static void check_acknowledged(const char *path, arena *a, const x12_file *f)
{
    x12_ack_stamp stamp = {TEXT("20260301"), TEXT("2210"), 1};
    const char *why;
    for (int kind = ACK_TA1; kind <= ACK_999; kind++) {
        buffer b = {0};
        x12_file g;
        x12_acks told;
        if (!x12_ack_write(a, f, (x12_ack_kind)kind, &stamp, &b, &why))
            continue;
        x12_read(a, buffer_view(&b), &g);
        x12_ack_read(a, &g, &told);
        for (uint32_t i = 0; i < g.faults; i++)
            if (g.fault[i].code.p[0] == 'A' || text_is(g.fault[i].code, "001") ||
                text_starts(g.fault[i].code, TEXT("02")))
                fail(path, "its acknowledgment has faults");
        if (!told.acks)
            fail(path, "its acknowledgment says nothing");
        buffer_release(&b);
    }
}

/* All that inspecting does. */
static void inspect(const char *path, text bytes)
{
    arena a = {0};
    x12_file f;
    x12_notes n;
    x12_read(&a, bytes, &f);
    x12_check(&a, &f, 0, f.sets, &n);
    for (uint32_t i = 0; i < n.notes; i++)
        if (x12_note_fault(&a, &f, &n.note[i]).offset > bytes.n)
            fail(path, "a note beyond the end of the file");
    check_acknowledged(path, &a, &f);
    arena_release(&a);
}

/* A byte at a time becomes each separator, a letter, a control character, or has a bit turned. */
static void check_spoiled(const char *path, text bytes)
{
    static const char to[] = "*~:^\nAI\x01";
    size_t stride = bytes.n / 400 + 1, n = 0;
    char *copy = malloc(bytes.n + 1);
    memcpy(copy, bytes.p, bytes.n);
    for (size_t i = 0; i < bytes.n; i += stride, n++) {
        char was = copy[i];
        copy[i] = n % 9 == 8 ? (char)(was ^ 1 << n / 9 % 8) : to[n % 9];
        inspect(path, (text){copy, bytes.n});
        copy[i] = was;
    }
    free(copy);
}

/* Copies of exact size, so that the sanitizer sees a read past the cut. */
static void check_cuts(const char *path, arena *memory, text bytes)
{
    x12_file whole;
    x12_read(memory, bytes, &whole);
    size_t last = whole.interchanges ? whole.interchange[whole.interchanges - 1].end : 0;
    size_t stride = bytes.n / 1000 > 100 ? bytes.n / 1000 : 100;
    for (size_t n = 0; n < bytes.n; n += stride) {
        arena a = {0};
        char *copy = malloc(n ? n : 1);
        memcpy(copy, bytes.p, n);
        inspect(path, (text){copy, n});
        compare_result r;
        compare_pair_of(&a, bytes, (text){copy, n}, &r);
        if (r.matched == r.compared && n < last - 1)
            fail(path, "a cut file matches the whole");
        free(copy);
        arena_release(&a);
    }
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        arena a = {0};
        text bytes;
        if (file_load(&a, argv[i], SOURCE_LARGEST, &bytes) != LOAD_OK) {
            fail(argv[i], "cannot be loaded");
        } else {
            check_read(argv[i], &a, bytes);
            check_scan(argv[i], &a, bytes);
            inspect(argv[i], bytes);
            check_spoiled(argv[i], bytes);
            check_self(argv[i], &a, bytes);
            check_cuts(argv[i], &a, bytes);
        }
        arena_release(&a);
    }
    printf("%d files, %zu failures\n", argc - 1, failures);
    return failures != 0;
}
