/* freezes.c: days on which nothing may be cut over, and the proof that no dated window needs one.
 *
 * Freezes of all migrations of a program hold for each of them: a moratorium is the company's.
 */
#include "base/json.h"
#include "bytecode/disasm.h"
#include "compiler/data.h"
#include "compiler/lower.h"
#include "compiler/workdays.h"

/* --- freezes
 * -------------------------------------------------------------------------------------------- */

static bool day_of(compiler *c, node n, int64_t *out)
{
    value v = expect_const(c, n, TYPE_DATE);
    *out = v.constant;
    return v.kind == V_CONST;
}

static void freeze_row(compiler *c, node field, text zone_text, int64_t from, int64_t to)
{
    row *r = arena_new(c->memory, row);
    *r = (row){.parent = -1, .kind = -1, .at = ast_span(tree(c), ast_value(tree(c), field))};
    r->number = to;
    r->name = text_format(c->memory, "%08lld %08lld", (long long)from, (long long)to);
    cell_raw(c, r, COLUMN_FREEZE_FROM, from);
    cell_raw(c, r, COLUMN_FREEZE_TO, to);
    cell_text(c, r, COLUMN_FREEZE_ZONE, zone_text);
    if (ast_reason(tree(c), field))
        cell_text(c, r, COLUMN_FREEZE_WHY, text_constant(c, ast_reason(tree(c), field)));
    for (size_t i = 0; i < c->rows[TABLE_FREEZE].n; i++)
        if (text_equal(c->rows[TABLE_FREEZE].p[i]->name, r->name))
            return; /* the same days in another migration */
    vec_push(&c->rows[TABLE_FREEZE], r);
}

/* `freeze target2`: its days, those that follow each other as one freeze. */
static void freeze_calendar(compiler *c, node field, text zone_text)
{
    node n = ast_value(tree(c), field);
    value v = expr(c, n, T_ANY);
    size_t count;
    if (v.kind == V_ERROR)
        return;
    if (v.t != T_CALENDAR) {
        fault_at(c, E0505, n, "a freeze is days, `2026-12-15 to 2027-01-06`, or a calendar");
        return;
    }
    const int64_t *day = calendar_days(c, v, &count);
    for (size_t i = 0, from = 0; i < count; i++)
        if (i + 1 == count || day[i + 1] != day[i] + 1) {
            freeze_row(c, field, zone_text, day[from], day[i]);
            from = i + 1;
        }
}

void freeze_take(compiler *c, node field, text zone_of_windows)
{
    node range = ast_value(tree(c), field);
    int64_t from, to;
    if (!ast_is(tree(c), range, NODE_RANGE)) {
        freeze_calendar(c, field, zone_of_windows);
        return;
    }
    node zone_node = ast_zone(tree(c), range);
    bool begins = day_of(c, ast_from(tree(c), range), &from);
    bool ends = day_of(c, ast_to(tree(c), range), &to);
    if (!begins || !ends)
        return;
    if (to < from)
        fault_at(c, E0505, range, "this freeze ends before it begins");
    else
        freeze_row(c, field, zone_node ? text_constant(c, zone_node) : zone_of_windows, from, to);
}

/* --- what others ask
 * ---------------------------------------------------------------------------------------- */

static void day_put(json_writer *w, const char *key, int64_t day)
{
    buffer b;
    buffer_init(&b);
    quantity_write(TYPE_DATE, day, &b);
    json_add_text(w, key, buffer_view(&b));
    buffer_release(&b);
}

text freezes_json(compiler *c)
{
    buffer b;
    json_writer w;
    buffer_init(&b);
    json_begin(&w, &b, 0);
    json_array(&w);
    for (size_t i = 0; i < c->rows[TABLE_FREEZE].n; i++) {
        const row *r = c->rows[TABLE_FREEZE].p[i];
        json_object(&w);
        day_put(&w, "from", r->cells.p[0].value);
        day_put(&w, "to", r->number);
        json_add_text(&w, "zone", text_kept(c, r->cells.p[2].value));
        json_object_end(&w);
    }
    json_array_end(&w);
    text t = text_copy(c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static text day_text(compiler *c, int64_t day)
{
    const zone *utc = zone_utc();
    civil k = zone_civil(utc, day * DAY);
    return text_format(c->memory, "%04d-%02d-%02d", k.year, k.month, k.day);
}

plan_freeze freeze_fact(compiler *c, const row *r)
{
    plan_freeze f = {.zone = TEXT("UTC"), .why = TEXT("")};
    for (size_t i = 0; i < r->cells.n; i++) {
        const cell *x = &r->cells.p[i];
        if (x->column == COLUMN_FREEZE_FROM)
            f.from = day_text(c, x->value);
        if (x->column == COLUMN_FREEZE_TO)
            f.to = day_text(c, x->value);
        if (x->column == COLUMN_FREEZE_ZONE)
            f.zone = text_kept(c, x->value);
        if (x->column == COLUMN_FREEZE_WHY)
            f.why = text_kept(c, x->value);
    }
    return f;
}

/* A dated window must not lie in a freeze. */
static void opening_proof(compiler *c, const row *r, int64_t from, int64_t to)
{
    for (size_t k = 0; k < c->rows[TABLE_FREEZE].n; k++) {
        const row *f = c->rows[TABLE_FREEZE].p[k];
        if (from > f->number || to < f->cells.p[0].value)
            continue;
        diagnostic *g = fault(c, DIAG_E0502, r->at, "this window lies inside a freeze");
        diag_label_add(c->d, g, f->at, "the freeze");
    }
}

void freeze_proof(compiler *c)
{
    int64_t from, to;
    for (size_t i = 0; i < c->rows[TABLE_WINDOW].n; i++)
        for (unsigned k = 0; window_days(c, (uint32_t)i, k, &from, &to); k++)
            opening_proof(c, c->rows[TABLE_WINDOW].p[i], from, to);
}
