/* walkers.c: owns the walks of playbooks, values and migrations; see walkers.h and crew.h. Whoever of a
 * crew is free takes the next ones; each finishes the functions that it wrote. */
#include "compiler/walkers.h"
#include "compiler/crew.h"
#include "compiler/expr.h"
#include "compiler/function.h"
#include "compiler/lower.h"

enum { WALKS_EACH = 64 /* that are worth a thread: some 30 microseconds each */, WALKS_AT_ONCE = 4 };

typedef struct {
    decl *of;
    uint32_t index; /* of a migration: among them */
} walk;

typedef struct {
    crew *by;
    const walk *all;
    size_t n;
    atomic_size_t next;
    arena scratch[WORKERS_MOST]; /* of one walk after the other */
} walks;

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

/* What was written is finished while it is at hand, and its memory serves the next walk. */
static void walk_whole(compiler *c, const walk *w)
{
    code_mark before = code_now(c);
    walk_one(c, w);
    if (c->image && !c->d->list.n)
        code_finish(c, before);
    c->walked.funcs += c->funcs.n - before.funcs;
    code_discard(c, before);
    arena_clear(c->memory);
}

static bool walk_range(walks *w, unsigned index, size_t from, size_t to)
{
    while (from < to && crew_goes_on(w->by, index))
        walk_whole(&w->by->each[index], &w->all[from++]);
    return crew_goes_on(w->by, index);
}

static void walk_some(void *of, unsigned index)
{
    walks *w = of;
    compiler *c = &w->by->each[index];
    c->memory = &w->scratch[index];
    for (;;) {
        size_t from = atomic_fetch_add(&w->next, WALKS_AT_ONCE), to = from + WALKS_AT_ONCE;
        if (from >= w->n)
            break;
        if (!walk_range(w, index, from, to < w->n ? to : w->n))
            break;
    }
    arena_release(c->memory);
    c->memory = c->keep;
    image_limits limits = {.facts = (uint32_t)c->facts.n};
    build_limits(c->b, &limits);
}

static void builders_join(compiler *c, crew *by)
{
    build *branch[WORKERS_MOST];
    for (unsigned k = 0; k < by->n; k++)
        branch[k] = by->each[k].b;
    build_join(c->b, branch, by->n);
}

/* false: nothing has happened. */
static bool side_by_side(compiler *c)
{
    size_t n = walks_count(c);
    unsigned wanted = crew_wanted(c, n, WALKS_EACH);
    if (wanted < 2)
        return false;
    walks w = {.by = crew_begin(c, wanted), .all = walks_list(c, n), .n = n};
    workers_run(walk_some, &w, wanted);
    bool good = crew_join(c, w.by);
    if (good && c->image)
        builders_join(c, w.by);
    return good;
}

void bodies_walk(compiler *c, compile_facts *facts)
{
    if (side_by_side(c))
        return;
    bodies_alone(c);
    lower_migrations(c, facts);
}
