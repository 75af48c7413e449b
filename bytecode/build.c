/* build.c: owns the collecting half of the builder; see build.h. Nothing is put in order here. */
#include "bytecode/build_state.h"
#include "bytecode/layout.h"
#include "bytecode/vocabulary.h"

#include <assert.h>
#include <string.h>

static void add_fixed(build *b)
{
    for (int e = 0; e < ENUM_FIXED; e++) {
        build_enums row = {.name = build_text(b, text_of(enum_rows[e].name))};
        const char *rest = enum_rows[e].members;
        for (text t = vocabulary_next(&rest); t.n; t = vocabulary_next(&rest))
            vec_push(&row.member, build_text(b, t));
        vec_push(&b->enums, row);
    }
    for (int t = 0; t < TABLE_FIXED; t++)
        build_table(b, text_of(table_rows[t].name), table_rows[t].parent);
    for (size_t c = 0; c < column_rows_count; c++) {
        const column_row *row = &column_rows[c];
        build_column(b, row->table, text_of(row->name), row->type, row->flags & COLUMN_LIST);
    }
}

build *build_new(arena *texts)
{
    build *b = calloc(1, sizeof *b);
    if (!b)
        memory_exhausted();
    names_init(&b->text, texts ? texts : &b->memory);
    b->limits = (image_limits){
        .fibers = IMAGE_FIBERS,
        .text = IMAGE_TEXT,
        .list = IMAGE_LIST,
        .fuel = IMAGE_FUEL,
        .weight = {25000000, 30000000, 25000000, 15000000, 5000000},
        .level = {30 * UNIT_NUMBER, 50 * UNIT_NUMBER, 70 * UNIT_NUMBER},
    };
    add_fixed(b);
    return b;
}

static void release_tables(build *b)
{
    for (size_t t = 0; t < b->table.n; t++) {
        build_tables *table = &b->table.p[t];
        for (size_t c = 0; c < table->column.n; c++) {
            vec_release(&table->column.p[c].value);
            vec_release(&table->column.p[c].element);
        }
        vec_release(&table->column);
        vec_release(&table->parent_row);
    }
    vec_release(&b->table);
    for (size_t e = 0; e < b->enums.n; e++)
        vec_release(&b->enums.p[e].member);
    vec_release(&b->enums);
}

void build_free(build *b)
{
    if (!b)
        return;
    release_tables(b);
    names_release(&b->text);
    vec_release(&b->getter);
    vec_release(&b->constant);
    vec_release(&b->list_type);
    vec_release(&b->record);
    vec_release(&b->leaf);
    vec_release(&b->field);
    vec_release(&b->word);
    vec_release(&b->function);
    vec_release(&b->function_name);
    vec_release(&b->site);
    vec_release(&b->place);
    vec_release(&b->factor);
    vec_release(&b->entry);
    arena_release(&b->memory);
    arena_release(&b->work);
    free(b);
}

uint32_t build_text(build *b, text t)
{
    uint32_t id = b->trunk && t.n ? names_find(&b->trunk->text, t) : 0;
    return id || !t.n ? id : b->first.text + names_add(&b->text, t);
}

uint32_t build_text_view(build *b, text t)
{
    return t.n ? b->first.text + names_append(&b->text, t) : 0;
}

text build_text_of(const build *b, uint32_t id)
{
    return id > b->first.text || !b->trunk ? names_text(&b->text, id - b->first.text)
                                           : names_text(&b->trunk->text, id);
}

uint32_t build_constant(build *b, int64_t v)
{
    vec_push(&b->constant, v);
    return b->first.constant + (uint32_t)b->constant.n - 1;
}

type_word build_list_type(build *b, type_word element)
{
    uint32_t at = 0;
    while (at < b->first.list_type && b->trunk->list_type.p[at] != element)
        at++;
    while (at >= b->first.list_type && at < b->first.list_type + b->list_type.n &&
           BUILD_OWN(b, list_type, at) != element)
        at++;
    if (at == b->first.list_type + b->list_type.n)
        vec_push(&b->list_type, element);
    return TYPE_WORD(TYPE_LIST, at);
}

uint32_t build_record(build *b, const image_leaf *leaves, uint32_t n)
{
    for (uint32_t r = 0; r < b->record.n; r++) {
        const image_record *row = &b->record.p[r];
        if (row->leaves == n &&
            (!n || !memcmp(&b->leaf.p[row->first_leaf], leaves, n * sizeof *leaves)))
            return b->first.record + r;
    }
    vec_push(&b->record, (image_record){(uint32_t)b->leaf.n, n});
    for (uint32_t k = 0; k < n; k++)
        vec_push(&b->leaf, leaves[k]);
    return b->first.record + (uint32_t)b->record.n - 1;
}

uint32_t build_shape(build *b, const image_field *fields, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++)
        vec_push(&b->field, fields[k]);
    return b->first.field + (uint32_t)b->field.n - n;
}

uint32_t build_getter(build *b, const image_field *field)
{
    for (size_t k = 0; k < b->getter.n; k++) {
        const image_field *own = &BUILD_OWN(b, field, b->getter.p[k]);
        if (own->path == field->path && own->type == field->type)
            return b->getter.p[k];
    }
    vec_push(&b->getter, build_shape(b, field, 1));
    return vec_last(&b->getter);
}

uint32_t build_words(build *b, const uint32_t *words, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++)
        vec_push(&b->word, words[k]);
    return b->first.word + (uint32_t)b->word.n - n;
}

uint32_t build_table(build *b, text name, uint32_t parent)
{
    vec_push(&b->table, (build_tables){.name = build_text(b, name), .parent = parent});
    return (uint32_t)b->table.n - 1;
}

uint32_t build_column(build *b, uint32_t table, text name, type_word type, bool list)
{
    build_tables *t = &b->table.p[table];
    vec_push(&t->column, (build_columns){.name = build_text(b, name), .type = type, .list = list});
    return (uint32_t)t->column.n - 1;
}

uint32_t build_row(build *b, uint32_t table, uint32_t parent_row)
{
    build_tables *t = &b->table.p[table];
    if (t->parent != NO_INDEX)
        vec_push(&t->parent_row, parent_row);
    return t->rows++;
}

static void set_value(build *b, build_columns *c, uint32_t row, int64_t value)
{
    while (c->value.n <= row)
        vec_push(&c->value, QUANTITY_NONE);
    c->value.p[row] = value;
}

void build_set(build *b, uint32_t table, uint32_t row, uint32_t column, int64_t value)
{
    build_columns *c = &b->table.p[table].column.p[column];
    assert(row < b->table.p[table].rows && !c->list);
    set_value(b, c, row, value);
}

void build_set_list(build *b, uint32_t table, uint32_t row, uint32_t column, const int64_t *values,
                    uint32_t n)
{
    build_columns *c = &b->table.p[table].column.p[column];
    assert(row < b->table.p[table].rows && c->list);
    set_value(b, c, row, (int64_t)((uint64_t)n << 32 | (uint32_t)c->element.n));
    for (uint32_t k = 0; k < n; k++)
        vec_push(&c->element, values[k]);
}

static void *copy_array(build *b, const void *p, size_t n, size_t size)
{
    void *copy = arena_alloc_array(&b->memory, n, size, 8);
    return n ? memcpy(copy, p, n * size) : copy;
}

uint32_t build_function_new(build *b, text qualified_name)
{
    uint32_t id = build_text(b, qualified_name);
    vec_push(&b->function, (build_function){.name = build_text_of(b, id)});
    vec_push(&b->function_name, id);
    return b->first.function + (uint32_t)b->function.n - 1;
}

void build_function_take(build *b, uint32_t function, const build_function *f)
{
    build_function *own = &BUILD_OWN(b, function, function);
    uint32_t *name = &b->function_name.p[function - b->first.function];
    if (!text_equal(own->name, f->name))
        *name = build_text(b, f->name);
    *own = *f;
    own->name = build_text_of(b, *name);
}

void build_function_define(build *b, uint32_t function, const build_function *f)
{
    build_function_take(b, function, f);
    build_function *own = &BUILD_OWN(b, function, function);
    own->types = copy_array(b, f->types, f->registers, sizeof *f->types);
    own->result_types = copy_array(b, f->result_types, f->results, sizeof *f->result_types);
    own->code = copy_array(b, f->code, f->instructions, sizeof *f->code);
    own->places = copy_array(b, f->places, f->place_count, sizeof *f->places);
}

uint32_t build_site(build *b, const image_site *s, const image_debug *where)
{
    vec_push(&b->site, *s);
    vec_push(&b->place, where ? *where : (image_debug){0});
    return b->first.site + (uint32_t)b->site.n - 1;
}

void build_factor(build *b, const image_factor *f)
{
    vec_push(&b->factor, *f);
}

void build_entry(build *b, const image_entry *e)
{
    vec_push(&b->entry, *e);
}

void build_limits(build *b, const image_limits *l)
{
    b->limits = *l;
}

void build_feed(build *b, void *heap, size_t n)
{
    arena_feed(&b->work, heap, n);
}

bool build_finish(build *b, buffer *out, const char **why)
{
    const char *wrong = b->why ? b->why : build_canonical(b, &b->work, out);
    if (!wrong && out->n > IMAGE_BYTES)
        wrong = "the program's image exceeds 1 GiB";
    *why = wrong;
    arena_release(&b->work);
    return !wrong;
}
