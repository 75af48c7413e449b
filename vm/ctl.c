/* ctl.c: both ends of the local socket.
 *
 * Everything of the owner's end is non-blocking: a peer that stalls holds up nobody, and one that
 * stays silent for five seconds is dropped. A path of a socket holds 107 bytes; longer ones are
 * reached through the descriptor of their folder in /proc/self/fd.
 */
#include "vm/ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    int fd; /* -1: free */
    unsigned uid;
    buffer in;
    instant since;
} peer;

struct ctl {
    int listener, poller, folder;
    peer peer[CTL_PEERS];
    int asked; /* peer that waits for a reply, -1 none */
    buffer request;
};

static instant monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (instant)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

static struct sockaddr_un address_of(int folder)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    snprintf(a.sun_path, sizeof a.sun_path, "/proc/self/fd/%d/ctl", folder);
    return a;
}

static int open_folder(const char *folder)
{
    return open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static bool watch(const ctl *c, int fd)
{
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
    return epoll_ctl(c->poller, EPOLL_CTL_ADD, fd, &e) == 0;
}

ctl *ctl_open(const char *folder, arena *memory, text *why)
{
    ctl *c = calloc(1, sizeof *c);
    if (c == NULL)
        memory_exhausted();
    for (int i = 0; i < CTL_PEERS; i++)
        c->peer[i].fd = -1;
    c->asked = -1;
    c->folder = open_folder(folder);
    c->poller = epoll_create1(EPOLL_CLOEXEC);
    c->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_un a = address_of(c->folder);
    if (c->folder >= 0)
        unlinkat(c->folder, "ctl", 0); /* we hold the lock: it is a dead owner's */
    bool ok = c->folder >= 0 && c->poller >= 0 && c->listener >= 0 &&
              fchmod(c->listener, 0660) == 0 &&
              bind(c->listener, (struct sockaddr *)&a, sizeof a) == 0 &&
              listen(c->listener, CTL_PEERS) == 0 && watch(c, c->listener);
    if (ok)
        return c;
    *why = text_format(memory, "%s/ctl: %s", folder, strerror(errno));
    ctl_close(c);
    return NULL;
}

static void drop(peer *p)
{
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
    buffer_release(&p->in);
}

void ctl_close(ctl *c)
{
    if (c == NULL)
        return;
    for (int i = 0; i < CTL_PEERS; i++)
        drop(&c->peer[i]);
    if (c->folder >= 0 && c->listener >= 0)
        unlinkat(c->folder, "ctl", 0);
    if (c->listener >= 0)
        close(c->listener);
    if (c->poller >= 0)
        close(c->poller);
    if (c->folder >= 0)
        close(c->folder);
    buffer_release(&c->request);
    free(c);
}

int ctl_fd(const ctl *c)
{
    return c->poller;
}

static peer *free_peer(ctl *c)
{
    for (int i = 0; i < CTL_PEERS; i++)
        if (c->peer[i].fd < 0)
            return &c->peer[i];
    return NULL;
}

static void admit_peers(ctl *c)
{
    peer *p;
    while ((p = free_peer(c)) != NULL) {
        int fd = accept4(c->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        struct ucred who;
        socklen_t n = sizeof who;
        *p = (peer){.fd = fd, .since = monotonic()};
        buffer_init(&p->in);
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) != 0 || !watch(c, fd)) {
            drop(p);
            continue;
        }
        p->uid = who.uid;
    }
}

static uint32_t length_of(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static bool whole(const buffer *b)
{
    return b->n >= 4 && b->n - 4 >= length_of(b->p);
}

/* Takes what is there; drops a peer that left, stalls or says too much. */
static void hear(peer *p)
{
    char bytes[4096];
    ssize_t n = -1;
    while (!whole(&p->in) && (n = read(p->fd, bytes, sizeof bytes)) > 0)
        buffer_add(&p->in, bytes, (size_t)n);
    if (whole(&p->in))
        return;
    bool left = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
    bool large = p->in.n >= 4 && length_of(p->in.p) > CTL_LARGEST;
    if (left || large || monotonic() - p->since > 5 * SECOND)
        drop(p);
}

bool ctl_next(ctl *c, text *request, unsigned *uid)
{
    admit_peers(c);
    for (int i = 0; i < CTL_PEERS; i++) {
        peer *p = &c->peer[i];
        if (p->fd < 0)
            continue;
        hear(p);
        if (p->fd < 0 || !whole(&p->in))
            continue;
        buffer_clear(&c->request);
        buffer_add(&c->request, p->in.p + 4, length_of(p->in.p));
        *request = buffer_view(&c->request);
        *uid = p->uid;
        c->asked = i;
        return true;
    }
    return false;
}

static void put_frame(buffer *b, text t)
{
    for (int i = 0; i < 4; i++)
        buffer_char(b, (char)(t.n >> 8 * i));
    buffer_text(b, t);
}

/* A reply fits the socket's buffer; a peer that cannot take it has left. */
void ctl_reply(ctl *c, text reply)
{
    if (c->asked < 0)
        return;
    peer *p = &c->peer[c->asked];
    buffer b;
    buffer_init(&b);
    put_frame(&b, text_slice(reply, 0, 16384));
    ssize_t n = send(p->fd, b.p, b.n, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)n;
    buffer_release(&b);
    drop(p);
    c->asked = -1;
}

static bool wait_for(int fd, short events, instant until)
{
    for (;;) {
        instant left = until - monotonic();
        struct pollfd p = {.fd = fd, .events = events};
        int n = left <= 0 ? 0 : poll(&p, 1, (int)(left / 1000) + 1);
        if (n > 0)
            return true;
        if (n == 0 || errno != EINTR)
            return false;
    }
}

static ctl_status send_all(int fd, text frame, instant until)
{
    size_t sent = 0;
    while (sent < frame.n) {
        ssize_t n = send(fd, frame.p + sent, frame.n - sent, MSG_NOSIGNAL);
        if (n > 0)
            sent += (size_t)n;
        else if (errno != EAGAIN && errno != EINTR)
            return CTL_BROKEN;
        else if (!wait_for(fd, POLLOUT, until))
            return CTL_SILENT;
    }
    return CTL_ANSWERED;
}

static ctl_status receive(int fd, instant until, arena *memory, text *reply)
{
    buffer in;
    buffer_init(&in);
    ctl_status s = CTL_ANSWERED;
    while (s == CTL_ANSWERED && !whole(&in)) {
        char bytes[4096];
        ssize_t n = read(fd, bytes, sizeof bytes);
        if (n > 0)
            buffer_add(&in, bytes, (size_t)n);
        else if (n == 0 || (errno != EAGAIN && errno != EINTR))
            s = CTL_BROKEN;
        else if (!wait_for(fd, POLLIN, until))
            s = CTL_SILENT;
    }
    if (s == CTL_ANSWERED)
        *reply = text_copy(memory, (text){in.p + 4, length_of(in.p)});
    buffer_release(&in);
    return s;
}

ctl_status ctl_ask(const char *folder, text request, duration timeout, arena *memory, text *reply)
{
    instant until = monotonic() + timeout;
    int dir = open_folder(folder);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_un a = address_of(dir);
    ctl_status s = CTL_NOBODY;
    if (dir >= 0 && fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0) {
        buffer b;
        buffer_init(&b);
        put_frame(&b, request);
        s = send_all(fd, buffer_view(&b), until);
        if (s == CTL_ANSWERED)
            s = receive(fd, until, memory, reply);
        buffer_release(&b);
    }
    if (fd >= 0)
        close(fd);
    if (dir >= 0)
        close(dir);
    return s;
}

bool ctl_listens(const char *folder)
{
    int dir = open_folder(folder);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_un a = address_of(dir);
    bool there = dir >= 0 && fd >= 0 &&
                 (connect(fd, (struct sockaddr *)&a, sizeof a) == 0 || errno == EAGAIN);
    if (fd >= 0)
        close(fd);
    if (dir >= 0)
        close(dir);
    return there;
}
