/* hash.c: see hash.h. The low-level SHA256_ calls instead of EVP: they need no allocation and no
 * provider, so that linking libcrypto.a statically brings a few objects and no start-up work. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(sha256_stream), "sha256_stream holds a SHA256_CTX");
_Static_assert(_Alignof(SHA256_CTX) <= _Alignof(sha256_stream), "and is aligned for one");

/* libcrypto asks the processor what it can do before main, but in the binary `ferry`, which has better
 * things to do at each start (cli/late.c): there it is asked here. Asked again it returns at once; a thread
 * that comes while another asks hashes with what every processor can. */
void __real_OPENSSL_cpuid_setup(void) __attribute__((weak));

static void processor_ask(void)
{
    if (__real_OPENSSL_cpuid_setup)
        __real_OPENSSL_cpuid_setup();
}

static SHA256_CTX *context(sha256_stream *s)
{
    return (SHA256_CTX *)(void *)s->state;
}

void sha256_begin(sha256_stream *s)
{
    processor_ask();
    SHA256_Init(context(s));
}

void sha256_add(sha256_stream *s, const void *bytes, size_t n)
{
    if (n)
        SHA256_Update(context(s), bytes, n);
}

void sha256_add_u64(sha256_stream *s, uint64_t v)
{
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(v >> 8 * i);
    sha256_add(s, bytes, sizeof bytes);
}

sha256 sha256_end(sha256_stream *s)
{
    sha256 h;
    SHA256_Final(h.byte, context(s));
    return h;
}

sha256 sha256_of(const void *bytes, size_t n)
{
    sha256_stream s;
    sha256_begin(&s);
    sha256_add(&s, bytes, n);
    return sha256_end(&s);
}

enum { HMAC_BLOCK = 64 };

static sha256 padded_hash(const unsigned char key[HMAC_BLOCK], unsigned char pad, const void *bytes,
                          size_t n)
{
    unsigned char block[HMAC_BLOCK];
    sha256_stream s;
    for (int i = 0; i < HMAC_BLOCK; i++)
        block[i] = key[i] ^ pad;
    sha256_begin(&s);
    sha256_add(&s, block, sizeof block);
    sha256_add(&s, bytes, n);
    OPENSSL_cleanse(block, sizeof block);
    return sha256_end(&s);
}

sha256 hmac_sha256(const void *key, size_t key_n, const void *bytes, size_t n)
{
    unsigned char block[HMAC_BLOCK] = {0};
    if (key_n > HMAC_BLOCK) {
        sha256 short_key = sha256_of(key, key_n);
        memcpy(block, short_key.byte, sizeof short_key.byte);
    } else if (key_n) {
        memcpy(block, key, key_n);
    }
    sha256 inner = padded_hash(block, 0x36, bytes, n);
    sha256 outer = padded_hash(block, 0x5c, inner.byte, sizeof inner.byte);
    OPENSSL_cleanse(block, sizeof block);
    return outer;
}

void sha256_hex(const sha256 *h, char out[65])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 32; i++) {
        out[2 * i] = digits[h->byte[i] >> 4];
        out[2 * i + 1] = digits[h->byte[i] & 15];
    }
    out[64] = 0;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool sha256_from_hex(text hex, sha256 *out)
{
    if (hex.n != 64)
        return false;
    for (size_t i = 0; i < 32; i++) {
        int high = hex_digit(hex.p[2 * i]), low = hex_digit(hex.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out->byte[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool sha256_equal(const sha256 *a, const sha256 *b)
{
    return memcmp(a->byte, b->byte, sizeof a->byte) == 0;
}
