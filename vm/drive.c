/* drive.c: owning a store: opening it with the runs it holds, starting one, giving it back. */
#include "vm/drive_parts.h"

#include "base/decimal.h"
#include "vm/owner.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_PAUSE = 20000 };

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

/* The one clock goes on while the machine sleeps, the other does not. */
duration drive_slept(const drive *d)
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
    journal_status s = replay_fits(d->journal, &r->info, d->memory, why);
    if (s != JOURNAL_OK) {
        *why = text_format(d->memory, "%s: %.*s", d->options.store, TEXT_ARG(*why));
        return s;
    }
    uint64_t seq = load_snapshot(d, r, scratch);
    tail t = {.input = seq, .last = seq, .at = r->last};
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
    if (o->throwaway)
        journal_throwaway(j);
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
    d->slept = drive_slept(d);
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

bool drive_describe(const vm *m, arena *memory, json_document *out)
{
    buffer b = {0};
    json_writer w;
    json_begin(&w, &b, 0);
    json_object(&w);
    vm_describe(m, &w);
    json_object_end(&w);
    text all = text_copy(memory, buffer_view(&b));
    buffer_release(&b);
    return json_read(memory, all, out, NULL);
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
        if (strcmp(members[i].key, "migration") == 0)
            json_add_int(&w, "machine", VM_VERSION);
        json_add_text(&w, members[i].key, members[i].value);
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
