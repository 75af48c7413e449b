/* byteset.c: see byteset.h. The code for a processor is only called where that processor has it. */
#include "base/byteset.h"
#include "base/scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

void byteset_clear(byteset *s)
{
    *s = (byteset){{0}, {0}, {0}};
}

void byteset_finish(byteset *s)
{
    for (unsigned c = 0; c < 256; c++)
        if (s->has[c]) {
            uint8_t *table = c < 128 ? s->low : s->high;
            table[c & 15] |= (uint8_t)(1u << (c >> 4 & 7));
        }
}

size_t byteset_prefix_scalar(const byteset *s, text t)
{
    size_t i = 0;
    while (i < t.n && s->has[(unsigned char)t.p[i]])
        i++;
    return i;
}

#if defined(__x86_64__)

/* The bits of bytes that are not of the set. A shuffle gives zero where the highest bit of its
 * index is set: with the byte itself as index the table of low halves answers for bytes below 128
 * only, and with that bit turned the other one for the rest. */
__attribute__((target("avx2"))) static uint32_t outside(__m256i v, __m256i low, __m256i high)
{
    const __m256i bits = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128));
    const __m256i index = _mm256_and_si256(v, _mm256_set1_epi8((char)0x8f));
    __m256i rows = _mm256_or_si256(
        _mm256_shuffle_epi8(low, index),
        _mm256_shuffle_epi8(high, _mm256_xor_si256(index, _mm256_set1_epi8((char)0x80))));
    __m256i half = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(0x0f));
    __m256i bit = _mm256_shuffle_epi8(bits, half);
    __m256i missing = _mm256_cmpeq_epi8(_mm256_and_si256(rows, bit), _mm256_setzero_si256());
    return (uint32_t)_mm256_movemask_epi8(missing);
}

__attribute__((target("avx2"))) static size_t prefix_avx2(const byteset *s, text t)
{
    __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)s->low));
    __m256i high = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)s->high));
    size_t i = 0;
    for (; i + 64 <= t.n; i += 64) {
        uint32_t a = outside(_mm256_loadu_si256((const void *)(t.p + i)), low, high);
        uint32_t b = outside(_mm256_loadu_si256((const void *)(t.p + i + 32)), low, high);
        uint64_t both = (uint64_t)b << 32 | a;
        if (both)
            return i + (size_t)__builtin_ctzll(both);
    }
    return i + byteset_prefix_scalar(s, text_slice(t, i, t.n));
}

#endif

size_t byteset_prefix(const byteset *s, text t)
{
#if defined(__x86_64__)
    if (scan_best() >= SCAN_AVX2)
        return prefix_avx2(s, t);
#endif
    return byteset_prefix_scalar(s, t);
}
