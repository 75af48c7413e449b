/* function.c: writing functions with virtual registers; captures and answers. */
#include "compiler/function.h"
#include <assert.h>
#include <string.h>

/* One that was discarded, with the room of its arrays: playbooks are walked to be checked alone,
 * and what such a walk makes is about as large as what stays. */
static func *func_again(func *f)
{
    func old = *f;
    *f = (func){0};
    f->regs = old.regs;
    f->code = old.code;
    f->where = old.where;
    f->results = old.results;
    f->holds = old.holds;
    f->facts = old.facts;
    f->regs.n = f->code.n = f->where.n = f->results.n = f->holds.n = f->facts.n = 0;
    return f;
}

static csite *csite_again(csite *s)
{
    csite old = *s;
    *s = (csite){0};
    s->captures = old.captures;
    s->captures.n = 0;
    return s;
}

func *func_new(compiler *c, text name, func *outer, csite *site, effect most)
{
    func *f = c->spare_funcs.n ? func_again(vec_pop(&c->spare_funcs)) : arena_new(c->keep, func);
    f->name = name;
    f->outer = outer;
    f->site = site;
    f->most = most;
    f->index = (uint32_t)c->funcs.n;
    f->build_id = NO_INDEX;
    vec_push(&c->funcs, f);
    return f;
}

code_mark code_now(const compiler *c)
{
    return (code_mark){c->funcs.n, c->sites.n, c->closures.n, c->facts.n};
}

static void func_release(func *f)
{
    vec_release(&f->regs);
    vec_release(&f->code);
    vec_release(&f->where);
    vec_release(&f->results);
    vec_release(&f->holds);
    vec_release(&f->facts);
}

static void bundle_release(csite *s)
{
    if (s->result)
        vec_release(&s->result->fields);
    s->result = NULL;
}

static void csite_release(csite *s)
{
    vec_release(&s->captures);
    bundle_release(s);
}

void code_discard(compiler *c, code_mark since)
{
    for (size_t i = since.facts; i < c->facts.n;
         i++) /* a number stays, its function is another's */
        if (c->facts.p[i].owner && c->facts.p[i].owner->index >= since.funcs)
            c->facts.p[i].owner = NULL;
    while (c->funcs.n > since.funcs)
        vec_push(&c->spare_funcs, vec_pop(&c->funcs));
    while (c->sites.n > since.sites) {
        bundle_release(vec_last(&c->sites));
        vec_push(&c->spare_sites, vec_pop(&c->sites));
    }
    while (c->closures.n > since.closures)
        csite_release(vec_pop(&c->closures));
}

void code_release(compiler *c)
{
    code_discard(c, c->shared);
    while (c->spare_funcs.n)
        func_release(vec_pop(&c->spare_funcs));
    while (c->spare_sites.n)
        csite_release(vec_pop(&c->spare_sites));
    vec_release(&c->spare_funcs);
    vec_release(&c->spare_sites);
    vec_release(&c->funcs);
    vec_release(&c->sites);
    vec_release(&c->closures);
    vec_release(&c->facts);
}

static uint32_t reg_add(func *f, vreg r)
{
    vec_push(&f->regs, r);
    return (uint32_t)f->regs.n - 1;
}

static uint32_t reg_find(func *f, reg_class class, uint32_t index, const bundle *of)
{
    for (size_t i = 0; i < f->regs.n; i++)
        if (f->regs.p[i].class == class && f->regs.p[i].index == index && f->regs.p[i].of == of)
            return (uint32_t)i;
    return NO_INDEX;
}

static uint32_t reg_of(func *f, reg_class class, uint32_t index, bundle *of, type t)
{
    uint32_t found = reg_find(f, class, index, of);
    return found != NO_INDEX ? found : reg_add(f, (vreg){t, (uint8_t) class, index, of});
}

uint32_t reg_new(compiler *c, type t)
{
    return reg_add(c->fn, (vreg){type_sure(t), REG_NORMAL, 0, NULL});
}

uint32_t emit(compiler *c, opcode op, uint32_t a, uint32_t b, uint32_t x, span at)
{
    vec_push(&c->fn->code, (insn){(uint16_t)op, (uint16_t)a, (uint16_t)b, (uint16_t)x});
    vec_push(&c->fn->where, at);
    return (uint32_t)c->fn->code.n - 1;
}

static uint32_t emit_wide(compiler *c, opcode op, uint32_t a, uint32_t k, span at)
{
    return emit(c, op, a, k & 0xffff, k >> 16, at);
}

void land_here(compiler *c, uint32_t at)
{
    insn *i = &c->fn->code.p[at];
    uint16_t skip = (uint16_t)(c->fn->code.n - at - 1);
    switch (i->op) {
    case OP_JMP: i->a = skip; break;
    case OP_SCOPE: i->c = skip; break;
    default: i->b = skip; break;
    }
}

value value_error(void)
{
    return (value){.kind = V_ERROR, .t = T_ERROR};
}

value value_const(type t, int64_t v)
{
    return (value){.kind = V_CONST, .t = t, .constant = v};
}

value value_of_text(type t, text s)
{
    return (value){.kind = V_CONST, .t = t, .string = s};
}

value value_reg(compiler *c, uint32_t reg, type t)
{
    return (value){.kind = V_REG, .t = t, .reg = reg, .owner = c->fn};
}

static uint32_t load(compiler *c, value v, span at)
{
    uint32_t r = reg_new(c, v.t);
    if (type_id_of(v.t) == T_ABSENT || v.constant == QUANTITY_NONE)
        emit(c, OP_LDN, r, 1, 0, at);
    else if (type_family(v.t) == 't')
        emit_wide(c, OP_LDT, r, build_text(c->b, v.string), at);
    else if (v.constant >= INT16_MIN && v.constant <= INT16_MAX)
        emit(c, OP_LDI, r, (uint16_t)(int16_t)v.constant, 0, at);
    else
        emit_wide(c, OP_LDK, r, build_constant(c->b, v.constant), at);
    return r;
}

/* --- captures ----------------------------------------------------------------------------------
 */

static uint32_t capture_add(csite *s, uint32_t outer, type t, text name)
{
    for (size_t i = 0; i < s->captures.n; i++)
        if (s->captures.p[i].reg == outer)
            return (uint32_t)i;
    vec_push(&s->captures, (capture){outer, type_sure(t), name});
    return (uint32_t)s->captures.n - 1;
}

/* --- facts ---------------------------------------------------------------------------------------
 */

void function_fork(func *f)
{
    f->fork = true;
    f->entry = (uint32_t)f->code.n;
}

static void code_insert(func *f, size_t at, insn x)
{
    vec_push(&f->code, x);
    vec_push(&f->where, f->site->at);
    memmove(f->code.p + at + 1, f->code.p + at, (f->code.n - 1 - at) * sizeof x);
    memmove(f->where.p + at + 1, f->where.p + at, (f->where.n - 1 - at) * sizeof *f->where.p);
    f->code.p[at] = x;
    f->where.p[at] = f->site->at;
}

/* Jumps are relative and none leads over the entry, so nothing else moves. */
void function_fork_end(func *f)
{
    for (size_t i = f->facts.n; i-- > 0;)
        code_insert(f, f->entry,
                    (insn){OP_GET, (uint16_t)f->facts.p[i].reg, (uint16_t)f->facts.p[i].fact, 0});
}

/* The body of `owner` is over; it puts the fact before it returns. */
static uint32_t fact_of(compiler *c, func *owner, uint32_t reg)
{
    for (size_t i = 0; i < c->facts.n; i++)
        if (c->facts.p[i].owner == owner && c->facts.p[i].reg == reg)
            return (uint32_t)i;
    vec_push(&c->facts, (fact_source){owner, reg});
    uint32_t fact = (uint32_t)c->facts.n - 1;
    code_insert(owner, owner->code.n - 1, (insn){OP_PUT, (uint16_t)fact, (uint16_t)reg, 0});
    return fact;
}

static bool reads_facts_of(const func *f, const func *owner)
{
    return owner->fork && f != owner &&
           (f == owner->outer || (f->fork && f->outer == owner->outer));
}

/* A register of `f` with what register `reg` of `owner` held at the end of its fiber. In the fiber
 * around them it is got anew each time: what was got in a branch may not have been. */
static uint32_t fact_import(compiler *c, func *f, func *owner, uint32_t reg, type t)
{
    uint32_t fact = fact_of(c, owner, reg);
    for (size_t i = 0; i < f->facts.n && f->fork && f->outer == owner->outer; i++)
        if (f->facts.p[i].fact == fact)
            return f->facts.p[i].reg;
    uint32_t own = reg_add(f, (vreg){type_sure(t), REG_NORMAL, 0, NULL});
    if (f == owner->outer) {
        vec_push(&f->code, (insn){OP_GET, (uint16_t)own, (uint16_t)fact, 0});
        vec_push(&f->where, owner->site->at);
    } else
        vec_push(&f->facts, (fact_read){own, fact});
    return own;
}

func *function_home(const compiler *c, func *owner)
{
    for (func *f = c->fn; f; f = f->outer)
        if (f == owner || reads_facts_of(f, owner))
            return f;
    return c->fn;
}

/* The register of `f` that holds register `reg` of `owner`: an enclosing function, or the body of a
 * fiber that is over. */
static uint32_t import(compiler *c, func *f, func *owner, uint32_t reg, type t, text name)
{
    if (f == owner)
        return reg;
    if (reads_facts_of(f, owner))
        return fact_import(c, f, owner, reg, t);
    assert(f && f->outer && f->site);
    uint32_t outer = import(c, f->outer, owner, reg, t, name);
    return reg_of(f, REG_CAPTURE, capture_add(f->site, outer, t, name), NULL, type_sure(t));
}

uint32_t materialise(compiler *c, value v, text name, span at)
{
    if (v.kind == V_CONST)
        return load(c, v, at);
    if (v.kind != V_REG)
        return reg_new(c, TYPE_BOOL); /* reported already; this code is not used */
    return import(c, c->fn, v.owner, v.reg, v.t, v.shown.n ? v.shown : name);
}

/* Constants of a long run are loaded where they are wanted: a function has 1,024 registers, and a
 * list of written constants must not take two for each. */
uint32_t materialise_run(compiler *c, const value *v, uint32_t n, span at)
{
    enum { LONG = 64 };
    uint32_t few[LONG], *own = n <= LONG ? few : arena_array(c->memory, uint32_t, n);
    for (uint32_t i = 0; i < n; i++)
        own[i] =
            n > LONG && v[i].kind == V_CONST ? REG_NOTHING : materialise(c, v[i], TEXT(""), at);
    uint32_t first = n ? (uint32_t)c->fn->regs.n : REG_NOTHING;
    for (uint32_t i = 0; i < n; i++)
        if (own[i] == REG_NOTHING)
            load(c, v[i], at);
        else
            emit(c, OP_MOV, reg_new(c, c->fn->regs.p[own[i]].t), own[i], 0, at);
    return first;
}

uint32_t captures_run(compiler *c, value first, const csite *s, span at)
{
    enum { FEW = 8 };
    uint32_t n = (uint32_t)s->captures.n + 1;
    value few[FEW], *v = n <= FEW ? few : arena_array(c->memory, value, n);
    v[0] = first;
    for (uint32_t i = 1; i < n; i++)
        v[i] = value_reg(c, s->captures.p[i - 1].reg, s->captures.p[i - 1].t);
    return materialise_run(c, v, n, at);
}

/* --- answers -----------------------------------------------------------------------------------
 */

bundle *bundle_new(compiler *c, csite *s, uint32_t operation)
{
    bundle *b = arena_new(c->memory, bundle);
    b->owner = c->fn;
    b->site = s;
    b->operation = operation;
    s->result = b;
    return b;
}

uint32_t bundle_anchor(compiler *c, bundle *b)
{
    return reg_of(c->fn, REG_BUNDLE, NO_INDEX, b, TYPE_BOOL);
}

static uint32_t bundle_field(bundle *b, text path, type t)
{
    for (size_t i = 0; i < b->fields.n; i++)
        if (b->fields.p[i].t == t && text_equal(b->fields.p[i].path, path))
            return (uint32_t)i;
    vec_push(&b->fields, (field_use){path, t});
    return (uint32_t)b->fields.n - 1;
}

static uint32_t bundle_import(compiler *c, func *f, bundle *b, uint32_t i, type t, text name)
{
    if (f == b->owner)
        return reg_of(f, REG_BUNDLE, i, b, t);
    if (reads_facts_of(f, b->owner))
        return fact_import(c, f, b->owner, reg_of(b->owner, REG_BUNDLE, i, b, t), t);
    if (f->site == b->site && f->results_in)
        return reg_of(f, REG_RESULT, i, b, t);
    assert(f->outer && f->site);
    uint32_t outer = bundle_import(c, f->outer, b, i, t, name);
    return reg_of(f, REG_CAPTURE, capture_add(f->site, outer, t, name), NULL, t);
}

value bundle_read(compiler *c, bundle *b, text path, type t, text name)
{
    t = type_sure(t);
    uint32_t i = bundle_field(b, text_copy(c->memory, path), t);
    return value_reg(c, bundle_import(c, c->fn, b, i, t, name), t);
}

value json_get(compiler *c, value v, type t, span at)
{
    t = type_sure(t);
    value base = v;
    base.kind = V_REG;
    base.t = TYPE_JSON;
    uint32_t from = materialise(c, base, TEXT(""), at);
    if (!v.path.n && t == TYPE_JSON)
        return value_reg(c, from, t);
    uint32_t field = NO_INDEX;
    for (size_t i = 0; i < c->gets.n; i++)
        if (c->gets.p[i].t == t && text_equal(c->gets.p[i].path, v.path))
            field = (uint32_t)i;
    if (field == NO_INDEX) {
        vec_push(&c->gets, (field_use){text_copy(c->keep, v.path), t});
        field = (uint32_t)c->gets.n - 1;
    }
    uint32_t r = reg_new(c, t);
    emit(c, OP_JGET, r, from, field, at);
    return value_reg(c, r, t);
}

/* --- sites ---------------------------------------------------------------------------------------
 */

csite *site_new(compiler *c, site_kind kind, text name, span at)
{
    csite *s = c->spare_sites.n ? csite_again(vec_pop(&c->spare_sites)) : arena_new(c->keep, csite);
    image_site *i = &s->s;
    i->kind = kind;
    i->name = build_text(c->b, name);
    i->operation = i->connector = i->title = i->args = i->check = i->undo = i->find = i->body =
        NO_INDEX;
    i->capture_names = i->votes = i->needs = i->wanted = i->why = i->evidence = NO_INDEX;
    i->ask_role = NO_INDEX;
    i->on_failure = i->ask_else = ON_ROLLBACK;
    i->ask_within = i->retry_pause = i->timeout = i->estimate_low = i->estimate_high = i->expires =
        QUANTITY_NONE;
    s->outer = c->fn;
    s->at = at;
    s->index = (uint32_t)c->sites.n;
    vec_push(&c->sites, s);
    return s;
}

/* OUTER/7.check. Not printed: every site has some of these. */
static text part_name(compiler *c, text outer, uint32_t serial, const char *part)
{
    char digits[12], *p = digits + sizeof digits;
    do
        *--p = (char)('0' + serial % 10);
    while (serial /= 10);
    size_t n = (size_t)(digits + sizeof digits - p), length = strlen(part);
    char *name = arena_alloc(c->memory, outer.n + n + length + 3, 1), *to = name;
    to = mempcpy(to, outer.p, outer.n);
    *to++ = '/';
    to = mempcpy(to, p, n);
    *to++ = '.';
    to = mempcpy(to, part, length);
    return (text){name, (size_t)(to - name)};
}

func *site_function(compiler *c, csite *s, int which, effect most)
{
    static const char *const part[FN_KINDS] = {"title", "args", "check", "undo", "find", "body"};
    text name = part_name(c, c->fn->name, c->fn->serial++, part[which]);
    func *f = func_new(c, name, c->fn, s, most);
    f->element = which == FN_BODY && s->s.kind == SITE_EACH;
    f->statements = which == FN_BODY && s->s.kind != SITE_OBSERVE;
    f->key = which == FN_FIND;
    f->results_in =
        which == FN_UNDO || (which == FN_CHECK && (s->s.kind == SITE_STEP || s->s.kind == SITE_DO));
    s->fn[which] = f;
    c->fn = f;
    return f;
}

void site_function_end(compiler *c, func *f)
{
    c->fn = f->outer;
}

void emit_return(compiler *c, const value *results, uint32_t n, span at)
{
    vec_clear(&c->fn->results);
    uint32_t first = materialise_run(c, results, n, at);
    for (uint32_t i = 0; i < n; i++)
        vec_push(&c->fn->results, c->fn->regs.p[first + i].t);
    emit(c, OP_RET, first, n, 0, at);
}

void site_emit(compiler *c, opcode op, csite *s, uint32_t a, const value *lead, uint32_t leads,
               span at)
{
    enum { FEW = 64 };
    size_t most = leads + s->captures.n;
    uint32_t few[FEW], *from = most <= FEW ? few : arena_array(c->memory, uint32_t, most), n = 0;
    for (uint32_t i = 0; i < leads; i++)
        from[n++] = materialise(c, lead[i], TEXT(""), at);
    for (size_t i = 0; i < s->captures.n; i++)
        from[n++] = s->captures.p[i].reg;
    uint32_t first = n ? (uint32_t)c->fn->regs.n : REG_NOTHING;
    for (uint32_t i = 0; i < n; i++)
        emit(c, OP_MOV, reg_new(c, c->fn->regs.p[from[i]].t), from[i], 0, at);
    emit(c, op, a, s->index, first, at);
}
