/* SHA-256 and HMAC against the published vectors (FIPS 180-4 examples, RFC 4231). */
#include "tests/unit/unit.h"

#include "base/hash.h"

static void assert_hash(sha256 h, const char *wanted)
{
    char hex[65];
    sha256_hex(&h, hex);
    assert_string_equal(hex, wanted);
}

static void published_vectors(void **state)
{
    assert_hash(sha256_of("", 0),
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_hash(sha256_of("abc", 3),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void parts_give_the_hash_of_the_whole(void **state)
{
    sha256_stream s;
    sha256_begin(&s);
    sha256_add(&s, "a", 1);
    sha256_add(&s, NULL, 0);
    sha256_add(&s, "bc", 2);
    sha256_add_u64(&s, UINT64_C(0x0807060504030201));
    sha256 parts = sha256_end(&s);
    sha256 whole = sha256_of("abc\x01\x02\x03\x04\x05\x06\x07\x08", 11);
    assert_true(sha256_equal(&parts, &whole));
}

static void hmac_vectors(void **state)
{
    static const char question[] = "what do ya want for nothing?";
    char long_key[131];
    memset(long_key, 0xaa, sizeof long_key);
    static const char large[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    assert_hash(hmac_sha256("Jefe", 4, question, sizeof question - 1),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_hash(hmac_sha256(long_key, sizeof long_key, large, sizeof large - 1),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void hex_goes_both_ways(void **state)
{
    sha256 h = sha256_of("x", 1), back;
    char hex[65];
    sha256_hex(&h, hex);
    assert_true(sha256_from_hex(text_of(hex), &back));
    assert_true(sha256_equal(&h, &back));
    back.byte[31] ^= 1;
    assert_false(sha256_equal(&h, &back));
    assert_false(sha256_from_hex(TEXT("ab"), &back));
    hex[0] = 'g';
    assert_false(sha256_from_hex(text_of(hex), &back));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(parts_give_the_hash_of_the_whole),
        cmocka_unit_test(hmac_vectors),
        cmocka_unit_test(hex_goes_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
