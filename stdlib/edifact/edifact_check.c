/* edifact_check.c: values against the table of what they must be (edifact_elements.def).
 *
 * A table of one byte for each three letters says whether a segment is worth walking over at all:
 * most of them are not, and the file is read at the speed of finding their ends. */
#include "stdlib/edifact/edifact_read.h"

#include <string.h>

typedef enum { KIND_A, KIND_AN, KIND_N, KIND_I, KIND_Q } value_kind;
typedef enum { STATUS_C, STATUS_M } value_status;

typedef struct {
    char tag[4];
    uint8_t element, component, status, kind, shortest, longest;
} value_rule;

static const value_rule rules[] = {
#define EDIFACT_ELEMENT(tag, element, component, status, kind, shortest, longest)                  \
    {#tag, element, component, STATUS_##status, KIND_##kind, shortest, longest},
#include "stdlib/edifact/edifact_elements.def"
#undef EDIFACT_ELEMENT
    {"", 0, 0, 0, 0, 0, 0}, /* so that each row has one behind it */
};
enum { RULES = sizeof rules / sizeof *rules - 1 };

static bool first_of_tag(int i)
{
    return i == 0 || memcmp(rules[i].tag, rules[i - 1].tag, 3) != 0;
}

const uint8_t *edifact_checks(arena *a)
{
    uint8_t *slot = arena_array(a, uint8_t, 0x8000);
    for (int i = 0; i < RULES; i++)
        if (first_of_tag(i))
            slot[edifact_check_slot(rules[i].tag)] = (uint8_t)(i + 1);
    return slot;
}

edifact_type_of_value edifact_type_of(text tag, uint32_t element, uint32_t component)
{
    for (int i = 0; i < RULES; i++)
        if (text_is(tag, rules[i].tag) && rules[i].element == element &&
            rules[i].component == component)
            return rules[i].kind == KIND_A || rules[i].kind == KIND_AN ? EDIFACT_AN : EDIFACT_N;
    return EDIFACT_AN;
}

/* Characters without release characters; bytes that go on with one in UTF-8 do not count. */
static size_t length_of(const edifact_reader *r, text v)
{
    const edifact_interchange *i = &vec_last(&r->interchanges);
    bool utf8 = text_is(i->syntax, "UNOW");
    size_t n = 0;
    for (size_t k = 0; k < v.n; k++) {
        k += v.p[k] == i->separators.release && k + 1 < v.n && i->separators.release;
        n += !utf8 || ((unsigned char)v.p[k] & 0xc0) != 0x80;
    }
    return n;
}

/* From version 4 on, and without UNA, both marks are marks. */
static bool is_mark(const edifact_interchange *i, char c)
{
    bool both = i->version >= 4 || !i->una.n;
    return c == i->separators.decimal || (both && (c == '.' || c == ','));
}

/* FAULT_KINDS: nothing is wrong. */
static edifact_fault_kind number_fault(const edifact_interchange *i, text v)
{
    size_t at = v.n && v.p[0] == '-', digits = 0, marks = 0;
    bool leading = at < v.n && is_mark(i, v.p[at]), last = false;
    for (; at < v.n; at++) {
        char c = v.p[at];
        last = c == '.' || c == ',';
        if (last) {
            if (!is_mark(i, c))
                return FAULT_DECIMAL;
            marks++;
        } else if (c >= '0' && c <= '9') {
            digits++;
        } else {
            return FAULT_CHARACTER_TYPE;
        }
    }
    if (!digits || marks > 1 || last)
        return FAULT_DECIMAL;
    return leading ? FAULT_NO_DIGIT : FAULT_KINDS;
}

/* Up to D.99B the release is a year of two digits from 88 on. */
static bool directory_is_old(edifact_reader *r)
{
    const edifact_separators *by = &edifact_open(r)->separators;
    text unh = edifact_header_of(&vec_last(&r->messages));
    text release = edifact_component(edifact_element(unh, by, 2), by, 3);
    return release.n >= 2 && (release.p[0] == '9' || release.p[0] == '8');
}

static edifact_fault_kind kind_fault(edifact_reader *r, value_kind kind, text v)
{
    switch (kind) {
    case KIND_A:
        for (size_t i = 0; i < v.n; i++)
            if (v.p[i] >= '0' && v.p[i] <= '9')
                return FAULT_CHARACTER_TYPE;
        return FAULT_KINDS;
    case KIND_I:
        for (size_t i = 0; i < v.n; i++)
            if (v.p[i] < '0' || v.p[i] > '9')
                return FAULT_CHARACTER_TYPE;
        return FAULT_KINDS;
    case KIND_N: return number_fault(edifact_open(r), v);
    case KIND_Q: {
        edifact_fault_kind f = number_fault(edifact_open(r), v);
        return f != FAULT_KINDS && directory_is_old(r) ? f : FAULT_KINDS;
    }
    default: return FAULT_KINDS;
    }
}

static edifact_place place_of(edifact_reader *r, text segment, edifact_level service,
                              const value_rule *rule)
{
    uint32_t component = rule->component;
    if (component == 1 && (rule == &rules[RULES - 1] || rule[1].element != rule->element ||
                           memcmp(rule[1].tag, rule->tag, 3) != 0))
        component = 0;
    return service == EDIFACT_LEVELS ? edifact_at_segment(r, segment, rule->element, component)
                                     : edifact_at(r, service, rule->tag, rule->element, component);
}

static void check_value(edifact_reader *r, text segment, edifact_level service,
                        const value_rule *rule, text v)
{
    edifact_fault_kind f = kind_fault(r, (value_kind)rule->kind, v);
    size_t n = v.n > rule->longest || v.n < rule->shortest ? length_of(r, v) : v.n;
    int shown = (int)(v.n < 40 ? v.n : 40);
    if (f == FAULT_KINDS)
        f = n > rule->longest ? FAULT_LONG : n < rule->shortest ? FAULT_SHORT : FAULT_KINDS;
    if (f != FAULT_KINDS)
        edifact_fault(r, f, (size_t)(v.p - r->source.p), place_of(r, segment, service, rule),
                      "%.*s", shown, v.p);
}

/* Digits with at most one mark between them, up to what ends the component; NULL: something else.
 */
static const char *plain_number(const edifact_interchange *i, const char *p, const char *end)
{
    const char *start = p;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    if (p == start)
        return NULL;
    if (p < end && is_mark(i, *p)) {
        const char *mark = p++;
        while (p < end && *p >= '0' && *p <= '9')
            p++;
        if (p == mark + 1)
            return NULL;
    }
    return p;
}

/* Whether the one value that the table asks for is plainly sound: what nearly all are, told without
 * cutting the segment up. */
static bool is_plain(const edifact_interchange *i, text segment, const value_rule *rule)
{
    const edifact_separators *by = &i->separators;
    const char *p = segment.p + 4, *end = segment.p + segment.n, *start;
    if (segment.n < 5 || segment.p[3] != by->element || rule->element != 1 ||
        (rule[1].tag[0] && memcmp(rule[1].tag, rule->tag, 3) == 0))
        return false;
    for (start = p; p < end && *p != by->component && *p != by->element; p++)
        if (*p == by->release || *p == by->repetition)
            return false;
    if (rule->component == 1)
        return p > start && p - start <= rule->longest;
    if (p == end || *p == by->element || rule->component != 2)
        return false;
    start = ++p;
    p = plain_number(i, p, end);
    return p && p - start <= rule->longest &&
           (p == end || *p == by->component || *p == by->element);
}

/* DTM+137:20260301:102 with a day that every month has: what nearly all are. */
static bool is_plain_day(const edifact_separators *by, text segment)
{
    const char *end = segment.p + segment.n;
    if (segment.n < 18 || end[-4] != by->component || end[-13] != by->component ||
        memcmp(end - 3, "102", 3) != 0)
        return false;
    for (const char *p = end - 12; p < end - 4; p++)
        if (*p < '0' || *p > '9')
            return false;
    int month = (end[-8] - '0') * 10 + end[-7] - '0', day = (end[-6] - '0') * 10 + end[-5] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= 28;
}

static void check_date(edifact_reader *r, text segment)
{
    const edifact_separators *by = &edifact_open(r)->separators;
    if (is_plain_day(by, segment))
        return;
    text date = edifact_repeat(edifact_element(segment, by, 1), by, 1);
    text value = edifact_component(date, by, 2);
    text plain = edifact_value(r->memory, value, by); /* `?+` may stand in front of a zone */
    const char *form = value.n ? edifact_date_form(edifact_component(date, by, 3), plain) : NULL;
    size_t n = form ? strlen(form) : 0;
    int again = form && form[n - 1] == '-' ? (int)n - 1 : 0; /* a period: from, to */
    if (form)
        edifact_fault(r, FAULT_VALUE, (size_t)(value.p - r->source.p),
                      edifact_at_segment(r, segment, 1, 2), "%.*s is no %s%.*s",
                      (int)(value.n < 35 ? value.n : 35), value.p, form, again, form);
}

void edifact_check_segment(edifact_reader *r, text segment, edifact_level service)
{
    unsigned row = r->checked[edifact_check_slot(segment.p)];
    if (!row || memcmp(rules[row - 1].tag, segment.p, 3) != 0)
        return;
    const value_rule *first = &rules[row - 1], *last = first;
    if (service == EDIFACT_LEVELS && memcmp(first->tag, "DTM", 3) == 0)
        check_date(r, segment);
    if (is_plain(edifact_open(r), segment, first))
        return;
    while (last + 1 < rules + RULES && memcmp(last[1].tag, first->tag, 3) == 0)
        last++;
    edifact_cutter w;
    edifact_part part;
    uint32_t seen = 0;
    edifact_cut_start(&w, segment, &edifact_open(r)->separators);
    while (edifact_cut_next(&w, &part) && part.element <= last->element)
        for (const value_rule *rule = first; rule <= last; rule++)
            if (rule->element == part.element && rule->component == part.component &&
                text_trim(part.value).n) {
                seen |= UINT32_C(1) << (rule - first);
                check_value(r, segment, service, rule, part.value);
            }
    for (const value_rule *rule = first; rule <= last; rule++)
        if (rule->status == STATUS_M && !(seen >> (rule - first) & 1))
            edifact_fault(r, FAULT_MISSING, (size_t)(segment.p - r->source.p),
                          place_of(r, segment, service, rule), NULL);
}
