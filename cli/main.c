/* main.c: picks the command, reads its options, writes its result. */
#include "cli/cli.h"

#include "base/source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const command command_table[] = {
#define COMMAND(name, function, group, doc, synopsis, options, examples)                           \
    {name, function, group, doc, synopsis, (options) | OPT(help) | OPT(color), examples},
#include "cli/commands.def"
#undef COMMAND
};
const size_t command_count = sizeof command_table / sizeof *command_table;

static const command *command_find(text name)
{
    for (size_t i = 0; i < command_count; i++)
        if (text_is(name, command_table[i].name))
            return &command_table[i];
    return NULL;
}

void cli_show(cli *c, buffer *b)
{
    file_put(c->err.fd, buffer_view(b)); /* where stderr is gone there is no one to tell */
    buffer_clear(b);
}

bool cli_flush(cli *c)
{
    bool ok = file_put(c->out.fd, buffer_view(&c->result));
    buffer_clear(&c->result);
    if (!ok)
        cli_error(c, NULL, "cannot write to stdout: %s", strerror(errno));
    return ok;
}

__attribute__((format(printf, 4, 0))) static void say(cli *c, style s, const char *head,
                                                      const char *format, va_list args)
{
    buffer b = {0}, words = {0};
    buffer_vprintf(&words, format, args);
    if (*head)
        term_styled(&b, &c->err, s, text_of(head));
    term_put(&b, &c->err, buffer_view(&words));
    buffer_char(&b, '\n');
    cli_show(c, &b);
    buffer_release(&words);
    buffer_release(&b);
}

void cli_say(cli *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(c, STYLE_PLAIN, "", format, args);
    va_end(args);
}

void cli_error(cli *c, const char *way_out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(c, STYLE_ERROR, "error: ", format, args);
    va_end(args);
    if (way_out)
        cli_say(c, "  help: %s", way_out);
}

exit_code cli_usage(cli *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(c, STYLE_ERROR, "error: ", format, args);
    va_end(args);
    cli_say(c, "usage: ferry %s %s", c->command->name, c->command->synopsis);
    cli_say(c, "       ferry %s --help tells more", c->command->name);
    return CODE_USAGE;
}

const char *cli_operand(const cli *c, int i)
{
    return i < c->options.operands ? c->options.operand[i] : NULL;
}

exit_code cli_expect_operands(cli *c, int least, int most)
{
    if (c->options.operands < least)
        return cli_usage(c, "something is missing behind `%s`", c->command->name);
    if (c->options.operands > most)
        return cli_usage(c, "too much: `%s`", c->options.operand[most]);
    return CODE_DONE;
}

void cli_json_begin(cli *c, json_writer *w)
{
    json_begin(w, &c->result, 2);
    json_object(w);
    json_add_int(w, "format_version", 1);
}

void cli_json_end(cli *c, json_writer *w)
{
    json_object_end(w);
    buffer_char(&c->result, '\n');
}

void cli_list_begin(cli *c, json_writer *w, const char *name)
{
    if (!c->json)
        return;
    cli_json_begin(c, w);
    json_add_array(w, name);
}

void cli_list_end(cli *c, json_writer *w)
{
    if (!c->json)
        return;
    json_array_end(w);
    cli_json_end(c, w);
}

static exit_code unknown_command(cli *c, const char *word)
{
    text names[sizeof command_table / sizeof *command_table];
    for (size_t i = 0; i < command_count; i++)
        names[i] = text_of(command_table[i].name);
    ptrdiff_t near = text_nearest(text_of(word), names, command_count);
    const char *what = *word == '-' ? "option" : "command";
    if (near >= 0)
        cli_error(c, NULL, "there is no %s `%s`; did you mean `ferry %.*s`?", what, word,
                  TEXT_ARG(names[near]));
    else
        cli_error(c, "`ferry --help` lists the commands", "there is no %s `%s`", what, word);
    return CODE_USAGE;
}

/* Commands take one of several options of this name: they differ in the forms that they know. */
static exit_code format_option(cli *c)
{
    static const struct {
        option_id id;
        unsigned forms;
        const char *names;
    } kinds[] = {
        {OPT_format, 1 << FORM_TEXT | 1 << FORM_JSON, "text or json"},
        {OPT_plan_format,
         1 << FORM_TEXT | 1 << FORM_JSON | 1 << FORM_MARKDOWN | 1 << FORM_MERMAID | 1 << FORM_CSV,
         "text, json, markdown, mermaid or csv"},
        {OPT_diff_format, 1 << FORM_TEXT | 1 << FORM_JSON | 1 << FORM_MARKDOWN,
         "text, json or markdown"},
        {OPT_compare_format,
         1 << FORM_TEXT | 1 << FORM_JSON | 1 << FORM_MARKDOWN | 1 << FORM_HTML | 1 << FORM_JUNIT,
         "text, json, markdown, html or junit"},
        {OPT_test_format, 1 << FORM_TEXT | 1 << FORM_JSON | 1 << FORM_JUNIT,
         "text, json or junit"}};
    static const char *const words[] = {"text", "json",  "markdown", "mermaid",
                                        "csv",  "junit", "html"};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const char *format = option_value(&c->options, kinds[k].id);
        bool known = !format;
        for (unsigned i = 0; format && i < sizeof words / sizeof *words; i++)
            if (kinds[k].forms >> i & 1 && strcmp(format, words[i]) == 0) {
                c->form = (output_form)i;
                known = true;
            }
        if (!known)
            return cli_usage(c, "`--format` is %s, not `%s`", kinds[k].names, format);
    }
    c->json = c->form == FORM_JSON;
    return CODE_DONE;
}

/* --color and --format, the same for all commands. */
static exit_code common_options(cli *c)
{
    colour_when when = COLOUR_AUTO;
    const char *colour = option_value(&c->options, OPT_color);
    if (colour && strcmp(colour, "always") == 0)
        when = COLOUR_ALWAYS;
    else if (colour && strcmp(colour, "never") == 0)
        when = COLOUR_NEVER;
    else if (colour && strcmp(colour, "auto") != 0)
        return cli_usage(c, "`--color` is auto, always or never, not `%s`", colour);
    terminal_init(&c->out, STDOUT_FILENO, when);
    terminal_init(&c->err, STDERR_FILENO, when);
    return format_option(c);
}

static exit_code perform(cli *c, int argc, char **argv)
{
    text why;
    if (!options_read(&c->options, c->command->options, argc, argv, &c->memory, &why))
        return cli_usage(c, "%.*s", TEXT_ARG(why));
    exit_code code = common_options(c);
    if (code != CODE_DONE)
        return code;
    if (option_is(&c->options, OPT_help)) {
        help_command(&c->result, &c->out, c->command);
        return CODE_DONE;
    }
    return c->command->perform(c);
}

static exit_code dispatch(cli *c, int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    bool help = strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        buffer_cstr(&c->result, "ferry " FERRY_VERSION "\n");
        return CODE_DONE;
    }
    if (argc < 2) {
        buffer b = {0};
        help_overview(&b, &c->err);
        cli_show(c, &b);
        buffer_release(&b);
        return CODE_USAGE;
    }
    if (help && argc == 2) {
        help_overview(&c->result, &c->out);
        return CODE_DONE;
    }
    c->command = command_find(text_of(help ? argv[2] : word));
    if (!c->command)
        return unknown_command(c, help ? argv[2] : word);
    if (help) {
        help_command(&c->result, &c->out, c->command);
        return CODE_DONE;
    }
    return perform(c, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    cli c = {0};
    terminal_init(&c.out, STDOUT_FILENO, COLOUR_AUTO);
    terminal_init(&c.err, STDERR_FILENO, COLOUR_AUTO);
    exit_code code = dispatch(&c, argc, argv);
    if (!cli_flush(&c) && code == CODE_DONE)
        code = CODE_REFUSED;
    options_release(&c.options);
    buffer_release(&c.result);
    arena_release(&c.memory);
    return (int)code;
}
