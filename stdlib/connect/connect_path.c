/* connect_path.c: from a path of the program to a file below the connector's base (below.h). */
#include "stdlib/connect/connect_parts.h"
#include "stdlib/document/below.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

int path_open(const operation_request *q, arena *memory, text path, const char **last,
              operation_result *r)
{
    text why = {0};
    const char *base = connector_folder(q, memory);
    int at = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (at < 0) {
        refused(r, memory, "%s: %s", base, strerror(errno));
        return -1;
    }
    int folder = below_open(at, memory, path, last, &why);
    bool missing = folder < 0 && errno == ENOENT && *q->key_hex;
    if (folder < 0)
        refused(r, memory, "%.*s%s", TEXT_ARG(why),
                !missing       ? ""
                : q->rehearsal ? "; a write makes no folder: make it in `rehearsal`"
                               : "; a write makes no folder: make it in `base`");
    return folder;
}

bool file_bytes(int folder, const char *name, size_t limit, arena *memory, text *out,
                instant *modified, operation_result *r)
{
    text why;
    if (below_read(folder, name, limit, memory, out, modified, &why))
        return true;
    refused(r, memory, "%.*s", TEXT_ARG(why));
    return false;
}
