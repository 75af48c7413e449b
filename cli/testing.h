/* testing.h: one test of a program: its run by the script host, and what the judge says of it. */
#ifndef FERRY_CLI_TESTING_H
#define FERRY_CLI_TESTING_H

#include "base/vec.h"
#include "cli/coverage.h"
#include "cli/program.h"
#include "vm/host_script.h"
#include "vm/judge.h"

typedef struct {
    const test_expect *of;
    judgement found;
} test_finding;

typedef struct {
    const test_case *of;
    bool passed;
    text fault;          /* why it could not be run; empty */
    const char *outcome; /* of the run: a word of the enum `outcome` */
    duration elapsed;    /* virtual */
    test_finding *findings;
    size_t finding_count;
    const test_given **unmet; /* lines that nothing ever met */
    size_t unmet_count;
    script_blind *blind; /* series that read what nothing gives */
    size_t blind_count;
    journal_event *events; /* those that say how it came to this, in order */
    size_t event_count;
    text *waiting; /* what the run stands still for: "task switch.call" */
    size_t waiting_count;
    const zone *zone; /* of the migration's window, for their times */
} test_result;

/* `tests` is the image of the program's tests. What it gives lives in c->memory. `seen` may be
 * NULL. */
void testing_run(cli *c, const program *p, const image *tests, const test_case *of, coverage *seen,
                 test_result *out);

#endif
