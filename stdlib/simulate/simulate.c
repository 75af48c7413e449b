/* simulate.c: SIMULATE: both endpoints of a channel answer each sample, and the answers are
 * compared.
 */
#include "stdlib/simulate/simulate_parts.h"

#include <stdlib.h>

typedef struct {
    operation_job job;
    sampling sampling;
    answers side[SIDES];
} simulation;

static bool load_recorded(const operation_request *q, text folder, arena *memory, answers *out,
                          operation_result *r)
{
    text *names;
    size_t n;
    if (!files_matching(below_folder(q, memory, folder), TEXT("*"), memory, &names, &n, r))
        return false;
    for (size_t i = 0; i < n; i++) {
        compare_file f = {.name = names[i]};
        text path = text_format(memory, "%.*s/%.*s", TEXT_ARG(folder), TEXT_ARG(names[i]));
        if (!sample_load(q, path, memory, &f.bytes, r))
            return false;
        vec_push(&out->file, f);
    }
    return true;
}

static void conclude(simulation *s, arena *memory, operation_result *r)
{
    for (int i = 0; i < SIDES; i++)
        if (s->sampling.side[i].kind != END_RECORDED)
            sampling_gather(&s->sampling, i, &s->side[i]);
    simulate_conclude(&s->sampling.q, s->side, s->sampling.samples, NULL, memory, r);
}

static bool simulate_advance(operation_job *job, bool late, arena *memory, operation_result *r)
{
    simulation *s = (simulation *)job;
    sampling *a = &s->sampling;
    bool well;
    if (late && child_clock() >= a->q.deadline) {
        unknown(r, memory, "no end within its time, at sample %zu of %zu", a->done + 1, a->samples);
        return true;
    }
    if (!sampling_advance(a, memory, r, &well)) {
        sampling_mirror(a, job);
        return false;
    }
    if (well)
        conclude(s, memory, r);
    return true;
}

static void simulate_release(operation_job *job)
{
    simulation *s = (simulation *)job;
    sampling_release(&s->sampling);
    for (int i = 0; i < SIDES; i++)
        answers_release(&s->side[i]);
    free(s);
}

/* What both sides need before the first sample; true when there is something to wait for. */
static bool prepare(simulation *s, arena *memory, operation_result *r)
{
    sampling *a = &s->sampling;
    const operation_request *q = &a->q;
    text *names, glob = argument_text(q, memory, "samples");
    size_t n;
    for (int i = 0; i < SIDES; i++) {
        if (!endpoint_open(q, i, memory, &a->side[i], r))
            return false;
        if (a->side[i].kind == END_RECORDED &&
            !load_recorded(q, a->side[i].folder, memory, &s->side[i], r))
            return false;
    }
    if (!environment_make(q, memory, &a->env, r))
        return false;
    if (a->side[0].kind == END_RECORDED && a->side[1].kind == END_RECORDED) {
        conclude(s, memory, r);
        return false;
    }
    if (!files_matching(q->folder, glob, memory, &names, &n, r))
        return false;
    if (n == 0) {
        refused(r, memory, "no sample matches `%.*s`", TEXT_ARG(glob));
        return false;
    }
    return sampling_begin(a, names, n, memory, r);
}

operation_job *simulate_channel(const operation_request *q, arena *memory, operation_result *r)
{
    simulation *s = calloc(1, sizeof *s);
    if (s == NULL)
        memory_exhausted();
    s->sampling.q = *q;
    s->sampling.q.connector = NO_INDEX;
    s->job.advance = simulate_advance;
    s->job.release = simulate_release;
    if (prepare(s, memory, r)) {
        sampling_mirror(&s->sampling, &s->job);
        return &s->job;
    }
    simulate_release(&s->job);
    return NULL;
}
