/* simulate.c: SIMULATE: both endpoints of a channel answer each sample, and the answers are
 * compared.
 *
 * An `exec` endpoint gets the sample on its standard input and answers on its standard output; a
 * `dir` endpoint holds recorded answers, so nothing is sent to it and it has no latency. Both
 * commands of a sample run at the same time, and up to SIMULATE_LANES samples side by side. Answers
 * are kept by sample, so that the result does not depend on who was first. A command that fails has
 * no answer: its document is missing on that side.
 */
#include "stdlib/connect_parts.h"

#include "base/decimal.h"
#include "base/vec.h"
#include "stdlib/compare.h"
#include "stdlib/mask.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* As many as a job has descriptors to be waited on: each side's end of a lane is one. */
enum { SIMULATE_LANES = 4, SAMPLE_LARGEST = 16 << 20, EVIDENCE = 20, SHOWN_VALUE = 200 };

/* What became of one sample on one side. */
typedef struct {
    bool answered, failed;
    text bytes, failure;
    duration elapsed;
} answer;

typedef struct {
    bool recorded; /* dir */
    char **argv;
    answer *answer;            /* by sample */
    VEC(compare_file) answers; /* in the order of the samples */
    VEC(int64_t) elapsed;
    uint64_t failed;
    text first_failure;
} endpoint;

/* A sample under way. */
typedef struct {
    size_t sample;
    bool running[2];
    child child[2];
} lane;

typedef struct {
    operation_job job;
    operation_request q;
    environment env;
    endpoint side[2]; /* legacy, modern */
    text *sample;
    size_t samples, next, done; /* next: the first that was not begun */
    lane lane[SIMULATE_LANES];
} simulation;

_Static_assert(SIMULATE_LANES * 2 * CHILD_FDS <= OPERATION_FDS, "a lane cannot be waited on");

static const char *const side_name[2] = {"legacy", "modern"};

/* --- endpoints --- */

static bool load_file(const operation_request *q, text name, arena *memory, text *bytes,
                      operation_result *r)
{
    const char *path = arena_copy(memory, name.p, name.n);
    int at = open(q->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool ok = file_bytes(at, path, SAMPLE_LARGEST, memory, bytes, NULL, r);
    if (at >= 0)
        close(at);
    return ok;
}

static bool load_recorded(const operation_request *q, text folder, arena *memory, endpoint *e,
                          operation_result *r)
{
    text *names;
    size_t n;
    if (!files_matching(below_folder(q, memory, folder), TEXT("*"), memory, &names, &n, r))
        return false;
    for (size_t i = 0; i < n; i++) {
        compare_file f = {.name = names[i]};
        text path = text_format(memory, "%.*s/%.*s", TEXT_ARG(folder), TEXT_ARG(names[i]));
        if (!load_file(q, path, memory, &f.bytes, r))
            return false;
        vec_push(&e->answers, f);
    }
    e->recorded = true;
    return true;
}

static bool open_endpoint(const operation_request *q, uint32_t channel, int side, arena *memory,
                          endpoint *e, operation_result *r)
{
    const json_document *d = q->arguments;
    uint32_t node = json_member(d, channel, text_of(side_name[side]));
    uint32_t kind = node == 0 ? 0 : json_member(d, node, TEXT("kind"));
    if (kind == 0) {
        refused(r, memory, "the channel has no `%s` endpoint", side_name[side]);
        return false;
    }
    text word = json_text(memory, d, kind);
    uint32_t path = json_member(d, node, TEXT("path"));
    if (text_is(word, "dir") && path != 0)
        return load_recorded(q, json_text(memory, d, path), memory, e, r);
    if (text_is(word, "exec")) {
        e->argv = command_words(d, json_member(d, node, TEXT("argv")), memory, r);
        return e->argv != NULL;
    }
    refused(r, memory, "this version does not simulate `%.*s` endpoints", TEXT_ARG(word));
    return false;
}

/* --- the rules --- */

static size_t text_list(const json_document *d, const char *name, arena *memory, const text **out)
{
    uint32_t rules = json_member(d, 0, TEXT("rules"));
    uint32_t list = rules == 0 ? 0 : json_member(d, rules, text_of(name));
    size_t n = list == 0 ? 0 : d->node[list].count;
    text *texts = arena_array(memory, text, n);
    for (uint32_t i = 0; i < n; i++)
        texts[i] = json_text(memory, d, json_element(d, list, i));
    *out = texts;
    return n;
}

static bool read_rules(const operation_request *q, arena *memory, compare_options *o,
                       operation_result *r)
{
    const json_document *d = q->arguments;
    uint32_t rules = json_member(d, 0, TEXT("rules"));
    uint32_t list = rules == 0 ? 0 : json_member(d, rules, TEXT("constrain"));
    uint32_t n = list == 0 ? 0 : d->node[list].count;
    compare_constraint *c = arena_array(memory, compare_constraint, n);
    o->keys = text_list(d, "key", memory, &o->key);
    o->ignores = text_list(d, "ignore", memory, &o->ignore);
    for (uint32_t i = 0, at = list + 1; i < n; i++, at = d->node[at].next) {
        text word = json_text(memory, d, at);
        c[i].ref = json_key(memory, d, at);
        if (compare_bound_read(word, &c[i].bound))
            continue;
        refused(r, memory, "`%.*s` is no rule for `%.*s`", TEXT_ARG(word), TEXT_ARG(c[i].ref));
        return false;
    }
    o->constrain = c;
    o->constraints = n;
    return true;
}

static void read_map(const operation_request *q, arena *memory, compare_options *o)
{
    const json_document *d = q->arguments;
    uint32_t rules = json_member(d, 0, TEXT("rules"));
    uint32_t map = rules == 0 ? 0 : json_member(d, rules, TEXT("map"));
    uint32_t n = map == 0 ? 0 : d->node[map].count;
    compare_mapping *m = arena_array(memory, compare_mapping, n);
    for (uint32_t i = 0, at = map + 1; i < n; i++, at = d->node[at].next)
        m[i] = (compare_mapping){json_key(memory, d, at), json_text(memory, d, at), {0}};
    o->map = m;
    o->maps = n;
}

/* --- the result --- */

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Nearest rank: the smallest value that at least 95 of 100 do not exceed. */
static void put_p95(json_writer *w, endpoint *e, const char *name)
{
    size_t n = e->elapsed.n;
    if (n != 0)
        qsort(e->elapsed.p, n, sizeof *e->elapsed.p, by_value);
    json_put_key(w, name);
    json_object(w);
    json_put_key(w, "p95");
    json_put_decimal(w, n == 0 ? QUANTITY_NA : e->elapsed.p[(n * 95 + 99) / 100 - 1],
                     SCALE_SECONDS);
    json_object_end(w);
}

static uint64_t violations_of(const compare_result *c, const compare_options *o)
{
    uint64_t n = 0;
    for (size_t i = 0; i < c->pairs; i++)
        for (size_t k = 0; k < c->pair[i].differences; k++) {
            const compare_difference *x = &c->pair[i].difference[k];
            for (size_t m = 0; x->class == CLASS_DEFECT && m < o->constraints; m++)
                n += text_starts(x->rule, o->constrain[m].ref) &&
                     x->rule.n > o->constrain[m].ref.n && x->rule.p[o->constrain[m].ref.n] == ' ';
        }
    return n;
}

static text shown_value(arena *memory, text t)
{
    return mask_text(memory, text_slice(t, 0, SHOWN_VALUE));
}

/* What people want to see first: counts, and the first documents that do not match. */
static void put_evidence(json_writer *w, const simulation *s, const compare_result *c,
                         arena *memory)
{
    unsigned shown = 0;
    json_put_key(w, "json");
    json_object(w);
    json_put_key(w, "duplicate");
    json_put_int(w, (int64_t)c->duplicate);
    json_put_key(w, "evidence");
    json_array(w);
    for (size_t i = 0; i < c->pairs && shown < EVIDENCE; i++) {
        const compare_pair *p = &c->pair[i];
        if (p->verdict == VERDICT_MATCHED)
            continue;
        shown++;
        json_object(w);
        json_put_key(w, "key");
        json_put_text(w, p->key);
        for (size_t k = 0; k < p->differences; k++) {
            const compare_difference *x = &p->difference[k];
            if (x->class != CLASS_DEFECT)
                continue;
            json_put_key(w, "legacy");
            json_put_text(w, shown_value(memory, x->legacy));
            json_put_key(w, "modern");
            json_put_text(w, shown_value(memory, x->modern));
            json_put_key(w, "path");
            json_put_text(w, x->path);
            break;
        }
        json_put_key(w, "verdict");
        json_put_cstr(w, compare_verdict_word(p->verdict));
        json_object_end(w);
    }
    json_array_end(w);
    json_put_key(w, "legacy_failed");
    json_put_int(w, (int64_t)s->side[0].failed);
    json_put_key(w, "modern_failed");
    json_put_int(w, (int64_t)s->side[1].failed);
    json_put_key(w, "samples");
    json_put_int(w, (int64_t)s->samples);
    json_put_key(w, "unreadable");
    json_put_int(w, (int64_t)c->unreadable);
    json_object_end(w);
}

static int by_type(const void *a, const void *b)
{
    const compare_pair *x = *(const compare_pair *const *)a, *y = *(const compare_pair *const *)b;
    return text_compare(x->type, y->type);
}

/* What a type of document is called: its own number, else the format it is in. */
static text type_shown(const compare_pair *p)
{
    return p->type.n != 0 ? p->type : text_of(document_kind_word(p->kind));
}

/* [{"count":310,"matched":309,"mismatches":1,"type":"850"}…], by type. */
static void put_documents(json_writer *w, const compare_result *c, arena *memory)
{
    compare_pair **pair = arena_array(memory, compare_pair *, c->pairs);
    for (size_t i = 0; i < c->pairs; i++) {
        pair[i] = &c->pair[i];
        pair[i]->type = type_shown(pair[i]);
    }
    if (c->pairs != 0)
        qsort(pair, c->pairs, sizeof *pair, by_type);
    json_put_key(w, "documents");
    json_array(w);
    for (size_t i = 0, from = 0, matched = 0; i < c->pairs; i++) {
        matched += pair[i]->verdict == VERDICT_MATCHED;
        if (i + 1 < c->pairs && text_equal(pair[i]->type, pair[i + 1]->type))
            continue;
        json_object(w);
        json_put_key(w, "count");
        json_put_int(w, (int64_t)(i + 1 - from));
        json_put_key(w, "matched");
        json_put_int(w, (int64_t)matched);
        json_put_key(w, "mismatches");
        json_put_int(w, (int64_t)(i + 1 - from - matched));
        json_put_key(w, "type");
        json_put_text(w, pair[i]->type);
        json_object_end(w);
        from = i + 1, matched = 0;
    }
    json_array_end(w);
}

static void put_counts(json_writer *w, const compare_result *c, uint64_t violations)
{
    const struct {
        const char *name;
        uint64_t n;
    } counts[] = {{"compared", c->compared},
                  {"extra", c->extra},
                  {"mismatches", c->compared - c->matched},
                  {"missing", c->missing},
                  {"violations", violations}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        json_put_key(w, counts[i].name);
        json_put_int(w, (int64_t)counts[i].n);
    }
    json_put_key(w, "match");
    json_put_decimal(w, c->match, SCALE_PERCENT);
}

/* From what became of the samples, whichever came first, to lists in their order. */
static void gather(const simulation *s, endpoint *e)
{
    for (size_t i = 0; i < s->samples && !e->recorded; i++) {
        const answer *a = &e->answer[i];
        if (a->answered) {
            vec_push(&e->answers, (compare_file){s->sample[i], a->bytes});
            vec_push(&e->elapsed, a->elapsed);
        } else if (a->failed && e->failed++ == 0) {
            e->first_failure = a->failure;
        }
    }
}

static void conclude(simulation *s, arena *memory, operation_result *r)
{
    compare_options o = {.kind = KIND_UNKNOWN};
    compare_result c;
    buffer b;
    json_writer w;
    if (!read_rules(&s->q, memory, &o, r))
        return;
    read_map(&s->q, memory, &o);
    gather(s, &s->side[0]);
    gather(s, &s->side[1]);
    compare_input legacy = {s->side[0].answers.p, s->side[0].answers.n};
    compare_input modern = {s->side[1].answers.p, s->side[1].answers.n};
    compare_run(memory, &o, &legacy, &modern, &c);
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    put_counts(&w, &c, violations_of(&c, &o));
    put_documents(&w, &c, memory);
    put_evidence(&w, s, &c, memory);
    for (int i = 0; i < 2; i++)
        put_p95(&w, &s->side[i], side_name[i]);
    json_object_end(&w);
    *r = (operation_result){.status = OUTCOME_OK, .result = text_copy(memory, buffer_view(&b))};
    buffer_release(&b);
    for (int i = 0; i < 2; i++)
        if (s->side[i].first_failure.n != 0)
            r->detail = s->side[i].first_failure;
}

/* --- the job --- */

static bool lane_runs(const lane *l)
{
    return l->running[0] || l->running[1];
}

static void mirror(simulation *s)
{
    for (int i = 0; i < OPERATION_FDS; i++) {
        const lane *l = &s->lane[i / (2 * CHILD_FDS) % SIMULATE_LANES];
        int side = i / CHILD_FDS % 2;
        bool mine = i < SIMULATE_LANES * 2 * CHILD_FDS && l->running[side];
        s->job.fd[i] = mine ? l->child[side].fd[i % CHILD_FDS] : -1;
        s->job.events[i] = POLLIN;
    }
    s->job.deadline = s->q.deadline;
}

static void take_answer(simulation *s, lane *l, int side, arena *memory)
{
    child *c = &l->child[side];
    answer *a = &s->side[side].answer[l->sample];
    if (WIFEXITED(c->status) && WEXITSTATUS(c->status) == 0 && !c->flooded) {
        a->answered = true;
        a->bytes = text_copy(memory, buffer_view(&c->out));
        a->elapsed = child_clock() - c->began;
    } else {
        text said = text_slice(text_trim(buffer_view(&c->err)), 0, 200);
        a->failed = true;
        a->failure = text_format(memory, "%s does not answer %.*s: %.*s", side_name[side],
                                 TEXT_ARG(s->sample[l->sample]), TEXT_ARG(said));
    }
    child_release(c);
    l->running[side] = false;
}

static bool begin_sample(simulation *s, lane *l, arena *memory, operation_result *r)
{
    text bytes, why;
    l->sample = s->next++;
    if (!load_file(&s->q, s->sample[l->sample], memory, &bytes, r))
        return false;
    for (int i = 0; i < 2; i++) {
        endpoint *e = &s->side[i];
        if (e->recorded)
            continue;
        child_start start = {
            .argv = e->argv, .env = s->env.list, .folder = s->q.folder, .stdin_bytes = bytes};
        l->running[i] = child_begin(&l->child[i], &start, s->q.deadline, memory, &why);
        if (!l->running[i]) {
            refused(r, memory, "%s: %.*s", side_name[i], TEXT_ARG(why));
            return false;
        }
    }
    return true;
}

static bool fill_lanes(simulation *s, arena *memory, operation_result *r)
{
    for (int k = 0; k < SIMULATE_LANES && s->next < s->samples; k++)
        if (!lane_runs(&s->lane[k]) && !begin_sample(s, &s->lane[k], memory, r))
            return false;
    return true;
}

static bool simulate_advance(operation_job *job, bool late, arena *memory, operation_result *r)
{
    simulation *s = (simulation *)job;
    if (late) {
        unknown(r, memory, "no end within its time, at sample %zu of %zu", s->done + 1, s->samples);
        return true;
    }
    for (int k = 0; k < SIMULATE_LANES; k++) {
        lane *l = &s->lane[k];
        bool ran = lane_runs(l);
        for (int i = 0; i < 2; i++)
            if (l->running[i] && child_advance(&l->child[i], false))
                take_answer(s, l, i, memory);
        s->done += ran && !lane_runs(l);
    }
    if (s->done == s->samples) {
        conclude(s, memory, r);
        return true;
    }
    bool failed = !fill_lanes(s, memory, r);
    mirror(s);
    return failed;
}

static void simulate_release(operation_job *job)
{
    simulation *s = (simulation *)job;
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < SIMULATE_LANES; k++)
            if (s->lane[k].running[i])
                child_release(&s->lane[k].child[i]);
        vec_release(&s->side[i].answers);
        vec_release(&s->side[i].elapsed);
    }
    free(s);
}

/* What both sides need before the first sample; true when there is something to wait for. */
static bool prepare(simulation *s, arena *memory, operation_result *r)
{
    const operation_request *q = &s->q;
    uint32_t channel = json_member(q->arguments, 0, TEXT("channel"));
    text glob = argument_text(q, memory, "samples");
    for (int i = 0; i < 2; i++)
        if (!open_endpoint(q, channel, i, memory, &s->side[i], r))
            return false;
    if (!environment_make(q, memory, &s->env, r))
        return false;
    if (s->side[0].recorded && s->side[1].recorded) {
        conclude(s, memory, r);
        return false;
    }
    if (!files_matching(q->folder, glob, memory, &s->sample, &s->samples, r))
        return false;
    if (s->samples == 0) {
        refused(r, memory, "no sample matches `%.*s`", TEXT_ARG(glob));
        return false;
    }
    for (int i = 0; i < 2; i++)
        s->side[i].answer = arena_array(memory, answer, s->samples);
    return fill_lanes(s, memory, r);
}

operation_job *simulate_channel(const operation_request *q, arena *memory, operation_result *r)
{
    simulation *s = calloc(1, sizeof *s);
    if (s == NULL)
        memory_exhausted();
    s->q = *q;
    s->q.connector = NO_INDEX;
    s->job.advance = simulate_advance;
    s->job.release = simulate_release;
    if (prepare(s, memory, r)) {
        mirror(s);
        return &s->job;
    }
    simulate_release(&s->job);
    return NULL;
}
