/* drive.h: the loop that owns a store: inputs in, turns, outputs out, one commit, then the world.
 *
 *     drain arrivals -> append inputs -> turns -> append what they derived -> COMMIT -> submit
 *
 * One process drives all open runs of a store. A second process that wants to say something
 * (approve, pause, …) either becomes the owner for a moment or talks to the owner over `ctl`, a
 * local socket in the store; the command is journaled with the peer's user id and answered after
 * its commit, or refused.
 */
#ifndef FERRY_VM_DRIVE_H
#define FERRY_VM_DRIVE_H

#include "vm/host.h"
#include "vm/journal.h"

typedef struct drive drive;

typedef enum {
    DRIVE_OK,     /* nothing open moves any more: all runs ended */
    DRIVE_PARKED, /* waits for people or a far time, and was told not to stay */
    DRIVE_INTERRUPTED,
    DRIVE_STORE,  /* the journal failed: see journal_status and why */
    DRIVE_REFUSED /* see why */
} drive_status;

typedef struct {
    const char *store; /* folder */
    bool create;
    bool stay; /* wait for people and windows; otherwise park (exit 6) when only people or a time
                  more than `patience` away can move it */
    duration patience;
    duration lock_wait;  /* how long a store that another process owns is waited for */
    const char *version; /* of this Ferry; stands in OWNER events */
    /* Set by the CLI's signal handler. 1: nothing new is submitted, and the loop returns when the
     * writes under way have answered. 2: it returns at once, and their outcome is unknown. */
    volatile const int *interrupted;
    int wake_fd; /* becomes readable on a signal (read empty by the loop), or -1 */
    /* Called after each commit with what was committed: progress for people. May be NULL. */
    void (*progress)(void *self, const drive *d, const journal_event *events, size_t n);
    void *self;
    bool ticks;     /* progress also once a second while nothing happens, with no events: for clocks
                       on a screen. Not where the host's clock is virtual. */
    bool throwaway; /* the store of a test: it need not outlive the machine it is on */
} drive_options;

/* Takes the store (writer), replays all open runs (from snapshots where they match). On failure
 * NULL and `why`; JOURNAL_LOCKED when it was still owned after `lock_wait`, or a signal came. */
drive *drive_open(const drive_options *o, const host *h, arena *memory, journal_status *status,
                  text *why);
void drive_close(drive *d); /* snapshots, then gives the store back */

typedef struct {
    text image, migration;
    text mode;   /* the host's */
    text by;     /* who starts it: the operator */
    text author; /* who wrote it last, of git; empty where nobody knows */
    text git;    /* revision and state, for people; may be empty */
    text folder; /* the playbook's, absolute */
} drive_entry;
/* Starts a run of an entry of the image; refused while a run of that migration is open. Appends
 * START and OWNER and commits. */
drive_status drive_start(drive *d, const drive_entry *e, text *run_name, text *why);
/* Goes on until every run of the host's mode ended, parks or is interrupted. Runs of another mode
 * stay as they are. */
drive_status drive_loop(drive *d, text *why);
/* One command of a person on a run ("" = the only open one): admits, appends, turns, commits. Then
 * the loop submits. `body` is the COMMAND event's; `uid` is added to it. */
drive_status drive_command(drive *d, text run, text body, text *reply);
journal *drive_journal(const drive *d);

size_t drive_runs(const drive *d);
const vm *drive_machine(const drive *d, size_t index, journal_run *run);
/* What vm_describe writes of a machine, read; false: it is no JSON. */
bool drive_describe(const vm *m, arena *memory, json_document *out);

/* The same command from a process that is not the owner: tries to become it (drive_open with a host
 * that performs nothing), else talks to the owner over the socket. Waits 5 s at most. DRIVE_REFUSED
 * with `reply` saying why and, when the owner does not answer, who it is. */
drive_status drive_tell(const char *store, text run, text body, arena *memory, text *reply);

typedef struct {
    uint64_t events, derived;
    uint64_t differs_at; /* seq of the first derived event that does not match, 0 when all do */
    text expected, found;
    sha256 state; /* hash of the machine's state at the end */
} replay_result;
/* Feeds a run's inputs to a new machine and compares what it derives with what the journal holds,
 * byte for byte. JOURNAL_OTHER where a machine of another version derived it; `found` then says so.
 * `until`: stop after that seq (0: all). The machine is handed out for questions (why, status) when
 * `machine` is not NULL; the caller frees it and the image. */
journal_status drive_replay(journal *j, uint32_t run, uint64_t until, arena *memory,
                            replay_result *out, vm **machine, image **program);

#endif
