/* The driver and those who speak to it from other processes: none is lost, none doubled. */
#include "tests/unit/drive_machine.h"

static void an_owner_of_a_moment_is_waited_for(void **state)
{
    const char *store = path_in(state, "store");
    world w = {.file = path_in(state, "world")};
    host h = world_host(&w);
    volatile int stop_now = 1;
    text why;
    journal_status s;
    drive *d = open_drive(store, &h, false);
    assert_int_equal(start(d), DRIVE_OK);
    pid_t child = fork(); /* its copy of the lock's file is what owns the store, for a moment */
    if (child == 0) {
        usleep(200000);
        _exit(0);
    }
    drive_close(d);
    drive_options o = {.store = store, .wake_fd = -1};
    assert_null(drive_open(&o, &h, &memory, &s, &why));
    assert_int_equal(s, JOURNAL_LOCKED);
    o.lock_wait = MINUTE;
    o.interrupted = &stop_now;
    assert_null(drive_open(&o, &h, &memory, &s, &why));
    o.interrupted = NULL;
    d = drive_open(&o, &h, &memory, &s, &why);
    assert_non_null(d);
    assert_int_equal(wait_for(child), 0);
    drive_close(d);
}

static pid_t teller(const char *store, int which)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    text reply,
        body = text_format(&memory, "{\"command\":\"note\",\"reason\":\"note-%d.\"}", which);
    _exit(drive_tell(store, TEXT(""), body, &memory, &reply) == DRIVE_OK ? 0 : 1);
}

static bool see_note(void *self, const journal_event *e)
{
    notes *n = self;
    const char *p =
        e->kind == EVENT_COMMAND ? strstr(text_copy(&memory, e->body).p, "note-") : NULL;
    if (p != NULL)
        n->seen[atoi(p + 5)]++;
    return true;
}

static void no_command_is_lost_or_doubled(void **state)
{
    const char *store = path_in(state, ".ferry");
    world w = {.file = path_in(state, "world")};
    enum { NOTES = 40 };
    pid_t tellers[NOTES];
    wait_for(owner(store, &w, false)); /* parked before the approval */
    pid_t child = owner(store, &w, true);
    srand(3);
    for (int i = 0; i < NOTES; i++) {
        tellers[i] = teller(store, i);
        if (i % 8 == 7) {
            usleep((useconds_t)(rand() % 3000));
            kill(child, SIGKILL);
            wait_for(child);
            usleep(10000);
            child = owner(store, &w, true);
        }
    }
    int refused = 0;
    notes n = {0};
    journal *j;
    text why;
    bool taken[NOTES];
    for (int i = 0; i < NOTES; i++) {
        taken[i] = wait_for(tellers[i]) == 0;
        refused += !taken[i];
    }
    kill(child, SIGKILL);
    wait_for(child);
    assert_int_equal(journal_open(&j, store, false, false, &memory, &why), JOURNAL_OK);
    assert_int_equal(journal_read(j, 0, 0, see_note, &n), JOURNAL_OK);
    journal_close(j);
    for (int i = 0; i < NOTES; i++)
        assert_int_equal(n.seen[i], taken[i]);
    assert_int_equal(refused, 0);
    replay_matches(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
        CASE(an_owner_of_a_moment_is_waited_for),
        CASE(no_command_is_lost_or_doubled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
