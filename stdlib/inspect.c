/* inspect.c: hands a file to the reader of its kind and tells what it found. EDIFACT, TRADACOMS,
 * XML, text and bytes are named and no more: they have no faults because nobody looked. */
#include "stdlib/inspect.h"
#include "base/vec.h"
#include "stdlib/mask.h"

#include <stdlib.h>
#include <string.h>

typedef VEC(document_fault) fault_list;

typedef struct {
    text key;
    uint32_t node;
} member;

static int by_key(const void *a, const void *b)
{
    const member *x = a, *y = b;
    int c = text_compare(x->key, y->key);
    return c ? c : (x->node > y->node) - (x->node < y->node);
}

/* A key that is there twice is no fault of grammar, but two readers may take two values. */
static void duplicate_keys(arena *a, const json_document *d, uint32_t object, fault_list *list)
{
    uint32_t n = 0;
    member *m = arena_array(a, member, d->node[object].count);
    for (uint32_t i = object + 1; i < d->node[object].next; i = d->node[i].next)
        m[n++] = (member){json_key(a, d, i), i};
    if (n)
        qsort(m, n, sizeof *m, by_key);
    for (uint32_t i = 1; i < n; i++)
        if (text_equal(m[i].key, m[i - 1].key))
            vec_push(list, (document_fault){TEXT("json"), TEXT("duplicate key"),
                                            d->node[m[i].node].key_start, m[i].key});
}

static int by_offset(const void *a, const void *b)
{
    const document_fault *x = a, *y = b;
    return (x->offset > y->offset) - (x->offset < y->offset);
}

static void keep_faults(arena *a, fault_list *list, inspection *out)
{
    if (list->n)
        qsort(list->p, list->n, sizeof *list->p, by_offset);
    size_t kept = list->n < X12_FAULTS_MOST ? list->n : X12_FAULTS_MOST;
    document_fault *copy = arena_array(a, document_fault, kept);
    if (kept)
        memcpy(copy, list->p, kept * sizeof *copy);
    out->fault = copy;
    out->faults = (uint32_t)kept;
    out->faults_omitted = (uint32_t)(list->n - kept);
    vec_release(list);
}

static void read_json(arena *a, text bytes, inspection *out)
{
    fault_list list = {0};
    json_fault f;
    json_document *d = arena_new(a, json_document);
    if (!json_read(a, bytes, d, &f)) {
        vec_push(&list, (document_fault){TEXT("json"), text_of(f.message), f.offset, {0}});
    } else {
        out->json = d;
        for (uint32_t i = 0; i < d->nodes; i++)
            if (d->node[i].kind == JSON_OBJECT)
                duplicate_keys(a, d, i, &list);
    }
    keep_faults(a, &list, out);
}

static void read_x12(arena *a, text bytes, inspection *out)
{
    x12_file *f = arena_new(a, x12_file);
    x12_read(a, bytes, f);
    out->x12 = f;
    out->fault = f->fault;
    out->faults = f->faults;
    out->faults_omitted = f->faults_omitted;
}

static void read_csv(arena *a, text bytes, inspection *out)
{
    csv_table *t = arena_new(a, csv_table);
    csv_read(a, bytes, t);
    out->csv = t;
    out->fault = t->fault;
    out->faults = t->faults;
    out->faults_omitted = t->faults_omitted;
}

void inspect_file(arena *a, text name, text bytes, document_kind kind, inspection *out)
{
    *out = (inspection){.name = name, .kind = kind ? kind : document_kind_of(bytes)};
    if (out->kind == KIND_X12)
        read_x12(a, bytes, out);
    if (out->kind == KIND_JSON)
        read_json(a, bytes, out);
    if (out->kind == KIND_CSV)
        read_csv(a, bytes, out);
}

static void put(arena *a, json_writer *w, const char *key, text value)
{
    json_put_key(w, key);
    json_put_text(w, mask_text(a, text_trim(value)));
}

static void put_number(json_writer *w, const char *key, size_t value)
{
    json_put_key(w, key);
    json_put_int(w, (int64_t)value);
}

static void put_faults(arena *a, json_writer *w, const inspection *i)
{
    json_put_key(w, "faults");
    json_array(w);
    for (uint32_t k = 0; k < i->faults; k++) {
        json_object(w);
        put(a, w, "code", i->fault[k].code);
        put(a, w, "message", i->fault[k].message);
        put_number(w, "offset", i->fault[k].offset);
        put(a, w, "path", i->fault[k].path);
        json_object_end(w);
    }
    json_array_end(w);
    if (i->faults_omitted)
        put_number(w, "faults_omitted", i->faults_omitted);
}

static void put_set(arena *a, json_writer *w, const x12_file *f, const x12_set *s)
{
    json_object(w);
    put(a, w, "set", x12_set_type(f, s));
    put(a, w, "control", x12_set_control(f, s));
    put_number(w, "segments", s->segments);
    put_number(w, "offset", f->segment[s->segment].start);
    json_object_end(w);
}

/* The sets of one group of an interchange; X12_NOWHERE: those outside of any. `set` is the first of
 * the interchange's. */
static void put_sets(arena *a, json_writer *w, const x12_file *f, uint32_t set,
                     uint32_t interchange, uint32_t group)
{
    json_put_key(w, "transactions");
    json_array(w);
    for (uint32_t i = set; i < f->sets && f->set[i].interchange == interchange; i++) {
        if (group != X12_NOWHERE && i >= f->group[group].set + f->group[group].sets)
            break;
        if (f->set[i].group == group)
            put_set(a, w, f, &f->set[i]);
    }
    json_array_end(w);
}

static void put_group(arena *a, json_writer *w, const x12_file *f, uint32_t group)
{
    const x12_group *g = &f->group[group];
    char separator = f->interchange[g->interchange].separators.element;
    text gs = x12_segment_text(f, g->gs_segment);
    json_object(w);
    put(a, w, "id", x12_element(gs, separator, 1));
    put(a, w, "sender", x12_element(gs, separator, 2));
    put(a, w, "receiver", x12_element(gs, separator, 3));
    put(a, w, "control", x12_element(gs, separator, 6));
    put(a, w, "version", x12_element(gs, separator, 8));
    put_sets(a, w, f, g->set, g->interchange, group);
    json_object_end(w);
}

static void put_interchange(arena *a, json_writer *w, const x12_file *f, uint32_t at, uint32_t set)
{
    const x12_interchange *i = &f->interchange[at];
    json_object(w);
    put(a, w, "sender", i->isa[6]);
    put(a, w, "receiver", i->isa[8]);
    put(a, w, "control", i->isa[13]);
    put(a, w, "version", i->isa[12]);
    put(a, w, "test", i->isa[15]);
    put_number(w, "offset", i->start);
    json_put_key(w, "groups");
    json_array(w);
    for (uint32_t g = i->group; g < i->group + i->groups; g++)
        put_group(a, w, f, g);
    json_array_end(w);
    put_sets(a, w, f, set, at, X12_NOWHERE);
    json_object_end(w);
}

static void put_x12(arena *a, json_writer *w, const x12_file *f)
{
    json_put_key(w, "interchanges");
    json_array(w);
    for (uint32_t i = 0, set = 0; i < f->interchanges; i++) {
        put_interchange(a, w, f, i, set);
        while (set < f->sets && f->set[set].interchange == i)
            set++;
    }
    json_array_end(w);
}

static void put_json(json_writer *w, const json_document *d)
{
    static const char *const words[] = {"null",   "boolean", "boolean", "number",
                                        "string", "array",   "object"};
    json_put_key(w, "root");
    json_put_cstr(w, words[d->node[0].kind]);
    put_number(w, "values", d->nodes);
}

static void put_csv(arena *a, json_writer *w, const csv_table *t)
{
    put_number(w, "rows", t->rows);
    json_put_key(w, "separator");
    json_put_text(w, (text){&t->separator, 1});
    json_put_key(w, "columns");
    json_array(w);
    for (uint32_t i = 0; i < t->columns; i++)
        json_put_text(w, mask_text(a, t->column[i]));
    json_array_end(w);
}

void inspect_write_json(arena *a, json_writer *w, const inspection *i)
{
    json_object(w);
    json_put_key(w, "file");
    json_put_text(w, i->name);
    json_put_key(w, "kind");
    json_put_cstr(w, document_kind_word(i->kind));
    put_faults(a, w, i);
    if (i->x12)
        put_x12(a, w, i->x12);
    if (i->json)
        put_json(w, i->json);
    if (i->csv)
        put_csv(a, w, i->csv);
    json_object_end(w);
}
