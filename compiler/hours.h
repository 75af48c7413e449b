/* hours.h: when people of a role are there, and whether a window ever meets that. */
#ifndef FERRY_COMPILER_HOURS_H
#define FERRY_COMPILER_HOURS_H

#include "compiler/context.h"

/* Whether t is written as hours: "mon-fri 08:00-18:00 America/Chicago". Reports E0505 at n. */
bool hours_check(compiler *c, node n, text t);
/* Warns (W0501) where the phase waits for a window that never meets the hours of the role. */
void hours_warn(compiler *c, node at, value role);

#endif
