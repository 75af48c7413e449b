/* git.c: see git.h. git is started by its argument vector, reads nothing and may fail: then nobody
 * knows. */
#include "cli/git.h"

#include "cli/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { ANSWER_BYTES = 256, PATIENCE = 3000 /* milliseconds for an answer */ };

static pid_t start(const char *const *argv, int out)
{
    pid_t child = -1;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    char *args[12];
    size_t n = 0;
    for (; argv[n] && n < 11; n++)
        memcpy(&args[n], &argv[n], sizeof args[n]); /* execve does not write to them */
    args[n] = NULL;
    if (posix_spawnp(&child, "git", &actions, NULL, args, environ) != 0)
        child = -1;
    posix_spawn_file_actions_destroy(&actions);
    return child;
}

static size_t read_answer(int fd, char *answer)
{
    size_t n = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (n < ANSWER_BYTES && poll(&p, 1, PATIENCE) > 0) {
        ssize_t got = read(fd, answer + n, ANSWER_BYTES - n);
        if (got <= 0 && errno != EINTR)
            break;
        n += got > 0 ? (size_t)got : 0;
    }
    return n;
}

/* What git prints, trimmed, at most ANSWER_BYTES of it; *known when it ended well. */
static text ask(cli *c, const char *const *argv, bool *known)
{
    int fds[2], status = -1;
    char answer[ANSWER_BYTES];
    *known = false;
    if (pipe2(fds, O_CLOEXEC) != 0)
        return (text){0};
    pid_t child = start(argv, fds[1]);
    close(fds[1]);
    errno = 0;
    size_t n = child > 0 ? read_answer(fds[0], answer) : 0;
    close(fds[0]);
    if (child <= 0)
        return (text){0};
    if (n == ANSWER_BYTES)
        kill(child, SIGTERM);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    *known = n == ANSWER_BYTES || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return text_copy(&c->memory, text_trim((text){answer, n}));
}

void git_ask(cli *c, const char *path, git_facts *out)
{
    bool known;
    *out = (git_facts){0};
    text folder = path_folder(&c->memory, path);
    const char *in = folder.n ? folder.p : ".";
    const char *name = path + folder.n;
    const char *const author[] = {"git", "-C", in, "log", "-1", "--format=%ce", "--", name, NULL};
    const char *const head[] = {"git", "-C", in, "rev-parse", "--short", "HEAD", NULL};
    const char *const changed[] = {"git", "-C", in, "status", "--porcelain", "--", ".", NULL};
    text who = ask(c, author, &known);
    if (!known || !who.n)
        return;
    out->author = who;
    text revision = ask(c, head, &known);
    if (!known)
        return;
    text state = ask(c, changed, &known);
    out->revision =
        text_format(&c->memory, "%.*s%s", TEXT_ARG(revision), known && !state.n ? "" : " changed");
}

/* Starts it with these for its standard input and output; -1: as they are. */
static bool perform(const char *name, const char *const *argv, int in, int out, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    char *args[12] = {0};
    posix_spawn_file_actions_init(&actions);
    if (in >= 0)
        posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    if (out >= 0)
        posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    for (size_t n = 0; argv[n] && n < 11; n++)
        memcpy(&args[n], &argv[n], sizeof args[n]); /* execve does not write to them */
    bool ok = posix_spawnp(child, name, &actions, NULL, args, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    return ok;
}

static bool ended_well(pid_t child)
{
    int status = -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool git_unpack(const char *revision, const char *folder)
{
    int fds[2];
    pid_t git = -1, tar = -1;
    const char *const archive[] = {"git",    "archive", "--format=tar", "--end-of-options",
                                   revision, NULL};
    const char *const unpack[] = {"tar", "-x", "-f", "-", "-C", folder, NULL};
    if (pipe2(fds, O_CLOEXEC) != 0)
        return false;
    bool ok = perform("git", archive, -1, fds[1], &git);
    ok = perform("tar", unpack, fds[0], -1, &tar) && ok;
    close(fds[0]);
    close(fds[1]);
    ok = (git <= 0 || ended_well(git)) && ok;
    return (tar <= 0 || ended_well(tar)) && ok;
}
