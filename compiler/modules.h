/* modules.h: loading files, and following paths to what they declare. */
#ifndef FERRY_COMPILER_MODULES_H
#define FERRY_COMPILER_MODULES_H

#include "compiler/decls.h"

/* Loads the root file and everything it uses, and the embedded risk model; enters declarations.
 * NULL when the root cannot be read (reported). */
module *modules_load(compiler *c, const char *path);

/* A module of the standard library, loaded once; NULL when there is none of that name. */
module *standard_module(compiler *c, text name);

/* Follows a PATH node: `go`, `people.board`. Reports what is unknown, and what stands behind a name
 * that is not a module or playbook; NULL then. */
decl *path_find(compiler *c, node path, const char *what);
/* The part of a PATH behind the one that names d: a phase of a playbook; 0 where there is none. */
node path_behind(const compiler *c, node path, const decl *d);
/* Whether the name stands in a stretch that could not be read, which may have declared it. */
bool name_lost(const module *m, text name);
/* "`x` is not known", with the nearest of the visible names. */
void unknown_name(compiler *c, span at, text name, const char *what);
/* The same where a text is wanted: its quotes may have been forgotten. */
void unknown_text(compiler *c, span at, text name);
/* Warns of modules that are used and not needed. At the end. */
void modules_unused(compiler *c);

/* Reads a file of the project, relative to a module; adds it to the sources. NULL after E0204. */
source *project_file(compiler *c, const module *from, text path, span at);

#endif
