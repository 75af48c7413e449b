/* write.c: owns the serialisation of an image whose views are in canonical order. */
#include "bytecode/layout.h"

#include <assert.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "rows are written as they lie");
_Static_assert(sizeof(image_section) == 56 && sizeof(image_header) == 16, "layout.h");
_Static_assert(sizeof(insn) == 8 && sizeof(image_function) == 40 && sizeof(image_site) == 168 &&
                   sizeof(image_field) == 8 && sizeof(image_factor) == 24 &&
                   sizeof(image_entry) == 40 && sizeof(image_enum) == 16 &&
                   sizeof(image_leaf) == 8 && sizeof(image_record) == 8 &&
                   sizeof(image_column) == 64 && sizeof(image_table) == 24 &&
                   sizeof(image_limits) == 104,
               "rows have no padding of the compiler's own");

/* Without `out` only counts. */
typedef struct {
    buffer *out;
    size_t n;
} writer;

static void put(writer *w, const void *bytes, size_t n)
{
    if (w->out && n && bytes != w->out->p + w->n)
        memcpy(w->out->p + w->n, bytes, n);
    w->n += n;
}

static void put_u32(writer *w, uint32_t v)
{
    put(w, &v, sizeof v);
}

static void pad(writer *w, size_t to)
{
    static const char zeros[8] = {0};
    put(w, zeros, -w->n & (to - 1));
}

/* Strings as offsets and bytes: the pool, and the names of files. */
static void write_strings(writer *w, const uint32_t *offset, uint32_t n, const char *bytes)
{
    put(w, offset, ((size_t)n + 1) * sizeof *offset);
    put(w, bytes, offset[n]);
}

static void write_types(const image *i, writer *w)
{
    put_u32(w, i->list_type_count);
    put_u32(w, i->record_count);
    put_u32(w, i->leaf_count);
    put_u32(w, i->word_count);
    put(w, i->enums, i->enum_count * sizeof *i->enums);
    put(w, i->list_types, i->list_type_count * sizeof *i->list_types);
    put(w, i->records, i->record_count * sizeof *i->records);
    put(w, i->leaves, i->leaf_count * sizeof *i->leaves);
    put(w, i->words, i->word_count * sizeof *i->words);
}

static void write_tables(const image *i, writer *w)
{
    put_u32(w, i->column_count);
    put_u32(w, 0);
    put(w, &i->data_size, sizeof i->data_size);
    put(w, i->tables, i->table_count * sizeof *i->tables);
    put(w, i->columns, i->column_count * sizeof *i->columns);
    put(w, i->data, i->data_size);
}

static void write_debug(const image *i, writer *w)
{
    if (!i->place_runs)
        return;
    uint32_t n = i->place_end[i->place_runs - 1];
    put_u32(w, i->files);
    put_u32(w, n);
    put(w, i->place_end, i->place_runs * sizeof *i->place_end);
    put(w, i->places, n);
    pad(w, 4);
    write_strings(w, i->file_offset, i->files, i->file_bytes);
}

/* Appends a section's content and returns its count. */
static uint32_t write_section(const image *i, section_id id, writer *w)
{
#define ROWS(rows, n) (put(w, (rows), (n) * sizeof *(rows)), (n))
    switch (id) {
    case SECTION_TEXT: return write_strings(w, i->text_offset, i->texts, i->text_bytes), i->texts;
    case SECTION_CONST: return ROWS(i->constant, i->constants);
    case SECTION_TYPE: return write_types(i, w), i->enum_count;
    case SECTION_TABLE: return write_tables(i, w), i->table_count;
    case SECTION_SHAPE: return ROWS(i->fields, i->field_count);
    case SECTION_SITE: return ROWS(i->sites, i->site_count);
    case SECTION_RULE: return ROWS(i->factors, i->factor_count);
    case SECTION_ENTRY: return ROWS(i->entries, i->entry_count);
    case SECTION_FUNC:
        put(w, i->functions, i->function_count * sizeof *i->functions);
        return ROWS(i->types, i->type_count), i->function_count;
    case SECTION_CODE: return ROWS(i->code, i->code_count);
    case SECTION_LIMIT: return ROWS(i->limits, 1);
    case SECTION_DEBUG: return write_debug(i, w), i->place_runs;
    case SECTION_END: break;
    }
#undef ROWS
    assert(!"a section of the directory");
    return 0;
}

enum { SECTIONS_FROM = sizeof(image_header) + SECTIONS * sizeof(image_section) };

void image_sections(const image *i, size_t at[SECTIONS + 1])
{
    writer w = {.n = SECTIONS_FROM};
    for (int k = 0; k < SECTIONS; k++) {
        at[k] = w.n;
        write_section(i, (section_id)(k + 1), &w);
        pad(&w, 8);
    }
    at[SECTIONS] = w.n;
}

void image_write(const image *i, buffer *out)
{
    image_section directory[SECTIONS] = {0};
    sha256 hash[SECTIONS];
    size_t at[SECTIONS + 1];
    image_sections(i, at);
    buffer_reserve(out, at[SECTIONS]);
    writer w = {out, SECTIONS_FROM};
    for (int k = 0; k < SECTIONS; k++) {
        image_section *d = &directory[k];
        d->id = (uint32_t)k + 1;
        d->offset = w.n;
        d->count = write_section(i, d->id, &w);
        d->length = w.n - d->offset;
        pad(&w, 8);
    }
    out->n = w.n;
    image_section_hashes((text){out->p, out->n}, directory, hash);
    for (int k = 0; k < SECTIONS; k++)
        directory[k].hash = hash[k];
    image_header head = {.isa = IMAGE_ISA, .sections = SECTIONS};
    memcpy(head.magic, IMAGE_MAGIC, sizeof head.magic);
    memcpy(out->p, &head, sizeof head);
    memcpy(out->p + sizeof head, directory, sizeof directory);
    out->p = memory_resize(out->p, out->room = out->n);
}
