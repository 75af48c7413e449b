/* files.c: see files.h. */
#include "cli/files.h"

#include "base/source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static mode_t wanted_mode(const char *path)
{
    struct stat st;
    if (stat(path, &st) == 0)
        return st.st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static bool write_beside(const char *target, char *temporary, text bytes)
{
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = file_put(fd, bytes) && fchmod(fd, wanted_mode(target)) == 0 && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    ok = ok && rename(temporary, target) == 0;
    int error = errno;
    if (!ok)
        unlink(temporary);
    errno = error;
    return ok;
}

/* What is no regular file, a device or a pipe, is written to: a file in its place would be another
 * thing, for everybody. A folder cannot be opened for this. */
static bool write_into(const char *path, text bytes)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return false;
    bool ok = file_put(fd, bytes);
    int error = errno;
    ok = close(fd) == 0 && ok;
    errno = ok ? errno : error;
    return ok;
}

exit_code file_replace(cli *c, const char *path, text bytes)
{
    struct stat st;
    char real[PATH_MAX];
    const char *target = realpath(path, real) ? real : path;
    text name = text_format(&c->memory, "%s.XXXXXX", target);
    char *temporary = arena_copy(&c->memory, name.p, name.n);
    bool special = stat(path, &st) == 0 && !S_ISREG(st.st_mode);
    if (special ? write_into(path, bytes) : write_beside(target, temporary, bytes))
        return CODE_DONE;
    cli_error(c, NULL, "cannot write %s: %s", path, strerror(errno));
    return CODE_REFUSED;
}

static exit_code fetch_stdin(cli *c, size_t limit, text *out)
{
    buffer b = {0};
    for (ssize_t n = 1; n != 0 && b.n <= limit;) {
        buffer_reserve(&b, 1 << 16);
        n = read(STDIN_FILENO, b.p + b.n, 1 << 16);
        if (n < 0 && errno != EINTR)
            break;
        b.n += n > 0 ? (size_t)n : 0;
    }
    if (b.n > limit) {
        buffer_release(&b);
        cli_error(c, NULL, "cannot read stdin: %s", load_status_text(LOAD_TOO_LARGE));
        return CODE_ERRORS;
    }
    *out = text_copy(&c->memory, buffer_view(&b));
    buffer_release(&b);
    return CODE_DONE;
}

exit_code file_fetch(cli *c, const char *path, size_t limit, text *out)
{
    if (strcmp(path, "-") == 0)
        return fetch_stdin(c, limit, out);
    load_status s = file_load(&c->memory, path, limit, out);
    if (s == LOAD_OK)
        return CODE_DONE;
    cli_error(c, NULL, "cannot read %s: %s", path, load_status_text(s));
    return CODE_ERRORS;
}
