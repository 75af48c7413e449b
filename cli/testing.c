/* testing.c: see testing.h. The run has a journal like any other, in a folder that is removed. */
#include "cli/testing.h"

#include "cli/clock.h"
#include "stdlib/connect/connect.h"
#include "vm/drive.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    cli *c;
    const program *p;
    test_result *out;
    judge *judge;
    coverage *seen;
    VEC(journal_event) events;
} trial;

/* --- the table of givens --- */

static const char *string_of(cli *c, text t)
{
    return t.n != 0 ? text_copy(&c->memory, t).p : NULL;
}

static script_given row_of(cli *c, const test_given *g)
{
    static const script_fate fates[] = {
        [GIVEN_RETURNS] = SCRIPT_RETURNS, [GIVEN_FAILS] = SCRIPT_FAILS,
        [GIVEN_HANGS] = SCRIPT_HANGS,     [GIVEN_REFUSED] = SCRIPT_REFUSED,
        [GIVEN_SAYS] = SCRIPT_SAYS,
    };
    return (script_given){.path = string_of(c, g->path),
                          .call = string_of(c, g->call),
                          .arguments = string_of(c, g->arguments),
                          .role = string_of(c, g->role),
                          .undo = g->undo,
                          .fate = fates[g->fate],
                          .values = string_of(c, g->values),
                          .times = (unsigned)g->times,
                          .delay = g->delay,
                          .from = g->from};
}

/* Whether line a is to be asked before line b, which stands before it: one that applies from a
 * later time on takes over, one that applies a number of times comes before one that always does,
 * and a place before a role. */
static bool comes_first(const test_given *a, const test_given *b)
{
    if (a->from != b->from)
        return a->from > b->from;
    if ((a->times != 0) != (b->times != 0))
        return a->times != 0;
    return b->role.n != 0 && a->role.n == 0;
}

/* The first line that applies counts. order[i] is the line of row i. */
static script_given *table_of(cli *c, const test_case *t, size_t *order)
{
    script_given *rows = arena_array(&c->memory, script_given, t->given_count + 1);
    for (size_t i = 0; i < t->given_count; i++) {
        size_t k = i;
        for (; k > 0 && comes_first(&t->givens[i], &t->givens[order[k - 1]]); k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    for (size_t i = 0; i < t->given_count; i++)
        rows[i] = row_of(c, &t->givens[order[i]]);
    return rows;
}

static const operation_entry *window_operation(void)
{
    for (size_t i = 0; i < connect_operation_count; i++)
        if (connect_operations[i].id == OPERATION_WINDOW_NEXT)
            return &connect_operations[i];
    return NULL;
}

/* --- the store --- */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *f)
{
    return remove(path);
}

/* Memory where the system offers it: the journal is written and never read again. */
static const char *make_store(cli *c)
{
    const char *const bases[] = {"/dev/shm", getenv("TMPDIR"), "/tmp"};
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        if (bases[i] == NULL || access(bases[i], W_OK) != 0)
            continue;
        char *path =
            arena_copy(&c->memory, text_format(&c->memory, "%s/ferry-test-XXXXXX", bases[i]).p,
                       strlen(bases[i]) + sizeof "/ferry-test-XXXXXX");
        if (mkdtemp(path) != NULL)
            return path;
    }
    return NULL;
}

/* --- what happened --- */

static bool is_among(cli *c, const json_document *d, const char *key, const char *words)
{
    uint32_t n = json_member(d, 0, text_of(key));
    text word = n != 0 && d->node[n].kind == JSON_TEXT ? json_text(&c->memory, d, n) : TEXT("");
    const char *found = word.n != 0 ? memmem(words, strlen(words), word.p, word.n) : NULL;
    return found != NULL && found[-1] == ' ' && found[word.n] == ' ';
}

/* Not what went as it should, nor the blocks that went back with what stands in them. */
static bool matters(cli *c, const journal_event *e, const json_document *d)
{
    switch (e->kind) {
    case EVENT_DECISION: return !is_among(c, d, "verdict", " pass approve done ");
    case EVENT_MARK: return is_among(c, d, "state", " failed skipped undone left stuck ");
    case EVENT_NOTICE:
    case EVENT_END: return true;
    default: return false;
    }
}

static bool take_event(void *self, const journal_event *e)
{
    trial *t = self;
    json_document d;
    judge_see(t->judge, e);
    if (t->seen != NULL)
        coverage_event(t->seen, e);
    journal_event kept = *e;
    kept.body = text_copy(&t->c->memory, e->body);
    if (json_read(&t->c->memory, kept.body, &d, NULL) && matters(t->c, e, &d))
        vec_push(&t->events, kept);
    return true;
}

static void keep_events(trial *t)
{
    test_result *out = t->out;
    out->event_count = t->events.n;
    out->events = arena_array(&t->c->memory, journal_event, t->events.n + 1);
    if (t->events.n != 0)
        memcpy(out->events, t->events.p, t->events.n * sizeof *t->events.p);
}

/* What the run waits for where it did not end. */
static void take_waiting(trial *t, const vm *m)
{
    json_document d;
    uint32_t list = drive_describe(m, &t->c->memory, &d) ? json_member(&d, 0, TEXT("waiting")) : 0;
    if (list == 0 || strcmp(judge_outcome(t->judge, TEXT("")), "waiting") != 0)
        return;
    t->out->waiting = arena_array(&t->c->memory, text, d.node[list].count + 1);
    for (uint32_t i = 0; i < d.node[list].count; i++) {
        uint32_t one = json_element(&d, list, i), kind = json_member(&d, one, TEXT("kind"));
        uint32_t path = json_member(&d, one, TEXT("path"));
        t->out->waiting[t->out->waiting_count++] =
            text_format(&t->c->memory, "%.*s %.*s", TEXT_ARG(json_text(&t->c->memory, &d, kind)),
                        TEXT_ARG(json_text(&t->c->memory, &d, path)));
    }
}

/* --- the run --- */

static bool drive_it(trial *t, const host *h, const char *store, text *why)
{
    journal_status status;
    text name;
    drive_options o = {.store = store,
                       .create = true,
                       .patience = QUANTITY_MAX,
                       .version = FERRY_VERSION,
                       .wake_fd = -1,
                       .throwaway = true};
    drive_entry e = {.image = buffer_view(&t->p->bytes),
                     .migration = t->out->of->migration,
                     .mode = TEXT("script"),
                     .by = TEXT("test"),
                     .author = TEXT(""),
                     .folder = t->p->folder};
    drive *d = drive_open(&o, h, &t->c->memory, &status, why);
    if (d == NULL)
        return false;
    bool good = drive_start(d, &e, &name, why) == DRIVE_OK;
    if (good) {
        drive_status s = drive_loop(d, why);
        good = s == DRIVE_OK || s == DRIVE_PARKED;
    }
    if (good) {
        good = journal_read(drive_journal(d), 1, 0, take_event, t) == JOURNAL_OK;
        judge_end(t->judge, vm_state(drive_machine(d, 0, NULL)));
        take_waiting(t, drive_machine(d, 0, NULL));
    }
    drive_close(d);
    return good;
}

static void take_unmet(cli *c, const host_script *s, const size_t *order, test_result *out)
{
    size_t n = out->of->given_count;
    bool *met = arena_array(&c->memory, bool, n + 1);
    out->unmet = arena_array(&c->memory, const test_given *, n + 1);
    for (size_t i = 0; i < n; i++)
        met[order[i]] = host_script_met(s, i) != 0;
    for (size_t i = 0; i < n; i++)
        if (!met[i])
            out->unmet[out->unmet_count++] = &out->of->givens[i];
}

static void take_blind(cli *c, const host_script *s, test_result *out)
{
    const script_blind *list;
    out->blind_count = host_script_blind(s, &list);
    out->blind = arena_array(&c->memory, script_blind, out->blind_count + 1);
    for (size_t i = 0; i < out->blind_count; i++)
        out->blind[i] =
            (script_blind){text_copy(&c->memory, list[i].path), text_copy(&c->memory, list[i].call),
                           text_copy(&c->memory, list[i].argument)};
}

static void judge_it(trial *t, const image *tests, const host *h)
{
    test_result *out = t->out;
    out->finding_count = out->of->expect_count;
    out->findings = arena_array(&t->c->memory, test_finding, out->finding_count + 1);
    out->passed = out->unmet_count == 0 && out->blind_count == 0;
    for (size_t i = 0; i < out->finding_count; i++) {
        test_finding *f = &out->findings[i];
        f->of = &out->of->expects[i];
        judge_decide(t->judge, tests, f->of->entry, h, &t->c->memory, &f->found);
        out->passed &= f->found.held;
    }
}

void testing_run(cli *c, const program *p, const image *tests, const test_case *of, coverage *seen,
                 test_result *out)
{
    size_t *order = arena_array(&c->memory, size_t, of->given_count + 1);
    *out = (test_result){.of = of, .zone = clock_zone_of(c, p->image, of->migration)};
    trial t = {.c = c, .p = p, .out = out, .judge = judge_new(p->image), .seen = seen};
    const script_given *table = table_of(c, of, order);
    host_script *s = host_script_new(table, of->given_count, of->start, window_operation());
    host h = host_script_host(s);
    text why = TEXT("no folder for its journal can be made");
    const char *store = make_store(c);
    if (store != NULL && drive_it(&t, &h, store, &why)) {
        take_unmet(c, s, order, out);
        take_blind(c, s, out);
        judge_it(&t, tests, &h);
        if (seen != NULL)
            coverage_run_end(seen, s);
    } else {
        out->fault = why;
    }
    out->outcome = judge_outcome(t.judge, TEXT(""));
    out->elapsed = judge_elapsed(t.judge, TEXT(""));
    keep_events(&t);
    if (store != NULL)
        nftw(store, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    host_script_free(s);
    judge_free(t.judge);
    vec_release(&t.events);
}
