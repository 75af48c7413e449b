/* canonical_emit.c: owns the last step: rows in their final order with their indices rewritten. */
#include "bytecode/canonical.h"

#include <string.h>

static uint32_t map_function(canon *c, uint32_t f)
{
    return f == NO_INDEX ? f : canon_map(c, &c->function, f);
}

static void place_texts(canon *c)
{
    uint32_t n = c->text.n, *offset = arena_array(c->a, uint32_t, (size_t)n + 1);
    size_t total = 0;
    for (uint32_t k = 0; k < n; k++) {
        total += names_text(&c->b->text, c->text.order[k]).n;
        offset[k + 1] = (uint32_t)total;
    }
    c->bad_index |= total > IMAGE_BYTES;
    c->out->texts = n;
    c->out->text_offset = offset;
}

static void emit_texts(canon *c, char *bytes)
{
    for (uint32_t k = 0; k < c->text.n; k++) {
        text t = names_text(&c->b->text, c->text.order[k]);
        if (t.n)
            memcpy(bytes + c->out->text_offset[k], t.p, t.n);
    }
    c->out->text_bytes = bytes;
}

static void emit_constants(canon *c)
{
    int64_t *v = arena_array(c->a, int64_t, c->constant.n);
    for (uint32_t k = 0; k < c->constant.n; k++)
        v[k] = c->b->constant.p[c->constant.order[k]];
    c->out->constant = v;
    c->out->constants = c->constant.n;
}

static void emit_records(canon *c)
{
    uint32_t n = c->record.n, leaves = 0;
    image_record *r = arena_array(c->a, image_record, n);
    for (uint32_t k = 0; k < n; k++) {
        r[k] = (image_record){leaves, c->b->record.p[c->record.order[k]].leaves};
        leaves += r[k].leaves;
    }
    image_leaf *leaf = arena_array(c->a, image_leaf, leaves);
    for (uint32_t k = 0; k < n; k++)
        for (uint32_t x = 0; x < r[k].leaves; x++) {
            uint32_t from = c->b->record.p[c->record.order[k]].first_leaf + x;
            const image_leaf *l = &c->b->leaf.p[from];
            leaf[r[k].first_leaf + x] =
                (image_leaf){canon_text(c, l->path), canon_type(c, l->type)};
        }
    c->out->records = r;
    c->out->record_count = n;
    c->out->leaves = leaf;
    c->out->leaf_count = leaves;
}

typedef VEC(uint32_t) words;

static void emit_enums(canon *c, words *w)
{
    image_enum *e = arena_array(c->a, image_enum, c->enums.n);
    for (uint32_t k = 0; k < c->enums.n; k++) {
        const build_enums *from = &c->b->enums.p[c->enums.order[k]];
        e[k] = (image_enum){canon_text(c, from->name), (uint32_t)w->n, (uint32_t)from->member.n, 0};
        for (size_t m = 0; m < from->member.n; m++)
            vec_push(w, canon_text(c, from->member.p[m]));
    }
    type_word *list = arena_array(c->a, type_word, c->list.n);
    for (uint32_t k = 0; k < c->list.n; k++)
        list[k] = canon_type(c, c->b->list_type.p[c->list.order[k]]);
    c->out->enums = e;
    c->out->enum_count = c->enums.n;
    c->out->list_types = list;
    c->out->list_type_count = c->list.n;
}

static const char *emit_parent_rows(canon *c, const build_tables *from, words *w)
{
    if (from->parent >= c->b->table.n)
        return "a table's parent does not exist";
    uint32_t parents = c->b->table.p[from->parent].rows, row = 0;
    vec_push(w, 0);
    for (uint32_t p = 0; p < parents; p++) {
        while (row < from->rows && from->parent_row.p[row] == p)
            row++;
        vec_push(w, row);
    }
    return row == from->rows ? NULL : "rows do not come in the order of their parents";
}

static const char *emit_tables(canon *c, words *w, buffer *data)
{
    uint32_t columns = 0, n = c->table.n;
    for (uint32_t t = 0; t < n; t++)
        columns += (uint32_t)c->b->table.p[t].column.n;
    image_table *table = arena_array(c->a, image_table, n);
    image_column *column = arena_array(c->a, image_column, columns);
    const char *why = NULL;
    columns = 0;
    for (uint32_t k = 0; k < n && !why; k++) {
        uint32_t t = c->table.order[k];
        const build_tables *from = &c->b->table.p[t];
        bool child = from->parent != NO_INDEX;
        table[k] = (image_table){canon_text(c, from->name),
                                 from->rows,
                                 child ? canon_map(c, &c->table, from->parent) : NO_INDEX,
                                 (uint32_t)from->column.n,
                                 columns,
                                 child ? (uint32_t)w->n : 0};
        why = child ? emit_parent_rows(c, from, w) : NULL;
        for (uint32_t x = 0; x < from->column.n; x++)
            canon_column(c, &from->column.p[c->column[t].order[x]], from->rows, &column[columns++],
                         data);
    }
    c->out->tables = table;
    c->out->table_count = n;
    c->out->columns = column;
    c->out->column_count = columns;
    c->out->data = (const uint8_t *)data->p;
    c->out->data_size = data->n;
    return why;
}

/* A column's new number, by the type of the register that holds the row. Where that is no row the
 * verifier says so. */
static uint16_t map_column(canon *c, const build_function *f, const insn *x)
{
    uint32_t t = x->b < f->registers && TYPE_ID(f->types[x->b]) == TYPE_ROW
                     ? TYPE_PARAMETER(f->types[x->b])
                     : NO_INDEX;
    if (t >= c->b->table.n || x->c >= c->column[t].n)
        return x->c;
    return (uint16_t)c->column[t].map[x->c];
}

static uint16_t map_fact(canon *c, uint16_t fact)
{
    if (fact >= c->b->limits.facts) {
        c->bad_index = true;
        return 0;
    }
    if (c->fact[fact] == NO_INDEX)
        c->fact[fact] = c->facts++;
    return (uint16_t)c->fact[fact];
}

static insn map_insn(canon *c, const build_function *f, insn x)
{
    const op_row *op = &op_rows[x.op];
    if (x.op == OP_LDK || x.op == OP_LDT) {
        uint32_t k = canon_map(c, x.op == OP_LDK ? &c->constant : &c->text, insn_index(&x));
        x.b = (uint16_t)k;
        x.c = (uint16_t)(k >> 16);
    } else if (x.op == OP_LDC)
        x.c = map_column(c, f, &x);
    else if (x.op == OP_JGET)
        x.c = (uint16_t)canon_map(c, &c->getter, x.c);
    else if (x.op == OP_PUT)
        x.a = map_fact(c, x.a);
    else if (x.op == OP_GET)
        x.b = map_fact(c, x.b);
    else if (x.op == OP_REC)
        x.b = (uint16_t)canon_map(c, &c->record, x.b);
    else if (op->operand[1] == F_)
        x.b = (uint16_t)canon_map(c, &c->function, x.b);
    else if (op->operand[1] == S_)
        x.b = (uint16_t)canon_map(c, &c->site, x.b);
    else if (op->operand[1] == T_)
        x.b = (uint16_t)canon_map(c, &c->table, x.b);
    else if (op->operand[2] == T_)
        x.c = (uint16_t)canon_map(c, &c->table, x.c);
    return x;
}

/* How many rows the functions take in all. */
static const char *count_functions(canon *c)
{
    image *out = c->out;
    out->function_count = c->function.n;
    for (uint32_t k = 0; k < c->function.n; k++) {
        const build_function *f = &c->b->function.p[c->function.order[k]];
        if (f->registers > IMAGE_REGISTERS || f->results > IMAGE_REGISTERS)
            return "a function has more than 1,024 registers";
        out->type_count += f->registers + f->results;
        out->code_count += f->instructions;
    }
    return NULL;
}

static image_function function_row(canon *c, uint32_t k, uint32_t types, uint32_t code)
{
    const build_function *f = &c->b->function.p[c->function.order[k]];
    return (image_function){.name = canon_text(c, c->b->function_name.p[c->function.order[k]]),
                            .code = code,
                            .instructions = f->instructions,
                            .types = types,
                            .registers = (uint16_t)f->registers,
                            .parameters = (uint16_t)f->parameters,
                            .results = (uint16_t)f->results,
                            .effect = (uint16_t)f->effect,
                            .result_types = types + f->registers};
}

static void emit_functions(canon *c, image_function *row, type_word *type, insn *code)
{
    c->out->functions = row;
    c->out->types = type;
    c->out->code = code;
    c->fact = arena_array(c->a, uint32_t, (size_t)c->b->limits.facts + 1);
    memset(c->fact, 0xff, c->b->limits.facts * sizeof *c->fact);
    for (uint32_t k = 0; k < c->function.n; k++) {
        const build_function *f = &c->b->function.p[c->function.order[k]];
        row[k] = function_row(c, k, (uint32_t)(type - c->out->types), (uint32_t)(code - c->out->code));
        for (uint32_t r = 0; r < f->registers; r++)
            *type++ = canon_type(c, f->types[r]);
        for (uint32_t r = 0; r < f->results; r++)
            *type++ = canon_type(c, f->result_types[r]);
        for (uint32_t at = 0; at < f->instructions; at++)
            *code++ = map_insn(c, f, f->code[at]);
    }
}

/* A site's list behind `first`, copied to the end of the words; NO_INDEX where it has none. */
static uint32_t emit_list(canon *c, uint32_t first, uint32_t n, bool texts, words *w)
{
    uint32_t at = (uint32_t)w->n;
    if (first == NO_INDEX)
        return NO_INDEX;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t v = first + k < c->b->word.n ? c->b->word.p[first + k] : NO_INDEX;
        c->bad_index |= first + k >= c->b->word.n;
        vec_push(w, texts ? canon_text(c, v) : v);
    }
    return at;
}

static uint32_t emit_pairs(canon *c, uint32_t first, words *w)
{
    bool there = first != NO_INDEX && first < c->b->word.n;
    uint32_t pairs = there ? c->b->word.p[first] : 0;
    c->bad_index |= first != NO_INDEX && (!there || pairs > IMAGE_INDEX_LIMIT);
    return emit_list(c, first, c->bad_index ? 0 : 1 + 2 * pairs, false, w);
}

/* A number and so many words. */
static uint32_t emit_counted(canon *c, uint32_t first, words *w)
{
    bool there = first < c->b->word.n && c->b->word.p[first] <= IMAGE_INDEX_LIMIT;
    c->bad_index |= !there;
    return emit_list(c, first, there ? 1 + c->b->word.p[first] : 0, false, w);
}

static void emit_site(canon *c, uint32_t k, image_site *to, words *w, uint32_t *fields)
{
    *to = c->b->site.p[c->site.order[k]];
    to->name = canon_text(c, to->name);
    to->wanted = canon_text(c, to->wanted);
    to->why = canon_text(c, to->why);
    to->evidence = canon_text(c, to->evidence);
    uint32_t *f[] = {&to->title, &to->args, &to->check, &to->undo, &to->find, &to->body};
    for (size_t x = 0; x < sizeof f / sizeof *f; x++)
        *f[x] = map_function(c, *f[x]);
    to->capture_names = emit_list(c, to->capture_names, to->captures, true, w);
    to->votes = emit_pairs(c, to->votes, w);
    to->needs = emit_pairs(c, to->needs, w);
    to->shape = to->shape_count ? *fields : 0;
    *fields += to->shape_count;
    if (to->waves)
        to->waves = emit_counted(c, to->waves - 1, w);
}

static image_field map_field(canon *c, uint32_t f)
{
    const image_field *from = &c->b->field.p[f];
    return (image_field){canon_text(c, from->path), canon_type(c, from->type)};
}

static void emit_sites(canon *c, words *w)
{
    const build *b = c->b;
    uint32_t fields = c->getter.n, n = c->site.n;
    image_site *site = arena_array(c->a, image_site, n);
    for (uint32_t k = 0; k < n; k++)
        emit_site(c, k, &site[k], w, &fields);
    image_field *field = arena_array(c->a, image_field, fields);
    for (uint32_t k = 0; k < c->getter.n; k++)
        field[k] = map_field(c, c->getter.order[k]);
    for (uint32_t k = 0; k < n; k++)
        for (uint32_t x = 0; x < site[k].shape_count; x++)
            field[site[k].shape + x] = map_field(c, b->site.p[c->site.order[k]].shape + x);
    c->out->sites = site;
    c->out->site_count = n;
    c->out->fields = field;
    c->out->field_count = fields;
}

static int compare_factors(const void *l, const void *r)
{
    const image_factor *a = l, *b = r;
    return (a->name > b->name) - (a->name < b->name);
}

static int compare_entries(const void *l, const void *r)
{
    const image_entry *a = l, *b = r;
    return (a->name > b->name) - (a->name < b->name);
}

static void emit_roots(canon *c)
{
    uint32_t factors = (uint32_t)c->b->factor.n, entries = (uint32_t)c->b->entry.n;
    image_factor *f = arena_array(c->a, image_factor, factors);
    for (uint32_t k = 0; k < factors; k++) {
        f[k] = c->b->factor.p[k];
        f[k].name = canon_text(c, f[k].name);
        f[k].title = canon_text(c, f[k].title);
        f[k].mitigation = canon_text(c, f[k].mitigation);
        f[k].function = canon_map(c, &c->function, f[k].function);
    }
    image_entry *e = arena_array(c->a, image_entry, entries);
    for (uint32_t k = 0; k < entries; k++) {
        e[k] = c->b->entry.p[k];
        e[k].name = canon_text(c, e[k].name);
        e[k].title = canon_text(c, e[k].title);
        e[k].function = canon_map(c, &c->function, e[k].function);
        e[k].reserved = 0;
    }
    qsort(f, factors, sizeof *f, compare_factors);
    qsort(e, entries, sizeof *e, compare_entries);
    c->out->factors = f;
    c->out->factor_count = factors;
    c->out->entries = e;
    c->out->entry_count = entries;
}

/* What is computed: cost and depth of each function, and the sizes that follow. */
static void emit_limits(canon *c, image_function *row, image_limits *l)
{
    measure *m = arena_array(c->a, measure, c->out->function_count);
    *l = c->b->limits;
    for (uint32_t f = 0; f < c->out->function_count && !c->bad_index; f++) {
        m[f] = measure_function(c->out, f, m);
        row[f].depth = m[f].registers;
        row[f].cost = m[f].cost;
    }
    measure_limits(c->out, m, l);
    l->facts = c->facts;
}

/* What is large and of known size is written where the image has it: texts, functions and code. */
static void emit_in_place(canon *c, buffer *bytes)
{
    size_t at[SECTIONS + 1];
    image_limits *limits = arena_new(c->a, image_limits);
    c->out->limits = limits;
    image_sections(c->out, at);
    buffer_clear(bytes);
    buffer_reserve(bytes, at[SECTIONS]);
    char *texts = bytes->p + at[SECTION_TEXT - 1], *functions = bytes->p + at[SECTION_FUNC - 1];
    image_function *rows = (void *)functions;
    emit_texts(c, texts + ((size_t)c->out->texts + 1) * sizeof *c->out->text_offset);
    emit_functions(c, rows, (void *)(rows + c->out->function_count),
                   (void *)(bytes->p + at[SECTION_CODE - 1]));
    emit_limits(c, rows, limits);
}

const char *canon_emit(canon *c, buffer *bytes)
{
    static const char bad[] = "something names a text, type, function or row that does not exist";
    words w = {0};
    buffer data = {0};
    if (c->bad_index)
        return bad;
    place_texts(c);
    emit_constants(c);
    emit_records(c);
    emit_enums(c, &w);
    const char *why = emit_tables(c, &w, &data);
    if (!why)
        why = count_functions(c);
    if (!why && !c->bad_index) {
        emit_sites(c, &w);
        emit_roots(c);
        canon_debug(c);
        c->out->words = w.p;
        c->out->word_count = (uint32_t)w.n;
        emit_in_place(c, bytes);
    }
    if (!why && (c->bad_index || c->getter.n > IMAGE_INDEX_LIMIT))
        why = c->bad_index ? bad : "the program reads more than 65,535 fields of json";
    if (!why)
        image_write(c->out, bytes);
    vec_release(&w);
    buffer_release(&data);
    return why;
}
