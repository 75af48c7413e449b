/* simulate_live.c: LIVE: one look at live traffic.
 *
 * The first look notes what stands there, which is not traffic. Every later one takes what came: in
 * the folder of a `dir` endpoint its answers, where `samples` says the documents that commands and
 * addresses are asked with. A file counts when it has stood still for a moment, so that none is
 * read while it is written; the same name with other bytes is another document. The last look
 * compares all of it.
 *
 * A first look that is the last, as in a rehearsal, takes what stands there for the traffic of the
 * whole period.
 */
#include "stdlib/simulate/simulate_parts.h"
#include "stdlib/simulate/spool.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { STILL = 2 * 1000000 /* microseconds */ };

typedef struct {
    operation_job job;
    sampling sampling;
    spool spool;
    VEC(spool_entry) arrived; /* samples of this look, in the order of their names */
    text *name;               /* of these */
} look;

static instant wall_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (instant)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

static bool alone(const operation_request *q)
{
    return q->look.number == 0 && q->look.last;
}

/* --- what came --- */

/* false: it is no file, has gone, or is still being written. */
static bool file_at(const operation_request *q, int folder, spool_entry *e, arena *memory)
{
    struct stat s;
    const char *name = arena_copy(memory, e->name.p, e->name.n);
    if (fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(s.st_mode))
        return false;
    e->size = s.st_size;
    e->modified = (instant)s.st_mtim.tv_sec * SECOND + s.st_mtim.tv_nsec / 1000;
    instant age = wall_clock() - e->modified;
    bool writing = age >= 0 && age < STILL && !alone(q);
    return !writing || q->look.number == 0;
}

static bool take_answer(look *l, int folder, spool_entry *e, operation_result *r)
{
    text bytes;
    const char *name = arena_copy(l->spool.memory, e->name.p, e->name.n);
    int64_t size = e->size;
    if (!file_bytes(folder, name, SPOOL_DOCUMENT, l->spool.memory, &bytes, NULL, r)) {
        *r = (operation_result){0};
        return true; /* taken away between two calls */
    }
    bool kept = spool_keep(&l->spool, bytes, e, r);
    e->size = size; /* its identity is what the folder said */
    if (kept)
        spool_note(&l->spool, e);
    return kept;
}

/* What is new of one place. */
static bool arrivals(look *l, spool_place place, const char *base, text glob, operation_result *r)
{
    const operation_request *q = &l->sampling.q;
    arena *memory = l->spool.memory;
    text *name;
    size_t n;
    bool well = files_matching(base, glob, memory, &name, &n, r);
    int folder = well ? open(base, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    bool before = q->look.number == 0 && !q->look.last;
    for (size_t i = 0; well && i < n; i++) {
        spool_entry e = {.place = place,
                         .name = name[i],
                         .seen = q->now,
                         .look = q->look.number,
                         .elapsed = QUANTITY_NONE};
        if (!file_at(q, folder, &e, memory) || spool_knows(&l->spool, &e))
            continue;
        if (before)
            spool_note(&l->spool, &e);
        else if (place == SPOOL_SAMPLES)
            vec_push(&l->arrived, e);
        else
            well = take_answer(l, folder, &e, r);
    }
    if (folder >= 0)
        close(folder);
    return well;
}

static bool asks(const look *l)
{
    return l->sampling.side[0].kind != END_RECORDED || l->sampling.side[1].kind != END_RECORDED;
}

static bool all_arrivals(look *l, operation_result *r)
{
    const operation_request *q = &l->sampling.q;
    arena *memory = l->spool.memory;
    text glob = argument_text(q, memory, "samples");
    for (int i = 0; i < SIDES; i++) {
        const endpoint *e = &l->sampling.side[i];
        if (e->kind == END_RECORDED &&
            !arrivals(l, (spool_place)i, below_folder(q, memory, e->folder), TEXT("*"), r))
            return false;
    }
    if (!asks(l))
        return true;
    if (glob.p == NULL) {
        refused(r, memory, "nobody said where the documents come to that are sent: `samples`");
        return false;
    }
    return arrivals(l, SPOOL_SAMPLES, q->folder, glob, r);
}

/* --- what was answered --- */

static bool note_answer(look *l, int side, size_t sample, operation_result *r)
{
    const answer *a = &l->sampling.answer[side][sample];
    spool_entry e = {.place = (spool_place)side,
                     .name = l->name[sample],
                     .seen = l->sampling.q.now,
                     .look = l->sampling.q.look.number,
                     .elapsed = a->elapsed,
                     .failure = a->failure};
    if (a->answered && !spool_keep(&l->spool, a->bytes, &e, r))
        return false;
    if (a->answered || a->failure.n != 0)
        spool_note(&l->spool, &e);
    return true;
}

/* Samples whose turn did not come are left for the next look. */
static bool note_answers(look *l, operation_result *r)
{
    for (size_t i = 0; i < l->sampling.next; i++) {
        for (int side = 0; side < SIDES; side++)
            if (l->sampling.side[side].kind != END_RECORDED && !note_answer(l, side, i, r))
                return false;
        spool_note(&l->spool, &l->arrived.p[i]);
    }
    return true;
}

/* --- the comparison --- */

/* One side of all that was gathered. A name that comes again is another document. */
static bool gather(look *l, int side, answers *out, sighting *seen, operation_result *r)
{
    const host_look *q = &l->sampling.q.look;
    names count;
    bool well = true;
    names_init(&count, l->spool.memory);
    for (size_t i = 0; i < l->spool.entry.n && well; i++) {
        const spool_entry *e = &l->spool.entry.p[i];
        text bytes, name = e->name;
        if (e->place != (spool_place)side)
            continue;
        if (e->failure.n != 0 && out->failed++ == 0)
            out->first_failure = e->failure;
        if (e->blob.n == 0)
            continue;
        for (unsigned k = 2; names_find(&count, name) != 0; k++)
            name = text_format(l->spool.memory, "%.*s#%u", TEXT_ARG(e->name), k);
        names_add(&count, name);
        well = spool_load(&l->spool, e, &bytes, r);
        seen[out->file.n] =
            (sighting){name, e->seen, q->number > 0 && (e->look <= 1 || e->look == q->number)};
        vec_push(&out->file, (compare_file){name, bytes});
        if (e->elapsed != QUANTITY_NONE)
            vec_push(&out->elapsed, e->elapsed);
    }
    names_release(&count);
    return well;
}

static size_t samples_of(const spool *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->entry.n; i++)
        n += s->entry.p[i].place == SPOOL_SAMPLES && s->entry.p[i].look > 0;
    return n;
}

static void conclude(look *l, operation_result *r)
{
    const operation_request *q = &l->sampling.q;
    arena *memory = l->spool.memory;
    answers side[SIDES] = {0};
    sighting *seen[SIDES];
    bool well = true;
    for (int i = 0; i < SIDES; i++) {
        seen[i] = arena_array(memory, sighting, l->spool.entry.n);
        well = well && gather(l, i, &side[i], seen[i], r);
    }
    traffic t = {{seen[0], seen[1]},
                 {side[0].file.n, side[1].file.n},
                 q->look.since,
                 alone(q) ? q->look.until : q->now};
    for (int i = 0; i < SIDES && alone(q); i++)
        for (size_t k = 0; k < t.n[i]; k++)
            seen[i][k].seen = t.ended;
    if (well)
        simulate_conclude(q, side, samples_of(&l->spool), &t, memory, r);
    for (int i = 0; i < SIDES; i++)
        answers_release(&side[i]);
    if (well && r->status == OUTCOME_OK)
        spool_end(&l->spool, r->result, r);
}

/* --- the job --- */

static void finish(look *l, operation_result *r)
{
    if (!note_answers(l, r) || !spool_commit(&l->spool, r))
        return;
    *r = (operation_result){.status = OUTCOME_OK, .result = TEXT("{}")};
    if (l->sampling.q.look.last)
        conclude(l, r);
}

static bool live_advance(operation_job *job, bool late, arena *memory, operation_result *r)
{
    look *l = (look *)job;
    sampling *a = &l->sampling;
    bool well = true;
    late = late && child_clock() >= a->q.deadline;
    if (!late && !sampling_advance(a, memory, r, &well)) {
        sampling_mirror(a, job);
        return false;
    }
    if (late)
        sampling_give_up(a, memory);
    if (well)
        finish(l, r);
    return true;
}

static void live_release(operation_job *job)
{
    look *l = (look *)job;
    sampling_release(&l->sampling);
    spool_close(&l->spool);
    vec_release(&l->arrived);
    free(l);
}

/* true when there is something to wait for. */
static bool prepare(look *l, arena *memory, operation_result *r)
{
    sampling *a = &l->sampling;
    if (!spool_open(&l->spool, &a->q, memory, r))
        return false;
    text known = a->q.look.last ? spool_result(&l->spool) : TEXT("");
    if (known.n != 0) {
        *r = (operation_result){.status = OUTCOME_OK, .result = known};
        return false;
    }
    for (int i = 0; i < SIDES; i++)
        if (!endpoint_open(&a->q, i, memory, &a->side[i], r))
            return false;
    if (!environment_make(&a->q, memory, &a->env, r) || !all_arrivals(l, r))
        return false;
    l->name = arena_array(memory, text, l->arrived.n);
    for (size_t i = 0; i < l->arrived.n; i++)
        l->name[i] = l->arrived.p[i].name;
    a->may_vanish = true;
    if (!sampling_begin(a, l->name, l->arrived.n, memory, r))
        return false;
    if (a->done == a->samples)
        finish(l, r);
    return a->done < a->samples;
}

operation_job *simulate_live(const operation_request *q, arena *memory, operation_result *r)
{
    look *l = calloc(1, sizeof *l);
    if (l == NULL)
        memory_exhausted();
    l->sampling.q = *q;
    l->sampling.q.connector = NO_INDEX;
    l->spool.index = -1;
    l->job.advance = live_advance;
    l->job.release = live_release;
    if (prepare(l, memory, r)) {
        sampling_mirror(&l->sampling, &l->job);
        return &l->job;
    }
    live_release(&l->job);
    return NULL;
}
