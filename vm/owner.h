/* owner.h: who may write a store.
 *
 * One process at a time owns a store: it holds flock(2) on `state.lock`, which the kernel releases
 * when the process dies, however it dies. The file's content only tells people who holds it; it is
 * written after the lock is taken and never decides anything. A lock record of fcntl(2) was
 * rejected: closing any descriptor of the file would drop it.
 */
#ifndef FERRY_VM_OWNER_H
#define FERRY_VM_OWNER_H

#include "base/calendar.h"

typedef enum {
    OWNER_TAKEN,
    OWNER_HELD,   /* another process has it; `why` names it */
    OWNER_DENIED, /* no right to write there */
    OWNER_FULL,   /* no room for the lock file */
    OWNER_FAILED  /* another failure; `why` has the system's words */
} owner_status;

/* Tries once to take the lock of the store in `folder`, which exists. On OWNER_TAKEN *fd holds it
 * (close-on-exec) until owner_leave. */
owner_status owner_take(const char *folder, int *fd, arena *memory, text *why);
void owner_leave(int fd);

/* The holder as its lock file describes it: "pid 4711 on night since 2027-03-14T…Z". Also of a lock
 * that is no longer held. */
text owner_holder(const char *folder, arena *memory);

/* True where `path` (a folder that exists) lies on a file system whose locks or syncs cannot be
 * trusted across machines: NFS, SMB, Ceph, FUSE, … ; *name says which. */
bool owner_network(const char *path, const char **name);

instant owner_now(void);        /* the clock of the day */
text owner_boot(arena *memory); /* the kernel's boot id; empty where it tells none */
text owner_host(arena *memory); /* this machine's name */
#endif
