/* git.h: who wrote the playbook last, and which revision it is: asked of git, where there is one.
 */
#ifndef FERRY_CLI_GIT_H
#define FERRY_CLI_GIT_H

#include "cli/cli.h"

typedef struct {
    text author;   /* email of the last committer of the file; empty where nobody knows */
    text revision; /* "81f2c1e" or "81f2c1e changed"; empty likewise */
} git_facts;

void git_ask(cli *c, const char *path, git_facts *out);

/* What the revision holds of the folder this process is in, and below it, into `folder`. False
 * where git or tar cannot. */
bool git_unpack(const char *revision, const char *folder);

#endif
