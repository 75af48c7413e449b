/* compare_tree.c: walks two trees together. Equal prints end the walk at once; children are aligned
 * (align.h), objects member by member; records are handed to their format. */
#include "base/decimal.h"
#include "stdlib/compare/compare_walk.h"

#include <string.h>

/* The children of a node, which is opened for it; close_node takes them off again. */
static uint32_t *children(arena *a, document_tree *t, uint32_t parent, uint32_t *n)
{
    if (t->open && !t->node[parent].first) {
        uint32_t first = t->nodes;
        t->open(a, t, parent);
        t->node[parent].first = first;
        t->node[parent].count = t->nodes - first;
    }
    uint32_t *list = arena_array(a, uint32_t, t->node[parent].count);
    uint32_t at = t->open ? t->node[parent].first : parent + 1;
    for (*n = 0; *n < t->node[parent].count; at = t->node[at].next)
        list[(*n)++] = at;
    return list;
}

void walk_close(document_tree *t, uint32_t node)
{
    if (!t->open)
        return;
    t->nodes = t->node[node].first;
    t->node[node].first = 0;
}

/* Does the user say that the order of children of that name means nothing: of a list by its own
 * path, of loops and segments by theirs. */
static bool is_unordered(comparison *c, const document_node *parent, const document_node *d)
{
    bool any = false;
    place_ref at = {parent->shape == SHAPE_LIST ? parent->name : d->name, 0, 0};
    char before = parent->shape == SHAPE_ELEMENT ? '/' : '.';
    size_t back =
        parent->shape == SHAPE_LIST ? c->path.n : path_add(c, "%c%.*s", before, TEXT_ARG(d->name));
    for (size_t i = 0; i < c->options->unordereds && !any; i++)
        any = rule_applies(c, c->options->unordered[i], &at);
    path_cut(c, back);
    return any;
}

static align_item *items(comparison *c, const document_tree *t, const document_node *parent,
                         const uint32_t *list, uint32_t n)
{
    align_item *out = arena_array(c->scratch, align_item, n);
    for (uint32_t i = 0; i < n; i++) {
        const document_node *d = &t->node[list[i]], *last = i ? &t->node[list[i - 1]] : NULL;
        bool free = d->unordered;
        if (c->options->unordereds && !free)
            free = last && text_equal(last->name, d->name) ? out[i - 1].unordered
                                                           : is_unordered(c, parent, d);
        out[i] = (align_item){d->print, walk_called(d), d->key.n ? text_hash(d->key) | 1 : 0, free};
    }
    return out;
}

/* A child among those of its name and shape: an HL loop in an HL loop is no namesake of the segment
 * that opens its parent. */
typedef struct {
    uint64_t name;
    uint32_t at, nth;
} namesake;

typedef struct {
    const document_tree *l, *m;
    uint32_t *of_l, *of_m;
    uint32_t n_l, n_m;
    namesake *by_name_l, *by_name_m; /* sorted by name, for numbers in paths */
    uint32_t *nth_l, *nth_m;
} family;

static int by_called(const void *a, const void *b)
{
    const namesake *x = a, *y = b;
    if (x->name != y->name)
        return x->name < y->name ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

uint64_t walk_key(void *context, size_t item, bool modern)
{
    const asked_keys *k = context;
    document_tree *t = k->t[modern];
    text key = t->identify(k->c->scratch, t, k->list[modern][item]);
    return key.n ? text_hash(key) | 1 : 0;
}

static namesake *namesakes(arena *a, const document_tree *t, const uint32_t *list, uint32_t n,
                           uint32_t **nth)
{
    namesake *out = arena_array(a, namesake, n);
    *nth = arena_array(a, uint32_t, n);
    for (uint32_t i = 0; i < n; i++)
        out[i] = (namesake){walk_called(&t->node[list[i]]), i, 0};
    bool sorted = true; /* as the elements of a list are, which have no names */
    for (uint32_t i = 1; i < n && sorted; i++)
        sorted = out[i - 1].name <= out[i].name;
    if (!sorted)
        qsort(out, n, sizeof *out, by_called);
    for (uint32_t i = 0; i < n; i++) {
        out[i].nth = i && out[i].name == out[i - 1].name ? out[i - 1].nth + 1 : 0;
        (*nth)[out[i].at] = out[i].nth;
    }
    return out;
}

static bool is_repeated(const namesake *list, uint32_t n, uint64_t name)
{
    uint32_t lo = 0, hi = n;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (list[mid].name < name)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo + 1 < n && list[lo].name == name && list[lo + 1].name == name;
}

/* As XPath counts; the text of a leaf is at the leaf's own path. */
static size_t element_step(walk *w, const family *f, const document_node *d, uint32_t nth)
{
    if (d->name.n == 0)
        return w->c->path.n;
    if (is_repeated(f->by_name_l, f->n_l, walk_called(d)) ||
        is_repeated(f->by_name_m, f->n_m, walk_called(d)))
        return path_add(w->c, "/%.*s[%u]", TEXT_ARG(d->name), nth + 1);
    return path_add(w->c, "/%.*s", TEXT_ARG(d->name));
}

/* Adds the child's step: of legacy where it has the child, else of modern. Loops and what occurs
 * more than once bear their number, from 1; elements of JSON lists theirs, from 0. */
static size_t step(walk *w, const family *f, const document_node *parent, const align_match *x)
{
    bool in_l = x->legacy >= 0;
    const document_tree *t = in_l ? f->l : f->m;
    uint32_t at = (uint32_t)(in_l ? x->legacy : x->modern);
    const document_node *d = &t->node[(in_l ? f->of_l : f->of_m)[at]];
    if (parent->shape == SHAPE_LIST)
        return d->name.n ? path_add(w->c, "%.*s[%u]", TEXT_ARG(d->name), at + 1)
                         : path_add(w->c, "[%u]", at);
    if (parent->shape == SHAPE_ELEMENT)
        return element_step(w, f, d, (in_l ? f->nth_l : f->nth_m)[at]);
    if (at == 0 && parent->loop && d->shape == SHAPE_RECORD && text_equal(d->name, parent->name))
        return w->c->path.n;
    const char *dot = w->c->path.n ? "." : "";
    if (d->loop || is_repeated(f->by_name_l, f->n_l, walk_called(d)) ||
        is_repeated(f->by_name_m, f->n_m, walk_called(d)))
        return path_add(w->c, "%s%.*s[%u]", dot, TEXT_ARG(d->name),
                        (in_l ? f->nth_l : f->nth_m)[at] + 1);
    return path_add(w->c, "%s%.*s", dot, TEXT_ARG(d->name));
}

/* What stands for a node in a report: of a loop, the segment that opens it. */
static text shown(const document_tree *t, uint32_t node)
{
    const document_node *d = &t->node[node];
    return d->loop && d->count ? t->node[node + 1].value : d->value;
}

/* Of a list its first element, elsewhere the first of that name; f->n_l where there is none. */
static uint32_t example(const family *f, const document_node *parent, const document_node *d)
{
    uint32_t i = 0;
    while (i < f->n_l && parent->shape != SHAPE_LIST &&
           walk_called(&f->l->node[f->of_l[i]]) != walk_called(d))
        i++;
    return i;
}

static uint32_t count_called(const family *f, const document_node *parent, const document_node *d)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->n_m; i++)
        n += parent->shape == SHAPE_LIST || walk_called(&f->m->node[f->of_m[i]]) == walk_called(d);
    return n;
}

/* An element of one side alone, where a rule says `like`: one more is held against legacy's first,
 * one less against how many there must be. */
static bool is_alike(walk *w, const family *f, const document_node *parent, bool in_l,
                     uint32_t node, const place_ref *at)
{
    const compare_constraint *k = like_at(w->c, at);
    const document_tree *t = in_l ? f->l : f->m;
    const document_node d = t->node[node]; /* a copy: opening moves the nodes */
    uint32_t first = k && !in_l ? example(f, parent, &d) : 0;
    if (!k || first == f->n_l)
        return false;
    text value = shown(t, node);
    if (in_l) {
        judge_like(w->c, at, value, (text){0}, k, count_called(f, parent, &d) >= k->least);
        return true;
    }
    judge_like(w->c, at, (text){0}, value, k, true);
    walk_nodes(w, f->of_l[first], node);
    return true;
}

static void lone_child(walk *w, const family *f, const document_node *parent, const align_match *x)
{
    bool in_l = x->legacy >= 0;
    const document_tree *t = in_l ? f->l : f->m;
    uint32_t node = in_l ? f->of_l[x->legacy] : f->of_m[x->modern];
    place_ref at = {t->node[node].name, 0, 0};
    if (is_alike(w, f, parent, in_l, node, &at))
        return;
    const document_node *d = &t->node[node];
    text value = shown(t, node);
    judge(w->c, &at, in_l ? value : (text){0}, in_l ? (text){0} : value,
          d->noise ? CLASS_NOISE : CLASS_DEFECT,
          d->noise ? d->noise
          : in_l   ? "missing"
                   : "extra");
}

/* The tags of paired children in their order on one side, runs of one tag taken together. */
static text tags_in_order(walk *w, const family *f, const align_match *match, size_t n, bool modern)
{
    uint32_t all = modern ? f->n_m : f->n_l;
    /* As legacy calls them: prefixes of XML may differ. */
    text *name = arena_array(w->c->scratch, text, all);
    for (size_t i = 0; i < n; i++)
        if (match[i].legacy >= 0 && match[i].modern >= 0)
            name[modern ? match[i].modern : match[i].legacy] =
                f->l->node[f->of_l[match[i].legacy]].name;
    buffer b;
    buffer_init(&b);
    text last = {0};
    for (uint32_t i = 0; i < all; i++) {
        if (name[i].n == 0 || text_equal(name[i], last))
            continue;
        buffer_printf(&b, "%s%.*s", b.n ? " " : "", TEXT_ARG(name[i]));
        last = name[i];
    }
    text out = text_copy(w->c->scratch, buffer_view(&b));
    buffer_release(&b);
    return out;
}

/* Siblings without order that stand in another: noise, as long as each kind keeps its place among
 * the kinds. */
static void judge_order(walk *w, const family *f, const align_match *match, size_t n)
{
    int32_t last = -1;
    bool moved = false;
    for (size_t i = 0; i < n; i++) {
        if (match[i].legacy < 0 || match[i].modern < 0)
            continue;
        moved |= match[i].modern < last;
        last = match[i].modern > last ? match[i].modern : last;
    }
    if (!moved)
        return;
    text l = tags_in_order(w, f, match, n, false), m = tags_in_order(w, f, match, n, true);
    place_ref nowhere = {0};
    if (!text_equal(l, m)) {
        judge(w->c, &nowhere, l, m, CLASS_DEFECT, "order");
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (match[i].moved)
            return; /* reported where it stands */
    const char *rule = compare_format_of(w->c->l)->order;
    judge(w->c, &nowhere, (text){0}, (text){0}, CLASS_NOISE, rule ? rule : "unordered");
}

static void compare_children(walk *w, uint32_t l, uint32_t m)
{
    arena *a = w->c->scratch;
    if (walk_in_place(w, l, m))
        return;
    family f = {.l = w->l, .m = w->m};
    f.of_l = children(a, w->l, l, &f.n_l);
    f.of_m = children(a, w->m, m, &f.n_m);
    align_match *match;
    const document_node parent = w->l->node[l]; /* a copy: opening moves the nodes */
    asked_keys asked = {w->c, {w->l, w->m}, {f.of_l, f.of_m}};
    align_keys keys = {walk_key, &asked};
    size_t n = align_items_keyed(a, items(w->c, w->l, &parent, f.of_l, f.n_l), f.n_l,
                                 items(w->c, w->m, &parent, f.of_m, f.n_m), f.n_m,
                                 w->l->identify ? &keys : NULL, &match);
    f.by_name_l = namesakes(a, w->l, f.of_l, f.n_l, &f.nth_l);
    f.by_name_m = namesakes(a, w->m, f.of_m, f.n_m, &f.nth_m);
    for (size_t i = 0; i < n; i++) {
        const align_match *x = &match[i];
        size_t back = step(w, &f, &parent, x);
        if (x->legacy < 0 || x->modern < 0) {
            lone_child(w, &f, &parent, x);
        } else {
            place_ref at = {w->l->node[f.of_l[x->legacy]].name, 0, 0};
            if (x->moved)
                judge(w->c, &at, text_format(a, "place %d", x->legacy + 1),
                      text_format(a, "place %d", x->modern + 1), CLASS_DEFECT, "order");
            walk_nodes(w, f.of_l[x->legacy], f.of_m[x->modern]);
        }
        path_cut(w->c, back);
    }
    if (parent.shape == SHAPE_GROUP || w->c->options->unordereds)
        judge_order(w, &f, match, n);
    walk_close(w->l, l);
    walk_close(w->m, m);
}

static bool is_plain_name(text name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!((name.p[i] | 32) >= 'a' && (name.p[i] | 32) <= 'z') && name.p[i] != '_' &&
            !(name.p[i] >= '0' && name.p[i] <= '9' && i))
            return false;
    return name.n > 0;
}

static size_t member_step(walk *w, text name, uint32_t nth)
{
    size_t back = is_plain_name(name) ? path_add(w->c, ".%.*s", TEXT_ARG(name))
                                      : path_add(w->c, "[\"%.*s\"]", TEXT_ARG(name));
    if (nth)
        path_add(w->c, "#%u", nth + 1); /* a key that is there again */
    return back;
}

typedef struct {
    text name;
    uint32_t node, nth;
} member;

static int by_member(const void *a, const void *b)
{
    const member *x = a, *y = b;
    int c = text_compare(x->name, y->name);
    return c ? c : (x->node > y->node) - (x->node < y->node);
}

/* Members by name; of a name that is there twice, the first with the first. */
static member *members(arena *a, document_tree *t, uint32_t object, uint32_t *n)
{
    uint32_t *list = children(a, t, object, n);
    member *out = arena_array(a, member, *n);
    for (uint32_t i = 0; i < *n; i++)
        out[i] = (member){t->node[list[i]].name, list[i], 0};
    if (*n)
        qsort(out, *n, sizeof *out, by_member);
    for (uint32_t i = 1; i < *n; i++)
        out[i].nth = text_equal(out[i].name, out[i - 1].name) ? out[i - 1].nth + 1 : 0;
    return out;
}

static int member_order(const member *x, const member *y)
{
    int c = text_compare(x->name, y->name);
    return c ? c : (x->nth > y->nth) - (x->nth < y->nth);
}

static void compare_members(walk *w, uint32_t l, uint32_t m)
{
    uint32_t n, k;
    member *x = members(w->c->scratch, w->l, l, &n), *y = members(w->c->scratch, w->m, m, &k);
    for (uint32_t i = 0, j = 0; i < n || j < k;) {
        int c = i == n ? 1 : j == k ? -1 : member_order(&x[i], &y[j]);
        const member *at = c <= 0 ? &x[i] : &y[j];
        size_t back = member_step(w, at->name, at->nth);
        place_ref nowhere = {0};
        if (c == 0)
            walk_nodes(w, x[i].node, y[j].node);
        else
            judge(w->c, &nowhere, c < 0 ? w->l->node[at->node].value : (text){0},
                  c < 0 ? (text){0} : w->m->node[at->node].value, CLASS_DEFECT,
                  c < 0     ? "missing"
                  : at->nth ? "duplicate key"
                            : "extra");
        path_cut(w->c, back);
        i += c <= 0;
        j += c >= 0;
    }
    walk_close(w->l, l);
    walk_close(w->m, m);
}

static void compare_values(walk *w, const document_node *l, const document_node *m)
{
    place_ref nowhere = {0};
    if (l->type == m->type && text_equal(l->value, m->value))
        return;
    bool nothing =
        l->type == VALUE_OTHER && (text_is(l->value, "null") || text_is(m->value, "null"));
    if (l->type != m->type || nothing)
        judge(w->c, &nowhere, l->value, m->value, CLASS_DEFECT, "type");
    else if (l->noise)
        judge(w->c, &nowhere, l->value, m->value, CLASS_NOISE, l->noise);
    else if (l->type == VALUE_NUMBER && decimal_compare_text(l->value, m->value) == 0)
        judge(w->c, &nowhere, l->value, m->value, CLASS_NOISE,
              w->c->l->from->kind == KIND_XML    ? "xml.number"
              : w->c->l->from->kind == KIND_YAML ? "yaml.number"
                                                 : "json.number");
    else if (l->type == VALUE_TEXT && compare_is_moment(l->value, m->value))
        judge(w->c, &nowhere, l->value, m->value, CLASS_NOISE,
              w->c->l->from->kind == KIND_XML    ? "xml.moment"
              : w->c->l->from->kind == KIND_YAML ? "yaml.moment"
                                                 : "json.moment");
    else
        judge(w->c, &nowhere, l->value, m->value, CLASS_DEFECT, "value");
}

void walk_nodes(walk *w, uint32_t l, uint32_t m)
{
    const document_node *x = &w->l->node[l], *y = &w->m->node[m];
    /* Groups and records of equal print may still differ in what is noise, and noise is reported.
     */
    bool noisy = x->shape == SHAPE_RECORD || x->shape == SHAPE_GROUP;
    if (x->print == y->print && x->shape == y->shape && !noisy)
        return;
    place_ref at = {x->name, 0, 0};
    if (x->shape != y->shape)
        judge(w->c, &at, shown(w->l, l), shown(w->m, m), CLASS_DEFECT, "type");
    else if (x->shape == SHAPE_OBJECT)
        compare_members(w, l, m);
    else if (x->shape == SHAPE_VALUE)
        compare_values(w, x, y);
    else if (x->shape != SHAPE_RECORD)
        compare_children(w, l, m);
    else
        compare_format_of(w->c->l)->record(w->c, x->value, y->value);
}

void compare_opened(comparison *c, document_tree *l, document_tree *m, text root)
{
    walk w = {c, l, m};
    size_t back = path_add(c, "%.*s", TEXT_ARG(root));
    walk_nodes(&w, 0, 0);
    path_cut(c, back);
}

void compare_trees(comparison *c, const document_tree *l, const document_tree *m, text root)
{
    document_tree x = {.node = l->node, .nodes = l->nodes},
                  y = {.node = m->node, .nodes = m->nodes};
    compare_opened(c, &x, &y, root);
}
