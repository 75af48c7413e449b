/* untold.c: what a test does not tell, and in a dry run nobody asks for.
 *
 * In a run of the mode `script` or `dry` the host may answer a read without saying anything: the
 * OUTCOME's `given` is false, its values are not available. What then depends on it is assumed: a
 * condition holds and its branch is taken, the check of a step or task holds exactly while that
 * stands done, an argument is left out. The rule is the machine's and not the host's, since a host
 * sees requests, never conditions; it is a function of state and input, so replay derives the same.
 * Elsewhere the member means nothing.
 *
 * It is kept where the values went: with the activity above which the read ran (a check, an undo),
 * else with the fiber, whose registers hold them from then on. A fiber is coarser than its
 * registers: a value that is missing for another reason beside an untold one is assumed, too.
 */
#include "vm/state.h"

static bool tested(const vm *m)
{
    return text_is(buffer_view(&m->word[WORD_MODE]), "script") || dry(m);
}

bool dry(const vm *m)
{
    return text_is(buffer_view(&m->word[WORD_MODE]), "dry");
}

/* A test may give a series itself: then a sample is what it says, not what its reads amount to. */
static void sample_note(vm *m, fiber *f)
{
    if (f->kind != FIBER_SAMPLER || f->series >= m->series.n ||
        !json_member(&m->outcome, 0, TEXT("sample")))
        return;
    f->sample = outcome_member(m, f, "sample", m->series.p[f->series].type);
    f->sampled = true;
}

void untold_note(vm *m, fiber *f)
{
    uint32_t given = json_member(&m->outcome, 0, TEXT("given"));
    if (tested(m))
        sample_note(m, f);
    if (!tested(m) || !given || m->outcome.node[given].kind != JSON_FALSE)
        return;
    size_t top = f->acts.n - 1;
    if (f->acts.p[top].kind == ACT_DOUBT)
        top--; /* it asks on behalf of the write beneath */
    if (top)
        f->acts.p[top - 1].flags |= ACT_UNTOLD;
    else
        f->untold = true;
}

bool untold(const vm *m, const fiber *f)
{
    bool any = f->untold;
    for (size_t k = 0; k < f->acts.n && !any; k++)
        any = f->acts.p[k].flags & ACT_UNTOLD;
    return any && tested(m);
}

int64_t untold_else(const vm *m, const fiber *f, int64_t verdict, bool holds)
{
    return verdict == QUANTITY_NA && untold(m, f) ? holds : verdict;
}
