/* votes.h: whether an approval can be given at all. */
#ifndef FERRY_COMPILER_VOTES_H
#define FERRY_COMPILER_VOTES_H

#include "compiler/context.h"

/* A role has as many members as are asked of it (E0504 at n). */
void votes_proof(compiler *c, node n, value role, uint32_t count);
/* All votes together can be given by different people (E0504), and somebody is left to write and to
 * start the program (W0502). n: the approval. */
void people_proof(compiler *c, node n, const value *roles, const uint32_t *counts, uint32_t k);

#endif
