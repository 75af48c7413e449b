/* lifecycle.c: see lifecycle.h.
 *
 * The lifecycle is a playbook like any other (stdlib/playbooks/lifecycle.ferry), applied once, with
 * the migration itself as the call: fields are named arguments. So what it may be told has one
 * home, its parameters, and `use mine for edi.move` reaches into it as into any playbook.
 */
#include "compiler/lifecycle.h"
#include "compiler/modules.h"
#include "compiler/parameters.h"

bool lifecycle_wanted(const ast *t, node body)
{
    /* What could not be read may have been one. */
    ast_each(t, body, n) if (ast_is(t, n, NODE_PHASE) || ast_is(t, n, NODE_ERROR)) return false;
    return true;
}

static decl *standard(compiler *c)
{
    module *m = standard_module(c, TEXT("lifecycle"));
    return m ? decl_find(m, name_given(c, TEXT("standard"))) : NULL;
}

static parameter *parameter_named(parameters *ps, uint32_t name)
{
    for (uint32_t i = 1; i < ps->n; i++) /* the first one is the customer */
        if (ps->p[i].name == name)
            return &ps->p[i];
    return NULL;
}

/* A field that is none of a migration's own. */
static bool is_argument(const compiler *c, node n)
{
    return ast_is(tree(c), n, NODE_FIELD) && !block_takes(BLOCK_migration, tree(c), n);
}

static void beside_phases(compiler *c, node body, node n, parameters *ps)
{
    span at = ast_name_span(tree(c), n);
    if (!parameter_named(ps, ast_name(tree(c), n)))
        return;
    diagnostic *g =
        fault(c, DIAG_E0125, at,
              "`%.*s` is an argument of the standard lifecycle, and this migration has phases",
              TEXT_ARG(ast_name_text(tree(c), n)));
    ast_each(tree(c), body, p) if (ast_is(tree(c), p, NODE_PHASE))
    {
        diag_label_add(c->d, g, ast_name_span(tree(c), p), "a phase of its own");
        break;
    }
    diag_help_add(c->d, g, "take out the field, or the phases");
}

static void unknown_argument(compiler *c, node n, const parameters *ps)
{
    text *known = arena_array(c->memory, text, ps->n + 8u), name = ast_name_text(tree(c), n);
    size_t k = block_fields(BLOCK_migration, known, 8);
    for (uint32_t i = 1; i < ps->n; i++)
        known[k++] = name_text(c, ps->p[i].name);
    span at = ast_name_span(tree(c), n);
    diagnostic *g = fault(c, DIAG_E0120, at, "a migration has no field `%.*s`", TEXT_ARG(name));
    suggest(c, g, at, name, known, k);
    diag_note(c->d, g, "without phases, its fields are arguments of the standard lifecycle, too");
}

void lifecycle_fields(compiler *c, node body, fields *out)
{
    bool wanted = lifecycle_wanted(tree(c), body);
    parameters ps = {0};
    node skip[64];
    size_t n = 0;
    ast_each(tree(c), body, item)
    {
        if (!is_argument(c, item))
            continue;
        decl *d = ps.n ? NULL : standard(c);
        if (d)
            parameters_read(c, d, &ps);
        bool known = parameter_named(&ps, ast_name(tree(c), item)) != NULL;
        if (!wanted)
            beside_phases(c, body, item, &ps);
        else if (!known)
            unknown_argument(c, item, &ps);
        if ((known || wanted) && n < 64)
            skip[n++] = item;
    }
    fields_read_but(c, BLOCK_migration, body, skip, n, (span){0, 0}, out);
}

static void argument_take(compiler *c, node n, parameters *ps)
{
    parameter *p = parameter_named(ps, ast_name(tree(c), n));
    node of = ast_value(tree(c), n);
    if (!p)
        return; /* lifecycle_fields has spoken */
    if (p->given) {
        fault(c, DIAG_E0121, ast_name_span(tree(c), n), "`%.*s` is given twice",
              TEXT_ARG(ast_name_text(tree(c), n)));
        return;
    }
    p->given = true;
    p->v = argument_value(c, of, p->t);
    ps->good &= p->v.kind != V_ERROR;
}

void lifecycle_apply(compiler *c, decl *of, value customer)
{
    parameters ps;
    decl *d = standard(c);
    span applied = c->applied;
    if (!d || d->bad)
        return;
    parameters_read(c, d, &ps);
    ps.p[0].given = true;
    ps.p[0].v = customer;
    ast_each(tree(c), ast_body(tree(c), of->at), n) if (is_argument(c, n)) argument_take(c, n, &ps);
    defaults_take(c, d, of->at, &ps);
    if (!ps.good)
        return;
    c->applied = of->place;
    c->depth++;
    playbook_apply(c, of->at, d, &ps, TEXT(""), 0);
    c->depth--;
    c->applied = applied;
}
