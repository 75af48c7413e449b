/* drive_turn.c: one input: append, turn, append what it derived; then commit, then submit. */
#include "vm/drive_parts.h"
#include "vm/owner.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

instant drive_now(const drive *d)
{
    return d->host.now != NULL ? d->host.now(d->host.self) : owner_now();
}

instant drive_monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (instant)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

bool drive_busy(const drive_run *r)
{
    vm_output o;
    return !r->ended && vm_outstanding(r->machine, 0, &o);
}

static bool append(drive *d, drive_run *r, journal_event *e)
{
    e->run = r->info.run;
    e->body = text_copy(&d->batch, e->body);
    d->failed = journal_append(d->journal, e);
    if (d->failed != JOURNAL_OK)
        return false;
    vec_push(&d->events, *e);
    r->events++;
    return true;
}

static bool end_run(drive *d, drive_run *r, instant at, text body)
{
    json_document b;
    text state = TEXT("");
    if (json_read(&d->batch, body, &b, NULL)) {
        uint32_t node = json_member(&b, 0, TEXT("state"));
        if (node != 0 && b.node[node].kind == JSON_TEXT)
            state = json_text(&d->batch, &b, node);
    }
    r->ended = true;
    r->info.ended = at;
    r->info.state = text_copy(d->memory, state);
    d->failed = journal_run_end(d->journal, r->info.run, at, state);
    return d->failed == JOURNAL_OK;
}

static void keep(drive *d, uint32_t run, const vm_output *o)
{
    submission s = {run, *o};
    s.out.body = text_copy(&d->batch, o->body);
    s.out.request = text_copy(&d->batch, o->request);
    vec_push(&d->pending, s);
}

static bool drain(drive *d, uint32_t run, instant at)
{
    drive_run *r = d->runs.p[run];
    vm_output o;
    while (vm_next(r->machine, &o)) {
        if (o.submit != SUBMIT_NOTHING)
            keep(d, run, &o);
        if (o.kind == EVENT_COUNT)
            continue;
        journal_event e = {.cause = r->input,
                           .at = at,
                           .kind = o.kind,
                           .fiber = o.fiber,
                           .n = o.n,
                           .site = o.site,
                           .key = o.key,
                           .body = o.body};
        if (!append(d, r, &e) || (o.kind == EVENT_END && !end_run(d, r, at, o.body)))
            return false;
    }
    return true;
}

bool drive_feed(drive *d, uint32_t run, vm_input in)
{
    drive_run *r = d->runs.p[run];
    if (in.at < r->last)
        in.at = r->last; /* the clock went back: the run's time does not */
    journal_event e = {.at = in.at,
                       .kind = in.kind,
                       .fiber = in.fiber,
                       .n = in.n,
                       .site = NO_INDEX,
                       .body = in.body};
    if (!append(d, r, &e))
        return false;
    r->input = e.seq;
    r->last = in.at;
    in.body = e.body;
    vm_turn(r->machine, &in); /* false: its limit ended it, and the END event among its outputs says
                                 which */
    return drain(d, run, in.at);
}

bool drive_offer(drive *d, uint32_t run, vm_input in, const char **why)
{
    drive_run *r = d->runs.p[run];
    if (in.at < r->last)
        in.at = r->last;
    const char *refused = r->ended ? "the run has ended" : vm_admit(r->machine, &in, &d->batch);
    if (why != NULL)
        *why = refused;
    return refused == NULL && drive_feed(d, run, in);
}

bool drive_commit(drive *d)
{
    if (d->failed != JOURNAL_OK)
        return false;
    instant now = d->clocks.monotonic(d->clocks.self);
    for (size_t i = 0; i < d->runs.n; i++) {
        drive_run *r = d->runs.p[i];
        if (r->events >= DRIVE_SNAPSHOT || now - r->snapped >= DRIVE_SNAPSHOT_TIME)
            drive_snapshot(d, r);
    }
    if (d->failed == JOURNAL_OK)
        d->failed = journal_commit(d->journal);
    if (d->failed != JOURNAL_OK)
        return false;
    if (d->options.progress != NULL && d->events.n != 0)
        d->options.progress(d->options.self, d, d->events.p, d->events.n);
    vec_clear(&d->events);
    return true;
}

/* Only after the commit that holds it does an output leave. */
void drive_submit(drive *d)
{
    for (size_t i = 0; i < d->pending.n; i++) {
        const submission *s = &d->pending.p[i];
        if (d->runs.p[s->run]->moves)
            d->host.submit(d->host.self, s->run, &s->out);
    }
    vec_clear(&d->pending);
    arena_clear(&d->batch);
}

void drive_snapshot(drive *d, drive_run *r)
{
    if (r->ended || r->events == 0 || d->failed != JOURNAL_OK)
        return;
    buffer state;
    buffer_init(&state);
    vm_save(r->machine, &state);
    sha256 hash = vm_hash(r->machine);
    d->failed = journal_snapshot_put(d->journal, r->info.run, r->input, &hash, buffer_view(&state));
    buffer_release(&state);
    r->events = 0;
    r->snapped = d->clocks.monotonic(d->clocks.self);
}

bool drive_owner_event(drive *d, uint32_t run, const char *after, duration gap)
{
    buffer b;
    json_writer w;
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    json_add_cstr(&w, "after", after);
    json_add_text(&w, "boot", owner_boot(&d->batch));
    json_add_int(&w, "gap", gap);
    json_add_text(&w, "host", owner_host(&d->batch));
    json_add_int(&w, "pid", getpid());
    json_add_cstr(&w, "version", d->options.version != NULL ? d->options.version : "");
    json_object_end(&w);
    vm_input in = {
        .kind = EVENT_OWNER, .at = drive_now(d), .body = text_copy(&d->batch, buffer_view(&b))};
    buffer_release(&b);
    const char *refused;
    return drive_offer(d, run, in, &refused) || refused != NULL;
}

drive_status drive_failed(drive *d, text *why)
{
    static const char *const words[] = {
        [JOURNAL_MISSING] = "the store is gone",
        [JOURNAL_LOCKED] = "another program keeps the journal locked",
        [JOURNAL_READ_ONLY] = "the journal may not be written any more",
        [JOURNAL_FULL] = "no space is left for the journal",
        [JOURNAL_CORRUPT] = "the journal refused an event: it is damaged, or another owner wrote",
        [JOURNAL_OTHER] = "a machine of another version began a run of it",
        [JOURNAL_FAILED] = "the journal could not be written (I/O error)",
    };
    const char *what = (size_t)d->failed < sizeof words / sizeof *words ? words[d->failed] : NULL;
    *why = text_format(d->memory, "%s: %s; what was committed is kept, `ferry resume` goes on",
                       d->options.store, what != NULL ? what : "the journal failed");
    return DRIVE_STORE;
}
