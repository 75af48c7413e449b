/* edifact_structure.h: the items of which messages are built (edifact_messages.def), as a table,
 * and where in it a walk through a message stands. For those who hold messages against it. */
#ifndef FERRY_STDLIB_EDIFACT_STRUCTURE_H
#define FERRY_STDLIB_EDIFACT_STRUCTURE_H

#include "stdlib/edifact/edifact.h"

/* A segment, or a group with the segment that opens it. The items of a group stand behind it, up to
 * the sibling of the group. */
typedef struct {
    char tag[4];
    bool needed, group;
    uint16_t next; /* its sibling, or where that would be */
    uint32_t most; /* how often */
} edifact_item;

/* Item 0 is the message itself. */
typedef struct {
    const char *type;
    edifact_item *item;
    uint16_t items;
} edifact_structure;

enum {
    EDIFACT_STRUCTURES = 0
#define EDIFACT_MESSAGE(type, items) +1
#include "stdlib/edifact/edifact_messages.def"
#undef EDIFACT_MESSAGE
};

enum {
    EDIFACT_OPEN_MOST = 24,   /* groups, those that stand wrongly included */
    EDIFACT_SKIPPED_MOST = 64 /* what must be there and is passed over by one segment */
};

typedef struct {
    uint16_t group; /* item */
    uint16_t at;    /* the last item that was there; 0: only what opened the group */
    uint32_t times; /* that it was there, one behind the other */
    bool astray;    /* the group stands where it should not */
} edifact_open_group;

/* Where a walk stands: the groups that are open. The first one is the message. */
typedef struct {
    edifact_open_group open[EDIFACT_OPEN_MOST];
    unsigned depth;
    unsigned astray; /* how many of them stand where they should not */
} edifact_stand;

/* Where a segment might belong. */
typedef struct {
    unsigned depth; /* of the group that holds it */
    uint16_t item;  /* 0: nowhere */
    bool over;      /* it is there as often as it may be */
    unsigned skips;
    uint16_t skipped[EDIFACT_SKIPPED_MOST]; /* what it passes over that must be there */
} edifact_spot;

/* The row of a type of message; EDIFACT_STRUCTURES: there is none. */
size_t edifact_structure_row(text type);
const edifact_structure *edifact_structure_of(arena *a, size_t row);

/* Security segments (ISO 9735-5) may be wrapped around the data of any message. */
static inline bool edifact_is_security(text tag)
{
    return tag.n == 3 && tag.p[0] == 'U' && tag.p[1] == 'S';
}

bool edifact_item_is(const edifact_item *i, text tag);

/* The spots for a segment that are not behind us, the innermost first: each is given to `found`
 * until that returns true. Returns what is passed over when none was taken: at the end of a
 * message, what is missing. */
edifact_spot edifact_each_spot(const edifact_structure *is, const edifact_stand *at, text tag,
                               bool (*found)(void *closure, const edifact_spot *spot),
                               void *closure);
/* Stands on the spot. */
void edifact_stand_on(const edifact_structure *is, edifact_stand *at, const edifact_spot *spot);
/* Opens a group, where the item is one. */
void edifact_stand_open(const edifact_structure *is, edifact_stand *at, uint16_t item, bool astray);

/* Whether so many segments of a message, whose walk stands behind UNH, can be what the row says, on
 * any of the ways through it, and, if it `ends` there, nothing is missing; true, too, where there
 * are more ways than it follows. */
bool edifact_fits(const edifact_structure *is, edifact_walk walk, uint32_t segments, bool ends);

#endif
