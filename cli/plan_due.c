/* plan_due.c: when what people do or decide is due, where that is known before the run.
 *
 * What the compiler could count stands in the line. An edge of a recurring window is known as soon
 * as one occurrence is planned for: `window.start`, `night.end - 2d`. All else stays as it is
 * written.
 */
#include "cli/plan_rows.h"

#include "cli/clock.h"

#include <string.h>

static const planned_window *window_called(const planned *p, text name)
{
    for (size_t i = 0; i < p->migration->window_count; i++)
        if (text_equal(p->window[i].window->name, name))
            return &p->window[i];
    return NULL;
}

/* "", " - 2d", " + 30m" */
static bool shift_read(text t, duration *out)
{
    *out = 0;
    if (!t.n)
        return true;
    bool minus = text_starts(t, TEXT(" - "));
    if (!minus && !text_starts(t, TEXT(" + ")))
        return false;
    if (!duration_read(text_slice(t, 3, t.n), out))
        return false;
    *out = minus ? -*out : *out;
    return true;
}

static instant edge_read(const planned *p, text t)
{
    static const char *const edges[] = {".start", ".end"};
    const char *dot = t.n ? memchr(t.p, '.', t.n) : NULL;
    size_t at = dot ? (size_t)(dot - t.p) : 0;
    const planned_window *w = dot ? window_called(p, text_slice(t, 0, at)) : NULL;
    duration shift;
    for (int i = 0; w && w->known && i < 2; i++)
        if (text_starts(text_slice(t, at, t.n), text_of(edges[i])) &&
            shift_read(text_slice(t, at + strlen(edges[i]), t.n), &shift))
            return (i == 0 ? w->span.start : w->span.end) + shift;
    return QUANTITY_NONE;
}

void plan_dues(cli *c, const program *of, planned *p, instant from)
{
    p->zone = clock_zone_of(c, of->image, p->migration->name);
    p->from = from;
    for (size_t i = 0; i < p->migration->line_count; i++) {
        const plan_line *l = &p->migration->lines[i];
        text written = plan_field_of(l, "due");
        p->line[i].due = l->due != QUANTITY_NONE ? l->due
                         : written.n             ? edge_read(p, written)
                                                 : QUANTITY_NONE;
    }
}

text plan_due(cli *c, const planned *p, const plan_line *l)
{
    instant at = p->line[l - p->migration->lines].due;
    return at == QUANTITY_NONE ? plan_field_of(l, "due") : plan_near(c, p->zone, at, p->from);
}
