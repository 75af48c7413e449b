/* coverage.h: what of a program its tests have seen.
 *
 * A point is a place in the source and something that can happen there: a statement is reached, a
 * step or a task fails, an approval is refused, a gate or a trigger is true, or false. Sites that
 * stand at one place (a playbook that is applied twice) are one point.
 */
#ifndef FERRY_CLI_COVERAGE_H
#define FERRY_CLI_COVERAGE_H

#include "base/vec.h"
#include "bytecode/image.h"
#include "cli/cli.h"
#include "vm/host_script.h"
#include "vm/journal.h"

typedef enum { POINT_REACHED, POINT_FAILED, POINT_TRUE, POINT_FALSE, POINT_KINDS } point_kind;

typedef struct {
    point_kind kind;
    uint32_t file, line, column; /* file: index among the image's */
    uint32_t site;               /* one of those that stand there */
    bool seen;
} coverage_point;

typedef struct {
    const image *program;
    VEC(coverage_point) points; /* by place, then kind */
    VEC(uint32_t) fired;        /* triggers of the run that is being seen */
} coverage;

void coverage_begin(coverage *v, const image *program);
void coverage_release(coverage *v);
void coverage_event(coverage *v, const journal_event *e);
/* After the events of a run: what only its host knows. */
void coverage_run_end(coverage *v, const host_script *s);

/* Points of a kind, or of all (POINT_KINDS), and how many of them were seen. */
void coverage_count(const coverage *v, point_kind kind, size_t *seen, size_t *all);
/* "step route never failed" */
void coverage_words(const coverage *v, const coverage_point *p, buffer *out);

#endif
