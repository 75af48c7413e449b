/* cmd_inspect.c: `ferry inspect FILE...`: what partners' files are, and what is wrong with them. */
#include "cli/cli.h"
#include "cli/folder.h"
#include "cli/inspect_ack.h"
#include "cli/inspect_chains.h"
#include "cli/inspect_numbers.h"
#include "cli/inspect_scan.h"
#include "cli/layout.h"

#include "stdlib/document/mask.h"
#include "stdlib/inspect/inspect.h"

enum { FAULTS_SHOWN = 20 };

/* Names of any length, where nothing is counted, stand side by side. */
static void part_line(cli *c, const document_part *p)
{
    if (!p->unit) {
        term_put(&c->result, &c->out, p->type);
        buffer_cstr(&c->result, p->control.n ? "  " : "");
        term_put(&c->result, &c->out, p->control);
        return;
    }
    term_pad(&c->result, &c->out, p->type, 6);
    term_pad(&c->result, &c->out, p->control, 12);
    buffer_printf(&c->result, "%zu %s", p->size, p->unit);
}

static void parts(cli *c, const document_file *f)
{
    document_part *part;
    uint32_t n = format_of(f->kind)->parts(&c->memory, f, &part);
    for (uint32_t k = 0; k < n; k++) {
        buffer_cstr(&c->result, "    ");
        part_line(c, &part[k]);
        buffer_char(&c->result, '\n');
    }
}

static void statements(cli *c, const document_file *f)
{
    text *line;
    uint32_t n = format_of(f->kind)->tell(&c->memory, f, &line);
    for (uint32_t i = 0; i < n; i++) {
        buffer_cstr(&c->result, "    ");
        term_put(&c->result, &c->out, mask_text(&c->memory, line[i]));
        buffer_char(&c->result, '\n');
    }
}

static void faults(cli *c, const document_file *f)
{
    uint32_t shown = f->faults < FAULTS_SHOWN ? f->faults : FAULTS_SHOWN;
    for (uint32_t k = 0; k < shown; k++) {
        const document_fault *fault = &f->fault[k];
        buffer_cstr(&c->result, "    ");
        term_styled(&c->result, &c->out, STYLE_ERROR, fault->code);
        buffer_printf(&c->result, "  byte %zu  ", document_offset(f, fault->offset));
        if (fault->path.n) {
            term_put(&c->result, &c->out, fault->path);
            buffer_cstr(&c->result, "  ");
        }
        term_put(&c->result, &c->out, mask_text(&c->memory, fault->message));
        buffer_char(&c->result, '\n');
    }
    if (f->faults + f->faults_omitted > shown)
        buffer_printf(&c->result, "    and %u more\n", f->faults + f->faults_omitted - shown);
}

static void write_text(cli *c, const document_file *f, const comply_report *scan)
{
    const document_format *format = format_of(f->kind);
    term_styled(&c->result, &c->out, STYLE_BOLD, mask_text(&c->memory, f->name));
    buffer_printf(&c->result, "  %s", document_kind_word(f->kind));
    buffer summary = {0};
    if (format->summarise)
        format->summarise(f, &summary);
    if (summary.n)
        buffer_cstr(&c->result, "  ");
    term_put(&c->result, &c->out, mask_text(&c->memory, buffer_view(&summary)));
    buffer_release(&summary);
    if (f->encoding != ENCODING_ASCII && f->encoding != ENCODING_UTF8 && f->kind != KIND_BYTES &&
        f->kind != KIND_XML && f->kind != KIND_WSDL && f->kind != KIND_XSD)
        buffer_printf(&c->result, "  %s", encoding_word(f->encoding));
    if (f->faults)
        term_printf(&c->result, &c->out, STYLE_ERROR, "  %u fault%s", f->faults + f->faults_omitted,
                    f->faults == 1 ? "" : "s");
    buffer_char(&c->result, '\n');
    if (format->parts && option_is(&c->options, OPT_all))
        parts(c, f);
    if (format->tell)
        statements(c, f);
    faults(c, f);
    if (scan)
        inspect_scan_text(c, scan);
}

typedef struct {
    const folder_files *files;
    document_kind kind;
    const fixed_layout *layout;
    json_writer json;
    x12_sequence numbers;
    chain links;
} inspection;

static exit_code inspect_all(cli *c, inspection *v)
{
    exit_code code = CODE_DONE;
    for (size_t k = 0; k < v->files->n; k++) {
        const folder_file *file = &v->files->p[k];
        document_file i;
        document_read_at(&c->memory, file->name, file->path.p, file->bytes, v->kind, v->layout, &i);
        document_check(&c->memory, &i);
        if (i.kind == KIND_X12)
            x12_sequence_add(&v->numbers, i.name, i.content);
        if (i.kind == KIND_EDIFACT)
            x12_sequence_add_edifact(&c->memory, &v->numbers, i.name, i.content);
        chain_add(&c->memory, &v->links, &i);
        comply_report report, *scan = option_is(&c->options, OPT_scan) ? &report : NULL;
        if (scan)
            comply_scan(&c->memory, &i, scan);
        if (c->json)
            inspect_write_json(&c->memory, &v->json, &i, scan);
        else
            write_text(c, &i, scan);
        if (i.faults || (scan && !comply_passes(scan)))
            code = CODE_ERRORS;
    }
    return code;
}

/* Each file, and then what holds over all of them. */
static exit_code inspect_and_relate(cli *c, inspection *v)
{
    if (c->json) {
        cli_json_begin(c, &v->json);
        json_add_array(&v->json, "files");
    }
    exit_code code = inspect_all(c, v);
    if (c->json)
        json_array_end(&v->json);
    if (inspect_numbers(c, &v->json, &v->numbers) != CODE_DONE)
        code = CODE_ERRORS;
    if (option_is(&c->options, OPT_chains) && inspect_chains(c, &v->json, &v->links) != CODE_DONE)
        code = CODE_ERRORS;
    if (c->json)
        cli_json_end(c, &v->json);
    return code;
}

static exit_code inspect(cli *c, const folder_files *files, document_kind kind)
{
    inspection v = {.files = files, .kind = kind};
    exit_code code = layout_read(c, &v.layout);
    if (code == CODE_DONE)
        code = inspect_history(c, &v.numbers);
    if (code == CODE_DONE)
        code = inspect_and_relate(c, &v);
    vec_release(&v.numbers);
    vec_release(&v.links);
    return code;
}

exit_code command_inspect(cli *c)
{
    folder_files files = {0};
    document_kind kind = KIND_UNKNOWN;
    const char *word = option_value(&c->options, OPT_kind);
    exit_code code = cli_expect_operands(c, 1, 1 << 20);
    if (word && !document_kind_read(text_of(word), &kind))
        return cli_usage(c, "there is no kind `%s`", word);
    if (option_is(&c->options, OPT_control) && !option_is(&c->options, OPT_ack))
        return cli_usage(c, "`--control` needs `--ack`");
    for (int i = 0; i < c->options.operands && code == CODE_DONE; i++)
        code = folder_read(c, cli_operand(c, i), &files);
    /* A pipeline that names the wrong folder is not to believe that all is well. */
    if (code == CODE_DONE && files.n == 0) {
        cli_error(c, NULL, "nothing was inspected: there is no file in %s", cli_operand(c, 0));
        code = CODE_ERRORS;
    }
    if (code == CODE_DONE && option_value(&c->options, OPT_ack))
        code = inspect_ack(c, &files, kind);
    else if (code == CODE_DONE)
        code = inspect(c, &files, kind);
    vec_release(&files);
    return code;
}
