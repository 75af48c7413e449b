/* connect_dir.c: files below a folder. */
#include "stdlib/connect/connect_parts.h"

#include "base/hash.h"
#include "base/source.h"
#include "base/vec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_LARGEST = 64 << 20, LIST_LONGEST = 65536 };

/* --- what a file is, as a result --- */

static void put_facts(json_writer *w, text bytes)
{
    sha256 digest = sha256_of(bytes.p, bytes.n);
    char hex[65];
    sha256_hex(&digest, hex);
    json_add_cstr(w, "sha256", hex);
    json_add_int(w, "size", (int64_t)bytes.n);
}

static void put_modified(json_writer *w, instant t)
{
    buffer b;
    buffer_init(&b);
    instant_write_iso(&b, t);
    json_add_text(w, "modified", buffer_view(&b));
    buffer_release(&b);
}

static json_writer result_open(buffer *b)
{
    json_writer w;
    buffer_init(b);
    json_begin(&w, b, 0);
    json_object(&w);
    return w;
}

static void result_close(json_writer *w, buffer *b, arena *memory, operation_result *r)
{
    json_object_end(w);
    *r = (operation_result){.status = OUTCOME_OK, .result = text_copy(memory, buffer_view(b))};
    buffer_release(b);
}

static void say_written(text bytes, arena *memory, operation_result *r)
{
    buffer b;
    json_writer w = result_open(&b);
    put_facts(&w, bytes);
    result_close(&w, &b, memory, r);
}

/* The name under which a run remembers a file. */
static text full_name(const operation_request *q, arena *memory, text path)
{
    return text_format(memory, "%s/%.*s", connector_folder(q, memory), TEXT_ARG(path));
}

/* --- reading --- */

operation_job *dir_read(const operation_request *q, arena *memory, operation_result *r)
{
    const char *name;
    text path = argument_text(q, memory, "path"), bytes;
    instant modified;
    int folder = path_open(q, memory, path, &name, r);
    if (folder < 0)
        return NULL;
    bool ok = file_bytes(folder, name, FILE_LARGEST, memory, &bytes, &modified, r);
    close(folder);
    if (!ok)
        return NULL;
    seen_add(q->seen, full_name(q, memory, path));
    buffer b;
    json_document parsed;
    json_writer w = result_open(&b);
    if (wants(q, "json") && json_read(memory, bytes, &parsed, NULL)) {
        json_put_key(&w, "json");
        json_put_raw(&w, json_raw(&parsed, 0));
    }
    put_modified(&w, modified);
    put_facts(&w, bytes);
    if (wants(q, "text"))
        json_add_text(&w, "text", bytes);
    result_close(&w, &b, memory, r);
    return NULL;
}

operation_job *dir_stat(const operation_request *q, arena *memory, operation_result *r)
{
    const char *name;
    text path = argument_text(q, memory, "path"), bytes;
    instant modified;
    struct stat s;
    int folder = path_open(q, memory, path, &name, r);
    if (folder < 0)
        return NULL;
    bool there = fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW) == 0;
    bool ok = there ? file_bytes(folder, name, FILE_LARGEST, memory, &bytes, &modified, r)
                    : errno == ENOENT;
    if (!there && !ok)
        refused(r, memory, "%s: %s", name, strerror(errno));
    close(folder);
    if (!ok)
        return NULL;
    buffer b;
    json_writer w = result_open(&b);
    json_add_bool(&w, "exists", there);
    if (there) {
        put_modified(&w, modified);
        put_facts(&w, bytes);
    }
    result_close(&w, &b, memory, r);
    return NULL;
}

/* --- listing: a pattern in any part of the path --- */

typedef struct {
    arena *memory;
    VEC(text) names;
    bool full;
} listing;

static void list_below(listing *l, int folder, text prefix, text pattern)
{
    ptrdiff_t slash = text_find(pattern, '/');
    text part = text_slice(pattern, 0, slash < 0 ? pattern.n : (size_t)slash);
    const char *glob = arena_copy(l->memory, part.p, part.n);
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = again < 0 ? NULL : fdopendir(again);
    struct dirent *e;
    struct stat s;
    while (d != NULL && (e = readdir(d)) != NULL) {
        if (fnmatch(glob, e->d_name, FNM_PERIOD) != 0 || strcmp(e->d_name, ".") == 0 ||
            strcmp(e->d_name, "..") == 0 || fstatat(again, e->d_name, &s, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        text name = text_format(l->memory, "%.*s%s", TEXT_ARG(prefix), e->d_name);
        if (slash >= 0 && S_ISDIR(s.st_mode)) {
            int next = openat(again, e->d_name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            text deeper = text_format(l->memory, "%.*s/", TEXT_ARG(name));
            if (next >= 0)
                list_below(l, next, deeper, text_slice(pattern, (size_t)slash + 1, pattern.n));
            if (next >= 0)
                close(next);
        } else if (slash < 0 && S_ISREG(s.st_mode)) {
            l->full |= l->names.n >= LIST_LONGEST;
            if (!l->full)
                vec_push(&l->names, name);
        }
    }
    if (d != NULL)
        closedir(d);
}

static int by_name(const void *a, const void *b)
{
    return text_compare(*(const text *)a, *(const text *)b);
}

static bool climbs(text glob)
{
    text rest = glob;
    while (rest.n != 0) {
        ptrdiff_t slash = text_find(rest, '/');
        text part = text_slice(rest, 0, slash < 0 ? rest.n : (size_t)slash);
        if (part.n == 0 || text_is(part, ".") || text_is(part, ".."))
            return true;
        rest = text_slice(rest, slash < 0 ? rest.n : (size_t)slash + 1, rest.n);
    }
    return glob.n == 0 || memchr(glob.p, 0, glob.n) != NULL;
}

bool files_matching(const char *base, text glob, arena *memory, text **names, size_t *n,
                    operation_result *r)
{
    listing l = {.memory = memory};
    if (climbs(glob)) {
        refused(r, memory, "pattern `%.*s` is absolute, empty or holds `.` or `..`",
                TEXT_ARG(glob));
        return false;
    }
    int folder = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        refused(r, memory, "%s: %s", base, strerror(errno));
        return false;
    }
    list_below(&l, folder, TEXT(""), glob);
    close(folder);
    if (l.names.n != 0)
        qsort(l.names.p, l.names.n, sizeof *l.names.p, by_name);
    *names = arena_array(memory, text, l.names.n);
    *n = l.names.n;
    if (*n != 0)
        memcpy(*names, l.names.p, *n * sizeof **names);
    vec_release(&l.names);
    if (l.full)
        refused(r, memory, "more than %d files match `%.*s`", LIST_LONGEST, TEXT_ARG(glob));
    return !l.full;
}

operation_job *dir_list(const operation_request *q, arena *memory, operation_result *r)
{
    text *names;
    size_t n;
    text glob = argument_text(q, memory, "glob");
    if (!files_matching(connector_folder(q, memory), glob, memory, &names, &n, r))
        return NULL;
    buffer b;
    json_writer w = result_open(&b);
    json_add_int(&w, "count", (int64_t)n);
    json_add_array(&w, "json");
    for (size_t i = 0; i < n; i++)
        json_put_text(&w, names[i]);
    json_array_end(&w);
    result_close(&w, &b, memory, r);
    return NULL;
}

/* --- writing --- */

/* What is to be written: text as it stands, or JSON and a line break. */
static bool content_of(const operation_request *q, arena *memory, text *out, operation_result *r)
{
    text plain = argument_text(q, memory, "text");
    uint32_t json = json_member(q->arguments, 0, TEXT("json"));
    if ((plain.p != NULL) == (json != 0 && q->arguments->node[json].kind != JSON_NULL)) {
        refused(r, memory, "a write takes `text` or `json`, one of them");
        return false;
    }
    *out = plain.p != NULL ? plain
                           : text_format(memory, "%.*s\n", TEXT_ARG(json_raw(q->arguments, json)));
    return true;
}

static bool put_file(int folder, const char *name, text bytes)
{
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0)
        return false;
    bool ok = file_put(fd, bytes) && fsync(fd) == 0;
    int error = errno;
    ok = close(fd) == 0 && ok;
    if (!ok)
        errno = error;
    return ok;
}

/* The rename, which alone changes the world. O_PATH descriptors cannot be synced: the folder is
 * opened again. */
static void put_in_place(int folder, const char *part, const char *name, bool replace,
                         arena *memory, operation_result *r)
{
    int rc = replace ? renameat(folder, part, folder, name)
                     : renameat2(folder, part, folder, name, RENAME_NOREPLACE);
    if (rc != 0) {
        refused(r, memory, "%s: %s", name,
                errno == EEXIST ? "appeared meanwhile and this run has not read it"
                                : strerror(errno));
        unlinkat(folder, part, 0);
        return;
    }
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (again < 0 || fsync(again) != 0)
        unknown(r, memory, "%s: written, but the folder could not be synced: %s", name,
                strerror(errno));
    if (again >= 0)
        close(again);
}

static void write_below(const operation_request *q, arena *memory, int folder, const char *name,
                        text seen_as, text bytes, operation_result *r)
{
    struct stat s;
    text old;
    bool there = fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW) == 0;
    if (there && !file_bytes(folder, name, FILE_LARGEST, memory, &old, NULL, r))
        return;
    if (there && text_equal(old, bytes)) {
        say_written(bytes, memory, r);
        return;
    }
    if (there && !seen_has(q->seen, seen_as)) {
        refused(r, memory,
                "%s is there, and this run has not read it: a write never replaces what "
                "nobody looked at",
                name);
        return;
    }
    const char *part = text_format(memory, ".%s.part", q->key_hex[0] != 0 ? q->key_hex : "new").p;
    if (!put_file(folder, part, bytes)) {
        refused(r, memory, "%s: %s", name, strerror(errno));
        unlinkat(folder, part, 0);
        return;
    }
    say_written(bytes, memory, r);
    put_in_place(folder, part, name, there, memory, r);
}

operation_job *dir_write(const operation_request *q, arena *memory, operation_result *r)
{
    const char *name;
    text path = argument_text(q, memory, "path"), bytes;
    if (!content_of(q, memory, &bytes, r))
        return NULL;
    int folder = path_open(q, memory, path, &name, r);
    if (folder < 0)
        return NULL;
    text seen_as = full_name(q, memory, path);
    write_below(q, memory, folder, name, seen_as, bytes, r);
    if (r->status == OUTCOME_OK)
        seen_add(q->seen, seen_as);
    close(folder);
    return NULL;
}

operation_job *dir_write_probe(const operation_request *q, arena *memory, operation_result *r)
{
    const char *name;
    text bytes, found;
    if (!content_of(q, memory, &bytes, r))
        return NULL;
    int folder = path_open(q, memory, argument_text(q, memory, "path"), &name, r);
    if (folder < 0)
        return NULL;
    if (file_bytes(folder, name, FILE_LARGEST, memory, &found, NULL, r) && text_equal(found, bytes))
        say_written(bytes, memory, r);
    else
        refused(r, memory, "%s does not hold it", name);
    close(folder);
    return NULL;
}

/* --- moving and removing --- */

static void say_size(const struct stat *s, arena *memory, operation_result *r)
{
    buffer b;
    json_writer w = result_open(&b);
    json_add_int(&w, "size", s->st_size);
    result_close(&w, &b, memory, r);
}

typedef struct {
    int from, to; /* folders */
    const char *from_name, *to_name;
    struct stat from_stat, to_stat;
    bool from_there, to_there;
} both;

static bool open_both(const operation_request *q, arena *memory, both *b, operation_result *r)
{
    b->from = path_open(q, memory, argument_text(q, memory, "from"), &b->from_name, r);
    if (b->from < 0)
        return false;
    b->to = path_open(q, memory, argument_text(q, memory, "to"), &b->to_name, r);
    if (b->to < 0) {
        close(b->from);
        return false;
    }
    b->from_there = fstatat(b->from, b->from_name, &b->from_stat, AT_SYMLINK_NOFOLLOW) == 0;
    b->to_there = fstatat(b->to, b->to_name, &b->to_stat, AT_SYMLINK_NOFOLLOW) == 0;
    return true;
}

static void close_both(both *b)
{
    close(b->from);
    close(b->to);
}

operation_job *dir_move(const operation_request *q, arena *memory, operation_result *r)
{
    both b;
    if (!open_both(q, memory, &b, r))
        return NULL;
    if (!b.from_there || !S_ISREG(b.from_stat.st_mode)) {
        refused(r, memory, "%s: no such file", b.from_name);
    } else if (renameat2(b.from, b.from_name, b.to, b.to_name, RENAME_NOREPLACE) != 0) {
        refused(r, memory, "%s: %s", b.to_name, strerror(errno));
    } else {
        say_size(&b.from_stat, memory, r);
        int again = openat(b.to, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (again < 0 || fsync(again) != 0)
            unknown(r, memory, "%s: moved, but the folder could not be synced: %s", b.to_name,
                    strerror(errno));
        if (again >= 0)
            close(again);
    }
    close_both(&b);
    return NULL;
}

operation_job *dir_move_probe(const operation_request *q, arena *memory, operation_result *r)
{
    both b;
    if (!open_both(q, memory, &b, r))
        return NULL;
    if (b.from_there)
        refused(r, memory, "%s is still there", b.from_name);
    else if (b.to_there)
        say_size(&b.to_stat, memory, r);
    else
        unknown(r, memory, "neither %s nor %s is there", b.from_name, b.to_name);
    close_both(&b);
    return NULL;
}

static void say_existed(bool existed, arena *memory, operation_result *r)
{
    *r = (operation_result){
        .status = OUTCOME_OK,
        .result = text_format(memory, "{\"existed\":%s}", existed ? "true" : "false")};
}

operation_job *dir_remove(const operation_request *q, arena *memory, operation_result *r)
{
    const char *name;
    int folder = path_open(q, memory, argument_text(q, memory, "path"), &name, r);
    if (folder < 0)
        return NULL;
    if (unlinkat(folder, name, 0) == 0)
        say_existed(true, memory, r);
    else if (errno == ENOENT)
        say_existed(false, memory, r);
    else
        refused(r, memory, "%s: %s", name, strerror(errno));
    close(folder);
    return NULL;
}

operation_job *dir_remove_probe(const operation_request *q, arena *memory, operation_result *r)
{
    const char *name;
    struct stat s;
    int folder = path_open(q, memory, argument_text(q, memory, "path"), &name, r);
    if (folder < 0)
        return NULL;
    if (fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW) == 0)
        refused(r, memory, "%s is still there", name);
    else
        say_existed(true, memory, r);
    close(folder);
    return NULL;
}
