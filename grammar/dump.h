/* dump.h: a tree as indented text, for golden cases and `ferry check --dump ast`. */
#ifndef FERRY_GRAMMAR_DUMP_H
#define FERRY_GRAMMAR_DUMP_H

#include "grammar/ast.h"

/* One line a node: `role kind name aux "source of a leaf"`, children two blanks deeper. */
void dump_tree(buffer *out, const ast *t);

#endif
