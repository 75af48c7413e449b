/* hours.c: the hours of roles (base/hours.h) against windows, and against moments.
 *
 * A window and such hours either meet or never do; of a recurring window the occurrences of a year
 * count, so that the verdict does not depend on the day of compiling.
 */
#include "compiler/hours.h"
#include "base/hours.h"
#include "compiler/data.h"
#include "compiler/lower.h"

bool hours_check(compiler *c, node n, text t)
{
    hours h;
    const char *why = hours_read(c->memory, t, &h);
    if (!why)
        return true;
    diagnostic *g = fault_at(c, E0505, n, "no hours: %s", why);
    diag_help_add(c->d, g, "as in `\"mon-fri 08:00-18:00 America/Chicago\"`");
    return false;
}

/* Text of a role's column, in the arena; empty where it has none. */
static text role_text(const compiler *c, const row *r, uint32_t column)
{
    for (size_t i = 0; i < r->cells.n; i++)
        if (r->cells.p[i].column == column)
            return text_kept(c, r->cells.p[i].value);
    return TEXT("");
}

static bool never_meets(compiler *c, const hours *h, uint32_t window)
{
    interval w;
    if (window_dated(c, window, &w))
        return !hours_meet(h, w);
    instant t = civil_days(2027, 1, 1) * DAY, end = civil_days(2028, 1, 1) * DAY;
    while (t < end && window_after(c, window, t, &w)) {
        if (hours_meet(h, w))
            return false;
        t = w.end;
    }
    return true;
}

/* The row of a role that is known, and its hours; NULL where it has none: it is always there. */
static const row *role_hours(compiler *c, value role, hours *h)
{
    const row *r = role.kind == V_CONST && !role.unknown && role.constant >= 0
                       ? row_by_final(c, TABLE_ROLE, (uint32_t)role.constant)
                       : NULL;
    text t = r ? role_text(c, r, COLUMN_ROLE_HOURS) : TEXT("");
    return t.n && !hours_read(c->memory, t, h) ? r : NULL;
}

static bool away(compiler *c, const row *r, uint32_t window, const interval *moment)
{
    hours h;
    text t = role_text(c, r, COLUMN_ROLE_HOURS);
    if (!t.n || hours_read(c->memory, t, &h))
        return false;
    return moment ? !hours_meet(&h, *moment) : never_meets(c, &h, window);
}

/* Whether nobody who stands in for a role is there, either; deputies may go in a circle. */
static bool deputies_away(compiler *c, const row *r, uint32_t window, const interval *moment)
{
    const row *d = r->deputy;
    for (size_t i = 0; d && d != r && i < c->rows[TABLE_ROLE].n; i++, d = d->deputy)
        if (!away(c, d, window, moment))
            return false;
    return true;
}

static void hours_label(compiler *c, diagnostic *g, const row *r)
{
    diag_label_add(c->d, g, r->at, "its hours: %.*s", TEXT_ARG(role_text(c, r, COLUMN_ROLE_HOURS)));
}

void hours_warn(compiler *c, node at, value role, bool deputies)
{
    hours h;
    const row *r = role_hours(c, role, &h);
    uint32_t window = (uint32_t)c->window_row;
    if (!r || !c->in_window.start || c->window_row < 0 || c->generic || !away(c, r, window, NULL) ||
        (deputies && !deputies_away(c, r, window, NULL)))
        return;
    diagnostic *g =
        fault_at(c, W0501, at, "`%.*s` is not there while the window is open", TEXT_ARG(r->name));
    diag_label_add(c->d, g, c->in_window, "the window");
    hours_label(c, g, r);
    diag_help_add(c->d, g, "ask before the window, or agree on the hours of that night");
}

void hours_due_warn(compiler *c, node at, value due, const value *roles, uint32_t n, bool deputies)
{
    hours h;
    if (due.kind != V_CONST || due.unknown || c->generic || !n)
        return;
    interval moment = {due.constant - 1, due.constant}; /* at the end of their hours is in time */
    for (uint32_t i = 0; i < n; i++) {
        const row *r = role_hours(c, roles[i], &h);
        if (!r || !away(c, r, 0, &moment) || (deputies && !deputies_away(c, r, 0, &moment)))
            return;
    }
    const row *r = role_hours(c, roles[0], &h);
    diagnostic *g =
        n == 1 ? fault_at(c, W0501, at, "`%.*s` is not there when this is due", TEXT_ARG(r->name))
               : fault_at(c, W0501, at, "none of those who are asked is there when this is due");
    for (uint32_t i = 0; i < n; i++)
        hours_label(c, g, role_hours(c, roles[i], &h));
    diag_help_add(c->d, g, "let it be due while they are there, or agree on the hours of that day");
}
