/* comply_hl7.c: HL7 version 2, which is text to everyone else: what stands where says whose it is.
 * Its places stand in comply_hl7.def.
 *
 * MSH says how it is cut, by position (HL7 2.5.1, 2.5.4): fields, components, repetitions. Segments
 * end with a carriage return, in files of people with any line break. */
#include "stdlib/comply/comply_segments.h"

#include <string.h>

enum { REPETITIONS_MOST = 16 };

static const segment_place rows[] = {
#define PLACE(tag, when, element, component, kind, within)                                         \
    {tag, when, element, component, IDENTIFIER_BIT(ID_##kind), within},
#define PASS(tag, when, element, component) {tag, when, element, component, 0, ""},
#include "stdlib/comply/comply_hl7.def"
#undef PLACE
#undef PASS
};

typedef struct {
    char field, component, repetition;
    uint32_t nth; /* repetition that is asked for, from 0 */
} separators;

typedef struct {
    text whole, tag, segment;
    separators by;
    segment_places places;
    uint32_t message, position; /* in the file, of the segment in the message */
} walk;

static text piece(text t, char separator, uint32_t nth)
{
    document_pieces w = document_pieces_of(t, separator, 0);
    text found = document_piece(&w);
    while (nth-- > 0)
        found = document_piece(&w);
    return found;
}

static text get(const void *separator, text segment, uint32_t element, uint32_t component)
{
    const separators *by = separator;
    text field = piece(piece(segment, by->field, element), by->repetition, by->nth);
    return component ? piece(field, by->component, component - 1) : field;
}

static uint32_t field_at(const walk *v, size_t at)
{
    uint32_t n = 0;
    for (size_t i = 0; i < at; i++)
        n += v->segment.p[i] == v->by.field;
    return n;
}

/* "MSH[1].PID@3.05" */
static text path(comply *s, void *self, size_t at)
{
    const walk *v = self;
    return text_format(s->memory, "MSH[%u].%.*s@%u.%02u", v->message, TEXT_ARG(v->tag), v->position,
                       field_at(v, at));
}

static bool excluded(comply *s, void *self, size_t at)
{
    (void)s;
    const walk *v = self;
    return segment_is_passed(&v->places, v->tag, v->segment, field_at(v, at), TEXT(""));
}

static bool is_header(text t)
{
    return t.n > 8 && text_starts(t, TEXT("MSH")) && document_separates(t.p[3]) &&
           document_separates(t.p[4]);
}

static void scan_segment(comply *s, walk *v)
{
    static const comply_place nothing = {0};
    comply_where w = {.path = path,
                      .excluded = excluded,
                      .self = v,
                      .offset = (size_t)(v->segment.p - v->whole.p),
                      .prose = true};
    if (is_header(v->segment)) {
        v->by = (separators){v->segment.p[3], v->segment.p[4], v->segment.p[5], 0};
        v->message++;
        v->position = 0;
    }
    v->position++;
    v->tag = piece(v->segment, v->by.field, 0);
    comply_claims_clear(s);
    for (v->by.nth = 0; v->by.nth < REPETITIONS_MOST; v->by.nth++) {
        segment_tell(s, &v->places, v->tag, v->segment, TEXT(""), &w);
        if (!memchr(v->segment.p, v->by.repetition, v->segment.n))
            break;
    }
    comply_text(s, &nothing, v->segment, &w);
}

bool comply_is_hl7(text bytes)
{
    return is_header(bytes) ||
           ((text_starts(bytes, TEXT("FHS|")) || text_starts(bytes, TEXT("BHS|"))) &&
            text_find(text_slice(bytes, 0, 4096), '\r') >= 0);
}

void comply_hl7(comply *s)
{
    walk v = {.whole = s->file->bytes, .by = {'|', '^', '~', 0}};
    segment_places_init(&v.places, rows, sizeof rows / sizeof *rows, get);
    v.places.by = &v.by;
    for (size_t at = 0, end; at < v.whole.n; at = end + 1) {
        for (end = at; end < v.whole.n && v.whole.p[end] != '\r' && v.whole.p[end] != '\n';)
            end++;
        v.segment = text_slice(v.whole, at, end);
        if (v.segment.n > 3)
            scan_segment(s, &v);
    }
}
