/* windows.c: the windows of migrations: reading them, and how long they really are.
 *
 * A window is a row with a rule in json. Its real length is looked up in the calendar: of a weekly
 * or daily one the shortest occurrence in the years 2020 to 2039 counts, so that the verdict does
 * not depend on the day of compiling; daylight saving makes some of them shorter.
 */
#include "compiler/windows_parts.h"
#include "base/json.h"
#include "grammar/foreign.h"

#include <stdio.h>

/* --- reading
 * ------------------------------------------------------------------------------------------ */

static bool edge_read(compiler *c, node n, window_rule *w, bool from)
{
    int weekday = 0, minute = 0;
    civil when = {0};
    window_kind kind = WINDOW_DAILY;
    bool good = true;
    switch (ast_kind(tree(c), n)) {
    case NODE_WEEKDAY_TIME:
        kind = WINDOW_WEEKLY;
        good = literal_weekday_time(tree(c), n, &weekday, &minute);
        break;
    case NODE_TIME: good = time_read(ast_source_text(tree(c), n), &minute); break;
    case NODE_DATE_TIME:
        kind = WINDOW_DATED;
        good = date_time_read(ast_source_text(tree(c), n), &when);
        break;
    default: {
        diagnostic *g = fault_at(c, E0505, n,
                                 "a window opens and closes at times: sat 22:00, 22:00 or "
                                 "2027-03-13 22:00");
        text right = foreign_clock(ast_source_text(tree(c), n), c->memory);
        if (right.n)
            diag_suggest(c->d, g, at_node(c, n), right, "write `%.*s`", TEXT_ARG(right));
        return false;
    }
    }
    if (!good) {
        fault_at(c, E0308, n, "there is no such time");
        return false;
    }
    if (!from && kind != w->kind) {
        diagnostic *g = fault_at(c, E0505, n, "both ends of a window are of one form");
        diag_note(c->d, g,
                  "sat 22:00 to sun 06:00 each week, 22:00 to 06:00 each night, "
                  "2027-03-13 22:00 to 2027-03-14 06:00 once");
        return false;
    }
    w->kind = kind;
    *(from ? &w->from_weekday : &w->to_weekday) = weekday;
    *(from ? &w->from_minute : &w->to_minute) = minute;
    *(from ? &w->from : &w->to) = when;
    return true;
}

static bool same_rule(const window_rule *a, const window_rule *b)
{
    return a->kind == b->kind && a->kind != WINDOW_DATED && a->from_weekday == b->from_weekday &&
           a->to_weekday == b->to_weekday && a->from_minute == b->from_minute &&
           a->to_minute == b->to_minute;
}

/* The zone that an earlier window loaded, or NULL. */
static const zone *zone_known(const compiler *c, text name)
{
    for (size_t i = 0; i < c->rows[TABLE_WINDOW].n; i++)
        if (text_equal(zone_name(window_of(c->rows[TABLE_WINDOW].p[i])->zone), name))
            return window_of(c->rows[TABLE_WINDOW].p[i])->zone;
    return NULL;
}

static const zone *zone_read(compiler *c, node n)
{
    const zone *z = NULL;
    if (!n)
        return zone_utc();
    value v = expect_const(c, n, TYPE_TEXT);
    if (v.kind != V_CONST || (z = zone_known(c, v.string)))
        return z;
    zone_status s = zone_load(c->memory, v.string, &z);
    if (s == ZONE_OK)
        return z;
    diagnostic *g = fault_at(c, E0505, n, "the time zone `%.*s` is %s", TEXT_ARG(v.string),
                             s == ZONE_UNKNOWN ? "not known" : "broken");
    text near = zone_nearest(c->memory, v.string);
    if (near.n)
        diag_suggest(c->d, g, at_node(c, n), text_format(c->memory, "\"%.*s\"", TEXT_ARG(near)),
                     "did you mean `%.*s`?", TEXT_ARG(near));
    else
        diag_note(c->d, g, "zones are named as IANA names them: Europe/Berlin, America/Chicago");
    return NULL;
}

static void edge_json(json_writer *w, const window_rule *r, bool from)
{
    const civil *at = from ? &r->from : &r->to;
    json_put_key(w, from ? "from" : "to");
    if (r->kind == WINDOW_DATED) {
        char text_form[40];
        snprintf(text_form, sizeof text_form, "%04d-%02d-%02d %02d:%02d", at->year, at->month,
                 at->day, at->hour, at->minute);
        json_put_cstr(w, text_form);
        return;
    }
    json_array(w);
    if (r->kind == WINDOW_WEEKLY)
        json_put_int(w, from ? r->from_weekday : r->to_weekday);
    json_put_int(w, from ? r->from_minute : r->to_minute);
    json_array_end(w);
}

static text rule_json(compiler *c, const window_info *i)
{
    static const char *const kinds[] = {"weekly", "daily", "dated"};
    buffer b;
    json_writer w;
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_object(&w);
    edge_json(&w, &i->rule, true);
    json_add_cstr(&w, "kind", kinds[i->rule.kind]);
    edge_json(&w, &i->rule, false);
    json_add_text(&w, "zone", zone_name(i->zone));
    json_object_end(&w);
    text t = text_copy(c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static instant at_day(int year, int month, int day)
{
    return civil_days(year, month, day) * DAY;
}

static void least_of(duration *least, interval in)
{
    if (*least == QUANTITY_NONE || in.end - in.start < *least)
        *least = in.end - in.start;
}

/* The occurrence in which the clocks change, or those that one skipped hour makes end and begin
 * just then. */
static void shortest_around(const window_info *i, instant change, duration *least)
{
    interval in;
    for (instant t = change - 1; t <= change; t = in.end) {
        if (!window_next(&i->rule, i->zone, t, &in) || in.start > change)
            return;
        least_of(least, in);
    }
}

/* Only an occurrence in which the clocks change has another length than its neighbours: beside any
 * one, those are looked up. Looking up all of twenty years took half the time of a check.
 * Migrations of one house share their nights: one that is known is not looked up again. */
static duration shortest_of(const compiler *c, const window_info *i)
{
    duration least = QUANTITY_NONE;
    interval in;
    for (size_t k = 0; k < c->rows[TABLE_WINDOW].n; k++) {
        const window_info *w = window_of(c->rows[TABLE_WINDOW].p[k]);
        if (!w->also && w->zone == i->zone && same_rule(&w->rule, &i->rule))
            return w->shortest;
    }
    instant t = i->rule.kind == WINDOW_DATED ? 0 : at_day(2020, 1, 1), end = at_day(2040, 1, 1);
    if (window_next(&i->rule, i->zone, t, &in))
        least_of(&least, in);
    while (i->rule.kind != WINDOW_DATED && (t = zone_next_change(i->zone, t, end)) < end)
        shortest_around(i, t, &least);
    return least;
}

/* One opening, as a window of its own; NULL after a report. */
static window_info *opening_read(compiler *c, node range)
{
    window_info *i = arena_new(c->memory, window_info);
    if (!ast_to(tree(c), range)) {
        fault_at(c, E0505, range, "a window needs both ends: `sat 22:00 to sun 06:00 in \"…\"`");
        return NULL;
    }
    i->zone = zone_read(c, ast_zone(tree(c), range));
    bool from = edge_read(c, ast_from(tree(c), range), &i->rule, true);
    bool to = edge_read(c, ast_to(tree(c), range), &i->rule, !from);
    if (!from || !to || !i->zone)
        return NULL;
    i->shown = canonical(c, tree(c), ast_from(tree(c), range));
    i->shown = text_format(c->memory, "%.*s to %.*s", TEXT_ARG(i->shown),
                           TEXT_ARG(canonical(c, tree(c), ast_to(tree(c), range))));
    i->shortest = shortest_of(c, i);
    if (i->shortest == QUANTITY_NONE || i->shortest <= 0) {
        fault_at(c, E0505, range, "this window never opens");
        return NULL;
    }
    i->json = rule_json(c, i);
    return i;
}

/* Openings stand in the order of their rules, whatever that of their lines: the first is the
 * window's own rule, the others stand in its `or`. */
static window_info *opening_add(compiler *c, window_info *first, window_info *more, span at)
{
    window_info **to = &first;
    while (*to && text_compare((*to)->json, more->json) < 0)
        to = &(*to)->also;
    if (*to && text_equal((*to)->json, more->json)) {
        fault(c, DIAG_E0121, at, "this opening is given twice");
        return first;
    }
    more->also = *to;
    *to = more;
    return first;
}

static text openings_json(compiler *c, const window_info *first)
{
    buffer b;
    json_writer w;
    buffer_init(&b);
    /* `from`, `kind` and `or` come before `to` and `zone`. */
    ptrdiff_t at = (ptrdiff_t)first->json.n;
    while (at > 0 &&
           !text_starts(text_slice(first->json, (size_t)at, first->json.n), TEXT("\"to\":")))
        at--;
    buffer_text(&b, text_slice(first->json, 0, (size_t)at));
    buffer_cstr(&b, "\"or\":");
    json_begin(&w, &b, 0);
    json_array(&w);
    for (const window_info *x = first->also; x; x = x->also)
        json_put_raw(&w, x->json);
    json_array_end(&w);
    buffer_char(&b, ',');
    buffer_text(&b, text_slice(first->json, (size_t)at, first->json.n));
    text t = text_copy(c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static void window_add(compiler *c, window_info *i, span at, text name, uint32_t migration)
{
    text rule = i->also ? openings_json(c, i) : i->json;
    for (const window_info *x = i->also; x; x = x->also) {
        text in =
            text_equal(zone_name(x->zone), zone_name(i->zone)) ? TEXT("") : zone_name(x->zone);
        i->shown = text_format(c->memory, "%.*s, %.*s%s%.*s", TEXT_ARG(i->shown),
                               TEXT_ARG(x->shown), in.n ? " " : "", TEXT_ARG(in));
        i->shortest = x->shortest < i->shortest ? x->shortest : i->shortest;
    }
    i->name = text_copy(c->memory, name);
    i->migration = migration;
    row *r = row_new(c, TABLE_WINDOW, i->name, at);
    i->json = rule;
    cell_text(c, r, COLUMN_WINDOW_RULE, i->json);
    r->extra = i;
    i->of = r;
    while (c->windows.n <= migration)
        vec_push(&c->windows, NULL);
    i->before = c->windows.p[migration];
    c->windows.p[migration] = i;
}

static void window_take(compiler *c, node range, text name, uint32_t migration)
{
    window_info *i = opening_read(c, range);
    if (i)
        window_add(c, i, ast_span(tree(c), range), name, migration);
}

/* `window cutover { opens … opens … }` */
static void window_block(compiler *c, node section, text name, uint32_t migration)
{
    fields f;
    window_info *first = NULL;
    fields_read(c, BLOCK_window, ast_body(tree(c), section), ast_name_span(tree(c), section), &f);
    ast_each(tree(c), ast_body(tree(c), section), n)
    {
        node range = ast_is(tree(c), n, NODE_FIELD) ? ast_value(tree(c), n) : 0;
        if (!range || !ast_is(tree(c), range, NODE_RANGE) ||
            !text_is(ast_name_text(tree(c), n), "opens"))
            continue;
        window_info *i = opening_read(c, range);
        if (i)
            first = opening_add(c, first, i, ast_span(tree(c), range));
    }
    if (first)
        window_add(c, first, ast_span(tree(c), ast_value(tree(c), f.at[FIELD_window_opens])), name,
                   migration);
}

/* --- collecting
 * --------------------------------------------------------------------------------------------- */

static void migration_windows(compiler *c, node n, uint32_t index)
{
    node body = ast_body(tree(c), n);
    ast_each(tree(c), body, item)
    {
        text name = ast_name_text(tree(c), item);
        if (!text_is(name, "window"))
            continue;
        node value_node = ast_value(tree(c), item), label = ast_label(tree(c), item);
        if (ast_is(tree(c), item, NODE_FIELD) && ast_is(tree(c), value_node, NODE_RANGE))
            window_take(c, value_node, TEXT("window"), index);
        else if (ast_is(tree(c), item, NODE_FIELD))
            fault_at(c, E0505, item, "a window needs both ends: `sat 22:00 to sun 06:00 in \"…\"`");
        else if (ast_is(tree(c), item, NODE_SECTION))
            window_block(c, item, label ? ast_name_text(tree(c), label) : TEXT("window"), index);
    }
    text zone_text = zone_name(zone_of_migration(c, index));
    ast_each(tree(c), body, item) if (ast_is(tree(c), item, NODE_FIELD) &&
                                      text_is(ast_name_text(tree(c), item), "freeze"))
        freeze_take(c, item, zone_text);
}

/* The row of a window takes the migration's name in front. */
static void window_qualify(compiler *c, row *r, text migration)
{
    r->name =
        text_format(c->memory, "%.*s.%.*s", TEXT_ARG(migration), TEXT_ARG(window_of(r)->name));
    r->cells.n--; /* the rule, behind the name */
    cell rule = r->cells.p[r->cells.n];
    r->cells.n = 0;
    cell_text(c, r, 0, r->name);
    cell_add(c, r, rule);
}

/* Windows of one name in two migrations are qualified. */
static void windows_qualify(compiler *c, const text *migrations)
{
    enum { SEVERAL = UINT32_MAX };
    size_t n = c->rows[TABLE_WINDOW].n;
    uint32_t *name = arena_array(c->memory, uint32_t, n);
    for (size_t i = 0; i < n; i++)
        name[i] = names_add(&c->names, window_of(c->rows[TABLE_WINDOW].p[i])->name);
    uint32_t *only = arena_array(c->memory, uint32_t, c->names.count + 1); /* 1 + the migration */
    for (size_t i = 0; i < n; i++) {
        uint32_t own = window_of(c->rows[TABLE_WINDOW].p[i])->migration + 1, *of = &only[name[i]];
        *of = *of == 0 || *of == own ? own : SEVERAL;
    }
    for (size_t i = 0; i < n; i++) {
        row *r = c->rows[TABLE_WINDOW].p[i];
        if (only[name[i]] == SEVERAL)
            window_qualify(c, r, migrations[window_of(r)->migration]);
    }
}

void windows_collect(compiler *c)
{
    module *root = c->mod = c->modules.p[0];
    text *migrations = arena_array(c->memory, text, root->decls.n);
    uint32_t count = 0;
    for (size_t i = 0; i < root->decls.n; i++) {
        if (root->decls.p[i]->kind != DECL_MIGRATION)
            continue;
        migrations[count] = name_text(c, root->decls.p[i]->name);
        migration_windows(c, root->decls.p[i]->at, count++);
    }
    windows_qualify(c, migrations);
}
