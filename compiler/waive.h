/* waive.h: warnings that the program allows. */
#ifndef FERRY_COMPILER_WAIVE_H
#define FERRY_COMPILER_WAIVE_H

#include "compiler/context.h"

/* Takes out the warnings that an `allow` covers; reports those that cover none (W0101). The last
 * pass: everything else has spoken. */
void waivers_apply(compiler *c);

#endif
