/* render_proof.c: how far a comparison is to be trusted, for people. */
#include "cli/render_compare.h"

#include "base/decimal.h"

enum { NAME_COLUMNS = 22 };

static void miss(buffer *out, const terminal *t, const prove_miss *m)
{
    buffer_cstr(out, "    not found: ");
    if (m->ref.n) {
        term_put(out, t, m->ref);
        buffer_cstr(out, " of ");
    }
    term_put(out, t, m->file);
    buffer_cstr(out, "  ");
    term_put(out, t, m->before);
    buffer_printf(out, " %s ", term_glyph(t, GLYPH_ARROW));
    term_put(out, t, m->after.n ? m->after : TEXT("(gone)"));
    buffer_char(out, '\n');
}

static void row(buffer *out, const terminal *t, prove_defect d, const prove_row *r)
{
    buffer_cstr(out, "  ");
    term_pad(out, t, text_of(prove_defect_name(d)), NAME_COLUMNS);
    if (r->tried == 0)
        buffer_cstr(out, "no place for one\n");
    else
        term_printf(out, t, r->found == r->tried ? STYLE_GOOD : STYLE_ERROR, "%u of %u", r->found,
                    r->tried);
    if (r->tried)
        buffer_char(out, '\n');
    for (uint32_t i = 0; i < r->misses; i++)
        miss(out, t, &r->miss[i]);
}

void render_proof(buffer *out, const terminal *t, const prove_result *r)
{
    buffer_printf(out, "\n%llu defects put into copies of legacy, %llu found",
                  (unsigned long long)r->tried, (unsigned long long)r->found);
    if (r->detection != QUANTITY_NA) {
        buffer_cstr(out, "; detection ");
        decimal_write(out, r->detection, SCALE_PERCENT - 2);
        buffer_char(out, '%');
    }
    buffer_char(out, '\n');
    for (int d = 0; d < PROVE_COUNT; d++)
        row(out, t, (prove_defect)d, &r->row[d]);
    if (r->files_left_out)
        buffer_printf(out, "  %zu file%s left out: larger than %zu MiB\n", r->files_left_out,
                      r->files_left_out == 1 ? "" : "s", PROVE_FILE_LARGEST >> 20);
}
