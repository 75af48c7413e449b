/* places.h: what stands where in a migration: paths, and what is written under which fibers.
 *
 * Known is it in a walk that folds, where loops over rows go through them one by one. Outside of
 * one (compiler.places is NULL) everything here does nothing.
 */
#ifndef FERRY_COMPILER_PLACES_H
#define FERRY_COMPILER_PLACES_H

#include "bytecode/signature.h"
#include "compiler/phase_graph.h"

typedef enum { LANE_ELEMENT, LANE_PHASE, LANE_BRANCH } lane_kind;

/* One of several ways that begin at one place: an element of a parallel loop, a phase beside
 * others, a branch of an `if`. */
typedef struct lane lane;

void places_begin(compiler *c);
/* Reports what two fibers in no order both write, and two things of one path; forgets all. */
void places_end(compiler *c);

/* What follows has this part in its path; to be given back to places_leave. `at`: the part is a
 * thing of its own that people name. */
text places_enter(compiler *c, text name, span at);
void places_leave(compiler *c, text was);
/* A thing with a name: a step, a task, a vote, a wait. */
void places_name(compiler *c, text name, span at);
/* An iteration of the loop that stands at `at`: what people send back, and ask about, as a whole.
 * `before`: places_named when it began; one in which nothing has a name is nothing to people. */
void places_round(compiler *c, text name, span at, size_t before);
size_t places_named(const compiler *c);

/* `from`: what the ways have in common, of elements the span that lets them run side by side;
 * `order`: of phases. */
const lane *lane_enter(compiler *c, lane_kind kind, const void *from, size_t branch,
                       const phases *order);
void lane_leave(compiler *c, const lane *was);

/* A write: arguments at[i] with values v[i] of the parameters of `sig`. */
void places_write(compiler *c, node call, int64_t connector, const signature *sig, text operation,
                  const node *at, const value *v);

#endif
