/* inspect_numbers.c: see inspect_numbers.h. */
#include "cli/inspect_numbers.h"

#include "base/source.h"
#include "stdlib/document/mask.h"

#define HISTORY_LARGEST ((size_t)1 << 30)

exit_code inspect_history(cli *c, x12_sequence *s)
{
    text bytes;
    const char *path = option_value(&c->options, OPT_history);
    if (!path)
        return CODE_DONE;
    load_status status = file_load(&c->memory, path, HISTORY_LARGEST, &bytes);
    if (status != LOAD_OK) {
        cli_error(c, NULL, "cannot read %s: %s", path, load_status_text(status));
        return CODE_ERRORS;
    }
    if (!x12_sequence_add_history(&c->memory, s, bytes)) {
        cli_error(c, "write one with `ferry inspect FILE... --format json`",
                  "%s is not what inspect has written", path);
        return CODE_ERRORS;
    }
    return CODE_DONE;
}

exit_code inspect_numbers(cli *c, json_writer *w, x12_sequence *s)
{
    x12_breaks found;
    x12_sequence_check(&c->memory, s, &found);
    if (c->json && found.breaks)
        x12_continuity_write_json(&c->memory, w, &found);
    for (uint32_t i = 0; i < found.breaks && !c->json; i++) {
        const x12_break *b = &found.found[i];
        text words = mask_text(&c->memory, x12_break_words(&c->memory, b));
        bool gap = b->kind == BREAK_GAP;
        term_styled(&c->result, &c->out, STYLE_BOLD, mask_text(&c->memory, b->number->file));
        buffer_cstr(&c->result, "  ");
        term_styled(&c->result, &c->out, gap ? STYLE_DIM : STYLE_ERROR, words);
        buffer_char(&c->result, '\n');
    }
    return found.faults ? CODE_ERRORS : CODE_DONE;
}
