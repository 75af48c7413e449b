/* lower_people.c: what people do and decide: tasks, approvals; gates and messages. */
#include "compiler/lower.h"
#include "compiler/places.h"
#include "compiler/data.h"
#include "compiler/hours.h"
#include "compiler/votes.h"

static uint32_t one_role(compiler *c, node n, text *who, value *role)
{
    uint32_t count = 1;
    *role = n ? expect_const(c, n, type_of_row(TABLE_ROLE, -1)) : value_error();
    if (role->kind != V_CONST)
        return NO_INDEX;
    *who = counted_text(c, *role, 1);
    return role_words(c, role, &count, 1);
}

/* When it is due, as the instruction's first operand; none where it never is. */
static value due_value(compiler *c, node n, span at, plan_line *l)
{
    value v = n ? expect(c, n, TYPE_INSTANT) : value_error();
    if (l && v.kind == V_CONST && !v.unknown)
        l->due = v.constant;
    if (v.kind != V_ERROR)
        return v;
    uint32_t r = reg_new(c, TYPE_INSTANT);
    emit(c, OP_LDN, r, 1, 0, at);
    return value_reg(c, r, TYPE_INSTANT);
}

/* --- tasks
 * ------------------------------------------------------------------------------------------ */

static void task_sealed(compiler *c, node n, csite *s, const fields *f)
{
    s->s.flags |= SITE_IRREVERSIBLE;
    if (!c->back.approved && !c->generic) {
        diagnostic *g = fault(c, DIAG_E0404, field_name_span(c, f, FIELD_task_irreversible),
                              "irreversible, and nobody has approved before");
        diag_help_add(c->d, g, "put an `approve` before this task");
    }
    c->back.sealed = ast_name_span(tree(c), n);
}

/* What kind of way back the task has, and its words. */
static plan_back task_undo(compiler *c, node n, csite *s, const fields *f, text *why)
{
    node undo = f->at[FIELD_task_undo];
    if (f->at[FIELD_task_irreversible]) {
        task_sealed(c, n, s, f);
        *why = text_constant(c, field_value(c, f, FIELD_task_irreversible));
        return BACK_SEALED;
    }
    if (!ast_is(tree(c), ast_value(tree(c), undo), NODE_ABSENT)) {
        *why = text_constant(c, ast_value(tree(c), undo));
        return BACK_PEOPLE;
    }
    s->s.flags |= SITE_UNDO_NONE;
    *why = text_constant(c, ast_reason(tree(c), undo));
    if (!ast_reason(tree(c), undo))
        fault_at(c, E0122, undo, "`undo none` needs the reason");
    return BACK_NONE;
}

/* Taking back what people did takes them as long as they said that doing it takes. Without an
 * estimate nobody knows, and the plan says so. */
static void task_back(compiler *c, node n, csite *s, const fields *f, plan_line *l)
{
    text why = TEXT("");
    if (!f->at[FIELD_task_undo] && !f->at[FIELD_task_irreversible]) {
        if (f->unknown)
            return;
        diagnostic *g =
            fault(c, DIAG_E0406, ast_name_span(tree(c), n), "the task `%.*s` has no way back",
                  TEXT_ARG(ast_name_text(tree(c), n)));
        diag_help_add(c->d, g,
                      "add `undo \"what people do to take it back\"` or "
                      "`undo none \"why\"`");
        return;
    }
    plan_back kind = task_undo(c, n, s, f, &why);
    s->s.why = build_text(c->b, why);
    bool timed = kind == BACK_PEOPLE && s->s.estimate_high != QUANTITY_NONE;
    if (timed) {
        s->s.worst_back = s->s.estimate_high;
        c->fn->back += s->s.worst_back;
    }
    if (l) {
        l->back_kind = kind;
        l->back = why;
        l->worst_back = timed ? s->s.worst_back : l->worst_back;
        c->plan->by_hand += kind == BACK_PEOPLE && !timed;
    }
}

static void remind_take(compiler *c, csite *s, const fields *f)
{
    node n = field_value(c, f, FIELD_task_remind);
    duration d = const_duration(c, n, QUANTITY_NONE);
    if (d == QUANTITY_NONE)
        return;
    if (d <= 0)
        fault_at(c, E0308, n, "a time above 0s is needed here");
    else if (!f->at[FIELD_task_due])
        fault(c, DIAG_E0122, field_name_span(c, f, FIELD_task_remind),
              "`remind` is a time before `due`: say when it is due");
    else
        s->s.retry_pause = d;
}

static void estimate_take(compiler *c, csite *s, node estimate)
{
    if (!estimate)
        return;
    node to = ast_is(tree(c), estimate, NODE_RANGE) ? ast_to(tree(c), estimate) : 0;
    s->s.estimate_low = const_duration(c, to ? ast_from(tree(c), estimate) : estimate, 0);
    s->s.estimate_high = const_duration(c, to ? to : estimate, 0);
}

/* What must hold, and be noted, before the task counts as done. */
static void proof_take(compiler *c, csite *s, const fields *f)
{
    node check = field_value(c, f, FIELD_task_check);
    if (check) {
        site_value(c, s, FN_CHECK, EFFECT_READ, check, TYPE_BOOL);
        s->s.wanted = build_text(c->b, canonical(c, tree(c), check));
    }
    node evidence = field_value(c, f, FIELD_task_evidence);
    if (evidence)
        s->s.evidence = build_text(c->b, text_constant(c, evidence));
}

/* A task takes its timeout at worst; one without makes the plan's end unknown. */
static void task_planned(compiler *c, const csite *s, plan_line *l, text who)
{
    if (s->s.timeout != QUANTITY_NONE)
        c->fn->forward += s->s.timeout;
    else if (c->plan)
        c->plan->untimed++;
    if (!l)
        return;
    l->who = who;
    l->low = s->s.estimate_low;
    l->high = s->s.estimate_high;
    l->worst = s->s.timeout;
}

void lower_task(compiler *c, node n)
{
    node body = ast_body(tree(c), n);
    fields f;
    fields_read(c, BLOCK_task, body, ast_name_span(tree(c), n), &f);
    csite *s = site_new(c, SITE_TASK, ast_name_text(tree(c), n), ast_name_span(tree(c), n));
    places_name(c, ast_name_text(tree(c), n), s->at);
    plan_line *l = plan_add(c, PLAN_TASK, n);
    text who = TEXT("");
    node assigned = field_value(c, &f, FIELD_task_assigned);
    value role;
    s->s.votes = one_role(c, assigned, &who, &role);
    hours_warn(c, assigned, role, true);
    s->s.timeout = const_duration(c, field_value(c, &f, FIELD_task_timeout), QUANTITY_NONE);
    estimate_take(c, s, field_value(c, &f, FIELD_task_estimate));
    site_title_or(c, s, ast_title(tree(c), n), ast_name_text(tree(c), n));
    proof_take(c, s, &f);
    remind_take(c, s, &f);
    on_failure_take(c, s, body);
    c->fn->keeps = true;
    task_back(c, n, s, &f, l);
    task_planned(c, s, l, who);
    c->fn->did = EFFECT_WRITE;
    node when = field_value(c, &f, FIELD_task_due);
    value due = due_value(c, when, at_node(c, n), l);
    hours_due_warn(c, when, due, &role, 1, true);
    site_emit(c, OP_TASK, s, REG_NOTHING, &due, 1, at_node(c, n));
}

/* --- approvals
 * -------------------------------------------------------------------------------------- */

static void conditions_take(compiler *c, csite *s, node n)
{
    if (!n)
        return;
    text word = ast_is(tree(c), n, NODE_NAME) ? ast_name_text(tree(c), n) : TEXT("");
    if (text_is(word, "allowed"))
        s->s.flags |= SITE_CONDITIONS;
    else
        fault_at(c, E0304, n, "`conditions` is `allowed`, or is left out");
}

enum { APPROVERS = 32 };

/* The roles that are asked, with how many of each; `who` names them for the plan. */
static uint32_t approvers_read(compiler *c, node n, value roles[APPROVERS],
                               uint32_t counts[APPROVERS], text *who)
{
    uint32_t k = 0;
    buffer list = {0};
    if (ast_how_many(tree(c), n, ROLE_by) > APPROVERS)
        fault_at(c, E0110, n, "an approval asks at most %d roles", APPROVERS);
    ast_each_as(tree(c), n, ROLE_by, by)
    {
        if (k == APPROVERS || !counted_row(c, by, TABLE_ROLE, &roles[k], &counts[k]))
            continue;
        votes_proof(c, by, roles[k], counts[k]);
        hours_warn(c, by, roles[k], false);
        buffer_printf(&list, "%s%.*s", k ? ", " : "",
                      TEXT_ARG(counted_text(c, roles[k], counts[k])));
        k++;
    }
    *who = text_copy(c->memory, buffer_view(&list));
    buffer_release(&list);
    return k;
}

void lower_approve(compiler *c, node n)
{
    value roles[APPROVERS];
    uint32_t counts[APPROVERS];
    text who;
    fields f = {.unknown = false};
    if (ast_body(tree(c), n))
        fields_read(c, BLOCK_approve, ast_body(tree(c), n), ast_name_span(tree(c), n), &f);
    csite *s = site_new(c, SITE_APPROVE, ast_name_text(tree(c), n), ast_name_span(tree(c), n));
    places_name(c, ast_name_text(tree(c), n), s->at);
    uint32_t k = approvers_read(c, n, roles, counts, &who);
    people_proof(c, n, roles, counts, k);
    conditions_take(c, s, field_value(c, &f, FIELD_approve_conditions));
    s->s.votes = role_words(c, roles, counts, k);
    s->s.timeout = const_duration(c, ast_within(tree(c), n), QUANTITY_NONE);
    site_title_or(c, s, ast_title(tree(c), n), ast_name_text(tree(c), n));
    plan_line *l = plan_add(c, PLAN_APPROVE, n);
    if (l) {
        l->who = who;
        l->worst = s->s.timeout;
    }
    c->back.approved = true;
    if (c->in_window.start && s->s.timeout != QUANTITY_NONE && approval_proof(c, n, s->s.timeout))
        c->fn->forward += s->s.timeout;
    c->fn->did = EFFECT_WRITE;
    node when = field_value(c, &f, FIELD_approve_due);
    value due = due_value(c, when, at_node(c, n), l);
    hours_due_warn(c, when, due, roles, k, false);
    site_emit(c, OP_APPROVE, s, REG_NOTHING, &due, 1, at_node(c, n));
}

/* --- gates and messages
 * -------------------------------------------------------------------------------- */

void lower_require(compiler *c, node n)
{
    node condition = ast_condition(tree(c), n);
    size_t mark = rehearsal_before(c, n);
    csite *s = site_new(c, SITE_GATE, TEXT(""), at_node(c, n));
    text wanted = canonical(c, tree(c), condition);
    bool good = site_value(c, s, FN_CHECK, EFFECT_PURE, condition, TYPE_BOOL);
    site_titled(c, s, ast_reason(tree(c), n));
    s->s.wanted = build_text(c->b, wanted);
    plan_line *l = plan_add(c, PLAN_REQUIRE, n);
    if (l)
        l->what = canonical_known(c, condition);
    c->fn->did = EFFECT_WRITE;
    if (good)
        site_emit(c, OP_GATE, s, REG_NOTHING, NULL, 0, at_node(c, n));
    c->locals.n = mark;
}

void lower_notify(compiler *c, node n)
{
    csite *s = site_new(c, SITE_NOTIFY, TEXT(""), at_node(c, n));
    text who = TEXT("");
    value role;
    s->s.votes = one_role(c, ast_via(tree(c), n), &who, &role);
    site_titled(c, s, ast_value(tree(c), n));
    plan_line *l = plan_add(c, PLAN_NOTIFY, n);
    if (l) {
        l->what = canonical_known(c, ast_value(tree(c), n));
        l->who = who;
    }
    c->fn->did = EFFECT_WRITE;
    site_emit(c, OP_NOTIFY, s, REG_NOTHING, NULL, 0, at_node(c, n));
}
