/* identifier_names.c: finds phrases in names and in words. See identifier_names.h. */
#include "stdlib/identifier/identifier_names.h"

#include <string.h>

typedef struct {
    text phrase;
    identifier_set certain, likely;
    bool below, person, other;
} phrase_row;

#define BIT_CERTAIN(kind, evidence) ((evidence) == EVIDENCE_CERTAIN ? IDENTIFIER_BIT(ID_##kind) : 0)
#define BIT_LIKELY(kind, evidence)  ((evidence) == EVIDENCE_LIKELY ? IDENTIFIER_BIT(ID_##kind) : 0)

static const phrase_row rows[] = {
#define NAME(phrase, kind, evidence)                                                               \
    {{phrase, sizeof phrase - 1},                                                                  \
     BIT_CERTAIN(kind, evidence),                                                                  \
     BIT_LIKELY(kind, evidence),                                                                   \
     false,                                                                                        \
     false,                                                                                        \
     false},
#define BELOW(phrase, kind)                                                                        \
    {{phrase, sizeof phrase - 1}, IDENTIFIER_BIT(ID_##kind), 0, true, false, false},
#define PERSON(phrase) {{phrase, sizeof phrase - 1}, 0, 0, false, true, false},
#define OTHER(phrase)  {{phrase, sizeof phrase - 1}, 0, 0, false, false, true},
#include "stdlib/identifier/identifier_names.def"
#undef NAME
#undef BELOW
#undef PERSON
#undef OTHER
};

enum { ROWS = sizeof rows / sizeof *rows, WORDS_ROOM = 160, GLUED_LEAST = 7, BEFORE_MOST = 48 };
_Static_assert((int)ROWS < (int)NAME_PHRASES, "identifier_names.after holds them all");

static unsigned bucket_of(text word)
{
    uint64_t h = (text_short(text_slice(word, 0, 8)) ^ word.n) * UINT64_C(0x9e3779b97f4a7c15);
    return (unsigned)(h >> 56);
}

/* Without the number it may bear. */
static text first_word(text phrase)
{
    ptrdiff_t blank = text_find(phrase, ' ');
    text t = blank < 0 ? phrase : text_slice(phrase, 0, (size_t)blank);
    while (t.n > 1 && t.p[t.n - 1] >= '0' && t.p[t.n - 1] <= '9')
        t.n--;
    return t;
}

void identifier_names_init(identifier_names *s)
{
    *s = (identifier_names){.made = true};
    for (unsigned i = ROWS; i-- > 0;) {
        unsigned b = bucket_of(first_word(rows[i].phrase));
        s->after[i] = s->first[b];
        s->first[b] = (uint16_t)(i + 1);
    }
}

/* ---- words ---- */

typedef struct {
    char p[WORDS_ROOM];
    size_t n;
} words;

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* Words in small letters, a blank behind each. */
static void add_words(words *w, text name)
{
    bool open = false;
    for (size_t i = 0; i < name.n && w->n + 2 < WORDS_ROOM; i++) {
        char c = name.p[i], next = i + 1 < name.n ? name.p[i + 1] : 0;
        bool digit = c >= '0' && c <= '9';
        if (!is_upper(c) && !is_lower(c) && !digit) {
            if (open)
                w->p[w->n++] = ' ';
            open = false;
            continue;
        }
        char before = i ? name.p[i - 1] : 0;
        bool hump = is_upper(c) && (is_lower(before) || (is_upper(before) && is_lower(next)));
        if (open && hump)
            w->p[w->n++] = ' ';
        w->p[w->n++] = is_upper(c) ? (char)(c | 0x20) : c;
        open = true;
    }
    if (open)
        w->p[w->n++] = ' ';
}

/* `ends`: the name ends with the phrase. A kind without a form of its own needs that. */
static void take(identifier_place *p, const phrase_row *row, bool person, bool ends)
{
    identifier_set of = row->certain | row->likely;
    if (row->below && !person)
        return;
    if (of && !ends && identifier_is_formless((identifier)__builtin_ctzll(of)))
        return;
    p->certain |= row->certain;
    p->likely |= row->likely;
    p->excluded |= row->other;
    p->person |= row->person;
}

/* A name may be numbered: gtin13, card_number2. */
static void phrase_at(const phrase_row *row, const words *w, size_t at, size_t from, bool person,
                      identifier_place *p)
{
    text rest = {w->p + at, w->n - at};
    size_t n = row->phrase.n;
    if (!text_starts(rest, row->phrase))
        return;
    while (n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9')
        n++;
    if (n < rest.n && rest.p[n] == ' ' && at + n > from)
        take(p, row, person, at + n + 1 == w->n);
}

/* Phrases that begin at a word, and end behind `from`. */
static void phrases_at(const identifier_names *s, const words *w, size_t at, size_t from,
                       bool person, identifier_place *p)
{
    text rest = {w->p + at, w->n - at};
    if (!s->made) {
        for (unsigned i = 0; i < ROWS; i++)
            phrase_at(&rows[i], w, at, from, person, p);
        return;
    }
    for (unsigned i = s->first[bucket_of(first_word(rest))]; i; i = s->after[i - 1])
        phrase_at(&rows[i - 1], w, at, from, person, p);
}

/* A name that was written in one word, or in other words than a phrase has. */
static void glued(const words *w, size_t from, bool person, identifier_place *p)
{
    char squeezed[WORDS_ROOM], wanted[WORDS_ROOM];
    size_t n = 0;
    for (size_t i = from; i < w->n; i++)
        if (w->p[i] != ' ')
            squeezed[n++] = w->p[i];
    for (unsigned i = 0; i < ROWS && n >= GLUED_LEAST; i++) {
        size_t k = 0;
        for (size_t j = 0; j < rows[i].phrase.n; j++)
            if (rows[i].phrase.p[j] != ' ')
                wanted[k++] = rows[i].phrase.p[j];
        if (k >= GLUED_LEAST && k <= n && memmem(squeezed, n, wanted, k))
            take(p, &rows[i], person, memcmp(squeezed + n - k, wanted, k) == 0);
    }
}

static void each_word(const identifier_names *s, const words *w, size_t from, bool person,
                      identifier_place *p)
{
    for (size_t i = 0; i < w->n; i++)
        if (i == 0 || w->p[i - 1] == ' ')
            phrases_at(s, w, i, from, person, p);
}

identifier_place identifier_named(const identifier_names *s, text above, text name, bool person)
{
    words w = {.n = 0};
    identifier_place p = {.person = person};
    add_words(&w, above);
    size_t from = w.n;
    add_words(&w, name);
    /* Twice: a phrase may count only because the name itself says whose it is. */
    each_word(s, &w, from, p.person, &p);
    each_word(s, &w, from, p.person, &p);
    glued(&w, from, p.person, &p);
    return p;
}

/* ---- prose ---- */

static bool ends_words(char c)
{
    return c == '\n' || c == '\r' || c == ';' || c == '|' || c == ',' || c == '*';
}

/* Do words stand right in front: "SSN: 123456789"? Of their line, field or sentence. */
static text words_before(text t, size_t from)
{
    size_t i = from;
    while (i > 0 && from - i < 6 && identifier_is_gap(t.p[i - 1]))
        i--;
    bool letter = i > 0 && i < from && (unsigned char)((t.p[i - 1] | 0x20) - 'a') < 26;
    if (!letter)
        return (text){0};
    size_t begin = i > BEFORE_MOST ? i - BEFORE_MOST : 0;
    for (size_t k = i; k > begin; k--)
        if (ends_words(t.p[k - 1])) {
            begin = k;
            break;
        }
    return text_slice(t, begin, i);
}

identifier_place identifier_said_by(const identifier_names *s, text t, size_t from)
{
    words w;
    identifier_place p = {0};
    text before = words_before(t, from);
    w.n = 0;
    if (before.n) {
        add_words(&w, before);
        each_word(s, &w, 0, false, &p);
    }
    return p;
}
