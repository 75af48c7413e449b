/* edifact_needed.c: what data segments cannot be without (edifact_needed.def). */
#include "stdlib/edifact/edifact_inside.h"

#include <string.h>

static const struct {
    char tag[4];
    const char *places;
} rows[] = {
#define EDIFACT_NEEDED(tag, places) {#tag, places},
#include "stdlib/edifact/edifact_needed.def"
#undef EDIFACT_NEEDED
};

enum { ROWS = sizeof rows / sizeof *rows, ELEMENTS_MOST = 31 };

/* "3.1?" */
static const char *read_place(const char *p, edifact_needed_place *out)
{
    while (*p >= '0' && *p <= '9')
        out->element = (uint8_t)(out->element * 10 + *p++ - '0');
    if (*p == '.') {
        out->component = (uint8_t)(p[1] - '0');
        p += 2;
    }
    out->with_rest = *p == '?';
    p += out->with_rest;
    return p + (*p == ' ');
}

void edifact_needed_start(edifact_inside *in)
{
    arena *a = in->reader.memory;
    uint8_t *slot = arena_array(a, uint8_t, 0x8000);
    in->needed = arena_alloc_array(a, ROWS, sizeof *in->needed, _Alignof(edifact_needed_place));
    for (size_t i = 0; i < ROWS; i++) {
        const char *p = rows[i].places;
        for (size_t n = 0; *p && n < EDIFACT_NEEDED_MOST; n++)
            p = read_place(p, &in->needed[i][n]);
        slot[edifact_check_slot(rows[i].tag)] = (uint8_t)(i + 1);
    }
    in->needed_slot = slot;
}

/* Bits by element: whether anything is in it, in its first component, in its second. */
typedef struct {
    uint32_t any, component[2];
} presence;

static presence presence_of(text segment, const edifact_separators *by, unsigned last)
{
    presence is = {0};
    unsigned element = 0, component = 0;
    bool repeated = false;
    for (const char *p = segment.p + 3, *end = segment.p + segment.n; p < end; p++) {
        if (*p == by->element) {
            component = 0;
            repeated = false;
            if (++element > last)
                break;
        } else if (*p == by->component) {
            component++;
        } else if (*p == by->repetition && by->repetition) {
            repeated = true;
        } else if (*p != ' ') {
            p += *p == by->release && by->release;
            is.any |= UINT32_C(1) << element;
            if (component < 2 && !repeated)
                is.component[component] |= UINT32_C(1) << element;
        }
    }
    return is;
}

static void check_place(edifact_inside *in, const edifact_needed_place *p, const presence *is,
                        text tag, text segment)
{
    uint32_t bit = UINT32_C(1) << p->element;
    bool any = is->any & bit;
    bool there = p->component ? is->component[p->component - 1] & bit : any;
    if (there || (p->with_rest && !any))
        return;
    edifact_place at = edifact_inside_at(in, tag);
    at.element = p->element;
    at.component = any ? p->component : 0;
    edifact_fault(&in->reader, FAULT_MISSING, edifact_place_of(&in->reader, segment), at, NULL);
}

/* Most rows ask for the first thing in the first element, and nearly always it is there. */
static bool starts_with_value(text segment, const edifact_separators *by)
{
    return segment.n > 4 && segment.p[3] == by->element && segment.p[4] != by->element &&
           segment.p[4] != by->component && segment.p[4] != ' ' && segment.p[4] != by->repetition;
}

void edifact_needed_check(edifact_inside *in, text tag, text segment)
{
    unsigned row = tag.n == 3 ? in->needed_slot[edifact_check_slot(tag.p)] : 0;
    if (!row || memcmp(rows[row - 1].tag, tag.p, 3) != 0)
        return;
    const edifact_needed_place *p = in->needed[row - 1];
    const edifact_separators *by = &in->walk.by;
    if (p->element == 1 && p->component < 2 && !p[1].element && starts_with_value(segment, by))
        return;
    unsigned last = 0;
    for (const edifact_needed_place *q = p; q->element; q++)
        last = q->element;
    presence is = presence_of(segment, by, last < ELEMENTS_MOST ? last : ELEMENTS_MOST);
    for (; p->element; p++)
        check_place(in, p, &is, tag, segment);
}
