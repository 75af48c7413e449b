/* x12.c: takes one segment after the other and follows the envelopes they open and close.
 *
 * The state is what is open (interchange, group, set); a header or trailer in the wrong place
 * closes what it must and leaves a fault. Nearly every segment of a file is neither: it is told by
 * four bytes, counted, and forgotten (x12_walk_ordinary).
 */
#include "stdlib/x12/x12_read.h"

#include <stdlib.h>
#include <string.h>

/* Between interchanges. A terminator of several bytes leaves its last ones there. */
static bool is_blank(const x12_reader *r, char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0 || c == 0x1a ||
           (r->walking && x12_is_layout(&r->walk.by, c));
}

static bool tag_is(text segment, char separator, const char *tag, size_t n)
{
    return segment.n >= n && memcmp(segment.p, tag, n) == 0 &&
           (segment.n == n || segment.p[n] == separator);
}

/* Two or three of A to Z and 0 to 9, the first a letter. */
static bool tag_valid(text t, char separator)
{
    if (t.n < 2 || !is_upper(t.p[0]) || !is_tag_byte(t.p[1]))
        return false;
    if (t.n == 2 || t.p[2] == separator)
        return true;
    return is_tag_byte(t.p[2]) && (t.n == 3 || t.p[3] == separator);
}

static size_t offset_of(const x12_reader *r, text segment)
{
    return (size_t)(segment.p - r->source.p);
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
    if (r->in_group) {
        x12_fault(r, FAULT_GROUP_TRAILER, offset, x12_path(r, true, false, ".GE"), NULL);
        x12_check_sets(r);
    }
    r->in_group = false;
}

static void open_group(x12_reader *r, text segment)
{
    size_t offset = offset_of(r, segment);
    end_group(r, offset);
    x12_group g = {.interchange = (uint32_t)r->interchanges.n - 1,
                   .set = (uint32_t)r->sets.n,
                   .header = segment};
    vec_push(&r->groups, g);
    vec_last(&r->interchanges).groups++;
    r->in_group = true;
    r->unsorted = false;
    r->control = (text){0};
    char separator = vec_last(&r->interchanges).separators.element;
    if (!x12_is_digits(text_trim(x12_element(segment, separator, 6)), 1, 9))
        x12_fault(r, FAULT_GROUP_VALUE, offset, x12_path(r, true, false, ".GS.06"), NULL);
}

/* Rising numbers of one length, as nearly all files have them, need no search for a repeated one.
 */
static void note_control(x12_reader *r, text control)
{
    if (r->control.n && (control.n != r->control.n || text_compare(control, r->control) <= 0))
        r->unsorted = true;
    r->control = control;
}

static void open_set(x12_reader *r, text segment)
{
    size_t offset = offset_of(r, segment);
    end_set(r, offset);
    bool fragment = !vec_last(&r->interchanges).header.p;
    if (!r->in_group && !fragment)
        x12_fault(r, FAULT_CONTENT, offset, x12_path(r, false, false, ".ST"),
                  "ST outside of a functional group");
    x12_set s = {(uint32_t)r->interchanges.n - 1,
                 r->in_group ? (uint32_t)r->groups.n - 1 : X12_NOWHERE, segment, 1, false};
    vec_push(&r->sets, s);
    if (r->in_group)
        vec_last(&r->groups).sets++;
    r->in_set = true;
    char separator = vec_last(&r->interchanges).separators.element;
    text type = text_trim(x12_element(segment, separator, 1));
    text control = text_trim(x12_element(segment, separator, 2));
    note_control(r, control);
    if (type.n != 3)
        x12_fault(r, FAULT_SET_IDENTIFIER, offset, x12_path(r, true, true, ".ST.01"), NULL);
    if (control.n < 4 || control.n > 9)
        x12_fault(r, FAULT_SET_VALUE, offset, x12_path(r, true, true, ".ST.02"), NULL);
}

/* A segment that is neither header nor trailer, outside of any set. */
static void outside(x12_reader *r, text segment)
{
    x12_interchange *i = &vec_last(&r->interchanges);
    char separator = i->separators.element;
    size_t offset = offset_of(r, segment);
    if (!tag_valid(segment, separator)) {
        x12_fault(r, FAULT_SEGMENT_TAG, offset, x12_path(r, r->in_group, false, ""), NULL);
    } else if (!r->in_group && tag_is(segment, separator, "TA1", 3)) {
        i->ta1 = i->ta1s ? i->ta1 : (uint32_t)r->ta1s.n;
        i->ta1s++;
        vec_push(&r->ta1s, segment);
    } else if (!tag_is(segment, separator, "ISB", 3) && !tag_is(segment, separator, "ISE", 3)) {
        x12_fault(r, FAULT_SEGMENT_PLACE, offset, x12_path(r, r->in_group, false, ""),
                  "%.*s outside of a transaction set", (int)(segment.n < 3 ? segment.n : 3),
                  segment.p);
    }
}

static void inside(x12_reader *r, text segment)
{
    x12_set *s = &vec_last(&r->sets);
    s->segments++;
    s->whole.n = (size_t)(segment.p + segment.n - s->whole.p);
    if (!tag_valid(segment, r->walk.by.element))
        x12_fault(r, FAULT_SEGMENT_TAG, offset_of(r, segment), x12_path(r, r->in_group, true, ""),
                  NULL);
}

static void trailer_in_place(x12_reader *r, text segment, char kind)
{
    size_t offset = offset_of(r, segment);
    bool open = kind == 'S' ? r->in_set : r->in_group;
    if (kind == 'G')
        end_set(r, offset);
    if (!open)
        x12_fault(r, FAULT_SEGMENT_PLACE, offset, x12_path(r, r->in_group, false, ""),
                  kind == 'S' ? "SE without ST" : "GE without GS");
    else if (kind == 'S')
        x12_close_set(r, segment);
    else
        x12_close_group(r, segment);
}

/* Headers and trailers are told by two or three letters in front of a separator. */
static bool may_be_envelope(text t, char separator)
{
    bool two = t.n == 2 || (t.n > 2 && t.p[2] == separator);
    if (two)
        return (t.p[0] == 'S' || t.p[0] == 'G') &&
               (t.p[1] == 'E' || t.p[1] == (t.p[0] == 'S' ? 'T' : 'S'));
    return t.n > 2 && t.p[0] == 'I' && t.p[2] == 'A' && (t.p[1] == 'S' || t.p[1] == 'E');
}

/* Takes a header or trailer; false when it ended the interchange. */
static bool take_envelope(x12_reader *r, text t, bool *taken)
{
    char e = r->walk.by.element;
    *taken = true;
    if (x12_isa_at(r->source, offset_of(r, t)) && t.p[3] == e) {
        r->walk.at = offset_of(r, t);
        return false;
    }
    if (tag_is(t, e, "ST", 2)) {
        open_set(r, t);
    } else if (tag_is(t, e, "SE", 2)) {
        trailer_in_place(r, t, 'S');
    } else if (tag_is(t, e, "GS", 2)) {
        open_group(r, t);
    } else if (tag_is(t, e, "GE", 2)) {
        trailer_in_place(r, t, 'G');
    } else if (tag_is(t, e, "IEA", 3)) {
        end_group(r, offset_of(r, t));
        r->at = r->walk.at;
        x12_close_interchange(r, t);
        return false;
    } else {
        *taken = false;
    }
    return true;
}

/* Takes one segment; false when it ended the interchange. */
static bool take(x12_reader *r, text t)
{
    bool taken = false;
    if (!r->walk.terminated)
        x12_fault(r, FAULT_END_OF_FILE, r->source.n, x12_path(r, r->in_group, r->in_set, ""),
                  "the last segment has no terminator");
    if (t.n == 0) {
        x12_fault(r, FAULT_SEGMENT_TAG, offset_of(r, t), x12_path(r, r->in_group, r->in_set, ""),
                  "an empty segment");
        return true;
    }
    if (may_be_envelope(t, r->walk.by.element) && !take_envelope(r, t, &taken))
        return false;
    if (!taken) {
        if (r->in_set)
            inside(r, t);
        else
            outside(r, t);
    }
    return true;
}

/* Small interchanges may follow one another by the thousand: what is scanned already serves the
 * next one when it ends its segments alike. */
static void walk_on(x12_reader *r)
{
    const x12_separators *by = &vec_last(&r->interchanges).separators;
    if (r->walking && r->walk.by.terminator == by->terminator) {
        r->walk.by = *by;
        r->walk.at = r->at;
        scan_seek(&r->walk.ends, r->at);
    } else {
        x12_walk_over(&r->walk, by, r->source, r->at);
    }
    r->walking = true;
}

/* What the set that is open consists of, mostly. */
static void pass_ordinary(x12_reader *r)
{
    x12_set *s = &vec_last(&r->sets);
    size_t end, n = x12_walk_ordinary(&r->walk, &end);
    if (n == 0)
        return;
    s->segments += n;
    s->whole.n = (size_t)(r->source.p + end - s->whole.p);
}

static void read_interchange(x12_reader *r)
{
    text t;
    walk_on(r);
    while (x12_walk_next(&r->walk, &t) && take(r, t))
        if (r->in_set)
            pass_ordinary(r);
    x12_interchange *i = &vec_last(&r->interchanges);
    r->at = r->walk.at;
    end_group(r, r->at);
    if (i->trailer.p)
        return;
    i->end = r->at;
    i->broken = i->header.p;
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
        while (r->at < s.n && is_blank(r, s.p[r->at]))
            r->at++;
        if (r->at >= s.n)
            return;
        r->in_group = r->in_set = false;
        if (x12_open_interchange(r) || (!r->interchanges.n && x12_open_fragment(r))) {
            if (!vec_last(&r->interchanges).broken) {
                read_interchange(r);
                continue;
            }
            vec_last(&r->interchanges).end = r->at;
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

/* From ST to the end of the last segment. */
static bool lies_in(const x12_reader *r, const x12_set *s, size_t offset)
{
    return offset - offset_of(r, s->whole) <= s->whole.n;
}

/* Both are in order. */
static uint32_t *sets_of_faults(const x12_reader *r)
{
    uint32_t *out = arena_array(r->memory, uint32_t, r->faults.n);
    uint32_t before = 0; /* sets that begin at the fault or in front of it */
    for (size_t i = 0; i < r->faults.n; i++) {
        size_t offset = r->faults.p[i].offset;
        while (before < r->sets.n && offset_of(r, r->sets.p[before].whole) <= offset)
            before++;
        bool in = before && lies_in(r, &r->sets.p[before - 1], offset);
        out[i] = in ? before - 1 : X12_NOWHERE;
    }
    return out;
}

enum { SET_LIKELY = 512 }; /* bytes: a list that grows to megabytes is moved from place to place */

void x12_read(arena *a, text source, x12_file *out)
{
    x12_reader r = {.memory = a, .source = source};
    vec_reserve(&r.sets, source.n / SET_LIKELY + 1);
    read_all(&r);
    if (!r.interchanges.n && !r.faults.n)
        x12_fault(&r, FAULT_STRUCTURE, 0, (text){0}, "the file is empty");
    x12_check_interchanges(&r);
    if (r.faults.n)
        qsort(r.faults.p, r.faults.n, sizeof *r.faults.p, by_offset);
    uint32_t *sets = sets_of_faults(&r);
    *out = (x12_file){.source = source,
                      .interchange = vec_keep(a, &r.interchanges),
                      .group = vec_keep(a, &r.groups),
                      .set = vec_keep(a, &r.sets),
                      .ta1 = vec_keep(a, &r.ta1s),
                      .fault = vec_keep(a, &r.faults),
                      .fault_set = sets,
                      .interchanges = (uint32_t)r.interchanges.n,
                      .groups = (uint32_t)r.groups.n,
                      .sets = (uint32_t)r.sets.n,
                      .ta1s = (uint32_t)r.ta1s.n,
                      .faults = (uint32_t)r.faults.n,
                      .faults_omitted = r.faults_omitted};
}
