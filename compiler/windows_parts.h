/* windows_parts.h: what the calendar knows of a window; for the files about windows alone. */
#ifndef FERRY_COMPILER_WINDOWS_PARTS_H
#define FERRY_COMPILER_WINDOWS_PARTS_H

#include "compiler/data.h"
#include "compiler/lower.h"

typedef struct window_info {
    row *of;
    window_rule rule;
    const zone *zone;
    text name, shown, json;
    uint32_t migration; /* index among the migrations */
    duration shortest;
    struct window_info *before; /* the window written before it in its migration */
    struct window_info *also;   /* a further opening; only rule, zone, shown and json count */
} window_info;

static inline window_info *window_of(const row *r)
{
    return r->extra;
}

/* The windows of a migration, the last one first. */
static inline const window_info *windows_of(const compiler *c, uint32_t migration)
{
    return migration < c->windows.n ? c->windows.p[migration] : NULL;
}

/* The zone of its default window, else of the last one by name; UTC without any. */
const zone *zone_of_migration(const compiler *c, uint32_t migration);

#endif
