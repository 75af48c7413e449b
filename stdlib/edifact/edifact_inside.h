/* edifact_inside.h: what those share who look into messages: edifact_inside.c walks through them,
 * edifact_order.c judges where segments stand, edifact_needed.c what is in them. */
#ifndef FERRY_STDLIB_EDIFACT_INSIDE_H
#define FERRY_STDLIB_EDIFACT_INSIDE_H

#include "stdlib/edifact/edifact_read.h"
#include "stdlib/edifact/edifact_structure.h"

enum { EDIFACT_STEPS = 1024, EDIFACT_NEEDED_MOST = 6 };

/* Where a segment went the last time that it stood behind that item: nearly always it does so
 * again. An item has one place in the structure, so it stands for all the groups that are open. */
typedef struct {
    uint32_t tag;
    uint16_t behind, item;
    uint16_t depth;
} edifact_step;

/* Messages of one type: how they are built, and steps by tag and item. */
typedef struct {
    const edifact_structure *is;
    edifact_step *step;
} edifact_type_known;

/* One place of a row of edifact_needed.def. */
typedef struct {
    uint8_t element, component; /* element 0: no more of them; component 0: any */
    bool with_rest;             /* only where the rest of the element is there */
} edifact_needed_place;

typedef struct {
    edifact_reader reader; /* for faults */
    const edifact_file *file;
    uint32_t message;  /* the one that is looked at */
    edifact_walk walk; /* behind the segment that is looked at */
    uint32_t segment;  /* its number */
    edifact_type_known type[EDIFACT_STRUCTURES];
    edifact_needed_place (*needed)[EDIFACT_NEEDED_MOST + 1];
    const uint8_t *needed_slot; /* by edifact_check_slot: row of `needed`, from 1 */
} edifact_inside;

/* The walk through the structure of one message. */
typedef struct {
    edifact_inside *in;
    const edifact_structure *is; /* NULL: nothing is known of it, or it turned out to be sound */
    edifact_step *step;
    edifact_stand stand;
    edifact_walk start; /* behind UNH */
    char before[4];     /* tag of the last segment */
    unsigned looks;     /* ahead */
    bool doubted;
} edifact_order;

/* The place of the segment that is looked at. */
edifact_place edifact_inside_at(const edifact_inside *in, text tag);

/* The first three bytes of a tag as a number. */
static inline uint32_t edifact_tag_number(const char *tag)
{
    return (uint32_t)(unsigned char)tag[0] << 16 | (uint32_t)(unsigned char)tag[1] << 8 |
           (unsigned char)tag[2];
}

/* For a message whose walk stands behind UNH. */
void edifact_order_start(edifact_inside *in, edifact_order *o);
void edifact_order_take(edifact_order *o, text tag, text segment);
/* The message ends: at its trailer. */
void edifact_order_end(edifact_order *o, text trailer);

void edifact_needed_start(edifact_inside *in);
void edifact_needed_check(edifact_inside *in, text tag, text segment);

#endif
