/* hash.h: SHA-256 (FIPS 180-4) and HMAC (RFC 2104), the hash of images, events, states and keys. */
#ifndef FERRY_BASE_HASH_H
#define FERRY_BASE_HASH_H

#include "base/text.h"

typedef struct {
    uint8_t byte[32];
} sha256;

typedef struct {
    _Alignas(16) unsigned char state[128]; /* libcrypto's context; hash.c asserts that it fits */
} sha256_stream;

void sha256_begin(sha256_stream *s);
void sha256_add(sha256_stream *s, const void *bytes, size_t n);
void sha256_add_u64(sha256_stream *s, uint64_t v); /* little-endian */
sha256 sha256_end(sha256_stream *s);
sha256 sha256_of(const void *bytes, size_t n);
sha256 hmac_sha256(const void *key, size_t key_n, const void *bytes, size_t n);
void sha256_hex(const sha256 *h, char out[65]);
bool sha256_from_hex(text hex, sha256 *out); /* 64 digits in lower case */
bool sha256_equal(const sha256 *a, const sha256 *b);

#endif
