/* drive_doubt.c: what a dead owner left behind.
 *
 * Its reads are submitted again. Of a write it may have begun, only the world knows whether it
 * happened: the machine is told `unknown` and settles it. But not while the dead owner's child is
 * still at work: a child inherits the locked file jobs/KEY.lock (its process group stands in it),
 * so that the lock is free when the last of its family is gone. A child that outlives its time is
 * ended as its own owner would have ended it.
 *
 * Requests that an owner left unsent (journal.h) were surely not begun: they are submitted as they
 * stand.
 */
#include "vm/drive_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const sha256 no_key;

static vm_output copy_output(drive *d, const vm_output *o)
{
    vm_output c = *o;
    c.body = text_copy(&d->orphan_memory, o->body);
    c.request = text_copy(&d->orphan_memory, o->request);
    return c;
}

static bool is_inherited(const drive_run *r, const vm_output *o)
{
    for (size_t i = 0; i < r->inherited.n; i++)
        if (r->inherited.p[i].fiber == o->fiber && r->inherited.p[i].n == o->n)
            return true;
    return false;
}

static duration timeout_of(drive *d, text request)
{
    json_document r;
    int64_t t = 5 * MINUTE;
    if (json_read(&d->batch, request, &r, NULL)) {
        uint32_t node = json_member(&r, 0, TEXT("timeout"));
        if (node != 0 && r.node[node].kind == JSON_NUMBER)
            t = strtoll(text_copy(&d->batch, json_raw(&r, node)).p, NULL, 10);
    }
    return t < 0 ? 0 : t;
}

/* The intent was written at the run's last input or before: its child has had at least that long.
 */
static instant deadline_of(drive *d, const drive_run *r, const vm_output *o)
{
    duration whole = timeout_of(d, o->request), past = drive_now(d) - r->found;
    duration left = past < 0 ? whole : past > whole ? 0 : whole - past;
    return drive_monotonic() + left;
}

static void submit_later(drive *d, uint32_t run, const vm_output *o)
{
    submission s = {run, *o};
    s.out.body = text_copy(&d->batch, o->body);
    s.out.request = text_copy(&d->batch, o->request);
    vec_push(&d->pending, s);
}

static bool was_unsent(const drive_run *r, const vm_output *o, const journal_request *q, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (q[i].run == r->info.run && q[i].fiber == o->fiber && q[i].n == o->n)
            return true;
    return false;
}

static void inherit_of(drive *d, uint32_t run, const journal_request *unsent, size_t n)
{
    drive_run *r = d->runs.p[run];
    vm_output o;
    for (uint32_t i = 0; r->moves && !r->ended && vm_outstanding(r->machine, i, &o); i++) {
        bool write = o.submit == SUBMIT_REQUEST && !sha256_equal(&o.key, &no_key);
        bool again = was_unsent(r, &o, unsent, n);
        if (!again && !is_inherited(r, &o))
            continue; /* of the OWNER event's turn: pending already */
        if (again || !write)
            submit_later(d, run, &o);
        else
            vec_push(
                &d->orphans,
                (orphan){.run = run, .out = copy_output(d, &o), .deadline = deadline_of(d, r, &o)});
    }
    vec_release(&r->inherited);
}

void drive_inherit(drive *d)
{
    journal_request *unsent;
    size_t n;
    d->failed = journal_unsent_take(d->journal, &d->batch, &unsent, &n);
    for (uint32_t run = 0; run < d->runs.n && d->failed == JOURNAL_OK; run++)
        inherit_of(d, run, unsent, n);
    /* Of a run that this owner does not move they stay unsent. */
    for (size_t i = 0; i < n && d->failed == JOURNAL_OK; i++)
        for (size_t k = 0; k < d->runs.n; k++)
            if (d->runs.p[k]->info.run == unsent[i].run && !d->runs.p[k]->moves)
                d->failed = journal_unsent_put(d->journal, &unsent[i]);
}

void drive_leave_unsent(drive *d)
{
    for (size_t i = 0; i < d->pending.n && d->failed == JOURNAL_OK; i++) {
        const submission *s = &d->pending.p[i];
        if (s->out.submit == SUBMIT_WITHDRAW)
            continue;
        journal_request q = {d->runs.p[s->run]->info.run, s->out.fiber, s->out.n};
        d->failed = journal_unsent_put(d->journal, &q);
    }
    vec_clear(&d->pending);
}

bool drive_writes_under_way(const drive *d)
{
    for (uint32_t run = 0; run < d->runs.n; run++) {
        const drive_run *r = d->runs.p[run];
        vm_output o;
        for (uint32_t i = 0; r->moves && !r->ended && vm_outstanding(r->machine, i, &o); i++) {
            bool waits = o.submit != SUBMIT_REQUEST || sha256_equal(&o.key, &no_key);
            for (size_t k = 0; k < d->pending.n && !waits; k++)
                waits = d->pending.p[k].run == run && d->pending.p[k].out.fiber == o.fiber &&
                        d->pending.p[k].out.n == o.n;
            for (size_t k = 0; k < d->orphans.n && !waits; k++)
                waits = d->orphans.p[k].run == run && d->orphans.p[k].out.fiber == o.fiber &&
                        d->orphans.p[k].out.n == o.n;
            if (!waits)
                return true;
        }
    }
    return false;
}

/* The child's process group, or 0 when no child holds the lock. */
static pid_t child_of(drive *d, const orphan *o)
{
    char hex[65], content[32] = "";
    sha256_hex(&o->out.key, hex);
    const char *path = text_format(&d->batch, "%s/%s.lock", d->jobs, hex).p;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return 0;
    pid_t group = 0;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        unlink(path);
    else if (pread(fd, content, sizeof content - 1, 0) > 0)
        group = (pid_t)strtol(content, NULL, 10);
    else
        group = -1;
    close(fd);
    return group > 1 || group == 0 ? group : -1;
}

static bool is_due(drive *d, orphan *o, const char **detail)
{
    pid_t group = child_of(d, o);
    *detail = "the process ended before the answer";
    if (group == 0)
        return true;
    if (drive_monotonic() < o->deadline)
        return false;
    if (o->signals >= 2) {
        *detail = "the process ended before the answer, and a child of it cannot be ended";
        return true;
    }
    if (group > 1)
        kill(-group, o->signals == 0 ? SIGTERM : SIGKILL);
    o->signals++;
    o->deadline = drive_monotonic() + 5 * SECOND;
    return false;
}

bool drive_settle(drive *d)
{
    bool fed = false;
    size_t kept = 0;
    for (size_t i = 0; i < d->orphans.n; i++) {
        orphan *o = &d->orphans.p[i];
        const char *detail;
        if (!is_due(d, o, &detail)) {
            d->orphans.p[kept++] = *o;
            continue;
        }
        text body = text_format(
            &d->batch, "{\"detail\":\"%s\",\"lost\":true,\"status\":\"unknown\",\"values\":[]}",
            detail);
        drive_offer(d, o->run,
                    (vm_input){EVENT_OUTCOME, drive_now(d), o->out.fiber, o->out.n, body}, NULL);
        fed = true;
    }
    d->orphans.n = kept;
    return fed;
}
