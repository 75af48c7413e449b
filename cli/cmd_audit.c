/* cmd_audit.c: `ferry audit`: chain, images and replay of a store, and its head, which is to be
 * kept elsewhere: truncation shows only against a copy. */
#include "cli/store.h"

typedef struct {
    journal_audit_result chain;
    size_t runs, identical;
    size_t others; /* derived by machines of other versions: not replayed */
    text other;    /* the first of them */
    text differs;  /* the first run whose replay differs */
    uint64_t differs_at;
    char head[65];
} finding;

static bool sound(const finding *f)
{
    return !f->chain.broken_at && !f->chain.why.n && f->identical + f->others == f->runs;
}

static exit_code examine(cli *c, journal *j, finding *f)
{
    journal_status s = journal_audit(j, &c->memory, &f->chain);
    if (s != JOURNAL_OK && s != JOURNAL_CORRUPT)
        return store_fault(c, s, store_path(c, NULL), f->chain.why);
    sha256_hex(&f->chain.head, f->head);
    journal_run *runs;
    f->runs = journal_runs(j, false, &c->memory, &runs);
    for (size_t i = 0; i < f->runs; i++) {
        replay_result r = {0};
        s = drive_replay(j, runs[i].run, 0, &c->memory, &r, NULL, NULL);
        if (s == JOURNAL_OK && !r.differs_at) {
            f->identical++;
        } else if (s == JOURNAL_OTHER) {
            f->other = f->others++ ? f->other : r.found;
        } else if (!f->differs.n) {
            f->differs = runs[i].name;
            f->differs_at = r.differs_at;
        }
    }
    return CODE_DONE;
}

static void write_json(cli *c, journal *j, const finding *f)
{
    json_writer w;
    cli_json_begin(c, &w);
    json_add_text(&w, "store", journal_store_id(j));
    json_add_int(&w, "events", (int64_t)f->chain.events);
    json_add_int(&w, "runs", (int64_t)f->runs);
    json_add_bool(&w, "sound", sound(f));
    json_add_int(&w, "broken_at", (int64_t)f->chain.broken_at);
    json_add_text(&w, "why", f->chain.why);
    json_add_int(&w, "replayed", (int64_t)f->identical);
    json_add_int(&w, "not_replayed", (int64_t)f->others);
    json_add_cstr(&w, "head", f->head);
    cli_json_end(c, &w);
}

static void verdict(cli *c, bool good, const char *what)
{
    term_printf(&c->result, &c->out, good ? STYLE_GOOD : STYLE_ERROR, "%s",
                good ? "ok    " : "BROKEN");
    buffer_printf(&c->result, "  %s", what);
}

static void write_text(cli *c, journal *j, const finding *f)
{
    bool chained = !f->chain.broken_at && !f->chain.why.n;
    text evidence = f->chain.evidence ? text_format(&c->memory, ", evidence of %llu",
                                                    (unsigned long long)f->chain.evidence)
                                      : TEXT("");
    verdict(c, chained, "chain and images: ");
    if (chained)
        buffer_printf(&c->result, "%llu events, %llu run%s%s\n",
                      (unsigned long long)f->chain.events, (unsigned long long)f->chain.runs,
                      f->chain.runs == 1 ? "" : "s", evidence.p);
    else
        buffer_printf(&c->result, "event %llu: %.*s\n", (unsigned long long)f->chain.broken_at,
                      TEXT_ARG(f->chain.why));
    verdict(c, f->identical + f->others == f->runs, "replay: ");
    buffer_printf(&c->result, "%zu of %zu runs derive the same events again\n", f->identical,
                  f->runs);
    if (f->differs.n)
        buffer_printf(&c->result, "        first difference: %.*s, event %llu\n",
                      TEXT_ARG(f->differs), (unsigned long long)f->differs_at);
    if (f->others)
        cli_error(c, "audit the store with the ferry that began them, too",
                  "%zu run%s not replayed: %.*s", f->others, f->others == 1 ? " is" : "s are",
                  TEXT_ARG(f->other));
    buffer_printf(&c->result, "store   %.*s\nhead    %s\n", TEXT_ARG(journal_store_id(j)), f->head);
    cli_say(c, "Keep the head elsewhere (mail, ticket): a store that was cut off shows only "
               "against it.");
}

exit_code command_audit(cli *c)
{
    journal *j;
    finding f = {0};
    text why = {0};
    exit_code code = cli_expect_operands(c, 0, 0);
    if (code != CODE_DONE)
        return code;
    const char *path = store_path(c, NULL);
    journal_status s = journal_open(&j, path, false, false, &c->memory, &why);
    if (s != JOURNAL_OK) {
        code = store_fault(c, s, path, why);
        return s == JOURNAL_CORRUPT ? CODE_ERRORS : code; /* that it is broken is the answer */
    }
    code = examine(c, j, &f);
    if (code == CODE_DONE) {
        if (c->json)
            write_json(c, j, &f);
        else
            write_text(c, j, &f);
        code = !sound(&f) ? CODE_ERRORS : f.others ? CODE_REFUSED : CODE_DONE;
    }
    journal_close(j);
    return code;
}
