/* runsheet.c: the rows of a paper run sheet, typed into a CSV, reported as done: all or nothing.
 *
 * Every row becomes the body of a command and is held against the run brought back from its journal
 * before the first is said. Between the two another person may report the same task; then the run
 * refuses that row, and what was journaled until then stands in the report.
 */
#include "cli/clock.h"
#include "cli/files.h"
#include "cli/people.h"
#include "cli/replayed.h"
#include "stdlib/csv/csv.h"

enum { SHEET_LARGEST = 1 << 20 };

typedef struct {
    cli *c;
    const char *file;
    csv_table table;
    text *body, *name;
    replayed run;
} sheet;

static const char *field(sheet *s, uint32_t row, const char *column)
{
    text v;
    uint32_t n = csv_column(&s->table, text_of(column));
    if (n == UINT32_MAX ||
        !csv_field(&s->c->memory, &s->table, csv_row_text(&s->table, row), n, &v))
        return NULL;
    v = text_trim(v);
    return v.n ? text_copy(&s->c->memory, v).p : NULL;
}

static void give(cli *c, option_id id, const char *value)
{
    option_given g = {id, value};
    if (value)
        vec_push(&c->options.given, g);
}

/* "mdn=8812; seen=yes": each pair as an --evidence of its own. */
static void give_evidence(cli *c, const char *pairs)
{
    text rest = text_of(pairs);
    while (rest.n) {
        ptrdiff_t end = text_find(rest, ';');
        size_t n = end < 0 ? rest.n : (size_t)end;
        text one = text_trim(text_slice(rest, 0, n));
        if (one.n)
            give(c, OPT_evidence, text_copy(&c->memory, one).p);
        rest = text_slice(rest, n + 1, rest.n);
    }
}

/* A row says what the options of a single `done` would; the command line fills what it leaves out.
 */
static bool read_row(sheet *s, uint32_t row, exit_code *code)
{
    cli *c = s->c;
    size_t before = c->options.given.n;
    const char *name = field(s, row, "name");
    if (!name) {
        *code = cli_usage(c, "it has no name");
        return false;
    }
    give(c, OPT_by, field(s, row, "by"));
    give(c, OPT_at, field(s, row, "at"));
    give(c, OPT_as, field(s, row, "as"));
    give_evidence(c, field(s, row, "evidence"));
    saying what = {.command = "done", .target = name};
    s->name[row] = text_of(name);
    bool ok = people_body(c, &what, &s->body[row], code);
    c->options.given.n = before;
    return ok;
}

/* True when the run would take the row as it stands now. */
static bool check_row(sheet *s, uint32_t row)
{
    exit_code code = CODE_DONE;
    const char *why = NULL;
    if (!read_row(s, row, &code)) {
        cli_say(s->c, "row %u of %s: see above", row + 1, s->file);
        return false;
    }
    for (uint32_t i = 0; i < row; i++)
        if (text_equal(s->name[i], s->name[row]))
            why = "the same name stands in an earlier row";
    vm_input in = {.kind = EVENT_COMMAND, .at = clock_now(), .body = s->body[row]};
    if (!why)
        why = vm_admit(s->run.machine, &in, &s->c->memory);
    if (why)
        cli_error(s->c, NULL, "row %u of %s, %.*s: %s", row + 1, s->file, TEXT_ARG(s->name[row]),
                  why);
    return !why;
}

static exit_code check(sheet *s)
{
    uint32_t bad = 0;
    s->body = arena_array(&s->c->memory, text, s->table.rows);
    s->name = arena_array(&s->c->memory, text, s->table.rows);
    if (s->table.faults || csv_column(&s->table, TEXT("name")) == UINT32_MAX || !s->table.rows) {
        cli_error(s->c, "its first row names the columns: name, by, at, evidence, as",
                  "%s is no run sheet", s->file);
        return CODE_ERRORS;
    }
    for (uint32_t i = 0; i < s->table.rows; i++)
        bad += !check_row(s, i);
    if (!bad)
        return CODE_DONE;
    cli_error(s->c, "mend the sheet and say it again", "%u of %u rows refused: none was reported",
              bad, s->table.rows);
    return CODE_REFUSED;
}

static exit_code tell(sheet *s)
{
    cli *c = s->c;
    for (uint32_t i = 0; i < s->table.rows; i++) {
        text reply = {0};
        if (drive_tell(store_path(c, NULL), s->run.run.name, s->body[i], &c->memory, &reply) !=
            DRIVE_OK) {
            cli_error(c, "the rows before it are journaled; take them out and say the rest again",
                      "row %u of %s, %.*s: %.*s", i + 1, s->file, TEXT_ARG(s->name[i]),
                      TEXT_ARG(reply));
            return CODE_REFUSED;
        }
        term_pad(&c->result, &c->out, s->name[i], 24);
        term_put(&c->result, &c->out, reply);
        buffer_char(&c->result, '\n');
    }
    return CODE_DONE;
}

static exit_code open_run(sheet *s)
{
    journal *j;
    journal_run run;
    exit_code code = store_read(s->c, &j);
    if (code != CODE_DONE)
        return code;
    code = store_run(s->c, j, option_value(&s->c->options, OPT_run), &run);
    if (code == CODE_DONE)
        code = replayed_open(s->c, j, &run, &s->run);
    journal_close(j); /* before anything is said: a writer must not wait for us */
    return code;
}

exit_code runsheet_tell(cli *c)
{
    sheet s = {.c = c, .file = option_value(&c->options, OPT_from)};
    text source;
    exit_code code = file_fetch(c, s.file, SHEET_LARGEST, &source);
    if (code != CODE_DONE)
        return code;
    csv_read(&c->memory, source, &s.table);
    code = open_run(&s);
    if (code == CODE_DONE)
        code = check(&s);
    if (code == CODE_DONE)
        code = tell(&s);
    replayed_release(&s.run);
    return code;
}
