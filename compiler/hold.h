/* hold.h: resources in turn: how long steps wait for each other where several hold one resource. */
#ifndef FERRY_COMPILER_HOLD_H
#define FERRY_COMPILER_HOLD_H

#include "compiler/context.h"

/* A step of the current function holds these resources for at most `worst`. */
void hold_add(compiler *c, const value *rows, const uint32_t *counts, uint32_t n, duration worst);
/* What `from` holds happens in `to`, so many times. */
void hold_merge(func *to, const func *from, int64_t times);
/* For how long at most the holds of `f` from index `from` on keep each other waiting, where
 * `others` more of the same run beside it. 0 where the capacity is enough for all. */
duration hold_turns(compiler *c, const func *f, size_t from, int64_t others);
/* For how long at most what `f` holds waits for what those beside it hold. */
duration hold_beside(compiler *c, const func *f, func *const *beside, size_t n);

#endif
