/* comply_x12.c: X12, segment by segment. Its places stand in comply_x12.def.
 *
 * What lies outside of sets is looked at, too: envelopes, and segments that a fault left over.
 */
#include "stdlib/comply/comply_segments.h"
#include "stdlib/x12/x12_check.h"
#include "stdlib/x12/x12_read.h"

#include <stdio.h>
#include <string.h>

static const segment_place rows[] = {
#define PLACE(tag, when, element, component, kind, within)                                         \
    {tag, when, element, component, IDENTIFIER_BIT(ID_##kind), within},
#define PASS(tag, when, element) {tag, when, element, 0, 0, ""},
#include "stdlib/comply/comply_x12.def"
#undef PLACE
#undef PASS
};

enum { OUTSIDE = UINT32_MAX };

/* How many segments of a tag came before, for paths: asked only where something is found, and then
 * counted on from there. */
typedef struct {
    text tag;
    uint32_t n;
} tag_count;

/* A place in the segment at hand. */
typedef struct {
    size_t seen;                  /* bytes in front of it */
    uint32_t element, component;  /* separators of its element in front of it */
    bool told, composite, passed; /* of the element */
} spot;

typedef struct {
    comply *s;
    const x12_file *file;
    segment_places places;
    x12_separators by;
    uint32_t set; /* or OUTSIDE */
    text type, tag, segment;
    spot spot;
    x12_walk counted; /* segments of the set, up to those that are counted */
    bool counting;
    VEC(tag_count) counts;
    uint32_t binaries;
} walk;

static text get(const void *by, text segment, uint32_t element, uint32_t component)
{
    const x12_separators *sep = by;
    text e = x12_element(segment, sep->element, element);
    return component ? x12_element(e, sep->component, component - 1) : e;
}

/* Counts the separators up to `at`, on from where it was asked last: a segment may be as long as
 * its file, and be full of findings. */
static const spot *spot_at(walk *v, size_t at)
{
    spot *s = &v->spot;
    if (at < s->seen)
        *s = (spot){0};
    for (; s->seen < at; s->seen++) {
        char c = v->segment.p[s->seen];
        if (c == v->by.element) {
            s->element++;
            s->component = 0;
            s->told = false;
        } else if (c == v->by.component && c) {
            s->component++;
        }
    }
    if (!s->told) { /* of the element: once */
        text rest = text_slice(v->segment, at, v->segment.n);
        rest = x12_element(rest, v->by.element, 0);
        s->composite =
            s->component || (v->by.component && rest.n && memchr(rest.p, v->by.component, rest.n));
        s->passed = segment_is_passed(&v->places, v->tag, v->segment, s->element, v->type);
        s->told = true;
    }
    return s;
}

static text tag_of(const walk *v, text segment)
{
    return x12_element(segment, v->by.element, 0);
}

static uint32_t *count_of(walk *v, text tag)
{
    for (size_t i = 0; i < v->counts.n; i++)
        if (text_equal(v->counts.p[i].tag, tag))
            return &v->counts.p[i].n;
    vec_push(&v->counts, (tag_count){tag, 0});
    return &vec_last(&v->counts).n;
}

/* Which of its tag the segment at hand is, from 1. */
static uint32_t nth(walk *v)
{
    text t;
    if (!v->counting) {
        x12_walk_set(&v->counted, v->file, &v->file->set[v->set]);
        vec_clear(&v->counts);
        v->counting = true;
    }
    uint32_t *own = count_of(v, v->tag);
    while (v->counted.ends.source.p + v->counted.at <= v->segment.p && x12_next(&v->counted, &t))
        ++*count_of(v, tag_of(v, t));
    own = count_of(v, v->tag);
    return *own;
}

static text path(comply *s, void *self, size_t at)
{
    walk *v = self;
    spot is = *spot_at(v, at);
    text tag = text_slice(v->tag, 0, 3), set = {0};
    char which[16] = "", part[16] = "";
    if (v->set != OUTSIDE) {
        set = x12_set_path(&s->scratch, v->file, v->set);
        uint32_t n = nth(v);
        if (n > 1)
            snprintf(which, sizeof which, "[%u]", n);
    }
    if (is.composite)
        snprintf(part, sizeof part, "-%u", is.component + 1);
    return text_format(s->memory, "%.*s%s%.*s%s.%02u%s", TEXT_ARG(set), set.n ? "." : "",
                       TEXT_ARG(tag), which, is.element, part);
}

static bool excluded(comply *s, void *self, size_t at)
{
    return spot_at(self, at)->passed;
}

static bool is_binary(text tag)
{
    return text_is(tag, "BIN") || text_is(tag, "BDS");
}

static void scan_segment(walk *v, text segment)
{
    comply *s = v->s;
    static const comply_place nothing = {0};
    comply_where w = {.path = path,
                      .excluded = excluded,
                      .self = v,
                      .offset = x12_offset(v->file, segment),
                      .prose = true};
    v->segment = segment;
    v->spot = (spot){0};
    v->tag = tag_of(v, segment);
    if (is_binary(v->tag)) {
        v->binaries++;
        return;
    }
    comply_claims_clear(s);
    if (v->set != OUTSIDE)
        segment_tell(s, &v->places, v->tag, segment, v->type, &w);
    comply_text(s, &nothing, segment, &w);
}

static void look_through(walk *v, uint32_t at)
{
    const x12_set *set = &v->file->set[at];
    x12_walk w;
    v->set = at;
    v->by = *x12_separators_of(v->file, set);
    v->places.by = &v->by;
    v->type = x12_set_type(v->file, set);
    v->counting = false;
    x12_walk_set(&w, v->file, set);
    for (text t; x12_next(&w, &t);)
        scan_segment(v, t);
}

static void scan_outside(walk *v, size_t from, size_t to, uint32_t interchange)
{
    x12_walk w;
    v->set = OUTSIDE;
    v->type = TEXT("");
    v->by = v->file->interchange[interchange].separators;
    v->places.by = &v->by;
    x12_walk_over(&w, &v->by, text_slice(v->file->source, 0, to), from);
    for (text t; x12_next(&w, &t);)
        scan_segment(v, t);
}

void comply_x12_places(segment_places *p)
{
    segment_places_init(p, rows, sizeof rows / sizeof *rows, get);
}

void comply_x12(comply *s)
{
    const x12_file *f = s->file->content;
    walk v = {.s = s, .file = f};
    size_t at = 0;
    uint32_t interchange = 0;
    comply_x12_places(&v.places);
    for (uint32_t i = 0; i < f->sets; i++) {
        text whole = f->set[i].whole;
        interchange = f->set[i].interchange;
        scan_outside(&v, at, x12_offset(f, whole), interchange);
        look_through(&v, i);
        at = x12_offset(f, whole) + whole.n;
    }
    if (f->interchanges)
        scan_outside(&v, at, f->source.n, f->sets ? interchange : 0);
    if (v.binaries)
        comply_unseen(s, "%u binary segment%s", v.binaries, v.binaries == 1 ? "" : "s");
    vec_release(&v.counts);
}
