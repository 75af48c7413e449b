/* corpus_x12.c: every real X12 file parses or gives a fault with an offset, matches itself wholly,
 * and cut anywhere gives faults and no crash. Run by tests/check/corpus_x12.py with the files;
 * under the sanitizers it is what looks for reads beyond a view. */
#include "stdlib/compare.h"
#include "base/source.h"
#include "stdlib/x12.h"

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
        x12_file f;
        x12_read(&a, (text){copy, n}, &f);
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
            check_self(argv[i], &a, bytes);
            check_cuts(argv[i], &a, bytes);
        }
        arena_release(&a);
    }
    printf("%d files, %zu failures\n", argc - 1, failures);
    return failures != 0;
}
