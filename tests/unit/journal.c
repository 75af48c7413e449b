/* The journal: what is committed is read back as it was. */
#include "tests/unit/journal_store.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
        CASE(committed_events_are_read_back),
        CASE(runs_images_blobs_and_snapshots_are_kept),
        CASE(an_ended_run_takes_no_event),
        CASE(many_events_move_the_log_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
