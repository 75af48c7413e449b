/* host_seen.c: which files a run has read. One line a file, appended and synced before the answer
 * of the read is journaled, so that a resumed run may replace what it had read before it was
 * killed. A line cut off by a crash names no file. */
#include "base/intern.h"
#include "base/source.h"
#include "vm/host.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct seen_files {
    arena memory;
    names paths;
    int fd; /* -1: in memory only */
};

enum { SEEN_LARGEST = 16 << 20 };

static void load(seen_files *s, const char *path)
{
    arena scratch = {0};
    text all;
    if (file_load(&scratch, path, SEEN_LARGEST, &all) == LOAD_OK)
        for (ptrdiff_t end; (end = text_find(all, '\n')) >= 0;
             all = text_slice(all, (size_t)end + 1, all.n))
            names_add(&s->paths, text_slice(all, 0, (size_t)end));
    arena_release(&scratch);
}

seen_files *seen_open(const char *jobs, text run)
{
    seen_files *s = calloc(1, sizeof *s);
    if (s == NULL)
        memory_exhausted();
    s->fd = -1;
    names_init(&s->paths, &s->memory);
    if (jobs == NULL)
        return s;
    const char *path = text_format(&s->memory, "%s/seen-%.*s", jobs, TEXT_ARG(run)).p;
    load(s, path);
    s->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return s;
}

bool seen_has(const seen_files *s, text path)
{
    return s != NULL && names_find(&s->paths, path) != 0;
}

void seen_add(seen_files *s, text path)
{
    if (s == NULL || text_find(path, '\n') >= 0 || seen_has(s, path))
        return;
    names_add(&s->paths, path);
    if (s->fd < 0)
        return;
    text line = text_format(&s->memory, "%.*s\n", TEXT_ARG(path));
    if (write(s->fd, line.p, line.n) == (ssize_t)line.n)
        fdatasync(s->fd);
}

void seen_close(seen_files *s)
{
    if (s == NULL)
        return;
    if (s->fd >= 0)
        close(s->fd);
    names_release(&s->paths);
    arena_release(&s->memory);
    free(s);
}
