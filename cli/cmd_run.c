/* cmd_run.c: `ferry run` and `ferry resume`: a program meets the world. */
#include "cli/clock.h"
#include "cli/dry.h"
#include "cli/driving.h"
#include "cli/git.h"
#include "cli/people.h"
#include "cli/program.h"
#include "stdlib/connect/connect.h"

#include <stdlib.h>
#include <string.h>

/* The playbook's folder, absolute: the run must find it from wherever it is resumed. */
static text absolute_folder(cli *c, const program *p)
{
    char *real = realpath(p->folder.n ? p->folder.p : ".", NULL);
    text folder = text_copy(&c->memory, text_of(real));
    free(real);
    return folder;
}

static drive_entry entry_of(cli *c, const program *p, uint32_t entry, const char *mode)
{
    git_facts git;
    const char *by = option_value(&c->options, OPT_by);
    git_ask(c, p->path, &git);
    return (drive_entry){.image = buffer_view(&p->bytes),
                         .migration = image_text(p->image, p->image->entries[entry].name),
                         .mode = text_of(mode),
                         .by = by ? text_of(by) : person_name(c),
                         .author = git.author,
                         .git = git.revision,
                         .folder = absolute_folder(c, p)};
}

static exit_code start(cli *c, const program *p, uint32_t entry, const char *mode)
{
    driving v;
    text run = {0}, why = {0};
    if (!connect_spoken_check(p->image, entry, &c->memory, &why)) {
        cli_error(c,
                  "check, plan, assess and `run --dry-run` work; a build that speaks it can run it",
                  "%.*s", TEXT_ARG(why));
        return CODE_REFUSED;
    }
    if (!connect_secrets_check(p->image, &c->memory, &why)) {
        cli_error(c, "set it in the environment and try again", "%.*s", TEXT_ARG(why));
        return CODE_REFUSED;
    }
    if (strcmp(mode, "rehearsal") == 0 && !host_rehearsal_check(p->image, &c->memory, &why)) {
        cli_error(c, "a rehearsal never writes to where production is", "%.*s", TEXT_ARG(why));
        return CODE_REFUSED;
    }
    exit_code code = driving_open(c, &v, store_path(c, p->path), mode, true);
    if (code == CODE_DONE) {
        drive_entry e = entry_of(c, p, entry, mode);
        v.view.zone = clock_zone_of(c, p->image, e.migration);
        drive_status s = drive_start(v.drive, &e, &run, &why);
        if (s != DRIVE_OK) {
            cli_error(c, NULL, "%.*s", TEXT_ARG(why));
            code = CODE_REFUSED;
        }
    }
    if (code == CODE_DONE)
        code = driving_loop(&v, run);
    driving_close(&v);
    return code;
}

exit_code command_run(cli *c)
{
    program p;
    uint32_t entry = 0;
    bool dry = option_is(&c->options, OPT_dry_run), rehearse = option_is(&c->options, OPT_rehearse);
    exit_code code = cli_expect_operands(c, 1, 2);
    if (code != CODE_DONE)
        return code;
    if (dry && rehearse)
        return cli_usage(c, "`--dry-run` and `--rehearse` exclude each other");
    code = dry ? program_open_planned(c, &p, cli_operand(c, 0))
               : program_open(c, &p, cli_operand(c, 0));
    if (code == CODE_DONE)
        code = program_entry(c, &p, cli_operand(c, 1), &entry);
    if (code == CODE_DONE && dry)
        code = dry_run(c, &p, entry);
    else if (code == CODE_DONE) {
        buffer hash = {0};
        program_hash(p.image, &hash);
        cli_say(c, "program %s", buffer_string(&hash));
        buffer_release(&hash);
        code = start(c, &p, entry, rehearse ? "rehearsal" : "live");
    }
    program_release(&p);
    return code;
}

/* --- resume ------------------------------------------------------------------------------------
 */

/* The zone of the run's windows, for what is shown of it. */
static const zone *zone_of(cli *c, journal *j, const journal_run *run)
{
    text bytes;
    image_fault fault;
    image *i = NULL;
    if (journal_image(j, &run->program, &c->memory, &bytes))
        image_verify(&i, bytes.p, bytes.n, &fault);
    const zone *z = clock_zone_of(c, i, run->migration);
    image_free(i);
    return z;
}

/* The run that is meant: named, or the newest open one, or the newest; `end` is the code of one
 * that has ended. */
static exit_code find_run(cli *c, journal_run *run, const zone **z, exit_code *end)
{
    journal *j;
    const char *name = cli_operand(c, 0) ? cli_operand(c, 0) : option_value(&c->options, OPT_run);
    exit_code code = store_read(c, &j);
    if (code != CODE_DONE)
        return code;
    code = store_run(c, j, name, run);
    if (code == CODE_DONE)
        *z = zone_of(c, j, run);
    if (code == CODE_DONE && run->ended != QUANTITY_NONE)
        *end = driving_end_code(j, run->run, run->state);
    journal_close(j);
    return code;
}

/* A run that people paused goes on when people say so. */
static exit_code unpause(driving *v, const journal_run *run)
{
    for (size_t i = 0; i < drive_runs(v->drive); i++) {
        journal_run r;
        const vm *m = drive_machine(v->drive, i, &r);
        if (!text_equal(r.name, run->name) || vm_state(m) != RUN_PAUSED)
            continue;
        text body, reply = {0};
        exit_code code;
        saying s = {.command = "resume"};
        if (!people_body(v->c, &s, &body, &code))
            return code;
        if (drive_command(v->drive, run->name, body, &reply) != DRIVE_OK) {
            cli_error(v->c, NULL, "%.*s", TEXT_ARG(reply));
            return CODE_REFUSED;
        }
    }
    return CODE_DONE;
}

static bool is_open(const driving *v, const journal_run *run)
{
    for (size_t i = 0; i < drive_runs(v->drive); i++) {
        journal_run r;
        drive_machine(v->drive, i, &r);
        if (text_equal(r.name, run->name))
            return true;
    }
    return false;
}

static exit_code say_end(cli *c, const journal_run *run, exit_code end)
{
    cli_say(c, "%.*s has ended: %.*s", TEXT_ARG(run->name), TEXT_ARG(run->state));
    return end;
}

/* Whoever held the store while this waited for it may have brought the run to its end. */
static exit_code ended_meanwhile(driving *v, journal_run *run)
{
    journal *j = drive_journal(v->drive);
    const char *name = text_copy(&v->c->memory, run->name).p;
    exit_code code = store_run(v->c, j, name, run);
    if (code != CODE_DONE)
        return code;
    return say_end(v->c, run, driving_end_code(j, run->run, run->state));
}

exit_code command_resume(cli *c)
{
    driving v;
    journal_run run;
    const zone *z;
    exit_code end = CODE_DONE, code = cli_expect_operands(c, 0, 1);
    if (code != CODE_DONE || (code = find_run(c, &run, &z, &end)) != CODE_DONE)
        return code;
    if (run.ended != QUANTITY_NONE)
        return say_end(c, &run, end);
    const char *mode = text_copy(&c->memory, run.mode).p;
    code = driving_open(c, &v, store_path(c, NULL), mode, false);
    v.view.zone = z;
    if (code == CODE_DONE && !is_open(&v, &run)) {
        code = ended_meanwhile(&v, &run);
        driving_close(&v);
        return code;
    }
    if (code == CODE_DONE && !option_is(&c->options, OPT_tick))
        code = unpause(&v, &run);
    if (code == CODE_DONE)
        code = driving_loop(&v, run.name);
    driving_close(&v);
    return code;
}
