/* cmd_replay.c: `ferry replay`: feeds the inputs of a journal to a new machine and compares what it
 * derives, byte for byte. */
#include "cli/store.h"

static void write_text(cli *c, const journal_run *run, const replay_result *r)
{
    buffer_printf(&c->result, "%.*s: %llu events, %llu derived, ", TEXT_ARG(run->name),
                  (unsigned long long)r->events, (unsigned long long)r->derived);
    if (!r->differs_at) {
        buffer_cstr(&c->result, "identical\n");
        return;
    }
    term_printf(&c->result, &c->out, STYLE_ERROR, "different at event %llu",
                (unsigned long long)r->differs_at);
    buffer_cstr(&c->result, "\n  journal   ");
    term_put(&c->result, &c->out, r->expected);
    buffer_cstr(&c->result, "\n  replayed  ");
    term_put(&c->result, &c->out, r->found);
    buffer_char(&c->result, '\n');
}

static void write_json(json_writer *w, const journal_run *run, const replay_result *r)
{
    char hex[65];
    sha256_hex(&r->state, hex);
    json_object(w);
    json_add_text(w, "run", run->name);
    json_add_int(w, "events", r->events);
    json_add_int(w, "derived", r->derived);
    json_add_bool(w, "identical", r->differs_at == 0);
    json_add_int(w, "differs_at", r->differs_at);
    json_add_text(w, "journal", r->expected);
    json_add_text(w, "replayed", r->found);
    json_add_cstr(w, "state", hex);
    json_object_end(w);
}

static exit_code replay_one(cli *c, journal *j, const journal_run *run, json_writer *w)
{
    replay_result r = {0};
    journal_status s = drive_replay(j, run->run, 0, &c->memory, &r, NULL, NULL);
    if (s != JOURNAL_OK)
        return store_fault(c, s, "",
                           s == JOURNAL_OTHER ? r.found
                                              : text_format(&c->memory, "%.*s cannot be replayed",
                                                            TEXT_ARG(run->name)));
    if (c->json)
        write_json(w, run, &r);
    else
        write_text(c, run, &r);
    return r.differs_at ? CODE_ERRORS : CODE_DONE;
}

/* The run that is named, else all of them. */
static exit_code replay_runs(cli *c, journal *j, json_writer *w)
{
    journal_run *runs, one;
    size_t n = journal_runs(j, false, &c->memory, &runs);
    exit_code worst = CODE_DONE;
    if (cli_operand(c, 0) || n == 0) {
        exit_code code = store_run(c, j, cli_operand(c, 0), &one);
        return code == CODE_DONE ? replay_one(c, j, &one, w) : code;
    }
    for (size_t i = 0; i < n; i++) {
        exit_code code = replay_one(c, j, &runs[i], w);
        worst = code > worst ? code : worst;
    }
    return worst;
}

exit_code command_replay(cli *c)
{
    journal *j;
    json_writer w;
    exit_code code = cli_expect_operands(c, 0, 1);
    if (code != CODE_DONE || (code = store_read(c, &j)) != CODE_DONE)
        return code;
    cli_list_begin(c, &w, "runs");
    code = replay_runs(c, j, &w);
    cli_list_end(c, &w);
    journal_close(j);
    return code;
}
