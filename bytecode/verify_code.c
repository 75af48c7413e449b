/* verify_code.c: owns the checks of functions: rows, canonical order, ends, measures, and the
 * nesting of scopes, which is followed along the jumps; they only go forward. */
#include "bytecode/verify.h"

#include <string.h>

static effect needed_effect(const insn *x)
{
    if (!op_rows[x->op].wait)
        return EFFECT_PURE;
    return x->op == OP_READ || x->op == OP_GET || x->op == OP_SIM ? EFFECT_READ : EFFECT_WRITE;
}

static bool verify_insn(const checker *c, uint32_t at)
{
    const insn *x = &c->code[at];
    verifier *v = c->v;
    if (x->op >= OP_COUNT)
        return refuse(v, x, "no instruction has number %u", x->op);
    const char *name = op_rows[x->op].mnemonic;
    if (!operands_ok(c, x, at))
        return refuse(v, x, "%s in function %u has an operand out of range", name, c->index);
    if (needed_effect(x) > c->row->effect)
        return refuse(v, x, "%s in function %u, whose effect does not allow it", name, c->index);
    if (typing_ok(c, x))
        return true;
    if (!v->fault->message[0]) /* a site has said more */
        refuse(v, x, "operands of %s in function %u have wrong types", name, c->index);
    return false;
}

/* Scopes are entered and left alike on every way through the function. depth is -1 where nothing
 * leads. */
static bool flow_to(int32_t *depth, uint32_t at, int32_t d)
{
    bool ok = depth[at] == -1 || depth[at] == d;
    depth[at] = d;
    return ok;
}

static bool verify_scopes(const checker *c)
{
    uint32_t n = c->row->instructions, scopes = 0;
    for (uint32_t at = 0; at < n; at++)
        scopes += c->code[at].op == OP_SCOPE || c->code[at].op == OP_LEAVE;
    if (!scopes)
        return true;
    arena a = {0};
    int32_t *depth = arena_array(&a, int32_t, n);
    memset(depth, 0xff, n * sizeof *depth);
    depth[0] = 0;
    const insn *wrong = NULL;
    for (uint32_t at = 0; at < n && !wrong; at++) {
        const insn *x = &c->code[at];
        int32_t d = depth[at], after = d + (x->op == OP_SCOPE) - (x->op == OP_LEAVE);
        if (d == -1)
            continue;
        bool ends = x->op == OP_RET || x->op == OP_FAIL || x->op == OP_JMP;
        bool ok =
            after >= 0 && (x->op != OP_RET || d == 0) && (ends || flow_to(depth, at + 1, after));
        for (int k = 0; k < 3 && ok; k++)
            if (op_rows[x->op].operand[k] == J_)
                ok = flow_to(depth, at + 1 + (k == 0 ? x->a : k == 1 ? x->b : x->c), d);
        wrong = ok ? NULL : x;
    }
    arena_release(&a);
    return !wrong || refuse(c->v, wrong, "scopes of function %u do not nest", c->index);
}

static bool verify_row(verifier *v, uint32_t f, uint32_t *types, uint32_t *code)
{
    const image *i = v->i;
    const image_function *row = &i->functions[f];
    if (!text_ok(v, row->name) || row->effect > EFFECT_WRITE || !row->instructions ||
        row->registers > IMAGE_REGISTERS || row->results > IMAGE_REGISTERS ||
        row->parameters > row->registers)
        return refuse(v, row, "function %u is malformed", f);
    if (row->types != *types || row->result_types != *types + row->registers ||
        (uint32_t)row->registers + row->results > i->type_count - *types || row->code != *code ||
        row->instructions > i->code_count - *code)
        return refuse(v, row, "function %u does not begin where the one before ends", f);
    for (uint32_t k = 0; k < (uint32_t)row->registers + row->results; k++)
        if (!type_ok(v, i->types[*types + k]))
            return refuse(v, &i->types[*types + k], "a register of function %u has no type", f);
    *types += (uint32_t)row->registers + row->results;
    *code += row->instructions;
    return true;
}

static bool verify_code(verifier *v, uint32_t f)
{
    const image *i = v->i;
    checker c = {v, f, &i->functions[f], types_of(i, f), i->code + i->functions[f].code};
    for (uint32_t at = 0; at < c.row->instructions; at++)
        if (!verify_insn(&c, at))
            return false;
    uint16_t last = c.code[c.row->instructions - 1].op;
    if (last != OP_RET && last != OP_FAIL)
        return refuse(v, &c.code[c.row->instructions - 1], "function %u has no end", f);
    v->measure[f] = measure_function(i, f, v->measure);
    if (v->measure[f].registers != c.row->depth || v->measure[f].cost != c.row->cost)
        return refuse(v, c.row, "function %u states another cost or depth than it has", f);
    return verify_scopes(&c);
}

typedef struct {
    uint32_t *callee, n;
} edges;

static void see_callee(void *self, uint32_t f)
{
    edges *e = self;
    if (e->callee)
        e->callee[e->n] = f;
    e->n++;
}

/* Counts the edges, or writes them where there is room. */
static void collect_edges(const image *i, uint32_t *first, edges *e)
{
    e->n = 0;
    for (uint32_t f = 0; f < i->function_count; f++) {
        first[f] = e->n;
        for (uint32_t k = 0; k < i->functions[f].instructions; k++)
            insn_callees(&i->code[i->functions[f].code + k], i->sites, i->site_count, see_callee,
                         e);
    }
    first[i->function_count] = e->n;
}

static bool verify_order(verifier *v)
{
    const image *i = v->i;
    uint32_t n = i->function_count;
    uint32_t *first = arena_array(&v->memory, uint32_t, (size_t)n + 1);
    uint32_t *rank = arena_array(&v->memory, uint32_t, n);
    uint32_t *order = arena_array(&v->memory, uint32_t, n);
    uint8_t *named = arena_array(&v->memory, uint8_t, i->texts);
    for (uint32_t f = 0; f < n; f++) {
        rank[f] = i->functions[f].name; /* texts are sorted: their ids rank names */
        if (named[rank[f]]++)
            return refuse(v, &i->functions[f], "two functions have the name of function %u", f);
    }
    edges e = {0};
    collect_edges(i, first, &e);
    e.callee = arena_array(&v->memory, uint32_t, e.n);
    collect_edges(i, first, &e);
    function_order(n, rank, first, e.callee, order);
    for (uint32_t f = 0; f < n; f++)
        if (order[f] != f)
            return refuse(v, &i->functions[f], "function %u is out of order", f);
    return true;
}

static bool verify_measures(verifier *v)
{
    image_limits l = *v->limits;
    measure_limits(v->i, v->measure, &l);
    if (l.registers != v->limits->registers || l.depth != v->limits->depth ||
        l.series != v->limits->series || v->facts != v->limits->facts)
        return refuse(v, v->limits, "limits state other sizes than the functions have");
    return true;
}

bool verify_functions(verifier *v)
{
    const image *i = v->i;
    uint32_t types = 0, code = 0;
    for (uint32_t f = 0; f < i->function_count; f++)
        if (!verify_row(v, f, &types, &code))
            return false;
    if (types != i->type_count || code != i->code_count)
        return refuse(v, i->functions, "types or code behind the last function");
    for (uint32_t f = 0; f < i->function_count; f++)
        if (!verify_code(v, f))
            return false;
    return verify_order(v) && verify_measures(v);
}
