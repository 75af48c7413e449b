/* journal_audit.c: does everything that stands in a store fit together?
 *
 * The chain from the first event to the head, numbers without gaps, every derived event behind an
 * input of its own run, every image under its own hash, every blob under its digest, every ended
 * run with its END event. What a chain cannot show is that its end was cut off together with the
 * head: for that the head is printed, and kept elsewhere.
 */
#include "vm/journal_parts.h"

#include "base/decimal.h"
#include "base/vec.h"

#include <string.h>

typedef struct {
    journal *j;
    arena *memory;
    journal_audit_result *out;
    sha256 head;
    uint64_t seq, fence;
    VEC(uint64_t) input; /* by run: seq of its last input */
} auditor;

static const bool is_input[EVENT_COUNT] = {
#define GROUP_INPUT                    true
#define GROUP_DERIVED                  false
#define EVENT(id, name, group, fields) [EVENT_##id] = GROUP_##group,
#include "vm/events.def"
#undef EVENT
};

static bool broken(auditor *a, uint64_t seq, const char *why)
{
    a->out->broken_at = seq;
    a->out->why = text_format(a->memory, "event %llu: %s", (unsigned long long)seq, why);
    return false;
}

static bool audit_evidence(auditor *a, const journal_event *e)
{
    arena scratch = {0};
    sha256 digest;
    text bytes;
    bool named = journal_evidence(e, &scratch, &digest);
    bool kept = named && journal_blob_get(a->j, &digest, &scratch, &bytes);
    arena_release(&scratch);
    a->out->evidence += named;
    return !named || kept;
}

static bool audit_event(void *self, const journal_event *e)
{
    auditor *a = self;
    if (e->seq != a->seq + 1)
        return broken(a, a->seq + 1, "missing");
    sha256 link = journal_link(&a->head, e);
    if (!sha256_equal(&link, &e->hash))
        return broken(a, e->seq, "its hash does not follow from the event before and its content");
    if (e->fence < a->fence)
        return broken(a, e->seq, "from an owner before the present one");
    while (a->input.n <= e->run)
        vec_push(&a->input, 0);
    if (is_input[e->kind] && e->cause != 0)
        return broken(a, e->seq, "an input has a cause");
    if (!is_input[e->kind] && (e->cause == 0 || e->cause != a->input.p[e->run]))
        return broken(a, e->seq, "its cause is not the input before it");
    if (is_input[e->kind])
        a->input.p[e->run] = e->seq;
    if (!audit_evidence(a, e))
        return broken(a, e->seq, "the evidence that it names is not kept");
    a->head = link;
    a->seq = e->seq;
    a->fence = e->fence;
    a->out->events++;
    return true;
}

static journal_status audit_images(journal *j, auditor *a)
{
    sqlite3_stmt *s = journal_prepare(j, "SELECT program, bytes FROM image");
    if (s == NULL)
        return journal_status_of(j->db, sqlite3_extended_errcode(j->db));
    while (a->out->why.n == 0 && sqlite3_step(s) == SQLITE_ROW) {
        sha256 named;
        text bytes = journal_column_text(s, 1);
        image *i = NULL;
        image_fault fault;
        if (!image_verify(&i, bytes.p, bytes.n, &fault))
            a->out->why = text_format(a->memory, "an image does not verify: %s", fault.message);
        else if (!journal_column_hash(s, 0, &named) || !sha256_equal(&named, &i->hash))
            a->out->why = TEXT("an image does not have the hash it is kept under");
        if (i != NULL)
            image_free(i);
    }
    return journal_status_of(j->db, sqlite3_finalize(s));
}

static journal_status audit_blobs(journal *j, auditor *a)
{
    sqlite3_stmt *s = journal_prepare(j, "SELECT digest, bytes FROM blob");
    if (s == NULL)
        return journal_status_of(j->db, sqlite3_extended_errcode(j->db));
    while (a->out->why.n == 0 && sqlite3_step(s) == SQLITE_ROW) {
        sha256 named;
        text bytes = journal_column_text(s, 1);
        sha256 found = sha256_of(bytes.p, bytes.n);
        if (!journal_column_hash(s, 0, &named) || !sha256_equal(&named, &found))
            a->out->why = TEXT("a blob does not have the digest it is kept under");
    }
    return journal_status_of(j->db, sqlite3_finalize(s));
}

static journal_status audit_runs(journal *j, auditor *a)
{
    const char *sql =
        "SELECT name FROM run WHERE (ended IS NOT NULL) <> EXISTS (SELECT 1 FROM event"
        " WHERE event.run = run.run AND kind = ?)";
    sqlite3_stmt *s = journal_prepare(j, sql);
    if (s == NULL)
        return journal_status_of(j->db, sqlite3_extended_errcode(j->db));
    sqlite3_bind_int(s, 1, EVENT_END);
    if (a->out->why.n == 0 && sqlite3_step(s) == SQLITE_ROW)
        a->out->why = text_format(a->memory, "run %.*s: its end and its last event disagree",
                                  TEXT_ARG(journal_column_text(s, 0)));
    return journal_status_of(j->db, sqlite3_finalize(s));
}

journal_status journal_audit(journal *j, arena *memory, journal_audit_result *out)
{
    *out = (journal_audit_result){0};
    auditor a = {.j = j, .memory = memory, .out = out, .head = journal_first(j->store_id)};
    journal_run *runs;
    out->runs = journal_runs(j, false, memory, &runs);
    journal_status s = journal_read(j, 0, 0, audit_event, &a);
    vec_release(&a.input);
    if (s == JOURNAL_OK && out->broken_at == 0 &&
        (a.seq != j->seq || !sha256_equal(&a.head, &j->head)))
        broken(&a, a.seq + 1, "the chain ends before the head");
    if (s == JOURNAL_OK)
        s = audit_images(j, &a);
    if (s == JOURNAL_OK)
        s = audit_blobs(j, &a);
    if (s == JOURNAL_OK)
        s = audit_runs(j, &a);
    out->head = a.head;
    return s;
}
