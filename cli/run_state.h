/* run_state.h: reading what vm_describe (vm/vm.h) wrote of a run. */
#ifndef FERRY_CLI_RUN_STATE_H
#define FERRY_CLI_RUN_STATE_H

#include "base/calendar.h"
#include "cli/cli.h"

/* Walks the elements of a list member:
 * for (state_elements e = state_list(d, 0, "waiting"); e.left; state_next(&e)) … e.node … */
typedef struct {
    const json_document *d;
    uint32_t node, left;
} state_elements;

state_elements state_list(const json_document *d, uint32_t object, const char *key);
void state_next(state_elements *e);
/* A member as text, in the memory of c where it is decoded; empty where it is absent or null. */
text state_member(cli *c, const json_document *d, uint32_t object, const char *key);
/* QUANTITY_NONE where it is absent. */
instant state_instant(cli *c, const json_document *d, uint32_t object, const char *key);
bool state_is(cli *c, const json_document *d, uint32_t object, const char *key, const char *word);

#endif
