/* schema.c: columns that a program adds: `field customer.tier: number = 3`. */
#include "compiler/data.h"
#include "compiler/expr.h"
#include "compiler/lower.h"

type type_of_word(compiler *c, text word)
{
    static const struct {
        const char *name;
        type t;
    } known[] = {{"bool", TYPE_BOOL}, {"number", TYPE_NUMBER},     {"percent", TYPE_PERCENT},
                 {"rate", TYPE_RATE}, {"duration", TYPE_DURATION}, {"text", TYPE_TEXT},
                 {"date", TYPE_DATE}};
    (void)c;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text_is(word, known[i].name))
            return known[i].t;
    return T_ERROR;
}

column_info *column_add(compiler *c, uint32_t table, text name, type t, span at)
{
    if (column_find(c, table, name)) {
        fault(c, DIAG_E0202, at, "the field `%.*s` is there already", TEXT_ARG(name));
        return NULL;
    }
    bool list = type_id_of(t) == TYPE_LIST;
    type element = list ? type_element(c, t) : type_sure(t);
    uint32_t index = build_column(c->b, table, name, element, list);
    vec_push(&c->columns, (column_info){.table = table,
                                        .index = index,
                                        .name = text_copy(c->memory, name),
                                        .t = element,
                                        .list = list,
                                        .only = -1,
                                        .home = c->mod});
    return &vec_last(&c->columns);
}

static void schema_take(compiler *c, node n)
{
    node path = ast_target(tree(c), n), first = ast_part(tree(c), path),
         last = ast_more(tree(c), first);
    text word = ast_name_text(tree(c), first);
    int kind = enum_code(type_make(TYPE_ENUM, ENUM_kind), word);
    bool customer = text_is(word, "customer"), channel = text_is(word, "channel") || kind >= 0;
    if ((!customer && !channel) || !last) {
        fault_at(c, E0201, path,
                 "a field is added to customer, channel or a kind of channel: "
                 "customer.tier");
        return;
    }
    type t = type_named(c, ast_type(tree(c), n));
    if (t == T_ERROR)
        return;
    column_info *col = column_add(c, customer ? TABLE_CUSTOMER : TABLE_CHANNEL,
                                  ast_name_text(tree(c), last), t, at_node(c, last));
    if (!col)
        return;
    col->only = kind;
    col->otherwise = ast_value(tree(c), n);
}

void schema_collect(compiler *c)
{
    for (size_t m = 0; m < c->modules.n; m++) {
        c->mod = c->modules.p[m];
        ast_each(tree(c), tree(c)->root, n) if (ast_is(tree(c), n, NODE_SCHEMA)) schema_take(c, n);
    }
    c->mod = c->modules.p[0];
}

/* Rows that do not give an added field get its default. */
void schema_defaults(compiler *c)
{
    module *here = c->mod;
    for (size_t i = 0; i < c->columns.n; i++) {
        column_info col = c->columns.p[i];
        if (!col.otherwise)
            continue;
        c->mod = col.home;
        for (size_t k = 0; k < c->rows[col.table].n; k++) {
            row *r = c->rows[col.table].p[k];
            if (!cell_given(r, col.index) && (col.only < 0 || r->kind == col.only) &&
                !ast_is(tree(c), col.otherwise, NODE_ABSENT))
                cell_take(c, r, &col, col.otherwise);
        }
    }
    c->mod = here;
}
