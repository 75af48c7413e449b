/* driving.c: see driving.h. */
#include "cli/driving.h"

#include "cli/clock.h"
#include "cli/render_run.h"
#include "stdlib/connect/connect.h"

#include <string.h>
#include <unistd.h>

/* Without a terminal a run parks where only people or a far time can move it. A clock that jumps
 * has no far times. */
#define PATIENCE (10 * MINUTE)
/* As long as a command of a person waits to be heard (drive_tell). */
#define LOCK_WAIT (5 * SECOND)

static bool stays(const cli *c)
{
    const options *o = &c->options;
    if (option_is(o, OPT_detach) || option_is(o, OPT_tick))
        return false;
    return option_is(o, OPT_stay) || (isatty(STDIN_FILENO) && c->err.tty);
}

static duration patience(const cli *c, const host *h)
{
    if (h->virtual_clock)
        return QUANTITY_MAX;
    if (option_is(&c->options, OPT_tick))
        return 0;
    /* A little over a second, so that what is due a second after a turn is not parked for the
     * microseconds between the turn's clock and this one. */
    return option_is(&c->options, OPT_detach) ? SECOND + SECOND / 10 : PATIENCE;
}

static void make_host(driving *v, const char *mode)
{
    const operation_entry *table = connect_operations;
    size_t n = connect_operation_count;
    bool ask = option_is(&v->c->options, OPT_ask);
    if (strcmp(mode, "rehearsal") == 0) {
        v->rehearsal = host_rehearsal_new(table, n, clock_now(), ask);
        v->host = host_rehearsal_host(v->rehearsal);
    } else {
        v->live = host_live_new(table, n, false);
        v->host = host_live_host(v->live);
    }
}

exit_code driving_open(cli *c, driving *v, const char *store, const char *mode, bool create)
{
    journal_status status = JOURNAL_OK;
    text why = {0};
    *v = (driving){.c = c, .store = store};
    if (!signals_watch(&v->watch)) {
        cli_error(c, NULL, "cannot watch for signals");
        return CODE_REFUSED;
    }
    make_host(v, mode);
    v->view = (live_view){.c = c, .zone = clock_zone(c, NULL), .host = &v->host};
    drive_options o = {.store = store,
                       .create = create,
                       .stay = stays(c),
                       .patience = patience(c, &v->host),
                       .lock_wait = LOCK_WAIT,
                       .version = FERRY_VERSION,
                       .interrupted = v->watch.count,
                       .wake_fd = v->watch.wake_fd,
                       .progress = render_live,
                       .self = &v->view,
                       .ticks = c->err.tty};
    v->drive = drive_open(&o, &v->host, &c->memory, &status, &why);
    return v->drive ? CODE_DONE : store_fault(c, status, store, why);
}

void driving_close(driving *v)
{
    render_live_end(&v->view);
    drive_close(v->drive);
    host_live_free(v->live);
    host_rehearsal_free(v->rehearsal);
}

/* --- the report --------------------------------------------------------------------------------
 */

static bool intent_seen(void *self, const journal_event *e)
{
    bool *seen = self;
    *seen = e->kind == EVENT_INTENT;
    return !*seen;
}

/* Only writes have intents. */
static bool run_wrote(journal *j, uint32_t run)
{
    bool seen = false;
    journal_read(j, run, 0, intent_seen, &seen);
    return seen;
}

exit_code driving_end_code(journal *j, uint32_t run, text state)
{
    if (text_is(state, "completed"))
        return CODE_DONE;
    if (text_is(state, "partial"))
        return CODE_BACK;
    if (text_is(state, "rolled_back"))
        return run_wrote(j, run) ? CODE_BACK : CODE_REFUSED;
    return CODE_STUCK;
}

static exit_code code_of(driving *v, const vm *m, uint32_t run)
{
    switch (vm_state(m)) {
    case RUN_COMPLETED: return CODE_DONE;
    case RUN_ROLLED_BACK:
        return driving_end_code(drive_journal(v->drive), run, TEXT("rolled_back"));
    case RUN_PARTIAL: return CODE_BACK;
    case RUN_STOPPED:
    case RUN_STUCK: return CODE_STUCK;
    default: return CODE_PARKED;
    }
}

static void report_json(cli *c, json_writer *w, const journal_run *run, const json_document *d)
{
    json_object(w);
    render_run_json(c, w, run, d);
    json_object_end(w);
}

static void report_text(driving *v, const journal_run *run, const json_document *d)
{
    cli *c = v->c;
    run_view view = {.run = run,
                     .state = d,
                     .zone = v->view.zone,
                     .now = v->host.now(v->host.self),
                     .store = option_value(&c->options, OPT_store)};
    render_run_head(c, &c->result, &c->out, &view);
    if (run->ended == QUANTITY_NONE) {
        render_run_turn_back(c, &c->result, &c->out, &view);
        render_run_waiting(c, &c->result, &c->out, &view);
    }
}

static exit_code report_runs(driving *v, text name, json_writer *w)
{
    exit_code worst = CODE_DONE;
    for (size_t i = 0; i < drive_runs(v->drive); i++) {
        journal_run run;
        json_document d;
        const vm *m = drive_machine(v->drive, i, &run);
        if ((name.n && !text_equal(name, run.name)) || !drive_describe(m, &v->c->memory, &d))
            continue;
        exit_code code = code_of(v, m, run.run);
        worst = code > worst ? code : worst;
        if (v->c->json)
            report_json(v->c, w, &run, &d);
        else
            report_text(v, &run, &d);
    }
    return worst;
}

static exit_code report(driving *v, text name)
{
    json_writer w;
    cli *c = v->c;
    cli_list_begin(c, &w, "runs");
    exit_code code = report_runs(v, name, &w);
    cli_list_end(c, &w);
    return code;
}

static void how_to_go_on(driving *v, text name)
{
    const char *store = option_value(&v->c->options, OPT_store);
    cli_say(v->c, "go on with: ferry resume%s%.*s%s%s", name.n ? " " : "", TEXT_ARG(name),
            store ? " --store " : "", store ? store : "");
}

/* A failure of the store while a run goes back leaves it incomplete. */
static exit_code store_failed(driving *v, text why)
{
    bool back = false;
    for (size_t i = 0; i < drive_runs(v->drive); i++)
        back |= vm_state(drive_machine(v->drive, i, NULL)) == RUN_ROLLING_BACK;
    cli_error(v->c, "make the store usable again, then `ferry resume`: what is committed stays",
              "the store failed: %.*s", TEXT_ARG(why));
    return back ? CODE_STUCK : CODE_REFUSED;
}

exit_code driving_loop(driving *v, text name)
{
    text why = {0};
    drive_status s = drive_loop(v->drive, &why);
    render_live_end(&v->view);
    switch (s) {
    case DRIVE_OK: return report(v, name);
    case DRIVE_PARKED: {
        exit_code code = report(v, name);
        how_to_go_on(v, name);
        return code;
    }
    case DRIVE_INTERRUPTED:
        cli_say(v->c, "stopped at a commit; nothing is lost");
        report(v, name);
        how_to_go_on(v, name);
        return (exit_code)signals_code();
    case DRIVE_STORE: return store_failed(v, why);
    case DRIVE_REFUSED: break;
    }
    cli_error(v->c, NULL, "%.*s", TEXT_ARG(why));
    return CODE_REFUSED;
}
