/* host_script.h: the host of a test: nothing is performed, a table of givens says what is answered,
 * and the clock is virtual.
 *
 * What is not given goes well. Writes succeed and are remembered: what was written is read back,
 * and a probe tells whether a key was performed. A simulation matches on ample documents. A given
 * read holds until its path is written. A read that is neither given nor written is answered
 * without values and says so (`given` false, see untold.c): the host cannot know what a condition
 * wishes to see. People say yes unless given; of a doubt they know what was done.
 */
#ifndef FERRY_VM_HOST_SCRIPT_H
#define FERRY_VM_HOST_SCRIPT_H

#include "vm/host.h"

typedef enum {
    SCRIPT_RETURNS,
    SCRIPT_FAILS, /* unknown, and not done */
    SCRIPT_LOST,  /* unknown, but done */
    SCRIPT_REFUSED,
    SCRIPT_HANGS, /* no answer; the step's timeout passes, then unknown and not done */
    SCRIPT_SAYS   /* of people: `values` is their word; NULL: they never say anything */
} script_fate;

/* One line of the table; a read of a connector is named by its call, never by a path alone, which
 * means the write of a step, a simulation, a window. It applies where every text that is not NULL
 * fits; the first that applies counts. */
typedef struct {
    const char *path; /* tail of the request's path, or of what people are asked: "route" and
                         "switch.route" fit "move.orders.switch.route" */
    const char *call; /* connector and operation, "box.stat"; without a connector the operation */
    const char *argument;  /* the first one; words of a list joined by a blank */
    const char *arguments; /* JSON object: each argument named in it has that value */
    const char *role;      /* of people */
    bool undo;             /* of a path: the writes of its undo, not its own */
    script_fate fate;
    const char *values; /* JSON object by result field, {"exists":true}; NULL: as if not given. Of
                           people: "approve", "reject", "done", an answer to a question. Of the path
                           of a series: each of its samples */
    unsigned times;     /* 0: always; tries of a write, whatever it takes to settle each */
    duration delay;     /* until the answer */
    duration from;      /* it applies only so long after it would first have applied */
} script_given;

typedef struct host_script host_script;

/* The table outlives the host. `window` performs the operation `window` (pure arithmetic that lives
 * above the machine); NULL: a window opens at once and lasts a week. */
host_script *host_script_new(const script_given *given, size_t n, instant start,
                             const operation_entry *window);
void host_script_free(host_script *s);
host host_script_host(host_script *s);

uint64_t host_script_writes(const host_script *s); /* performed, each key once */
/* The content of a file of a connector; the absent text where it is not there. */
text host_script_file(const host_script *s, const char *connector, const char *path);
/* How often line i of the table was met. */
unsigned host_script_met(const host_script *s, size_t i);

/* Whether a request of this site of the first run was made. */
bool host_script_asked(const host_script *s, uint32_t site);

/* A series that read what nobody gives: it has no data, so nothing that watches it is tested. */
typedef struct {
    text path;     /* of the series */
    text call;     /* "gateway.get" */
    text argument; /* its first one, as json */
} script_blind;
size_t host_script_blind(const host_script *s, const script_blind **list);

#endif
