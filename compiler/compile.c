/* compile.c: the passes in their order. */
#include "compiler/compile.h"
#include "bytecode/layout.h"
#include "compiler/crew.h"
#include "compiler/data.h"
#include "compiler/derive.h"
#include "compiler/dollar.h"
#include "compiler/function.h"
#include "compiler/lower.h"
#include "compiler/modules.h"
#include "compiler/waive.h"
#include "compiler/walkers.h"
#include "compiler/workdays.h"

static void compiler_init(compiler *c, const compile_options *o, arena *memory, source_map *sources,
                          diagnostics *d)
{
    static const int64_t weight[5] = {25, 30, 25, 15, 5}, level[3] = {30, 50, 70};
    *c = (compiler){
        .memory = memory, .keep = memory, .sources = sources, .d = d, .options = o, .window_row = -1, .lanes = 1};
    names_init(&c->names, memory);
    names_init(&c->customer_names, memory);
    c->b = build_new(memory);
    for (int i = 0; i < 5; i++)
        c->weight[i] = weight[i] * UNIT_PERCENT / 100;
    for (int i = 0; i < 3; i++)
        c->level[i] = level[i] * UNIT_NUMBER;
    columns_init(c);
}

/* What no image is made from once the builder has all: the pages of trees, functions and rows are there
 * for the image. */
static void walked_release(compiler *c)
{
    for (size_t i = 0; i < c->modules.n; i++)
        ast_release(&c->modules.p[i]->tree);
    code_release(c);
    for (size_t t = 0; t < TABLE_FIXED + c->tables.n; t++)
        vec_release(&c->rows[t]);
}

static void compiler_release(compiler *c)
{
    walked_release(c);
    for (size_t i = 0; i < c->modules.n; i++)
        vec_release(&c->modules.p[i]->decls);
    names_release(&c->customer_names);
    vec_release(&c->customers_by_name);
    derive_release(c);
    vec_release(&c->modules);
    vec_release(&c->tables);
    vec_release(&c->expiring);
    vec_release(&c->calendars);
    vec_release(&c->columns);
    vec_release(&c->elements);
    vec_release(&c->gets);
    vec_release(&c->got);
    vec_release(&c->factors);
    vec_release(&c->busy);
    vec_release(&c->locals);
    vec_release(&c->narrow);
    vec_release(&c->windows);
    report_release(c);
    build_free(c->b);
    crews_release(c);
    names_release(&c->names);
}

/* They come first: what a playbook calls outlives its walk. */
static void functions_check(compiler *c)
{
    for (size_t m = 0; m < c->modules.n; m++)
        for (size_t i = 0; i < c->modules.p[m]->decls.n && !c->modules.p[m]->embedded; i++) {
            c->mod = c->modules.p[m];
            c->visible = c->locals.n = 0;
            if (c->mod->decls.p[i]->kind == DECL_FN)
                fn_check(c, c->mod->decls.p[i]);
        }
    c->mod = c->modules.p[0];
}

static void scratch_function(compiler *c)
{
    c->fn = func_new(c, TEXT("constants"), NULL, NULL, EFFECT_PURE);
}

static void passes(compiler *c, compile_facts *facts)
{
    scratch_function(c);
    playbooks_derive(c);
    schema_collect(c);
    calendars_collect(c);
    windows_collect(c);
    data_collect(c);
    freeze_proof(c);
    data_build(c);
    risk_collect(c);
    scratch_function(c);
    risk_build(c);
    scratch_function(c);
    functions_check(c);
    bodies_walk(c, facts);
    if (tests_present(c))
        lower_tests(c, facts);
    modules_unused(c);
    dollars_warn(c);
}

static void files_list(compiler *c, compile_facts *facts)
{
    text *files = arena_array(c->memory, text, c->sources->files.n);
    for (size_t i = 0; i < c->sources->files.n; i++)
        if (!c->sources->files.p[i]->embedded)
            files[facts->file_count++] = c->sources->files.p[i]->name;
    facts->files = files;
}

static bool too_large(compiler *c, const char *why)
{
    uint32_t at = c->modules.p[0]->file->base;
    fault(c, DIAG_E0902, (span){at, at}, "the program is larger than an image can be: %s", why);
    return false;
}

/* The image is made in the room of the tree, which nobody asks any more. */
static void tree_reuse(compiler *c, buffer *image_bytes)
{
    ast *t = &c->modules.p[0]->tree;
    buffer_release(image_bytes);
    *image_bytes = (buffer){.p = (char *)t->nodes, .room = t->room * sizeof *t->nodes};
    build_feed(c->b, t->spans, t->room * sizeof *t->spans);
    t->nodes = NULL;
    t->spans = NULL;
}

static bool image_emit(compiler *c, buffer *image_bytes)
{
    const char *why = NULL;
    image_limits limits = {.fibers = IMAGE_FIBERS, .text = 64 << 10, .list = 65536, .fuel = 100000000};
    size_t facts = c->facts.n + c->walked.facts, funcs = c->funcs.n + c->walked.funcs;
    limits.facts = (uint32_t)facts;
    for (int i = 0; i < 5; i++)
        limits.weight[i] = c->weight[i];
    for (int i = 0; i < 3; i++)
        limits.level[i] = c->level[i];
    build_limits(c->b, &limits);
    program_finish(c);
    if (c->d->errors)
        return false;
    /* An operand holds 16 bits; a larger index would be cut before the image counts what it has. The
     * standard factors have room of their own, so that the verdict is the same without them. */
    if (facts > UINT16_MAX)
        return too_large(c, "phases side by side read more than 65,535 names of each other");
    if (funcs - c->standard_factors > UINT16_MAX - STANDARD_FACTORS)
        return too_large(c, "it has more than 65,535 functions");
    if (c->options->diagnose && build_fits(c->b))
        return true; /* an image would have nothing to report */
    tree_reuse(c, image_bytes);
    walked_release(c);
    return build_finish(c->b, image_bytes, &why) || too_large(c, why);
}

bool compile(const compile_options *o, arena *memory, source_map *sources, diagnostics *d,
             buffer *image_bytes, compile_facts *facts)
{
    compiler c;
    compile_facts own = {0};
    compiler_init(&c, o, memory, sources, d);
    c.planned = o->plan && facts;
    c.image = image_bytes && !o->check_only;
    facts = facts ? facts : &own;
    *facts = (compile_facts){0};
    if (modules_load(&c, o->path)) {
        c.planned |= tests_present(&c); /* a plan knows the places that tests speak of */
        passes(&c, facts);
        waivers_apply(&c);
        files_list(&c, facts);
        if (c.image && !d->errors)
            image_emit(&c, image_bytes);
    }
    compiler_release(&c);
    diag_sort(d);
    return !d->errors;
}
