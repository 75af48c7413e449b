/* signals.c: see signals.h. The static below is the one place of Ferry that must be: a handler of a
 * signal is given nothing it could find its state by. */
#include "cli/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static struct {
    volatile int count, first;
    int write_fd;
} state;

static void on_signal(int number)
{
    int before = errno;
    if (state.count == 0)
        state.first = number;
    state.count = state.count + 1;
    if (write(state.write_fd, "!", 1) < 0)
        errno = 0; /* the pipe is full: it is readable anyway */
    errno = before;
}

bool signals_watch(signal_watch *out)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    state.write_fd = fds[1];
    *out = (signal_watch){&state.count, fds[0]};
    struct sigaction a = {.sa_handler = on_signal}; /* no SA_RESTART: waits must end */
    static const int watched[] = {SIGINT, SIGTERM, SIGHUP};
    for (unsigned i = 0; i < sizeof watched / sizeof *watched; i++)
        sigaction(watched[i], &a, NULL);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    return true;
}

int signals_code(void)
{
    if (state.count == 0)
        return 0;
    return state.first == SIGINT ? 130 : 143;
}
