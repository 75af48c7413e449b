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

static void add_u32(buffer *out, uint32_t v)
{
    buffer_add(out, &v, sizeof v);
}

/* Strings as offsets and bytes: the pool, and the names of files. */
static void write_strings(buffer *out, const uint32_t *offset, uint32_t n, const char *bytes)
{
    buffer_add(out, offset, ((size_t)n + 1) * sizeof *offset);
    buffer_add(out, bytes, offset[n]);
}

static void write_types(const image *i, buffer *out)
{
    add_u32(out, i->list_type_count);
    add_u32(out, i->record_count);
    add_u32(out, i->leaf_count);
    add_u32(out, i->word_count);
    buffer_add(out, i->enums, i->enum_count * sizeof *i->enums);
    buffer_add(out, i->list_types, i->list_type_count * sizeof *i->list_types);
    buffer_add(out, i->records, i->record_count * sizeof *i->records);
    buffer_add(out, i->leaves, i->leaf_count * sizeof *i->leaves);
    buffer_add(out, i->words, i->word_count * sizeof *i->words);
}

static void write_tables(const image *i, buffer *out)
{
    add_u32(out, i->column_count);
    add_u32(out, 0);
    buffer_add(out, &i->data_size, sizeof i->data_size);
    buffer_add(out, i->tables, i->table_count * sizeof *i->tables);
    buffer_add(out, i->columns, i->column_count * sizeof *i->columns);
    buffer_add(out, i->data, i->data_size);
}

static void write_debug(const image *i, buffer *out)
{
    static const char zeros[4] = {0};
    if (!i->place_runs)
        return;
    uint32_t n = i->place_end[i->place_runs - 1];
    add_u32(out, i->files);
    add_u32(out, n);
    buffer_add(out, i->place_end, i->place_runs * sizeof *i->place_end);
    buffer_add(out, i->places, n);
    buffer_add(out, zeros, -n & 3);
    write_strings(out, i->file_offset, i->files, i->file_bytes);
}

/* Appends a section's content and returns its count. */
static uint32_t write_section(const image *i, section_id id, buffer *out)
{
#define ROWS(rows, n) (buffer_add(out, (rows), (n) * sizeof *(rows)), (n))
    switch (id) {
    case SECTION_TEXT: return write_strings(out, i->text_offset, i->texts, i->text_bytes), i->texts;
    case SECTION_CONST: return ROWS(i->constant, i->constants);
    case SECTION_TYPE: return write_types(i, out), i->enum_count;
    case SECTION_TABLE: return write_tables(i, out), i->table_count;
    case SECTION_SHAPE: return ROWS(i->fields, i->field_count);
    case SECTION_SITE: return ROWS(i->sites, i->site_count);
    case SECTION_RULE: return ROWS(i->factors, i->factor_count);
    case SECTION_ENTRY: return ROWS(i->entries, i->entry_count);
    case SECTION_FUNC:
        buffer_add(out, i->functions, i->function_count * sizeof *i->functions);
        return ROWS(i->types, i->type_count), i->function_count;
    case SECTION_CODE: return ROWS(i->code, i->code_count);
    case SECTION_LIMIT: return ROWS(i->limits, 1);
    case SECTION_DEBUG: return write_debug(i, out), i->place_runs;
    case SECTION_END: break;
    }
#undef ROWS
    assert(!"a section of the directory");
    return 0;
}

void image_write(const image *i, buffer *out)
{
    static const char zeros[8] = {0};
    image_section directory[SECTIONS] = {0};
    sha256 hash[SECTIONS];
    image_header head = {.isa = IMAGE_ISA, .sections = SECTIONS};
    memcpy(head.magic, IMAGE_MAGIC, sizeof head.magic);
    buffer_clear(out);
    buffer_add(out, &head, sizeof head);
    buffer_add(out, directory, sizeof directory);
    for (int k = 0; k < SECTIONS; k++) {
        image_section *d = &directory[k];
        d->id = (uint32_t)k + 1;
        d->offset = out->n;
        d->count = write_section(i, d->id, out);
        d->length = out->n - d->offset;
        buffer_add(out, zeros, -out->n & 7);
    }
    image_section_hashes(buffer_view(out), directory, hash);
    for (int k = 0; k < SECTIONS; k++)
        directory[k].hash = hash[k];
    memcpy(out->p + sizeof head, directory, sizeof directory);
    out->p = memory_resize(out->p, out->room = out->n);
}
