/* canonical_pool.c: owns the second step: marks every text, constant, list type, record and JGET
 * field that a row of the image refers to, sorts what is marked and numbers it. While marking,
 * map[x] is 0 for what was seen. */
#include "bytecode/canonical.h"

#include "base/text_sort.h"

#include <string.h>

/* Marks x; true when it is new. */
static bool mark(canon *c, numbering *n, uint32_t x, size_t limit)
{
    if (x >= limit) {
        c->bad_index = true;
        return false;
    }
    if (!n->map[x])
        return false;
    n->map[x] = 0;
    n->order[n->n++] = x;
    return true;
}

static void mark_text(canon *c, uint32_t t)
{
    if (t != NO_INDEX)
        mark(c, &c->text, t, (size_t)c->b->text.count + 1);
}

static void mark_type(canon *c, type_word w)
{
    while (TYPE_ID(w) == TYPE_LIST) {
        uint32_t list = TYPE_PARAMETER(w);
        if (!mark(c, &c->list, list, c->b->list_type.n))
            return;
        w = c->b->list_type.p[list];
    }
}

static void mark_record(canon *c, uint32_t r)
{
    if (!mark(c, &c->record, r, c->b->record.n))
        return;
    const image_record *row = &c->b->record.p[r];
    for (uint32_t k = 0; k < row->leaves; k++) {
        mark_text(c, c->b->leaf.p[row->first_leaf + k].path);
        mark_type(c, c->b->leaf.p[row->first_leaf + k].type);
    }
}

static void mark_field(canon *c, uint32_t f)
{
    if (f >= c->b->field.n) {
        c->bad_index = true;
        return;
    }
    mark_text(c, c->b->field.p[f].path);
    mark_type(c, c->b->field.p[f].type);
}

static void mark_function(canon *c, const build_function *f)
{
    for (uint32_t k = 0; k < f->registers; k++)
        mark_type(c, f->types[k]);
    for (uint32_t k = 0; k < f->results; k++)
        mark_type(c, f->result_types[k]);
    for (uint32_t k = 0; k < f->instructions; k++) {
        const insn *x = &f->code[k];
        if (x->op == OP_LDK)
            mark(c, &c->constant, insn_index(x), c->b->constant.n);
        else if (x->op == OP_LDT)
            mark_text(c, insn_index(x));
        else if (x->op == OP_REC)
            mark_record(c, x->b);
        else if (x->op == OP_JGET) {
            mark(c, &c->getter, x->c, c->b->field.n);
            mark_field(c, x->c);
        }
    }
}

static void mark_site(canon *c, const image_site *s)
{
    mark_text(c, s->name);
    mark_text(c, s->wanted);
    mark_text(c, s->why);
    mark_text(c, s->evidence);
    for (uint32_t k = 0; k < s->shape_count && !c->bad_index; k++)
        mark_field(c, s->shape + k);
    if (s->capture_names == NO_INDEX)
        return;
    for (uint32_t k = 0; k < s->captures; k++)
        if (s->capture_names + k < c->b->word.n)
            mark_text(c, c->b->word.p[s->capture_names + k]);
}

static void mark_column(canon *c, const build_columns *column)
{
    mark_text(c, column->name);
    mark_type(c, column->type);
    if (type_rows[TYPE_ID(column->type)].family != 't')
        return;
    for (size_t k = 0; k < column->value.n && !column->list; k++)
        if (column->value.p[k] != QUANTITY_NONE)
            mark_text(c, (uint32_t)column->value.p[k]);
    for (size_t k = 0; k < column->element.n; k++)
        mark_text(c, (uint32_t)column->element.p[k]);
}

static void mark_all(canon *c)
{
    const build *b = c->b;
    for (size_t e = 0; e < b->enums.n; e++) {
        mark_text(c, b->enums.p[e].name);
        for (size_t k = 0; k < b->enums.p[e].member.n; k++)
            mark_text(c, b->enums.p[e].member.p[k]);
    }
    for (size_t t = 0; t < b->table.n; t++) {
        mark_text(c, b->table.p[t].name);
        for (size_t k = 0; k < b->table.p[t].column.n; k++)
            mark_column(c, &b->table.p[t].column.p[k]);
    }
    for (uint32_t f = 0; f < c->function.n; f++) {
        const build_function *row = &b->function.p[c->function.order[f]];
        mark_text(c, b->function_name.p[c->function.order[f]]);
        mark_function(c, row);
    }
    for (uint32_t s = 0; s < c->site.n; s++)
        mark_site(c, &b->site.p[c->site.order[s]]);
    for (size_t k = 0; k < b->factor.n; k++) {
        mark_text(c, b->factor.p[k].name);
        mark_text(c, b->factor.p[k].title);
        mark_text(c, b->factor.p[k].mitigation);
    }
    for (size_t k = 0; k < b->entry.n; k++) {
        mark_text(c, b->entry.p[k].name);
        mark_text(c, b->entry.p[k].title);
    }
}

static int compare_constants(const void *l, const void *r, void *self)
{
    const int64_t *v = ((canon *)self)->b->constant.p;
    int64_t a = v[*(const uint32_t *)l], b = v[*(const uint32_t *)r];
    return (a > b) - (a < b);
}

static uint32_t nesting(const build *b, type_word w)
{
    uint32_t n = 0;
    for (; TYPE_ID(w) == TYPE_LIST && n < b->list_type.n; n++)
        w = b->list_type.p[TYPE_PARAMETER(w)];
    return n;
}

static int compare_words(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

/* By depth first: while a depth is sorted, the numbers of the one below are known (see
 * number_lists)
 */
static int compare_lists(const void *l, const void *r, void *self)
{
    canon *c = self;
    type_word a = c->b->list_type.p[*(const uint32_t *)l],
              b = c->b->list_type.p[*(const uint32_t *)r];
    uint32_t da = nesting(c->b, a), db = nesting(c->b, b);
    if (da != db)
        return compare_words(da, db);
    return compare_words(canon_type(c, a), canon_type(c, b));
}

static int compare_paths(canon *c, uint32_t path, type_word type, uint32_t path2, type_word type2)
{
    int order = compare_words(canon_map(c, &c->text, path), canon_map(c, &c->text, path2));
    return order ? order : compare_words(canon_type(c, type), canon_type(c, type2));
}

static int compare_records(const void *l, const void *r, void *self)
{
    canon *c = self;
    const image_record *a = &c->b->record.p[*(const uint32_t *)l],
                       *b = &c->b->record.p[*(const uint32_t *)r];
    int order = compare_words(a->leaves, b->leaves);
    for (uint32_t k = 0; k < a->leaves && !order; k++) {
        const image_leaf *x = &c->b->leaf.p[a->first_leaf + k],
                         *y = &c->b->leaf.p[b->first_leaf + k];
        order = compare_paths(c, x->path, x->type, y->path, y->type);
    }
    return order;
}

static int compare_fields(const void *l, const void *r, void *self)
{
    canon *c = self;
    const image_field *a = &c->b->field.p[*(const uint32_t *)l],
                      *b = &c->b->field.p[*(const uint32_t *)r];
    return compare_paths(c, a->path, a->type, b->path, b->type);
}

typedef int comparison(const void *l, const void *r, void *self);

/* Sorts what is marked and numbers it; equals get one number. */
static void number_pool(canon *c, numbering *n, comparison *compare)
{
    uint32_t marked = n->n;
    if (marked)
        qsort_r(n->order, marked, sizeof *n->order, compare, c);
    n->n = 0;
    for (uint32_t k = 0; k < marked; k++) {
        if (!n->n || compare(&n->order[n->n - 1], &n->order[k], c))
            n->order[n->n++] = n->order[k];
        n->map[n->order[k]] = n->n - 1;
    }
}

/* Depth by depth: a list of lists is compared by the number of what it holds. */
static void number_lists(canon *c)
{
    numbering *n = &c->list;
    uint32_t marked = n->n, done = 0, kept = 0;
    uint32_t *all = arena_array(c->a, uint32_t, marked);
    for (uint32_t depth = 0; done < marked && depth <= IMAGE_NESTING; depth++) {
        uint32_t some = 0;
        for (uint32_t k = 0; k < marked; k++)
            if (nesting(c->b, c->b->list_type.p[n->order[k]]) == depth)
                all[some++] = n->order[k];
        if (some)
            qsort_r(all, some, sizeof *all, compare_lists, c);
        uint32_t *final = arena_array(c->a, uint32_t, some);
        memcpy(final, all, some * sizeof *all);
        for (uint32_t k = 0; k < some; k++)
            n->map[final[k]] = kept + k;
        kept += some;
        done += some;
    }
    if (done < marked)
        c->bad_index = true;
    uint32_t *order = arena_array(c->a, uint32_t, (size_t)marked + 1);
    for (uint32_t k = 0; k < marked && done == marked; k++)
        order[n->map[n->order[k]]] = n->order[k];
    n->order = order;
}

void canon_pools(canon *c)
{
    mark_all(c);
    if (c->bad_index)
        return;
    c->text.n = texts_rank(c->b->text.text, c->text.order, c->text.n, c->text.map, c->a);
    number_pool(c, &c->constant, compare_constants);
    number_lists(c);
    number_pool(c, &c->record, compare_records);
    number_pool(c, &c->getter, compare_fields);
}
