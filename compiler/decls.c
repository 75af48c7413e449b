/* decls.c: what a file declares, found by name: a table of slots with open addressing in each module,
 * since a fleet kept as code declares tens of thousands of names in one file (bench/fleet.py: 37,000).
 */
#include "compiler/decls.h"

static void slot_put(module *m, uint32_t name, uint32_t index)
{
    uint32_t i = (name * 2654435761u) & m->mask;
    while (m->slot[i])
        i = (i + 1) & m->mask;
    m->slot[i] = index + 1;
}

static void slots_grow(compiler *c, module *m)
{
    m->mask = m->mask ? m->mask * 2 + 1 : 63;
    m->slot = arena_array(c->memory, uint32_t, m->mask + 1);
    for (size_t i = 0; i < m->decls.n; i++)
        slot_put(m, m->decls.p[i]->name, (uint32_t)i);
}

/* Migrations have names of their own; all others share one space. */
static decl *decl_named(const module *m, uint32_t name, bool migration)
{
    if (!m->slot)
        return NULL;
    for (uint32_t i = (name * 2654435761u) & m->mask; m->slot[i]; i = (i + 1) & m->mask) {
        decl *d = m->decls.p[m->slot[i] - 1];
        if (d->name == name && (d->kind == DECL_MIGRATION) == migration)
            return d;
    }
    return NULL;
}

decl *decl_find(const module *m, uint32_t name)
{
    return decl_named(m, name, false);
}

module *module_at(const compiler *c, span at)
{
    const module *m = c->mod;
    for (size_t i = 0; i < m->origin_count; i++) {
        const source *file = m->origins[i]->file;
        if (at.start >= file->base && at.start - file->base <= file->bytes.n)
            return m->origins[i];
    }
    return c->mod;
}

decl *decl_at(const compiler *c, uint32_t name, span at)
{
    return decl_find(module_at(c, at), name);
}

decl *decl_add(compiler *c, module *m, decl_kind kind, uint32_t name, node at, span where)
{
    decl *old = name ? decl_named(m, name, kind == DECL_MIGRATION) : NULL;
    if (old) {
        diagnostic *g =
            fault(c, DIAG_E0202, where, "`%.*s` is declared twice", TEXT_ARG(name_text(c, name)));
        diag_label_add(c->d, g, old->place, "first declared here, as %s", decl_text(old->kind));
        return old;
    }
    decl *d = arena_new(c->memory, decl);
    *d = (decl){.kind = kind,
                .name = name,
                .home = m,
                .at = at,
                .place = where,
                .row = NO_ROW,
                .sub = -1,
                .function = NO_INDEX};
    vec_push(&m->decls, d);
    if (!m->slot || m->decls.n * 2 > m->mask)
        slots_grow(c, m);
    else
        slot_put(m, name, (uint32_t)m->decls.n - 1);
    return d;
}

const char *decl_text(decl_kind kind)
{
    static const char *const known[] = {"a module",    "a value",    "a function",  "a customer",
                                        "a role",      "a resource", "a connector", "a playbook",
                                        "a migration", "a factor",   "a table",     "a calendar"};
    return known[kind];
}

void decl_begin(compiler *c, const decl *d)
{
    vec_push(&c->busy, d);
}

void decl_end(compiler *c)
{
    c->busy.n--;
}

/* Walkers write it side by side; nobody reads it before they are joined. */
void decl_use(decl *d)
{
    __atomic_store_n(&d->used, true, __ATOMIC_RELAXED);
}

bool decl_busy(const compiler *c, const decl *d)
{
    for (size_t i = c->busy.n; i-- > 0;)
        if (c->busy.p[i] == d)
            return true;
    return false;
}

uint32_t name_given(compiler *c, text name)
{
    uint32_t id = names_find(&c->names, name);
    if (!id && c->apart)
        c->given_up = true;
    return id || c->apart ? id : names_add(&c->names, name);
}
