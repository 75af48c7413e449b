/* lower_watch.c: observations, triggers, waits. */
#include "compiler/lower.h"
#include "compiler/places.h"

/* --- observe
 * -------------------------------------------------------------------------------------------- */

static type declared_type(compiler *c, node n)
{
    static const struct {
        const char *name;
        type t;
    } known[] = {{"bool", TYPE_BOOL},
                 {"number", TYPE_NUMBER},
                 {"percent", TYPE_PERCENT},
                 {"duration", TYPE_DURATION},
                 {"rate", TYPE_RATE}};
    text word = ast_name_text(tree(c), n), candidates[5];
    for (size_t i = 0; i < 5; i++) {
        candidates[i] = text_of(known[i].name);
        if (text_is(word, known[i].name))
            return known[i].t;
    }
    diagnostic *g = fault_at(c, E0304, n, "`%.*s` is nothing that can be observed", TEXT_ARG(word));
    suggest(c, g, at_node(c, n), word, candidates, 5);
    return T_ERROR;
}

void lower_observe(compiler *c, node n)
{
    span at = at_node(c, n);
    node type_node = ast_type(tree(c), n), of = ast_value(tree(c), n);
    type t = type_node ? declared_type(c, type_node) : T_ANY;
    value every = expect(c, ast_every(tree(c), n), TYPE_DURATION);
    value lasting = expect(c, ast_lasting(tree(c), n), TYPE_DURATION);
    csite *s = site_new(c, SITE_OBSERVE, ast_name_text(tree(c), n), ast_name_span(tree(c), n));
    func *body = site_function(c, s, FN_BODY, EFFECT_READ);
    value sample = expr(c, of, t == T_ANY ? TYPE_NUMBER : t);
    sample = coerce(c, sample,
                    t != T_ANY              ? t
                    : sample.kind == V_LAZY ? TYPE_NUMBER
                                            : type_sure(sample.t),
                    of);
    bool good = sample.kind != V_ERROR && every.kind != V_ERROR && lasting.kind != V_ERROR;
    if (good)
        emit_return(c, &sample, 1, at);
    type element = type_sure(sample.t);
    site_function_end(c, body);
    if (good && body->did == EFFECT_PURE)
        fault_at(c, E0408, of, "this reads nothing, so there is nothing to observe");
    plan_line *l = plan_add(c, PLAN_OBSERVE, n);
    if (l) {
        l->what = canonical_known(c, of);
        l->low = l->high = lasting.kind == V_CONST ? lasting.constant : QUANTITY_NONE;
        l->sample = element;
    }
    value v = value_error();
    if (good) {
        type series = type_make(TYPE_SERIES, type_parameter(type_list_of(c, element)));
        uint32_t r = reg_new(c, series);
        c->fn->did = EFFECT_WRITE;
        site_emit(c, OP_OBSERVE, s, r, (value[]){every, lasting}, 2, at);
        v = value_reg(c, r, series);
        if (lasting.kind == V_CONST && lasting.constant > c->watching.longest)
            c->watching.longest = lasting.constant;
    }
    local_add(c, ast_name(tree(c), n), ast_name_span(tree(c), n), v);
}

/* --- triggers
 * ------------------------------------------------------------------------------------------- */

watched watch_begin(compiler *c)
{
    watched outer = c->watching;
    c->watching = (watched){0, 0};
    return outer;
}

duration watch_end(compiler *c, watched outer)
{
    watched w = c->watching;
    c->watching = outer;
    return w.longest == 0 ? 0 : w.longest + w.patience;
}

void lower_trigger(compiler *c, node n)
{
    static const char *const verbs[] = {"rollback", "pause", "alert"};
    span at = at_node(c, n);
    node condition = ast_condition(tree(c), n), lasting_node = ast_lasting(tree(c), n);
    csite *s = site_new(c, SITE_TRIGGER, text_of(verbs[ast_aux(tree(c), n)]), at);
    s->s.action = ast_aux(tree(c), n);
    c->trigger = true;
    bool good = site_value(c, s, FN_CHECK, EFFECT_PURE, condition, TYPE_BOOL);
    c->trigger = false;
    bool observed = false;
    for (size_t i = 0; i < s->captures.n; i++)
        observed |= type_id_of(s->captures.p[i].t) == TYPE_SERIES;
    if (good && !observed) {
        diagnostic *g = fault_at(c, E0408, condition, "nobody observes what this trigger watches");
        diag_help_add(c->d, g, "name it first: observe x every 1m for 2h = …");
    }
    site_titled(c, s, ast_reason(tree(c), n));
    text wanted = canonical(c, tree(c), condition);
    s->s.wanted = build_text(c->b, wanted);
    value lasting =
        lasting_node ? expect(c, lasting_node, TYPE_DURATION) : value_const(TYPE_DURATION, 0);
    plan_line *l = plan_add(c, PLAN_TRIGGER, n);
    if (l) {
        l->name = text_of(verbs[ast_aux(tree(c), n)]);
        l->what = canonical_known(c, condition);
        l->low = l->high = lasting.kind == V_CONST ? lasting.constant : QUANTITY_NONE;
    }
    if (lasting.kind == V_CONST && lasting.constant > c->watching.patience)
        c->watching.patience = lasting.constant;
    c->fn->did = EFFECT_WRITE;
    if (good && lasting.kind != V_ERROR)
        site_emit(c, OP_ARM, s, REG_NOTHING, &lasting, 1, at);
}

/* --- waits
 * ------------------------------------------------------------------------------------------------
 */

void lower_sleep(compiler *c, node n, node of)
{
    value v = expect(c, of, TYPE_DURATION);
    csite *s = site_new(c, SITE_SLEEP, TEXT(""), at_node(c, n));
    plan_line *l = plan_add(c, PLAN_WAIT, n);
    if (l) {
        l->what = canonical_known(c, of);
        l->low = l->high = l->worst = v.kind == V_CONST ? v.constant : QUANTITY_NONE;
    }
    if (v.kind == V_CONST && !v.unknown)
        c->fn->forward += v.constant;
    c->fn->did = EFFECT_WRITE;
    if (v.kind != V_ERROR)
        site_emit(c, OP_SLEEP, s, REG_NOTHING, &v, 1, at_node(c, n));
}

static void wait_for(compiler *c, node n, node condition, node holding, node every, node deadline,
                     node body)
{
    text name = ast_is(tree(c), n, NODE_WAIT_BLOCK) ? ast_name_text(tree(c), n) : TEXT("");
    csite *s = site_new(c, SITE_UNTIL, name, at_node(c, n));
    if (name.n)
        places_name(c, name, ast_name_span(tree(c), n));
    value lead[3] = {holding ? expect(c, holding, TYPE_DURATION) : value_const(TYPE_DURATION, 0),
                     every ? expect(c, every, TYPE_DURATION) : value_const(TYPE_DURATION, MINUTE),
                     deadline ? expect(c, deadline, TYPE_DURATION) : value_error()};
    bool good = site_value(c, s, FN_CHECK, EFFECT_READ, condition, TYPE_BOOL);
    site_titled(c, s, ast_title(tree(c), n));
    s->s.wanted = build_text(c->b, canonical(c, tree(c), condition));
    if (body)
        on_failure_take(c, s, body);
    plan_line *l = plan_add(c, PLAN_WAIT, n);
    if (l) {
        l->what = canonical_known(c, condition);
        if (lead[0].kind == V_CONST && !lead[0].unknown && holding)
            l->low = l->high = lead[0].constant;
    }
    if (lead[2].kind == V_CONST && !lead[2].unknown) {
        c->fn->forward += lead[2].constant;
        if (l)
            l->worst = lead[2].constant;
    }
    c->fn->did = EFFECT_WRITE;
    for (int i = 0; i < 3; i++)
        good &= lead[i].kind != V_ERROR;
    if (good)
        site_emit(c, OP_UNTIL, s, REG_NOTHING, lead, 3, at_node(c, n));
}

static bool is_duration(const compiler *c, node n)
{
    if (ast_is(tree(c), n, NODE_NAME)) {
        const local *l = local_find(c, ast_name(tree(c), n));
        return l && type_id_of(l->v.t) == TYPE_DURATION;
    }
    if (ast_is(tree(c), n, NODE_BINARY)) {
        ast_op op = (ast_op)ast_aux(tree(c), n);
        return op == OP_add || op == OP_sub || op == OP_mul || op == OP_div || op == OP_share;
    }
    return ast_is(tree(c), n, NODE_DURATION);
}

void lower_wait(compiler *c, node n)
{
    if (ast_is(tree(c), n, NODE_WAIT)) {
        node of = ast_value(tree(c), n);
        if (is_duration(c, of))
            lower_sleep(c, n, of);
        else {
            diagnostic *g = fault_at(c, E0122, n, "waiting for a condition needs a deadline");
            diag_help_add(c->d, g, "wait until CONDITION within 2h");
        }
    } else if (ast_is(tree(c), n, NODE_WAIT_UNTIL))
        wait_for(c, n, ast_condition(tree(c), n), 0, 0, ast_within(tree(c), n), 0);
    else {
        fields f;
        fields_read(c, BLOCK_wait, ast_body(tree(c), n), ast_name_span(tree(c), n), &f);
        if (f.at[FIELD_wait_condition])
            wait_for(c, n, field_value(c, &f, FIELD_wait_condition),
                     field_value(c, &f, FIELD_wait_holding),
                     field_value(c, &f, FIELD_wait_interval),
                     field_value(c, &f, FIELD_wait_deadline), ast_body(tree(c), n));
    }
}
