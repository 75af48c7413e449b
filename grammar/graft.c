/* graft.c: see graft.h. */
#include "grammar/graft.h"

static node append(ast *t, ast_node n, span at)
{
    if (t->count == t->room)
        ast_grow(t);
    t->nodes[t->count] = n;
    t->spans[t->count] = at;
    return t->count++;
}

void graft_begin(ast *out, const ast *const *pieces, uint32_t n)
{
    const ast *own = pieces[n - 1];
    *out = (ast){.bytes = own->bytes,
                 .base = own->base,
                 .names = own->names,
                 .pieces = pieces,
                 .piece_count = n};
    append(out, (ast_node){0}, (span){0, 0});
}

void graft_add(ast *out, graft_list *list, node n)
{
    if (!n)
        return;
    if (list->last)
        out->nodes[list->last].next = n;
    else
        list->first = n;
    list->last = n;
}

node graft_node(ast *out, const ast *from, node n, graft_list children)
{
    ast_node copy = from->nodes[n];
    copy.first = children.first;
    copy.next = 0;
    return append(out, copy, ast_span(from, n));
}

node graft_copy(ast *out, const ast *from, node n)
{
    graft_list children = {0};
    ast_each(from, n, child) graft_add(out, &children, graft_copy(out, from, child));
    return graft_node(out, from, n, children);
}
