/* window.h: when a window opens, freezes taken out; the same answer for a run and for its plan. */
#ifndef FERRY_STDLIB_WINDOW_H
#define FERRY_STDLIB_WINDOW_H

#include "base/calendar.h"
#include "base/json.h"

typedef enum { WINDOW_FOUND, WINDOW_OVER, WINDOW_UNREADABLE } window_answer;

/* The piece of a window that holds `after`, else the first that follows. `rule` and `freezes` are
 * nodes of the document, in the form that window.c describes; freezes may be 0. *out is defined
 * only after WINDOW_FOUND. `written`, unless NULL: how long the opening is by the clock on the wall,
 * as its rule says it: other than end - start where the clocks change in it or a freeze cuts it. */
window_answer window_opening(arena *memory, const json_document *d, uint32_t rule, uint32_t freezes,
                             instant after, interval *out, duration *written);

#endif
