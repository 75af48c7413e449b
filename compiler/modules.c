/* modules.c: loading files and entering their declarations.
 *
 * Paths of `use` are relative to the file that uses and stay inside the root file's folder; a file
 * that is used twice is loaded once. Embedded files are named std.NAME.
 */
#include "compiler/modules.h"
#include "base/embedded.h"
#include "compiler/lifecycle.h"

#include <string.h>

/* --- files
 * -------------------------------------------------------------------------------------------- */

/* Folder + path without "." and ".."; false when it leaves the project. */
static bool path_join(compiler *c, text folder, text path, text *out)
{
    if (!path.n || path.p[0] == '/')
        return false;
    buffer b;
    buffer_init(&b);
    buffer_text(&b, folder);
    bool inside = true;
    while (path.n && inside) {
        ptrdiff_t slash = text_find(path, '/');
        text part = text_slice(path, 0, slash < 0 ? path.n : (size_t)slash);
        path = text_slice(path, slash < 0 ? path.n : (size_t)slash + 1, path.n);
        if (text_is(part, "..")) {
            inside = b.n > 0;
            while (b.n && b.p[b.n - 1] != '/')
                b.n--;
            b.n -= b.n > 0;
        } else if (part.n && !text_is(part, ".")) {
            if (b.n)
                buffer_char(&b, '/');
            buffer_text(&b, part);
        }
    }
    *out = text_copy(c->memory, buffer_view(&b));
    buffer_release(&b);
    return inside && out->n;
}

static text folder_of(text path)
{
    size_t n = path.n;
    while (n && path.p[n - 1] != '/')
        n--;
    return text_slice(path, 0, n ? n - 1 : 0);
}

/* `at` is the text that names the file: the last part of its path is replaced. */
static void suggest_file(compiler *c, diagnostic *g, span at, text path)
{
    text near = file_nearest(c->memory, path), given = source_text(c->sources, at);
    size_t from = given.n;
    while (from > 1 && given.p[from - 1] != '/')
        from--;
    if (near.n && from + 1 < given.n)
        diag_suggest(c->d, g, (span){at.start + (uint32_t)from, at.end - 1}, near,
                     "did you mean `%.*s`?", TEXT_ARG(near));
}

/* The root file, which no source names, is called as it was given: it may stand in another folder
 * than the one from which its modules are named. */
static source *file_read(compiler *c, text shown, const char *path, span at)
{
    text bytes, called = at.start ? shown : text_of(path);
    load_status s = file_load(c->sources->memory, path, SOURCE_LARGEST, &bytes);
    if (s != LOAD_OK) {
        diagnostic *g = fault(c, DIAG_E0204, at, "cannot read %.*s: %s", TEXT_ARG(called),
                              load_status_text(s));
        if (s == LOAD_MISSING && at.start)
            suggest_file(c, g, at, text_of(path));
        return NULL;
    }
    source *file = source_take(c->sources, shown, bytes);
    if (!file)
        fault(c, DIAG_E0204, at, "cannot read %.*s: all files together are too large",
              TEXT_ARG(called));
    return file;
}

static text path_whole(compiler *c, text shown)
{
    return c->root_folder.n
               ? text_format(c->memory, "%.*s/%.*s", TEXT_ARG(c->root_folder), TEXT_ARG(shown))
               : text_copy(c->memory, shown);
}

source *project_file(compiler *c, const module *from, text path, span at)
{
    text shown;
    if (!path_join(c, from->folder, path, &shown)) {
        fault(c, DIAG_E0208, at, "`%.*s` is outside the project's folder", TEXT_ARG(path));
        return NULL;
    }
    for (size_t i = 0; i < c->sources->files.n; i++)
        if (text_equal(c->sources->files.p[i]->name, shown))
            return c->sources->files.p[i];
    return file_read(c, shown, path_whole(c, shown).p, at);
}

/* --- use
 * ------------------------------------------------------------------------------------------------
 */

static module *module_load(compiler *c, source *file, text qualifier, bool embedded);

static text last_part(const ast *t, node path)
{
    node last = 0;
    ast_each_as(t, path, ROLE_part, p) last = p;
    return ast_name_text(t, last);
}

static text stem_of(text path)
{
    text name = text_slice(path, folder_of(path).n ? folder_of(path).n + 1 : 0, path.n);
    ptrdiff_t dot = text_find(name, '.');
    return text_slice(name, 0, dot < 0 ? name.n : (size_t)dot);
}

static module *module_of(compiler *c, const source *file)
{
    for (size_t i = 0; i < c->modules.n; i++)
        if (c->modules.p[i]->file == file)
            return c->modules.p[i];
    return NULL;
}

/* `std/NAME.ferry`, loaded once; NULL when there is none. */
static module *embedded_load(compiler *c, text name)
{
    text shown = text_format(c->memory, "std/%.*s.ferry", TEXT_ARG(name));
    for (size_t k = 0; k < c->modules.n; k++)
        if (c->modules.p[k]->embedded && text_equal(c->modules.p[k]->file->name, shown))
            return c->modules.p[k];
    c->given_up |= c->apart;
    for (const embedded_file *f = embedded_files; f->name && !c->apart; f++) {
        if (!text_is(shown, f->name))
            continue;
        source *file = source_add(c->sources, shown, (text){(const char *)f->bytes, f->n});
        if (!file)
            return NULL;
        file->embedded = true;
        return module_load(c, file, name, true);
    }
    return NULL;
}

module *standard_module(compiler *c, text name)
{
    module *here = c->mod, *m = embedded_load(c, name);
    c->mod = here;
    return m;
}

static void unknown_std(compiler *c, node path)
{
    text known[32], name = last_part(tree(c), path);
    size_t n = 0;
    for (const embedded_file *f = embedded_files; f->name && n < 32; f++)
        known[n++] = stem_of(text_of(f->name));
    diagnostic *g =
        fault_at(c, E0209, path, "the standard library has no module `%.*s`", TEXT_ARG(name));
    node last = ast_part(tree(c), path);
    for (node next = last; next; next = ast_more(tree(c), next))
        last = next;
    suggest(c, g, at_node(c, last), name, known, n);
}

static void use_std(compiler *c, node n, node path)
{
    node named = ast_named(tree(c), n);
    text bound = named ? ast_name_text(tree(c), named) : last_part(tree(c), path);
    node first = ast_part(tree(c), path);
    if (!text_is(ast_name_text(tree(c), first), "std")) {
        diagnostic *g = fault(c, DIAG_E0209, ast_span(tree(c), path),
                              "`%.*s` is no module: only std has paths",
                              TEXT_ARG(ast_source_text(tree(c), path)));
        diag_suggest(c->d, g, ast_span(tree(c), path),
                     text_format(c->memory, "\"%.*s.ferry\"", TEXT_ARG(bound)),
                     "a file is used by its path, in quotes");
        decl_add(c, c->mod, DECL_MODULE, names_add(&c->names, bound), n, ast_span(tree(c), n))->bad =
            true;
        return;
    }
    module *here = c->mod, *m = standard_module(c, last_part(tree(c), path));
    if (!m)
        unknown_std(c, path);
    decl *d = decl_add(c, here, DECL_MODULE, names_add(&c->names, bound), n, ast_span(tree(c), n));
    d->target = m;
    d->bad = !m;
}

static void use_file(compiler *c, node n, node source_text_node)
{
    text path = literal_text(tree(c), source_text_node, c->memory);
    node named = ast_named(tree(c), n);
    text bound = named ? ast_name_text(tree(c), named) : stem_of(path);
    span at = ast_span(tree(c), source_text_node);
    module *here = c->mod;
    source *file = project_file(c, here, path, at);
    module *m = file ? module_of(c, file) : NULL;
    if (m && m->loading) {
        fault(c, DIAG_E0203, at,
              "`%.*s` uses this file again: modules cannot use each other in a "
              "circle",
              TEXT_ARG(path));
        m = NULL;
    } else if (file && !m)
        m = module_load(c, file, bound, false);
    c->mod = here;
    if (m && text_compare(bound, m->qualifier) < 0 && m->qualifier.n)
        m->qualifier = bound;
    decl *d = decl_add(c, here, DECL_MODULE, names_add(&c->names, bound), n, ast_span(tree(c), n));
    d->target = m;
    d->bad = !m;
    /* The name that the file would have had, were it found: its uses are no further faults. */
    text shown, near = TEXT("");
    if (!file && path_join(c, here->folder, path, &shown))
        near = stem_of(file_nearest(c->memory, path_whole(c, shown)));
    uint32_t meant = near.n ? names_add(&c->names, near) : 0;
    if (meant && !decl_find(here, meant))
        decl_add(c, here, DECL_MODULE, meant, n, ast_span(tree(c), n))->bad = true;
}

static void use_take(compiler *c, node n)
{
    node from = ast_source(tree(c), n);
    if (ast_is(tree(c), from, NODE_PATH))
        use_std(c, n, from);
    else
        use_file(c, n, from);
}

/* --- entering
 * -------------------------------------------------------------------------------------------- */

static void enter(compiler *c, node n, decl_kind kind)
{
    decl_add(c, c->mod, kind, ast_name(tree(c), n), n, ast_name_span(tree(c), n));
}

static void decl_enter(compiler *c, node n)
{
    switch (ast_kind(tree(c), n)) {
    case NODE_LET: enter(c, n, DECL_LET); break;
    case NODE_FN: enter(c, n, DECL_FN); break;
    case NODE_CUSTOMER: enter(c, n, DECL_CUSTOMER); break;
    case NODE_ROLE: enter(c, n, DECL_ROLE); break;
    case NODE_RESOURCE: enter(c, n, DECL_RESOURCE); break;
    case NODE_CONNECTOR: enter(c, n, DECL_CONNECTOR); break;
    case NODE_PLAYBOOK: enter(c, n, DECL_PLAYBOOK); break;
    case NODE_MIGRATION: enter(c, n, DECL_MIGRATION); break;
    case NODE_TABLE: enter(c, n, DECL_TABLE); break;
    case NODE_CALENDAR: enter(c, n, DECL_CALENDAR); break;
    default: break;
    }
}

static module *module_load(compiler *c, source *file, text qualifier, bool embedded)
{
    module *m = arena_new(c->memory, module);
    m->file = file;
    m->qualifier = qualifier;
    m->folder = folder_of(file->name);
    m->embedded = embedded;
    m->loading = true;
    vec_push(&c->modules, m);
    parse_file(&m->tree, file, &c->names, c->d);
    c->mod = m;
    ast_each(&m->tree, m->tree.root, n) if (ast_is(&m->tree, n, NODE_USE)) use_take(c, n);
    ast_each(&m->tree, m->tree.root, n) decl_enter(c, n);
    m->loading = false;
    return m;
}

/* Whether a file declares factors or leaves some out, or weighs them. */
static bool changes_risk(const compiler *c)
{
    for (size_t i = 0; i < c->modules.n; i++) {
        const ast *t = &c->modules.p[i]->tree;
        ast_each(t, t->root, n) if (ast_is(t, n, NODE_RISK) || ast_is(t, n, NODE_FACTOR) ||
                                    ast_is(t, n, NODE_OMIT)) return true;
    }
    return false;
}

module *modules_load(compiler *c, const char *path)
{
    text whole = text_of(path);
    c->root_folder = folder_of(whole);
    if (!c->root_folder.n && whole.n && whole.p[0] == '/')
        c->root_folder = TEXT("/");
    text shown = text_slice(whole, c->root_folder.n ? c->root_folder.n + 1 : 0, whole.n);
    if (whole.n && c->root_folder.n == 1 && whole.p[0] == '/')
        shown = text_slice(whole, 1, whole.n);
    source *file = file_read(c, shown, path, (span){0, 0});
    if (!file)
        return NULL;
    module *root = module_load(c, file, TEXT(""), false);
    /* They are two thirds of a short program, and say the same of every one that lets them be. */
    if (!c->options->diagnose || changes_risk(c))
        embedded_load(c, TEXT("risk"));
    ast_each(&root->tree, root->tree.root,
             n) if (ast_is(&root->tree, n, NODE_MIGRATION) &&
                    lifecycle_wanted(&root->tree, ast_body(&root->tree, n)))
        embedded_load(c, TEXT("lifecycle"));
    c->mod = root;
    return root;
}

/* --- finding
 * -----------------------------------------------------------------------------------------------
 */

decl *path_find(compiler *c, node path, const char *what)
{
    const ast *t = tree(c);
    const module *here = module_at(c, ast_span(t, path)), *m = here;
    decl *d = NULL;
    ast_each_as(t, path, ROLE_part, p)
    {
        if (d) {
            decl_use(d);
            if (d->kind == DECL_PLAYBOOK || d->bad)
                return d;
            if (d->kind != DECL_MODULE) {
                fault(c, DIAG_E0201, ast_span(t, p), "`%.*s` is %s: there is nothing in it to name",
                      TEXT_ARG(name_text(c, d->name)), decl_text(d->kind));
                return NULL;
            }
            m = d->target;
        }
        d = decl_find(m, ast_name(t, p));
        if (!d) {
            span at = ast_span(t, p);
            text name = ast_name_text(t, p);
            if (m != here && name_lost(m, name))
                return NULL;
            if (m != here) {
                text *known = arena_array(c->memory, text, m->decls.n + 1);
                for (size_t i = 0; i < m->decls.n; i++)
                    known[i] = name_text(c, m->decls.p[i]->name);
                if (told_before(c, m, name, at))
                    return NULL;
                diagnostic *g = fault(c, DIAG_E0201, at, "%s `%.*s` is not in that module", what,
                                      TEXT_ARG(name));
                told_first(c, m, name, g);
                suggest(c, g, at, name, known, m->decls.n);
            } else
                unknown_name(c, at, name, what);
            return NULL;
        }
    }
    return d;
}

node path_behind(const compiler *c, node path, const decl *d)
{
    const module *m = module_at(c, ast_span(tree(c), path));
    ast_each_as(tree(c), path, ROLE_part, p)
    {
        const decl *here = m ? decl_find(m, ast_name(tree(c), p)) : NULL;
        if (here == d)
            return ast_more(tree(c), p);
        m = here ? here->target : NULL;
    }
    return 0;
}

/* --- what is not needed
 * ------------------------------------------------------------------------------------- */

/* Whether a file counts by being there: its rows and factors are in every program that uses it. */
static bool counts_by_itself(const module *m)
{
    ast_each(&m->tree, m->tree.root, n)
    {
        switch (ast_kind(&m->tree, n)) {
        case NODE_CUSTOMER:
        case NODE_CUSTOMERS:
        case NODE_CHANNELS:
        case NODE_SCHEMA:
        case NODE_FACTOR:
        case NODE_RISK:
        case NODE_OMIT:
        case NODE_ROLE:
        case NODE_TEST: return true;
        default: break;
        }
    }
    for (size_t i = 0; i < m->decls.n; i++)
        if (m->decls.p[i]->target && counts_by_itself(m->decls.p[i]->target))
            return true;
    return false;
}

void modules_unused(compiler *c)
{
    for (size_t m = 0; m < c->modules.n && !c->d->errors; m++)
        for (size_t i = 0; i < c->modules.p[m]->decls.n && !c->modules.p[m]->embedded; i++) {
            const decl *d = c->modules.p[m]->decls.p[i];
            if (d->kind == DECL_MODULE && d->target && !d->used && !counts_by_itself(d->target))
                fault(c, DIAG_W0201, d->place, "nothing of `%.*s` is used",
                      TEXT_ARG(name_text(c, d->name)));
        }
}
