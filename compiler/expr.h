/* expr.h: typing an expression and writing its code, in one walk. */
#ifndef FERRY_COMPILER_EXPR_H
#define FERRY_COMPILER_EXPR_H

#include "bytecode/signature.h"
#include "compiler/function.h"

/* The value of an expression. `want` is what its place expects (T_ANY: anything): it gives bare
 * words and json their meaning, but the result may be of another type; see expect. */
value expr(compiler *c, node n, type want);
/* The same, made to fit: V_CONST or V_REG of the type `want`, or V_ERROR after a diagnostic. A
 * `want` with T_MAYBE takes what may be absent, too. */
value expect(compiler *c, node n, type want);
value coerce(compiler *c, value v, type want, node n);
/* A constant known now. In a generic playbook a parameter counts as one (`unknown` is set). */
value expect_const(compiler *c, node n, type want);
duration const_duration(compiler *c, node n, duration otherwise);

/* Names (expr_name.c) and what stands behind a dot (expr_member.c). */
value expr_name(compiler *c, node n, type want);
value expr_member(compiler *c, node n, type want);
value name_lookup(compiler *c, uint32_t name, span at, type want);
value decl_value(compiler *c, decl *d, span at, type want);
/* Whether two amounts per year meet in one currency, rows included; reports where not. */
bool one_currency(compiler *c, node n, value a, value b);
/* Reports that the value is of another type than its place wants, with the spelling that fits. */
value mistyped(compiler *c, value v, type want, node n);
/* E0201 for a name that is a node of the current tree. */
void unknown_name_of(compiler *c, node n, text name);
local *local_find(const compiler *c, uint32_t name);
void local_add(compiler *c, uint32_t name, span at, value v);
size_t block_begin(const compiler *c);
/* What was named since `mark` may not have run for those who come later. */
void block_end(compiler *c, size_t mark);

/* Of a list column of a row that is known while a walk folds; NULL otherwise. */
const cell *list_known(compiler *c, node n);

/* Operators (expr_op.c). */
value expr_binary(compiler *c, node n, type want);
value expr_unary(compiler *c, node n, type want);
value expr_per(compiler *c, node n);
value expr_choice(compiler *c, node n, type want);
value convert(compiler *c, value v, conversion_id id, span at);

/* Conditions (expr_truth.c). */
value expr_logic(compiler *c, node n, opcode op);
value expr_comparison(compiler *c, node n, ast_op op);
value expr_membership(compiler *c, node n);
value expr_not(compiler *c, value v, span at);
/* Whether a walk that folds knows the value. */
bool value_known(const compiler *c, value v);
/* A constant that is none: by itself, or in a place that takes none. */
bool value_absent(value v);
/* What a condition that holds says: pushes narrowings; pop with narrow_end. */
size_t narrow_begin(compiler *c, node condition);
void narrow_end(compiler *c, size_t mark);
bool narrowed(const compiler *c, text key, uint32_t *kinds);

/* Texts, lists, records (expr_text.c). */
value expr_interpolated(compiler *c, node n);
/* A text for people, in a walk that folds: its values where they are known, else `{source}`. */
text text_shown(compiler *c, node n);
/* A constant scalar as a text shows it. */
text constant_shown(compiler *c, value v);
value expr_list(compiler *c, node n, type want);
value record_json(compiler *c, value v);
value expr_literal(compiler *c, node n);

/* Calls (expr_call.c) and operations of connectors (operation.c). */
value expr_call(compiler *c, node n, type want);
value comprehension(compiler *c, node n, opcode op, type want, span at);
value fn_call(compiler *c, decl *d, node call);
/* Holds what a function of one element captures from the current function. */
csite *closure_new(compiler *c);

typedef struct {
    uint32_t operation; /* operation_id; NO_INDEX: not an operation */
    int64_t connector;  /* row, NO_ROW */
    effect effect;
    bool bad;      /* reported */
    bool platform; /* `get` or `put` over a connector of any kind (platform.h) */
} operation_call;
/* What `n` calls, if it is `connector.operation(…)`; evaluates only the connector. */
operation_call operation_of(compiler *c, node n);
/* Which parameter of the signature each argument of a call goes to, and its type. */
bool operation_arguments(compiler *c, node call, const signature *s, node *at);
type operation_argument_type(compiler *c, const signature_parameter *p);
/* A site of this kind for the call, with its args function; `what` for diagnostics. */
csite *operation_site(compiler *c, node n, const operation_call *call, site_kind kind, text name);
value operation_read(compiler *c, node n, const operation_call *call);
value result_member(compiler *c, value v, node n, text name);
value operation_result(bundle *b);
bool operation_answers(uint32_t operation, text path);

/* Moments (moment.c): `2027-03-13 22:00`, and `.start` or `.end` of the window v. */
value moment_literal(compiler *c, node n);
value window_edge(compiler *c, value v, node n, text name);
/* The last rehearsal of this program, read here. */
value rehearsal_read(compiler *c, span at);
/* Reads it where a condition asks for it, and names it until c->locals.n is set back to what this
 * returns. `condition` may be the whole statement. */
size_t rehearsal_before(compiler *c, node condition);

/* A name and element type for a loop's list (expr_name.c). */
value element_value(compiler *c, value list, uint32_t reg, type element);

#endif
