/* cmd_events.c: `ferry events`: the journal, one event a line. */
#include "cli/clock.h"
#include "cli/render_event.h"
#include "cli/store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    cli *c;
    const zone *zone;
    journal_run *runs;
    size_t run_count;
    uint32_t only; /* run index, 0: all */
    uint64_t last; /* seq shown last */
    arena scratch;
} listing;

static text run_name(const listing *l, uint32_t run)
{
    for (size_t i = 0; i < l->run_count; i++)
        if (l->runs[i].run == run)
            return l->runs[i].name;
    return (text){0};
}

static bool each(void *self, const journal_event *e)
{
    listing *l = self;
    cli *c = l->c;
    l->last = e->seq;
    if (l->only && e->run != l->only)
        return true;
    if (c->json)
        event_json(&c->result, e, run_name(l, e->run));
    else
        event_line(c, &c->result, &c->out, l->zone, e);
    return c->result.n < 1 << 16 || cli_flush(c);
}

static exit_code show(listing *l, journal *j, const char *name)
{
    l->run_count = journal_runs(j, false, &l->c->memory, &l->runs);
    if (name && !l->only) {
        journal_run r;
        exit_code code = store_run(l->c, j, name, &r);
        if (code != CODE_DONE)
            return code;
        l->only = r.run;
    }
    journal_status s = journal_read(j, 0, l->last + 1, each, l);
    if (s != JOURNAL_OK)
        return store_fault(l->c, s, store_path(l->c, NULL),
                           TEXT("an event of the store cannot be read"));
    return cli_flush(l->c) ? CODE_DONE : CODE_REFUSED;
}

/* A document of evidence, as it is kept. */
static exit_code kept(cli *c, const char *hex)
{
    journal *j;
    text bytes;
    exit_code code = store_read(c, &j);
    if (code != CODE_DONE)
        return code;
    int found = strlen(hex) < 4 ? 0 : journal_blob_find(j, text_of(hex), &c->memory, &bytes);
    if (found == 1)
        buffer_printf(&c->result, "%.*s\n", TEXT_ARG(bytes));
    else
        cli_error(c, found ? "give more of it" : "`ferry why PATH` and `ferry events` name hashes",
                  found ? "several documents are kept under %s" : "nothing is kept under %s", hex);
    journal_close(j);
    return found == 1 ? CODE_DONE : CODE_REFUSED;
}

exit_code command_events(cli *c)
{
    const char *after = option_value(&c->options, OPT_after);
    char *end = NULL;
    listing l = {.c = c, .zone = clock_zone(c, NULL)};
    exit_code code = cli_expect_operands(c, 0, 1);
    if (code == CODE_DONE && option_is(&c->options, OPT_kept))
        return kept(c, option_value(&c->options, OPT_kept));
    if (after)
        l.last = strtoull(after, &end, 10);
    if (after && *end)
        return cli_usage(c, "`--after` is the number of an event, not `%s`", after);
    /* A reader must not stay open, or the log could never be cut: it is opened anew each time. */
    while (code == CODE_DONE) {
        journal *j;
        code = store_read(c, &j);
        if (code != CODE_DONE)
            break;
        code = show(&l, j, cli_operand(c, 0));
        journal_close(j);
        if (!option_is(&c->options, OPT_follow))
            break;
        usleep(300 * 1000);
    }
    return code;
}
