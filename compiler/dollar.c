/* dollar.c: `"${x}"`, as shells and other languages interpolate.
 *
 * In Ferry the braces do that by themselves, and the dollar would stay in every path, address and
 * message. It is a warning, since some text may want a dollar before a value. What the walk of the
 * program has reported inside the same text is not told again.
 */
#include "compiler/dollar.h"

/* The dollar just before the braces of a part; {0, 0} where none is. Written as `\u{24}` it is meant. */
static span dollar_before(const ast *t, node before)
{
    if (!before || !ast_is(t, before, NODE_TEXT_PART))
        return (span){0, 0};
    span at = ast_span(t, before);
    text own = ast_source_text(t, before);
    return own.n && own.p[own.n - 1] == '$' ? (span){at.end - 1, at.end} : (span){0, 0};
}

node dollar_alone(const ast *t, node n)
{
    if (!ast_is(t, n, NODE_INTERPOLATED))
        return 0;
    node part = ast_part(t, n);
    span at = dollar_before(t, part);
    if (at.start && at.start == ast_span(t, part).start)
        part = ast_next(t, part);
    return part && !ast_is(t, part, NODE_TEXT_PART) && !ast_next(t, part) ? part : 0;
}

static void dollar_tell(compiler *c, node n, node part, span at)
{
    if (faulted_within(c, ast_span(tree(c), n)))
        return;
    diagnostic *g = fault(c, DIAG_W0102, at, "this `$` stays in the text");
    diag_note(c->d, g, "`{%.*s}` stands for its value by itself",
              TEXT_ARG(ast_source_text(tree(c), part)));
    if (dollar_alone(tree(c), n))
        diag_note(c->d, g, "where the value itself is meant, it is `%.*s`, without quotes",
                  TEXT_ARG(ast_source_text(tree(c), part)));
    diag_suggest(c->d, g, at, TEXT(""), "leave it out");
}

static void module_dollars(compiler *c)
{
    ast_each_node(tree(c), n)
    {
        if (!ast_is(tree(c), n, NODE_INTERPOLATED))
            continue;
        node before = 0;
        ast_each_as(tree(c), n, ROLE_part, part)
        {
            span at = ast_is(tree(c), part, NODE_TEXT_PART) ? (span){0, 0}
                                                            : dollar_before(tree(c), before);
            if (at.start)
                dollar_tell(c, n, part, at);
            before = part;
        }
    }
}

void dollars_warn(compiler *c)
{
    for (size_t m = 0; m < c->modules.n; m++) {
        c->mod = c->modules.p[m];
        if (!c->mod->embedded)
            module_dollars(c);
    }
    c->mod = c->modules.p[0];
}
