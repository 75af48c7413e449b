/* moment.c: moments as values: written ones, when a window opens and closes; the last rehearsal.
 *
 * A written moment lies in the zone of the migration's default window. A dated window is known now;
 * when a recurring one opens is an answer of the host, so it is read: the occurrence that holds the
 * moment of reading, else the next one, freezes taken out. The machine knows no time zones, and a
 * replay must not look them up again.
 */
#include "compiler/data.h"
#include "compiler/lower.h"
#include "compiler/modules.h"

static value unknown_moment(void)
{
    return (value){.kind = V_CONST, .t = TYPE_INSTANT, .unknown = true};
}

value moment_literal(compiler *c, node n)
{
    civil when;
    if (ast_is(tree(c), n, NODE_WEEKDAY_TIME)) {
        diagnostic *g = fault_at(c, E0301, n, "a weekday and a time are no moment by themselves");
        diag_help_add(c->d, g, "name the day, as in `2027-03-13 22:00`, or a window's `.start`");
        return value_error();
    }
    if (!date_time_read(ast_source_text(tree(c), n), &when)) {
        fault_at(c, E0308, n, "there is no such moment");
        return value_error();
    }
    if (c->generic)
        return unknown_moment();
    return value_const(TYPE_INSTANT, zone_instant(window_zone(c), &when));
}

/* --- windows
 * ----------------------------------------------------------------------------------------- */

/* A read that the host answers without a connector; its arguments come between this and
 * host_answer. */
static csite *host_read(compiler *c, uint32_t operation, span at)
{
    csite *s = site_new(c, SITE_READ, TEXT(""), at);
    s->s.operation = operation;
    s->s.timeout = MINUTE;
    bundle_new(c, s, operation);
    return s;
}

static bundle *host_answer(compiler *c, csite *s, span at)
{
    if (c->fn->did < EFFECT_READ)
        c->fn->did = EFFECT_READ;
    site_emit(c, OP_READ, s, bundle_anchor(c, s->result), NULL, 0, at);
    return s->result;
}

static value window_read(compiler *c, uint32_t of, node n, text name)
{
    span at = at_node(c, n);
    if (c->fn->most == EFFECT_PURE) {
        diagnostic *g =
            fault(c, DIAG_E0409, at,
                  "when a recurring window opens is read, and nothing may be read here");
        diag_help_add(c->d, g, "read it before, with `let`, and use that name here");
        return value_error();
    }
    csite *s = host_read(c, OPERATION_WINDOW_NEXT, at);
    func *args = site_function(c, s, FN_ARGS, EFFECT_PURE);
    uint32_t after = reg_new(c, TYPE_INSTANT);
    emit(c, OP_LDN, after, 1, 0, at); /* none: the machine says when it asks */
    value v[3] = {value_of_text(TYPE_JSON, window_rule_json(c, of)),
                  value_of_text(TYPE_JSON, freezes_json(c)), value_reg(c, after, TYPE_INSTANT)};
    emit_return(c, v, 3, at);
    site_function_end(c, args);
    return bundle_read(c, host_answer(c, s, at), name, TYPE_INSTANT, canonical(c, tree(c), n));
}

value window_edge(compiler *c, value v, node n, text name)
{
    interval of;
    if (v.unknown || v.kind != V_CONST || v.constant < 0)
        return unknown_moment();
    if (!window_dated(c, (uint32_t)v.constant, &of))
        return window_read(c, (uint32_t)v.constant, n, name);
    return value_const(TYPE_INSTANT, text_is(name, "start") ? of.start : of.end);
}

/* --- rehearsals
 * -------------------------------------------------------------------------------------- */

/* `rehearsal`: an answer of the host, with the fields `passed` and `age`. */
value rehearsal_read(compiler *c, span at)
{
    if (c->fn->most == EFFECT_PURE) {
        diagnostic *g = fault(c, DIAG_E0409, at,
                              "the last rehearsal is looked up, and nothing may "
                              "be read here");
        diag_help_add(c->d, g, "read it before, with `let`, or ask in a `require` or an `if`");
        return value_error();
    }
    csite *s = host_read(c, OPERATION_REHEARSAL, at);
    func *args = site_function(c, s, FN_ARGS, EFFECT_PURE);
    emit_return(c, NULL, 0, at);
    site_function_end(c, args);
    return operation_result(host_answer(c, s, at));
}

static node rehearsal_named(const compiler *c, node n)
{
    if (ast_is(tree(c), n, NODE_NAME) && text_is(ast_name_text(tree(c), n), "rehearsal"))
        return n;
    ast_each(tree(c), n, child)
    {
        node found = rehearsal_named(c, child);
        if (found)
            return found;
    }
    return 0;
}

/* A condition is pure: what it says of the rehearsal is read just before. */
size_t rehearsal_before(compiler *c, node condition)
{
    size_t mark = c->locals.n;
    node n = rehearsal_named(c, condition);
    uint32_t name = name_given(c, TEXT("rehearsal"));
    if (n && c->fn->most != EFFECT_PURE && !local_find(c, name) && !decl_find(c->mod, name))
        vec_push(&c->locals, (local){.name = name, .v = rehearsal_read(c, at_node(c, n))});
    return mark;
}
