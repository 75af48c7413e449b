/* cmd_status.c: `ferry status`: where each run stands, from the journal alone, beside whoever
 * drives it. */
#include "cli/clock.h"
#include "cli/render_run.h"
#include "cli/replayed.h"
#include "vm/ctl.h"
#include "vm/owner.h"

#include <stdlib.h>

/* "pid 4711 on night since …"; empty: nobody drives it, it moves with `ferry resume`. */
static text driver_of(cli *c, const journal_run *run)
{
    const char *store = store_path(c, NULL);
    bool driven = run->ended == QUANTITY_NONE && ctl_listens(store);
    return driven ? owner_holder(store, &c->memory) : (text){0};
}

static void write_json(cli *c, json_writer *w, const replayed *r)
{
    json_object(w);
    render_run_json(c, w, &r->run, &r->state);
    json_add_optional(w, "driven_by", driver_of(c, &r->run));
    json_object_end(w);
}

static void write_text(cli *c, const replayed *r)
{
    run_view v = {.run = &r->run,
                  .state = &r->state,
                  .zone = clock_zone_of(c, r->program, r->run.migration),
                  .now = clock_now(),
                  .events = r->result.events,
                  .driver = driver_of(c, &r->run),
                  .store = option_value(&c->options, OPT_store)};
    if (c->result.n)
        buffer_char(&c->result, '\n');
    render_run(c, &c->result, &c->out, &v);
}

static exit_code one(cli *c, journal *j, const journal_run *run, json_writer *w)
{
    replayed r;
    exit_code code = replayed_open(c, j, run, &r);
    if (code == CODE_DONE && c->json)
        write_json(c, w, &r);
    else if (code == CODE_DONE)
        write_text(c, &r);
    replayed_release(&r);
    return code;
}

/* An ended run in one line; the open ones are shown whole. */
static void one_line(cli *c, const journal_run *r)
{
    term_pad(&c->result, &c->out, r->name, 24);
    term_pad(&c->result, &c->out, r->mode, 11);
    term_pad(&c->result, &c->out, r->state, 13);
    clock_full(&c->result, clock_zone(c, NULL), r->ended);
    buffer_char(&c->result, '\n');
}

static exit_code all(cli *c, journal *j, json_writer *w)
{
    journal_run *runs;
    exit_code code = CODE_DONE;
    size_t n = journal_runs(j, false, &c->memory, &runs);
    if (!n && !c->json)
        cli_say(c, "no runs yet");
    for (size_t i = 0; i < n && code == CODE_DONE; i++) {
        bool open = runs[i].ended == QUANTITY_NONE;
        if (c->json || open || i + 1 == n)
            code = one(c, j, &runs[i], w);
        else
            one_line(c, &runs[i]);
    }
    return code;
}

exit_code command_status(cli *c)
{
    journal *j;
    journal_run run;
    json_writer w;
    exit_code code = cli_expect_operands(c, 0, 1);
    if (code != CODE_DONE || (code = store_read(c, &j)) != CODE_DONE)
        return code;
    cli_list_begin(c, &w, "runs");
    const char *name = cli_operand(c, 0) ? cli_operand(c, 0) : option_value(&c->options, OPT_run);
    if (name)
        code = store_run(c, j, name, &run);
    if (code == CODE_DONE)
        code = name ? one(c, j, &run, &w) : all(c, j, &w);
    cli_list_end(c, &w);
    journal_close(j);
    return code;
}
