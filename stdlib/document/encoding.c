/* encoding.c: tells encodings from the bytes, and decodes.
 *
 * Every encoding but UTF-16 and UTF-8 has one byte a character, so where a character stood in the
 * original is how many stand before it: the decoded text is its own map, and a stop every few
 * thousand bytes bounds the counting.
 */
#include "stdlib/document/encoding.h"
#include "stdlib/document/encoding_pages.h"

#include <string.h>

enum { LOOK_AT = 1 << 16 };

static const char *const words[ENCODING_COUNT] = {
#define ENCODING(id, word, meaning) [ENCODING_##id] = word,
#include "stdlib/document/encoding.def"
#undef ENCODING
};

const char *encoding_word(encoding e)
{
    return words[e];
}

bool encoding_read(text word, encoding *out)
{
    for (int e = 0; e < ENCODING_COUNT; e++)
        if (text_is(word, words[e])) {
            *out = (encoding)e;
            return true;
        }
    return false;
}

static bool is_wide(encoding e)
{
    return e == ENCODING_UTF16LE || e == ENCODING_UTF16BE;
}

static bool is_ebcdic(encoding e)
{
    return e == ENCODING_CP037 || e == ENCODING_CP500 || e == ENCODING_CP1047;
}

/* ---- telling ---- */

/* Pairs whose one half is nearly always zero are Western text in UTF-16. */
static bool looks_wide(text t, unsigned zero)
{
    size_t pairs = t.n / 2, zeros = 0;
    for (size_t i = 0; i + 1 < t.n; i += 2) {
        if (!t.p[i + !zero])
            return false;
        zeros += !t.p[i + zero];
    }
    return pairs >= 2 && zeros * 10 >= pairs * 9;
}

/* What EBCDIC text is made of: letters, digits, blank, line ends and signs, wherever a page has
 * them. The same bytes in ASCII are capitals from K on, a few signs and no blank. */
static bool is_ebcdic_text(unsigned char c)
{
    static const char rest[] = "\x15\x25\x0d\x05\x40\x4b\x4c\x4d\x4e\x50\x5b\x5c\x5d\x5e\x60\x61"
                               "\x6b\x6c\x6d\x6e\x6f\x79\x7a\x7b\x7c\x7d\x7e\x7f\xa1\xc0\xd0\xe0"
                               "\x4a\x4f\x5a\x5f\xad\xb0\xba\xbb\xbd";
    unsigned low = c & 0x0f, high = c >> 4;
    bool letter =
        (low >= 1 && low <= 9 && (high == 0x8 || high == 0x9 || high == 0xc || high == 0xd)) ||
        (low >= 2 && low <= 9 && (high == 0xa || high == 0xe));
    return letter || (high == 0xf && low <= 9) || memchr(rest, c, sizeof rest - 1) != NULL;
}

static bool looks_ebcdic(text t)
{
    size_t seen = 0, fits = 0, words_of = 0;
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        seen += c != 0; /* records of binary lengths have some */
        fits += is_ebcdic_text(c);
        words_of += c >= 0xc1 || (c >= 0x81 && c <= 0xa9);
    }
    return fits >= 3 && fits * 20 >= seen * 19 && words_of * 4 >= fits;
}

/* By the bytes of brackets, which text has in pairs, and of the bar and the exclamation mark. */
static encoding ebcdic_page(text t)
{
    size_t n[256] = {0};
    for (size_t i = 0; i < t.n; i++)
        n[(unsigned char)t.p[i]]++;
    size_t of_1047 = n[0xad] + n[0xbd], of_500 = n[0x4a] + n[0x5a], of_037 = n[0xba] + n[0xbb];
    if (of_1047 && of_1047 >= of_500 && of_1047 >= of_037)
        return ENCODING_CP1047;
    return n[0x4a] && n[0x5a] && of_500 > of_037 ? ENCODING_CP500 : ENCODING_CP037;
}

/* UTF-8 that was damaged has whole characters beside the broken ones; in Latin-1 hardly any two
 * bytes make one. `cut`: the text goes on behind its end, so a character may be cut there. */
static bool looks_utf8(text t, bool cut)
{
    size_t good = 0, bad = 0;
    for (size_t at = 0; at < t.n;) {
        text rest = text_slice(t, at, t.n);
        size_t n = text_utf8_prefix(rest);
        for (size_t i = 0; i < n; i++)
            good += (unsigned char)rest.p[i] >= 0xc0;
        at += n;
        bad += at < t.n && !(cut && t.n - at < 4);
        at++;
    }
    return good >= bad * 4;
}

static encoding of_single_bytes(text t)
{
    size_t controls = 0, c1 = 0, open = 0;
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        controls += c < 0x20 && !memchr("\t\n\r\f\x1a\x1c\x1d\x1e\x1f", c, 9);
        c1 += c >= 0x80 && c < 0xa0;
        open += c == 0x81 || c == 0x8d || c == 0x8f || c == 0x90 || c == 0x9d;
    }
    if (controls * 20 > t.n || open * 50 > t.n)
        return ENCODING_BINARY;
    return c1 > open ? ENCODING_WINDOWS1252 : ENCODING_LATIN1;
}

static bool is_ascii(text t)
{
    uint64_t high = 0, eight;
    size_t i = 0;
    for (; i + sizeof eight <= t.n; i += sizeof eight) {
        memcpy(&eight, t.p + i, sizeof eight);
        high |= eight;
        if (high & 0x8080808080808080u)
            return false;
    }
    for (; i < t.n; i++)
        high |= (unsigned char)t.p[i];
    return !(high & 0x8080808080808080u);
}

static encoding by_mark(text t, size_t *mark)
{
    if (text_starts(t, TEXT("\xef\xbb\xbf"))) {
        *mark = 3;
        return ENCODING_UTF8;
    }
    *mark = text_starts(t, TEXT("\xff\xfe")) || text_starts(t, TEXT("\xfe\xff")) ? 2 : 0;
    return !*mark ? ENCODING_COUNT : t.p[0] == '\xff' ? ENCODING_UTF16LE : ENCODING_UTF16BE;
}

encoding encoding_of(text bytes, size_t *mark)
{
    text t = text_slice(bytes, 0, LOOK_AT);
    encoding marked = by_mark(t, mark);
    if (marked != ENCODING_COUNT)
        return marked;
    if (looks_wide(t, 1))
        return ENCODING_UTF16LE;
    if (looks_wide(t, 0))
        return ENCODING_UTF16BE;
    if (looks_ebcdic(t))
        return ebcdic_page(t);
    if (t.n && memchr(t.p, 0, t.n))
        return ENCODING_BINARY;
    if (is_ascii(t)) {
        text rest = text_slice(bytes, t.n, bytes.n);
        if (is_ascii(rest))
            return ENCODING_ASCII;
        return looks_utf8(text_slice(rest, 0, LOOK_AT), true) ? ENCODING_UTF8
                                                              : of_single_bytes(rest);
    }
    return looks_utf8(t, t.n < bytes.n) ? ENCODING_UTF8 : of_single_bytes(t);
}

/* ---- decoding ---- */

typedef struct {
    encoded *out;
    char *to;
    size_t n;       /* written */
    size_t stopped; /* stops that are set */
} writer;

static void put(writer *w, uint32_t c, size_t at)
{
    while (w->n >= w->stopped * ENCODING_STRIDE)
        w->out->stop[w->stopped++] = at;
    w->n += encoding_put(c, w->to + w->n);
}

static void damage(encoded *e, size_t at)
{
    if (!e->damaged++)
        e->damage_at = at;
}

static void decode_bytes(writer *w, text t)
{
    uint16_t page[256];
    encoding_page(w->out->from, page);
    for (size_t i = w->out->mark; i < t.n; i++) {
        uint16_t c = page[(unsigned char)t.p[i]];
        if (c == NO_CHARACTER)
            damage(w->out, w->n);
        put(w, c, i);
    }
}

static uint32_t unit_at(text t, size_t i, bool big)
{
    unsigned char a = (unsigned char)t.p[i], b = (unsigned char)t.p[i + 1];
    return big ? (uint32_t)a << 8 | b : (uint32_t)b << 8 | a;
}

static void decode_pairs(writer *w, text t)
{
    bool big = w->out->from == ENCODING_UTF16BE;
    for (size_t i = w->out->mark; i < t.n;) {
        size_t at = i;
        uint32_t c = i + 2 <= t.n ? unit_at(t, i, big) : 0xd800; /* half a unit is no character */
        i += 2;
        uint32_t low = (c & 0xfc00) == 0xd800 && i + 2 <= t.n ? unit_at(t, i, big) : 0;
        if ((low & 0xfc00) == 0xdc00) {
            c = 0x10000 + ((c & 0x3ff) << 10 | (low & 0x3ff));
            i += 2;
        } else if ((c & 0xf800) == 0xd800) {
            c = NO_CHARACTER;
            damage(w->out, w->n);
        }
        put(w, c, at);
    }
}

static void check_utf8(encoded *e)
{
    for (size_t at = text_utf8_prefix(e->bytes); at < e->bytes.n;) {
        damage(e, at);
        at++;
        at += text_utf8_prefix(text_slice(e->bytes, at, e->bytes.n));
    }
}

void encoding_decode(arena *a, text bytes, encoding from, size_t mark, encoded *out)
{
    *out = (encoded){text_slice(bytes, mark, bytes.n), from, bytes.n, mark, 0, 0, NULL};
    if (from == ENCODING_UTF8)
        check_utf8(out);
    if (from == ENCODING_UTF8 || from == ENCODING_ASCII || from == ENCODING_BINARY)
        return;
    /* At most three bytes for a byte, or for a pair, or four for two pairs. */
    size_t most = is_wide(from) ? bytes.n / 2 * 3 + 3 : bytes.n * (is_ebcdic(from) ? 2 : 3);
    writer w = {.out = out, .to = arena_alloc(a, most + 4, 1)};
    out->stop = arena_array(a, size_t, most / ENCODING_STRIDE + 2);
    if (is_wide(from))
        decode_pairs(&w, bytes);
    else
        decode_bytes(&w, bytes);
    while (w.stopped * ENCODING_STRIDE <= w.n)
        out->stop[w.stopped++] = bytes.n;
    out->bytes = (text){w.to, w.n};
}

static bool goes_on(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* A stop is the place of the first character that begins at or behind it. */
size_t encoding_offset(const encoded *e, size_t at)
{
    text t = e->bytes;
    at = at < t.n ? at : t.n;
    if (!e->stop)
        return e->mark + at;
    while (at && at < t.n && goes_on(t.p[at]))
        at--;
    size_t from = at / ENCODING_STRIDE * ENCODING_STRIDE, original = e->stop[at / ENCODING_STRIDE];
    while (from < at && goes_on(t.p[from]))
        from++;
    for (size_t i = from; i < at; i++)
        if (!goes_on(t.p[i]))
            original += !is_wide(e->from) ? 1 : (unsigned char)t.p[i] >= 0xf0 ? 4 : 2;
    return original < e->original ? original : e->original; /* half a unit at the end */
}
