/* cmd_people.c: `ferry approve reject done answer resolve note pause rollback`: what people say to
 * a run, from any terminal, whether or not a process drives it. */
#include "cli/cli.h"
#include "cli/people.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static exit_code on_target(cli *c, const char *word)
{
    exit_code code = cli_expect_operands(c, 1, 1);
    saying s = {.command = word, .target = cli_operand(c, 0)};
    return code == CODE_DONE ? people_tell(c, NULL, &s) : code;
}

exit_code command_approve(cli *c)
{
    return on_target(c, "approve");
}

exit_code command_reject(cli *c)
{
    if (!option_value(&c->options, OPT_reason))
        return cli_usage(c, "a refusal needs its `--reason`");
    return on_target(c, "reject");
}

exit_code command_done(cli *c)
{
    if (option_value(&c->options, OPT_from)) {
        exit_code code = cli_expect_operands(c, 0, 0);
        return code == CODE_DONE ? runsheet_tell(c) : code;
    }
    return on_target(c, "done");
}

exit_code command_answer(cli *c)
{
    exit_code code = cli_expect_operands(c, 2, 2);
    saying s = {.command = "answer", .target = cli_operand(c, 0), .answer = cli_operand(c, 1)};
    return code == CODE_DONE ? people_tell(c, NULL, &s) : code;
}

exit_code command_resolve(cli *c)
{
    exit_code code = cli_expect_operands(c, 1, 1);
    saying s = {.command = "resolve", .target = cli_operand(c, 0)};
    int chosen = 0;
    static const option_id how[] = {OPT_done, OPT_retry, OPT_skip};
    for (size_t i = 0; i < sizeof how / sizeof *how; i++)
        if (option_is(&c->options, how[i])) {
            s.answer = option_table[how[i]].name;
            chosen++;
        }
    if (code == CODE_DONE && chosen != 1)
        return cli_usage(c, "say what is true: --done, --retry or --skip");
    return code == CODE_DONE ? people_tell(c, NULL, &s) : code;
}

exit_code command_note(cli *c)
{
    exit_code code = cli_expect_operands(c, 1, 1);
    if (code != CODE_DONE)
        return code;
    option_given text_given = {OPT_reason, cli_operand(c, 0)};
    vec_push(&c->options.given, text_given); /* a note is a command whose reason is all of it */
    saying s = {.command = "note"};
    return people_tell(c, NULL, &s);
}

exit_code command_pause(cli *c)
{
    exit_code code = cli_expect_operands(c, 0, 1);
    saying s = {.command = "pause"};
    return code == CODE_DONE ? people_tell(c, cli_operand(c, 0), &s) : code;
}

/* True when the person types the word. */
static bool confirmed(cli *c, const char *word)
{
    char line[64] = "";
    buffer b = {0};
    buffer_printf(&b, "Type %s to go on: ", word);
    cli_show(c, &b);
    buffer_release(&b);
    if (!fgets(line, sizeof line, stdin))
        return false;
    line[strcspn(line, "\n")] = 0;
    return strcmp(line, word) == 0;
}

exit_code command_rollback(cli *c)
{
    exit_code code = cli_expect_operands(c, 0, 1);
    if (code != CODE_DONE)
        return code;
    if (!option_value(&c->options, OPT_reason))
        return cli_usage(c, "going back needs its `--reason`; it stands in the journal");
    const char *channel = option_value(&c->options, OPT_channel);
    if (!option_is(&c->options, OPT_yes)) {
        if (!isatty(STDIN_FILENO))
            return cli_usage(c, "without a terminal, say `--yes` to go back");
        code = rollback_preview(c, cli_operand(c, 0), channel);
        if (code != CODE_DONE)
            return code;
        if (!confirmed(c, "rollback")) {
            cli_error(c, NULL, "not confirmed: nothing was done");
            return CODE_REFUSED;
        }
    }
    saying s = {.command = "rollback", .target = channel};
    return people_tell(c, cli_operand(c, 0), &s);
}
