/* derive_edits.c: which parts of a playbook the edits of another one speak of.
 *
 * A path names a part by any tail of where it stands (`switch.route`, `route`). One tail may lead
 * to a part in each branch of an `if` (a step where there is a connector, a task where there is
 * none): these are one place, and an edit holds for all of them.
 */
#include "compiler/derive_parts.h"
#include "compiler/modules.h"

/* --- parts of a playbook ------------------------------------------------------------------------
 */

static text last_word(const ast *t, node path)
{
    node last = 0;
    ast_each_as(t, path, ROLE_part, p) last = p;
    return ast_name_text(t, last);
}

static text part_name(const ast *t, node n)
{
    switch (ast_kind(t, n)) {
    case NODE_PHASE:
    case NODE_STEP:
    case NODE_TASK:
    case NODE_APPROVE:
    case NODE_SIMULATE:
    case NODE_OBSERVE:
    case NODE_WAIT_BLOCK:
    case NODE_LET:
    case NODE_FIELD:
    case NODE_SECTION: return ast_name_text(t, n);
    case NODE_APPLY: return ast_named(t, n) ? ast_name_text(t, n) : last_word(t, ast_callee(t, n));
    default: return TEXT("");
    }
}

static void parts_in(derivation *d, node block, text prefix);

static void part_take(derivation *d, node n, text prefix)
{
    const ast *t = d->from;
    text name = part_name(t, n);
    if (name.n) {
        prefix = prefix.n ? text_format(d->c->memory, "%.*s.%.*s", TEXT_ARG(prefix), TEXT_ARG(name))
                          : name;
        bool field = ast_is(t, n, NODE_FIELD) || ast_is(t, n, NODE_SECTION);
        vec_push(&d->parts, (base_part){n, prefix, field});
    }
    parts_in(d, ast_body(t, n), prefix);
    node otherwise = ast_is(t, n, NODE_IF) ? ast_otherwise(t, n) : 0;
    if (ast_is(t, otherwise, NODE_IF))
        part_take(d, otherwise, prefix);
    else
        parts_in(d, otherwise, prefix);
}

static void parts_in(derivation *d, node block, text prefix)
{
    ast_each(d->from, block, n) part_take(d, n, prefix);
}

static bool is_tail(text whole, text tail)
{
    return text_ends(whole, tail) && (whole.n == tail.n || whole.p[whole.n - tail.n - 1] == '.');
}

static text path_text(derivation *d, node path)
{
    text all = TEXT("");
    ast_each_as(d->by, path, ROLE_part, p)
    {
        text name = ast_name_text(d->by, p);
        all = all.n ? text_format(d->c->memory, "%.*s.%.*s", TEXT_ARG(all), TEXT_ARG(name)) : name;
    }
    return all;
}

/* The last so many words of a path. */
static text tail_of(text path, size_t words)
{
    size_t at = path.n;
    while (at && words) {
        at--;
        words -= path.p[at] == '.';
    }
    return text_slice(path, at + (path.n && !words), path.n);
}

static void unknown_part(derivation *d, node path, text wanted)
{
    compiler *c = d->c;
    size_t words = 1, n = 0;
    for (size_t i = 0; i < wanted.n; i++)
        words += wanted.p[i] == '.';
    text *known = arena_array(c->memory, text, d->parts.n + 1);
    for (size_t i = 0; i < d->parts.n; i++)
        if (!d->parts.p[i].field || words > 1)
            known[n++] = tail_of(d->parts.p[i].path, words);
    diagnostic *g =
        fault_at(c, E0212, path, "`%.*s` has no part `%.*s`",
                 TEXT_ARG(ast_source_text(d->by, ast_base(d->by, d->of->at))), TEXT_ARG(wanted));
    suggest(c, g, at_node(c, path), wanted, known, n);
    diag_label_add(c->d, g, d->base->place, "this playbook");
}

static void several_parts(derivation *d, node path, text wanted, bool of_fields)
{
    compiler *c = d->c;
    diagnostic *g = fault_at(c, E0213, path, "`%.*s` names several parts", TEXT_ARG(wanted));
    text before = TEXT("");
    for (size_t i = 0, told = 0; i < d->parts.n && told < 8; i++) {
        const base_part *p = &d->parts.p[i];
        if (p->field != of_fields || !is_tail(p->path, wanted) || text_equal(p->path, before))
            continue;
        diag_label_add(c->d, g, ast_name_span(d->from, p->n), "%.*s", TEXT_ARG(p->path));
        before = p->path;
        told++;
    }
    diag_help_add(c->d, g, "write more of the path");
}

/* Pushes an edit for each place that the path leads to. */
static void edit_place(derivation *d, node by)
{
    node path = ast_target(d->by, by);
    text wanted = path_text(d, path), found = TEXT("");
    for (int kind = 0; kind < 2 && !found.n; kind++) {
        for (size_t i = 0; i < d->parts.n; i++) {
            const base_part *p = &d->parts.p[i];
            if (p->field != (kind != 0) || !is_tail(p->path, wanted))
                continue;
            if (found.n && !text_equal(found, p->path)) {
                several_parts(d, path, wanted, kind != 0);
                d->bad = true;
                return;
            }
            found = p->path;
            vec_push(&d->edits, (edit){p->n, by, p->path});
        }
    }
    if (found.n)
        return;
    unknown_part(d, path, wanted);
    d->bad = true;
}

/* --- which edits fit ----------------------------------------------------------------------------
 */

block_kind derive_block(ast_kind_of kind)
{
    switch (kind) {
    case NODE_PHASE: return BLOCK_phase;
    case NODE_STEP: return BLOCK_step;
    case NODE_TASK: return BLOCK_task;
    case NODE_APPROVE: return BLOCK_approve;
    case NODE_SIMULATE: return BLOCK_simulate;
    case NODE_WAIT_BLOCK: return BLOCK_wait;
    default: return BLOCK_KINDS;
    }
}

static bool changeable(const ast *t, node n)
{
    return derive_block(ast_kind(t, n)) != BLOCK_KINDS;
}

static void edit_refused(derivation *d, const edit *e, const char *why)
{
    compiler *c = d->c;
    diagnostic *g = fault_at(c, E0215, ast_target(d->by, e->by), "%s", why);
    diag_label_add(c->d, g, ast_name_span(d->from, e->part), "this is %.*s",
                   TEXT_ARG(statement_kind(c, ast_kind(d->from, e->part))));
    d->bad = true;
}

static void change_check(derivation *d, const edit *e)
{
    compiler *c = d->c;
    if (!changeable(d->from, e->part)) {
        edit_refused(d, e, "only a phase, step, task, approval, simulation or wait can be changed");
        return;
    }
    ast_each(d->by, ast_body(d->by, e->by), n)
    {
        ast_kind_of k = ast_kind(d->by, n);
        if (k == NODE_FIELD || k == NODE_SECTION || k == NODE_LET || k == NODE_ON_FAILURE ||
            k == NODE_ERROR)
            continue;
        diagnostic *g = fault(c, DIAG_E0123, ast_name_span(d->by, n),
                              "%.*s cannot stand in a change", TEXT_ARG(statement_kind(c, k)));
        diag_help_add(c->d, g, "put it in with `insert before` or `insert after`");
        d->bad = true;
    }
}

static void omit_check(derivation *d, const edit *e)
{
    compiler *c = d->c;
    if (ast_reason(d->by, e->by))
        return;
    diagnostic *g = fault_at(c, E0122, e->by, "`omit` needs the reason");
    diag_help_add(c->d, g, "omit %.*s \"why it is not needed here\"", TEXT_ARG(e->path));
    d->bad = true;
}

/* What is left out cannot be changed as well, nor can something be put beside it. */
static void edits_agree(derivation *d, const edit *e)
{
    compiler *c = d->c;
    for (size_t i = 0; i < d->edits.n; i++) {
        const edit *o = &d->edits.p[i];
        bool inside = text_equal(e->path, o->path) ||
                      (text_starts(e->path, o->path) && e->path.p[o->path.n] == '.');
        bool beside = ast_is(d->by, e->by, NODE_INSERT) && text_equal(e->path, o->path);
        if (o->by == e->by || !ast_is(d->by, o->by, NODE_OMIT) || !inside || beside)
            continue;
        diagnostic *g =
            fault_at(c, E0215, ast_target(d->by, e->by),
                     "`%.*s` is left out, so nothing in it can be edited", TEXT_ARG(o->path));
        diag_label_add(c->d, g, at_node(c, o->by), "left out here");
        d->bad = true;
        return;
    }
}

static void edits_check(derivation *d)
{
    for (size_t i = 0; i < d->edits.n; i++) {
        const edit *e = &d->edits.p[i];
        if (ast_is(d->by, e->by, NODE_CHANGE))
            change_check(d, e);
        else if (ast_is(d->by, e->by, NODE_OMIT))
            omit_check(d, e);
        else if (ast_is(d->from, e->part, NODE_FIELD) || ast_is(d->from, e->part, NODE_SECTION))
            edit_refused(d, e, "something is inserted beside a statement, not beside a field");
        edits_agree(d, e);
    }
}

/* --- the door -----------------------------------------------------------------------------------
 */

void edits_read(derivation *d)
{
    fields f;
    node body = ast_body(d->by, d->of->at);
    fields_read(d->c, BLOCK_derived, body, (span){0, 0}, &f);
    parts_in(d, ast_body(d->from, d->base->at), TEXT(""));
    ast_each(d->by, body, n) if (ast_is(d->by, n, NODE_CHANGE) || ast_is(d->by, n, NODE_INSERT) ||
                                 ast_is(d->by, n, NODE_OMIT)) edit_place(d, n);
    if (!d->bad)
        edits_check(d);
}
