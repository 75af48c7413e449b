/* stages.c: where the time of a compilation goes. Measuring program of bench/run.py.
 *
 *     stages FILE ROUNDS     a line a round: CPU seconds of scan, words, parse, check, image, verify
 *
 * Each figure is the whole way up to that stage, from the bytes in memory on, so that what a stage
 * adds is a difference and nothing is timed that a user does not wait for. `check` writes code and
 * proves, but makes no image; `image` makes the canonical bytes and their hash; `verify` reads those
 * bytes alone.
 */
#include "bytecode/image.h"
#include "compiler/compile.h"
#include "grammar/parse.h"
#include "grammar/parser.h"
#include "grammar/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "stages: %s\n", what);
    exit(1);
}

static double scan_all(text bytes)
{
    double start = now();
    scan s;
    token t;
    scan_open(&s, bytes, 1, NULL);
    do
        scan_next(&s, &t);
    while (t.kind != TOK_YYEOF);
    scan_close(&s);
    return now() - start;
}

static double filter_all(text bytes)
{
    double start = now();
    words w;
    words_open(&w, bytes, 1, false, NULL);
    w.plain = true;
    word t;
    do
        words_next(&w, &t);
    while (t.kind != TOK_YYEOF);
    words_close(&w);
    return now() - start;
}

static double parse_all(text bytes)
{
    double start = now();
    arena memory = {0};
    source_map sources;
    diagnostics d;
    names table;
    ast tree;
    source_map_init(&sources, &memory);
    diag_init(&d, &memory);
    names_init(&table, &memory);
    if (!parse_file(&tree, source_add(&sources, TEXT("bench"), bytes), &table, &d))
        fail("the source has faults");
    ast_release(&tree);
    names_release(&table);
    diag_release(&d);
    source_map_release(&sources);
    arena_release(&memory);
    return now() - start;
}

static double compile_all(const char *path, bool check_only, buffer *bytes)
{
    double start = now();
    arena memory = {0};
    source_map sources;
    diagnostics d;
    compile_options o = {.path = path, .check_only = check_only};
    source_map_init(&sources, &memory);
    diag_init(&d, &memory);
    if (!compile(&o, &memory, &sources, &d, bytes, NULL))
        fail("the program has faults");
    diag_release(&d);
    source_map_release(&sources);
    arena_release(&memory);
    return now() - start;
}

static double verify_all(const buffer *bytes)
{
    double start = now();
    image *i;
    image_fault fault;
    if (!image_verify(&i, bytes->p, bytes->n, &fault))
        fail(fault.message);
    image_free(i);
    return now() - start;
}

int main(int argc, char **argv)
{
    arena memory = {0};
    text bytes;
    if (argc != 3 || file_load(&memory, argv[1], SOURCE_LARGEST, &bytes) != LOAD_OK)
        fail("usage: stages FILE ROUNDS");
    for (int round = atoi(argv[2]); round > 0; round--) {
        buffer image_bytes = {0};
        printf("%.9f", scan_all(bytes));
        printf(" %.9f", filter_all(bytes));
        printf(" %.9f", parse_all(bytes));
        printf(" %.9f", compile_all(argv[1], true, NULL));
        printf(" %.9f", compile_all(argv[1], false, &image_bytes));
        printf(" %.9f\n", verify_all(&image_bytes));
        buffer_release(&image_bytes);
    }
    arena_release(&memory);
    return 0;
}
