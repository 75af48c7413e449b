/* type_name.c: types as programs name them: `text`, `channel edi`, `[number]?`, `exec`. */
#include "compiler/lower.h"
#include "compiler/modules.h"

static const struct {
    const char *name;
    type t;
} plain_types[] = {{"bool", TYPE_BOOL},         {"number", TYPE_NUMBER}, {"percent", TYPE_PERCENT},
                   {"duration", TYPE_DURATION}, {"rate", TYPE_RATE},     {"date", TYPE_DATE},
                   {"clock", TYPE_CLOCK},       {"text", TYPE_TEXT},     {"json", TYPE_JSON},
                   {"instant", TYPE_INSTANT},   {"secret", TYPE_SECRET}, {"money", TYPE_MONEY}};
enum { PLAIN_TYPES = sizeof plain_types / sizeof *plain_types };

static type row_type_named(compiler *c, node n, text name)
{
    static const struct {
        const char *name;
        uint32_t table;
    } tables[] = {{"customer", TABLE_CUSTOMER},
                  {"role", TABLE_ROLE},
                  {"resource", TABLE_RESOURCE},
                  {"window", TABLE_WINDOW},
                  {"channel", TABLE_CHANNEL}};
    int kind = enum_code(type_make(TYPE_ENUM, ENUM_connector), name);
    if (text_is(name, "connector"))
        return type_of_row(TABLE_CONNECTOR, -1);
    if (kind >= 0)
        return type_of_row(TABLE_CONNECTOR, kind);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (!text_is(name, tables[i].name))
            continue;
        node label = ast_label(tree(c), n);
        if (!label || tables[i].table != TABLE_CHANNEL)
            return type_of_row(tables[i].table, -1);
        int channel = enum_code(type_make(TYPE_ENUM, ENUM_kind), ast_name_text(tree(c), label));
        if (channel < 0)
            fault_at(c, E0304, label, "`%.*s` is no kind of channel",
                     TEXT_ARG(ast_name_text(tree(c), label)));
        return channel < 0 ? T_ERROR : type_of_row(TABLE_CHANNEL, channel);
    }
    const decl *d = decl_find(c->mod, ast_name(tree(c), n));
    if (d && d->kind == DECL_TABLE) /* `u: users`: a row of it */
        return d->bad || d->sub < 0 ? T_ERROR : type_of_row((uint32_t)d->sub, -1);
    return T_ANY;
}

static type type_word_named(compiler *c, node n)
{
    text name = ast_name_text(tree(c), n), candidates[PLAIN_TYPES + 8];
    for (size_t i = 0; i < PLAIN_TYPES; i++)
        if (text_is(name, plain_types[i].name))
            return plain_types[i].t;
    type t = row_type_named(c, n, name);
    if (t != T_ANY)
        return t;
    for (uint32_t e = 0; e < ENUM_FIXED; e++)
        if (text_equal(name, type_text(c, type_make(TYPE_ENUM, e))))
            return type_make(TYPE_ENUM, e);
    for (size_t i = 0; i < PLAIN_TYPES; i++)
        candidates[i] = text_of(plain_types[i].name);
    static const char *const rows[] = {"customer", "channel", "role", "resource",
                                       "window",   "dir",     "exec", "http"};
    for (size_t i = 0; i < 8; i++)
        candidates[PLAIN_TYPES + i] = text_of(rows[i]);
    static const char *const synonyms[][2] = {
        {"int", "number"},     {"integer", "number"},     {"float", "number"},
        {"decimal", "number"}, {"string", "text"},        {"str", "text"},
        {"boolean", "bool"},   {"time", "clock"},         {"datetime", "instant"},
        {"object", "json"},    {"timedelta", "duration"}, {"percentage", "percent"}};
    diagnostic *g = fault_at(c, E0211, n, "`%.*s` is no type", TEXT_ARG(name));
    for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++)
        if (text_is(name, synonyms[i][0])) {
            diag_suggest(c->d, g, ast_name_span(tree(c), n), text_of(synonyms[i][1]),
                         "in Ferry it is `%s`", synonyms[i][1]);
            return T_ERROR;
        }
    suggest(c, g, ast_name_span(tree(c), n), name, candidates, PLAIN_TYPES + 8);
    return T_ERROR;
}

type type_named(compiler *c, node n)
{
    type t;
    if (ast_is(tree(c), n, NODE_TYPE_LIST)) {
        t = type_named(c, ast_type(tree(c), n));
        t = t == T_ERROR ? t : type_list_of(c, t);
    } else
        t = type_word_named(c, n);
    return t != T_ERROR && ast_aux(tree(c), n) ? t | T_MAYBE : t;
}
