/* judge.h: what a test makes of a run: how each of its places ended, and its expectations.
 *
 * The run's events are shown to it in their order. An expectation is an entry of the tests' image:
 * reads of places (operation `seen`, answered from what was shown), perhaps reads of connectors
 * (answered by the script host, as the run left its world), and a gate, whose decision is the
 * judgement. It is run by the same machine, without a journal.
 */
#ifndef FERRY_VM_JUDGE_H
#define FERRY_VM_JUDGE_H

#include "vm/host.h"
#include "vm/journal.h"

typedef struct judge judge;

/* `program` is the one that ran; it outlives the judge. */
judge *judge_new(const image *program);
void judge_free(judge *j);
void judge_see(judge *j, const journal_event *e);
/* When the run stands still: its state, an END event or not. */
void judge_end(judge *j, run_state s);

/* A word of the enum `outcome`; the path "" is the run. */
const char *judge_outcome(const judge *j, text path);
duration judge_elapsed(const judge *j, text path);

typedef struct {
    bool held;
    text verdict; /* pass, fail, not available; empty where the entry could not be run */
    text values;  /* json object: what it read, by name */
} judgement;

/* Decides an entry of `tests`. `world` answers reads of connectors; run index 1 is used of it. What
 * it gives lives in `memory`. */
void judge_decide(judge *j, const image *tests, text entry, const host *world, arena *memory,
                  judgement *out);

#endif
