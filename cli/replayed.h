/* replayed.h: a run brought back to life from its journal, for questions about it. */
#ifndef FERRY_CLI_REPLAYED_H
#define FERRY_CLI_REPLAYED_H

#include "cli/store.h"

typedef struct {
    journal_run run;
    image *program;
    vm *machine;
    replay_result result;
    json_document state; /* what vm_describe wrote */
} replayed;

/* CODE_DONE, or a code after a message. Release in any case. */
exit_code replayed_open(cli *c, journal *j, const journal_run *run, replayed *out);
void replayed_release(replayed *r);

#endif
