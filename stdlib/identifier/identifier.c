/* identifier.c: finds runs that identifiers begin with, and holds them against each row of
 * identifiers.def. */
#include "stdlib/identifier/identifier.h"
#include "stdlib/identifier/identifier_check.h"

#include <string.h>

/* A value is asked of a row without its separators; one that may be longer is asked as it stands.
 */
enum { PLAIN_LONGEST = 24, BARE_SHORTEST = 10, GROUPS_MOST = 8, TRACK_LONGEST = 79 };
/* Of the shapes in identifiers.def: all of one, and a group of it. */
enum { GROUPED_SHORTEST = 10, GROUP_LONGEST = 13 };

static const identifier_kind kinds[ID_COUNT] = {
#define IDENTIFIER(id, code, title, family, regimes, is, shortest, longest, bare, shapes, grouped, \
                   head, tail)                                                                     \
    [ID_##id] = {code,                                                                             \
                 title,                                                                            \
                 family,                                                                           \
                 (regimes) | REGIME_SOC2 | REGIME_ISO27001,                                        \
                 identifier_is_##is,                                                               \
                 shortest,                                                                         \
                 longest,                                                                          \
                 bare,                                                                             \
                 grouped,                                                                          \
                 shapes,                                                                           \
                 head,                                                                             \
                 tail},
#include "stdlib/identifier/identifiers.def"
#undef IDENTIFIER
};

/* Those that are something by themselves: the few that every run is held against. */
static const identifier_set bare_kinds = 0
#define IDENTIFIER(id, code, title, family, regimes, is, shortest, longest, bare, ...)             \
    | (identifier_set)((bare) != EVIDENCE_NONE) << ID_##id
#include "stdlib/identifier/identifiers.def"
#undef IDENTIFIER
    ;
static const identifier_set grouped_kinds = 0
#define IDENTIFIER(id, code, title, family, regimes, is, shortest, longest, bare, shapes, grouped, \
                   head, tail)                                                                     \
    | (identifier_set)((grouped) != EVIDENCE_NONE) << ID_##id
#include "stdlib/identifier/identifiers.def"
#undef IDENTIFIER
    ;

const identifier_kind *identifier_of(identifier id)
{
    return &kinds[id];
}

const char *identifier_family_word(identifier_family f)
{
    static const char *const words[] = {
#define X(id, word) [FAMILY_##id] = word,
        IDENTIFIER_FAMILIES(X)
#undef X
    };
    return words[f];
}

const char *identifier_regime_word(unsigned at)
{
    static const char *const words[] = {
#define X(id, word) [REGIME_AT_##id] = word,
        IDENTIFIER_REGIMES(X)
#undef X
    };
    return words[at];
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26;
}

static bool is_joint(char c)
{
    return c == ' ' || c == '-' || c == '.' || c == '/';
}

/* ---- whole values ---- */

/* Letters and digits, as capitals; false where there are other characters, or too many. */
static bool plain_of(text value, char plain[PLAIN_LONGEST], text *out)
{
    size_t n = 0;
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (is_joint(c))
            continue;
        if ((!is_digit(c) && !is_letter(c)) || n == PLAIN_LONGEST)
            return false;
        plain[n++] = is_digit(c) ? c : (char)(c & ~0x20);
    }
    *out = (text){plain, n};
    return true;
}

bool identifier_is_formless(identifier id)
{
    return kinds[id].longest > PLAIN_LONGEST;
}

static bool fits(const identifier_kind *k, text t)
{
    return t.n >= k->shortest && t.n <= k->longest && k->is(t);
}

bool identifier_is(identifier id, text value)
{
    char plain[PLAIN_LONGEST];
    text t;
    value = text_trim(value);
    if (identifier_is_formless(id))
        return fits(&kinds[id], value);
    return plain_of(value, plain, &t) && fits(&kinds[id], t);
}

bool identifier_any(identifier_set of, text value, identifier *out)
{
    for (; of; of &= of - 1) {
        *out = (identifier)__builtin_ctzll(of);
        if (identifier_is(*out, value))
            return true;
    }
    return false;
}

/* ---- within text ---- */

bool identifier_run(text t, size_t *at, size_t *from)
{
    size_t i = *at, begin = *at;
    for (; i < t.n && !is_digit(t.p[i]); i++)
        begin = is_letter(t.p[i]) ? begin : i + 1;
    *from = begin;
    if (i == t.n)
        return false;
    while (i < t.n && (is_digit(t.p[i]) || is_letter(t.p[i])))
        i++;
    *at = i;
    return true;
}

/* Is the run a part of a decimal, 0.4111111111111111? */
static bool is_fraction(text t, size_t from, size_t to)
{
    return (from > 1 && t.p[from - 1] == '.' && is_digit(t.p[from - 2])) ||
           (to + 1 < t.n && t.p[to] == '.' && is_digit(t.p[to + 1]));
}

static bool bare_at(text t, size_t from, size_t to, identifier_hit *out)
{
    char plain[PLAIN_LONGEST];
    text run;
    if (to - from < BARE_SHORTEST || is_fraction(t, from, to) ||
        !plain_of(text_slice(t, from, to), plain, &run))
        return false;
    for (identifier_set rest = bare_kinds; rest; rest &= rest - 1) {
        identifier id = (identifier)__builtin_ctzll(rest);
        if (fits(&kinds[id], run)) {
            *out = (identifier_hit){id, kinds[id].bare, from, to};
            return true;
        }
    }
    return false;
}

/* Where a run that begins at `from` ends. */
static size_t run_end(text t, size_t from)
{
    while (from < t.n && (is_digit(t.p[from]) || is_letter(t.p[from])))
        from++;
    return from;
}

/* Does the text from `from` on stand in groups as the shape says, "3-2-4", up to `|` or its end?
 * Where it ends into *to. A group more, behind a hyphen or a point, is another number. */
static bool shape_at(text t, size_t from, const char *shape, size_t *to)
{
    size_t i = from;
    char any = 0;
    for (const char *s = shape;; s++) {
        size_t length = 0, end = run_end(t, i);
        for (; is_digit(*s); s++)
            length = length * 10 + (size_t)(*s - '0');
        if (end - i != length)
            return false;
        i = end;
        if (!*s || *s == '|')
            break;
        bool joined = i < t.n && (*s == '_' ? (t.p[i] == ' ' || t.p[i] == '-') : t.p[i] == *s);
        if (!joined)
            return false;
        any = t.p[i++];
    }
    bool more = i + 1 < t.n && t.p[i] == any && any != ' ' && run_end(t, i + 1) > i + 1;
    bool less = from > 1 && t.p[from - 1] == any && any != ' ' &&
                (is_digit(t.p[from - 2]) || is_letter(t.p[from - 2]));
    *to = i;
    return !more && !less;
}

static bool of_shape(text t, size_t from, identifier id, identifier_hit *out)
{
    for (const char *shape = kinds[id].shapes; shape; shape = strchr(shape, '|')) {
        size_t to;
        shape += *shape == '|';
        if (*shape && shape_at(t, from, shape, &to) && identifier_is(id, text_slice(t, from, to))) {
            *out = (identifier_hit){id, kinds[id].grouped, from, to};
            return true;
        }
    }
    return false;
}

/* Runs that are joined by single separators: where the last of them ends, or far enough. */
static size_t joined_end(text t, size_t from, size_t to)
{
    while (to < t.n && to - from < GROUPED_SHORTEST && is_joint(t.p[to])) {
        size_t end = run_end(t, to + 1);
        if (end == to + 1)
            break;
        to = end;
    }
    return to;
}

static bool grouped_at(text t, size_t from, size_t to, identifier_hit *out)
{
    if (to - from > GROUP_LONGEST || to >= t.n || !is_joint(t.p[to]) ||
        joined_end(t, from, to) - from < GROUPED_SHORTEST)
        return false;
    for (identifier_set rest = grouped_kinds; rest; rest &= rest - 1)
        if (of_shape(t, from, (identifier)__builtin_ctzll(rest), out))
            return true;
    return false;
}

/* Those that a run in a text can be told to be: not what any word is. */
static identifier_set within_text(identifier_set of)
{
    for (identifier_set rest = of; rest; rest &= rest - 1)
        if (identifier_is_formless((identifier)__builtin_ctzll(rest)))
            of &= ~(rest & -rest);
    return of;
}

/* One that the place names, in as many groups as it takes. */
static bool named_at(text t, size_t from, size_t to, identifier_set of, identifier_hit *out)
{
    of = within_text(of);
    for (int group = 0; group < GROUPS_MOST; group++) {
        if (identifier_any(of, text_slice(t, from, to), &out->id)) {
            *out = (identifier_hit){out->id, EVIDENCE_CERTAIN, from, to};
            return true;
        }
        size_t end = to < t.n && is_joint(t.p[to]) ? run_end(t, to + 1) : to;
        if (end <= to + 1)
            return false;
        to = end;
    }
    return false;
}

/* A card number that stands in the data of a stripe: from its sentinel to the end of that. */
static void widen_to_track(text t, identifier_hit *h)
{
    size_t from = h->from, to = h->to;
    if (to >= t.n || (t.p[to] != '=' && t.p[to] != '^') || from == 0)
        return;
    from -= t.p[from - 1] == ';' ? 1 : 0;
    if (from == h->from)
        from -= t.p[from - 1] == 'B' && from > 1 && t.p[from - 2] == '%' ? 2 : 0;
    if (from == h->from)
        return;
    while (to < t.n && to - from < TRACK_LONGEST && t.p[to] != '?' && t.p[to] != '\n')
        to++;
    *h = (identifier_hit){ID_TRACK, EVIDENCE_CERTAIN, from, to};
}

bool identifier_at(text t, size_t from, size_t to, identifier_set of, identifier_hit *out)
{
    /* The B of track 1 looks like the number's own letter. */
    if (from && t.p[from - 1] == '%' && t.p[from] == 'B')
        from++;
    if (!(of && named_at(t, from, to, of, out)) && !bare_at(t, from, to, out) &&
        !grouped_at(t, from, to, out))
        return false;
    if (out->id == ID_CARD)
        widen_to_track(t, out);
    return true;
}

/* ---- masking ---- */

static bool counts(char c)
{
    return is_digit(c) || is_letter(c) || (unsigned char)c >= 0x80;
}

void identifier_blot(identifier id, char *p, size_t n)
{
    size_t all = 0, seen = 0;
    for (size_t i = 0; i < n; i++)
        all += counts(p[i]);
    /* Of a short value what would stay is most of it. */
    size_t tail = all >= 2 * (size_t)kinds[id].tail + 1 ? kinds[id].tail : 0;
    for (size_t i = 0; i < n; i++) {
        if (!counts(p[i]))
            continue;
        bool stays = seen < kinds[id].head || seen + tail >= all;
        if (!stays || (unsigned char)p[i] >= 0x80)
            p[i] = '*';
        seen++;
    }
}

text identifier_masked(arena *a, identifier id, text value)
{
    char *copy = arena_copy(a, value.p, value.n);
    identifier_blot(id, copy, value.n);
    return (text){copy, value.n};
}
