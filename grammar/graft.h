/* graft.h: trees made of parts of other trees: a playbook made from another one.
 *
 * A grafted tree is a tree like any other: its nodes are its own, children lie below their parents,
 * siblings in order. Its spans stay those of the files it was taken from, so that a diagnostic
 * points to where a reader wrote the words; `pieces` (ast.h) says which files those are. The trees
 * it was taken from must outlive it.
 */
#ifndef FERRY_GRAMMAR_GRAFT_H
#define FERRY_GRAMMAR_GRAFT_H

#include "grammar/ast.h"

/* Siblings that are being gathered. */
typedef struct {
    node first, last;
} graft_list;

/* An empty tree over those pieces; the array must outlive it, too. */
void graft_begin(ast *out, const ast *const *pieces, uint32_t n);
/* A node like `n` of `from` (kind, aux, name, role, span) with these children. */
node graft_node(ast *out, const ast *from, node n, graft_list children);
/* As it stands, with all below it. */
node graft_copy(ast *out, const ast *from, node n);
/* A node that was copied, but had no sibling yet. 0 adds nothing. */
void graft_add(ast *out, graft_list *list, node n);

#endif
