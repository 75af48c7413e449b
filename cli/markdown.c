/* markdown.c: see markdown.h. */
#include "cli/markdown.h"

#include <string.h>

static bool is_sign(char x)
{
    return x != 0 && strchr("\\`*_[]<>|~#&$", x) != NULL;
}

void markdown_put(buffer *b, text t)
{
    for (size_t i = 0; i < t.n; i++) {
        if ((unsigned char)t.p[i] < ' ') {
            buffer_char(b, ' ');
            continue;
        }
        if (is_sign(t.p[i]))
            buffer_char(b, '\\');
        buffer_char(b, t.p[i]);
    }
}

static size_t longest_ticks(text t)
{
    size_t most = 0, run = 0;
    for (size_t i = 0; i < t.n; i++) {
        run = t.p[i] == '`' ? run + 1 : 0;
        most = run > most ? run : most;
    }
    return most;
}

static void fence(buffer *b, size_t ticks)
{
    while (ticks--)
        buffer_char(b, '`');
}

void markdown_code(buffer *b, text t)
{
    size_t ticks = longest_ticks(t) + 1;
    bool space = t.n && (t.p[0] == '`' || t.p[t.n - 1] == '`');
    fence(b, ticks);
    buffer_cstr(b, space ? " " : "");
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] == '|')
            buffer_char(b, '\\');
        buffer_char(b, (unsigned char)t.p[i] < ' ' ? ' ' : t.p[i]);
    }
    buffer_cstr(b, space ? " " : "");
    fence(b, ticks);
}
