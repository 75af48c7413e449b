/* replay.c: the same inputs must give the same events, byte for byte.
 *
 * Inputs of the journal are fed to a machine as they came; what it derives is compared, in order,
 * with what the journal holds behind each input. This is how an owner finds its state again, how
 * `replay` checks a run, and how questions about a past moment are answered.
 */
#include "vm/drive_parts.h"

#include "base/decimal.h"

#include <stdio.h>
#include <stdlib.h>

static const bool is_input[EVENT_COUNT] = {
#define GROUP_INPUT                    true
#define GROUP_DERIVED                  false
#define EVENT(id, name, group, fields) [EVENT_##id] = GROUP_##group,
#include "vm/events.def"
#undef EVENT
};

static const char *const kind_name[EVENT_COUNT + 1] = {
#define EVENT(id, name, group, fields) name,
#include "vm/events.def"
#undef EVENT
    "nothing"};

typedef struct {
    replay *r;
    arena *memory;
    uint64_t until;
    journal *evidence; /* where it must be kept; NULL: nobody asks for it */
} replaying;

static text show(arena *memory, event_kind kind, uint32_t fiber, uint32_t n, uint32_t site,
                 const sha256 *key, text body)
{
    char hex[65];
    sha256_hex(key, hex);
    return text_format(memory, "%s fiber %u n %u site %d key %.8s %.*s", kind_name[kind], fiber, n,
                       (int)site, hex, TEXT_ARG(body));
}

static bool differs(replaying *p, const journal_event *e, text found)
{
    replay_result *out = &p->r->result;
    out->differs_at = e->seq;
    out->expected = show(p->memory, e->kind, e->fiber, e->n, e->site, &e->key, e->body);
    out->found = found;
    return false;
}

/* The next output that is an event. */
static bool next_event(vm *m, vm_output *out)
{
    while (vm_next(m, out))
        if (out->kind != EVENT_COUNT)
            return true;
    return false;
}

/* The machine never sees it: an owner goes on without, but a replay stands for it. */
static bool evidence_kept(const replaying *p, const journal_event *e)
{
    arena scratch = {0};
    sha256 digest;
    text bytes;
    bool kept = p->evidence == NULL || !journal_evidence(e, &scratch, &digest) ||
                journal_blob_get(p->evidence, &digest, &scratch, &bytes);
    arena_release(&scratch);
    return kept;
}

static bool replay_input(replaying *p, const journal_event *e)
{
    vm_output left;
    if (!evidence_kept(p, e))
        return differs(p, e, TEXT("the evidence that it names is not kept"));
    if (next_event(p->r->machine, &left))
        return differs(
            p, e, show(p->memory, left.kind, left.fiber, left.n, left.site, &left.key, left.body));
    vm_input in = {e->kind, e->at, e->fiber, e->n, e->body};
    const char *refused = vm_admit(p->r->machine, &in, p->memory);
    if (refused != NULL)
        return differs(p, e, text_format(p->memory, "refused: %s", refused));
    vm_turn(p->r->machine, &in);
    p->r->input = e->seq;
    p->r->last = e->at;
    return true;
}

static bool replay_derived(replaying *p, const journal_event *e)
{
    vm_output o;
    p->r->result.derived++;
    if (!next_event(p->r->machine, &o))
        return differs(p, e, TEXT("nothing"));
    if (o.kind != e->kind || o.fiber != e->fiber || o.n != e->n || o.site != e->site ||
        !sha256_equal(&o.key, &e->key) || !text_equal(o.body, e->body))
        return differs(p, e, show(p->memory, o.kind, o.fiber, o.n, o.site, &o.key, o.body));
    return true;
}

static bool replay_event(void *self, const journal_event *e)
{
    replaying *p = self;
    if (p->until != 0 && e->seq > p->until)
        return false;
    p->r->result.events++;
    return is_input[e->kind] ? replay_input(p, e) : replay_derived(p, e);
}

journal_status replay_events(journal *j, uint32_t run, uint64_t from, uint64_t until, arena *memory,
                             replay *r)
{
    replaying p = {r, memory, until, r->evidence ? j : NULL};
    journal_status s = journal_read(j, run, from + 1, replay_event, &p);
    vm_output left;
    /* The tail of a turn is committed with its input or not at all. */
    if (s == JOURNAL_OK && r->result.differs_at == 0 && until == 0 &&
        next_event(r->machine, &left)) {
        r->result.differs_at = r->input + 1;
        r->result.expected = TEXT("nothing");
        r->result.found =
            show(memory, left.kind, left.fiber, left.n, left.site, &left.key, left.body);
    }
    return s;
}

/* --- versions --- */

typedef struct {
    arena *memory;
    int64_t machine;
    text ferry; /* which one drove it first */
} origin;

static text of_body(arena *memory, const journal_event *e, const char *name)
{
    json_document d;
    uint32_t node = json_read(memory, e->body, &d, NULL) ? json_member(&d, 0, text_of(name)) : 0;
    if (node == 0)
        return TEXT("");
    return text_copy(memory, d.node[node].kind == JSON_TEXT ? json_text(memory, &d, node)
                                                            : json_raw(&d, node));
}

/* The first event is START; the first owner stands behind what that derived. */
static bool see_origin(void *self, const journal_event *e)
{
    origin *o = self;
    if (e->kind == EVENT_START &&
        !decimal_read(of_body(o->memory, e, "machine"), 0, false, &o->machine, NULL))
        o->machine = 1;
    if (e->kind == EVENT_OWNER)
        o->ferry = of_body(o->memory, e, "version");
    return e->kind != EVENT_OWNER;
}

journal_status replay_fits(journal *j, const journal_run *run, arena *memory, text *why)
{
    origin o = {.memory = memory, .machine = VM_VERSION};
    journal_status s = journal_read(j, run->run, 0, see_origin, &o);
    if (s != JOURNAL_OK || o.machine == VM_VERSION)
        return s;
    *why =
        text_format(memory,
                    "run %.*s was begun by %s Ferry%s%.*s: its machine has version %lld, this "
                    "one has %d, and derives other events",
                    TEXT_ARG(run->name), o.machine < VM_VERSION ? "an earlier" : "a newer",
                    o.ferry.n != 0 ? " " : "", TEXT_ARG(o.ferry), (long long)o.machine, VM_VERSION);
    return JOURNAL_OTHER;
}

static bool find_run(journal *j, uint32_t run, arena *memory, journal_run *out)
{
    journal_run *all;
    size_t n = journal_runs(j, false, memory, &all);
    for (size_t i = 0; i < n; i++) {
        if (all[i].run != run)
            continue;
        *out = all[i];
        return true;
    }
    return false;
}

journal_status drive_replay(journal *j, uint32_t run, uint64_t until, arena *memory,
                            replay_result *out, vm **machine, image **program)
{
    journal_run info;
    text bytes;
    image *i = NULL;
    image_fault fault = {0};
    *out = (replay_result){0};
    if (machine != NULL)
        *machine = NULL, *program = NULL;
    if (!find_run(j, run, memory, &info) || !journal_image(j, &info.program, memory, &bytes))
        return JOURNAL_MISSING;
    journal_status fits = replay_fits(j, &info, memory, &out->found);
    if (fits != JOURNAL_OK)
        return fits;
    if (!image_verify(&i, bytes.p, bytes.n, &fault)) {
        out->found = text_format(memory, "its image does not verify: %s", fault.message);
        return JOURNAL_CORRUPT;
    }
    replay r = {.machine = vm_new(i), .evidence = true};
    journal_status s = replay_events(j, run, 0, until, memory, &r);
    *out = r.result;
    out->state = vm_hash(r.machine);
    if (machine != NULL && s == JOURNAL_OK) {
        *machine = r.machine;
        *program = i;
        return s;
    }
    vm_free(r.machine);
    image_free(i);
    return s;
}
