/* fixed_tree.c: the records of a document as a tree. What they say decides their prints, not how it
 * is padded, and what may differ between systems (fields marked noise) is left out of them. */
#include "stdlib/fixed/fixed_read.h"

typedef struct {
    arena *a;
    const fixed_file *f;
    VEC(document_node) list;
} tree;

/* 0150 and 150 are one number; digits alone may be a code, and stay as they are. */
static bool is_amount(field_type t)
{
    return t == FIELD_IMPLIED || t == FIELD_ZONED || t == FIELD_NUMBER;
}

static uint64_t value_print(uint64_t print, const fixed_value *v)
{
    int128 n;
    if (v->field->noise || v->value.n == 0)
        return print;
    print = print_add(print + v->group, v->field->name);
    if (is_amount(v->field->type) && text_find(v->value, '.') < 0 &&
        fixed_number(v->field, v->value, &n))
        return print_add(print, (text){(const char *)&n, sizeof n});
    return print_add(print, v->value);
}

static document_node leaf(tree *t, const fixed_record *r)
{
    const fixed_row *row = fixed_row_of(t->f, r);
    document_node d = {
        .name = row ? row->name : TEXT("record"), .value = r->raw, .shape = SHAPE_RECORD};
    fixed_value *v;
    uint32_t n = fixed_values(t->a, t->f, r, &v);
    d.print = print_add(0, d.name);
    if (!row)
        d.print = print_add(d.print, r->raw);
    for (uint32_t i = 0; i < n; i++) {
        d.print = value_print(d.print, &v[i]);
        if (v[i].field->key)
            d.key = v[i].value;
    }
    return d;
}

/* Fillers fill blocks and say nothing: a record of known row without fields. */
static bool is_filler(const fixed_file *f, const fixed_record *r)
{
    const fixed_row *row = fixed_row_of(f, r);
    return row && !row->fields && !row->groups && row->opens == FIXED_NONE &&
           row->closes == FIXED_NONE;
}

static bool opens(const fixed_file *f, const fixed_record *r)
{
    const fixed_row *row = fixed_row_of(f, r);
    return row && row->opens != FIXED_NONE;
}

static void add_group(tree *t, uint32_t from, uint32_t to);

/* The record, and the level that it opens around it. */
static uint32_t add_one(tree *t, uint32_t i, uint32_t to, uint64_t *print)
{
    const fixed_record *r = &t->f->record[i];
    size_t at = t->list.n;
    if (is_filler(t->f, r))
        return i + 1;
    if (opens(t->f, r)) {
        uint32_t last = r->last < to ? r->last : to - 1;
        vec_push(&t->list, (document_node){.name = fixed_row_of(t->f, r)->name, .loop = true});
        add_group(t, i, last + 1);
        i = last + 1;
    } else {
        vec_push(&t->list, leaf(t, r));
        t->list.p[at].next = (uint32_t)t->list.n;
        i++;
    }
    *print = print_add(*print, (text){(const char *)&t->list.p[at].print, sizeof(uint64_t)});
    return i;
}

/* Fills in the group that was added last: its first record is the one that opens it, unless it is
 * the root. Levels nest at most FIXED_LEVELS deep. */
static void add_group(tree *t, uint32_t from, uint32_t to)
{
    size_t group = t->list.n - 1;
    uint64_t print = 0;
    uint32_t i = from;
    if (t->list.p[group].loop) {
        document_node d = leaf(t, &t->f->record[i++]);
        d.next = (uint32_t)t->list.n + 1;
        vec_push(&t->list, d);
        t->list.p[group].key = d.key;
        t->list.p[group].count = 1;
        print = d.print;
    }
    while (i < to) {
        size_t n = t->list.n;
        i = add_one(t, i, to, &print);
        t->list.p[group].count += t->list.n > n;
    }
    t->list.p[group].print = print_add(print, t->list.p[group].name);
    t->list.p[group].next = (uint32_t)t->list.n;
}

void fixed_tree(arena *a, const fixed_file *f, uint32_t from, uint32_t to, document_tree *out)
{
    tree t = {a, f, {0}};
    vec_push(&t.list, (document_node){.shape = SHAPE_GROUP});
    add_group(&t, from, to);
    out->nodes = (uint32_t)t.list.n;
    out->node = arena_array(a, document_node, t.list.n);
    memcpy(out->node, t.list.p, t.list.n * sizeof *out->node);
    vec_release(&t.list);
}
