/* replayed.c: see replayed.h. */
#include "cli/replayed.h"

exit_code replayed_open(cli *c, journal *j, const journal_run *run, replayed *out)
{
    *out = (replayed){.run = *run};
    journal_status s =
        drive_replay(j, run->run, 0, &c->memory, &out->result, &out->machine, &out->program);
    if (s != JOURNAL_OK)
        return store_fault(
            c, s, store_path(c, NULL),
            s == JOURNAL_OTHER
                ? out->result.found
                : text_format(&c->memory, "run %.*s cannot be replayed", TEXT_ARG(run->name)));
    drive_describe(out->machine, &c->memory, &out->state);
    return CODE_DONE;
}

void replayed_release(replayed *r)
{
    vm_free(r->machine);
    image_free(r->program);
    *r = (replayed){0};
}
