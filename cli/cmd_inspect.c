/* cmd_inspect.c: `ferry inspect FILE...`: what partners' files are, and what is wrong with them. */
#include "cli/cli.h"
#include "cli/folder.h"

#include "stdlib/inspect.h"
#include "stdlib/mask.h"

enum { FAULTS_SHOWN = 20 };

/* How much there is of it, in the words of its kind. */
static void contents(buffer *out, const inspection *i)
{
    if (i->x12)
        buffer_printf(out, "  %u interchange%s, %u group%s, %u transaction%s", i->x12->interchanges,
                      i->x12->interchanges == 1 ? "" : "s", i->x12->groups,
                      i->x12->groups == 1 ? "" : "s", i->x12->sets, i->x12->sets == 1 ? "" : "s");
    else if (i->json)
        buffer_printf(out, "  %u value%s", i->json->nodes, i->json->nodes == 1 ? "" : "s");
    else if (i->csv)
        buffer_printf(out, "  %u row%s, %u column%s", i->csv->rows, i->csv->rows == 1 ? "" : "s",
                      i->csv->columns, i->csv->columns == 1 ? "" : "s");
}

static void sets(cli *c, const x12_file *f)
{
    for (uint32_t k = 0; k < f->sets; k++) {
        const x12_set *s = &f->set[k];
        buffer_cstr(&c->result, "    ");
        term_pad(&c->result, &c->out, x12_set_type(f, s), 6);
        term_pad(&c->result, &c->out, x12_set_control(f, s), 12);
        buffer_printf(&c->result, "%u segments\n", s->segments);
    }
}

static void faults(cli *c, const inspection *i)
{
    uint32_t shown = i->faults < FAULTS_SHOWN ? i->faults : FAULTS_SHOWN;
    for (uint32_t k = 0; k < shown; k++) {
        const document_fault *f = &i->fault[k];
        buffer_cstr(&c->result, "    ");
        term_styled(&c->result, &c->out, STYLE_ERROR, f->code);
        buffer_printf(&c->result, "  byte %zu  ", f->offset);
        if (f->path.n) {
            term_put(&c->result, &c->out, f->path);
            buffer_cstr(&c->result, "  ");
        }
        term_put(&c->result, &c->out, mask_text(&c->memory, f->message));
        buffer_char(&c->result, '\n');
    }
    if (i->faults + i->faults_omitted > shown)
        buffer_printf(&c->result, "    and %u more\n", i->faults + i->faults_omitted - shown);
}

static void write_text(cli *c, const inspection *i)
{
    term_styled(&c->result, &c->out, STYLE_BOLD, i->name);
    buffer_printf(&c->result, "  %s", document_kind_word(i->kind));
    contents(&c->result, i);
    if (i->faults)
        term_printf(&c->result, &c->out, STYLE_ERROR, "  %u fault%s", i->faults + i->faults_omitted,
                    i->faults == 1 ? "" : "s");
    buffer_char(&c->result, '\n');
    if (i->x12 && option_is(&c->options, OPT_all))
        sets(c, i->x12);
    faults(c, i);
}

static exit_code inspect_all(cli *c, const folder_files *files, document_kind kind, json_writer *w)
{
    exit_code code = CODE_DONE;
    for (size_t k = 0; k < files->n; k++) {
        inspection i;
        inspect_file(&c->memory, files->p[k].name, files->p[k].bytes, kind, &i);
        if (c->json)
            inspect_write_json(&c->memory, w, &i);
        else
            write_text(c, &i);
        if (i.faults)
            code = CODE_ERRORS;
    }
    return code;
}

exit_code command_inspect(cli *c)
{
    json_writer w;
    folder_files files = {0};
    document_kind kind = KIND_UNKNOWN;
    const char *word = option_value(&c->options, OPT_kind);
    exit_code code = cli_expect_operands(c, 1, 1 << 20);
    if (word && !document_kind_read(text_of(word), &kind))
        return cli_usage(c, "there is no kind `%s`", word);
    for (int i = 0; i < c->options.operands && code == CODE_DONE; i++)
        code = folder_read(c, cli_operand(c, i), &files);
    if (code == CODE_DONE && c->json) {
        cli_json_begin(c, &w);
        json_put_key(&w, "files");
        json_array(&w);
    }
    if (code == CODE_DONE) {
        code = inspect_all(c, &files, kind, &w);
        if (c->json) {
            json_array_end(&w);
            cli_json_end(c, &w);
        }
    }
    vec_release(&files);
    return code;
}
