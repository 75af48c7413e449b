/* operation.c: calls of connectors: `gateway.get("/x").json.target`.
 *
 * A call becomes a site. Its arguments are a pure function of the captures, in the order of the
 * signature. What the answer is used for (which fields, as which types) is collected in a bundle
 * while later expressions are read, and becomes the site's shape.
 */
#include "compiler/data.h"
#include "compiler/expr.h"
#include "compiler/lower.h"
#include "compiler/places.h"
#include "bytecode/signature.h"
#include "bytecode/vocabulary.h"
#include "compiler/platform.h"

#include <string.h>

static uint32_t operation_find(text connector, text name)
{
    for (uint32_t i = 0; i < OPERATION_COUNT; i++) {
        const operation_row *r = &operation_rows[i];
        if (text_is(connector, r->connector) && text_is(name, r->name))
            return i;
    }
    return NO_INDEX;
}

static void unknown_operation(compiler *c, node n, text connector, text name)
{
    text candidates[32];
    size_t count = 0;
    for (uint32_t i = 0; i < OPERATION_COUNT && count < 32; i++)
        if (text_is(connector, operation_rows[i].connector))
            candidates[count++] = text_of(operation_rows[i].name);
    span at = ast_name_span(tree(c), n);
    diagnostic *g = fault(c, DIAG_E0309, at, "a connector of kind %.*s has no operation `%.*s`",
                          TEXT_ARG(connector), TEXT_ARG(name));
    suggest(c, g, at, name, candidates, count);
    buffer b;
    buffer_init(&b);
    for (size_t i = 0; i < count; i++)
        buffer_printf(&b, "%s%.*s", i ? ", " : "", TEXT_ARG(candidates[i]));
    if (!g->helps.n)
        diag_note(c->d, g, "it has %.*s", (int)b.n, b.p);
    buffer_release(&b);
}

/* `gateway.get(…)` where the kind of gateway is left to who applies the playbook. */
static operation_call platform_call(compiler *c, node callee, value of)
{
    text name = ast_name_text(tree(c), callee), candidates[] = {TEXT("get"), TEXT("put")};
    uint32_t i = platform_operation(of.t, name);
    if (i != NO_INDEX)
        return (operation_call){.operation = i,
                                .connector = of.kind == V_CONST ? of.constant : NO_ROW,
                                .effect = operation_rows[i].effect,
                                .platform = true};
    span at = ast_name_span(tree(c), callee);
    diagnostic *g =
        fault(c, DIAG_E0309, at, "connectors of any kind have no operation `%.*s`", TEXT_ARG(name));
    suggest(c, g, at, name, candidates, 2);
    diag_note(c->d, g, "`get` and `put` are what all of them have");
    return (operation_call){.operation = NO_INDEX, .connector = NO_ROW, .bad = true};
}

operation_call operation_of(compiler *c, node n)
{
    operation_call none = {.operation = NO_INDEX, .connector = NO_ROW};
    node callee = ast_callee(tree(c), n);
    if (!ast_is(tree(c), n, NODE_CALL) || !ast_is(tree(c), callee, NODE_MEMBER))
        return none;
    value of = expr(c, ast_value(tree(c), callee), T_ANY);
    if (of.kind == V_ERROR) {
        none.bad = true;
        return none;
    }
    if (of.kind == V_WORD) {
        unknown_name_of(c, ast_value(tree(c), callee), of.string);
        none.bad = true;
    }
    if (of.kind == V_MODULE || !type_is_row(of.t, TABLE_CONNECTOR))
        return none;
    if (of.platform || type_row_kind(of.t) < 0)
        return platform_call(c, callee, of);
    text kind = type_text(c, of.t), name = ast_name_text(tree(c), callee);
    uint32_t i = operation_find(kind, name);
    if (i == NO_INDEX && platform_operation(of.t, name) != NO_INDEX) {
        /* As over a connector of any kind: a test answers so what a playbook of others asks. */
        none.bad = !platform_fits(c, of, callee);
        return none.bad ? none : platform_call(c, callee, of);
    }
    if (i == NO_INDEX) {
        unknown_operation(c, callee, kind, name);
        none.bad = true;
        return none;
    }
    return (operation_call){.operation = i,
                            .connector = of.kind == V_CONST ? of.constant : NO_ROW,
                            .effect = operation_rows[i].effect};
}

/* --- arguments
 * ------------------------------------------------------------------------------------ */

type operation_argument_type(compiler *c, const signature_parameter *p)
{
    type t = p->list ? type_list_of(c, p->type) : type_make(p->type, 0);
    return p->optional ? t | T_MAYBE : t;
}

/* "it takes path, text:, json:": those that may be left out have their colon. */
static void note_parameters(compiler *c, diagnostic *g, const signature *s)
{
    buffer b;
    buffer_init(&b);
    for (uint32_t i = 0; i < s->parameters; i++)
        buffer_printf(&b, "%s`%.*s%s`", i ? ", " : "", TEXT_ARG(s->parameter[i].name),
                      s->parameter[i].optional ? ":" : "");
    if (!g->helps.n)
        diag_note(c->d, g, "it takes %.*s", (int)b.n, b.p);
    buffer_release(&b);
}

static void wrong_argument(compiler *c, node arg, const signature *s)
{
    text candidates[SIGNATURE_PARAMETERS], name = ast_name_text(tree(c), arg);
    for (uint32_t i = 0; i < s->parameters; i++)
        candidates[i] = s->parameter[i].name;
    span at = ast_name_span(tree(c), arg);
    diagnostic *g = fault(c, DIAG_E0305, at, "there is no argument `%.*s`", TEXT_ARG(name));
    suggest(c, g, at, name, candidates, s->parameters);
    note_parameters(c, g, s);
}

/* Which parameter each argument goes to: at[i] is the expression of parameter i. */
bool operation_arguments(compiler *c, node call, const signature *s, node *at)
{
    uint32_t position = 0;
    bool good = true;
    memset(at, 0, sizeof *at * SIGNATURE_PARAMETERS);
    ast_each_as(tree(c), call, ROLE_arg, arg)
    {
        uint32_t to = position;
        bool named = ast_is(tree(c), arg, NODE_NAMED_ARG);
        if (named)
            for (to = 0; to < s->parameters; to++)
                if (text_equal(s->parameter[to].name, ast_name_text(tree(c), arg)))
                    break;
        if (to >= s->parameters) {
            if (named)
                wrong_argument(c, arg, s);
            else
                note_parameters(c,
                                fault_at(c, E0305, arg,
                                         "there are more arguments than the %u it takes",
                                         s->parameters),
                                s);
            good = false;
            if (!named)
                break; /* those behind it are too many as well */
            continue;
        }
        if (at[to]) {
            fault_at(c, E0305, arg, "the argument `%.*s` is given twice",
                     TEXT_ARG(s->parameter[to].name));
            good = false;
        }
        at[to] = named ? ast_value(tree(c), arg) : arg;
        position++;
    }
    for (uint32_t i = 0; i < s->parameters && good; i++)
        if (!at[i] && !s->parameter[i].optional) {
            fault_at(c, E0305, call, "the argument `%.*s` is missing",
                     TEXT_ARG(s->parameter[i].name));
            good = false;
        }
    return good;
}

static text_place place_of(uint32_t operation, text parameter)
{
    static const char *const paths[] = {"path", "glob", "from", "to"};
    const char *connector = operation_rows[operation].connector;
    bool path = false;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        path |= text_is(parameter, paths[i]);
    if (!path)
        return PLACE_TEXT;
    return strcmp(connector, "http") == 0                                    ? PLACE_ADDRESS
           : strcmp(connector, "dir") == 0 || strcmp(connector, "sftp") == 0 ? PLACE_FILE
                                                                             : PLACE_TEXT;
}

static void args_function(compiler *c, csite *s, node call, const signature *sig,
                          const operation_call *of)
{
    node at[SIGNATURE_PARAMETERS];
    value v[SIGNATURE_PARAMETERS];
    if (!operation_arguments(c, call, sig, at))
        return;
    func *f = site_function(c, s, FN_ARGS, EFFECT_PURE);
    for (uint32_t i = 0; i < sig->parameters; i++) {
        type t = operation_argument_type(c, &sig->parameter[i]);
        c->into = place_of(of->operation, sig->parameter[i].name);
        if (at[i])
            v[i] = expect(c, at[i], t);
        c->into = PLACE_TEXT;
        if (at[i] && v[i].kind != V_ERROR)
            continue;
        uint32_t r = reg_new(c, t);
        emit(c, OP_LDN, r, 1, 0, at_node(c, call));
        v[i] = value_reg(c, r, t);
    }
    if (of->effect == EFFECT_WRITE)
        places_write(c, call, of->connector, sig, text_of(operation_rows[of->operation].name), at,
                     v);
    value spelled[SIGNATURE_PARAMETERS], *given = of->platform ? spelled : v;
    uint32_t n =
        of->platform ? platform_spell(c, of, v, spelled, at_node(c, call)) : sig->parameters;
    emit_return(c, given, n, at_node(c, call));
    site_function_end(c, f);
}

/* How long the call may take where nothing else says so. */
static duration call_timeout(compiler *c, const operation_call *call)
{
    const row *r =
        call->connector >= 0 ? row_by_final(c, TABLE_CONNECTOR, (uint32_t)call->connector) : NULL;
    return r && r->number > 0 ? r->number : 5 * MINUTE;
}

/* The signatures of an operation, each read once. */
static const signature *kept(compiler *c, const signature **at, const char *written)
{
    if (!*at) {
        signature *s = arena_new(c->keep, signature);
        *s = signature_read(written);
        *at = s;
    }
    return *at;
}

static const signature *arguments_of(compiler *c, uint32_t operation)
{
    return kept(c, &c->arguments[operation], operation_rows[operation].arguments);
}

static const signature *results_of(compiler *c, uint32_t operation)
{
    return kept(c, &c->results[operation], operation_rows[operation].result);
}

/* Said before the night, not when the run is refused. */
static void unspoken_warn(compiler *c, node n, const operation_call *call)
{
    const row *r =
        call->connector >= 0 ? row_by_final(c, TABLE_CONNECTOR, (uint32_t)call->connector) : NULL;
    if (!r || strcmp(operation_rows[call->operation].connector, "sftp") != 0)
        return;
    if (c->plan)
        plan_unspoken(c, r);
    if (told_before(c, r, TEXT("unspoken"), (span){0, 0}))
        return;
    diagnostic *g =
        fault(c, DIAG_W0402, at_node(c, n),
              "this build does not speak to `%.*s` (sftp): a run that can come here is refused",
              TEXT_ARG(r->name));
    told_first(c, r, TEXT("unspoken"), g);
}

csite *operation_site(compiler *c, node n, const operation_call *call, site_kind kind, text name)
{
    csite *s = site_new(c, kind, name, at_node(c, n));
    signature own;
    const signature *sig = arguments_of(c, call->operation);
    unspoken_warn(c, n, call);
    if (call->platform) {
        own = platform_arguments(call->effect);
        sig = &own;
    }
    s->s.operation = call->operation;
    s->s.connector = call->connector >= 0 ? (uint32_t)call->connector : 0;
    s->s.timeout = call_timeout(c, call);
    bundle_new(c, s, call->operation)->platform = call->platform;
    args_function(c, s, n, sig, call);
    return s;
}

value operation_result(bundle *b)
{
    return (value){.kind = V_RESULT, .t = T_RESULT, .from = b};
}

value operation_read(compiler *c, node n, const operation_call *call)
{
    span at = at_node(c, n);
    if (call->effect == EFFECT_WRITE) {
        diagnostic *g = fault(c, DIAG_E0401, at, "a write outside of `do`");
        diag_help_add(c->d, g,
                      "give it a step of its own, with an undo: "
                      "step … { do …  undo … }");
        return value_error();
    }
    if (c->fn->most == EFFECT_PURE) {
        diagnostic *g = fault(c, DIAG_E0409, at, "this reads, and nothing may be read here");
        diag_help_add(
            c->d, g,
            "read it before: once with `let`, or again and again with `observe NAME every "
            "1m for 1h = …`, which is what a trigger wants; use its name here");
        return value_error();
    }
    csite *s = operation_site(c, n, call, SITE_READ, TEXT(""));
    if (c->fn->did < EFFECT_READ)
        c->fn->did = EFFECT_READ;
    site_emit(c, OP_READ, s, bundle_anchor(c, s->result), NULL, 0, at);
    return operation_result(s->result);
}

/* --- answers
 * ----------------------------------------------------------------------------------------- */

bool operation_answers(uint32_t operation, text path)
{
    bool below;
    signature s = signature_read(operation_rows[operation].result);
    return signature_field(&s, path, &below) != NULL;
}

static void unknown_result(compiler *c, node n, const signature *s, text name)
{
    text candidates[SIGNATURE_PARAMETERS];
    for (uint32_t i = 0; i < s->parameters; i++)
        candidates[i] = s->parameter[i].name;
    span at = ast_name_span(tree(c), n);
    diagnostic *g = fault(c, DIAG_E0206, at, "this answer has no field `%.*s`", TEXT_ARG(name));
    suggest(c, g, at, name, candidates, s->parameters);
}

value result_member(compiler *c, value v, node n, text name)
{
    uint32_t operation = v.from->operation;
    signature own;
    const signature *s = results_of(c, operation);
    if (v.from->platform) {
        own = platform_answer(operation_rows[operation].effect);
        s = &own;
    }
    text path =
        v.path.n ? text_format(c->memory, "%.*s.%.*s", TEXT_ARG(v.path), TEXT_ARG(name)) : name;
    bool longer = false;
    for (uint32_t i = 0; i < s->parameters; i++) {
        text field = s->parameter[i].name;
        if (text_equal(field, path)) {
            if (s->parameter[i].type == TYPE_JSON)
                return (value){.kind = V_LAZY, .t = T_LAZY, .from = v.from, .path = path};
            return bundle_read(c, v.from, path, type_make(s->parameter[i].type, 0),
                               canonical(c, tree(c), n));
        }
        longer |= field.n > path.n && text_starts(field, path) && field.p[path.n] == '.';
    }
    if (longer) {
        v.path = path;
        return v;
    }
    unknown_result(c, n, s, name);
    return value_error();
}
