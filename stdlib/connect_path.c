/* connect_path.c: from a path of the program to a file, without leaving the base.
 *
 * Each part is opened from the one before with O_NOFOLLOW, so that neither `..` nor a link planted
 * below the base, nor one swapped in between check and use, leads outside. */
#include "stdlib/connect_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *wrong_path(text path)
{
    if (path.n == 0 || path.n > 4096)
        return "is empty or too long";
    if (path.p[0] == '/')
        return "is absolute; paths are relative to the connector's base";
    if (memchr(path.p, 0, path.n) != NULL)
        return "holds a NUL";
    if (path.p[path.n - 1] == '/')
        return "names a folder";
    return NULL;
}

static text next_part(text *rest)
{
    ptrdiff_t slash = text_find(*rest, '/');
    size_t n = slash < 0 ? rest->n : (size_t)slash;
    text part = text_slice(*rest, 0, n);
    *rest = text_slice(*rest, slash < 0 ? rest->n : n + 1, rest->n);
    return part;
}

int path_open(const operation_request *q, arena *memory, text path, const char **last,
              operation_result *r)
{
    const char *wrong = path.p == NULL ? "is missing" : wrong_path(path);
    if (wrong != NULL) {
        refused(r, memory, "path `%.*s` %s", TEXT_ARG(path), wrong);
        return -1;
    }
    const char *base = connector_folder(q, memory);
    int at = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (at < 0)
        refused(r, memory, "%s: %s", base, strerror(errno));
    text rest = path;
    while (at >= 0) {
        text part = next_part(&rest);
        if (text_is(part, "..")) {
            refused(r, memory, "path `%.*s` holds `..`", TEXT_ARG(path));
            close(at);
            return -1;
        }
        if (rest.n == 0) {
            *last = arena_copy(memory, part.p, part.n);
            return at;
        }
        if (part.n == 0 || text_is(part, "."))
            continue;
        int next = openat(at, arena_copy(memory, part.p, part.n),
                          O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (next < 0)
            refused(r, memory, "%.*s: `%.*s`: %s", TEXT_ARG(path), TEXT_ARG(part),
                    errno == ELOOP ? "a symbolic link" : strerror(errno));
        close(at);
        at = next;
    }
    return -1;
}

static bool read_all(int fd, size_t size, size_t limit, arena *memory, text *out)
{
    buffer b;
    buffer_init(&b);
    buffer_reserve(&b, size + 1);
    char bytes[65536];
    ssize_t n;
    while ((n = read(fd, bytes, sizeof bytes)) > 0 && b.n + (size_t)n <= limit)
        buffer_add(&b, bytes, (size_t)n);
    if (n == 0)
        *out = text_copy(memory, buffer_view(&b));
    else if (n > 0)
        errno = EFBIG;
    buffer_release(&b);
    return n == 0;
}

bool file_bytes(int folder, const char *name, size_t limit, arena *memory, text *out,
                instant *modified, operation_result *r)
{
    struct stat s;
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool ok = fd >= 0 && fstat(fd, &s) == 0;
    if (!ok)
        refused(r, memory, "%s: %s", name, errno == ELOOP ? "a symbolic link" : strerror(errno));
    else if (!S_ISREG(s.st_mode))
        refused(r, memory, "%s: not a file", name), ok = false;
    else if ((size_t)s.st_size > limit)
        refused(r, memory, "%s: larger than %zu MiB", name, limit >> 20), ok = false;
    else if (!read_all(fd, (size_t)s.st_size, limit, memory, out))
        refused(r, memory, "%s: %s", name, strerror(errno)), ok = false;
    else if (modified != NULL)
        *modified = (instant)s.st_mtim.tv_sec * SECOND + s.st_mtim.tv_nsec / 1000;
    if (fd >= 0)
        close(fd);
    return ok;
}
