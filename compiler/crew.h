/* crew.h: several compilations in the place of one, for parts of a program that share nothing.
 *
 * Each is a copy of the one that calls. What was there before (trees, names, declarations, rows, functions)
 * all of them read and nobody changes; what a copy writes (memory, functions, sites, rows, a branch of the
 * builder, diagnostics) is its own until they are joined. The parts must be such that their order does not
 * show in the program: an image has one order of its own.
 *
 * It would show in diagnostics: a fault that is met again is told once, and with an error some proofs
 * are not tried. So a crew gives up at the first finding, all that it wrote is thrown away, and the caller
 * goes through the parts alone. Merging findings was left: each part would have to know what all before
 * it found, for programs that are going to be mended anyway. */
#ifndef FERRY_COMPILER_CREW_H
#define FERRY_COMPILER_CREW_H

#include "base/workers.h"
#include "compiler/context.h"

#include <stdatomic.h>

typedef struct crew crew;

struct crew {
    compiler each[WORKERS_MOST];
    arena memory[WORKERS_MOST];
    diagnostics found[WORKERS_MOST];
    unsigned n;
    atomic_bool over; /* one of them gave up */
    crew *before;     /* that the compilation had earlier: what they wrote stays until its end */
};

/* How many are worth it: 1 when there are findings already, when the order shows in what is asked for (a
 * plan, tests), or where there are fewer than two times `each` parts. */
unsigned crew_wanted(const compiler *c, size_t parts, size_t each);
crew *crew_begin(compiler *c, unsigned n);
/* Whether this copy can go on. If not, the crew gives up. */
bool crew_goes_on(crew *w, unsigned index);
/* Takes into account what the copies wrote; what they built is joined by the caller (build_join). false
 * when the crew gave up: everything is as it was, and the copies are gone. */
bool crew_join(compiler *c, crew *w);
/* All crews of a compilation, when its builder is gone. */
void crews_release(compiler *c);

#endif
