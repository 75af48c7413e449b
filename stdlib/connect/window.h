/* window.h: when a window opens, freezes taken out; the same answer for a run and for its plan. */
#ifndef FERRY_STDLIB_WINDOW_H
#define FERRY_STDLIB_WINDOW_H

#include "base/calendar.h"
#include "base/json.h"

typedef enum { WINDOW_FOUND, WINDOW_OVER, WINDOW_UNREADABLE } window_answer;

/* The piece of a window that holds `after`, else the first that follows. `rule` and `freezes` are
 * nodes of the document, in the form that window.c describes; freezes may be 0. *out is defined
 * only after WINDOW_FOUND. */
window_answer window_opening(arena *memory, const json_document *d, uint32_t rule, uint32_t freezes,
                             instant after, interval *out);

#endif
