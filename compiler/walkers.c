/* walkers.c: owns the threads that walk playbooks, values and migrations; see walkers.h.
 *
 * Each walker is a compilation of its own: what it writes (functions, sites, a branch of the builder,
 * memory) it has for itself, what was there before (trees, declarations, rows, functions of the program)
 * all read and nobody changes. Walkers take the next walk as they come to it, finish their functions
 * and are joined; the order does not show, because an image has one order of its own.
 *
 * Diagnostics would show it: a fault that is met again is told once, and with an error some proofs are
 * not tried. So walkers give up at the first finding, all they wrote is thrown away, and one thread
 * walks from the start. Merging findings was left: it would have to repeat what one walk knows of all
 * before it, for programs that have to be mended anyway. */
#include "compiler/walkers.h"
#include "base/workers.h"
#include "compiler/expr.h"
#include "compiler/function.h"
#include "compiler/lower.h"

#include <stdatomic.h>
#include <string.h>

enum { WALKS_EACH = 64 /* that are worth a thread: some 30 microseconds each */, WALKS_AT_ONCE = 4 };

typedef struct {
    decl *of;
    uint32_t index; /* of a migration: among them */
} walk;

struct walkers {
    compiler each[WORKERS_MOST];
    arena memory[WORKERS_MOST];
    diagnostics found[WORKERS_MOST];
    unsigned n;
    const walk *walks;
    size_t walk_count;
    atomic_size_t next;
    atomic_bool over; /* somebody gave up */
};

/* --- one walk --- */

static bool is_body(const decl *d)
{
    return (d->kind == DECL_PLAYBOOK && !d->bad) || d->kind == DECL_LET;
}

/* Playbooks and values, used or not. */
static void body_walk(compiler *c, decl *d)
{
    c->mod = d->home;
    c->visible = c->locals.n = 0;
    if (d->kind == DECL_PLAYBOOK)
        lower_playbook_generic(c, d);
    else
        coerce(c, name_lookup(c, d->name, d->place, T_ANY), T_ANY, ast_value(tree(c), d->at));
}

static void walk_one(compiler *c, const walk *w)
{
    plan_migration unplanned = {0};
    if (w->of->kind != DECL_MIGRATION) {
        body_walk(c, w->of);
        return;
    }
    c->mod = c->modules.p[0];
    lower_migration(c, w->of, w->index, &unplanned);
}

/* Bodies of all files but those of the tool, which were checked when it was made. */
static void bodies_alone(compiler *c)
{
    for (size_t m = 0; m < c->modules.n; m++)
        for (size_t i = 0; i < c->modules.p[m]->decls.n && !c->modules.p[m]->embedded; i++)
            if (is_body(c->modules.p[m]->decls.p[i]))
                body_walk(c, c->modules.p[m]->decls.p[i]);
    c->mod = c->modules.p[0];
}

/* --- side by side --- */

static size_t walks_count(const compiler *c)
{
    size_t n = 0;
    for (size_t m = 0; m < c->modules.n; m++)
        for (size_t i = 0; i < c->modules.p[m]->decls.n && !c->modules.p[m]->embedded; i++) {
            const decl *d = c->modules.p[m]->decls.p[i];
            n += is_body(d) || (!m && d->kind == DECL_MIGRATION);
        }
    return n;
}

static const walk *walks_list(compiler *c, size_t n)
{
    walk *all = arena_array(c->memory, walk, n), *to = all;
    for (size_t m = 0; m < c->modules.n; m++)
        for (size_t i = 0; i < c->modules.p[m]->decls.n && !c->modules.p[m]->embedded; i++)
            if (is_body(c->modules.p[m]->decls.p[i]))
                *to++ = (walk){c->modules.p[m]->decls.p[i], 0};
    uint32_t index = 0;
    for (size_t i = 0; i < c->modules.p[0]->decls.n; i++)
        if (c->modules.p[0]->decls.p[i]->kind == DECL_MIGRATION)
            *to++ = (walk){c->modules.p[0]->decls.p[i], index++};
    return all;
}

#define FRESH(v) ((v)->p = NULL, (v)->n = (v)->room = 0)

#define COPY_OWN(v, from)                                                                          \
    do {                                                                                           \
        FRESH(v);                                                                                  \
        vec_reserve(v, (from)->n + 1);                                                             \
        if ((from)->n)                                                                             \
            memcpy((v)->p, (from)->p, (from)->n * sizeof *(v)->p);                                 \
        (v)->n = (from)->n;                                                                        \
    } while (0)

static void walker_init(compiler *w, const compiler *c, arena *memory, diagnostics *d)
{
    *w = *c;
    diag_init(d, memory);
    w->memory = memory;
    w->d = d;
    w->b = build_branch(c->b, memory, (uint32_t)c->facts.n);
    w->apart = true;
    w->shared = code_now(c);
    w->reached = arena_array(memory, bool, c->funcs.n);
    COPY_OWN(&w->elements, &c->elements);
    COPY_OWN(&w->funcs, &c->funcs);
    COPY_OWN(&w->sites, &c->sites);
    COPY_OWN(&w->closures, &c->closures);
    COPY_OWN(&w->gets, &c->gets);
    COPY_OWN(&w->facts, &c->facts);
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

static void walker_release(compiler *w)
{
    code_release(w);
    build_free(w->b);
    report_release(w);
    vec_release(&w->elements);
    vec_release(&w->gets);
    vec_release(&w->busy);
    vec_release(&w->locals);
    vec_release(&w->narrow);
    vec_release(&w->expiring);
    diag_release(w->d);
}

static void walk_some(void *of, unsigned index)
{
    struct walkers *all = of;
    compiler *w = &all->each[index];
    size_t from, to;
    while (!atomic_load(&all->over) &&
           (from = atomic_fetch_add(&all->next, WALKS_AT_ONCE)) < all->walk_count) {
        to = from + WALKS_AT_ONCE < all->walk_count ? from + WALKS_AT_ONCE : all->walk_count;
        while (from < to && !w->d->list.n && !w->given_up)
            walk_one(w, &all->walks[from++]);
        if (w->d->list.n || w->given_up)
            atomic_store(&all->over, true);
    }
    if (w->image && !atomic_load(&all->over)) {
        image_limits limits = {.facts = (uint32_t)w->facts.n};
        build_limits(w->b, &limits);
        program_finish(w);
        if (w->d->list.n)
            atomic_store(&all->over, true);
    }
}

static void walkers_join(compiler *c, struct walkers *all)
{
    build *branch[WORKERS_MOST];
    for (unsigned k = 0; k < all->n; k++) {
        const compiler *w = &all->each[k];
        branch[k] = w->b;
        c->walked.funcs += w->funcs.n - c->funcs.n - 1; /* without that of constants */
        c->walked.facts += w->facts.n - c->facts.n;
        for (size_t i = 0; i < c->funcs.n; i++)
            if (w->reached[i])
                func_reach(c, c->funcs.p[i]);
    }
    if (c->image)
        build_join(c->b, branch, all->n);
}

/* What walks look up, and would put there when they are first: words of their own, names of files, where
 * lines begin, and the functions that they may call. */
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

/* A plan is told in the order of the walks, and tests follow it. */
static unsigned walkers_wanted(const compiler *c, size_t walks)
{
    if (c->d->list.n || c->planned || c->options->tests)
        return 1;
    if (c->options->walkers)
        return c->options->walkers < WORKERS_MOST ? c->options->walkers : WORKERS_MOST;
    size_t worth = walks / WALKS_EACH;
    return worth < 2 ? 1 : worth < workers_available() ? (unsigned)worth : workers_available();
}

/* false: nothing has happened. */
static bool side_by_side(compiler *c)
{
    size_t walks = walks_count(c);
    unsigned n = walkers_wanted(c, walks);
    if (n < 2)
        return false;
    prepare(c);
    struct walkers *all = c->walkers = arena_new(c->memory, struct walkers);
    all->n = n;
    all->walks = walks_list(c, walks);
    all->walk_count = walks;
    for (unsigned k = 0; k < n; k++)
        walker_init(&all->each[k], c, &all->memory[k], &all->found[k]);
    workers_run(walk_some, all, n);
    bool over = atomic_load(&all->over);
    if (over)
        walkers_release(c);
    else
        walkers_join(c, all);
    return !over;
}

void walkers_release(compiler *c)
{
    for (unsigned k = 0; c->walkers && k < c->walkers->n; k++) {
        walker_release(&c->walkers->each[k]);
        arena_release(&c->walkers->memory[k]);
    }
    c->walkers = NULL;
}

void bodies_walk(compiler *c, compile_facts *facts)
{
    if (side_by_side(c))
        return;
    bodies_alone(c);
    lower_migrations(c, facts);
}
