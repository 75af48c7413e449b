/* corpus_edifact.c: every real file of EDIFACT and TRADACOMS parses or gives a fault with an
 * offset, matches itself wholly, and cut anywhere, or with a byte turned, gives faults or documents
 * and no crash. Run by ask_corpus_edifact.py with the files; under the sanitizers it is what looks
 * for reads beyond a view. */
#include "base/source.h"
#include "stdlib/compare/compare.h"
#include "stdlib/edifact/edifact_contrl.h"

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

static void check_read(const char *path, arena *a, text bytes, edifact_file *f)
{
    contrl_stamp stamp = {TEXT("20270304"), TEXT("2210"), 1};
    const char *why;
    buffer answer = {0};
    edifact_read(a, bytes, f);
    if (!f->interchanges && !f->faults)
        fail(path, "neither an interchange nor a fault");
    for (uint32_t i = 0; i < f->faults; i++)
        if (f->fault[i].offset > bytes.n)
            fail(path, "a fault beyond the end of the file");
    contrl_write(a, f, &stamp, &answer, &why);
    buffer_release(&answer);
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
static void check_cuts(const char *path, text bytes, size_t last)
{
    size_t stride = bytes.n / 1000 > 100 ? bytes.n / 1000 : 100;
    for (size_t n = 0; n < bytes.n; n += stride) {
        arena a = {0};
        char *copy = malloc(n ? n : 1);
        edifact_file f;
        compare_result r;
        memcpy(copy, bytes.p, n);
        check_read(path, &a, (text){copy, n}, &f);
        compare_pair_of(&a, bytes, (text){copy, n}, &r);
        if (r.matched == r.compared && n + 1 < last)
            fail(path, "a cut file matches the whole");
        free(copy);
        arena_release(&a);
    }
}

static void check_turned(const char *path, text bytes)
{
    static const char with[] = "'+:?\n\0\xff";
    size_t stride = bytes.n / 500 > 10 ? bytes.n / 500 : 10;
    char *copy = malloc(bytes.n + 1);
    memcpy(copy, bytes.p, bytes.n);
    for (size_t at = 0; at < bytes.n; at += stride) {
        arena a = {0};
        edifact_file f;
        compare_result r;
        char kept = copy[at];
        copy[at] = with[at / stride % (sizeof with - 1)];
        check_read(path, &a, (text){copy, bytes.n}, &f);
        if (bytes.n < 10000)
            compare_pair_of(&a, bytes, (text){copy, bytes.n}, &r);
        copy[at] = kept;
        arena_release(&a);
    }
    free(copy);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        arena a = {0};
        text bytes;
        if (file_load(&a, argv[i], SOURCE_LARGEST, &bytes) != LOAD_OK) {
            fail(argv[i], "cannot be loaded");
        } else {
            edifact_file f;
            check_read(argv[i], &a, bytes, &f);
            check_self(argv[i], &a, bytes);
            check_cuts(argv[i], bytes, f.messages ? f.interchange[f.interchanges - 1].end : 0);
            check_turned(argv[i], bytes);
        }
        arena_release(&a);
    }
    printf("%d files, %zu failures\n", argc - 1, failures);
    return failures != 0;
}
