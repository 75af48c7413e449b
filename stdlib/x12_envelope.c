/* x12_envelope.c: ISA by position, the separators it declares, and what trailers must agree with.
 */
#include "stdlib/x12_read.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ISA_WIDTH = 106, ISA_ELEMENTS = 16, ISA_LONGEST = 1024 };

static const struct {
    const char *code, *what;
} faults[FAULT_COUNT] = {
#define X12_FAULT(name, c, w) {c, w},
#include "stdlib/x12_faults.def"
#undef X12_FAULT
};

/* Offset of each separator in an ISA of right width; the last is that before ISA16. */
static const uint8_t isa_separator[ISA_ELEMENTS] = {3,  6,  17, 20, 31, 34, 50,  53,
                                                    69, 76, 81, 83, 89, 99, 101, 103};

void x12_fault(x12_reader *r, x12_fault_kind kind, size_t offset, text path, const char *detail,
               ...)
{
    if (r->faults.n == X12_FAULTS_MOST) {
        r->faults_omitted++;
        return;
    }
    buffer b;
    buffer_init(&b);
    buffer_cstr(&b, faults[kind].what);
    if (detail) {
        va_list args;
        va_start(args, detail);
        buffer_cstr(&b, ": ");
        buffer_vprintf(&b, detail, args);
        va_end(args);
    }
    document_fault f = {text_of(faults[kind].code), text_copy(r->memory, buffer_view(&b)), offset,
                        path};
    buffer_release(&b);
    vec_push(&r->faults, f);
}

text x12_path(x12_reader *r, bool group, bool set, const char *tail)
{
    const x12_interchange *i = &vec_last(&r->interchanges);
    buffer b;
    buffer_init(&b);
    buffer_printf(&b, "ISA[%zu]", r->interchanges.n);
    if (group && i->groups)
        buffer_printf(&b, ".GS[%u]", i->groups);
    if (set && r->sets.n)
        buffer_printf(&b, ".ST[%u]", i->groups ? vec_last(&r->groups).sets : (uint32_t)r->sets.n);
    buffer_cstr(&b, tail);
    text path = text_copy(r->memory, buffer_view(&b));
    buffer_release(&b);
    return path;
}

static bool separates(char c)
{
    return !isalnum((unsigned char)c) && c != ' ' && c != 0;
}

bool x12_isa_at(text s, size_t at)
{
    return at + 4 <= s.n && memcmp(s.p + at, "ISA", 3) == 0 && separates(s.p[at + 3]);
}

/* The offsets of the sixteen separators from `p`; false when there are fewer within ISA_LONGEST. */
static bool by_count(text s, uint32_t place[ISA_ELEMENTS])
{
    size_t n = 0, end = s.n < ISA_LONGEST ? s.n : ISA_LONGEST;
    for (size_t i = 3; i < end && n < ISA_ELEMENTS; i++)
        if (s.p[i] == s.p[3])
            place[n++] = (uint32_t)i;
    return n == ISA_ELEMENTS && place[ISA_ELEMENTS - 1] + 2 < s.n;
}

static bool by_position(text s, uint32_t place[ISA_ELEMENTS])
{
    if (s.n < ISA_WIDTH)
        return false;
    for (int i = 0; i < ISA_ELEMENTS; i++) {
        place[i] = isa_separator[i];
        if (s.p[place[i]] != s.p[3])
            return false;
    }
    return true;
}

/* ISA11 separates repetitions from 00402 on; before, it names the standard ("U"). */
static char repetition_of(const x12_interchange *i)
{
    text version = text_trim(i->isa[12]), r = i->isa[11];
    bool has = version.n == 5 && memcmp(version.p, "00402", 5) >= 0;
    return has && r.n == 1 && separates(r.p[0]) && r.p[0] != i->separators.element ? r.p[0] : 0;
}

static void check_isa(x12_reader *r, const x12_interchange *i)
{
    const x12_separators *s = &i->separators;
    size_t at = i->start;
    if (isalnum((unsigned char)s->component) || s->component == s->element)
        x12_fault(r, FAULT_COMPONENT_SEPARATOR, (size_t)(i->isa[16].p - r->source.p),
                  x12_path(r, false, false, ".ISA.16"), NULL);
    if (!x12_is_digits(text_trim(i->isa[13]), 9, 9))
        x12_fault(r, FAULT_CONTROL_VALUE, (size_t)(i->isa[13].p - r->source.p),
                  x12_path(r, false, false, ".ISA.13"), NULL);
    text test = i->isa[15];
    if (test.n != 1 || !memchr("PTI", test.p[0], 3))
        x12_fault(r, FAULT_TEST_INDICATOR, at, x12_path(r, false, false, ".ISA.15"), NULL);
}

bool x12_open_interchange(x12_reader *r)
{
    text s = text_slice(r->source, r->at, r->source.n);
    uint32_t place[ISA_ELEMENTS];
    bool fixed = by_position(s, place);
    if (!x12_isa_at(s, 0) || (!fixed && !by_count(s, place)))
        return false;
    x12_interchange i = {.start = r->at, .group = (uint32_t)r->groups.n};
    i.isa[0] = text_slice(s, 0, 3);
    for (int e = 1; e < ISA_ELEMENTS; e++)
        i.isa[e] = text_slice(s, place[e - 1] + 1, place[e]);
    size_t last = place[ISA_ELEMENTS - 1] + 1;
    i.isa[16] = text_slice(s, last, last + 1);
    i.header = text_slice(s, 0, last + 1);
    i.separators = (x12_separators){s.p[3], s.p[last], s.p[last + 1], 0};
    i.separators.repetition = repetition_of(&i);
    bool usable =
        separates(i.separators.terminator) && i.separators.terminator != i.separators.element;
    vec_push(&r->interchanges, i);
    if (!usable) {
        x12_fault(r, FAULT_TERMINATOR, r->at + last + 1, x12_path(r, false, false, ".ISA"), NULL);
        vec_last(&r->interchanges).broken = true;
    } else if (!fixed) {
        x12_fault(r, FAULT_STRUCTURE, r->at, x12_path(r, false, false, ".ISA"),
                  "ISA is %zu bytes wide and not %d; read by its separators", last + 2, ISA_WIDTH);
    }
    check_isa(r, &i);
    r->at += last + 2;
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

/* Counts and control numbers are numbers: leading zeros do not count. */
static text significant(text t)
{
    t = text_trim(t);
    if (!x12_is_digits(t, 1, SIZE_MAX))
        return t;
    while (t.n > 1 && t.p[0] == '0')
        t = text_slice(t, 1, t.n);
    return t;
}

static bool count_is(text t, size_t count)
{
    size_t value = 0;
    t = significant(t);
    for (size_t i = 0; i < t.n; i++)
        value = value * 10 + (size_t)(t.p[i] - '0');
    return x12_is_digits(t, 1, 18) && value == count;
}

static text element_of(const x12_reader *r, text segment, uint32_t n)
{
    return x12_element(segment, r->walk.by.element, n);
}

static void count_fault(x12_reader *r, x12_fault_kind kind, text trailer, text path, size_t count)
{
    text said = element_of(r, trailer, 1);
    x12_fault(r, kind, (size_t)(trailer.p - r->source.p), path, "%.*s01 says %.*s, there are %zu",
              trailer.p[0] == 'I' ? 3 : 2, trailer.p, (int)(said.n < 20 ? said.n : 20), said.p,
              count);
}

void x12_close_set(x12_reader *r, text se)
{
    x12_set *s = &vec_last(&r->sets);
    s->closed = true;
    s->segments++;
    s->whole.n = (size_t)(se.p + se.n - s->whole.p);
    if (!count_is(element_of(r, se, 1), s->segments))
        count_fault(r, FAULT_SEGMENT_COUNT, se, x12_path(r, true, true, ".SE.01"), s->segments);
    if (!text_equal(text_trim(element_of(r, se, 2)), r->control))
        x12_fault(r, FAULT_SET_CONTROL, (size_t)(se.p - r->source.p),
                  x12_path(r, true, true, ".SE.02"), NULL);
    r->in_set = false;
}

void x12_close_group(x12_reader *r, text ge)
{
    x12_group *g = &vec_last(&r->groups);
    g->trailer = ge;
    if (!count_is(element_of(r, ge, 1), g->sets))
        count_fault(r, FAULT_SET_COUNT, ge, x12_path(r, true, false, ".GE.01"), g->sets);
    if (!text_equal(significant(element_of(r, ge, 2)), significant(element_of(r, g->header, 6))))
        x12_fault(r, FAULT_GROUP_CONTROL, (size_t)(ge.p - r->source.p),
                  x12_path(r, true, false, ".GE.02"), NULL);
    x12_check_sets(r);
    r->in_group = false;
}

void x12_close_interchange(x12_reader *r, text iea)
{
    x12_interchange *i = &vec_last(&r->interchanges);
    i->trailer = iea;
    i->end = r->at;
    if (!count_is(element_of(r, iea, 1), i->groups))
        count_fault(r, FAULT_GROUP_COUNT, iea, x12_path(r, false, false, ".IEA.01"), i->groups);
    if (i->header.p && !text_equal(significant(element_of(r, iea, 2)), significant(i->isa[13])))
        x12_fault(r, FAULT_CONTROL_MISMATCH, (size_t)(iea.p - r->source.p),
                  x12_path(r, false, false, ".IEA.02"), NULL);
}
