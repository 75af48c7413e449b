/* plan.c: what the program would do, as lines for people. */
#include "compiler/lower.h"
#include "compiler/data.h"

#include <string.h>

static text title_of(compiler *c, node n)
{
    node title = ast_title(tree(c), n);
    if (!title)
        return TEXT("");
    return text_shown(c, title);
}

plan_line *plan_add(compiler *c, plan_kind kind, node n)
{
    plan_builder *p = c->plan;
    if (!p)
        return NULL;
    text name = text_copy(c->memory, name_text(c, ast_name(tree(c), n)));
    text path = p->prefix.n && name.n
                    ? text_format(c->memory, "%.*s.%.*s", TEXT_ARG(p->prefix), TEXT_ARG(name))
                : name.n ? name
                         : p->prefix;
    vec_push(&p->lines, (plan_line){.kind = kind,
                                    .depth = p->depth,
                                    .path = path,
                                    .name = name,
                                    .title = title_of(c, n),
                                    .low = QUANTITY_NONE,
                                    .high = QUANTITY_NONE,
                                    .worst = QUANTITY_NONE,
                                    .worst_back = QUANTITY_NONE,
                                    .expires = QUANTITY_NONE,
                                    .count = -1,
                                    .at = ast_span(tree(c), n)});
    return &vec_last(&p->lines);
}

/* Texts of rows are ids of the builder, which has no way back: kept beside it. */
static text row_text_at(const compiler *c, uint32_t id)
{
    return id < c->texts.n ? c->texts.p[id] : TEXT("");
}

static text cell_string(const compiler *c, const row *r, uint32_t column)
{
    for (size_t i = 0; i < r->cells.n; i++)
        if (r->cells.p[i].column == column && !r->cells.p[i].list)
            return row_text_at(c, (uint32_t)r->cells.p[i].value);
    return TEXT("");
}

static void members_of(compiler *c, const row *r, plan_person *p)
{
    for (size_t i = 0; i < r->cells.n; i++) {
        const cell *x = &r->cells.p[i];
        if (x->column == COLUMN_ROLE_ALARM)
            p->alarmed = true;
        if (x->column != COLUMN_ROLE_MEMBERS)
            continue;
        text *list = arena_array(c->memory, text, x->n);
        for (uint32_t k = 0; k < x->n; k++)
            list[k] = row_text_at(c, (uint32_t)x->values[k]);
        p->members = list;
        p->member_count = x->n;
    }
}

static void people(compiler *c, plan_migration *out)
{
    plan_person *p = arena_array(c->memory, plan_person, c->rows[TABLE_ROLE].n);
    for (size_t i = 0; i < c->rows[TABLE_ROLE].n; i++) {
        const row *r = c->rows[TABLE_ROLE].p[i];
        p[i] = (plan_person){.role = r->name,
                             .title = cell_string(c, r, COLUMN_ROLE_TITLE),
                             .phone = cell_string(c, r, COLUMN_ROLE_PHONE)};
        members_of(c, r, &p[i]);
    }
    out->people = p;
    out->person_count = c->rows[TABLE_ROLE].n;
}

static void *kept(compiler *c, const void *p, size_t n, size_t size)
{
    void *copy = arena_alloc(c->memory, n * size, _Alignof(max_align_t));
    return n ? memcpy(copy, p, n * size) : NULL;
}

void plan_finish(compiler *c, plan_builder *p, plan_migration *out)
{
    if (p->unestimated)
        vec_push(&p->not_proved, text_format(c->memory, "%u step%s without an estimate",
                                             p->unestimated, p->unestimated == 1 ? "" : "s"));
    if (p->untimed)
        vec_push(&p->not_proved, text_format(c->memory,
                                             "%u task%s without a timeout: the worst case does not "
                                             "count them",
                                             p->untimed, p->untimed == 1 ? "" : "s"));
    if (p->uncounted)
        vec_push(&p->not_proved, TEXT("a loop over a list that is read at run time: the worst case "
                                      "counts one round"));
    out->line_count = p->lines.n;
    out->lines = kept(c, p->lines.p, p->lines.n, sizeof *p->lines.p);
    out->window_count = p->windows.n;
    out->windows = kept(c, p->windows.p, p->windows.n, sizeof *p->windows.p);
    out->not_proved_count = p->not_proved.n;
    out->not_proved = kept(c, p->not_proved.p, p->not_proved.n, sizeof *p->not_proved.p);
    people(c, out);
    vec_release(&p->lines);
    vec_release(&p->windows);
    vec_release(&p->not_proved);
}
