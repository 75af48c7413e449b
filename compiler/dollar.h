/* dollar.h: interpolation as other languages write it. */
#ifndef FERRY_COMPILER_DOLLAR_H
#define FERRY_COMPILER_DOLLAR_H

#include "compiler/context.h"

/* Warns (W0102) of each dollar before an interpolation, in all files of the project. */
void dollars_warn(compiler *c);
/* The expression of a text that is nothing else, `"{x}"` or `"${x}"`; 0 of any other node. */
node dollar_alone(const ast *t, node n);

#endif
