/* votes.h: whether an approval can be given at all. */
#ifndef FERRY_COMPILER_VOTES_H
#define FERRY_COMPILER_VOTES_H

#include "base/seating.h"
#include "compiler/context.h"

/* A role has as many members as are asked of it (E0504 at n). */
void votes_proof(compiler *c, node n, value role, uint32_t count);
/* An approval of the migration that is walked. */
typedef struct approval_asked {
    const seat *seats;
    uint32_t n;
    span at;
    struct approval_asked *before; /* the one before it; NULL */
} approval_asked;

/* All votes together can be given by different people (E0504). n: the approval. */
void people_proof(compiler *c, node n, const value *roles, const uint32_t *counts, uint32_t k);
/* Of the migration just walked: somebody whom the program names is left to start it, whom no
 * approval needs (W0502). */
void separation_proof(compiler *c);

#endif
