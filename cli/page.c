/* page.c: see page.h. */
#include "cli/page.h"

#include "cli/markup.h"

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
    ".defect .l,.breaking .l{background:#fde8e8}.defect .m,.breaking .m{background:#e6f4e6}"
    ".risky .l,.risky .m{background:#fbf3d9}.why{color:#666}\n"
    ".bad{color:#a40000}.good{color:#1f6f1f}\n"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}td,th{border-color:#444}"
    ".defect .l,.breaking .l{background:#4a1f1f}.defect .m,.breaking .m{background:#1d3d1d}"
    ".risky .l,.risky .m{background:#443a17}.why{color:#999}"
    ".bad{color:#ff8a80}.good{color:#8fd18f}}\n"
    "</style>\n";

void page_begin(buffer *out, text legacy, text modern)
{
    buffer_cstr(out, page_head);
    for (int i = 0; i < 2; i++) {
        buffer_cstr(out, i ? "</title></head><body>\n<h1>" : "<title>");
        markup_put(out, legacy);
        buffer_cstr(out, " and ");
        markup_put(out, modern);
    }
    buffer_cstr(out, "</h1>\n");
}

void page_end(buffer *out)
{
    buffer_cstr(out, "</body></html>\n");
}

void page_cell(buffer *out, const char *class, text t)
{
    buffer_printf(out, "<td class=\"%s\">", class);
    if (t.p)
        markup_put(out, t);
    else
        buffer_cstr(out, "<span class=\"why\">is not there</span>");
    buffer_cstr(out, "</td>");
}
