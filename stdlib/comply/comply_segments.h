/* comply_segments.h: what places in segments say of their values, for X12 and EDIFACT alike: tables
 * of rows by tag, with conditions on qualifiers. */
#ifndef FERRY_STDLIB_COMPLY_SEGMENTS_H
#define FERRY_STDLIB_COMPLY_SEGMENTS_H

#include "stdlib/comply/comply_parts.h"

/* One row of comply_x12.def or comply_edifact.def. */
typedef struct {
    const char *tag;
    const char *when;   /* "01=IL|QC 08-1=MI": what must stand where; empty: nothing */
    uint8_t element;    /* 0: in all of the segment */
    uint8_t component;  /* 0: all of the element */
    identifier_set of;  /* 0: numbers of articles, orders, parcels (comply_place.excluded) */
    const char *within; /* types of documents it holds in, "270|271"; empty: all */
} segment_place;

enum { SEGMENT_PLACES = 256 };

/* How a format cuts: element n from 1, component from 1 (0: all of it). */
typedef text segment_get(const void *by, text segment, uint32_t element, uint32_t component);

typedef struct {
    const segment_place *row;
    uint16_t first[SEGMENT_PLACES], after[SEGMENT_PLACES];
    segment_get *get;
    const void *by; /* separators */
} segment_places;

void segment_places_init(segment_places *p, const segment_place *row, size_t rows,
                         segment_get *get);
void comply_x12_places(segment_places *p);
void comply_edifact_places(segment_places *p);
/* The rows of a tag: for (unsigned i = segment_places_of(p, tag); i; i = p->after[i - 1]). */
unsigned segment_places_of(const segment_places *p, text tag);
bool segment_place_holds(const segment_places *p, const segment_place *row, text segment,
                         text type);
/* Does a row without a kind hold for that element, whatever its component? */
bool segment_is_passed(const segment_places *p, text tag, text segment, uint32_t element,
                       text type);
/* Tells of all places of the segment that name a kind. */
void segment_tell(comply *s, const segment_places *p, text tag, text segment, text type,
                  const comply_where *w);

#endif
