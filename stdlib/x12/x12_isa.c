/* x12_isa.c: ISA by position or by its separators, the separators that it declares, the forms of
 * its elements; fragments that have none.
 */
#include "stdlib/x12/x12_read.h"

#include <ctype.h>
#include <string.h>

enum { ISA_WIDTH = 106, ISA_ELEMENTS = 16, ISA_LONGEST = 1024, ISA_BLANKS = 8 };

/* Offset of each separator in an ISA of right width; the last is that before ISA16. */
static const uint8_t isa_separator[ISA_ELEMENTS] = {3,  6,  17, 20, 31, 34, 50,  53,
                                                    69, 76, 81, 83, 89, 99, 101, 103};

/* What an element of ISA must be, trimmed, and the note that says it is not. What a partner agreed
 * upon (addresses, codes of qualifiers) is no matter of form. */
typedef enum { ISA_DIGITS, ISA_WORD, ISA_ANY, ISA_DATE, ISA_TIME, ISA_ONE_OF } isa_form;

static const struct {
    uint8_t element;
    isa_form form;
    uint8_t width;      /* of digits and words */
    const char *one_of; /* each a single character */
    x12_fault_kind fault;
} isa_rules[] = {
    {1, ISA_DIGITS, 2, NULL, FAULT_AUTHORIZATION},
    {3, ISA_DIGITS, 2, NULL, FAULT_SECURITY},
    {5, ISA_WORD, 2, NULL, FAULT_SENDER_QUALIFIER},
    {6, ISA_ANY, 0, NULL, FAULT_SENDER},
    {7, ISA_WORD, 2, NULL, FAULT_RECEIVER_QUALIFIER},
    {8, ISA_ANY, 0, NULL, FAULT_RECEIVER},
    {9, ISA_DATE, 6, NULL, FAULT_INTERCHANGE_DATE},
    {10, ISA_TIME, 4, NULL, FAULT_INTERCHANGE_TIME},
    {12, ISA_DIGITS, 5, NULL, FAULT_VERSION},
    {13, ISA_DIGITS, 9, NULL, FAULT_CONTROL_VALUE},
    {14, ISA_ONE_OF, 1, "01", FAULT_ACKNOWLEDGMENT},
    {15, ISA_ONE_OF, 1, "PTI", FAULT_TEST_INDICATOR},
};

static bool separates(char c)
{
    return !isalnum((unsigned char)c) && c != ' ' && c != 0;
}

/* Where the first separator of an ISA at `at` stands, or 0: right behind the tag, or behind blanks,
 * as writers leave them that pad the tag like an element. */
static size_t first_separator(text s, size_t at)
{
    size_t i = at + 3;
    if (at + 4 > s.n || memcmp(s.p + at, "ISA", 3) != 0)
        return 0;
    while (i + 1 < s.n && i < at + 3 + ISA_BLANKS && s.p[i] == ' ')
        i++;
    return separates(s.p[i]) ? i : 0;
}

bool x12_isa_at(text s, size_t at)
{
    return first_separator(s, at) > 0;
}

/* The offsets of the sixteen separators; false when there are fewer within ISA_LONGEST. */
static bool by_count(text s, uint32_t place[ISA_ELEMENTS])
{
    size_t first = first_separator(s, 0), n = 0, end = s.n < ISA_LONGEST ? s.n : ISA_LONGEST;
    for (size_t i = first; first && i < end && n < ISA_ELEMENTS; i++)
        if (s.p[i] == s.p[first])
            place[n++] = (uint32_t)i;
    return n == ISA_ELEMENTS && place[ISA_ELEMENTS - 1] + 2 < s.n;
}

static bool by_position(text s, uint32_t place[ISA_ELEMENTS])
{
    if (s.n < ISA_WIDTH || !separates(s.p[3]))
        return false;
    for (int i = 0; i < ISA_ELEMENTS; i++) {
        place[i] = isa_separator[i];
        if (s.p[place[i]] != s.p[3])
            return false;
    }
    return true;
}

/* ISA11 separates repetitions from 00402 on; before, it names the standard ("U"). */
static bool has_repetition(const x12_interchange *i)
{
    text version = text_trim(i->isa[12]);
    return version.n == 5 && memcmp(version.p, "00402", 5) >= 0;
}

static char repetition_of(const x12_interchange *i)
{
    text r = text_trim(i->isa[11]);
    return has_repetition(i) && r.n == 1 && separates(r.p[0]) && r.p[0] != i->separators.element
               ? r.p[0]
               : 0;
}

static bool is_word(text t)
{
    for (size_t i = 0; i < t.n; i++)
        if (!isalnum((unsigned char)t.p[i]))
            return false;
    return true;
}

static bool has_form(text t, isa_form form, size_t width, const char *one_of)
{
    switch (form) {
    case ISA_DIGITS: return x12_is_digits(t, width, width);
    case ISA_WORD: return t.n == width && is_word(t);
    case ISA_DATE: return t.n == width && x12_is_date(t);
    case ISA_TIME: return t.n == width && x12_is_time(t);
    case ISA_ONE_OF: return t.n == 1 && memchr(one_of, t.p[0], strlen(one_of));
    default: return t.n > 0;
    }
}

static void isa_fault(x12_reader *r, x12_fault_kind kind, const x12_interchange *i, unsigned n)
{
    char tail[8] = {'.', 'I', 'S', 'A', '.', (char)('0' + n / 10), (char)('0' + n % 10), 0};
    x12_fault(r, kind, (size_t)(i->isa[n].p - r->source.p), x12_path(r, false, false, tail), NULL);
}

static void check_isa(x12_reader *r, const x12_interchange *i)
{
    const x12_separators *s = &i->separators;
    for (size_t k = 0; k < sizeof isa_rules / sizeof *isa_rules; k++) {
        unsigned n = isa_rules[k].element;
        if (!has_form(text_trim(i->isa[n]), isa_rules[k].form, isa_rules[k].width,
                      isa_rules[k].one_of))
            isa_fault(r, isa_rules[k].fault, i, n);
    }
    if (!has_repetition(i) && !text_is(text_trim(i->isa[11]), "U"))
        isa_fault(r, FAULT_STANDARDS_ID, i, 11);
    if (isalnum((unsigned char)s->component) || s->component == s->element)
        isa_fault(r, FAULT_COMPONENT_SEPARATOR, i, 16);
}

/* From the places of its separators. */
static x12_interchange interchange_at(const x12_reader *r, text s,
                                      const uint32_t place[ISA_ELEMENTS])
{
    x12_interchange i = {.start = r->at, .group = (uint32_t)r->groups.n};
    size_t last = place[ISA_ELEMENTS - 1] + 1;
    i.isa[0] = text_slice(s, 0, 3);
    for (int e = 1; e < ISA_ELEMENTS; e++)
        i.isa[e] = text_slice(s, place[e - 1] + 1, place[e]);
    i.isa[16] = text_slice(s, last, last + 1);
    i.header = text_slice(s, 0, last + 1);
    i.separators = (x12_separators){s.p[place[0]], s.p[last], s.p[last + 1], 0};
    i.separators.repetition = repetition_of(&i);
    return i;
}

bool x12_open_interchange(x12_reader *r)
{
    text s = text_slice(r->source, r->at, r->source.n);
    uint32_t place[ISA_ELEMENTS];
    bool fixed = by_position(s, place);
    if (!x12_isa_at(s, 0) || (!fixed && !by_count(s, place)))
        return false;
    x12_interchange i = interchange_at(r, s, place);
    char end = i.separators.terminator;
    bool usable = separates(end) && end != i.separators.element;
    vec_push(&r->interchanges, i);
    if (!usable) {
        x12_fault(r, FAULT_TERMINATOR, r->at + i.header.n, x12_path(r, false, false, ".ISA"), NULL);
        vec_last(&r->interchanges).broken = true;
    } else if (!fixed) {
        x12_fault(r, FAULT_STRUCTURE, r->at, x12_path(r, false, false, ".ISA"),
                  "ISA, %zu bytes wide, is not laid out by position; read by its separators",
                  i.header.n + 1);
    }
    check_isa(r, &i);
    r->at += i.header.n + 1;
    return true;
}

/* A GS has eight elements, the last a version of letters and digits; an ST two or three. What ends
 * the last is the terminator. */
bool x12_open_fragment(x12_reader *r)
{
    text s = text_slice(r->source, r->at, r->source.n);
    if (s.n < 4 || (memcmp(s.p, "GS", 2) != 0 && memcmp(s.p, "ST", 2) != 0) || !separates(s.p[2]))
        return false;
    unsigned want = s.p[0] == 'G' ? 8 : 2, seen = 0;
    char element = s.p[2], end = 0;
    for (size_t i = 2; i < s.n && i < 256; i++) {
        if (s.p[i] == element) {
            seen++;
        } else if (seen >= want && !isalnum((unsigned char)s.p[i])) {
            end = s.p[i];
            break;
        }
    }
    if (end == 0 || !(separates(end) || end == '\r'))
        return false;
    x12_interchange i = {.start = r->at, .group = (uint32_t)r->groups.n};
    i.separators = (x12_separators){element, 0, end == '\r' ? '\n' : end, 0};
    vec_push(&r->interchanges, i);
    x12_fault(r, FAULT_STRUCTURE, r->at, x12_path(r, false, false, ""),
              "a fragment that starts at %.2s, without ISA", s.p);
    return true;
}
