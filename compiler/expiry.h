/* expiry.h: whether an undo that expires outlasts the playbook that may need it. */
#ifndef FERRY_COMPILER_EXPIRY_H
#define FERRY_COMPILER_EXPIRY_H

#include "compiler/context.h"

size_t expiry_mark(const compiler *c);
/* A step of the current function that was just counted has an undo that expires. */
void expiry_add(compiler *c, duration expires, span at);
/* The function `inner` is over and was counted in the current one: what it holds since the mark goes
 * on there. */
void expiry_leave(compiler *c, size_t mark, const func *inner);
/* The playbook `whole` is over: E0405 for what expires before; forgets what came since the mark. */
void expiry_proof(compiler *c, size_t mark, const func *whole);

#endif
