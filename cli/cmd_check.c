/* cmd_check.c: `ferry check`: everything the compiler can say about files, without running them. */
#include "cli/files.h"
#include "cli/program.h"
#include "cli/render_diag.h"
#include "grammar/dump.h"
#include "grammar/parse.h"

#include <string.h>

typedef struct {
    unsigned errors, warnings;
    size_t files; /* read, includes counted */
} totals;

static void add(totals *t, const program *p)
{
    t->errors += p->diagnostics.errors;
    t->warnings += p->diagnostics.warnings;
    t->files += p->facts.file_count;
}

static totals check_json(cli *c)
{
    totals t = {0};
    json_writer w;
    cli_json_begin(c, &w);
    json_add_array(&w, "diagnostics");
    for (int i = 0; i < c->options.operands; i++) {
        program p;
        program_check(c, &p, c->options.operand[i]);
        diag_view view = {&p.sources, &c->out, p.folder};
        render_diagnostics_json(&w, &view, &p.diagnostics);
        add(&t, &p);
        program_release(&p);
    }
    json_array_end(&w);
    json_add_int(&w, "errors", t.errors);
    json_add_int(&w, "warnings", t.warnings);
    cli_json_end(c, &w);
    return t;
}

static totals check_text(cli *c)
{
    totals t = {0};
    for (int i = 0; i < c->options.operands; i++) {
        program p;
        program_check(c, &p, c->options.operand[i]);
        program_report(c, &p);
        add(&t, &p);
        program_release(&p);
    }
    if (!t.errors && !t.warnings)
        cli_say(c, "no faults in %zu file%s", t.files, t.files == 1 ? "" : "s");
    return t;
}

/* --dump ast: for golden cases of the grammar. */
static exit_code dump_trees(cli *c)
{
    exit_code code = CODE_DONE;
    for (int i = 0; i < c->options.operands && code == CODE_DONE; i++) {
        text bytes;
        ast tree;
        names table;
        program p = {.path = c->options.operand[i]};
        code = file_fetch(c, p.path, SOURCE_LARGEST, &bytes);
        if (code != CODE_DONE)
            break;
        source_map_init(&p.sources, &c->memory);
        diag_init(&p.diagnostics, &c->memory);
        names_init(&table, &c->memory);
        parse_file(&tree, source_add(&p.sources, text_of(p.path), bytes), &table, &p.diagnostics);
        dump_tree(&c->result, &tree);
        code = program_report(c, &p);
        ast_release(&tree);
        names_release(&table);
        program_release(&p);
    }
    return code;
}

exit_code command_check(cli *c)
{
    const char *dump = option_value(&c->options, OPT_dump);
    exit_code code = cli_expect_operands(c, 1, 1 << 20);
    if (code != CODE_DONE)
        return code;
    if (dump && strcmp(dump, "ast") != 0)
        return cli_usage(c, "`--dump` is ast, not `%s`", dump);
    if (dump)
        return dump_trees(c);
    totals t = c->json ? check_json(c) : check_text(c);
    bool strict = option_is(&c->options, OPT_strict);
    return t.errors || (strict && t.warnings) ? CODE_ERRORS : CODE_DONE;
}
