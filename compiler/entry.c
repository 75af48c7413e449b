/* entry.c: migrations: each becomes an entry of the image and a plan. */
#include "bytecode/layout.h"
#include "compiler/data.h"
#include "compiler/expiry.h"
#include "compiler/lifecycle.h"
#include "compiler/lower.h"
#include "compiler/modules.h"
#include "compiler/places.h"
#include "compiler/rowset.h"
#include "compiler/votes.h"

/* What is done for a customer: the phases of the migration, or the lifecycle. */
static void customer_body(compiler *c, decl *d, value customer)
{
    node body = ast_body(tree(c), d->at);
    lower_sequence(c, body);
    if (lifecycle_wanted(tree(c), body) && !c->migration->nobody)
        lifecycle_apply(c, d, customer);
}

/* For one customer of many: a block of its own, so that it goes back alone. */
static void customer_round(compiler *c, void *self)
{
    decl *d = self;
    node body = ast_body(tree(c), d->at);
    scope s = scope_enter(c, SCOPE_BLOCK, d->at, TEXT(""), body);
    s.site->fn[FN_TITLE] = NULL; /* that of all */
    customer_body(c, d, local_find(c, ast_name(tree(c), ast_subject(tree(c), d->at)))->v);
    scope_leave(c, &s, d->place);
}

static node waves_of(const compiler *c, node body)
{
    ast_each(tree(c), body, n) if (ast_is(tree(c), n, NODE_SECTION) &&
                                   text_is(ast_name_text(tree(c), n), "waves")) return n;
    return 0;
}

static void waves_fault(compiler *c, node at)
{
    diagnostic *g = fault_at(c, E0123, at, "waves are for a migration of many customers");
    diag_help_add(c->d, g,
                  "it is `for each cu in customers`; waves of other rows are phases, each with its "
                  "loop: for each u in users where u.wave == 1");
}

static void migration_body(compiler *c, decl *d, func *f, node body)
{
    node subject = ast_subject(tree(c), d->at);
    bool many = ast_is(tree(c), subject, NODE_LOOP);
    each_loop e = {d->at, subject, waves_of(c, body), customer_round, d};
    scope s = scope_enter(c, SCOPE_MIGRATION, d->at, name_text(c, d->name), many ? 0 : body);
    if (many)
        lower_each(c, &e);
    else if (c->migration->nobody)
        customer_body(c, d, value_error());
    else
        customer_body(
            c, d, rowset_value(c->rows[TABLE_CUSTOMER].p[c->migration->customer], TABLE_CUSTOMER));
    f->forward += watch_end(c, (watched){0, 0});
    expiry_proof(c, 0, f);
    scope_leave(c, &s, d->place);
    emit_return(c, NULL, 0, d->place);
    f->did = EFFECT_WRITE;
}

static void entry_build(compiler *c, decl *d, func *f, const migration_frame *m, text title)
{
    value w = m->window >= 0 ? value_const(0, m->window) : value_error();
    image_entry e = {build_text(c->b, name_text(c, d->name)),
                     build_text(c->b, title),
                     m->customer,
                     func_reach(c, f),
                     w.kind == V_CONST ? (uint32_t)w.constant : NO_INDEX,
                     0,
                     f->forward,
                     f->back};
    build_entry(c->b, &e);
}

static int64_t default_window(compiler *c)
{
    value w = window_find(c, TEXT("window"));
    return w.kind == V_ERROR ? -1 : w.constant;
}

/* Whether a window that is written could not be taken: its absence is no news where it is used. */
static bool broken_window(const compiler *c, node body)
{
    ast_each(tree(c), body, n)
    {
        bool unread = ast_is(tree(c), n, NODE_ERROR) &&
                      text_starts(ast_source_text(tree(c), n), TEXT("window"));
        if (unread || (text_is(ast_name_text(tree(c), n), "window") &&
                       faulted_within(c, ast_span(tree(c), n))))
            return true;
    }
    return false;
}

/* A fiber that did something stays until the run is over, so that it can go back. */
static void fibers_proof(compiler *c, const decl *d, const func *fn)
{
    if (fn->fibers < IMAGE_FIBERS)
        return;
    diagnostic *g =
        fault(c, DIAG_E0902, d->place, "this migration may need %lld fibers, a run has %d",
              (long long)fn->fibers + 1, IMAGE_FIBERS);
    diag_note(c->d, g, "each element of a loop and each phase beside others is one");
    diag_help_add(c->d, g, "part it into several migrations, by a condition on its customers");
}

static func *migration_walk(compiler *c, decl *d, node body)
{
    c->back = (back_state){0};
    c->watching = (watched){0, 0};
    c->fn = func_new(c, name_text(c, d->name), NULL, NULL, EFFECT_WRITE);
    func *fn = c->fn;
    migration_body(c, d, fn, body);
    c->locals.n = c->visible;
    return fn;
}

/* The plan comes from a second walk of the same statements, which folds what is known of rows. Its
 * code is not used, what it finds was found before, and its worst cases are the same by
 * construction: branches count as in the first walk. It also knows what stands where (places.h),
 * for which it is made without a plan where things may meet. */
static void plan_walk(compiler *c, decl *d, node body, plan_builder *plan)
{
    silence quiet;
    if (c->d->errors > c->met || (!c->planned && c->repeated_paths < 2))
        return;
    code_mark mark = code_now(c);
    c->rounds = 0;
    places_begin(c);
    silence_begin(c, &quiet);
    c->plan = plan;
    c->folding = true;
    migration_walk(c, d, body);
    c->folding = false;
    c->plan = NULL;
    silence_end(c, &quiet);
    code_discard(c, mark);
    places_end(c);
    if (!c->planned)
        plan_release(plan);
}

static void plan_tell(compiler *c, const func *fn, text title, const decl *customer,
                      plan_builder *plan, plan_migration *out)
{
    windows_plan(c, plan);
    out->name = name_text(c, c->migration->of->name);
    out->title = title;
    out->customer = customer ? name_text(c, customer->name) : TEXT("");
    out->worst = fn->forward;
    out->worst_back = fn->back;
    c->folding = !c->d->errors; /* else nothing is sure of being known */
    plan_fields(c, c->migration->at, &out->fields, &out->field_count);
    c->folding = false;
    plan_finish(c, plan, out);
}

void lower_migration(compiler *c, decl *d, uint32_t index, plan_migration *out)
{
    node body = ast_body(tree(c), d->at), subject = ast_subject(tree(c), d->at);
    fields f;
    plan_builder plan = {0};
    lifecycle_fields(c, body, &f);
    bool many = ast_is(tree(c), subject, NODE_LOOP);
    decl *customer = many ? NULL : path_find(c, subject, "the customer");
    if (!many && waves_of(c, body))
        waves_fault(c, waves_of(c, body));
    if (customer && customer->kind != DECL_CUSTOMER && !customer->bad) {
        fault_at(c, E0210, subject, "a migration is for a customer, `%.*s` is %s",
                 TEXT_ARG(name_text(c, customer->name)), decl_text(customer->kind));
        customer = NULL;
    }
    migration_frame frame = {.of = d,
                             .at = d->at,
                             .index = index,
                             .nobody = !many && (!customer || customer->row < 0),
                             .customer = many                             ? NO_INDEX
                                         : customer && customer->row >= 0 ? (uint32_t)customer->row
                                                                          : 0};
    c->migration = &frame;
    frame.window = default_window(c);
    frame.broken = broken_window(c, body);
    c->visible = c->locals.n;
    substitutions_read(c, body, &frame);
    c->repeated_paths = 0;
    func *fn = migration_walk(c, d, body);
    substitutions_warn(c, &frame);
    fibers_proof(c, d, fn);
    separation_proof(c);
    plan_walk(c, d, body, &plan);
    text title = text_constant(c, ast_title(tree(c), d->at));
    if (c->planned)
        plan_tell(c, fn, title, customer, &plan, out);
    if (!c->d->errors && !c->options->tests)
        entry_build(c, d, fn, &frame, title);
    c->migration = NULL;
}

void lower_migrations(compiler *c, compile_facts *facts)
{
    module *root = c->modules.p[0];
    plan_migration *out = arena_array(c->memory, plan_migration, root->decls.n);
    size_t n = 0;
    uint32_t index = 0;
    c->mod = root;
    for (size_t i = 0; i < root->decls.n; i++) {
        decl *d = root->decls.p[i];
        if (d->kind != DECL_MIGRATION)
            continue;
        lower_migration(c, d, index++, &out[n]);
        n += out[n].name.n > 0;
    }
    if (c->planned) {
        facts->migrations = out;
        facts->migration_count = n;
    }
}
