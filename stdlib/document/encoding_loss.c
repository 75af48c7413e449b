/* encoding_loss.c: recognises what code pages do to text, by walking both texts together: what is
 * ASCII must be equal, and each other character of legacy must have become something that a code
 * page makes of it. */
#include "stdlib/document/encoding.h"
#include "stdlib/document/encoding_pages.h"

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

/* What a gateway puts in the place of a character that its page has not. */
static const struct {
    const char *mark;
    encoding_loss loss;
} marks[] = {{"\xef\xbf\xbd", LOSS_REPLACED}, {"?", LOSS_QUESTION}, {"\x1a", LOSS_QUESTION}};

enum { MARKS = sizeof marks / sizeof *marks, PAGES = 2 };

/* Both texts from where they are the same no more. What is counted once serves until the walk has
 * passed it: a run of letters is asked about at each of them. */
typedef struct {
    text legacy, modern;
    size_t run, letters; /* bytes and letters beyond ASCII at the start of legacy; 0: not counted */
    const char *counted; /* where in modern `seen` was counted */
    size_t seen[MARKS];  /* of each mark, how many stand there */
    uint16_t page[PAGES][256];
} walk;

static void advance(walk *w, size_t l, size_t m)
{
    w->legacy = text_slice(w->legacy, l, w->legacy.n);
    w->modern = text_slice(w->modern, m, w->modern.n);
    w->letters -= w->run > l;
    w->run -= w->run > l ? l : w->run;
}

static void count_run(walk *w)
{
    size_t n = 0;
    if (w->run)
        return;
    for (w->letters = 0; n < w->legacy.n && (unsigned char)w->legacy.p[n] >= 0x80; w->letters++)
        n += length_at(w->legacy, n);
    w->run = n;
}

static void count_marks(walk *w)
{
    if (w->counted == w->modern.p)
        return;
    w->counted = w->modern.p;
    for (size_t k = 0; k < MARKS; k++) {
        text mark = text_of(marks[k].mark), rest = w->modern;
        for (w->seen[k] = 0; text_starts(rest, mark); w->seen[k]++)
            rest = text_slice(rest, mark.n, rest.n);
    }
}

/* The bytes of a character, read as a page of one byte a character. */
static size_t misread(text letter, text rest, const uint16_t page[256])
{
    size_t n = 0;
    for (size_t i = 0; i < letter.n; i++) {
        char c[4];
        unsigned k = encoding_put(page[(unsigned char)letter.p[i]], c);
        if (!text_starts(text_slice(rest, n, rest.n), (text){c, k}))
            return 0;
        n += k;
    }
    return n;
}

/* How modern has this letter of legacy, and how many bytes of modern that is. */
static encoding_loss fate(const walk *w, text letter, size_t *n)
{
    for (int k = 0; k < PAGES; k++)
        if ((*n = misread(letter, w->modern, w->page[k])))
            return LOSS_MOJIBAKE;
    *n = folded(letter, w->modern);
    return *n ? LOSS_FOLDED : LOSS_DROPPED;
}

/* Is the run one mark a byte, or one mark a letter, at the start of modern? What follows decides
 * between the two. The bytes of those marks; 0: neither. */
static size_t marked(const walk *w, size_t k)
{
    text mark = text_of(marks[k].mark), l = text_slice(w->legacy, w->run, w->legacy.n);
    for (int turn = 0; turn < 2; turn++) {
        size_t n = turn ? w->letters : w->run;
        text m = text_slice(w->modern, n * mark.n, w->modern.n);
        if (n <= w->seen[k] && (l.n && m.n ? l.p[0] == m.p[0] : l.n == m.n))
            return n * mark.n;
    }
    return 0;
}

/* What became of the letters that modern lacks; *l and *m are how much of both that explains. */
static encoding_loss loss_at(walk *w, size_t *l, size_t *m)
{
    count_run(w);
    count_marks(w);
    *l = w->run;
    for (size_t k = 0; k < MARKS; k++)
        if ((*m = marked(w, k)))
            return marks[k].loss;
    *l = length_at(w->legacy, 0);
    return fate(w, text_slice(w->legacy, 0, *l), m);
}

encoding_loss encoding_loss_of(text legacy, text modern)
{
    encoding_loss worst = LOSS_NONE;
    walk w = {.legacy = legacy, .modern = modern};
    encoding_page(ENCODING_WINDOWS1252, w.page[0]);
    encoding_page(ENCODING_LATIN1, w.page[1]);
    while (w.legacy.n) {
        size_t l = length_at(w.legacy, 0), m = l;
        if (!text_starts(w.modern, text_slice(w.legacy, 0, l))) {
            if ((unsigned char)w.legacy.p[0] < 0x80)
                return LOSS_NONE;
            encoding_loss here = loss_at(&w, &l, &m);
            worst = worst == LOSS_NONE || here < worst ? here : worst;
        }
        advance(&w, l, m);
    }
    return w.modern.n ? LOSS_NONE : worst;
}
