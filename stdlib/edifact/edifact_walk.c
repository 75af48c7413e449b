/* edifact_walk.c: from one terminator to the next, by blocks of 64 bytes (base/scan.h).
 *
 * Line breaks are looked for with the terminators: those between segments are passed over, one
 * inside of a segment is kept for whoever holds it against the file. */
#include "stdlib/edifact/edifact_read.h"

#include <string.h>

static bool is_layout(const edifact_separators *s, char c)
{
    return c == '\r' || c == '\n' ||
           ((c == ' ' || c == '\t') && c != s->element && c != s->component);
}

void edifact_walk_over(edifact_walk *w, const edifact_separators *by, text source, size_t at)
{
    const char looked_for[] = {by->terminator, '\n'};
    scan_set set = scan_any_of(looked_for, by->terminator == '\n' ? 1 : 2);
    w->by = *by;
    w->at = at;
    w->line = SIZE_MAX;
    w->terminated = true;
    scan_start(&w->ends, &set, source, at);
}

void edifact_walk_message(edifact_walk *w, const edifact_file *f, const edifact_message *m)
{
    edifact_walk_over(w, edifact_separators_of(f, m), m->whole, 0);
}

/* The end of the segment at `at`: a terminator that is not released, or the end of the source. */
static size_t find_end(edifact_walk *w, size_t at)
{
    const char *p = w->ends.source.p;
    for (;;) {
        size_t end = scan_next(&w->ends);
        if (end >= w->ends.source.n)
            return w->ends.source.n;
        if (end < at)
            continue;
        if (p[end] != w->by.terminator)
            w->line = w->line == SIZE_MAX ? end : w->line;
        else if (end == at || p[end - 1] != w->by.release ||
                 !edifact_is_released(p, at, end, w->by.release))
            return end;
    }
}

bool edifact_walk_next(edifact_walk *w, text *segment)
{
    const char *p = w->ends.source.p;
    size_t n = w->ends.source.n, at = w->at;
    while (at < n && is_layout(&w->by, p[at]))
        at++;
    w->line = SIZE_MAX;
    if (at >= n) {
        w->at = n;
        return false;
    }
    size_t end = find_end(w, at);
    w->terminated = end < n;
    w->at = w->terminated ? end + 1 : n;
    *segment = (text){p + at, end - at};
    if (w->by.terminator == '\n' && end > at && p[end - 1] == '\r')
        segment->n--;
    return true;
}

bool edifact_next(edifact_walk *w, text *segment)
{
    while (edifact_walk_next(w, segment))
        if (segment->n)
            return true;
    return false;
}
