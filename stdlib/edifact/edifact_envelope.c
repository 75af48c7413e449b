/* edifact_envelope.c: what headers open and what trailers must agree with. */
#include "stdlib/edifact/edifact_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first component of an element of a service segment. */
static text value_at(edifact_reader *r, text segment, uint32_t element)
{
    const edifact_separators *by = &edifact_open(r)->separators;
    text e = edifact_element(segment, by, element);
    return text_trim(edifact_component(e, by, 1));
}

static bool is_digits(text t)
{
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] < '0' || t.p[i] > '9')
            return false;
    return t.n > 0;
}

/* Counts are numbers: leading zeros do not count. What is no number is another fault. */
static bool count_differs(text t, uint32_t count)
{
    if (!is_digits(t))
        return false;
    while (t.n > 1 && t.p[0] == '0')
        t = text_slice(t, 1, t.n);
    char digits[16];
    int n = snprintf(digits, sizeof digits, "%u", count);
    return !text_equal(t, (text){digits, (size_t)n});
}

/* Without its trailer. */
static void edifact_end_message(edifact_reader *r, size_t offset)
{
    bool package = r->in_message && vec_last(&r->messages).package;
    const char *trailer = package ? "UNP" : r->envelope[EDIFACT_MESSAGE].trailer;
    if (r->in_message)
        edifact_fault(r, FAULT_MISSING, offset, edifact_at(r, EDIFACT_MESSAGE, trailer, 0, 0),
                      "the message has no trailer");
    r->in_message = false;
}

void edifact_end_group(edifact_reader *r, size_t offset)
{
    edifact_end_message(r, offset);
    if (r->in_group)
        edifact_fault(r, FAULT_MISSING, offset,
                      edifact_at(r, EDIFACT_GROUP, r->envelope[EDIFACT_GROUP].trailer, 0, 0),
                      "the group has no trailer");
    r->in_group = false;
}

static void mixed(edifact_reader *r, edifact_level level, text segment)
{
    edifact_fault(r, FAULT_MIXED, edifact_place_of(r, segment),
                  edifact_at(r, level, r->envelope[level].header, 0, 0), NULL);
}

/* Messages of the open interchange that stand in no group. */
static bool has_loose_messages(edifact_reader *r)
{
    return r->messages.n > edifact_open(r)->message &&
           vec_last(&r->messages).group == EDIFACT_NOWHERE;
}

static void open_group(edifact_reader *r, text segment)
{
    edifact_end_group(r, edifact_place_of(r, segment));
    bool loose = has_loose_messages(r);
    edifact_group g = {.interchange = (uint32_t)r->interchanges.n - 1,
                       .message = (uint32_t)r->messages.n,
                       .header = segment};
    vec_push(&r->groups, g);
    edifact_open(r)->groups++;
    r->in_group = true;
    r->reference = (text){0};
    if (loose)
        mixed(r, EDIFACT_GROUP, segment);
}

/* One group, one type of message: UNG names what they all are. */
static void check_type(edifact_reader *r, text segment)
{
    const edifact_group *g = &vec_last(&r->groups);
    bool batch = edifact_open(r)->dialect == EDIFACT_BATCH;
    if (!batch || g->messages < 2 || r->messages.p[g->message].package)
        return;
    text first = value_at(r, edifact_header_of(&r->messages.p[g->message]), 2);
    if (!text_equal(first, value_at(r, segment, 2)))
        edifact_fault(r, FAULT_TYPES, edifact_place_of(r, segment),
                      edifact_at(r, EDIFACT_MESSAGE, "UNH", 2, 1), "the first is %.*s",
                      (int)(first.n < 6 ? first.n : 6), first.p);
}

static void open_message(edifact_reader *r, text segment, bool package)
{
    edifact_interchange *i = edifact_open(r);
    edifact_end_message(r, edifact_place_of(r, segment));
    edifact_message m = {.interchange = (uint32_t)r->interchanges.n - 1,
                         .group = r->in_group ? (uint32_t)r->groups.n - 1 : EDIFACT_NOWHERE,
                         .whole = segment,
                         .header = (uint32_t)segment.n,
                         .segments = 1,
                         .package = package};
    vec_push(&r->messages, m);
    i->messages++;
    r->in_message = true;
    if (r->in_group)
        vec_last(&r->groups).messages++;
    if (r->in_group && !package)
        check_type(r, segment);
    if (!r->in_group && i->groups)
        mixed(r, EDIFACT_MESSAGE, segment);
    r->unsorted |= package || (!r->in_group && i->groups);
}

/* The reference of a UNH as it stands; empty where that is blank, too long, or holds a release
 * character. */
static text plain_reference(text header, const edifact_separators *by)
{
    if (header.n < 6 || header.p[3] != by->element || header.p[4] == ' ')
        return (text){0};
    const char *p = header.p + 4, *q = memchr(p, by->element, header.n - 4);
    text t = {p, q ? (size_t)(q - p) : 0};
    bool plain = t.n <= 14 && !(t.n && by->release && memchr(p, by->release, t.n));
    return plain ? t : (text){0};
}

/* References that rise by length and bytes, as nearly all files have them, need no search for a
 * repeated one. */
static void note_reference(edifact_reader *r, text t)
{
    text last = r->reference;
    bool rises = t.n > last.n || (t.n == last.n && text_compare(t, last) > 0);
    r->unsorted |= !t.n || !rises || r->envelope != edifact_envelopes[EDIFACT_BATCH];
    r->reference = t;
}

/* 0052 of messages of the UN: a draft, a standard, or the number of an early directory. */
static void check_version(edifact_reader *r, text segment)
{
    const edifact_separators *by = &r->walk.by;
    text identifier = edifact_element(segment, by, 2);
    text version = edifact_component(identifier, by, 2);
    if (r->envelope == edifact_envelopes[EDIFACT_BATCH] && version.n &&
        text_is(edifact_component(identifier, by, 4), "UN") && !text_is(version, "D") &&
        !text_is(version, "S") && !is_digits(version))
        edifact_fault(r, FAULT_VALUE, edifact_place_of(r, version),
                      edifact_at(r, EDIFACT_MESSAGE, "UNH", 2, 2), "%.*s is no version",
                      (int)(version.n < 3 ? version.n : 3), version.p);
}

/* All but the reference of a UNH is mostly what the last one had, which was sound. */
static void check_message_header(edifact_reader *r, text segment)
{
    size_t faults = r->faults.n + r->faults_omitted;
    text reference = plain_reference(segment, &r->walk.by);
    text rest = text_slice(segment, 4 + reference.n, segment.n);
    note_reference(r, reference);
    if (reference.n && text_equal(rest, r->sound))
        return;
    edifact_check_segment(r, segment, EDIFACT_MESSAGE);
    check_version(r, segment);
    if (reference.n && r->faults.n + r->faults_omitted == faults)
        r->sound = rest;
}

void edifact_take_header(edifact_reader *r, edifact_level level, text segment)
{
    if (level == EDIFACT_INTERCHANGE)
        edifact_open(r)->header = segment;
    else if (level == EDIFACT_GROUP)
        open_group(r, segment);
    else
        open_message(r, segment, false);
    if (level == EDIFACT_MESSAGE)
        check_message_header(r, segment);
    else
        edifact_check_segment(r, segment, level);
}

/* A trailer against what it closes: `header` is EDIFACT_NOWHERE in a fragment. */
static void check_trailer(edifact_reader *r, edifact_level level, text segment, text header,
                          uint32_t count)
{
    const edifact_envelope *e = &r->envelope[level];
    text said = value_at(r, segment, e->count);
    if (count_differs(said, count))
        edifact_fault(r, FAULT_COUNT, edifact_place_of(r, segment),
                      edifact_at(r, level, e->trailer, e->count, 0), "%s says %.*s, there are %u",
                      e->trailer, (int)(said.n < 20 ? said.n : 20), said.p, count);
    if (!e->trailer_reference || !header.p)
        return;
    text opened = value_at(r, header, e->reference);
    text closed = value_at(r, segment, e->trailer_reference);
    if (!text_equal(opened, closed) && closed.n)
        edifact_fault(r, FAULT_REFERENCE, edifact_place_of(r, segment),
                      edifact_at(r, level, e->trailer, e->trailer_reference, 0),
                      "%s has %.*s, %s %.*s", e->header, (int)(opened.n < 40 ? opened.n : 40),
                      opened.p, e->trailer, (int)(closed.n < 40 ? closed.n : 40), closed.p);
}

/* Whether a UNT is, byte for byte, the one that its message should have: nearly all are, and then
 * there is nothing to take apart. */
static bool is_expected(const edifact_reader *r, text segment, text header, uint32_t count)
{
    char separator = r->walk.by.element, digits[10];
    text reference = plain_reference(header, &r->walk.by);
    size_t n = 0;
    for (; count; count /= 10)
        digits[sizeof digits - ++n] = (char)('0' + count % 10);
    const char *p = segment.p;
    return reference.n && segment.n == 5 + n + reference.n && p[3] == separator &&
           memcmp(p + 4, digits + sizeof digits - n, n) == 0 && p[4 + n] == separator &&
           memcmp(p + 5 + n, reference.p, reference.n) == 0;
}

static void close_message(edifact_reader *r, text segment)
{
    edifact_message *m = &vec_last(&r->messages);
    m->closed = true;
    edifact_add_segment(m, segment);
    check_trailer(r, EDIFACT_MESSAGE, segment, edifact_header_of(m), m->segments);
}

static bool close_expected(edifact_reader *r, text segment)
{
    edifact_message *m = &vec_last(&r->messages);
    if (r->envelope != edifact_envelopes[EDIFACT_BATCH] ||
        !is_expected(r, segment, edifact_header_of(m), m->segments + 1))
        return false;
    edifact_add_segment(m, segment);
    m->closed = true;
    r->in_message = false;
    return true;
}

static void empty_level(edifact_reader *r, edifact_level level, text segment)
{
    edifact_fault(r, FAULT_EMPTY, edifact_place_of(r, segment),
                  edifact_at(r, level, r->envelope[level].trailer, 0, 0), "no message in it");
}

static void close_group(edifact_reader *r, text segment)
{
    edifact_group *g = &vec_last(&r->groups);
    g->trailer = segment;
    check_trailer(r, EDIFACT_GROUP, segment, g->header, g->messages);
    if (!g->messages)
        empty_level(r, EDIFACT_GROUP, segment);
}

/* UNZ counts groups where there are any, else messages; END counts messages. */
static void close_interchange(edifact_reader *r, text segment)
{
    edifact_interchange *i = edifact_open(r);
    edifact_end_group(r, edifact_place_of(r, segment));
    i->trailer = segment;
    bool groups = i->groups && i->dialect == EDIFACT_BATCH;
    check_trailer(r, EDIFACT_INTERCHANGE, segment, i->header, groups ? i->groups : i->messages);
    if (!i->messages && !i->groups)
        empty_level(r, EDIFACT_INTERCHANGE, segment);
    if (i->dialect == EDIFACT_TRADACOMS)
        tradacoms_check_numbers(r, i);
}

bool edifact_take_trailer(edifact_reader *r, edifact_level level, text segment)
{
    if (level == EDIFACT_MESSAGE && r->in_message && close_expected(r, segment))
        return true;
    const edifact_envelope *e = &r->envelope[level];
    bool open = level == EDIFACT_MESSAGE ? r->in_message : r->in_group;
    if (level == EDIFACT_GROUP)
        edifact_end_message(r, edifact_place_of(r, segment));
    if (level == EDIFACT_INTERCHANGE)
        close_interchange(r, segment);
    else if (!open)
        edifact_fault(r, FAULT_OUTSIDE, edifact_place_of(r, segment),
                      edifact_at_segment(r, segment, 0, 0), "%s without %s", e->trailer, e->header);
    else if (level == EDIFACT_GROUP)
        close_group(r, segment);
    else
        close_message(r, segment);
    if (open || level == EDIFACT_INTERCHANGE)
        edifact_check_segment(r, segment, level);
    r->in_message &= level != EDIFACT_MESSAGE;
    r->in_group &= level != EDIFACT_GROUP;
    return level != EDIFACT_INTERCHANGE;
}

/* UNO 0810, the octets of the object, stands in S022; UNP repeats it. */
static bool object_length(edifact_reader *r, text segment, uint32_t element, size_t *length)
{
    text t = value_at(r, segment, element);
    if (!is_digits(t) || t.n > 10)
        return false;
    *length = strtoul(t.p, NULL, 10);
    return true;
}

void edifact_take_package(edifact_reader *r, text segment)
{
    size_t length;
    open_message(r, segment, true);
    if (object_length(r, segment, 4, &length) && length <= r->source.n - r->walk.at)
        r->walk.at += length;
    else
        edifact_fault(r, FAULT_VALUE, edifact_place_of(r, segment),
                      edifact_at(r, EDIFACT_MESSAGE, "UNO", 4, 1),
                      "no length of an object that ends in this file");
}

void edifact_end_package(edifact_reader *r, text segment)
{
    size_t opened, closed;
    edifact_message *m = &vec_last(&r->messages);
    edifact_add_segment(m, segment);
    m->closed = true;
    r->in_message = false;
    text header = edifact_header_of(m);
    if (object_length(r, header, 4, &opened) &&
        (!object_length(r, segment, 1, &closed) || closed != opened))
        edifact_fault(r, FAULT_COUNT, edifact_place_of(r, segment),
                      edifact_at(r, EDIFACT_MESSAGE, "UNP", 1, 0), NULL);
    if (!text_equal(value_at(r, header, 1), value_at(r, segment, 2)))
        edifact_fault(r, FAULT_REFERENCE, edifact_place_of(r, segment),
                      edifact_at(r, EDIFACT_MESSAGE, "UNP", 2, 0), NULL);
}

/* What must be there once: a reference within its scope. */
typedef struct {
    text who, reference;
    uint32_t scope;
} named;

static bool same_name(const named *a, const named *b)
{
    return a->scope == b->scope && text_equal(a->reference, b->reference) &&
           text_equal(a->who, b->who);
}

/* For each of the n names whether one in front of it is the same: by a table of half empty places,
 * because sorting a hundred thousand references costs more than reading them. */
static bool *repeats(arena *a, const named *name, uint32_t n)
{
    bool *again = arena_array(a, bool, n);
    size_t room = 16;
    while (room < (size_t)n * 2)
        room *= 2;
    uint32_t *table = calloc(room, sizeof *table);
    if (!table)
        memory_exhausted();
    for (uint32_t i = 0; i < n; i++) {
        if (!name[i].reference.n)
            continue;
        uint64_t h = print_add(print_add(name[i].scope, name[i].who), name[i].reference);
        size_t at = h & (room - 1);
        while (table[at] && !same_name(&name[table[at] - 1], &name[i]))
            at = (at + 1) & (room - 1);
        again[i] = table[at] != 0;
        if (!again[i])
            table[at] = i + 1;
    }
    free(table);
    return again;
}

static text raw_element(const edifact_reader *r, uint32_t interchange, text segment,
                        uint32_t element)
{
    const edifact_separators *by = &r->interchanges.p[interchange].separators;
    return text_trim(edifact_element(segment, by, element));
}

static text reference_of(const edifact_reader *r, const edifact_message *m)
{
    edifact_dialect d = r->interchanges.p[m->interchange].dialect;
    return raw_element(r, m->interchange, edifact_header_of(m),
                       edifact_envelopes[d][EDIFACT_MESSAGE].reference);
}

static void check_messages(edifact_reader *r)
{
    uint32_t n = (uint32_t)r->messages.n;
    if (!r->unsorted)
        return;
    named *name = calloc((size_t)n + 1, sizeof *name);
    if (!name)
        memory_exhausted();
    for (uint32_t k = 0; k < n; k++) {
        const edifact_message *m = &r->messages.p[k];
        /* Groups are numbered from 0 like interchanges: the highest bit keeps them apart. */
        uint32_t scope =
            m->group == EDIFACT_NOWHERE ? m->interchange : m->group | UINT32_C(1) << 31;
        name[k] = (named){{NULL, 0}, reference_of(r, m), scope};
    }
    bool *again = repeats(r->memory, name, n);
    for (uint32_t k = 0; k < n; k++) {
        const edifact_message *m = &r->messages.p[k];
        const edifact_interchange *i = &r->interchanges.p[m->interchange];
        if (!again[k])
            continue;
        edifact_place p = {EDIFACT_MESSAGE,
                           m->interchange,
                           m->group,
                           k,
                           0,
                           edifact_envelopes[i->dialect][EDIFACT_MESSAGE].reference,
                           0,
                           "",
                           false};
        memcpy(p.tag, m->package ? "UNO" : edifact_envelopes[i->dialect][EDIFACT_MESSAGE].header,
               3);
        edifact_fault(r, FAULT_DUPLICATE, edifact_place_of(r, m->whole), p,
                      "another message has that reference");
    }
    free(name);
}

void edifact_check_unique(edifact_reader *r)
{
    uint32_t n = (uint32_t)r->interchanges.n;
    named *name = arena_array(r->memory, named, n);
    for (uint32_t k = 0; k < n; k++) {
        const edifact_interchange *i = &r->interchanges.p[k];
        if (!i->header.p)
            continue;
        const edifact_envelope *e = &edifact_envelopes[i->dialect][EDIFACT_INTERCHANGE];
        text from = raw_element(r, k, i->header, 2), to = raw_element(r, k, i->header, 3);
        text who = {from.p, to.p >= from.p ? (size_t)(to.p + to.n - from.p) : 0};
        name[k] = (named){who, raw_element(r, k, i->header, e->reference), i->dialect};
    }
    bool *again = repeats(r->memory, name, n);
    for (uint32_t k = 0; k < n; k++) {
        edifact_dialect d = r->interchanges.p[k].dialect;
        const edifact_envelope *e = &edifact_envelopes[d][EDIFACT_INTERCHANGE];
        edifact_place p = {EDIFACT_INTERCHANGE,
                           k,
                           EDIFACT_NOWHERE,
                           EDIFACT_NOWHERE,
                           0,
                           e->reference,
                           0,
                           "",
                           false};
        memcpy(p.tag, e->header, 3);
        if (again[k])
            edifact_fault(r, FAULT_DUPLICATE, r->interchanges.p[k].start, p,
                          "another interchange of these partners has that reference");
    }
    check_messages(r);
}
