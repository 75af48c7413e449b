/* assess.h: the risk of a customer or a channel (factors of the image, PLAYBOOKS §1).
 *
 *   risk of a factor     = impact × likelihood / 100
 *   score of a category  = mean of the risks of its applicable factors; 0 where none applies
 *   overall              = sum of weight × score of the category
 *   readiness            = 100 − overall
 *
 * A customer pools its own factors and those of its channels; a channel has its channel factors
 * alone. Scores are exact fractions until the end and are rounded once, half to even, to 10^-6.
 */
#ifndef FERRY_VM_ASSESS_H
#define FERRY_VM_ASSESS_H

#include "vm/exec.h"

enum { ASSESS_CATEGORIES = 5, ASSESS_FACTORS = 1 << 20 /* most factors one subject may have */ };

typedef struct {
    uint32_t factor;     /* row of image->factors */
    uint32_t table, row; /* its subject */
    bool evidenced;      /* false: it could not be told whether it applies; listed, not scored */
    int64_t impact, likelihood, risk; /* numbers; 0 where not evidenced */
} assess_factor;

typedef struct {
    int64_t score, readiness;               /* numbers */
    uint32_t level;                         /* code of enum level */
    int64_t category[ASSESS_CATEGORIES];    /* numbers */
    uint32_t applicable[ASSESS_CATEGORIES]; /* factors behind each */
    assess_factor *factor; /* those that apply and those not evidenced: own ones first, then channel
                              by channel, in the order of the image */
    uint32_t factors;
} assessment;

/* table is TABLE_CUSTOMER or TABLE_CHANNEL. The list is in the arena. EXEC_RETURNED on success; an
 * impact or likelihood outside 0…100 or not available makes the factor not evidenced. */
exec_status assess_row(exec_context *c, uint32_t table, uint32_t row, arena *a, assessment *out);

#endif
