/* expr.c: dispatch over expressions, and making a value fit its place. */
#include "compiler/expr.h"
#include "compiler/modules.h"
#include "compiler/data.h"
#include "compiler/rowset.h"

/* The reader admits more than the stack holds: frames here are kilobytes. */
enum { EXPR_DEEPEST = 256 };

static value expr_of(compiler *c, node n, type want)
{
    switch (ast_kind(tree(c), n)) {
    case NODE_NAME: return expr_name(c, n, want);
    case NODE_MEMBER: return expr_member(c, n, want);
    case NODE_CALL: return expr_call(c, n, want);
    case NODE_BINARY: return expr_binary(c, n, want);
    case NODE_UNARY: return expr_unary(c, n, want);
    case NODE_CHOICE: return expr_choice(c, n, want);
    case NODE_PER: return expr_per(c, n);
    case NODE_LIST: return expr_list(c, n, want);
    case NODE_RECORD: return (value){.kind = V_RECORD, .t = T_RECORD, .at = n, .home = c->mod};
    case NODE_INTERPOLATED: return expr_interpolated(c, n);
    case NODE_INDEX: return expr_member(c, n, want);
    case NODE_RANGE:
        if (!ast_to(tree(c), n))
            return expr(c, ast_from(tree(c), n), want);
        fault_at(c, E0124, n, "a range cannot stand here");
        return value_error();
    case NODE_TIMES: fault_at(c, E0124, n, "`times every` cannot stand here"); return value_error();
    case NODE_ERROR:
    case NODE_NONE: return value_error();
    default: return expr_literal(c, n);
    }
}

value expr(compiler *c, node n, type want)
{
    if (c->expr_depth == EXPR_DEEPEST) {
        fault_at(c, E0110, n, "this nests too deeply: more than %d expressions in one another",
                 EXPR_DEEPEST);
        return value_error();
    }
    c->expr_depth++;
    value v = expr_of(c, n, want);
    c->expr_depth--;
    return v;
}

/* --- fitting ------------------------------------------------------------------------------------
 */

static bool same(type have, type want)
{
    if (have == want)
        return true;
    if (type_id_of(have) != type_id_of(want))
        return false;
    if (type_id_of(have) == TYPE_ROW && type_table(have) == type_table(want))
        return type_row_kind(want) < 0;
    return type_id_of(have) == TYPE_REVENUE && !type_parameter(want);
}

/* Absent fields of rows: must be there in every row that can come here. */
static value present_in_rows(compiler *c, value v, node n)
{
    uint32_t column = (uint32_t)v.column - 1;
    v.t = type_sure(v.t);
    if (!v.rows.known || c->generic || c->lenient)
        return v;
    row_range in = rowset_range(c, &v.rows);
    for (size_t i = in.from; i < in.to; i++) {
        const row *r = c->rows[v.rows.table].p[i];
        if (!rowset_has(&v.rows, r) || cell_given(r, column))
            continue;
        text what = canonical(c, tree(c), n);
        text field = text_format(c->memory, "%u", column);
        if (r->unread || told_before(c, r, field, at_node(c, n)))
            return value_error();
        diagnostic *g =
            fault_at(c, E0607, n, "`%.*s` is absent in %.*s", TEXT_ARG(what), TEXT_ARG(r->name));
        told_first(c, r, field, g);
        diag_label_add(c->d, g, r->at, "this row does not give it");
        diag_help_add(c->d, g, "give it there, write `%.*s ?? …`, or test `%.*s != none` first",
                      TEXT_ARG(what), TEXT_ARG(what));
        return value_error();
    }
    return v;
}

static value absent_refused(compiler *c, value v, node n)
{
    if (v.column)
        return present_in_rows(c, v, n);
    if (c->lenient || v.reduced) {
        v.t = type_sure(v.t);
        return v;
    }
    text what = canonical(c, tree(c), n);
    diagnostic *g = fault_at(c, E0303, n, "`%.*s` may be none here", TEXT_ARG(what));
    diag_help_add(c->d, g, "write `%.*s ?? …`, or test `%.*s != none` first", TEXT_ARG(what),
                  TEXT_ARG(what));
    return value_error();
}

static value series_last(compiler *c, value v, span at)
{
    func *here = c->fn;
    if (!c->trigger && v.owner)
        c->fn = v.owner;
    uint32_t handle = materialise(c, v, v.shown, at);
    if (!c->trigger)
        emit(c, OP_SETTLE, REG_NOTHING, handle, 0, at);
    type t = type_element(c, v.t);
    uint32_t r = reg_new(c, t);
    emit(c, OP_SGET, r, handle, STATISTIC_LAST, at);
    value got = value_reg(c, r, t);
    got.shown = v.shown;
    c->fn = here;
    return got;
}

static value demand(compiler *c, value v, type want, node n)
{
    type t = type_sure(want);
    if (t == T_ANY) {
        diagnostic *g = fault_at(c, E0310, n, "the type of this json value is not known");
        diag_help_add(c->d, g,
                      "compare it with a value, or say what it is: number(x), text(x), "
                      "percent(x), seconds(x)");
        return value_error();
    }
    char family = type_family(t);
    bool scalar = t == TYPE_BOOL || t == TYPE_NUMBER || family == 't' || type_id_of(t) == TYPE_LIST;
    if (!scalar || t == TYPE_SECRET || t == TYPE_ENDPOINT) {
        diagnostic *g = fault_at(c, E0310, n, "json does not become %.*s by itself",
                                 TEXT_ARG(type_a(c, t)));
        if (t == TYPE_PERCENT)
            diag_suggest(c->d, g, at_node(c, n),
                         text_format(c->memory, "ratio(%.*s)", TEXT_ARG(ast_source_text(tree(c), n))),
                         "`ratio(…)` when 1 means all, `percent(…)` when 100 does");
        else
            diag_help_add(c->d, g,
                      "say what its number means: ratio(x), percent(x), seconds(x), "
                      "milliseconds(x), x per day");
        return value_error();
    }
    value got =
        v.from ? bundle_read(c, v.from, v.path, t, v.shown) : json_get(c, v, t, at_node(c, n));
    got.shown = v.shown;
    return got;
}

static value word_meaning(compiler *c, value v, type want, node n)
{
    if (type_id_of(want) == TYPE_TEXT) {
        unknown_text(c, ast_name_span(tree(c), n), v.string);
        return value_error();
    }
    if (type_id_of(want) != TYPE_ENUM) {
        unknown_name_of(c, n, v.string);
        return value_error();
    }
    text member[32];
    size_t count;
    enum_members(want, member, &count);
    diagnostic *g = fault_at(c, E0304, n, "`%.*s` is no %.*s", TEXT_ARG(v.string),
                             TEXT_ARG(type_text(c, want)));
    suggest(c, g, at_node(c, n), v.string, member, count);
    buffer b;
    buffer_init(&b);
    for (size_t i = 0; i < count; i++)
        buffer_printf(&b, "%s%.*s", i ? ", " : "", TEXT_ARG(member[i]));
    if (count)
        diag_note(c->d, g, "it is one of %.*s", (int)b.n, b.p);
    buffer_release(&b);
    return value_error();
}

static value fit_sure(compiler *c, value v, type want, node n)
{
    type t = type_sure(want);
    if (type_id_of(v.t) == TYPE_SERIES && type_id_of(t) != TYPE_SERIES)
        v = series_last(c, v, at_node(c, n));
    if (v.kind == V_RECORD && (t == TYPE_JSON || t == T_ANY))
        return record_json(c, v);
    if (v.kind == V_RESULT || v.kind == V_RISK || v.kind == V_MODULE || v.kind == V_RECORD) {
        fault_at(c, E0301, n, "%.*s is no value by itself: name one of its fields",
                 TEXT_ARG(type_text(c, v.t)));
        return value_error();
    }
    if (t == T_ANY || same(v.t, t))
        return v;
    if (type_id_of(v.t) == TYPE_ENDPOINT && t == TYPE_JSON)
        return v;
    return mistyped(c, v, t, n);
}

value coerce(compiler *c, value v, type want, node n)
{
    if (v.kind == V_ERROR || type_id_of(v.t) == T_ERROR || want == T_ERROR)
        return value_error();
    if (v.kind == V_CONST && v.t == want && want != T_ABSENT) /* as nearly all of what is data */
        return v;
    if (v.kind == V_LAZY)
        return demand(c, v, want, n);
    if (v.kind == V_WORD) {
        int code = enum_code(type_sure(want), v.string);
        return code >= 0 ? value_const(type_sure(want), code) : word_meaning(c, v, want, n);
    }
    if (type_id_of(v.t) == T_ABSENT) {
        if (type_maybe(want)) {
            v.t = want;
            return v;
        }
        fault_at(c, E0303, n, "`none` cannot stand here: %.*s is expected",
                 TEXT_ARG(type_a(c, want)));
        return value_error();
    }
    if (type_maybe(v.t) && type_maybe(want)) {
        type full = v.t;
        v.t = type_sure(v.t);
        v = fit_sure(c, v, want, n);
        if (v.kind != V_ERROR)
            v.t = full;
        return v;
    }
    if (type_maybe(v.t) && want != T_ANY)
        v = absent_refused(c, v, n);
    return v.kind == V_ERROR ? v : fit_sure(c, v, want, n);
}

value expect(compiler *c, node n, type want)
{
    return n ? coerce(c, expr(c, n, type_sure(want)), want, n) : value_error();
}

value expect_const(compiler *c, node n, type want)
{
    value v = expect(c, n, want);
    if (v.kind == V_CONST || v.kind == V_ERROR)
        return v;
    if (c->generic)
        return (value){.kind = V_CONST, .t = want, .unknown = true};
    diagnostic *g = fault_at(c, E0306, n, "this must be a constant");
    diag_note(c->d, g,
              "it is part of the program that people approve, so it cannot depend on what "
              "is read later");
    return value_error();
}

duration const_duration(compiler *c, node n, duration otherwise)
{
    if (!n)
        return otherwise;
    value v = expect_const(c, n, TYPE_DURATION);
    return v.kind == V_CONST && !v.unknown ? v.constant : otherwise;
}
