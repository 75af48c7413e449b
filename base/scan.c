/* scan.c: one block at a time for each kind of processor; with byteset.c the only one with
 * intrinsics.
 *
 * A function compiled for a processor that this one may not be is only called behind scan_best, so
 * the binary runs anywhere. The choice is made for each run of blocks and not by a pointer kept in
 * a global: one well predicted branch for 4 KiB costs nothing that can be measured.
 */
#include "base/scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#if defined(__has_include) && __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#endif
#define FOR_AVX2   __attribute__((target("avx2")))
#define FOR_AVX512 __attribute__((target("avx512f,avx512bw")))
#endif

/* glibc has asked the processor already, when the process was loaded. __builtin_cpu_supports asks
 * it once more, before main and in every process that holds it, used or not; on a virtual machine
 * each such question goes to the host, and together they were a thirtieth of the time of a short
 * check. */
#if defined(CPU_FEATURE_ACTIVE)
#define HAS_AVX2   CPU_FEATURE_ACTIVE(AVX2)
#define HAS_AVX512 (CPU_FEATURE_ACTIVE(AVX512F) && CPU_FEATURE_ACTIVE(AVX512BW))
#elif defined(__x86_64__)
#define HAS_AVX2   __builtin_cpu_supports("avx2")
#define HAS_AVX512 (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw"))
#else
#define HAS_AVX2   false
#define HAS_AVX512 false
#endif

scan_level scan_best(void)
{
    return HAS_AVX512 ? SCAN_AVX512 : HAS_AVX2 ? SCAN_AVX2 : SCAN_SCALAR;
}

scan_set scan_any_of(const char *bytes, unsigned n)
{
    scan_set s = {.level = scan_best()};
    for (unsigned i = 0; i < SCAN_BYTES; i++)
        s.byte[i] = bytes[i < n ? i : 0];
    return s;
}

#define EVERY_BYTE UINT64_C(0x0101010101010101)

/* Eight bytes with the first in the lowest place, whatever the order of the machine. */
static uint64_t word_at(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    w = __builtin_bswap64(w);
#endif
    return w;
}

/* A bit for each byte of `w` that is zero. The sum cannot carry from one byte into the next, unlike
 * in the shorter (w - 1) & ~w, which also marks a one above a zero. The multiplication gathers the
 * eight high bits in the top byte. */
static uint64_t zero_bytes(uint64_t w)
{
    const uint64_t low = EVERY_BYTE * 0x7f;
    uint64_t zero = ~(((w & low) + low) | w | low);
    return (zero >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static uint64_t equal_scalar(const char *p, char byte)
{
    uint64_t mask = 0, all = EVERY_BYTE * (unsigned char)byte;
    for (unsigned i = 0; i < SCAN_BLOCK / 8; i++)
        mask |= zero_bytes(word_at(p + 8 * i) ^ all) << 8 * i;
    return mask;
}

static void any_scalar(const scan_set *s, const char *p, size_t blocks, uint64_t *mask)
{
    for (size_t k = 0; k < blocks; k++, p += SCAN_BLOCK) {
        mask[k] = equal_scalar(p, s->byte[0]);
        for (unsigned b = 1; b < SCAN_BYTES && s->byte[b] != s->byte[0]; b++)
            mask[k] |= equal_scalar(p, s->byte[b]);
    }
}

static void each_scalar(const scan_set *s, const char *p, size_t blocks,
                        uint64_t (*mask)[SCAN_BYTES])
{
    for (size_t k = 0; k < blocks; k++, p += SCAN_BLOCK)
        for (unsigned b = 0; b < SCAN_BYTES; b++)
            mask[k][b] = equal_scalar(p, s->byte[b]);
}

#if defined(__x86_64__)

/* Bytes are signed to these intrinsics' types; the bits are the same. */
FOR_AVX2 static uint64_t equal_avx2(__m256i low, __m256i high, __m256i byte)
{
    uint32_t l = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, byte));
    uint32_t h = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, byte));
    return (uint64_t)h << 32 | l;
}

FOR_AVX2 static void any_avx2(const scan_set *s, const char *p, size_t blocks, uint64_t *mask)
{
    __m256i b0 = _mm256_set1_epi8(s->byte[0]), b1 = _mm256_set1_epi8(s->byte[1]);
    __m256i b2 = _mm256_set1_epi8(s->byte[2]), b3 = _mm256_set1_epi8(s->byte[3]);
    for (size_t k = 0; k < blocks; k++, p += SCAN_BLOCK) {
        __m256i low = _mm256_loadu_si256((const void *)p);
        __m256i high = _mm256_loadu_si256((const void *)(p + 32));
        mask[k] = equal_avx2(low, high, b0) | equal_avx2(low, high, b1) |
                  equal_avx2(low, high, b2) | equal_avx2(low, high, b3);
    }
}

FOR_AVX2 static void each_avx2(const scan_set *s, const char *p, size_t blocks,
                               uint64_t (*mask)[SCAN_BYTES])
{
    for (size_t k = 0; k < blocks; k++, p += SCAN_BLOCK) {
        __m256i low = _mm256_loadu_si256((const void *)p);
        __m256i high = _mm256_loadu_si256((const void *)(p + 32));
        for (unsigned b = 0; b < SCAN_BYTES; b++)
            mask[k][b] = equal_avx2(low, high, _mm256_set1_epi8(s->byte[b]));
    }
}

FOR_AVX512 static void any_avx512(const scan_set *s, const char *p, size_t blocks, uint64_t *mask)
{
    __m512i b0 = _mm512_set1_epi8(s->byte[0]), b1 = _mm512_set1_epi8(s->byte[1]);
    __m512i b2 = _mm512_set1_epi8(s->byte[2]), b3 = _mm512_set1_epi8(s->byte[3]);
    for (size_t k = 0; k < blocks; k++, p += SCAN_BLOCK) {
        __m512i v = _mm512_loadu_si512((const void *)p);
        mask[k] = _mm512_cmpeq_epi8_mask(v, b0) | _mm512_cmpeq_epi8_mask(v, b1) |
                  _mm512_cmpeq_epi8_mask(v, b2) | _mm512_cmpeq_epi8_mask(v, b3);
    }
}

FOR_AVX512 static void each_avx512(const scan_set *s, const char *p, size_t blocks,
                                   uint64_t (*mask)[SCAN_BYTES])
{
    for (size_t k = 0; k < blocks; k++, p += SCAN_BLOCK) {
        __m512i v = _mm512_loadu_si512((const void *)p);
        for (unsigned b = 0; b < SCAN_BYTES; b++)
            mask[k][b] = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(s->byte[b]));
    }
}

#endif

static void any_blocks(const scan_set *s, const char *p, size_t blocks, uint64_t *mask)
{
    switch (s->level) {
#if defined(__x86_64__)
    case SCAN_AVX512: any_avx512(s, p, blocks, mask); break;
    case SCAN_AVX2: any_avx2(s, p, blocks, mask); break;
#endif
    default: any_scalar(s, p, blocks, mask);
    }
}

static void each_blocks(const scan_set *s, const char *p, size_t blocks,
                        uint64_t (*mask)[SCAN_BYTES])
{
    switch (s->level) {
#if defined(__x86_64__)
    case SCAN_AVX512: each_avx512(s, p, blocks, mask); break;
    case SCAN_AVX2: each_avx2(s, p, blocks, mask); break;
#endif
    default: each_scalar(s, p, blocks, mask);
    }
}

/* The bytes of a last block that is not whole, in room for a whole one; `kept` is their mask. */
static void last_block(const char *p, size_t n, char block[SCAN_BLOCK], uint64_t *kept)
{
    memset(block, 0, SCAN_BLOCK);
    memcpy(block, p, n);
    *kept = (UINT64_C(1) << n) - 1;
}

void scan_masks(const scan_set *s, const char *p, size_t n, uint64_t *mask)
{
    size_t whole = n / SCAN_BLOCK, rest = n % SCAN_BLOCK;
    any_blocks(s, p, whole, mask);
    if (rest) {
        char block[SCAN_BLOCK];
        uint64_t kept;
        last_block(p + whole * SCAN_BLOCK, rest, block, &kept);
        any_blocks(s, block, 1, mask + whole);
        mask[whole] &= kept;
    }
}

void scan_masks_each(const scan_set *s, const char *p, size_t n, uint64_t (*mask)[SCAN_BYTES])
{
    size_t whole = n / SCAN_BLOCK, rest = n % SCAN_BLOCK;
    each_blocks(s, p, whole, mask);
    if (rest) {
        char block[SCAN_BLOCK];
        uint64_t kept;
        last_block(p + whole * SCAN_BLOCK, rest, block, &kept);
        each_blocks(s, block, 1, mask + whole);
        for (unsigned b = 0; b < SCAN_BYTES; b++)
            mask[whole][b] &= kept;
    }
}

enum { WINDOW_FIRST = 2 };

static void fill(scan_cursor *c, size_t at)
{
    const size_t most = (size_t)c->next * SCAN_BLOCK;
    size_t n = c->source.n - at < most ? c->source.n - at : most;
    c->next = c->next * 4 < SCAN_WINDOW ? c->next * 4 : SCAN_WINDOW;
    c->window = at;
    c->block = 0;
    c->blocks = (unsigned)scan_blocks(n);
    c->bits = 0;
    if (n) {
        scan_masks(&c->set, c->source.p + at, n, c->mask);
        c->bits = c->mask[0];
    }
}

bool scan_refill(scan_cursor *c)
{
    size_t at = c->window + (size_t)c->blocks * SCAN_BLOCK;
    c->block = c->blocks; /* asked again at the end, it is there still */
    if (at >= c->source.n)
        return false;
    fill(c, at);
    return true;
}

void scan_start(scan_cursor *c, const scan_set *s, text source, size_t at)
{
    c->set = *s;
    c->source = source;
    c->next = WINDOW_FIRST;
    fill(c, at < source.n ? at : source.n);
}

void scan_seek(scan_cursor *c, size_t at)
{
    size_t within = at - c->window;
    if (at < c->window || within >= (size_t)c->blocks * SCAN_BLOCK) {
        fill(c, at < c->source.n ? at : c->source.n);
        return;
    }
    c->block = (unsigned)(within / SCAN_BLOCK);
    c->bits = c->mask[c->block] & (~UINT64_C(0) << within % SCAN_BLOCK);
}
