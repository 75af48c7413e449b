/* cli.h: what every command has in hand, and the exit codes.
 *
 * A command is a function of `cli` that returns an exit code. Its result goes to c->result, which
 * main writes to stdout; progress and diagnostics go to stderr through cli_say, cli_error and
 * cli_show. Nothing below cli/ prints.
 */
#ifndef FERRY_CLI_CLI_H
#define FERRY_CLI_CLI_H

#include "base/json.h"
#include "cli/options.h"
#include "cli/term.h"

#define FERRY_VERSION "0.1.0"

/* DESIGN's table; never dependent on --format. */
typedef enum {
    CODE_DONE = 0,
    CODE_ERRORS = 1,    /* in source or data, a broken chain */
    CODE_DIFFERENT = 2, /* compare, fmt --check */
    CODE_REFUSED = 3,   /* refused, or stopped before any write */
    CODE_BACK = 4,      /* rolled back, all or part, complete */
    CODE_STUCK = 5,     /* going back is incomplete, stuck or in doubt */
    CODE_PARKED = 6,
    CODE_USAGE = 64,
    CODE_BUG = 70,
    CODE_INTERRUPTED = 130,
    CODE_TERMINATED = 143
} exit_code;

/* What --format may ask for; which of them a command makes depends on the option it takes. */
typedef enum {
    FORM_TEXT,
    FORM_JSON,
    FORM_MARKDOWN,
    FORM_MERMAID,
    FORM_CSV,
    FORM_JUNIT,
    FORM_HTML
} output_form;

struct command;

typedef struct cli {
    arena memory; /* released when the command ends */
    const struct command *command;
    options options;
    terminal out, err;
    buffer result; /* of stdout */
    output_form form;
    bool json; /* form is FORM_JSON */
} cli;

typedef struct command {
    const char *name;
    exit_code (*perform)(cli *c);
    const char *group, *doc, *synopsis;
    option_set options;
    const char *examples; /* lines */
} command;

extern const command command_table[];
extern const size_t command_count;

/* help.c; into the buffer, as `t` can show it. */
void help_overview(buffer *b, const terminal *t);
void help_command(buffer *b, const terminal *t, const command *k);

/* One line on stderr: "error: …", then how to get out of it where `way_out` is not NULL. */
void cli_error(cli *c, const char *way_out, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void cli_say(cli *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A wrong command line: the message and the synopsis; CODE_USAGE. */
exit_code cli_usage(cli *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Writes the buffer to stderr and empties it. */
void cli_show(cli *c, buffer *b);
/* Writes c->result to stdout and empties it; false (and a message) when it cannot be written. */
bool cli_flush(cli *c);

/* The i-th operand, or NULL. */
const char *cli_operand(const cli *c, int i);
/* CODE_DONE when the number of operands lies in least…most, else a usage error. */
exit_code cli_expect_operands(cli *c, int least, int most);

/* {"format_version": 1, … the caller goes on, and ends with cli_json_end. */
void cli_json_begin(cli *c, json_writer *w);
void cli_json_end(cli *c, json_writer *w);
/* The same where the result is one list, and nothing where the form is not JSON:
 * {"format_version": 1, "NAME": [ … ]}. */
void cli_list_begin(cli *c, json_writer *w, const char *name);
void cli_list_end(cli *c, json_writer *w);

#define COMMAND(name, function, group, doc, synopsis, options, examples) exit_code function(cli *c);
#include "cli/commands.def"
#undef COMMAND

#endif
