/* decls.h: what files declare, and finding it by name. Declarations live as long as the compilation. */
#ifndef FERRY_COMPILER_DECLS_H
#define FERRY_COMPILER_DECLS_H

#include "compiler/context.h"

/* Enters a declaration at the end of its module. Of a name that is taken there (E0202, reported)
 * it gives the first; migrations have names of their own, and 0 is no name. */
decl *decl_add(compiler *c, module *m, decl_kind kind, uint32_t name, node at, span where);
/* In the module itself, migrations left out; NULL when there is none. */
decl *decl_find(const module *m, uint32_t name);
/* The module in whose file a place lies: the current one, or, in a playbook made from another one,
 * that from which the part comes. */
module *module_at(const compiler *c, span at);
/* What the name means in the file in which it stands; NULL when nothing of it is declared there. */
decl *decl_at(const compiler *c, uint32_t name, span at);
const char *decl_text(decl_kind kind); /* "a playbook" */

/* Between these, d is worked on: who meets it again goes in a circle. They nest. */
void decl_begin(compiler *c, const decl *d);
void decl_end(compiler *c);
bool decl_busy(const compiler *c, const decl *d);
void decl_use(decl *d); /* it was named */

#endif
