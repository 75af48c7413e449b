/* drive_loop.c: the loop itself: what is done, in which order, until nothing moves any more. */
#include "vm/drive_parts.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ORPHAN_PAUSE = 100000 };

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

/* Of the rehearsals of that very program that have ended, the last one counts, passed or not. */
static host_rehearsed rehearsed(void *self, uint32_t index)
{
    drive *d = self;
    const drive_run *of = d->runs.p[index];
    host_rehearsed found = {0};
    journal_run *all;
    arena memory = {0};
    size_t n = journal_runs(d->journal, false, &memory, &all);
    for (size_t i = 0; i < n; i++) {
        const journal_run *r = &all[i];
        if (!text_is(r->mode, "rehearsal") || r->ended == QUANTITY_NONE ||
            !sha256_equal(&r->program, &of->info.program) ||
            !text_equal(r->migration, of->info.migration))
            continue;
        if (!found.known || r->ended >= found.ended)
            found = (host_rehearsed){true, text_is(r->state, "completed"), r->ended};
    }
    arena_release(&memory);
    return found;
}

static void serve_runs(drive *d)
{
    for (uint32_t i = 0; i < d->runs.n; i++) {
        const drive_run *r = d->runs.p[i];
        host_run h = {r->program,
                      r->info.name,
                      text_copy(d->memory, r->info.folder).p,
                      d->jobs,
                      {rehearsed, d, i}};
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
    duration now = drive_slept(d), gap = now - d->slept;
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
        vm_input in = {EVENT_OUTCOME, drive_now(d), a->fiber, a->n, a->body};
        sha256 digest;
        if (drive_offer(d, a->run_index, in, NULL) && a->evidence.n != 0)
            d->failed = journal_blob_put(d->journal, a->evidence, &digest);
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
