/* below.c: see below.h. */
#include "stdlib/document/below.h"

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
        return "is absolute; paths are relative to a folder";
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

int below_open(int at, arena *memory, text path, const char **last, text *why)
{
    const char *wrong = path.p == NULL ? "is missing" : wrong_path(path);
    if (wrong != NULL)
        *why = text_format(memory, "path `%.*s` %s", TEXT_ARG(path), wrong);
    text rest = path;
    while (wrong == NULL && at >= 0) {
        text part = next_part(&rest);
        if (text_is(part, "..")) {
            *why = text_format(memory, "path `%.*s` holds `..`", TEXT_ARG(path));
            break;
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
            *why = text_format(memory, "%.*s: `%.*s`: %s", TEXT_ARG(path), TEXT_ARG(part),
                               errno == ELOOP ? "a symbolic link" : strerror(errno));
        close(at);
        at = next;
    }
    if (at >= 0)
        close(at);
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

bool below_read(int folder, const char *name, size_t limit, arena *memory, text *out,
                instant *modified, text *why)
{
    struct stat s;
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool ok = fd >= 0 && fstat(fd, &s) == 0;
    *why = (text){0};
    if (!ok)
        *why = text_format(memory, "%s: %s", name,
                           errno == ELOOP ? "a symbolic link" : strerror(errno));
    else if (!S_ISREG(s.st_mode))
        *why = text_format(memory, "%s: not a file", name);
    else if ((size_t)s.st_size > limit)
        *why = text_format(memory, "%s: larger than %zu MiB", name, limit >> 20);
    else if (!read_all(fd, (size_t)s.st_size, limit, memory, out))
        *why = text_format(memory, "%s: %s", name, strerror(errno));
    else if (modified != NULL)
        *modified = (instant)s.st_mtim.tv_sec * SECOND + s.st_mtim.tv_nsec / 1000;
    if (fd >= 0)
        close(fd);
    return why->n == 0;
}
