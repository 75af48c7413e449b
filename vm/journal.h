/* journal.h: the event-sourced journal of a store: one SQLite file, append-only, hash-chained, one
 * writer.
 *
 * h(event) = SHA-256("ferry.event.1\0" || h(previous) || run u32, seq u64, cause u64, at i64, kind
 * u32, fiber u32, n u32, site u32, key 32 bytes, fence u64, length u64, body), integers
 * little-endian; the first event's previous is SHA-256("ferry.store.1\0" || store id). WAL,
 * synchronous=FULL, STRICT tables; triggers check fence and gap and advance the head, in the same
 * transaction as the event. The only file that includes sqlite3.h is journal.c and its parts
 * journal_*.c.
 */
#ifndef FERRY_VM_JOURNAL_H
#define FERRY_VM_JOURNAL_H

#include "vm/vm.h"

typedef struct journal journal;

typedef enum {
    JOURNAL_OK,
    JOURNAL_MISSING,   /* no store there */
    JOURNAL_LOCKED,    /* another process owns it; see journal_fault */
    JOURNAL_READ_ONLY, /* no right to write */
    JOURNAL_FULL,      /* no space left */
    JOURNAL_CORRUPT,   /* not a database, or the chain is broken */
    JOURNAL_NEWER,     /* written by a newer Ferry */
    JOURNAL_NETWORK,   /* on a network file system */
    JOURNAL_OTHER,     /* a run of it was derived by a machine of another version (VM_VERSION) */
    JOURNAL_FAILED     /* I/O error: end the process, reopen, verify */
} journal_status;

typedef struct {
    uint64_t seq, cause; /* seq counts from 1 over the store; cause: seq of the input that led to
                            it, 0 for inputs */
    uint32_t run;        /* index of the run, from 1 */
    instant at;
    event_kind kind;
    uint32_t fiber, n, site;
    sha256 key, hash;
    uint64_t fence; /* counts owners */
    text body;
} journal_event;

typedef struct {
    uint32_t run;
    text name; /* "acme_2027-1" */
    text migration, mode;
    sha256 program;
    instant started;
    int64_t ended; /* instant, or QUANTITY_NONE while open */
    text state;    /* of the END event; empty while open */
    text folder;   /* where its playbook stood */
} journal_run;

/* Opens the store in folder `path` (state.db in it). writer: takes the lock (state.lock, flock) and
 * creates the store when missing and `create`. A reader takes no lock and must be closed soon.
 * `why` (in memory) tells people more: who holds the lock since when, which path failed and how. */
journal_status journal_open(journal **out, const char *path, bool writer, bool create,
                            arena *memory, text *why);
void journal_close(journal *j);
/* From now on nothing is committed: for stores that a test makes, reads and removes. Half of a
 * test's time went into commits. */
void journal_throwaway(journal *j);

text journal_store_id(const journal *j); /* 32 hex digits, made at creation */
sha256 journal_head(const journal *j, uint64_t *seq);

/* A new run: stores the image (once per program) and the run row; its START event is appended by
 * the caller. Within the open transaction. */
journal_status journal_run_new(journal *j, const journal_run *r, text image_bytes, uint32_t *run);
journal_status journal_run_end(journal *j, uint32_t run, instant at, text state);
bool journal_run_find(journal *j, text name, arena *memory,
                      journal_run *out); /* by run name; "" finds the newest */
size_t journal_runs(journal *j, bool open_only, arena *memory,
                    journal_run **out); /* in order of start */
bool journal_image(journal *j, const sha256 *program, arena *memory, text *bytes);

/* Appends to the open transaction (begun when none is); fills seq, fence and hash. */
journal_status journal_append(journal *j, journal_event *e);
/* Makes everything since the last commit durable. JOURNAL_FAILED means: end the process at once. */
journal_status journal_commit(journal *j);

/* Calls `each` for the events of a run (0: all) from seq on; stops when it returns false. The
 * event's texts live until it returns. */
journal_status journal_read(journal *j, uint32_t run, uint64_t from,
                            bool (*each)(void *self, const journal_event *e), void *self);

/* Snapshots are a cache: state bytes of a run after the turn of input `seq`, used only if `hash`
 * matches. */
journal_status journal_snapshot_put(journal *j, uint32_t run, uint64_t seq, const sha256 *hash,
                                    text state);
bool journal_snapshot_get(journal *j, uint32_t run, arena *memory, uint64_t *seq, sha256 *hash,
                          text *state);

/* Requests whose events are committed and which surely were not submitted: an owner leaves them in
 * the commit after which it goes, the next one takes them (which deletes them) in the commit before
 * it submits. What is outstanding and not among them may have happened. */
typedef struct {
    uint32_t run, fiber, n;
} journal_request;
journal_status journal_unsent_put(journal *j, const journal_request *q);
journal_status journal_unsent_take(journal *j, arena *memory, journal_request **out, size_t *n);

/* Bodies too large for an event, and evidence files: stored once by content. */
journal_status journal_blob_put(journal *j, text bytes, sha256 *digest);
bool journal_blob_get(journal *j, const sha256 *digest, arena *memory, text *bytes);
/* The blob whose digest in hex begins so; how many there are (2: several), and the first of them. */
int journal_blob_find(journal *j, text hex, arena *memory, text *bytes);
/* What an OUTCOME names as the evidence for it (host.h); false where it names none. */
bool journal_evidence(const journal_event *e, arena *memory, sha256 *digest);

typedef struct {
    uint64_t events, runs;
    uint64_t evidence;  /* outcomes that name some */
    uint64_t broken_at; /* seq of the first event that does not fit, 0 when the chain holds */
    text why;
    sha256 head;
} journal_audit_result;
/* Checks the chain, the images' hashes, causes and gaps. (Replay is checked by drive_replay.) */
journal_status journal_audit(journal *j, arena *memory, journal_audit_result *out);

#endif
