/* lower.c: what all statements share: dispatch, scopes, titles, responses to failure. */
#include "compiler/lower.h"
#include "compiler/hours.h"
#include "compiler/data.h"
#include "compiler/modules.h"
#include "compiler/places.h"

/* --- functions of sites
 * ---------------------------------------------------------------------------- */

bool site_value(compiler *c, csite *s, int which, effect most, node n, type t)
{
    func *f = site_function(c, s, which, most);
    value v = expect(c, n, t);
    if (v.kind != V_ERROR)
        emit_return(c, &v, 1, at_node(c, n));
    site_function_end(c, f);
    return v.kind != V_ERROR;
}

void site_titled(compiler *c, csite *s, node n)
{
    c->spoken = true;
    if (n && !site_value(c, s, FN_TITLE, EFFECT_PURE, n, TYPE_TEXT))
        s->fn[FN_TITLE] = NULL;
    c->spoken = false;
}

void site_title_or(compiler *c, csite *s, node n, text otherwise)
{
    site_titled(c, s, n);
    if (s->fn[FN_TITLE])
        return;
    value v = value_of_text(TYPE_TEXT, otherwise);
    func *f = site_function(c, s, FN_TITLE, EFFECT_PURE);
    emit_return(c, &v, 1, s->at);
    site_function_end(c, f);
}

text text_constant(compiler *c, node n)
{
    value v = n ? expect_const(c, n, TYPE_TEXT) : value_error();
    return v.kind == V_CONST ? v.string : TEXT("");
}

/* --- people and resources
 * ----------------------------------------------------------------------------- */

bool counted_row(compiler *c, node n, uint32_t table, value *out, uint32_t *count)
{
    *count = 1;
    node of = n;
    if (ast_is(tree(c), n, NODE_BINARY) && ast_aux(tree(c), n) == OP_share) {
        value k = expect_const(c, ast_left(tree(c), n), TYPE_NUMBER);
        if (k.kind == V_ERROR)
            return false;
        *count = (uint32_t)(k.constant / UNIT_NUMBER);
        if (!k.unknown && (k.constant % UNIT_NUMBER || k.constant <= 0)) {
            fault_at(c, E0308, ast_left(tree(c), n), "a whole number above 0 is needed here");
            return false;
        }
        of = ast_right(tree(c), n);
    }
    if (table == TABLE_ROLE && of == n && ast_is(tree(c), n, NODE_LIST)) {
        text inside = ast_source_text(tree(c), n);
        inside = text_trim(text_slice(inside, 1, inside.n - 1));
        diagnostic *g = fault_at(c, E0301, n, "roles that vote stand side by side, not in a list");
        diag_suggest(c->d, g, at_node(c, n), inside, "leave the brackets out");
        *out = value_error();
        return false;
    }
    *out = expect_const(c, of, type_of_row(table, -1));
    return out->kind == V_CONST;
}

text counted_text(compiler *c, value v, uint32_t count)
{
    const row *r = v.unknown ? NULL : row_by_final(c, type_table(v.t), (uint32_t)v.constant);
    text name = r ? r->name : v.shown;
    return count == 1 ? name : text_format(c->memory, "%u of %.*s", count, TEXT_ARG(name));
}

uint32_t role_words(compiler *c, const value *roles, const uint32_t *counts, uint32_t n)
{
    uint32_t words[65] = {n};
    for (uint32_t i = 0; i < n; i++) {
        words[1 + 2 * i] = roles[i].constant < 0 ? 0 : (uint32_t)roles[i].constant;
        words[2 + 2 * i] = counts[i];
    }
    return build_words(c->b, words, 1 + 2 * n);
}

/* --- on failure
 * ------------------------------------------------------------------------------------------ */

static bool response_read(compiler *c, span at, text word, bool ask, uint32_t *out)
{
    static const char *const words[] = {"rollback", "pause", "skip", "ask"};
    text candidates[4];
    for (uint32_t i = 0; i < 4; i++) {
        candidates[i] = text_of(words[i]);
        if (text_is(word, words[i]) && (ask || i != ON_ASK)) {
            *out = i;
            return true;
        }
    }
    diagnostic *g = fault(c, DIAG_E0304, at, "`%.*s` is no response to a failure", TEXT_ARG(word));
    suggest(c, g, at, word, candidates, ask ? 4 : 3);
    diag_note(c->d, g, "it is one of rollback, pause, skip%s", ask ? ", ask" : "");
    return false;
}

void on_failure_take(compiler *c, csite *s, node body)
{
    node seen = 0;
    ast_each(tree(c), body, n)
    {
        if (!ast_is(tree(c), n, NODE_ON_FAILURE))
            continue;
        if (seen) {
            diagnostic *g = fault_at(c, E0121, n, "`on failure` is given twice");
            diag_label_add(c->d, g, at_node(c, seen), "first given here");
            continue;
        }
        seen = n;
        response_read(c, ast_name_span(tree(c), n), ast_name_text(tree(c), n), true,
                      &s->s.on_failure);
        if (!ast_asked(tree(c), n))
            continue;
        value role = expect_const(c, ast_asked(tree(c), n), type_of_row(TABLE_ROLE, -1));
        hours_warn(c, ast_asked(tree(c), n), role, true);
        s->s.on_failure = ON_ASK;
        s->s.ask_role = role.kind == V_CONST && role.constant >= 0 ? (uint32_t)role.constant : 0;
        s->s.ask_within = const_duration(c, ast_within(tree(c), n), 20 * MINUTE);
        node otherwise = ast_otherwise(tree(c), n);
        if (otherwise)
            response_read(c, at_node(c, otherwise), ast_name_text(tree(c), otherwise), false,
                          &s->s.ask_else);
    }
}

void on_failure_hours(compiler *c, node body)
{
    ast_each(tree(c), body, n)
    {
        if (ast_is(tree(c), n, NODE_ON_FAILURE) && ast_asked(tree(c), n))
            hours_warn(c, ast_asked(tree(c), n),
                       expect_const(c, ast_asked(tree(c), n), type_of_row(TABLE_ROLE, -1)), true);
    }
}

/* --- scopes
 * ------------------------------------------------------------------------------------------------
 */

scope scope_enter(compiler *c, scope_kind kind, node n, text name, node body)
{
    scope s = {.forward = c->fn->forward, .back = c->fn->back};
    span at = ast_name_span(tree(c), n);
    s.site = site_new(c, SITE_SCOPE, name, at);
    s.site->s.action = kind;
    site_titled(c, s.site, ast_title(tree(c), n));
    if (s.site->captures.n) { /* the instruction has no room for captures */
        s.site->fn[FN_TITLE] = NULL;
        s.site->captures.n = 0;
    }
    if (body)
        on_failure_take(c, s.site, body);
    s.path = places_enter(c, kind == SCOPE_MIGRATION ? TEXT("") : name, at);
    s.at = emit(c, OP_SCOPE, REG_NOTHING, s.site->index, 0, at);
    c->fn->did = EFFECT_WRITE;
    return s;
}

void scope_leave(compiler *c, scope *s, span at)
{
    emit(c, OP_LEAVE, REG_NOTHING, 0, 0, at);
    places_leave(c, s->path);
    land_here(c, s->at);
    s->site->s.worst_forward = c->fn->forward - s->forward;
    s->site->s.worst_back = c->fn->back - s->back;
}

/* --- statements
 * -----------------------------------------------------------------------------------------------
 */

void lower_let(compiler *c, node n)
{
    node of = ast_value(tree(c), n);
    value v = expr(c, of, T_ANY);
    if (v.kind == V_WORD) {
        unknown_name_of(c, of, v.string);
        v = value_error();
    }
    if (v.kind == V_RECORD)
        v = record_json(c, v);
    v.shown = TEXT("");
    local_add(c, ast_name(tree(c), n), ast_name_span(tree(c), n), v);
}

void statement(compiler *c, node n)
{
    switch (ast_kind(tree(c), n)) {
    case NODE_LET: lower_let(c, n); break;
    case NODE_STEP: lower_step(c, n); break;
    case NODE_TASK: lower_task(c, n); break;
    case NODE_APPROVE: lower_approve(c, n); break;
    case NODE_REQUIRE: lower_require(c, n); break;
    case NODE_NOTIFY: lower_notify(c, n); break;
    case NODE_SIMULATE: lower_simulate(c, n); break;
    case NODE_OBSERVE: lower_observe(c, n); break;
    case NODE_TRIGGER: lower_trigger(c, n); break;
    case NODE_WAIT:
    case NODE_WAIT_UNTIL:
    case NODE_WAIT_BLOCK: lower_wait(c, n); break;
    case NODE_FOR: lower_for(c, n); break;
    case NODE_IF: lower_if(c, n); break;
    case NODE_APPLY: lower_apply(c, n); break;
    default: break; /* fields and strangers: fields_read has spoken */
    }
}

bool is_statement(const compiler *c, node n)
{
    switch (ast_kind(tree(c), n)) {
    case NODE_LET:
    case NODE_STEP:
    case NODE_TASK:
    case NODE_APPROVE:
    case NODE_REQUIRE:
    case NODE_NOTIFY:
    case NODE_SIMULATE:
    case NODE_OBSERVE:
    case NODE_TRIGGER:
    case NODE_WAIT:
    case NODE_WAIT_UNTIL:
    case NODE_WAIT_BLOCK:
    case NODE_FOR:
    case NODE_IF:
    case NODE_APPLY: return true;
    default: return false;
    }
}

void statements(compiler *c, node body)
{
    ast_each(tree(c), body, n) statement(c, n);
}
