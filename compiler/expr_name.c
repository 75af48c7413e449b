/* expr_name.c: names: what a block named, what is declared, what is predefined. */
#include "compiler/expr.h"
#include "compiler/data.h"
#include "compiler/lower.h"
#include "compiler/modules.h"
#include "compiler/rowset.h"

/* --- locals --------------------------------------------------------------------------------------
 */

local *local_find(const compiler *c, uint32_t name)
{
    local *gone = NULL;
    for (size_t i = c->locals.n; i > c->visible; i--)
        if (c->locals.p[i - 1].name == name) {
            if (!c->locals.p[i - 1].gone)
                return &c->locals.p[i - 1];
            gone = gone ? gone : &c->locals.p[i - 1];
        }
    return gone;
}

/* What a new name would hide. One that a playbook made from another one puts in must be new to the
 * statements of the base, too: they may read what their own file declares. */
static const decl *decl_known(const compiler *c, uint32_t name, span at)
{
    const module *own = module_at(c, at);
    bool inserted = c->mod->origin_count && own != c->mod->origins[0];
    const decl *d = decl_find(own, name);
    for (size_t i = 0; inserted && !d && i < c->mod->origin_count; i++)
        d = decl_find(c->mod->origins[i], name);
    /* playbooks have names of their own */
    return d && d->kind == DECL_PLAYBOOK ? NULL : d;
}

void local_add(compiler *c, uint32_t name, span at, value v)
{
    local *old = local_find(c, name);
    const decl *d = decl_known(c, name, at);
    if ((old && !old->gone) || d) {
        diagnostic *g = fault(c, DIAG_E0202, at, "`%.*s` already has a meaning here",
                              TEXT_ARG(name_text(c, name)));
        diag_label_add(c->d, g, d ? d->place : old->at, "named here");
        diag_note(c->d, g, "no name hides another: what a reviewer reads is what runs");
    }
    vec_push(&c->locals, (local){.name = name, .v = v, .at = at});
}

size_t block_begin(const compiler *c)
{
    return c->locals.n;
}

void block_end(compiler *c, size_t mark)
{
    for (size_t i = mark; i < c->locals.n; i++)
        c->locals.p[i].gone = true;
}

/* --- names
 * ----------------------------------------------------------------------------------------- */

void unknown_name_of(compiler *c, node n, text name)
{
    unknown_name(c, ast_name_span(tree(c), n), name, "the name");
}

static value let_value(compiler *c, decl *d, type want)
{
    if (decl_busy(c, d)) {
        fault(c, DIAG_E0207, d->place, "`%.*s` is defined by itself",
              TEXT_ARG(name_text(c, d->name)));
        d->bad |= !c->apart; /* a walker gives up */
        return value_error();
    }
    if (d->bad)
        return value_error();
    module *here = c->mod;
    size_t visible = c->visible;
    decl_begin(c, d);
    c->mod = d->home;
    c->visible = c->locals.n;
    value v = expr(c, ast_value(tree(c), d->at), want);
    if (v.kind == V_LAZY || v.kind == V_RESULT)
        v = value_error();
    c->mod = here;
    c->visible = visible;
    decl_end(c);
    return v;
}

static value row_const(compiler *c, const decl *d, uint32_t table)
{
    int64_t at = d->row >= 0 ? (int64_t)row_final(c, table, d->row) : NO_ROW;
    value v = value_const(type_of_row(table, d->sub), at);
    v.unknown = d->row < 0;
    v.rows = (rowset){.known = at >= 0, .table = table, .parent = -1, .only = at};
    v.shown = name_text(c, d->name);
    return v;
}

value decl_value(compiler *c, decl *d, span at, type want)
{
    decl_use(d);
    if (d->bad)
        return value_error();
    switch (d->kind) {
    case DECL_LET: return let_value(c, d, want);
    case DECL_CUSTOMER: return row_const(c, d, TABLE_CUSTOMER);
    case DECL_ROLE: return row_const(c, d, TABLE_ROLE);
    case DECL_RESOURCE: return row_const(c, d, TABLE_RESOURCE);
    case DECL_CONNECTOR: return row_const(c, d, TABLE_CONNECTOR);
    case DECL_MODULE: return (value){.kind = V_MODULE, .t = T_MODULE, .home = d->target};
    case DECL_TABLE: return table_value(c, d, at);
    case DECL_CALENDAR: return (value){.kind = V_CONST, .t = T_CALENDAR, .constant = d->sub};
    default:
        fault(c, DIAG_E0210, at, "`%.*s` is %s, not a value", TEXT_ARG(name_text(c, d->name)),
              decl_text(d->kind));
        return value_error();
    }
}

/* In a playbook made from another one a name of the base and one of the file may meet. */
static bool two_meanings(compiler *c, const local *l, span at)
{
    const decl *d = decl_at(c, l->name, at);
    if (!c->mod->origin_count || !d || d->kind == DECL_PLAYBOOK ||
        module_at(c, l->at) == module_at(c, at))
        return false;
    diagnostic *g =
        fault(c, DIAG_E0202, at, "`%.*s` has two meanings here", TEXT_ARG(name_text(c, l->name)));
    diag_label_add(c->d, g, l->at, "the playbook that this is made from has it");
    diag_label_add(c->d, g, d->place, "and so has this file: it is %s", decl_text(d->kind));
    diag_help_add(c->d, g, "give the one in this file another name");
    return true;
}

static value local_value(compiler *c, const local *l, span at)
{
    if (l->beside) {
        diagnostic *g = fault(c, DIAG_E0205, at, "`%.*s` may not have run when this is reached",
                              TEXT_ARG(name_text(c, l->name)));
        diag_label_add(c->d, g, l->at, "named here, in a phase that may run at the same time");
        diag_help_add(c->d, g, "let this phase come `after` that one");
        return value_error();
    }
    if (two_meanings(c, l, at))
        return value_error();
    if (l->gone) {
        text name = name_text(c, l->name);
        diagnostic *g = fault(c, DIAG_E0205, at, "`%.*s` may not have run when this is reached",
                              TEXT_ARG(name));
        diag_label_add(c->d, g, l->at, "named here, inside a block that is over");
        diag_help_add(c->d, g, "read it inside that block, or move it before the block");
        return value_error();
    }
    value v = l->v;
    if (!v.shown.n)
        v.shown = name_text(c, l->name);
    return v;
}

/* All customers, in the order of their names. */
static value customers_all(compiler *c, span at)
{
    type t = type_list_of(c, type_of_row(TABLE_CUSTOMER, -1));
    uint32_t r = reg_new(c, t);
    emit(c, OP_ALL, r, TABLE_CUSTOMER, 0, at);
    value all = value_reg(c, r, t);
    all.rows = (rowset){.known = true, .table = TABLE_CUSTOMER, .parent = -1, .only = -1};
    all.shown = TEXT("customers");
    return all;
}

value name_lookup(compiler *c, uint32_t name, span at, type want)
{
    text word = name_text(c, name);
    if (type_id_of(want) == TYPE_ENUM && enum_code(type_sure(want), word) >= 0)
        return value_const(type_sure(want), enum_code(type_sure(want), word));
    const local *l = local_find(c, name);
    if (l)
        return local_value(c, l, at);
    decl *d = decl_at(c, name, at);
    if (d)
        return decl_value(c, d, at, want);
    if (text_is(word, "window") && c->migration)
        return window_default(c, at);
    value w = window_find(c, word);
    if (w.kind != V_ERROR)
        return w;
    if (text_is(word, "customers"))
        return customers_all(c, at);
    if (text_is(word, "rehearsal"))
        return rehearsal_read(c, at);
    return (value){.kind = V_WORD, .t = T_WORD, .string = word};
}

value expr_name(compiler *c, node n, type want)
{
    value v = name_lookup(c, ast_name(tree(c), n), ast_name_span(tree(c), n), want);
    uint32_t kinds;
    if (v.kind == V_REG && type_is_row(v.t, TABLE_CHANNEL) && v.shown.n &&
        narrowed(c, v.shown, &kinds) && kinds) {
        if (!(kinds & (kinds - 1)))
            v.t = type_of_row(TABLE_CHANNEL, __builtin_ctz(kinds));
        v.rows.kinds = v.rows.kinds ? v.rows.kinds & kinds : kinds;
    }
    if (type_maybe(v.t) && narrowed(c, canonical(c, tree(c), n), &kinds))
        v.t = type_sure(v.t);
    return v;
}
