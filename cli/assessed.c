/* assessed.c: see assessed.h. */
#include "cli/assessed.h"

bool assess_customer(cli *c, const image *i, uint32_t row, assessed *out)
{
    exec_context e = {.image = i, .fuel = i->limits->fuel};
    *out = (assessed){.image = i, .row = row};
    if (assess_row(&e, TABLE_CUSTOMER, row, &c->memory, &out->whole) != EXEC_RETURNED)
        return false;
    out->channels = image_children(i, TABLE_CHANNEL, row, &out->first_channel);
    out->channel = arena_array(&c->memory, assessment, out->channels);
    for (uint32_t k = 0; k < out->channels; k++) {
        e.fuel = i->limits->fuel;
        if (assess_row(&e, TABLE_CHANNEL, out->first_channel + k, &c->memory, &out->channel[k]) !=
            EXEC_RETURNED)
            return false;
    }
    return true;
}
