/* assessed.h: the risk of a customer and of each of its channels, for those who show or use it. */
#ifndef FERRY_CLI_ASSESSED_H
#define FERRY_CLI_ASSESSED_H

#include "cli/program.h"
#include "vm/assess.h"

typedef struct {
    const image *image;
    uint32_t row; /* of the customer */
    assessment whole;
    assessment *channel; /* one for each of its channels */
    uint32_t first_channel, channels;
} assessed;

/* False where the factors take more than the limits of the image allow. In c->memory. */
bool assess_customer(cli *c, const image *i, uint32_t row, assessed *out);

#endif
