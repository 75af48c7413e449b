/* walkers.h: the walks of playbooks, values and migrations, one after the other or side by side. */
#ifndef FERRY_COMPILER_WALKERS_H
#define FERRY_COMPILER_WALKERS_H

#include "compiler/context.h"

/* Walks every playbook, value and migration. Rows and functions are there already. A program with very
 * many is walked by a crew: image and diagnostics are the same, whatever its size. */
void bodies_walk(compiler *c, compile_facts *facts);

#endif
