/* waive.c: `allow W0401 "why"`: waives a warning for its block, or for its file at the top.
 *
 * Errors cannot be waived; a waiver that waives nothing warns, so that none outlives its reason.
 */
#include "compiler/data.h"
#include "compiler/waive.h"

#include <string.h>

static bool inside(span at, span within)
{
    return at.start >= within.start && at.end <= within.end;
}

/* What stands in a standard playbook is waived where that is applied: a label says where. */
static bool waived_here(const compiler *c, size_t i, text code, span within)
{
    const diagnostic *g = c->d->list.p[i];
    const source *file = source_of(c->sources, g->at.start);
    bool here = inside(g->at, within);
    for (size_t k = 0; file && file->embedded && k < g->labels.n; k++)
        here |= inside(g->labels.p[k].at, within);
    return here && text_is(code, diag_table[g->code].code);
}

static unsigned drop(compiler *c, text code, span within)
{
    unsigned dropped = 0;
    size_t kept = 0;
    for (size_t i = 0; i < c->d->list.n; i++)
        if (waived_here(c, i, code, within)) {
            diagnostic_release(c->d->list.p[i]);
            dropped++;
        } else {
            c->d->list.p[kept++] = c->d->list.p[i];
        }
    c->d->list.n = kept;
    c->d->warnings -= dropped;
    return dropped;
}

static void allow_take(compiler *c, node n, span within)
{
    text code = ast_name_text(tree(c), n);
    const diag_entry *entry = diag_find(code);
    span at = ast_name_span(tree(c), n);
    if (!entry)
        fault(c, DIAG_E0201, at, "there is no diagnostic `%.*s`", TEXT_ARG(code));
    else if (entry->level == LEVEL_ERROR)
        fault(c, DIAG_E0123, at, "`%.*s` is an error, and errors cannot be waived", TEXT_ARG(code));
    else if (!drop(c, code, within))
        fault(c, DIAG_W0101, at, "this waives nothing: `%.*s` does not occur here", TEXT_ARG(code));
}

/* Inner blocks first: the nearest waiver is the one that is used. */
static void allows_in(compiler *c, node block, span within)
{
    ast_each(tree(c), block, n) if (ast_body(tree(c), n))
        allows_in(c, ast_body(tree(c), n), ast_span(tree(c), n));
    ast_each(tree(c), block, n) if (ast_is(tree(c), n, NODE_ALLOW)) allow_take(c, n, within);
}

void waivers_apply(compiler *c)
{
    for (size_t m = 0; m < c->modules.n; m++) {
        c->mod = c->modules.p[m];
        allows_in(c, tree(c)->root, ast_span(tree(c), tree(c)->root));
    }
    c->mod = c->modules.p[0];
}
