/* child.c: fork, exec, collect, end.
 *
 * The child keeps nothing of ours open but its three streams and the locked file. Its input is a
 * memory file: a pipe would need writing, and a command that does not read would stall or kill us
 * with SIGPIPE. That exec failed is told through a pipe that closes itself when it succeeds, so
 * that "could not start" is known and not guessed from an exit code.
 */
#include "stdlib/connect/child.h"

#include "base/source.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GRACE = 5 * SECOND };

instant child_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (instant)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

static int input_of(text bytes)
{
    if (bytes.n == 0)
        return open("/dev/null", O_RDONLY | O_CLOEXEC);
    int fd = memfd_create("stdin", MFD_CLOEXEC);
    if (fd < 0)
        return fd;
    if (!file_put(fd, bytes)) {
        close(fd);
        return -1;
    }
    lseek(fd, 0, SEEK_SET);
    return fd;
}

/* In the child, between fork and exec. */
static _Noreturn void become(const child_start *s, int in, int out, int err, int lock, int tell)
{
    char group[24];
    sigset_t none;
    setpgid(0, 0);
    if (lock >= 0) {
        int n = snprintf(group, sizeof group, "%d\n", (int)getpid());
        if (ftruncate(lock, 0) != 0 || pwrite(lock, group, (size_t)n, 0) != n)
            goto failed;
    }
    if (chdir(s->folder) != 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
        goto failed;
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    if (lock >= 0)
        fcntl(lock, F_SETFD, 0); /* what runs below it holds the lock */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int sig = 1; sig < 32; sig++) {
        if (sig != SIGKILL && sig != SIGSTOP)
            signal(sig, SIG_DFL);
    }
    execvpe(s->argv[0], s->argv, s->env);
failed:;
    int error = errno;
    ssize_t told = write(tell, &error, sizeof error);
    _exit(told == sizeof error ? 127 : 126);
}

static bool lock_file(child *c, const child_start *s, arena *memory, text *why)
{
    c->lock = -1;
    if (s->lock == NULL)
        return true;
    c->lock = open(s->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    c->lock_path = s->lock;
    if (c->lock >= 0 && flock(c->lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    *why = errno == EWOULDBLOCK ? TEXT("an earlier call with the same key is still running")
                                : text_format(memory, "%s: %s", s->lock, strerror(errno));
    if (c->lock >= 0)
        close(c->lock);
    c->lock = -1;
    return false;
}

static void shut(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* 0, or the errno with which the child could not become what it should. */
static int started(int tell)
{
    int error = 0;
    ssize_t n;
    do
        n = read(tell, &error, sizeof error);
    while (n < 0 && errno == EINTR);
    return n == sizeof error ? error : 0;
}

static int start(child *c, const child_start *s)
{
    int in = input_of(s->stdin_bytes), out[2] = {-1, -1}, err[2] = {-1, -1}, tell[2] = {-1, -1};
    int error = 0;
    if (in < 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0 ||
        pipe2(tell, O_CLOEXEC) != 0 || (c->pid = fork()) < 0)
        error = errno;
    if (error == 0 && c->pid == 0)
        become(s, in, out[1], err[1], c->lock, tell[1]);
    shut(&in), shut(&out[1]), shut(&err[1]), shut(&tell[1]);
    if (error == 0) {
        setpgid(c->pid, c->pid); /* whoever comes first */
        error = started(tell[0]);
        if (error != 0)
            waitpid(c->pid, NULL, 0);
    }
    shut(&tell[0]);
    c->fd[0] = out[0];
    c->fd[1] = err[0];
    c->fd[2] = error == 0 ? pidfd_open(c->pid, 0) : -1;
    if (error == 0) {
        fcntl(out[0], F_SETFL, O_NONBLOCK);
        fcntl(err[0], F_SETFL, O_NONBLOCK);
    }
    return error;
}

bool child_begin(child *c, const child_start *s, instant deadline, arena *memory, text *why)
{
    *c = (child){.fd = {-1, -1, -1}, .lock = -1, .began = child_clock(), .deadline = deadline};
    buffer_init(&c->out);
    buffer_init(&c->err);
    if (!lock_file(c, s, memory, why))
        return false;
    int error = start(c, s);
    if (error == 0)
        return true;
    *why = text_format(memory, "`%s` could not start: %s", s->argv[0], strerror(error));
    c->ended = true;
    child_release(c);
    return false;
}

/* Signals the whole group. */
static void child_terminate(child *c, int signal)
{
    if (!c->ended)
        kill(-c->pid, signal);
}

static void collect(child *c, int stream, buffer *into)
{
    char bytes[65536];
    ssize_t n;
    while (c->fd[stream] >= 0 && (n = read(c->fd[stream], bytes, sizeof bytes)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return;
        if (into->n + (size_t)n > CHILD_OUTPUT) {
            c->flooded = true;
            child_terminate(c, SIGKILL);
            break;
        }
        buffer_add(into, bytes, (size_t)n);
    }
    shut(&c->fd[stream]);
}

bool child_advance(child *c, bool late)
{
    if (!c->ended) {
        pid_t done = waitpid(c->pid, &c->status, WNOHANG);
        c->ended = done == c->pid;
    }
    /* After its end once more: what it wrote last is there by now. */
    collect(c, 0, &c->out);
    collect(c, 1, &c->err);
    if (c->ended || !late)
        return c->ended;
    c->timed_out = true;
    child_terminate(c, c->signals++ == 0 ? SIGTERM : SIGKILL);
    c->deadline = child_clock() + GRACE;
    return false;
}

/* One that writes is asked to end, and its lock tells the next owner whether it did; one that only
 * reads is ended. */
void child_release(child *c)
{
    if (!c->ended && c->pid > 0) {
        child_terminate(c, c->lock >= 0 ? SIGTERM : SIGKILL);
        if (c->lock < 0)
            waitpid(c->pid, NULL, 0);
    } else if (c->lock >= 0) {
        unlink(c->lock_path);
    }
    for (int i = 0; i < CHILD_FDS; i++)
        shut(&c->fd[i]);
    shut(&c->lock);
    buffer_release(&c->out);
    buffer_release(&c->err);
}
