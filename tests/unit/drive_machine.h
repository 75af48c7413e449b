/* drive_machine.h: a machine of six steps, and a world that counts writes, for the tests of the
 * driver.
 *
 * The machine is the test's own: what the driver owes does not depend on it. It stands in for vm/
 * and for images, so one file of a program may include it.
 */
#ifndef FERRY_TESTS_DRIVE_MACHINE_H
#define FERRY_TESTS_DRIVE_MACHINE_H

#include "tests/unit/unit.h"

#include "base/decimal.h"
#include "vm/drive.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STEPS = 6, APPROVAL_BEFORE = 2, SLEEP_BEFORE = 4 };

struct vm {
    struct {
        int32_t step, n, notes, owners;
        int32_t writing, probing, asked, ended;
        int64_t deadline;
    } s;
    vm_output out[8];
    size_t outs, read;
    arena turn;
};

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

uint32_t image_find_row(const image *i, uint32_t table, text name)
{
    return NO_INDEX;
}

uint32_t image_list(const image *i, uint32_t table, uint32_t column, uint32_t row, uint32_t *first)
{
    return 0;
}

int64_t image_element(const image *i, uint32_t table, uint32_t column, uint32_t at)
{
    return 0;
}

text image_text(const image *i, uint32_t id)
{
    return TEXT("");
}

text image_field_text(const image *i, uint32_t table, uint32_t column, uint32_t row)
{
    return TEXT("");
}

vm *vm_new(const image *i)
{
    vm *m = calloc(1, sizeof *m);
    m->s.deadline = QUANTITY_MAX;
    return m;
}

void vm_free(vm *m)
{
    if (m != NULL)
        arena_release(&m->turn);
    free(m);
}

static inline bool has(text t, const char *part)
{
    return memmem(t.p, t.n, part, strlen(part)) != NULL;
}

const char *vm_admit(const vm *m, const vm_input *in, arena *scratch)
{
    if (in->kind == EVENT_OUTCOME && (int32_t)in->n != m->s.n)
        return "not awaited";
    if (in->kind == EVENT_COMMAND && has(in->body, "approve") && m->s.asked != 1)
        return "no approval is open";
    return NULL;
}

static inline void put(vm *m, event_kind kind, vm_submit submit, text body)
{
    vm_output *o = &m->out[m->outs++];
    *o = (vm_output){.kind = kind, .submit = submit, .site = 1, .body = body};
    if (submit == SUBMIT_NOTHING)
        return;
    char key[32];
    int n = snprintf(key, sizeof key, "step %d", m->s.step);
    o->key = sha256_of(key, (size_t)n);
    o->n = (uint32_t)m->s.n;
    o->request = text_format(&m->turn, "{\"step\":%d,\"timeout\":2000000}", m->s.step);
}

static inline void request(vm *m, vm_submit submit)
{
    m->s.n++;
    m->s.writing = submit == SUBMIT_REQUEST;
    m->s.probing = submit == SUBMIT_PROBE;
    put(m, submit == SUBMIT_REQUEST ? EVENT_INTENT : EVENT_COUNT, submit,
        text_format(&m->turn, "{\"step\":%d}", m->s.step));
}

static inline void begin_step(vm *m, const vm_input *in)
{
    if (m->s.step == STEPS) {
        m->s.ended = 1;
        put(m, EVENT_END, SUBMIT_NOTHING, TEXT("{\"state\":\"completed\"}"));
    } else if (m->s.step == APPROVAL_BEFORE && m->s.asked == 0) {
        m->s.asked = 1;
        put(m, EVENT_WAIT, SUBMIT_NOTHING, TEXT("{\"what\":\"approval\"}"));
    } else if (m->s.step == SLEEP_BEFORE && m->s.deadline == QUANTITY_MAX) {
        m->s.deadline = in->at + SECOND / 5;
    } else {
        request(m, SUBMIT_REQUEST);
    }
}

static inline void answered(vm *m, const vm_input *in)
{
    bool happened = has(in->body, "\"ok\""), unknown = has(in->body, "\"unknown\"");
    m->s.writing = m->s.probing = 0;
    if (unknown)
        request(m, SUBMIT_PROBE);
    else if (happened && ++m->s.step != 0)
        begin_step(m, in);
    else
        request(m, SUBMIT_REQUEST);
}

bool vm_turn(vm *m, const vm_input *in)
{
    m->outs = m->read = 0;
    arena_clear(&m->turn);
    switch (in->kind) {
    case EVENT_START: begin_step(m, in); break;
    case EVENT_OUTCOME: answered(m, in); break;
    case EVENT_OWNER: m->s.owners++; break;
    case EVENT_TICK:
        if (m->s.deadline <= in->at) {
            m->s.deadline = QUANTITY_MAX - 1;
            begin_step(m, in);
        }
        break;
    case EVENT_COMMAND:
        m->s.notes++;
        if (has(in->body, "approve")) {
            m->s.asked = 2;
            begin_step(m, in);
        }
        break;
    default: break;
    }
    return true;
}

bool vm_next(vm *m, vm_output *out)
{
    if (m->read == m->outs)
        return false;
    *out = m->out[m->read++];
    return true;
}

instant vm_deadline(const vm *m)
{
    return m->s.deadline >= QUANTITY_MAX - 1 ? QUANTITY_MAX : m->s.deadline;
}

bool vm_outstanding(vm *m, uint32_t i, vm_output *out)
{
    if (i != 0 || (m->s.writing | m->s.probing) == 0)
        return false;
    size_t outs = m->outs;
    put(m, EVENT_COUNT, m->s.probing ? SUBMIT_PROBE : SUBMIT_REQUEST, TEXT(""));
    *out = m->out[outs];
    m->outs = outs;
    return true;
}

run_state vm_state(const vm *m)
{
    return m->s.ended ? RUN_COMPLETED : RUN_RUNNING;
}

bool vm_waits_for_people(const vm *m)
{
    return m->s.asked == 1;
}

void vm_save(vm *m, buffer *out)
{
    buffer_add(out, &m->s, sizeof m->s);
}

bool vm_load(vm *m, text saved)
{
    if (saved.n == sizeof m->s)
        memcpy(&m->s, saved.p, saved.n);
    return saved.n == sizeof m->s;
}

sha256 vm_hash(vm *m)
{
    return sha256_of(&m->s, sizeof m->s);
}

void vm_describe(const vm *m, json_writer *w)
{
    json_put_key(w, "waiting");
    json_array(w);
    if (m->s.asked == 1)
        json_put_raw(w, TEXT("{\"kind\":\"approval\",\"path\":\"go\",\"who\":[\"lead\"]}"));
    json_array_end(w);
}

typedef struct {
    const char *file;
    host_answer due[16];
    size_t n;
    instant time; /* of a virtual clock; 0: the real one */
    bool slow;
} world;

static inline void act(world *w, const vm_output *o)
{
    char line[80];
    sha256_hex(&o->key, line);
    strcat(line, "\n");
    int fd = open(w->file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (w->slow)
        usleep(1000);
    if (fd < 0 || write(fd, line, 65) != 65)
        _exit(9);
    close(fd);
    if (w->slow)
        usleep(1000);
}

static inline size_t count_of(const char *file, const sha256 *key)
{
    char hex[65], line[80];
    size_t n = 0;
    FILE *f = fopen(file, "r");
    if (key != NULL)
        sha256_hex(key, hex);
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        n += key == NULL || strncmp(line, hex, 64) == 0;
    if (f != NULL)
        fclose(f);
    return n;
}

static inline void world_submit(void *self, uint32_t run, const vm_output *o)
{
    world *w = self;
    bool yes = true;
    if (o->submit == SUBMIT_WITHDRAW)
        return;
    if (o->submit == SUBMIT_PROBE)
        yes = count_of(w->file, &o->key) != 0;
    else
        act(w, o);
    w->due[w->n++] =
        (host_answer){run,
                      o->fiber,
                      o->n,
                      OUTCOME_OK,
                      yes ? TEXT("{\"status\":\"ok\"}") : TEXT("{\"status\":\"refused\"}"),
                      {0}};
}

static inline instant world_now(void *self)
{
    world *w = self;
    struct timespec t;
    if (w->time != 0)
        return w->time;
    clock_gettime(CLOCK_REALTIME, &t);
    return (instant)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

static inline size_t world_poll(void *self, instant until, int wake, host_answer *answers,
                                size_t most)
{
    world *w = self;
    size_t n = w->n;
    memcpy(answers, w->due, n * sizeof *answers);
    w->n = 0;
    if (n != 0)
        return n;
    if (w->time != 0) {
        w->time = until;
        return 0;
    }
    instant left = until == QUANTITY_MAX ? 100000 : until - world_now(self);
    struct pollfd p = {.fd = wake, .events = POLLIN};
    poll(&p, 1, left < 0 ? 0 : left > 100000 ? 100 : (int)(left / 1000) + 1);
    return 0;
}

static inline host world_host(world *w)
{
    return (host){
        .self = w, .mode = "live", .submit = world_submit, .poll = world_poll, .now = world_now};
}

static arena memory;

static inline int set_up(void **state)
{
    char *folder = strdup("/tmp/ferry-drive-XXXXXX");
    *state = mkdtemp(folder);
    return *state == NULL;
}

static inline int tear_down(void **state)
{
    text command = text_format(&memory, "rm -rf %s", (char *)*state);
    int rc = system(command.p);
    free(*state);
    arena_release(&memory);
    return rc;
}

static const char *path_in(void **state, const char *name)
{
    return text_format(&memory, "%s/%s", (char *)*state, name).p;
}

static inline drive *open_drive(const char *store, const host *h, bool stay)
{
    drive_options o = {
        .store = store, .create = true, .stay = stay, .patience = SECOND, .wake_fd = -1};
    journal_status s;
    text why;
    drive *d = drive_open(&o, h, &memory, &s, &why);
    if (d == NULL && s != JOURNAL_LOCKED)
        print_error("status %d: %.*s\n", s, TEXT_ARG(why));
    return d;
}

static const drive_entry entry = {.image = {"image", 5},
                                  .migration = {"acme", 4},
                                  .mode = {"live", 4},
                                  .by = {"tom", 3},
                                  .folder = {"/", 1}};

static inline drive_status start(drive *d)
{
    text name, why = TEXT("");
    drive_status s = drive_start(d, &entry, &name, &why);
    if (s == DRIVE_OK)
        assert_text(name, "acme-1");
    return s;
}

static inline void each_write_once(const char *file)
{
    assert_int_equal(count_of(file, NULL), STEPS);
    for (int i = 0; i < STEPS; i++) {
        char step[32];
        int n = snprintf(step, sizeof step, "step %d", i);
        sha256 key = sha256_of(step, (size_t)n);
        assert_int_equal(count_of(file, &key), 1);
    }
}

static inline uint64_t replay_matches(const char *store)
{
    journal *j;
    text why;
    replay_result r;
    journal_audit_result a;
    assert_int_equal(journal_open(&j, store, false, false, &memory, &why), JOURNAL_OK);
    assert_int_equal(drive_replay(j, 1, 0, &memory, &r, NULL, NULL), JOURNAL_OK);
    if (r.differs_at != 0)
        fail_msg("event %d: %.*s, found %.*s", (int)r.differs_at, TEXT_ARG(r.expected),
                 TEXT_ARG(r.found));
    assert_int_equal(journal_audit(j, &memory, &a), JOURNAL_OK);
    assert_text(a.why, "");
    journal_close(j);
    return r.events;
}

/* A process that drives until the run ends, or parks. */
static inline pid_t owner(const char *store, world *w, bool stay)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    host h = world_host(w);
    drive *d = open_drive(store, &h, stay);
    text why, name;
    if (d == NULL)
        _exit(8);
    if (drive_runs(d) == 0)
        drive_start(d, &entry, &name, &why);
    drive_status s = drive_loop(d, &why);
    drive_close(d);
    _exit((int)s);
}

static inline int wait_for(pid_t child)
{
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

typedef struct {
    int seen[100];
} notes;

static volatile int interrupted;

#endif
