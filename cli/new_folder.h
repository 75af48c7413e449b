/* new_folder.h: a folder that appears whole or not at all.
 *
 * Files are written into a hidden folder beside the target, which is renamed when all are there.
 * Signals that end the process wait meanwhile; only SIGKILL or a power cut can leave the hidden
 * folder behind, never half a target.
 */
#ifndef FERRY_CLI_NEW_FOLDER_H
#define FERRY_CLI_NEW_FOLDER_H

#include "cli/cli.h"
#include "base/embedded.h"

#include <signal.h>

typedef struct {
    cli *c;
    const char *target;
    text place; /* the hidden folder; followed by a NUL */
    sigset_t before;
} new_folder;

/* CODE_REFUSED after a message where the target is there and not an empty folder. */
exit_code new_folder_begin(cli *c, const char *target, new_folder *out);
/* `name` may hold folders. CODE_DONE, or CODE_REFUSED after a message. */
exit_code new_folder_write(new_folder *f, text name, text bytes);
/* Removes what was written below that folder. */
void new_folder_forget(new_folder *f, const char *name);
exit_code new_folder_finish(new_folder *f);
void new_folder_abandon(new_folder *f); /* everything is removed */

/* The files that `ferry new` writes, by their names below cli/template; ends with a NULL name. */
extern const embedded_file template_files[];

#endif
