/* tradacoms.c: what TRADACOMS (ANA, British retail) has of its own.
 *
 * Its grammar is EDIFACT's with other words: `=` behind the tag, `+` `:` `'` and `?` always; STX
 * and END for an interchange, BAT and EOB for a batch, MHD and MTR for a message. Trailers bear
 * counts and no references, so what tells a lost message is that MHD counts up from 1. */
#include "stdlib/edifact/edifact_read.h"

#include <stdio.h>

const edifact_separators tradacoms_separators = {.component = ':',
                                                 .element = '+',
                                                 .decimal = '.',
                                                 .terminator = '\'',
                                                 .release = '?',
                                                 .tag = '='};

/* Once for an interchange: behind a lost message every number is out of step. */
void tradacoms_check_numbers(edifact_reader *r, const edifact_interchange *i)
{
    for (uint32_t k = 0; k < i->messages; k++) {
        const edifact_message *m = &r->messages.p[i->message + k];
        text said = edifact_element(edifact_header_of(m), &i->separators, 1);
        char number[16];
        int n = snprintf(number, sizeof number, "%u", k + 1);
        if (text_equal(text_trim(said), (text){number, (size_t)n}))
            continue;
        edifact_place p = edifact_at(r, EDIFACT_INTERCHANGE, "MHD", 1, 0);
        p.message = i->message + k;
        p.level = EDIFACT_MESSAGE;
        edifact_fault(r, FAULT_VALUE, edifact_place_of(r, m->whole), p,
                      "message %u of the interchange says %.*s", k + 1,
                      (int)(said.n < 20 ? said.n : 20), said.p);
        return;
    }
}
