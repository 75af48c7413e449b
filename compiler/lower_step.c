/* lower_step.c: steps and their undo. */
#include "compiler/expiry.h"
#include "compiler/hold.h"
#include "compiler/data.h"
#include "compiler/lower.h"
#include "compiler/places.h"

/* --- fields of a step
 * ------------------------------------------------------------------------------- */

static void estimate_take(compiler *c, csite *s, node n)
{
    if (!n)
        return;
    node to = ast_is(tree(c), n, NODE_RANGE) ? ast_to(tree(c), n) : 0;
    s->s.estimate_low = const_duration(c, to ? ast_from(tree(c), n) : n, 0);
    s->s.estimate_high = const_duration(c, to ? to : n, s->s.estimate_low);
    if (s->s.estimate_low > s->s.estimate_high)
        fault_at(c, E0308, n, "the lower end of the estimate is above the upper one");
}

static void retry_take(compiler *c, csite *s, node n)
{
    if (!n)
        return;
    value k = expect_const(c, ast_count(tree(c), n), TYPE_NUMBER);
    if (k.kind == V_CONST && !k.unknown) {
        s->s.retries = (uint32_t)(k.constant / UNIT_NUMBER);
        if (k.constant < 0 || k.constant % UNIT_NUMBER || k.constant > 1000 * UNIT_NUMBER)
            fault_at(c, E0308, ast_count(tree(c), n),
                     "a whole number from 0 to 1000 is needed here");
    }
    s->s.retry_pause = const_duration(c, ast_every(tree(c), n), 0);
}

static duration worst_of(const image_site *s)
{
    duration pause = s->retry_pause == QUANTITY_NONE ? 0 : s->retry_pause;
    return (duration)(s->retries + 1) * s->timeout + (duration)s->retries * pause;
}

static void capacity_proof(compiler *c, node n, value resource, uint32_t count)
{
    const row *r = resource.kind == V_CONST && !resource.unknown && resource.constant >= 0
                       ? row_by_final(c, TABLE_RESOURCE, (uint32_t)resource.constant)
                       : NULL;
    if (!r || r->unread || r->number >= (int64_t)count)
        return;
    diagnostic *g = fault_at(c, E0308, n, "%u of `%.*s` can never be had: its capacity is %lld",
                             count, TEXT_ARG(r->name), (long long)r->number);
    diag_label_add(c->d, g, r->at, "the resource");
}

static void needs_take(compiler *c, csite *s, node n)
{
    value rows[32];
    uint32_t counts[32], k = 0;
    if (!n)
        return;
    if (!ast_is(tree(c), n, NODE_LIST)) {
        fault_at(c, E0301, n, "`needs` takes a list of resources: [proxy, 2 of slots]");
        return;
    }
    if (ast_how_many(tree(c), n, ROLE_element) > 32)
        fault_at(c, E0110, n, "a step holds at most 32 resources");
    ast_each_as(tree(c), n, ROLE_element,
                e) if (k < 32 && counted_row(c, e, TABLE_RESOURCE, &rows[k], &counts[k])) k++;
    for (uint32_t i = 0; i < k; i++)
        capacity_proof(c, n, rows[i], counts[i]);
    s->s.needs = role_words(c, rows, counts, k);
    hold_add(c, rows, counts, k, worst_of(&s->s));
}

/* --- undo
 * --------------------------------------------------------------------------------------------- */

static duration lower_do(compiler *c, node call_node, duration timeout)
{
    operation_call call = operation_of(c, call_node);
    if (call.bad)
        return 0;
    if (call.operation == NO_INDEX || call.effect != EFFECT_WRITE) {
        diagnostic *g = fault_at(c, E0410, call_node,
                                 "going back needs a write of a connector, such as desk.write(…)");
        if (ast_is(tree(c), call_node, NODE_TEXT))
            diag_help_add(c->d, g,
                          "what people do is a `task`; where nothing has to be undone, say why: "
                          "undo none \"why\"");
        return 0;
    }
    csite *s = operation_site(c, call_node, &call, SITE_DO, TEXT(""));
    s->s.timeout = timeout;
    c->fn->did = EFFECT_WRITE;
    site_emit(c, OP_DO, s, bundle_anchor(c, s->result), NULL, 0, at_node(c, call_node));
    return timeout;
}

static duration undo_block(compiler *c, node section, duration timeout)
{
    node body = ast_body(tree(c), section);
    fields f;
    fields_read(c, BLOCK_undo, body, ast_name_span(tree(c), section), &f);
    size_t block = block_begin(c);
    duration total = 0, before = c->fn->forward;
    ast_each(tree(c), body, n)
    {
        if (ast_is(tree(c), n, NODE_FIELD) && text_is(ast_name_text(tree(c), n), "do"))
            total += lower_do(c, ast_value(tree(c), n), timeout);
        else
            statement(c, n);
    }
    total += c->fn->forward - before;
    c->locals.n = block;
    if (!f.at[FIELD_undo_do])
        fault(c, DIAG_E0122, ast_name_span(tree(c), section), "an undo block needs a `do`");
    return total;
}

static void undo_function(compiler *c, csite *s, node n, duration *back)
{
    plan_builder *plan = c->plan;
    places *known = c->places;
    c->plan = NULL; /* what an undo does is not part of the way forward */
    c->places = NULL;
    func *f = site_function(c, s, FN_UNDO, EFFECT_WRITE);
    if (ast_is(tree(c), n, NODE_SECTION))
        *back = undo_block(c, n, s->s.timeout);
    else
        *back = lower_do(c, ast_value(tree(c), n), s->s.timeout);
    emit_return(c, NULL, 0, at_node(c, n));
    f->did = EFFECT_WRITE;
    site_function_end(c, f);
    c->plan = plan;
    c->places = known;
}

static bool uses_result(const func *f)
{
    for (size_t i = 0; i < f->regs.n; i++)
        if (f->regs.p[i].class == REG_RESULT)
            return true;
    return false;
}

static void lower_undo(compiler *c, csite *s, const fields *f, field_id undo, duration *back)
{
    node n = f->at[undo], of = field_value(c, f, undo);
    *back = 0;
    if (!n)
        return;
    if (!ast_is(tree(c), n, NODE_SECTION) && ast_is(tree(c), of, NODE_ABSENT)) {
        node why = field_reason(c, f, undo);
        s->s.flags |= SITE_UNDO_NONE;
        s->s.why = build_text(c->b, text_constant(c, why));
        if (!why) {
            diagnostic *g = fault_at(c, E0122, n, "`undo none` needs the reason");
            diag_help_add(c->d, g, "undo none \"why nothing has to be taken back\"");
        }
        return;
    }
    undo_function(c, s, n, back);
}

/* --- find
 * ------------------------------------------------------------------------------------------------
 */

static void find_function(compiler *c, csite *s, node n)
{
    if (!n)
        return;
    operation_call call = operation_of(c, n);
    if (call.bad)
        return;
    if (call.operation == NO_INDEX || call.effect != EFFECT_READ) {
        fault_at(c, E0301, n, "`find` needs a read of a connector");
        return;
    }
    func *f = site_function(c, s, FN_FIND, EFFECT_READ);
    size_t block = block_begin(c);
    vec_push(&f->regs, (vreg){TYPE_TEXT, REG_KEY, 0, NULL});
    value key = value_reg(c, (uint32_t)f->regs.n - 1, TYPE_TEXT);
    vec_push(&c->locals, (local){.name = name_given(c, TEXT("key")), .v = key});
    value found = operation_read(c, n, &call);
    if (found.kind == V_RESULT) {
        found.from->mirror = s->result;
        f->returns = found.from;
        emit(c, OP_RET, bundle_anchor(c, found.from), 0, 0, at_node(c, n));
    }
    c->locals.n = block;
    site_function_end(c, f);
}

/* --- proofs of one step
 * -------------------------------------------------------------------------------------- */

static void way_back_proof(compiler *c, node n, const csite *s, const fields *f)
{
    span at = ast_name_span(tree(c), n);
    bool sealed = f->at[FIELD_step_irreversible] != 0;
    if (sealed && f->at[FIELD_step_undo]) {
        diagnostic *g = fault(c, DIAG_E0411, field_name_span(c, f, FIELD_step_irreversible),
                              "a step has an undo or is irreversible, not both");
        diag_label_add(c->d, g, field_name_span(c, f, FIELD_step_undo), "the undo");
    }
    if (!sealed && !f->at[FIELD_step_undo] && !f->unknown) {
        diagnostic *g = fault(c, DIAG_E0402, at, "the step `%.*s` has no way back",
                              TEXT_ARG(ast_name_text(tree(c), n)));
        if (f->at[FIELD_step_do])
            diag_label_add(c->d, g, at_node(c, f->at[FIELD_step_do]), "this write stays");
        diag_help_add(c->d, g,
                      "add `undo CALL`, `undo { … }`, `undo none \"why\"`, or "
                      "`irreversible \"why\"` behind an approval");
    }
    if (s && s->fn[FN_UNDO] && uses_result(s->fn[FN_UNDO]) && !f->at[FIELD_step_find]) {
        diagnostic *g = fault(c, DIAG_E0403, at_node(c, f->at[FIELD_step_undo]),
                              "the undo needs the answer of `do`, which may be unknown");
        diag_note(c->d, g, "after a time-out or a crash nobody knows the answer");
        diag_help_add(c->d, g,
                      "add `find READ`, which recovers it (in it, `key` is the step's "
                      "key), or let the undo work without it");
    }
}

/* Whether the arguments are the same in every round of every loop around them. */
static bool same_for_all(const func *args)
{
    for (size_t i = 0; args && i < args->regs.n; i++)
        if (args->regs.p[i].class == REG_CAPTURE || args->regs.p[i].class == REG_ELEMENT)
            return false;
    return args != NULL;
}

static void footprint_proof(compiler *c, node call, const csite *s)
{
    if (!c->beside.start || c->generic || !same_for_all(s->fn[FN_ARGS]))
        return;
    diagnostic *g = fault_at(c, E0412, call, "elements that run side by side all write this");
    diag_label_add(c->d, g, c->beside, "side by side here");
    diag_note(c->d, g, "one of them going back would undo it under the others");
    diag_help_add(c->d, g,
                  "write it once, before the loop; or let what is written depend on the element");
}

static void order_proof(compiler *c, node n, const csite *s, const fields *f)
{
    span at = ast_name_span(tree(c), n);
    if (f->at[FIELD_step_irreversible]) {
        if (!c->back.approved && !c->generic) {
            diagnostic *g = fault(c, DIAG_E0404, field_name_span(c, f, FIELD_step_irreversible),
                                  "irreversible, and nobody has approved before");
            diag_help_add(c->d, g, "put an `approve` before this step");
        }
        c->back.sealed = at;
        return;
    }
    bool fails = s->s.on_failure == ON_ROLLBACK && !(s->s.flags & SITE_UNDO_NONE);
    if (fails && !c->back.failing.start)
        c->back.failing = at;
    if (c->back.sealed.start && s->s.on_failure == ON_ROLLBACK && !(s->s.flags & SITE_UNDO_NONE)) {
        diagnostic *g =
            fault(c, DIAG_E0405, at, "this step can fail and go back, but what went before cannot");
        diag_label_add(c->d, g, c->back.sealed, "irreversible");
        diag_help_add(c->d, g,
                      "do the irreversible step last, or give this one `on failure pause`");
    }
}

/* --- the step
 * ---------------------------------------------------------------------------------------------------
 */

static void step_plan(compiler *c, node n, const csite *s, const fields *f, duration back)
{
    plan_line *l = plan_add(c, PLAN_STEP, n);
    if (!l)
        return;
    l->what = canonical_known(c, field_value(c, f, FIELD_step_do));
    l->low = s->s.estimate_low;
    l->high = s->s.estimate_high;
    l->operation = s->s.operation;
    l->worst = worst_of(&s->s);
    l->worst_back = back;
    l->expires = s->s.expires;
    node undo = f->at[FIELD_step_undo];
    l->back_kind = s->s.flags & SITE_IRREVERSIBLE ? BACK_SEALED
                   : s->s.flags & SITE_UNDO_NONE  ? BACK_NONE
                                                  : BACK_UNDO;
    l->back = l->back_kind == BACK_SEALED
                  ? text_constant(c, field_value(c, f, FIELD_step_irreversible))
              : l->back_kind == BACK_NONE ? text_constant(c, field_reason(c, f, FIELD_step_undo))
              : ast_is(tree(c), undo, NODE_SECTION)
                  ? plan_block(c, undo)
                  : canonical_known(c, field_value(c, f, FIELD_step_undo));
    c->plan->unestimated += l->low == QUANTITY_NONE;
    c->plan->unchecked += !f->at[FIELD_step_check];
}

static void step_fields(compiler *c, csite *s, const fields *f)
{
    s->s.timeout = const_duration(c, field_value(c, f, FIELD_step_timeout), s->s.timeout);
    s->s.expires = const_duration(c, field_value(c, f, FIELD_step_expires), QUANTITY_NONE);
    estimate_take(c, s, field_value(c, f, FIELD_step_estimate));
    retry_take(c, s, field_value(c, f, FIELD_step_retry));
    needs_take(c, s, field_value(c, f, FIELD_step_needs));
    if (f->at[FIELD_step_irreversible]) {
        s->s.flags |= SITE_IRREVERSIBLE;
        s->s.why = build_text(c->b, text_constant(c, field_value(c, f, FIELD_step_irreversible)));
    }
}

static void step_site(compiler *c, node n, node body, const fields *f, const operation_call *call)
{
    node call_node = field_value(c, f, FIELD_step_do);
    text name = ast_name_text(tree(c), n);
    csite *s = operation_site(c, call_node, call, SITE_STEP, name);
    s->at = ast_name_span(tree(c), n);
    duration back;
    step_fields(c, s, f);
    places_name(c, name, s->at);
    on_failure_take(c, s, body);
    local_add(c, ast_name(tree(c), n), ast_name_span(tree(c), n), operation_result(s->result));
    site_title_or(c, s, ast_title(tree(c), n), name);
    node check = field_value(c, f, FIELD_step_check);
    if (check) {
        site_value(c, s, FN_CHECK, EFFECT_READ, check, TYPE_BOOL);
        s->s.wanted = build_text(c->b, canonical(c, tree(c), check));
    }
    lower_undo(c, s, f, FIELD_step_undo, &back);
    find_function(c, s, field_value(c, f, FIELD_step_find));
    way_back_proof(c, n, s, f);
    footprint_proof(c, call_node, s);
    order_proof(c, n, s, f);
    s->s.worst_forward = worst_of(&s->s);
    s->s.worst_back = back;
    c->fn->forward += s->s.worst_forward;
    c->fn->back += back;
    c->fn->keeps = true;
    c->fn->did = EFFECT_WRITE;
    if (s->fn[FN_UNDO] && f->at[FIELD_step_expires])
        expiry_add(c, s->s.expires, at_node(c, f->at[FIELD_step_expires]));
    step_plan(c, n, s, f, back);
    site_emit(c, OP_STEP, s, bundle_anchor(c, s->result), NULL, 0, at_node(c, n));
}

void lower_step(compiler *c, node n)
{
    node body = ast_body(tree(c), n);
    fields f;
    fields_read(c, BLOCK_step, body, ast_name_span(tree(c), n), &f);
    size_t block = block_begin(c);
    ast_each(tree(c), body, item) if (ast_is(tree(c), item, NODE_LET)) lower_let(c, item);
    node call_node = field_value(c, &f, FIELD_step_do);
    operation_call call = call_node ? operation_of(c, call_node) : (operation_call){.bad = true};
    if (!call.bad && (call.operation == NO_INDEX || call.effect != EFFECT_WRITE)) {
        fault_at(c, E0410, call_node, "`do` needs a write of a connector, such as desk.write(…)");
        call.bad = true;
    }
    if (call.bad) {
        way_back_proof(c, n, NULL, &f);
        local_add(c, ast_name(tree(c), n), ast_name_span(tree(c), n), value_error());
    } else
        step_site(c, n, body, &f, &call);
    /* What the step named for itself is over; its own name stays. */
    local own = vec_last(&c->locals);
    block_end(c, block);
    vec_last(&c->locals) = own;
}
