/* render_compare_pages.c: what a comparison found, for pull requests and browsers: Markdown, and
 * one page of HTML with both sides beside each other, which needs nothing beside itself. */
#include "cli/markdown.h"
#include "cli/markup.h"
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

static const char page_head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n"
    "body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:75em;padding:0 1em;"
    "color:#1b1b1b;background:#fff}\n"
    "h1{font-size:1.3em}h2{font-size:1.05em;margin:1.6em 0 .3em}\n"
    "table{border-collapse:collapse;width:100%;table-layout:fixed}\n"
    "th{text-align:left;font-weight:600}td,th{padding:.25em .5em;border-bottom:1px solid #ddd;"
    "vertical-align:top;overflow-wrap:anywhere}\n"
    "td.v{font-family:ui-monospace,monospace;white-space:pre-wrap}\n"
    ".defect .l{background:#fde8e8}.defect .m{background:#e6f4e6}.why{color:#666}\n"
    ".bad{color:#a40000}.good{color:#1f6f1f}\n"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}td,th{border-color:#444}"
    ".defect .l{background:#4a1f1f}.defect .m{background:#1d3d1d}.why{color:#999}"
    ".bad{color:#ff8a80}.good{color:#8fd18f}}\n"
    "</style>\n";

static void html_begin(compare_view *v)
{
    buffer_cstr(v->out, page_head);
    buffer_cstr(v->out, "<title>");
    markup_put(v->out, text_of(v->legacy));
    buffer_cstr(v->out, " and ");
    markup_put(v->out, text_of(v->modern));
    buffer_cstr(v->out, "</title></head><body>\n<h1>");
    markup_put(v->out, text_of(v->legacy));
    buffer_cstr(v->out, " and ");
    markup_put(v->out, text_of(v->modern));
    buffer_cstr(v->out, "</h1>\n");
}

static void html_cell(buffer *b, const char *class, text t)
{
    buffer_printf(b, "<td class=\"%s\">", class);
    if (t.p)
        markup_put(b, t);
    else
        buffer_cstr(b, "<span class=\"why\">is not there</span>");
    buffer_cstr(b, "</td>");
}

static void html_row(compare_view *v, const compare_difference *d)
{
    buffer_printf(v->out, "<tr class=\"%s\">", compare_class_word(d->class));
    html_cell(v->out, "v", d->path);
    html_cell(v->out, "v l", d->legacy);
    html_cell(v->out, "v m", d->modern);
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
        html_cell(v->out, "v", r->use[i].rule);
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
    buffer_cstr(v->out, "</body></html>\n");
}

const compare_form compare_form_html = {html_begin, html_pair, html_end};
