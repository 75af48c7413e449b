/* render_contract_proof.c: how many of the defects that were put into copies of the old contract
 * are found, in every form. */
#include "base/decimal.h"
#include "cli/markdown.h"
#include "cli/markup.h"
#include "cli/render_contract_forms.h"

enum { NAME_COLUMNS = 22 };

static int64_t detection(const contract_proof *p)
{
    return decimal_muldiv((int64_t)p->found, UNIT_PERCENT, (int64_t)p->tried);
}

static void sums(buffer *out, const contract_proof *p)
{
    buffer_printf(out, "%llu defects put into copies of legacy, %llu found",
                  (unsigned long long)p->tried, (unsigned long long)p->found);
    if (!p->tried)
        return;
    buffer_cstr(out, "; detection ");
    decimal_write(out, detection(p), SCALE_PERCENT - 2);
    buffer_char(out, '%');
}

void contract_proof_text(buffer *out, const terminal *t, const contract_proof *p)
{
    buffer_char(out, '\n');
    sums(out, p);
    buffer_char(out, '\n');
    for (int d = 0; d < CONTRACT_DEFECTS; d++) {
        const contract_proof_row *r = &p->row[d];
        buffer_cstr(out, "  ");
        term_pad(out, t, text_of(contract_defect_name((contract_defect)d)), NAME_COLUMNS);
        if (r->tried)
            term_printf(out, t, r->found == r->tried ? STYLE_GOOD : STYLE_ERROR, "%u of %u",
                        r->found, r->tried);
        buffer_cstr(out, r->tried ? "\n" : "no place for one\n");
        for (uint32_t i = 0; i < r->misses; i++) {
            buffer_cstr(out, "    not found: ");
            term_put(out, t, r->miss[i]);
            buffer_char(out, '\n');
        }
    }
}

void contract_proof_markdown(buffer *out, const contract_proof *p)
{
    buffer_cstr(out, "\n| defect put in | tried | found |\n| --- | --- | --- |\n");
    for (int d = 0; d < CONTRACT_DEFECTS; d++)
        buffer_printf(out, "| %s | %u | %u |\n", contract_defect_name((contract_defect)d),
                      p->row[d].tried, p->row[d].found);
}

void contract_proof_html(buffer *out, const contract_proof *p)
{
    buffer_cstr(out, "<h2>Defects put into copies of legacy</h2>\n<table><thead><tr>"
                     "<th>defect</th><th>tried</th><th>found</th></tr></thead><tbody>\n");
    for (int d = 0; d < CONTRACT_DEFECTS; d++)
        buffer_printf(out, "<tr><td>%s</td><td>%u</td><td>%u</td></tr>\n",
                      contract_defect_name((contract_defect)d), p->row[d].tried, p->row[d].found);
    buffer_cstr(out, "</tbody></table>\n");
}

void contract_proof_junit(buffer *out, const contract_proof *p)
{
    unsigned cases = 0, failures = 0;
    for (int d = 0; d < CONTRACT_DEFECTS; d++) {
        cases += p->row[d].tried > 0;
        failures += p->row[d].found < p->row[d].tried;
    }
    buffer_printf(out, "  <testsuite name=\"rules\" tests=\"%u\" failures=\"%u\" errors=\"0\">\n",
                  cases, failures);
    for (int d = 0; d < CONTRACT_DEFECTS; d++) {
        const contract_proof_row *r = &p->row[d];
        if (!r->tried)
            continue;
        buffer_cstr(out, "    <testcase");
        markup_attribute(out, "name", text_of(contract_defect_name((contract_defect)d)));
        if (r->found == r->tried)
            buffer_cstr(out, "/>\n");
        else
            buffer_printf(out, "><failure message=\"%u of %u are found\"/></testcase>\n", r->found,
                          r->tried);
    }
    buffer_cstr(out, "  </testsuite>\n");
}

void contract_proof_json(json_writer *w, const contract_proof *p)
{
    json_add_object(w, "proof");
    json_add_int(w, "tried", p->tried);
    json_add_int(w, "found", p->found);
    json_put_key(w, "detection");
    json_put_decimal(w, detection(p), SCALE_PERCENT - 2);
    json_add_array(w, "defects");
    for (int d = 0; d < CONTRACT_DEFECTS; d++) {
        json_object(w);
        json_add_cstr(w, "defect", contract_defect_name((contract_defect)d));
        json_add_int(w, "tried", p->row[d].tried);
        json_add_int(w, "found", p->row[d].found);
        json_add_array(w, "missed");
        for (uint32_t i = 0; i < p->row[d].misses; i++)
            json_put_text(w, p->row[d].miss[i]);
        json_array_end(w);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
}
