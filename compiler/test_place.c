/* test_place.c: places of the run, as tests name them.
 *
 * `route` or `globex.route` stands for the one path of the plan whose last part is the last name
 * and that has the other names before it, in their order. The plan knows every path, since it was
 * walked with the rows that come. In an expectation `.state`, `.outcome`, `.elapsed` and
 * `.attempts` of a place, and those of `run`, are read when the run has ended.
 */
#include "compiler/tests.h"
#include "compiler/data.h"
#include "compiler/modules.h"

enum { CHAIN = 16 };

static const struct {
    const char *name, *path;
    type t;
    bool of_run;
} members[] = {
    {"state", "json.state", TYPE_ENUM | ENUM_state << 8, false},
    {"outcome", "json.outcome", TYPE_ENUM | ENUM_outcome << 8, true},
    {"elapsed", "json.elapsed", TYPE_DURATION, true},
    {"attempts", "json.attempts", TYPE_NUMBER, false},
};
enum { MEMBERS = sizeof members / sizeof *members };

/* --- finding --- */

static text last_part(text path)
{
    size_t dot = path.n;
    while (dot > 0 && path.p[dot - 1] != '.')
        dot--;
    return text_slice(path, dot, path.n);
}

static bool is_place(const plan_line *l)
{
    switch (l->kind) {
    case PLAN_PHASE:
    case PLAN_ELEMENT:
    case PLAN_STEP:
    case PLAN_TASK:
    case PLAN_APPROVE:
    case PLAN_SIMULATE:
    case PLAN_OBSERVE:
    case PLAN_WAIT: return l->name.n > 0;
    /* Without a name of its own its path is that of what it stands in. */
    case PLAN_APPLY: return l->path.n >= l->name.n && text_equal(last_part(l->path), l->name);
    default: return false;
    }
}

/* The path as one customer of many has it. What is planned once for all stands for each. */
static bool path_of_customer(compiler *c, text customer, text path, text *out)
{
    ptrdiff_t dot = text_find(path, '.');
    text first = dot < 0 ? path : text_slice(path, 0, (size_t)dot);
    text rest = text_slice(path, first.n, path.n);
    *out = path;
    if (customer.n == 0 || text_equal(first, customer))
        return true;
    if (first.n == 0 || first.p[0] != '{')
        return false;
    *out = text_format(c->memory, "%.*s%.*s", TEXT_ARG(customer), TEXT_ARG(rest));
    return true;
}

void places_collect(compiler *c, test_frame *t)
{
    for (size_t i = 0; i < t->of->line_count; i++) {
        const plan_line *l = &t->of->lines[i];
        text path;
        bool known = !is_place(l) || !path_of_customer(c, t->customer, l->path, &path);
        for (size_t k = 0; k < t->places.n && !known; k++)
            known = text_equal(t->places.p[k].path, path);
        if (!known)
            vec_push(&t->places, (run_place){path, l->kind, l->operation, l->sample});
    }
}

/* The names of a chain, outermost last; 0 where it is none. */
static size_t chain_names(const compiler *c, node n, text out[CHAIN])
{
    size_t k = 0;
    node at = n;
    for (; ast_is(tree(c), at, NODE_MEMBER) && k < CHAIN; at = ast_value(tree(c), at))
        k++;
    if (!ast_is(tree(c), at, NODE_NAME) || k == CHAIN)
        return 0;
    for (at = n;; at = ast_value(tree(c), at)) {
        out[k] = ast_name_text(tree(c), at);
        if (!k--)
            break;
    }
    size_t count = 1;
    for (at = n; ast_is(tree(c), at, NODE_MEMBER); at = ast_value(tree(c), at))
        count++;
    return count;
}

static bool path_has(text path, const text *parts, size_t n)
{
    text last = last_part(path);
    if (!text_equal(last, parts[n - 1]))
        return false;
    size_t k = n - 1;
    text rest = text_slice(path, 0, path.n - last.n);
    while (k > 0 && rest.n > 1) {
        rest = text_slice(rest, 0, rest.n - 1); /* its dot */
        text part = last_part(rest);
        k -= text_equal(part, parts[k - 1]);
        rest = text_slice(rest, 0, rest.n - part.n);
    }
    return k == 0;
}

static void several(compiler *c, node chain, const run_place *a, const run_place *b)
{
    diagnostic *g =
        fault_at(c, E0702, chain, "`%.*s` may mean %.*s or %.*s",
                 TEXT_ARG(canonical(c, tree(c), chain)), TEXT_ARG(a->path), TEXT_ARG(b->path));
    diag_help_add(c->d, g, "name more of the path: names of it, in their order, are enough");
}

const run_place *place_find(compiler *c, node chain, bool *many)
{
    text parts[CHAIN];
    const run_place *found = NULL;
    size_t n = chain_names(c, chain, parts);
    *many = false;
    text whole = canonical(c, tree(c), chain);
    for (size_t i = 0; i < c->test->places.n && n; i++) {
        const run_place *p = &c->test->places.p[i];
        if (text_equal(p->path, whole)) {
            *many = false;
            return p;
        }
        if (!path_has(p->path, parts, n))
            continue;
        if (found && !*many)
            several(c, chain, found, p);
        *many |= found != NULL;
        found = p;
    }
    return *many ? NULL : found;
}

void place_unknown(compiler *c, node chain)
{
    size_t n = c->test->places.n, roles = c->rows[TABLE_ROLE].n, k = 0;
    text *near = arena_array(c->memory, text, n + roles + 1), parts[CHAIN];
    size_t count = chain_names(c, chain, parts);
    if (!count)
        return;
    for (size_t i = 0; i < n; i++)
        near[k++] = last_part(c->test->places.p[i].path);
    for (size_t i = 0; i < roles; i++)
        near[k++] = c->rows[TABLE_ROLE].p[i]->name;
    near[k++] = TEXT("run");
    node at = chain;
    for (size_t i = 0; i < count; i++, at = ast_value(tree(c), at)) {
        bool here = false;
        for (size_t p = 0; p < n && !here; p++)
            here = path_has(c->test->places.p[p].path, &parts[count - 1 - i], 1);
        if (!here || i + 1 == count)
            break;
    }
    text name = ast_name_text(tree(c), at);
    diagnostic *g = fault(c, DIAG_E0701, ast_name_span(tree(c), at),
                          "there is no place `%.*s` in a run of `%.*s`",
                          TEXT_ARG(canonical(c, tree(c), chain)), TEXT_ARG(c->test->of->name));
    suggest(c, g, ast_name_span(tree(c), at), name, near, k);
}

/* --- reading --- */

/* A read at the end of the run, in the entry of the expectation, whatever function asks. */
static bundle *answer_of(compiler *c, text path, span at)
{
    test_frame *t = c->test;
    for (size_t i = 0; i < t->reads.n; i++)
        if (t->reads.p[i].owner == t->entry && text_equal(t->reads.p[i].path, path))
            return t->reads.p[i].answer;
    func *here = c->fn;
    c->fn = t->entry;
    csite *s = site_new(c, SITE_READ, TEXT(""), at);
    s->s.operation = OPERATION_SEEN;
    s->s.timeout = MINUTE;
    bundle_new(c, s, OPERATION_SEEN);
    func *args = site_function(c, s, FN_ARGS, EFFECT_PURE);
    value v = value_of_text(TYPE_TEXT, path);
    emit_return(c, &v, 1, at);
    site_function_end(c, args);
    site_emit(c, OP_READ, s, bundle_anchor(c, s->result), NULL, 0, at);
    c->fn = here;
    vec_push(&t->reads, (place_read){t->entry, path, s->result});
    return s->result;
}

static value unknown_member(compiler *c, node n, bool of_run)
{
    text candidates[MEMBERS], name = ast_name_text(tree(c), n);
    size_t k = 0;
    for (size_t i = 0; i < MEMBERS; i++)
        if (!of_run || members[i].of_run)
            candidates[k++] = text_of(members[i].name);
    span at = ast_name_span(tree(c), n);
    diagnostic *g = fault(c, DIAG_E0206, at, "%s has no field `%.*s`",
                          of_run ? "a run" : "a place of the run", TEXT_ARG(name));
    suggest(c, g, at, name, candidates, k);
    return value_error();
}

static int member_of_place(const compiler *c, node n, bool of_run)
{
    for (int i = 0; i < MEMBERS; i++)
        if (text_is(ast_name_text(tree(c), n), members[i].name) && (!of_run || members[i].of_run))
            return i;
    return -1;
}

static node root_of(const compiler *c, node n)
{
    while (ast_is(tree(c), n, NODE_MEMBER))
        n = ast_value(tree(c), n);
    return ast_is(tree(c), n, NODE_NAME) ? n : 0;
}

/* Where a loop's list is read by the run, nobody knows now which of its rounds is meant. */
static bool is_open(compiler *c, node chain, const run_place *p)
{
    if (text_find(p->path, '{') < 0)
        return false;
    diagnostic *g = fault_at(c, E0702, chain, "`%.*s` may be there once for each element",
                             TEXT_ARG(canonical(c, tree(c), chain)));
    diag_note(c->d, g, "the path is %.*s; which elements come is known at run time only",
              TEXT_ARG(p->path));
    return true;
}

/* `globex.route` without a field. */
static bool is_itself(compiler *c, node n)
{
    bool many;
    if (!place_find(c, n, &many))
        return many;
    diagnostic *g = fault_at(c, E0301, n, "`%.*s` is a place of the run, and no value by itself",
                             TEXT_ARG(canonical(c, tree(c), n)));
    diag_help_add(c->d, g, "name one of its fields: state, outcome, elapsed, attempts");
    return true;
}

bool place_member(compiler *c, node n, value *out)
{
    node base = ast_value(tree(c), n), root = root_of(c, base);
    if (!c->test->entry || !root || local_find(c, ast_name(tree(c), root)))
        return false;
    bool of_run = base == root && text_is(ast_name_text(tree(c), root), "run"), many = false;
    const run_place *p = of_run ? NULL : place_find(c, base, &many);
    int k = member_of_place(c, n, of_run);
    bool declared = decl_find(c->mod, ast_name(tree(c), root)) != NULL;
    *out = value_error();
    if (many || (p && k >= 0 && is_open(c, base, p)))
        return true;
    if (!p && !of_run) {
        if (k < 0 || declared)
            return false;
        place_unknown(c, base);
        return true;
    }
    if (k < 0 && declared)
        return false;
    if (k < 0 && !of_run && is_itself(c, n))
        return true;
    if (k < 0)
        *out = unknown_member(c, n, of_run);
    else
        *out = bundle_read(c, answer_of(c, of_run ? TEXT("") : p->path, at_node(c, n)),
                           text_of(members[k].path), members[k].t, canonical(c, tree(c), n));
    out->shown = canonical(c, tree(c), n);
    return true;
}
