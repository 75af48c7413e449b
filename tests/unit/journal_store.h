/* journal_store.h: a store in a folder of its own, for the tests of the journal. Images are bytes
 * here; what they are is tested with the image. */
#ifndef FERRY_TESTS_JOURNAL_STORE_H
#define FERRY_TESTS_JOURNAL_STORE_H

#include "tests/unit/unit.h"

#include "base/decimal.h"
#include "vm/journal.h"

#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The journal keeps images as bytes; what they are is tested with the image. */
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

static arena memory;

static inline int set_up(void **state)
{
    char *folder = strdup("/tmp/ferry-journal-XXXXXX");
    *state = mkdtemp(folder);
    return *state == NULL;
}

static inline int tear_down(void **state)
{
    arena_clear(&memory);
    text command = text_format(&memory, "rm -rf %s", (char *)*state);
    int rc = system(command.p);
    free(*state);
    arena_release(&memory);
    return rc;
}

static const char *store_in(void **state)
{
    return text_format(&memory, "%s/.ferry", (char *)*state).p;
}

static inline journal *open_writer(const char *store)
{
    journal *j;
    text why;
    journal_status s = journal_open(&j, store, true, true, &memory, &why);
    if (s != JOURNAL_OK)
        fail_msg("status %d: %.*s", s, TEXT_ARG(why));
    return j;
}

static inline uint32_t new_run(journal *j, const char *name)
{
    text bytes = TEXT("an image");
    journal_run r = {.name = text_of(name),
                     .migration = TEXT("acme"),
                     .mode = TEXT("live"),
                     .program = sha256_of(bytes.p, bytes.n),
                     .started = 7,
                     .folder = TEXT("/play")};
    uint32_t run = 0;
    assert_int_equal(journal_run_new(j, &r, bytes, &run), JOURNAL_OK);
    return run;
}

static inline journal_status put(journal *j, uint32_t run, uint64_t cause, event_kind kind,
                                 text body)
{
    journal_event e = {.run = run, .cause = cause, .at = 5, .kind = kind, .n = 3, .body = body};
    return journal_append(j, &e);
}

typedef struct {
    uint64_t n;
    char last[64];
} tally;

static inline bool count(void *self, const journal_event *e)
{
    tally *t = self;
    t->n++;
    snprintf(t->last, sizeof t->last, "%.*s", TEXT_ARG(e->body));
    return true;
}

static inline void audit_holds(journal *j, uint64_t events)
{
    journal_audit_result r;
    assert_int_equal(journal_audit(j, &memory, &r), JOURNAL_OK);
    assert_text(r.why, "");
    assert_int_equal(r.broken_at, 0);
    assert_int_equal(r.events, events);
}

#endif
