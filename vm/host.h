/* host.h: what stands between the machine and the world.
 *
 * A host is a table of functions. The driver (drive.h) calls submit only after the commit that
 * holds the output, polls for answers, and asks for the time; nothing else ever does. Hosts: live,
 * rehearsal (virtual clock, rehearsal addresses, people who say yes), dry (no calls: answers
 * without values), script (answers given by a test), and replay, which is no host at all: the
 * journal's inputs are fed back and what is derived must match.
 */
#ifndef FERRY_VM_HOST_H
#define FERRY_VM_HOST_H

#include "vm/vm.h"

typedef struct {
    uint32_t run_index; /* which open run of the store; chosen by the driver */
    uint32_t fiber, n;
    outcome_status status;
    text body;     /* JSON body of the OUTCOME event; lives until the next poll */
    text evidence; /* of operation_result; the body names it by its digest. Likewise */
} host_answer;

/* The last rehearsal of a run's program and migration. */
typedef struct {
    bool known, passed;
    instant ended;
} host_rehearsed;
typedef struct {
    host_rehearsed (*ask)(void *self, uint32_t run_index); /* NULL: nobody keeps count */
    void *self;
    uint32_t run_index;
} host_rehearsals;

/* What a host must know of a run before its first request. It all outlives the host's use. */
typedef struct {
    const image *program;
    text name;
    const char *folder; /* the playbook's */
    const char *jobs;   /* folder of the store where a child's KEY.lock is kept; NULL where nobody
                           would look for it */
    host_rehearsals rehearsed;
} host_run;

typedef enum {
    PEOPLE_ASKED, /* they answer by commands */
    PEOPLE_YES,   /* the driver answers in their place, marked as such */
    PEOPLE_HOLD   /* a virtual clock stands still while they are asked */
} host_people;

/* What a person is asked, of one role of those that may answer. */
typedef struct {
    text kind; /* approval, task, question, doubt */
    text path, role;
    instant since; /* QUANTITY_NONE where nobody knows */
} host_asked;

typedef struct {
    void *self;
    const char *mode; /* of the runs it moves: "live", "rehearsal", "dry", "script"; NULL: it moves
                         none, and its functions are never called but `now` */
    host_people people;
    bool virtual_clock; /* poll jumps to `until` instead of waiting; there is no sleeping machine */
    void (*serve)(void *self, uint32_t run_index, const host_run *run);
    /* Begins the request; never blocks for long. */
    void (*submit)(void *self, uint32_t run_index, const vm_output *out);
    /* Waits until an answer is there, `until` is reached, or `wake_fd` (or -1) becomes readable.
     * Returns the number of answers. */
    size_t (*poll)(void *self, instant until, int wake_fd, host_answer *answers, size_t most);
    instant (*now)(void *self);
    /* Of PEOPLE_YES; may be NULL. False: nobody of the role speaks yet, and poll returns when
     * somebody will. `word`: a command (reject) or an answer; empty: yes. */
    bool (*people_say)(void *self, const host_asked *asked, text *word);
    void (*close)(void *self); /* ends what is under way without waiting: outcomes stay unknown */
} host;

/* --- connector operations, registered by stdlib/ as a table
 * ------------------------------------------------------------------- */

/* The files that a run has read or written itself, so that a write can refuse to replace what
 * nobody looked at. Kept in the store's jobs folder, so that it outlives a crash. */
typedef struct seen_files seen_files;
bool seen_has(const seen_files *s, text path);
void seen_add(seen_files *s, text path); /* durable when it returns, as far as the disk can be
                                            trusted; a failure only makes a later write refuse */
seen_files *seen_open(const char *jobs, text run); /* jobs NULL: in memory only */
void seen_close(seen_files *s);

/* Of an operation that looks at something again and again: which look it is. */
typedef struct {
    instant since, until; /* when the first one was; when the last one is due */
    uint32_t number;      /* 0 the first */
    bool last;
} host_look;

typedef struct {
    const image *program;
    const char *folder; /* the playbook's: base of relative paths */
    text run, path;     /* who asks, where in the program */
    host_look look;
    bool rehearsal;      /* rehearsal addresses */
    const char *key_hex; /* idempotency key, 64 hex digits; "" for reads */
    const char *jobs;    /* folder for KEY.lock, or NULL */
    seen_files *seen;    /* files this run has read; NULL where nobody keeps count */
    host_rehearsals rehearsed;
    uint32_t connector; /* row of table connector, or NO_INDEX */
    operation_id operation;
    const json_document *arguments; /* an object, by argument name */
    const json_document *shape;     /* [[path, type name]…] */
    instant deadline;               /* by the monotonic clock the host keeps */
    instant now;
} operation_request;

typedef struct {
    outcome_status status;
    text result; /* JSON object with the operation's result fields; the host projects the shape from
                    it */
    text detail; /* for people: "exit code 3: route locked"; masked */
    text path; /* of what did not go well: where in the program it was asked for; empty elsewhere */
    text evidence; /* JSON that people may look at: masked, and bounded by its operation. The
                      journal keeps it beside the event, by its digest; empty */
    text sample;   /* of a test: what the series is that reads this, json; empty */
    bool untold;   /* of a test: it does not tell what this would be (untold.c) */
} operation_result;

/* A call under way. Operations that finish at once leave `job` alone and fill the result; others
 * return a job. */
enum { OPERATION_FDS = 24 }; /* eight children at once, with three streams each */
typedef struct operation_job operation_job;
struct operation_job {
    int fd[OPERATION_FDS]; /* to wait on (POLLIN, POLLOUT…), -1 where unused */
    short events[OPERATION_FDS];
    instant
        deadline; /* monotonic: when it is `late` next; moved on by advance where it grants more */
    /* Called when an fd is ready or the deadline passed (`late`). true when the result is complete.
     */
    bool (*advance)(operation_job *job, bool late, arena *memory, operation_result *result);
    void (*release)(operation_job *job); /* frees; ends a child that still runs */
};

typedef struct {
    operation_id id;
    operation_job *(*perform)(const operation_request *q, arena *memory, operation_result *result);
    /* Whether the write with this key happened; NULL where the operation cannot be probed. */
    operation_job *(*probe)(const operation_request *q, arena *memory, operation_result *result);
} operation_entry;

operation_id operation_find(text name); /* "dir.write", "window"; OPERATION_COUNT: there is none */
/* The body of an OUTCOME, canonical: the shape's values of the result. */
void host_outcome(const json_document *shape, const operation_result *r, duration elapsed,
                  arena *memory, buffer *out);
/* Which field of the shape the result of an operation does not have, for people; no value of it is
 * shown. Empty where it has all. */
text host_lacks(const json_document *shape, text result, arena *memory);
/* JSON values [v…] of the shape out of a result object: text, exact number text, true/false, null
 * where absent or of another type. */
void host_project(const json_document *shape, text result, arena *memory, buffer *out);

#endif
