/* unknown.c: names that nobody declared, and what was probably meant.
 *
 * In this order: a word of another language, the same name in a module that is used here, a near
 * name. Nothing is said of a name that stands in a stretch which could not be read: that may have
 * declared it, and its own fault was reported.
 */
#include "compiler/modules.h"

#include <ctype.h>
#include <string.h>

static bool is_wordy(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool is_written_as_name(text t)
{
    for (size_t i = 0; i < t.n; i++)
        if (!is_wordy(t.p[i]) || isupper((unsigned char)t.p[i]))
            return false;
    return true;
}

/* Words that mean something elsewhere. */
static const struct {
    const char *foreign, *right;
} foreign_words[] = {{"null", "none"},  {"nil", "none"},   {"undefined", "none"},
                     {"yes", "true"},   {"no", "false"}};

static bool suggest_foreign(compiler *c, diagnostic *g, span at, text name)
{
    for (size_t i = 0; i < sizeof foreign_words / sizeof *foreign_words; i++)
        if (text_is(name, foreign_words[i].foreign)) {
            diag_suggest(c->d, g, at, text_of(foreign_words[i].right), "in Ferry it is `%s`",
                         foreign_words[i].right);
            return true;
        }
    return false;
}

/* The same name in a module that is used here. */
static bool suggest_qualified(compiler *c, const module *here, diagnostic *g, span at, text name)
{
    for (size_t i = 0; i < here->decls.n; i++) {
        const decl *d = here->decls.p[i];
        const module *m = d->kind == DECL_MODULE && !d->bad ? d->target : NULL;
        for (size_t k = 0; m && k < m->decls.n; k++)
            if (text_equal(name_text(c, m->decls.p[k]->name), name)) {
                text full = text_format(c->memory, "%.*s.%.*s", TEXT_ARG(name_text(c, d->name)),
                                        TEXT_ARG(name));
                diag_suggest(c->d, g, at, full, "did you mean `%.*s`?", TEXT_ARG(full));
                return true;
            }
    }
    return false;
}

bool name_lost(const module *m, text name)
{
    const ast *t = &m->tree;
    ast_each_node(t, n)
    {
        if (!ast_is(t, n, NODE_ERROR))
            continue;
        text part = ast_source_text(t, n);
        for (size_t i = 0; i + name.n <= part.n; i++) {
            const char *p = part.p + i;
            bool word = memcmp(p, name.p, name.n) == 0 && !(i && is_wordy(p[-1])) &&
                        !(i + name.n < part.n && is_wordy(p[name.n]));
            if (word)
                return true;
        }
    }
    return false;
}

/* `40 / day`: the edit takes in the sign before. */
static bool suggest_per(compiler *c, const module *m, diagnostic *g, span at, text name)
{
    static const char *const units[] = {"second", "minute", "hour", "day", "week", "month", "year"};
    const ast *t = &m->tree;
    uint32_t from = at.start;
    if (from <= t->base || from - t->base > t->bytes.n)
        return false;
    while (from > t->base && t->bytes.p[from - t->base - 1] == ' ')
        from--;
    if (from == t->base || t->bytes.p[from - t->base - 1] != '/')
        return false;
    for (from--; from > t->base && t->bytes.p[from - t->base - 1] == ' ';)
        from--;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (text_is(name, units[i])) {
            diag_suggest(c->d, g, (span){from, at.end}, text_format(c->memory, " per %s", units[i]),
                         "a rate is written `per %s`", units[i]);
            return true;
        }
    return false;
}

void unknown_text(compiler *c, span at, text name)
{
    size_t said = c->d->list.n;
    unknown_name(c, at, name, "the name");
    if (c->d->list.n == said || vec_last(&c->d->list)->helps.n)
        return;
    diag_suggest(c->d, vec_last(&c->d->list), at,
                 text_format(c->memory, "\"%.*s\"", TEXT_ARG(name)), "a text stands in quotes");
}

/* A name that the playbook would have, had it not been left out of it. */
static bool omitted_told(compiler *c, span at, text name)
{
    for (size_t i = 0; i < c->mod->omitted.n; i++) {
        const omitted_name *o = &c->mod->omitted.p[i];
        if (!text_equal(name, name_text(c, o->name)))
            continue;
        diagnostic *g =
            fault(c, DIAG_E0214, o->at, "`%.*s` is left out, but read later", TEXT_ARG(name));
        diag_label_add(c->d, g, at, "read here");
        diag_help_add(c->d, g, "leave out the reader as well, or insert something of that name");
        return true;
    }
    return false;
}

/* Where a statement further below gives the name. */
static void label_further_below(compiler *c, const module *m, diagnostic *g, span at, text name)
{
    static const ast_kind_of givers[] = {NODE_LET,     NODE_STEP,     NODE_TASK,
                                         NODE_APPROVE, NODE_SIMULATE, NODE_OBSERVE};
    const ast *t = &m->tree;
    ast_each_node(t, n)
    {
        bool gives = false;
        for (size_t i = 0; i < sizeof givers / sizeof *givers; i++)
            gives |= ast_is(t, n, givers[i]);
        if (!gives || !text_equal(ast_name_text(t, n), name) || ast_span(t, n).start < at.end)
            continue;
        diag_label_add(c->d, g, ast_name_span(t, n), "named only here");
        return;
    }
}

/* A row of an inventory whose name cannot be written here: `Nordwind Logistics`. */
static void label_unwritable(compiler *c, const module *m, diagnostic *g, text name)
{
    for (size_t i = 0; i < m->decls.n; i++) {
        const decl *d = m->decls.p[i];
        text own = name_text(c, d->name);
        bool same = own.n == name.n && !is_written_as_name(own);
        for (size_t k = 0; same && k < own.n; k++)
            same = tolower((unsigned char)own.p[k]) == name.p[k] ||
                   (name.p[k] == '_' && !is_wordy(own.p[k]));
        if (!same)
            continue;
        diag_label_add(c->d, g, d->place, "this one cannot be written as a name");
        diag_suggest(c->d, g, d->place, name, "name it `%.*s` there", TEXT_ARG(name));
        return;
    }
}

void unknown_name(compiler *c, span at, text name, const char *what)
{
    const module *m = module_at(c, at);
    if (omitted_told(c, at, name))
        return;
    /* A name that is not written as one was reported where it stands first. */
    if (!is_written_as_name(name) || told_before(c, m, name, at))
        return;
    if (c->d->full) { /* what is not shown is not searched for: each search goes through the file */
        fault(c, DIAG_E0201, at, "%s `%.*s` is not known here", what, TEXT_ARG(name));
        return;
    }
    if (name_lost(m, name))
        return;
    size_t room = c->locals.n + m->decls.n + 1, n = 0;
    text *candidates = arena_array(c->memory, text, room + 1);
    for (size_t i = c->visible; i < c->locals.n; i++)
        if (!c->locals.p[i].gone)
            candidates[n++] = name_text(c, c->locals.p[i].name);
    for (size_t i = 0; i < m->decls.n; i++)
        if (is_written_as_name(name_text(c, m->decls.p[i]->name)))
            candidates[n++] = name_text(c, m->decls.p[i]->name);
    candidates[n++] = TEXT("customers");
    diagnostic *g = fault(c, DIAG_E0201, at, "%s `%.*s` is not known here", what, TEXT_ARG(name));
    told_first(c, m, name, g);
    label_further_below(c, m, g, at, name);
    label_unwritable(c, m, g, name);
    if (!suggest_foreign(c, g, at, name) && !suggest_per(c, m, g, at, name) &&
        !suggest_qualified(c, m, g, at, name))
        suggest(c, g, at, name, candidates, n);
}
