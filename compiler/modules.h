/* modules.h: files, what they declare, and finding it. */
#ifndef FERRY_COMPILER_MODULES_H
#define FERRY_COMPILER_MODULES_H

#include "compiler/context.h"

/* Loads the root file and everything it uses, and the embedded risk model; enters declarations.
 * NULL when the root cannot be read (reported). */
module *modules_load(compiler *c, const char *path);

/* A module of the standard library, loaded once; NULL when there is none of that name. */
module *standard_module(compiler *c, text name);

decl *decl_add(compiler *c, module *m, decl_kind kind, uint32_t name, node at, span where);
/* In the module itself; NULL when there is none. */
decl *decl_find(const module *m, uint32_t name);
/* The module in whose file a place lies: the current one, or, in a playbook made from another one,
 * that from which the part comes. */
module *module_at(const compiler *c, span at);
/* What the name means in the file in which it stands; NULL when nothing of it is declared there. */
decl *decl_at(const compiler *c, uint32_t name, span at);
/* Follows a PATH node: `go`, `people.board`. Reports what is unknown, and what stands behind a name
 * that is not a module or playbook; NULL then. */
decl *path_find(compiler *c, node path, const char *what);
/* The part of a PATH behind the one that names d: a phase of a playbook; 0 where there is none. */
node path_behind(const compiler *c, node path, const decl *d);
/* "`x` is not known", with the nearest of the visible names. */
/* Whether the name stands in a stretch that could not be read, which may have declared it. */
bool name_lost(const module *m, text name);
/* The same where a text is wanted: its quotes may have been forgotten. */
void unknown_text(compiler *c, span at, text name);
void unknown_name(compiler *c, span at, text name, const char *what);
/* Warns of modules that are used and not needed. At the end. */
void modules_unused(compiler *c);
const char *decl_text(decl_kind kind); /* "a playbook" */

/* Between these, d is worked on: who meets it again goes in a circle. They nest. */
void decl_begin(compiler *c, const decl *d);
void decl_end(compiler *c);
void decl_use(decl *d); /* it was named */
bool decl_busy(const compiler *c, const decl *d);

/* Reads a file of the project, relative to a module; adds it to the sources. NULL after E0204. */
source *project_file(compiler *c, const module *from, text path, span at);

#endif
