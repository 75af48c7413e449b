/* drive.c: owning a store: opening, starting a run, the loop. */
#include "vm/drive_parts.h"

#include "base/decimal.h"
#include "vm/owner.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ORPHAN_PAUSE = 100000, LOCK_PAUSE = 20000 };

static instant boot_clock(void *self)
{
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (instant)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

static instant monotonic_clock(void *self)
{
    return drive_monotonic();
}

/* How long this machine has slept since it started: the one clock goes on, the other does not. */
static duration slept(const drive *d)
{
    return d->clocks.boot(d->clocks.self) - d->clocks.monotonic(d->clocks.self);
}

/* --- opening and closing --- */

static void free_run(drive_run *r)
{
    vm_free(r->machine);
    image_free(r->program);
    vec_release(&r->inherited);
    free(r);
}

static drive_run *new_run(drive *d, const journal_run *info, image *program)
{
    drive_run *r = calloc(1, sizeof *r);
    if (r == NULL)
        memory_exhausted();
    r->info = *info;
    r->program = program;
    r->moves = d->host.mode != NULL && text_is(info->mode, d->host.mode);
    r->last = info->started;
    r->snapped = d->clocks.monotonic(d->clocks.self);
    return r;
}

/* The state of the newest snapshot, if it is what it says; else a new machine. */
static uint64_t load_snapshot(drive *d, drive_run *r, arena *scratch)
{
    uint64_t seq;
    sha256 hash;
    text state;
    r->machine = vm_new(r->program);
    if (!journal_snapshot_get(d->journal, r->info.run, scratch, &seq, &hash, &state))
        return 0;
    if (vm_load(r->machine, state)) {
        sha256 found = vm_hash(r->machine);
        if (sha256_equal(&found, &hash))
            return seq;
    }
    vm_free(r->machine);
    r->machine = vm_new(r->program);
    return 0;
}

/* The events a snapshot's own turn derived stand behind its input and are already in it. */
typedef struct {
    uint64_t input, last;
    instant at;
} tail;

static bool see_tail(void *self, const journal_event *e)
{
    tail *t = self;
    if (e->seq == t->input)
        t->at = e->at;
    if (e->seq != t->input && e->cause != t->input)
        return false;
    t->last = e->seq;
    return true;
}

static journal_status replay_run(drive *d, drive_run *r, arena *scratch, text *why)
{
    uint64_t seq = load_snapshot(d, r, scratch);
    tail t = {.input = seq, .last = seq, .at = r->last};
    journal_status s = JOURNAL_OK;
    if (seq != 0)
        s = journal_read(d->journal, r->info.run, seq, see_tail, &t);
    replay p = {.machine = r->machine, .input = seq, .last = t.at};
    if (s == JOURNAL_OK)
        s = replay_events(d->journal, r->info.run, t.last, 0, scratch, &p);
    r->input = p.input;
    r->last = r->found = p.last;
    r->events = p.result.events;
    if (s == JOURNAL_OK && p.result.differs_at != 0) {
        *why = text_format(
            d->memory,
            "%s: run %.*s does not replay: event %llu is %.*s, but the machine gives %.*s",
            d->options.store, TEXT_ARG(r->info.name), (unsigned long long)p.result.differs_at,
            TEXT_ARG(p.result.expected), TEXT_ARG(p.result.found));
        s = JOURNAL_CORRUPT;
    }
    return s;
}

static journal_status load_run(drive *d, const journal_run *info, text *why)
{
    arena scratch = {0};
    text bytes;
    image *program = NULL;
    image_fault fault;
    journal_status s = JOURNAL_CORRUPT;
    if (!journal_image(d->journal, &info->program, &scratch, &bytes)) {
        *why = text_format(d->memory, "%s: the image of run %.*s is missing", d->options.store,
                           TEXT_ARG(info->name));
    } else if (!image_verify(&program, bytes.p, bytes.n, &fault)) {
        *why = text_format(d->memory, "%s: the image of run %.*s is refused: %s", d->options.store,
                           TEXT_ARG(info->name), fault.message);
    } else {
        drive_run *r = new_run(d, info, program);
        vec_push(&d->runs, r);
        s = replay_run(d, r, &scratch, why);
        vm_output o;
        for (uint32_t i = 0; s == JOURNAL_OK && vm_outstanding(r->machine, i, &o); i++)
            vec_push(&r->inherited, (request_id){o.fiber, o.n});
    }
    arena_release(&scratch);
    return s;
}

/* A person's command owns the store for a moment, and an owner that was killed until its last file
 * is closed: neither is a reason to send anybody away. */
static journal_status take_store(const drive_options *o, journal **j, arena *memory, text *why)
{
    instant until = drive_monotonic() + o->lock_wait;
    for (;;) {
        journal_status s = journal_open(j, o->store, true, o->create, memory, why);
        bool interrupted = o->interrupted != NULL && *o->interrupted != 0;
        if (s != JOURNAL_LOCKED || interrupted || drive_monotonic() >= until)
            return s;
        usleep(LOCK_PAUSE);
    }
}

drive *drive_open(const drive_options *o, const host *h, arena *memory, journal_status *status,
                  text *why)
{
    journal *j;
    *status = take_store(o, &j, memory, why);
    if (*status != JOURNAL_OK)
        return NULL;
    drive *d = calloc(1, sizeof *d);
    if (d == NULL)
        memory_exhausted();
    d->options = *o;
    d->host = *h;
    d->journal = j;
    d->memory = memory;
    d->poller = -1;
    d->jobs = text_format(memory, "%s/jobs", o->store).p;
    d->clocks = (drive_clocks){boot_clock, monotonic_clock, NULL};
    d->slept = slept(d);
    journal_run *open;
    size_t n = journal_runs(j, true, memory, &open);
    for (size_t i = 0; i < n && *status == JOURNAL_OK; i++)
        *status = load_run(d, &open[i], why);
    if (*status == JOURNAL_OK)
        return d;
    d->failed = *status;
    drive_close(d);
    return NULL;
}

void drive_close(drive *d)
{
    if (d == NULL)
        return;
    if (d->owns && d->host.close != NULL)
        d->host.close(d->host.self);
    if (d->failed == JOURNAL_OK)
        drive_leave_unsent(d);
    for (size_t i = 0; i < d->runs.n; i++)
        drive_snapshot(d, d->runs.p[i]);
    if (d->failed == JOURNAL_OK)
        d->failed = journal_commit(d->journal);
    ctl_close(d->ctl);
    if (d->poller >= 0)
        close(d->poller);
    for (size_t i = 0; i < d->runs.n; i++)
        free_run(d->runs.p[i]);
    vec_release(&d->runs);
    vec_release(&d->events);
    vec_release(&d->pending);
    vec_release(&d->orphans);
    arena_release(&d->batch);
    arena_release(&d->orphan_memory);
    journal_close(d->journal);
    free(d);
}

size_t drive_runs(const drive *d)
{
    return d->runs.n;
}

const vm *drive_machine(const drive *d, size_t index, journal_run *run)
{
    if (run != NULL)
        *run = d->runs.p[index]->info;
    return d->runs.p[index]->machine;
}

journal *drive_journal(const drive *d)
{
    return d->journal;
}

/* --- starting --- */

static text start_body(drive *d, const drive_entry *e, const journal_run *r)
{
    char program[65];
    sha256_hex(&r->program, program);
    const struct {
        const char *key;
        text value;
    } members[] = {
        {"author", e->author}, {"by", e->by},
        {"git", e->git},       {"migration", e->migration},
        {"mode", e->mode},     {"program", text_of(program)},
        {"run", r->name},      {"store", journal_store_id(d->journal)},
    };
    buffer b;
    json_writer w;
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        json_put_key(&w, members[i].key);
        json_put_text(&w, members[i].value);
    }
    json_object_end(&w);
    text t = text_copy(&d->batch, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static text free_name(drive *d, text migration)
{
    journal_run r;
    for (unsigned i = 1;; i++) {
        text name = text_format(d->memory, "%.*s-%u", TEXT_ARG(migration), i);
        if (!journal_run_find(d->journal, name, &d->batch, &r))
            return name;
    }
}

static const drive_run *open_run_of(const drive *d, text migration)
{
    for (size_t i = 0; i < d->runs.n; i++)
        if (!d->runs.p[i]->ended && text_equal(d->runs.p[i]->info.migration, migration))
            return d->runs.p[i];
    return NULL;
}

drive_status drive_start(drive *d, const drive_entry *e, text *run_name, text *why)
{
    const drive_run *other = open_run_of(d, e->migration);
    if (other != NULL) {
        *why = text_format(
            d->memory, "run %.*s of %.*s is open: `ferry resume %.*s` goes on with it",
            TEXT_ARG(other->info.name), TEXT_ARG(e->migration), TEXT_ARG(other->info.name));
        return DRIVE_REFUSED;
    }
    image *program = NULL;
    image_fault fault;
    if (!image_verify(&program, e->image.p, e->image.n, &fault)) {
        *why = text_format(d->memory, "the image is refused: %s", fault.message);
        return DRIVE_REFUSED;
    }
    journal_run info = {.name = free_name(d, e->migration),
                        .migration = text_copy(d->memory, e->migration),
                        .mode = text_copy(d->memory, e->mode),
                        .program = program->hash,
                        .started = drive_now(d),
                        .ended = QUANTITY_NONE,
                        .folder = text_copy(d->memory, e->folder)};
    d->failed = journal_run_new(d->journal, &info, e->image, &info.run);
    drive_run *r = new_run(d, &info, program);
    r->machine = vm_new(program);
    r->fresh = true;
    vec_push(&d->runs, r);
    uint32_t index = (uint32_t)d->runs.n - 1;
    if (d->failed != JOURNAL_OK)
        return drive_failed(d, why);
    vm_input start = {.kind = EVENT_START, .at = info.started, .body = start_body(d, e, &info)};
    const char *refused = NULL;
    if (!drive_offer(d, index, start, &refused) && refused != NULL) {
        *why = text_copy(d->memory, text_of(refused));
        d->failed = JOURNAL_FAILED; /* the row of the run must not be committed */
        return DRIVE_REFUSED;
    }
    if (d->failed != JOURNAL_OK || !drive_owner_event(d, index, "start", 0) || !drive_commit(d))
        return drive_failed(d, why);
    *run_name = info.name;
    return DRIVE_OK;
}

/* --- the loop --- */

static bool watch(drive *d, int fd)
{
    struct epoll_event e = {.events = EPOLLIN};
    return fd < 0 || epoll_ctl(d->poller, EPOLL_CTL_ADD, fd, &e) == 0;
}

static drive_status take_over(drive *d, text *why)
{
    d->ctl = ctl_open(d->options.store, d->memory, why);
    d->poller = epoll_create1(EPOLL_CLOEXEC);
    bool jobs = mkdir(d->jobs, 0700) == 0 || errno == EEXIST;
    if (d->ctl == NULL || d->poller < 0 || !jobs || !watch(d, ctl_fd(d->ctl)) ||
        !watch(d, d->options.wake_fd)) {
        if (why->n == 0)
            *why = text_format(d->memory, "%s: %s", d->options.store, strerror(errno));
        return DRIVE_STORE;
    }
    for (uint32_t i = 0; i < d->runs.n && d->failed == JOURNAL_OK; i++) {
        drive_run *r = d->runs.p[i];
        if (r->moves && !r->fresh && !r->ended)
            drive_owner_event(d, i, "resume", 0);
    }
    if (d->failed == JOURNAL_OK)
        drive_inherit(d);
    d->owns = true;
    return d->failed == JOURNAL_OK ? DRIVE_OK : drive_failed(d, why);
}

static void serve_runs(drive *d)
{
    for (uint32_t i = 0; i < d->runs.n; i++) {
        const drive_run *r = d->runs.p[i];
        host_run h = {r->program, r->info.name, text_copy(d->memory, r->info.folder).p, d->jobs};
        if (r->moves && d->host.serve != NULL)
            d->host.serve(d->host.self, i, &h);
    }
}

static bool moves(const drive_run *r)
{
    return r->moves && !r->ended;
}

static bool notice_sleep(drive *d)
{
    duration now = slept(d), gap = now - d->slept;
    d->slept = now;
    if (d->host.virtual_clock || gap < 5 * SECOND)
        return false;
    for (uint32_t i = 0; i < d->runs.n; i++)
        if (moves(d->runs.p[i]))
            drive_owner_event(d, i, "gap", gap);
    return true;
}

static bool fire_timers(drive *d)
{
    bool fired = false;
    instant now = drive_now(d);
    for (uint32_t i = 0; i < d->runs.n; i++) {
        if (!moves(d->runs.p[i]) || vm_deadline(d->runs.p[i]->machine) > now)
            continue;
        fired = true;
        drive_feed(d, i, (vm_input){.kind = EVENT_TICK, .at = now, .body = TEXT("{}")});
    }
    return fired;
}

/* When something is due next, and whether anything at all is under way. */
static instant next_time(const drive *d, bool *busy)
{
    instant until = QUANTITY_MAX;
    *busy = d->orphans.n != 0;
    for (size_t i = 0; i < d->runs.n; i++) {
        const drive_run *r = d->runs.p[i];
        if (!moves(r))
            continue;
        instant t = vm_deadline(r->machine);
        until = t < until ? t : until;
        *busy |= drive_busy(r);
    }
    return until;
}

static bool asks_anybody(const drive *d)
{
    for (size_t i = 0; i < d->runs.n; i++)
        if (moves(d->runs.p[i]) && drive_asks(d->runs.p[i]))
            return true;
    return false;
}

static void wait_here(drive *d, int milliseconds)
{
    struct pollfd p = {.fd = d->poller, .events = POLLIN};
    poll(&p, 1, milliseconds);
}

static void listen_to_host(drive *d, instant until)
{
    host_answer answers[DRIVE_ANSWERS];
    size_t n = d->host.poll(d->host.self, until, d->poller, answers, DRIVE_ANSWERS);
    for (size_t i = 0; i < n && d->failed == JOURNAL_OK; i++) {
        const host_answer *a = &answers[i];
        /* Not admitted: an answer to what was withdrawn meanwhile. */
        drive_offer(d, a->run_index,
                    (vm_input){EVENT_OUTCOME, drive_now(d), a->fiber, a->n, a->body}, NULL);
    }
}

/* Nothing is journaled by it: a screen's clock is no event. */
static void tick(drive *d)
{
    if (d->failed == JOURNAL_OK && d->events.n == 0)
        d->options.progress(d->options.self, d, NULL, 0);
}

/* Waits for whatever comes next. False when it parks. */
static bool wait_for_world(drive *d)
{
    bool busy;
    instant until = next_time(d, &busy), now = drive_now(d);
    bool held = d->host.people == PEOPLE_HOLD && !busy && asks_anybody(d);
    bool far = held || until == QUANTITY_MAX || until - now > d->options.patience;
    if (!busy && far && !d->options.stay)
        return false;
    bool ticks = d->options.ticks && d->options.progress != NULL && !d->host.virtual_clock;
    if (ticks && until > now + SECOND)
        until = now + SECOND;
    if (held)
        wait_here(d, -1);
    else if (d->orphans.n != 0 && d->host.virtual_clock)
        wait_here(d, ORPHAN_PAUSE / 1000);
    else if (d->orphans.n != 0 && until > now + ORPHAN_PAUSE)
        listen_to_host(d, now + ORPHAN_PAUSE);
    else
        listen_to_host(d, until);
    if (ticks)
        tick(d);
    return true;
}

static bool anything_moves(const drive *d)
{
    for (size_t i = 0; i < d->runs.n; i++)
        if (moves(d->runs.p[i]))
            return true;
    return false;
}

/* Nothing new is submitted; what is under way may still answer. True when it may return. */
static bool leaves(drive *d)
{
    if (*d->options.interrupted > 1 || !drive_writes_under_way(d))
        return true;
    listen_to_host(d, QUANTITY_MAX);
    return false;
}

static void empty_wake(const drive *d)
{
    char bytes[256];
    struct pollfd p = {.fd = d->options.wake_fd, .events = POLLIN};
    if (p.fd >= 0 && poll(&p, 1, 0) > 0 && read(p.fd, bytes, sizeof bytes) < 0)
        errno = 0; /* only its being readable matters */
}

drive_status drive_loop(drive *d, text *why)
{
    *why = TEXT("");
    if (!d->owns) {
        drive_status s = take_over(d, why);
        if (s != DRIVE_OK)
            return s;
        serve_runs(d);
    }
    for (;;) {
        if (!drive_commit(d))
            return drive_failed(d, why);
        empty_wake(d);
        if (d->options.interrupted != NULL && *d->options.interrupted != 0) {
            if (leaves(d))
                return DRIVE_INTERRUPTED;
            continue;
        }
        drive_submit(d);
        if (!anything_moves(d))
            return DRIVE_OK;
        drive_serve(d);
        if (d->pending.n != 0 || d->events.n != 0 || !anything_moves(d))
            continue;
        if (notice_sleep(d) || fire_timers(d) || drive_speak(d) || drive_settle(d))
            continue;
        if (!wait_for_world(d))
            return DRIVE_PARKED;
    }
}
