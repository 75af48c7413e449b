/* layout.c: see layout.h. A name without a dot or a slash is one that comes with Ferry. */
#include "cli/layout.h"
#include "cli/files.h"

#include <string.h>

enum { LAYOUT_LARGEST = 1 << 20 };

/* Line and column, from 1, of a byte. */
static void place_of(text bytes, size_t offset, unsigned *line, unsigned *column)
{
    *line = *column = 1;
    for (size_t i = 0; i < offset && i < bytes.n; i++) {
        *line += bytes.p[i] == '\n';
        *column = bytes.p[i] == '\n' ? 1 : *column + 1;
    }
}

exit_code layout_read(cli *c, const fixed_layout **out)
{
    const char *name = option_value(&c->options, OPT_layout);
    text bytes, message;
    size_t offset;
    unsigned line, column;
    *out = NULL;
    if (!name)
        return CODE_DONE;
    if (!strpbrk(name, "./") && (*out = fixed_layout_shipped(&c->memory, text_of(name))))
        return CODE_DONE;
    exit_code code = file_fetch(c, name, LAYOUT_LARGEST, &bytes);
    if (code != CODE_DONE)
        return code;
    *out = fixed_layout_read(&c->memory, bytes, &message, &offset);
    if (*out)
        return CODE_DONE;
    place_of(bytes, offset, &line, &column);
    cli_error(c, NULL, "%s:%u:%u: %.*s", name, line, column, TEXT_ARG(message));
    return CODE_ERRORS;
}
