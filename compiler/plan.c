/* plan.c: what the program would do, as lines for people. */
#include "compiler/lower.h"
#include "compiler/data.h"

#include <string.h>

static void *kept(compiler *c, const void *p, size_t n, size_t size)
{
    void *copy = arena_alloc(c->memory, n * size, _Alignof(max_align_t));
    return n ? memcpy(copy, p, n * size) : NULL;
}

static text title_of(compiler *c, node n)
{
    node title = ast_title(tree(c), n);
    if (!title)
        return TEXT("");
    return text_shown(c, title);
}

/* --- fields --------------------------------------------------------------------------------------
 */

typedef VEC(plan_field) field_list;

static void put_item(compiler *c, buffer *b, node n)
{
    switch (ast_kind(tree(c), n)) {
    case NODE_FIELD: buffer_text(b, canonical_known(c, ast_value(tree(c), n))); break;
    case NODE_LET:
        buffer_printf(b, "let %.*s = ", TEXT_ARG(ast_name_text(tree(c), n)));
        buffer_text(b, canonical_known(c, ast_value(tree(c), n)));
        break;
    case NODE_WAIT:
        buffer_printf(b, "wait %.*s", TEXT_ARG(canonical_known(c, ast_value(tree(c), n))));
        break;
    case NODE_WAIT_UNTIL:
        buffer_printf(b, "wait until %.*s",
                      TEXT_ARG(canonical_known(c, ast_condition(tree(c), n))));
        buffer_printf(b, " within %.*s", TEXT_ARG(canonical_known(c, ast_within(tree(c), n))));
        break;
    case NODE_WAIT_BLOCK:
        buffer_printf(b, "wait %.*s (", TEXT_ARG(ast_name_text(tree(c), n)));
        buffer_text(b, plan_block(c, n));
        buffer_char(b, ')');
        break;
    case NODE_RULE:
        buffer_printf(b, "%.*s ", TEXT_ARG(canonical_known(c, ast_key(tree(c), n))));
        buffer_text(b, canonical_known(c, ast_value(tree(c), n)));
        break;
    default: break;
    }
}

text plan_block(compiler *c, node section)
{
    buffer b;
    buffer_init(&b);
    ast_each(tree(c), ast_body(tree(c), section), n)
    {
        size_t before = b.n;
        if (b.n)
            buffer_cstr(&b, "; ");
        size_t head = b.n;
        put_item(c, &b, n);
        if (b.n == head)
            b.n = before;
    }
    text t = text_copy(c->memory, buffer_view(&b));
    buffer_release(&b);
    return t;
}

static text response(compiler *c, node n)
{
    text word = ast_name_text(tree(c), n);
    if (!ast_asked(tree(c), n))
        return text_copy(c->memory, word);
    node otherwise = ast_otherwise(tree(c), n);
    return text_format(c->memory, "ask %.*s within %.*s else %.*s",
                       TEXT_ARG(canonical_known(c, ast_asked(tree(c), n))),
                       TEXT_ARG(canonical_known(c, ast_within(tree(c), n))),
                       TEXT_ARG(otherwise ? ast_name_text(tree(c), otherwise) : TEXT("rollback")));
}

static void field_value_put(compiler *c, node n, field_list *list)
{
    text shown = canonical_known(c, ast_value(tree(c), n));
    node why = ast_reason(tree(c), n);
    if (why)
        shown =
            text_format(c->memory, "%.*s %.*s", TEXT_ARG(shown), TEXT_ARG(canonical_known(c, why)));
    vec_push(list, (plan_field){text_copy(c->memory, ast_name_text(tree(c), n)), shown});
}

static void field_put(compiler *c, node n, field_list *list)
{
    text name = ast_name_text(tree(c), n);
    switch (ast_kind(tree(c), n)) {
    case NODE_FIELD: field_value_put(c, n, list); break;
    case NODE_SECTION:
        vec_push(list, (plan_field){text_copy(c->memory, name), plan_block(c, n)});
        break;
    case NODE_LET:
        vec_push(list, (plan_field){text_format(c->memory, "let %.*s", TEXT_ARG(name)),
                                    canonical_known(c, ast_value(tree(c), n))});
        break;
    case NODE_ON_FAILURE: vec_push(list, (plan_field){TEXT("on failure"), response(c, n)}); break;
    default: break;
    }
}

/* What stands in the block of a phase is lines of its own; only what it answers to a failure is a
 * field of it. */
void plan_fields(compiler *c, node n, const plan_field **out, size_t *count)
{
    field_list list = {0};
    ast_kind_of kind = ast_kind(tree(c), n);
    bool block = kind == NODE_PHASE || kind == NODE_MIGRATION;
    bool leaf = kind == NODE_STEP || kind == NODE_TASK || kind == NODE_WAIT_BLOCK ||
                kind == NODE_SIMULATE || kind == NODE_APPROVE;
    if ((block || leaf) && ast_body(tree(c), n))
        ast_each(tree(c), ast_body(tree(c), n),
                 item) if (leaf || ast_is(tree(c), item, NODE_ON_FAILURE))
            field_put(c, item, &list);
    if (kind == NODE_OBSERVE)
        vec_push(&list, (plan_field){TEXT("every"), canonical_known(c, ast_every(tree(c), n))});
    *count = list.n;
    *out = kept(c, list.p, list.n, sizeof *list.p);
    vec_release(&list);
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
                                    .title = c->planned ? title_of(c, n) : TEXT(""),
                                    .low = QUANTITY_NONE,
                                    .high = QUANTITY_NONE,
                                    .worst = QUANTITY_NONE,
                                    .worst_back = QUANTITY_NONE,
                                    .expires = QUANTITY_NONE,
                                    .due = QUANTITY_NONE,
                                    .count = -1,
                                    .operation = NO_INDEX,
                                    .at = ast_span(tree(c), n)});
    plan_line *l = &vec_last(&p->lines);
    if (c->planned) /* else the walk is made for its loops alone */
        plan_fields(c, n, &l->fields, &l->field_count);
    return l;
}

static text cell_string(const compiler *c, const row *r, uint32_t column)
{
    for (size_t i = 0; i < r->cells.n; i++)
        if (r->cells.p[i].column == column && !r->cells.p[i].list)
            return text_kept(c, r->cells.p[i].value);
    return TEXT("");
}

static int64_t cell_number(const row *r, uint32_t column, int64_t otherwise)
{
    for (size_t i = 0; i < r->cells.n; i++)
        if (r->cells.p[i].column == column && !r->cells.p[i].list)
            return r->cells.p[i].value;
    return otherwise;
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
            list[k] = text_kept(c, x->values[k]);
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
                             .phone = cell_string(c, r, COLUMN_ROLE_PHONE),
                             .hours = cell_string(c, r, COLUMN_ROLE_HOURS),
                             .deputy = cell_string(c, r, COLUMN_ROLE_DEPUTY),
                             .reached = cell_string(c, r, COLUMN_ROLE_REACHED),
                             .page = cell_number(r, COLUMN_ROLE_PAGE, QUANTITY_NONE),
                             .outside = cell_number(r, COLUMN_ROLE_OUTSIDE, 0) == 1};
        members_of(c, r, &p[i]);
    }
    out->people = p;
    out->person_count = c->rows[TABLE_ROLE].n;
}

static void resources(compiler *c, plan_migration *out)
{
    plan_resource *p = arena_array(c->memory, plan_resource, c->rows[TABLE_RESOURCE].n);
    for (size_t i = 0; i < c->rows[TABLE_RESOURCE].n; i++) {
        const row *r = c->rows[TABLE_RESOURCE].p[i];
        p[i] = (plan_resource){r->name, cell_string(c, r, COLUMN_RESOURCE_TITLE), r->number};
    }
    out->resources = p;
    out->resource_count = c->rows[TABLE_RESOURCE].n;
}

static bool writes_to(const plan_builder *p, text connector)
{
    for (size_t i = 0; i < p->lines.n; i++) {
        text what = p->lines.p[i].what;
        if (p->lines.p[i].kind == PLAN_STEP && text_starts(what, connector) &&
            what.n > connector.n && what.p[connector.n] == '.')
            return true;
    }
    return false;
}

/* A rehearsal that would write where none is declared is refused at its start. */
static void unrehearsed(compiler *c, plan_builder *p)
{
    for (size_t i = 0; i < c->rows[TABLE_CONNECTOR].n; i++) {
        const row *r = c->rows[TABLE_CONNECTOR].p[i];
        if (!cell_string(c, r, COLUMN_CONNECTOR_REHEARSAL).n && writes_to(p, r->name))
            vec_push(&p->not_proved,
                     text_format(c->memory, "`%.*s` has no place to rehearse", TEXT_ARG(r->name)));
    }
}

void plan_unspoken(compiler *c, const row *r)
{
    plan_builder *p = c->plan;
    text said =
        text_format(c->memory, "this build does not speak to `%.*s` (sftp): a run is refused",
                    TEXT_ARG(r->name));
    for (size_t i = 0; i < p->not_proved.n; i++)
        if (text_equal(p->not_proved.p[i], said))
            return;
    vec_push(&p->not_proved, said);
}

void plan_lost(compiler *c, const decl *d)
{
    plan_builder *p = c->plan;
    for (size_t i = 0; i < d->home->lost.n; i++) {
        bool told = false;
        for (size_t k = 0; k < p->lost.n; k++)
            told |= text_equal(p->lost.p[k], d->home->lost.p[i]);
        if (!told)
            vec_push(&p->lost, d->home->lost.p[i]);
    }
}

void plan_release(plan_builder *p)
{
    vec_release(&p->lines);
    vec_release(&p->windows);
    vec_release(&p->freezes);
    vec_release(&p->lost);
    vec_release(&p->not_proved);
}

void plan_finish(compiler *c, plan_builder *p, plan_migration *out)
{
    if (p->unestimated)
        vec_push(&p->not_proved, text_format(c->memory, "%u step%s without an estimate",
                                             p->unestimated, p->unestimated == 1 ? "" : "s"));
    if (p->by_hand)
        vec_push(
            &p->not_proved,
            text_format(
                c->memory,
                "%u task%s undone by hand, without an estimate: the way back counts no time for %s",
                p->by_hand, p->by_hand == 1 ? "" : "s", p->by_hand == 1 ? "it" : "them"));
    if (p->untimed)
        vec_push(&p->not_proved, text_format(c->memory,
                                             "%u task%s without a timeout: the worst case does not "
                                             "count them",
                                             p->untimed, p->untimed == 1 ? "" : "s"));
    if (p->uncounted)
        vec_push(&p->not_proved, TEXT("a loop over a list that is read at run time: the worst case "
                                      "counts one round"));
    if (p->unchecked)
        vec_push(&p->not_proved,
                 text_format(c->memory,
                             "%u step%s without a check: nobody reads back whether it "
                             "took effect",
                             p->unchecked, p->unchecked == 1 ? "" : "s"));
    unrehearsed(c, p);
    out->line_count = p->lines.n;
    out->lines = kept(c, p->lines.p, p->lines.n, sizeof *p->lines.p);
    out->window_count = p->windows.n;
    out->windows = kept(c, p->windows.p, p->windows.n, sizeof *p->windows.p);
    out->lost_count = p->lost.n;
    out->lost = kept(c, p->lost.p, p->lost.n, sizeof *p->lost.p);
    out->not_proved_count = p->not_proved.n;
    out->not_proved = kept(c, p->not_proved.p, p->not_proved.n, sizeof *p->not_proved.p);
    out->freeze_count = p->freezes.n;
    out->freezes = kept(c, p->freezes.p, p->freezes.n, sizeof *p->freezes.p);
    people(c, out);
    resources(c, out);
    plan_release(p);
}
