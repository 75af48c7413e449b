/* The driver whose owners die or are interrupted: the world sees each write once. */
#include "tests/unit/drive_machine.h"

static bool has_ended(const char *store)
{
    journal *j;
    journal_run r;
    text why;
    bool ended = false;
    if (journal_open(&j, store, false, false, &memory, &why) == JOURNAL_OK) {
        ended = journal_run_find(j, TEXT(""), &memory, &r) && r.ended != QUANTITY_NONE;
        journal_close(j);
    }
    return ended;
}

static void killed_owners_double_nothing(void **state)
{
    srand(7);
    for (int round = 0; round < 12; round++) {
        const char *store = path_in(state, text_format(&memory, "store%d", round).p);
        world w = {.file = path_in(state, text_format(&memory, "world%d", round).p), .slow = true};
        text reply;
        for (int kills = 0; !has_ended(store); kills++) {
            pid_t child = owner(store, &w, false);
            if (kills < 25) {
                usleep((useconds_t)(rand() % 20000));
                kill(child, SIGKILL);
            }
            wait_for(child);
            drive_tell(store, TEXT(""), TEXT("{\"command\":\"approve\"}"), &memory, &reply);
        }
        each_write_once(w.file);
        replay_matches(store);
    }
}

static void the_child_of_a_dead_owner_is_awaited(void **state)
{
    const char *store = path_in(state, ".ferry");
    world w = {.file = path_in(state, "world")};
    host h = world_host(&w);
    text why;
    drive *d = open_drive(store, &h, false);
    assert_int_equal(start(d), DRIVE_OK);
    drive_close(d);
    /* As a dead owner leaves it: the intent committed and submitted, its child at work. */
    journal *j;
    journal_request *unsent;
    size_t n;
    assert_int_equal(journal_open(&j, store, true, false, &memory, &why), JOURNAL_OK);
    assert_int_equal(journal_unsent_take(j, &memory, &unsent, &n), JOURNAL_OK);
    assert_int_equal(n, 1);
    assert_int_equal(journal_commit(j), JOURNAL_OK);
    journal_close(j);
    char hex[65];
    sha256 key = sha256_of("step 0", 6);
    sha256_hex(&key, hex);
    const char *jobs = text_format(&memory, "%s/jobs", store).p;
    assert_int_equal(system(text_format(&memory, "mkdir -p %s", jobs).p), 0);
    int lock = open(text_format(&memory, "%s/%s.lock", jobs, hex).p, O_RDWR | O_CREAT, 0600);
    assert_int_equal(flock(lock, LOCK_EX), 0);
    pid_t child = fork();
    if (child == 0) {
        vm_output o = {.key = key};
        usleep(400000);
        act(&w, &o);
        _exit(0);
    }
    close(lock);
    d = open_drive(store, &h, false);
    assert_int_equal(drive_loop(d, &why), DRIVE_PARKED);
    drive_close(d);
    wait_for(child);
    assert_int_equal(count_of(w.file, &key), 1); /* the probe came after the child */
    assert_int_equal(count_of(w.file, NULL), APPROVAL_BEFORE);
    replay_matches(store);
}

static void stop(void *self, const drive *d, const journal_event *events, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (events[i].kind == EVENT_INTENT)
            interrupted = 1;
}

static void an_interrupted_loop_leaves_nothing_in_doubt(void **state)
{
    const char *store = path_in(state, ".ferry");
    world w = {.file = path_in(state, "world")};
    host h = world_host(&w);
    text why;
    for (int i = 0; i < 4; i++) {
        drive_options o = {.store = store, .create = true, .wake_fd = -1};
        o.interrupted = &interrupted;
        o.progress = stop;
        journal_status s;
        drive *d = drive_open(&o, &h, &memory, &s, &why);
        if (i == 0)
            assert_int_equal(start(d), DRIVE_OK);
        drive_status ended = drive_loop(d, &why);
        drive_close(d);
        interrupted = 0;
        assert_true(ended == DRIVE_INTERRUPTED || ended == DRIVE_PARKED);
    }
    assert_int_equal(count_of(w.file, NULL), APPROVAL_BEFORE);
    journal *j;
    replay_result r;
    vm *m;
    image *program;
    assert_int_equal(journal_open(&j, store, false, false, &memory, &why), JOURNAL_OK);
    assert_int_equal(drive_replay(j, 1, 0, &memory, &r, &m, &program), JOURNAL_OK);
    assert_int_equal(m->s.n, APPROVAL_BEFORE); /* no probe was ever needed */
    vm_free(m);
    image_free(program);
    journal_close(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
        CASE(killed_owners_double_nothing),
        CASE(the_child_of_a_dead_owner_is_awaited),
        CASE(an_interrupted_loop_leaves_nothing_in_doubt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
