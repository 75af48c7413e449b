/* test.c: tests of the root file: what is given, what is expected.
 *
 * A test is no part of the program: the walk that checks it writes code that is thrown away, so
 * that the program's image and hash do not know of it. For `ferry test` the compilation is made
 * once more, and its entries are the expectations: a read of every place that one speaks of, and a
 * gate. So an expectation is an expression like any other, and what it found stands in its
 * decision.
 */
#include "compiler/tests.h"
#include "compiler/data.h"
#include "compiler/modules.h"

bool tests_present(const compiler *c)
{
    const module *root = c->modules.p[0];
    ast_each(&root->tree, root->tree.root, n) if (ast_is(&root->tree, n, NODE_TEST)) return true;
    return false;
}

/* --- which migration --- */

static decl *only_migration(compiler *c, node n)
{
    decl *found = NULL;
    for (size_t i = 0; i < c->mod->decls.n; i++) {
        decl *d = c->mod->decls.p[i];
        if (d->kind != DECL_MIGRATION)
            continue;
        if (found) {
            fault(c, DIAG_E0704, at_node(c, ast_title(tree(c), n)),
                  "this file has several migrations: say which one, `test \"…\" for %.*s`",
                  TEXT_ARG(name_text(c, found->name)));
            return NULL;
        }
        found = d;
    }
    if (!found)
        fault(c, DIAG_E0704, at_node(c, ast_title(tree(c), n)),
              "there is no migration here that this could test");
    return found;
}

static decl *migration_named(compiler *c, node subject)
{
    text candidates[64], name = ast_name_text(tree(c), subject);
    size_t k = 0;
    for (size_t i = 0; i < c->mod->decls.n; i++) {
        decl *d = c->mod->decls.p[i];
        if (d->kind != DECL_MIGRATION)
            continue;
        if (ast_is(tree(c), subject, NODE_NAME) && d->name == ast_name(tree(c), subject))
            return d;
        if (k < 64)
            candidates[k++] = name_text(c, d->name);
    }
    diagnostic *g =
        fault_at(c, E0704, subject, "a test is for a migration of this file, `%.*s` is none",
                 TEXT_ARG(canonical(c, tree(c), subject)));
    if (ast_is(tree(c), subject, NODE_NAME))
        suggest(c, g, at_node(c, subject), name, candidates, k);
    return NULL;
}

/* `nordwind of midsize`: one customer of a migration for many. */
static bool customer_of(compiler *c, node n, const decl *migration, text *out)
{
    bool many = ast_is(tree(c), ast_subject(tree(c), migration->at), NODE_LOOP);
    value v = expect_const(c, n, type_of_row(TABLE_CUSTOMER, -1));
    const row *r = v.kind == V_CONST && v.constant >= 0
                       ? row_by_final(c, TABLE_CUSTOMER, (uint32_t)v.constant)
                       : NULL;
    if (r && !many)
        fault_at(c, E0704, n, "`%.*s` is for one customer: leave out the `of`",
                 TEXT_ARG(name_text(c, migration->name)));
    *out = r ? r->name : TEXT("");
    return r && many;
}

static decl *migration_of(compiler *c, node n, text *customer)
{
    node subject = ast_subject(tree(c), n), of = 0;
    *customer = TEXT("");
    if (!subject)
        return only_migration(c, n);
    if (ast_is(tree(c), subject, NODE_BINARY) && ast_aux(tree(c), subject) == OP_share) {
        of = ast_left(tree(c), subject);
        subject = ast_right(tree(c), subject);
    }
    decl *d = migration_named(c, subject);
    return d && of && !customer_of(c, of, d, customer) ? NULL : d;
}
static const plan_migration *plan_of(const compile_facts *facts, text name)
{
    for (size_t i = 0; i < facts->migration_count; i++)
        if (text_equal(facts->migrations[i].name, name))
            return &facts->migrations[i];
    return NULL;
}

static uint32_t index_of(const compiler *c, const decl *migration)
{
    uint32_t index = 0;
    for (size_t i = 0; i < c->mod->decls.n && c->mod->decls.p[i] != migration; i++)
        index += c->mod->decls.p[i]->kind == DECL_MIGRATION;
    return index;
}

/* --- expectations --- */

static void expectation(compiler *c, node test, node n, text name)
{
    node condition = ast_condition(tree(c), n);
    size_t block = c->locals.n;
    c->visible = block;
    c->fn = c->test->entry = func_new(c, name, NULL, NULL, EFFECT_WRITE);
    c->fn->did = EFFECT_WRITE;
    ast_each(tree(c), ast_body(tree(c), test), before)
    {
        if (before == n)
            break;
        if (ast_is(tree(c), before, NODE_LET))
            lower_let(c, before);
    }
    csite *s = site_new(c, SITE_GATE, TEXT(""), at_node(c, n));
    bool good = site_value(c, s, FN_CHECK, EFFECT_PURE, condition, TYPE_BOOL);
    s->s.wanted = build_text(c->b, canonical(c, tree(c), condition));
    s->named = true;
    if (good)
        site_emit(c, OP_GATE, s, REG_NOTHING, NULL, 0, at_node(c, n));
    emit_return(c, NULL, 0, at_node(c, n));
    if (good && c->options->tests && !c->d->errors)
        build_entry(c->b, &(image_entry){.name = build_text(c->b, name),
                                         .title = build_text(c->b, TEXT("")),
                                         .customer = NO_INDEX,
                                         .function = func_reach(c, c->fn),
                                         .window = NO_INDEX});
    c->test->entry = NULL;
    c->locals.n = block;
}

/* --- one test --- */

static uint32_t how_many(const compiler *c, node body, ast_kind_of kind)
{
    uint32_t k = 0;
    ast_each(tree(c), body, n) k += ast_is(tree(c), n, kind);
    return k;
}

static void givens(compiler *c, node body, test_case *out)
{
    test_given *list = arena_array(c->memory, test_given, how_many(c, body, NODE_GIVEN) + 1);
    c->folding = true; /* texts with constants in them are constants */
    ast_each(tree(c), body, n) if (ast_is(tree(c), n, NODE_GIVEN)) out->given_count +=
        given_take(c, n, &list[out->given_count]);
    c->folding = false;
    out->givens = list;
}

static void expectations(compiler *c, node test, size_t index, test_case *out)
{
    node body = ast_body(tree(c), test);
    uint32_t count = how_many(c, body, NODE_EXPECT);
    test_expect *list = arena_array(c->memory, test_expect, count + 1);
    ast_each(tree(c), body, n)
    {
        if (!ast_is(tree(c), n, NODE_EXPECT))
            continue;
        text name = text_format(c->memory, "%zu.%zu", index, out->expect_count);
        expectation(c, test, n, name);
        list[out->expect_count++] =
            (test_expect){name, canonical(c, tree(c), ast_condition(tree(c), n)), at_node(c, n)};
    }
    out->expects = list;
    if (!count)
        fault(c, DIAG_W0701, at_node(c, ast_title(tree(c), test)), "this test expects nothing");
}

/* Where nothing depends on the calendar any moment will do, and always the same one. */
static instant start_of(compiler *c, node test, const fields *f)
{
    node n = field_value(c, f, FIELD_test_start);
    if (n) {
        value v = expect_const(c, n, TYPE_INSTANT);
        return v.kind == V_CONST ? v.constant : 0;
    }
    if (c->test->of->window_count) {
        diagnostic *g = fault(c, DIAG_E0705, at_node(c, ast_title(tree(c), test)),
                              "this test needs a `start`: the migration waits for a window");
        diag_help_add(c->d, g, "say when the run begins: start 2027-03-06 20:00");
    }
    return civil_days(2027, 1, 4) * DAY;
}

static bool name_twice(compiler *c, node n, const test_case *before, size_t count, text name)
{
    for (size_t i = 0; i < count; i++) {
        if (!text_equal(before[i].name, name))
            continue;
        diagnostic *g = fault(c, DIAG_E0202, at_node(c, ast_title(tree(c), n)),
                              "there are two tests \"%.*s\"", TEXT_ARG(name));
        diag_label_add(c->d, g, before[i].at, "the first one");
        return true;
    }
    return false;
}

/* Constants may be written as code before they are known; it belongs to no expectation. */
static void scratch_code(compiler *c)
{
    c->fn = func_new(c, TEXT("givens"), NULL, NULL, EFFECT_PURE);
}

static void test_take(compiler *c, node n, decl *migration, const plan_migration *plan,
                      text customer, size_t index, test_case *out)
{
    fields f;
    test_frame frame = {.of = plan, .customer = customer};
    migration_frame of = {.of = migration, .at = migration->at, .window = -1};
    of.index = index_of(c, migration);
    c->migration = &of;
    c->test = &frame;
    places_collect(c, &frame);
    fields_read(c, BLOCK_test, ast_body(tree(c), n), (span){0, 0}, &f);
    out->migration = plan->name;
    out->at = at_node(c, ast_title(tree(c), n));
    out->start = start_of(c, n, &f);
    givens(c, ast_body(tree(c), n), out);
    expectations(c, n, index, out);
    vec_release(&frame.places);
    vec_release(&frame.reads);
    c->test = NULL;
    c->migration = NULL;
}

void lower_tests(compiler *c, compile_facts *facts)
{
    const module *root = c->modules.p[0];
    size_t n = 0;
    code_mark mark = code_now(c);
    func *here = c->fn;
    c->mod = c->modules.p[0];
    test_case *out = arena_array(c->memory, test_case, how_many(c, root->tree.root, NODE_TEST) + 1);
    if (c->d->errors)
        return; /* the places of a run that cannot be are no news */
    ast_each(&root->tree, root->tree.root, at)
    {
        if (!ast_is(&root->tree, at, NODE_TEST))
            continue;
        text customer;
        scratch_code(c);
        decl *d = migration_of(c, at, &customer);
        const plan_migration *plan = d ? plan_of(facts, name_text(c, d->name)) : NULL;
        text name = text_constant(c, ast_title(tree(c), at));
        if (!plan || name_twice(c, at, out, n, name))
            continue;
        out[n].name = name;
        test_take(c, at, d, plan, customer, n, &out[n]);
        n++;
    }
    c->fn = here;
    if (!c->options->tests)
        code_discard(c, mark);
    facts->tests = out;
    facts->test_count = n;
}
