/* hours.h: when people of a role are there, and whether a window ever meets that. */
#ifndef FERRY_COMPILER_HOURS_H
#define FERRY_COMPILER_HOURS_H

#include "compiler/context.h"

/* Whether t is written as hours: "mon-fri 08:00-18:00 America/Chicago". Reports E0505 at n. */
bool hours_check(compiler *c, node n, text t);
/* Warns (W0501) where the phase waits for a window that never meets the hours of the role, nor those
 * of its deputies where they may answer in its place: everything but a vote. */
void hours_warn(compiler *c, node at, value role, bool deputies);
/* Warns (W0501) where something is due at a moment, known now, at which none of those who are asked
 * is there. */
void hours_due_warn(compiler *c, node at, value due, const value *roles, uint32_t n, bool deputies);

#endif
