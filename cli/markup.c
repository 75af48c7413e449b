/* markup.c: see markup.h. */
#include "cli/markup.h"
#include "cli/term.h"

static const char *escape_of(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\n': return "&#10;";
    case '\t': return "&#9;";
    default: return NULL;
    }
}

void markup_put(buffer *b, text t)
{
    while (t.n) {
        const char *escape = escape_of(t.p[0]);
        term_character c = term_next(t);
        if (escape)
            buffer_cstr(b, escape);
        else if (c.safe)
            buffer_text(b, text_slice(t, 0, c.bytes));
        else
            buffer_cstr(b, "\xef\xbf\xbd");
        t = text_slice(t, c.bytes, t.n);
    }
}

void markup_attribute(buffer *b, const char *name, text value)
{
    buffer_printf(b, " %s=\"", name);
    markup_put(b, value);
    buffer_char(b, '"');
}
