/* render_compare_pages.c: what a comparison found, for pull requests and browsers: Markdown, and
 * one page of HTML with both sides beside each other, which needs nothing beside itself. */
#include "cli/markdown.h"
#include "cli/markup.h"
#include "cli/page.h"
#include "cli/render_compare.h"

#include "base/decimal.h"

enum { PAGE_DIFFERENCES = 200 }; /* of one pair */

/* --- Markdown --- */

static void markdown_begin(compare_view *v)
{
    buffer_cstr(v->out, "# ");
    markdown_put(v->out, text_of(v->legacy));
    buffer_cstr(v->out, " and ");
    markdown_put(v->out, text_of(v->modern));
    buffer_cstr(v->out, "\n");
}

static void markdown_value(buffer *b, text t)
{
    if (t.p && t.n)
        markdown_code(b, t);
    else
        buffer_cstr(b, t.p ? "(empty)" : "-");
}

static void markdown_pair(compare_view *v, const compare_pair *p)
{
    size_t shown = 0;
    if (!compare_pair_shown(v, p))
        return;
    buffer_printf(v->out, "\n## %s: ", compare_verdict_word(p->verdict));
    markdown_put(v->out, p->key);
    compare_pairing(v->out, p);
    buffer_cstr(v->out, "\n");
    for (size_t i = 0; i < p->differences && shown < PAGE_DIFFERENCES; i++) {
        const compare_difference *d = &p->difference[i];
        if (!compare_shown(v, d))
            continue;
        if (shown++ == 0)
            buffer_cstr(v->out, "\n| path | legacy | modern | why |\n| --- | --- | --- | --- |\n");
        buffer_cstr(v->out, "| ");
        markdown_value(v->out, d->path);
        buffer_cstr(v->out, " | ");
        markdown_value(v->out, d->legacy);
        buffer_cstr(v->out, " | ");
        markdown_value(v->out, d->modern);
        buffer_printf(v->out, " | %s: ", compare_class_word(d->class));
        markdown_put(v->out, d->rule);
        buffer_cstr(v->out, " |\n");
    }
    if (p->defects > shown)
        buffer_printf(v->out, "\nand %zu more\n", p->defects - shown);
}

static void markdown_end(compare_view *v, const compare_result *r, const prove_result *proof)
{
    buffer_char(v->out, '\n');
    compare_sums(v->out, r);
    buffer_char(v->out, '\n');
    for (size_t i = 0; i < r->uses; i++) {
        const compare_use *u = &r->use[i];
        buffer_printf(v->out, "%s- ", i ? "" : "\n");
        markdown_put(v->out, u->rule);
        buffer_printf(v->out, ": %s, %llu%s\n", compare_class_word(u->class),
                      (unsigned long long)u->count,
                      u->blind ? ", in every pair: nothing was compared there" : "");
    }
    if (!proof)
        return;
    buffer_cstr(v->out, "\n| defect put in | tried | found |\n| --- | --- | --- |\n");
    for (int d = 0; d < PROVE_COUNT; d++)
        buffer_printf(v->out, "| %s | %u | %u |\n", prove_defect_name((prove_defect)d),
                      proof->row[d].tried, proof->row[d].found);
}

const compare_form compare_form_markdown = {markdown_begin, markdown_pair, markdown_end};

/* --- HTML --- */

static void html_begin(compare_view *v)
{
    page_begin(v->out, text_of(v->legacy), text_of(v->modern));
}

static void html_row(compare_view *v, const compare_difference *d)
{
    buffer_printf(v->out, "<tr class=\"%s\">", compare_class_word(d->class));
    page_cell(v->out, "v", d->path);
    page_cell(v->out, "v l", d->legacy);
    page_cell(v->out, "v m", d->modern);
    buffer_printf(v->out, "<td class=\"why\">%s: ", compare_class_word(d->class));
    markup_put(v->out, d->rule);
    buffer_cstr(v->out, "</td></tr>\n");
}

static void html_pair(compare_view *v, const compare_pair *p)
{
    size_t shown = 0;
    if (!compare_pair_shown(v, p))
        return;
    buffer_printf(v->out, "<h2><span class=\"%s\">%s</span> ",
                  p->verdict == VERDICT_MATCHED ? "good" : "bad", compare_verdict_word(p->verdict));
    markup_put(v->out, p->key);
    compare_pairing(v->out, p);
    buffer_cstr(v->out, "</h2>\n");
    for (size_t i = 0; i < p->differences && shown < PAGE_DIFFERENCES; i++) {
        if (!compare_shown(v, &p->difference[i]))
            continue;
        if (shown++ == 0)
            buffer_cstr(v->out, "<table><thead><tr><th>path</th><th>legacy</th><th>modern</th>"
                                "<th>why</th></tr></thead><tbody>\n");
        html_row(v, &p->difference[i]);
    }
    if (shown)
        buffer_cstr(v->out, "</tbody></table>\n");
    if (p->defects > shown)
        buffer_printf(v->out, "<p>and %zu more</p>\n", p->defects - shown);
}

static void html_end(compare_view *v, const compare_result *r, const prove_result *proof)
{
    buffer_cstr(v->out, "<h2>Sums</h2>\n<p>");
    compare_sums(v->out, r);
    buffer_cstr(v->out, "</p>\n<table><thead><tr><th>rule</th><th>class</th><th>differences</th>"
                        "</tr></thead><tbody>\n");
    for (size_t i = 0; i < r->uses; i++) {
        buffer_cstr(v->out, "<tr>");
        page_cell(v->out, "v", r->use[i].rule);
        buffer_printf(v->out, "<td>%s</td><td>%llu%s</td></tr>\n",
                      compare_class_word(r->use[i].class), (unsigned long long)r->use[i].count,
                      r->use[i].blind ? ", in every pair: nothing was compared there" : "");
    }
    buffer_cstr(v->out, "</tbody></table>\n");
    if (proof) {
        buffer_cstr(v->out, "<h2>Defects put into copies of legacy</h2>\n<table><thead><tr>"
                            "<th>defect</th><th>tried</th><th>found</th></tr></thead><tbody>\n");
        for (int d = 0; d < PROVE_COUNT; d++)
            buffer_printf(v->out, "<tr><td>%s</td><td>%u</td><td>%u</td></tr>\n",
                          prove_defect_name((prove_defect)d), proof->row[d].tried,
                          proof->row[d].found);
        buffer_cstr(v->out, "</tbody></table>\n");
    }
    page_end(v->out);
}

const compare_form compare_form_html = {html_begin, html_pair, html_end};
