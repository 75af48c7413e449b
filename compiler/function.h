/* function.h: functions while they are written: registers, captures, sites, answers.
 *
 * A register is first virtual. Its class says where it will lie: parameters first (element,
 * captures of the site, results of the site, key), then the normal ones in the order of their
 * making (so a run made at once stays consecutive), then the blocks of answers, whose size is known
 * only when the last use of an answer has been seen.
 */
#ifndef FERRY_COMPILER_FUNCTION_H
#define FERRY_COMPILER_FUNCTION_H

#include "compiler/context.h"

enum { REG_NOTHING = 0xffff }; /* an operand that stands for no register: 0 in the image */

/* A function that nests in `outer` (NULL: it captures nothing). `most` is what it may do. */
func *func_new(compiler *c, text name, func *outer, csite *site, effect most);

/* What was written since is forgotten: functions and sites of a walk that is not for the image.
 * Their memory serves the next ones: nobody keeps a pointer to them. */
code_mark code_now(const compiler *c);
void code_discard(compiler *c, code_mark since);
void code_release(compiler *c); /* all of it, at the end */

uint32_t reg_new(compiler *c, type t);
uint32_t emit(compiler *c, opcode op, uint32_t a, uint32_t b, uint32_t x, span at);
/* Makes the jump at instruction `at` land behind the last instruction written so far. */
void land_here(compiler *c, uint32_t at);

/* `f` is the body of a fiber beside others. What it reads of them becomes facts: put by the one
 * that named it, when its body ends; got by this one behind what it has written until now. To be
 * ended after its return. */
void function_fork(func *f);
void function_fork_end(func *f);
/* Where a value of `owner` can be looked at from the current function: `owner` itself, where it
 * encloses it, else the enclosing body that reads it as a fact. */
func *function_home(const compiler *c, func *owner);

value value_error(void);
value value_const(type t, int64_t v);
value value_of_text(type t, text s);
value value_reg(compiler *c, uint32_t reg, type t);

/* The value in a register of the current function; captures it where it belongs to an outer one.
 * Only V_CONST and V_REG. `name` is shown by `why`; empty: not shown. */
uint32_t materialise(compiler *c, value v, text name, span at);
/* Consecutive registers that hold these values. */
uint32_t materialise_run(compiler *c, const value *v, uint32_t n, span at);
/* The same of a value and all that a site captured. */
uint32_t captures_run(compiler *c, value first, const csite *s, span at);

bundle *bundle_new(compiler *c, csite *s, uint32_t operation);
uint32_t bundle_anchor(compiler *c, bundle *b); /* operand of the instruction that fills it */
/* One field of an answer, in a register of its owner or of the function that asks. */
value bundle_read(compiler *c, bundle *b, text path, type t, text name);
value json_get(compiler *c, value v, type t, span at); /* V_LAZY over a register */

csite *site_new(compiler *c, site_kind kind, text name, span at);
/* Begins the function `which` of a site inside the current one; site_function_end goes back. */
func *site_function(compiler *c, csite *s, int which, effect most);
void site_function_end(compiler *c, func *f);
/* Ends a function with these results. */
void emit_return(compiler *c, const value *results, uint32_t n, span at);
/* Writes the site's instruction: operand a (a register or REG_NOTHING), `lead` operands first, then
 * the captures. */
void site_emit(compiler *c, opcode op, csite *s, uint32_t a, const value *lead, uint32_t leads,
               span at);

type_word type_final(compiler *c, type t);
/* Hands everything that `entries` reach to the builder. */
uint32_t func_reach(compiler *c, func *f); /* provisional id of the builder for an entry */
void func_reserve(compiler *c, func *f);   /* the same for what may be reached yet */
void program_finish(compiler *c);
/* The same of what was written since: that of a whole walk. Then it may be discarded. */
void code_finish(compiler *c, code_mark since);

#endif
