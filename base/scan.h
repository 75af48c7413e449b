/* scan.h: where bytes of a small set stand, as bit masks of blocks of 64 bytes.
 *
 * Readers of delimited formats spend their time looking for a handful of bytes. Here a set of one
 * to four of them is looked for in 64 bytes at once: bit i of a block's mask stands for its byte i,
 * so that the next one is a count of trailing zeros and what lies between two is a shift. The code
 * for this processor (AVX-512, AVX2, or eight bytes at a time in plain registers) is chosen when a
 * set is made; all of them give the same masks. Nothing is read behind the end of what is given.
 *
 * Three ways to use it, from the simplest:
 *
 *     scan_set ends = scan_any_of("~", 1);               where the next one is
 *     scan_cursor c;
 *     scan_start(&c, &ends, bytes, 0);
 *     for (size_t at; (at = scan_next(&c)) < bytes.n;) …
 *
 *     scan_masks(&set, p, n, mask)                       one mask a block: any byte of the set
 *     scan_masks_each(&set, p, n, masks)                 four a block: each byte by itself, for
 *                                                        formats with quotes (scan_between)
 */
#ifndef FERRY_BASE_SCAN_H
#define FERRY_BASE_SCAN_H

#include "base/text.h"

enum { SCAN_BLOCK = 64, SCAN_BYTES = 4 };

/* In order of speed; each can do what those in front of it can. */
typedef enum { SCAN_SCALAR, SCAN_AVX2, SCAN_AVX512, SCAN_LEVELS } scan_level;

typedef struct {
    char byte[SCAN_BYTES]; /* places that are not used repeat the first */
    scan_level level;
} scan_set;

/* The fastest that this processor has. */
scan_level scan_best(void);
/* A set of the first n of `bytes` (1 to 4), for the best level. */
scan_set scan_any_of(const char *bytes, unsigned n);

/* How many masks n bytes have: those of a last block that is not whole end in zeros. */
static inline size_t scan_blocks(size_t n)
{
    return (n + SCAN_BLOCK - 1) / SCAN_BLOCK;
}

/* mask[k], bit i: p[64 k + i] is a byte of the set. mask has room for scan_blocks(n). */
void scan_masks(const scan_set *s, const char *p, size_t n, uint64_t *mask);
/* mask[k][b], bit i: p[64 k + i] is s->byte[b]. */
void scan_masks_each(const scan_set *s, const char *p, size_t n, uint64_t (*mask)[SCAN_BYTES]);

/* From the mask of quotes, the mask of what stands between an opening one (included) and its
 * closing one (not included). *open is whether the block begins inside, and is left as the next one
 * begins. A doubled quote closes and opens, so it needs no care. */
static inline uint64_t scan_between(uint64_t quotes, bool *open)
{
    uint64_t m = quotes;
    for (unsigned shift = 1; shift < 64; shift *= 2)
        m ^= m << shift;
    m ^= *open ? ~UINT64_C(0) : 0;
    *open = m >> 63;
    return m;
}

enum {
    SCAN_WINDOW = 64
}; /* blocks: 4 KiB at once, so that bytes and masks stay in the near cache */

/* Walks over the places of a set. What it points into outlives it. */
typedef struct {
    scan_set set;
    text source;
    size_t window;          /* offset of the first block of the window */
    unsigned block, blocks; /* in the window */
    unsigned next;          /* blocks of the window behind it: they grow, for many look for one */
    uint64_t bits;          /* of the block, those not given yet */
    uint64_t mask[SCAN_WINDOW];
} scan_cursor;

/* The next place asked for is the first at or behind `at`; seek may go back. */
void scan_start(scan_cursor *c, const scan_set *s, text source, size_t at);
void scan_seek(scan_cursor *c, size_t at);
bool scan_refill(scan_cursor *c); /* of scan_next; false at the end */

/* The offset of the next place, or source.n when there is none. */
static inline size_t scan_next(scan_cursor *c)
{
    while (c->bits == 0) {
        if (++c->block >= c->blocks && !scan_refill(c))
            return c->source.n;
        c->bits = c->mask[c->block];
    }
    size_t at = c->window + (size_t)c->block * SCAN_BLOCK + (size_t)__builtin_ctzll(c->bits);
    c->bits &= c->bits - 1;
    return at;
}

#endif
