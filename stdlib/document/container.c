/* container.c: what files are that hold other files. */
#include "stdlib/document/format.h"

static const struct {
    text magic;
    const char *words;
} containers[] = {
#define CONTAINER(bytes, words) {{bytes, sizeof(bytes) - 1}, words},
#include "stdlib/document/container.def"
#undef CONTAINER
};

const char *format_container(text bytes)
{
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++)
        if (text_starts(bytes, containers[i].magic))
            return containers[i].words;
    return NULL;
}
