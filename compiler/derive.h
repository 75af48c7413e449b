/* derive.h: playbooks made from others: `playbook mine from edi.move { change … insert … omit … }`.
 */
#ifndef FERRY_COMPILER_DERIVE_H
#define FERRY_COMPILER_DERIVE_H

#include "compiler/context.h"

/* Gives every such playbook its own tree, in a module of its own whose parts come from several
 * files; `at` and `home` of its declaration are there from then on. After the declarations were
 * entered. */
void playbooks_derive(compiler *c);
void derive_release(compiler *c);

#endif
