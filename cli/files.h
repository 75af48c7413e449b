/* files.h: files that commands read and write for people. */
#ifndef FERRY_CLI_FILES_H
#define FERRY_CLI_FILES_H

#include "cli/cli.h"

/* Replaces or makes a file: a temporary one beside it, made durable, then renamed, so that a reader
 * sees the old bytes or the new ones. The mode of an existing file is kept; a symbolic link stays
 * one; a device or a pipe is written to as it is. CODE_DONE, or CODE_REFUSED after a message. */
exit_code file_replace(cli *c, const char *path, text bytes);
/* A file, or stdin for "-", up to `limit` bytes. CODE_DONE, or CODE_ERRORS after a message. */
exit_code file_fetch(cli *c, const char *path, size_t limit, text *out);

#endif
