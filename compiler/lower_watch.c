/* lower_watch.c: simulations, observations, triggers, waits. */
#include "compiler/lower.h"
#include "compiler/places.h"
#include "base/json.h"
#include "compiler/data.h"
#include "compiler/rowset.h"

/* --- simulate
 * -------------------------------------------------------------------------------------- */

static void text_list(compiler *c, json_writer *w, const char *key, node n)
{
    if (!n)
        return;
    json_put_key(w, key);
    json_array(w);
    if (!ast_is(tree(c), n, NODE_LIST))
        fault_at(c, E0301, n, "`%s` takes a list of texts", key);
    ast_each_as(tree(c), n, ROLE_element, e) json_put_text(w, text_constant(c, e));
    json_array_end(w);
}

typedef struct {
    text key, rule;
} constraint;

static int constraint_order(const void *a, const void *b)
{
    return text_compare(((const constraint *)a)->key, ((const constraint *)b)->key);
}

static bool bound_known(compiler *c, node n, text rule)
{
    static const char *const words[] = {
#define BOUND(id, word, meaning) word,
#include "bytecode/bounds.def"
#undef BOUND
    };
    enum { WORDS = sizeof words / sizeof *words };
    text candidates[WORDS];
    for (size_t i = 0; i < WORDS; i++) {
        candidates[i] = text_of(words[i]);
        if (text_is(rule, words[i]))
            return true;
    }
    diagnostic *g = fault_at(c, E0304, n, "`%.*s` is no rule for a difference", TEXT_ARG(rule));
    suggest(c, g, at_node(c, n), rule, candidates, WORDS);
    buffer b;
    buffer_init(&b);
    for (size_t i = 0; i < WORDS; i++)
        buffer_printf(&b, "%s%s", i ? ", " : "", words[i]);
    diag_note(c->d, g, "it is one of %.*s", (int)b.n, b.p);
    buffer_release(&b);
    return false;
}

static void constraints(compiler *c, json_writer *w, node section)
{
    constraint list[64];
    size_t k = 0;
    if (!section)
        return;
    ast_each(tree(c), ast_body(tree(c), section), n)
    {
        if (ast_is(tree(c), n, NODE_ERROR))
            continue;
        if (!ast_is(tree(c), n, NODE_RULE)) {
            fault_at(c, E0123, n,
                     "a rule is a field and what holds for it: `\"ISA13\" increasing`");
            continue;
        }
        node of = ast_value(tree(c), n);
        text rule = canonical(c, tree(c), of);
        if (k == 64)
            fault_at(c, E0110, n, "a simulation holds at most 64 constraints");
        else if (bound_known(c, of, rule))
            list[k++] = (constraint){text_constant(c, ast_key(tree(c), n)), rule};
    }
    qsort(list, k, sizeof *list, constraint_order);
    json_put_key(w, "constrain");
    json_object(w);
    for (size_t i = 0; i < k; i++) {
        json_put_key_text(w, list[i].key);
        json_put_text(w, list[i].rule);
    }
    json_object_end(w);
}

/* `map { "EA" "PCE" }`: what legacy says, and what the modern side says for it. */
static void mappings(compiler *c, json_writer *w, node section)
{
    constraint list[256];
    size_t k = 0;
    if (!section)
        return;
    ast_each(tree(c), ast_body(tree(c), section), n)
    {
        if (ast_is(tree(c), n, NODE_ERROR))
            continue;
        if (!ast_is(tree(c), n, NODE_RULE)) {
            fault_at(c, E0123, n, "a map holds pairs, legacy and modern: `\"EA\" \"PCE\"`");
            continue;
        }
        constraint x = {text_constant(c, ast_key(tree(c), n)),
                        text_constant(c, ast_value(tree(c), n))};
        for (size_t i = 0; i < k; i++)
            if (text_equal(list[i].key, x.key)) {
                fault_at(c, E0121, n, "`%.*s` is given twice", TEXT_ARG(x.key));
                x.key.n = 0;
            }
        if (k == 256)
            fault_at(c, E0110, n, "a map holds at most 256 pairs");
        else if (x.key.n)
            list[k++] = x;
    }
    qsort(list, k, sizeof *list, constraint_order);
    json_put_key(w, "map");
    json_object(w);
    for (size_t i = 0; i < k; i++) {
        json_put_key_text(w, list[i].key);
        json_put_text(w, list[i].rule);
    }
    json_object_end(w);
}

static text rules_json(compiler *c, const fields *f)
{
    buffer b;
    json_writer w;
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    constraints(c, &w, f->at[FIELD_simulate_constrain]);
    text_list(c, &w, "ignore", field_value(c, f, FIELD_simulate_ignore));
    text_list(c, &w, "key", field_value(c, f, FIELD_simulate_key));
    mappings(c, &w, f->at[FIELD_simulate_map]);
    json_object_end(&w);
    text t = text_copy(c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static value column_value(compiler *c, uint32_t from, const char *name, span at)
{
    const column_info *col = column_find(c, TABLE_CHANNEL, text_of(name));
    uint32_t r = reg_new(c, col->t);
    emit(c, OP_LDC, r, from, col->index, at);
    return value_reg(c, r, col->t);
}

/* {"kind": …, "legacy": …, "modern": …, "name": …, "standard": …}: what the comparison needs. */
static value channel_json(compiler *c, value channel, span at)
{
    static const char *const known[] = {"kind", "legacy", "modern", "name", "standard"};
    image_leaf form[5];
    value v[5];
    uint32_t from = materialise(c, channel, channel.shown, at);
    for (int i = 0; i < 5; i++) {
        v[i] = column_value(c, from, known[i], at);
        form[i] = (image_leaf){build_text(c->b, text_of(known[i])), type_final(c, v[i].t)};
    }
    uint32_t run = materialise_run(c, v, 5, at), record = build_record(c->b, form, 5);
    uint32_t r = reg_new(c, TYPE_JSON);
    emit(c, OP_REC, r, record, run, at);
    return value_reg(c, r, TYPE_JSON);
}

/* Why an endpoint is not simulated; NULL where it is. */
static const char *endpoint_unsimulated(compiler *c, text json)
{
    json_document d;
    if (!json_read(c->memory, json, &d, NULL))
        return NULL;
    text kind = json_text(c->memory, &d, json_member(&d, 0, TEXT("kind")));
    if (text_is(kind, "sftp"))
        return "is of a kind that this build does not speak";
    bool address = text_is(kind, "http") || text_is(kind, "soap");
    return address && json_member(&d, 0, TEXT("sandbox")) == 0
               ? "declares no sandbox, and nothing is sent to production"
               : NULL;
}

/* Of the endpoints of a channel that has both. */
static const char *channel_unsimulated(compiler *c, const row *r)
{
    const char *why = NULL;
    for (size_t i = 0; i < r->cells.n && !why; i++) {
        const cell *x = &r->cells.p[i];
        if (x->column == COLUMN_CHANNEL_LEGACY || x->column == COLUMN_CHANNEL_MODERN)
            why = endpoint_unsimulated(c, text_kept(c, x->value));
    }
    return why;
}

static void endpoints_warn(compiler *c, node n, const rowset *rows)
{
    row_range in = rows->known ? rowset_range(c, rows) : (row_range){0, 0};
    for (size_t i = in.from; i < in.to; i++) {
        const row *r = c->rows[TABLE_CHANNEL].p[i];
        bool both = cell_given(r, COLUMN_CHANNEL_LEGACY) && cell_given(r, COLUMN_CHANNEL_MODERN);
        const char *why = both ? channel_unsimulated(c, r) : NULL;
        if (!rowset_has(rows, r) || r->unread || (both && !why))
            continue;
        span at = ast_name_span(tree(c), n);
        diagnostic *g = both ? fault(c, DIAG_W0401, at,
                                     "an endpoint of `%.*s` %s: its simulation is not available",
                                     TEXT_ARG(r->name), why)
                             : fault(c, DIAG_W0401, at,
                                     "`%.*s` lacks an endpoint: its simulation is not available",
                                     TEXT_ARG(r->name));
        diag_label_add(c->d, g, r->at,
                       both ? "`dir` and `exec` are simulated, `http` and `soap` with `sandbox:`"
                            : "`legacy` and `modern` are both needed");
        return;
    }
}

void lower_simulate(compiler *c, node n)
{
    fields f;
    span at = at_node(c, n);
    fields_read(c, BLOCK_simulate, ast_body(tree(c), n), ast_name_span(tree(c), n), &f);
    csite *s = site_new(c, SITE_SIMULATE, ast_name_text(tree(c), n), ast_name_span(tree(c), n));
    s->s.operation = OPERATION_SIMULATE;
    bundle_new(c, s, OPERATION_SIMULATE);
    func *args = site_function(c, s, FN_ARGS, EFFECT_PURE);
    value channel = expect(c, ast_subject(tree(c), n), type_of_row(TABLE_CHANNEL, -1));
    node samples_node = field_value(c, &f, FIELD_simulate_samples);
    value samples = samples_node ? expect(c, samples_node, TYPE_TEXT) : value_error();
    bool good = channel.kind != V_ERROR && samples.kind != V_ERROR;
    if (good) {
        value v[3] = {channel_json(c, channel, at), samples,
                      value_of_text(TYPE_JSON, rules_json(c, &f))};
        emit_return(c, v, 3, at);
        endpoints_warn(c, n, &channel.rows);
    }
    site_function_end(c, args);
    plan_line *l = plan_add(c, PLAN_SIMULATE, n);
    if (l)
        l->what = canonical_known(c, samples_node);
    c->fn->did = EFFECT_WRITE;
    if (good)
        site_emit(c, OP_SIM, s, bundle_anchor(c, s->result), NULL, 0, at);
    local_add(c, ast_name(tree(c), n), ast_name_span(tree(c), n),
              good ? operation_result(s->result) : value_error());
}

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
