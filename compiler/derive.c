/* derive.c: see derive.h.
 *
 * The edits are applied to the tree of the playbook before anything looks at it, so that every
 * proof runs on the result as if it had been written out. Copying the text and parsing it again
 * would lose where each line stands; keeping the edits beside the tree would make every pass ask
 * for them.
 *
 * A path names a part by any tail of where it stands (`switch.route`, `route`). One tail may lead
 * to a part in each branch of an `if` (a step where there is a connector, a task where there is
 * none): these are one place, and an edit holds for all of them.
 */
#include "compiler/derive.h"
#include "compiler/derive_parts.h"
#include "compiler/modules.h"
#include "grammar/graft.h"

/* --- the result ---------------------------------------------------------------------------------
 */

static node rebuilt(derivation *d, node n);

static void insert_items(derivation *d, graft_list *list, node n, unsigned after)
{
    for (size_t i = 0; i < d->edits.n; i++) {
        const edit *e = &d->edits.p[i];
        if (e->part == n && ast_is(d->by, e->by, NODE_INSERT) && ast_aux(d->by, e->by) == after)
            ast_each(d->by, ast_body(d->by, e->by), item)
                graft_add(d->out, list, graft_copy(d->out, d->by, item));
    }
}

static bool is_omitted(const derivation *d, node n)
{
    for (size_t i = 0; i < d->edits.n; i++)
        if (d->edits.p[i].part == n && ast_is(d->by, d->edits.p[i].by, NODE_OMIT))
            return true;
    return false;
}

static bool same_field(const derivation *d, node old, node new)
{
    ast_kind_of a = ast_kind(d->from, old), b = ast_kind(d->by, new);
    bool both = (a == NODE_FIELD || a == NODE_SECTION) && (b == NODE_FIELD || b == NODE_SECTION);
    if (a == NODE_ON_FAILURE)
        return b == NODE_ON_FAILURE;
    return (both || (a == NODE_LET && b == NODE_LET)) &&
           ast_name(d->from, old) == ast_name(d->by, new);
}

/* Whether a field of a change is meant for this part: where a path leads to a part in each branch,
 * a field goes to those that have such fields, or to all, where none has: that is a fault then. */
static bool meant_for(const derivation *d, const edit *e, node item)
{
    if (block_takes(derive_block(ast_kind(d->from, e->part)), d->by, item))
        return true;
    for (size_t i = 0; i < d->edits.n; i++)
        if (d->edits.p[i].by == e->by &&
            block_takes(derive_block(ast_kind(d->from, d->edits.p[i].part)), d->by, item))
            return false;
    return true;
}

/* The first item of the changes of `part` that takes the place of `old`; 0: it stays. */
static node replacement(const derivation *d, node part, node old)
{
    for (size_t i = 0; i < d->edits.n; i++)
        if (d->edits.p[i].part == part && ast_is(d->by, d->edits.p[i].by, NODE_CHANGE))
            ast_each(d->by, ast_body(d->by, d->edits.p[i].by),
                     item) if (same_field(d, old, item) &&
                               meant_for(d, &d->edits.p[i], item)) return item;
    return 0;
}

static bool has_taken(const derivation *d, node part, node item)
{
    ast_each(d->from, ast_body(d->from, part),
             old) if (replacement(d, part, old) == item) return true;
    return false;
}

/* What a change adds that was not there. */
static void added_items(derivation *d, graft_list *list, node part)
{
    for (size_t i = 0; i < d->edits.n; i++) {
        const edit *e = &d->edits.p[i];
        if (e->part != part || !ast_is(d->by, e->by, NODE_CHANGE))
            continue;
        ast_each(d->by, ast_body(d->by, e->by),
                 item) if (!has_taken(d, part, item) && meant_for(d, e, item))
            graft_add(d->out, list, graft_copy(d->out, d->by, item));
    }
}

static node rebuilt_block(derivation *d, node block, node part)
{
    graft_list items = {0};
    ast_each(d->from, block, n)
    {
        insert_items(d, &items, n, 0);
        node instead = part ? replacement(d, part, n) : 0;
        if (instead)
            graft_add(d->out, &items, graft_copy(d->out, d->by, instead));
        else if (!is_omitted(d, n))
            graft_add(d->out, &items, rebuilt(d, n));
        insert_items(d, &items, n, 1);
    }
    if (part)
        added_items(d, &items, part);
    return graft_node(d->out, d->from, block, items);
}

static bool is_changed(const derivation *d, node n)
{
    for (size_t i = 0; i < d->edits.n; i++)
        if (d->edits.p[i].part == n && ast_is(d->by, d->edits.p[i].by, NODE_CHANGE))
            return true;
    return false;
}

/* An approval may come without a block; a change gives it one. */
static node first_block(derivation *d, node part)
{
    graft_list items = {0};
    node of = 0;
    added_items(d, &items, part);
    for (size_t i = 0; i < d->edits.n; i++)
        if (d->edits.p[i].part == part && ast_is(d->by, d->edits.p[i].by, NODE_CHANGE))
            of = ast_body(d->by, d->edits.p[i].by);
    return graft_node(d->out, d->by, of, items);
}

static node rebuilt(derivation *d, node n)
{
    graft_list children = {0};
    bool changed = is_changed(d, n), has_body = false;
    ast_each(d->from, n, child)
    {
        bool block = ast_is(d->from, child, NODE_BLOCK);
        bool inner = block && ast_role_in_parent(d->from, child) == ROLE_body;
        has_body |= inner;
        graft_add(d->out, &children,
                  block ? rebuilt_block(d, child, inner && changed ? n : 0) : rebuilt(d, child));
    }
    if (changed && !has_body)
        graft_add(d->out, &children, first_block(d, n));
    return graft_node(d->out, d->from, n, children);
}

/* Its own name and title, the parameters of the base. */
static node playbook_node(derivation *d, node base)
{
    graft_list children = {0};
    node title = ast_title(d->by, d->of->at);
    ast_each(d->by, d->of->at, n) if (ast_role_in_parent(d->by, n) == ROLE_doc ||
                                      ast_role_in_parent(d->by, n) == ROLE_named)
        graft_add(d->out, &children, graft_copy(d->out, d->by, n));
    ast_each_as(d->from, base, ROLE_param, p)
        graft_add(d->out, &children, graft_copy(d->out, d->from, p));
    if (title)
        graft_add(d->out, &children, graft_copy(d->out, d->by, title));
    else if (ast_title(d->from, base))
        graft_add(d->out, &children, graft_copy(d->out, d->from, ast_title(d->from, base)));
    graft_add(d->out, &children, rebuilt_block(d, ast_body(d->from, base), 0));
    return graft_node(d->out, d->by, d->of->at, children);
}

/* --- what is lost -------------------------------------------------------------------------------
 */

static void names_lost(derivation *d, node n, span at)
{
    switch (ast_kind(d->from, n)) {
    case NODE_STEP:
    case NODE_TASK:
    case NODE_APPROVE:
    case NODE_SIMULATE:
    case NODE_OBSERVE:
    case NODE_LET: vec_push(&d->home->omitted, (omitted_name){ast_name(d->from, n), at}); break;
    default: break;
    }
    ast_each(d->from, n, child) names_lost(d, child, at);
}

typedef struct {
    unsigned steps, tasks, gates, approvals, triggers, waits, comparisons;
} guards;

static void guards_count(const derivation *d, node n, guards *g)
{
    switch (ast_kind(d->from, n)) {
    case NODE_STEP: g->steps++; break;
    case NODE_TASK: g->tasks++; break;
    case NODE_REQUIRE: g->gates++; break;
    case NODE_APPROVE: g->approvals++; break;
    case NODE_TRIGGER: g->triggers++; break;
    case NODE_WAIT_BLOCK:
    case NODE_WAIT_UNTIL: g->waits++; break;
    case NODE_SIMULATE: g->comparisons++; break;
    default: break;
    }
    ast_each(d->from, n, child) guards_count(d, child, g);
}

static void counted(buffer *b, unsigned n, const char *what)
{
    if (n)
        buffer_printf(b, "%s%u %s%s", b->n ? ", " : "", n, what, n == 1 ? "" : "s");
}

static void guards_lost(derivation *d, const edit *e)
{
    guards g = {0};
    buffer b = {0};
    guards_count(d, e->part, &g);
    counted(&b, g.steps, "step");
    counted(&b, g.tasks, "task");
    counted(&b, g.gates, "gate");
    counted(&b, g.approvals, "approval");
    counted(&b, g.triggers, "trigger");
    counted(&b, g.waits, "wait");
    counted(&b, g.comparisons, "comparison");
    compiler *c = d->c;
    text base = ast_source_text(d->by, ast_base(d->by, d->of->at));
    text why = literal_text(d->by, ast_reason(d->by, e->by), c->memory);
    text sentence =
        text_format(c->memory, "%.*s of %.*s%s%.*s%s: %.*s", TEXT_ARG(e->path), TEXT_ARG(base),
                    b.n ? " (" : "", (int)b.n, b.n ? b.p : "", b.n ? ")" : "", TEXT_ARG(why));
    vec_push(&d->home->lost, sentence);
    buffer_release(&b);
}

static void losses(derivation *d)
{
    const module *before = d->base->home;
    for (size_t i = 0; i < before->omitted.n; i++)
        vec_push(&d->home->omitted, before->omitted.p[i]);
    for (size_t i = 0; i < before->lost.n; i++)
        vec_push(&d->home->lost, before->lost.p[i]);
    for (size_t i = 0; i < d->edits.n; i++) {
        const edit *e = &d->edits.p[i];
        bool again = i && d->edits.p[i - 1].by == e->by;
        if (!ast_is(d->by, e->by, NODE_OMIT))
            continue;
        names_lost(d, e->part, ast_span(d->by, e->by));
        if (!again)
            guards_lost(d, e);
    }
}

/* --- one playbook -------------------------------------------------------------------------------
 */

static module *home_new(compiler *c, decl *of, const decl *base)
{
    module *m = arena_new(c->memory, module), *by = of->home, *from = base->home;
    size_t n = from->origin_count ? from->origin_count : 1;
    module **origins = arena_array(c->memory, module *, n + 1);
    const ast **pieces = arena_array(c->memory, const ast *, n + 1);
    for (size_t i = 0; i < n; i++)
        origins[i] = from->origin_count ? from->origins[i] : from;
    origins[n] = by;
    for (size_t i = 0; i <= n; i++)
        pieces[i] = &origins[i]->tree;
    *m = (module){.file = by->file,
                  .qualifier = by->qualifier,
                  .folder = by->folder,
                  .embedded = by->embedded,
                  .origins = origins,
                  .origin_count = n + 1,
                  .derived = of};
    graft_begin(&m->tree, pieces, (uint32_t)n + 1);
    vec_push(&c->grafts, m);
    return m;
}

static void derive_from(compiler *c, decl *of, decl *base)
{
    derivation d = {.c = c, .of = of, .base = base, .from = &base->home->tree, .by = tree(c)};
    edits_read(&d);
    if (!d.bad) {
        d.home = home_new(c, of, base);
        d.out = &d.home->tree;
        losses(&d);
        node at = playbook_node(&d, base->at);
        d.out->root = at;
        of->at = at;
        of->home = d.home;
    }
    of->bad = d.bad;
    vec_release(&d.parts);
    vec_release(&d.edits);
}

static decl *base_of(compiler *c, node path)
{
    decl *base = path_find(c, path, "the playbook");
    if (!base || base->bad)
        return NULL;
    if (base->kind == DECL_PLAYBOOK)
        return base;
    fault_at(c, E0210, path, "`%.*s` is %s, not a playbook",
             TEXT_ARG(ast_source_text(tree(c), path)), decl_text(base->kind));
    return NULL;
}

static void derive(compiler *c, decl *d)
{
    module *here = c->mod;
    c->mod = d->home;
    node path = ast_base(tree(c), d->at);
    if (d->kind == DECL_PLAYBOOK && path && !d->bad) {
        decl_begin(c, d);
        decl *base = base_of(c, path);
        if (base && decl_busy(c, base)) {
            fault_at(c, E0207, path, "`%.*s` is made from itself", TEXT_ARG(name_text(c, d->name)));
            base = NULL;
        }
        if (base)
            derive(c, base);
        decl_end(c);
        d->bad = !base || base->bad;
        if (!d->bad)
            derive_from(c, d, base);
    }
    c->mod = here;
}

void playbooks_derive(compiler *c)
{
    for (size_t m = 0; m < c->modules.n; m++)
        for (size_t i = 0; i < c->modules.p[m]->decls.n; i++)
            derive(c, c->modules.p[m]->decls.p[i]);
}

void derive_release(compiler *c)
{
    for (size_t i = 0; i < c->grafts.n; i++) {
        ast_release(&c->grafts.p[i]->tree);
        vec_release(&c->grafts.p[i]->omitted);
        vec_release(&c->grafts.p[i]->lost);
    }
    vec_release(&c->grafts);
}
