/* risk.c: weights, levels, factors.
 *
 * The standard factors are Ferry (stdlib/playbooks/risk.ferry) and come with every program; a
 * factor of the same name replaces one, `omit factor.x "why"` takes one out. A factor is a pure
 * function of a row: (applies, impact, likelihood). Fields that are absent make it not evidenced,
 * so here absence needs no test.
 */
#include "compiler/data.h"
#include "compiler/lower.h"

/* --- which factors
 * --------------------------------------------------------------------------------- */

static factor_entry *factor_find(compiler *c, text name)
{
    for (size_t i = 0; i < c->factors.n; i++)
        if (text_equal(c->factors.p[i].name, name))
            return &c->factors.p[i];
    return NULL;
}

static void factor_enter(compiler *c, node n)
{
    text name = ast_name_text(tree(c), n);
    factor_entry *old = factor_find(c, name), new = {c->mod, n, name};
    if (!old)
        vec_push(&c->factors, new);
    else if (old->home->embedded)
        *old = new;
    else if (!c->mod->embedded) {
        diagnostic *g = fault(c, DIAG_E0202, ast_name_span(tree(c), n),
                              "there are two factors `%.*s`", TEXT_ARG(name));
        diag_label_add(c->d, g, ast_name_span(&old->home->tree, old->at), "the first one");
    }
}

static void factor_omit(compiler *c, node n)
{
    node path = ast_target(tree(c), n), first = ast_part(tree(c), path),
         last = ast_more(tree(c), first);
    text candidates[64], name = last ? ast_name_text(tree(c), last) : TEXT("");
    if (!text_is(ast_name_text(tree(c), first), "factor") || !last) {
        fault_at(c, E0201, path, "only factors can be left out here: omit factor.NAME \"why\"");
        return;
    }
    factor_entry *f = factor_find(c, name);
    if (!ast_reason(tree(c), n)) {
        diagnostic *g = fault_at(c, E0122, n, "`omit` needs the reason");
        diag_help_add(c->d, g, "omit factor.%.*s \"why it does not apply here\"", TEXT_ARG(name));
    }
    if (f) {
        f->at = 0;
        return;
    }
    size_t k = 0;
    for (size_t i = 0; i < c->factors.n && k < 64; i++)
        candidates[k++] = c->factors.p[i].name;
    diagnostic *g = fault_at(c, E0201, last, "the factor `%.*s` is not known", TEXT_ARG(name));
    suggest(c, g, at_node(c, last), name, candidates, k);
}

/* --- weights and levels
 * -------------------------------------------------------------------------------- */

static void weights_take(compiler *c, node section)
{
    fields f;
    fields_read(c, BLOCK_weights, ast_body(tree(c), section), (span){0, 0}, &f);
    int64_t sum = 0;
    for (int i = 0; i < 5; i++) {
        node n = field_value(c, &f, (field_id)(FIELD_weights_technical + i));
        value v = n ? expect_const(c, n, TYPE_PERCENT) : value_error();
        if (n && v.kind == V_ERROR)
            return;
        if (n)
            c->weight[i] = v.constant;
        sum += c->weight[i];
    }
    if (sum == UNIT_PERCENT)
        return;
    buffer b;
    buffer_init(&b);
    decimal_write(&b, sum, 6);
    diagnostic *g = fault(c, DIAG_E0608, ast_name_span(tree(c), section),
                          "the weights sum to %.*s%%, not to 100%%", (int)b.n, b.p);
    diag_note(c->d, g,
              "a category that is not named here keeps its standard weight: technical 25%%, "
              "business 30%%, compliance 25%%, operational 15%%, integration 5%%");
    buffer_release(&b);
}

static void levels_take(compiler *c, node section)
{
    fields f;
    fields_read(c, BLOCK_levels, ast_body(tree(c), section), (span){0, 0}, &f);
    for (int i = 0; i < 3; i++) {
        node n = field_value(c, &f, (field_id)(FIELD_levels_medium + i));
        value v = n ? expect_const(c, n, TYPE_NUMBER) : value_error();
        if (v.kind == V_CONST)
            c->level[i] = v.constant;
    }
    if (c->level[0] > c->level[1] || c->level[1] > c->level[2])
        fault(c, DIAG_E0308, ast_name_span(tree(c), section),
              "the levels must rise: medium, high, critical");
}

static void risk_block(compiler *c, node n)
{
    fields f;
    node body = ast_body(tree(c), n);
    fields_read(c, BLOCK_risk, body, (span){0, 0}, &f);
    if (f.at[FIELD_risk_weights])
        weights_take(c, f.at[FIELD_risk_weights]);
    if (f.at[FIELD_risk_levels])
        levels_take(c, f.at[FIELD_risk_levels]);
    ast_each(tree(c), body, item) if (ast_is(tree(c), item, NODE_FACTOR)) factor_enter(c, item);
}

void risk_collect(compiler *c)
{
    for (size_t m = c->modules.n; m > 0; m--) { /* the embedded one was loaded last */
        c->mod = c->modules.p[m - 1];
        ast_each(tree(c), tree(c)->root, n) if (ast_is(tree(c), n, NODE_FACTOR)) factor_enter(c, n);
        else if (ast_is(tree(c), n, NODE_RISK)) risk_block(c, n);
    }
    for (size_t m = 0; m < c->modules.n; m++) {
        c->mod = c->modules.p[m];
        ast_each(tree(c), tree(c)->root, n) if (ast_is(tree(c), n, NODE_OMIT)) factor_omit(c, n);
    }
    c->mod = c->modules.p[0];
}

/* --- one factor
 * --------------------------------------------------------------------------------------------- */

static value factor_subject(compiler *c, const factor_entry *e)
{
    node p = ast_param(tree(c), e->at);
    type t = p ? type_named(c, ast_type(tree(c), p)) : T_ERROR;
    bool one = p && !ast_more(tree(c), p);
    if (t == T_ERROR && one)
        return value_error();
    if (!one || (!type_is_row(t, TABLE_CUSTOMER) && !type_is_row(t, TABLE_CHANNEL))) {
        fault(c, DIAG_E0305, ast_name_span(tree(c), e->at),
              "a factor takes one customer or one channel");
        return value_error();
    }
    vec_push(&c->fn->regs, (vreg){t, REG_PARAM, 0, NULL});
    c->fn->parameters = 1;
    value v = value_reg(c, 0, t);
    local_add(c, ast_name(tree(c), p), ast_name_span(tree(c), p), v);
    return v;
}

/* A factor of one kind of channel does not apply to the others. */
static value of_its_kind(compiler *c, value subject, value applies, span at)
{
    int kind = type_is_row(subject.t, TABLE_CHANNEL) ? type_row_kind(subject.t) : -1;
    if (kind < 0)
        return applies;
    type t = type_make(TYPE_ENUM, ENUM_kind);
    uint32_t from = materialise(c, subject, TEXT(""), at), has = reg_new(c, t);
    emit(c, OP_LDC, has, from, COLUMN_CHANNEL_KIND, at);
    uint32_t want = materialise(c, value_const(t, kind), TEXT(""), at), is = reg_new(c, TYPE_BOOL);
    emit(c, OP_EQ, is, has, want, at);
    uint32_t also = materialise(c, applies, TEXT(""), at), both = reg_new(c, TYPE_BOOL);
    emit(c, OP_AND, both, is, also, at);
    return value_reg(c, both, TYPE_BOOL);
}

static void hundred_check(compiler *c, node n, value v)
{
    if (v.kind == V_CONST && !v.unknown && (v.constant < 0 || v.constant > 100 * UNIT_NUMBER))
        fault_at(c, E0308, n, "this is a number from 0 to 100");
}

static bool factor_function(compiler *c, const factor_entry *e, const fields *f, value *subject)
{
    span at = ast_name_span(tree(c), e->at);
    *subject = factor_subject(c, e);
    if (subject->kind == V_ERROR)
        return false;
    node when = field_value(c, f, FIELD_factor_when);
    value v[3] = {when ? expect(c, when, TYPE_BOOL) : value_const(TYPE_BOOL, 1)};
    size_t mark = narrow_begin(c, when);
    v[1] = expect(c, field_value(c, f, FIELD_factor_impact), TYPE_NUMBER);
    v[2] = expect(c, field_value(c, f, FIELD_factor_likelihood), TYPE_NUMBER);
    narrow_end(c, mark);
    for (int i = 0; i < 3; i++)
        if (v[i].kind == V_ERROR)
            return false;
    hundred_check(c, field_value(c, f, FIELD_factor_impact), v[1]);
    hundred_check(c, field_value(c, f, FIELD_factor_likelihood), v[2]);
    v[0] = of_its_kind(c, *subject, v[0], at);
    emit_return(c, v, 3, at);
    return true;
}

static void factor_build(compiler *c, const factor_entry *e, bool emit_it)
{
    fields f;
    c->mod = e->home;
    text name = text_format(c->memory, "factor %.*s", TEXT_ARG(e->name));
    fields_read(c, BLOCK_factor, ast_body(tree(c), e->at), ast_name_span(tree(c), e->at), &f);
    node category = field_value(c, &f, FIELD_factor_category);
    value cat =
        category ? expect_const(c, category, type_make(TYPE_ENUM, ENUM_category)) : value_error();
    text mitigation = text_constant(c, field_value(c, &f, FIELD_factor_mitigate));
    text title = text_constant(c, ast_title(tree(c), e->at));
    func *fn = func_new(c, name, NULL, NULL, EFFECT_PURE);
    c->standard_factors += e->home->embedded;
    c->fn = fn;
    c->visible = c->locals.n;
    value subject;
    bool good = factor_function(c, e, &f, &subject) && cat.kind == V_CONST;
    c->locals.n = c->visible;
    if (good && emit_it) {
        image_factor built = {build_text(c->b, e->name), build_text(c->b, title),
                              (uint32_t)cat.constant,    type_table(subject.t),
                              func_reach(c, fn),         build_text(c->b, mitigation)};
        build_factor(c->b, &built);
    }
}

void risk_build(compiler *c)
{
    func *was = c->fn;
    c->lenient = true;
    for (size_t i = 0; i < c->factors.n; i++)
        if (c->factors.p[i].at)
            factor_build(c, &c->factors.p[i], true);
    c->lenient = false;
    c->fn = was;
    c->visible = 0;
    c->mod = c->modules.p[0];
}
