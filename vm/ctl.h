/* ctl.h: talking to the owner of a store, over a local socket in its folder.
 *
 * A stream of frames: length u32, little-endian, then as many bytes of JSON. A request is
 * {"again":bool,"body":{…},"run":"…"}; the reply {"reply":"…","status":n}. The kernel tells the
 * owner the user id of its peer (SO_PEERCRED); what a peer says of itself is not asked. The owner
 * makes the socket while it holds the lock, so that a socket it finds there is a dead owner's.
 */
#ifndef FERRY_VM_CTL_H
#define FERRY_VM_CTL_H

#include "base/calendar.h"

enum { CTL_LARGEST = 1 << 20, CTL_PEERS = 16 };

typedef struct ctl ctl;

/* NULL when no socket can be made there (`why`); the store can be driven without. */
ctl *ctl_open(const char *folder, arena *memory, text *why);
void ctl_close(ctl *c);   /* removes the socket */
int ctl_fd(const ctl *c); /* readable when ctl_next may have something */

/* The next whole request, if one is there: never blocks. `text`s live until the next call. Answer
 * with ctl_reply before asking for the next. */
bool ctl_next(ctl *c, text *request, unsigned *uid);
void ctl_reply(ctl *c, text reply);

typedef enum {
    CTL_ANSWERED,
    CTL_NOBODY, /* nobody listens: nothing was sent */
    CTL_SILENT, /* sent, and not answered in time */
    CTL_BROKEN, /* sent, perhaps; the owner went away before it answered */
} ctl_status;
/* Sends one request and waits for its answer until `timeout` (microseconds) has passed. */
ctl_status ctl_ask(const char *folder, text request, duration timeout, arena *memory, text *reply);

/* True where an owner listens, which means that it drives the store. Nothing is sent. */
bool ctl_listens(const char *folder);

#endif
