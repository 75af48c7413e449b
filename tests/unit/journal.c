/* The journal: what is committed stays, what is not is gone, whoever dies, fills the disk or
 * tampers. */
#include "tests/unit/unit.h"

#include "base/decimal.h"
#include "vm/journal.h"

#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The journal keeps images as bytes; what they are is tested with the image. */
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

static arena memory;

static int set_up(void **state)
{
    char *folder = strdup("/tmp/ferry-journal-XXXXXX");
    *state = mkdtemp(folder);
    return *state == NULL;
}

static int tear_down(void **state)
{
    arena_clear(&memory);
    text command = text_format(&memory, "rm -rf %s", (char *)*state);
    int rc = system(command.p);
    free(*state);
    arena_release(&memory);
    return rc;
}

static const char *store_in(void **state)
{
    return text_format(&memory, "%s/.ferry", (char *)*state).p;
}

static journal *open_writer(const char *store)
{
    journal *j;
    text why;
    journal_status s = journal_open(&j, store, true, true, &memory, &why);
    if (s != JOURNAL_OK)
        fail_msg("status %d: %.*s", s, TEXT_ARG(why));
    return j;
}

static uint32_t new_run(journal *j, const char *name)
{
    text bytes = TEXT("an image");
    journal_run r = {.name = text_of(name),
                     .migration = TEXT("acme"),
                     .mode = TEXT("live"),
                     .program = sha256_of(bytes.p, bytes.n),
                     .started = 7,
                     .folder = TEXT("/play")};
    uint32_t run = 0;
    assert_int_equal(journal_run_new(j, &r, bytes, &run), JOURNAL_OK);
    return run;
}

static journal_status put(journal *j, uint32_t run, uint64_t cause, event_kind kind, text body)
{
    journal_event e = {.run = run, .cause = cause, .at = 5, .kind = kind, .n = 3, .body = body};
    return journal_append(j, &e);
}

typedef struct {
    uint64_t n;
    char last[64];
} tally;

static bool count(void *self, const journal_event *e)
{
    tally *t = self;
    t->n++;
    snprintf(t->last, sizeof t->last, "%.*s", TEXT_ARG(e->body));
    return true;
}

static void audit_holds(journal *j, uint64_t events)
{
    journal_audit_result r;
    assert_int_equal(journal_audit(j, &memory, &r), JOURNAL_OK);
    assert_text(r.why, "");
    assert_int_equal(r.broken_at, 0);
    assert_int_equal(r.events, events);
}

static void committed_events_are_read_back(void **state)
{
    const char *store = store_in(state);
    journal *j = open_writer(store);
    uint32_t run = new_run(j, "acme-1");
    assert_int_equal(put(j, run, 0, EVENT_START, TEXT("{\"a\":1}")), JOURNAL_OK);
    assert_int_equal(put(j, run, 1, EVENT_MARK, TEXT("{\"b\":\"ö\"}")), JOURNAL_OK);
    assert_int_equal(journal_commit(j), JOURNAL_OK);
    uint64_t seq;
    sha256 head = journal_head(j, &seq);
    assert_int_equal(seq, 2);
    assert_int_equal(put(j, run, 0, EVENT_TICK, TEXT("{}")), JOURNAL_OK);
    journal_close(j); /* without a commit */

    struct stat s;
    assert_int_equal(stat(store, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0700);

    text why;
    assert_int_equal(journal_open(&j, store, false, false, &memory, &why), JOURNAL_OK);
    sha256 again = journal_head(j, &seq);
    assert_int_equal(seq, 2);
    assert_true(sha256_equal(&head, &again));
    tally t = {0};
    assert_int_equal(journal_read(j, run, 0, count, &t), JOURNAL_OK);
    assert_int_equal(t.n, 2);
    assert_string_equal(t.last, "{\"b\":\"ö\"}");
    assert_int_equal(put(j, run, 0, EVENT_TICK, TEXT("{}")), JOURNAL_READ_ONLY);
    audit_holds(j, 2);
    journal_close(j);
}

static void runs_images_blobs_and_snapshots_are_kept(void **state)
{
    const char *store = store_in(state);
    journal *j = open_writer(store);
    uint32_t first = new_run(j, "acme-1"), second = new_run(j, "acme-2");
    assert_int_equal(put(j, first, 0, EVENT_START, TEXT("{}")), JOURNAL_OK);
    assert_int_equal(put(j, first, 1, EVENT_END, TEXT("{}")), JOURNAL_OK);
    assert_int_equal(journal_run_end(j, first, 99, TEXT("completed")), JOURNAL_OK);
    sha256 digest, state_hash = sha256_of("s", 1);
    assert_int_equal(journal_blob_put(j, TEXT("evidence"), &digest), JOURNAL_OK);
    assert_int_equal(journal_blob_put(j, TEXT("evidence"), &digest), JOURNAL_OK);
    assert_int_equal(journal_snapshot_put(j, second, 1, &state_hash, TEXT("s")), JOURNAL_OK);
    assert_int_equal(journal_snapshot_put(j, second, 2, &state_hash, TEXT("s")), JOURNAL_OK);
    assert_int_equal(journal_commit(j), JOURNAL_OK);
    journal_close(j);

    j = open_writer(store);
    journal_run *runs, found;
    assert_int_equal(journal_runs(j, false, &memory, &runs), 2);
    assert_int_equal(runs[0].ended, 99);
    assert_text(runs[0].state, "completed");
    assert_int_equal(runs[1].ended, QUANTITY_NONE);
    assert_int_equal(journal_runs(j, true, &memory, &runs), 1);
    assert_true(journal_run_find(j, TEXT(""), &memory, &found));
    assert_text(found.name, "acme-2");
    assert_true(journal_run_find(j, TEXT("acme-1"), &memory, &found));
    assert_text(found.folder, "/play");
    assert_false(journal_run_find(j, TEXT("acme-3"), &memory, &found));
    text bytes;
    assert_true(journal_image(j, &found.program, &memory, &bytes));
    assert_text(bytes, "an image");
    assert_true(journal_blob_get(j, &digest, &memory, &bytes));
    assert_text(bytes, "evidence");
    uint64_t seq;
    assert_true(journal_snapshot_get(j, second, &memory, &seq, &state_hash, &bytes));
    assert_int_equal(seq, 2);
    audit_holds(j, 2);
    journal_close(j);
}

static void an_ended_run_takes_no_event(void **state)
{
    journal *j = open_writer(store_in(state));
    uint32_t run = new_run(j, "acme-1");
    assert_int_equal(journal_run_end(j, run, 9, TEXT("completed")), JOURNAL_OK);
    assert_int_not_equal(put(j, run, 0, EVENT_TICK, TEXT("{}")), JOURNAL_OK);
    assert_int_not_equal(journal_commit(j), JOURNAL_OK); /* dead: the store must be reopened */
    journal_close(j);
}

static void a_store_that_is_not_there_is_missing(void **state)
{
    journal *j;
    text why;
    const char *store = store_in(state);
    assert_int_equal(journal_open(&j, store, false, false, &memory, &why), JOURNAL_MISSING);
    assert_int_equal(journal_open(&j, store, true, false, &memory, &why), JOURNAL_MISSING);
    assert_int_equal(access(store, F_OK), -1);
    assert_int_equal(mkdir(store, 0700), 0);
    assert_int_equal(journal_open(&j, store, true, false, &memory, &why), JOURNAL_MISSING);
    assert_int_equal(access(text_format(&memory, "%s/state.lock", store).p, F_OK), -1);
    /* A process that died while it made the store leaves an empty file. */
    fclose(fopen(text_format(&memory, "%s/state.db", store).p, "w"));
    assert_int_equal(journal_open(&j, store, false, false, &memory, &why), JOURNAL_MISSING);
    journal_close(open_writer(store));
}

static void a_second_owner_is_told_who_holds_it(void **state)
{
    const char *store = store_in(state);
    journal_close(open_writer(store));
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        journal *j = open_writer(store);
        if (j == NULL || write(ready[1], "x", 1) != 1)
            _exit(1);
        pause();
        _exit(0);
    }
    char c;
    assert_int_equal(read(ready[0], &c, 1), 1);
    journal *j;
    text why;
    assert_int_equal(journal_open(&j, store, true, false, &memory, &why), JOURNAL_LOCKED);
    assert_non_null(
        strstr(text_copy(&memory, why).p, text_format(&memory, "pid %d on", (int)child).p));
    assert_int_equal(journal_open(&j, store, false, false, &memory, &why), JOURNAL_OK);
    journal_close(j);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    journal_close(open_writer(store)); /* the lock died with its holder */
}

static void write_file(const char *path, const char *bytes, size_t n)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
}

static void execute(const char *store, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(text_format(&memory, "%s/state.db", store).p, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void foreign_cut_off_and_newer_files_are_refused(void **state)
{
    const char *store = store_in(state);
    const char *file = text_format(&memory, "%s/state.db", store).p;
    journal *j;
    text why;
    assert_int_equal(mkdir(store, 0700), 0);
    char noise[4096];
    memset(noise, 'x', sizeof noise);
    write_file(file, noise, sizeof noise);
    assert_int_equal(journal_open(&j, store, true, true, &memory, &why), JOURNAL_CORRUPT);
    assert_non_null(strstr(text_copy(&memory, why).p, "not a readable Ferry store"));
    unlink(file);
    execute(store, "CREATE TABLE t (x)");
    assert_int_equal(journal_open(&j, store, true, true, &memory, &why), JOURNAL_CORRUPT);
    unlink(file);
    j = open_writer(store);
    uint32_t run = new_run(j, "acme-1");
    for (int i = 0; i < 100; i++)
        assert_int_equal(put(j, run, 0, EVENT_TICK, (text){noise, 2000}), JOURNAL_OK);
    assert_int_equal(journal_commit(j), JOURNAL_OK);
    journal_close(j);
    struct stat s;
    assert_int_equal(stat(file, &s), 0);
    assert_int_equal(truncate(file, s.st_size / 2), 0);
    assert_int_equal(journal_open(&j, store, true, true, &memory, &why), JOURNAL_CORRUPT);
    assert_int_equal(journal_open(&j, store, false, false, &memory, &why), JOURNAL_CORRUPT);
    unlink(file);
    journal_close(open_writer(store));
    execute(store, "PRAGMA user_version = 999");
    assert_int_equal(journal_open(&j, store, true, true, &memory, &why), JOURNAL_NEWER);
    assert_non_null(strstr(text_copy(&memory, why).p, "newer"));
}

static void the_file_defends_itself_and_audit_shows_what_got_past(void **state)
{
    const char *store = store_in(state);
    journal *j = open_writer(store);
    uint32_t run = new_run(j, "acme-1");
    for (int i = 0; i < 5; i++)
        assert_int_equal(put(j, run, 0, EVENT_TICK, TEXT("{\"value\":1}")), JOURNAL_OK);
    assert_int_equal(journal_commit(j), JOURNAL_OK);
    journal_close(j);
    static const char *const forbidden[] = {
        "DELETE FROM event WHERE seq = 5",
        "UPDATE event SET body = '{}' WHERE seq = 2",
        "UPDATE store SET seq = 3",
        "DELETE FROM run",
        "UPDATE run SET program = zeroblob(32)",
        "INSERT INTO event SELECT 7, run, cause, at, kind, fiber, n, site, key, fence, body, hash "
        "FROM event WHERE seq = 5",
        "INSERT INTO event SELECT 6, run, cause, at, kind, fiber, n, site, key, 0, body, hash "
        "FROM event WHERE seq = 5",
    };
    sqlite3 *db;
    assert_int_equal(sqlite3_open(text_format(&memory, "%s/state.db", store).p, &db), SQLITE_OK);
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        assert_int_equal(sqlite3_exec(db, forbidden[i], NULL, NULL, NULL), SQLITE_CONSTRAINT);
    sqlite3_close(db);
    execute(store,
            "DROP TRIGGER event_same; UPDATE event SET body = '{\"value\":2}' WHERE seq = 3");
    text why;
    assert_int_equal(journal_open(&j, store, false, false, &memory, &why), JOURNAL_OK);
    journal_audit_result r;
    assert_int_equal(journal_audit(j, &memory, &r), JOURNAL_OK);
    assert_int_equal(r.broken_at, 3);
    journal_close(j);
    execute(store, "DROP TRIGGER event_kept; DELETE FROM event WHERE seq = 5");
    assert_int_equal(journal_open(&j, store, false, false, &memory, &why), JOURNAL_CORRUPT);
}

/* Appends groups of one to five events, each group one commit, and tells after each. */
static void append_for_ever(const char *store, uint32_t run, int tell)
{
    journal *j = open_writer(store);
    for (unsigned group = 0;; group++) {
        unsigned size = 1 + group % 5;
        for (unsigned i = 1; i <= size; i++) {
            char body[64];
            int n = snprintf(body, sizeof body, "{\"of\":%u,\"part\":%u}", size, i);
            if (put(j, run, 0, EVENT_TICK, (text){body, (size_t)n}) != JOURNAL_OK)
                _exit(2);
        }
        uint64_t seq;
        if (journal_commit(j) != JOURNAL_OK)
            _exit(2);
        journal_head(j, &seq);
        if (write(tell, &seq, sizeof seq) != sizeof seq)
            _exit(2);
    }
}

static void a_killed_owner_loses_nothing_and_leaves_no_part(void **state)
{
    const char *store = store_in(state);
    journal *j = open_writer(store);
    uint32_t run = new_run(j, "acme-1");
    assert_int_equal(journal_commit(j), JOURNAL_OK);
    journal_close(j);
    srand(1);
    for (int round = 0; round < 30; round++) {
        int told[2];
        assert_int_equal(pipe(told), 0);
        pid_t child = fork();
        if (child == 0)
            append_for_ever(store, run, told[1]);
        close(told[1]);
        usleep((useconds_t)(rand() % 40000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        uint64_t last = 0, seq;
        while (read(told[0], &seq, sizeof seq) == sizeof seq)
            last = seq;
        close(told[0]);
        j = open_writer(store);
        journal_head(j, &seq);
        assert_true(seq >= last);
        tally t = {0};
        assert_int_equal(journal_read(j, run, 0, count, &t), JOURNAL_OK);
        unsigned of = 0, part = 0;
        if (t.n != 0)
            assert_int_equal(sscanf(t.last, "{\"of\":%u,\"part\":%u}", &of, &part), 2);
        assert_int_equal(of, part); /* whole groups only */
        audit_holds(j, t.n);
        journal_close(j);
    }
}

/* In a child: appends until it fails, and ends with the status. */
static int append_until_failure(const char *store, uint32_t run)
{
    pid_t child = fork();
    if (child == 0) {
        char body[3000];
        memset(body, 'x', sizeof body);
        struct rlimit limit = {300000, 300000};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        journal *j = open_writer(store);
        journal_status s = JOURNAL_OK;
        for (int i = 0; i < 1000 && s == JOURNAL_OK; i++) {
            s = put(j, run, 0, EVENT_TICK, (text){body, sizeof body});
            if (s == JOURNAL_OK)
                s = journal_commit(j);
        }
        if (put(j, run, 0, EVENT_TICK, TEXT("{}")) == JOURNAL_OK)
            s = JOURNAL_OK; /* must stay dead */
        journal_close(j);
        _exit(s);
    }
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_full_disk_is_said_and_costs_nothing(void **state)
{
    const char *store = store_in(state);
    journal *j = open_writer(store);
    uint32_t run = new_run(j, "acme-1");
    assert_int_equal(journal_commit(j), JOURNAL_OK);
    journal_close(j);
    assert_int_equal(append_until_failure(store, run), JOURNAL_FULL);
    j = open_writer(store);
    tally t = {0};
    assert_int_equal(journal_read(j, run, 0, count, &t), JOURNAL_OK);
    assert_true(t.n > 10 && t.n < 1000);
    audit_holds(j, t.n);
    assert_int_equal(put(j, run, 0, EVENT_TICK, TEXT("{}")), JOURNAL_OK);
    assert_int_equal(journal_commit(j), JOURNAL_OK);
    journal_close(j);
}

static void a_store_without_the_right_to_write_is_read_only(void **state)
{
    const char *store = store_in(state);
    journal *j = open_writer(store);
    uint32_t run = new_run(j, "acme-1");
    assert_int_equal(put(j, run, 0, EVENT_TICK, TEXT("{}")), JOURNAL_OK);
    assert_int_equal(journal_commit(j), JOURNAL_OK);
    journal_close(j);
    assert_int_equal(chmod((char *)*state, 0755), 0);
    assert_int_equal(chmod(store, 0555), 0);
    assert_int_equal(chmod(text_format(&memory, "%s/state.db", store).p, 0444), 0);
    assert_int_equal(chmod(text_format(&memory, "%s/state.lock", store).p, 0444), 0);
    pid_t child = fork();
    if (child == 0) { /* root may write anywhere */
        if (geteuid() == 0 && setuid(65534) != 0)
            _exit(9);
        text why;
        if (journal_open(&j, store, true, true, &memory, &why) != JOURNAL_READ_ONLY)
            _exit(1);
        if (journal_open(&j, store, false, false, &memory, &why) != JOURNAL_OK)
            _exit(2);
        tally t = {0};
        _exit(journal_read(j, 0, 0, count, &t) == JOURNAL_OK && t.n == 1 ? 0 : 3);
    }
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void many_events_move_the_log_over(void **state)
{
    const char *store = store_in(state);
    journal *j = open_writer(store);
    uint32_t run = new_run(j, "acme-1");
    char body[2000];
    memset(body, 'x', sizeof body);
    for (int i = 0; i < 1500; i++) {
        assert_int_equal(put(j, run, 0, EVENT_TICK, (text){body, sizeof body}), JOURNAL_OK);
        assert_int_equal(journal_commit(j), JOURNAL_OK);
    }
    struct stat s;
    assert_int_equal(stat(text_format(&memory, "%s/state.db-wal", store).p, &s), 0);
    assert_true(s.st_size < 700 * 4200); /* without checkpoints it would hold thousands of pages */
    audit_holds(j, 1500);
    journal_close(j);
}

/* Writing on into a file that nobody can find again is no commit. */
static void a_store_that_was_moved_is_gone(void **state)
{
    const char *store = store_in(state);
    const char *away = text_format(&memory, "%s-away", store).p;
    journal *j = open_writer(store);
    new_run(j, "acme-1");
    assert_int_equal(journal_commit(j), JOURNAL_OK);
    new_run(j, "acme-2");
    assert_int_equal(rename(store, away), 0);
    assert_int_equal(journal_commit(j), JOURNAL_MISSING);
    assert_int_equal(journal_commit(j), JOURNAL_MISSING);
    journal_close(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
        CASE(committed_events_are_read_back),
        CASE(runs_images_blobs_and_snapshots_are_kept),
        CASE(an_ended_run_takes_no_event),
        CASE(a_store_that_is_not_there_is_missing),
        CASE(a_second_owner_is_told_who_holds_it),
        CASE(foreign_cut_off_and_newer_files_are_refused),
        CASE(the_file_defends_itself_and_audit_shows_what_got_past),
        CASE(a_killed_owner_loses_nothing_and_leaves_no_part),
        CASE(a_full_disk_is_said_and_costs_nothing),
        CASE(a_store_without_the_right_to_write_is_read_only),
        CASE(many_events_move_the_log_over),
        CASE(a_store_that_was_moved_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
