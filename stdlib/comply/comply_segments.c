/* comply_segments.c: see comply_segments.h. */
#include "stdlib/comply/comply_segments.h"

#include <assert.h>
#include <string.h>

static unsigned bucket_of(text tag)
{
    uint64_t h = text_short(text_slice(tag, 0, 8)) * UINT64_C(0x9e3779b97f4a7c15);
    return (unsigned)(h >> 56);
}

void segment_places_init(segment_places *p, const segment_place *row, size_t rows, segment_get *get)
{
    assert(rows < SEGMENT_PLACES);
    *p = (segment_places){.row = row, .get = get};
    for (size_t i = rows; i-- > 0;) {
        unsigned b = bucket_of(text_of(row[i].tag));
        p->after[i] = p->first[b];
        p->first[b] = (uint16_t)(i + 1);
    }
}

unsigned segment_places_of(const segment_places *p, text tag)
{
    unsigned i = p->first[bucket_of(tag)];
    while (i && !text_is(tag, p->row[i - 1].tag))
        i = p->after[i - 1];
    return i;
}

/* Is t one of "a|b|c", up to a blank or the end? *end is where the list ends. */
static bool is_of_list(const char *list, text t, const char **end)
{
    bool found = false;
    const char *p = list;
    while (*p && *p != ' ') {
        size_t n = strcspn(p, "| ");
        found |= n == t.n && memcmp(p, t.p, n) == 0;
        p += n;
        p += *p == '|';
    }
    *end = p;
    return found;
}

static uint32_t number_at(const char **p)
{
    uint32_t n = 0;
    for (; **p >= '0' && **p <= '9'; ++*p)
        n = n * 10 + (uint32_t)(**p - '0');
    return n;
}

bool segment_place_holds(const segment_places *p, const segment_place *row, text segment, text type)
{
    const char *end;
    if (*row->within && !is_of_list(row->within, type, &end))
        return false;
    for (const char *c = row->when; *c;) {
        uint32_t element = number_at(&c), component = 0;
        if (*c == '-') {
            c++;
            component = number_at(&c);
        }
        bool equal = *c == '=';
        assert(equal);
        text is = text_trim(p->get(p->by, segment, element, component));
        if (!is_of_list(c + equal, is, &end))
            return false;
        c = end + (*end == ' ');
    }
    return true;
}

bool segment_is_passed(const segment_places *p, text tag, text segment, uint32_t element, text type)
{
    for (unsigned i = segment_places_of(p, tag); i; i = p->after[i - 1]) {
        const segment_place *row = &p->row[i - 1];
        bool there = !row->element || row->element == element;
        if (!row->of && there && text_is(tag, row->tag) &&
            segment_place_holds(p, row, segment, type))
            return true;
    }
    return false;
}

void segment_tell(comply *s, const segment_places *p, text tag, text segment, text type,
                  const comply_where *w)
{
    for (unsigned i = segment_places_of(p, tag); i; i = p->after[i - 1]) {
        const segment_place *row = &p->row[i - 1];
        if (!row->of || !text_is(tag, row->tag))
            continue;
        text value = text_trim(p->get(p->by, segment, row->element, row->component));
        comply_place place = {.certain = row->of};
        if (value.n && segment_place_holds(p, row, segment, type))
            comply_value(s, &place, value, (size_t)(value.p - segment.p), w);
    }
}
