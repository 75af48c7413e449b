/* roles.c: blocks of roles: who belongs to them, how they are reached, who stands in.
 *
 * Deputies and those through whom a partner is reached are roles themselves. They stand in the
 * image by name, and are looked up when all roles are known.
 */
#include "compiler/data.h"
#include "compiler/expr.h"
#include "compiler/fields.h"
#include "compiler/hours.h"
#include "bytecode/vocabulary.h"

static void field_cell(compiler *c, row *r, uint32_t column, const fields *f, field_id id)
{
    node n = field_value(c, f, id);
    for (size_t i = 0; n && i < c->columns.n; i++)
        if (c->columns.p[i].index == column && c->columns.p[i].table == TABLE_ROLE)
            cell_take(c, r, &c->columns.p[i], n);
}

static void hours_take(compiler *c, row *r, const fields *f)
{
    node n = field_value(c, f, FIELD_role_hours);
    value v = n ? expect_const(c, n, TYPE_TEXT) : value_error();
    if (v.kind == V_CONST && hours_check(c, n, v.string))
        cell_text(c, r, COLUMN_ROLE_HOURS, v.string);
}

static void page_take(compiler *c, row *r, const fields *f)
{
    node n = field_value(c, f, FIELD_role_page);
    duration d = const_duration(c, n, QUANTITY_NONE);
    if (d == QUANTITY_NONE)
        return;
    if (d <= 0)
        fault_at(c, E0308, n, "a time above 0s is needed here");
    else if (!f->at[FIELD_role_deputy])
        fault(c, DIAG_E0122, field_name_span(c, f, FIELD_role_page),
              "`page` says when a deputy is called: name one with `deputy`");
    else
        cell_raw(c, r, COLUMN_ROLE_PAGE, d);
}

void role_take(compiler *c, decl *d)
{
    row *r = row_new(c, TABLE_ROLE, name_text(c, d->name), d->place);
    fields f;
    r->of = d;
    title_take(c, r, COLUMN_ROLE_TITLE, d->at);
    fields_read(c, BLOCK_role, ast_body(tree(c), d->at), d->place, &f);
    r->unread = f.unknown;
    field_cell(c, r, COLUMN_ROLE_MEMBERS, &f, FIELD_role_members);
    field_cell(c, r, COLUMN_ROLE_PHONE, &f, FIELD_role_phone);
    field_cell(c, r, COLUMN_ROLE_ALARM, &f, FIELD_role_alarm);
    field_cell(c, r, COLUMN_ROLE_OUTSIDE, &f, FIELD_role_outside);
    hours_take(c, r, &f);
    page_take(c, r, &f);
    node members = field_value(c, &f, FIELD_role_members);
    /* A block that could not be read whole may have named any number. */
    r->number = members     ? ast_how_many(tree(c), members, ROLE_element)
                : f.unknown ? INT32_MAX
                            : 0;
}

/* --- roles that name roles
 * --------------------------------------------------------------------------- */

static row *role_field(compiler *c, const fields *f, field_id id)
{
    node n = field_value(c, f, id);
    value v = n ? expect_const(c, n, type_of_row(TABLE_ROLE, -1)) : value_error();
    return v.kind == V_CONST && !v.unknown ? c->rows[TABLE_ROLE].p[v.constant] : NULL;
}

static void role_link(compiler *c, decl *d)
{
    fields f;
    row *r = c->rows[TABLE_ROLE].p[d->row];
    fields_read(c, BLOCK_role, ast_body(tree(c), d->at), d->place, &f);
    r->deputy = role_field(c, &f, FIELD_role_deputy);
    r->reached = role_field(c, &f, FIELD_role_reached);
    if (r->deputy)
        cell_text(c, r, COLUMN_ROLE_DEPUTY, r->deputy->name);
    if (r->reached == r)
        fault(c, DIAG_E0207, field_name_span(c, &f, FIELD_role_reached),
              "`%.*s` is reached through itself", TEXT_ARG(r->name));
    else if (r->reached)
        cell_text(c, r, COLUMN_ROLE_REACHED, r->reached->name);
}

/* Said once for a circle, at its first role by name. */
static void circle_check(compiler *c, const row *r)
{
    const row *at = r->deputy;
    for (size_t i = 0; at && at != r && i < c->rows[TABLE_ROLE].n; i++) {
        if (at->final < r->final)
            return;
        at = at->deputy;
    }
    if (at != r)
        return;
    diagnostic *g = fault(c, DIAG_E0207, r->at, "`%.*s` stands in for itself", TEXT_ARG(r->name));
    for (at = r->deputy; at != r; at = at->deputy)
        diag_label_add(c->d, g, at->at, "by way of `%.*s`", TEXT_ARG(at->name));
}

void roles_link(compiler *c)
{
    for (size_t i = 0; i < c->rows[TABLE_ROLE].n; i++) {
        c->mod = c->rows[TABLE_ROLE].p[i]->of->home;
        role_link(c, c->rows[TABLE_ROLE].p[i]->of);
    }
    c->mod = c->modules.p[0];
    for (size_t i = 0; i < c->rows[TABLE_ROLE].n; i++) {
        const row *r = c->rows[TABLE_ROLE].p[i];
        circle_check(c, r);
        if (r->reached && r->reached != r && r->reached->reached)
            fault(c, DIAG_E0207, r->at,
                  "`%.*s` is reached through `%.*s`, which is not reached by itself",
                  TEXT_ARG(r->name), TEXT_ARG(r->reached->name));
    }
}
