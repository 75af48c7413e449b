/* fields.c: one pass over a block's items, driven by fields.def. */
#include "compiler/fields.h"
#include "grammar/habits.h"

#include <ctype.h>
#include <string.h>

enum { REQUIRED = 1, MANY = 2 };

static const struct {
    block_kind block;
    const char *name, *forms;
    unsigned flags;
} table[] = {
#define FIELD(block, name, forms, flags, type, doc) {BLOCK_##block, #name, #forms, flags},
#include "compiler/fields.def"
};

static const char *const block_names[] = {
#define BLOCK_KIND(id, name) name,
#include "compiler/fields.def"
};

static const struct {
    block_kind block;
    ast_kind_of kind;
} items[] = {
#define ITEM(block, kind) {BLOCK_##block, NODE_##kind},
#include "compiler/fields.def"
};

static int field_find(block_kind kind, text name)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (table[i].block == kind && text_is(name, table[i].name))
            return i;
    return -1;
}

/* The word with which a kind of statement begins. */
static text statement_word(compiler *c, ast_kind_of kind)
{
    const char *name = ast_kind_name(kind);
    size_t n = strcspn(name, "_");
    char *p = arena_copy(c->memory, name, n);
    for (size_t i = 0; i < n; i++)
        p[i] = (char)tolower((unsigned char)p[i]);
    return (text){p, n};
}

static void unknown_field(compiler *c, block_kind kind, node n)
{
    text candidates[FIELD_COUNT + 64], name = ast_name_text(tree(c), n);
    size_t count = 0;
    for (int i = 0; i < FIELD_COUNT; i++)
        if (table[i].block == kind)
            candidates[count++] = text_of(table[i].name);
    size_t fields_end = count;
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        if (items[i].block == kind)
            candidates[count++] = statement_word(c, items[i].kind);
    span at = ast_name_span(tree(c), n);
    diagnostic *g =
        fault(c, DIAG_E0120, at, "%s has no field `%.*s`", block_names[kind], TEXT_ARG(name));
    const char *instead = habit_instead(name, false);
    if (instead)
        diag_help_add(c->d, g, "%s", instead);
    else
        suggest(c, g, at, name, candidates, count);
    if (instead || g->helps.n)
        return;
    buffer b;
    buffer_init(&b);
    for (size_t i = 0; i < fields_end; i++)
        buffer_printf(&b, "%s%.*s", i ? ", " : "", TEXT_ARG(candidates[i]));
    if (fields_end)
        diag_note(c->d, g, "its fields: %.*s", (int)b.n, b.p);
    buffer_release(&b);
}

static bool form_fits(const compiler *c, const char *forms, node n)
{
    if (ast_is(tree(c), n, NODE_SECTION))
        return strchr(forms, 'B') != NULL;
    switch (ast_kind(tree(c), ast_value(tree(c), n))) {
    case NODE_RANGE: return strchr(forms, 'R') != NULL;
    case NODE_TIMES: return strchr(forms, 'N') != NULL;
    case NODE_ERROR: return true;
    default: return strchr(forms, 'E') != NULL;
    }
}

static const char *form_text(const char *forms)
{
    switch (forms[0]) {
    case 'R': return "a range: `a to b`";
    case 'N': return "a count and a pause: `3 times every 10s`";
    case 'B': return "a block: `{ … }`";
    default: return forms[1] == 'R' ? "a value or a range: `a to b`" : "a value";
    }
}

static void field_take(compiler *c, block_kind kind, node n, fields *out)
{
    int i = field_find(kind, ast_name_text(tree(c), n));
    span at = ast_name_span(tree(c), n);
    if (i < 0) {
        out->unknown = true;
        unknown_field(c, kind, n);
        return;
    }
    if (out->at[i] && !(table[i].flags & MANY)) {
        diagnostic *g = fault(c, DIAG_E0121, at, "`%s` is given twice", table[i].name);
        diag_label_add(c->d, g, ast_name_span(tree(c), out->at[i]), "first given here");
        return;
    }
    if (!form_fits(c, table[i].forms, n)) {
        out->unknown = true;
        diagnostic *g = fault(c, DIAG_E0124, ast_span(tree(c), n), "`%s` takes %s", table[i].name,
                              form_text(table[i].forms));
        span end = {ast_span(tree(c), n).end, ast_span(tree(c), n).end};
        if (table[i].forms[0] == 'N' && ast_is(tree(c), ast_value(tree(c), n), NODE_NUMBER))
            diag_suggest(c->d, g, end, TEXT(" times every 10s"), "say how often and how far apart");
        return;
    }
    if (!out->at[i])
        out->at[i] = n;
}

static bool item_fits(block_kind block, ast_kind_of kind)
{
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        if (items[i].block == block && items[i].kind == kind)
            return true;
    return false;
}

text statement_kind(compiler *c, ast_kind_of of)
{
    text kind = text_of(ast_kind_name(of));
    char *p = arena_copy(c->memory, kind.p, kind.n);
    for (size_t i = 0; i < kind.n; i++)
        p[i] = p[i] == '_' ? ' ' : p[i] >= 'A' && p[i] <= 'Z' ? (char)(p[i] + 32) : p[i];
    return text_format(c->memory, "`%.*s`", (int)kind.n, p);
}

text statement_text(compiler *c, node n)
{
    return statement_kind(c, ast_kind(tree(c), n));
}

bool block_takes(block_kind kind, const ast *t, node item)
{
    ast_kind_of k = ast_kind(t, item);
    if (k == NODE_FIELD || k == NODE_SECTION)
        return field_find(kind, ast_name_text(t, item)) >= 0;
    return k == NODE_ERROR || item_fits(kind, k);
}

size_t block_fields(block_kind kind, text *out, size_t room)
{
    size_t n = 0;
    for (int i = 0; i < FIELD_COUNT && n < room; i++)
        if (table[i].block == kind)
            out[n++] = text_of(table[i].name);
    return n;
}

void fields_read(compiler *c, block_kind kind, node body, span named, fields *out)
{
    fields_read_but(c, kind, body, NULL, 0, named, out);
}

void fields_read_but(compiler *c, block_kind kind, node body, const node *skip, size_t skipped,
                     span named, fields *out)
{
    size_t next = 0;
    memset(out, 0, sizeof *out);
    ast_each(tree(c), body, n)
    {
        if (next < skipped && skip[next] == n) {
            next++;
            continue;
        }
        ast_kind_of k = ast_kind(tree(c), n);
        if (k == NODE_ERROR) {
            out->unknown = true;
            continue;
        }
        if (k == NODE_FIELD || k == NODE_SECTION)
            field_take(c, kind, n, out);
        else if (!item_fits(kind, k))
            fault(c, DIAG_E0123, ast_name_span(tree(c), n), "%.*s cannot stand in %s",
                  TEXT_ARG(statement_text(c, n)), block_names[kind]);
    }
    for (int i = 0; i < FIELD_COUNT; i++)
        if (table[i].block == kind && table[i].flags & REQUIRED && !out->at[i] && !out->unknown &&
            named.start)
            fault(c, DIAG_E0122, named, "%s needs the field `%s`", block_names[kind],
                  table[i].name);
}

node field_value(const compiler *c, const fields *f, field_id id)
{
    return f->at[id] ? ast_value(tree(c), f->at[id]) : 0;
}

span field_name_span(const compiler *c, const fields *f, field_id id)
{
    return ast_name_span(tree(c), f->at[id]);
}

node field_reason(const compiler *c, const fields *f, field_id id)
{
    return f->at[id] ? ast_reason(tree(c), f->at[id]) : 0;
}
