/* expr_member.c: what stands behind a dot or in brackets: columns and children of rows, risk, series,
 * modules, answers that are looked into.
 *
 * A chain like `c.risk.score` whose first name belongs to an enclosing function is evaluated there,
 * and its result captured: so a site's captures are the very values that its condition speaks of,
 * and `why` can show them.
 */
#include "compiler/expr.h"
#include "bytecode/vocabulary.h"
#include "compiler/data.h"
#include "compiler/lower.h"
#include "compiler/modules.h"
#include "compiler/rowset.h"

/* --- members of rows
 * ----------------------------------------------------------------------------------- */

value element_value(compiler *c, value list, uint32_t reg, type element)
{
    value v = value_reg(c, reg, element);
    if (type_id_of(element) == TYPE_JSON)
        v = (value){.kind = V_LAZY, .t = T_LAZY, .reg = reg, .owner = c->fn};
    v.rows = list.rows;
    v.rows.listed = 0;
    return v;
}

static value risk_of(compiler *c, value row_value)
{
    row_value.kind = V_RISK;
    row_value.path = TEXT("");
    row_value.at = row_value.kind == V_CONST;
    return row_value;
}

static value assess(compiler *c, value v, uint32_t what, type t, span at)
{
    v.kind = v.owner ? V_REG : V_CONST;
    uint32_t from = materialise(c, v, v.shown, at), r = reg_new(c, t);
    emit(c, OP_ASSESS, r, from, what, at);
    return value_reg(c, r, t);
}

static value risk_member(compiler *c, value v, node n, text name)
{
    span at = ast_name_span(tree(c), n);
    static const char *const parts[] = {"score", "level", "readiness", "categories"};
    static const type types[] = {TYPE_NUMBER, TYPE_ENUM | ENUM_level << 8, TYPE_NUMBER};
    v.t = v.constant == 0 && !v.owner ? v.t : v.t;
    if (text_is(v.path, "categories")) {
        int code = enum_code(type_make(TYPE_ENUM, ENUM_category), name);
        if (code >= 0)
            return assess(c, v, 3 + (uint32_t)code, TYPE_NUMBER, at);
    } else {
        for (uint32_t i = 0; i < 3; i++)
            if (text_is(name, parts[i]))
                return assess(c, v, i, types[i], at);
        if (text_is(name, "categories")) {
            v.path = TEXT("categories");
            return v;
        }
    }
    text candidates[] = {TEXT("score"), TEXT("level"), TEXT("readiness"), TEXT("categories")};
    diagnostic *g = fault(c, DIAG_E0206, at, "risk has no field `%.*s`", TEXT_ARG(name));
    suggest(c, g, at, name, candidates, 4);
    return value_error();
}

/* What a known row holds, where a walk folds. */
static bool column_known(const compiler *c, value v, const column_info *col, value *out)
{
    const row *r = c->folding && v.kind == V_CONST && !v.unknown && v.constant >= 0
                       ? row_by_final(c, type_table(v.t), (uint32_t)v.constant)
                       : NULL;
    type t = type_id_of(col->t);
    if (!r || col->list || t == TYPE_JSON || t == TYPE_REVENUE)
        return false;
    *out = value_const(T_ABSENT, QUANTITY_NONE);
    for (size_t i = 0; i < r->cells.n; i++) {
        const cell *x = &r->cells.p[i];
        if (x->column != col->index)
            continue;
        *out = type_family(col->t) == 't' ? value_of_text(col->t, text_kept(c, x->value))
                                          : value_const(col->t, x->value);
    }
    return true;
}

/* The cell of a list column of a known row. */
const cell *list_known(compiler *c, node n)
{
    if (!c->folding || !ast_is(tree(c), n, NODE_MEMBER))
        return NULL;
    value v = expr(c, ast_value(tree(c), n), T_ANY);
    const row *r = v.kind == V_CONST && type_id_of(v.t) == TYPE_ROW && !v.unknown && v.constant >= 0
                       ? row_by_final(c, type_table(v.t), (uint32_t)v.constant)
                       : NULL;
    const column_info *col = r ? column_find(c, type_table(v.t), ast_name_text(tree(c), n)) : NULL;
    static const cell none = {.list = true};
    if (!col || !col->list)
        return NULL;
    for (size_t i = 0; i < r->cells.n; i++)
        if (r->cells.p[i].column == col->index)
            return &r->cells.p[i];
    return &none;
}

static value column_read(compiler *c, value v, const column_info *col, span at)
{
    value held;
    if (column_known(c, v, col, &held))
        return held;
    uint32_t from = materialise(c, v, v.shown, at);
    type t = col->list ? type_list_of(c, col->t) : col->t;
    uint32_t r = reg_new(c, t);
    emit(c, OP_LDC, r, from, col->index, at);
    value got = value_reg(c, r, col->required || col->list ? t : t | T_MAYBE);
    got.column = (int)col->index + 1;
    got.rows = v.rows;
    if (!got.rows.known && type_is_row(v.t, TABLE_CHANNEL))
        got.rows.table = TABLE_CHANNEL;
    return got;
}

/* The channels of a customer who is one of a set. */
static void channels_of_each(compiler *c, const rowset *customers, rowset *out)
{
    size_t n = c->rows[TABLE_CHANNEL].n;
    bool *keep = arena_array(c->memory, bool, n + 1);
    for (size_t i = 0; i < n; i++) {
        const row *r = c->rows[TABLE_CHANNEL].p[i];
        const row *of = row_by_final(c, TABLE_CUSTOMER, (uint32_t)r->parent);
        keep[r->final] = of && rowset_has(customers, of);
    }
    out->keep = keep;
    out->each = true;
}

static value children(compiler *c, value v, span at)
{
    uint32_t from = materialise(c, v, v.shown, at);
    type t = type_list_of(c, type_of_row(TABLE_CHANNEL, -1));
    uint32_t r = reg_new(c, t);
    emit(c, OP_REL, r, from, TABLE_CHANNEL, at);
    value got = value_reg(c, r, t);
    got.rows =
        (rowset){.known = v.rows.known, .table = TABLE_CHANNEL, .parent = v.rows.only, .only = -1};
    if (v.rows.known && v.rows.only < 0)
        channels_of_each(c, &v.rows, &got.rows);
    return got;
}

/* `acme.orders`: a channel by its name, of a customer that is known; V_ERROR, silently, when it has
 * none of that name. Fields come first. */
static value channel_named(compiler *c, value v, text name)
{
    const row *customer = v.kind == V_CONST && !v.unknown && v.constant >= 0
                              ? row_by_final(c, TABLE_CUSTOMER, (uint32_t)v.constant)
                              : NULL;
    for (size_t i = 0; customer && i < c->rows[TABLE_CHANNEL].n; i++) {
        const row *r = c->rows[TABLE_CHANNEL].p[i];
        if (r->owner == customer && text_equal(r->name, name))
            return rowset_value(r, TABLE_CHANNEL);
    }
    return value_error();
}

static value row_member(compiler *c, value v, node n, text name)
{
    span at = ast_name_span(tree(c), n);
    uint32_t table = type_table(v.t);
    if (table == TABLE_WINDOW && (text_is(name, "start") || text_is(name, "end")))
        return window_edge(c, v, n, name);
    if (table == TABLE_CUSTOMER && text_is(name, "channels"))
        return children(c, v, at);
    if ((table == TABLE_CUSTOMER || table == TABLE_CHANNEL) && text_is(name, "risk"))
        return risk_of(c, v);
    const column_info *col = column_find(c, table, name);
    if (col && (table == TABLE_CUSTOMER || table == TABLE_CHANNEL || table >= TABLE_FIXED ||
                text_is(name, "name") || text_is(name, "title")))
        return column_read(c, v, col, at);
    value channel = table == TABLE_CUSTOMER ? channel_named(c, v, name) : value_error();
    if (channel.kind != V_ERROR)
        return channel;
    text candidates[64];
    size_t count = column_names(c, table, candidates, 40);
    for (size_t i = 0; v.kind == V_CONST && table == TABLE_CUSTOMER && count < 60 &&
                       i < c->rows[TABLE_CHANNEL].n;
         i++)
        if (c->rows[TABLE_CHANNEL].p[i]->owner->final == (uint32_t)v.constant)
            candidates[count++] = c->rows[TABLE_CHANNEL].p[i]->name;
    if (table < TABLE_FIXED) {
        candidates[count++] = TEXT("risk");
        candidates[count++] = TEXT("channels");
    }
    diagnostic *g = fault(c, DIAG_E0206, at, "%.*s has no field `%.*s`", TEXT_ARG(type_a(c, v.t)),
                          TEXT_ARG(name));
    suggest(c, g, at, name, candidates, count);
    return value_error();
}

/* --- members of everything else
 * --------------------------------------------------------------------------- */

static value series_member(compiler *c, value v, node n, text name)
{
    static const char *const known[] = {
#define STATISTIC(id, field, meaning) field,
#include "bytecode/statistics.def"
#undef STATISTIC
    };
    span at = ast_name_span(tree(c), n);
    for (uint32_t i = 0; i < STATISTIC_COUNT; i++) {
        if (!text_is(name, known[i]))
            continue;
        bool counts = i == STATISTIC_SAMPLES || i == STATISTIC_GAPS;
        type t = counts ? TYPE_NUMBER : type_element(c, v.t);
        uint32_t handle = materialise(c, v, v.shown, at);
        if (!c->trigger)
            emit(c, OP_SETTLE, REG_NOTHING, handle, 0, at);
        uint32_t r = reg_new(c, t);
        emit(c, OP_SGET, r, handle, i, at);
        return value_reg(c, r, t);
    }
    text candidates[STATISTIC_COUNT];
    for (size_t i = 0; i < STATISTIC_COUNT; i++)
        candidates[i] = text_of(known[i]);
    diagnostic *g = fault(c, DIAG_E0206, at, "a series has no statistic `%.*s`", TEXT_ARG(name));
    suggest(c, g, at, name, candidates, STATISTIC_COUNT);
    return value_error();
}

static value module_member(compiler *c, value v, node n, type want)
{
    if (!v.home)
        return value_error();
    decl *d = decl_find(v.home, ast_name(tree(c), n));
    if (d)
        return decl_value(c, d, ast_name_span(tree(c), n), want);
    text *known = arena_array(c->memory, text, v.home->decls.n + 1),
         name = ast_name_text(tree(c), n);
    if (name_lost(v.home, name))
        return value_error();
    for (size_t i = 0; i < v.home->decls.n; i++)
        known[i] = name_text(c, v.home->decls.p[i]->name);
    if (told_before(c, v.home, name, ast_name_span(tree(c), n)))
        return value_error();
    diagnostic *g = fault(c, DIAG_E0201, ast_name_span(tree(c), n), "`%.*s` is not in that module",
                          TEXT_ARG(name));
    told_first(c, v.home, name, g);
    suggest(c, g, ast_name_span(tree(c), n), name, known, v.home->decls.n);
    return value_error();
}

static value lazy_member(compiler *c, value v, text name)
{
    v.path = v.path.n ? text_format(c->memory, "%.*s.%.*s", TEXT_ARG(v.path), TEXT_ARG(name))
                      : text_copy(c->memory, name);
    return v;
}

static value indexed(compiler *c, value v, node n)
{
    node index = ast_index(tree(c), n);
    if (v.kind == V_LAZY) {
        value i = expect_const(c, index, TYPE_NUMBER);
        if (i.kind == V_ERROR)
            return i;
        v.path = text_format(c->memory, "%.*s[%lld]", TEXT_ARG(v.path),
                             (long long)(i.constant / UNIT_NUMBER));
        return v;
    }
    type element = type_id_of(v.t) == TYPE_LIST ? type_element(c, v.t) : T_ERROR;
    if (v.kind == V_REG && type_id_of(element) == TYPE_ROW && type_table(element) >= TABLE_FIXED)
        return table_at(c, v, n);
    value i = expect(c, index, TYPE_NUMBER);
    if (v.kind == V_ERROR || i.kind == V_ERROR)
        return value_error();
    if (type_id_of(v.t) != TYPE_LIST) {
        fault_at(c, E0307, n, "only lists and json have elements, this is %.*s",
                 TEXT_ARG(type_a(c, v.t)));
        return value_error();
    }
    span at = at_node(c, n);
    uint32_t list = materialise(c, v, v.shown, at), k = materialise(c, i, TEXT(""), at);
    uint32_t r = reg_new(c, type_element(c, v.t));
    emit(c, OP_IDX, r, list, k, at);
    return element_value(c, v, r, type_element(c, v.t));
}

static value member_of(compiler *c, value v, node n, type want)
{
    text name = ast_name_text(tree(c), n);
    switch (v.kind) {
    case V_ERROR: return v;
    case V_MODULE: return module_member(c, v, n, want);
    case V_RESULT: return result_member(c, v, n, name);
    case V_LAZY: return lazy_member(c, v, name);
    case V_RISK: return risk_member(c, v, n, name);
    case V_WORD: unknown_name_of(c, ast_value(tree(c), n), v.string); return value_error();
    default: break;
    }
    if (type_id_of(v.t) == T_ERROR)
        return value_error();
    if (type_id_of(v.t) == TYPE_SERIES)
        return series_member(c, v, n, name);
    if (type_id_of(v.t) == TYPE_ROW)
        return row_member(c, v, n, name);
    if (type_id_of(v.t) == TYPE_JSON && v.kind == V_REG) {
        v.kind = V_LAZY;
        return lazy_member(c, v, name);
    }
    fault(c, DIAG_E0206, ast_name_span(tree(c), n), "%.*s has no field `%.*s`",
          TEXT_ARG(type_a(c, v.t)), TEXT_ARG(name));
    return value_error();
}

/* `cu.contact.name`: one column whose name has two parts. */
static value contact_member(compiler *c, node n, bool *is)
{
    node group = ast_value(tree(c), n);
    *is = ast_is(tree(c), group, NODE_MEMBER) && text_is(ast_name_text(tree(c), group), "contact");
    if (!*is)
        return value_error();
    value v = expr(c, ast_value(tree(c), group), T_ANY);
    if (v.kind == V_ERROR || !type_is_row(v.t, TABLE_CUSTOMER)) {
        *is = v.kind == V_ERROR;
        return v;
    }
    text name = text_format(c->memory, "contact.%.*s", TEXT_ARG(ast_name_text(tree(c), n)));
    return row_member(c, v, n, name);
}

static value chain(compiler *c, node n, type want)
{
    bool contact;
    if (ast_is(tree(c), n, NODE_INDEX))
        return indexed(c, expr(c, ast_value(tree(c), n), T_ANY), n);
    value v = contact_member(c, n, &contact);
    if (contact)
        return v;
    node base = ast_value(tree(c), n);
    if (ast_is(tree(c), base, NODE_NAME)) { /* level.high */
        for (uint32_t e = 0; e < ENUM_FIXED; e++)
            if (text_is(ast_name_text(tree(c), base), enum_rows[e].name) &&
                !local_find(c, ast_name(tree(c), base)) &&
                enum_code(type_make(TYPE_ENUM, e), ast_name_text(tree(c), n)) >= 0)
                return value_const(type_make(TYPE_ENUM, e),
                                   enum_code(type_make(TYPE_ENUM, e), ast_name_text(tree(c), n)));
    }
    return member_of(c, expr(c, base, T_ANY), n, want);
}

static const local *chain_root(const compiler *c, node n)
{
    while (ast_is(tree(c), n, NODE_MEMBER) || ast_is(tree(c), n, NODE_INDEX))
        n = ast_value(tree(c), n);
    return ast_is(tree(c), n, NODE_NAME) ? local_find(c, ast_name(tree(c), n)) : NULL;
}

value expr_member(compiler *c, node n, type want)
{
    value of_place;
    if (c->test && ast_is(tree(c), n, NODE_MEMBER) && place_member(c, n, &of_place))
        return of_place;
    const local *root = chain_root(c, n);
    func *here = c->fn, *owner = root && !root->gone && !root->beside ? root->v.owner : NULL;
    bool series = root && type_id_of(root->v.t) == TYPE_SERIES;
    if (owner && owner != here && !(series && c->trigger) && root->v.kind != V_RESULT)
        c->fn = function_home(c, owner);
    value v = chain(c, n, want);
    c->fn = here;
    if (v.kind == V_ERROR || v.kind == V_CONST || v.kind == V_MODULE)
        return v;
    text key = canonical(c, tree(c), n);
    uint32_t kinds;
    if (type_maybe(v.t) && narrowed(c, key, &kinds))
        v.t = type_sure(v.t);
    v.shown = key;
    return v;
}
