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
    x12_interchange i = {.isa_segment = (uint32_t)r->segments.n, .iea_segment = X12_NOWHERE};
    i.start = (uint32_t)r->at;
    i.group = (uint32_t)r->groups.n;
    i.isa[0] = text_slice(s, 0, 3);
    for (int e = 1; e < ISA_ELEMENTS; e++)
        i.isa[e] = text_slice(s, place[e - 1] + 1, place[e]);
    size_t last = place[ISA_ELEMENTS - 1] + 1;
    i.isa[16] = text_slice(s, last, last + 1);
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
    vec_push(&r->segments, (x12_segment){(uint32_t)r->at, (uint32_t)(r->at + last + 1)});
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
    x12_interchange i = {.isa_segment = X12_NOWHERE, .iea_segment = X12_NOWHERE};
    i.start = (uint32_t)r->at;
    i.group = (uint32_t)r->groups.n;
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
    while (t.n > 1 && t.p[0] == '0' && x12_is_digits(t, 1, SIZE_MAX))
        t = text_slice(t, 1, t.n);
    return t;
}

static bool count_is(text t, uint32_t count)
{
    char digits[16];
    int n = snprintf(digits, sizeof digits, "%u", count);
    return text_equal(significant(t), (text){digits, (size_t)n});
}

static text trailer(x12_reader *r, text segment, uint32_t n)
{
    return x12_element(segment, vec_last(&r->interchanges).separators.element, n);
}

void x12_close_set(x12_reader *r, text se, size_t offset)
{
    x12_set *s = &vec_last(&r->sets);
    text st = (text){r->source.p + r->segments.p[s->segment].start,
                     r->segments.p[s->segment].end - r->segments.p[s->segment].start};
    text count = trailer(r, se, 1), control = trailer(r, se, 2), opened = trailer(r, st, 2);
    s->closed = true;
    s->segments++;
    if (!count_is(count, s->segments))
        x12_fault(r, FAULT_SEGMENT_COUNT, offset, x12_path(r, true, true, ".SE.01"),
                  "SE01 says %.*s, there are %u", (int)(count.n < 20 ? count.n : 20), count.p,
                  s->segments);
    if (!text_equal(text_trim(control), text_trim(opened)))
        x12_fault(r, FAULT_SET_CONTROL, offset, x12_path(r, true, true, ".SE.02"), NULL);
    r->in_set = false;
}

void x12_close_group(x12_reader *r, text ge, size_t offset)
{
    x12_group *g = &vec_last(&r->groups);
    x12_segment gs = r->segments.p[g->gs_segment];
    text opened = trailer(r, (text){r->source.p + gs.start, gs.end - gs.start}, 6);
    text count = trailer(r, ge, 1);
    g->ge_segment = (uint32_t)r->segments.n - 1;
    if (!count_is(count, g->sets))
        x12_fault(r, FAULT_SET_COUNT, offset, x12_path(r, true, false, ".GE.01"),
                  "GE01 says %.*s, there are %u", (int)(count.n < 20 ? count.n : 20), count.p,
                  g->sets);
    if (!text_equal(significant(trailer(r, ge, 2)), significant(opened)))
        x12_fault(r, FAULT_GROUP_CONTROL, offset, x12_path(r, true, false, ".GE.02"), NULL);
    r->in_group = false;
}

void x12_close_interchange(x12_reader *r, text iea, size_t offset)
{
    x12_interchange *i = &vec_last(&r->interchanges);
    text count = trailer(r, iea, 1);
    i->iea_segment = (uint32_t)r->segments.n - 1;
    i->end = (uint32_t)r->at;
    if (!count_is(count, i->groups))
        x12_fault(r, FAULT_GROUP_COUNT, offset, x12_path(r, false, false, ".IEA.01"),
                  "IEA01 says %.*s, there are %u", (int)(count.n < 20 ? count.n : 20), count.p,
                  i->groups);
    if (i->isa_segment != X12_NOWHERE &&
        !text_equal(significant(trailer(r, iea, 2)), significant(i->isa[13])))
        x12_fault(r, FAULT_CONTROL_MISMATCH, offset, x12_path(r, false, false, ".IEA.02"), NULL);
}

typedef struct {
    text who, control; /* who: an address in front of the control number, or empty */
    uint32_t scope, at;
} numbered;

static int by_number(const void *a, const void *b)
{
    const numbered *x = a, *y = b;
    if (x->scope != y->scope)
        return x->scope < y->scope ? -1 : 1;
    int c = text_compare(x->who, y->who);
    if (c == 0)
        c = text_compare(x->control, y->control);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

static bool repeats(const numbered *list, size_t i)
{
    return i > 0 && list[i].scope == list[i - 1].scope &&
           text_equal(list[i].who, list[i - 1].who) &&
           text_equal(list[i].control, list[i - 1].control);
}

static void check_sets(x12_reader *r)
{
    numbered *list = arena_array(r->memory, numbered, r->sets.n);
    for (uint32_t i = 0; i < r->sets.n; i++) {
        const x12_set *s = &r->sets.p[i];
        x12_segment st = r->segments.p[s->segment];
        text control = x12_element((text){r->source.p + st.start, st.end - st.start},
                                   r->interchanges.p[s->interchange].separators.element, 2);
        list[i] = (numbered){(text){0}, control, s->group, i};
    }
    qsort(list, r->sets.n, sizeof *list, by_number);
    for (size_t i = 0; i < r->sets.n; i++) {
        const x12_set *s = &r->sets.p[list[i].at];
        if (repeats(list, i) && s->group != X12_NOWHERE)
            x12_fault(r, FAULT_SET_NOT_UNIQUE, r->segments.p[s->segment].start,
                      text_format(r->memory, "ISA[%u].GS[%u].ST[%u].ST.02", s->interchange + 1,
                                  s->group - r->interchanges.p[s->interchange].group + 1,
                                  list[i].at - r->groups.p[s->group].set + 1),
                      NULL);
    }
}

void x12_check_unique(x12_reader *r)
{
    numbered *list = arena_array(r->memory, numbered, r->interchanges.n);
    size_t n = 0;
    for (uint32_t i = 0; i < r->interchanges.n; i++) {
        const x12_interchange *x = &r->interchanges.p[i];
        if (x->isa_segment == X12_NOWHERE)
            continue;
        /* ISA05 to ISA08 stand together: one view is the address. */
        text who = {x->isa[5].p, (size_t)(x->isa[8].p + x->isa[8].n - x->isa[5].p)};
        list[n++] = (numbered){who, x->isa[13], 0, i};
    }
    qsort(list, n, sizeof *list, by_number);
    for (size_t i = 0; i < n; i++)
        if (repeats(list, i))
            x12_fault(r, FAULT_DUPLICATE, r->interchanges.p[list[i].at].start,
                      text_format(r->memory, "ISA[%u].ISA.13", list[i].at + 1), NULL);
    check_sets(r);
}
