/* parameters.h: what a playbook or function is given, and the way into its body and back.
 *
 * A call reads in three modules: types and defaults in that of the declaration, arguments in that
 * of the caller, the body again in that of the declaration. Not for others: functions (fn.c) and
 * playbooks (lower_playbook.c) share it.
 */
#ifndef FERRY_COMPILER_PARAMETERS_H
#define FERRY_COMPILER_PARAMETERS_H

#include "compiler/lower.h"

typedef struct {
    uint32_t name;
    span at;
    type t;
    node otherwise;
    value v;
    bool given;
} parameter;

typedef struct parameters {
    parameter *p;
    uint32_t n;
    bool good;
    bool unread; /* some could not be read: nobody knows which there are */
} parameters;

/* Parameters of a declaration, in its module; `good` is false after a report. */
void parameters_read(compiler *c, const decl *d, parameters *out);
/* Whether values of this type are part of sites: they must be constants. */
bool type_is_static(type t);
/* One argument for a parameter of type t; V_ERROR after a report. */
value argument_value(compiler *c, node n, type t);
/* What was not given, in the module of the declaration; what is missing is reported at the call. */
void defaults_take(compiler *c, const decl *d, node call, parameters *ps);
/* All three: what a call of d gives. False after a report. */
bool parameters_take(compiler *c, const decl *d, node call, parameters *out);

typedef struct {
    module *mod;
    func *fn;
    size_t visible, locals, narrow, narrow_from;
    bool lenient, trigger;
} place_in;

place_in body_enter(compiler *c, module *m, func *f);
void body_leave(compiler *c, const place_in *was);
/* Names the parameters inside the new body f; returns how many registers of `pass` the caller
 * passes. */
uint32_t parameters_bind(compiler *c, func *f, parameters *ps, value *pass);

#endif
