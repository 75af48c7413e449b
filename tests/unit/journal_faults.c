/* The journal on a disk that fails: every write, sync and truncation of a short run in turn, by an
 * I/O error, a full disk, or half a write. What was acknowledged stands, nothing stands by half,
 * and the chain holds.
 *
 * The disk is a VFS of SQLite that passes everything on but the Nth call. */
#include "tests/unit/unit.h"

#include "base/decimal.h"
#include "vm/journal.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { COMMITS = 4, EVENTS = 3 };

bool image_verify(image **out, const void *bytes, size_t n, image_fault *fault)
{
    image *i = calloc(1, sizeof *i);
    i->hash = sha256_of(bytes, n);
    *out = i;
    return true;
}

void image_free(image *i)
{
    free(i);
}

/* --- the disk --- */

typedef enum { FAULT_ERROR, FAULT_FULL, FAULT_SHORT, FAULT_COUNT } fault;

/* The real methods but for three; SQLite has one set for each way of locking. */
typedef struct {
    sqlite3_io_methods methods;
    const sqlite3_io_methods *below;
} style;

static struct {
    sqlite3_vfs vfs, *real;
    style style[4];
    unsigned calls, at; /* 0: none fails */
    fault kind;
    bool lasting; /* and every call behind it */
    bool met;
    char failed[16]; /* which call it was */
    unsigned told;   /* failed syncs that ended a run */
} disk;

static bool fails(const char *call)
{
    bool now = ++disk.calls == disk.at || (disk.lasting && disk.met);
    if (now && !disk.met)
        snprintf(disk.failed, sizeof disk.failed, "%s", call);
    disk.met |= now;
    return now;
}

static const sqlite3_io_methods *below(const sqlite3_file *f)
{
    const style *s = disk.style;
    while (f->pMethods != &s->methods)
        s++;
    return s->below;
}

static int disk_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    if (!fails("write"))
        return below(f)->xWrite(f, p, n, at);
    if (disk.kind == FAULT_SHORT)
        below(f)->xWrite(f, p, n / 2, at);
    return disk.kind == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int disk_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return fails("truncate") ? SQLITE_IOERR_TRUNCATE : below(f)->xTruncate(f, size);
}

static int disk_sync(sqlite3_file *f, int flags)
{
    if (!fails("sync"))
        return below(f)->xSync(f, flags);
    return disk.kind == FAULT_FULL ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
}

/* The real file's object is used as it is; only its methods are ours. */
static int disk_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
    int code = disk.real->xOpen(disk.real, name, f, flags, out);
    if (code != SQLITE_OK || f->pMethods == NULL)
        return code;
    style *s = disk.style;
    while (s->below != NULL && s->below != f->pMethods)
        assert_true(++s < disk.style + 4);
    s->below = f->pMethods;
    s->methods = *f->pMethods;
    s->methods.xWrite = disk_write;
    s->methods.xTruncate = disk_truncate;
    s->methods.xSync = disk_sync;
    f->pMethods = &s->methods;
    return code;
}

static int insert_disk(void **state)
{
    disk.real = sqlite3_vfs_find(NULL);
    disk.vfs = *disk.real;
    disk.vfs.zName = "faults";
    disk.vfs.xOpen = disk_open;
    disk.vfs.pNext = NULL;
    return sqlite3_vfs_register(&disk.vfs, 1);
}

static int remove_disk(void **state)
{
    return sqlite3_vfs_unregister(&disk.vfs);
}

static void fail_at(unsigned at, fault kind, bool lasting)
{
    disk.calls = 0;
    disk.at = at;
    disk.kind = kind;
    disk.lasting = lasting;
    disk.met = false;
}

/* --- a short run --- */

typedef struct {
    const char *store;
    arena memory;
    size_t body;           /* bytes of an event's body */
    unsigned acknowledged; /* commits */
    journal_status status; /* of the first call that did not go well */
} trial;

static journal_status put(trial *t, journal *j, uint32_t run, unsigned i)
{
    char *body = arena_alloc(&t->memory, t->body, 1);
    memset(body, 'a' + (int)(i % 26), t->body);
    journal_event e = {
        .run = run, .at = i, .kind = EVENT_TICK, .site = NO_INDEX, .body = {body, t->body}};
    return journal_append(j, &e);
}

static journal_status one_commit(trial *t, journal *j, uint32_t *run, unsigned c)
{
    text bytes = TEXT("an image");
    journal_run r = {.name = TEXT("acme-1"),
                     .migration = TEXT("acme"),
                     .mode = TEXT("live"),
                     .program = sha256_of(bytes.p, bytes.n),
                     .folder = TEXT("/play")};
    journal_status s = c == 0 ? journal_run_new(j, &r, bytes, run) : JOURNAL_OK;
    for (unsigned i = 0; i < EVENTS && s == JOURNAL_OK; i++)
        s = put(t, j, *run, c * EVENTS + i);
    return s == JOURNAL_OK ? journal_commit(j) : s;
}

static bool is_failure(journal_status s)
{
    return s == JOURNAL_FAILED || s == JOURNAL_FULL;
}

static void make_journal(trial *t)
{
    journal *j;
    text why;
    uint32_t run = 0;
    t->acknowledged = 0;
    t->status = journal_open(&j, t->store, true, true, &t->memory, &why);
    if (t->status != JOURNAL_OK)
        return;
    for (unsigned c = 0; c < COMMITS && t->status == JOURNAL_OK; c++) {
        t->status = one_commit(t, j, &run, c);
        t->acknowledged += t->status == JOURNAL_OK;
    }
    if (t->status != JOURNAL_OK) { /* nothing may be written behind a failure */
        assert_true(is_failure(put(t, j, run, 99)));
        assert_true(is_failure(journal_commit(j)));
    }
    journal_close(j);
}

typedef struct {
    size_t body;
    unsigned events;
    bool whole;
} seen;

static bool see(void *self, const journal_event *e)
{
    seen *s = self;
    char wanted = (char)('a' + (int)(s->events % 26));
    s->whole &= e->at == s->events && e->body.n == s->body && e->body.p[0] == wanted &&
                e->body.p[e->body.n - 1] == wanted;
    s->events++;
    return true;
}

/* The next owner: what was acknowledged stands, perhaps one commit more whose answer got lost. */
static void look(trial *t)
{
    journal *j;
    text why;
    journal_audit_result audit;
    seen s = {.body = t->body, .whole = true};
    fail_at(0, FAULT_ERROR, false);
    journal_status status = journal_open(&j, t->store, true, true, &t->memory, &why);
    if (status != JOURNAL_OK)
        fail_msg("after a failed %s: %.*s", disk.failed, TEXT_ARG(why));
    assert_int_equal(journal_read(j, 0, 1, see, &s), JOURNAL_OK);
    assert_true(s.whole);
    assert_int_equal(s.events % EVENTS, 0);
    assert_in_range(s.events / EVENTS, t->acknowledged, t->acknowledged + 1);
    assert_int_equal(journal_audit(j, &t->memory, &audit), JOURNAL_OK);
    assert_int_equal(audit.broken_at, 0);
    assert_int_equal(audit.events, s.events);
    uint32_t run = 1;
    unsigned next = s.events / EVENTS;
    assert_int_equal(one_commit(t, j, &run, next), JOURNAL_OK);
    journal_close(j);
}

/* One run in a new folder. False when it ended before the Nth call. */
static bool try_at(unsigned at, fault kind, bool lasting, size_t body)
{
    /* In memory where that is possible: no sync is real here, and there are hundreds of runs. */
    char folder[] = "/dev/shm/ferry-faults-XXXXXX", *made = mkdtemp(folder);
    if (made == NULL)
        made = mkdtemp(strcpy(folder, "/tmp/ferry-faults-XXXXXX"));
    trial t = {.body = body};
    assert_non_null(made);
    t.store = text_format(&t.memory, "%s/.ferry", folder).p;
    fail_at(at, kind, lasting);
    make_journal(&t);
    bool met = disk.met;
    if (!met)
        assert_int_equal(t.status, JOURNAL_OK);
    else if (t.status != JOURNAL_OK && !is_failure(t.status))
        fail_msg("call %u, a %s: status %d", at, disk.failed, t.status);
    disk.told += met && strcmp(disk.failed, "sync") == 0 && is_failure(t.status);
    look(&t);
    text command = text_format(&t.memory, "rm -rf %s", folder);
    assert_int_equal(system(command.p), 0);
    arena_release(&t.memory);
    return met;
}

static void test_every_call_of_a_short_run(void **state)
{
    for (int lasting = 0; lasting < 2; lasting++)
        for (fault kind = FAULT_ERROR; kind < FAULT_COUNT; kind++) {
            unsigned at = 1;
            while (try_at(at, kind, lasting != 0, 700))
                at++;
            assert_true(at > 20);
        }
    assert_true(disk.told >= COMMITS); /* what may not be on the disk is not acknowledged */
}

/* Long bodies make the log so long that it is moved over between commits. */
static void test_calls_of_a_run_with_checkpoints(void **state)
{
    for (fault kind = FAULT_ERROR; kind < FAULT_COUNT; kind++) {
        unsigned at = 1;
        while (try_at(at, kind, false, 300000))
            at += 71;
        assert_true(at > 700);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_call_of_a_short_run),
        cmocka_unit_test(test_calls_of_a_run_with_checkpoints),
    };
    return cmocka_run_group_tests(tests, insert_disk, remove_disk);
}
