/* waves.c: how many customers of a migration are admitted at a time.
 *
 * The machine counts; what stands here is what it counts by: sizes, the last of which repeats, how
 * many may go back, and a body that runs before each wave but the first (the time to hold, then the
 * vote). Where that body fails, no further wave begins, and what was moved stays.
 */
#include "compiler/lower.h"

static bool whole(compiler *c, node n, uint32_t *out)
{
    value v = expect_const(c, n, TYPE_NUMBER);
    if (v.kind != V_CONST || v.unknown)
        return false;
    if (v.constant % UNIT_NUMBER || v.constant < UNIT_NUMBER ||
        v.constant > UINT16_MAX * UNIT_NUMBER) {
        fault_at(c, E0308, n, "a whole number above 0 is needed here");
        return false;
    }
    *out = (uint32_t)(v.constant / UNIT_NUMBER);
    return true;
}

static void sizes_take(compiler *c, node n, csite *s, waves *out)
{
    uint32_t count = 1;
    if (!ast_is(tree(c), n, NODE_LIST) || !ast_how_many(tree(c), n, ROLE_element)) {
        fault_at(c, E0301, n, "`sizes` takes a list of numbers: [5, 20, 50]");
        return;
    }
    uint32_t *words = arena_array(c->memory, uint32_t, ast_how_many(tree(c), n, ROLE_element) + 1u);
    int64_t *size = arena_array(c->memory, int64_t, ast_how_many(tree(c), n, ROLE_element));
    ast_each_as(tree(c), n, ROLE_element, e)
    {
        if (!whole(c, e, &words[count]))
            return;
        size[count - 1] = words[count];
        count++;
    }
    words[0] = count - 1;
    s->s.waves = build_words(c->b, words, count) + 1;
    *out = (waves){.size = size, .n = count - 1};
}

static node approval_of(const compiler *c, node body)
{
    ast_each(tree(c), body, n) if (ast_is(tree(c), n, NODE_APPROVE)) return n;
    return 0;
}

static text shown(compiler *c, const waves *w, uint32_t most)
{
    buffer b;
    buffer_init(&b);
    for (uint32_t k = 0; k < w->n; k++)
        buffer_printf(&b, "%s%lld", k ? ", " : "waves of ", (long long)w->size[k]);
    if (w->hold) {
        buffer_cstr(&b, ", ");
        duration_write(&b, w->hold);
        buffer_cstr(&b, " apart");
    }
    if (most)
        buffer_printf(&b, ", none after %u went back", most);
    text t = text_copy(c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

void waves_read(compiler *c, node block, csite *s, waves *out)
{
    fields f;
    *out = (waves){0};
    if (!block)
        return;
    node body = ast_body(tree(c), block);
    fields_read(c, BLOCK_waves, body, ast_name_span(tree(c), block), &f);
    node sizes = field_value(c, &f, FIELD_waves_sizes),
         most = field_value(c, &f, FIELD_waves_failed);
    node pause = field_value(c, &f, FIELD_waves_hold);
    if (sizes)
        sizes_take(c, sizes, s, out);
    if (most)
        whole(c, most, &s->s.retries);
    out->hold = const_duration(c, pause, 0);
    out->shown = shown(c, out, s->s.retries);
}

void waves_between(compiler *c, node block, csite *s, const waves *w)
{
    fields f;
    node body = block ? ast_body(tree(c), block) : 0, vote = block ? approval_of(c, body) : 0;
    if (!w->n)
        return;
    fields_read(c, BLOCK_waves, body, ast_name_span(tree(c), block), &f);
    node pause = field_value(c, &f, FIELD_waves_hold);
    if (!pause && !vote)
        return;
    plan_builder *plan = c->plan;
    back_state back = c->back; /* the first wave begins without it */
    func *between = site_function(c, s, FN_FIND, EFFECT_WRITE);
    between->statements = true;
    size_t from = c->locals.n;
    vec_push(&between->regs, (vreg){TYPE_NUMBER, REG_KEY, 0, NULL});
    value number = value_reg(c, (uint32_t)between->regs.n - 1, TYPE_NUMBER);
    local_add(c, name_given(c, TEXT("wave")), at_node(c, body), number);
    c->plan = NULL; /* the loop's line says it */
    if (pause)
        lower_sleep(c, pause, pause);
    c->plan = plan;
    if (vote)
        lower_approve(c, vote);
    emit_return(c, NULL, 0, at_node(c, body));
    between->did = EFFECT_WRITE;
    c->locals.n = from;
    site_function_end(c, between);
    c->back = back;
}

int64_t waves_count(const waves *w, int64_t elements)
{
    int64_t k = 0;
    if (!w->n || elements <= 0)
        return 1;
    for (; k < w->n && elements > 0; k++)
        elements -= w->size[k];
    int64_t last = w->size[w->n - 1];
    return elements > 0 ? k + (elements + last - 1) / last : k;
}

int64_t waves_rounds(const waves *w, int64_t elements, int64_t at_once)
{
    int64_t rounds = 0;
    if (elements < 0)
        return 1;
    for (int64_t k = 0; k < w->n && elements > 0; k++) {
        int64_t size = w->size[k] < elements ? w->size[k] : elements;
        int64_t times = k + 1 == w->n ? elements / size : 1;
        rounds += times * ((size + at_once - 1) / at_once);
        elements -= times * size;
    }
    return rounds + (elements + at_once - 1) / at_once;
}
