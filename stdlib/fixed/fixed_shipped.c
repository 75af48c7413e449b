/* fixed_shipped.c: the layouts that come with Ferry, and telling by its first bytes that a file is
 * of one of them. Only what is certain is told: a wrong layout makes every record a fault. */
#include "base/embedded.h"
#include "stdlib/fixed/fixed_layout.h"

#include <assert.h>
#include <string.h>

extern const embedded_file layout_files[]; /* made from stdlib/layouts/ at build time */

static const struct {
    const char *layout;
    text pattern;
} known[] = {
#define FIXED_KNOWN(layout, pattern) {layout, {(pattern), sizeof(pattern) - 1}},
#include "stdlib/fixed/fixed_known.def"
#undef FIXED_KNOWN
};

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Where the text goes on behind one sign of the pattern; 0: it does not fit. */
static size_t step(char sign, text t, size_t at)
{
    if (sign == '*') {
        while (at < t.n && t.p[at] != ',' && !is_line_end(t.p[at]))
            at++;
        return at;
    }
    if (at >= t.n)
        return 0;
    char c = t.p[at];
    if (sign == '|')
        return !is_line_end(c) ? 0 : at + 1 + (c == '\r' && at + 1 < t.n && t.p[at + 1] == '\n');
    bool fits = sign == '#' ? c >= '0' && c <= '9' : sign == '_' ? !is_line_end(c) : c == sign;
    return fits ? at + 1 : 0;
}

static bool fits(text pattern, text t)
{
    size_t at = 0;
    for (size_t i = 0; i < pattern.n; i++)
        if (!(at = step(pattern.p[i], t, at)))
            return false;
    return true;
}

text fixed_layout_told(text head)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (fits(known[i].pattern, head))
            return text_of(known[i].layout);
    return (text){0};
}

const fixed_layout *fixed_layout_shipped(arena *a, text name)
{
    for (const embedded_file *f = layout_files; f->name; f++) {
        text file = text_of(f->name), message;
        size_t offset;
        if (!text_ends(file, TEXT(".yaml")) || !text_equal(text_slice(file, 0, file.n - 5), name))
            continue;
        const fixed_layout *l =
            fixed_layout_read(a, (text){(const char *)f->bytes, f->n}, &message, &offset);
        assert(l); /* a test reads them all */
        return l;
    }
    return NULL;
}
