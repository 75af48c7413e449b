/* walkers.h: the walks of playbooks, values and migrations, one after the other or side by side. */
#ifndef FERRY_COMPILER_WALKERS_H
#define FERRY_COMPILER_WALKERS_H

#include "compiler/context.h"

/* Walks every playbook, value and migration. Rows and functions are there already. A program with very
 * many is walked by several threads: image and diagnostics are the same, whatever their number. */
void bodies_walk(compiler *c, compile_facts *facts);
/* What threads have written lives as long as the builder; to be called when that is gone. */
void walkers_release(compiler *c);

#endif
