/* encoding.c: which encoding bytes are in, where each character stood, and what code pages lose. */
#include "unit.h"

#include "stdlib/document/encoding.h"

#include <stdlib.h>

#define EBCDIC_ISA "\xc9\xe2\xc1\x5c\xf0\xf0\x5c\x40\x40\x40\x5c\xf0\xf0\x5c\x81\x82\x83"

static void is_in(text bytes, encoding wanted, size_t wanted_mark)
{
    size_t mark;
    encoding e = encoding_of(bytes, &mark);
    if (e != wanted || mark != wanted_mark)
        fail_msg("%.*s is said to be %s", TEXT_ARG(bytes), encoding_word(e));
}

static void told(void **state)
{
    encoding e;
    is_in(TEXT(""), ENCODING_ASCII, 0);
    is_in(TEXT("sku,price\n"), ENCODING_ASCII, 0);
    is_in(TEXT("Müller\n"), ENCODING_UTF8, 0);
    is_in(TEXT("\xef\xbb\xbfsku\n"), ENCODING_UTF8, 3);
    is_in(TEXT("\xff\xfes\0k\0"), ENCODING_UTF16LE, 2);
    is_in(TEXT("\xfe\xff\0s\0k"), ENCODING_UTF16BE, 2);
    is_in(TEXT("s\0k\0u\0,\0"), ENCODING_UTF16LE, 0);
    is_in(TEXT("\0s\0k\0u\0,"), ENCODING_UTF16BE, 0);
    is_in(TEXT("M\xfcller\n"), ENCODING_LATIN1, 0);
    is_in(TEXT("5 \x80 \x96 M\xfcller\n"), ENCODING_WINDOWS1252, 0);
    is_in(TEXT(EBCDIC_ISA), ENCODING_CP037, 0);
    is_in(TEXT(EBCDIC_ISA "\xad\xf1\xbd\x15"), ENCODING_CP1047, 0);
    is_in(TEXT(EBCDIC_ISA "\x4a\xf1\x5a"), ENCODING_CP500, 0);
    is_in(TEXT("\x7f"
               "ELF\1\0\0\0\3\4\5"),
          ENCODING_BINARY, 0);
    assert_true(encoding_read(TEXT("cp500"), &e) && e == ENCODING_CP500);
    assert_false(encoding_read(TEXT("cp501"), &e));
}

/* One broken character does not make UTF-8 into Latin-1. */
static void damaged(void **state)
{
    arena a = {0};
    encoded e;
    text t = TEXT("Müller, Jörg, Ægir, Åse, \xc3 Øre\n");
    is_in(t, ENCODING_UTF8, 0);
    encoding_decode(&a, t, ENCODING_UTF8, 0, &e);
    assert_int_equal(e.damaged, 1);
    assert_int_equal(e.damage_at, 29);
    encoding_decode(&a, TEXT("\xff\xfe\0\xd8x\0y"), ENCODING_UTF16LE, 2, &e);
    assert_text(e.bytes, "\xef\xbf\xbdx\xef\xbf\xbd");
    assert_int_equal(e.damaged, 2);
    assert_int_equal(encoding_offset(&e, e.damage_at), 2);
    encoding_decode(&a, TEXT("a\x81"), ENCODING_WINDOWS1252, 0, &e);
    assert_text(e.bytes, "a\xef\xbf\xbd");
    arena_release(&a);
}

static void decoded(void **state)
{
    arena a = {0};
    encoded e;
    encoding_decode(&a, TEXT("M\xfcller \x80"), ENCODING_WINDOWS1252, 0, &e);
    assert_text(e.bytes, "Müller €");
    assert_int_equal(encoding_offset(&e, 3), 2); /* l, behind two bytes of ü */
    assert_int_equal(encoding_offset(&e, 2), 1); /* within ü */
    assert_int_equal(encoding_offset(&e, e.bytes.n), 8);
    encoding_decode(&a, TEXT("\xc9\xe2\xc1\x5c\x4a\x15\xa1"), ENCODING_CP500, 0, &e);
    assert_text(e.bytes, "ISA*[\n~");
    encoding_decode(&a, TEXT("\xad\xbd\x5f"), ENCODING_CP1047, 0, &e);
    assert_text(e.bytes, "[]^");
    encoding_decode(&a, TEXT("\xba\xbb\xb0"), ENCODING_CP037, 0, &e);
    assert_text(e.bytes, "[]^");
    encoding_decode(&a, TEXT("\xfe\xff\0a\xd8\x3d\xde\0\0b"), ENCODING_UTF16BE, 2, &e);
    assert_text(e.bytes, "a\xf0\x9f\x98\x80"
                         "b");
    assert_int_equal(encoding_offset(&e, 5), 8);
    encoding_decode(&a,
                    TEXT("\xef\xbb\xbf"
                         "ab"),
                    ENCODING_UTF8, 3, &e);
    assert_text(e.bytes, "ab");
    assert_int_equal(encoding_offset(&e, 1), 4);
    arena_release(&a);
}

/* The map agrees with a plain count at every character, over many stops. */
static void offsets(void **state)
{
    enum { N = 30000 };
    static char bytes[N];
    uint32_t seed = 7;
    for (size_t i = 0; i < N; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[i] = (char)(seed >> 24 | (seed >> 23 & 0x80));
    }
    static const encoding of[] = {ENCODING_LATIN1, ENCODING_CP037, ENCODING_UTF16BE};
    for (size_t k = 0; k < 3; k++) {
        arena a = {0};
        encoded e;
        encoding_decode(&a, (text){bytes, N}, of[k], 0, &e);
        size_t want = 0;
        for (size_t i = 0; i < e.bytes.n; i++) {
            unsigned char c = (unsigned char)e.bytes.p[i];
            if ((c & 0xc0) == 0x80)
                continue;
            assert_int_equal(encoding_offset(&e, i), want);
            want += k < 2 ? 1 : c >= 0xf0 ? 4 : 2;
        }
        assert_int_equal(encoding_offset(&e, e.bytes.n), N);
        arena_release(&a);
    }
}

static void loses(const char *legacy, const char *modern, encoding_loss wanted)
{
    encoding_loss l = encoding_loss_of(text_of(legacy), text_of(modern));
    if (l != wanted)
        fail_msg("%s to %s is said to be: %s", legacy, modern, encoding_loss_word(l));
}

static void losses(void **state)
{
    loses("Müller", "Müller", LOSS_NONE);
    loses("Müller", "Möller", LOSS_NONE);
    loses("Miller", "M?ller", LOSS_NONE);
    loses("Müller", "M?ller AG", LOSS_NONE);
    loses("Müller", "M\xef\xbf\xbdller", LOSS_REPLACED);
    loses("Müller", "M\xef\xbf\xbd\xef\xbf\xbdller", LOSS_REPLACED);
    loses("Müller", "M?ller", LOSS_QUESTION);
    loses("Müller", "M\x1aller", LOSS_QUESTION);
    loses("ÄÖÜ", "???", LOSS_QUESTION);
    loses("ÄÖÜ", "??????", LOSS_QUESTION);
    loses("café?", "caf??", LOSS_QUESTION);
    loses("café", "cafÃ©", LOSS_MOJIBAKE);
    loses("5 €", "5 â‚¬", LOSS_MOJIBAKE);
    loses("café", "cafe", LOSS_FOLDED);
    loses("Straße", "Strasse", LOSS_FOLDED);
    loses("MÜLLER", "MUELLER", LOSS_FOLDED);
    loses("café", "caf", LOSS_DROPPED);
    loses("Jörg Müller", "Jorg M?ller", LOSS_QUESTION); /* the worst is said */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(told), cmocka_unit_test(damaged),
                                       cmocka_unit_test(decoded), cmocka_unit_test(offsets),
                                       cmocka_unit_test(losses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
