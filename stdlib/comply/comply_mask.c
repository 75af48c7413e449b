/* comply_mask.c: see comply_mask.h. */
#include "stdlib/comply/comply_mask.h"

#include "stdlib/comply/comply_segments.h"
#include "stdlib/document/mask.h"
#include "stdlib/edifact/edifact.h"
#include "stdlib/x12/x12.h"

#include <string.h>

enum { PATH_NAMES = 16 };

struct comply_masker {
    identifier_names names;
    segment_places x12, edifact;
    struct {
        uint64_t key;
        identifier_place place;
    } named[COMPLY_NAMES];
};

comply_masker *comply_masker_new(arena *a)
{
    comply_masker *m = arena_new(a, comply_masker);
    identifier_names_init(&m->names);
    comply_x12_places(&m->x12);
    comply_edifact_places(&m->edifact);
    return m;
}

/* ---- by names ---- */

/* The names of a path, from its end: "$.a.b[*].c" has c, b, a. */
static uint32_t names_of(text path, text name[PATH_NAMES])
{
    uint32_t n = 0;
    for (size_t end = path.n; end > 0 && n < PATH_NAMES;) {
        size_t from = end;
        while (from > 0 && path.p[from - 1] != '.' && path.p[from - 1] != '/')
            from--;
        name[n++] = text_slice(path, from, end);
        end = from ? from - 1 : 0;
    }
    return n;
}

static identifier_place place_of_path(comply_masker *m, text path)
{
    uint64_t key = print_add(1, path);
    size_t slot = key % COMPLY_NAMES;
    if (m->named[slot].key == key)
        return m->named[slot].place;
    text name[PATH_NAMES];
    uint32_t n = names_of(path, name), own = n > 1 && text_is(name[0], "@value") ? 1 : 0;
    bool person = false;
    for (uint32_t i = own + 1; i < n; i++)
        person |= identifier_named(&m->names, TEXT(""), name[i], false).person;
    m->named[slot].key = key;
    m->named[slot].place = identifier_named(&m->names, own + 1 < n ? name[own + 1] : TEXT(""),
                                            n ? name[own] : TEXT(""), person);
    return m->named[slot].place;
}

static text masked_by_name(comply_masker *m, arena *a, text ref, text value)
{
    identifier id;
    identifier_place p = place_of_path(m, ref);
    if (!identifier_any(p.certain | p.likely, value, &id))
        return value;
    return identifier_masked(a, id, value);
}

/* ---- by segments ---- */

/* The part of `place` that lies in the value is blotted as all of `place` would be. */
static void blot_part(arena *a, identifier id, text place, text value, char *copy)
{
    text masked = identifier_masked(a, id, place);
    for (size_t i = 0; i < place.n; i++)
        if (masked.p[i] == '*' && place.p + i >= value.p && place.p + i < value.p + value.n)
            copy[place.p + i - value.p] = masked.p[i];
}

static text masked_in_segment(arena *a, const segment_places *p, text tag, text segment, text type,
                              text value)
{
    char *copy = NULL;
    for (unsigned i = segment_places_of(p, tag); i; i = p->after[i - 1]) {
        const segment_place *row = &p->row[i - 1];
        identifier id;
        if (!row->of || !text_is(tag, row->tag))
            continue;
        text place = text_trim(p->get(p->by, segment, row->element, row->component));
        if (!place.n || !identifier_any(row->of, place, &id) ||
            !segment_place_holds(p, row, segment, type))
            continue;
        if (!copy)
            copy = arena_copy(a, value.p, value.n);
        blot_part(a, id, place, value, copy);
    }
    return copy ? (text){copy, value.n} : value;
}

static bool is_within(text value, text of)
{
    return value.p >= of.p && value.p + value.n <= of.p + of.n;
}

/* The segment of `of` that the value stands in. */
static text segment_around(text of, text value, char terminator)
{
    const char *from = memrchr(of.p, terminator, (size_t)(value.p - of.p));
    const char *behind = value.p + value.n, *end = of.p + of.n;
    const char *to = memchr(behind, terminator, (size_t)(end - behind));
    from = from ? from + 1 : of.p;
    return text_trim((text){from, (size_t)((to ? to : end) - from)});
}

static text masked_x12(comply_masker *m, arena *a, const x12_file *f, text value)
{
    uint32_t low = 0, high = f->sets;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (f->set[middle].whole.p + f->set[middle].whole.n <= value.p)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == f->sets || !is_within(value, f->set[low].whole))
        return value;
    const x12_set *s = &f->set[low];
    const x12_separators *by = x12_separators_of(f, s);
    text segment = segment_around(s->whole, value, by->terminator);
    m->x12.by = by;
    return masked_in_segment(a, &m->x12, x12_element(segment, by->element, 0), segment,
                             x12_set_type(f, s), value);
}

static text masked_edifact(comply_masker *m, arena *a, const edifact_file *f, text value)
{
    uint32_t low = 0, high = f->messages;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (f->message[middle].whole.p + f->message[middle].whole.n <= value.p)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == f->messages || !is_within(value, f->message[low].whole))
        return value;
    const edifact_message *e = &f->message[low];
    const edifact_separators *by = edifact_separators_of(f, e);
    text segment = segment_around(e->whole, value, by->terminator);
    m->edifact.by = by;
    return masked_in_segment(a, &m->edifact, edifact_tag(segment, by), segment, edifact_type(f, e),
                             value);
}

text comply_masked(comply_masker *m, arena *a, const document_file *file, text ref, text value)
{
    if (!value.p || !value.n || !file || !file->content)
        return mask_text(a, value);
    text shown = file->kind == KIND_X12 ? masked_x12(m, a, file->content, value)
                 : file->kind == KIND_EDIFACT || file->kind == KIND_TRADACOMS
                     ? masked_edifact(m, a, file->content, value)
                     : masked_by_name(m, a, ref, value);
    return mask_text(a, shown);
}
