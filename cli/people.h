/* people.h: what a person says to a run, as the body of a COMMAND event. */
#ifndef FERRY_CLI_PEOPLE_H
#define FERRY_CLI_PEOPLE_H

#include "cli/cli.h"

typedef struct {
    const char *command;         /* "approve" */
    const char *target, *answer; /* NULL where there is none */
} saying;

/* The name the system knows the user by; "uid 1000" where it knows none. In the arena. */
text person_name(cli *c);

/* Canonical JSON from the saying and --as, --by, --reason, --evidence, --at. False after a usage
 * message (`*code`). */
bool people_body(cli *c, const saying *s, text *body, exit_code *code);

/* Says it to the run (--run, else `run`, else the only open one) through drive_tell, whoever owns
 * the store, and reports. */
exit_code people_tell(cli *c, const char *run, const saying *s);

/* `done --from FILE`: the rows of a run sheet as so many reports. Each is held against the run
 * first; nothing is said to it unless every row would be taken. */
exit_code runsheet_tell(cli *c);

/* Shows what `ferry rollback` would undo. CODE_DONE, or a code after a message. */
exit_code rollback_preview(cli *c, const char *name, const char *channel);

#endif
