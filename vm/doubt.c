/* doubt.c: whether a write happened whose outcome is unknown.
 *
 * In this order: a write that may be repeated is simply repeated with the same key; else the host
 * is asked (probe), else the step's check, else its find, else a person. A fiber that is to go back
 * does not repeat and does not ask: what the probe does not deny counts as happened. An undo may:
 * its repetition is the way back.
 */
#include "bytecode/vocabulary.h"
#include "vm/state.h"

enum { DOUBT_BEGIN, DOUBT_PROBE, DOUBT_CHECK, DOUBT_FIND, DOUBT_RESULTS, DOUBT_PERSON };

static activity *writer_of(fiber *f)
{
    return &f->acts.p[f->acts.n - 2];
}

static go settle(vm *m, fiber *f, activity *a, happened h, const char *why)
{
    static const char *const verdicts[] = {"happened", "did not happen", "again", "skip"};
    int64_t args[ARGUMENTS];
    act_args(m, f, writer_of(f), 0, args);
    decision(m, f, a->site, "doubt", verdicts[h], site_path(m, f, a->site), args, &f->x.heap,
             text_of(why));
    f->reply = h;
    return GO_POP;
}

static bool goes_back_first(fiber *f)
{
    return f->doom != NO_INDEX && writer_of(f)->kind == ACT_WRITE;
}

/* Whether an undo writes once: then the check of its step tells whether that happened. Of one write
 * among several it tells nothing. */
static bool writes_once(const image *i, uint32_t function)
{
    const image_function *f = &i->functions[function];
    unsigned writes = 0;
    for (uint32_t k = 0; k < f->instructions; k++) {
        const insn *x = &i->code[f->code + k];
        if (x->op == OP_DO)
            writes++;
        else if (x->op == OP_CALL && i->functions[x->b].effect == EFFECT_WRITE)
            writes += 2;
    }
    return writes == 1;
}

static void undo_note_lost(fiber *f)
{
    for (size_t k = 0; k < f->acts.n; k++)
        if (f->acts.p[k].kind == ACT_UNDO)
            f->acts.p[k].flags |= ACT_LOST;
}

static go ask_person(vm *m, fiber *f, activity *a)
{
    const image_site *s = &m->image->sites[a->site];
    int64_t args[ARGUMENTS];
    if (goes_back_first(f))
        return settle(m, f, a, HAPPENED_YES, "nobody can tell: it counts as happened");
    /* What an undo did is read back afterwards by the check of its step. */
    const entry *e = saga_undoing(f);
    if (e && m->image->sites[e->site].check != NO_INDEX &&
        writes_once(m->image, m->image->sites[e->site].undo)) {
        if (writer_of(f)->flags & ACT_LOST)
            undo_note_lost(f);
        return settle(m, f, a, HAPPENED_YES, "the check of the step decides");
    }
    act_args(m, f, writer_of(f), 0, args);
    a->phase = DOUBT_PERSON;
    wait_event(m, f, a, "doubt", site_path(m, f, a->site), site_title(m, f, s, args),
               QUANTITY_NONE);
    a->waiting = WAIT_DOUBT;
    a->awaits = AWAIT_PEOPLE;
    a->answers = ANSWER(REPLY_DONE) | ANSWER(REPLY_RETRY) | ANSWER(REPLY_SKIP);
    return GO_WAIT;
}

/* find takes (captures, key) and gives the results. */
static go call_find(vm *m, fiber *f, activity *a, uint32_t phase)
{
    const activity *w = writer_of(f);
    const image_site *s = &m->image->sites[a->site];
    int64_t args[ARGUMENTS + 1];
    char hex[65];
    sha256 key = write_key(m, f, site_path(m, f, a->site), w->ordinal, saga_undoing(f) != NULL);
    sha256_hex(&key, hex);
    act_args(m, f, w, 0, args);
    args[s->captures] = heap_text(m->image, &f->x.heap, text_of(hex));
    a->phase = phase;
    return fiber_call(m, f, s->find, args, s->captures + 1);
}

static bool found_results(vm *m, fiber *f)
{
    const activity *w = writer_of(f);
    bool any = false;
    for (uint32_t k = 0; k < m->image->sites[w->site].shape_count; k++) {
        int64_t v = act_result(m, f, fiber_top(f), k);
        *act_register(f, w, act_insn(m, f, w)->a + k) = v;
        any |= !value_absent(v); /* none: it found nothing */
    }
    return any;
}

static go ask_find(vm *m, fiber *f, activity *a)
{
    if (m->image->sites[a->site].find == NO_INDEX || goes_back_first(f))
        return ask_person(m, f, a);
    return call_find(m, f, a, DOUBT_FIND);
}

static go ask_check(vm *m, fiber *f, activity *a)
{
    const image_site *s = &m->image->sites[a->site];
    int64_t args[ARGUMENTS];
    if (s->check == NO_INDEX || goes_back_first(f))
        return ask_find(m, f, a);
    uint32_t n = act_args(m, f, writer_of(f), 0, args);
    a->phase = DOUBT_CHECK;
    return fiber_call(m, f, s->check, args, n);
}

static go begin(vm *m, fiber *f, activity *a)
{
    unsigned traits = operation_rows[m->image->sites[a->site].operation].traits;
    if (!goes_back_first(f) && traits & (TRAIT_NATURAL | TRAIT_DEDUPLICATES))
        return settle(m, f, a, HAPPENED_AGAIN, "it may be repeated");
    if (!(traits & TRAIT_PROBES))
        return ask_check(m, f, a);
    vm_output o;
    act_outstanding(m, f, a, &o);
    o.kind = EVENT_COUNT;
    o.submit = SUBMIT_PROBE;
    a->n = o.n = ++f->n;
    a->awaits = AWAIT_OUTCOME;
    a->flags |= ACT_PROBING;
    a->phase = DOUBT_PROBE;
    vec_push(&m->out, o);
    return GO_WAIT;
}

static go probed(vm *m, fiber *f, activity *a)
{
    const activity *w = writer_of(f);
    a->flags &= ~(uint32_t)ACT_PROBING;
    if (m->status == OUTCOME_REFUSED)
        return settle(m, f, a, HAPPENED_NO, "the other side was asked");
    if (m->status == OUTCOME_UNKNOWN)
        return ask_check(m, f, a);
    outcome_values(m, f, &m->image->sites[w->site], act_register(f, w, act_insn(m, f, w)->a));
    return settle(m, f, a, HAPPENED_YES, "the other side was asked");
}

static go checked(vm *m, fiber *f, activity *a, cause c)
{
    const image_site *s = &m->image->sites[a->site];
    int64_t v = c == CAUSE_RETURNED ? act_result(m, f, a, 0) : QUANTITY_NA;
    v = untold_else(m, f, v, false);
    if (v == 0)
        return settle(m, f, a, HAPPENED_NO, "its check does not hold");
    if (v != 1)
        return ask_find(m, f, a);
    if (s->find != NO_INDEX && s->shape_count)
        return call_find(m, f, a, DOUBT_RESULTS);
    return settle(m, f, a, HAPPENED_YES, "its check holds");
}

/* The word of a person stands in a decision of its own: who, when, on what evidence. */
static go answered(vm *m, fiber *f, activity *a)
{
    decision_said(m, f, a->site, "answer", reply_name(f->reply), site_path(m, f, a->site),
                  command_text(&m->command, "reason", &m->turn));
    switch (f->reply) {
    case REPLY_DONE: return settle(m, f, a, HAPPENED_YES, "a person said so");
    case REPLY_RETRY:
        writer_of(f)->doubts = 0;
        return settle(m, f, a, HAPPENED_AGAIN, "a person said so");
    default: return settle(m, f, a, HAPPENED_SKIP, "a person said so");
    }
}

go act_doubt(vm *m, fiber *f, activity *a, cause c)
{
    switch (a->phase) {
    case DOUBT_BEGIN: return begin(m, f, a);
    case DOUBT_PROBE: return probed(m, f, a);
    case DOUBT_CHECK: return checked(m, f, a, c);
    case DOUBT_FIND:
        if (c == CAUSE_RETURNED && found_results(m, f))
            return settle(m, f, a, HAPPENED_YES, "it was found");
        return ask_person(m, f, a);
    case DOUBT_RESULTS:
        if (c == CAUSE_RETURNED)
            found_results(m, f);
        return settle(m, f, a, HAPPENED_YES, "its check holds");
    default: return answered(m, f, a);
    }
}
