/* lower_simulate.c: simulations: the rules of the comparison, and where documents come from,
 * samples or live traffic.
 */
#include "compiler/lower.h"

#include "base/json.h"
#include "base/pattern.h"
#include "compiler/data.h"
#include "compiler/rowset.h"

/* --- rules --- */

static void text_list(compiler *c, json_writer *w, const char *key, node n)
{
    if (!n)
        return;
    json_add_array(w, key);
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

typedef enum { ARGUMENT_NONE, ARGUMENT_PATTERN, ARGUMENT_TEXT, ARGUMENT_COUNT } argument_kind;

static const struct {
    const char *word;
    argument_kind argument;
} bounds[] = {
#define BOUND(id, word, argument, meaning) {word, ARGUMENT_##argument},
#include "bytecode/bounds.def"
#undef BOUND
};
enum { BOUNDS = sizeof bounds / sizeof *bounds };

static int bound_find(compiler *c, node n, text word)
{
    text candidates[BOUNDS];
    for (int i = 0; i < BOUNDS; i++) {
        candidates[i] = text_of(bounds[i].word);
        if (text_is(word, bounds[i].word))
            return i;
    }
    diagnostic *g = fault_at(c, E0304, n, "`%.*s` is no rule for a difference", TEXT_ARG(word));
    suggest(c, g, at_node(c, n), word, candidates, BOUNDS);
    buffer b;
    buffer_init(&b);
    for (size_t i = 0; i < BOUNDS; i++)
        buffer_printf(&b, "%s%s", i ? ", " : "", bounds[i].word);
    diag_note(c->d, g, "it is one of %.*s", (int)b.n, b.p);
    buffer_release(&b);
    return -1;
}

/* The argument as the comparison reads it; false after a report. */
static bool bound_argument(compiler *c, node call, argument_kind kind, text *out)
{
    node given = 0;
    int n = 0;
    text message;
    ast_each_as(tree(c), call, ROLE_arg, arg)
    {
        given = arg;
        n++;
    }
    if (n != 1 || kind == ARGUMENT_NONE) {
        fault_at(c, E0305, call,
                 kind == ARGUMENT_NONE ? "this rule takes no argument"
                                       : "this rule takes one argument");
        return false;
    }
    *out = kind == ARGUMENT_COUNT ? canonical(c, tree(c), given) : text_constant(c, given);
    for (size_t i = 0; kind == ARGUMENT_COUNT && i < out->n; i++)
        if (out->p[i] < '0' || out->p[i] > '9') {
            fault_at(c, E0301, given, "this rule takes a whole number");
            return false;
        }
    if (kind != ARGUMENT_PATTERN || pattern_read(c->memory, *out, &message))
        return out->n > 0;
    fault_at(c, E0304, given, "%.*s", TEXT_ARG(message));
    return false;
}

/* `increasing`, `matches("[A-Z]+")` as the comparison reads it: `matches([A-Z]+)`. */
static bool bound_read(compiler *c, node n, text *out)
{
    bool call = ast_is(tree(c), n, NODE_CALL) && ast_is(tree(c), ast_callee(tree(c), n), NODE_NAME);
    text word = call ? ast_name_text(tree(c), ast_callee(tree(c), n)) : canonical(c, tree(c), n);
    int i = bound_find(c, n, word);
    text argument;
    *out = word;
    if (i < 0)
        return false;
    if (!call && (bounds[i].argument == ARGUMENT_TEXT || bounds[i].argument == ARGUMENT_PATTERN)) {
        fault_at(c, E0305, n, "`%s` takes a text: `%s(\"...\")`", bounds[i].word, bounds[i].word);
        return false;
    }
    if (!call)
        return true;
    if (!bound_argument(c, n, bounds[i].argument, &argument))
        return false;
    *out = text_format(c->memory, "%s(%.*s)", bounds[i].word, TEXT_ARG(argument));
    return true;
}

/* Sorted, so that the order in which they are written leaves no trace in the image. */
static void rules_put(json_writer *w, const char *name, constraint *list, size_t n)
{
    qsort(list, n, sizeof *list, constraint_order);
    json_add_object(w, name);
    for (size_t i = 0; i < n; i++) {
        json_put_key_text(w, list[i].key);
        json_put_text(w, list[i].rule);
    }
    json_object_end(w);
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
        text rule;
        if (k == 64)
            fault_at(c, E0110, n, "a simulation holds at most 64 constraints");
        else if (bound_read(c, of, &rule))
            list[k++] = (constraint){text_constant(c, ast_key(tree(c), n)), rule};
    }
    rules_put(w, "constrain", list, k);
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
    rules_put(w, "map", list, k);
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

/* --- endpoints --- */

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

/* Documents of live traffic are sent to commands and addresses as they come: from somewhere. */
static void arrivals_need(compiler *c, node n, const rowset *rows)
{
    row_range in = rows->known ? rowset_range(c, rows) : (row_range){0, 0};
    for (size_t i = in.from; i < in.to; i++) {
        const row *r = c->rows[TABLE_CHANNEL].p[i];
        for (size_t k = 0; rowset_has(rows, r) && k < r->cells.n; k++) {
            const cell *x = &r->cells.p[k];
            bool end = x->column == COLUMN_CHANNEL_LEGACY || x->column == COLUMN_CHANNEL_MODERN;
            if (!end || text_starts(text_kept(c, x->value), TEXT("{\"kind\":\"dir\"")))
                continue;
            diagnostic *g = fault(c, DIAG_E0122, ast_name_span(tree(c), n),
                                  "an endpoint of `%.*s` is asked: this needs the field `samples`",
                                  TEXT_ARG(r->name));
            diag_label_add(c->d, g, r->at, "only a `dir` has answers of its own");
            diag_help_add(c->d, g, "say where documents come to: samples \"in/*\"");
            return;
        }
    }
}

/* --- live traffic --- */

static bool is_live(compiler *c, const fields *f)
{
    node from = field_value(c, f, FIELD_simulate_source);
    if (!from)
        return false;
    text word = canonical(c, tree(c), from), only = TEXT("live");
    if (text_equal(word, only))
        return true;
    diagnostic *g = fault_at(c, E0304, from, "`%.*s` is no source of documents", TEXT_ARG(word));
    suggest(c, g, at_node(c, from), word, &only, 1);
    diag_note(c->d, g, "`source live` compares what comes; without it the samples are compared");
    return false;
}

/* What is given must belong together; false after a report. */
static bool fields_agree(compiler *c, node n, const fields *f, bool live)
{
    static const field_id of_live[] = {FIELD_simulate_period, FIELD_simulate_hold};
    if (f->unknown)
        return true;
    if (live && !f->at[FIELD_simulate_period]) {
        diagnostic *g = fault(c, DIAG_E0122, ast_name_span(tree(c), n),
                              "a simulation over live traffic needs the field `period`");
        diag_help_add(c->d, g, "say for how long documents are compared as they come: period 14d");
        return false;
    }
    if (!live && !f->at[FIELD_simulate_source] && !f->at[FIELD_simulate_samples])
        fault(c, DIAG_E0122, ast_name_span(tree(c), n), "a simulation needs the field `samples`");
    for (int i = 0; i < 2 && !f->at[FIELD_simulate_source]; i++)
        if (f->at[of_live[i]]) {
            diagnostic *g = fault(c, DIAG_E0122, field_name_span(c, f, of_live[i]),
                                  "this speaks of live traffic: the field `source` is missing");
            diag_help_add(c->d, g, "add: source live");
            return false;
        }
    return live || f->at[FIELD_simulate_samples];
}

/* `hold 2d`: a gate like any other, on how long all that came has matched. */
static void hold_gate(compiler *c, node n, node of, duration period, value result)
{
    span at = at_node(c, of);
    text name = ast_name_text(tree(c), n);
    value least = expect(c, of, TYPE_DURATION);
    if (least.kind == V_CONST && period != QUANTITY_NONE && least.constant > period)
        fault(c, DIAG_E0308, at, "a match cannot have held for longer than the period");
    csite *s = site_new(c, SITE_GATE, TEXT(""), at);
    func *check = site_function(c, s, FN_CHECK, EFFECT_PURE);
    text shown = text_format(c->memory, "%.*s.held", TEXT_ARG(name));
    value held = bundle_read(c, result.from, TEXT("held"), TYPE_DURATION, shown);
    uint32_t wanted = materialise(c, least, TEXT("hold"), at), r = reg_new(c, TYPE_BOOL);
    emit(c, OP_LE, r, wanted, materialise(c, held, shown, at), at);
    value v = value_reg(c, r, TYPE_BOOL);
    emit_return(c, &v, 1, at);
    site_function_end(c, check);
    s->s.wanted = build_text(c->b, text_format(c->memory, "%.*s >= %.*s", TEXT_ARG(shown),
                                               TEXT_ARG(canonical(c, tree(c), of))));
    plan_line *l = plan_add(c, PLAN_REQUIRE, n);
    if (l)
        l->what = text_format(c->memory, "%.*s >= %.*s", TEXT_ARG(shown),
                              TEXT_ARG(canonical_known(c, of)));
    if (least.kind != V_ERROR)
        site_emit(c, OP_GATE, s, REG_NOTHING, NULL, 0, at);
}

/* --- the statement --- */

static bool arguments(compiler *c, node n, csite *s, const fields *f, bool live)
{
    span at = at_node(c, n);
    func *args = site_function(c, s, FN_ARGS, EFFECT_PURE);
    value channel = expect(c, ast_subject(tree(c), n), type_of_row(TABLE_CHANNEL, -1));
    node from = field_value(c, f, FIELD_simulate_samples);
    value samples = from   ? expect(c, from, TYPE_TEXT)
                    : live ? (value){.kind = V_CONST, .t = TYPE_TEXT, .constant = QUANTITY_NONE}
                           : value_error();
    bool good = channel.kind != V_ERROR && samples.kind != V_ERROR;
    if (good) {
        value v[3] = {channel_json(c, channel, at), samples,
                      value_of_text(TYPE_JSON, rules_json(c, f))};
        emit_return(c, v, 3, at);
        endpoints_warn(c, n, &channel.rows);
        if (!from)
            arrivals_need(c, n, &channel.rows);
    }
    site_function_end(c, args);
    return good;
}

static void simulate_plan(compiler *c, node n, const fields *f, const csite *s, value period)
{
    plan_line *l = plan_add(c, PLAN_SIMULATE, n);
    bool known = period.kind == V_CONST && !period.unknown;
    if (l && f->at[FIELD_simulate_samples])
        l->what = canonical_known(c, field_value(c, f, FIELD_simulate_samples));
    if (l) {
        l->operation = s->s.operation;
        if (s->s.operation == OPERATION_LIVE)
            l->low = l->high = l->worst = known ? period.constant : QUANTITY_NONE;
    }
    if (s->s.operation == OPERATION_LIVE && known)
        c->fn->forward += period.constant;
}

void lower_simulate(compiler *c, node n)
{
    fields f;
    span at = at_node(c, n);
    fields_read(c, BLOCK_simulate, ast_body(tree(c), n), ast_name_span(tree(c), n), &f);
    bool live = is_live(c, &f), good = fields_agree(c, n, &f, live);
    csite *s = site_new(c, SITE_SIMULATE, ast_name_text(tree(c), n), ast_name_span(tree(c), n));
    s->s.operation = live ? OPERATION_LIVE : OPERATION_SIMULATE;
    bundle_new(c, s, s->s.operation);
    node lasting = field_value(c, &f, FIELD_simulate_period),
         least = field_value(c, &f, FIELD_simulate_hold);
    value period = lasting ? expect(c, lasting, TYPE_DURATION) : value_const(TYPE_DURATION, 0);
    good &= arguments(c, n, s, &f, live) && period.kind != V_ERROR;
    simulate_plan(c, n, &f, s, period);
    c->fn->did = EFFECT_WRITE;
    if (good)
        site_emit(c, live ? OP_LIVE : OP_SIM, s, bundle_anchor(c, s->result), &period, live, at);
    value result = good ? operation_result(s->result) : value_error();
    local_add(c, ast_name(tree(c), n), ast_name_span(tree(c), n), result);
    if (good && live && least)
        hold_gate(c, n, least, period.kind == V_CONST ? period.constant : QUANTITY_NONE, result);
}
