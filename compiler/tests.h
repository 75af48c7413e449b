/* tests.h: what the files about tests share: the test that is being compiled, and the places of the
 * run that it speaks of. */
#ifndef FERRY_COMPILER_TESTS_H
#define FERRY_COMPILER_TESTS_H

#include "compiler/lower.h"

/* A named thing of a run, as its plan has it: a phase, an iteration, a step, … */
typedef struct {
    text path;
    plan_kind kind;
    uint32_t operation; /* of a step */
    type sample;        /* of a series */
} run_place;

/* What an expectation asks of a place, once for each function. */
typedef struct {
    const func *owner;
    text path;
    bundle *answer;
} place_read;

typedef struct test_frame {
    const plan_migration *of;
    text customer; /* of a migration for many: whose places it speaks of; empty: of all */
    func *entry; /* of the expectation that is being compiled */
    VEC(run_place) places;
    VEC(place_read) reads;
} test_frame;

/* --- places (test_place.c) --- */

void places_collect(compiler *c, test_frame *t);
/* The place that the names of a chain `globex.route` mean: those of a path in their order, the last
 * one its last. NULL where there is none; where several are meant (E0702), too, and `many` is set.
 */
const run_place *place_find(compiler *c, node chain, bool *many);
/* E0701 for a chain that is none, with the nearest place or role. */
void place_unknown(compiler *c, node chain);

/* --- givens (given.c) --- */
bool given_take(compiler *c, node n, test_given *out);

#endif
