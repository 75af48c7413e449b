/* compiled.h: compiles files that were never on a disk of anybody's: a folder of its own per process, in TMPDIR.
 *
 * What must hold for any bytes: the compiler ends, an error means no image and none means one, the
 * image is accepted by the verifier, and each place of a diagnostic lies within its file.
 */
#ifndef FERRY_TESTS_FUZZ_COMPILED_H
#define FERRY_TESTS_FUZZ_COMPILED_H

#include "bytecode/image.h"
#include "compiler/compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void must(bool condition)
{
    if (!condition)
        abort();
}

static char folder[256];

static void forget(void)
{
    static const char *const names[] = {"main.ferry", "rows.yaml", "customers.csv", "channels.csv"};
    char path[320];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

static inline void put(const char *name, const void *bytes, size_t n)
{
    char path[320];
    if (!*folder) {
        const char *under = getenv("TMPDIR");
        snprintf(folder, sizeof folder, "%s/ferry-fuzz-XXXXXX", under ? under : "/tmp");
        must(mkdtemp(folder) != NULL && atexit(forget) == 0);
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    must(f != NULL && fwrite(bytes, 1, n, f) == n && fclose(f) == 0);
}

static inline void check_places(const source_map *m, const diagnostics *d)
{
    for (size_t i = 0; i < d->list.n; i++) {
        const diagnostic *g = d->list.p[i];
        place at = source_place(m, g->at);
        must(g->message.n > 0 && (!at.file || (at.start <= at.end && at.end <= at.file->bytes.n)));
        for (size_t k = 0; k < g->helps.n; k++)
            for (size_t e = 0; e < g->helps.p[k].edits.n; e++) {
                place to = source_place(m, g->helps.p[k].edits.p[e].at);
                must(to.file && to.start <= to.end && to.end <= to.file->bytes.n);
            }
    }
}

/* Compiles main.ferry of the folder. */
static inline void compile_and_check(void)
{
    char path[320];
    arena memory = {0};
    source_map m;
    diagnostics d;
    buffer bytes = {0};
    compile_facts facts;
    snprintf(path, sizeof path, "%s/main.ferry", folder);
    compile_options o = {.path = path};
    source_map_init(&m, &memory);
    diag_init(&d, &memory);
    bool good = compile(&o, &memory, &m, &d, &bytes, &facts);
    must(good == (d.errors == 0));
    check_places(&m, &d);
    if (good) {
        image *i;
        image_fault fault;
        must(image_verify(&i, bytes.p, bytes.n, &fault));
        image_free(i);
    }
    buffer_release(&bytes);
    diag_release(&d);
    source_map_release(&m);
    arena_release(&memory);
}

#endif
