/* lower_branch.c: `if`: the side that is taken when the program is compiled, or when it runs. */
#include "compiler/lower.h"
#include "compiler/places.h"
#include "compiler/rowset.h"

/* `never`: the condition is known to refuse it; it is walked, but is no part of the plan. */
static void branch(compiler *c, node body, bool never)
{
    plan_builder *plan = c->plan;
    places *known = c->places;
    c->plan = never ? NULL : plan;
    c->places = never ? NULL : known;
    fields f;
    size_t block = block_begin(c);
    fields_read(c, BLOCK_body, body, (span){0, 0}, &f);
    if (c->plan)
        c->plan->depth++;
    statements(c, body);
    if (c->plan)
        c->plan->depth--;
    block_end(c, block);
    c->plan = plan;
    c->places = known;
}

/* The branch that is taken in this application of a playbook, for these arguments and rows: the
 * other one is no part of the program. Both were checked when the playbook was read by itself. */
static void branch_taken(compiler *c, node n, bool holds)
{
    node otherwise = ast_otherwise(tree(c), n), body = holds ? ast_body(tree(c), n) : otherwise;
    if (!holds && ast_is(tree(c), otherwise, NODE_IF)) {
        lower_if(c, otherwise);
        return;
    }
    fields f;
    size_t mark = narrow_begin(c, holds ? ast_condition(tree(c), n) : 0), block = block_begin(c);
    fields_read(c, BLOCK_body, body, (span){0, 0}, &f);
    statements(c, body);
    block_end(c, block);
    narrow_end(c, mark);
}

static void branch_line(compiler *c, node n, node condition, bool known)
{
    plan_line *l = plan_add(c, PLAN_BRANCH, n);
    if (!l)
        return;
    l->what = condition ? canonical_known(c, condition) : TEXT("");
    l->uncertain = !known;
    l->alternative = c->plan->alternative;
    c->plan->alternative = false;
}

/* Rows of tables are always there: a branch over nothing else is decided without a word. */
static bool rows_only(const csite *s)
{
    for (size_t i = 0; i < s->captures.n; i++)
        if (type_family(s->captures.p[i].t) != 'r')
            return false;
    return true;
}

static void branch_gate(compiler *c, node condition)
{
    code_mark before = code_now(c);
    csite *s = site_new(c, SITE_GATE, TEXT(""), at_node(c, condition));
    s->s.action = GATE_BRANCH;
    s->s.wanted = build_text(c->b, canonical(c, tree(c), condition));
    if (!site_value(c, s, FN_CHECK, EFFECT_PURE, condition, TYPE_BOOL) || rows_only(s)) {
        code_discard(c, before);
        return;
    }
    c->fn->did = EFFECT_WRITE;
    site_emit(c, OP_GATE, s, REG_NOTHING, NULL, 0, at_node(c, condition));
}

/* `never`: the condition is known to hold. */
static void branch_otherwise(compiler *c, node otherwise, bool known, bool never, const void *ways)
{
    plan_builder *plan = c->plan;
    places *every = c->places;
    c->plan = never ? NULL : plan;
    c->places = never ? NULL : every;
    const lane *way = lane_enter(c, LANE_BRANCH, ways, 1, NULL);
    if (c->plan)
        c->plan->alternative = true;
    if (ast_is(tree(c), otherwise, NODE_IF)) {
        lower_if(c, otherwise);
    } else {
        branch_line(c, otherwise, 0, known);
        branch(c, otherwise, never);
    }
    lane_leave(c, way);
    c->plan = plan;
    c->places = every;
}

/* Behind both ways: the longer of them counts, an approval only where both have it, and what
 * fails or seals in either. `one` is how it stood behind the first. */
static void ways_join(compiler *c, const back_state *one, duration forward, duration undo)
{
    c->fn->forward = forward > c->fn->forward ? forward : c->fn->forward;
    c->fn->back = undo > c->fn->back ? undo : c->fn->back;
    c->back.approved = c->back.approved && one->approved;
    if (one->failing.start)
        c->back.failing = one->failing;
    if (one->sealed.start)
        c->back.sealed = one->sealed;
}

void lower_if(compiler *c, node n)
{
    int taken = c->depth ? condition_known(c, ast_condition(tree(c), n)) : -1;
    if (taken >= 0) {
        branch_taken(c, n, taken);
        return;
    }
    node condition = ast_condition(tree(c), n), otherwise = ast_otherwise(tree(c), n);
    size_t named = rehearsal_before(c, condition);
    effect most = c->fn->most;
    c->fn->most = EFFECT_PURE;
    value test = expect(c, condition, TYPE_BOOL);
    c->fn->most = most;
    bool known = c->folding && test.kind == V_CONST && !test.unknown;
    if (!known && test.kind != V_ERROR)
        branch_gate(c, condition);
    c->locals.n = named;
    bool never = known && test.constant != 1, always = known && !never;
    branch_line(c, n, condition, known);
    span at = at_node(c, condition);
    back_state back = c->back;
    duration forward = c->fn->forward, undo = c->fn->back;
    uint32_t skip = emit(c, OP_JN, materialise(c, test, test.shown, at), 0, 0, at);
    size_t mark = narrow_begin(c, condition);
    const void *ways = arena_new(c->memory, char);
    const lane *way = lane_enter(c, LANE_BRANCH, ways, 0, NULL);
    branch(c, ast_body(tree(c), n), never);
    lane_leave(c, way);
    narrow_end(c, mark);
    duration then_forward = c->fn->forward, then_undo = c->fn->back;
    back_state after = c->back;
    c->fn->forward = forward;
    c->fn->back = undo;
    c->back = back;
    if (otherwise) {
        uint32_t end = emit(c, OP_JMP, 0, 0, 0, at);
        land_here(c, skip);
        branch_otherwise(c, otherwise, known, always, ways);
        land_here(c, end);
    } else
        land_here(c, skip);
    ways_join(c, &after, then_forward, then_undo);
}
