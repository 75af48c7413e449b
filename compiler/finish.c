/* finish.c: from virtual registers to the image's functions and sites.
 *
 * What the entries and factors reach is laid out, then every site is given to the builder, then
 * every function. The order here does not matter: build_finish makes it canonical.
 */
#include "compiler/expr.h"
#include "compiler/function.h"
#include "bytecode/layout.h"
#include "bytecode/vocabulary.h"
#include <assert.h>
#include <string.h>

type_word type_final(compiler *c, type t)
{
    t = type_sure(t);
    switch (type_id_of(t)) {
    case TYPE_ROW: return TYPE_WORD(TYPE_ROW, type_table(t));
    case TYPE_LIST: return build_list_type(c->b, type_final(c, type_element(c, t)));
    case TYPE_SERIES: return TYPE_WORD(TYPE_SERIES, type_final(c, type_element(c, t)));
    default: return type_id_of(t) < TYPE_COUNT ? t : TYPE_BOOL;
    }
}

/* --- reach -------------------------------------------------------------------------------------
 */

static void reach_site(compiler *c, csite *s);

void func_reserve(compiler *c, func *f)
{
    if (f->build_id == NO_INDEX)
        f->build_id = build_function_new(c->b, f->name);
}

/* Functions of the program, which every migration may call, are reached when walks are joined. */
static void reach(compiler *c, func *f)
{
    if (f->index < c->shared.funcs) {
        c->reached[f->index] = true;
        return;
    }
    if (f->used)
        return;
    f->used = true;
    func_reserve(c, f);
    for (size_t i = 0; i < f->code.n; i++) {
        const insn *x = &f->code.p[i];
        uint16_t v[3] = {x->a, x->b, x->c};
        for (int k = 0; k < 3; k++)
            if (op_rows[x->op].operand[k] == F_)
                reach(c, c->funcs.p[v[k]]);
            else if (op_rows[x->op].operand[k] == S_)
                reach_site(c, c->sites.p[v[k]]);
    }
}

static void reach_site(compiler *c, csite *s)
{
    for (int i = 0; i < FN_KINDS; i++)
        if (s->fn[i])
            reach(c, s->fn[i]);
}

uint32_t func_reach(compiler *c, func *f)
{
    reach(c, f);
    return f->build_id;
}

/* --- layout ------------------------------------------------------------------------------------
 */

typedef struct {
    uint32_t parameters, normals, total;
    uint32_t captures_at, results_at, key_at;
} layout;

static layout layout_of(const func *f)
{
    layout l = {0};
    uint32_t at = f->parameters + (f->element ? 1 : 0);
    l.captures_at = at;
    at += f->site ? (uint32_t)f->site->captures.n : 0;
    l.results_at = at;
    at += f->results_in && f->site->result ? (uint32_t)f->site->result->fields.n : 0;
    l.key_at = at;
    l.parameters = at + (f->key ? 1 : 0);
    for (size_t i = 0; i < f->regs.n; i++)
        l.normals += f->regs.p[i].class == REG_NORMAL;
    l.total = l.parameters + l.normals;
    return l;
}

static void bundles_place(func *f, layout *l)
{
    for (size_t i = 0; i < f->regs.n; i++) {
        const vreg *r = &f->regs.p[i];
        if (r->class != REG_BUNDLE || r->index != NO_INDEX || r->of->owner != f)
            continue;
        r->of->base = r->of->fields.n ? l->total : 0;
        l->total += (uint32_t)r->of->fields.n;
    }
}

static uint32_t place_of(const layout *l, const vreg *r, uint32_t normal)
{
    switch ((reg_class)r->class) {
    case REG_PARAM: return r->index;
    case REG_ELEMENT: return 0;
    case REG_CAPTURE: return l->captures_at + r->index;
    case REG_RESULT: return l->results_at + r->index;
    case REG_KEY: return l->key_at;
    case REG_NORMAL: return l->parameters + normal;
    case REG_BUNDLE: return r->index == NO_INDEX ? r->of->base : r->of->base + r->index;
    }
    return 0;
}

static void bundle_types(compiler *c, const bundle *b, uint32_t at, type_word *types)
{
    for (size_t i = 0; i < b->fields.n; i++)
        types[at + i] = type_final(c, b->fields.p[i].t);
}

static void types_fill(compiler *c, const func *f, const layout *l, const uint32_t *home,
                       type_word *types)
{
    for (size_t i = 0; f->site && i < f->site->captures.n; i++)
        types[l->captures_at + i] = type_final(c, f->site->captures.p[i].t);
    if (f->results_in && f->site->result)
        bundle_types(c, f->site->result, l->results_at, types);
    if (f->key)
        types[l->key_at] = TYPE_TEXT;
    for (size_t i = 0; i < f->regs.n; i++) {
        const vreg *r = &f->regs.p[i];
        if (r->class == REG_BUNDLE && r->index == NO_INDEX)
            bundle_types(c, r->of, r->of->base, types);
        else
            types[home[i]] = type_final(c, r->t);
    }
}

/* --- sites -------------------------------------------------------------------------------------
 */

static uint32_t shape_build(compiler *c, const bundle *b)
{
    if (!b || !b->fields.n)
        return 0;
    image_field *fields = arena_array(c->memory, image_field, b->fields.n);
    for (size_t i = 0; i < b->fields.n; i++)
        fields[i] =
            (image_field){build_text(c->b, b->fields.p[i].path), type_final(c, b->fields.p[i].t)};
    return build_shape(c->b, fields, (uint32_t)b->fields.n);
}

static uint32_t capture_words(compiler *c, const csite *s)
{
    if (!s->captures.n)
        return NO_INDEX;
    uint32_t *words = arena_array(c->memory, uint32_t, s->captures.n);
    for (size_t i = 0; i < s->captures.n; i++)
        words[i] = build_text(c->b, s->captures.p[i].name);
    return build_words(c->b, words, (uint32_t)s->captures.n);
}

/* Neighbours mostly come from one place, and nearly all from one file. */
typedef struct {
    const source *file;
    uint32_t name; /* of the file, in the builder */
    span at;
    image_debug place;
    VEC(build_place) run; /* of the function that is being finished */
} debug_cache;

static const image_debug *debug_at(compiler *c, debug_cache *known, span at)
{
    if (at.start != known->at.start || at.end != known->at.end) {
        place p = source_place(c->sources, at);
        if (p.file != known->file)
            known->name = build_text(c->b, p.file ? p.file->name : TEXT(""));
        known->file = p.file;
        known->at = at;
        known->place = (image_debug){.file = known->name,
                                     .line = p.line,
                                     .column = p.column,
                                     .end_line = p.end_line,
                                     .end_column = p.end_column};
    }
    return &known->place;
}

/* Where the code of a function stands, in as many rows as it changes place. */
static void places_take(compiler *c, debug_cache *known, const func *f, build_function *out)
{
    known->run.n = 0;
    for (size_t i = 0; i < f->code.n; i++) {
        bool same = i && f->where.p[i].start == f->where.p[i - 1].start &&
                    f->where.p[i].end == f->where.p[i - 1].end;
        if (same)
            vec_last(&known->run).instructions++;
        else
            vec_push(&known->run, (build_place){*debug_at(c, known, f->where.p[i]), 1});
    }
    build_place *rows = arena_array(c->keep, build_place, known->run.n);
    if (known->run.n)
        memcpy(rows, known->run.p, known->run.n * sizeof *rows);
    out->places = rows;
    out->place_count = (uint32_t)known->run.n;
}

static uint32_t site_finish(compiler *c, csite *s, debug_cache *known)
{
    image_site *i = &s->s;
    uint32_t *slot[FN_KINDS] = {&i->title, &i->args, &i->check, &i->undo, &i->find, &i->body};
    for (int k = 0; k < FN_KINDS; k++)
        *slot[k] = s->fn[k] ? s->fn[k]->build_id : NO_INDEX;
    i->shape = shape_build(c, s->result);
    i->shape_count = s->result ? (uint32_t)s->result->fields.n : 0;
    i->captures = (uint32_t)s->captures.n;
    i->capture_names = capture_words(c, s);
    return build_site(c->b, i, c->options->strip_debug ? NULL : debug_at(c, known, s->at));
}

/* --- functions -----------------------------------------------------------------------------------
 */

/* Numbers in the builder, by number here. */
typedef struct {
    uint32_t *sites;
    size_t first_site;
    VEC(uint32_t) home; /* registers of the function that is being finished */
    debug_cache known;
} finals;

static uint32_t get_build(compiler *c, uint32_t i)
{
    image_field f = {build_text(c->b, c->gets.p[i].path), type_final(c, c->gets.p[i].t)};
    return build_getter(c->b, &f);
}

static uint16_t operand_final(compiler *c, uint16_t v, uint8_t kind, const uint32_t *home,
                              const finals *to)
{
    switch (kind) {
    case D_:
    case R_:
    case N_: return v == REG_NOTHING ? 0 : (uint16_t)home[v];
    case F_: return (uint16_t)c->funcs.p[v]->build_id;
    case S_: return (uint16_t)to->sites[v - to->first_site];
    case O_: return 0;
    case H_: return (uint16_t)c->got.p[v];
    default: return v;
    }
}

/* The place of what no longer fits: the first that names a register beyond the last. */
static void registers_exceeded(compiler *c, const func *f, const uint32_t *home)
{
    size_t at = 0;
    bool list = false;
    for (size_t i = f->code.n; i-- > 0;) {
        const insn *x = &f->code.p[i];
        uint16_t v[3] = {x->a, x->b, x->c};
        for (int k = 0; k < 3; k++) {
            uint8_t kind = op_rows[x->op].operand[k];
            bool named = (kind == D_ || kind == R_ || kind == N_) && v[k] != REG_NOTHING;
            if (named && home[v[k]] >= IMAGE_REGISTERS) {
                at = i;
                list |= x->op == OP_LIST;
            }
        }
    }
    diagnostic *g = fault(c, DIAG_E0902, f->where.p[at],
                          "with this, more values stand in one place than the %d that fit",
                          IMAGE_REGISTERS);
    if (list)
        diag_help_add(c->d, g, "a table holds any number of rows: table NAME from \"rows.csv\"");
}

static void func_define(compiler *c, func *f, finals *to)
{
    layout l = layout_of(f);
    bundles_place(f, &l);
    vec_reserve(&to->home, f->regs.n + 1);
    uint32_t *home = to->home.p, normal = 0;
    for (size_t i = 0; i < f->regs.n; i++) {
        home[i] = place_of(&l, &f->regs.p[i], normal);
        normal += f->regs.p[i].class == REG_NORMAL;
    }
    if (l.total > IMAGE_REGISTERS) {
        registers_exceeded(c, f, home);
        return;
    }
    type_word *types = arena_array(c->keep, type_word, l.total + 1);
    types_fill(c, f, &l, home, types);
    insn *code = arena_array(c->keep, insn, f->code.n);
    for (size_t i = 0; i < f->code.n; i++) {
        insn x = f->code.p[i];
        const uint8_t *k = op_rows[x.op].operand;
        code[i] = (insn){x.op, operand_final(c, x.a, k[0], home, to),
                         operand_final(c, x.b, k[1], home, to),
                         k[1] == K_ ? x.c /* the high half of an index */
                                    : operand_final(c, x.c, k[2], home, to)};
    }
    type_word *results = arena_array(c->keep, type_word, f->results.n + 1);
    for (size_t i = 0; i < f->results.n; i++)
        results[i] = type_final(c, f->results.p[i]);
    build_function def = {f->name,
                          types,
                          l.total,
                          l.parameters,
                          results,
                          (uint32_t)f->results.n,
                          f->did,
                          code,
                          (uint32_t)f->code.n,
                          NULL,
                          0};
    if (!c->options->strip_debug)
        places_take(c, &to->known, f, &def);
    build_function_take(c->b, f->build_id, &def);
}

/* `find` gives what the step's answer is used for. */
static void mirror_fill(compiler *c, csite *s)
{
    bundle *b = s->result;
    if (!b || !b->mirror)
        return;
    for (size_t i = 0; i < b->mirror->fields.n; i++) {
        field_use f = b->mirror->fields.p[i];
        vec_push(&b->fields, f);
        if (!operation_answers(b->operation, f.path))
            fault(c, DIAG_E0411, s->at, "`find` cannot give `%.*s`, which the answer is used for",
                  TEXT_ARG(f.path));
    }
}

static void find_return(compiler *c, func *f)
{
    if (!f->returns)
        return;
    vec_last(&f->code).b = (uint16_t)f->returns->fields.n;
    for (size_t i = 0; i < f->returns->fields.n; i++)
        vec_push(&f->results, f->returns->fields.p[i].t);
}

void code_finish(compiler *c, code_mark since)
{
    finals to = {.sites = arena_array(c->memory, uint32_t, c->sites.n - since.sites + 1),
                 .first_site = since.sites};
    for (size_t i = since.sites; i < c->sites.n; i++)
        if (c->sites.p[i]->outer->used)
            mirror_fill(c, c->sites.p[i]);
    for (size_t i = since.funcs; i < c->funcs.n; i++)
        if (c->funcs.p[i]->used)
            find_return(c, c->funcs.p[i]);
    while (c->got.n < c->gets.n)
        vec_push(&c->got, get_build(c, (uint32_t)c->got.n));
    for (size_t i = since.sites; i < c->sites.n; i++)
        if (c->sites.p[i]->outer->used)
            to.sites[i - since.sites] = site_finish(c, c->sites.p[i], &to.known);
    for (size_t i = since.funcs; i < c->funcs.n; i++)
        if (c->funcs.p[i]->used)
            func_define(c, c->funcs.p[i], &to);
    vec_release(&to.known.run);
    vec_release(&to.home);
}

void program_finish(compiler *c)
{
    code_finish(c, (code_mark){0});
}
