/* below.h: files below a folder, without leaving it.
 *
 * Each part of a path is opened from the one before with O_NOFOLLOW, so that neither `..` nor a
 * link planted below the folder, nor one swapped in between check and use, leads outside.
 */
#ifndef FERRY_STDLIB_BELOW_H
#define FERRY_STDLIB_BELOW_H

#include "base/calendar.h"
#include "base/text.h"

/* The folder of a relative path below `at`, a descriptor that is closed here: the caller closes
 * what comes back; *last is the path's last part. -1 and why not: "path `a/../b` holds `..`". */
int below_open(int at, arena *memory, text path, const char **last, text *why);
/* A regular file's bytes of at most `limit`; false and why not: "a.yaml: a symbolic link".
 * *modified may be NULL. */
bool below_read(int folder, const char *name, size_t limit, arena *memory, text *out,
                instant *modified, text *why);

#endif
