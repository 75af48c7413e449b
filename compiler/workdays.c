/* workdays.c: `calendar target2 from "target2.csv"`: days on which nobody works.
 *
 * A calendar freezes its days (`freeze target2`), and workdays are counted past them:
 * `workdays_before(cutover.start, 5, target2)`. Counting is done while compiling, in the zone of
 * the default window: so it takes a moment that is known then. Saturdays and Sundays are no
 * workdays.
 */
#include "compiler/workdays.h"
#include "compiler/data_file.h"
#include "compiler/expr.h"
#include "compiler/lower.h"
#include "compiler/modules.h"

#include <stdlib.h>

struct calendar {
    int64_t *day; /* sorted, unique */
    size_t n, room;
};

enum { WORKDAYS_MOST = 1000 };

/* --- reading
 * ----------------------------------------------------------------------------------------- */

typedef struct {
    compiler *c;
    calendar *to;
} filling;

static void see_day(void *self, const data_entry *e, size_t n, span at)
{
    filling *f = self;
    const scalar *date = NULL;
    civil day;
    for (size_t i = 0; i < n; i++)
        if (text_is(e[i].key.t, "date") && e[i].n == 1)
            date = &e[i].items[0];
    if (!date) {
        fault(f->c, DIAG_E0603, at, "a row of a calendar needs a `date`");
        return;
    }
    if (!date_read(date->t, &day)) {
        fault(f->c, DIAG_E0601, date->at, "`%.*s` is no date such as 2027-03-26",
              TEXT_ARG(date->t));
        return;
    }
    calendar *k = f->to;
    if (k->n == k->room) {
        int64_t *more = arena_array(f->c->memory, int64_t, k->room * 2 + 16);
        for (size_t i = 0; i < k->n; i++)
            more[i] = k->day[i];
        k->day = more;
        k->room = k->room * 2 + 16;
    }
    k->day[k->n++] = civil_days(day.year, day.month, day.day);
}

static int by_day(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void calendar_take(compiler *c, decl *d)
{
    filling f = {c, arena_new(c->memory, calendar)};
    d->sub = (int)c->calendars.n;
    vec_push(&c->calendars, f.to);
    source *file = file_named(c, d->at);
    if (file && file_is_yaml(file))
        yaml_rows(c, file, text_copy(c->memory, name_text(c, d->name)).p, see_day, &f);
    else if (file)
        csv_each(c, file, see_day, &f);
    if (f.to->n)
        qsort(f.to->day, f.to->n, sizeof *f.to->day, by_day);
    size_t kept = 0;
    for (size_t i = 0; i < f.to->n; i++)
        if (!i || f.to->day[i] != f.to->day[i - 1])
            f.to->day[kept++] = f.to->day[i];
    f.to->n = kept;
}

void calendars_collect(compiler *c)
{
    for (size_t m = 0; m < c->modules.n; m++) {
        c->mod = c->modules.p[m];
        for (size_t i = 0; i < c->mod->decls.n; i++)
            if (c->mod->decls.p[i]->kind == DECL_CALENDAR)
                calendar_take(c, c->mod->decls.p[i]);
    }
    c->mod = c->modules.p[0];
}

const int64_t *calendar_days(const compiler *c, value v, size_t *n)
{
    const calendar *k = c->calendars.p[v.constant];
    *n = k->n;
    return k->day;
}

/* --- counting
 * ---------------------------------------------------------------------------------------- */

static bool works(const calendar *k, int64_t day)
{
    int64_t weekday = ((day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday; 0 is Monday */
    return weekday < 5 && !(k->n && bsearch(&day, k->day, k->n, sizeof *k->day, by_day));
}

/* The same time of day, `count` workdays earlier or later. */
static instant workdays_from(compiler *c, const calendar *k, instant t, int64_t count, int step)
{
    const zone *z = window_zone(c);
    civil at = zone_civil(z, t);
    int64_t day = civil_days(at.year, at.month, at.day);
    while (count > 0) {
        day += step;
        count -= works(k, day);
    }
    civil then = zone_civil(zone_utc(), day * DAY);
    at.year = then.year, at.month = then.month, at.day = then.day;
    return zone_instant(z, &at);
}

static value counted(compiler *c, node n, int step)
{
    node at = ast_arg(tree(c), n), many = ast_more(tree(c), at), by = ast_more(tree(c), many);
    value t = expect(c, at, TYPE_INSTANT), k = expect_const(c, many, TYPE_NUMBER),
          of = expr(c, by, T_ANY);
    if (t.kind == V_ERROR || k.kind == V_ERROR || of.kind == V_ERROR)
        return value_error();
    if (of.t != T_CALENDAR) {
        fault_at(c, E0301, by, "a calendar is needed here, this is %.*s",
                 TEXT_ARG(type_a(c, of.t)));
        return value_error();
    }
    if (k.constant % UNIT_NUMBER || k.constant < 0 || k.constant > WORKDAYS_MOST * UNIT_NUMBER) {
        fault_at(c, E0308, many, "a whole number from 0 to %d is needed here", WORKDAYS_MOST);
        return value_error();
    }
    if (t.unknown || k.unknown)
        return (value){.kind = V_CONST, .t = TYPE_INSTANT, .unknown = true};
    if (t.kind != V_CONST) {
        diagnostic *g = fault_at(c, E0306, at, "workdays are counted when the program is compiled");
        diag_note(c->d, g, "this moment is known when it runs: a dated window's is known before");
        return value_error();
    }
    return value_const(TYPE_INSTANT, workdays_from(c, c->calendars.p[of.constant], t.constant,
                                                   k.constant / UNIT_NUMBER, step));
}

bool workdays_call(compiler *c, node n, text name, value *out)
{
    bool before = text_is(name, "workdays_before");
    if (!before && !text_is(name, "workdays_after"))
        return false;
    if (ast_how_many(tree(c), n, ROLE_arg) == 3)
        *out = counted(c, n, before ? -1 : 1);
    else {
        fault_at(c, E0305, n, "`%.*s` takes a moment, how many, and a calendar", TEXT_ARG(name));
        *out = value_error();
    }
    return true;
}
