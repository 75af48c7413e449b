/* crew.c: see crew.h. */
#include "compiler/crew.h"
#include "compiler/function.h"

#include <string.h>

#define FRESH(v) ((v)->p = NULL, (v)->n = (v)->room = 0)

#define COPY_OWN(v, from)                                                                          \
    do {                                                                                           \
        FRESH(v);                                                                                  \
        vec_reserve(v, (from)->n + 1);                                                             \
        if ((from)->n)                                                                             \
            memcpy((v)->p, (from)->p, (from)->n * sizeof *(v)->p);                                 \
        (v)->n = (from)->n;                                                                        \
    } while (0)

static void copy_init(compiler *w, const compiler *c, arena *memory, diagnostics *d)
{
    *w = *c;
    diag_init(d, memory);
    w->memory = w->keep = memory;
    w->d = d;
    w->b = build_branch(c->b, memory, (uint32_t)c->facts.n);
    w->apart = true;
    w->shared = code_now(c);
    w->walked = (code_mark){0};
    w->reached = arena_array(memory, bool, c->funcs.n);
    COPY_OWN(&w->elements, &c->elements);
    COPY_OWN(&w->funcs, &c->funcs);
    COPY_OWN(&w->sites, &c->sites);
    COPY_OWN(&w->closures, &c->closures);
    COPY_OWN(&w->gets, &c->gets);
    COPY_OWN(&w->facts, &c->facts);
    FRESH(&w->got);
    FRESH(&w->repeated);
    FRESH(&w->told);
    FRESH(&w->busy);
    FRESH(&w->spare_funcs);
    FRESH(&w->spare_sites);
    FRESH(&w->locals);
    FRESH(&w->narrow);
    FRESH(&w->expiring);
    w->fn = func_new(w, TEXT("constants"), NULL, NULL, EFFECT_PURE);
}

static void copy_release(compiler *w)
{
    code_release(w);
    build_free(w->b);
    report_release(w);
    vec_release(&w->elements);
    vec_release(&w->gets);
    vec_release(&w->got);
    vec_release(&w->busy);
    vec_release(&w->locals);
    vec_release(&w->narrow);
    vec_release(&w->expiring);
    diag_release(w->d);
}

/* What copies look up, and would put there when they are first: words of the walks' own, names of files,
 * where lines begin, and functions that may be called. */
static void prepare(compiler *c)
{
    static const char *const words[] = {"key", "rehearsal", "standard", "wave"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        name_given(c, text_of(words[i]));
    for (size_t i = 0; i < c->sources->files.n; i++) {
        const source *file = c->sources->files.p[i];
        build_text(c->b, file->name);
        source_place(c->sources, (span){file->base, file->base});
    }
    for (size_t m = 0; m < c->modules.n; m++)
        for (size_t i = 0; i < c->modules.p[m]->decls.n; i++) {
            const decl *d = c->modules.p[m]->decls.p[i];
            if (d->kind == DECL_FN && d->done)
                func_reserve(c, c->funcs.p[d->function]);
        }
}

unsigned crew_wanted(const compiler *c, size_t parts, size_t each)
{
    if (c->d->list.n || c->planned || c->options->tests)
        return 1;
    if (c->options->crew)
        return c->options->crew < WORKERS_MOST ? c->options->crew : WORKERS_MOST;
    size_t worth = parts / each;
    if (worth < 2)
        return 1;
    unsigned most = workers_available();
    return worth < most ? (unsigned)worth : most;
}

crew *crew_begin(compiler *c, unsigned n)
{
    crew *w = arena_new(c->memory, crew);
    prepare(c);
    w->n = n;
    w->before = c->crew;
    c->crew = w;
    for (unsigned k = 0; k < n; k++)
        copy_init(&w->each[k], c, &w->memory[k], &w->found[k]);
    return w;
}

bool crew_goes_on(crew *w, unsigned index)
{
    const compiler *c = &w->each[index];
    if (c->d->list.n || c->given_up)
        atomic_store(&w->over, true);
    return !atomic_load(&w->over);
}

static void release_newest(compiler *c)
{
    crew *w = c->crew;
    c->crew = w->before;
    for (unsigned k = 0; k < w->n; k++) {
        copy_release(&w->each[k]);
        arena_release(&w->memory[k]);
    }
}

void crews_release(compiler *c)
{
    while (c->crew)
        release_newest(c);
}

bool crew_join(compiler *c, crew *w)
{
    if (atomic_load(&w->over)) {
        release_newest(c);
        return false;
    }
    for (unsigned k = 0; k < w->n; k++) {
        const compiler *own = &w->each[k];
        c->walked.funcs += own->walked.funcs;
        c->walked.facts += own->facts.n - own->shared.facts;
        for (size_t i = 0; i < c->funcs.n; i++)
            if (own->reached[i])
                func_reach(c, c->funcs.p[i]);
    }
    return true;
}
