/* window_use.c: what is asked of windows: by name, when they open, and whether what runs inside
 * fits. */
#include "compiler/windows_parts.h"

/* --- what others ask
 * ---------------------------------------------------------------------------------------- */

/* Of the default window, else of the last one by name: the order in which they are written is no
 * part of the program. */
const zone *zone_of_migration(const compiler *c, uint32_t migration)
{
    const window_info *found = NULL;
    for (const window_info *w = windows_of(c, migration); w; w = w->before) {
        if (text_is(w->name, "window"))
            return w->zone;
        if (!found || text_compare(found->name, w->name) < 0)
            found = w;
    }
    return found ? found->zone : zone_utc();
}

const zone *window_zone(const compiler *c)
{
    return c->migration && c->migration->of ? zone_of_migration(c, c->migration->index)
                                            : zone_utc();
}

text window_rule_json(const compiler *c, uint32_t of)
{
    return window_of(c->rows[TABLE_WINDOW].p[of])->json;
}

bool window_dated(const compiler *c, uint32_t of, interval *out)
{
    const window_info *w = window_of(c->rows[TABLE_WINDOW].p[of]);
    return w->rule.kind == WINDOW_DATED && !w->also &&
           window_next(&w->rule, w->zone, zone_instant(w->zone, &w->rule.from), out);
}

bool window_after(const compiler *c, uint32_t of, instant t, interval *out)
{
    bool any = false;
    interval in;
    for (const window_info *w = window_of(c->rows[TABLE_WINDOW].p[of]); w; w = w->also)
        if (window_next(&w->rule, w->zone, t, &in) && (!any || in.start < out->start)) {
            *out = in;
            any = true;
        }
    return any;
}

/* The first and the last day of a dated opening, by its own calendar. */
bool window_days(const compiler *c, uint32_t of, unsigned nth, int64_t *from, int64_t *to)
{
    const window_info *i = window_of(c->rows[TABLE_WINDOW].p[of]);
    for (; i && nth; nth--)
        i = i->also;
    if (!i)
        return false;
    const window_rule *w = &i->rule;
    bool dated = w->kind == WINDOW_DATED;
    *from = dated ? civil_days(w->from.year, w->from.month, w->from.day) : 1;
    *to = dated ? civil_days(w->to.year, w->to.month, w->to.day) : 0;
    return true;
}

/* --- names
 * -------------------------------------------------------------------------------------------------------
 */

value window_find(compiler *c, text name)
{
    if (!c->migration || !c->migration->of)
        return value_error();
    const window_info *w = windows_of(c, c->migration->index);
    while (w && !text_equal(w->name, name))
        w = w->before;
    if (!w)
        return value_error();
    value v = value_const(type_of_row(TABLE_WINDOW, -1), w->of->final);
    v.shown = name;
    return v;
}

value window_default(compiler *c, span at)
{
    if (c->generic || !c->migration->of)
        return (value){.kind = V_CONST,
                       .t = type_of_row(TABLE_WINDOW, -1),
                       .constant = NO_ROW,
                       .unknown = true};
    value v = window_find(c, TEXT("window"));
    if (v.kind == V_ERROR && !c->migration->broken) {
        diagnostic *g = fault(c, DIAG_E0507, at, "this migration has no default window");
        diag_label_add(c->d, g, c->migration->of->place,
                       "give it one here: window sat 22:00 to "
                       "sun 06:00 in \"Europe/Berlin\"");
    }
    return v;
}

/* Reports a name that is near that of a window of this migration. */
static bool window_suggest(compiler *c, span at, text word)
{
    text known[32];
    size_t n = 0;
    const window_info *w = c->migration->of ? windows_of(c, c->migration->index) : NULL;
    for (; w && n < 32; w = w->before)
        known[n++] = w->name;
    if (!n)
        return false;
    diagnostic *g = fault(c, DIAG_E0201, at, "the window `%.*s` is not known here", TEXT_ARG(word));
    suggest(c, g, at, word, known, n);
    buffer b;
    buffer_init(&b);
    for (size_t i = 0; i < n; i++)
        buffer_printf(&b, "%s%.*s", i ? ", " : "", TEXT_ARG(known[i]));
    diag_note(c->d, g, "the windows of this migration: %.*s", (int)b.n, b.p);
    buffer_release(&b);
    return true;
}

value window_named(compiler *c, node name)
{
    text word = ast_name_text(tree(c), name);
    span at = at_node(c, name);
    if (text_is(word, "window") && !local_find(c, ast_name(tree(c), name)))
        return window_default(c, at);
    value v = window_find(c, word);
    if (v.kind != V_ERROR)
        return v;
    v = name_lookup(c, ast_name(tree(c), name), at, T_ANY);
    if (v.kind == V_WORD && c->migration && !c->migration->broken && window_suggest(c, at, word))
        return value_error();
    if (v.kind == V_WORD && c->migration && c->migration->broken)
        return value_error();
    return coerce(c, v, type_of_row(TABLE_WINDOW, -1), name);
}

/* --- proofs
 * ------------------------------------------------------------------------------------------------------
 */

void window_proof(compiler *c, node phase, uint32_t window, duration forward, duration back)
{
    const row *r = row_by_final(c, TABLE_WINDOW, window);
    const window_info *i = r ? window_of(r) : NULL;
    if (!i || c->generic || forward + back <= i->shortest)
        return;
    diagnostic *g =
        fault(c, DIAG_E0501, ast_name_span(tree(c), phase),
              "at worst this phase and its way back take %.*s, but the window is %.*s",
              TEXT_ARG(duration_text(c, forward + back)), TEXT_ARG(duration_text(c, i->shortest)));
    diag_label_add(c->d, g, r->at,
                   "the window; its shortest occurrence counts, daylight saving "
                   "included");
    diag_note(c->d, g,
              "forward %.*s, back %.*s; a step counts (n+1) × timeout and its pauses, a wait "
              "its deadline, a task its timeout",
              TEXT_ARG(duration_text(c, forward)), TEXT_ARG(duration_text(c, back)));
}

bool approval_proof(compiler *c, node n, duration within)
{
    const row *r =
        c->window_row >= 0 ? row_by_final(c, TABLE_WINDOW, (uint32_t)c->window_row) : NULL;
    if (!r || c->generic || within <= window_of(r)->shortest)
        return true;
    diagnostic *g = fault_at(c, E0503, ast_within(tree(c), n),
                             "this approval may take %.*s, but is asked inside a window of %.*s",
                             TEXT_ARG(duration_text(c, within)),
                             TEXT_ARG(duration_text(c, window_of(r)->shortest)));
    diag_label_add(c->d, g, r->at, "the window");
    diag_help_add(c->d, g, "ask in a phase before the window");
    return false;
}

void windows_plan(compiler *c, plan_builder *p)
{
    for (size_t i = 0; i < c->rows[TABLE_WINDOW].n; i++) {
        const window_info *w = window_of(c->rows[TABLE_WINDOW].p[i]);
        if (w->migration == c->migration->index)
            vec_push(&p->windows, (plan_window){w->name, w->rule.kind == WINDOW_DATED,
                                                w->rule.kind == WINDOW_DAILY, zone_name(w->zone),
                                                w->shown, w->shortest});
    }
    /* Freezes hold for every migration of the program, as when it runs. */
    for (size_t i = 0; i < c->rows[TABLE_FREEZE].n; i++)
        vec_push(&p->freezes, freeze_fact(c, c->rows[TABLE_FREEZE].p[i]));
}
