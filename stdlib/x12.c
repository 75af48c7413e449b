/* x12.c: splits the file into segments with memchr and follows the envelopes they open and close.
 *
 * Terminators are searched, elements are not: a segment is cut at its separators only when someone
 * asks. The state is what is open (interchange, group, set); a header or trailer in the wrong place
 * closes what it must and leaves a fault.
 */
#include "stdlib/x12_read.h"

#include <stdlib.h>
#include <string.h>

text x12_segment_text(const x12_file *f, uint32_t segment)
{
    x12_segment s = f->segment[segment];
    return (text){f->source.p + s.start, s.end - s.start};
}

text x12_element(text segment, char separator, uint32_t n)
{
    const char *p = segment.p, *end = segment.p + segment.n;
    for (; n > 0; n--) {
        p = p < end ? memchr(p, separator, (size_t)(end - p)) : NULL;
        if (!p)
            return (text){end, 0};
        p++;
    }
    const char *q = p < end ? memchr(p, separator, (size_t)(end - p)) : NULL;
    return (text){p, (size_t)((q ? q : end) - p)};
}

const x12_separators *x12_separators_of(const x12_file *f, const x12_set *s)
{
    return &f->interchange[s->interchange].separators;
}

text x12_set_element(const x12_file *f, const x12_set *s, uint32_t segment, uint32_t n)
{
    return x12_element(x12_segment_text(f, segment), x12_separators_of(f, s)->element, n);
}

text x12_set_type(const x12_file *f, const x12_set *s)
{
    return text_trim(x12_set_element(f, s, s->segment, 1));
}

text x12_set_control(const x12_file *f, const x12_set *s)
{
    return text_trim(x12_set_element(f, s, s->segment, 2));
}

uint32_t x12_find(const x12_file *f, const x12_set *s, text tag)
{
    char separator = x12_separators_of(f, s)->element;
    for (uint32_t i = s->segment; i < s->segment + s->segments; i++) {
        text t = x12_segment_text(f, i);
        if (text_starts(t, tag) && (t.n == tag.n || t.p[tag.n] == separator))
            return i;
    }
    return X12_NOWHERE;
}

static bool is_layout(const x12_reader *r, char c)
{
    const x12_separators *s = &vec_last(&r->interchanges).separators;
    return c == '\r' || c == '\n' || ((c == ' ' || c == '\t') && c != s->element);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0 || c == 0x1a;
}

/* BIN and BDS carry their length in front of raw bytes that may hold any separator: returns where
 * the terminator is to be looked for. */
static size_t past_binary(const x12_reader *r, size_t at, char element)
{
    text s = text_slice(r->source, at, r->source.n);
    if (s.n < 4 || s.p[0] != 'B' || s.p[3] != element ||
        (memcmp(s.p, "BIN", 3) != 0 && memcmp(s.p, "BDS", 3) != 0))
        return at;
    uint32_t n = s.p[1] == 'I' ? 1 : 2;
    text length = x12_element(text_slice(s, 0, 64), element, n);
    if (!x12_is_digits(length, 1, 9))
        return at;
    size_t data = (size_t)(length.p + length.n + 1 - r->source.p);
    size_t end = data + strtoul(length.p, NULL, 10);
    return end <= r->source.n ? end : at;
}

/* The next segment of the open interchange into *out; false at the end of the file. */
static bool next_segment(x12_reader *r, x12_segment *out)
{
    const x12_separators *s = &vec_last(&r->interchanges).separators;
    for (;;) {
        while (r->at < r->source.n && is_layout(r, r->source.p[r->at]))
            r->at++;
        if (r->at >= r->source.n)
            return false;
        size_t from = past_binary(r, r->at, s->element);
        const char *p = r->source.p + from;
        const char *q = from < r->source.n ? memchr(p, s->terminator, r->source.n - from) : NULL;
        size_t end = q ? (size_t)(q - r->source.p) : r->source.n;
        *out = (x12_segment){(uint32_t)r->at, (uint32_t)end};
        r->at = q ? end + 1 : end;
        if (s->terminator == '\n' && out->end > out->start && r->source.p[out->end - 1] == '\r')
            out->end--;
        if (!q)
            x12_fault(r, FAULT_END_OF_FILE, end, x12_path(r, r->in_group, r->in_set, ""),
                      "the last segment has no terminator");
        if (out->end > out->start)
            return true;
        x12_fault(r, FAULT_SEGMENT_TAG, out->start, x12_path(r, r->in_group, r->in_set, ""),
                  "an empty segment");
    }
}

static bool tag_is(text segment, char separator, const char *tag, size_t n)
{
    return segment.n >= n && memcmp(segment.p, tag, n) == 0 &&
           (segment.n == n || segment.p[n] == separator);
}

static bool tag_valid(text t, char separator)
{
    size_t n = 0;
    while (n < t.n && t.p[n] != separator && n < 4)
        n++;
    if (n < 2 || n > 3 || t.p[0] < 'A' || t.p[0] > 'Z')
        return false;
    for (size_t i = 1; i < n; i++)
        if (!((t.p[i] >= 'A' && t.p[i] <= 'Z') || (t.p[i] >= '0' && t.p[i] <= '9')))
            return false;
    return true;
}

static void end_set(x12_reader *r, size_t offset)
{
    if (r->in_set)
        x12_fault(r, FAULT_SET_TRAILER, offset, x12_path(r, true, true, ".SE"), NULL);
    r->in_set = false;
}

static void end_group(x12_reader *r, size_t offset)
{
    end_set(r, offset);
    if (r->in_group)
        x12_fault(r, FAULT_GROUP_TRAILER, offset, x12_path(r, true, false, ".GE"), NULL);
    r->in_group = false;
}

static void open_group(x12_reader *r, text segment, uint32_t at, size_t offset)
{
    end_group(r, offset);
    x12_group g = {(uint32_t)r->interchanges.n - 1, at, X12_NOWHERE, (uint32_t)r->sets.n, 0};
    vec_push(&r->groups, g);
    vec_last(&r->interchanges).groups++;
    r->in_group = true;
    char separator = vec_last(&r->interchanges).separators.element;
    if (!x12_is_digits(text_trim(x12_element(segment, separator, 6)), 1, 9))
        x12_fault(r, FAULT_GROUP_VALUE, offset, x12_path(r, true, false, ".GS.06"), NULL);
}

static void open_set(x12_reader *r, text segment, uint32_t at, size_t offset)
{
    end_set(r, offset);
    bool fragment = vec_last(&r->interchanges).isa_segment == X12_NOWHERE;
    if (!r->in_group && !fragment)
        x12_fault(r, FAULT_CONTENT, offset, x12_path(r, false, false, ".ST"),
                  "ST outside of a functional group");
    x12_set s = {(uint32_t)r->interchanges.n - 1,
                 r->in_group ? (uint32_t)r->groups.n - 1 : X12_NOWHERE, at, 1, false};
    vec_push(&r->sets, s);
    if (r->in_group)
        vec_last(&r->groups).sets++;
    r->in_set = true;
    char separator = vec_last(&r->interchanges).separators.element;
    text type = text_trim(x12_element(segment, separator, 1));
    text control = text_trim(x12_element(segment, separator, 2));
    if (type.n != 3)
        x12_fault(r, FAULT_SET_IDENTIFIER, offset, x12_path(r, true, true, ".ST.01"), NULL);
    if (control.n < 4 || control.n > 9)
        x12_fault(r, FAULT_SET_VALUE, offset, x12_path(r, true, true, ".ST.02"), NULL);
}

/* A segment that is neither header nor trailer. */
static void inside(x12_reader *r, text segment, uint32_t at, size_t offset)
{
    x12_interchange *i = &vec_last(&r->interchanges);
    char separator = i->separators.element;
    if (!tag_valid(segment, separator))
        x12_fault(r, FAULT_SEGMENT_TAG, offset, x12_path(r, r->in_group, r->in_set, ""), NULL);
    else if (!r->in_set && !r->in_group && tag_is(segment, separator, "TA1", 3)) {
        i->ta1 = i->ta1s ? i->ta1 : at;
        i->ta1s = at - i->ta1 + 1;
    } else if (!r->in_set && !tag_is(segment, separator, "ISB", 3) &&
               !tag_is(segment, separator, "ISE", 3))
        x12_fault(r, FAULT_SEGMENT_PLACE, offset, x12_path(r, r->in_group, false, ""),
                  "%.*s outside of a transaction set", (int)(segment.n < 3 ? segment.n : 3),
                  segment.p);
    if (r->in_set)
        vec_last(&r->sets).segments++;
}

static void trailer_in_place(x12_reader *r, text segment, size_t offset, char kind)
{
    bool open = kind == 'S' ? r->in_set : r->in_group;
    if (kind == 'G')
        end_set(r, offset);
    if (!open)
        x12_fault(r, FAULT_SEGMENT_PLACE, offset, x12_path(r, r->in_group, false, ""),
                  kind == 'S' ? "SE without ST" : "GE without GS");
    else if (kind == 'S')
        x12_close_set(r, segment, offset);
    else
        x12_close_group(r, segment, offset);
}

/* Takes one segment; false when it ended the interchange. */
static bool take(x12_reader *r, x12_segment s)
{
    text t = {r->source.p + s.start, s.end - s.start};
    char e = vec_last(&r->interchanges).separators.element;
    uint32_t at = (uint32_t)r->segments.n;
    if (x12_isa_at(r->source, s.start) && t.p[3] == e) {
        r->at = s.start;
        return false;
    }
    vec_push(&r->segments, s);
    if (tag_is(t, e, "ST", 2))
        open_set(r, t, at, s.start);
    else if (tag_is(t, e, "SE", 2))
        trailer_in_place(r, t, s.start, 'S');
    else if (tag_is(t, e, "GS", 2))
        open_group(r, t, at, s.start);
    else if (tag_is(t, e, "GE", 2))
        trailer_in_place(r, t, s.start, 'G');
    else if (tag_is(t, e, "IEA", 3)) {
        end_group(r, s.start);
        x12_close_interchange(r, t, s.start);
        return false;
    } else
        inside(r, t, at, s.start);
    return true;
}

static void read_interchange(x12_reader *r)
{
    x12_segment s;
    while (next_segment(r, &s) && take(r, s))
        ;
    end_group(r, r->at);
    x12_interchange *i = &vec_last(&r->interchanges);
    if (i->iea_segment != X12_NOWHERE)
        return;
    i->end = (uint32_t)r->at;
    i->broken = i->isa_segment != X12_NOWHERE;
    if (i->broken)
        x12_fault(r, FAULT_END_OF_FILE, r->at, x12_path(r, false, false, ".IEA"),
                  "interchange trailer missing");
}

/* The next place from `at` where an interchange could start, or the end. */
static size_t resynchronise(text s, size_t at)
{
    for (const char *p = s.p + at; p && p < s.p + s.n; p++) {
        p = memmem(p, (size_t)(s.p + s.n - p), "ISA", 3);
        if (!p)
            break;
        if (x12_isa_at(s, (size_t)(p - s.p)))
            return (size_t)(p - s.p);
    }
    return s.n;
}

static void read_all(x12_reader *r)
{
    text s = r->source;
    if (s.n >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0)
        r->at = 3;
    for (;;) {
        while (r->at < s.n && is_blank(s.p[r->at]))
            r->at++;
        if (r->at >= s.n)
            return;
        r->in_group = r->in_set = false;
        if (x12_open_interchange(r) || (!r->interchanges.n && x12_open_fragment(r))) {
            if (!vec_last(&r->interchanges).broken) {
                read_interchange(r);
                continue;
            }
            vec_last(&r->interchanges).end = (uint32_t)r->at;
        } else {
            text path = text_format(r->memory, "ISA[%zu]", r->interchanges.n + 1);
            x12_fault(r, FAULT_STRUCTURE, r->at, path, "no interchange starts here");
            r->at++;
        }
        r->at = resynchronise(s, r->at);
    }
}

static int by_offset(const void *a, const void *b)
{
    const document_fault *x = a, *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    int c = text_compare(x->code, y->code);
    return c ? c : text_compare(x->path, y->path);
}

#define KEEP(a, v, T)                                                                              \
    ((v)->n ? memcpy(arena_array((a), T, (v)->n), (v)->p, (v)->n * sizeof(T)) : NULL)

void x12_read(arena *a, text source, x12_file *out)
{
    x12_reader r = {.memory = a, .source = source};
    if (source.n > X12_LARGEST)
        x12_fault(&r, FAULT_STRUCTURE, 0, (text){0}, "a file of more than four gigabytes");
    else
        read_all(&r);
    if (!r.interchanges.n && !r.faults.n)
        x12_fault(&r, FAULT_STRUCTURE, 0, (text){0}, "the file is empty");
    x12_check_unique(&r);
    if (r.faults.n)
        qsort(r.faults.p, r.faults.n, sizeof *r.faults.p, by_offset);
    *out = (x12_file){source,
                      KEEP(a, &r.segments, x12_segment),
                      KEEP(a, &r.interchanges, x12_interchange),
                      KEEP(a, &r.groups, x12_group),
                      KEEP(a, &r.sets, x12_set),
                      KEEP(a, &r.faults, document_fault),
                      (uint32_t)r.segments.n,
                      (uint32_t)r.interchanges.n,
                      (uint32_t)r.groups.n,
                      (uint32_t)r.sets.n,
                      (uint32_t)r.faults.n,
                      r.faults_omitted};
    vec_release(&r.segments);
    vec_release(&r.interchanges);
    vec_release(&r.groups);
    vec_release(&r.sets);
    vec_release(&r.faults);
}
