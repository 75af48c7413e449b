/* crew.c: for each line, the path of a program: compiles it in one thread and by crews, and
 * answers `same` where image and diagnostics are, else with how many they differ. */
#include "compiler/compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    arena memory;
    source_map sources;
    diagnostics d;
    buffer image, told;
    bool good;
} compiled;

static void tell(compiled *x)
{
    buffer_printf(&x->told, "%u %u %d\n", x->d.errors, x->d.warnings, x->d.full);
    for (size_t i = 0; i < x->d.list.n; i++) {
        const diagnostic *g = x->d.list.p[i];
        buffer_printf(&x->told, "%s %u-%u %.*s\n", diag_table[g->code].code, g->at.start, g->at.end,
                      TEXT_ARG(g->message));
        for (size_t k = 0; k < g->labels.n; k++)
            buffer_printf(&x->told, "  %u-%u %.*s\n", g->labels.p[k].at.start, g->labels.p[k].at.end,
                          TEXT_ARG(g->labels.p[k].what));
        for (size_t k = 0; k < g->notes.n; k++)
            buffer_printf(&x->told, "  %.*s\n", TEXT_ARG(g->notes.p[k]));
        for (size_t k = 0; k < g->helps.n; k++)
            buffer_printf(&x->told, "  %.*s\n", TEXT_ARG(g->helps.p[k].what));
    }
}

static void compile_with(compiled *x, const char *path, unsigned crew)
{
    compile_options o = {.path = path, .crew = crew};
    *x = (compiled){0};
    source_map_init(&x->sources, &x->memory);
    diag_init(&x->d, &x->memory);
    x->good = compile(&o, &x->memory, &x->sources, &x->d, &x->image, NULL);
    tell(x);
}

static void release(compiled *x)
{
    buffer_release(&x->image);
    buffer_release(&x->told);
    diag_release(&x->d);
    source_map_release(&x->sources);
    arena_release(&x->memory);
}

static bool same(const compiled *a, const compiled *b)
{
    return a->good == b->good && text_equal(buffer_view(&a->image), buffer_view(&b->image)) &&
           text_equal(buffer_view(&a->told), buffer_view(&b->told));
}

static void answer(const char *path)
{
    static const unsigned crew[] = {2, 3, 8};
    compiled one, other;
    unsigned differs = 0;
    compile_with(&one, path, 1);
    for (size_t i = 0; i < sizeof crew / sizeof *crew && !differs; i++) {
        compile_with(&other, path, crew[i]);
        differs = same(&one, &other) ? 0 : crew[i];
        release(&other);
    }
    release(&one);
    if (differs)
        printf("differs with %u\n", differs);
    else
        puts("same");
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    for (ssize_t n; (n = getline(&line, &room, stdin)) > 0;) {
        line[n - 1] = '\0';
        answer(line);
    }
    free(line);
    return 0;
}
