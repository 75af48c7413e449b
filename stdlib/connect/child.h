/* child.h: a command under way: started without a shell, in its own process group, its output
 * collected with a limit, ended with its whole group.
 */
#ifndef FERRY_STDLIB_CHILD_H
#define FERRY_STDLIB_CHILD_H

#include "base/calendar.h"

#include <sys/types.h>

enum { CHILD_OUTPUT = 16 << 20, CHILD_FDS = 3, CHILD_ARGUMENTS = 1024 };

typedef struct {
    char **argv, **env; /* NULL-terminated */
    const char *folder; /* where it runs; a program with a `/` in its name is sought from there */
    text stdin_bytes;
    const char *lock; /* path of a file that is locked as long as the child or a child of it lives,
                         and holds its process group; NULL: none */
} child_start;

typedef struct {
    pid_t pid;
    int fd[CHILD_FDS]; /* stdout, stderr, pidfd; -1 when done with */
    int lock;
    const char *lock_path;
    buffer out, err;
    bool ended, flooded, timed_out;
    int status; /* of waitpid */
    int signals;
    instant began, deadline; /* monotonic */
} child;

/* false when it could not start (surely nothing was done); `why` says so in words. */
bool child_begin(child *c, const child_start *s, instant deadline, arena *memory, text *why);
/* Takes what is there. late: the deadline passed: SIGTERM to the group, five seconds later SIGKILL;
 * moves the deadline on. True when it has ended. */
bool child_advance(child *c, bool late);
void child_release(child *c); /* frees; ends one that still runs */
instant child_clock(void);

#endif
