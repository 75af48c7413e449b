/* cmd_fmt.c: `ferry fmt`: lays sources out, in place, or from stdin to stdout. */
#include "cli/cli.h"
#include "cli/files.h"
#include "cli/render_diag.h"

#include "grammar/format.h"

#include <string.h>

/* One source and what became of it. */
typedef struct {
    source_map sources;
    diagnostics diagnostics;
    names names;
    const source *file;
    buffer laid_out;
} sheet;

static void sheet_init(sheet *s, arena *memory)
{
    *s = (sheet){0};
    source_map_init(&s->sources, memory);
    diag_init(&s->diagnostics, memory);
    names_init(&s->names, memory);
}

static void sheet_release(sheet *s)
{
    buffer_release(&s->laid_out);
    names_release(&s->names);
    diag_release(&s->diagnostics);
    source_map_release(&s->sources);
}

static exit_code faulty(cli *c, sheet *s, const char *name)
{
    diag_view view = {&s->sources, &c->err, {0}};
    buffer b = {0};
    diag_sort(&s->diagnostics);
    render_diagnostics(&b, &view, &s->diagnostics, 0);
    cli_show(c, &b);
    buffer_release(&b);
    cli_error(c, NULL, "%s is left as it is: it has faults", name);
    return CODE_ERRORS;
}

static exit_code lay_out(cli *c, sheet *s, const char *path, const char *name)
{
    text bytes;
    exit_code code = file_fetch(c, path, SOURCE_LARGEST, &bytes);
    if (code != CODE_DONE)
        return code;
    s->file = source_add(&s->sources, text_of(name), bytes);
    if (!s->file) {
        cli_error(c, NULL, "cannot read %s: %s", name, load_status_text(LOAD_TOO_LARGE));
        return CODE_ERRORS;
    }
    switch (format_source(&s->laid_out, s->file, &s->names, &s->diagnostics)) {
    case FORMAT_DONE: return CODE_DONE;
    case FORMAT_FAULTY: return faulty(c, s, name);
    case FORMAT_UNSAFE: break;
    }
    cli_error(c, "please report it with the file; the file was not changed",
              "a bug in Ferry: %s would not have been the same program", name);
    return CODE_BUG;
}

/* CODE_DIFFERENT where the file was, or with --check is, not laid out as it should be. */
static exit_code one_file(cli *c, const char *path, bool check)
{
    sheet s;
    sheet_init(&s, &c->memory);
    exit_code code = lay_out(c, &s, path, path);
    bool same = code == CODE_DONE && text_equal(buffer_view(&s.laid_out), s.file->bytes);
    if (code == CODE_DONE && !same) {
        if (!check)
            code = file_replace(c, path, buffer_view(&s.laid_out));
        if (code == CODE_DONE)
            buffer_printf(&c->result, "%s\n", path);
        if (code == CODE_DONE && check)
            code = CODE_DIFFERENT;
    }
    sheet_release(&s);
    return code;
}

static exit_code filter(cli *c, bool check)
{
    sheet s;
    sheet_init(&s, &c->memory);
    exit_code code = lay_out(c, &s, "-", "stdin");
    if (code == CODE_DONE && !check)
        buffer_text(&c->result, buffer_view(&s.laid_out));
    else if (code == CODE_DONE && !text_equal(buffer_view(&s.laid_out), s.file->bytes))
        code = CODE_DIFFERENT;
    sheet_release(&s);
    return code;
}

/* Errors outrank differences: with an error nobody knows what else differs. */
static exit_code worse(exit_code a, exit_code b)
{
    if (a == CODE_DONE || b == CODE_DONE)
        return a == CODE_DONE ? b : a;
    if (a == CODE_DIFFERENT || b == CODE_DIFFERENT)
        return a == CODE_DIFFERENT ? b : a;
    return a > b ? a : b;
}

exit_code command_fmt(cli *c)
{
    bool check = option_is(&c->options, OPT_check);
    exit_code code = cli_expect_operands(c, 1, 1 << 20);
    if (code != CODE_DONE)
        return code;
    if (c->options.operands == 1 && strcmp(cli_operand(c, 0), "-") == 0)
        return filter(c, check);
    for (int i = 0; i < c->options.operands; i++) {
        if (strcmp(cli_operand(c, i), "-") == 0)
            return cli_usage(c, "`-` stands alone");
        code = worse(code, one_file(c, cli_operand(c, i), check));
    }
    return code;
}
