/* The journal: stores that are not there, are held, cut off, foreign, moved or tampered with. */
#include "tests/unit/journal_store.h"

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
        CASE(a_store_that_is_not_there_is_missing),
        CASE(a_second_owner_is_told_who_holds_it),
        CASE(foreign_cut_off_and_newer_files_are_refused),
        CASE(the_file_defends_itself_and_audit_shows_what_got_past),
        CASE(a_store_without_the_right_to_write_is_read_only),
        CASE(a_store_that_was_moved_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
