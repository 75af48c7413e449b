/* render_run.h: a run as people see it: `status`, and the live screen of `run`. */
#ifndef FERRY_CLI_RENDER_RUN_H
#define FERRY_CLI_RENDER_RUN_H

#include "base/calendar.h"
#include "cli/cli.h"
#include "vm/journal.h"

typedef struct {
    const journal_run *run;
    const json_document *state; /* what vm_describe wrote */
    const zone *zone;
    instant now;
    uint64_t events; /* of the run; 0: not shown */
    text driver;     /* render_run: the process that drives it; empty: nobody does */
    const char
        *store; /* as --store must name it in commands that are shown; NULL: found by itself */
} run_view;

/* The whole of `ferry status` for one run. */
void render_run(cli *c, buffer *out, const terminal *t, const run_view *v);
/* The live screen: head, turn-back time, what runs, what waits; at most `height` lines. */
void render_screen(cli *c, buffer *out, const terminal *t, const run_view *v, int height);

/* Parts. Each is whole lines. */
void render_run_head(cli *c, buffer *out, const terminal *t, const run_view *v);
void render_run_turn_back(cli *c, buffer *out, const terminal *t, const run_view *v);
/* What waits for people, each with the command that answers it. */
void render_run_asked(cli *c, buffer *out, const terminal *t, const run_view *v);
/* The same, then what else is waited for. */
void render_run_waiting(cli *c, buffer *out, const terminal *t, const run_view *v);
/* True where something waits for a person. */
bool render_run_asks(const json_document *state);

/* Which run it is, then the state document with instants as ISO texts, as members of the open
 * object. */
void render_run_json(cli *c, json_writer *w, const journal_run *run, const json_document *state);

#endif
