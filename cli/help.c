/* help.c: what `ferry --help` and `ferry COMMAND --help` show, made from commands.def and
 * options.def. */
#include "cli/cli.h"

#include <string.h>

enum { NAME_COLUMNS = 12, OPTION_COLUMNS = 29 };

static void heading(buffer *b, const terminal *t, const char *words)
{
    buffer_char(b, '\n');
    term_styled(b, t, STYLE_BOLD, text_of(words));
    buffer_char(b, '\n');
}

void help_overview(buffer *b, const terminal *t)
{
    term_styled(b, t, STYLE_BOLD, TEXT("ferry " FERRY_VERSION));
    buffer_cstr(b, ": move B2B customers from one platform to another, with a way back\n\n"
                   "usage: ferry COMMAND [OPTION...] [OPERAND...]\n");
    const char *group = "";
    for (size_t i = 0; i < command_count; i++) {
        const command *k = &command_table[i];
        if (strcmp(group, k->group) != 0)
            heading(b, t, group = k->group);
        buffer_cstr(b, "  ");
        term_pad(b, t, text_of(k->name), NAME_COLUMNS);
        term_put(b, t, text_of(k->doc));
        buffer_char(b, '\n');
    }
    buffer_cstr(
        b, "\n`ferry COMMAND --help` shows options and examples; `ferry --version` the version.\n"
           "Exit codes: 0 done, 1 errors, 2 differences, 3 refused, 4 rolled back, 5 not wholly "
           "rolled back or\n"
           "stuck, 6 parked, 64 wrong usage, 70 a bug in Ferry, 130 and 143 interrupted at a safe "
           "place.\n");
}

static void option_line(buffer *b, const terminal *t, const option_entry *e)
{
    buffer name = {0};
    if (e->letter)
        buffer_printf(&name, "  -%c, --%s", e->letter, e->name);
    else
        buffer_printf(&name, "      --%s", e->name);
    if (e->argument)
        buffer_printf(&name, " %s", e->argument);
    term_pad(b, t, buffer_view(&name), OPTION_COLUMNS);
    term_put(b, t, text_of(e->doc));
    buffer_char(b, '\n');
    buffer_release(&name);
}

static void examples(buffer *b, const terminal *t, text lines)
{
    while (lines.n) {
        ptrdiff_t n = text_find(lines, '\n');
        size_t end = n < 0 ? lines.n : (size_t)n;
        buffer_cstr(b, "  ");
        term_put(b, t, text_slice(lines, 0, end));
        buffer_char(b, '\n');
        lines = text_slice(lines, end + 1, lines.n);
    }
}

void help_command(buffer *b, const terminal *t, const command *k)
{
    term_printf(b, t, STYLE_BOLD, "ferry %s", k->name);
    buffer_cstr(b, ": ");
    term_put(b, t, text_of(k->doc));
    buffer_printf(b, "\n\nusage: ferry %s ", k->name);
    term_put(b, t, text_of(k->synopsis));
    buffer_char(b, '\n');
    heading(b, t, "Options");
    for (int i = 0; i < OPT_COUNT; i++)
        if ((k->options & UINT64_C(1) << i) && option_table[i].doc)
            option_line(b, t, &option_table[i]);
    heading(b, t, "Examples");
    examples(b, t, text_of(k->examples));
}
