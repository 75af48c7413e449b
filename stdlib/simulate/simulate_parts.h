/* simulate_parts.h: what the files of a simulation share: endpoints that answer samples
 * (simulate_answer.c), and what is made of their answers (simulate_result.c).
 *
 * A channel has two sides, legacy and modern. What a side answered is a list of files, in the order
 * of the samples where it was asked, of names where it was recorded.
 */
#ifndef FERRY_STDLIB_SIMULATE_PARTS_H
#define FERRY_STDLIB_SIMULATE_PARTS_H

#include "base/vec.h"
#include "stdlib/compare/compare.h"
#include "stdlib/connect/connect_parts.h"

enum { SIDES = 2, SAMPLE_LARGEST = 16 << 20 };

extern const char *const side_name[SIDES]; /* "legacy", "modern" */

/* --- what a side said --- */

typedef struct {
    VEC(compare_file) file;
    VEC(duration) elapsed; /* of those that were asked for */
    uint64_t failed;
    text first_failure;
} answers;

void answers_release(answers *a);

/* What is known of a file of live traffic; a simulation of samples has none. */
typedef struct {
    text name;
    instant seen;
    bool edge; /* the other half may have come before, or be on its way */
} sighting;

typedef struct {
    const sighting *of[SIDES];
    size_t n[SIDES];
    instant begun, ended;
} traffic;

/* Compares by the rules in the request's arguments; the result of the operation, or why there is
 * none. `live` NULL: samples. */
void simulate_conclude(const operation_request *q, const answers side[SIDES], size_t samples,
                       const traffic *live, arena *memory, operation_result *r);

/* simulate_evidence.c: the document of evidence (host.h). `exposures`: what simulate_exposed wrote,
 * or empty. */
text simulate_evidence(const answers side[SIDES], size_t samples, const compare_result *c,
                       text exposures, arena *memory);

/* simulate_exposed.c: how many certain findings of a scan (comply.h) modern's answers have beyond
 * those of legacy's; writes [{count, file, rule}] of the first of them. */
uint64_t simulate_exposed(arena *memory, const answers side[SIDES], const compare_result *c,
                          json_writer *w);

/* --- endpoints --- */

typedef struct {
    enum { END_RECORDED, END_COMMAND, END_ADDRESS } kind;
    text folder;   /* recorded: of its answers */
    char **argv;   /* a command */
    uint32_t node; /* an address: the endpoint, in the request's arguments */
} endpoint;

/* Of the channel in the request's arguments; false and a refusal where there is none, or none that
 * is simulated. */
bool endpoint_open(const operation_request *q, int side, arena *memory, endpoint *out,
                   operation_result *r);
/* A file below the playbook's folder. */
bool sample_load(const operation_request *q, text name, arena *memory, text *bytes,
                 operation_result *r);

typedef struct {
    bool answered;
    text bytes, failure; /* `failure` empty: it was not asked */
    duration elapsed;
} answer;

/* As many as a job has descriptors to be waited on: each side's end of a lane is one. */
enum { SAMPLE_LANES = 4 };

/* One side's work on one sample. */
typedef struct {
    bool running;
    child child;             /* of a command */
    http_exchange *exchange; /* with an address */
    instant began;
} errand;

typedef struct {
    size_t sample;
    errand side[SIDES];
} lane;

/* Samples on their way to the endpoints that are asked. */
typedef struct {
    operation_request q;
    environment env;
    endpoint side[SIDES];
    const text *sample; /* names */
    size_t samples, next, done;
    bool may_vanish; /* a sample that is gone when its turn comes is passed over, not refused */
    answer *answer[SIDES];
    lane lane[SAMPLE_LANES];
} sampling;

/* Begins with the first ones; false after a refusal. q, env and side are filled in before. */
bool sampling_begin(sampling *a, const text *sample, size_t n, arena *memory, operation_result *r);
/* true when all have been answered, or after a refusal: *well tells which. */
bool sampling_advance(sampling *a, arena *memory, operation_result *r, bool *well);
/* What is under way gets no answer, and ends. */
void sampling_give_up(sampling *a, arena *memory);
void sampling_mirror(const sampling *a, operation_job *job); /* what is to be waited for */
void sampling_release(sampling *a);                          /* ends what still runs */
/* Appends what a side answered, in the order of the samples. */
void sampling_gather(const sampling *a, int side, answers *out);

#endif
