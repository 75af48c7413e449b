/* lower_flow.c: loops. */
#include "compiler/lower.h"
#include "compiler/data.h"
#include "compiler/expiry.h"
#include "compiler/hold.h"
#include "compiler/places.h"
#include "compiler/rowset.h"

enum { ROUNDS_MOST = 4096 /* of a walk that is not for a plan: then loops are walked once */ };
enum { PLANNED_ELEMENTS = 64 /* of a loop; a longer one is shown once, for all */ };

/* A pure function of one element, whose results are computed by `node n`. */
static func *element_fn(compiler *c, value list, node loop, node n, bool key, csite **site)
{
    csite *s = closure_new(c);
    text name = text_format(c->memory, "%.*s/%u.%s", TEXT_ARG(c->fn->name), c->fn->serial++,
                            key ? "key" : "where");
    func *f = func_new(c, name, c->fn, s, EFFECT_PURE);
    f->element = true;
    c->fn = f;
    type element = type_element(c, list.t);
    vec_push(&f->regs, (vreg){element, REG_ELEMENT, 0, NULL});
    size_t block = c->locals.n;
    value of = element_value(c, list, 0, element);
    local_add(c, ast_name(tree(c), loop), ast_name_span(tree(c), loop), of);
    value v = key ? expr(c, n, T_ANY) : expect(c, n, TYPE_BOOL);
    if (key)
        v = coerce(c, v, v.kind == V_LAZY ? TYPE_NUMBER : type_sure(v.t), n);
    of.shown = TEXT("");
    if (v.kind != V_ERROR && key)
        emit_return(c, &v, 1, at_node(c, n));
    else if (v.kind != V_ERROR)
        emit_return(c, (value[]){v, of}, 2, at_node(c, n));
    c->locals.n = block;
    c->fn = f->outer;
    *site = s;
    return v.kind == V_ERROR ? NULL : f;
}

static value apply_list_fn(compiler *c, opcode op, value list, node loop, node n, bool key)
{
    csite *s;
    span at = at_node(c, n);
    uint32_t from = materialise(c, list, list.shown, at);
    rowset rows = list.rows;
    list = value_reg(c, from, list.t);
    list.rows = rows;
    func *f = element_fn(c, list, loop, n, key, &s);
    if (!f)
        return value_error();
    uint32_t run = captures_run(c, list, s, at), r = reg_new(c, list.t);
    emit(c, op, r, f->index, run, at);
    value result = value_reg(c, r, list.t);
    result.rows = rows;
    return result;
}

static value loop_list(compiler *c, node loop)
{
    node from = ast_source(tree(c), loop), where = ast_where(tree(c), loop);
    value list = expr(c, from, T_ANY);
    if (list.kind == V_LAZY)
        list = coerce(c, list, type_list_of(c, TYPE_TEXT), from);
    if (list.kind == V_WORD)
        list = coerce(c, list, T_ANY, from);
    if (list.kind != V_ERROR && type_id_of(list.t) != TYPE_LIST) {
        fault_at(c, E0307, from, "`for each` needs a list, this is %.*s",
                 TEXT_ARG(type_a(c, list.t)));
        return value_error();
    }
    if (list.kind == V_ERROR || !where)
        return list;
    /* A faulty condition hides none of the faults in the body. */
    value kept = apply_list_fn(c, OP_RLIST, list, loop, where, false);
    if (kept.kind != V_ERROR)
        return kept;
    list.rows.known = false;
    return list;
}

/* What `where` says of every element: its kind, so that the rows that come are known. */
static void rows_narrow(compiler *c, node loop, rowset *rows)
{
    uint32_t kinds;
    node where = ast_where(tree(c), loop);
    if (where && faulted_within(c, at_node(c, where)))
        return;
    size_t mark = narrow_begin(c, where);
    if (narrowed(c, ast_name_text(tree(c), loop), &kinds) && kinds)
        rows->kinds = kinds;
    narrow_end(c, mark);
    rowset_filter(c, loop, rows);
}

/* The list with those first that others follow, when any here follows another: the rank is a key of
 * the element itself. */
static value rows_ranked(compiler *c, value list, span at, bool *any)
{
    const rowset *s = &list.rows;
    row_range in = s->known ? rowset_range(c, s) : (row_range){0, 0};
    *any = false;
    for (size_t i = in.from; i < in.to; i++) {
        const row *r = c->rows[s->table].p[i];
        *any |= rowset_has(s, r) && rowset_rank(c, s, r) > 0;
    }
    if (!*any)
        return list;
    csite *site = closure_new(c);
    text name = text_format(c->memory, "%.*s/%u.rank", TEXT_ARG(c->fn->name), c->fn->serial++);
    uint32_t from = materialise(c, list, list.shown, at);
    func *f = func_new(c, name, c->fn, site, EFFECT_PURE);
    f->element = true;
    c->fn = f;
    type element = type_element(c, list.t);
    vec_push(&f->regs, (vreg){element, REG_ELEMENT, 0, NULL});
    value rank = value_const(TYPE_NUMBER, 0);
    for (size_t i = in.from; i < in.to; i++) {
        const row *r = c->rows[s->table].p[i];
        unsigned own = rowset_has(s, r) ? rowset_rank(c, s, r) : 0;
        if (!own)
            continue;
        value this = value_const(element, r->final);
        uint32_t x = materialise(c, this, TEXT(""), at), is = reg_new(c, TYPE_BOOL);
        emit(c, OP_EQ, is, 0, x, at);
        value either[2] = {value_const(TYPE_NUMBER, own * UNIT_NUMBER), rank};
        uint32_t run = materialise_run(c, either, 2, at), to = reg_new(c, TYPE_NUMBER);
        emit(c, OP_SEL, to, is, run, at);
        rank = value_reg(c, to, TYPE_NUMBER);
    }
    emit_return(c, &rank, 1, at);
    c->fn = f->outer;
    value lead = value_reg(c, from, list.t);
    uint32_t run = materialise_run(c, &lead, 1, at), r = reg_new(c, list.t);
    emit(c, OP_ORDER, r, f->index, run, at);
    value result = value_reg(c, r, list.t);
    result.rows = list.rows;
    return result;
}

/* The body once, for one element or for any. */
static void each_round(compiler *c, const each_loop *e, func *body, value element)
{
    size_t block = block_begin(c), mark = narrow_begin(c, ast_where(tree(c), e->loop));
    watched around = watch_begin(c);
    local_add(c, ast_name(tree(c), e->loop), ast_name_span(tree(c), e->loop), element);
    e->round(c, e->self);
    body->forward += watch_end(c, around);
    narrow_end(c, mark);
    block_end(c, block);
}

/* The line of the loop itself: behind it, a vote between waves may stand. */
static plan_line *own_line(compiler *c)
{
    size_t k = c->plan->lines.n - 1;
    while (k && c->plan->lines.p[k].kind != PLAN_EACH)
        k--;
    return &c->plan->lines.p[k];
}

/* In a walk that folds, the body is walked for each row: titles and conditions differ. `ways`: what
 * the ways of elements have in common where they run side by side; NULL otherwise. */
static void each_planned(compiler *c, const each_loop *e, const rowset *rows, func *body,
                         const void *ways)
{
    const row *order[PLANNED_ELEMENTS];
    bool known;
    size_t count = rowset_order(c, e->loop, rows, order, PLANNED_ELEMENTS, &known);
    if (!known)
        own_line(c)->by = canonical(c, tree(c), ast_by(tree(c), e->loop));
    duration forward = 0, back = 0;
    text prefix = c->plan->prefix;
    back_state before = c->back;
    for (size_t i = 0; i < count; i++) {
        size_t line = c->plan->lines.n;
        plan_line *l = plan_add(c, PLAN_ELEMENT, e->loop);
        l->name = order[i]->name;
        l->rank = rowset_rank(c, rows, order[i]);
        c->plan->prefix = l->path =
            prefix.n ? text_format(c->memory, "%.*s.%.*s", TEXT_ARG(prefix), TEXT_ARG(l->name))
                     : l->name;
        c->plan->depth++;
        c->back = before;
        body->forward = body->back = 0;
        size_t named = places_named(c);
        text path = places_enter(c, l->name, (span){0, 0});
        const lane *way = ways ? lane_enter(c, LANE_ELEMENT, ways, i, NULL) : NULL;
        each_round(c, e, body, rowset_value(order[i], rows->table));
        if (ways)
            lane_leave(c, way);
        places_leave(c, path);
        places_round(c, order[i]->name, at_node(c, e->at), named);
        c->plan->depth--;
        c->plan->prefix = prefix;
        c->plan->lines.p[line].worst = body->forward;
        c->plan->lines.p[line].worst_back = body->back;
        forward = body->forward > forward ? body->forward : forward;
        back = body->back > back ? body->back : back;
    }
    body->forward = forward;
    body->back = back;
}

static void each_any(compiler *c, const each_loop *e, value list, func *body)
{
    text prefix = c->plan ? c->plan->prefix : TEXT("");
    if (c->plan)
        c->plan->prefix =
            text_format(c->memory, "%.*s%s{%.*s}", TEXT_ARG(prefix), prefix.n ? "." : "",
                        TEXT_ARG(ast_name_text(tree(c), e->loop)));
    text name = text_format(c->memory, "{%.*s}", TEXT_ARG(ast_name_text(tree(c), e->loop)));
    text path = places_enter(c, name, (span){0, 0});
    each_round(c, e, body, element_value(c, list, 0, type_element(c, list.t)));
    places_leave(c, path);
    if (c->plan)
        c->plan->prefix = prefix;
}

/* What the ways of elements have in common: the place that says so, for diagnostics. */
static const span *ways_of(compiler *c, const each_loop *e)
{
    span *at = arena_new(c->memory, span);
    *at = at_node(c, ast_parallel(tree(c), e->loop));
    return at;
}

static void each_body(compiler *c, const each_loop *e, value list, csite *s, bool beside)
{
    func *body = site_function(c, s, FN_BODY, EFFECT_WRITE);
    int64_t count = rowset_count(c, &list.rows);
    vec_push(&body->regs, (vreg){type_element(c, list.t), REG_ELEMENT, 0, NULL});
    if (c->plan && list.rows.known && count <= PLANNED_ELEMENTS &&
        (c->planned || (c->rounds += count) <= ROUNDS_MOST))
        each_planned(c, e, &list.rows, body, beside ? ways_of(c, e) : NULL);
    else
        each_any(c, e, list, body);
    emit_return(c, NULL, 0, at_node(c, e->at));
    body->did = EFFECT_WRITE;
    site_function_end(c, body);
}

static value each_list(compiler *c, node loop, bool *ranked)
{
    node by = ast_by(tree(c), loop);
    value list = loop_list(c, loop);
    rows_narrow(c, loop, &list.rows);
    size_t mark = narrow_begin(c, ast_where(tree(c), loop));
    if (list.kind != V_ERROR && by)
        list = apply_list_fn(c, OP_ORDER, list, loop, by, true);
    narrow_end(c, mark);
    *ranked = false;
    if (list.kind != V_ERROR)
        return rows_ranked(c, list, at_node(c, loop), ranked);
    list = value_reg(c, reg_new(c, type_list_of(c, T_ERROR)), type_list_of(c, T_ERROR));
    return list;
}

static plan_line *each_line(compiler *c, const each_loop *e, const rowset *rows, int64_t lanes)
{
    node loop = e->loop;
    plan_line *l = plan_add(c, PLAN_EACH, loop);
    if (!l)
        return NULL;
    l->what = canonical_known(c, ast_source(tree(c), loop));
    l->count = rowset_count(c, rows);
    l->uncertain = rows->some;
    l->lanes = lanes;
    c->plan->uncounted |= l->count < 0;
    return l;
}

static void statements_round(compiler *c, void *self)
{
    node body = ast_body(tree(c), *(const node *)self);
    fields f;
    fields_read(c, BLOCK_body, body, (span){0, 0}, &f);
    statements(c, body);
}

void lower_for(compiler *c, node n)
{
    each_loop e = {n, ast_loop(tree(c), n), 0, statements_round, &n};
    lower_each(c, &e);
}

/* Worst cases. In a round, each is the last to get its resources; over all rounds, each waits for
 * the others. */
static void each_time(compiler *c, const func *body, int64_t rounds, int64_t beside, int64_t count,
                      duration holds, plan_line *l)
{
    duration worst = rounds * (body->forward + hold_turns(c, body, 0, beside - 1)) + holds;
    if (l) {
        l->worst = worst;
        l->worst_back = rounds * body->back;
    }
    c->fn->forward += worst;
    c->fn->back += rounds * body->back;
    hold_merge(c->fn, body, count);
    c->fn->keeps |= body->keeps;
    int64_t stay = count < 0 ? 1 : body->keeps ? count : beside;
    c->fn->fibers += stay * (1 + body->fibers);
}

/* How many at once; 1 where it is not known. */
static value each_parallel(compiler *c, node loop, bool ranked, int64_t *at_once)
{
    node many = ast_parallel(tree(c), loop);
    value v = many ? expect(c, many, TYPE_NUMBER) : value_const(TYPE_NUMBER, UNIT_NUMBER);
    /* One after the other where one follows another: a lane that is free would start too early. */
    if (ranked && v.kind != V_ERROR)
        v = value_const(TYPE_NUMBER, UNIT_NUMBER);
    *at_once = v.kind == V_CONST && v.constant >= UNIT_NUMBER ? v.constant / UNIT_NUMBER : 1;
    return v;
}

void lower_each(compiler *c, const each_loop *e)
{
    bool ranked;
    int64_t at_once;
    waves w;
    value list = each_list(c, e->loop, &ranked);
    value parallel = each_parallel(c, e->loop, ranked, &at_once);
    csite *s = site_new(c, SITE_EACH, TEXT(""), at_node(c, e->at));
    size_t line = c->plan ? c->plan->lines.n : 0;
    int64_t count = rowset_count(c, &list.rows);
    waves_read(c, e->waves, s, &w);
    plan_line *l = each_line(c, e, &list.rows, at_once);
    if (l) {
        l->waves = w.shown;
        c->plan->depth++;
    }
    waves_between(c, e->waves, s, &w);
    back_state back = c->back;
    span around = c->beside;
    int64_t lanes = c->lanes, beside = count < 0 || count > at_once ? at_once : count;
    bool many = (parallel.kind == V_REG || at_once > 1) && count != 0 && count != 1;
    c->repeated_paths += 1 + many;
    if (many) {
        c->beside = at_node(c, ast_parallel(tree(c), e->loop));
        c->lanes *= beside;
    }
    size_t expiring_from = expiry_mark(c);
    each_body(c, e, list, s, many);
    c->beside = around;
    c->lanes = lanes;
    /* A loop may have no round: it gives no approval. One round may seal what comes after it. */
    c->back.approved = back.approved;
    if (c->plan)
        c->plan->depth--;
    each_time(c, s->fn[FN_BODY], waves_rounds(&w, count, at_once), beside, count,
              (waves_count(&w, count) - 1) * w.hold, c->plan ? &c->plan->lines.p[line] : NULL);
    expiry_leave(c, expiring_from, s->fn[FN_BODY]);
    c->fn->did = EFFECT_WRITE;
    if (parallel.kind != V_ERROR)
        site_emit(c, OP_EACH, s, REG_NOTHING, (value[]){list, parallel}, 2, at_node(c, e->at));
}
