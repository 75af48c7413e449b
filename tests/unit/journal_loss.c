/* The journal: whoever dies and whatever is full, what is committed stays and what is not is gone.
 */
#include "tests/unit/journal_store.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
        CASE(a_killed_owner_loses_nothing_and_leaves_no_part),
        CASE(a_full_disk_is_said_and_costs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
