/* lifecycle.h: a migration without phases runs lifecycle.standard of the standard library. */
#ifndef FERRY_COMPILER_LIFECYCLE_H
#define FERRY_COMPILER_LIFECYCLE_H

#include "compiler/fields.h"

/* Whether the body of a migration lists no phases. */
bool lifecycle_wanted(const ast *t, node body);
/* The fields of a migration: its own, and, where it lists no phases, arguments of the lifecycle,
 * which are left for lifecycle_apply. Reports arguments beside phases (E0125). */
void lifecycle_fields(compiler *c, node body, fields *out);
/* Applies lifecycle.standard to a customer, with the fields of the migration `of` as arguments; in
 * the function and module of the migration. */
void lifecycle_apply(compiler *c, decl *of, value customer);

#endif
