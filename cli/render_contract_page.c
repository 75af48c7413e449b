/* render_contract_page.c: changes of contracts as a page of HTML: a table a pair. */
#include "cli/markup.h"
#include "cli/page.h"
#include "cli/render_contract_forms.h"

/* The value, and the line below it. */
static void side(buffer *out, const char *class, text value, text file, uint32_t line)
{
    buffer_printf(out, "<td class=\"v %s\">", class);
    markup_put(out, value);
    if (line) {
        buffer_printf(out, "%s<span class=\"why\">", value.n ? "<br>" : "");
        markup_put(out, file);
        buffer_printf(out, "%sline %u</span>", file.n ? " " : "", line);
    }
    buffer_cstr(out, "</td>");
}

static void row(buffer *out, const contract_change *c)
{
    const contract_rule_entry *rule = &contract_rule_table[c->rule];
    const char *word = c->ignored ? "ignored" : contract_level_word(rule->level);
    bool quiet = !c->legacy.n && !c->modern.n;
    buffer_printf(out, "<tr class=\"%s\"><td>%s</td>", word, word);
    page_cell(out, "v", c->path);
    side(out, "l", c->legacy, c->legacy_file, c->legacy.n || quiet ? c->legacy_line : 0);
    side(out, "m", c->modern, c->modern_file, c->modern.n || quiet ? c->modern_line : 0);
    buffer_printf(out, "<td class=\"why\">%s: ", rule->code);
    markup_put(out, text_of(rule->reason));
    if (c->more)
        buffer_printf(out, "; at %u more place%s", c->more, c->more == 1 ? "" : "s");
    buffer_cstr(out, "</td></tr>\n");
}

static void heading(buffer *out, const contract_pair *p)
{
    buffer_cstr(out, "<h2>");
    markup_put(out, p->legacy_file);
    buffer_cstr(out, p->legacy_file.p && p->modern_file.p ? " and " : "");
    markup_put(out, p->modern_file);
    buffer_cstr(out, "</h2>\n");
    if (!p->unreadable)
        return;
    buffer_cstr(out, "<p><span class=\"bad\">unreadable</span> ");
    markup_put(out, p->fault_file);
    if (p->fault_line)
        buffer_printf(out, ":%u", p->fault_line);
    buffer_cstr(out, ": ");
    markup_put(out, p->fault.message);
    buffer_cstr(out, "</p>\n");
}

static void pair(buffer *out, const contract_pair *p, bool all)
{
    bool any = false;
    heading(out, p);
    for (size_t i = 0; i < p->result.changes; i++) {
        if (!contract_shown(&p->result.change[i], all))
            continue;
        if (!any)
            buffer_cstr(out, "<table><thead><tr><th>level</th><th>where</th><th>legacy</th>"
                             "<th>modern</th><th>why</th></tr></thead><tbody>\n");
        any = true;
        row(out, &p->result.change[i]);
    }
    buffer_cstr(out, any ? "</tbody></table>\n" : "");
}

void render_contract_html(cli *c, const contract_report *r, bool all)
{
    buffer *out = &c->result;
    page_begin(out, text_of(cli_operand(c, 0)), text_of(cli_operand(c, 1)));
    for (size_t i = 0; i < r->pairs; i++)
        pair(out, &r->pair[i], all);
    buffer_cstr(out, "<h2>Sums</h2>\n<p>");
    contract_sums(out, r);
    buffer_cstr(out, "</p>\n");
    if (r->proof)
        contract_proof_html(out, r->proof);
    page_end(out);
}
