/* comply_edifact.c: EDIFACT and TRADACOMS, segment by segment. Their places stand in
 * comply_edifact.def. */
#include "stdlib/comply/comply_segments.h"
#include "stdlib/edifact/edifact_read.h"

static const segment_place rows[] = {
#define PLACE(tag, when, element, component, kind, within)                                         \
    {tag, when, element, component, IDENTIFIER_BIT(ID_##kind), within},
#define PASS(tag, when, element, component) {tag, when, element, component, 0, ""},
#include "stdlib/comply/comply_edifact.def"
#undef PLACE
#undef PASS
};

typedef struct {
    comply *s;
    const edifact_file *file;
    segment_places places;
    edifact_separators by;
    const edifact_message *message;
    uint32_t nth, position; /* of the message in its interchange, of the segment in the message */
    text type, tag, segment;
    edifact_cutter cutter; /* over the segment, up to `part` */
    edifact_part part;
    size_t part_from;
    bool cutting;
    uint32_t asked; /* element, from 1, of which `passed` is known */
    bool passed;
    uint32_t packages;
} walk;

static text get(const void *by, text segment, uint32_t element, uint32_t component)
{
    const edifact_separators *sep = by;
    text e = edifact_repeat(edifact_element(segment, sep, element), sep, 1);
    return component ? edifact_component(e, sep, component) : e;
}

/* The element and component that byte of the segment stands in, on from where it was asked last: a
 * segment may be as long as its file, and be full of findings. */
static const edifact_part *part_at(walk *v, size_t at)
{
    if (!v->cutting || at < v->part_from) {
        edifact_cut_start(&v->cutter, v->segment, &v->by);
        v->part = (edifact_part){{v->segment.p, 0}, 0, 0, 0};
        v->cutting = true;
    }
    while ((size_t)(v->part.value.p + v->part.value.n - v->segment.p) <= at &&
           edifact_cut_next(&v->cutter, &v->part))
        ;
    v->part_from = (size_t)(v->part.value.p - v->segment.p);
    return &v->part;
}

/* As faults have it: "UNB[1].UNH[2].RFF@5.01.2". */
static text path(comply *s, void *self, size_t at)
{
    walk *v = self;
    const edifact_message *m = v->message;
    edifact_dialect d = v->file->interchange[m->interchange].dialect;
    edifact_part part = *part_at(v, at);
    return text_format(
        s->memory, "%s[%u].%s[%u].%.*s@%u.%02u.%u", edifact_header_tag(d, EDIFACT_INTERCHANGE),
        m->interchange + 1, edifact_header_tag(d, EDIFACT_MESSAGE), v->nth,
        TEXT_ARG(text_slice(v->tag, 0, 3)), v->position, part.element, part.component);
}

static bool excluded(comply *s, void *self, size_t at)
{
    walk *v = self;
    uint32_t element = part_at(v, at)->element;
    if (v->asked != element + 1) {
        v->asked = element + 1;
        v->passed = segment_is_passed(&v->places, v->tag, v->segment, element, v->type);
    }
    return v->passed;
}

static size_t place(comply *s, void *self, size_t at)
{
    const walk *v = self;
    return edifact_offset(v->file, text_slice(v->segment, at, v->segment.n));
}

static void scan_segment(walk *v, text segment)
{
    static const comply_place nothing = {0};
    comply_where w = {.path = path, .excluded = excluded, .place = place, .self = v, .prose = true};
    v->segment = segment;
    v->cutting = false;
    v->asked = 0;
    v->tag = edifact_tag(segment, &v->by);
    comply_claims_clear(v->s);
    segment_tell(v->s, &v->places, v->tag, segment, v->type, &w);
    comply_text(v->s, &nothing, segment, &w);
}

static void scan_message(walk *v, const edifact_message *m)
{
    edifact_walk w;
    v->nth = v->message && v->message->interchange == m->interchange ? v->nth + 1 : 1;
    v->message = m;
    v->by = *edifact_separators_of(v->file, m);
    v->places.by = &v->by;
    v->type = edifact_type(v->file, m);
    v->position = 0;
    if (m->package) {
        v->packages++;
        return;
    }
    edifact_walk_message(&w, v->file, m);
    for (text t; edifact_next(&w, &t);) {
        v->position++;
        scan_segment(v, t);
    }
}

void comply_edifact_places(segment_places *p)
{
    segment_places_init(p, rows, sizeof rows / sizeof *rows, get);
}

void comply_edifact(comply *s)
{
    const edifact_file *f = s->file->content;
    walk v = {.s = s, .file = f};
    comply_edifact_places(&v.places);
    for (uint32_t i = 0; i < f->messages; i++)
        scan_message(&v, &f->message[i]);
    if (v.packages)
        comply_unseen(s, "%u package%s", v.packages, v.packages == 1 ? "" : "s");
}
