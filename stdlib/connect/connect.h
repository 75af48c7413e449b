/* connect.h: the connectors `dir`, `exec` and `http`, and what else a host performs for a program: windows,
 * simulations, calls of people. One table, given to a host.
 *
 * dir   Paths of the program are relative to the connector's base; none is absolute, holds `..` or
 *       a NUL, or passes through a symbolic link below the base. A write makes `.KEY.part` beside
 *       its target, syncs, renames, syncs the folder. It replaces a file only when this run has
 *       read or written that file before (seen_files), or when it would change nothing.
 * exec  An argument vector, never a shell, in the base, in its own process group. The environment
 *       is PATH, HOME, LANG, FERRY_MODE, FERRY_IDEMPOTENCY_KEY and what the connector's setting
 *       `env` declares.
 *
 * http  What connect_http.c says of an answer; libcurl is loaded by the first call.
 *
 * Settings (column settings of table connector): {"env":{"NAME":"value" or {"secret":"NAME"}},
 * "refused":[exit codes that mean: surely not done]}.
 */
#ifndef FERRY_STDLIB_CONNECT_H
#define FERRY_STDLIB_CONNECT_H

#include "vm/host.h"

extern const operation_entry connect_operations[];
extern const size_t connect_operation_count;

/* Whether this build speaks to every connector that a migration can come to; `why` names those that
 * it does not. `entry` is an index of the program's entries. */
bool connect_spoken_check(const image *program, uint32_t entry, arena *memory, text *why);
/* Whether every secret that the program's connectors name is in the environment; `why` names those
 * that are not. */
bool connect_secrets_check(const image *program, arena *memory, text *why);

#endif
