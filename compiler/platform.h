/* platform.h: what every connector can do alike: `gateway.get(path)` and `gateway.put(path,
 * json:)`.
 *
 * A parameter of type `connector` takes a connector of any kind, and a playbook over it speaks to
 * any platform: a platform is a tree of json documents, each at a path. Where the documents lie:
 *
 *   dir, sftp   PATH.json, read and written as a file
 *   http        GET and PUT of base/PATH
 *   exec        COMMAND get PATH prints it; COMMAND put PATH takes it on stdin; `command` says
 * which
 *
 * The calls become operations of that kind when the playbook is applied, so the machine knows
 * nothing of this. Shared by operation.c and those who check connectors.
 */
#ifndef FERRY_COMPILER_PLATFORM_H
#define FERRY_COMPILER_PLATFORM_H

#include "base/json.h"
#include "bytecode/signature.h"
#include "compiler/expr.h"

/* `get` or `put` over a connector of this type; NO_INDEX for any other name. */
uint32_t platform_operation(type connector, text name);
/* What the call takes, and what may be read of its answer. */
signature platform_arguments(effect e);
signature platform_answer(effect e);
/* Results of the args function of such a call, from the values of its own arguments: writes the
 * arguments of the operation into `out` and returns how many. */
uint32_t platform_spell(compiler *c, const operation_call *call, const value *own, value *out,
                        span at);
/* The arguments of the operation as one object, for a known path; `json`: canonical, empty for get. */
void platform_json(compiler *c, json_writer *w, const operation_call *call, text path, text json);
/* Reports an exec connector that is used as a platform and has no `command`; n: where it is given.
 */
bool platform_fits(compiler *c, value connector, node n);
/* Checks the field `command` of an exec connector. */
void platform_command_check(compiler *c, node list);

#endif
