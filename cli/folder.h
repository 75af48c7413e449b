/* folder.h: the files of a folder, for commands that take files or folders. */
#ifndef FERRY_CLI_FOLDER_H
#define FERRY_CLI_FOLDER_H

#include "cli/cli.h"

typedef struct {
    text name; /* relative to the folder; a file's own name where the operand is a file */
    text path; /* followed by a NUL */
    size_t size;
    text bytes; /* p == NULL: not read */
} folder_file;

typedef VEC(folder_file) folder_files;

enum {
    FOLDER_DEPTH = 32,      /* folders below one another */
    FOLDER_FILES = 1000000, /* files of one operand */
};
#define FOLDER_FILE_LARGEST ((size_t)64 << 30)

/* Lists a file, or all regular files below a folder in the order of their names; names that begin
 * with '.' are left out, symbolic links to folders are not followed; those, and what is no regular
 * file, are named on stderr. Each was opened, so that what
 * cannot be read is known before anything is done.
 * CODE_DONE, or CODE_ERRORS after a message. */
exit_code folder_list(cli *c, const char *path, folder_files *out);
/* Reads what is listed (file_view); bytes live as long as c->memory. */
exit_code folder_load(cli *c, folder_files *files);
/* Both. */
exit_code folder_read(cli *c, const char *path, folder_files *out);

#endif
