/* encoding_loss.c: recognises what code pages do to text, by walking both texts together: what is
 * ASCII must be equal, and each other character of legacy must have become something that a code
 * page makes of it. */
#include "stdlib/encoding.h"
#include "stdlib/encoding_pages.h"

#include <string.h>

static const char *const words[] = {
#define X(id, word) [LOSS_##id] = word,
    ENCODING_LOSSES(X)
#undef X
};

const char *encoding_loss_word(encoding_loss l)
{
    return words[l];
}

/* Bytes of the character at i; 1 where it is none. */
static size_t length_at(text t, size_t i)
{
    unsigned char c = (unsigned char)t.p[i];
    size_t n = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    return text_utf8_prefix(text_slice(t, i, i + n)) == n ? n : 1;
}

/* Letters and what they are without their marks; what is spelled with two letters goes first, since
 * one of them begins it. */
static const struct {
    const char *letter, *marked;
} plain[] = {
    {"AE", "ÄÆ"},  {"OE", "ÖŒ"},      {"UE", "Ü"},       {"ae", "äæ"},       {"oe", "öœ"},
    {"ue", "ü"},   {"ss", "ß"},       {"SS", "ß"},       {"A", "ÀÁÂÃÄÅĀĂĄ"}, {"C", "ÇĆČ"},
    {"D", "ÐĎĐ"},  {"E", "ÈÉÊËĒĖĘĚ"}, {"G", "ĞĢ"},       {"I", "ÌÍÎÏĪĮİ"},   {"K", "Ķ"},
    {"L", "ĹĽŁĻ"}, {"N", "ÑŃŇŅ"},     {"O", "ÒÓÔÕÖØŌŐ"}, {"R", "ŔŘ"},        {"S", "ŚŞŠȘ"},
    {"T", "ŢŤȚ"},  {"U", "ÙÚÛÜŪŮŰŲ"}, {"Y", "ÝŸ"},       {"Z", "ŹŻŽ"},       {"a", "àáâãäåāăą"},
    {"c", "çćč"},  {"d", "ðďđ"},      {"e", "èéêëēėęě"}, {"g", "ğģ"},        {"i", "ìíîïīįı"},
    {"k", "ķ"},    {"l", "ĺľłļ"},     {"n", "ñńňņ"},     {"o", "òóôõöøōő"},  {"r", "ŕř"},
    {"s", "śşšș"}, {"t", "ţťț"},      {"u", "ùúûüūůűų"}, {"y", "ýÿ"},        {"z", "źżž"},
    {"\"", "“”„"}, {"'", "‘’‚"},      {"-", "–—"},       {"EUR", "€"},
};

static size_t folded(text letter, text rest)
{
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        text p = text_of(plain[i].letter), marked = text_of(plain[i].marked);
        if (text_starts(rest, p) && memmem(marked.p, marked.n, letter.p, letter.n))
            return p.n;
    }
    return 0;
}

/* The bytes of a character, read as a page of one byte a character. */
static size_t misread(text letter, text rest, encoding as)
{
    uint16_t page[256];
    size_t n = 0;
    encoding_page(as, page);
    for (size_t i = 0; i < letter.n; i++) {
        char c[4];
        unsigned k = encoding_put(page[(unsigned char)letter.p[i]], c);
        if (!text_starts(text_slice(rest, n, rest.n), (text){c, k}))
            return 0;
        n += k;
    }
    return n;
}

/* How modern has this letter of legacy, and how many bytes of `rest` that is. */
static encoding_loss fate(text letter, text rest, size_t *n)
{
    if ((*n = misread(letter, rest, ENCODING_WINDOWS1252)) ||
        (*n = misread(letter, rest, ENCODING_LATIN1)))
        return LOSS_MOJIBAKE;
    *n = folded(letter, rest);
    return *n ? LOSS_FOLDED : LOSS_DROPPED;
}

/* The letters beyond ASCII that stand together at the start of t: their bytes. */
static size_t run_of(text t, size_t *letters)
{
    size_t n = 0;
    for (*letters = 0; n < t.n && (unsigned char)t.p[n] >= 0x80; ++*letters)
        n += length_at(t, n);
    return n;
}

/* Are the first `run` bytes of legacy one mark each, or one mark a letter, at the start of modern?
 * What follows decides between the two. The bytes of those marks; 0: neither. */
static size_t marked(text legacy, size_t run, size_t letters, text modern, text mark)
{
    size_t seen = 0;
    while (text_starts(text_slice(modern, seen * mark.n, modern.n), mark))
        seen++;
    for (int turn = 0; turn < 2; turn++) {
        size_t marks = turn ? letters : run;
        text l = text_slice(legacy, run, legacy.n);
        text m = text_slice(modern, marks * mark.n, modern.n);
        if (marks <= seen && (l.n && m.n ? l.p[0] == m.p[0] : l.n == m.n))
            return marks * mark.n;
    }
    return 0;
}

/* What became of the letters that modern lacks; *l and *m are how much of both that explains. */
static encoding_loss loss_at(text legacy, text modern, size_t *l, size_t *m)
{
    size_t letters;
    *l = run_of(legacy, &letters);
    if ((*m = marked(legacy, *l, letters, modern, TEXT("\xef\xbf\xbd"))))
        return LOSS_REPLACED;
    if ((*m = marked(legacy, *l, letters, modern, TEXT("?"))) ||
        (*m = marked(legacy, *l, letters, modern, TEXT("\x1a"))))
        return LOSS_QUESTION;
    *l = length_at(legacy, 0);
    return fate(text_slice(legacy, 0, *l), modern, m);
}

encoding_loss encoding_loss_of(text legacy, text modern)
{
    encoding_loss worst = LOSS_NONE;
    while (legacy.n) {
        size_t l = length_at(legacy, 0), m = l;
        if (!text_starts(modern, text_slice(legacy, 0, l))) {
            if ((unsigned char)legacy.p[0] < 0x80)
                return LOSS_NONE;
            encoding_loss here = loss_at(legacy, modern, &l, &m);
            worst = worst == LOSS_NONE || here < worst ? here : worst;
        }
        legacy = text_slice(legacy, l, legacy.n);
        modern = text_slice(modern, m, modern.n);
    }
    return modern.n ? LOSS_NONE : worst;
}
