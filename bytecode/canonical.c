/* canonical.c: owns the first step towards canonical bytes: numbers for functions (callee first,
 * then by name), sites (by the instruction that first names them), tables, columns and enums (the
 * fixed ones, then by name). */
#include "bytecode/canonical.h"

#include "base/text_sort.h"

#include <string.h>

static numbering numbering_new(arena *a, size_t provisional)
{
    numbering n = {arena_array(a, uint32_t, provisional + 1),
                   arena_array(a, uint32_t, provisional + 1), 0};
    memset(n.map, 0xff, (provisional + 1) * sizeof *n.map);
    return n;
}

static void number(numbering *n, uint32_t x)
{
    n->map[x] = n->n;
    n->order[n->n++] = x;
}

typedef struct {
    const build *b;
    const uint32_t *name; /* provisional text by index */
} by_name;

static int compare_names(const void *l, const void *r, void *self)
{
    const by_name *s = self;
    uint32_t a = s->name[*(const uint32_t *)l], b = s->name[*(const uint32_t *)r];
    return text_compare(names_text(&s->b->text, a), names_text(&s->b->text, b));
}

/* Numbers the first `fixed` of n as they stand and the others by name; false when two names are
 * equal. */
static bool number_names(canon *c, numbering *to, const uint32_t *name, uint32_t n, uint32_t fixed)
{
    *to = numbering_new(c->a, n);
    by_name self = {c->b, name};
    uint32_t *order = arena_array(c->a, uint32_t, n);
    for (uint32_t k = 0; k < n; k++)
        order[k] = k;
    if (n > fixed)
        qsort_r(order + fixed, n - fixed, sizeof *order, compare_names, &self);
    for (uint32_t k = 0; k < n; k++) {
        number(to, order[k]);
        if (k > fixed && name[order[k]] == name[order[k - 1]])
            return false;
    }
    return true;
}

static uint32_t fixed_columns(uint32_t table)
{
    uint32_t n = 0;
    for (size_t k = 0; k < column_rows_count; k++)
        n += column_rows[k].table == table;
    return n;
}

static const char *number_columns(canon *c, uint32_t t)
{
    const build_tables *table = &c->b->table.p[t];
    uint32_t n = (uint32_t)table->column.n;
    uint32_t *name = arena_array(c->a, uint32_t, n);
    if (n > IMAGE_INDEX_LIMIT)
        return "a table has more than 65,535 columns";
    for (uint32_t k = 0; k < n; k++)
        name[k] = table->column.p[k].name;
    uint32_t fixed = t < TABLE_FIXED ? fixed_columns(t) : 0;
    return number_names(c, &c->column[t], name, n, fixed) ? NULL : "two columns of one name";
}

static const char *number_tables(canon *c)
{
    const build *b = c->b;
    uint32_t n = (uint32_t)b->table.n, e = (uint32_t)b->enums.n;
    uint32_t *name = arena_array(c->a, uint32_t, (size_t)n + e);
    if (n > IMAGE_INDEX_LIMIT || e > IMAGE_INDEX_LIMIT)
        return "the program has more than 65,535 tables or enums";
    if (n > TABLE_FREEZE && b->table.p[TABLE_FREEZE].rows > IMAGE_FREEZES)
        return "the program has more than 65,535 freezes";
    for (uint32_t k = 0; k < n; k++)
        name[k] = b->table.p[k].name;
    if (!number_names(c, &c->table, name, n, TABLE_FIXED))
        return "two tables of one name";
    for (uint32_t k = 0; k < e; k++)
        name[k] = b->enums.p[k].name;
    if (!number_names(c, &c->enums, name, e, ENUM_FIXED))
        return "two enums of one name";
    c->column = arena_array(c->a, numbering, n);
    for (uint32_t t = 0; t < n; t++) {
        const char *why = number_columns(c, t);
        if (why)
            return why;
    }
    return NULL;
}

/* Ranks by name; false when two defined functions share one. */
static bool rank_functions(canon *c, uint32_t *rank)
{
    uint32_t n = (uint32_t)c->b->function.n;
    uint32_t *order = arena_array(c->a, uint32_t, n);
    text *name = arena_array(c->a, text, n);
    for (uint32_t k = 0; k < n; k++) {
        order[k] = k;
        name[k] = c->b->function.p[k].name;
    }
    return texts_rank(name, order, n, rank, c->a) == n;
}

typedef struct {
    VEC(uint32_t) callee;
    uint32_t functions;
    bool bad;
} edges;

static void see_callee(void *self, uint32_t function)
{
    edges *e = self;
    if (function >= e->functions)
        e->bad = true;
    else
        vec_push(&e->callee, function);
}

/* A function that was reserved and never defined has no callees; it is dropped, and naming it is
 * found when its caller is emitted. */
static const char *number_functions(canon *c)
{
    const build *b = c->b;
    edges e = {.functions = (uint32_t)b->function.n};
    uint32_t n = e.functions, *rank = arena_array(c->a, uint32_t, n);
    uint32_t *first = arena_array(c->a, uint32_t, (size_t)n + 1);
    uint32_t *order = arena_array(c->a, uint32_t, n);
    if (!rank_functions(c, rank))
        return "two functions of one name";
    for (uint32_t f = 0; f < n; f++) {
        first[f] = (uint32_t)e.callee.n;
        for (uint32_t k = 0; k < b->function.p[f].instructions; k++)
            insn_callees(&b->function.p[f].code[k], b->site.p, (uint32_t)b->site.n, see_callee, &e);
    }
    first[n] = (uint32_t)e.callee.n;
    bool acyclic = e.bad || function_order(n, rank, first, e.callee.p, order);
    vec_release(&e.callee);
    if (e.bad)
        return "code names a function that does not exist";
    if (!acyclic)
        return "functions call each other in a circle";
    c->function = numbering_new(c->a, n);
    for (uint32_t k = 0; k < n; k++)
        if (b->function.p[order[k]].code)
            number(&c->function, order[k]);
    return c->function.n > IMAGE_INDEX_LIMIT ? "the program has more than 65,535 functions" : NULL;
}

static const char *number_sites(canon *c)
{
    const build *b = c->b;
    if (b->site.n > IMAGE_INDEX_LIMIT) /* an operand would have been cut */
        return "the program has more than 65,535 sites";
    c->site = numbering_new(c->a, b->site.n);
    for (uint32_t k = 0; k < c->function.n; k++) {
        const build_function *f = &b->function.p[c->function.order[k]];
        for (uint32_t x = 0; x < f->instructions; x++) {
            if (op_rows[f->code[x].op].operand[1] != S_)
                continue;
            uint32_t site = f->code[x].b;
            if (site >= b->site.n)
                return "code names a site that does not exist";
            if (c->site.map[site] == NO_INDEX)
                number(&c->site, site);
        }
    }
    return c->site.n > IMAGE_INDEX_LIMIT ? "the program has more than 65,535 sites" : NULL;
}

/* Numbers functions, sites, tables, columns and enums anew. */
static const char *canon_number(canon *c)
{
    const build *b = c->b;
    c->text = numbering_new(c->a, (size_t)b->text.count + 1);
    c->constant = numbering_new(c->a, b->constant.n);
    c->list = numbering_new(c->a, b->list_type.n);
    c->record = numbering_new(c->a, b->record.n);
    c->getter = numbering_new(c->a, b->field.n);
    const char *why = number_tables(c);
    if (!why)
        why = number_functions(c);
    return why ? why : number_sites(c);
}

uint32_t canon_map(canon *c, const numbering *n, uint32_t x)
{
    const build *b = c->b;
    size_t limit = n == &c->text       ? (size_t)b->text.count + 1
                   : n == &c->constant ? b->constant.n
                   : n == &c->list     ? b->list_type.n
                   : n == &c->record   ? b->record.n
                   : n == &c->getter   ? b->field.n
                   : n == &c->function ? b->function.n
                   : n == &c->site     ? b->site.n
                   : n == &c->table    ? b->table.n
                                       : b->enums.n;
    if (x >= limit || n->map[x] == NO_INDEX) {
        c->bad_index = true;
        return 0;
    }
    return n->map[x];
}

type_word canon_type(canon *c, type_word w)
{
    uint32_t p = TYPE_PARAMETER(w);
    switch (TYPE_ID(w)) {
    case TYPE_LIST: return TYPE_WORD(TYPE_LIST, canon_map(c, &c->list, p));
    case TYPE_ROW: return TYPE_WORD(TYPE_ROW, canon_map(c, &c->table, p));
    case TYPE_ENUM: return TYPE_WORD(TYPE_ENUM, canon_map(c, &c->enums, p));
    case TYPE_SERIES: return TYPE_WORD(TYPE_SERIES, canon_type(c, p));
    default: return w;
    }
}

const char *build_canonical(const build *b, arena *a, buffer *bytes)
{
    image views = {0};
    canon c = {.b = b, .a = a, .out = &views};
    const char *why = canon_number(&c);
    if (why)
        return why;
    canon_pools(&c);
    return canon_emit(&c, bytes);
}
