/* cmd_completions.c: `ferry completions SHELL`: a script for bash, zsh or fish, made from the
 * tables of commands and options. */
#include "cli/cli.h"

#include <string.h>

static void option_words(buffer *out, const command *k)
{
    for (int i = 0; i < OPT_COUNT; i++)
        if ((k->options & UINT64_C(1) << i) && option_table[i].doc)
            buffer_printf(out, " --%s", option_table[i].name);
}

static void bash(buffer *out)
{
    buffer_cstr(out, "_ferry() {\n"
                     "    local word=${COMP_WORDS[COMP_CWORD]}\n"
                     "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
                     "        COMPREPLY=($(compgen -W \"");
    for (size_t i = 0; i < command_count; i++)
        buffer_printf(out, "%s%s", i ? " " : "", command_table[i].name);
    buffer_cstr(out, "\" -- \"$word\"))\n"
                     "        return\n"
                     "    fi\n"
                     "    case $word in -*) ;; *) return ;; esac\n"
                     "    case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; i < command_count; i++) {
        buffer_printf(out, "    %s) COMPREPLY=($(compgen -W \"", command_table[i].name);
        option_words(out, &command_table[i]);
        buffer_cstr(out, "\" -- \"$word\")) ;;\n");
    }
    buffer_cstr(out, "    esac\n}\ncomplete -o default -F _ferry ferry\n");
}

/* Single quotes of fish and zsh: ' is written '\''. */
static void quoted(buffer *out, const char *words)
{
    buffer_char(out, '\'');
    for (; *words; words++) {
        if (*words == '\'')
            buffer_cstr(out, "'\\''");
        else
            buffer_char(out, *words);
    }
    buffer_char(out, '\'');
}

static void fish(buffer *out)
{
    for (size_t i = 0; i < command_count; i++) {
        const command *k = &command_table[i];
        buffer_printf(out, "complete -c ferry -n __fish_use_subcommand -a %s -d ", k->name);
        quoted(out, k->doc);
        buffer_char(out, '\n');
        for (int o = 0; o < OPT_COUNT; o++) {
            if (!(k->options & UINT64_C(1) << o) || !option_table[o].doc)
                continue;
            buffer_printf(out, "complete -c ferry -n '__fish_seen_subcommand_from %s' -l %s -d ",
                          k->name, option_table[o].name);
            quoted(out, option_table[o].doc);
            buffer_char(out, '\n');
        }
    }
}

exit_code command_completions(cli *c)
{
    exit_code code = cli_expect_operands(c, 1, 1);
    const char *shell = cli_operand(c, 0);
    if (code != CODE_DONE)
        return code;
    if (strcmp(shell, "fish") == 0) {
        fish(&c->result);
    } else if (strcmp(shell, "bash") == 0 || strcmp(shell, "zsh") == 0) {
        if (*shell == 'z') /* zsh reads bash's when told so */
            buffer_cstr(&c->result, "autoload -U +X bashcompinit && bashcompinit\n");
        bash(&c->result);
    } else {
        return cli_usage(c, "completions are for bash, zsh and fish, not `%s`", shell);
    }
    return CODE_DONE;
}
