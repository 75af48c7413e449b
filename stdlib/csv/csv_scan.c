/* csv_scan.c: rows by masks, 64 bytes at a time.
 *
 * The mask of what stands between quotes comes from the parity of quotes, which is right only where
 * every quote opens a field, closes one, or is doubled. That is looked at for all quotes of a block
 * at once: an opening one stands behind a separator, a line break or a quote, a closing one before
 * them. At the first that does not, the row is read again byte by byte (csv_cell.c), which decides,
 * and the masks go on behind it. So a file whose quotes are sound is read without looking at single
 * bytes, and one whose quotes are not costs more, but means the same.
 */
#include "base/scan.h"
#include "stdlib/csv/csv_read.h"

enum { QUOTE, SEPARATOR, LF, CR };
enum { WINDOW_AFTER_STRAY = 2 }; /* blocks: the next stray quote is often near */

typedef struct {
    csv_rows *to;
    const csv_dialect *d;
    text s;
    scan_set set;
    unsigned window; /* blocks to look at next */
    size_t row;      /* where the row at hand begins */
    size_t fields;   /* of it, up to the block at hand */
    bool open;       /* the block begins within quotes */
    bool bound;      /* the byte before it may have a quote behind it */
    bool closed;     /* the byte before it closed a field */
} scanner;

/* Without the instruction, which not every processor has; as in Warren, Hacker's Delight, 5-1. */
static inline unsigned count_bits(uint64_t m)
{
    m -= m >> 1 & UINT64_C(0x5555555555555555);
    m = (m & UINT64_C(0x3333333333333333)) + (m >> 2 & UINT64_C(0x3333333333333333));
    m = (m + (m >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (unsigned)(m * UINT64_C(0x0101010101010101) >> 56);
}

/* Reads one row byte by byte; returns where the next begins. */
static size_t read_row(scanner *x, size_t at)
{
    csv_walk w;
    csv_walk_row(x->d, x->s, at, &w);
    if (w.fields == x->d->columns && !w.fault && !w.comment && w.end > at)
        csv_row_add(x->to, at, w.end);
    else if (w.end > at)
        x->to->odd(x->to, at, &w);
    return csv_behind_break(x->s, w.end);
}

/* Quotes at which no field begins or ends. */
static uint64_t stray(scanner *x, const uint64_t mask[SCAN_BYTES], uint64_t inside)
{
    uint64_t quotes = mask[QUOTE], bound = quotes | mask[SEPARATOR] | mask[LF] | mask[CR];
    uint64_t opens = quotes & inside, closes = quotes & ~inside;
    uint64_t bad = opens & ~(bound << 1 | x->bound);
    bad |= closes & ~(bound >> 1) & ~(UINT64_C(1) << 63);
    bad |= x->closed & ~bound & 1;
    x->bound = bound >> 63;
    x->closed = closes >> 63;
    return bad;
}

/* The rows that end in a block; false where one has to be read byte by byte: x->row. */
static bool take_rows(scanner *x, size_t base, uint64_t ends, uint64_t separators)
{
    const char *p = x->s.p;
    for (; ends; ends &= ends - 1) {
        unsigned bit = (unsigned)__builtin_ctzll(ends);
        uint64_t before = separators & ((UINT64_C(1) << bit) - 1);
        size_t end = base + bit, to = end;
        size_t fields = x->fields + count_bits(before);
        to -= to > x->row && p[to] == '\n' && p[to - 1] == '\r';
        if (to > x->row) {
            if (fields != x->d->columns || p[x->row] == '#')
                return false;
            csv_row_add(x->to, x->row, to);
        }
        separators ^= before;
        x->row = end + 1;
        x->fields = 1;
    }
    x->fields += count_bits(separators);
    return true;
}

/* One block; false as above. *until is how far no row is to be trusted to masks. */
static bool take_block(scanner *x, size_t base, const uint64_t mask[SCAN_BYTES], size_t *until)
{
    uint64_t inside = x->open ? ~UINT64_C(0) : 0, bad = 0;
    if (mask[QUOTE])
        inside = scan_between(mask[QUOTE], &x->open);
    if (mask[QUOTE] || x->closed)
        bad = stray(x, mask, inside);
    else
        x->bound = (mask[SEPARATOR] | mask[LF] | mask[CR]) >> 63;
    uint64_t sound = bad ? (bad & -bad) - 1 : ~UINT64_C(0);
    /* Of CR and LF together the LF ends the row; apart in two blocks, the LF ends a blank one. */
    uint64_t ends = (mask[LF] | (mask[CR] & ~(mask[LF] >> 1))) & ~inside & sound;
    *until = bad ? base + (size_t)__builtin_ctzll(bad) : 0;
    return take_rows(x, base, ends, mask[SEPARATOR] & ~inside) && !bad;
}

/* Rows from a place where one begins, up to one that is read byte by byte; returns where the next
 * begins. */
static size_t scan_from(scanner *x, size_t at)
{
    uint64_t mask[SCAN_WINDOW][SCAN_BYTES];
    size_t until = 0;
    x->row = at;
    x->fields = 1;
    x->open = x->closed = false;
    x->bound = true;
    for (bool sound = true; sound && at < x->s.n;) {
        text window = text_slice(x->s, at, at + x->window * SCAN_BLOCK);
        scan_masks_each(&x->set, window.p, window.n, mask);
        for (size_t k = 0; k < scan_blocks(window.n) && sound; k++)
            sound = take_block(x, at + k * SCAN_BLOCK, mask[k], &until);
        at += window.n;
        x->window = sound && x->window < SCAN_WINDOW ? x->window * 2 : x->window;
    }
    if (until)
        x->window = WINDOW_AFTER_STRAY;
    do
        x->row = x->row < x->s.n ? read_row(x, x->row) : x->s.n;
    while (x->row <= until && x->row < x->s.n);
    return x->row;
}

void csv_scan_rows(csv_rows *r, const csv_dialect *d, text s, size_t at, int level)
{
    char set[SCAN_BYTES] = {d->quote, d->separator, '\n', '\r'};
    scanner x = {.to = r, .d = d, .s = s, .set = scan_any_of(set, SCAN_BYTES), .window = 1};
    x.set.level = (scan_level)level;
    while (at < s.n)
        at = d->escapes ? read_row(&x, at) : scan_from(&x, at);
}
