/* source.c: see source.h. A file's line index is built on the first question about it: a clean
 * check never asks. */
#include "base/source.h"
#include "base/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void source_map_init(source_map *m, arena *memory)
{
    *m = (source_map){.memory = memory, .next = 1};
}

void source_map_release(source_map *m)
{
    vec_release(&m->files);
    *m = (source_map){0};
}

static bool fits(const source_map *m, text bytes)
{
    return bytes.n <= SOURCE_LARGEST && bytes.n + 1 <= UINT32_MAX - m->next;
}

source *source_take(source_map *m, text name, text bytes)
{
    if (!fits(m, bytes))
        return NULL;
    source *s = arena_new(m->memory, source);
    *s = (source){.name = text_copy(m->memory, name), .bytes = bytes, .base = m->next};
    m->next += (uint32_t)bytes.n + 1;
    vec_push(&m->files, s);
    return s;
}

source *source_add(source_map *m, text name, text bytes)
{
    if (!fits(m, bytes))
        return NULL;
    char *copy = arena_alloc(m->memory, bytes.n + 2, 1);
    if (bytes.n)
        memcpy(copy, bytes.p, bytes.n);
    return source_take(m, name, (text){copy, bytes.n});
}

const source *source_of(const source_map *m, uint32_t position)
{
    size_t low = 0, high = m->files.n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (m->files.p[mid]->base <= position)
            low = mid + 1;
        else
            high = mid;
    }
    return position && low ? m->files.p[low - 1] : NULL;
}

static uint32_t count_lines(const scan_set *ends, text bytes)
{
    uint64_t mask[SCAN_WINDOW];
    uint32_t lines = 1;
    for (size_t at = 0; at < bytes.n; at += SCAN_WINDOW * SCAN_BLOCK) {
        text window = text_slice(bytes, at, at + SCAN_WINDOW * SCAN_BLOCK);
        scan_masks(ends, window.p, window.n, mask);
        for (size_t k = 0; k < scan_blocks(window.n); k++)
            lines += (uint32_t)__builtin_popcountll(mask[k]);
    }
    return lines;
}

static void index_lines(arena *a, source *s)
{
    scan_set ends = scan_any_of("\n", 1);
    scan_cursor c;
    s->lines = count_lines(&ends, s->bytes);
    s->line = arena_array(a, uint32_t, s->lines);
    scan_start(&c, &ends, s->bytes, 0);
    for (uint32_t k = 1; k < s->lines; k++)
        s->line[k] = (uint32_t)scan_next(&c) + 1;
}

/* The line of an offset that is not in front of line `low`, which nearly all spans do not leave. */
static uint32_t line_from(const source *s, uint32_t offset, uint32_t low)
{
    uint32_t high = s->lines;
    if (low < high && s->line[low] > offset)
        return low;
    low--;
    while (low + 1 < high) {
        uint32_t mid = (low + high) / 2;
        if (s->line[mid] <= offset)
            low = mid;
        else
            high = mid;
    }
    return low + 1;
}

place source_place(const source_map *m, span sp)
{
    const source *file = source_of(m, sp.start);
    if (!file)
        return (place){0};
    source *s =
        (source *)(uintptr_t)file; /* the index is a cache: the source stays logically const */
    if (!s->line)
        index_lines(m->memory, s);
    uint32_t start = sp.start - s->base, end = sp.end - s->base;
    if (start > s->bytes.n)
        start = (uint32_t)s->bytes.n;
    if (end < start || end > s->bytes.n)
        end = start;
    uint32_t line = line_from(s, start, 1), end_line = line_from(s, end, line);
    return (place){
        s,     line, start - s->line[line - 1] + 1, end_line, end - s->line[end_line - 1] + 1,
        start, end};
}

text source_text(const source_map *m, span sp)
{
    const source *s = source_of(m, sp.start);
    return s ? text_slice(s->bytes, sp.start - s->base, sp.end - s->base) : TEXT("");
}

text source_line(const source *s, uint32_t line)
{
    if (!s->line || line == 0 || line > s->lines)
        return TEXT("");
    uint32_t end = line < s->lines ? s->line[line] - 1 : (uint32_t)s->bytes.n;
    text t = text_slice(s->bytes, s->line[line - 1], end);
    return t.n && t.p[t.n - 1] == '\r' ? text_slice(t, 0, t.n - 1) : t;
}

static load_status size_of(int fd, size_t limit, size_t *out)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return LOAD_FAILED;
    if (!S_ISREG(st.st_mode))
        return LOAD_NOT_A_FILE;
    *out = (size_t)st.st_size;
    return (uintmax_t)st.st_size > limit ? LOAD_TOO_LARGE : LOAD_OK;
}

static load_status read_first(arena *a, int fd, size_t size, text *out)
{
    size_t n = 0;
    char *p = arena_alloc(a, size + 2, 1);
    while (n < size) {
        ssize_t got = read(fd, p + n, size - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return LOAD_FAILED;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    *out = (text){p, n};
    return LOAD_OK;
}

static int open_file(const char *path)
{
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

bool file_starts(const char *path, text prefix)
{
    char first[16];
    struct stat st;
    int fd = open_file(path);
    bool is = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && prefix.n <= sizeof first &&
              read(fd, first, prefix.n) == (ssize_t)prefix.n &&
              memcmp(first, prefix.p, prefix.n) == 0;
    if (fd >= 0)
        close(fd);
    return is;
}

static load_status why_not_open(void)
{
    return errno == ENOENT || errno == ENOTDIR ? LOAD_MISSING
           : errno == EACCES                   ? LOAD_DENIED
                                               : LOAD_FAILED;
}

/* A file that may be read: open, with its size. On failure there is nothing to close. */
static load_status open_sized(const char *path, size_t limit, int *fd, size_t *size)
{
    *fd = open_file(path);
    if (*fd < 0)
        return why_not_open();
    load_status status = size_of(*fd, limit, size);
    if (status != LOAD_OK)
        close(*fd);
    return status;
}

load_status file_load(arena *a, const char *path, size_t limit, text *out)
{
    int fd;
    size_t size;
    load_status status = open_sized(path, limit, &fd, &size);
    if (status != LOAD_OK)
        return status;
    status = read_first(a, fd, size, out);
    close(fd);
    return status;
}

static load_status map_whole(int fd, size_t size, text *out)
{
    if (size == 0)
        return LOAD_OK;
    void *p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return LOAD_FAILED;
    madvise(p, size, MADV_SEQUENTIAL);
    *out = (text){p, size};
    return LOAD_OK;
}

static load_status file_map(const char *path, size_t limit, text *out)
{
    int fd;
    size_t size;
    *out = TEXT("");
    load_status status = open_sized(path, limit, &fd, &size);
    if (status != LOAD_OK)
        return status;
    status = map_whole(fd, size, out);
    close(fd);
    return status;
}

void file_unmap(text bytes)
{
    if (bytes.n)
        munmap((void *)(uintptr_t)bytes.p, bytes.n);
}

load_status file_probe(const char *path, size_t limit, size_t *size)
{
    int fd;
    load_status status = open_sized(path, limit, &fd, size);
    if (status == LOAD_OK)
        close(fd);
    return status;
}

load_status file_view(arena *a, const char *path, size_t limit, text *out, bool *mapped)
{
    struct stat st;
    *mapped = stat(path, &st) == 0 && (uintmax_t)st.st_size > FILE_COPIED;
    return *mapped ? file_map(path, limit, out) : file_load(a, path, limit, out);
}

load_status file_head(arena *a, const char *path, size_t n, text *out)
{
    int fd;
    size_t size;
    load_status status = open_sized(path, SIZE_MAX, &fd, &size);
    if (status != LOAD_OK)
        return status;
    status = read_first(a, fd, size < n ? size : n, out);
    close(fd);
    return status;
}

bool file_put(int fd, text bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = text_slice(bytes, (size_t)n, bytes.n);
    }
    return true;
}

bool file_is_same(const char *path, const char *other)
{
    struct stat a, b;
    return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

const char *load_status_text(load_status s)
{
    static const char *const words[] = {
        [LOAD_OK] = "read",
        [LOAD_MISSING] = "no such file",
        [LOAD_DENIED] = "permission denied",
        [LOAD_NOT_A_FILE] = "not a regular file",
        [LOAD_TOO_LARGE] = "larger than the limit",
        [LOAD_FAILED] = "reading failed",
    };
    return words[s];
}

text file_nearest(arena *a, text path)
{
    size_t slash = path.n, dot = path.n;
    while (slash && path.p[slash - 1] != '/')
        slash--;
    while (dot > slash && path.p[dot - 1] != '.')
        dot--;
    text wrong = text_slice(path, slash, path.n), ending = text_slice(path, dot, path.n);
    DIR *folder = opendir(slash ? text_format(a, "%.*s", (int)slash, path.p).p : ".");
    text best = TEXT("");
    unsigned most = wrong.n <= 4 ? 1 : wrong.n <= 8 ? 2 : 3, least = most;
    for (struct dirent *e; folder && ending.n < wrong.n && (e = readdir(folder));) {
        text name = text_of(e->d_name);
        bool same = *e->d_name != '.' && text_ends(name, ending);
        unsigned d = same ? text_distance(wrong, name, most) : most + 1;
        if (d > least || (d == least && best.n && text_compare(name, best) > 0))
            continue;
        least = d;
        best = text_copy(a, name);
    }
    if (folder)
        closedir(folder);
    return best;
}
