/* drive_parts.h: what the files of the driver share. Nobody else includes it. */
#ifndef FERRY_VM_DRIVE_PARTS_H
#define FERRY_VM_DRIVE_PARTS_H

#include "base/vec.h"
#include "vm/ctl.h"
#include "vm/drive.h"

enum { DRIVE_SNAPSHOT = 4096, DRIVE_ANSWERS = 64 };
#define DRIVE_SNAPSHOT_TIME (10 * MINUTE)

/* Both count from the machine's start; only `boot` goes on while it sleeps. Tests put their own. */
typedef struct {
    instant (*boot)(void *self), (*monotonic)(void *self);
    void *self;
} drive_clocks;

typedef struct {
    uint32_t fiber, n;
} request_id;

typedef struct {
    journal_run info;
    image *program;
    vm *machine;
    uint64_t input;  /* seq of its last input */
    instant last;    /* `at` of it */
    instant found;   /* the same when the run was loaded */
    uint64_t events; /* since its last snapshot */
    instant snapped; /* when that was, or it was loaded; monotonic */
    bool moves;      /* of the host's mode */
    bool ended;
    bool fresh;                /* started by this owner: it has no requests of a dead one */
    VEC(request_id) inherited; /* requests that stood open when it was loaded */
} drive_run;

typedef struct {
    uint32_t run; /* index */
    vm_output out;
} submission;

/* A write of a dead owner, whose child may still be at work. */
typedef struct {
    uint32_t run;
    vm_output out;
    instant deadline; /* monotonic: when its child has had its time */
    int signals;      /* sent to its child's group */
} orphan;

struct drive {
    drive_options options;
    host host;
    journal *journal;
    arena *memory;
    arena batch;               /* events and outputs since the last submission */
    VEC(journal_event) events; /* of the open transaction */
    VEC(submission) pending;   /* wait for the commit */
    VEC(drive_run *) runs;
    VEC(orphan) orphans;
    arena orphan_memory;
    ctl *ctl;
    int poller; /* readable when a peer or a signal is there; -1 before the loop */
    const char *jobs;
    bool owns; /* its OWNER events are appended: it may submit */
    drive_clocks clocks;
    duration slept;
    journal_status failed;
};

/* --- drive.c --- */
/* How long this machine has slept since it started. */
duration drive_slept(const drive *d);

/* --- drive_turn.c --- */
instant drive_now(const drive *d);
instant drive_monotonic(void);
/* Appends an input, runs its turn, appends what it derived, keeps what is to be submitted. */
bool drive_feed(drive *d, uint32_t run, vm_input in);
/* The same if the machine admits it; false when it does not (`why`, may be NULL) or the journal
 * failed. */
bool drive_offer(drive *d, uint32_t run, vm_input in, const char **why);
bool drive_commit(drive *d);
void drive_submit(drive *d);
void drive_snapshot(drive *d, drive_run *r);
bool drive_owner_event(drive *d, uint32_t run, const char *after, duration gap);
drive_status drive_failed(drive *d, text *why);
bool drive_busy(const drive_run *r); /* a request is under way */

/* --- drive_doubt.c --- */
/* Takes over the requests of the owner before: reads and what it left unsent again, other writes as
 * orphans. Call once, after the OWNER events: what they withdrew is gone. */
void drive_inherit(drive *d);
void drive_leave_unsent(drive *d); /* what is pending, into the open transaction */
bool drive_writes_under_way(const drive *d);
/* Answers `unknown` for orphans whose child is gone or out of time. True when it fed something. */
bool drive_settle(drive *d);

/* --- drive_people.c --- */
/* Where the host says that people say yes: one command in their place. True when it fed one. */
bool drive_speak(drive *d);
bool drive_asks(const drive_run *r); /* a person is waited for */

/* --- drive_command.c --- */
void drive_serve(drive *d); /* answers the peers that are there */

/* --- replay.c --- */
typedef struct {
    vm *machine;
    uint64_t input;
    instant last;
    bool evidence; /* what outcomes name must be kept */
    replay_result result;
} replay;
/* JOURNAL_OTHER and `why` where a machine of another version began the run. */
journal_status replay_fits(journal *j, const journal_run *run, arena *memory, text *why);
/* Feeds the events of `run` behind `from` to r->machine; journal_status of reading. */
journal_status replay_events(journal *j, uint32_t run, uint64_t from, uint64_t until, arena *memory,
                             replay *r);

#endif
