/* cmd_explain.c: `ferry explain`: the catalogue of diagnostics, compiled in. */
#include "base/diag.h"
#include "cli/cli.h"

static const char *level_word(const diag_entry *e)
{
    return e->level == LEVEL_ERROR ? "error" : "warning";
}

static void write_json(json_writer *w, const diag_entry *e, bool whole)
{
    json_object(w);
    json_add_cstr(w, "code", e->code);
    json_add_cstr(w, "level", level_word(e));
    json_add_cstr(w, "title", e->title);
    if (whole)
        json_add_cstr(w, "explanation", e->explanation);
    json_object_end(w);
}

static void write_text(cli *c, const diag_entry *e)
{
    term_printf(&c->result, &c->out, e->level == LEVEL_ERROR ? STYLE_ERROR : STYLE_WARNING,
                "%s[%s]", level_word(e), e->code);
    buffer_printf(&c->result, ": %s\n\n%s", e->title, e->explanation);
    if (c->result.n && c->result.p[c->result.n - 1] != '\n')
        buffer_char(&c->result, '\n');
}

static exit_code list_all(cli *c)
{
    if (!c->json) {
        for (size_t i = 0; i < DIAG_COUNT; i++)
            buffer_printf(&c->result, "%s  %s\n", diag_table[i].code, diag_table[i].title);
        return CODE_DONE;
    }
    json_writer w;
    cli_list_begin(c, &w, "diagnostics");
    for (size_t i = 0; i < DIAG_COUNT; i++)
        write_json(&w, &diag_table[i], false);
    cli_list_end(c, &w);
    return CODE_DONE;
}

static exit_code unknown_code(cli *c, const char *word)
{
    text codes[DIAG_COUNT];
    for (size_t i = 0; i < DIAG_COUNT; i++)
        codes[i] = text_of(diag_table[i].code);
    ptrdiff_t near = text_nearest(text_of(word), codes, DIAG_COUNT);
    if (near >= 0)
        cli_error(c, NULL, "there is no diagnostic `%s`; did you mean %.*s?", word,
                  TEXT_ARG(codes[near]));
    else
        cli_error(c, "`ferry explain` lists them all", "there is no diagnostic `%s`", word);
    return CODE_USAGE;
}

exit_code command_explain(cli *c)
{
    if (c->options.operands == 0)
        return list_all(c);
    for (int i = 0; i < c->options.operands; i++)
        if (!diag_find(text_of(c->options.operand[i])))
            return unknown_code(c, c->options.operand[i]);
    json_writer w;
    cli_list_begin(c, &w, "diagnostics");
    for (int i = 0; i < c->options.operands; i++) {
        const diag_entry *e = diag_find(text_of(c->options.operand[i]));
        if (c->json)
            write_json(&w, e, true);
        else {
            if (i > 0)
                buffer_char(&c->result, '\n');
            write_text(c, e);
        }
    }
    cli_list_end(c, &w);
    return CODE_DONE;
}
