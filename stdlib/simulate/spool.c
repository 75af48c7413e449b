/* spool.c: see spool.h. */
#include "stdlib/simulate/spool.h"

#include "base/decimal.h"
#include "base/hash.h"
#include "base/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INDEX_LARGEST = 256 << 20 };

/* All of it is compared at once, in memory. */
#define TRAFFIC_LARGEST (UINT64_C(512) << 20)

/* --- entries as lines --- */

static text identity(arena *memory, const spool_entry *e)
{
    return text_format(memory, "%u/%lld/%lld/%.*s", e->place, (long long)e->size,
                       (long long)e->modified, TEXT_ARG(e->name));
}

static void remember(spool *s, const spool_entry *e)
{
    if (e->elapsed == QUANTITY_NONE)
        names_add(&s->known, identity(s->memory, e));
    vec_push(&s->entry, *e);
    s->bytes += e->blob.n != 0 && e->size > 0 ? (uint64_t)e->size : 0;
}

static void put_line(buffer *b, const spool_entry *e)
{
    json_writer w;
    json_begin(&w, b, 0);
    json_object(&w);
    json_add_text(&w, "blob", e->blob);
    if (e->elapsed != QUANTITY_NONE)
        json_add_int(&w, "elapsed", e->elapsed);
    json_add_text(&w, "failure", e->failure);
    json_add_int(&w, "look", e->look);
    json_add_int(&w, "modified", e->modified);
    json_add_text(&w, "name", e->name);
    json_add_int(&w, "place", e->place);
    json_add_int(&w, "seen", e->seen);
    json_add_int(&w, "size", e->size);
    json_object_end(&w);
    buffer_char(b, '\n');
}

static text member_text(arena *memory, const json_document *d, const char *name)
{
    uint32_t node = json_member(d, 0, text_of(name));
    return node != 0 && d->node[node].kind == JSON_TEXT ? json_text(memory, d, node) : TEXT("");
}

static int64_t member_number(const json_document *d, const char *name, int64_t otherwise)
{
    int64_t v;
    uint32_t node = json_member(d, 0, text_of(name));
    return node != 0 && decimal_read(json_raw(d, node), 0, false, &v, NULL) ? v : otherwise;
}

/* A line that somebody spoiled is passed over; names of documents are hashes, never paths. */
static void take_line(spool *s, text line)
{
    json_document d;
    sha256 digest;
    if (!json_read(s->memory, line, &d, NULL) || d.node[0].kind != JSON_OBJECT)
        return;
    spool_entry e = {.place = (spool_place)member_number(&d, "place", SPOOL_PLACES),
                     .name = member_text(s->memory, &d, "name"),
                     .size = member_number(&d, "size", 0),
                     .modified = member_number(&d, "modified", 0),
                     .seen = member_number(&d, "seen", 0),
                     .look = (uint32_t)member_number(&d, "look", 0),
                     .blob = member_text(s->memory, &d, "blob"),
                     .elapsed = member_number(&d, "elapsed", QUANTITY_NONE),
                     .failure = member_text(s->memory, &d, "failure")};
    if (e.place < SPOOL_PLACES && (e.blob.n == 0 || sha256_from_hex(e.blob, &digest)))
        remember(s, &e);
}

/* Up to the last whole line; what stands behind it is cut off. */
static bool read_index(spool *s)
{
    text all;
    const char *path = text_format(s->memory, "%s/index", s->folder).p;
    if (file_load(s->memory, path, INDEX_LARGEST, &all) != LOAD_OK)
        return false;
    size_t whole = 0;
    for (ptrdiff_t end; (end = text_find(text_slice(all, whole, all.n), '\n')) >= 0;
         whole += (size_t)end + 1)
        take_line(s, text_slice(all, whole, whole + (size_t)end));
    return whole == all.n || ftruncate(s->index, (off_t)whole) == 0;
}

/* --- opening --- */

static bool broken(spool *s, const char *what, operation_result *r)
{
    refused(r, s->memory, "%s of the traffic that was gathered: %s", what, strerror(errno));
    return false;
}

static const char *folder_of(const operation_request *q, arena *memory)
{
    sha256_stream h;
    char hex[65];
    sha256_begin(&h);
    sha256_add(&h, q->run.p, q->run.n);
    sha256_add(&h, "\n", 1);
    sha256_add(&h, q->path.p, q->path.n);
    sha256_add_u64(&h, (uint64_t)q->look.since);
    sha256 digest = sha256_end(&h);
    sha256_hex(&digest, hex);
    return text_format(memory, "%s/traffic-%.32s", q->jobs, hex).p;
}

bool spool_open(spool *s, const operation_request *q, arena *memory, operation_result *r)
{
    *s = (spool){.memory = memory, .index = -1};
    names_init(&s->known, memory);
    buffer_init(&s->pending);
    if (q->jobs == NULL) {
        refused(r, memory, "without a store there is nowhere to gather traffic");
        return false;
    }
    s->folder = folder_of(q, memory);
    if (q->look.number == 0 && mkdir(s->folder, 0700) != 0 && errno != EEXIST)
        return broken(s, "the folder", r);
    const char *path = text_format(memory, "%s/index", s->folder).p;
    int create = q->look.number == 0 ? O_CREAT : 0;
    s->index = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | create, 0600);
    if (s->index < 0 && spool_result(s).n != 0)
        return true;
    if (s->index < 0 || !read_index(s))
        return broken(s, "the index", r);
    return true;
}

void spool_close(spool *s)
{
    if (s->index >= 0)
        close(s->index);
    names_release(&s->known);
    vec_release(&s->entry);
    buffer_release(&s->pending);
    s->index = -1;
}

/* --- documents --- */

/* A file as a whole, or not at all. */
static bool put_file(const spool *s, const char *name, text bytes)
{
    const char *part = text_format(s->memory, "%s/%s.part", s->folder, name).p;
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = fd >= 0 && file_put(fd, bytes) && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    ok = ok && rename(part, text_format(s->memory, "%s/%s", s->folder, name).p) == 0;
    if (!ok && fd >= 0) {
        unlink(part);
        errno = why;
    }
    return ok;
}

bool spool_knows(const spool *s, const spool_entry *file)
{
    return names_find(&s->known, identity(s->memory, file)) != 0;
}

bool spool_keep(spool *s, text bytes, spool_entry *e, operation_result *r)
{
    char hex[65];
    sha256 digest = sha256_of(bytes.p, bytes.n);
    if (s->bytes + bytes.n > TRAFFIC_LARGEST) {
        refused(r, s->memory,
                "more than %u MiB of traffic: compare a shorter period, or fewer files",
                (unsigned)(TRAFFIC_LARGEST >> 20));
        return false;
    }
    sha256_hex(&digest, hex);
    e->blob = text_copy(s->memory, text_of(hex));
    e->size = (int64_t)bytes.n;
    return put_file(s, hex, bytes) || broken(s, "a document", r);
}

void spool_note(spool *s, const spool_entry *e)
{
    put_line(&s->pending, e);
    remember(s, e);
}

bool spool_commit(spool *s, operation_result *r)
{
    bool ok =
        s->pending.n == 0 || (file_put(s->index, buffer_view(&s->pending)) && fsync(s->index) == 0);
    buffer_clear(&s->pending);
    return ok || broken(s, "the index", r);
}

bool spool_load(spool *s, const spool_entry *e, text *bytes, operation_result *r)
{
    const char *path = text_format(s->memory, "%s/%.*s", s->folder, TEXT_ARG(e->blob)).p;
    if (file_load(s->memory, path, SPOOL_DOCUMENT, bytes) == LOAD_OK)
        return true;
    refused(r, s->memory, "a document of the traffic that was gathered cannot be read: %.*s",
            TEXT_ARG(e->name));
    return false;
}

/* --- the end --- */

text spool_result(const spool *s)
{
    text t;
    const char *path = text_format(s->memory, "%s/result", s->folder).p;
    return file_load(s->memory, path, INDEX_LARGEST, &t) == LOAD_OK ? t : TEXT("");
}

bool spool_end(spool *s, text result, operation_result *r)
{
    if (!put_file(s, "result", result))
        return broken(s, "the result", r);
    DIR *d = opendir(s->folder);
    for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (e->d_name[0] != '.' && strcmp(e->d_name, "result") != 0)
            unlinkat(dirfd(d), e->d_name, 0);
    if (d != NULL)
        closedir(d);
    return true;
}
