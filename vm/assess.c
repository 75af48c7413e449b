/* assess.c: owns the risk of a subject.
 *
 * Exactness. Impact a and likelihood b are integers up to 10^8 (100 at scale 6). In units of 10^-6
 * a factor's risk is a × b / 10^8, a category's score S / (n × 10^8) with S the sum of a × b over
 * its n factors, and the overall score
 *
 *     sum over categories k of  w_k × S_k / (n_k × 10^16)        (weights w_k <= 10^8, percent)
 *
 * With n <= 2^20 (ASSESS_FACTORS) S < 1.1 × 10^22 and w × S < 1.1 × 10^30 < 2^127. Each term is cut
 * exactly into q + (r + s / n) / 10^16 with r < 10^16 and s < n. Sums of q and r are small; the sum
 * of the s / n over the product of the n is below 5 × 2^100 / 2^100: 128 bits hold both sides. So
 * the one rounding at the end sees the exact value. */
#include "vm/assess.h"

#include "base/vec.h"

#include <string.h>

#define IN_UNITS INT64_C(10000000000000000) /* 10^16, see above */

typedef struct {
    VEC(assess_factor) factor;
    int128 sum[ASSESS_CATEGORIES]; /* of impact × likelihood */
    uint32_t n[ASSESS_CATEGORIES];
} pool;

static bool in_scale(int64_t v)
{
    return v >= 0 && v <= 100 * UNIT_NUMBER; /* NA and none are negative */
}

static exec_status run_factor(exec_context *c, pool *p, uint32_t factor, uint32_t row)
{
    const image_factor *f = &c->image->factors[factor];
    heap h = {0};
    int64_t subject = row, answer[3];
    exec_status s = exec_pure(c, f->function, &subject, 1, answer, &h);
    heap_release(&h);
    if (s != EXEC_RETURNED || answer[0] == 0)
        return s;
    assess_factor a = {.factor = factor, .table = f->table, .row = row};
    a.evidenced = answer[0] == 1 && in_scale(answer[1]) && in_scale(answer[2]);
    if (a.evidenced) {
        a.impact = answer[1];
        a.likelihood = answer[2];
        a.risk = decimal_muldiv(a.impact, a.likelihood, 100 * UNIT_NUMBER);
        p->sum[f->category] += (int128)a.impact * a.likelihood;
        p->n[f->category]++;
    }
    vec_push(&p->factor, a);
    return s;
}

/* All factors of a table over one of its rows. */
static exec_status run_factors(exec_context *c, pool *p, uint32_t table, uint32_t row)
{
    exec_status s = EXEC_RETURNED;
    for (uint32_t k = 0; k < c->image->factor_count && s == EXEC_RETURNED; k++)
        if (c->image->factors[k].table == table)
            s = p->factor.n < ASSESS_FACTORS ? run_factor(c, p, k, row) : EXEC_MEMORY;
    return s;
}

static int64_t overall(const pool *p, const image_limits *l)
{
    int128 whole = 0, part = 0, numerator = 0, product = 1;
    for (int k = 0; k < ASSESS_CATEGORIES; k++) {
        uint32_t n = p->n[k];
        if (!n)
            continue;
        int128 term = p->sum[k] * l->weight[k], unit = (int128)n * IN_UNITS;
        int128 rest = term % unit;
        whole += term / unit;
        part += rest / n;
        numerator = numerator * n + rest % n * product;
        product *= n;
    }
    part += numerator / product;
    bool beyond = numerator % product != 0;
    whole += part / IN_UNITS;
    part %= IN_UNITS;
    const int128 half = IN_UNITS / 2;
    bool up = part > half || (part == half && (beyond || whole % 2));
    return (int64_t)(whole + up);
}

static void summarise(const pool *p, const image_limits *l, assessment *out)
{
    for (int k = 0; k < ASSESS_CATEGORIES; k++) {
        out->applicable[k] = p->n[k];
        out->category[k] =
            p->n[k] ? decimal_fit(decimal_divide(p->sum[k], (int128)p->n[k] * 100 * UNIT_NUMBER))
                    : 0;
    }
    out->score = overall(p, l);
    out->readiness = 100 * UNIT_NUMBER - out->score;
    while (out->level < 3 && out->score >= l->level[out->level])
        out->level++;
}

exec_status assess_row(exec_context *c, uint32_t table, uint32_t row, arena *a, assessment *out)
{
    pool p = {0};
    *out = (assessment){0};
    exec_status s = run_factors(c, &p, table, row);
    if (table == TABLE_CUSTOMER) {
        uint32_t first, n = image_children(c->image, TABLE_CHANNEL, row, &first);
        for (uint32_t k = 0; k < n && s == EXEC_RETURNED; k++)
            s = run_factors(c, &p, TABLE_CHANNEL, first + k);
    }
    if (s == EXEC_RETURNED) {
        summarise(&p, c->image->limits, out);
        out->factors = (uint32_t)p.factor.n;
        out->factor = arena_array(a, assess_factor, p.factor.n);
        if (p.factor.n)
            memcpy(out->factor, p.factor.p, p.factor.n * sizeof *p.factor.p);
    }
    vec_release(&p.factor);
    return s;
}
