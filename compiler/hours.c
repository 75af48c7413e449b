/* hours.c: the hours of roles (base/hours.h) against windows.
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

void hours_warn(compiler *c, node at, value role)
{
    hours h;
    const row *r = role.kind == V_CONST && !role.unknown && role.constant >= 0
                       ? row_by_final(c, TABLE_ROLE, (uint32_t)role.constant)
                       : NULL;
    text t = r ? role_text(c, r, COLUMN_ROLE_HOURS) : TEXT("");
    if (!t.n || !c->in_window.start || c->window_row < 0 || c->generic ||
        hours_read(c->memory, t, &h) || !never_meets(c, &h, (uint32_t)c->window_row))
        return;
    diagnostic *g =
        fault_at(c, W0501, at, "`%.*s` is not there while the window is open", TEXT_ARG(r->name));
    diag_label_add(c->d, g, c->in_window, "the window");
    diag_label_add(c->d, g, r->at, "its hours: %.*s", TEXT_ARG(t));
    diag_help_add(c->d, g, "ask before the window, or agree on the hours of that night");
}
